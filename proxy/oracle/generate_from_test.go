package oracle

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// relation is a table or view of the database that statements are written over.
type relation struct {
	name    string
	columns []relationColumn
	key     []string
	only    bool // it has children
	tidy    bool // its primary key is one that PostgreSQL groups by
	// writable is true if the caller may write it.
	writable bool
}

type relationColumn struct {
	name, typ string
	generated bool
	masked    bool // the caller does not see all of it as it is
}

const relationsSQL = `SELECT c.oid::regclass::text, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), t.typtype::text,
		EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
		c.relhassubclass, a.attcollation NOT IN (0, 100), a.attgenerated <> ''
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
	WHERE n.nspname IN ('crm', 'lab') AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
		AND c.relname NOT IN ('unlisted', 'over_unlisted', 'secrets', 'mail_list')
	ORDER BY c.oid, a.attnum`

// kindOf are the types of columns as the generator calls them; all others are "other".
var kindOf = []struct {
	pattern *regexp.Regexp
	typ     string
}{
	{regexp.MustCompile(`^(integer|smallint)$`), "int"},
	{regexp.MustCompile(`^bigint$`), "big"},
	{regexp.MustCompile(`^numeric\(\d+,2\)$`), "num"},
	{regexp.MustCompile(`^double precision$`), "flt"},
	{regexp.MustCompile(`^(text|character varying|character|character varying\(\d+\)|character\(\d+\))$`), "text"},
	{regexp.MustCompile(`^date$`), "date"},
	{regexp.MustCompile(`^timestamp with time zone$`), "ts"},
	{regexp.MustCompile(`^boolean$`), "bool"},
	{regexp.MustCompile(`^jsonb$`), "json"},
	{regexp.MustCompile(`^integer\[\]$`), "ints"},
	{regexp.MustCompile(`^text\[\]$`), "texts"},
}

// readRelations reads what statements can be written over.
func readRelations(ctx context.Context, conn *pgx.Conn) (out []*relation, err error) {
	rows, err := conn.Query(ctx, relationsSQL)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, column, typ, kind string
		var key, parent, collated, generated bool
		if err := rows.Scan(&name, &column, &typ, &kind, &key, &parent, &collated, &generated); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, &relation{name: name, only: parent})
		}
		r := out[len(out)-1]
		c := relationColumn{name: column, typ: "other", generated: generated}
		for _, k := range kindOf {
			if kind != "d" && !collated && k.pattern.MatchString(typ) {
				c.typ = k.typ
			}
		}
		r.columns = append(r.columns, c)
		if key {
			r.key = append(r.key, column)
		}
	}
	for _, r := range out {
		r.tidy = len(r.key) > 0
		for _, c := range r.columns {
			if !r.tidy && c.typ != "other" {
				r.key = append(r.key, c.name)
			}
		}
	}
	return out, rows.Err()
}

// source returns a relation as FROM names it.
func (g *generator) source() source {
	if len(g.ctes) > 0 && g.chance(35) {
		return g.ctes[g.IntN(len(g.ctes))]
	}
	r := g.relations[g.IntN(len(g.relations))]
	s := source{name: r.name, key: r.key, only: r.only, whole: true}
	for _, c := range r.columns {
		if strings.HasPrefix(c.typ, "denied") {
			s.whole = s.whole && c.typ == "denied omitted"
			continue
		}
		s.fields = append(s.fields, field{c.name, c.typ})
	}
	return s
}

// joined is a FROM clause: what can be named of it.
type joined struct {
	fields []field
	rows   []string
	order  []string
	unsure bool // nothing tells its rows apart
	listed bool // it has a comma: a JOIN behind it cannot name what is before
}

// from returns a FROM clause.
func (g *generator) from(outer []field) (sql string, in joined) {
	if g.chance(4) {
		return "", in
	}
	sql, in = g.item(outer, nil)
	for n := 0; n < 3 && g.chance(42) && len(in.fields) < 60 && !in.listed; n++ {
		sql, in = g.join(sql, in, outer)
	}
	if in.unsure {
		in.order = nil
	}
	return " FROM " + sql, in
}

// join adds an item to a FROM clause.
func (g *generator) join(sql string, left joined, outer []field) (string, joined) {
	var beside []field
	lateral := g.chance(12)
	if lateral {
		beside = left.fields
	}
	item, right := g.item(outer, beside)
	both := joined{append(slices.Clone(left.fields), right.fields...), append(slices.Clone(left.rows), right.rows...),
		append(slices.Clone(left.order), right.order...), left.unsure || right.unsure, left.listed}
	a, b := "", ""
	for _, typ := range []string{pick(g, "int", "big"), "int", "big", "text"} {
		if a, b = g.named(typ, left.fields), g.named(typ, right.fields); a != "" && b != "" {
			break
		}
	}
	if a == "" || b == "" {
		return sql, left
	}
	on := a + " = " + b
	kind := pick(g, " JOIN ", " INNER JOIN ", " LEFT JOIN ", " LEFT OUTER JOIN ", " RIGHT JOIN ", " FULL JOIN ", " FULL OUTER JOIN ")
	if lateral && (strings.HasPrefix(kind, " RIGHT") || strings.HasPrefix(kind, " FULL")) {
		kind = " LEFT JOIN "
	}
	same := g.common(left.fields, right.fields)
	l := &level{fields: both.fields, outer: outer}
	switch n := g.IntN(100); {
	case n < 8 && same != "" && !lateral:
		using := " USING (" + same + ")"
		if g.chance(30) {
			alias := g.name("u")
			both.fields = append(both.fields, field{alias + "." + same, g.typeOf(right.fields, same)})
			using += " AS " + alias
		}
		return sql + kind + item + using, both
	case n < 14:
		both.listed = true
		return sql + ", " + item, both
	case n < 16:
		return sql + " CROSS JOIN " + item, both
	case n < 40 && !strings.HasPrefix(kind, " FULL"):
		on += " AND " + g.condition(l, 1)
	}
	return sql + kind + item + " ON " + on, both
}

// common returns a column name that both sides have once, with the same type.
func (g *generator) common(a, b []field) string {
	count := func(fields []field, short string) (n int, typ string) {
		for _, f := range fields {
			if after(f.name) == short {
				n, typ = n+1, f.typ
			}
		}
		return n, typ
	}
	for _, f := range b {
		short := after(f.name)
		n, t := count(a, short)
		m, u := count(b, short)
		if n == 1 && m == 1 && t == u && t != "other" {
			return short
		}
	}
	return ""
}

// after is a name without its qualifier.
func after(name string) string {
	return name[strings.Index(name, ".")+1:]
}

func (g *generator) typeOf(fields []field, short string) string {
	for _, f := range fields {
		if after(f.name) == short {
			return f.typ
		}
	}
	return "other"
}

// item returns one item of FROM. beside are the columns of those before it, which it may name if it is LATERAL.
func (g *generator) item(outer, beside []field) (string, joined) {
	alias := g.name("t")
	around := append(slices.Clone(outer), beside...)
	lateral := ""
	if beside != nil {
		lateral = "LATERAL "
	}
	switch n := g.IntN(100); {
	case (n < 16 || beside != nil && n < 60) && g.depth < 4:
		want := g.types(1 + g.IntN(3))
		want[0] = pick(g, "int", "text", "big")
		if beside == nil {
			around = outer
		}
		sql, fields := g.query(want, around)
		columns := ""
		if g.chance(20) {
			columns = g.rename(fields)
		}
		return lateral + "(" + sql + ") AS " + alias + columns, whole(alias, fields)
	case n < 20 || beside != nil && n < 75:
		return g.functionItem(alias, lateral, around)
	case n < 23:
		sql, fields := g.values([]string{"int", pick(g, types...)})
		return "(" + sql + ") AS " + alias + " " + g.rename(fields), whole(alias, fields)
	case n < 26 && g.depth < 4:
		sql, in := g.join("crm.stores", joined{fields: []field{{"stores.id", "int"}, {"stores.city", "text"}, {"stores.name", "text"}}, rows: []string{"stores"}, order: []string{"stores.id"}}, nil)
		if strings.Contains(sql, "JOIN") {
			return "(" + sql + ")", in
		}
	case n < 28 && g.depth < 4:
		return g.natural(alias, outer)
	}
	s := g.source()
	name := s.name
	if s.only {
		name = pick(g, name, name, "ONLY "+name, "ONLY ("+name+")", name+" *")
	}
	in := joined{fields: qualify(alias, s.fields)}
	for _, k := range s.key {
		in.order = append(in.order, alias+"."+k)
	}
	if s.whole {
		in.rows = []string{alias}
	}
	if g.chance(4) && s.whole && !strings.Contains(name, " *") && len(s.fields) > 2 && strings.Contains(s.name, ".") && len(s.fields) == len(g.find(s.name).columns) {
		renamed := slices.Clone(s.fields)
		columns := g.rename(renamed)
		return name + pick(g, " AS ", " ") + alias + " " + columns, joined{fields: qualify(alias, renamed), unsure: true}
	}
	sample := ""
	if g.chance(1) && strings.Contains(s.name, "stores") {
		sample = pick(g, " TABLESAMPLE BERNOULLI (100)", " TABLESAMPLE SYSTEM (100) REPEATABLE (5)")
	}
	return name + pick(g, " AS ", " ") + alias + sample, in
}

func (g *generator) find(name string) *relation {
	for _, r := range g.relations {
		if r.name == name {
			return r
		}
	}
	return &relation{}
}

// whole is a subquery in FROM.
func whole(alias string, fields []field) joined {
	q := qualify(alias, fields)
	return joined{fields: q, rows: []string{alias}, order: fieldNames(q)}
}

// natural returns two subqueries that have a column name in common.
func (g *generator) natural(alias string, outer []field) (string, joined) {
	other := g.name("t")
	typ := pick(g, "int", "text", "date")
	left, a := g.query([]string{typ, pick(g, types...)}, outer)
	right, b := g.query([]string{typ, pick(g, types...)}, outer)
	same := g.name("k")
	columns := func(f []field) string {
		f[0].name, f[1].name = same, g.name("v")
		return "(" + same + ", " + f[1].name + ")"
	}
	sql := fmt.Sprintf("((%s) AS %s %s NATURAL %s (%s) AS %s %s)", left, alias, columns(a), pick(g, "JOIN", "LEFT JOIN", "FULL JOIN", "INNER JOIN", "RIGHT JOIN"), right, other, columns(b))
	in := whole(alias, a)
	more := whole(other, b)
	return sql, joined{fields: append(append(in.fields, more.fields...), field{same, typ}), rows: append(in.rows, more.rows...), order: append(in.order, more.order...)}
}

// functionItem returns a function in FROM.
func (g *generator) functionItem(alias, lateral string, around []field) (string, joined) {
	l := &level{outer: around}
	if lateral != "" {
		l.fields = around
	}
	a, b := g.name("n"), g.name("n")
	one := func(sql, typ string) (string, joined) {
		return lateral + sql + " AS " + alias + " (" + a + ")", whole(alias, []field{{a, typ}})
	}
	two := func(sql string, x, y string) (string, joined) {
		return lateral + sql + " AS " + alias + " (" + a + ", " + b + ")", whole(alias, []field{{a, x}, {b, y}})
	}
	switch g.IntN(9) {
	case 0:
		return one("generate_series(1, "+pick(g, "3", "5", "greatest(2, 4)")+")", "int")
	case 1:
		return two("unnest("+g.expr(l, "texts", 1)+") WITH ORDINALITY", "text", "big")
	case 2:
		return two("ROWS FROM (generate_series(1, 3), unnest("+g.expr(l, "texts", 1)+"))", "int", "text")
	case 3:
		return two("unnest("+g.expr(l, "ints", 1)+", "+g.expr(l, "texts", 1)+")", "int", "text")
	case 4:
		return one("string_to_table("+g.expr(l, "text", 1)+", ' ')", "text")
	case 5:
		return fmt.Sprintf("%sjsonb_to_recordset('[{\"x\": 1, \"y\": \"a\"}, {\"x\": 2}]') AS %s (x integer, y text)", lateral, alias), whole(alias, []field{{"x", "int"}, {"y", "text"}})
	case 6:
		return two("jsonb_each_text(jsonb_build_object('k', "+g.expr(l, "text", 1)+"))", "text", "text")
	case 7:
		return fmt.Sprintf("%sROWS FROM (json_to_record('{\"x\": 1}') AS (x integer), generate_series(1, 2)) WITH ORDINALITY AS %s (%s, %s, o)", lateral, alias, a, b),
			whole(alias, []field{{a, "int"}, {b, "int"}, {"o", "big"}})
	}
	return one("regexp_split_to_table("+g.expr(l, "text", 1)+", '[ .@]')", "text")
}
