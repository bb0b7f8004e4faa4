package oracle

import (
	"fmt"
	"strings"
)

// session gives a query in a session that changes around it, and ends as it began.
func (g *generator) session(s *generated) {
	sql := g.whole()
	bare := strings.NewReplacer("crm.", "", "lab.", "").Replace(sql) // no two relations of these schemas have the same name
	path := pick(g, "SET search_path = crm, lab", "SET search_path TO lab, crm, public", "SELECT set_config('search_path', 'lab, crm', false)")
	purpose := pick(g, g.purposes...)
	back := []string{"SET pgscrim.purpose = " + literal(purpose), "SET pgscrim.purpose = " + literal(g.purposes[0])}
	simple := true
	switch g.IntN(7) {
	case 0:
		s.messages, simple = []string{path, bare, "RESET search_path", bare}, false
	case 1: // planned anew under another path
		s.messages = []string{path, "PREPARE p AS " + bare, "EXECUTE p", pick(g, "SET search_path = public", "SET search_path = lab, crm", "RESET ALL"), "EXECUTE p"}
	case 2:
		s.messages = []string{"PREPARE p AS " + sql, back[0], back[1], "EXECUTE p"}
	case 3: // settings follow the savepoint
		s.messages = []string{"BEGIN", "SAVEPOINT a", pick(g, "SET LOCAL search_path = crm, lab", path), bare, "ROLLBACK TO a", pick(g, bare, sql), "ROLLBACK TO SAVEPOINT a", sql, "COMMIT"}
	case 4: // a cursor outlives the transaction, and a change of the purpose
		s.messages = []string{"BEGIN", "DECLARE cu SCROLL CURSOR WITH HOLD FOR " + sql, "FETCH 2 FROM cu", "COMMIT", back[0], back[1], "FETCH ALL FROM cu", "FETCH ABSOLUTE 1 FROM cu", "CLOSE cu"}
	case 5:
		s.messages, simple = []string{"BEGIN READ ONLY", "SET LOCAL pgscrim.purpose = " + literal(purpose), "ROLLBACK", sql}, false
	default: // a temporary table stands before the relation of its name, and no more when it is gone
		name := pick(g, "customers", "visits", "stores", "orders")
		s.messages = []string{path, "CREATE TEMP TABLE " + name + " AS SELECT 1 AS id, 'x'::text AS note, 'y'::text AS city", "PREPARE p AS " + bare, bare, "DROP TABLE pg_temp." + name, "EXECUTE p", bare}
	}
	s.simple = simple
}

// cursor moves through a query.
func (g *generator) cursor(s *generated) {
	scroll := pick(g, "", "SCROLL ", "NO SCROLL ", "BINARY ", "INSENSITIVE ", "BINARY SCROLL ")
	hold := pick(g, "", "", " WITH HOLD", " WITHOUT HOLD")
	s.messages = []string{"BEGIN", "DECLARE cu " + scroll + "CURSOR" + hold + " FOR " + g.whole()}
	if hold == " WITH HOLD" {
		s.messages = append(s.messages, "COMMIT")
	}
	moves := []string{"FETCH NEXT FROM cu", "FETCH 3 FROM cu", "FETCH FORWARD 2 IN cu", "MOVE 2 FROM cu", "FETCH ALL FROM cu", "FETCH cu", "MOVE FORWARD ALL IN cu"}
	if strings.Contains(scroll, "SCROLL") && !strings.Contains(scroll, "NO") {
		moves = append(moves, "FETCH PRIOR FROM cu", "FETCH LAST FROM cu", "FETCH ABSOLUTE 2 FROM cu", "FETCH RELATIVE -1 FROM cu", "FETCH BACKWARD 2 FROM cu",
			"FETCH FIRST FROM cu", "FETCH BACKWARD ALL FROM cu", "MOVE ABSOLUTE 4 IN cu", "FETCH ABSOLUTE -2 FROM cu", "FETCH RELATIVE 0 FROM cu")
	}
	for range 2 + g.IntN(4) {
		s.messages = append(s.messages, pick(g, moves...))
	}
	s.messages = append(s.messages, pick(g, "CLOSE cu", "CLOSE ALL", "FETCH ALL FROM cu"), pick(g, "COMMIT", "ROLLBACK"))
	s.simple = true
}

// temporary stores a query, changes what is stored, and reads it with others.
func (g *generator) temporary(s *generated) {
	sql, fields := g.query([]string{"int", "text", pick(g, types...)}, nil)
	name := pick(g, "scratch", "scratch", "customers", `"Odd Name"`, "visits")
	create := fmt.Sprintf("CREATE TEMP TABLE %s AS %s", name, sql)
	if g.chance(25) {
		create = fmt.Sprintf("CREATE TEMPORARY TABLE %s %s AS %s%s", name, g.rename(fields), sql, pick(g, "", " WITH NO DATA", " WITH DATA"))
	}
	a, b, c := fields[0].name, fields[1].name, fields[2].name
	g.ctes = append(g.ctes, source{name: name, fields: fields, key: fieldNames(fields), whole: true})
	l := &level{fields: fields}
	from := g.source()
	alias := g.name("t")
	in := &level{fields: qualify(alias, from.fields)}
	s.messages = []string{create}
	changes := []string{
		fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s AS %s RETURNING %[2]s + 1, %[6]s", name, a, g.leaf(in, "int"), from.name, alias, b),
		fmt.Sprintf("WITH gone AS (DELETE FROM %s WHERE %s RETURNING %s) SELECT count(*) FROM gone JOIN %s AS %s ON %s", name, g.condition(l, 1), a, from.name, alias, g.condition(in, 1)),
		fmt.Sprintf("INSERT INTO %s (%s, %s) SELECT %s, %s FROM %s AS %s WHERE %s", name, a, b, g.leaf(in, "int"), g.leaf(in, "text"), from.name, alias, g.condition(in, 2)),
		fmt.Sprintf("INSERT INTO %s (%s, %s) VALUES (1, 'x'), (2, %s)", name, a, b, g.constant("text")),
		fmt.Sprintf("UPDATE %s SET %s = %s::text, %s = 5 WHERE %s", name, b, g.expr(l, "text", 1), a, g.condition(l, 1)),
		fmt.Sprintf("DELETE FROM %s WHERE %s", name, g.condition(l, 2)),
		fmt.Sprintf("CREATE INDEX ON %s (%s)", name, a),
		fmt.Sprintf("DELETE FROM %s USING %s AS %s WHERE %s AND %s", name, from.name, alias, g.condition(l, 1), g.condition(in, 1)),
	}
	for range 1 + g.IntN(2) {
		s.messages = append(s.messages, pick(g, changes...))
	}
	s.messages = append(s.messages, fmt.Sprintf("SELECT %s, %s, %s FROM %s ORDER BY 1, 2, 3", a, b, c, name), "SELECT count(*) FROM "+name+" z WHERE EXISTS (SELECT FROM crm.stores s WHERE s.id = z."+a+")", g.whole())
	s.returns = strings.Contains(strings.Join(s.messages, " "), "RETURNING")
	s.simple = true
}
