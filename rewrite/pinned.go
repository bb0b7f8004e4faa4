package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// maxPinnedBytes bounds the statements that Pinned looks at.
const maxPinnedBytes = 64 << 10

// Pinned returns the constants to which a statement's condition pins a column: rows that have none of them in it cannot be in its result. ok is false for
// whatever is not certainly so: only a SELECT of one relation is looked at, without subqueries and functions but plain aggregates, in which
// WHERE demands that the column equals constants.
func Pinned(statement, column string) (values []string, ok bool) {
	p, refusal := parse(statement, maxPinnedBytes)
	if refusal != nil || len(p.stmts) != 1 {
		return nil, false
	}
	s := p.stmts[0].GetStmt().GetSelectStmt()
	if s == nil || len(s.FromClause) != 1 || s.IntoClause != nil {
		return nil, false
	}
	rel := s.FromClause[0].GetRangeVar()
	if rel == nil || rel.GetAlias() != nil && len(rel.Alias.Colnames) > 0 || !isPlain(s.ProtoReflect(), 0) {
		return nil, false
	}
	alias := rel.Relname
	if rel.GetAlias() != nil {
		alias = rel.Alias.Aliasname
	}
	return p.pins(s.WhereClause, func(name []string) bool {
		return slices.Equal(name, []string{column}) || slices.Equal(name, []string{alias, column})
	})
}

// pins returns the constants that a condition demands of a column.
func (p *parsed) pins(condition *pg_query.Node, isColumn func(name []string) bool) ([]string, bool) {
	if b := condition.GetBoolExpr(); b != nil && b.Boolop == pg_query.BoolExprType_AND_EXPR {
		for _, arg := range b.Args { // one of them is enough
			if values, ok := p.pins(arg, isColumn); ok {
				return values, true
			}
		}
		return nil, false
	}
	x := condition.GetAExpr()
	op, ok := names(x.GetName())
	if !ok || !slices.Equal(op, []string{"="}) {
		return nil, false
	}
	left, right := x.Lexpr, x.Rexpr
	if right.GetColumnRef() != nil {
		left, right = right, left
	}
	name, ok := names(left.GetColumnRef().GetFields())
	if !ok || !isColumn(name) {
		return nil, false
	}
	list := []*pg_query.Node{right}
	switch x.Kind {
	case pg_query.A_Expr_Kind_AEXPR_OP:
	case pg_query.A_Expr_Kind_AEXPR_IN:
		list = x.Rexpr.GetList().GetItems()
	default:
		return nil, false
	}
	var values []string
	for _, item := range list {
		value, ok := p.keyConstant(item)
		if !ok {
			return nil, false
		}
		values = append(values, value)
	}
	return values, len(values) > 0
}

// plainFunctions are those that read nothing but their arguments and are called by no other name.
func plainFunctions() []string { return []string{"count", "sum", "avg", "min", "max"} }

// maxPlainDepth bounds the nesting of what isPlain looks at.
const maxPlainDepth = 200

// isPlain reports whether nothing in a statement reads relations but its FROM: no subquery, no function but plain aggregates.
func isPlain(m protoreflect.Message, depth int) bool {
	if depth > maxPlainDepth {
		return false
	}
	switch x := m.Interface().(type) {
	case *pg_query.SubLink, *pg_query.WithClause, *pg_query.RangeSubselect, *pg_query.RangeFunction, *pg_query.JoinExpr:
		return false
	case *pg_query.SelectStmt:
		if x.Op != pg_query.SetOperation_SETOP_NONE {
			return false
		}
	case *pg_query.FuncCall:
		if name, ok := names(x.Funcname); !ok || len(name) != 1 || !slices.Contains(plainFunctions(), name[0]) {
			return false
		}
	}
	plain := true
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				plain = plain && isPlain(v.List().Get(i).Message(), depth+1)
			}
		default:
			plain = isPlain(v.Message(), depth+1)
		}
		return plain
	})
	return plain
}
