package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// Where the values of an INSERT stand in the text: the parse tree does not say where an expression ends.

// sourceStart returns the index of the first token of the source of an INSERT: of VALUES, SELECT, WITH, TABLE or an opening bracket.
func (q *resolver) sourceStart(t *target, s *pg_query.InsertStmt) int {
	i := q.p.skip(q.p.qualifiedName(q.p.tokenAt(t.item.ref.at)), 1)
	if q.p.is(i, pg_query.Token_AS) {
		i = q.p.skip(q.p.skip(i, 1), 1)
	}
	if len(s.Cols) > 0 {
		i = q.p.skip(q.p.closing(i), 1)
	}
	if q.p.is(i, pg_query.Token_OVERRIDING) { // USER VALUE, SYSTEM VALUE
		i = q.p.skip(q.p.skip(q.p.skip(i, 1), 1), 1)
	}
	return i
}

// split returns the spans between commas outside brackets in the tokens from i up to the first for which end holds.
func (q *resolver) split(i int, end func(i int) bool) (items [][2]int) {
	start, last := i, len(q.p.tokens)
	q.p.outside(i, func(at int) bool {
		if end(at) {
			last = at
			return true
		}
		if q.p.is(at, pg_query.Token_ASCII_44) {
			items = append(items, q.p.spanOf(start, at))
			start = q.p.skip(at, 1)
		}
		return false
	})
	if start >= 0 && start < last {
		items = append(items, q.p.spanOf(start, last))
	}
	return items
}

// spanOf returns the byte offsets of the tokens from start up to, and without, end.
func (p *parsed) spanOf(start, end int) [2]int {
	return [2]int{p.tokens[start].start, p.tokens[p.skip(end, -1)].end}
}

// valueItems finds the spans of the i-th value in the rows of INSERT ... VALUES, whose VALUES is at a token.
func (q *resolver) valueItems(at int, s *pg_query.SelectStmt, i int) (spans [][2]int) {
	for q.p.is(at, pg_query.Token_ASCII_40) { // (VALUES ...)
		at = q.p.skip(at, 1)
	}
	if !q.p.is(at, pg_query.Token_VALUES) {
		return nil
	}
	for _, row := range s.ValuesLists {
		open := q.p.skip(at, 1)
		closing := q.p.closing(open)
		if open < 0 || closing < 0 {
			return nil
		}
		values := row.GetList().GetItems()
		items := q.split(q.p.skip(open, 1), func(i int) bool { return i == closing })
		if len(items) <= i || len(values) <= i || values[i].GetSetToDefault() != nil {
			return nil
		}
		spans = append(spans, items[i])
		at = q.p.skip(closing, 1) // the comma
		if at < 0 {
			at = closing
		}
	}
	return spans
}

// targetItem finds the span of the i-th expression of the target list of INSERT ... SELECT, whose first token is given. It finds
// none if the source is anything but a plain SELECT, if * stands before, or if the expression means another thing in a subquery.
func (q *resolver) targetItem(at int, s *pg_query.SelectStmt, i int) [][2]int {
	if s.Op != pg_query.SetOperation_SETOP_NONE || s.WithClause != nil || s.DistinctClause != nil || s.LimitCount != nil || s.LimitOffset != nil ||
		len(s.TargetList) <= i {
		return nil
	}
	for _, n := range s.TargetList[:i+1] {
		if ref := n.GetResTarget().GetVal().GetColumnRef(); ref != nil && isStar(ref.Fields) || isStar(n.GetResTarget().GetVal().GetAIndirection().GetIndirection()) {
			return nil
		}
	}
	if !q.ofOneRow(s.TargetList[i].GetResTarget().GetVal()) {
		return nil
	}
	for q.p.is(at, pg_query.Token_ASCII_40) { // (SELECT ...)
		at = q.p.skip(at, 1)
	}
	if !q.p.is(at, pg_query.Token_SELECT) {
		return nil
	}
	at = q.p.skip(at, 1)
	if q.p.is(at, pg_query.Token_ALL) {
		at = q.p.skip(at, 1)
	}
	items := q.split(at, q.endsTargetList)
	if len(items) < len(s.TargetList) {
		return nil
	}
	span := items[i]
	if s.TargetList[i].GetResTarget().Name != "" { // without the alias
		last := q.p.skip(q.p.firstToken(span[1]), -1)
		if as := q.p.skip(last, -1); q.p.is(as, pg_query.Token_AS) {
			last = as
		}
		before := q.p.skip(last, -1)
		if before < 0 || q.p.tokens[before].end <= span[0] {
			return nil
		}
		span[1] = q.p.tokens[before].end
	}
	return [][2]int{span}
}

// ofOneRow reports whether an expression is computed from one row: it holds no aggregate, window or set-returning function.
func (q *resolver) ofOneRow(n *pg_query.Node) bool {
	if f := n.GetFuncCall(); f != nil {
		name, _ := names(f.Funcname)
		if f.Over != nil || len(name) == 0 || slices.ContainsFunc(q.functionsNamed(name), func(f *catalog.Function) bool { return f.Kind != 'f' || f.Set }) {
			return false
		}
	}
	kids, known := children(n)
	return known && n.GetJsonObjectAgg() == nil && n.GetJsonArrayAgg() == nil && !slices.ContainsFunc(kids, func(k *pg_query.Node) bool { return !q.ofOneRow(k) })
}

// endsTargetList reports whether token i, outside brackets, begins what follows a target list or a condition.
func (q *resolver) endsTargetList(i int) bool {
	before := q.p.skip(i, -1)
	switch q.p.tokens[i].kind {
	case pg_query.Token_FROM:
		return !q.p.is(before, pg_query.Token_DISTINCT) // IS DISTINCT FROM
	case pg_query.Token_GROUP_P:
		return !q.p.is(before, pg_query.Token_WITHIN)
	case pg_query.Token_WHERE, pg_query.Token_HAVING, pg_query.Token_WINDOW, pg_query.Token_ORDER, pg_query.Token_LIMIT, pg_query.Token_OFFSET,
		pg_query.Token_FETCH, pg_query.Token_FOR, pg_query.Token_ON, pg_query.Token_RETURNING, pg_query.Token_ASCII_59, pg_query.Token_ASCII_41:
		return true
	}
	return false
}
