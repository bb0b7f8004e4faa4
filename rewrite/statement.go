package rewrite

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// run is the work on one statement of a query string.
type run struct {
	*binding
	session *Session
	kinds   map[reflect.Type]StatementKind
	values  Values // the settings in force when the statement starts
	plan    func(*entry) *plan
	p       *parsed
	raw     *pg_query.RawStmt
	number  int  // from 1
	last    bool // the last of its string: comments behind it are its own
	visited visited
	inlined bool // a view's definition stands in the result
	writes  bool // rows, or what a volatile function may
	// confined are the insertions of the statement (see insertions) whose rows are checked, with the place of the subject's value.
	confined map[int]int
	out      *Statement
	edits    []edit
}

// supported returns what is done with the kind of a statement. ok is false if it is refused.
func (r *run) supported(n *pg_query.Node) (handle handler, ok bool) {
	k := r.kinds[reflect.TypeOf(n.GetNode())]
	r.out.Kind = k.command()
	if k.handle == nil {
		r.refuse(k.refusal())
	}
	return k.handle, k.handle != nil
}

func (r *run) refuse(refusal *Refusal) {
	if r.out.Refusal == nil {
		r.out.Refusal = refusal
	}
}

// reads reports whether the statement only reads.
func (r *run) reads() bool {
	switch r.out.Kind {
	case "SELECT", "DECLARE CURSOR", "FETCH", "MOVE", "PREPARE", "EXECUTE", "EXPLAIN", "COPY", "SHOW", "BEGIN":
		return !r.writes && r.out.Effect.Kind != EffectSet // by set_config
	}
	return false
}

func (r *run) replace(e edit) { r.edits = append(r.edits, e) }

// resolver starts a resolver for the statement's text under the search_path in force.
func (r *run) resolver() *resolver {
	path, ok := r.snap.Path(r.values.SearchPath)
	if !ok {
		r.refuse(&Refusal{Code: "0A000", Message: fmt.Sprintf("search_path %q is not supported by pgscrim", r.values.SearchPath),
			Hint: "Leave pg_temp out, and pg_catalog too or name it first."})
	}
	v := &views{binding: r.binding, plan: r.plan, mayWrite: r.mayWrite, read: map[foundName]bool{}, made: map[catalog.Name]bool{}}
	q := r.newResolver(v, r.p, path)
	q.temp, q.fresh, q.visited, q.parameters = r.values.Temporary, r.values.Fresh, r.visited, r.session.Parameters
	q.maySandbox = r.maySandbox
	q.modify = func(n *pg_query.Node, ctes *cte, top bool) ([]column, bool) { return r.modification(q, n, ctes, top) }
	return q
}

// conclude takes over what a resolver has found.
func (r *run) conclude(q *resolver) {
	if q.refusal == nil && q.lockedOnly != nil && q.protects() {
		q.refuse(-1, lockRefused(q.lockedOnly)) // which rows it locks follows from what is protected
	}
	if q.refusal == nil {
		r.accountable(q)
		// Beside another item a hidden row could make the statement run long before a row rule drops it.
		q.finish(q.leaky || q.joined, q.leaky)
	}
	if q.refusal != nil {
		r.refuse(q.refusal)
	}
	for name := range q.relations {
		if !slices.Contains(r.out.Relations, name) {
			r.out.Relations = append(r.out.Relations, name)
		}
	}
	slices.Sort(r.out.Relations)
	if q.refusal == nil {
		r.out.Checks = append(r.out.Checks, q.checks()...)
	}
	q.uses(func(u ColumnUse) {
		same := func(v ColumnUse) bool { return v.Relation == u.Relation && v.Column == u.Column }
		if !slices.ContainsFunc(r.out.Columns, same) {
			r.out.Columns = append(r.out.Columns, u)
		}
	})
	q.hidden(func(h HiddenRows) {
		if !slices.ContainsFunc(r.out.Hidden, func(v HiddenRows) bool { return v.Relation == h.Relation }) {
			r.out.Hidden = append(r.out.Hidden, h)
		}
	})
	r.writes = r.writes || q.volatile
	r.inlined = r.inlined || slices.ContainsFunc(q.refs, func(f *ref) bool { return f.view != nil })
	if len(q.edits) > q.qualified {
		r.out.Decision = Rewrite
	}
	r.edits = append(r.edits, q.edits...)
}

func (r *run) selectStmt(s *pg_query.SelectStmt) {
	r.out.Kind = "SELECT"
	switch {
	case s.IntoClause != nil:
		r.selectInto(s)
	case r.setConfig(s):
	default:
		r.query(s)
	}
}

func (r *run) query(s *pg_query.SelectStmt) *resolver {
	q := r.resolver()
	q.query(s, nil, nil, true)
	r.conclude(q)
	return q
}

// nested handles the statement inside another one, which keeps its kind.
func (r *run) nested(n *pg_query.Node) {
	outer := r.out.Kind
	defer func() { r.out.Kind = outer }()
	switch n.GetNode().(type) {
	case *pg_query.Node_SelectStmt: // without INTO, says the grammar or the resolver
		r.query(n.GetSelectStmt())
	case *pg_query.Node_InsertStmt, *pg_query.Node_UpdateStmt, *pg_query.Node_DeleteStmt, *pg_query.Node_MergeStmt:
		if handle, ok := r.supported(n); ok {
			handle(r, n)
		}
	default:
		k := r.kinds[reflect.TypeOf(n.GetNode())]
		r.refuse(&Refusal{Code: "0A000", Message: fmt.Sprintf("%s of %s is not supported by pgscrim", outer, k.command()), Hint: "Run the statement itself."})
	}
}

func (r *run) explain(s *pg_query.ExplainStmt) {
	r.out.Kind = "EXPLAIN"
	may := r.policy.MayExplain(r.session.Roles, r.out.Purpose)
	switch {
	case s.Query.GetExecuteStmt() != nil && !may:
		r.refuse(r.explainRefused())
	case s.Query.GetExecuteStmt() != nil:
		r.execute(s.Query.GetExecuteStmt())
	case s.Query.GetSelectStmt() != nil:
		if q := r.query(s.Query.GetSelectStmt()); q.protects() && !may {
			r.refuse(r.explainRefused())
		}
	default:
		if r.nested(s.Query); len(r.out.Relations) > 0 && !may {
			r.refuse(r.explainRefused())
		}
	}
}

// A plan's estimates come from statistics over the values themselves.
func (r *run) explainRefused() *Refusal {
	return &Refusal{Code: "42501", Message: "permission denied for EXPLAIN of a query over protected relations",
		Detail: "A plan's estimates tell of values that the caller may not see.", Hint: "It takes a role with `explain: true`."}
}

func (r *run) declare(s *pg_query.DeclareCursorStmt) {
	r.out.Kind, r.out.Effect = "DECLARE CURSOR", Effect{Kind: EffectDeclare, Name: s.Portalname}
	r.nested(s.Query)
}

func (r *run) fetch(s *pg_query.FetchStmt) {
	r.out.Kind, r.out.Effect = "FETCH", Effect{Kind: EffectFetch, Name: s.Portalname}
	if s.Ismove {
		r.out.Kind = "MOVE"
	}
}

func (r *run) closePortal(s *pg_query.ClosePortalStmt) {
	r.out.Kind, r.out.Effect = "CLOSE CURSOR", Effect{Kind: EffectClosePortal, Name: s.Portalname}
}

func (r *run) prepare(s *pg_query.PrepareStmt) {
	r.out.Kind, r.out.Effect = "PREPARE", Effect{Kind: EffectPrepare, Name: s.Name}
	q := r.resolver()
	session := *r.session
	session.Parameters = nil
	for _, t := range s.Argtypes {
		typ := q.typeName(t.GetTypeName())
		if typ == 0 {
			typ = typeArray // of a type that is not known here: compared with nothing
		}
		session.Parameters = append(session.Parameters, typ)
	}
	r.conclude(q)
	r.session = &session
	r.nested(s.Query)
}

func (r *run) execute(s *pg_query.ExecuteStmt) {
	if r.out.Kind == "" {
		r.out.Kind = "EXECUTE"
	}
	r.out.Effect = Effect{Kind: EffectExecute, Name: s.Name}
	q := r.resolver()
	for _, n := range s.Params {
		q.expr(n, &scope{exempt: true})
	}
	r.conclude(q)
}

func (r *run) deallocate(s *pg_query.DeallocateStmt) {
	r.out.Kind, r.out.Effect = "DEALLOCATE", Effect{Kind: EffectDeallocate, Name: s.Name}
}

func (r *run) discard(s *pg_query.DiscardStmt) {
	r.out.Kind = "DISCARD"
	switch s.Target {
	case pg_query.DiscardMode_DISCARD_ALL:
		r.out.Effect = Effect{Kind: EffectDiscardAll}
	case pg_query.DiscardMode_DISCARD_TEMP:
		r.out.Effect = Effect{Kind: EffectDiscardTemporary}
	}
}

func (r *run) transaction(s *pg_query.TransactionStmt) {
	e := &r.out.Effect
	e.Name, e.Chain = s.SavepointName, s.Chain
	switch s.Kind {
	case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
		r.out.Kind, e.Kind = "BEGIN", EffectBegin
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:
		r.out.Kind, e.Kind = "COMMIT", EffectCommit
	case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		r.out.Kind, e.Kind = "ROLLBACK", EffectRollback
	case pg_query.TransactionStmtKind_TRANS_STMT_SAVEPOINT:
		r.out.Kind, e.Kind = "SAVEPOINT", EffectSavepoint
	case pg_query.TransactionStmtKind_TRANS_STMT_RELEASE:
		r.out.Kind, e.Kind = "RELEASE", EffectRelease
	case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		r.out.Kind, e.Kind = "ROLLBACK", EffectRollbackTo
	default:
		r.out.Kind = "PREPARE TRANSACTION"
		r.refuse(&Refusal{Code: "0A000", Message: "two-phase commit is not supported by pgscrim", Hint: "Use COMMIT."})
	}
}

// copy handles COPY ... TO STDOUT and COPY ... FROM STDIN.
func (r *run) copy(s *pg_query.CopyStmt) {
	r.out.Kind = "COPY"
	if s.IsFrom {
		r.out.Kind = KindCopyFrom
	}
	switch {
	case s.IsProgram || s.Filename != "":
		r.refuse(&Refusal{Code: "42501", Message: "permission denied to COPY to a file or program of the server", Hint: "Use COPY ... TO STDOUT, COPY ... FROM STDIN or psql's \\copy."})
	case s.IsFrom:
		r.copyFrom(s)
	case s.Query != nil:
		r.nested(s.Query)
	case s.Relation != nil:
		r.copyTable(s)
	default:
		r.refuse(&Refusal{Code: "0A000", Message: "this COPY is not supported by pgscrim"})
	}
}

// copyTable makes a query of COPY table [(columns)] TO STDOUT. As in PostgreSQL it takes the rows of the table itself, not
// of its children, and all columns but the generated ones.
func (r *run) copyTable(s *pg_query.CopyStmt) {
	q := r.resolver()
	q.utility = true
	rv := s.Relation
	if rel := q.find(rv.Schemaname, rv.Relname); rel != nil && rel.Kind == catalog.View {
		r.refuse(&Refusal{Code: "42809", Message: fmt.Sprintf("cannot copy from view %q", rel.Name.Name), Hint: "Try the COPY (SELECT ...) TO variant."})
		return
	}
	it := q.relation(rv, &scope{})
	f := it.ref
	columns, ok := names(s.Attlist)
	if f == nil || q.refusal != nil || !ok {
		r.conclude(q)
		return
	}
	if f.rel.Kind == catalog.PartitionedTable {
		r.refuse(&Refusal{Code: "42809", Message: fmt.Sprintf("cannot copy from partitioned table %q", f.rel.Name.Name), Hint: "Try the COPY (SELECT ...) TO variant."})
		return
	}
	f.only = true
	for i := range f.rel.Columns {
		c := &f.rel.Columns[i]
		if len(s.Attlist) == 0 && !c.Generated {
			f.starred[c.Name] = true
			if f.plan == nil || f.plan.stands(c.Name) {
				columns = append(columns, c.Name)
			}
		}
	}
	for i, name := range columns {
		switch c := f.rel.Column(name); {
		case c == nil:
		case slices.Contains(columns[:i], name):
			r.refuse(&Refusal{Code: "42701", Message: fmt.Sprintf("column %q specified more than once", name)})
		case c.Generated:
			r.refuse(&Refusal{Code: "42P10", Message: fmt.Sprintf("column %q is a generated column", name), Detail: "Generated columns cannot be used in COPY."})
		}
		if f.rel.Column(name) == nil {
			r.refuse(&Refusal{Code: "42703", Message: fmt.Sprintf("column %q of relation %q does not exist", name, f.rel.Name.Name)})
			return
		}
		if len(s.Attlist) > 0 {
			f.use(name, -1)
		}
	}
	if len(s.Attlist) > 0 {
		open := q.p.skip(q.p.qualifiedName(q.p.tokenAt(f.at)), 1)
		closing := q.p.closing(open)
		if closing < 0 {
			q.unsupported(f.at, unknownPart, "COPY")
		} else {
			f.end = q.p.tokens[closing].end
		}
	}
	quoted := make([]string, len(columns))
	for i, name := range columns {
		quoted[i] = quote(name)
	}
	f.alias, f.copied = "t", strings.Join(quoted, ", ")
	r.conclude(q)
}
