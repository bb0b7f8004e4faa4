package rewrite

import (
	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// with walks WITH queries and returns the scope that holds them. top is true if the clause belongs to the statement itself: only
// there may they write.
func (r *resolver) with(w *pg_query.WithClause, parent *scope, ctes *cte, top bool) *cte {
	if w.Recursive {
		r.murky = true // it is not followed which columns of a query become which of the recursion's
		// Every query of the list may refer to every other, itself included.
		for _, n := range w.Ctes {
			c := n.GetCommonTableExpr()
			list, _ := names(c.GetAliascolnames())
			entry := &cte{name: c.GetCtename(), open: true, parent: ctes}
			for _, name := range list {
				entry.cols = append(entry.cols, column{name: name})
			}
			ctes = entry
		}
	}
	for _, n := range w.Ctes {
		c := n.GetCommonTableExpr()
		cols, open := r.withQuery(c, parent, ctes, top)
		cols = renameColumns(cols, c.Aliascolnames, open)
		if k := c.SearchClause; k != nil {
			cols = append(cols, column{name: k.SearchSeqColumn})
		}
		if k := c.CycleClause; k != nil {
			level := &scope{parent: parent, ctes: ctes}
			r.expr(k.CycleMarkValue, level)
			r.expr(k.CycleMarkDefault, level)
			cols = append(cols, column{name: k.CycleMarkColumn}, column{name: k.CyclePathColumn})
		}
		if w.Recursive {
			own := ctes.find(c.Ctename)
			own.cols, own.open = cols, open
		} else {
			ctes = &cte{name: c.Ctename, cols: cols, open: open, parent: ctes}
		}
	}
	return ctes
}

// withQuery walks one query of WITH, which may be a statement that writes: it runs once and to its end, whatever reads from it.
func (r *resolver) withQuery(c *pg_query.CommonTableExpr, parent *scope, ctes *cte, top bool) (cols []column, open bool) {
	if s := c.GetCtequery().GetSelectStmt(); s != nil {
		return r.query(s, parent, ctes, false)
	}
	switch {
	case r.verifying:
		for _, s := range queriesIn(c.Ctequery) {
			r.query(s, parent, ctes, false)
		}
	case !top || r.modify == nil:
		r.refuse(int(c.GetLocation()), Refusal{Code: "0A000", Message: "WITH clause containing a data-modifying statement must be at the top level"})
	default:
		return r.modify(c.Ctequery, ctes, false)
	}
	return nil, true
}
