package rewrite

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// accessShare is the lock mode that SELECT takes (AccessShareLock in PostgreSQL's lockdefs.h).
const accessShare = 1

// lockTable handles LOCK TABLE. A lock tells of other sessions, not of rows; so ACCESS SHARE, which pg_dump takes, needs a
// relation that the caller may read, and the modes that keep others from it one that the caller may write, as in PostgreSQL.
func (r *run) lockTable(s *pg_query.LockStmt) {
	r.out.Kind = "LOCK TABLE"
	q := r.resolver()
	q.utility = true
	for _, n := range s.Relations {
		rv := n.GetRangeVar()
		if s.Mode != accessShare {
			q.writeTarget(rv, r)
		} else if _, own := q.temporary(rv); !own {
			q.readable(rv, lockNoTable)
		}
	}
	r.conclude(q)
}

// readable refuses a table that the caller may not read, and what is no table.
func (q *resolver) readable(rv *pg_query.RangeVar, noTable construct) {
	if q.sandbox(rv) != nil {
		return
	}
	rel := q.find(rv.Schemaname, rv.Relname)
	switch {
	case rel == nil:
		q.missingRelation(rv)
		return
	case rel.Kind != catalog.Table && rel.Kind != catalog.PartitionedTable:
		q.unsupported(int(rv.Location), noTable)
	case q.entries[rel.OID] == nil && (isSystem(rel) || q.policy.UnlistedTables != rules.Show || q.sandboxed(rel.Name.Schema)):
		q.refuse(int(rv.Location), Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for relation %s: the policy does not name it", display(rel))})
	}
	q.relations[display(rel)] = true
	if rv.Schemaname == "" {
		q.qualify(int(rv.Location), rel.Name.Schema)
	}
}
