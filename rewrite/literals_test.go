package rewrite

import (
	"strings"
	"testing"
)

func TestLiteralsOfAStatement(t *testing.T) {
	const at = `'#`
	for _, test := range []struct{ sql, dropped string }{
		{"SELECT 1", "SELECT ?"},
		{"SELECT 'it''s', 1.5, -7, $1 FROM t1 WHERE x = '' -- Smith", "SELECT ?, ?, -?, $1 FROM t1 WHERE x = ?"},
		{"/*purpose='churn_model'*/ SELECT a/* Smith */b", "SELECT a b"},
		{`SELECT "Total", "it's Smith" FROM "s"."t1" WHERE name = "John Smith"`, `SELECT "Total", ? FROM "s"."t1" WHERE name = ?`},
		{`SELECT E'a\'b', $$Smith$$, U&'\0041' UESCAPE '!', x'ff', b'01', N'n'`, "SELECT ?, ?, ?, ?, ?, N?"},
		{"SELECT 'a'\n'b', /* /* nested */ Smith */ 2", "SELECT ?,   ?"},
		{"COPY t FROM STDIN (NULL 'x', FORMAT csv)", "COPY t FROM STDIN (NULL ?, FORMAT csv)"},
		{"", ""},
		{"SELECT 'Smith", "(SELECT of 13 bytes whose constants cannot be told from the rest)"},
		{"Smith 'Smith", "(text of 12 bytes whose constants cannot be told from the rest)"},
		{"SELECT /* Smith", "(SELECT of 15 bytes whose constants cannot be told from the rest)"},
		{"SELECT 'Smi\xff'", "(SELECT of 13 bytes whose constants cannot be told from the rest)"},
		{"SELECT '" + strings.Repeat("x", maxScanned) + "' \\", "(SELECT of 1048587 bytes whose constants cannot be told from the rest)"},
	} {
		drop, hash := Literals{mode: dropLiterals}, Literals{mode: hashLiterals}.WithKey([]byte("k"))
		if got := drop.Statement(test.sql); got != test.dropped {
			t.Errorf("%.100q: %q, want %q", test.sql, got, test.dropped)
		}
		if got := (Literals{}).Statement(test.sql); got != test.sql {
			t.Errorf("%.100q: kept as %q", test.sql, got)
		}
		var questions strings.Builder
		for i, part := range strings.Split(hash.Statement(test.sql), at) {
			if i > 0 {
				questions.WriteByte('?')
				part = part[2*hashBytes+1:]
			}
			questions.WriteString(part)
		}
		if got := questions.String(); got != test.dropped {
			t.Errorf("%.100q: hashed as %q, want %q", test.sql, got, test.dropped)
		}
	}
}

func TestHashesOfLiterals(t *testing.T) {
	a, b := Literals{mode: hashLiterals}.WithKey([]byte("a")), Literals{mode: hashLiterals}.WithKey([]byte("b"))
	same := a.Statement("SELECT 'Smith'")
	for _, sql := range []string{"SELECT   'Smith'", "SELECT \"Smith\"", "SELECT 'smith'", "SELECT 1"} {
		if strings.Join(strings.Fields(a.Statement(sql)), " ") == same != (sql == "SELECT   'Smith'") {
			t.Errorf("%s: %s, beside %s", sql, a.Statement(sql), same)
		}
	}
	if a.Statement("SELECT 7") != a.Statement("SELECT '7'") {
		t.Error("a number and its text have two hashes")
	}
	if b.Statement("SELECT 'Smith'") == same {
		t.Error("another key makes no difference")
	}
	if want := "SELECT " + a.Placeholder("Smith"); same != want {
		t.Errorf("%s, want %s", same, want)
	}
}

func TestLiteralsOfAMessage(t *testing.T) {
	drop := Literals{mode: dropLiterals}
	for _, test := range []struct{ message, statement, want string }{
		{`column "mail" of relation "people" does not exist`, "SELECT mail FROM people", `column "mail" of relation "people" does not exist`},
		{`syntax error at or near "Smith"`, "SELECT a b ?", `syntax error at or near "?"`},
		{`syntax error at or near "'say "a" to Smith'"`, "SELECT a b ?", `syntax error at or near "?"`},
		{`unterminated quoted string at or near "'Smith`, "SELECT a", `unterminated quoted string at or near "?"`},
		{`invalid value for parameter "a": "Smith"`, "SET a = ?", `invalid value for parameter "?"`},
		{"Syntaxfehler bei »'alice@example.com'«", "SELECT a ?", "Syntaxfehler bei ?"},
		{"erreur de syntaxe sur ou près de « 'Smith' »", "SELECT a ?", "erreur de syntaxe sur ou pr?"},
		{"permission denied", "", "permission denied"},
	} {
		if got := drop.Message(test.message, test.statement); got != test.want {
			t.Errorf("%s\nbecomes\n%s", test.message, got)
		}
		if got := (Literals{}).Message(test.message, test.statement); got != test.message {
			t.Errorf("kept as %s", got)
		}
	}
}

func BenchmarkLiterals(b *testing.B) {
	sql := "SELECT id, full_name, email FROM crm.customers WHERE country = 'DE' AND id BETWEEN 4711 AND 4811 ORDER BY id LIMIT 50"
	for _, mode := range []string{"keep", "hash", "drop"} {
		b.Run(mode, func(b *testing.B) {
			l, err := ParseLiterals(mode)
			if err != nil {
				b.Fatal(err)
			}
			l = l.WithKey([]byte("k"))
			for b.Loop() {
				l.Statement(sql)
			}
		})
	}
}
