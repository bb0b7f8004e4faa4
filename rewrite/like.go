package rewrite

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// Options of LIKE in CREATE TABLE (TableLikeOption in PostgreSQL's parsenodes.h): each copies more than columns.
const (
	likeConstraints = 1 << 2
	likeDefaults    = 1 << 3
	likeGenerated   = 1 << 4
	likeIndexes     = 1 << 6
)

// like resolves LIKE in CREATE TABLE and returns the columns that it gives. It copies definitions, which every caller may read in the
// catalogs, but what it copies runs: so do expressions only whose functions the caller may call. A default may draw from a sequence, which
// tells how many rows were written; that is for those who may write the table. A column that is denied cannot be left out.
func (q *resolver) like(s *pg_query.TableLikeClause, r *run) (columns []string) {
	rv, at := s.Relation, int(s.Relation.Location)
	if own, ok := q.temporary(rv); ok {
		return strings.Split(temporaryEntry("", own), temporaryNames)[1:]
	}
	if q.sandbox(rv) != nil {
		q.unsupported(at, likeSandbox)
		return nil
	}
	if q.readable(rv, likeNoTable); q.refusal != nil {
		return nil
	}
	rel := q.find(rv.Schemaname, rv.Relname)
	e := q.entries[rel.OID]
	if s.Options&likeDefaults != 0 && (e == nil || !r.mayWrite(e)) {
		q.unsupported(at, likeDefault)
	}
	if s.Options&(likeConstraints|likeDefaults|likeGenerated|likeIndexes) != 0 {
		q.checkCalls(at, rel)
	}
	for _, c := range rel.Columns {
		if e != nil && !q.plan(e).stands(c.Name) {
			q.refuse(at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for column %s of relation %s", c.Name, display(rel)), Hint: "List the columns."})
		}
		columns = append(columns, c.Name)
	}
	return columns
}
