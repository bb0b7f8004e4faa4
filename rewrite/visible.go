package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/proto"
)

// Writing a relation of which the caller does not see all rows. A row may be written only if it is, or would be, a
// visible one, and whether that is so follows from its subject. So an INSERT names the subject and fails if the caller does not see
// it, whether it exists or not, and UPDATE, DELETE and MERGE reach visible rows only. Keys cannot tell of hidden rows if each
// contains the subject: what a visible subject's row can collide with is visible too.

// invisible is the error of writing a row that the caller does not see.
const invisible = "pgscrim: no row that you see is about "

// confine refuses operations on a relation with hidden rows that cannot be kept among visible ones.
func (q *resolver) confine(t *target, ops ...operation) {
	f, p := t.item.ref, t.plan
	refuse := func(detail, hint string) {
		q.refuse(f.at, Refusal{
			Code: "0A000", Message: fmt.Sprintf("this way to write relation %s is not supported by pgscrim: you do not see all of its rows", display(f.rel)),
			Detail: detail, Hint: hint,
		})
	}
	for _, op := range ops {
		if p.subject == nil || op.command == pg_query.CmdType_CMD_INSERT && (&facts{plan: p}).own() {
			refuse("Its rows are not about another relation's subject.", "Use a role from which no row rule hides rows.")
			return
		}
		for _, rel := range q.written(t, op) {
			for _, key := range rel.Unique {
				if slices.ContainsFunc(key, func(name string) bool { return op.gives(rel, name) }) && !slices.Contains(key, p.table.SubjectColumn) {
					refuse(fmt.Sprintf("The unique index over %s would tell of rows that you do not see.", strings.Join(key, ", ")),
						"Leave these columns to their defaults.")
				}
			}
		}
		if op.command == pg_query.CmdType_CMD_UPDATE && slices.Contains(op.columns, p.table.SubjectColumn) {
			q.unsupported(f.at, writeSubject)
		}
	}
}

// checked spells a subject's key that is to be stored: the value of an expression if the caller sees that subject, else an
// error. concat is not immutable, so that the error is raised only when the row is there.
func (p *plan) checked(expression string) string {
	name := quote(p.table.SubjectColumn)
	c, _ := p.column(p.table.SubjectColumn)
	g := &facts{plan: p}
	condition := g.rows()
	return fmt.Sprintf("(SELECT CASE WHEN %[1]s THEN %[2]s.%[3]s ELSE pg_catalog.concat(%[4]s, %[2]s.%[3]s)::pg_catalog.int8::pg_catalog.text::%[5]s END"+
		" FROM (SELECT (%[6]s\n)::%[5]s AS %[3]s) AS %[2]s%[7]s)",
		condition, aliasSource, name, literal(invisible+p.subject.spec.Name+" "), c.TypeSQL, expression, g.joins())
}

// invisibleRefusal is what stands for the error of checked.
func (p *plan) invisibleRefusal() *Refusal {
	return &Refusal{
		Code: "42501", Message: fmt.Sprintf("permission denied to write relation %s: you do not see this %s", display(p.rel), p.subject.spec.Name),
		Hint: "Write rows only about those that you see.", Marker: invisible, Rule: strings.Join(p.rowRules(), ", "),
	}
}

// confineInsert puts the check around the subject's value in each row of an INSERT. cols are the columns of its source.
func (r *run) confineInsert(q *resolver, t *target, s *pg_query.InsertStmt, cols []column, open bool) {
	i := q.subjectPlace(t, targetColumns(s.Cols))
	source := s.SelectStmt.GetSelectStmt()
	var items [][2]int
	switch {
	case i < 0 || source == nil || q.refusal != nil:
	case len(source.ValuesLists) > 0 && source.WithClause == nil && source.SortClause == nil && source.LimitCount == nil && source.LimitOffset == nil:
		items = q.valueItems(q.sourceStart(t, s), source, i)
	default:
		if items = q.targetItem(q.sourceStart(t, s), source, i); len(items) == 0 && !open && i < len(cols) {
			r.checkSource(q, t, s, i, len(cols))
			return
		}
	}
	r.checkInserted(q, t, s, i, items)
}

// subjectPlace is the place of the subject's column among those that get values, all if none are given, -1 if it gets none.
func (q *resolver) subjectPlace(t *target, given []string) int {
	if given == nil {
		for _, c := range t.plan.columns {
			if !c.Generated {
				given = append(given, c.Name)
			}
		}
	}
	return slices.Index(given, t.plan.table.SubjectColumn)
}

// checkInserted puts the check around the spans of the subject's value in the rows of an insertion.
func (r *run) checkInserted(q *resolver, t *target, insertion proto.Message, i int, spans [][2]int) {
	if len(spans) == 0 {
		q.unsupported(t.item.ref.at, writeNoSubject, t.plan.table.SubjectColumn)
		return
	}
	before, after, _ := strings.Cut(t.plan.checked(aliasMark), aliasMark)
	for _, span := range spans {
		q.edits = append(q.edits, edit{span[0], span[0], before}, edit{span[1], span[1], after})
	}
	r.isChecked(t, insertion, i)
}

// checkSource makes the source of an INSERT a subquery of n columns, and puts the check around one of them.
func (r *run) checkSource(q *resolver, t *target, s *pg_query.InsertStmt, i, n int) {
	targets, names := make([]string, n), make([]string, n)
	for k := range n {
		names[k] = fmt.Sprintf("c%d", k+1)
		targets[k] = aliasRow + "." + names[k]
	}
	targets[i] = t.plan.checked(targets[i])
	start := q.sourceStart(t, s)
	end := len(q.p.tokens)
	q.p.outside(start, func(at int) bool {
		switch {
		case q.p.is(at, pg_query.Token_RETURNING), q.p.is(at, pg_query.Token_ASCII_59), q.p.is(at, pg_query.Token_ASCII_41),
			q.p.is(at, pg_query.Token_ON) && q.p.is(q.p.skip(at, 1), pg_query.Token_CONFLICT):
			end = at
		}
		return end == at
	})
	last := q.p.skip(end, -1)
	if start < 0 || last < start {
		q.unsupported(t.item.ref.at, unknownPart, "INSERT")
		return
	}
	from, to := q.p.tokens[start].start, q.p.tokens[last].end
	q.edits = append(q.edits, edit{from, from, "SELECT " + strings.Join(targets, ", ") + " FROM ("},
		edit{to, to, "\n) AS " + aliasRow + " (" + strings.Join(names, ", ") + ")"})
	r.isChecked(t, s, i)
}

// aliasRow is the alias of the rows that an INSERT checks.
const aliasRow = "v"

// isChecked notes that the rows of an insertion are checked.
func (r *run) isChecked(t *target, insertion proto.Message, i int) {
	refusal := t.plan.invisibleRefusal()
	if r.out.OnError != nil && *r.out.OnError != *refusal {
		refusal.Message = "permission denied to write a row about a subject that you do not see"
	}
	r.out.OnError = refusal
	r.confined[slices.Index(insertions(r.raw.Stmt), insertion)] = i
}

// insertions returns the parts of a statement that put rows into a relation, in the same order for the same text: each is an
// InsertStmt or a MergeWhenClause.
func insertions(n *pg_query.Node) (out []proto.Message) {
	with := func(w *pg_query.WithClause) {
		for _, c := range w.GetCtes() {
			out = append(out, insertions(c.GetCommonTableExpr().GetCtequery())...)
		}
	}
	switch x := n.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		with(x.SelectStmt.WithClause)
	case *pg_query.Node_InsertStmt:
		with(x.InsertStmt.WithClause)
		out = append(out, x.InsertStmt)
	case *pg_query.Node_UpdateStmt:
		with(x.UpdateStmt.WithClause)
	case *pg_query.Node_DeleteStmt:
		with(x.DeleteStmt.WithClause)
	case *pg_query.Node_MergeStmt:
		with(x.MergeStmt.WithClause)
		for _, c := range x.MergeStmt.MergeWhenClauses {
			out = append(out, c.GetMergeWhenClause())
		}
	case *pg_query.Node_PrepareStmt:
		return insertions(x.PrepareStmt.Query)
	case *pg_query.Node_ExplainStmt:
		return insertions(x.ExplainStmt.Query)
	case *pg_query.Node_CopyStmt:
		return insertions(x.CopyStmt.Query)
	case *pg_query.Node_CreateTableAsStmt:
		return insertions(x.CreateTableAsStmt.Query)
	}
	return out
}

// isConfined looks at the insertions of a rewritten statement: the subject's value in each row must be what was put in, whole.
func isConfined(all []proto.Message, confined map[int]int, inside [][2]int) bool {
	for k, i := range confined {
		if k < 0 || k >= len(all) {
			return false
		}
		for _, row := range insertedRows(all[k]) {
			if i >= len(row) {
				return false
			}
			value := row[i]
			if t := value.GetResTarget(); t != nil {
				value = t.Val
			}
			link := value.GetSubLink()
			if link.GetSubLinkType() != pg_query.SubLinkType_EXPR_SUBLINK ||
				!slices.ContainsFunc(inside, func(span [2]int) bool { return span[0] <= int(link.Location) && int(link.Location) < span[1] }) {
				return false
			}
		}
	}
	return true
}

// insertedRows returns the rows of VALUES, or the target list of a query as the only one.
func insertedRows(insertion proto.Message) (rows [][]*pg_query.Node) {
	if c, ok := insertion.(*pg_query.MergeWhenClause); ok {
		return [][]*pg_query.Node{c.Values}
	}
	s, _ := insertion.(*pg_query.InsertStmt)
	source := s.GetSelectStmt().GetSelectStmt()
	for _, row := range source.GetValuesLists() {
		rows = append(rows, row.GetList().GetItems())
	}
	if len(rows) == 0 {
		rows = append(rows, source.GetTargetList())
	}
	return rows
}

// confineChange adds the condition that a row is visible to an UPDATE or DELETE. leaky is true if its own conditions are.
func (q *resolver) confineChange(t *target, rv *pg_query.RangeVar, where *pg_query.Node, leaky bool) {
	at, end := -1, len(q.p.tokens)
	q.p.outside(q.p.tokenAt(int(rv.Location)), func(i int) bool {
		switch q.p.tokens[i].kind {
		case pg_query.Token_WHERE:
			at = i
		case pg_query.Token_RETURNING, pg_query.Token_ASCII_59, pg_query.Token_ASCII_41:
			end = i
		}
		return end == i
	})
	last := q.p.tokens[q.p.skip(end, -1)].end
	switch {
	case where == nil && at < 0:
		q.edits = append(q.edits, edit{last, last, "\n WHERE " + t.plan.seen(quote(t.item.name)) + " "})
	case where != nil && at >= 0:
		q.restrict(t, q.p.tokens[at].end, last, leaky)
	default:
		q.unsupported(t.item.ref.at, unknownPart, "UPDATE or DELETE")
	}
}

// restrict adds to a condition over a target, of which the span is given, that the row is visible. What may fail, or run long, is
// computed only behind that: CASE holds the order.
func (q *resolver) restrict(t *target, start, end int, leaky bool) {
	visible := t.plan.seen(quote(t.item.name))
	before, after := " "+visible+" AND (", "\n) "
	if leaky {
		before, after = " "+visible+" AND CASE WHEN "+visible+" THEN (", "\n) ELSE false END "
	}
	q.edits = append(q.edits, edit{start, start, before}, edit{end, end, after})
}
