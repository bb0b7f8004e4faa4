package proxy

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/rewrite"
)

// TestNoLiteralIsRecorded sends a mark as constant, comment and bind value, by each way that there is, with success and without.
func TestNoLiteralIsRecorded(t *testing.T) {
	const mark = "zqxw"
	literals, err := rewrite.ParseLiterals("hash")
	if err != nil {
		t.Fatal(err)
	}
	literals = literals.WithKey([]byte("k"))
	r := start(t, func(c *Config) { c.Literals = literals })
	ctx := context.Background()
	for _, user := range []string{"ana", "dan"} {
		conn := r.connect(t, user, "")
		for _, sql := range []string{
			"SELECT 'zqxw' -- zqxw", "SELECT 'zqxw'::int", "SELECT purpose_now || 'zqxw'", "SELECT 1 /* zqxw */; SELECT 'zqxw'", `SELECT "x zqxw"`, `SELECT E'\'zqxw'`,
			"SELECT secret WHERE 'zqxw' = ''", "whole_refusal 'zqxw'", "SELECT 'zqxw", "PREPARE p AS SELECT $1 || 'zqxw'", "EXECUTE p('zqxw')", "DEALLOCATE p",
			"BEGIN", "DECLARE c CURSOR FOR SELECT 'zqxw'", "FETCH c", "ROLLBACK", "COPY (SELECT 'zqxw') TO STDOUT", "SET application_name = 'zqxw'", "SET application_name = 'x'",
			"SET standard_conforming_strings = off", `SELECT 'a\'zqxw'`, "SELECT marked_error || 'zqxw'",
		} {
			_, _ = exec(t, conn, sql) // many fail
		}
		for _, sql := range []string{"SELECT $1 || 'zqxw'", "SELECT $1::int + 'zqxw'", "SELECT secret, $1", `SELECT $1 || E'\'zqxw'`} {
			_, _ = conn.ExecParams(ctx, sql, [][]byte{[]byte(mark)}, nil, nil, nil).Close()
		}
	}
	seen := map[string]bool{}
	for _, record := range r.audit.of("statement") {
		if record.Closes > 0 {
			continue
		}
		seen[record.Statement] = true
		record.Application = "" // the name that a client gives itself is recorded
		line, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(line), mark) {
			t.Errorf("recorded: %s", line)
		}
	}
	for _, want := range []string{"SELECT " + literals.Placeholder(mark), "SELECT $1 || " + literals.Placeholder(mark), "(SELECT of 16 bytes whose constants cannot be told from the rest)"} {
		if !seen[want] {
			t.Errorf("no record of %s among %v", want, seen)
		}
	}
}
