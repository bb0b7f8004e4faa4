package oracle

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// writable are the relations that the caller may write, with the columns that he sees as they are. Each has a key of two
// columns: the subject, and one more.
func (g *generator) writable() (out []source) {
	for _, r := range g.relations {
		if !r.writable {
			continue
		}
		s := source{name: r.name, key: r.key}
		for _, c := range r.columns {
			if !c.masked && c.typ != "other" && !c.generated {
				s.fields = append(s.fields, field{c.name, c.typ})
			}
		}
		out = append(out, s)
	}
	return out
}

// write changes a relation that the caller may write, or locks its rows, in a block that is rolled back, and reads what is there then.
// It returns false if there is none.
func (g *generator) write(s *generated) bool {
	all := g.writable()
	if len(all) == 0 {
		return false
	}
	r := all[g.IntN(len(all))]
	s.messages = []string{pick(g, "BEGIN", "START TRANSACTION", "BEGIN ISOLATION LEVEL REPEATABLE READ")}
	for range 1 + g.IntN(2) {
		w := &writing{generator: g, of: r, row: &level{fields: qualify("w", r.fields)}}
		s.messages = append(s.messages, pick(g, w.insert, w.insert, w.upsert, w.update, w.update, w.delete, w.delete, w.merge, w.lock, w.with)())
	}
	if g.chance(12) {
		s.messages, s.simple = append(s.messages, (&writing{generator: g, of: r}).copied(s)), true
	}
	names := strings.Join(fieldNames(r.fields), ", ")
	s.messages = append(s.messages, fmt.Sprintf("SELECT %s FROM %s ORDER BY %[1]s", names, r.name))
	s.returns = strings.Contains(strings.Join(s.messages, " "), "RETURNING")
	return true
}

// writing is one statement that writes or locks rows of a relation, under the alias w.
type writing struct {
	*generator
	of  source
	row *level
}

// people is a query of the subjects that the caller sees, each once, with another value for the key.
func (w *writing) people() string {
	other := map[string]string{"int": "7", "date": "date '2024-11-11'"}[w.typeOf(w.row.fields, w.of.key[1])]
	in := &level{fields: []field{{`p."Id"`, "int"}, {"p.land", "text"}, {`p."select"`, "int"}}}
	return fmt.Sprintf(`SELECT p."Id" AS i, %s AS k FROM lab."Person" AS p WHERE p."Id" <= 40 AND %s`, other, w.condition(in, 1))
}

// values are those of one column for a row: of the key, or any.
func (w *writing) value(f field) string { return w.leaf(&level{}, f.typ) }

func (w *writing) insert() string {
	columns, values := w.of.key[0]+", "+w.of.key[1], "x.i, x.k"
	for _, f := range w.of.fields {
		if f.name != w.of.key[0] && f.name != w.of.key[1] && w.chance(60) {
			columns, values = columns+", "+f.name, values+", "+w.value(f)
		}
	}
	if w.chance(20) { // about somebody who may not be visible, or not be there
		return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)%s", w.of.name, columns,
			strings.NewReplacer("x.i", pick(w.generator, "1", "2", "9", "33", "77"), "x.k", pick(w.generator, "1", "2", "NULL", "DEFAULT")).Replace(values), w.returning(w.of.name))
	}
	return fmt.Sprintf("INSERT INTO %s AS w (%s) SELECT %s FROM (%s) AS x%s", w.of.name, columns, values, w.people(), w.returning("w"))
}

func (w *writing) upsert() string {
	set := w.sets()
	action := pick(w.generator, "DO NOTHING", fmt.Sprintf("(%s, %s) DO UPDATE SET %s", w.of.key[0], w.of.key[1], set), fmt.Sprintf("(%s, %s) DO UPDATE SET %s WHERE %s", w.of.key[0], w.of.key[1], set, w.condition(w.row, 1)))
	again := fmt.Sprintf("SELECT j.%s, j.%s FROM %s AS j", w.of.key[0], w.of.key[1], w.of.name)
	return fmt.Sprintf("INSERT INTO %s AS w (%s, %s) %s ON CONFLICT %s%s", w.of.name, w.of.key[0], w.of.key[1], pick(w.generator, again, w.people()), action, w.returning("w"))
}

// sets is a SET list of columns that are not in the key.
func (w *writing) sets() string {
	var list []string
	for _, f := range w.of.fields {
		if f.name != w.of.key[0] && f.name != w.of.key[1] && (len(list) == 0 || w.chance(50)) {
			list = append(list, fmt.Sprintf("%s = (%s)::%s", f.name, w.expr(w.row, f.typ, 1), casts[f.typ]))
		}
	}
	if len(list) == 0 {
		list = append(list, fmt.Sprintf("%s = w.%[1]s + 20", w.of.key[1]))
	}
	return strings.Join(list, ", ")
}

func (w *writing) update() string {
	from, where := "", w.condition(w.row, 2)
	if w.chance(30) {
		from, where = ` FROM lab."Person" AS p`, fmt.Sprintf(`p."Id" = w.%s AND %s`, w.of.key[0], where)
	}
	return fmt.Sprintf("UPDATE %s AS w SET %s%s WHERE %s%s", w.of.name, w.sets(), from, where, w.returning("w"))
}

func (w *writing) delete() string {
	using, where := "", w.condition(w.row, 2)
	if w.chance(30) {
		using, where = ` USING lab."Person" AS p`, fmt.Sprintf(`p."Id" = w.%s AND %s`, w.of.key[0], where)
	}
	return fmt.Sprintf("DELETE FROM %s AS w%s WHERE %s%s", w.of.name, using, where, w.returning("w"))
}

func (w *writing) merge() string {
	matched := pick(w.generator, "DELETE", "UPDATE SET "+w.sets(), "DO NOTHING")
	missing := pick(w.generator, fmt.Sprintf("INSERT (%s, %s) VALUES (x.i, x.k)", w.of.key[0], w.of.key[1]), "DO NOTHING")
	and := pick(w.generator, "", " AND "+w.condition(w.row, 1))
	people := w.people()
	if w.chance(30) { // some of whom are hidden, or not there
		people = fmt.Sprintf("SELECT g.i, %s AS k FROM generate_series(1, %s) AS g (i)", map[string]string{"int": "1", "date": "date '2024-06-21'"}[w.typeOf(w.of.fields, w.of.key[1])], pick(w.generator, "3", "12", "60"))
	}
	return fmt.Sprintf("MERGE INTO %s AS w USING (%s) AS x ON w.%s = x.i AND w.%s = x.k%s WHEN MATCHED%s THEN %s WHEN NOT MATCHED THEN %s", w.of.name, people, w.of.key[0], w.of.key[1],
		pick(w.generator, "", "", " AND "+w.condition(w.row, 1)), and, matched, missing)
}

func (w *writing) lock() string {
	return fmt.Sprintf("SELECT w.%s FROM %s AS w WHERE %s ORDER BY %s%s FOR %s", strings.Join(fieldNames(w.of.fields), ", w."), w.of.name, w.condition(w.row, 2), strings.Join(w.of.key, ", "),
		pick(w.generator, "", "", " LIMIT 5"), pick(w.generator, "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE", "UPDATE SKIP LOCKED", "UPDATE OF w NOWAIT"))
}

func (w *writing) returning(alias string) string {
	if w.chance(50) {
		return ""
	}
	more := ""
	if w.chance(40) {
		l := &level{fields: qualify(alias, w.of.fields)}
		more = ", " + w.expr(l, pick(w.generator, types...), 2) + pick(w.generator, "", " AS more")
	}
	return fmt.Sprintf(" RETURNING %s.%s%s", alias, strings.Join(fieldNames(w.of.fields), ", "+alias+"."), more)
}

// with writes in a WITH query, and reads what is returned beside what is there: that is as before.
func (w *writing) with() string {
	list := strings.Join(w.of.key, ", ")
	change := pick(w.generator, fmt.Sprintf("DELETE FROM %s AS w WHERE %s", w.of.name, w.condition(w.row, 1)), fmt.Sprintf("UPDATE %s AS w SET %s WHERE %s", w.of.name, w.sets(), w.condition(w.row, 1)),
		fmt.Sprintf("INSERT INTO %s (%s) SELECT x.i, x.k FROM (%s) AS x ON CONFLICT DO NOTHING", w.of.name, list, w.people()))
	return fmt.Sprintf("WITH changed AS (%s RETURNING %s), other AS (SELECT count(*) AS n FROM %s) SELECT %[2]s, n FROM changed, other ORDER BY 1, 2", change, list, w.of.name)
}

// copied takes rows from the client: about one person who is visible, and one who may not be.
func (w *writing) copied(s *generated) string {
	format, separator := pick(w.generator, "", " (DELIMITER ',')", " CSV"), ","
	if format == "" {
		separator = "\t"
	}
	last := map[string]string{"int": "8", "date": "2024-12-01"}[w.typeOf(w.of.fields, w.of.key[1])]
	var rows []string
	for range 1 + w.IntN(2) {
		rows = append(rows, pick(w.generator, "3", "4", "5", "6", "2", "77", "x")+separator+last)
	}
	s.stdin = strings.Join(rows, "\n") + "\n"
	return fmt.Sprintf("COPY %s (%s) FROM STDIN%s", w.of.name, strings.Join(w.of.key, ", "), format)
}

// again returns a statement twice with other constants, and as it is: the third may be answered from a template of the others.
func (g *generator) again(sql string) []string { return []string{vary(sql, 1), vary(sql, 2), sql} }

// vary gives the constants of a text other values by a number: texts and numbers beside operators. Others may be ordinals.
func vary(sql string, by int) string {
	scan, err := pg_query.Scan(sql)
	if err != nil {
		return sql
	}
	out, last := "", 0
	for i, t := range scan.Tokens {
		text := sql[t.Start:t.End]
		switch {
		case t.Token == pg_query.Token_SCONST:
			text = varyLast(text, by)
		case t.Token == pg_query.Token_ICONST && i > 0 && strings.ContainsAny(sql[scan.Tokens[i-1].Start:scan.Tokens[i-1].End], "=<>+"):
			text = varyLast(text, by)
		}
		out, last = out+sql[last:t.Start]+text, int(t.End)
	}
	return out + sql[last:]
}

// varyLast changes the last digit or letter of a constant.
func varyLast(text string, by int) string {
	for i := len(text) - 1; i > 0; i-- {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			return text[:i] + string(rune('0'+(int(c-'0')+by)%9)) + text[i+1:]
		case c >= 'a' && c <= 'z' && text[i-1] != '\\':
			return text[:i] + string(rune('a'+(int(c-'a')+by)%26)) + text[i+1:]
		}
	}
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' {
		return string(rune('0' + (int(text[0]-'0')+by)%9))
	}
	return text
}
