package proxy

import (
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/rewrite"
)

// TestRefusedInFailedBlock sees what the audit says of statements in an aborted transaction block: what the client hears.
func TestRefusedInFailedBlock(t *testing.T) {
	r := start(t)
	conn, err := pgconn.Connect(context.Background(), r.dsn("ana", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	modes := []func(*pgconn.PgConn, string) string{simple, extended}
	for _, test := range []struct {
		sql   string
		codes []string // of the records, without those that close others
		modes int
	}{
		{"BEGIN", []string{""}, 1},
		{"SELECT secret", []string{codeInsufficient}, 1},
		{"SELECT secret", []string{codeInFailedBlock}, 2},
		{"SELECT whole_refusal", []string{codeInFailedBlock}, 2},
		{"FETCH nosuch", []string{codeInFailedBlock}, 1}, // its Parse would fail
		{"ROLLBACK; FETCH nosuch", []string{codeUndefinedPortal}, 1},
		{"ROLLBACK; SELECT secret", []string{"", codeInsufficient}, 1},
	} {
		for _, ask := range modes[:test.modes] {
			before := len(r.audit.of("statement"))
			got := ask(conn, test.sql)
			var codes []string
			for _, record := range r.audit.of("statement")[before:] {
				if record.Closes == 0 {
					codes = append(codes, record.SQLState)
				}
			}
			if !slices.Equal(codes, test.codes) || got != codes[len(codes)-1] {
				t.Errorf("%s: %q, audit %q, want %q", test.sql, got, codes, test.codes)
			}
		}
	}
}

// TestRefusalBehind tells the grammar's errors from those of a text that is sent in place of one that is not known.
func TestRefusalBehind(t *testing.T) {
	unknown := &rewrite.Answer{Unknown: &rewrite.Refusal{Code: codeNotSupported, Marker: "m"}}
	refused := refuse(&rewrite.Refusal{Code: codeNotSupported})
	for _, test := range []struct {
		answer                 *rewrite.Answer
		code, message, routine string
		want                   bool
	}{
		{unknown, codeUndefinedTable, "m", "", true},
		{unknown, codeSyntaxError, "cannot insert multiple commands into a prepared statement", "exec_parse_message", true},
		{unknown, codeSyntaxError, "WITH TIES cannot be specified without ORDER BY clause", "insertSelectOptions", false},
		{refused, codeUndefinedTable, `missing FROM-clause entry for table "refused by pgscrim"`, "", true},
		{refused, codeInFailedBlock, "current transaction is aborted", "", false},
	} {
		if got := refusalBehind(test.answer, &pgproto3.ErrorResponse{Code: test.code, Message: test.message, Routine: test.routine}); (got != nil) != test.want {
			t.Errorf("%s %s: %v", test.code, test.message, got)
		}
	}
}
