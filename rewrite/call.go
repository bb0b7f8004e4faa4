package rewrite

import pg_query "github.com/pganalyze/pg_query_go/v5"

// call handles CALL. A procedure runs statements that the rewriter does not see, so the policy must name it, or trust its
// extension, as for any function outside pg_catalog.
func (r *run) call(s *pg_query.CallStmt) {
	r.out.Kind = "CALL"
	q := r.resolver()
	q.functionCall(s.Funccall, &scope{})
	r.conclude(q)
}
