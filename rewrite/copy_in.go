package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// copyFrom handles COPY ... FROM STDIN.
func (r *run) copyFrom(s *pg_query.CopyStmt) {
	q := r.resolver()
	q.utility = true
	if t := q.writeTarget(s.Relation, r); t != nil {
		columns, _ := names(s.Attlist)
		q.expr(s.WhereClause, &scope{items: []*item{t.item}})
		op := inserts(columns)
		if t.plan != nil && t.plan.hides() && q.refusal == nil {
			q.confine(t, op)
			r.copyVisible(q, t, s, columns)
		}
		q.checkTarget(t, r, op)
	}
	r.conclude(q)
}

// copySteps are the statements that stand for a COPY into a relation with hidden rows; of the one with this number its tag
// is made.
const (
	copySteps   = 4
	copyCounted = 2
)

// copyVisible lets COPY fill a temporary table, from which an INSERT takes the rows: COPY itself looks at none, and its WHERE may hold no
// subquery. The table has the relation's name, so that PostgreSQL's CONTEXT and errors name what the client knows.
func (r *run) copyVisible(q *resolver, t *target, s *pg_query.CopyStmt, columns []string) {
	rel, at := t.plan.rel, t.item.ref.at
	if s.Attlist == nil {
		for _, c := range rel.Columns {
			if !c.Generated {
				columns = append(columns, c.Name)
			}
		}
	}
	subject := slices.Index(columns, t.plan.table.SubjectColumn)
	_, taken := r.values.Temporary.find(rel.Name.Name)
	freezes := slices.ContainsFunc(s.Options, func(n *pg_query.Node) bool { return n.GetDefElem().GetDefname() == "freeze" })
	switch {
	case subject < 0:
		q.unsupported(at, copyNoSubject, t.plan.table.SubjectColumn)
		return
	case taken:
		q.unsupported(at, copyTaken, rel.Name.Name)
		return
	case s.WhereClause != nil || freezes:
		q.unsupported(at, copyCondition)
		return
	}
	names, values := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = quote(c)
		values[i] = aliasRow + "." + names[i]
	}
	values[subject] = t.plan.checked(values[subject])
	buffer := temporarySchema + "." + quote(rel.Name.Name)
	target := quote(rel.Name.Schema) + "." + quote(rel.Name.Name)
	list := strings.Join(names, ", ")
	i := q.p.tokenAt(at)
	last := q.p.qualifiedName(i)
	start, end := q.p.extent(r.raw)
	if i < 0 || last < i {
		q.unsupported(at, unknownPart, "COPY")
		return
	}
	q.edits = slices.DeleteFunc(q.edits, func(e edit) bool { return e.start == at && e.end == at }) // the relation's schema
	q.edits = append(q.edits,
		edit{start, start, fmt.Sprintf("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA; ", buffer, list, target)},
		edit{q.p.tokens[i].start, q.p.tokens[last].end, buffer},
		edit{end, end, fmt.Sprintf("\n; INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s AS %s; DROP TABLE %s", target, list, strings.Join(values, ", "), buffer, aliasRow, buffer)})
	r.out.Steps = Steps{Sent: copySteps, Counted: copyCounted, Tag: "COPY"}
	r.out.OnError = t.plan.invisibleRefusal()
	r.confined[0] = subject
}
