package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// mergeRows walks MERGE. A row of the target that the caller does not see matches nothing: its source row is NOT MATCHED, and an
// INSERT about a subject that he does not see fails, whether there is such a row or not.
func (r *run) mergeRows(q *resolver, s *pg_query.MergeStmt, ctes *cte) {
	t := q.writeTarget(s.Relation, r)
	if t == nil {
		return
	}
	source := &scope{ctes: ctes}
	source.items = q.from(s.SourceRelation, source)
	q.joined = true // the target, beside it
	both := &scope{items: append([]*item{t.item}, source.items...), ctes: ctes}
	leaky := q.leaks(func() { q.expr(s.JoinCondition, both) })
	source.exempt, both.exempt = true, true // evaluated on rows that are joined
	var ops []operation
	for _, n := range s.MergeWhenClauses {
		c := n.GetMergeWhenClause()
		sc := both
		if !c.Matched {
			sc = source
		}
		q.expr(c.Condition, sc)
		for _, set := range c.TargetList {
			q.assignment(set, sc)
		}
		for _, v := range c.Values {
			q.expr(v, sc)
		}
		switch c.CommandType {
		case pg_query.CmdType_CMD_INSERT:
			ops = append(ops, inserts(targetColumns(c.TargetList)))
		case pg_query.CmdType_CMD_UPDATE:
			ops = append(ops, updates(targetColumns(c.TargetList)))
		case pg_query.CmdType_CMD_DELETE:
			ops = append(ops, deletes())
		case pg_query.CmdType_CMD_NOTHING:
		default:
			q.unsupported(-1, unknownPart, "action of MERGE")
		}
	}
	q.checkTarget(t, r, ops...)
	if t.plan != nil && t.plan.hides() && q.refusal == nil {
		q.confine(t, ops...)
		r.confineMerge(q, t, s, leaky)
	}
}

// confineMerge adds the condition that a row is visible to the ON of a MERGE, and the check of the subject to each INSERT.
func (r *run) confineMerge(q *resolver, t *target, s *pg_query.MergeStmt, leaky bool) {
	on := -1
	var whens []int
	q.p.outside(q.p.tokenAt(t.item.ref.at), func(i int) bool {
		switch q.p.tokens[i].kind {
		case pg_query.Token_ON:
			if len(whens) == 0 { // the last one: those before belong to joins of the source
				on = i
			}
		case pg_query.Token_WHEN:
			whens = append(whens, i)
		case pg_query.Token_ASCII_59, pg_query.Token_ASCII_41:
			return true
		}
		return false
	})
	if on < 0 || len(whens) != len(s.MergeWhenClauses) {
		q.unsupported(t.item.ref.at, unknownPart, "MERGE")
		return
	}
	q.restrict(t, q.p.tokens[on].end, q.p.tokens[q.p.skip(whens[0], -1)].end, leaky)
	for k, n := range s.MergeWhenClauses {
		c := n.GetMergeWhenClause()
		if c.CommandType != pg_query.CmdType_CMD_INSERT {
			continue
		}
		i := slices.Index(t.given(targetColumns(c.TargetList)), t.plan.table.SubjectColumn)
		var values []value
		if i >= 0 && i < len(c.Values) && c.Values[i].GetSetToDefault() == nil {
			values = q.mergeValue(whens[k], c, i)
		}
		r.checkInserted(q, t, c, i, values)
	}
}

// mergeValue finds the i-th value of the INSERT of the WHEN clause that begins at a token.
func (q *resolver) mergeValue(when int, c *pg_query.MergeWhenClause, i int) (found []value) {
	q.p.outside(when, func(at int) bool {
		if q.p.is(at, pg_query.Token_VALUES) {
			open := q.p.skip(at, 1)
			closing := q.p.closing(open)
			if items := q.split(q.p.skip(open, 1), func(k int) bool { return k == closing }); i < len(items) {
				found = []value{{items[i][0], items[i][1], q.takesType(c.Values[i])}}
			}
			return true
		}
		return at != when && q.p.is(at, pg_query.Token_WHEN)
	})
	return found
}
