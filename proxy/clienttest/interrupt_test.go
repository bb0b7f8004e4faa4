package clienttest

import (
	"regexp"
	"strings"
	"testing"
)

// interrupt is what Ctrl-C sends on a terminal.
const interrupt = "\x03"

// testInterrupt types Ctrl-C while statements run.
func testInterrupt(t *testing.T, s *site) {
	admin := connect(t, s.admin)
	term := newTerminal(t, s.as("ana"))
	// The number tells statements apart in pg_stat_activity.
	for _, test := range []struct{ name, number, statement string }{
		{"a query that takes long", "111", "SELECT pg_sleep(60), 111;"},
		{"a large result", "222", "SELECT md5(g::text), 222 FROM generate_series(1, 100000000) g;"},
		{"COPY out", "333", `COPY (SELECT md5(g::text), 333 FROM generate_series(1, 100000000) g) TO STDOUT \g /dev/null`},
		{"a cursor", "444", "\\set FETCH_COUNT 10\n" + `SELECT md5(g::text), 444 FROM generate_series(1, 100000000) g \g /dev/null`},
		{"protected rows", "555", "\\unset FETCH_COUNT\n" + "SELECT count(a.email || b.email || c.email) + 555 FROM crm.customers a, crm.customers b, crm.customers c;"},
	} {
		term.send(test.statement + "\n")
		running := "SELECT count(*)::text FROM pg_stat_activity WHERE state IN ('active', 'idle in transaction') AND pid <> pg_backend_pid() AND (query LIKE $1 OR query LIKE 'FETCH%')"
		waitFor(t, test.name, func() bool { return column(t, admin, running, "%"+test.number+"%")[0] != "0" })
		term.send(interrupt)
		// After Ctrl-C in a long answer psql has to read what is on its way.
		term.expect("ERROR:  canceling statement due to user request\n")
		term.expect(prompt)
		if got := term.run("SELECT 'goes on';"); !strings.Contains(got, "goes on") {
			t.Errorf("after %s: %s", test.name, got)
		}
	}
	term.run("BEGIN;")
	term.send("SELECT pg_sleep(60), 666;\n")
	waitFor(t, "a query in a transaction", func() bool {
		return column(t, admin, "SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60), 666%' AND pid <> pg_backend_pid()")[0] != "0"
	})
	term.send(interrupt)
	term.expect("canceling statement due to user request\n" + prompt)
	if got := term.run("SELECT 1;"); !strings.Contains(got, "current transaction is aborted") {
		t.Errorf("in a transaction: %s", got)
	}
	if got := term.run("ROLLBACK;"); !strings.Contains(got, "ROLLBACK") {
		t.Errorf("at the end of a transaction: %s", got)
	}
	// With nothing to cancel it gives up the line.
	term.send("SELECT 'half a line" + interrupt)
	term.expect("\n" + prompt)
	if got := term.run("SELECT 'goes on';"); !strings.Contains(got, "goes on") {
		t.Errorf("after Ctrl-C in a line: %s", got)
	}
}

// testWatch repeats a query until Ctrl-C.
func testWatch(t *testing.T, s *site) {
	for _, dsn := range []string{s.direct, s.as("ana")} {
		term := newTerminal(t, dsn)
		term.send("SELECT count(*) AS customers FROM crm.customers \\watch 0.1\n")
		for range 3 {
			term.expect("(every 0.1s)")
			if got := strings.Fields(term.expect("(1 row)")); len(got) < 3 || got[0] != "customers" || got[2] != "300" {
				t.Errorf(`\watch shows %q`, got)
			}
		}
		term.send(interrupt)
		term.expect("\n" + prompt)
		if got := term.run("SELECT 'goes on';"); !strings.Contains(got, "goes on") {
			t.Errorf(`after \watch: %s`, got)
		}
	}
}

// testPassword shows that \password says why it cannot change a password, and that no password reaches the database.
func testPassword(t *testing.T, s *site) {
	term := newTerminal(t, s.as("ana"))
	term.send("\\password\n")
	newPassword := regexp.MustCompile(`"\w+"`)
	if asked := term.expect(": "); !newPassword.MatchString(asked) {
		t.Errorf(`\password asks %q`, asked)
	}
	term.send("secret\n")
	term.expect(": ")
	term.send("secret\n")
	got := term.expect("\n" + prompt)
	if !strings.Contains(got, "ERROR:  ") || !strings.Contains(got, "not supported by pgscrim") || strings.Contains(got, "SCRAM") {
		t.Errorf(`\password: %s`, got)
	}
	if got := term.run("SELECT 'goes on';"); !strings.Contains(got, "goes on") {
		t.Errorf(`after \password: %s`, got)
	}
}
