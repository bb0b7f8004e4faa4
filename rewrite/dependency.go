package rewrite

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// extendGroupBy keeps statements working that group by a table's primary key and use its other columns: PostgreSQL
// knows that these depend on the key (see "GROUP BY" in the manual), but not those of a subquery. So the columns that
// are used outside aggregates are added to the GROUP BY, which then forms the same groups.
func (r *resolver) extendGroupBy(s *pg_query.SelectStmt, sc *scope, bare []bareColumn) {
	grouped := map[*item][]string{}
	for _, n := range s.GroupClause {
		it, name := r.groupColumn(n, sc, s.TargetList)
		if it == nil {
			if n.GetGroupingSet() != nil {
				return // the key must be in every grouping set: left to PostgreSQL
			}
			continue
		}
		grouped[it] = append(grouped[it], name)
	}
	var add []string
	for _, it := range sc.items {
		f := it.ref
		if f == nil || f.plan == nil || f.view != nil || len(grouped[it]) == 0 || !keyShown(f.plan, grouped[it]) {
			continue
		}
		for _, b := range bare {
			if b.item != it {
				continue
			}
			for _, c := range f.plan.columns {
				name := quote(it.name) + "." + quote(c.Name)
				if (b.name == "" || b.name == c.Name) && !slices.Contains(grouped[it], c.Name) && !slices.Contains(add, name) &&
					f.plan.groupable(c.Name) {
					add = append(add, name)
				}
			}
		}
	}
	if len(add) == 0 {
		return
	}
	at := r.groupByEnd(s)
	if at < 0 {
		return // PostgreSQL's own error
	}
	r.edits = append(r.edits, edit{at, at, " " + strings.Join(add, ", ") + ","})
}

// keyShown reports whether the columns hold the relation's whole primary key, and the caller sees it as it is.
func keyShown(p *plan, columns []string) bool {
	return len(p.rel.PrimaryKey) > 0 && !slices.ContainsFunc(p.rel.PrimaryKey, func(k string) bool { return !p.shows(k) || !slices.Contains(columns, k) })
}

// groupColumn finds the item's column that an entry of GROUP BY means, by name, output name or number.
func (r *resolver) groupColumn(n *pg_query.Node, sc *scope, targets []*pg_query.Node) (*item, string) {
	if i, ok := r.p.wholeConstant(n); ok && i >= 1 && i <= len(targets) {
		n = targets[i-1].GetResTarget().GetVal()
	}
	ref := n.GetColumnRef()
	if ref == nil {
		return nil, ""
	}
	parts, ok := names(ref.Fields)
	if !ok {
		return nil, ""
	}
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		return r.qualifier(parts[:len(parts)-1], sc), name
	}
	if _, items, _ := sc.find(name); len(items) == 1 {
		return items[0], name
	}
	if t := r.outputTarget(name, targets); t != nil && t.Val.GetColumnRef() != nil && t.Val != n {
		return r.groupColumn(t.Val, sc, nil)
	}
	return nil, ""
}

// groupByEnd finds the byte offset behind the words GROUP BY of a query level, -1 if it cannot.
func (r *resolver) groupByEnd(s *pg_query.SelectStmt) int {
	first := -1
	locations(s.GroupClause[0], func(at int) {
		if at > 0 && (first < 0 || at < first) {
			first = at
		}
	})
	i := r.p.tokenAt(first)
	for i = r.p.skip(i, -1); i >= 0; i = r.p.skip(i, -1) {
		switch {
		case r.p.is(i, pg_query.Token_BY) && r.p.is(r.p.skip(i, -1), pg_query.Token_GROUP_P):
			return r.p.tokens[i].end
		case r.p.is(i, pg_query.Token_DISTINCT), r.p.is(i, pg_query.Token_ALL):
			if before := r.p.skip(i, -1); r.p.is(before, pg_query.Token_BY) {
				return r.p.tokens[i].end
			}
		case !r.p.is(i, pg_query.Token_ASCII_40):
			return -1
		}
	}
	return -1
}
