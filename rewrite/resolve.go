package rewrite

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// resolver finds out what the names of one text mean and collects the edits that the decision on them asks for. It keeps
// the first refusal and walks on: what it returns after that does not matter.
type resolver struct {
	*views
	p          *parsed
	path       []string // schemas in which unqualified names are looked up
	temp       temporary
	fresh      fresh
	maySandbox func(schema string) bool // nil in definitions of views
	// parameters are the types that the client has declared for $1, $2, ...; 0 is none.
	parameters []uint32
	visited    visited
	refusal    *Refusal
	edits      []edit
	// qualified counts the edits that only spell a name out.
	qualified int
	refs      []*ref
	// relations are all relations that are read, for the audit.
	relations map[string]bool
	// personal is the first relation that needs a purpose to be declared.
	personal *catalog.Relation
	// utility is true for a statement that PostgreSQL does not analyse as a query: of a relation that it does not find it says no place,
	// and first whether the schema is missing.
	utility bool
	// leaky is true if an expression that is not leakproof may run before the row rules do.
	leaky bool
	// murky is true if a name in the statement may mean a column that is not known.
	murky bool
	// calm is true while a plain column is walked in a place in which nothing is computed from it but by leakproof operators.
	calm bool
	// joined is true if a query level has several FROM items.
	joined bool
	// volatile is true if the statement calls a function that may change something.
	volatile bool
	// locks is true if the statement locks rows; lockedOnly is a relation that it may lock only if it reads nothing protected.
	locks      bool
	lockedOnly *catalog.Relation
	// modify walks a statement that writes, top if it is no part of WITH; nil if none may stand in this text.
	modify func(n *pg_query.Node, ctes *cte, top bool) (cols []column, open bool)
	// returns is true while RETURNING is walked.
	returns bool
	// leakyJoin is true if a condition of a join is leaky.
	leakyJoin bool
	// mayInto is true if the next query may be a SELECT INTO: its table is looked at already.
	mayInto bool
	// inside are the spans of fragments, when a rewritten text is verified: what is in them is not looked at again.
	inside [][2]int
	// verifying is true when a rewritten text is verified: nothing may need an edit outside those spans.
	verifying bool
}

// views is what the resolvers of one statement share: the caller, and the views that the statement is inside of.
type views struct {
	*binding
	plan       func(*entry) *plan
	mayWrite   func(*entry) bool
	countables *countables // see countable
	open       []uint32    // OIDs of the views whose definitions are being walked
	read       map[foundName]bool
	made       map[catalog.Name]bool // tables in writable schemas that the session has made
}

func (b *binding) newResolver(v *views, p *parsed, path []string) *resolver {
	return &resolver{views: v, p: p, path: path, visited: visited{}, relations: map[string]bool{}}
}

// refuse keeps the first refusal; at is a byte offset in the text, negative if unknown.
func (r *resolver) refuse(at int, refusal Refusal) {
	if r.refusal != nil || r.verifying && refusal.Code != "XX000" {
		return
	}
	if at >= 0 && refusal.Position == 0 {
		refusal.Position = charPosition(r.p.src, at)
	}
	r.refusal = &refusal
}

// unsupported refuses syntax that the rewriter does not know.
func (r *resolver) unsupported(at int, c construct, names ...any) {
	r.refuse(at, c.refusal(names...))
}

// query walks a SELECT, VALUES, TABLE or set operation and returns its output columns.
func (r *resolver) query(s *pg_query.SelectStmt, parent *scope, ctes *cte, top bool) (cols []column, open bool) {
	if s == nil {
		r.unsupported(-1, unknownPart, "kind of query")
		return nil, true
	}
	r.visited[s] = true
	if r.refusal != nil {
		return nil, true
	}
	if s.IntoClause != nil && !r.mayInto {
		r.unsupported(int(s.IntoClause.Rel.GetLocation()), selectInside)
		return nil, true
	}
	r.mayInto = false
	if s.WithClause != nil {
		ctes = r.with(s.WithClause, parent, ctes, top)
	}
	for _, n := range s.LockingClause {
		for _, of := range n.GetLockingClause().GetLockedRels() {
			r.visited[of.GetRangeVar()] = true // an alias of FROM
		}
	}
	sc := &scope{parent: parent, ctes: ctes}
	switch {
	case s.Op != pg_query.SetOperation_SETOP_NONE && s.Op != pg_query.SetOperation_SET_OPERATION_UNDEFINED:
		cols, open = r.query(s.Larg, parent, ctes, false)
		right, rightOpen := r.query(s.Rarg, parent, ctes, false)
		if open || rightOpen {
			cols, right = anyOf(cols), anyOf(right)
		}
		for i := range min(len(cols), len(right)) {
			r.agree([]uint32{cols[i].typ, right[i].typ}, sc)
		}
		cols, open = mergeArms(cols, right), open || rightOpen
		r.sortOutput(s.SortClause, cols, sc)
	case len(s.ValuesLists) > 0:
		cols = r.values(s, sc)
		r.sortOutput(s.SortClause, cols, sc)
	default:
		cols, open = r.plain(s, sc, top)
	}
	limit := &scope{parent: parent, ctes: ctes, exempt: top}
	for _, n := range []*pg_query.Node{s.LimitOffset, s.LimitCount} {
		r.expr(n, limit)
		if c := n.GetAConst(); n != nil && (c == nil || r.p.isNegative(c)) {
			r.leak(limit) // a negative one is an error when the query runs, if it does
		}
	}
	return cols, open
}

// mergeArms gives the output columns of a set operation: the left arm's names.
func mergeArms(left, right []column) []column {
	out := make([]column, len(left))
	for i, c := range left {
		out[i] = column{name: c.name, guessed: c.guessed, origins: c.origins}
		if i < len(right) {
			out[i].origins = append(slices.Clip(c.origins), right[i].origins...)
			if right[i].typ == c.typ {
				out[i].typ = c.typ
			}
		}
	}
	return out
}

func (r *resolver) values(s *pg_query.SelectStmt, sc *scope) (cols []column) {
	types := map[int][]uint32{}
	for _, row := range s.ValuesLists {
		for i, v := range row.GetList().GetItems() {
			types[i] = append(types[i], r.expr(v, sc))
			if i == len(cols) {
				cols = append(cols, column{name: fmt.Sprintf("column%d", i+1)})
			}
		}
	}
	for _, t := range types {
		r.agree(t, sc)
	}
	return cols
}

// sortOutput walks the ORDER BY of a set operation or VALUES, which sees output columns only.
func (r *resolver) sortOutput(sort []*pg_query.Node, cols []column, sc *scope) {
	out := &scope{parent: sc.parent, ctes: sc.ctes, items: []*item{{cols: cols}}}
	for _, n := range sort {
		r.expr(n, out)
	}
}

// plain walks a SELECT that is no set operation.
func (r *resolver) plain(s *pg_query.SelectStmt, sc *scope, top bool) (cols []column, open bool) {
	refs, leakyJoin := len(r.refs), r.leakyJoin
	r.leakyJoin = false
	sc.narrowing = new(narrowing)
	for _, n := range s.FromClause {
		sc.items = append(sc.items, r.from(n, sc)...)
	}
	r.murky = r.murky || slices.ContainsFunc(sc.items, func(it *item) bool { return it.open })
	r.lock(s, sc, refs, r.leakyJoin)
	r.leakyJoin = leakyJoin
	r.expr(s.WhereClause, sc)
	r.narrow(s.WhereClause, sc, sc.narrowing, func(*item) bool { return true })
	sc.narrowing.settle()

	grouped := len(s.GroupClause) > 0
	var bare []bareColumn
	if grouped {
		sc.bare = &bare
	}
	// What is sorted or grouped may be computed below joins, on rows that no row rule has seen (allpaths.c sorts early for
	// Gather Merge).
	sc.exempt = top && len(s.SortClause)+len(s.GroupClause)+len(s.DistinctClause)+len(s.WindowClause) == 0
	for _, n := range s.TargetList {
		t := n.GetResTarget()
		if t == nil {
			r.unsupported(-1, unknownPart, "target list")
			return nil, true
		}
		c, more := r.target(t, sc)
		cols, open = append(cols, c...), open || more
		if len(cols) > maxColumns {
			r.refuse(int(t.Location), Refusal{Code: "54011", Message: fmt.Sprintf("target lists can have at most %d entries", maxColumns)})
			return nil, true
		}
	}
	if open {
		cols, r.murky = withoutTypes(cols), true
	}
	r.passThrough(s, sc, cols)
	outer := sc.items
	// Output names are visible in ORDER BY and GROUP BY, where they add nothing to what the target list uses.
	for _, n := range s.DistinctClause {
		if n != nil && n.Node != nil {
			r.orderExpr(n, sc, s.TargetList)
		}
	}
	for _, n := range s.SortClause {
		r.orderExpr(n.GetSortBy().GetNode(), sc, s.TargetList)
		r.sortOperator(n.GetSortBy())
	}
	for _, n := range s.WindowClause {
		r.expr(n, sc)
	}
	sc.bare = nil
	for _, n := range s.GroupClause {
		r.orderExpr(n, sc, s.TargetList)
	}
	sc.items = outer
	sc.exempt = false
	if grouped {
		sc.bare = &bare
	}
	r.expr(s.HavingClause, sc)
	sc.bare = nil
	if grouped {
		r.extendGroupBy(s, sc, bare)
	}
	return cols, open
}

// withoutTypes forgets the types of columns that may stand at other places than is known.
func withoutTypes(cols []column) []column {
	out := slices.Clone(cols)
	for i := range out {
		out[i].typ = 0
	}
	return out
}

// maxColumns is the most columns that a query can give (MaxTupleAttributeNumber in htup_details.h).
const maxColumns = 1664

// orderExpr walks an expression of ORDER BY, DISTINCT ON or GROUP BY, where a plain name may be an output column.
func (r *resolver) orderExpr(n *pg_query.Node, sc *scope, targets []*pg_query.Node) {
	if n == nil {
		return
	}
	if ref := n.GetColumnRef(); ref != nil && len(ref.Fields) == 1 {
		// A name that is not in the text may not be the one that PostgreSQL gives.
		if name := ref.Fields[0].GetString_(); name != nil && r.sureOutput(name.Sval, targets) {
			// Either the output column, whose expression is walked already, or an input column of that name.
			if found, _, _ := sc.find(name.Sval); len(found) == 0 {
				return
			}
		}
	}
	r.operand(n, sc)
}

// sureOutput reports whether a name is for certain that of an output column: the text gives it, or it is that of a column or function.
func (b *binding) sureOutput(name string, targets []*pg_query.Node) bool {
	t := b.outputTarget(name, targets)
	return t != nil && (t.Name != "" || t.Val.GetColumnRef() != nil || t.Val.GetFuncCall() != nil)
}

// outputTarget returns the target whose output name is given.
func (b *binding) outputTarget(name string, targets []*pg_query.Node) *pg_query.ResTarget {
	for _, n := range targets {
		if t := n.GetResTarget(); t != nil && (t.Name == name || t.Name == "" && b.outputName(t.Val) == name) {
			return t
		}
	}
	return nil
}

// target walks one entry of a target list and returns the columns that it yields.
func (r *resolver) target(t *pg_query.ResTarget, sc *scope) (cols []column, open bool) {
	if ref := t.Val.GetColumnRef(); ref != nil && isStar(ref.Fields) {
		return r.star(ref, sc)
	}
	if ind := t.Val.GetAIndirection(); ind != nil && isStar(ind.Indirection) {
		r.expr(t.Val, sc)
		return nil, true
	}
	typ := r.operand(t.Val, sc)
	c := column{name: t.Name, typ: typ}
	if c.name == "" {
		c.name, c.guessed = r.outputName(t.Val), t.Val.GetColumnRef() == nil
	}
	if ref := t.Val.GetColumnRef(); ref != nil {
		c.origins = r.lookup(ref, sc).origins
		c.source, _ = r.narrowable(t.Val, sc)
	}
	return []column{c}, false
}

func isStar(fields []*pg_query.Node) bool {
	return len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil
}

// star expands `*` or `name.*`.
func (r *resolver) star(ref *pg_query.ColumnRef, sc *scope) (cols []column, open bool) {
	items := sc.items
	if len(ref.Fields) > 1 {
		qualifier, ok := names(ref.Fields[:len(ref.Fields)-1])
		it := r.qualifier(qualifier, sc)
		if !ok || it == nil {
			r.oldOrNew(ref, qualifier)
			return nil, true // PostgreSQL's own error
		}
		r.unqualify(ref, qualifier, it)
		items = []*item{it}
	}
	for _, it := range items {
		r.markAll(it, sc)
		// Merged columns come first and once, in an order that is not followed here.
		for _, c := range it.standing() {
			c.source = place{}
			if slices.Contains(sc.items, it) {
				c.source, _ = it.narrowable(c.name)
			}
			cols = append(cols, c)
		}
		open = open || it.open || it.merged && len(ref.Fields) == 1
	}
	return cols, open
}

// standing returns the columns of an item that `*` gives: those that are denied to the caller are left out.
func (it *item) standing() []column {
	if it.ref == nil || it.ref.plan == nil {
		return it.cols
	}
	return slices.DeleteFunc(slices.Clone(it.cols), func(c column) bool {
		return len(c.origins) == 1 && !it.ref.plan.stands(c.origins[0].name)
	})
}
