package rewrite

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// expr is an SQL expression of the policy over one row of a relation. Between its parts stands
// the alias of that row, so that no name in it can be captured.
type expr struct {
	parts []string
	// column is the column's name if the expression is nothing else, and uses are all columns in it.
	column string
	uses   []string
}

// columns are the columns that an expression looks at; a nil one looks at none.
func (e *expr) columns() []string {
	if e == nil {
		return nil
	}
	return e.uses
}

// sql spells the expression over the row of an alias.
func (e *expr) sql(alias string) string { return "(" + strings.Join(e.parts, alias+".") + ")" }

// columnExpr is the expression that is a column.
func columnExpr(name string) *expr {
	return &expr{parts: []string{"", quote(name)}, column: name, uses: []string{name}}
}

// compileExpr compiles an expression of the policy. problem says what is wrong with it, empty if nothing is. It may use
// columns of the relation, constants, operators, and functions of pg_catalog that are not volatile.
func compileExpr(text string, rel *catalog.Relation, snap *catalog.Snapshot) (e *expr, problem string) {
	const prefix, suffix = "SELECT (", "\n)"
	p, refusal := parse(prefix+text+suffix, maxPolicyExpr)
	if refusal != nil {
		return nil, refusal.Message
	}
	var target *pg_query.Node
	if len(p.stmts) == 1 {
		if s := p.stmts[0].Stmt.GetSelectStmt(); s != nil && len(s.TargetList) == 1 && len(s.FromClause) == 0 && s.WhereClause == nil &&
			s.Larg == nil && s.IntoClause == nil && s.GroupClause == nil && s.SortClause == nil && s.LimitCount == nil && s.WithClause == nil {
			target = s.TargetList[0].GetResTarget().Val
		}
	}
	if target == nil {
		return nil, "is not one SQL expression"
	}
	var edits []edit
	var uses []string
	var clocks []clock
	zoned, unzoned := false, false // columns with and without a time zone
	casts := map[*pg_query.Node]bool{}
	var walk func(n *pg_query.Node) string
	walk = func(n *pg_query.Node) string {
		switch x := n.Node.(type) {
		case *pg_query.Node_ColumnRef:
			name, ok := names(x.ColumnRef.Fields)
			if !ok || len(name) != 1 {
				return "may name columns only by their plain names"
			}
			if rel.Column(name[0]) == nil {
				return fmt.Sprintf("names column %q, which %s.%s does not have", name[0], rel.Name.Schema, rel.Name.Name)
			}
			uses = append(uses, name[0])
			edits = append(edits, edit{int(x.ColumnRef.Location), int(x.ColumnRef.Location), aliasMark})
			switch t := typeOf(snap, rel.Column(name[0])); {
			case t.name == "date", t.name == "time", t.name == "timestamp":
				unzoned = true
			case t.name == "timestamptz", t.name == "timetz":
				zoned = true
			case t.kind == 'b' && (t.name == "citext" || strings.Contains(t.name, ".")) && !casts[n]:
				// Which operator it means would depend on the caller's search_path.
				return fmt.Sprintf("uses column %q of an extension's type without a cast: write %s::text", name[0], name[0])
			}
		case *pg_query.Node_TypeCast:
			if msg := policyCast(p, x.TypeCast, rel, snap); msg != "" {
				return msg
			}
			casts[x.TypeCast.Arg] = true
		case *pg_query.Node_FuncCall:
			name, ok := names(x.FuncCall.Funcname)
			if !ok || len(name) > 2 || (len(name) == 2 && name[0] != "pg_catalog") {
				return fmt.Sprintf("calls %s: only functions of pg_catalog are allowed", dotted(name))
			}
			if msg := policyFunction(snap, name[len(name)-1]); msg != "" {
				return msg
			}
			if isNow(name[len(name)-1]) {
				clocks = append(clocks, clock{at: int(x.FuncCall.Location), call: true})
			} else if len(name) == 1 {
				edits = append(edits, edit{int(x.FuncCall.Location), int(x.FuncCall.Location), "pg_catalog."})
			}
		case *pg_query.Node_SqlvalueFunction:
			if op := x.SqlvalueFunction.Op; sqlValueType[op] != 0 {
				clocks = append(clocks, clock{at: int(x.SqlvalueFunction.Location), date: op == pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE})
			} else {
				return "may use of the current values only current_date, current_timestamp and localtimestamp"
			}
		case *pg_query.Node_SubLink, *pg_query.Node_ParamRef:
			return "may hold no subquery and no parameter"
		}
		kids, known := children(n)
		if !known {
			return "holds syntax that a policy may not use"
		}
		for _, k := range kids {
			if msg := walk(k); msg != "" {
				return msg
			}
		}
		return ""
	}
	if msg := walk(target); msg != "" {
		return nil, msg
	}
	for _, c := range clocks {
		e, msg := c.edit(p, zoned, unzoned)
		if msg != "" {
			return nil, msg
		}
		edits = append(edits, e)
	}
	sortEdits(edits)
	marked, ok := splice(p.src, edits)
	if !ok || strings.Count(marked, aliasMark) != countMarks(edits) {
		return nil, "holds syntax that a policy may not use"
	}
	marked = strings.TrimSuffix(strings.TrimPrefix(marked, prefix), suffix)
	e = &expr{parts: strings.Split(marked, aliasMark), uses: uses}
	if strings.Contains(marked, "--") { // a comment would swallow what follows in a fragment
		e.parts[len(e.parts)-1] += "\n"
	}
	if c := target.GetColumnRef(); c != nil {
		name, _ := names(c.Fields)
		e.column = name[0]
	}
	return e, ""
}

// policyCast says what is wrong with a cast in an expression of the policy: its type must be the same whatever the search_path,
// and its result whatever the settings of the session.
func policyCast(p *parsed, x *pg_query.TypeCast, rel *catalog.Relation, snap *catalog.Snapshot) string {
	name, ok := names(x.TypeName.GetNames())
	if !ok || len(name) == 0 || len(name) == 1 && snap.TypeByName("pg_catalog", name[0]) == nil {
		return fmt.Sprintf("casts to %s: write the type's schema", dotted(name))
	}
	switch to := name[len(name)-1]; to {
	case "date", "time", "timetz", "timestamp", "timestamptz":
		if text, ok := p.textConstant(x.Arg); !ok || to == "timestamptz" || !strings.ContainsAny(text, "0123456789") {
			return fmt.Sprintf("casts to %s, which depends on the session's TimeZone: use (column AT TIME ZONE 'UTC')", to)
		}
	default:
		if ref := x.Arg.GetColumnRef(); ref != nil {
			column, _ := names(ref.Fields)
			if c := rel.Column(column[len(column)-1]); c != nil {
				if t := snap.BaseType(c.Type); t != nil && (t.Category == 'D' || t.Category == 'T') {
					return fmt.Sprintf("casts a date or time to %s, which depends on the session's DateStyle", to)
				}
			}
		}
	}
	return ""
}

// clock is a place in an expression that reads the time.
type clock struct {
	at         int
	call, date bool // now() and the like; current_date
}

func isNow(function string) bool {
	return function == "now" || function == "transaction_timestamp" || function == "statement_timestamp"
}

// edit spells the time so that it does not depend on the caller's TimeZone setting, by which a caller could move it a week: as an
// instant where it meets columns with a time zone, as the time in UTC where it meets columns without.
func (c clock) edit(p *parsed, zoned, unzoned bool) (e edit, problem string) {
	first := p.tokenAt(c.at)
	last := p.qualifiedName(first)
	if next := p.skip(last, 1); c.call {
		last = p.closing(next)
	} else if p.is(next, pg_query.Token_ASCII_40) && !c.date {
		last = p.closing(next) // current_timestamp(3)
	}
	if first < 0 || last < 0 {
		return edit{}, "holds syntax that a policy may not use"
	}
	const utc = "pg_catalog.timezone('UTC', pg_catalog.now())"
	text := "pg_catalog.now()"
	switch {
	case zoned && unzoned:
		return edit{}, "compares the current time with columns of both kinds, with and without time zone: the result would depend on the session's TimeZone"
	case unzoned && c.date:
		text = "(" + utc + ")::pg_catalog.date"
	case unzoned:
		text = utc
	case c.date:
		text = "pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC')"
	}
	return edit{p.tokens[first].start, p.tokens[last].end, text}, ""
}

// maxPolicyExpr bounds the length of an expression in a policy, in bytes.
const maxPolicyExpr = 64 << 10

// aliasMark stands for the alias while an expression is taken apart. A private-use character:
// an expression that holds it is refused.
const aliasMark = "\uE000"

func countMarks(edits []edit) (n int) {
	for _, e := range edits {
		n += strings.Count(e.text, aliasMark)
	}
	return n
}

// policyFunction says why a function of pg_catalog may not be called by an expression of the policy.
func policyFunction(snap *catalog.Snapshot, name string) string {
	found := false
	for _, f := range snap.Functions(name) {
		if f.Name.Schema != "pg_catalog" {
			continue
		}
		found = true
		if f.Kind != 'f' || f.Volatile != 'i' && !isNow(name) {
			return fmt.Sprintf("calls %s, which a policy may not: it is an aggregate, or depends on more than its arguments (a setting such as TimeZone, say)", name)
		}
	}
	if !found {
		return fmt.Sprintf("calls %s, which pg_catalog does not have", name)
	}
	return ""
}
