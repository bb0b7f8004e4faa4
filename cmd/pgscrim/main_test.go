package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

// result is what a command line has left.
type result struct {
	code     int
	out, err string
}

// pgscrim runs a command line in this process.
func pgscrim(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(args, streams{strings.NewReader(stdin), &out, &errs})
	return result{code, out.String(), errs.String()}
}

func TestUsageErrors(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "pgscrim: no command given"},
		{[]string{"serv"}, `pgscrim: unknown command "serv" for "pgscrim" (did you mean "serve"?)`},
		{[]string{"audit"}, "pgscrim: no command given"},
		{[]string{"audit", "verfy"}, `pgscrim: unknown command "verfy" for "pgscrim audit" (see pgscrim audit --help)`},
		{[]string{"serve", "--lisen", "x"}, "pgscrim: unknown flag: --lisen (see pgscrim serve --help)"},
		{[]string{"serve", "x"}, "(see pgscrim serve --help)"},
		{[]string{"explain"}, "pgscrim: accepts 1 arg(s), received 0"},
		{[]string{"explain", "SELECT 1"}, "pgscrim: --role is not given"},
		{[]string{"user", "hash", "--iterations", "1"}, "pgscrim: --iterations must be at least 4096"},
	} {
		got := pgscrim(t, "", tt.args...)
		if got.code != exitUsage || !strings.Contains(got.err, tt.want) {
			t.Errorf("pgscrim %s: exit %d, %q, want exit 2 and %q", strings.Join(tt.args, " "), got.code, got.err, tt.want)
		}
	}
}

// TestHelp checks that every command has a help with an example.
func TestHelp(t *testing.T) {
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		path := strings.Fields(cmd.CommandPath())[1:]
		got := pgscrim(t, "", append(path, "--help")...)
		if got.code != 0 || !strings.Contains(got.out, "Examples:") || !strings.Contains(got.out, "pgscrim "+strings.Join(path, " ")) {
			t.Errorf("pgscrim %s --help: exit %d\n%s", strings.Join(path, " "), got.code, got.out)
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRootCommand())
}

func TestVersion(t *testing.T) {
	if got := pgscrim(t, "", "version"); got.code != 0 || !strings.HasPrefix(got.out, "pgscrim ") {
		t.Errorf("version: %+v", got)
	}
	var b build
	if got := pgscrim(t, "", "version", "--json"); json.Unmarshal([]byte(got.out), &b) != nil || !strings.HasPrefix(b.Go, "go1.") {
		t.Errorf("version --json: %+v", got)
	}
}

func TestUserHash(t *testing.T) {
	for _, stdin := range []string{"secret", "secret\n", "secret\r\nmore\n"} {
		got := pgscrim(t, stdin, "user", "hash", "--iterations", "5000")
		if got.code != 0 || !strings.HasPrefix(got.out, "SCRAM-SHA-256$5000:") {
			t.Fatalf("user hash: %+v", got)
		}
		if _, err := proxy.ParseVerifier(strings.TrimSpace(got.out)); err != nil {
			t.Error(err)
		}
	}
	if got := pgscrim(t, "\n", "user", "hash"); got.code != exitFailure || !strings.Contains(got.err, "the password is empty") {
		t.Errorf("empty password: %+v", got)
	}
}

func TestAuditVerify(t *testing.T) {
	dir := t.TempDir()
	log, err := audit.Open(dir, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := log.Append(&audit.Record{Event: "statement", User: "ana"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if got := pgscrim(t, "", "audit", "verify", "--audit-dir", dir); got.code != 0 || !strings.Contains(got.out, "3 records in 3 lines") {
		t.Errorf("as it was written: %+v", got)
	}
	path, proof, key := filepath.Join(dir, audit.FileName), filepath.Join(t.TempDir(), "proof.json"), filepath.Join(dir, audit.VerifierFile)
	if got := pgscrim(t, "", "audit", "verify", path); got.code != 0 || !strings.Contains(got.out, "3 records in 3 lines") {
		t.Errorf("one file: %+v", got)
	}
	if got := pgscrim(t, "", "audit", "prove", "--audit-dir", dir, "--seq", "2", "-o", proof); got.code != 0 {
		t.Errorf("prove: %+v", got)
	}
	if got := pgscrim(t, "", "audit", "verify", "--proof", proof, "--key", key); got.code != 0 || !strings.Contains(got.out, "record 2 was line 2 of 3") {
		t.Errorf("proof: %+v", got)
	}
	if got := pgscrim(t, "", "audit", "verify", "--proof", proof); got.code != exitUsage || !strings.Contains(got.err, "needs --key") {
		t.Errorf("proof without a key: %+v", got)
	}
	b, err := os.ReadFile(proof)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(proof, bytes.Replace(b, []byte("ana"), []byte("eve"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := pgscrim(t, "", "audit", "verify", "--proof", proof, "--key", key); got.code != exitFailure || !strings.Contains(got.err, "not in the log") {
		t.Errorf("forged proof: %+v", got)
	}
	witness := filepath.Join(dir, audit.CheckpointsFile)
	service := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer service.Close()
	for _, place := range []string{witness, service.URL + "/" + audit.CheckpointsFile} {
		if got := pgscrim(t, "", "audit", "verify", "--audit-dir", dir, "--against", place); got.code != 0 || !strings.Contains(got.out, "a witness vouches for 3 lines") {
			t.Errorf("against %s: %+v", place, got)
		}
	}
	for _, place := range []string{key, service.URL + "/nothing"} {
		if got := pgscrim(t, "", "audit", "verify", "--audit-dir", dir, "--against", place); got.code != exitFailure {
			t.Errorf("against %s: %+v", place, got)
		}
	}
	if b, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte(`"ana"`), []byte(`"eve"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	got := pgscrim(t, "", "audit", "verify", "--audit-dir", dir, "--json")
	var v audit.Verdict
	if err := json.Unmarshal([]byte(got.out), &v); err != nil || got.code != exitFailure || len(v.Faults) == 0 || v.Faults[0].Line != 2 {
		t.Errorf("a changed record: %+v, %v", got, err)
	}
}

func TestAuditHold(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"status"}, 0, "off\n"},
		{[]string{"off"}, exitFailure, "not on hold"},
		{[]string{"on"}, exitUsage, "needs a --reason"},
		{[]string{"on", "--reason", "case \x1b[2J4711"}, 0, `on: "case \x1b[2J4711 set by `},
		{[]string{"status", "--json"}, 0, `"on": true`},
		{[]string{"off"}, 0, "off\n"},
	} {
		got := pgscrim(t, "", append([]string{"audit", "hold", "--audit-dir", dir}, step.args...)...)
		if got.code != step.code || !strings.Contains(got.out+got.err, step.want) {
			t.Errorf("audit hold %v: %+v", step.args, got)
		}
	}
}

func TestAuditTail(t *testing.T) {
	dir := t.TempDir()
	log, err := audit.Open(dir, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(7)
	for _, r := range []*audit.Record{
		{Event: "statement", User: "ana", Purpose: "reporting", Decision: "pass", Statement: "SELECT 1"},
		{Event: "statement", User: "ana", Decision: "pass", Statement: "SELECT '\x1b[2J\n'"},
		{Event: "statement", User: "ana", Closes: 1, Decision: "pass", Rows: &rows},
	} {
		if _, err := log.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, audit.FileName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("torn\n"); err != nil {
		t.Fatal(err)
	}
	file.Close()

	got := pgscrim(t, "", "audit", "tail", "--audit-dir", dir)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	if got.code != 0 || len(lines) != 4 || strings.Join(strings.Fields(lines[1])[1:], " ") != "ana - reporting pass 7 SELECT 1" ||
		lines[2] != "(damaged line of 4 bytes)" || !strings.HasSuffix(lines[3], `-  SELECT '\x1b[2J\n'`) {
		t.Errorf("audit tail: %+v", got)
	}
	got = pgscrim(t, "", "audit", "tail", "--audit-dir", dir, "-n", "2")
	if !strings.Contains(got.out, "closes 1") {
		t.Errorf("audit tail -n 2, of which one closes what is before: %+v", got)
	}
	got = pgscrim(t, "", "audit", "tail", "--audit-dir", dir, "--json")
	d := json.NewDecoder(strings.NewReader(got.out))
	for want := uint64(1); want <= 3; want++ {
		var r audit.Record
		if err := d.Decode(&r); err != nil || r.Seq != want {
			t.Errorf("audit tail --json: %v, seq %d, want %d", err, r.Seq, want)
		}
	}
	if got := pgscrim(t, "", "audit", "tail"); got.code != exitFailure || !strings.Contains(got.err, "audit.dir is not set") {
		t.Errorf("audit tail without a directory: %+v", got)
	}
}
