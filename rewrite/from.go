package rewrite

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// from walks one entry of a FROM clause. The items of sc are those before it, which a LATERAL entry can see.
func (r *resolver) from(n *pg_query.Node, sc *scope) []*item {
	if n.GetJoinExpr() == nil {
		sc.leaves++
		r.joined = r.joined || sc.leaves > 1
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
		it := &item{cols: cols, open: open, subquery: true}
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
	r.unsupported(-1, unknownPart, "FROM clause")
	return nil
}

func (r *resolver) join(j *pg_query.JoinExpr, sc *scope) []*item {
	before := sc.items
	leaky := r.leaky
	defer func() { r.leaky = r.leaky || leaky }()
	left := r.from(j.Larg, sc)
	sc.items = append(slices.Clip(before), left...)
	right := r.from(j.Rarg, sc)
	sc.items = before

	leaky, r.leaky = leaky || r.leaky, false // what joins is looked at on its own
	both := append(slices.Clip(left), right...)
	using, _ := names(j.UsingClause)
	if j.IsNatural {
		using = commonColumns(left, right)
		if slices.ContainsFunc(both, func(it *item) bool { return it.open }) { // any column may be common
			r.leaky, r.murky = true, true
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
		r.calm = true
		r.mark(append(slices.Clip(a), b...), -1)
		r.calm = false
		if len(a) != 1 || len(b) != 1 || !r.leakproof("=", a[0].typ, b[0].typ) {
			r.leaky = true
			expose(append(slices.Clip(a), b...))
		}
		if len(a) != 1 || len(b) != 1 || a[0].typ != b[0].typ {
			forgetType(both, name) // the merged column is of a type that both can be cast to
		}
	}
	for _, it := range both {
		it.merged = it.merged || len(using) > 0
	}
	on := &scope{parent: sc.parent, ctes: sc.ctes, items: both}
	r.expr(j.Quals, on)
	r.leakyJoin = r.leakyJoin || r.leaky
	r.narrow(j.Quals, on, sc.narrowing, func(it *item) bool { return narrows(j.Jointype, slices.Contains(right, it)) })
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

// narrows reports whether the condition of a join leaves out rows of its left or right side.
func narrows(join pg_query.JoinType, right bool) bool {
	switch join {
	case pg_query.JoinType_JOIN_INNER:
		return true
	case pg_query.JoinType_JOIN_LEFT:
		return right
	case pg_query.JoinType_JOIN_RIGHT:
		return !right
	}
	return false
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
				it.name = r.outputName(k)
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
