package rewrite

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// SELECT ... FOR UPDATE and the like. PostgreSQL locks the rows that a query level returns, in each of its relations or in those that
// the clause names, and in what is in a subquery in FROM; not in subqueries of expressions. A fragment that is locked holds
// therefore the relation alone in FROM, and looks up the facts of a row in subqueries of expressions: the planner then tests a row
// where it scans the relation, and PostgreSQL locks, waits for and signals visible rows only.

// locking is what a query level with a locking clause has in common for all its references.
type locking struct {
	// leaky is true if what joins the level's items may fail or run long.
	leaky bool
	// where is true if the level has a WHERE.
	where bool
}

// lock applies the locking clauses of a query level. The references of its FROM are those from the given index on.
func (r *resolver) lock(s *pg_query.SelectStmt, sc *scope, from int, leaky bool) {
	if len(s.LockingClause) == 0 || r.verifying {
		return
	}
	r.locks = true
	level := &locking{leaky: leaky, where: s.WhereClause != nil}
	lockRef := func(f *ref) {
		switch {
		case f.view != nil || f.plan == nil || f.level != sc:
			r.unsupported(f.at, lockView)
		case !r.mayWrite(f.plan.entry):
			r.refuse(-1, lockRefused(f.rel))
		default:
			f.lock = level
		}
	}
	for _, n := range s.LockingClause {
		of := n.GetLockingClause().GetLockedRels()
		for _, f := range r.refs[from:] {
			if of == nil {
				lockRef(f)
			}
		}
		for _, it := range sc.items {
			named := slices.ContainsFunc(of, func(n *pg_query.Node) bool { return n.GetRangeVar().GetRelname() == it.name })
			switch {
			case of != nil && !named:
			case it.rel != nil && it.ref == nil && !r.mayWriteRelation(it.rel):
				r.lockedOnly = it.rel
			case named && it.ref != nil:
				lockRef(it.ref)
			case named && it.subquery:
				for _, f := range r.refs[from:] {
					if f.level != sc {
						lockRef(f)
					}
				}
			}
		}
	}
}

// mayWriteRelation reports whether the policy lets the caller write a relation.
func (r *resolver) mayWriteRelation(rel *catalog.Relation) bool {
	e := r.entries[rel.OID]
	return e != nil && r.mayWrite(e)
}

// lockRefused is PostgreSQL's own error: locking a row takes the privilege to update it.
func lockRefused(rel *catalog.Relation) Refusal {
	return Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for table %s", rel.Name.Name),
		Hint: "Locking rows takes the right to write: the policy grants it by `write: [role]`. Read the rows without locking them."}
}

// guardLock sees to it that the conditions of a level with a locked relation run on visible rows only, though no fence is possible
// there: behind one, PostgreSQL would lock all visible rows, whatever the conditions.
func (r *resolver) guardLock(f *ref) {
	if !r.leaky || !f.plan.hides() {
		return
	}
	facts := f.plan.factColumns()
	switch {
	case f.lock.leaky:
		r.unsupported(f.at, lockJoin)
		return
	case !f.lock.where:
		return
	case f.positional || slices.ContainsFunc(facts, func(c string) bool { return !f.plan.shows(c) }):
		r.unsupported(f.at, lockCondition)
		return
	}
	// f.at is in FROM: of what follows on its level, WHERE comes first, perhaps behind the brackets of joins.
	i := r.p.tokenAt(f.at)
	for i = r.p.qualifiedName(i); i >= 0 && (!r.p.is(i, pg_query.Token_WHERE) || r.p.isLabel(i)); i = r.p.skip(i, 1) {
		if r.p.is(i, pg_query.Token_ASCII_40) {
			i = r.p.closing(i)
		}
	}
	if i >= 0 {
		if spans := r.split(r.p.skip(i, 1), r.endsTargetList); len(spans) == 1 {
			start, end := spans[0][0], spans[0][1]
			f.guarded = true
			r.edits = append(r.edits, edit{start, start, "CASE WHEN " + f.plan.seen(quote(f.name)) + " THEN ("}, edit{end, end, "\n) ELSE false END"})
			return
		}
	}
	r.unsupported(f.at, unknownPart, "locking clause")
}

// currentOf handles UPDATE and DELETE ... WHERE CURRENT OF cursor: the row is one that the cursor has shown.
func (r *resolver) currentOf(t *target, n *pg_query.Node) bool {
	if n.GetCurrentOfExpr() == nil {
		return false
	}
	if t.plan != nil && t.plan.hides() {
		// By now it may be hidden, and a condition cannot be added.
		r.unsupported(t.item.ref.at, cursorRow)
	}
	return true
}

// factColumns are the columns of a relation on which it depends whether a row is visible.
func (p *plan) factColumns() []string {
	if p.subject == nil {
		return nil
	}
	columns := []string{p.table.SubjectColumn}
	if g := (&facts{plan: p}); g.own() {
		for _, c := range p.subject.region.columns() {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// seen spells the condition that the caller sees the row of an alias. It is a subquery of its own, which the planner can only
// test where it scans the relation.
func (p *plan) seen(row string) string {
	g := &facts{plan: p}
	return g.apart(g.rows(), row)
}

// apart puts a condition over facts, whose tables are joined beside the row of an alias, into a subquery of its own.
func (g *facts) apart(condition, row string) string {
	if condition == "" {
		return "true"
	}
	source := ""
	for i, c := range g.factColumns() {
		if i > 0 {
			source += ", "
		}
		source += row + "." + quote(c)
	}
	joins := ""
	if g.subject != nil {
		joins = g.joins()
	}
	return fmt.Sprintf("(SELECT %s FROM (SELECT %s) AS %s%s)", condition, source, aliasSource, joins)
}
