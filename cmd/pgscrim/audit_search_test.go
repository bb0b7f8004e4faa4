package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/pgscrim/pgscrim/audit"
)

// searchLog makes a log of what hostile clients do, and returns its folder.
func searchLog(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	log, err := audit.Open(dir, audit.Options{Replica: "r1", Durability: audit.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(3)
	email := []audit.Column{{Relation: "crm.customers", Column: "email", Class: "contact", Action: "show/mask", Shown: []string{"gdpr"}, Masked: []string{"pipl"}}}
	for _, r := range []audit.Record{
		{Event: "login_failed", User: "=cmd|' /C calc'!A0\x1b[2J", SQLState: "28P01", Detail: "no"},
		{Event: "statement", User: "ana", Decision: "rewrite", Statement: "SELECT email\n FROM customers WHERE id = 4711\u009b31m", Relations: []string{"crm.customers"}, Columns: email},
		{Event: "statement", User: "bob", Decision: "deny", Statement: "-- 1\nSELECT national_id", SQLState: "42501", Rule: "no-government-ids", Detail: "permission denied"},
	} {
		seq, err := log.Append(&r)
		if err != nil {
			t.Fatal(err)
		}
		if r.Event == "statement" && r.SQLState == "" {
			if _, err := log.Append(&audit.Record{Event: "statement", User: r.User, Decision: r.Decision, Closes: seq, Rows: &rows, Detail: "done"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAuditSearch(t *testing.T) {
	dir := searchLog(t)
	search := func(args ...string) result {
		got := pgscrim(t, "", append([]string{"audit", "search", "--audit-dir", dir}, args...)...)
		for _, c := range got.out {
			if c != '\n' && unicode.IsControl(c) {
				t.Errorf("%v prints %q", args, c)
			}
		}
		return got
	}
	for _, tt := range []struct {
		args []string
		want string // words of what is found, in their order
	}{
		{nil, "deny rewrite login_failed"},
		{[]string{"--oldest-first"}, "login_failed rewrite deny"},
		{[]string{"--oldest-first", "--limit", "2"}, "login_failed rewrite"},
		{[]string{"--text", "ID = 4711"}, "rewrite"},
		{[]string{"--user", "ana,bob", "--event", "statement"}, "deny rewrite"},
		{[]string{"--table", "customers", "--class", "contact", "--market", "pipl", "--action", "mask"}, "rewrite"},
		{[]string{"--market", "pipl", "--action", "show"}, ""},
		{[]string{"--column", "customers.email"}, "rewrite"},
		{[]string{"--sqlstate", "42501", "--rule", "no-government-ids", "--since", "1h"}, "deny"},
		{[]string{"--until", "2020-01"}, ""},
		{[]string{"--seq", "3", "--reindex"}, "rewrite"},
	} {
		got := search(tt.args...)
		var found []string
		for line := range strings.Lines(got.out) {
			for _, word := range []string{"deny", "rewrite", "login_failed"} {
				if strings.Contains(line, " "+word+" ") {
					found = append(found, word)
				}
			}
		}
		if got.code != 0 || strings.Join(found, " ") != tt.want || !strings.HasPrefix(got.out, "time") {
			t.Errorf("%v: %+v, want %s", tt.args, got, tt.want)
		}
	}

	var j struct {
		Seq, EndedSeq uint64
		Ended         time.Time
		Rows          int64
		Statement     string
	}
	got := search("--text", "email", "--json")
	if err := json.Unmarshal([]byte(strings.ReplaceAll(got.out, "ended_seq", "endedseq")), &j); err != nil {
		t.Fatal(err)
	}
	if j.Seq != 2 || j.EndedSeq != 3 || j.Rows != 3 || j.Ended.IsZero() || j.Statement != "SELECT email\n FROM customers WHERE id = 4711\u009b31m" {
		t.Errorf("%+v in %s", j, got.out)
	}

	cells, err := csv.NewReader(strings.NewReader(search("--csv").out)).ReadAll()
	if err != nil || len(cells) != 4 {
		t.Fatalf("%d lines: %v", len(cells), err)
	}
	for _, line := range cells {
		for i, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%s would be taken for a formula: %q", cells[0][i], cell)
			}
		}
	}
}

func TestAuditSearchUsage(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--action peek", `--action is one of show, mask, deny, not "peek"`},
		{"--decision no", "--decision is one of"},
		{"--client 10.0.0.0/99", "--client:"},
		{"--since tomorrow", `--since: "tomorrow" is no time`},
		{"--since 99999999w", "is no time"},
		{"--since 2026-11 --until 2026-10", "is not before"},
		{"--json --csv", "exclude each other"},
	} {
		got := pgscrim(t, "", append([]string{"audit", "search", "--audit-dir", "/nowhere"}, strings.Fields(tt.args)...)...)
		if got.code != exitUsage || !strings.Contains(got.err, tt.want) {
			t.Errorf("%s: %+v, want %s", tt.args, got, tt.want)
		}
	}
	if got := pgscrim(t, "", "audit", "search", "--audit-dir", "/nowhere"); got.code != exitFailure {
		t.Errorf("a log that is not there: %+v", got)
	}
}

func TestParseMoment(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("", 3600))
	for text, want := range map[string]string{
		"2026-11": "2026-11-01T00:00:00Z", "2026-11-02": "2026-11-02T00:00:00Z", "2026-11-02T03:04": "2026-11-02T03:04:00Z",
		"2026-11-02 03:04:05": "2026-11-02T03:04:05Z", "2026-11-02T03:04:05+02:00": "2026-11-02T01:04:05Z",
		"90m": "2026-11-24T09:30:00Z", "7d": "2026-11-17T11:00:00Z", "2w": "2026-11-10T11:00:00Z",
	} {
		if got, err := parseMoment(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s is %s (%v), want %s", text, got.Format(time.RFC3339), err, want)
		}
	}
}
