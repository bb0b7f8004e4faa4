package rewrite

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestSplice(t *testing.T) {
	const src = "äbcdéf"
	for _, c := range []struct {
		edits []edit
		want  string
		ok    bool
	}{
		{nil, src, true},
		{[]edit{{0, 2, "X"}}, "Xbcdéf", true},
		{[]edit{{2, 3, ""}, {3, 3, "YY"}, {3, 3, "Z"}}, "äYYZcdéf", true},
		{[]edit{{8, 8, "!"}}, "äbcdéf!", true},
		{[]edit{{2, 4, "x"}, {3, 5, "y"}}, "", false},
		{[]edit{{4, 3, "x"}}, "", false},
		{[]edit{{7, 9, "x"}}, "", false},
	} {
		got, ok := splice(src, c.edits)
		if got != c.want || ok != c.ok {
			t.Errorf("%v: %q, %t, not %q, %t", c.edits, got, ok, c.want, c.ok)
		}
		if !ok {
			continue
		}
		for i, s := range spans(c.edits) {
			if got[s[0]:s[1]] != c.edits[i].text {
				t.Errorf("%v: span %d holds %q", c.edits, i, got[s[0]:s[1]])
			}
		}
	}
}

// TestOriginalPosition maps every position: outside replacements a character maps to itself, inside to where the replaced text began.
func TestOriginalPosition(t *testing.T) {
	const original = "SELECT 'é', ä FROM crm.t ü WHERE 東 = 1"
	at := strings.Index(original, "crm.t")
	w := strings.Index(original, "東")
	a := &Answer{original: original, Changed: true, edits: []edit{{at, at + 5, "(SELECT 'ßßß' FROM x)"}, {w, w, "ÜÜ."}}}
	a.SQL, _ = splice(original, a.edits)
	inside := func(i int) (int, bool) {
		for k, s := range spans(a.edits) {
			if s[0] <= i && i < s[1] {
				return a.edits[k].start, true
			}
		}
		return 0, false
	}
	seen := 0
	for i, r := range a.SQL {
		pos := utf8.RuneCountInString(a.SQL[:i]) + 1
		got := a.OriginalPosition(pos)
		if start, in := inside(i); in {
			if got != charPosition(original, start) {
				t.Errorf("position %d (%c) inside a replacement maps to %d", pos, r, got)
			}
			continue
		}
		want, _ := utf8.DecodeRuneInString(original[byteOffset(original, got):])
		if want != r || got <= seen {
			t.Errorf("position %d (%c) maps to %d (%c)", pos, r, got, want)
		}
		seen = got
	}
	if got := (&Answer{SQL: "x"}).OriginalPosition(7); got != 7 {
		t.Errorf("unchanged: %d", got)
	}
	if got := refused("x", &Refusal{}).OriginalPosition(3); got != 0 {
		t.Errorf("refused: %d", got)
	}
}

// TestErrorPositions compares the positions of errors in rewritten texts with those that the server reports for the client's text.
func TestErrorPositions(t *testing.T) {
	rw, conn := setup(t)
	ctx := context.Background()
	if _, err := conn.Exec(ctx, "SET search_path = crm, public"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"SELECT email, nosuch FROM customers",
		"SELECT 'Zürich 東京', name, nosuch FROM customers",
		"SELECT name FROM customers WHERE phone = 'ü' AND nosuch = 1",
		"SELECT name FROM customers c JOIN orders o ON o.nosuch = c.id",
		"SELECT name FROM customers c, orders o WHERE o.address || 1 = ANY (c.name)",
		"SELECT name || ARRAY[1] FROM customers ORDER BY 🙂",
		"SELECT email FROM customers GROUP BY name",
		"SELECT x.email FROM customers c",
		"SELECT name, email FROM customers UNION SELECT address FROM orders",
		"SELECT name FROM customers WHERE born > 'not a date'",
		"/* é */ SELECT name FROM customers LIMIT 'x'",
		"SELECT name FROM people WHERE name = 1",
		"SELECT crm.customers.email, customers.nosuch FROM crm.customers",
	} {
		_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
		var want, got *pgconn.PgError
		if !errors.As(err, &want) {
			t.Errorf("%s: the server says %v", sql, err)
			continue
		}
		a := rw.Rewrite(sql, rw.as("analyst"))
		if a.Refusal != nil || a.Statements[0].Refusal != nil {
			t.Errorf("%s: is refused: %+v", sql, a.Statements)
			continue
		}
		if !a.Changed {
			t.Errorf("%s: is not rewritten", sql)
		}
		_, err = conn.PgConn().Exec(ctx, a.SQL).ReadAll()
		if !errors.As(err, &got) {
			t.Errorf("%s: %v, not %v", sql, err, want)
			continue
		}
		if got.Code != want.Code || got.Message != want.Message || a.OriginalPosition(int(got.Position)) != int(want.Position) {
			t.Errorf("%s:\n got %s %s at %d\nwant %s %s at %d", sql, got.Code, got.Message, a.OriginalPosition(int(got.Position)), want.Code, want.Message, want.Position)
		}
	}
}

func TestLiteral(t *testing.T) {
	_, conn := setup(t)
	for _, s := range []string{"", "a", "it's", `back\slash`, `'\''`, "'' OR 1=1 --", "ü\n\t東", `\`, `E'x'`, "$$", `"q"`} {
		for _, setting := range []string{"on", "off"} {
			sql := "SET standard_conforming_strings = " + setting + "; SET escape_string_warning = off; "
			if _, err := conn.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
				t.Fatal(err)
			}
			results, err := conn.PgConn().Exec(context.Background(), "SELECT "+literal(s)+" AS "+quote("n"+s)).ReadAll()
			if err != nil || string(results[0].Rows[0][0]) != s || results[0].FieldDescriptions[0].Name != "n"+s {
				t.Errorf("%q, %s: %v, %v", s, setting, results, err)
			}
		}
	}
}
