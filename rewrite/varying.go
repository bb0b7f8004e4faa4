package rewrite

import (
	"slices"
	"sort"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// varying finds which constants of a text may have other values in the other texts of its shape: those that stand where SQL has
// a value to compute with. Not among them are numbers that mean an output column, direct arguments of functions, type modifiers,
// and whatever stands where it is not looked for.
type varying struct {
	p         *parsed
	constants []constant
	may       []bool // one for each constant
}

// varyingConstants returns, for each of the constants of a text, whether it may have another value.
func varyingConstants(p *parsed, constants []constant) []bool {
	v := varying{p: p, constants: constants, may: make([]bool, len(constants))}
	for _, raw := range p.stmts {
		v.statement(raw.Stmt)
	}
	return v.may
}

func (v *varying) statement(n *pg_query.Node) {
	switch x := n.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		v.query(x.SelectStmt)
	case *pg_query.Node_InsertStmt:
		v.with(x.InsertStmt.WithClause)
		v.query(x.InsertStmt.SelectStmt.GetSelectStmt())
		conflict := x.InsertStmt.OnConflictClause
		v.values(conflict.GetTargetList()...)
		v.values(conflict.GetWhereClause())
		v.values(x.InsertStmt.ReturningList...)
	case *pg_query.Node_UpdateStmt:
		v.with(x.UpdateStmt.WithClause)
		v.values(x.UpdateStmt.TargetList...)
		v.from(x.UpdateStmt.FromClause...)
		v.values(x.UpdateStmt.WhereClause)
		v.values(x.UpdateStmt.ReturningList...)
	case *pg_query.Node_DeleteStmt:
		v.with(x.DeleteStmt.WithClause)
		v.from(x.DeleteStmt.UsingClause...)
		v.values(x.DeleteStmt.WhereClause)
		v.values(x.DeleteStmt.ReturningList...)
	}
}

func (v *varying) with(w *pg_query.WithClause) {
	for _, n := range w.GetCtes() {
		v.statement(n.GetCommonTableExpr().GetCtequery())
	}
}

func (v *varying) query(s *pg_query.SelectStmt) {
	if s == nil {
		return
	}
	v.with(s.WithClause)
	v.query(s.Larg)
	v.query(s.Rarg)
	v.values(s.TargetList...)
	v.values(s.ValuesLists...)
	v.from(s.FromClause...)
	v.values(s.WhereClause, s.HavingClause, s.LimitCount, s.LimitOffset)
	v.sorted(s.DistinctClause...)
	v.sorted(s.GroupClause...)
	v.sorted(s.SortClause...)
	v.inside(s.WindowClause...)
}

func (v *varying) from(nodes ...*pg_query.Node) {
	for _, n := range nodes {
		switch x := n.GetNode().(type) {
		case *pg_query.Node_JoinExpr:
			v.from(x.JoinExpr.Larg, x.JoinExpr.Rarg)
			v.values(x.JoinExpr.Quals)
		case *pg_query.Node_RangeSubselect:
			v.query(x.RangeSubselect.Subquery.GetSelectStmt())
		case *pg_query.Node_RangeFunction:
			for _, pair := range x.RangeFunction.Functions {
				v.inside(pair)
			}
		}
	}
}

// sorted walks what is sorted or grouped by, where a number means an output column.
func (v *varying) sorted(nodes ...*pg_query.Node) {
	for _, n := range nodes {
		switch x := n.GetNode().(type) {
		case *pg_query.Node_SortBy:
			v.sorted(x.SortBy.Node)
		case *pg_query.Node_GroupingSet:
			v.sorted(x.GroupingSet.Content...)
		case *pg_query.Node_RowExpr:
			v.sorted(x.RowExpr.Args...)
		case *pg_query.Node_List:
			v.sorted(x.List.Items...)
		default:
			v.inside(n)
		}
	}
}

// values walks expressions of which each may be a constant with another value.
func (v *varying) values(nodes ...*pg_query.Node) {
	for _, n := range nodes {
		if c := n.GetAConst(); c != nil {
			v.constant(c)
		} else {
			v.inside(n)
		}
	}
}

// inside walks what is inside expressions.
func (v *varying) inside(nodes ...*pg_query.Node) {
	for _, n := range nodes {
		if n.GetNode() == nil {
			continue
		}
		kids, _ := children(n)
		switch x := n.Node.(type) {
		case *pg_query.Node_AConst:
		case *pg_query.Node_AExpr, *pg_query.Node_BoolExpr, *pg_query.Node_CaseExpr, *pg_query.Node_CaseWhen, *pg_query.Node_CoalesceExpr,
			*pg_query.Node_MinMaxExpr, *pg_query.Node_AArrayExpr, *pg_query.Node_RowExpr, *pg_query.Node_List, *pg_query.Node_ResTarget,
			*pg_query.Node_NullTest, *pg_query.Node_BooleanTest, *pg_query.Node_CollateClause:
			v.values(kids...)
		case *pg_query.Node_TypeCast:
			if name, _ := names(x.TypeCast.TypeName.GetNames()); len(name) > 0 && valueTypes[name[len(name)-1]] {
				v.values(x.TypeCast.Arg)
			} else {
				v.inside(x.TypeCast.Arg)
			}
		case *pg_query.Node_SubLink:
			v.values(x.SubLink.Testexpr)
			v.query(x.SubLink.Subselect.GetSelectStmt())
		case *pg_query.Node_SortBy, *pg_query.Node_WindowDef:
			v.sorted(kids...)
		default: // arguments of functions, subscripts, what JSON and XML are made of
			v.inside(kids...)
		}
	}
}

// valueTypes are the types that are values and nothing else: not regclass and its like, which name objects.
var valueTypes = set("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar", "uuid", "json", "jsonb",
	"date", "time", "timetz", "timestamp", "timestamptz", "interval")

// constant notes that a constant may have another value, unless its value was read.
func (v *varying) constant(c *pg_query.A_Const) {
	at := int(c.Location)
	if at < 0 {
		return // not in the text: the 1 of FETCH FIRST ROW ONLY
	}
	i := sort.Search(len(v.constants), func(i int) bool { return v.constants[i].start >= at })
	if i == len(v.constants) || v.p.looked[at] || constantClassOf(c) != v.constants[i].class {
		return
	}
	if start := v.constants[i].start; start == at || isSign(v.p.src[at:start]) {
		v.may[i] = true
	}
}

// isSign reports whether a text is the minus that the parser makes part of the number behind it.
func isSign(text string) bool {
	return text[0] == '-' && !slices.ContainsFunc([]byte(text[1:]), func(b byte) bool { return lexemes[b] != blank })
}
