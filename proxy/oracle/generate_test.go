package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator writes statements by chance, from a seed. They are valid as a rule, and each asks for an order of all its columns.
type generator struct {
	*rand.Rand
	depth int
	names int
	// raises allows expressions that can fail.
	raises bool
}

// field is a column in scope, as the statement can name it.
type field struct{ name, typ string }

// relations are what is drawn from, with the columns that have simple types.
var relations = []struct {
	name   string
	fields []field
}{
	{"crm.customers", []field{{"id", "int"}, {"country", "text"}, {"full_name", "text"}, {"email", "text"}, {"phone", "text"}, {"birth_date", "date"},
		{"monthly_income", "num"}, {"city", "text"}, {"segment", "text"}, {"notes", "text"}}},
	{"crm.orders", []field{{"id", "int"}, {"customer_id", "int"}, {"store_id", "int"}, {"total", "num"}, {"ship_address", "text"}}},
	{"crm.orders_2024", []field{{"id", "int"}, {"customer_id", "int"}, {"total", "num"}}},
	{"crm.leads", []field{{"id", "int"}, {"customer_id", "int"}, {"full_name", "text"}, {"email", "text"}, {"birth_date", "date"}}},
	{"crm.consents", []field{{"customer_id", "int"}, {"purpose", "text"}, {"source", "text"}}},
	{"crm.stores", []field{{"id", "int"}, {"country", "text"}, {"city", "text"}, {"opened_on", "date"}}},
	{"crm.customer_orders", []field{{"order_id", "int"}, {"customer_id", "int"}, {"full_name", "text"}, {"total", "num"}}},
	{`lab."Person"`, []field{{`"Id"`, "int"}, {`"land"`, "text"}, {`"Full Name"`, "text"}, {`"e-Mail"`, "text"}, {`"größe"`, "num"}, {"geb", "date"},
		{"num", "int"}, {"small", "int"}, {`"日本"`, "text"}, {`"a""b"`, "text"}, {"zip", "text"}, {"code", "text"}}},
	{"lab.visits", []field{{"id", "int"}, {"person", "int"}, {"amount", "num"}, {"qty", "int"}, {"note", "text"}, {"day", "date"}, {"doubled", "int"}}},
	{"lab.event", []field{{"id", "int"}, {"person", "int"}, {"kind", "text"}, {"payload", "text"}}},
	{"lab.event_call", []field{{"id", "int"}, {"minutes", "int"}, {"payload", "text"}}},
	{"lab.people", []field{{"id", "int"}, {"name", "text"}, {"mail", "text"}, {"geb", "date"}, {"num", "int"}}},
	{"lab.people_again", []field{{"id", "int"}, {"label", "text"}, {"geb", "date"}}},
	{"lab.per_person", []field{{`"Id"`, "int"}, {`"Full Name"`, "text"}, {"visits", "int"}, {"spent", "num"}}},
	{"lab.guarded", []field{{"id", "int"}, {"mail", "text"}, {"pick", "int"}}},
	{"lab.tree", []field{{"id", "int"}, {"parent", "int"}, {"name", "text"}}},
	{"lab.vault", []field{{"id", "int"}, {"amount", "int"}, {"word", "text"}}},
	{"lab.plain", []field{{"id", "int"}, {"label", "text"}, {"n", "num"}}},
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// statement returns a whole statement.
func (g *generator) statement() string {
	sql, fields := g.query(nil)
	if g.chance(20) {
		name := g.name("w")
		sql = fmt.Sprintf("WITH %s AS %s(%s) SELECT * FROM %[1]s", name, pick(g, "", "MATERIALIZED ", "NOT MATERIALIZED "), sql)
	}
	ordinals := make([]string, len(fields))
	for i := range fields {
		ordinals[i] = fmt.Sprint(i + 1)
	}
	return sql + " ORDER BY " + strings.Join(ordinals, ", ") + " LIMIT 200"
}

// query returns a query without ORDER BY, and its columns by the names they have outside.
func (g *generator) query(outer []field) (sql string, fields []field) {
	g.depth++
	defer func() { g.depth-- }()
	if g.depth < 3 && g.chance(15) {
		left, a := g.block(outer, 2)
		right, b := g.block(outer, 2)
		if slices.EqualFunc(a, b, func(x, y field) bool { return x.typ == y.typ }) {
			return fmt.Sprintf("(%s) %s (%s)", left, pick(g, "UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"), right), a
		}
	}
	return g.block(outer, 1+g.IntN(3))
}

// block returns one SELECT with n columns.
func (g *generator) block(outer []field, n int) (sql string, fields []field) {
	from, in := g.from()
	all := append(slices.Clone(in), outer...)
	grouped := g.chance(25)
	var targets, groups []string
	for i := range n {
		typ := pick(g, "int", "text", "num", "date", "bool")
		if i == 0 {
			typ = "text" // so that set operations fit now and then
		}
		x := g.expr(typ, in, all)
		if grouped && g.chance(50) {
			x, typ = g.aggregate(in, all)
		} else {
			groups = append(groups, fmt.Sprint(i+1))
		}
		name := g.name("c")
		targets = append(targets, fmt.Sprintf("%s AS %s", x, name))
		fields = append(fields, field{name, typ})
	}
	sql = fmt.Sprintf("SELECT %s%s FROM %s", pick(g, "", "", "DISTINCT "), strings.Join(targets, ", "), from)
	if g.chance(70) {
		sql += " WHERE " + g.condition(in, all)
	}
	if grouped && len(groups) > 0 {
		sql += " GROUP BY " + strings.Join(groups, ", ")
	}
	if grouped && g.chance(40) {
		sql += " HAVING count(*) > " + pick(g, "0", "1", "3")
	}
	return sql, fields
}

// from returns a FROM clause and what can be named of it.
func (g *generator) from() (sql string, fields []field) {
	sql, fields = g.item()
	for g.chance(45) && len(fields) < 25 {
		right, more := g.item()
		typ := pick(g, "int", "int", "int", "text")
		a, b := g.named(typ, fields), g.named(typ, more)
		if a == "" || b == "" {
			break
		}
		on := fmt.Sprintf("%s = %s", a, b)
		kind := pick(g, "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
		if kind != "FULL JOIN" && g.chance(30) {
			on += " AND " + g.condition(append(slices.Clone(fields), more...), append(slices.Clone(fields), more...))
		}
		sql = fmt.Sprintf("%s %s %s ON %s", sql, kind, right, on)
		fields = append(fields, more...)
	}
	return sql, fields
}

// item returns one table reference.
func (g *generator) item() (sql string, fields []field) {
	alias := g.name("t")
	if g.depth < 3 && g.chance(20) {
		sql, inner := g.query(nil)
		for _, f := range inner {
			fields = append(fields, field{alias + "." + f.name, f.typ})
		}
		return fmt.Sprintf("(%s) AS %s", sql, alias), fields
	}
	r := relations[g.IntN(len(relations))]
	for _, f := range r.fields {
		fields = append(fields, field{alias + "." + f.name, f.typ})
	}
	return r.name + pick(g, " AS ", " ") + alias, fields
}

// named returns a column of a type, empty if there is none.
func (g *generator) named(typ string, from []field) string {
	var fit []string
	for _, f := range from {
		if f.typ == typ {
			fit = append(fit, f.name)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return pick(g, fit...)
}

// column returns a column of a type, or a constant.
func (g *generator) column(typ string, from []field) string {
	name := g.named(typ, from)
	if name == "" || g.chance(10) {
		return g.constant(typ)
	}
	return name
}

func (g *generator) constant(typ string) string {
	switch typ {
	case "int":
		return pick(g, "0", "1", "5", "17", "NULL::int")
	case "num":
		return pick(g, "0.5", "5", "50", "1000", "NULL::numeric")
	case "date":
		return pick(g, "date '1980-01-01'", "date '2024-03-05'", "NULL::date")
	case "bool":
		return pick(g, "true", "false", "NULL::bool")
	}
	return pick(g, "'x'", "'DE'", "'***@example.com'", "'[redacted]'", "''", "NULL::text")
}

// expr returns an expression; near are the columns of this level, all those of outer levels as well.
func (g *generator) expr(typ string, near, all []field) string {
	if g.chance(45) {
		return g.column(typ, near)
	}
	x := func(t string) string { return g.column(t, all) }
	switch typ {
	case "int":
		if g.raises && g.chance(30) {
			return pick(g, fmt.Sprintf("1 / (%s - 5)", x("int")), fmt.Sprintf("(%s)::int", x("text")), fmt.Sprintf("%s * 100000000", x("int")))
		}
		return pick(g, "length("+x("text")+")", x("int")+" % 7", "coalesce("+x("int")+", -1)", "extract(year FROM "+x("date")+")::int", g.scalar(all, "count(*)::int"))
	case "num":
		if g.raises && g.chance(30) {
			return pick(g, fmt.Sprintf("1 / (%s - 5)", x("num")), fmt.Sprintf("sqrt(%s - 10)", x("num")), fmt.Sprintf("(%s)::numeric(3)", x("num")))
		}
		return pick(g, x("num")+" + 1", "round("+x("num")+")", "coalesce("+x("num")+", 0)", "greatest("+x("num")+", 7)", "abs("+x("int")+")::numeric")
	case "date":
		return pick(g, x("date")+" + 1", "coalesce("+x("date")+", date '2000-01-01')", "least("+x("date")+", "+x("date")+")")
	case "bool":
		return g.condition(near, all)
	}
	return pick(g, "upper("+x("text")+")", "left("+x("text")+", 3)", x("text")+" || '!'", "coalesce("+x("text")+", '-')",
		fmt.Sprintf("CASE WHEN %s > 5 THEN %s ELSE %s END", x("int"), x("text"), x("text")), "md5("+x("text")+")", x("num")+"::text", g.scalar(all, "max(%s)"))
}

// scalar returns a subquery that yields one value.
func (g *generator) scalar(all []field, aggregate string) string {
	if g.depth > 2 {
		return strings.ReplaceAll(strings.ReplaceAll(aggregate, "max(%s)", "'deep'"), "count(*)", "3")
	}
	g.depth++
	defer func() { g.depth-- }()
	from, in := g.item()
	if strings.Contains(aggregate, "%s") {
		aggregate = fmt.Sprintf(aggregate, g.column("text", in))
	}
	return fmt.Sprintf("(SELECT %s FROM %s WHERE %s = %s)", aggregate, from, g.column("int", in), g.column("int", all))
}

func (g *generator) aggregate(near, all []field) (sql, typ string) {
	switch g.IntN(6) {
	case 0:
		return "count(*)", "int"
	case 1:
		return "count(DISTINCT " + g.column("text", near) + ")", "int"
	case 2:
		return "sum(" + g.column("num", near) + ")", "num"
	case 3:
		return "max(" + g.expr("text", near, all) + ")", "text"
	case 4:
		return "min(" + g.column("date", near) + ")", "date"
	}
	return "count(*) FILTER (WHERE " + g.condition(near, near) + ")", "int"
}

func (g *generator) condition(near, all []field) string {
	typ := pick(g, "int", "text", "num", "date")
	a := g.column(typ, near)
	if g.raises && g.chance(35) {
		a, typ = g.expr("int", near, all), "int"
	}
	switch g.IntN(9) {
	case 0:
		return a + " IS " + pick(g, "", "NOT ") + "NULL"
	case 1:
		return fmt.Sprintf("%s IN (%s, %s)", a, g.constant(typ), g.constant(typ))
	case 2:
		return g.column("text", near) + " LIKE " + pick(g, "'%a%'", "'***%'", "'_0%'")
	case 3:
		if g.depth < 3 {
			return g.exists(all)
		}
	case 4:
		return fmt.Sprintf("(%s OR %s)", g.condition(near, all), g.condition(near, all))
	case 5:
		return fmt.Sprintf("(%s AND NOT %s)", g.condition(near, all), g.condition(near, all))
	case 6:
		return fmt.Sprintf("%s IS DISTINCT FROM %s", a, g.column(typ, all))
	}
	return fmt.Sprintf("%s %s %s", a, pick(g, "=", "<>", "<", ">="), g.expr(typ, near, all))
}

func (g *generator) exists(all []field) string {
	g.depth++
	defer func() { g.depth-- }()
	from, in := g.item()
	return fmt.Sprintf("EXISTS (SELECT FROM %s WHERE %s = %s AND %s)", from, g.column("int", in), g.column("int", all), g.condition(in, all))
}

// generated returns n statements, always the same.
func generated(n int, raises bool) (all []*statement) {
	for i := range n {
		g := &generator{Rand: rand.New(rand.NewPCG(uint64(i), 1)), raises: raises}
		all = append(all, &statement{where: fmt.Sprintf("generated %d", i), messages: []string{g.statement()}})
	}
	return all
}
