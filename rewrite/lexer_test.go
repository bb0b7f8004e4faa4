package rewrite

import (
	"fmt"
	"strings"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// scannedConstants are the constants that PostgreSQL's own scanner finds.
func scannedConstants(sql string) (found []constant, err error) {
	scan, err := pg_query.Scan(sql)
	if err != nil {
		return nil, err
	}
	for _, t := range scan.Tokens {
		c := constant{start: int(t.Start), end: int(t.End)}
		switch t.Token {
		case pg_query.Token_ICONST:
			c.class = classInt4
		case pg_query.Token_FCONST:
			c.class = constantClass(sql[c.start:c.end])
		case pg_query.Token_SCONST, pg_query.Token_BCONST, pg_query.Token_XCONST, pg_query.Token_USCONST:
			c.class = classText
		default:
			continue
		}
		found = append(found, c)
	}
	return found, nil
}

// constantClass is the class of a number that is no integer, by what the rewriter makes of it.
func constantClass(number string) class {
	c := &pg_query.A_Const{Val: &pg_query.A_Const_Fval{Fval: &pg_query.Float{Fval: number}}}
	if constantType(c) == typeInt8 {
		return classInt8
	}
	return classNumeric
}

// checkShape compares the shape of a text, if it has one, with PostgreSQL's scanner.
func checkShape(sql string) (has bool, fault string) {
	key, constants, ok := shape(sql, nil, nil)
	if !ok {
		return false, ""
	}
	want, err := scannedConstants(sql)
	if err != nil && strings.HasPrefix(err.Error(), "operator too long") {
		return true, "" // so are the operators of all texts of that shape
	}
	if err != nil {
		return true, fmt.Sprintf("a text that cannot be scanned has a shape: %v", err)
	}
	if fmt.Sprint(constants) != fmt.Sprint(want) {
		return true, fmt.Sprintf("constants %v, PostgreSQL's scanner finds %v", constants, want)
	}
	// The shape is the text again once the constants are put back.
	var b strings.Builder
	n := 0
	for _, c := range key {
		if c > byte(classText) {
			b.WriteByte(c)
			continue
		}
		if n == len(constants) || constants[n].class != class(c) {
			return true, fmt.Sprintf("%q does not fit %v", key, constants)
		}
		b.WriteString(constants[n].text(sql))
		n++
	}
	if b.String() != sql || n != len(constants) {
		return true, fmt.Sprintf("the shape %q is not that of the text", key)
	}
	return true, ""
}

func TestShape(t *testing.T) {
	for _, c := range []struct{ sql, shape string }{
		{"SELECT abalance FROM pgbench_accounts WHERE aid = 12345;", "SELECT abalance FROM pgbench_accounts WHERE aid = \x01;"},
		{"SELECT 'it''s', 1.50,2147483647,2147483648,-5", "SELECT \x04, \x03,\x01,\x02,-\x01"},
		{"/*purpose='x'*/ SELECT a1, b$2 FROM t -- 'x' 1\nWHERE a=$1 AND b>-1.0", "/*purpose='x'*/ SELECT a1, b$2 FROM t -- 'x' 1\nWHERE a=$1 AND b>-\x03"},
		{`SELECT "a'1"".b", 'x'::date, x[1:2] FROM größe2`, "SELECT \"a'1\"\".b\", \x04::date, x[\x01:\x01] FROM größe2"},
		{"SELECT 'größe\n', ''", "SELECT \x04, \x04"},
	} {
		key, _, ok := shape(c.sql, nil, nil)
		if string(key) != c.shape || !ok {
			t.Errorf("%q has the shape %q, %v; want %q", c.sql, key, ok, c.shape)
		}
		if _, fault := checkShape(c.sql); fault != "" {
			t.Errorf("%q: %s", c.sql, fault)
		}
	}
	for _, sql := range []string{
		`SELECT E'x'`, `SELECT e'x'`, `SELECT U&'x'`, `SELECT U&"x"`, `SELECT B'1'`, `SELECT X'1'`, `SELECT N'x'`, `SELECT $$x$$`, `SELECT $a$x$a$`, "SELECT 'a'\n'b'",
		"SELECT 'a' -- c\n 'b'", `SELECT '\'`, "SELECT 1e5", "SELECT .5", "SELECT 1.", "SELECT 1.5.5", "SELECT 1x", "SELECT 0x1F", "SELECT 1_000", "SELECT $1x",
		"SELECT 'x", `SELECT "x`, "SELECT /* x", "SELECT /* /* x */ */", "SELECT /*/*/ 1", "SELECT 1\x00", "SELECT \x01", "SELECT \"\x01\"", "SELECT /*\x01*/ 1", "SELECT -- \x04\n1",
		"SELECT 9223372036854775807", "SELECT 0000000000001", "SELECT '\xff'", "SELECT 1..2", `SELECT ""`, "SELECT 1'x'", "SELECT 'x'a", "SELECT 1{",
		"SELECT '" + strings.Repeat("-", maxOperatorRun+1) + "'", "SELECT " + strings.Repeat("1,", maxConstants) + "1", "SELECT 1 -- " + strings.Repeat("x", maxShape),
	} {
		if key, _, ok := shape(sql, nil, nil); ok {
			t.Errorf("%.40q has a shape: %.80q", sql, key)
		}
	}
}

func FuzzShape(f *testing.F) {
	for _, sql := range goldenSQL(f) {
		f.Add(sql)
	}
	for _, sql := range []string{"SELECT 1--2\n,3/*4*/5*/*6*/7", "a=-1+-1@-1.5", "'a'/*b*/'c'", "U&'x'", "$1$2'3'", "/**/1/***/", "x'1'", "'a'\v'b'", "1.e5.5..", `"a"5'x'`, "é1'é'\u00a01"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if _, fault := checkShape(sql); fault != "" {
			t.Errorf("%q: %s", sql, fault)
		}
	})
}

// TestGoldensHaveShapes shows that plain statements have a shape.
func TestGoldensHaveShapes(t *testing.T) {
	all, with := 0, 0
	for _, sql := range goldenSQL(t) {
		has, fault := checkShape(sql)
		if fault != "" {
			t.Errorf("%s: %s", sql, fault)
		}
		if all++; has {
			with++
		}
	}
	if with < all*9/10 {
		t.Errorf("%d of %d goldens have a shape", with, all)
	}
}
