package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
)

const enumerationRules = `version: 1
defaults: off
webhook: {url: "URL", secret_file: hook.key}
rules:
  - {name: walk, severity: high, who: {roles: [analyst]}, when: {count: lookups, within: 1h, few: 1, over: 20}, then: {cut_off: released}}
`

// misuseSite is a site with misuse rules, and with literals recorded in some way.
func misuseSite(t *testing.T, literals, url string) site {
	s := newSite(t)
	dir := filepath.Dir(s.config)
	s.write(t, filepath.Join(dir, "misuse.yaml"), strings.Replace(enumerationRules, "URL", url, 1))
	s.write(t, filepath.Join(dir, "hook.key"), "0123456789abcdef")
	config := strings.Replace(readFile(t, s.config), "durability: relaxed", "durability: relaxed, misuse: misuse.yaml, literals: "+literals, 1)
	s.write(t, s.config, config)
	return s
}

// walk looks up one key after the other until something is wrong, and returns how many it got.
func walk(ctx context.Context, conn *pgx.Conn, mode pgx.QueryExecMode) (n int, err error) {
	for n = range 100 {
		var email *string
		err := conn.QueryRow(ctx, "SELECT email FROM app.people WHERE id = $1", mode, n).Scan(&email)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return n, err
		}
	}
	return n, nil
}

// TestEnumerationIsCutOff has an analyst walk through the customers: the session ends at the look-up behind the one that is too
// many, logins are refused, other people are not held back, it is on record and told, and a restart changes nothing of that
// until the analyst is released.
func TestEnumerationIsCutOff(t *testing.T) {
	for _, test := range []struct {
		literals string
		mode     pgx.QueryExecMode
	}{
		{"keep", pgx.QueryExecModeSimpleProtocol}, {"hash", pgx.QueryExecModeSimpleProtocol}, {"drop", pgx.QueryExecModeSimpleProtocol},
		{"keep", pgx.QueryExecModeCacheStatement}, {"drop", pgx.QueryExecModeCacheStatement},
	} {
		t.Run(fmt.Sprint(test.literals, " ", test.mode), func(t *testing.T) {
			told := make(chan string, 10)
			hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				told <- string(body)
			}))
			defer hook.Close()
			s := misuseSite(t, test.literals, hook.URL)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cfg := s.load(t)
			in, err := newInstance(ctx, cfg, zerolog.Nop())
			if err != nil {
				t.Fatal(err)
			}
			dsn := func(user string) string {
				return "postgres://" + user + ":secret@" + in.addr() + "/" + in.snap.Database + "?sslmode=disable"
			}
			connect := func(user string) *pgx.Conn {
				conn, err := pgx.Connect(ctx, dsn(user))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close(context.Background()) })
				return conn
			}
			ana, idle, dora := connect("ana"), connect("ana"), connect("dora")
			n, err := walk(ctx, ana, test.mode)
			var pg *pgconn.PgError
			if n != 21 || !errors.As(err, &pg) || pg.Severity != "FATAL" || pg.Code != "57P01" || !strings.Contains(pg.Message, `misuse rule "walk"`) {
				t.Errorf("ana has looked up %d: %v", n, err)
			}
			if err := idle.PgConn().WaitForNotification(ctx); !errors.As(err, &pg) || pg.Code != "57P01" {
				t.Errorf("ana's other session: %v", err)
			}
			if n, err := walk(ctx, dora, test.mode); n != 99 || err != nil {
				t.Errorf("dora has looked up %d: %v", n, err)
			}
			var event struct {
				Data struct {
					Rule, User string
					Evidence   []uint64
				}
			}
			if body := <-told; json.Unmarshal([]byte(body), &event) != nil || event.Data.Rule != "walk" || event.Data.User != "ana" || len(event.Data.Evidence) != 10 {
				t.Errorf("told %s", body)
			}
			if err := in.stop(ctx); err != nil {
				t.Fatal(err)
			}

			if in, err = newInstance(ctx, cfg, zerolog.Nop()); err != nil {
				t.Fatal(err)
			}
			if _, err := pgx.Connect(ctx, dsn("ana")); !errors.As(err, &pg) || pg.Code != "28000" || !strings.Contains(pg.Message, `misuse rule "walk"`) {
				t.Errorf("ana's login: %v", err)
			}
			if got := pgscrim(t, "", "audit", "held", "--config", s.config); got.out != "\"ana\": cut off by rule \"walk\" until released\n" {
				t.Errorf("held: %+v", got)
			}
			if got := pgscrim(t, "", "audit", "release", "dora", "--config", s.config, "--reason", "r"); got.code != exitFailure || !strings.Contains(got.err, "not held back") {
				t.Errorf("release of one who is not held: %+v", got)
			}
			if got := pgscrim(t, "", "audit", "release", "ana", "--config", s.config, "--reason", "CRM-118"); got.code != 0 || got.out != "released\n" {
				t.Errorf("release: %+v", got)
			}
			if got := emails(ctx, t, in, "ana"); got == "" {
				t.Error("ana sees nothing")
			}
			if err := in.stop(ctx); err != nil {
				t.Fatal(err)
			}
			checkMisuseRecords(t, cfg.Audit.Dir)
		})
	}
}

// checkMisuseRecords checks what is on record of one who was cut off and released.
func checkMisuseRecords(t *testing.T, dir string) {
	t.Helper()
	var events []string
	statements := map[uint64]bool{}
	for e, err := range audit.Entries(dir, 1) {
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case e.User != "ana":
		case e.Event == "alert":
			events = append(events, "alert "+e.Alert.Rule)
			for _, seq := range e.Alert.Evidence {
				if !statements[seq] {
					t.Errorf("the evidence has record %d, which is no statement of ana's", seq)
				}
			}
			if !e.Alert.CutOff || e.Alert.Value != 21 || e.Alert.Limit != 20 {
				t.Errorf("%+v", e.Alert)
			}
		case e.Event == "release":
			events = append(events, "release "+e.Reason)
		case e.Event == "login_failed":
			events = append(events, "login_failed "+e.SQLState)
		case e.Event == "logout" && strings.Contains(e.Detail, "misuse"):
			events = append(events, "logout "+e.SQLState)
		case e.Event == "statement" && e.Closes == 0:
			statements[e.Seq] = true
		}
	}
	slices.Sort(events)
	if got, want := strings.Join(events, ", "), "alert walk, login_failed 28000, logout 57P01, logout 57P01, release CRM-118"; got != want {
		t.Errorf("on record: %s, want %s", got, want)
	}
}

// TestAuditMisuse runs rules over a log that was written without any.
func TestAuditMisuse(t *testing.T) {
	dir := t.TempDir()
	log, err := audit.Open(dir, audit.Options{Durability: audit.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := log.Append(&audit.Record{Event: "break_glass", User: "ana\x1b[2J"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	got := pgscrim(t, "", "audit", "misuse", "--audit-dir", dir)
	if got.code != 0 || !strings.Contains(got.out, "break-glass was used") || !strings.Contains(got.out, "1 alerts in 3 records") || strings.Contains(got.out, "\x1b") {
		t.Errorf("%+v", got)
	}
	var found findings
	got = pgscrim(t, "", "audit", "misuse", "--audit-dir", dir, "--json")
	if err := json.Unmarshal([]byte(got.out), &found); err != nil || len(found.Alerts) != 1 || found.Rules[0] != (ruleFindings{"break-glass", "high", 1, 1}) {
		t.Errorf("%v, %+v", err, got)
	}
	rules := filepath.Join(dir, "m.yaml")
	site{}.write(t, rules, "version: 1\nrules: [{name: break-glas, off: true}]\n")
	if got := pgscrim(t, "", "audit", "misuse", "--audit-dir", dir, "--rules", rules); got.code != exitFailure || !strings.Contains(got.err, `m.yaml:2:9: there is no shipped rule "break-glas" to put off (did you mean "break-glass"?)`) {
		t.Errorf("%+v", got)
	}
	site{}.write(t, rules, "version: 1\nrules: [{name: break-glass, off: true}]\n")
	if got := pgscrim(t, "", "audit", "misuse", "--audit-dir", dir, "--rules", rules); got.code != 0 || !strings.Contains(got.out, "0 alerts in 3 records") {
		t.Errorf("%+v", got)
	}
	if got := pgscrim(t, "", "audit", "misuse", "--print-default"); got.code != 0 || !strings.Contains(got.out, "name: enumeration") {
		t.Errorf("%+v", got)
	}
}

// TestCheckMisuse has check and serve look at the rules file.
func TestCheckMisuse(t *testing.T) {
	s := misuseSite(t, "keep", "https://alerts.example.com/")
	file := filepath.Join(filepath.Dir(s.config), "misuse.yaml")
	if got := pgscrim(t, "", "check", "--config", s.config); got.code != 0 {
		t.Errorf("%+v", got)
	}
	for text, want := range map[string]string{
		strings.Replace(enumerationRules, "roles: [analyst]", "roles: [analist], users: [anna]", 1): `misuse.yaml:5:5: misuse rule "walk": there is no role "analist" (did you mean "analyst"?)`,
		strings.Replace(enumerationRules, "few: 1", "classes: [contacts]", 1):                       `misuse.yaml:5:5: misuse rule "walk": there is no class "contacts" (did you mean "contact"?)`,
		strings.Replace(enumerationRules, "few: 1", "purposes: [repoting]", 1):                      `misuse.yaml:5:5: misuse rule "walk": there is no purpose "repoting" (did you mean "reporting"?)`,
		strings.Replace(enumerationRules, "few: 1", "fw: 1", 1):                                     `misuse.yaml:5:94: when: unknown key "fw" (did you mean "few"?)`,
	} {
		s.write(t, file, strings.Replace(text, "URL", "https://alerts.example.com/", 1))
		for _, command := range []string{"check", "serve"} {
			if got := pgscrim(t, "", command, "--config", s.config); got.code != exitFailure || !strings.Contains(got.err, want) {
				t.Errorf("%s: got %s\nwant %s", command, got.err, want)
			}
		}
	}
}

// TestMisuseOff has no rules at all.
func TestMisuseOff(t *testing.T) {
	s := newSite(t)
	s.write(t, s.config, strings.Replace(readFile(t, s.config), "durability: relaxed", "durability: relaxed, misuse: off", 1))
	in, err := newInstance(t.Context(), s.load(t), zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	if in.misuse != nil {
		t.Error("there are rules")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := in.stop(ctx); err != nil {
		t.Error(err)
	}
}
