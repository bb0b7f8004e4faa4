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

// value is an expression whose value an INSERT stores.
type value struct {
	start, end int // in the text
	untyped    bool
}

// takesType reports whether an expression takes the type of the column that it is assigned to.
func (q *resolver) takesType(n *pg_query.Node) bool {
	if p := n.GetParamRef(); p != nil {
		i := int(p.Number) - 1
		return i >= len(q.parameters) || i >= 0 && (q.parameters[i] == 0 || q.parameters[i] == typeUnknown)
	}
	return hasNoType(n.GetAConst())
}

// valueItems finds the i-th value in the rows of INSERT ... VALUES, whose VALUES is at a token.
func (q *resolver) valueItems(at int, s *pg_query.SelectStmt, i int) (found []value) {
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
		found = append(found, value{items[i][0], items[i][1], q.takesType(values[i])})
		at = q.p.skip(closing, 1) // the comma
		if at < 0 {
			at = closing
		}
	}
	return found
}

// targetItem finds the i-th expression of the target list of INSERT ... SELECT, whose first token is given. It finds
// none if the source is anything but a plain SELECT, if * stands before, or if an expression means another thing in a subquery.
func (q *resolver) targetItem(at int, s *pg_query.SelectStmt, i int) []value {
	if s.Op != pg_query.SetOperation_SETOP_NONE || s.WithClause != nil || s.DistinctClause != nil || s.LimitCount != nil || s.LimitOffset != nil ||
		len(s.TargetList) <= i || slices.ContainsFunc(s.TargetList[:i+1], isStarTarget) {
		return nil
	}
	if slices.ContainsFunc(slices.Concat(s.TargetList, s.SortClause), func(n *pg_query.Node) bool { return !q.ofOneRow(n) }) {
		return nil
	}
	items := q.targetItems(at, s)
	if items == nil {
		return nil
	}
	return items[i : i+1]
}

// isStarTarget reports whether an item of a target list stands for several columns.
func isStarTarget(n *pg_query.Node) bool {
	v := n.GetResTarget().GetVal()
	return v.GetColumnRef() != nil && isStar(v.GetColumnRef().Fields) || isStar(v.GetAIndirection().GetIndirection())
}

// targetItems finds the expressions of the target list of a SELECT, whose first token is given, without their aliases.
func (q *resolver) targetItems(at int, s *pg_query.SelectStmt) []value {
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
	if len(items) != len(s.TargetList) {
		return nil
	}
	found := make([]value, len(items))
	for i, span := range items {
		t := s.TargetList[i].GetResTarget()
		if t.GetName() != "" {
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
		found[i] = value{span[0], span[1], q.takesType(t.GetVal()) && !q.sorts(s, i)}
	}
	return found
}

// untypedItems finds the values of a plain SELECT of n columns that have no type of their own, by the columns' places. Those of
// other queries are texts by themselves.
func (q *resolver) untypedItems(at int, s *pg_query.SelectStmt, n int) map[int]value {
	if s.Op != pg_query.SetOperation_SETOP_NONE || s.WithClause != nil || s.DistinctClause != nil {
		return nil
	}
	untyped := map[int]value{}
	star := slices.IndexFunc(s.TargetList, isStarTarget)
	for i, v := range q.targetItems(at, s) {
		switch {
		case !v.untyped:
		case star < 0 || i < star:
			untyped[i] = v
		case !slices.ContainsFunc(s.TargetList[star+1:], isStarTarget):
			untyped[n-len(s.TargetList)+i] = v
		}
	}
	return untyped
}

// sorts reports whether a query sorts or groups by an item of its target list, named by its number or its alias: that makes a text of a
// constant.
func (q *resolver) sorts(s *pg_query.SelectStmt, i int) bool {
	return slices.ContainsFunc(slices.Concat(s.SortClause, s.GroupClause), func(n *pg_query.Node) bool {
		if by := n.GetSortBy(); by != nil {
			n = by.Node
		}
		if number, ok := q.p.wholeConstant(n); ok {
			return number == i+1
		}
		name, ok := names(n.GetColumnRef().GetFields())
		return ok && len(name) == 1 && name[0] == s.TargetList[i].GetResTarget().Name
	})
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
