package rewrite

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestSyntaxErrors compares code, message and position of what cannot be parsed with the server's.
func TestSyntaxErrors(t *testing.T) {
	_, conn := setup(t)
	for _, sql := range []string{
		"SELEC 1", "SELECT 1 FORM t", "SELECT 'Zürich', 東京 FORM a b", "/* Grüße 🙂 */ selct 1", "SELECT 'ééé', (", "SELECT $$東京$$ AS \"名前\", FROM t",
		"SELECT 1; SELECT '🙂🙂' x y z", "SELECT (1", "SELECT 1)", "SELECT 'abc", "SELECT \"abc", "SELECT 1 /* abc", "SELECT $a$ abc", "SELECT U&'\\00'",
		"SELECT U&'ä\\zzzz'", "SELECT E'é\\u00'", "SELECT 1 FROM a JOIN", "SELECT a.b. FROM c", "SELECT * FROM", "WITH a AS SELECT 1", "SELECT 1 GROUP", "\"\"", "SELECT ''''''' é",
		"SELECT X'zz'", "SELECT \"\" FROM t", "äöü", "SELECT 1 -- é\n FORM x y", "SELECT 1 WHERE WHERE", "COPY t TO", "BEGIN; é é",
	} {
		_, err := conn.PgConn().Exec(context.Background(), sql).ReadAll()
		var want *pgconn.PgError
		if !errors.As(err, &want) {
			t.Errorf("%s: the server says %v", sql, err)
			continue
		}
		_, got := parse(sql, 1<<20)
		if got == nil {
			if want.Code == "42601" {
				t.Errorf("%s: is parsed, the server says %s at %d", sql, want.Message, want.Position)
			}
			continue
		}
		if strings.HasPrefix(want.Message, "invalid Unicode escape") {
			got.Code = want.Code // it depends on the kind of string
		}
		if got.Code != want.Code || got.Message != want.Message || got.Position != int(want.Position) {
			t.Errorf("%s:\n got %s %s at %d\nwant %s %s at %d", sql, got.Code, got.Message, got.Position, want.Code, want.Message, want.Position)
		}
	}
}

func TestParseLimits(t *testing.T) {
	for sql, code := range map[string]string{
		"SELECT '" + strings.Repeat("x", 1000) + "'": "54000",
		"SELECT '\xff'":             "22021",
		"SELECT '\xc3":              "22021",
		"SELECT '\xed\xa0\x80'":     "22021", // a surrogate
		"SELECT 1\x00; SELECT 2":    "22021", // C texts end there: what follows would not be looked at
		"SELECT 1 FROM a\x00, b":    "22021",
		"SELECT 1":                  "",
		"":                          "",
		"SELECT '\U0010ffff\ufeff'": "",
	} {
		_, refusal := parse(sql, 1000)
		if got := codeOf(refusal); got != code {
			t.Errorf("%.40q: %q, not %q", sql, got, code)
		}
	}
}

func codeOf(r *Refusal) string {
	if r == nil {
		return ""
	}
	return r.Code
}

// TestExtent finds statements between comments and semicolons.
func TestExtent(t *testing.T) {
	for sql, want := range map[string][]string{
		"SELECT 1":                          {"SELECT 1"},
		" /* a */ SELECT 1 /* b */ ; -- c":  {"SELECT 1"},
		"SELECT 'é';;SELECT /* ; */ 2 ;":    {"SELECT 'é'", "SELECT /* ; */ 2"},
		"-- é\nSELECT 1;\n-- ü\n(SELECT 2)": {"SELECT 1", "(SELECT 2)"},
		"BEGIN;COMMIT":                      {"BEGIN", "COMMIT"},
		";":                                 nil,
		"-- only":                           nil,
	} {
		p, refusal := parse(sql, 1000)
		if refusal != nil {
			t.Errorf("%q: %s", sql, refusal.Message)
			continue
		}
		var got []string
		for _, raw := range p.stmts {
			start, end := p.extent(raw)
			got = append(got, sql[start:end])
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: %q, not %q", sql, got, want)
		}
	}
}
