package oracle

import (
	"fmt"
	"strings"
)

// general returns an expression whose form suits any type, empty if it finds none.
func (g *generator) general(l *level, typ string, depth int) string {
	x := func() string { return g.expr(l, typ, depth-1) }
	cond := func() string { return g.condition(l, depth-1) }
	same := func() string { return x() + "::" + casts[typ] }
	switch g.IntN(11) {
	case 0:
		return fmt.Sprintf("CASE WHEN %s THEN %s WHEN %s THEN %s ELSE %s END", cond(), x(), cond(), x(), x())
	case 1:
		t := pick(g, "int", "text", "date", "bool")
		return fmt.Sprintf("CASE %s WHEN %s THEN %s%s END", g.expr(l, t, depth-1), g.expr(l, t, depth-1), x(), pick(g, "", " ELSE "+x()))
	case 2:
		return "coalesce(" + x() + ", " + x() + ")"
	case 3:
		return "nullif(" + x() + ", " + x() + ")"
	case 4:
		return pick(g, "greatest", "least") + "(" + x() + ", " + x() + ")"
	case 5, 6:
		return g.scalar(l, typ)
	case 7:
		return "CAST(" + x() + " AS " + casts[typ] + ")"
	case 8:
		if typ != "ints" && typ != "texts" {
			return "(ARRAY[" + same() + ", " + same() + "])[" + pick(g, "1", "2") + "]"
		}
	case 9:
		return "(" + x() + ")"
	case 10:
		if !l.groups && !l.window {
			return "(VALUES (" + x() + "))"
		}
	}
	return ""
}

// names are the columns that a subquery of this level may name as outer ones.
func (l *level) names() (out []field) {
	for _, f := range append(append([]field(nil), l.fields...), l.outer...) {
		if !strings.Contains(f.name, "(") {
			out = append(out, f)
		}
	}
	return out
}

// scalar returns a subquery that yields one value.
func (g *generator) scalar(l *level, typ string) string {
	if g.depth > 3 {
		return g.constant(typ)
	}
	g.depth++
	defer func() { g.depth-- }()
	if g.chance(30) {
		sql, fields := g.query([]string{typ}, l.names())
		if !strings.HasPrefix(sql, "VALUES") && !strings.Contains(sql, "LIMIT") && !strings.Contains(sql, "FETCH") && !strings.Contains(sql, "OFFSET") {
			return "(SELECT " + fields[0].name + " FROM (" + sql + ") AS " + g.name("s") + " ORDER BY 1 LIMIT 1)"
		}
	}
	s, alias := g.source(), g.name("t")
	in := &level{fields: qualify(alias, s.fields), outer: l.names()}
	in.inputs, in.groups = in.fields, true
	where := ""
	if a, b := g.named("int", in.fields), g.named("int", in.outer); a != "" && b != "" {
		where = " WHERE " + a + " = " + b
	}
	fields := in.fields
	in.fields = nil
	sql := "(SELECT " + g.aggregate(in, typ) + " FROM " + s.name + " " + alias + where
	if where != "" && g.chance(40) {
		sql += " AND " + g.condition(&level{fields: fields, outer: in.outer}, 1)
	}
	return sql + ")"
}

// arraySubquery returns ARRAY(SELECT ...).
func (g *generator) arraySubquery(l *level, typ, cast string) string {
	if g.depth > 3 {
		return g.constant(typ + "s")
	}
	g.depth++
	defer func() { g.depth-- }()
	s, alias := g.source(), g.name("t")
	in := &level{fields: qualify(alias, s.fields), outer: l.names()}
	return fmt.Sprintf("ARRAY(SELECT %s::%s FROM %s %s WHERE %s ORDER BY 1 LIMIT 3)", g.leaf(in, typ), cast, s.name, alias, g.condition(in, 1))
}

// condition returns an expression of type boolean.
func (g *generator) condition(l *level, depth int) string {
	typ := pick(g, "int", "text", "num", "date", "big", "ts", "text")
	x := func(typ string) string { return g.expr(l, typ, depth-1) }
	if depth <= 0 {
		return pick(g, func() string { return x(typ) + " IS NOT NULL" }, func() string { return x(typ) + pick(g, " = ", " <> ", " < ", " >= ") + g.constant(typ) }, func() string { return g.leaf(l, "bool") })()
	}
	row := func() string { return "(" + g.leaf(l, "int") + ", " + g.leaf(l, "text") + ")" }
	return pick(g,
		func() string { return x(typ) + pick(g, " = ", " <> ", " != ", " < ", " > ", " <= ", " >= ") + x(typ) },
		func() string { return x(typ) + pick(g, " = ", " < ", " >= ") + x(typ) },
		func() string { return x(typ) + pick(g, " = ", " <> ", " <= ") + g.constant(typ) },
		func() string { return x(typ) + " IS " + pick(g, "", "NOT ") + "NULL" },
		func() string { return x(typ) + pick(g, " ISNULL", " NOTNULL") },
		func() string { return x(typ) + pick(g, " IN (", " NOT IN (") + g.constant(typ) + ", " + x(typ) + ")" },
		func() string {
			return x(typ) + pick(g, " BETWEEN ", " NOT BETWEEN ", " BETWEEN SYMMETRIC ", " BETWEEN ASYMMETRIC ") + g.leaf(l, typ) + " AND " + g.constant(typ)
		},
		func() string {
			return x("text") + pick(g, " LIKE ", " NOT LIKE ", " ILIKE ", " NOT ILIKE ") + pick(g, "'%a%'", "'***%'", "'_0%'", `'a\%' ESCAPE '\'`, "'%@%'")
		},
		func() string {
			return x("text") + pick(g, " SIMILAR TO ", " NOT SIMILAR TO ") + pick(g, "'%(a|e)%'", "'[A-Z]%' ESCAPE '#'")
		},
		func() string {
			return x("text") + pick(g, " ~ ", " !~ ", " ~* ", " !~* ") + pick(g, "'^[a-m]'", "'[0-9]{2}'", "'@example'")
		},
		func() string {
			return "(" + g.condition(l, depth-1) + pick(g, " OR ", " AND ") + g.condition(l, depth-1) + ")"
		},
		func() string { return "NOT (" + g.condition(l, depth-1) + ")" },
		func() string {
			return "(" + g.condition(l, depth-1) + ") IS " + pick(g, "TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN")
		},
		func() string { return x(typ) + " IS " + pick(g, "", "NOT ") + "DISTINCT FROM " + x(typ) },
		func() string { return row() + pick(g, " = ", " < ", " <> ", " >= ", " IS DISTINCT FROM ") + row() },
		func() string { return "ROW" + row() + " IS " + pick(g, "NULL", "NOT NULL") },
		func() string { return row() + " IN (" + row() + ", " + row() + ")" },
		func() string {
			return x("int") + pick(g, " = ANY (", " <> ALL (", " < SOME (") + x("ints") + "::integer[])"
		},
		func() string { return x("text") + pick(g, " = ANY (", " >= ALL (") + x("texts") + "::text[])" },
		func() string { return x("text") + pick(g, " LIKE ANY (", " NOT LIKE ALL (") + "ARRAY['a%', '%e'])" },
		func() string { return g.exists(l) }, func() string { return g.exists(l) }, func() string { return g.quantified(l, typ) }, func() string { return g.quantified(l, typ) },
		func() string {
			return "(" + x("date") + ", " + x("date") + ") OVERLAPS (date '1970-01-01', interval '20 years')"
		},
		func() string {
			return x("json") + pick(g, " ? 'n'", ` @> '{"n": 3}'`, " ?| ARRAY['a', 'mail']", ` <@ '{"a": 1}'`, " @? '$.n'", " @@ '$.n > 1'")
		},
		func() string { return x("ints") + pick(g, " && ", " @> ", " = ") + g.constant("ints") },
		func() string { return g.wholeCondition(l) },
		func() string { return x("text") + " ^@ 'A'" }, func() string { return "starts_with(" + x("text") + ", '*')" },
		func() string {
			return "to_tsvector('simple', " + x("text") + ") @@ plainto_tsquery('simple', 'example')"
		},
		func() string { return x("text") + " IS NORMALIZED" }, func() string { return x("text") + " COLLATE \"C\" < 'M'" },
		func() string { return x("int") + " OPERATOR(pg_catalog.=) " + g.constant("int") },
		func() string { return x("bool") },
	)()
}

func (g *generator) wholeCondition(l *level) string {
	if len(l.rows) == 0 || l.groups {
		return "true"
	}
	r, s := pick(g, l.rows...), pick(g, l.rows...)
	if r == s {
		return pick(g, r+" IS NOT NULL", r+" IS NULL", r+".* IS NOT NULL", r+"::text LIKE '%a%'")
	}
	return pick(g, r+"::text <> "+s+"::text", r+" IS NOT NULL AND "+s+" IS NULL")
}

func (g *generator) exists(l *level) string {
	if g.depth > 3 {
		return "true"
	}
	g.depth++
	defer func() { g.depth-- }()
	s, alias := g.source(), g.name("t")
	in := &level{fields: qualify(alias, s.fields), outer: l.names()}
	join := ""
	if a, b := g.named("int", in.fields), g.named("int", in.outer); a != "" && b != "" {
		join = a + " = " + b + " AND "
	}
	targets := pick(g, "", "1 ", "* ")
	if !s.whole {
		targets = "2 "
	}
	return fmt.Sprintf("%sEXISTS (SELECT %sFROM %s AS %s WHERE %s%s)", pick(g, "", "NOT "), targets, s.name, alias, join, g.condition(in, 1))
}

// quantified compares with the rows of a subquery.
func (g *generator) quantified(l *level, typ string) string {
	if g.depth > 3 {
		return "false"
	}
	if g.chance(25) {
		sql, _ := g.query([]string{"int", "text"}, l.names())
		return "(" + g.leaf(l, "int") + ", " + g.leaf(l, "text") + ")" + pick(g, " IN (", " NOT IN (", " = ANY (", " <> ALL (") + sql + ")"
	}
	sql, _ := g.query([]string{typ}, l.names())
	return g.leaf(l, typ) + pick(g, " IN (", " NOT IN (", " = ANY (", " > ALL (", " <= SOME (", " <> ALL (") + sql + ")"
}
