package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// generated is a statement that was written by chance.
type generated struct {
	statement
	// cut is true if tokens were changed at random: it may be valid and yet have no order.
	cut bool
	// wrong is true if it has a mistake on purpose.
	wrong bool
	// returns is true if it writes and returns rows, which then have no order, whatever the last message asks for.
	returns bool
}

func (s *generated) ordered() bool { return s.statement.ordered() && !s.returns }

// generate writes the i-th statement of a seed over relations, for a caller who may declare purposes.
func generate(relations []*relation, purposes []string, seed, i uint64) *generated {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, i)), relations: relations, purposes: purposes}
	g.raises, g.wrong = g.chance(25), g.chance(10)
	s := &generated{statement: statement{where: fmt.Sprintf("seed %d, statement %d", seed, i)}, wrong: g.wrong}
	g.form(s)
	if g.chance(6) {
		s.cut, s.wrong = true, true
		last := len(s.messages) - 1
		s.messages[last] = g.garble(s.messages[last])
	}
	return s
}

// whole returns a query with an order of all its columns.
func (g *generator) whole() string {
	if g.chance(3) { // columns of types that are shown only
		s, alias := g.source(), g.name("t")
		if x := g.named("other", qualify(alias, s.fields)); x != "" {
			return fmt.Sprintf("SELECT %s, %s.%s FROM %s AS %s ORDER BY %[2]s.%[3]s, (%[1]s)::text", x, alias, strings.Join(s.key, ", "+alias+"."), s.name, alias)
		}
	}
	if g.chance(4) {
		s, alias := g.source(), g.name("t")
		if s.whole && !strings.Contains(s.name, "types") {
			return fmt.Sprintf("SELECT %s.* FROM %s AS %[1]s WHERE %[3]s ORDER BY %[1]s.%[4]s", alias, s.name, g.condition(&level{fields: qualify(alias, s.fields)}, 2),
				strings.Join(s.key, ", "+alias+"."))
		}
	}
	want := g.types(1 + g.IntN(4))
	sql, fields := g.query(want, nil)
	if g.chance(3) {
		return "SELECT * FROM (" + sql + ") AS " + g.name("q") + " ORDER BY " + strings.Join(ordinals(len(want)), ", ") + " FETCH FIRST 50 ROWS WITH TIES"
	}
	return g.order(sql, fields) + pick(g, " LIMIT 200", "", g.limit())
}

// form gives a query one of the forms in which a client may send it.
func (g *generator) form(s *generated) {
	switch n := g.IntN(100); {
	case n < 50:
		s.messages = []string{g.whole()}
	case n < 55:
		s.messages = g.again(g.whole())
	case n < 57:
		g.session(s)
	case n < 63:
		if !g.write(s) {
			s.messages = g.again(g.whole())
		}
	case n < 70:
		g.mayParam = true
		s.messages = []string{g.numbered(g.whole())}
		s.args = g.args
	case n < 77:
		s.messages = []string{fmt.Sprintf("COPY (%s) TO STDOUT%s", g.whole(), pick(g, "", " (FORMAT csv, HEADER)", " WITH (FORMAT binary)", " CSV QUOTE '$' FORCE QUOTE *", " (DELIMITER ';', NULL '-')"))}
		s.simple = true
	case n < 80:
		s.messages, s.simple = []string{g.copyTable()}, true
	case n < 88:
		g.cursor(s)
	case n < 94:
		g.mayParam = true
		sql := g.numbered(g.whole())
		types := ""
		if len(g.params) > 0 {
			types = " (" + strings.Join(g.params, ", ") + ")"
		}
		var values []string
		for i, a := range g.args {
			values = append(values, literal(a)+pick(g, "", "::"+g.params[i]))
		}
		execute := "EXECUTE p"
		if len(values) > 0 {
			execute += " (" + strings.Join(values, ", ") + ")"
		}
		s.messages = []string{"PREPARE p" + types + " AS " + sql, execute, pick(g, execute, "DEALLOCATE p", "DEALLOCATE PREPARE ALL")}
		s.simple = true
	default:
		g.temporary(s)
	}
}

// numbered leaves out the parameters that the statement does not use after all.
func (g *generator) numbered(sql string) string {
	var args, params []string
	for i := range g.args {
		mark := fmt.Sprintf("$%d::", i+1)
		if strings.Contains(sql, mark) {
			args, params = append(args, g.args[i]), append(params, g.params[i])
			sql = strings.ReplaceAll(sql, mark, fmt.Sprintf("$%d::", len(args)))
		}
	}
	g.args, g.params = args, params
	return sql
}

func (g *generator) copyTable() string {
	for {
		r := g.relations[g.IntN(len(g.relations))]
		var columns []string
		for _, c := range r.columns {
			if !strings.HasPrefix(c.typ, "denied") && !c.generated && g.chance(40) {
				columns = append(columns, c.name)
			}
		}
		if len(columns) > 0 {
			return fmt.Sprintf("COPY %s (%s) TO STDOUT%s", r.name, strings.Join(columns, ", "), pick(g, "", " CSV", " (FORMAT text)", " (FORMAT csv, HEADER true, FORCE_QUOTE *)"))
		}
	}
}

// mistake returns something wrong in place of a leaf of a type.
func (g *generator) mistake(l *level, typ string) string {
	alias := "t1"
	if len(l.rows) > 0 {
		alias = l.rows[0]
	}
	return pick(g, "nosuch", alias+".nosuch", "t99.id", "'x'::nosuch", "nosuch("+g.constant(typ)+")", "upper("+g.constant("text")+", 1)", "max(max("+g.constant("int")+"))",
		"(SELECT 1, 2)", "(SELECT x FROM crm.nosuch)", "(SELECT 1 FROM nosuch.t)", "lower("+g.constant("int")+")", "("+g.constant("date")+" + "+g.constant("date")+")",
		"count(*)", "sum(1) OVER (ORDER BY nosuch)", "(SELECT 1 FROM crm.stores a, crm.stores a)", "(SELECT id FROM crm.stores a, crm.orders b LIMIT 1)",
		"(ARRAY[1, 'x'])[1]", "CASE WHEN 1 THEN 2 END", "1 +", "(1, 2)", "'abc'::integer", "nosuch.id", "$9", "(SELECT sum(id) OVER w FROM crm.stores)", "grouping(1)",
		"(SELECT 1 UNION SELECT 'a')", "(SELECT 1 UNION SELECT 1, 2)", "generate_series(1, 2)", "(SELECT id FROM crm.stores GROUP BY city)", "ROW(1, 2) = ROW(1)", "*", "crm.stores.id",
		"1 = 'x' || 2", "extract(nosuch FROM date '2024-01-01')", "x IS OF (int)", "('a' COLLATE nosuch)", "coalesce(1, 'x')", "(SELECT * FROM unnest(1))", "interval 'abc'")
}

// garble changes a few tokens of a text.
func (g *generator) garble(sql string) string {
	for range 1 + g.IntN(2) {
		words := tokens(sql)
		if len(words) < 3 {
			return sql
		}
		i, j := g.IntN(len(words)), g.IntN(len(words))
		switch g.IntN(4) {
		case 0:
			words = slices.Delete(words, i, i+1)
		case 1:
			words[i], words[j] = words[j], words[i]
		case 2:
			words[i] = words[j]
		case 3:
			words = slices.Insert(words, i, words[j])
		}
		sql = strings.Join(words, " ")
	}
	return sql
}

// tokens cuts a text into its tokens, each with the blanks behind it, nil if it cannot be read.
func tokens(sql string) (out []string) {
	scan, err := pg_query.Scan(sql)
	if err != nil {
		return nil
	}
	for i, t := range scan.Tokens {
		end := len(sql)
		if i+1 < len(scan.Tokens) {
			end = int(scan.Tokens[i+1].Start)
		}
		out = append(out, sql[t.Start:end])
	}
	return out
}
