package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// A fence keeps the caller's conditions out of a fragment, and with them the indexes that would serve. So those that can
// do no harm there are said once more inside: leakproof comparisons of columns that are shown as they are with values
// that are certain to be of the type. The caller's own text stays, so that what is said twice can only be too little.

// narrowing is what one query level says of its relations: which rows cannot take part in its result.
type narrowing struct {
	conditions []narrow
	equalities []equality
}

// place is a column of a FROM item.
type place struct {
	item   *item
	column string
}

// narrow is a condition on a column: rows that do not meet it may be left out.
type narrow struct {
	of place
	*comparison
}

// comparison is what a column of a type is compared with. Its values are read only if it is spelled.
type comparison struct {
	op     string // of an index, IN or ANY
	typ    uint32
	values []*pg_query.Node
}

// equality is a join of two columns of the same type. Rows without a partner of a side that may be narrowed can be left out.
type equality struct {
	a, b             place
	narrowA, narrowB bool
}

// maxNarrows bounds the conditions of a query level, and maxListed the values of a list that is said again.
const (
	maxNarrows = 200
	maxListed  = 1000
)

// narrow learns from a condition, of WHERE or ON. may tells of which relations rows may be left out by it: not of those that an
// outer join keeps.
func (r *resolver) narrow(condition *pg_query.Node, sc *scope, into *narrowing, may func(*item) bool) {
	if into == nil || r.refusal != nil {
		return
	}
	if b := condition.GetBoolExpr(); b != nil && b.Boolop == pg_query.BoolExprType_AND_EXPR {
		for _, arg := range b.Args {
			r.narrow(arg, sc, into, may)
		}
		return
	}
	x := condition.GetAExpr()
	name, ok := names(x.GetName())
	if !ok || len(name) == 0 {
		return
	}
	left, typ := r.narrowable(x.Lexpr, sc)
	op := name[len(name)-1]
	add := func(op string, values ...*pg_query.Node) {
		if typ != 0 && may(left.item) {
			r.addNarrow(into, left, typ, op, values)
		}
	}
	switch x.Kind {
	case pg_query.A_Expr_Kind_AEXPR_OP:
		if x.Lexpr == nil {
			return
		}
		right, other := r.narrowable(x.Rexpr, sc)
		switch {
		case typ != 0 && other != 0:
			if op == "=" && typ == other {
				r.addEquality(into, typ, equality{left, right, may(left.item), may(right.item)})
			}
		case typ != 0:
			add(op, x.Rexpr)
		default:
			left, typ = right, other
			add(commuted[op], x.Lexpr)
		}
	case pg_query.A_Expr_Kind_AEXPR_IN:
		if items := x.Rexpr.GetList().GetItems(); op == "=" && len(items) <= maxListed {
			add("IN", items...)
		}
	case pg_query.A_Expr_Kind_AEXPR_BETWEEN:
		if items := x.Rexpr.GetList().GetItems(); len(items) == 2 {
			add(">=", items[0])
			add("<=", items[1])
		}
	case pg_query.A_Expr_Kind_AEXPR_OP_ANY:
		if op == "=" {
			add("ANY", x.Rexpr)
		}
	}
}

// commuted are the operators that an index serves, and what they are with their sides exchanged.
var commuted = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// narrowable returns the column of this query level that an expression is, and its type; 0 if it is none, or nothing
// can be said of its stored values.
func (r *resolver) narrowable(n *pg_query.Node, sc *scope) (place, uint32) {
	ref := n.GetColumnRef()
	parts, ok := names(ref.GetFields())
	if !ok || len(parts) == 0 {
		return place{}, 0
	}
	var it *item
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		it = r.qualifier(parts[:len(parts)-1], sc)
	} else if found, items, open := sc.find(name); len(found) == 1 && !open {
		it = items[0]
	}
	if it == nil || !slices.Contains(sc.items, it) {
		return place{}, 0
	}
	return it.narrowable(name)
}

// narrowable returns the place and the type of a column; 0 if it is not known for certain, or nothing can be said of its stored values.
func (it *item) narrowable(name string) (place, uint32) {
	var found *column
	for i := range it.cols {
		if c := &it.cols[i]; c.name == name {
			if found != nil {
				return place{}, 0
			}
			found = c
		}
	}
	if found == nil || found.guessed || it.open || it.ref != nil && it.ref.narrowable(found) == "" {
		return place{}, 0
	}
	return place{it, name}, found.typ
}

// narrowable returns the relation's own name of a column, empty if its rows may not be narrowed by it.
func (f *ref) narrowable(c *column) string {
	if f.plan == nil || f.view != nil || len(c.origins) != 1 || c.origins[0].ref != f || f.virtual(c.origins[0].name) {
		return ""
	}
	if _, d := f.plan.column(c.origins[0].name); d == nil || !d.narrows {
		return ""
	}
	return c.origins[0].name
}

// addNarrow notes that a column is compared with values.
func (r *resolver) addNarrow(into *narrowing, of place, typ uint32, op string, values []*pg_query.Node) {
	if operator := indexOperator(op); commuted[operator] != "" && r.onlyOperator(operator, typ) {
		into.add(narrow{of, &comparison{op, typ, values}})
	}
}

// indexOperator is the operator by which a column is compared.
func indexOperator(op string) string {
	if op == "IN" || op == "ANY" {
		return "="
	}
	return op
}

// narrowed spells the conditions on the rows of a fragment, each with AND before it. Shown columns need them behind a fence only;
// of masked ones they may stand where nothing is leaky, since a row may meet them and not the comparison.
func (r *resolver) narrowed(f *ref, fenced, leaky bool) string {
	var b strings.Builder
	for _, n := range f.narrows {
		c, d := f.plan.column(f.narrowable(n.of.item.column(n.of.column)))
		if d.shown && !fenced || !d.shown && leaky {
			continue
		}
		values, ok := r.spelled(n.comparison)
		if !ok {
			continue
		}
		if condition, ok := d.meets(c, n.comparison, values); ok {
			b.WriteString(" AND " + condition)
		}
	}
	return b.String()
}

// spelled spells the values of a comparison. ok is false if it is not harmless, or not certain to mean the same inside the fragment.
func (r *resolver) spelled(c *comparison) (values []string, ok bool) {
	for _, v := range c.values {
		var text string
		if c.op == "ANY" {
			text, ok = r.narrowArray(v, c.typ)
		} else {
			text, ok = r.narrowValue(indexOperator(c.op), v, c.typ)
		}
		if !ok {
			return nil, false
		}
		values = append(values, text)
	}
	return values, true
}

// with spells what stands behind a column that is compared with values.
func (c *comparison) with(values []string) string {
	list := strings.Join(values, ", ")
	switch c.op {
	case "IN":
		return "IN (" + list + ")"
	case "ANY":
		return "OPERATOR(pg_catalog.=) ANY (" + list + ")"
	}
	return fmt.Sprintf("OPERATOR(pg_catalog.%s) %s", c.op, list)
}

func (n *narrowing) add(c narrow) (added bool) {
	if len(n.conditions) >= maxNarrows || slices.Contains(n.conditions, c) {
		return false
	}
	n.conditions = append(n.conditions, c)
	return true
}

func (r *resolver) addEquality(into *narrowing, typ uint32, e equality) {
	if !r.collatable(typ) && r.leakproof("=", typ, typ) && r.onlyOperator("=", typ) && len(into.equalities) < maxNarrows {
		into.equalities = append(into.equalities, e)
	}
}

// onlyOperator reports whether an operator name can mean none but pg_catalog's for a column of the type.
func (r *resolver) onlyOperator(op string, typ uint32) bool {
	base := r.comparable(typ)
	return !slices.ContainsFunc(r.snap.Operators(op), func(o *catalog.Operator) bool {
		return o.Name.Schema != "pg_catalog" && (o.Left == typ || o.Right == typ || o.Left == base || o.Right == base)
	})
}

// narrowValue spells a constant or parameter that a column is compared with. ok is false if it may not be of the type for certain:
// an error would be raised at another place than the caller's.
func (r *resolver) narrowValue(op string, n *pg_query.Node, typ uint32) (text string, ok bool) {
	if p := n.GetParamRef(); p != nil {
		text = "$" + strconv.Itoa(int(p.Number))
		declared := r.parameter(p)
		if declared == typeUnknown { // the first place that it stands in decides on its type
			text += "::" + r.typeSQL(r.comparable(typ))
		}
		return text, declared != 0 && r.leakproof(op, typ, declared)
	}
	suffix, valueType, fits := "", uint32(typeUnknown), typeOf(r.snap, &catalog.Column{Type: typ})
	if cast := n.GetTypeCast(); cast != nil {
		n, valueType = cast.Arg, r.typeName(cast.TypeName)
		t := r.snap.Type(valueType)
		if t == nil || t.Kind != 'b' || len(cast.TypeName.GetTypmods()) > 0 || isNumber(n) {
			return "", false
		}
		suffix, fits = "::"+r.typeSQL(valueType), maskedType{name: t.Name.Name, kind: t.Kind}
	} else if c := n.GetAConst(); c != nil {
		valueType = constantType(c)
	}
	if !r.leakproof(op, typ, valueType) {
		return "", false
	}
	whole := valueType == typeInt4 || valueType == typeInt8
	if (!isNumber(n) || !whole) && !r.p.asks(n, func(value string) bool { return certain(value, fits) }) {
		return "", false
	}
	text, ok = r.p.copied(n)
	return "(" + text + suffix + ")", ok
}

// narrowArray spells a parameter that holds the values that a column is compared with.
func (r *resolver) narrowArray(n *pg_query.Node, typ uint32) (text string, ok bool) {
	p := n.GetParamRef()
	if p == nil || !r.isUntyped(n, typ) || !r.leakproof("=", typ, typ) {
		return "", false
	}
	text = "$" + strconv.Itoa(int(p.Number))
	if r.parameter(p) == typeUnknown {
		text += "::" + r.typeSQL(r.comparable(typ)) + "[]"
	}
	return text, true
}

// typeSQL spells a type.
func (r *resolver) typeSQL(oid uint32) string {
	t := r.snap.Type(oid)
	return qualified(t.Name.Schema, t.Name.Name)
}

// certain reports whether a text is for certain accepted by the input function of a type.
func certain(text string, t maskedType) bool {
	const maxText = 1000 // bytes: the text is said twice
	if len(text) > maxText {
		return false
	}
	if t.name == "timestamp" || t.name == "timestamptz" {
		if at, err := time.Parse(time.DateTime, text); err == nil && at.Year() >= 1 {
			return true
		}
	}
	return constantFits(rules.Arg{Kind: rules.ArgString, Text: text}, t)
}

// settle derives what follows from the conditions by the equalities, and gives each relation its own, and each subquery those that it
// can make its own.
func (n *narrowing) settle() {
	for again := true; again; {
		again = false
		for _, e := range n.equalities {
			for _, c := range n.conditions {
				if e.narrowB && c.of == e.a {
					again = n.add(narrow{e.b, c.comparison}) || again
				}
				if e.narrowA && c.of == e.b {
					again = n.add(narrow{e.a, c.comparison}) || again
				}
			}
		}
	}
	var below []*narrowing
	for _, c := range n.conditions {
		if f := c.of.item.ref; f != nil {
			if !f.plan.trivial && !slices.Contains(f.narrows, c) {
				f.narrows = append(f.narrows, c)
			}
			continue
		}
		if of := c.of.item.column(c.of.column); of.within != nil && of.within.add(narrow{of.source, c.comparison}) && !slices.Contains(below, of.within) {
			below = append(below, of.within)
		}
	}
	for _, level := range below {
		level.settle()
	}
}

// passThrough says of a query's output columns which column of its own level each is, if a condition on the one can be made a condition
// on the other: it is a plain column, and what the query gives is a row for each row of its FROM that WHERE lets through. A comparison is
// not met by NULL, so that outer joins in that FROM do not matter.
func (r *resolver) passThrough(s *pg_query.SelectStmt, sc *scope, cols []column) {
	passes := len(s.DistinctClause)+len(s.GroupClause)+len(s.WindowClause)+len(s.LockingClause) == 0 &&
		s.HavingClause == nil && s.LimitCount == nil && s.LimitOffset == nil && !slices.ContainsFunc(s.TargetList, hasWindow)
	for i := range cols {
		c := &cols[i]
		c.within = nil
		if passes && c.source.item != nil {
			c.within = sc.narrowing
		}
	}
}

// hasWindow reports whether an expression may hold a window function.
func hasWindow(n *pg_query.Node) bool {
	if t := n.GetResTarget(); t != nil {
		return hasWindow(t.Val)
	}
	if n.GetNode() == nil { // a default value, of a statement that writes
		return false
	}
	if n.GetFuncCall().GetOver() != nil || n.GetJsonObjectAgg() != nil || n.GetJsonArrayAgg() != nil {
		return true
	}
	kids, ok := children(n)
	return !ok || slices.ContainsFunc(kids, hasWindow)
}
