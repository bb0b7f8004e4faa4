package rewrite

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/proto"
)

// verify parses the rewritten string again and sees to it that it holds the same statements, and names nothing protected
// outside the texts that were put in. It is a second line: what it finds is a fault of the rewriter.
func (a *Answer) verify(runs []*run) *Refusal {
	fault := func(what string) *Refusal {
		return &Refusal{Code: "XX000", Message: "the statement could not be rewritten safely", Detail: what,
			Hint: "Please report the statement to the developers of pgscrim."}
	}
	p, refusal := parseRewritten(a.SQL, runs)
	if refusal != nil {
		return fault(fmt.Sprintf("The result does not parse: %s.", refusal.Message))
	}
	rest, inside := p.stmts, spans(a.edits)
	for _, r := range runs {
		n := max(1, r.out.Steps.Sent)
		if n > len(rest) {
			return fault("The result has fewer statements.")
		}
		own := rest[:n]
		rest = rest[n:]
		if r.out.Refusal != nil {
			continue
		}
		var inserted []proto.Message
		q := r.resolver()
		q.p, q.inside, q.verifying, q.mayInto = p, inside, true, true
		for _, raw := range own {
			inserted = append(inserted, insertions(raw.Stmt)...)
			for _, s := range queriesIn(raw.Stmt) {
				q.query(s, nil, nil, false)
			}
		}
		if q.refusal != nil {
			return fault(q.refusal.Message)
		}
		if !isConfined(inserted, r.confined, inside) {
			return fault("A row could be written about somebody whom the caller does not see.")
		}
	}
	if len(rest) > 0 {
		return fault("The result has more statements.")
	}
	return nil
}

// parseRewritten parses a rewritten string. Its depth is that of the client's text, which has passed the guard, and of
// fragments, which are a few levels deep; only definitions of views need another look.
func parseRewritten(text string, runs []*run) (*parsed, *Refusal) {
	if slices.ContainsFunc(runs, func(r *run) bool { return r.inlined }) {
		return parse(text, len(text))
	}
	stmts, err := parseTree(text)
	if err != nil {
		return nil, syntaxRefusal(err)
	}
	return &parsed{src: text, stmts: stmts}, nil
}

// queriesIn returns the queries of a statement.
func queriesIn(n *pg_query.Node) []*pg_query.SelectStmt {
	switch x := n.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		return []*pg_query.SelectStmt{x.SelectStmt}
	case *pg_query.Node_CopyStmt:
		if x.CopyStmt.Query != nil {
			return queriesIn(x.CopyStmt.Query)
		}
		// COPY of a table: as if it were SELECT FROM it.
		from := &pg_query.Node{Node: &pg_query.Node_RangeVar{RangeVar: x.CopyStmt.Relation}}
		return []*pg_query.SelectStmt{{FromClause: []*pg_query.Node{from}}}
	case *pg_query.Node_ExplainStmt:
		return queriesIn(x.ExplainStmt.Query)
	case *pg_query.Node_DeclareCursorStmt:
		return queriesIn(x.DeclareCursorStmt.Query)
	case *pg_query.Node_PrepareStmt:
		return queriesIn(x.PrepareStmt.Query)
	case *pg_query.Node_CreateTableAsStmt:
		return queriesIn(x.CreateTableAsStmt.Query)
	case *pg_query.Node_InsertStmt:
		// What it reads: the source, and the subqueries of the rest.
		rest := &pg_query.SelectStmt{WithClause: x.InsertStmt.WithClause, TargetList: x.InsertStmt.ReturningList}
		if c := x.InsertStmt.OnConflictClause; c != nil {
			rest.TargetList, rest.WhereClause = append(rest.TargetList, c.TargetList...), c.WhereClause
		}
		return append(queriesIn(x.InsertStmt.SelectStmt), rest)
	case *pg_query.Node_UpdateStmt:
		return []*pg_query.SelectStmt{{WithClause: x.UpdateStmt.WithClause, FromClause: x.UpdateStmt.FromClause,
			WhereClause: x.UpdateStmt.WhereClause, TargetList: append(x.UpdateStmt.TargetList, x.UpdateStmt.ReturningList...)}}
	case *pg_query.Node_DeleteStmt:
		return []*pg_query.SelectStmt{{WithClause: x.DeleteStmt.WithClause, FromClause: x.DeleteStmt.UsingClause,
			WhereClause: x.DeleteStmt.WhereClause, TargetList: x.DeleteStmt.ReturningList}}
	case *pg_query.Node_MergeStmt:
		s := &pg_query.SelectStmt{WithClause: x.MergeStmt.WithClause, FromClause: []*pg_query.Node{x.MergeStmt.SourceRelation}, WhereClause: x.MergeStmt.JoinCondition}
		for _, n := range x.MergeStmt.MergeWhenClauses {
			c := n.GetMergeWhenClause()
			for _, value := range append(append(c.TargetList, c.Condition), c.Values...) {
				if value.GetResTarget() == nil {
					value = &pg_query.Node{Node: &pg_query.Node_ResTarget{ResTarget: &pg_query.ResTarget{Val: value}}}
				}
				s.TargetList = append(s.TargetList, value)
			}
		}
		return []*pg_query.SelectStmt{s}
	}
	return nil
}
