package rewrite

import (
	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// children returns the expressions directly inside an expression node. ok is false for a node
// that is no expression known here; column references and subqueries have no children.
func children(n *pg_query.Node) (kids []*pg_query.Node, ok bool) {
	add := func(nodes ...*pg_query.Node) {
		for _, k := range nodes {
			if k != nil {
				kids = append(kids, k)
			}
		}
	}
	switch x := n.Node.(type) {
	case *pg_query.Node_AConst, *pg_query.Node_ParamRef, *pg_query.Node_ColumnRef, *pg_query.Node_SubLink,
		*pg_query.Node_SqlvalueFunction, *pg_query.Node_AStar, *pg_query.Node_String_, *pg_query.Node_SetToDefault:
	case *pg_query.Node_AExpr:
		add(x.AExpr.Lexpr, x.AExpr.Rexpr)
	case *pg_query.Node_BoolExpr:
		add(x.BoolExpr.Args...)
	case *pg_query.Node_TypeCast:
		add(x.TypeCast.Arg)
	case *pg_query.Node_CollateClause:
		add(x.CollateClause.Arg)
	case *pg_query.Node_FuncCall:
		add(x.FuncCall.Args...)
		add(x.FuncCall.AggOrder...)
		add(x.FuncCall.AggFilter)
		add(windowChildren(x.FuncCall.Over)...)
	case *pg_query.Node_AArrayExpr:
		add(x.AArrayExpr.Elements...)
	case *pg_query.Node_AIndirection:
		add(x.AIndirection.Arg)
		add(x.AIndirection.Indirection...)
	case *pg_query.Node_AIndices:
		add(x.AIndices.Lidx, x.AIndices.Uidx)
	case *pg_query.Node_RowExpr:
		add(x.RowExpr.Args...)
	case *pg_query.Node_CaseExpr:
		add(x.CaseExpr.Arg)
		add(x.CaseExpr.Args...)
		add(x.CaseExpr.Defresult)
	case *pg_query.Node_CaseWhen:
		add(x.CaseWhen.Expr, x.CaseWhen.Result)
	case *pg_query.Node_CoalesceExpr:
		add(x.CoalesceExpr.Args...)
	case *pg_query.Node_MinMaxExpr:
		add(x.MinMaxExpr.Args...)
	case *pg_query.Node_NullTest:
		add(x.NullTest.Arg)
	case *pg_query.Node_BooleanTest:
		add(x.BooleanTest.Arg)
	case *pg_query.Node_XmlExpr:
		add(x.XmlExpr.NamedArgs...)
		add(x.XmlExpr.Args...)
	case *pg_query.Node_XmlSerialize:
		add(x.XmlSerialize.Expr)
	case *pg_query.Node_GroupingFunc:
		add(x.GroupingFunc.Args...)
	case *pg_query.Node_GroupingSet:
		add(x.GroupingSet.Content...)
	case *pg_query.Node_MultiAssignRef:
		add(x.MultiAssignRef.Source)
	case *pg_query.Node_NamedArgExpr:
		add(x.NamedArgExpr.Arg)
	case *pg_query.Node_List:
		add(x.List.Items...)
	case *pg_query.Node_SortBy:
		add(x.SortBy.Node)
	case *pg_query.Node_ResTarget:
		add(x.ResTarget.Val)
	case *pg_query.Node_WindowDef:
		add(windowChildren(x.WindowDef)...)
	case *pg_query.Node_JsonObjectConstructor:
		add(x.JsonObjectConstructor.Exprs...)
	case *pg_query.Node_JsonArrayConstructor:
		add(x.JsonArrayConstructor.Exprs...)
	case *pg_query.Node_JsonKeyValue:
		add(x.JsonKeyValue.Key, jsonValue(x.JsonKeyValue.Value))
	case *pg_query.Node_JsonValueExpr:
		add(jsonValue(x.JsonValueExpr))
	case *pg_query.Node_JsonObjectAgg:
		add(x.JsonObjectAgg.Arg.GetKey(), jsonValue(x.JsonObjectAgg.Arg.GetValue()))
		add(jsonAggregate(x.JsonObjectAgg.Constructor)...)
	case *pg_query.Node_JsonArrayAgg:
		add(jsonValue(x.JsonArrayAgg.Arg))
		add(jsonAggregate(x.JsonArrayAgg.Constructor)...)
	case *pg_query.Node_JsonIsPredicate:
		add(x.JsonIsPredicate.Expr)
	default:
		return nil, false
	}
	return kids, true
}

func windowChildren(w *pg_query.WindowDef) []*pg_query.Node {
	if w == nil {
		return nil
	}
	kids := append(append([]*pg_query.Node{}, w.PartitionClause...), w.OrderClause...)
	return append(kids, w.StartOffset, w.EndOffset)
}

func jsonValue(v *pg_query.JsonValueExpr) *pg_query.Node {
	if v == nil {
		return nil
	}
	return v.RawExpr
}

func jsonAggregate(c *pg_query.JsonAggConstructor) []*pg_query.Node {
	if c == nil {
		return nil
	}
	return append(append([]*pg_query.Node{c.AggFilter}, c.AggOrder...), windowChildren(c.Over)...)
}

// locations calls f with every place in the text that an expression node and those below it name.
func locations(n *pg_query.Node, f func(int)) {
	if n == nil {
		return
	}
	switch x := n.Node.(type) {
	case *pg_query.Node_ColumnRef:
		f(int(x.ColumnRef.Location))
	case *pg_query.Node_AConst:
		f(int(x.AConst.Location))
	case *pg_query.Node_ParamRef:
		f(int(x.ParamRef.Location))
	case *pg_query.Node_FuncCall:
		f(int(x.FuncCall.Location))
	case *pg_query.Node_SqlvalueFunction:
		f(int(x.SqlvalueFunction.Location))
	case *pg_query.Node_CaseExpr:
		f(int(x.CaseExpr.Location))
	case *pg_query.Node_SubLink:
		f(int(x.SubLink.Location))
	case *pg_query.Node_RowExpr:
		f(int(x.RowExpr.Location))
	case *pg_query.Node_AArrayExpr:
		f(int(x.AArrayExpr.Location))
	case *pg_query.Node_CoalesceExpr:
		f(int(x.CoalesceExpr.Location))
	case *pg_query.Node_MinMaxExpr:
		f(int(x.MinMaxExpr.Location))
	case *pg_query.Node_GroupingSet:
		f(int(x.GroupingSet.Location))
	}
	kids, _ := children(n)
	for _, k := range kids {
		locations(k, f)
	}
}
