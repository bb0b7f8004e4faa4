package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

const liveSchema = `CREATE SCHEMA app;
	CREATE TABLE app.people (id int PRIMARY KEY, country text, email text);
	CREATE TABLE app.shops (id int PRIMARY KEY, city text);
	INSERT INTO app.people VALUES (1, 'DE', 'one@example.com'), (2, 'US', 'two@example.com');
	INSERT INTO app.shops VALUES (1, 'Berlin');`

const livePolicy = `version: 1
name: live
owner: dpo@example.com
review_by: REVIEW
unlisted_tables: deny
unlisted_columns: show
regions: {use: [gdpr, ccpa]}
purposes: {reporting: {basis: legitimate_interest}}
classes: {contact: redact}
subjects: {person: {table: app.people, key: id, region: country}}
tables:
  app.people: {subject: person, columns: {email: {class: contact, mask: EMAIL}}}
  app.shops: {}
roles:
  analyst: {purposes: [reporting], default_purpose: reporting}
  dpo: {purposes: [reporting], default_purpose: reporting}
rules:
  - {name: dpo-sees-all, roles: [dpo], then: show}
  - {name: american-mail, classes: [contact], regions: [ccpa], then: show}
  - {name: everyone-else, then: MASK}
`

// site is a server file with all that it names, beside a live database.
type site struct{ config, policy, dsn string }

func newSite(t *testing.T) site {
	t.Helper()
	dir := t.TempDir()
	s := site{filepath.Join(dir, "pgscrim.yaml"), filepath.Join(dir, "policy.yaml"), clustertest.DSN(t, liveSchema)}
	s.write(t, s.policy, policyText())
	s.write(t, filepath.Join(dir, "mask.key"), strings.Repeat("0a", 32))
	s.write(t, s.config, `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
policy: policy.yaml
upstream: `+s.dsn+`
mask_key_file: mask.key
audit: {dir: audit, durability: relaxed}
limits: {drain_timeout: 5s}
users:
  - {name: ana, roles: [analyst], password: "`+verifier+`"}
  - {name: dora, roles: [dpo], password: "`+verifier+`"}
`)
	return s
}

// policyText is the policy of the tests, with pairs of texts replaced in it.
func policyText(replace ...string) string {
	defaults := []string{"REVIEW", "2999-12-31", "EMAIL", "redact", "MASK", "mask"}
	return strings.NewReplacer(append(replace, defaults...)...).Replace(livePolicy)
}

func (s site) write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s site) load(t *testing.T) *Config {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	configFlags(flags)
	if err := flags.Parse([]string{"--config", s.config}); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(flags)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestCheck(t *testing.T) {
	s := newSite(t)
	got := pgscrim(t, "", "check", "--config", s.config)
	if got.code != 0 || !strings.HasPrefix(got.out, "ok: policy live fits database pgscrim_test_") || !strings.Contains(got.out, "columns     1 contact") {
		t.Errorf("check: %+v", got)
	}
	got = pgscrim(t, "", "check", "--policy", s.policy, "--upstream", s.dsn)
	if got.code != 0 {
		t.Errorf("check without a server file: %+v", got)
	}
	var report struct {
		OK       bool
		Tables   int
		Columns  map[string]int
		Problems []problem
	}
	got = pgscrim(t, "", "check", "--config", s.config, "--json")
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || !report.OK || report.Tables != 2 || report.Columns["contact"] != 1 {
		t.Errorf("check --json: %v\n%s", err, got.out)
	}

	for _, tt := range []struct{ name, policy, want string }{
		{"unknown role of a user", policyText("dpo:", "chief:", "[dpo]", "[chief]"), `pgscrim.yaml:11:26: user "dora": policy "live" has no role "dpo"`},
		{"column that is not there", policyText("email:", "emial:"), `policy.yaml:12:43: column "emial" is not in app.people (did you mean "email"?)`},
		{"review overdue", policyText("REVIEW", "2026-01-01"), "policy.yaml:4:12: the policy was to be reviewed by 2026-01-01 (review it and set the next date)"},
		{"mistake in the policy", policyText("MASK", "maks"), "policy.yaml:20:33: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.write(t, s.policy, tt.policy)
			got := pgscrim(t, "", "check", "--config", s.config)
			if got.code != exitFailure || got.out != "" || !strings.Contains(got.err, tt.want) || !strings.HasSuffix(got.err, "pgscrim: 1 problem\n") {
				t.Errorf("check: exit %d\n%s%swant %s", got.code, got.out, got.err, tt.want)
			}
			report.Problems = nil
			got = pgscrim(t, "", "check", "--config", s.config, "--json")
			if err := json.Unmarshal([]byte(got.out), &report); err != nil || report.OK || len(report.Problems) != 1 || report.Problems[0].Line == 0 {
				t.Errorf("check --json: %v\n%s", err, got.out)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	s := newSite(t)
	got := pgscrim(t, "", "explain", "--config", s.config, "--role", "analyst", "SELECT email FROM app.people; SELECT city FROM app.shops")
	for _, want := range []string{"decision   rewrite", "app.people.email", "everyone-else", "american-mail", "decision   pass"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("explain: exit %d, no %q in\n%s%s", got.code, want, got.out, got.err)
		}
	}
	var statements []explanation
	got = pgscrim(t, "", "explain", "--config", s.config, "--role", "analyst", "--json", "SELECT email FROM app.people")
	if err := json.Unmarshal([]byte(got.out), &statements); err != nil || len(statements) != 1 || statements[0].Decision != "rewrite" || statements[0].Purpose != "reporting" {
		t.Errorf("explain --json: %v\n%s", err, got.out)
	}
	got = pgscrim(t, "", "explain", "--config", s.config, "--role", "analyst", "DROP TABLE app.people")
	if got.code != 0 || !strings.Contains(got.out, "ERROR") {
		t.Errorf("explain of a refused statement: %+v", got)
	}
	got = pgscrim(t, "", "explain", "--config", s.config, "--role", "analist", "SELECT 1")
	if got.code != exitFailure || !strings.Contains(got.err, `policy "live" has no role "analist" (did you mean "analyst"?)`) {
		t.Errorf("explain for an unknown role: %+v", got)
	}
}

// emails asks an instance as a user for the e-mail addresses.
func emails(ctx context.Context, t *testing.T, in *instance, user string) string {
	t.Helper()
	conn, err := pgx.Connect(ctx, "postgres://"+user+":secret@"+in.addr()+"/"+in.snap.Database+"?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var list string
	if err := conn.QueryRow(ctx, "SELECT string_agg(email, ' ' ORDER BY id) FROM app.people").Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// status asks the admin address.
func status(t *testing.T, in *instance, path string) int {
	t.Helper()
	response, err := http.Get("http://" + in.admin.addr() + path)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func TestInstance(t *testing.T) {
	s, ctx := newSite(t), t.Context()
	cfg := s.load(t)
	in, err := newInstance(ctx, cfg, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 404} {
		if got := status(t, in, path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	all := "one@example.com two@example.com"
	if got := emails(ctx, t, in, "dora"); got != all {
		t.Errorf("the dpo sees %q", got)
	}
	masked := emails(ctx, t, in, "ana")
	if strings.Contains(masked, "one@") || !strings.Contains(masked, "two@example.com") {
		t.Errorf("the analyst sees %q", masked)
	}

	// A bad policy does not replace the good one; a good one does.
	s.write(t, s.policy, policyText("MASK", "maks"))
	if err := in.reload(ctx); err == nil || len(problemsOf(err)) != 1 {
		t.Errorf("reload of a bad policy: %v", err)
	}
	if got := emails(ctx, t, in, "ana"); got != masked {
		t.Errorf("after a bad policy the analyst sees %q", got)
	}
	s.write(t, s.policy, policyText("MASK", "show"))
	if err := in.reload(ctx); err != nil {
		t.Fatal(err)
	}
	if got := emails(ctx, t, in, "ana"); got != all {
		t.Errorf("after the reload the analyst sees %q", got)
	}

	// A change of the catalog is seen, and an edit of the policy file is not until it is asked for.
	s.write(t, s.policy, policyText())
	conn, err := pgx.Connect(ctx, s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	version := in.snap.Version
	if _, err := conn.Exec(ctx, "ALTER TABLE app.shops ADD COLUMN street text"); err != nil {
		t.Fatal(err)
	}
	if err := in.refresh(ctx); err != nil {
		t.Error(err)
	}
	if in.snap.Version == version {
		t.Error("the change of the catalog is not seen")
	}
	if got := emails(ctx, t, in, "ana"); got != all {
		t.Errorf("after a change of the catalog the analyst sees %q", got)
	}

	// A catalog that the policy does not fit is not used.
	version = in.snap.Version
	if _, err := conn.Exec(ctx, "ALTER TABLE app.people RENAME COLUMN email TO mail"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := in.refresh(ctx); err == nil || in.snap.Version != version {
			t.Errorf("a catalog that the policy does not fit is in use, or it does not say so: %v", err)
		}
	}

	// stop lets a session finish its transaction.
	session, err := pgx.Connect(ctx, "postgres://ana:secret@"+in.addr()+"/"+in.snap.Database+"?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(ctx)
	if _, err := session.Exec(ctx, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	admin := in.admin.addr()
	stopped := make(chan error, 1)
	go func() { stopped <- in.stop(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		response, err := http.Get("http://" + admin + "/readyz")
		if err != nil {
			t.Fatalf("the admin address does not answer while sessions finish: %v", err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("still ready while it is being stopped")
		}
	}
	if _, err := session.Exec(ctx, "COMMIT"); err != nil {
		t.Errorf("COMMIT while sessions finish: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}

	entries, err := audit.Tail(cfg.Audit.Dir, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, e := range entries {
		if e.Event == "policy" || e.Event == "start" || e.Event == "stop" {
			events = append(events, e.Event)
		}
	}
	// in force, bad, shown, new catalog, catalog that does not fit
	if got, want := strings.Join(events, " "), "start policy policy policy policy policy stop"; got != want {
		t.Errorf("audit events %s, want %s", got, want)
	}
}

// TestServe runs the command itself: signals reach this process.
func TestServe(t *testing.T) {
	s := newSite(t)
	logs, w := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- run([]string{"serve", "--config", s.config, "--log-format", "json"}, streams{strings.NewReader(""), io.Discard, w})
		w.Close()
	}()
	lines := json.NewDecoder(logs)
	waitFor := func(message string) {
		t.Helper()
		for {
			var line struct{ Message string }
			if err := lines.Decode(&line); err != nil {
				t.Fatalf("the log ends before %q: %v", message, err)
			}
			if line.Message == message {
				return
			}
		}
	}
	send := func(signal syscall.Signal) {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), signal); err != nil {
			t.Fatal(err)
		}
	}
	waitFor("ready")
	s.write(t, s.policy, policyText("MASK", "maks"))
	send(syscall.SIGHUP)
	waitFor("the policy is not reloaded, the last good one goes on")
	s.write(t, s.policy, policyText("REVIEW", "2026-01-01"))
	send(syscall.SIGHUP)
	waitFor("policy reloaded")
	send(syscall.SIGTERM)
	waitFor("stopped")
	go func() { _, _ = io.Copy(io.Discard, logs) }()
	if code := <-exit; code != 0 {
		t.Errorf("serve: exit %d", code)
	}
}

func TestServeFailsClearly(t *testing.T) {
	s := newSite(t)
	s.write(t, s.policy, policyText("MASK", "maks"))
	if got := pgscrim(t, "", "serve", "--config", s.config); got.code != exitFailure || !strings.Contains(got.err, "policy.yaml:20:33") {
		t.Errorf("serve with a bad policy: %+v", got)
	}
	s.write(t, s.policy, policyText())
	start := time.Now()
	got := pgscrim(t, "", "serve", "--config", s.config, "--upstream", strings.Replace(s.dsn, "/pgscrim_test_", "/not_there_", 1))
	if got.code != exitFailure || !strings.Contains(got.err, "3D000") || time.Since(start) > upstreamPatience/2 {
		t.Errorf("serve with a database that is not there: %+v", got)
	}
	if got := pgscrim(t, "", "serve"); got.code != exitFailure || !strings.Contains(got.err, "pgscrim: policy is not set (set it in the server file, or by PGSCRIM_POLICY or --policy)\n") {
		t.Errorf("serve without a server file: %+v", got)
	}
}
