package oracle

import (
	"fmt"
	"strings"
)

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

// leaf returns a column of a type, an aggregate, or a constant.
func (g *generator) leaf(l *level, typ string) string {
	if g.wrong && g.chance(25) {
		if x := g.mistake(l, typ); x != "" {
			g.wrong = false
			return x
		}
	}
	if l.groups && g.chance(55) {
		return g.aggregate(l, typ)
	}
	name := ""
	if len(l.outer) > 0 && g.chance(25) {
		name = g.named(typ, l.outer)
	}
	if name == "" {
		name = g.named(typ, l.fields)
	}
	if name == "" && !l.groups && g.chance(60) {
		name = g.converted(l, typ)
	}
	if name == "" || g.chance(8) {
		return g.constant(typ)
	}
	if alias, column, ok := strings.Cut(name, "."); ok && !strings.Contains(alias, "(") {
		switch g.IntN(40) {
		case 0:
			return "(" + alias + ")." + column
		case 1:
			return strings.ToUpper(alias) + "." + column
		case 2:
			if l.groups {
				return name
			}
			return column + "(" + alias + ")"
		case 3:
			return quote(alias) + "." + column
		}
	}
	return name
}

// converted makes a value of a type from a column of another.
func (g *generator) converted(l *level, typ string) string {
	if typ == "text" || typ == "int" {
		for _, f := range l.fields {
			if after(f.name) == "home" && g.chance(30) { // a composite
				return "(" + f.name + ")." + map[string]string{"text": "street", "int": "house"}[typ]
			}
		}
	}
	if typ == "text" {
		if x := g.named("other", l.fields); x != "" {
			return "(" + x + ")::text"
		}
	}
	if typ == "json" && len(l.rows) > 0 {
		return "(to_jsonb(" + pick(g, l.rows...) + ") -> 'id')"
	}
	if typ == "bool" {
		if x := g.named("other", l.fields); x != "" {
			if after(x) == "lvl" {
				return "(" + x + pick(g, " >= 'mid'", " = ANY ('{low,high}')", " IN ('low', 'mid'::lab.level)") + ")"
			}
			return "(" + x + " IS NULL)"
		}
	}
	return ""
}

func (g *generator) constant(typ string) string {
	if g.mayParam && len(g.args) < 6 && g.chance(30) && (typ == "int" || typ == "text" || typ == "date" || typ == "num" || typ == "big") {
		return g.parameter(typ)
	}
	switch typ {
	case "int":
		return pick(g, "0", "1", "5", "17", "NULL::integer", "-3", "(2 * 8)")
	case "big":
		return pick(g, "0::bigint", "12345678901", "bigint '77'", "NULL::bigint")
	case "num":
		return pick(g, "0.50", "5.00", "50.00", "1000.00", "NULL::numeric", "1e2::numeric(14,2)")
	case "flt":
		return pick(g, "0.5::double precision", "1e3::float8", "float8 '17'", "NULL::float8")
	case "date":
		return pick(g, "date '1980-01-01'", "DATE '2024-03-05'", "'2000-02-29'::date", "NULL::date", "CAST('1999-12-31' AS date)")
	case "ts":
		return pick(g, "timestamptz '2024-06-01 12:00:00+00'", "TIMESTAMP WITH TIME ZONE '2020-01-01 00:00+02'", "NULL::timestamptz")
	case "bool":
		return pick(g, "true", "false", "NULL::boolean", "'t'::bool", "TRUE")
	case "json":
		return pick(g, `'{"a": [1, "x", null]}'::jsonb`, `jsonb '[]'`, "NULL::jsonb", `'{"n": 3, "mail": "p3@nowhere.test"}'::jsonb`)
	case "ints":
		return pick(g, "ARRAY[1, 2, 3]", "'{5,NULL,7}'::integer[]", "'{}'::int4[]", "NULL::integer[]")
	case "texts":
		return pick(g, "ARRAY['a', 'b']", "'{DE,FR}'::text[]", "ARRAY[]::text[]", "NULL::text[]")
	}
	return pick(g, "'x'", "'DE'", "'***@example.com'", "'[redacted]'", "''", "NULL::text", "E'a\\nb'", "$q$it's$q$", "U&'d\\0061ta'", "'two'\n' words'", "text 'b'", "'Ünïcödé'")
}

// typed gives a constant its type, where PostgreSQL would not find one.
func typed(x string) string {
	if strings.HasPrefix(x, "'") || strings.HasPrefix(x, "E'") || strings.HasPrefix(x, "$q$") || strings.HasPrefix(x, "U&") || strings.HasPrefix(x, "(") {
		return x + "::text"
	}
	return x
}

func (g *generator) parameter(typ string) string {
	g.args = append(g.args, pick(g, map[string][]string{"int": {"3", "40", "-1"}, "big": {"7", "9000000000"}, "num": {"12.50", "0.00"},
		"text": {"DE", "x", "***@example.org"}, "date": {"1990-01-01", "2024-02-29"}}[typ]...))
	g.params = append(g.params, casts[typ])
	return fmt.Sprintf("$%d::%s", len(g.args), casts[typ])
}

// expr returns an expression of a type.
func (g *generator) expr(l *level, typ string, depth int) string {
	if depth <= 0 || g.chance(35) {
		return g.leaf(l, typ)
	}
	if l.window && g.chance(12) {
		if x := g.windowCall(l, typ); x != "" {
			return x
		}
	}
	if g.chance(25) {
		if x := g.general(l, typ, depth); x != "" {
			return x
		}
	}
	x := func(typ string) string { return g.expr(l, typ, depth-1) }
	if g.raises && g.chance(12) {
		if r := g.risky(x, typ); r != "" {
			return r
		}
	}
	switch typ {
	case "int":
		return pick(g, func() string { return "length(" + x("text") + ")" }, func() string { return "(" + x("int") + " % 7)" }, func() string { return "(" + x("int") + " / 2)" },
			func() string { return "(" + x("int") + " & 255)" }, func() string { return "-(" + x("int") + " / 3)" }, func() string { return "abs(" + x("int") + " / 2)" },
			func() string { return "position('a' IN " + x("text") + ")" }, func() string { return "strpos(" + x("text") + ", 'e')" }, func() string { return "cardinality(" + x("ints") + ")" },
			func() string { return "(" + x("ints") + ")[1]" }, func() string { return "(" + x("bool") + ")::integer" }, func() string { return "array_length(" + x("texts") + ", 1)" },
			func() string { return "lab.twice((" + x("int") + " % 100)::integer)" }, func() string { return "width_bucket(" + x("num") + ", 0.00, 5000.00, 7)" },
			func() string { return "num_nulls(" + x("text") + ", " + x("date") + ")" }, func() string { return "(" + x("int") + " # 5 | 1)" },
			func() string { return "char_length(" + x("text") + ")" }, func() string { return "octet_length(" + x("text") + ")" })()
	case "big":
		return pick(g, func() string { return "(" + x("big") + " / 3)" }, func() string { return "(" + x("big") + " % 1000)" }, func() string { return "(" + x("int") + ")::bigint + 1" },
			func() string { return "CAST(" + x("int") + " AS int8)" }, func() string { return "(" + x("int") + "::bigint * 2)" }, func() string { return "(" + x("big") + " >> 2)" })()
	case "num":
		return pick(g, func() string { return "(" + x("num") + " + 1.00)" }, func() string { return "round(" + x("num") + ")::numeric(14,2)" }, func() string { return "abs(" + x("num") + ")" },
			func() string { return "(" + x("num") + " * 2)" }, func() string { return "mod(" + x("num") + ", 7.00)" }, func() string { return "(- " + x("num") + ")" },
			func() string { return "((" + x("int") + " % 1000)::numeric(14,2))" }, func() string { return "trunc(" + x("num") + ")::numeric(14,2)" })()
	case "flt":
		return pick(g, func() string { return "abs(" + x("flt") + ")" }, func() string { return "floor(" + x("flt") + ")" }, func() string { return "(" + x("num") + ")::double precision" },
			func() string { return "(" + x("flt") + " * 2)" }, func() string { return "(" + x("int") + " % 100)::float8" })()
	case "date":
		return pick(g, func() string { return "(" + x("date") + " + 1)" }, func() string { return "(" + x("date") + " - interval '1 month')::date" },
			func() string { return "date_trunc('month', " + x("date") + ")::date" }, func() string { return "(" + x("ts") + " AT TIME ZONE 'UTC')::date" },
			func() string { return "make_date(2020, 1 + abs(" + x("int") + " % 12)::integer, 5)" })()
	case "ts":
		return pick(g, func() string { return "(" + x("ts") + " + interval '1 day 2 hours')" }, func() string { return "date_trunc('year', " + x("ts") + ")" },
			func() string { return "(" + x("ts") + " AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Tokyo')" }, func() string { return "timezone('UTC', " + x("date") + "::timestamp)" },
			func() string { return "(" + x("ts") + " - make_interval(days => 3))" }, func() string { return "date_bin('15 days', " + x("ts") + ", '2001-01-01 00:00+00')" })()
	case "bool":
		return "(" + g.condition(l, depth-1) + ")"
	case "json":
		return pick(g, func() string { return "to_jsonb(" + x("text") + "::text)" }, func() string { return "jsonb_build_object('a', " + x("int") + ", 'b', " + typed(x("text")) + ")" },
			func() string { return "(" + x("json") + " -> 'n')" }, func() string { return "(" + x("json") + " #> '{deep,k}')" }, func() string { return "jsonb_build_array(" + typed(x("text")) + ", " + x("date") + ")" },
			func() string { return "(" + x("json") + " - 'mail')" }, func() string { return "(" + x("json") + " || '{\"z\": 1}')" }, func() string { return "(" + x("json") + ")['n']" },
			func() string { return "jsonb_path_query_first(" + x("json") + ", '$.n')" })()
	case "ints":
		return pick(g, func() string { return "ARRAY[" + x("int") + "::integer, 4]" }, func() string { return "(" + x("ints") + " || " + x("int") + "::integer)" },
			func() string { return g.arraySubquery(l, "int", "integer") }, func() string { return "(" + x("ints") + ")[1:2]" }, func() string { return "array_remove(" + x("ints") + ", 5)" })()
	case "texts":
		return pick(g, func() string { return "ARRAY[" + x("text") + ", " + x("text") + "]::text[]" }, func() string { return "string_to_array(" + x("text") + "::text, ' ')" },
			func() string { return g.arraySubquery(l, "text", "text") }, func() string { return "regexp_match(" + x("text") + "::text, '[a-z]+')" },
			func() string { return "array_cat(" + x("texts") + ", " + x("texts") + ")" })()
	}
	return g.text(l, x)
}

// text returns an expression of type text.
func (g *generator) text(l *level, x func(string) string) string {
	return pick(g, func() string { return "upper(" + x("text") + ")" }, func() string { return "lower(" + x("text") + ")" }, func() string { return "left(" + x("text") + ", 3)" },
		func() string { return "(" + x("text") + " || '!')" }, func() string { return "(" + x("text") + " || " + x("int") + ")" }, func() string { return "md5(" + x("text") + ")" },
		func() string { return "(" + x("num") + ")::text" }, func() string { return "(" + x("date") + ")::text" }, func() string { return "substring(" + x("text") + " FROM 2 FOR 4)" },
		func() string { return "substring(" + x("text") + " FROM '[a-z]+')" }, func() string { return "substring(" + x("text") + " SIMILAR '%#\"a_#\"%' ESCAPE '#')" },
		func() string { return "overlay(" + x("text") + " PLACING 'zz' FROM 2 FOR 1)" }, func() string { return "trim(BOTH 'x' FROM " + x("text") + ")" }, func() string { return "trim(" + x("text") + ")" },
		func() string { return "trim(LEADING FROM " + x("text") + ")" }, func() string { return "lpad(" + x("text") + ", 12, '.')" }, func() string { return "concat_ws('-', " + x("text") + ", " + x("int") + ", " + x("date") + ")" },
		func() string { return "format('%s/%s', " + x("text") + ", " + x("num") + ")" }, func() string { return "replace(" + x("text") + ", 'a', 'A')" }, func() string { return "split_part(" + x("text") + ", '@', 2)" },
		func() string { return "regexp_replace(" + x("text") + ", '[0-9]+', '#', 'g')" }, func() string { return "to_char(" + x("date") + ", 'YYYY-MM')" }, func() string { return "to_char(" + x("num") + ", 'FM999990.0')" },
		func() string { return "(" + x("json") + " ->> 'mail')" }, func() string { return "(" + x("json") + " #>> '{a,1}')" }, func() string { return "jsonb_typeof(" + x("json") + ")" },
		func() string { return "array_to_string(" + x("texts") + ", '+')" }, func() string { return "(" + x("texts") + ")[1]" }, func() string { return "extract(isodow FROM " + x("date") + ")::text" },
		func() string { return "(" + x("text") + " COLLATE \"C\")::text" }, func() string { return "normalize(" + x("text") + ", NFC)" }, func() string { return "quote_literal(" + x("text") + ")" },
		func() string { return "CAST(" + x("text") + " AS varchar(6))" }, func() string { return "(" + x("bool") + ")::text" }, func() string { return "translate(" + x("text") + ", 'abc', 'xyz')" },
		func() string { return g.wholeText(l) }, func() string { return "initcap(" + x("text") + ")" }, func() string { return "reverse(" + x("text") + "::text)" },
		func() string { return "ltrim(" + x("text") + ", '+')" }, func() string { return "concat(" + x("text") + ", " + x("text") + ")" }, func() string { return "(" + x("ts") + " AT TIME ZONE 'UTC')::text" },
		func() string {
			return "xmlelement(NAME a, xmlattributes(" + x("int") + " AS n), " + x("text") + ")::text"
		}, func() string { return "xmlforest(" + x("int") + " AS f)::text" })()
}

// wholeText spells a whole row as text.
func (g *generator) wholeText(l *level) string {
	if len(l.rows) == 0 || l.groups {
		return "ROW(" + g.leaf(l, "int") + ", " + g.leaf(l, "text") + ")::text"
	}
	r := pick(g, l.rows...)
	return pick(g, r+"::text", "row_to_json("+r+")::text", "ROW("+r+".*)::text", "to_jsonb("+r+")::text", "CAST("+r+" AS text)", "concat("+r+")")
}

// risky returns an expression that fails for some values.
func (g *generator) risky(x func(string) string, typ string) string {
	switch typ {
	case "int":
		return pick(g, func() string { return "(1 / (" + x("int") + " - 5))" }, func() string { return "(" + x("text") + ")::integer" }, func() string { return "(" + x("int") + " * 100000000)" })()
	case "num":
		return pick(g, func() string { return "round(5.00 / (" + x("num") + " - 5.00), 2)" }, func() string { return "(" + x("num") + ")::numeric(3)::numeric(14,2)" }, func() string { return "(" + x("text") + ")::numeric(14,2)" })()
	case "date":
		return pick(g, func() string { return "(" + x("text") + ")::date" }, func() string { return "make_date(2020, (" + x("int") + " % 14)::integer, 30)" })()
	case "text":
		return pick(g, func() string { return "chr((" + x("int") + " % 300)::integer)" }, func() string { return "repeat(" + x("text") + ", (" + x("int") + " % 3)::integer)" }, func() string { return "('x' || (" + x("int") + "))::bit(4)::text" })()
	case "json":
		return "(" + x("text") + ")::jsonb"
	case "bool":
		return pick(g, func() string { return "(" + x("text") + ")::boolean" }, func() string { return "(" + x("text") + " ~ " + x("text") + ")" })()
	}
	return ""
}
