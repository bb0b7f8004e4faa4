package rewrite

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// A statement may write to the session's own temporary tables, and to relations that the policy lets one of the
// caller's roles write (`write: [...]`). What it reads on the way is rewritten like any query. Of the relation that it
// writes it may use only columns that the caller sees as they are: the number of rows that it
// changes, and the errors of keys, would tell of the others.

// target is the relation that a statement writes.
type target struct {
	item *item
	plan *plan // nil for a temporary table
}

// writeTarget resolves the relation that a statement writes. It returns nil if the statement is refused.
func (q *resolver) writeTarget(rv *pg_query.RangeVar, r *run) *target {
	at := int(rv.Location)
	if columns, ok := q.temporary(rv); ok {
		it := &item{name: rv.Relname, cols: columns}
		it.rename(rv.Alias)
		return &target{item: it}
	}
	rel := q.find(rv.Schemaname, rv.Relname)
	if rel == nil {
		q.refuse(at, missingRelation(rv))
		return nil
	}
	q.relations[display(rel)] = true
	e := q.entries[rel.OID]
	if e == nil || (rel.Kind != catalog.Table && rel.Kind != catalog.PartitionedTable) || !r.mayWrite(e) {
		q.refuse(at, Refusal{
			Code: "42501", Message: fmt.Sprintf("permission denied to write relation %s", display(rel)),
			Hint: fmt.Sprintf("The policy grants it by `write: [role]`; its owner is %s.", q.owner()),
		})
		return nil
	}
	if e.personal() && q.personal == nil {
		q.personal = rel
	}
	p := q.plan(e)
	f := &ref{rel: rel, plan: p, at: at, only: !rv.Inh, tableToken: -1, used: map[string]int{}, starred: map[string]bool{}}
	it := &item{name: rv.Relname, schema: rel.Name.Schema, ref: f}
	for _, c := range rel.Columns {
		it.cols = append(it.cols, column{name: c.Name, typ: c.Type, origins: []origin{{f, c.Name}}})
	}
	it.rename(rv.Alias)
	if rv.Schemaname == "" {
		q.qualify(at, rel.Name.Schema)
	}
	return &target{item: it, plan: p}
}

// mayWrite reports whether one of the caller's roles that take part may write a relation.
func (r *run) mayWrite(e *entry) bool {
	caller := newCaller(r.session.Roles, r.out.Purpose)
	return slices.ContainsFunc(r.policy.Participating(caller.Caller), func(role string) bool { return slices.Contains(e.table.Write, role) })
}

// checkTarget refuses the statement if it uses a column of its target that the caller does not see as it is, or if a key
// could tell of one. changed are the columns that it gives values, nil for all.
func (q *resolver) checkTarget(t *target, changed []string, r *run) {
	if t.plan == nil || q.refusal != nil {
		return
	}
	// The DETAIL of a constraint's error shows the row, or what it collides with.
	r.out.HideDetail = !t.plan.trivial
	f := t.item.ref
	refuse := func(at int, column, what string) {
		q.refuse(at, Refusal{
			Code: "42501", Message: fmt.Sprintf("permission denied for column %s of relation %s: %s", column, display(f.rel), what),
			Hint: "A statement that writes may use only columns that you see as they are.",
		})
	}
	for name := range systemColumns {
		if at, named := f.used[name]; named && !t.plan.trivial {
			refuse(at, name, "it tells of rows that you do not see")
			return
		}
	}
	for i := range t.plan.columns {
		name := t.plan.columns[i].Name
		if at, named := f.used[name]; (named || f.starred[name]) && !t.plan.cells[i].shown {
			if !named {
				at = f.at
			}
			refuse(at, name, "you see it masked")
			return
		}
	}
	given := func(name string) bool {
		c := f.rel.Column(name)
		return changed == nil || slices.Contains(changed, name) || c != nil && c.Generated
	}
	for _, key := range f.rel.Unique {
		for _, name := range key {
			if slices.ContainsFunc(key, given) && !t.plan.shows(name) {
				refuse(f.at, name, "you see it masked, and a unique index would tell of its values")
				return
			}
		}
	}
	if !t.plan.trivial && (f.rel.Exclusion || f.rel.OtherUnique || len(f.rel.Children) > 0) {
		q.unsupported(f.at, "writing a relation with partitions, children, an exclusion constraint, or a unique index that is partial, deferrable or over an expression,",
			"Their errors would tell of values that you do not see.")
	}
	q.checkFacts(t, changed, r)
	for _, key := range f.rel.ForeignKeys {
		if slices.ContainsFunc(key.Columns, given) && !q.keyVisible(key.To, key.ToColumns) && !q.confinedKey(t, key) {
			q.unsupported(f.at, fmt.Sprintf("writing %s, which refers to a relation of which you do not see all keys,", display(f.rel)),
				"A foreign key would tell of the others.")
			return
		}
	}
}

// keyVisible reports whether the caller sees, of a relation, all rows and the given columns as they are.
func (q *resolver) keyVisible(relation uint32, columns []string) bool {
	e := q.entries[relation]
	if e == nil {
		return q.policy.UnlistedTables == rules.Show
	}
	p := q.plan(e)
	return !p.hides() && !slices.ContainsFunc(columns, func(c string) bool { return !p.shows(c) })
}

// confinedKey reports whether a foreign key is that to the subject of a relation whose rows confine keeps to visible subjects.
func (q *resolver) confinedKey(t *target, key catalog.ForeignKey) bool {
	s := t.plan.subject
	return t.plan.hides() && s != nil && key.To == s.rel.OID && len(key.Columns) == 1 && key.Columns[0] == t.plan.table.SubjectColumn
}

// checkFacts refuses to change what masks and row rules depend on: a row's subject, a subject's key and region, and consents.
func (q *resolver) checkFacts(t *target, changed []string, r *run) {
	rel, updates := t.item.ref.rel, r.out.Kind == "UPDATE"
	refuse := func(what string) {
		q.refuse(t.item.ref.at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to change %s: what you see depends on it", what)})
	}
	if updates && !t.plan.trivial && slices.Contains(changed, t.plan.table.SubjectColumn) {
		refuse("the subject of a row")
	}
	for _, s := range q.subjects {
		if !q.dependsOn(s) {
			continue
		}
		if s.consent != nil && s.consent.rel == rel {
			refuse("consents")
		}
		if s.rel != rel || r.out.Kind == "INSERT" || r.out.Kind == KindCopyFrom {
			continue // a new subject changes nothing for others
		}
		facts := append([]string{s.spec.Key}, s.region.columns()...)
		if !updates || slices.ContainsFunc(changed, func(c string) bool { return slices.Contains(facts, c) }) {
			refuse(fmt.Sprintf("the key or region of a subject (%s)", s.spec.Name))
		}
	}
}

// dependsOn reports whether what the caller sees of a relation depends on facts of a subject.
func (q *resolver) dependsOn(s *subject) bool {
	for _, e := range q.entries {
		if e.subject == s && !q.plan(e).trivial {
			return true
		}
	}
	return false
}

// checkReferences refuses to delete rows, or to change columns, to which rows refer that the caller does not see or may not
// write: errors and cascades would tell of, or change, them. changed are the columns that get new values, nil for a deletion.
func (q *resolver) checkReferences(t *target, changed []string, r *run) {
	if t.plan == nil || q.refusal != nil {
		return
	}
	for _, ref := range t.item.ref.rel.Referenced {
		if changed != nil && !slices.ContainsFunc(ref.Columns, func(c string) bool { return slices.Contains(changed, c) }) {
			continue
		}
		e := q.entries[ref.From]
		if e == nil || !q.keyVisible(ref.From, ref.FromColumns) || ref.Acts && !r.mayWrite(e) {
			q.unsupported(t.item.ref.at, fmt.Sprintf("removing rows of %s, or changing their keys, while another relation refers to them", display(t.plan.rel)),
				"You do not see all rows of the other relation, or may not write it.")
			return
		}
	}
}

func (r *run) insert(s *pg_query.InsertStmt) {
	r.out.Kind = "INSERT"
	q := r.resolver()
	var ctes *cte
	if s.WithClause != nil {
		ctes = q.with(s.WithClause, nil, nil)
	}
	t := q.writeTarget(s.Relation, r)
	if t == nil {
		r.conclude(q)
		return
	}
	if source := s.SelectStmt.GetSelectStmt(); source != nil {
		q.query(source, nil, ctes, false)
	}
	changed := targetColumns(s.Cols)
	for _, n := range s.Cols { // column[index]
		q.assignment(n, &scope{ctes: ctes})
	}
	sc := &scope{items: []*item{t.item}, ctes: ctes}
	if c := s.OnConflictClause; c != nil {
		for _, n := range c.Infer.GetIndexElems() {
			if name := n.GetIndexElem().GetName(); name != "" {
				q.markNamed(t.item, name)
			}
			q.expr(n.GetIndexElem().GetExpr(), sc)
		}
		q.expr(c.Infer.GetWhereClause(), sc)
		excluded := *t.item
		excluded.name, excluded.schema, excluded.ref = "excluded", "", nil
		excluded.cols = slices.Clone(t.item.cols)
		for i := range excluded.cols {
			excluded.cols[i].origins = nil // the caller's own values
		}
		conflict := &scope{items: []*item{t.item, &excluded}, ctes: ctes}
		for _, n := range c.TargetList {
			q.assignment(n, conflict)
		}
		q.expr(c.WhereClause, conflict)
		q.checkReferences(t, append([]string{}, targetColumns(c.TargetList)...), r)
		if len(s.Cols) > 0 {
			changed = append(changed, targetColumns(c.TargetList)...)
		}
		if t.plan != nil && t.plan.hides() && slices.Contains(targetColumns(c.TargetList), t.plan.table.SubjectColumn) {
			q.unsupported(t.item.ref.at, "changing the subject of a row", "Delete the row and insert another.")
		}
	}
	q.returning(s.ReturningList, sc)
	q.checkTarget(t, changed, r)
	if t.plan != nil && t.plan.hides() && q.refusal == nil {
		r.confineInsert(q, t, s)
	}
	r.conclude(q)
}

func (r *run) update(s *pg_query.UpdateStmt) {
	r.out.Kind = "UPDATE"
	r.change(s.Relation, s.WithClause, s.TargetList, s.FromClause, s.WhereClause, s.ReturningList)
}

func (r *run) delete(s *pg_query.DeleteStmt) {
	r.out.Kind = "DELETE"
	r.change(s.Relation, s.WithClause, nil, s.UsingClause, s.WhereClause, s.ReturningList)
}

// change walks UPDATE (sets are its SET list) and DELETE.
func (r *run) change(rv *pg_query.RangeVar, with *pg_query.WithClause, sets, from []*pg_query.Node, where *pg_query.Node, returning []*pg_query.Node) {
	q := r.resolver()
	var ctes *cte
	if with != nil {
		ctes = q.with(with, nil, nil)
	}
	t := q.writeTarget(rv, r)
	if t == nil {
		r.conclude(q)
		return
	}
	sc := &scope{items: []*item{t.item}, ctes: ctes}
	others := &scope{ctes: ctes} // FROM does not see the target
	for _, n := range from {
		others.items = append(others.items, q.from(n, others)...)
	}
	sc.items = append(sc.items, others.items...)
	if !q.currentOf(t, where) {
		q.expr(where, sc)
	}
	sc.exempt = true // evaluated on rows that have passed the condition
	for _, n := range sets {
		q.assignment(n, sc)
	}
	q.returning(returning, sc)
	changed := targetColumns(sets)
	q.checkReferences(t, changed, r)
	if changed == nil {
		changed = []string{} // DELETE gives no values
	}
	q.checkTarget(t, changed, r)
	if t.plan != nil && t.plan.hides() && q.refusal == nil {
		r.confineChange(q, t, rv, changed, where)
	}
	r.conclude(q)
}

// assignment walks column = expression, where the column may be subscripted.
func (q *resolver) assignment(n *pg_query.Node, sc *scope) {
	t := n.GetResTarget()
	q.expr(t.GetVal(), sc)
	for _, i := range t.GetIndirection() {
		if i.GetString_() == nil { // a field of a composite is a name only
			q.expr(i, sc)
		}
	}
}

func (q *resolver) returning(list []*pg_query.Node, sc *scope) {
	for _, n := range list {
		if t := n.GetResTarget(); t != nil {
			q.target(t, sc)
		}
	}
}

// markNamed notes a column that is named outside an expression.
func (q *resolver) markNamed(it *item, name string) {
	if c := it.column(name); c != nil {
		q.mark([]column{*c}, -1)
	}
}

// targetColumns returns the columns of an INSERT's column list or a SET list, nil if there is none.
func targetColumns(list []*pg_query.Node) (columns []string) {
	for _, n := range list {
		if t := n.GetResTarget(); t != nil {
			columns = append(columns, t.Name)
		}
	}
	return columns
}

func (r *run) truncate(s *pg_query.TruncateStmt) {
	r.out.Kind = "TRUNCATE"
	q := r.resolver()
	for _, n := range s.Relations {
		t := q.writeTarget(n.GetRangeVar(), r)
		if t == nil {
			break
		}
		q.checkReferences(t, nil, r)
		if t.plan != nil && t.plan.hides() {
			q.unsupported(t.item.ref.at, "TRUNCATE of a relation of which you do not see all rows", "Use DELETE.")
		}
	}
	if s.Behavior == pg_query.DropBehavior_DROP_CASCADE {
		q.unsupported(-1, "TRUNCATE ... CASCADE", "Name every table.")
	}
	r.conclude(q)
}

// copyFrom handles COPY ... FROM STDIN.
func (r *run) copyFrom(s *pg_query.CopyStmt) {
	q := r.resolver()
	if t := q.writeTarget(s.Relation, r); t != nil {
		columns, _ := names(s.Attlist)
		q.expr(s.WhereClause, &scope{items: []*item{t.item}})
		q.checkTarget(t, columns, r)
		if t.plan != nil && t.plan.hides() {
			q.unsupported(t.item.ref.at, "COPY into a relation of which you do not see all rows", "COPY into a temporary table, and INSERT ... SELECT from it.")
		}
	}
	r.conclude(q)
}
