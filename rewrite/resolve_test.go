package rewrite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestOutputTypes compares what the resolver believes of a query's output with the server's description of it: whether an
// expression may run on hidden rows is decided by these types, so a type that is believed must be right.
func TestOutputTypes(t *testing.T) {
	rw, conn := setup(t)
	ctx := context.Background()
	if _, err := conn.Exec(ctx, "SET search_path = crm, public"); err != nil {
		t.Fatal(err)
	}
	columns := func(sql string) (cols []column, open bool) {
		p, refusal := parse(sql, 1<<20)
		if refusal != nil {
			t.Fatalf("%s: %s", sql, refusal.Message)
		}
		s := rw.as("chief")
		r := &run{binding: rw.binding, session: &s, values: s.Settings.current, p: p, raw: p.stmts[0], visited: visited{}, out: &Statement{},
			plan: rw.planFor(newCaller(s.Roles, s.Settings.current.Purpose))}
		return r.resolver().query(p.stmts[0].Stmt.GetSelectStmt(), nil, nil, true)
	}
	inner := []string{
		"SELECT * FROM customers", "SELECT c.* FROM customers c", "SELECT * FROM customers c, orders o", "TABLE orders",
		"SELECT * FROM orders o JOIN consents c USING (customer_id)", "SELECT * FROM orders NATURAL JOIN consents",
		"SELECT * FROM orders o LEFT JOIN consents c USING (customer_id)", "SELECT * FROM orders o FULL JOIN consents c USING (customer_id)",
		"SELECT * FROM stores s JOIN orders o USING (id)", "SELECT * FROM stores s RIGHT JOIN orders o USING (id)", "SELECT id FROM stores s FULL JOIN orders o USING (id)",
		"SELECT id FROM stores s JOIN orders o USING (id)", "SELECT id FROM stores s RIGHT JOIN orders o USING (id)",
		"SELECT * FROM (orders o JOIN consents c USING (customer_id)) AS j", "SELECT j.* FROM (orders o JOIN consents c USING (customer_id)) AS j (a, b)",
		"SELECT * FROM orders o JOIN consents c USING (customer_id) AS x", "SELECT x.* FROM orders o JOIN consents c USING (customer_id) AS x",
		"SELECT * FROM orders JOIN consents USING (customer_id) JOIN visits USING (customer_id)",
		"SELECT * FROM generate_series(1, 2) g, orders o", "SELECT * FROM orders o, generate_series(1, 2) WITH ORDINALITY",
		"SELECT * FROM unnest(ARRAY['a']) WITH ORDINALITY AS u (a, b), orders o", "SELECT * FROM json_to_record('{}') AS j (a text, b int), orders o",
		"SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY['a'])) AS f, orders o",
		"SELECT (o).*, o.id FROM orders o", "SELECT o.id, (o).*, o.address FROM orders o", "SELECT (x).o, 1 AS a FROM (SELECT o FROM orders o) x",
		"SELECT o FROM orders o", "SELECT * FROM people", "SELECT * FROM people_of_people, stores", "SELECT * FROM totals", "SELECT * FROM visits",
		"SELECT COALESCE(NULL::int4, id) FROM orders", "SELECT COALESCE('x', address) FROM orders", "SELECT COALESCE(placed, now()) FROM orders",
		"SELECT CASE WHEN true THEN 1 ELSE id END FROM orders", "SELECT CASE WHEN true THEN NULL::int4 ELSE total END FROM orders",
		"SELECT CASE WHEN true THEN placed ELSE now() END FROM orders", "SELECT CASE id WHEN 1 THEN 'a' ELSE address END FROM orders",
		"SELECT NULLIF(id, 3) FROM orders", "SELECT NULLIF(1, total) FROM orders", "SELECT GREATEST(1, id) FROM orders", "SELECT (id = 1) IS TRUE FROM orders",
		"SELECT id::int4, id::text, address::varchar(3), '5'::int8, total::float8, '{1}'::int[] FROM orders", "SELECT address COLLATE \"C\" FROM orders",
		"SELECT 1, 1.5, 'a', true, NULL, 5000000000, 1e3, B'1', $$x$$", "SELECT -1, - id, + total FROM orders", "SELECT id + 1, total * 2, address || 'x' FROM orders",
		"SELECT (SELECT id FROM stores LIMIT 1)", "SELECT EXISTS (SELECT 1), 1 IN (SELECT 1), 1 = ALL (SELECT 2), ARRAY(SELECT 1)", "SELECT (SELECT email FROM customers LIMIT 1)",
		"SELECT 1 AS a UNION SELECT 2.5", "SELECT id FROM stores UNION SELECT id FROM orders", "SELECT id FROM orders UNION ALL SELECT id FROM stores",
		"SELECT address FROM orders INTERSECT SELECT city FROM stores", "SELECT NULL UNION SELECT id FROM orders", "SELECT placed FROM orders EXCEPT SELECT now()",
		"VALUES (1, 'a'), (2.5, 'b')", "SELECT * FROM (VALUES (1, 'a')) AS v (a, b)", "SELECT * FROM (VALUES (1), (5000000000)) v",
		"WITH c AS (SELECT * FROM orders) SELECT * FROM c", "WITH c (a, b) AS (SELECT * FROM orders) SELECT * FROM c, stores",
		"WITH RECURSIVE c AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM c WHERE a < 3) SELECT * FROM c", "WITH RECURSIVE c (a) AS (SELECT id FROM stores UNION SELECT a FROM c) SELECT * FROM c",
		"WITH RECURSIVE c AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM c WHERE a < 3) SEARCH DEPTH FIRST BY a SET s CYCLE a SET y USING p SELECT * FROM c",
		"SELECT a.*, b.id FROM orders a, LATERAL (SELECT a.address, * FROM stores) b (x, id)", "SELECT * FROM orders AS o (a, b)", "SELECT o.b FROM orders AS o (b, a)",
		"SELECT count(*), max(id), sum(total), min(address) FROM orders", "SELECT current_date, current_user, localtime", "SELECT row_number() OVER () FROM orders",
		"SELECT * FROM orders o TABLESAMPLE system (10)", "SELECT * FROM ONLY customers", "SELECT tableoid, ctid, o.xmin, * FROM consents o",
		"SELECT x.a[1], x.a FROM (SELECT ARRAY[1] AS a) x", "SELECT (o).id, (o).address, address(o) FROM orders o", "SELECT * FROM information_schema.tables", "SELECT * FROM pg_class",
		"SELECT * FROM staff.employees", "SELECT email, born, income, points, country FROM customers", "SELECT DISTINCT ON (id) id AS x, * FROM stores ORDER BY id",
		"SELECT EXTRACT(year FROM placed), placed::timestamp, placed AT TIME ZONE 'UTC' FROM orders", "SELECT orders.*, 1 AS one FROM orders, generate_series(1, 1)",
	}
	check := func(sql string) {
		t.Helper()
		cols, open := columns(sql)
		described, err := conn.Prepare(ctx, "", sql)
		if pgErr := (*pgconn.PgError)(nil); errors.As(err, &pgErr) && pgErr.Code == "42601" && rw.snap.ServerVersion < 140000 {
			return // the syntax is younger than the server
		}
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			return
		}
		if !open && len(cols) != len(described.Fields) {
			t.Errorf("%s: %d columns are believed, there are %d", sql, len(cols), len(described.Fields))
			return
		}
		for i, c := range cols {
			if i >= len(described.Fields) {
				break
			}
			f := described.Fields[i]
			if c.name != "" && c.name != f.Name && !open {
				t.Errorf("%s: column %d is believed to be called %q, it is %q", sql, i+1, c.name, f.Name)
			}
			if believed := rw.snap.BaseType(c.typ); c.typ != 0 && c.typ != typeUnknown && (believed == nil || believed.OID != f.DataTypeOID) && !open {
				t.Errorf("%s: column %d (%s) is believed to be of type %d, it is of type %d", sql, i+1, c.name, c.typ, f.DataTypeOID)
			}
		}
	}
	for _, sql := range inner {
		check(sql)
		described, err := conn.Prepare(ctx, "", sql)
		if err != nil {
			continue
		}
		// By position, from outside: what is open must not be believed there either.
		names := make([]string, len(described.Fields))
		for i := range names {
			names[i] = "c" + strings.Repeat("x", i)
		}
		check("SELECT " + strings.Join(names, ", ") + " FROM (" + sql + ") AS t (" + strings.Join(names, ", ") + ")")
		check("WITH t (" + strings.Join(names, ", ") + ") AS (" + sql + ") SELECT " + strings.Join(names, ", ") + " FROM t")
	}
}

// TestColumnsAreBounded writes a query whose output doubles with each level, as PostgreSQL refuses to.
func TestColumnsAreBounded(t *testing.T) {
	rw, _ := setup(t)
	var b strings.Builder
	b.WriteString("WITH q0 AS (SELECT * FROM crm.orders)")
	for i := range 14 {
		fmt.Fprintf(&b, ", q%d AS (SELECT x.*, y.* FROM q%d x, q%[2]d y)", i+1, i)
	}
	a := rw.Rewrite(b.String()+" SELECT 1 FROM q14", rw.as("analyst"))
	if len(a.Statements) != 1 || codeOf(a.Statements[0].Refusal) != "54011" {
		t.Errorf("%d columns are not refused", 5<<14)
	}
}
