package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rules"
)

func TestDemoOnce(t *testing.T) {
	for _, v := range []string{"PGSCRIM_LISTEN", "PGSCRIM_POLICY", "PGSCRIM_UPSTREAM"} {
		t.Setenv(v, "")
	}
	temp := t.TempDir()
	for dir := temp; dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL's user has to get there
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", temp)
	out := new(bytes.Buffer)
	opts := demoOptions{once: true, customers: 1000}
	if err := runDemo(context.Background(), opts, out, os.Stderr); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"1. One customer, five callers", "opt-out-is-invisible", "full_name → pseudonym", "42501", "no-government-ids", "The audit log", "All checks passed",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	for line := range strings.Lines(out.String()) {
		if w := widths().StringWidth(strings.TrimSuffix(line, "\n")); w > 120 {
			t.Errorf("a line of %d columns: %s", w, line)
		}
	}
	if strings.Contains(out.String(), "\x1b") || strings.Contains(out.String(), "FAILED") {
		t.Errorf("escape sequences, or a failed check:\n%s", out)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDemoFiles(t *testing.T) {
	dir := t.TempDir()
	if err := writeDemoFiles(dir, "127.0.0.1:7777", "postgres://pgscrim:p$w@127.0.0.1:5555/crm"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pgscrim.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := new(Config).assemble(file, text, pflag.NewFlagSet("demo", pflag.ContinueOnError))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:7777" || c.Admin != "" || c.Upstream != "postgres://pgscrim:p$w@127.0.0.1:5555/crm" || c.Audit.Dir != filepath.Join(dir, "audit") {
		t.Errorf("server file: %+v", c)
	}
	policy, err := rules.LoadFile(c.Policy)
	if err != nil {
		t.Fatal(err)
	}
	if ps := c.checkRoles(policy); len(ps) > 0 {
		t.Error(ps)
	}
	for _, caller := range newCallers() {
		if !policy.MayDeclare([]string{caller.role}, caller.purpose) {
			t.Errorf("%s may not declare %s", caller.role, caller.purpose)
		}
	}
	if _, err := readMaskKey(c.MaskKeyFile); err != nil {
		t.Error(err)
	}
}

func TestDemoTable(t *testing.T) {
	p := &play{callers: newCallers()}
	row := func(values ...string) []cell {
		cells := make([]cell, len(values))
		for i, v := range values {
			cells[i] = cell{text: v, null: v == "NULL"}
		}
		return cells
	}
	shown := func(rows ...[]cell) *reply { return &reply{columns: []string{"country", "name"}, rows: rows} }
	truth := shown(row("DE", "Jürgen Groß"), row("JP", "小林 陽菜"))
	answers := []*reply{
		shown(row("DE", "3f"), row("JP", "NULL")), truth, shown(row("JP", "小林 陽菜 小林 陽菜")), truth,
		{refusal: &pgconn.PgError{Code: "42501", Message: "no"}},
	}
	out := new(bytes.Buffer)
	p.table(&screen{w: out}, question{keyed: true}, answers, truth)
	want := `
                ana                 milo                mara                sol                 dora
                analyst             miner               marketer            support             dpo
                reporting           churn_model         campaign            customer_service    reporting
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
DE              3f                  Jürgen Groß         (no such row)       Jürgen Groß         refused
JP              NULL                小林 陽菜           小林 陽菜 小林      小林 陽菜           refused
                                                        陽菜
`
	if diff := cmp.Diff(strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "─", ""), strings.ReplaceAll(out.String(), "─", "")); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	p.table(&screen{w: out, colours: true}, question{keyed: true}, answers, truth)
	for _, want := range []string{"\x1b[33m3f\x1b[0m ", "\x1b[31mrefused\x1b[0m", "\x1b[2m(no such row)\x1b[0m ", "  Jürgen Groß "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("in colours, %q is missing:\n%q", want, out)
		}
	}
}

func TestWhy(t *testing.T) {
	a := &reply{record: audit.Record{Columns: []audit.Column{
		{Column: "id", Action: "show"},
		{Column: "full_name", Action: "mask", Mask: "pseudonym", Rules: []string{"everyone-else"}},
		{Column: "email", Action: "mask", Mask: "email", Rules: []string{"everyone-else"}},
		{Column: "email", Action: "mask", Mask: "email", Rules: []string{"everyone-else"}},
		{Column: "phone", Action: "show/mask", Mask: "null", Rules: []string{"consented", "strict"}},
	}}}
	want := []string{"full_name → pseudonym, email → email (everyone-else)", "phone → null (consented, strict)"}
	if diff := cmp.Diff(want, a.why()); diff != "" {
		t.Error(diff)
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"anna.koch@example.org", 10, []string{"anna.koch", "@example.o", "rg"}},
		{"小林 陽菜", 4, []string{"小林", "陽菜"}},
		{"小林陽菜", 5, []string{"小林", "陽菜"}},
	} {
		if diff := cmp.Diff(tt.want, wrap(tt.text, tt.width)); diff != "" {
			t.Errorf("wrap(%q, %d): %s", tt.text, tt.width, diff)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s", n, got)
		}
	}
}

func TestDemoWantsEnoughCustomers(t *testing.T) {
	cmd := newDemoCommand()
	cmd.SetArgs([]string{"--customers", "10"})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "at least 500") {
		t.Errorf("error: %v", err)
	}
}
