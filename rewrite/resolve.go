package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// resolver finds out what the names of one text mean and collects the edits that the decision on them asks for. It keeps
// the first refusal and walks on: what it returns after that does not matter.
type resolver struct {
	*views
	p    *parsed
	path []string // schemas in which unqualified names are looked up
	temp temporary
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
	// leaky is true if an expression that is not leakproof may run before the row rules do.
	leaky bool
	// items counts the FROM items of the statement.
	items int
	// locks is true if the statement locks rows.
	locks bool
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
	countables *countables // see countable
	open       []uint32    // OIDs of the views whose definitions are being walked
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
func (r *resolver) unsupported(at int, what, hint string) {
	r.refuse(at, Refusal{Code: "0A000", Message: what + " is not supported by pgscrim", Hint: hint})
}

// query walks a SELECT, VALUES, TABLE or set operation and returns its output columns.
func (r *resolver) query(s *pg_query.SelectStmt, parent *scope, ctes *cte, top bool) (cols []column, open bool) {
	if s == nil {
		r.unsupported(-1, "this kind of query", "")
		return nil, true
	}
	r.visited[s] = true
	if r.refusal != nil {
		return nil, true
	}
	if s.IntoClause != nil && !r.mayInto {
		r.unsupported(int(s.IntoClause.Rel.GetLocation()), "SELECT INTO", "Use CREATE TEMPORARY TABLE ... AS.")
		return nil, true
	}
	r.mayInto = false
	if s.WithClause != nil {
		ctes = r.with(s.WithClause, parent, ctes)
	}
	for _, n := range s.LockingClause {
		r.locks = true
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
		if c := n.GetAConst(); n != nil && (c == nil || !c.Isnull && c.GetIval().GetIval() < 0) {
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
	for _, n := range s.FromClause {
		sc.items = append(sc.items, r.from(n, sc)...)
	}
	r.expr(s.WhereClause, sc)

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
			r.unsupported(-1, "this target list", "")
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
		cols = withoutTypes(cols)
	}
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
		if name := ref.Fields[0].GetString_(); name != nil && outputTarget(name.Sval, targets) != nil {
			// Either the output column, whose expression is walked already, or an input column of that name.
			if found, _, _ := sc.find(name.Sval); len(found) == 0 {
				return
			}
		}
	}
	r.expr(n, sc)
}

// outputTarget returns the target whose output name is given.
func outputTarget(name string, targets []*pg_query.Node) *pg_query.ResTarget {
	for _, n := range targets {
		if t := n.GetResTarget(); t != nil && (t.Name == name || t.Name == "" && outputName(t.Val) == name) {
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
	typ := r.expr(t.Val, sc)
	c := column{name: t.Name, typ: typ}
	if c.name == "" {
		c.name, c.guessed = outputName(t.Val), t.Val.GetColumnRef() == nil
	}
	if ref := t.Val.GetColumnRef(); ref != nil {
		c.origins = r.lookup(ref, sc).origins
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
			return nil, true // PostgreSQL's own error
		}
		r.unqualify(ref, qualifier, it)
		items = []*item{it}
	}
	for _, it := range items {
		r.markAll(it, sc)
		// Merged columns come first and once, in an order that is not followed here.
		cols, open = append(cols, it.standing()...), open || it.open || it.merged && len(ref.Fields) == 1
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

// with walks WITH queries and returns the scope that holds them.
func (r *resolver) with(w *pg_query.WithClause, parent *scope, ctes *cte) *cte {
	if w.Recursive {
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
		s := c.GetCtequery().GetSelectStmt()
		if s == nil {
			r.unsupported(int(c.GetLocation()), "a data-modifying statement in WITH", "Run the statements one by one.")
			return ctes
		}
		cols, open := r.query(s, parent, ctes, false)
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

// from walks one entry of a FROM clause. The items of sc are those before it, which a LATERAL entry can see.
func (r *resolver) from(n *pg_query.Node, sc *scope) []*item {
	if n.GetJoinExpr() == nil {
		r.items++
	}
	switch x := n.Node.(type) {
	case *pg_query.Node_RangeVar:
		return []*item{r.relation(x.RangeVar, sc)}
	case *pg_query.Node_RangeSubselect:
		parent := sc.parent
		if x.RangeSubselect.Lateral {
			parent = sc
			r.leaky = true // it runs once for each row before it
		}
		cols, open := r.query(x.RangeSubselect.Subquery.GetSelectStmt(), parent, sc.ctes, false)
		it := &item{cols: cols, open: open}
		it.rename(x.RangeSubselect.Alias)
		return []*item{it}
	case *pg_query.Node_RangeFunction:
		return []*item{r.rangeFunction(x.RangeFunction, sc)}
	case *pg_query.Node_RangeTableFunc:
		return []*item{r.xmlTable(x.RangeTableFunc, sc)}
	case *pg_query.Node_RangeTableSample:
		return []*item{r.tableSample(x.RangeTableSample, sc)}
	case *pg_query.Node_JoinExpr:
		return r.join(x.JoinExpr, sc)
	}
	r.unsupported(-1, "this FROM clause", "")
	return nil
}

func (r *resolver) join(j *pg_query.JoinExpr, sc *scope) []*item {
	before := sc.items
	left := r.from(j.Larg, sc)
	sc.items = append(slices.Clip(before), left...)
	right := r.from(j.Rarg, sc)
	sc.items = before

	both := append(slices.Clip(left), right...)
	using, _ := names(j.UsingClause)
	if j.IsNatural {
		using = commonColumns(left, right)
		if slices.ContainsFunc(both, func(it *item) bool { return it.open }) { // any column may be common
			r.leaky = true
			for _, it := range both {
				r.markAll(it, sc)
			}
		}
	}
	l, rt := &scope{items: left}, &scope{items: right}
	if len(using) > 0 {
		r.operatorName([]string{"="}, -1)
	}
	for _, name := range using {
		a, _, _ := l.find(name)
		b, _, _ := rt.find(name)
		r.mark(append(slices.Clip(a), b...), -1)
		if len(a) != 1 || len(b) != 1 || !r.leakproof("=", a[0].typ, b[0].typ) {
			r.leaky = true
		}
		if len(a) != 1 || len(b) != 1 || a[0].typ != b[0].typ {
			forgetType(both, name) // the merged column is of a type that both can be cast to
		}
	}
	for _, it := range both {
		it.merged = it.merged || len(using) > 0
	}
	r.expr(j.Quals, &scope{parent: sc.parent, ctes: sc.ctes, items: both})
	if a := j.JoinUsingAlias; a != nil {
		merged := &item{name: a.Aliasname}
		for _, name := range using {
			c, _, _ := l.find(name)
			merged.cols = append(merged.cols, c...)
			merged.merged = true
		}
		both = append(both, merged)
	}
	if j.Alias == nil {
		return both
	}
	if len(j.Alias.Colnames) > 0 {
		renamed(both)
	}
	// An alias on the join hides the items inside; merged columns come first.
	it := &item{}
	for _, name := range using {
		a, _, _ := l.find(name)
		b, _, _ := rt.find(name)
		merged := column{name: name}
		for _, c := range append(slices.Clip(a), b...) {
			merged.origins = append(merged.origins, c.origins...)
		}
		it.cols = append(it.cols, merged)
	}
	for _, in := range append(slices.Clip(left), right...) {
		it.open = it.open || in.open || in.merged
		for _, c := range in.cols {
			if !slices.Contains(using, c.name) {
				it.cols = append(it.cols, c)
			}
		}
	}
	if len(it.cols) > maxColumns {
		r.refuse(-1, Refusal{Code: "54011", Message: fmt.Sprintf("target lists can have at most %d entries", maxColumns)})
		return nil
	}
	it.rename(j.Alias)
	return []*item{it}
}

// forgetType forgets the type of a column in all items.
func forgetType(items []*item, name string) {
	for _, it := range items {
		it.cols = slices.Clone(it.cols)
		for i := range it.cols {
			if it.cols[i].name == name {
				it.cols[i].typ = 0
			}
		}
	}
}

// renamed notes that a column list renames the columns of items by position: none may be left out.
func renamed(items []*item) {
	for _, it := range items {
		for _, c := range it.cols {
			for _, o := range c.origins {
				o.ref.positional = true
			}
		}
	}
}

func commonColumns(left, right []*item) (common []string) {
	for _, l := range left {
		for _, c := range l.cols {
			for _, rt := range right {
				if rt.column(c.name) != nil && !slices.Contains(common, c.name) {
					common = append(common, c.name)
				}
			}
		}
	}
	return common
}

func (r *resolver) rangeFunction(f *pg_query.RangeFunction, sc *scope) *item {
	r.leaky = true // whether it runs, and fails, may depend on a row of another item
	it := &item{open: true}
	for _, n := range f.Functions {
		pair := n.GetList().GetItems()
		for i, k := range pair {
			if i == 0 {
				r.expr(k, sc)
				it.name = outputName(k)
			} else {
				it.cols = append(it.cols, r.columnDefinitions(k.GetList().GetItems())...)
			}
		}
	}
	it.cols = append(it.cols, r.columnDefinitions(f.Coldeflist)...)
	if f.Alias != nil {
		it.rename(f.Alias)
	}
	return it
}

func (r *resolver) columnDefinitions(nodes []*pg_query.Node) (cols []column) {
	for _, n := range nodes {
		if d := n.GetColumnDef(); d != nil {
			r.typeName(d.TypeName)
			cols = append(cols, column{name: d.Colname})
		}
	}
	return cols
}

func (r *resolver) xmlTable(t *pg_query.RangeTableFunc, sc *scope) *item {
	r.leaky = true
	it := &item{name: "xmltable"}
	r.expr(t.Docexpr, sc)
	r.expr(t.Rowexpr, sc)
	for _, n := range t.Namespaces {
		r.expr(n, sc)
	}
	for _, n := range t.Columns {
		c := n.GetRangeTableFuncCol()
		r.typeName(c.TypeName)
		r.expr(c.Colexpr, sc)
		r.expr(c.Coldefexpr, sc)
		it.cols = append(it.cols, column{name: c.Colname})
	}
	it.rename(t.Alias)
	return it
}

// mark notes that columns are named at a byte offset, negative if unknown.
func (r *resolver) mark(cols []column, at int) {
	for _, c := range cols {
		for _, o := range c.origins {
			o.ref.use(o.name, at)
		}
	}
}

// markAll notes that all columns of an item are used by `*` or a whole-row reference.
func (r *resolver) markAll(it *item, sc *scope) {
	for _, c := range it.cols {
		for _, o := range c.origins {
			o.ref.starred[o.name] = true
		}
	}
	if sc.bare != nil && sc.inAggregate == 0 {
		*sc.bare = append(*sc.bare, bareColumn{item: it})
	}
}

// qualifier finds the FROM item that the qualifying part of a name means, nil if none.
func (r *resolver) qualifier(parts []string, sc *scope) *item {
	var it *item
	switch len(parts) {
	case 1:
		it, _ = sc.byName("", parts[0])
	case 2:
		it, _ = sc.byName(parts[0], parts[1])
	case 3:
		if parts[0] == r.snap.Database {
			it, _ = sc.byName(parts[1], parts[2])
		}
	}
	return it
}

// unqualify removes the schema from a column reference such as crm.customers.email: the fragment that stands
// for the relation has no schema.
func (r *resolver) unqualify(ref *pg_query.ColumnRef, qualifier []string, it *item) {
	if it.ref == nil || len(qualifier) < 2 {
		return
	}
	start := r.p.tokenAt(int(ref.Location))
	if start < 0 {
		r.unsupported(int(ref.Location), "this column reference", "Use a table alias.")
		return
	}
	i := start
	for range len(qualifier) - 1 { // over "schema ." or "database . schema ."
		i = r.p.skip(r.p.skip(i, 1), 1)
	}
	if i < 0 {
		r.unsupported(int(ref.Location), "this column reference", "Use a table alias.")
		return
	}
	it.ref.requalify = append(it.ref.requalify, edit{r.p.tokens[start].start, r.p.tokens[i].start, ""})
}

// lookup finds the columns that a reference means, without marking them.
func (r *resolver) lookup(ref *pg_query.ColumnRef, sc *scope) (c column) {
	parts, ok := names(ref.Fields)
	if !ok || len(parts) == 0 {
		return column{}
	}
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		if it := r.qualifier(parts[:len(parts)-1], sc); it != nil {
			if found := it.column(name); found != nil {
				return *found
			}
		}
		return column{}
	}
	for s := sc; s != nil; s = s.parent {
		found, _, _ := s.find(name)
		for i, f := range found {
			if i == 0 {
				c.name, c.typ = f.name, f.typ
			}
			c.origins = append(c.origins, f.origins...)
		}
		if len(found) > 0 {
			return c
		}
	}
	return column{}
}

// columnRef resolves and marks a column reference and returns its type.
func (r *resolver) columnRef(ref *pg_query.ColumnRef, sc *scope) uint32 {
	if isStar(ref.Fields) {
		r.star(ref, sc)
		return 0
	}
	parts, ok := names(ref.Fields)
	if !ok {
		r.unsupported(int(ref.Location), "this column reference", "")
		return 0
	}
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		return r.qualifiedRef(ref, parts[:len(parts)-1], name, sc)
	}
	// An item whose columns are not all known may have the name or not: then it may also mean a column further out.
	unsure, seen := false, false
	for s := sc; s != nil; s = s.parent {
		found, items, open := s.find(name)
		if len(found) > 0 {
			r.mark(found, int(ref.Location))
			for i := range found {
				s.noteBare(items[i], name, sc)
			}
			unsure = unsure || slices.ContainsFunc(found, func(c column) bool { return c.guessed })
			if !unsure {
				return found[0].typ
			}
			seen = true
		}
		unsure = unsure || open
	}
	if seen {
		r.leak(sc)
		return 0
	}
	if it, in := sc.byName("", name); it != nil { // a whole-row reference
		r.markAll(it, in)
		return 0
	}
	r.unresolved(ref, name, sc)
	return 0
}

func (r *resolver) qualifiedRef(ref *pg_query.ColumnRef, qualifier []string, name string, sc *scope) uint32 {
	it := r.qualifier(qualifier, sc)
	if it == nil {
		r.behindAlias(ref, qualifier, sc)
		r.unresolved(ref, name, sc)
		return 0
	}
	r.unqualify(ref, qualifier, it)
	_, in := sc.byName(it.schema, it.name)
	if c := it.column(name); c != nil {
		r.mark([]column{*c}, int(ref.Location))
		if in != nil {
			in.noteBare(it, name, sc)
		}
		return c.typ
	}
	if systemColumns[name] {
		if it.ref != nil {
			it.ref.use(name, int(ref.Location))
		}
		return 0 // PostgreSQL's own error if it is a fragment's
	}
	// x.f is f(x) if f is no column.
	r.attribute(name, int(ref.Location))
	r.markAll(it, sc)
	return 0
}

// noteBare notes a column of level s that an expression at level at uses outside aggregates.
func (s *scope) noteBare(it *item, name string, at *scope) {
	if s.bare != nil && (at != s || s.inAggregate == 0) {
		*s.bare = append(*s.bare, bareColumn{it, name})
	}
}

// unresolved handles a name that no FROM item here is known to have: it may be an output column in ORDER BY, a column of
// an item whose columns are not all known, of a level around that, or an error. So every column of that name counts as used.
func (r *resolver) unresolved(ref *pg_query.ColumnRef, name string, sc *scope) {
	r.leak(sc)
	if !systemColumns[name] {
		r.attribute(name, int(ref.Location))
	}
	for _, f := range r.refs {
		if f.rel.Column(name) != nil || systemColumns[name] {
			f.use(name, int(ref.Location))
		}
		f.complete = true // PostgreSQL's HINT may suggest any column
	}
}

// systemColumns are the columns that every table has (see "System Columns" in the manual).
var systemColumns = set("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")

// behindAlias gives PostgreSQL's own error for a reference to a relation by its name where it has an alias: what
// stands for the relation does not tell its name.
func (r *resolver) behindAlias(ref *pg_query.ColumnRef, qualifier []string, sc *scope) {
	relation := qualifier[len(qualifier)-1]
	for s := sc; s != nil; s = s.parent {
		for _, it := range s.items {
			if it.ref != nil && it.ref.rel.Name.Name == relation && it.name != relation {
				r.refuse(int(ref.Location), Refusal{Code: "42P01", Message: fmt.Sprintf("invalid reference to FROM-clause entry for table %q", relation),
					Hint: fmt.Sprintf("Perhaps you meant to reference the table alias %q.", it.name)})
				return
			}
		}
	}
}

// attribute refuses x.name if a function of that name exists that the caller may not call: x.f means f(x).
func (r *resolver) attribute(name string, at int) {
	for _, f := range r.functionsNamed([]string{name}) {
		why := r.functionRefused(f)
		if why == nil && f.Name.Schema == "pg_catalog" && guarded(name) {
			why = &Refusal{Code: "0A000", Message: fmt.Sprintf("calling %s as an attribute is not supported by pgscrim", name), Hint: fmt.Sprintf("Write %s(...).", name)}
		}
		if why != nil {
			r.refuse(at, *why)
			return
		}
	}
}

// leak notes that an expression here may raise an error or have an effect that depends on a row.
func (r *resolver) leak(sc *scope) {
	if !sc.exempt {
		r.leaky = true
	}
}

// find a relation by name as PostgreSQL does.
func (r *resolver) find(schema, name string) *catalog.Relation {
	if schema != "" {
		return r.snap.Relation(schema, name)
	}
	for _, s := range r.path {
		if rel := r.snap.Relation(s, name); rel != nil {
			return rel
		}
	}
	return nil
}

// display spells a relation's name for messages.
func display(rel *catalog.Relation) string { return rel.Name.Schema + "." + rel.Name.Name }

// missingRelation is PostgreSQL's own error for a relation that does not exist.
func missingRelation(rv *pg_query.RangeVar) Refusal {
	name := rv.Relname
	if rv.Schemaname != "" {
		name = rv.Schemaname + "." + name
	}
	return Refusal{Code: "42P01", Message: fmt.Sprintf("relation %q does not exist", name)}
}

// quoteNames lists names for a hint.
func quoteNames(list []string) string { return "'" + strings.Join(list, "', '") + "'" }
