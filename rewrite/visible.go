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
// error. The value keeps its own type, so that PostgreSQL assigns it to the column as it would without the check; what is looked at is what
// it becomes there. concat is not immutable, so that the error is raised only when the row is there.
func (p *plan) checked(expression string) string {
	name := quote(p.table.SubjectColumn)
	c, _ := p.column(p.table.SubjectColumn)
	g := &facts{plan: p}
	condition := g.rows()
	return fmt.Sprintf("(SELECT CASE WHEN %[1]s THEN %[2]s.%[3]s WHEN pg_catalog.concat(%[4]s, %[2]s.%[5]s)::pg_catalog.int8 IS NULL THEN NULL END"+
		" FROM (SELECT %[6]s.%[3]s, %[6]s.%[3]s::%[7]s AS %[5]s FROM (SELECT (%[8]s\n) AS %[3]s) AS %[6]s) AS %[2]s%[9]s)",
		condition, aliasSource, quote(valueName), literal(invisible+p.subject.spec.Name+" "), name, aliasRow, c.TypeSQL, expression, g.joins())
}

// valueName is the column of the value that is checked, beside the subject's.
const valueName = "="

// invisibleRefusal is what stands for the error of checked.
func (p *plan) invisibleRefusal() *Refusal {
	return &Refusal{
		Code: "42501", Message: fmt.Sprintf("permission denied to write relation %s: you do not see this %s", display(p.rel), p.subject.spec.Name),
		Hint: "Write rows only about those that you see.", Marker: invisible, Rule: strings.Join(p.rowRules(), ", "),
	}
}

// confineInsert puts the check around the subject's value in each row of an INSERT. cols are the columns of its source.
func (r *run) confineInsert(q *resolver, t *target, s *pg_query.InsertStmt, cols []column, open bool) {
	given := t.given(targetColumns(s.Cols))
	i := slices.Index(given, t.plan.table.SubjectColumn)
	source := s.SelectStmt.GetSelectStmt()
	var values []value
	switch {
	case i < 0 || source == nil || q.refusal != nil:
	case len(source.ValuesLists) > 0 && source.WithClause == nil && source.SortClause == nil && source.LimitCount == nil && source.LimitOffset == nil:
		values = q.valueItems(q.sourceStart(t, s), source, i)
	case !open && i < len(cols) && (len(source.GroupClause) > 0 || source.HavingClause != nil):
		r.checkSource(q, t, s, given, len(cols))
		return
	default:
		if values = q.targetItem(q.sourceStart(t, s), source, i); len(values) == 0 && !open && i < len(cols) {
			r.checkSource(q, t, s, given, len(cols))
			return
		}
	}
	r.checkInserted(q, t, s, i, values)
}

// given are the columns that get values: those of the list, or all if there is none.
func (t *target) given(list []string) []string {
	if list == nil {
		for _, c := range t.plan.columns {
			list = append(list, c.Name)
		}
	}
	return list
}

// checkInserted puts the check around the subject's value in the rows of an insertion.
func (r *run) checkInserted(q *resolver, t *target, insertion proto.Message, i int, values []value) {
	if len(values) == 0 {
		q.unsupported(t.item.ref.at, writeNoSubject, t.plan.table.SubjectColumn)
		return
	}
	before, after, _ := strings.Cut(t.plan.checked(aliasMark), aliasMark)
	for _, v := range values {
		if v.untyped {
			q.typed(v, q.typeOf(t, t.plan.table.SubjectColumn))
		}
		q.edits = append(q.edits, edit{v.start, v.start, before}, edit{v.end, v.end, after})
	}
	r.isChecked(t, insertion, i)
}

// checkSource makes the source of an INSERT, of n columns, a subquery, and puts the check around the value of the subject.
func (r *run) checkSource(q *resolver, t *target, s *pg_query.InsertStmt, given []string, n int) {
	targets, names := make([]string, n), make([]string, n)
	for k := range n {
		names[k] = fmt.Sprintf("c%d", k+1)
		targets[k] = aliasRow + "." + names[k]
	}
	i := slices.Index(given, t.plan.table.SubjectColumn)
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
	for k, v := range q.untypedItems(start, s.SelectStmt.GetSelectStmt(), n) {
		if k < len(given) {
			q.typed(v, q.typeOf(t, given[k]))
		}
	}
	from, to := q.p.tokens[start].start, q.p.tokens[last].end
	q.edits = append(q.edits, edit{from, from, "SELECT " + strings.Join(targets, ", ") + " FROM ("},
		edit{to, to, "\n) AS " + aliasRow + " (" + strings.Join(names, ", ") + ")"})
	r.isChecked(t, s, i)
}

// typed gives a value that has no type of its own that of the column to which it is assigned: in a subquery it would be a text. The type
// is without its modifier, which a cast would enforce by cutting the value.
func (q *resolver) typed(v value, typeSQL string) {
	q.edits = append(q.edits, edit{v.end, v.end, "::" + typeSQL})
}

// typeOf spells the type of a column, without its modifier.
func (q *resolver) typeOf(t *target, name string) string {
	c, _ := t.plan.column(name)
	if typ := q.snap.Type(c.Type); typ != nil && c.Typmod >= 0 {
		return qualified(typ.Name.Schema, typ.Name.Name)
	}
	return c.TypeSQL
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
