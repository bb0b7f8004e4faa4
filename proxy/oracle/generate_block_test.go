package oracle

import (
	"fmt"
	"slices"
	"strings"
)

// block returns one SELECT that yields columns of the types.
func (g *generator) block(want []string, outer []field) (sql string, fields []field) {
	g.depth++
	defer func() { g.depth-- }()
	from, in := g.from(outer)
	l := &level{fields: in.fields, outer: outer, rows: in.rows, order: in.order}
	where := ""
	if g.chance(65) {
		where = " WHERE " + g.condition(l, 2)
	}
	group, having := "", ""
	switch n := g.IntN(100); {
	case n < 22 && len(l.fields) > 0:
		group, l = g.grouping(l)
	case n < 26:
		l = &level{inputs: l.fields, outer: outer, groups: true} // one group of all rows
	}
	if l.groups && g.chance(35) {
		having = " HAVING " + g.condition(l, 2)
	}
	windows := ""
	l.window = len(l.order) > 0 || l.groups && group == ""
	if l.window && g.chance(7) {
		windows = fmt.Sprintf(" WINDOW wa AS (%s), wb AS (wa %s)", g.partition(l), g.frameFor(l))
	}
	var targets []string
	for _, typ := range want {
		var x string
		switch {
		case windows != "" && typ == "big" && g.chance(60):
			x = pick(g, "count(*) OVER wb", "count(*) OVER (wa)", "rank() OVER wb")
		default:
			x = g.expr(l, typ, 3)
		}
		name := g.name("c")
		fields = append(fields, field{name, typ})
		targets = append(targets, x+pick(g, " AS ", " AS ", " ")+name)
	}
	distinct, tail := "", ""
	switch n := g.IntN(100); {
	case n < 8 || n < 12 && l.groups:
		distinct = pick(g, "DISTINCT ", "DISTINCT ", "ALL ")
	case n < 12 && len(want) > 1 && g.depth > 1:
		on := 1 + g.IntN(2)
		distinct = "DISTINCT ON (" + strings.Join(ordinals(on), ", ") + ") "
		tail = " ORDER BY " + strings.Join(ordinals(len(want)), ", ")
	}
	sql = "SELECT " + distinct + strings.Join(targets, ", ") + from + where + group + having + windows + tail
	if tail != "" { // what follows may be a set operation or an ORDER BY
		alias := g.name("d")
		sql = "SELECT * FROM (" + sql + ") AS " + alias
	}
	return sql, fields
}

func ordinals(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprint(i+1))
	}
	return out
}

// grouping returns a GROUP BY clause and what can be named behind it.
func (g *generator) grouping(l *level) (string, *level) {
	out := &level{inputs: l.fields, outer: l.outer, groups: true}
	var by []string
	for range 1 + g.IntN(3) {
		f := l.fields[g.IntN(len(l.fields))]
		if f.typ == "other" || slices.Contains(by, f.name) {
			continue
		}
		by, out.fields, out.order = append(by, f.name), append(out.fields, f), append(out.order, f.name)
	}
	if len(by) == 0 {
		return "", out
	}
	list := strings.Join(by, ", ")
	switch g.IntN(12) {
	case 0:
		list, out.order = "ROLLUP ("+list+")", nil
	case 1:
		list, out.order = "CUBE ("+list+")", nil
	case 2:
		list, out.order = "GROUPING SETS (("+list+"), (), "+by[0]+")", nil
	case 3:
		list, out.order = by[0]+", ROLLUP ("+list+")", nil
	case 4:
		list, out.order = "DISTINCT ROLLUP ("+list+"), CUBE ("+by[0]+")", nil
	case 5:
		list = "(" + list + "), ()"
	}
	if out.order == nil {
		for i := range by {
			out.fields = append(out.fields, field{"grouping(" + by[i] + ")", "int"})
		}
	}
	return " GROUP BY " + list, out
}

// partition returns a window's partition and an order of its rows that leaves no choice.
func (g *generator) partition(l *level) string {
	var parts []string
	if g.chance(50) {
		parts = append(parts, "PARTITION BY "+g.leaf(plain(l), pick(g, "text", "int", "bool")))
	}
	if len(l.order) == 0 {
		return strings.Join(parts, " ")
	}
	by := []string{g.expr(plain(l), pick(g, "int", "num", "text", "date"), 1) + g.direction()}
	if strings.HasPrefix(by[0], "1") || strings.HasPrefix(by[0], "0") || strings.HasPrefix(by[0], "5") { // would be an ordinal elsewhere
		by = nil
	}
	by = append(by, l.order...)
	return strings.Join(append(parts, "ORDER BY "+strings.Join(by, ", ")), " ")
}

// plain is the same level without aggregates and windows.
func plain(l *level) *level {
	return &level{fields: l.fields, outer: l.outer}
}

// frameFor returns a window's frame, which suits an order of several columns.
func (g *generator) frameFor(l *level) string {
	if len(l.order) == 0 {
		return ""
	}
	return pick(g, "", "", "ROWS UNBOUNDED PRECEDING", "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW", "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW",
		"GROUPS BETWEEN 1 PRECEDING AND 2 FOLLOWING EXCLUDE TIES", "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP",
		"ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE NO OTHERS", "ROWS BETWEEN (1 + 1) PRECEDING AND 0 FOLLOWING", "RANGE CURRENT ROW")
}

// windowCall returns a window function of a type, empty if none is known.
func (g *generator) windowCall(l *level, typ string) string {
	over := " OVER (" + g.partition(l)
	x := func(typ string) string {
		return g.expr(&level{fields: l.fields, outer: l.outer, inputs: l.inputs, groups: l.groups}, typ, 1)
	}
	filter := ""
	if g.chance(15) {
		filter = " FILTER (WHERE " + g.condition(plain(l), 1) + ")"
	}
	framed := over + " " + g.frameFor(l) + ")"
	over += ")"
	switch typ {
	case "big":
		return pick(g, "row_number()"+over, "rank()"+over, "dense_rank()"+over, "count(*)"+filter+framed, "count("+x("text")+")"+filter+framed, "sum("+x("int")+")"+framed)
	case "int":
		return pick(g, "ntile(3)"+over, "lag("+x("int")+", 1, 0)"+over, "max("+x("int")+")"+filter+framed)
	case "text":
		return pick(g, "lag("+x("text")+"::text, 2)"+over, "lead("+x("text")+"::text)"+over, "first_value("+x("text")+")"+framed, "nth_value("+x("text")+", 2)"+framed,
			"last_value("+x("text")+")"+framed, "string_agg("+x("text")+"::text, ',')"+framed)
	case "num":
		return pick(g, "sum("+x("num")+")"+filter+framed, "min("+x("num")+")"+framed, "round(avg("+x("num")+")"+framed+", 2)")
	case "flt":
		return pick(g, "percent_rank()"+over, "cume_dist()"+over)
	case "date", "ts":
		return pick(g, "max("+x(typ)+")"+framed, "lead("+x(typ)+")"+over)
	case "bool":
		return "bool_or(" + x("bool") + ")" + framed
	}
	return ""
}

// aggregate returns an aggregate of a type.
func (g *generator) aggregate(l *level, typ string) string {
	in := &level{fields: l.inputs} // one over outer columns alone would belong to an outer query
	x := func(typ string) string {
		e := g.expr(in, typ, 1)
		if typ == "text" {
			return typed(e)
		}
		return e
	}
	filter := ""
	if g.chance(20) {
		filter = " FILTER (WHERE " + g.condition(in, 1) + ")"
	}
	distinct := pick(g, "", "", "DISTINCT ", "ALL ")
	switch typ {
	case "int":
		return pick(g, "max("+x("int")+")", "min("+distinct+x("int")+")", "count(*)::integer", "bit_or("+x("int")+")", "mode() WITHIN GROUP (ORDER BY "+x("int")+")",
			"percentile_disc(0.5) WITHIN GROUP (ORDER BY "+x("int")+" DESC)")
	case "big":
		return pick(g, "count(*)", "count("+distinct+x(pick(g, "text", "int", "date", "num", "bool"))+")", "sum("+x("int")+")", "rank(3) WITHIN GROUP (ORDER BY "+x("int")+")",
			"count(DISTINCT ("+x("int")+", "+x("text")+"))", "regr_count("+x("flt")+", "+x("flt")+")") + filter
	case "num":
		return pick(g, "sum("+distinct+x("num")+")", "max("+x("num")+")", "percentile_disc(0.25) WITHIN GROUP (ORDER BY "+x("num")+")") + filter
	case "flt":
		return pick(g, "max("+x("flt")+")", "percentile_cont(0.5) WITHIN GROUP (ORDER BY "+x("num")+")", "cume_dist(5) WITHIN GROUP (ORDER BY "+x("int")+" NULLS FIRST)") + filter
	case "text":
		t := x("text")
		return pick(g, "max("+t+"::text)", "min("+t+")", "string_agg("+t+"::text, '|' ORDER BY "+t+")", "string_agg(DISTINCT "+t+"::text, ', ')",
			"mode() WITHIN GROUP (ORDER BY "+t+")", "percentile_disc(0.75) WITHIN GROUP (ORDER BY "+t+")") + filter
	case "date", "ts":
		return pick(g, "max", "min") + "(" + x(typ) + ")" + filter
	case "bool":
		return pick(g, "bool_and", "bool_or", "every") + "(" + x("bool") + ")" + filter
	case "json":
		t := x(pick(g, "text", "int", "date"))
		return pick(g, "jsonb_agg("+t+" ORDER BY "+t+")", "jsonb_agg(DISTINCT "+t+")", "jsonb_agg("+t+" ORDER BY "+t+" DESC)") + filter
	case "ints":
		t := x("int") + "::integer"
		return "array_agg(" + pick(g, "DISTINCT "+t, t+" ORDER BY "+t+" NULLS FIRST") + ")" + filter
	}
	t := x("text") + "::text"
	return "array_agg(" + pick(g, "DISTINCT "+t, t+" ORDER BY "+t+" COLLATE \"C\", "+t+"") + ")" + filter
}
