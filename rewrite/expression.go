package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// OIDs of types, fixed in pg_type.dat.
const (
	typeBool    = 16
	typeInt8    = 20
	typeInt4    = 23
	typeText    = 25
	typeOID     = 26
	typeBpchar  = 1042
	typeVarchar = 1043
	typeNumeric = 1700
	typeArray   = 2277 // anyarray
	typeUnknown = 705  // a constant without a type, or a parameter: it takes the type of what it is compared with
)

// expr walks an expression, notes what it uses and whether it can leak, and returns its type, 0 if that is not known.
func (r *resolver) expr(n *pg_query.Node, sc *scope) uint32 {
	if n == nil || n.Node == nil || r.refusal != nil {
		return 0
	}
	switch x := n.Node.(type) {
	case *pg_query.Node_ColumnRef:
		return r.columnRef(x.ColumnRef, sc)
	case *pg_query.Node_AConst:
		return constantType(x.AConst)
	case *pg_query.Node_ParamRef:
		return r.parameter(x.ParamRef)
	case *pg_query.Node_AExpr:
		return r.operatorExpr(x.AExpr, sc)
	case *pg_query.Node_NullTest:
		r.operand(x.NullTest.Arg, sc)
		return typeBool
	case *pg_query.Node_BoolExpr, *pg_query.Node_BooleanTest:
		r.children(n, sc)
		return typeBool
	case *pg_query.Node_CaseExpr:
		r.leak(sc) // it may choose what runs by a value
		return r.caseExpr(x.CaseExpr, sc)
	case *pg_query.Node_CoalesceExpr:
		r.leak(sc)
		var types []uint32
		for _, a := range x.CoalesceExpr.Args {
			types = append(types, r.expr(a, sc))
		}
		return r.agree(types, sc)
	case *pg_query.Node_TypeCast:
		return r.typeCast(x.TypeCast, sc)
	case *pg_query.Node_CollateClause:
		r.leak(sc) // two collations that differ are an error when they meet in a row
		return r.expr(x.CollateClause.Arg, sc)
	case *pg_query.Node_SubLink:
		return r.subLink(x.SubLink, sc)
	case *pg_query.Node_FuncCall:
		return r.functionCall(x.FuncCall, sc)
	case *pg_query.Node_AIndirection:
		return r.indirection(x.AIndirection, sc)
	case *pg_query.Node_SortBy:
		r.sortOperator(x.SortBy)
	case *pg_query.Node_SqlvalueFunction:
		return sqlValueType[x.SqlvalueFunction.Op]
	case *pg_query.Node_AStar, *pg_query.Node_String_, *pg_query.Node_GroupingSet, *pg_query.Node_List:
	case *pg_query.Node_JsonArrayQueryConstructor:
		r.leak(sc)
		r.jsonOutput(x.JsonArrayQueryConstructor.Output)
		cols, _ := r.query(x.JsonArrayQueryConstructor.Query.GetSelectStmt(), sc, sc.ctes, false)
		r.mark(cols, -1)
		return 0
	case *pg_query.Node_JsonObjectConstructor:
		r.leak(sc)
		r.jsonOutput(x.JsonObjectConstructor.Output)
	case *pg_query.Node_JsonArrayConstructor:
		r.leak(sc)
		r.jsonOutput(x.JsonArrayConstructor.Output)
	case *pg_query.Node_JsonObjectAgg:
		r.leak(sc)
		r.jsonOutput(x.JsonObjectAgg.Constructor.GetOutput())
		r.aggregate(n, sc)
		return 0
	case *pg_query.Node_JsonArrayAgg:
		r.leak(sc)
		r.jsonOutput(x.JsonArrayAgg.Constructor.GetOutput())
		r.aggregate(n, sc)
		return 0
	case *pg_query.Node_XmlSerialize:
		r.leak(sc)
		r.typeName(x.XmlSerialize.TypeName)
	default:
		r.leak(sc) // arrays, rows, XML, GREATEST and the like may compare or build values in ways that fail
	}
	r.children(n, sc)
	return 0
}

func (r *resolver) children(n *pg_query.Node, sc *scope) {
	kids, ok := children(n)
	if !ok {
		r.unsupported(-1, expressionKind)
		return
	}
	for _, k := range kids {
		r.expr(k, sc)
	}
}

// aggregate walks the arguments of an aggregate call.
func (r *resolver) aggregate(n *pg_query.Node, sc *scope) {
	sc.inAggregate++
	r.children(n, sc)
	sc.inAggregate--
}

func (r *resolver) jsonOutput(o *pg_query.JsonOutput) {
	if o != nil {
		r.typeName(o.TypeName)
	}
}

// parameter is the type of $n: what the client has declared, else what it is compared with.
func (r *resolver) parameter(p *pg_query.ParamRef) uint32 {
	if n := int(p.Number); n >= 1 && n <= len(r.parameters) && r.parameters[n-1] != 0 {
		return r.parameters[n-1]
	}
	if r.p.times(int(p.Number)) > 1 {
		return 0 // another place may give it another type
	}
	return typeUnknown
}

// isUntyped reports whether an array of values takes its type from the left side, of type typ: constants without a type of their
// own, a parameter that is undeclared or declared as an array of that type.
func (r *resolver) isUntyped(n *pg_query.Node, typ uint32) bool {
	switch x := n.GetNode().(type) {
	case *pg_query.Node_AConst:
		return true
	case *pg_query.Node_ParamRef:
		declared := r.parameter(x.ParamRef)
		if declared == typeUnknown {
			return true
		}
		array, element := r.snap.Type(declared), r.snap.Type(r.comparable(typ))
		return array != nil && element != nil && array.Name.Schema == "pg_catalog" && array.Name.Name == "_"+element.Name.Name
	case *pg_query.Node_AArrayExpr:
		return !slices.ContainsFunc(x.AArrayExpr.Elements, func(e *pg_query.Node) bool { return e.GetAConst() == nil })
	}
	return false
}

// sqlValueType are the types of the values that stand without brackets.
var sqlValueType = map[pg_query.SQLValueFunctionOp]uint32{
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE:      1082,
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP: 1184,
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:    1114,
}

func (r *resolver) operatorExpr(x *pg_query.A_Expr, sc *scope) uint32 {
	r.visited[x] = true
	name, ok := names(x.Name)
	if !ok || len(name) == 0 {
		r.unsupported(int(x.Location), unknownPart, "operator")
		return 0
	}
	switch x.Kind {
	case pg_query.A_Expr_Kind_AEXPR_BETWEEN, pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN, pg_query.A_Expr_Kind_AEXPR_BETWEEN_SYM,
		pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM: // the name is that of the construct
		r.operatorName([]string{">="}, int(x.Location))
		r.operatorName([]string{"<="}, int(x.Location))
	default:
		r.operatorName(name, int(x.Location))
	}
	left := r.operand(x.Lexpr, sc)
	op := name[len(name)-1]
	switch x.Kind {
	case pg_query.A_Expr_Kind_AEXPR_IN, pg_query.A_Expr_Kind_AEXPR_BETWEEN, pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN,
		pg_query.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		if x.Kind != pg_query.A_Expr_Kind_AEXPR_IN {
			op = ">="
		}
		for _, item := range x.Rexpr.GetList().GetItems() {
			r.compare(op, left, r.operand(item, sc), x.Lexpr, item, sc)
		}
		return typeBool
	case pg_query.A_Expr_Kind_AEXPR_OP, pg_query.A_Expr_Kind_AEXPR_DISTINCT, pg_query.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		r.compare(op, left, r.operand(x.Rexpr, sc), x.Lexpr, x.Rexpr, sc)
		switch op {
		case "=", "<>", "!=", "<", ">", "<=", ">=":
			return typeBool
		}
		return 0
	case pg_query.A_Expr_Kind_AEXPR_NULLIF:
		right := r.operand(x.Rexpr, sc)
		r.compare(op, left, right, x.Lexpr, x.Rexpr, sc)
		if right == left || right == typeUnknown {
			return left
		}
		return 0
	case pg_query.A_Expr_Kind_AEXPR_OP_ANY, pg_query.A_Expr_Kind_AEXPR_OP_ALL:
		r.expr(x.Rexpr, sc)
		if !isColumn(x.Lexpr) || !r.isUntyped(x.Rexpr, left) || !r.leakproof(op, left, left) {
			r.leak(sc)
			r.exposeOperand(x.Lexpr, sc)
		}
		return typeBool
	default: // LIKE, ILIKE, SIMILAR TO
		r.expr(x.Rexpr, sc)
		r.leak(sc)
		r.exposeOperand(x.Lexpr, sc)
		return typeBool
	}
}

// compare notes a leak unless an operator between two expressions is leakproof.
func (r *resolver) compare(op string, lt, rt uint32, left, right *pg_query.Node, sc *scope) {
	switch {
	case left == nil:
	case r.collatable(lt) && r.collatable(rt) && !isValue(left) && !isValue(right):
		// Columns may have collations that differ, which is an error when they meet in a row.
	case r.leakproof(op, lt, rt):
		return
	case isNumber(right) && r.leakproof(op, lt, lt), isNumber(left) && r.leakproof(op, rt, rt):
		// PostgreSQL casts the constant to the column's type, or a whole number in the column to numeric: neither can fail.
		return
	}
	r.leak(sc)
	r.exposeOperand(left, sc)
	r.exposeOperand(right, sc)
}

// isColumn reports whether an expression is a column.
func isColumn(n *pg_query.Node) bool { return n.GetColumnRef() != nil }

// collatable reports whether values of a type are compared by a collation.
func (r *resolver) collatable(typ uint32) bool {
	t := r.snap.BaseType(typ)
	return t == nil || t.Category == 'S' || t.Category == 'A' || t.Category == 'C' || t.Category == 'R'
}

// isValue reports whether an expression is a constant or a parameter.
func isValue(n *pg_query.Node) bool { return n.GetAConst() != nil || n.GetParamRef() != nil }

// leakproof reports whether an operator of pg_catalog between two types is leakproof (pg_proc.proleakproof).
func (r *resolver) leakproof(op string, left, right uint32) bool {
	if op == "!=" {
		op = "<>"
	}
	left, right = r.comparable(left), r.comparable(right)
	if left == 0 || right == 0 || left == typeUnknown && right == typeUnknown {
		return false
	}
	if left == typeUnknown {
		left = right
	}
	if right == typeUnknown {
		right = left
	}
	return slices.ContainsFunc(r.snap.Operators(op), func(o *catalog.Operator) bool {
		return o.Name.Schema == "pg_catalog" && o.Left == left && o.Right == right && o.Leakproof
	})
}

// comparable is the type that a type is compared as: a domain's base type, text for varchar.
func (r *resolver) comparable(typ uint32) uint32 {
	if typ == typeUnknown {
		return typ
	}
	t := r.snap.BaseType(typ)
	switch {
	case t == nil:
		return 0
	case t.OID == typeVarchar:
		return typeText
	}
	return t.OID
}

func (r *resolver) caseExpr(x *pg_query.CaseExpr, sc *scope) uint32 {
	var types []uint32
	arg := r.expr(x.Arg, sc)
	if x.Arg != nil {
		r.operatorName([]string{"="}, int(x.Location))
	}
	for _, n := range x.Args {
		w := n.GetCaseWhen()
		when := r.expr(w.GetExpr(), sc)
		if x.Arg != nil {
			r.compare("=", arg, when, x.Arg, w.GetExpr(), sc)
		}
		types = append(types, r.expr(w.GetResult(), sc))
	}
	if x.Defresult != nil {
		types = append(types, r.expr(x.Defresult, sc))
	}
	return r.agree(types, sc)
}

// agree returns the type of expressions of which one is chosen. If they are of several types, PostgreSQL casts some, which may fail.
func (r *resolver) agree(types []uint32, sc *scope) uint32 {
	typ := uint32(typeUnknown)
	for _, t := range types {
		switch {
		case t == typeUnknown || t == typ:
		case typ == typeUnknown:
			typ = t
		default:
			r.leak(sc)
			return 0
		}
	}
	return typ
}

// numberTypes are the types between which casts are immutable: int2, int4, int8, float4, float8, numeric.
var numberTypes = []uint32{21, typeInt4, typeInt8, 700, 701, typeNumeric}

func (r *resolver) typeCast(x *pg_query.TypeCast, sc *scope) uint32 {
	to := r.typeName(x.TypeName) // first, as PostgreSQL does: of two mistakes it names the one in the type
	from := r.expr(x.Arg, sc)
	if t := r.snap.Type(to); t != nil && t.Kind == 'd' {
		r.leak(sc) // a domain's constraints are checked row by row, for a constant too
		return to
	}
	if c := x.Arg.GetAConst(); c != nil && (!isNumber(x.Arg) || slices.Contains(numberTypes, to)) {
		return to // a string is cast when the statement is parsed, a number to another kind of number when it is planned
	}
	safe := len(x.TypeName.GetTypmods()) == 0 && from != 0 && to != 0 && (r.comparable(from) == r.comparable(to) ||
		to == typeText && (from == typeVarchar || from == typeBpchar) || to == typeInt8 && from == typeInt4)
	if !safe {
		r.leak(sc)
	}
	return to
}

func (r *resolver) subLink(x *pg_query.SubLink, sc *scope) uint32 {
	r.leak(sc) // whether it runs at all, and how long, would tell of a row
	r.expr(x.Testexpr, sc)
	inner := *sc
	inner.exempt = false
	cols, open := r.query(x.Subselect.GetSelectStmt(), &inner, sc.ctes, false)
	expose(cols) // it may become a join
	r.murky = r.murky || open
	if op, ok := names(x.OperName); ok && len(op) > 0 {
		r.operatorName(op, int(x.Location))
	} else if x.SubLinkType == pg_query.SubLinkType_ANY_SUBLINK { // IN
		r.operatorName([]string{"="}, int(x.Location))
	}
	switch x.SubLinkType {
	case pg_query.SubLinkType_EXISTS_SUBLINK, pg_query.SubLinkType_ANY_SUBLINK, pg_query.SubLinkType_ALL_SUBLINK:
		return typeBool
	case pg_query.SubLinkType_EXPR_SUBLINK:
		if len(cols) == 1 {
			return cols[0].typ
		}
	}
	return 0
}

// indirection walks x.field, x.*, x[1]. A field of a whole row uses only that column.
func (r *resolver) indirection(x *pg_query.A_Indirection, sc *scope) uint32 {
	r.leak(sc)
	first := x.Indirection[0].GetString_()
	if ref := x.Arg.GetColumnRef(); ref != nil && first != nil && len(ref.Fields) == 1 {
		name := fieldName(ref.Fields[0])
		if found, _, _ := sc.find(name); len(found) == 0 {
			if it, in := sc.byName("", name); it != nil {
				if it.ref != nil && systemColumns[first.Sval] {
					it.ref.use(first.Sval, int(ref.Location))
				}
				if c := it.column(first.Sval); c != nil {
					r.mark([]column{*c}, int(ref.Location))
					in.noteBare(it, c.name, sc)
					r.subscripts(x.Indirection[1:], sc)
					return 0
				}
			}
		}
	}
	r.expr(x.Arg, sc)
	r.subscripts(x.Indirection, sc)
	return 0
}

// subscripts walks what follows an expression: .field, which means field(expression) if there is no such field, and [index].
func (r *resolver) subscripts(nodes []*pg_query.Node, sc *scope) {
	for _, n := range nodes {
		if s := n.GetString_(); s != nil {
			r.attribute(s.Sval, -1)
			continue
		}
		r.expr(n, sc)
	}
}

func (r *resolver) sortOperator(s *pg_query.SortBy) {
	if op, ok := names(s.GetUseOp()); ok && len(op) > 0 {
		r.operatorName(op, int(s.GetLocation()))
	}
}
