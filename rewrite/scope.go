package rewrite

import (
	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// scope is the names that one query level can see: its FROM items, and those of the levels around it.
type scope struct {
	parent *scope
	items  []*item
	ctes   *cte
	// bare collects the columns that the level uses outside aggregates, if it has a GROUP BY (see dependency.go).
	bare *[]bareColumn
	// inAggregate counts the aggregate calls around the expression that is walked.
	inAggregate int
	// exempt is true while an expression is walked that PostgreSQL evaluates only on rows that have passed
	// every filter: the target list, ORDER BY and GROUP BY of the outermost query.
	exempt bool
	// leaves counts the FROM items, those that are joined too.
	leaves int
	// narrowing is what is known of the rows of the level's relations; nil if that is of no use.
	narrowing *narrowing
}

// cte is a WITH query in scope; the innermost comes first.
type cte struct {
	name   string
	cols   []column
	open   bool // not all columns are known
	parent *cte
}

// item is one entry of a FROM clause.
type item struct {
	name   string // alias, or the relation's name
	schema string // of a relation without an alias, by which its columns can be qualified too
	cols   []column
	open   bool              // it may have columns that are not listed
	ref    *ref              // the relation reference, nil for others
	rel    *catalog.Relation // the relation, protected or not, nil for others
	// subquery is true for a subquery in FROM.
	subquery bool
	// merged is true if a USING or NATURAL join has merged columns of it with another's.
	merged bool
}

// column is one output column of an item or query.
type column struct {
	name    string
	typ     uint32 // 0 if not known
	origins []origin
	// guessed is true if the name is not in the text: PostgreSQL may have given the column another.
	guessed bool
	// source is the column of its query's own level that it is, if any. within is that level, nil if a condition on the one is not
	// one on the other (see passThrough).
	source place
	within *narrowing
}

// origin is a relation's column that a column is, without change.
type origin struct {
	ref  *ref
	name string
}

// bareColumn is a column of a FROM item used outside aggregates.
type bareColumn struct {
	item *item
	name string // empty for all of them
}

// find returns the items' columns of that name.
func (s *scope) find(name string) (found []column, items []*item, open bool) {
	for _, it := range s.items {
		open = open || it.open
		for _, c := range it.cols {
			if c.name == name {
				found = append(found, c)
				items = append(items, it)
			}
		}
	}
	return found, items, open
}

// byName returns the nearest item of that name, and the scope that it is in.
func (s *scope) byName(schema, name string) (*item, *scope) {
	for sc := s; sc != nil; sc = sc.parent {
		for _, it := range sc.items {
			if it.name == name && (schema == "" || it.schema == schema) {
				return it, sc
			}
		}
	}
	return nil, nil
}

func (c *cte) find(name string) *cte {
	for ; c != nil; c = c.parent {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (it *item) column(name string) *column {
	for i := range it.cols {
		if it.cols[i].name == name {
			return &it.cols[i]
		}
	}
	return nil
}

// rename applies an alias with its column list.
func (it *item) rename(a *pg_query.Alias) {
	if a == nil {
		return
	}
	it.name, it.schema = a.Aliasname, ""
	it.cols = renameColumns(it.cols, a.Colnames, it.open)
}

// renameColumns applies a column list. If not all columns are known, or not their order, each may be any of them.
func renameColumns(cols []column, aliases []*pg_query.Node, open bool) []column {
	list, _ := names(aliases)
	if len(list) == 0 {
		return cols
	}
	if open {
		cols = anyOf(cols)
	}
	out := append([]column(nil), cols...)
	for i, name := range list {
		if i < len(out) {
			out[i].name, out[i].guessed = name, false
		} else {
			out = append(out, column{name: name})
		}
	}
	return out
}

// anyOf gives columns of which it is not known which is which: each may be all of them, of any type.
func anyOf(cols []column) []column {
	var origins []origin
	for _, c := range cols {
		origins = append(origins, c.origins...)
	}
	out := make([]column, len(cols))
	for i, c := range cols {
		out[i] = column{name: c.name, guessed: true, origins: origins}
	}
	return out
}

// outputName is the name that the server gives an output column without AS (FigureColname in parse_target.c).
func (b *binding) outputName(n *pg_query.Node) string {
	name, _ := b.figure(n)
	if name == "" {
		return "?column?"
	}
	return name
}

func (b *binding) figure(n *pg_query.Node) (name string, strength int) {
	if n == nil {
		return "", 0
	}
	last := func(nodes []*pg_query.Node) string {
		for i := len(nodes) - 1; i >= 0; i-- {
			if s := nodes[i].GetString_(); s != nil {
				return s.Sval
			}
		}
		return ""
	}
	switch x := n.Node.(type) {
	case *pg_query.Node_ColumnRef:
		if isStar(x.ColumnRef.Fields) {
			return "", 0
		}
		return last(x.ColumnRef.Fields), 2
	case *pg_query.Node_AIndirection:
		if f := last(x.AIndirection.Indirection); f != "" {
			return f, 2
		}
		return b.figure(x.AIndirection.Arg)
	case *pg_query.Node_FuncCall:
		return b.functionName(x.FuncCall, last(x.FuncCall.Funcname)), 2
	case *pg_query.Node_AConst:
		if constantType(x.AConst) == typeBool && b.snap.ServerVersion < 150000 { // a cast of 't' or 'f' until then
			return "bool", 1
		}
	case *pg_query.Node_AExpr:
		if x.AExpr.Kind == pg_query.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif", 2
		}
	case *pg_query.Node_TypeCast:
		if name, strength = b.figure(x.TypeCast.Arg); strength <= 1 {
			if t := last(x.TypeCast.TypeName.GetNames()); t != "" {
				return t, 1
			}
		}
		return name, strength
	case *pg_query.Node_CollateClause:
		return b.figure(x.CollateClause.Arg)
	case *pg_query.Node_GroupingFunc:
		return "grouping", 2
	case *pg_query.Node_SubLink:
		switch x.SubLink.SubLinkType {
		case pg_query.SubLinkType_EXISTS_SUBLINK:
			return "exists", 2
		case pg_query.SubLinkType_ARRAY_SUBLINK:
			return "array", 2
		case pg_query.SubLinkType_EXPR_SUBLINK:
			if s := x.SubLink.Subselect.GetSelectStmt(); s != nil {
				for s.Larg != nil {
					s = s.Larg
				}
				if len(s.TargetList) > 0 {
					t := s.TargetList[0].GetResTarget()
					if t.Name != "" {
						return t.Name, 2
					}
					return b.figure(t.Val)
				}
			}
		}
	case *pg_query.Node_CaseExpr:
		if name, strength = b.figure(x.CaseExpr.Defresult); strength <= 1 {
			return "case", 1
		}
		return name, strength
	case *pg_query.Node_AArrayExpr:
		return "array", 2
	case *pg_query.Node_RowExpr:
		return "row", 2
	case *pg_query.Node_CoalesceExpr:
		return "coalesce", 2
	case *pg_query.Node_MinMaxExpr:
		if x.MinMaxExpr.Op == pg_query.MinMaxOp_IS_LEAST {
			return "least", 2
		}
		return "greatest", 2
	case *pg_query.Node_SqlvalueFunction:
		return sqlValueName[x.SqlvalueFunction.Op], 2
	case *pg_query.Node_XmlSerialize:
		return "xmlserialize", 2
	case *pg_query.Node_JsonObjectConstructor:
		return "json_object", 2
	case *pg_query.Node_JsonArrayConstructor, *pg_query.Node_JsonArrayQueryConstructor:
		return "json_array", 2
	case *pg_query.Node_JsonObjectAgg:
		return "json_objectagg", 2
	case *pg_query.Node_JsonArrayAgg:
		return "json_arrayagg", 2
	}
	return "", 0
}

var sqlValueName = map[pg_query.SQLValueFunctionOp]string{
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "current_date",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "current_time",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "current_time",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "current_timestamp",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME:           "localtime",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "localtime",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "localtimestamp",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "localtimestamp",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "current_role",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "current_user",
	pg_query.SQLValueFunctionOp_SVFOP_USER:                "user",
	pg_query.SQLValueFunctionOp_SVFOP_SESSION_USER:        "session_user",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "current_catalog",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "current_schema",
}
