package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

func (r *run) insert(s *pg_query.InsertStmt) {
	r.write(&pg_query.Node{Node: &pg_query.Node_InsertStmt{InsertStmt: s}})
}

func (r *run) update(s *pg_query.UpdateStmt) {
	r.write(&pg_query.Node{Node: &pg_query.Node_UpdateStmt{UpdateStmt: s}})
}

func (r *run) delete(s *pg_query.DeleteStmt) {
	r.write(&pg_query.Node{Node: &pg_query.Node_DeleteStmt{DeleteStmt: s}})
}

func (r *run) merge(s *pg_query.MergeStmt) {
	r.write(&pg_query.Node{Node: &pg_query.Node_MergeStmt{MergeStmt: s}})
}

// write handles a statement that writes.
func (r *run) write(n *pg_query.Node) {
	q := r.resolver()
	q.modify(n, nil, true)
	r.conclude(q)
}

// modification walks INSERT, UPDATE, DELETE and MERGE, which may stand in WITH, and returns what RETURNING gives.
func (r *run) modification(q *resolver, n *pg_query.Node, ctes *cte, top bool) (cols []column, open bool) {
	r.writes = true
	with := func(w *pg_query.WithClause) *cte {
		if w == nil {
			return ctes
		}
		return q.with(w, nil, ctes, top)
	}
	switch x := n.GetNode().(type) {
	case *pg_query.Node_InsertStmt:
		return r.insertRows(q, x.InsertStmt, with(x.InsertStmt.WithClause))
	case *pg_query.Node_UpdateStmt:
		s := x.UpdateStmt
		return r.changeRows(q, updates(targetColumns(s.TargetList)), s.Relation, with(s.WithClause), s.TargetList, s.FromClause, s.WhereClause, s.ReturningList)
	case *pg_query.Node_DeleteStmt:
		s := x.DeleteStmt
		return r.changeRows(q, deletes(), s.Relation, with(s.WithClause), nil, s.UsingClause, s.WhereClause, s.ReturningList)
	case *pg_query.Node_MergeStmt:
		r.mergeRows(q, x.MergeStmt, with(x.MergeStmt.WithClause))
		return nil, false
	}
	q.unsupported(-1, writeWith)
	return nil, true
}

func (r *run) insertRows(q *resolver, s *pg_query.InsertStmt, ctes *cte) (cols []column, open bool) {
	t := q.writeTarget(s.Relation, r)
	if t == nil {
		return nil, true
	}
	var given []column
	var unsure bool
	if source := s.SelectStmt.GetSelectStmt(); source != nil {
		given, unsure = q.query(source, nil, ctes, false)
	}
	for _, n := range s.Cols { // column[index]
		q.assignment(n, &scope{ctes: ctes})
	}
	sc := &scope{items: []*item{t.item}, ctes: ctes}
	ops := []operation{inserts(targetColumns(s.Cols))}
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
		if set := targetColumns(c.TargetList); len(set) > 0 {
			ops = append(ops, updates(set))
		}
	}
	cols, open = q.returning(s.ReturningList, sc)
	if t.plan != nil && t.plan.hides() && q.refusal == nil {
		q.confine(t, ops...)
		r.confineInsert(q, t, s, given, unsure)
	}
	q.checkTarget(t, r, ops...)
	return cols, open
}

// changeRows walks UPDATE (sets are its SET list) and DELETE.
func (r *run) changeRows(q *resolver, op operation, rv *pg_query.RangeVar, ctes *cte, sets, from []*pg_query.Node, where *pg_query.Node, returning []*pg_query.Node) (cols []column, open bool) {
	t := q.writeTarget(rv, r)
	if t == nil {
		return nil, true
	}
	sc := &scope{items: []*item{t.item}, ctes: ctes}
	others := &scope{ctes: ctes} // FROM does not see the target
	for _, n := range from {
		others.items = append(others.items, q.from(n, others)...)
	}
	q.joined = true // the target, beside them
	sc.items = append(sc.items, others.items...)
	leaky := false
	if !q.currentOf(t, where) {
		leaky = q.leaks(func() { q.expr(where, sc) })
	}
	sc.exempt = true // evaluated on rows that have passed the condition
	for _, n := range sets {
		q.assignment(n, sc)
	}
	cols, open = q.returning(returning, sc)
	q.checkTarget(t, r, op)
	if t.plan != nil && t.plan.hides() && q.refusal == nil {
		q.confine(t, op)
		q.confineChange(t, rv, where, leaky)
	}
	return cols, open
}

// leaks walks a part of a statement and reports whether it is leaky in itself.
func (q *resolver) leaks(walk func()) bool {
	before := q.leaky
	q.leaky = false
	walk()
	own := q.leaky
	q.leaky = own || before
	return own
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

// returning walks RETURNING. What it gives are results: no column of a relation stands behind them any more.
func (q *resolver) returning(list []*pg_query.Node, sc *scope) (cols []column, open bool) {
	q.returns = true
	defer func() { q.returns = false }() // a subquery in it cannot write
	for _, n := range list {
		if t := n.GetResTarget(); t != nil {
			c, more := q.target(t, sc)
			cols, open = append(cols, c...), open || more
		}
	}
	cols = slices.Clone(cols)
	for i := range cols {
		cols[i].origins = nil
	}
	return cols, open
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
	q.utility = true
	for _, n := range s.Relations {
		t := q.writeTarget(n.GetRangeVar(), r)
		if t == nil {
			break
		}
		q.checkTarget(t, r, deletes())
		if t.plan != nil && t.plan.hides() {
			q.unsupported(t.item.ref.at, truncateHidden)
		}
	}
	if s.Behavior == pg_query.DropBehavior_DROP_CASCADE {
		q.unsupported(-1, truncateCascade)
	}
	r.conclude(q)
}
