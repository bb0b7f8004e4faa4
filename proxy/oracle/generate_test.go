package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator writes statements by chance, from a seed. It follows the grammar of SELECT and keeps track of types, so that most statements
// are valid; and of what tells rows apart, so that an answer depends on nothing but the data: rows are ordered by all their columns
// wherever order counts, floats are not summed, numbers that are equal have the same scale.
type generator struct {
	*rand.Rand
	relations []*relation
	purposes  []string // that the caller may declare, the one in force first
	depth     int
	names     int
	// raises allows expressions that fail for some rows.
	raises bool
	// wrong is true as long as a mistake is to be made.
	wrong bool
	// args are the values of parameters, if the statement may have some.
	args     []string
	params   []string
	mayParam bool
	ctes     []source
}

// field is a column in scope, as the statement can name it.
type field struct{ name, typ string }

// source is what FROM can name: its fields by their bare names, and those that tell its rows apart.
type source struct {
	name   string
	fields []field
	key    []string
	whole  bool // its whole row may be named
	only   bool // ONLY means something
}

// level is what the expressions of one query may name.
type level struct {
	fields []field
	outer  []field  // of the queries around it
	inputs []field  // in a query that groups: what the arguments of aggregates may name
	rows   []string // aliases whose whole row may be named
	order  []string // these tell all rows apart
	groups bool     // aggregates may stand here
	window bool     // window functions may stand here
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// types are those that expressions are written in.
var types = []string{"int", "int", "big", "num", "flt", "text", "text", "text", "date", "ts", "bool", "json", "ints", "texts"}

// casts are the names of the types in SQL.
var casts = map[string]string{
	"int": "integer", "big": "bigint", "num": "numeric(14,2)", "flt": "double precision", "text": "text", "date": "date",
	"ts": "timestamptz", "bool": "boolean", "json": "jsonb", "ints": "integer[]", "texts": "text[]",
}

func (g *generator) types(n int) (out []string) {
	for range n {
		out = append(out, pick(g, types...))
	}
	return out
}

// query returns a query that yields columns of the types, and their names. It has an ORDER BY only if it needs one.
func (g *generator) query(want []string, outer []field) (sql string, fields []field) {
	g.depth++
	known := len(g.ctes)
	defer func() { g.depth--; g.ctes = g.ctes[:known] }()
	with := ""
	if g.depth < 4 && g.chance(18) {
		with = g.with(outer)
	}
	switch {
	case g.depth < 4 && g.chance(14):
		sql, fields = g.setOperation(want, outer)
	case g.chance(3):
		sql, fields = g.values(want)
	default:
		sql, fields = g.block(want, outer)
	}
	if g.depth > 1 && g.chance(15) {
		sql = g.order(sql, fields) + g.limit()
	}
	return with + sql, fields
}

// setOperation combines queries.
func (g *generator) setOperation(want []string, outer []field) (sql string, fields []field) {
	part := func() string {
		g.depth++
		defer func() { g.depth-- }()
		s, _ := g.block(want, outer)
		switch {
		case g.chance(20):
			s, fields := g.block(want, outer)
			return "(" + g.order(s, fields) + g.limit() + ")"
		case g.chance(60):
			return s
		}
		return "(" + s + ")"
	}
	left, fields := g.block(want, outer)
	operator := func() string {
		return " " + pick(g, "UNION", "UNION ALL", "UNION DISTINCT", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL") + " "
	}
	sql = left + operator() + part()
	if g.chance(20) {
		sql = "(" + sql + ")" + operator() + part()
	}
	return sql, fields
}

func (g *generator) values(want []string) (sql string, fields []field) {
	var rows []string
	for range 1 + g.IntN(3) {
		var row []string
		for _, typ := range want {
			row = append(row, g.constant(typ))
		}
		rows = append(rows, "("+strings.Join(row, ", ")+")")
	}
	for i, typ := range want {
		fields = append(fields, field{fmt.Sprintf("column%d", i+1), typ})
	}
	return "VALUES " + strings.Join(rows, ", "), fields
}

// with returns a WITH clause, whose queries are in scope from then on.
func (g *generator) with(outer []field) string {
	var list []string
	recursive := g.chance(25)
	for range 1 + g.IntN(2) {
		name := g.name("w")
		if g.chance(6) {
			name = pick(g, "customers", "orders", "visits", "Person")
		}
		if slices.ContainsFunc(list, func(c string) bool {
			return strings.HasPrefix(c, quoteIf(name)+" ") || strings.HasPrefix(c, quoteIf(name)+"(")
		}) {
			continue
		}
		if recursive {
			sql, s := g.recursion(name)
			list, g.ctes = append(list, sql), append(g.ctes, s)
			continue
		}
		sql, fields := g.query(g.types(1+g.IntN(3)), outer)
		columns := ""
		if g.chance(25) {
			columns = g.rename(fields)
		}
		list = append(list, quoteIf(name)+" "+columns+"AS "+pick(g, "", "", "MATERIALIZED ", "NOT MATERIALIZED ")+"("+sql+")")
		g.ctes = append(g.ctes, source{name: quoteIf(name), fields: fields, key: fieldNames(fields), whole: true})
	}
	if recursive {
		return "WITH RECURSIVE " + strings.Join(list, ", ") + " "
	}
	return "WITH " + strings.Join(list, ", ") + " "
}

// rename gives fields other names in place, and returns the list of them.
func (g *generator) rename(fields []field) string {
	var names []string
	for i := range fields {
		fields[i].name = g.name("n")
		names = append(names, fields[i].name)
	}
	return "(" + strings.Join(names, ", ") + ") "
}

// recursion returns one WITH query that reads itself.
func (g *generator) recursion(name string) (string, source) {
	fields := []field{{g.name("n"), "int"}, {g.name("n"), "text"}}
	a, b := fields[0].name, fields[1].name
	s := source{name: quoteIf(name), fields: fields, key: []string{a, b}, whole: true}
	if g.chance(40) {
		tail := pick(g, "", "", fmt.Sprintf(" SEARCH DEPTH FIRST BY %s SET %s", a, g.name("sq")), fmt.Sprintf(" SEARCH BREADTH FIRST BY %s, %s SET %s", a, b, g.name("sq")),
			fmt.Sprintf(" CYCLE %s SET %s USING %s", a, g.name("cy"), g.name("cp")), fmt.Sprintf(" CYCLE %s, %s SET %s TO 'y' DEFAULT 'n' USING %s", a, b, g.name("cy"), g.name("cp")))
		return fmt.Sprintf("%s (%s, %s) AS (SELECT id, name::text FROM lab.tree WHERE parent IS NULL UNION %sSELECT t.id, t.name::text FROM lab.tree t JOIN %[1]s r ON t.parent = r.%[2]s)%[5]s",
			s.name, a, b, pick(g, "", "ALL "), tail), s
	}
	from := g.source()
	alias := g.name("t")
	l := &level{fields: qualify(alias, from.fields)}
	return fmt.Sprintf("%s (%s, %s) AS (SELECT 1, %s::text UNION %sSELECT r.%[2]s + 1, (SELECT min(%[6]s::text) FROM %[7]s AS %[8]s WHERE %[9]s) || r.%[3]s FROM %[1]s r WHERE r.%[2]s < %[10]d)",
		s.name, a, b, g.constant("text"), pick(g, "", "ALL "), g.leaf(l, "text"), from.name, alias, g.condition(l, 1), 2+g.IntN(3)), s
}

// order gives a query an order of all its columns.
func (g *generator) order(sql string, fields []field) string {
	if strings.HasPrefix(sql, "VALUES") || len(fields) == 0 {
		return sql
	}
	var by []string
	for i, f := range fields {
		x := fmt.Sprint(i + 1)
		if g.chance(20) {
			x = f.name
		}
		by = append(by, x+g.direction())
	}
	if g.chance(30) {
		g.Shuffle(len(by), func(i, j int) { by[i], by[j] = by[j], by[i] })
	}
	return sql + " ORDER BY " + strings.Join(by, ", ")
}

func (g *generator) direction() string {
	return pick(g, "", "", "", " ASC", " DESC", " DESC NULLS LAST", " NULLS FIRST", " USING <", " USING >", " USING OPERATOR(pg_catalog.<)")
}

func (g *generator) limit() string {
	return pick(g, "", " LIMIT 5", " LIMIT 20 OFFSET 1", " OFFSET 2 ROWS", " FETCH FIRST 3 ROWS ONLY", " FETCH NEXT ROW ONLY", " OFFSET 1 FETCH FIRST 4 ROWS WITH TIES",
		" LIMIT ALL", " LIMIT NULL", " LIMIT (2 + 1)", " FETCH FIRST (1 + 1) ROWS ONLY")
}

func fieldNames(fields []field) (out []string) {
	for _, f := range fields {
		out = append(out, f.name)
	}
	return out
}

func qualify(alias string, fields []field) (out []field) {
	for _, f := range fields {
		out = append(out, field{alias + "." + f.name, f.typ})
	}
	return out
}

// quoteIf quotes a name if it has capitals.
func quoteIf(name string) string {
	if strings.ToLower(name) != name {
		return quote(name)
	}
	return name
}
