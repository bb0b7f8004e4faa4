package proxy

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestWritableSchema makes, changes and drops tables in a writable schema, under the eyes of another session. Nothing polls the catalog.
func TestWritableSchema(t *testing.T) {
	c := startChanging(t)
	ana, bob := c.connect(t, "ana", "&search_path=sandbox,s"), c.connect(t, "ana", "&search_path=sandbox,s")
	mine, other, direct := ana, bob, c.direct.PgConn()
	for _, step := range []struct {
		name string
		conn *pgconn.PgConn
		sql  string
		want string
	}{
		{"not there", other, "SELECT * FROM sandbox.t", "42P01"},
		{"made", mine, "CREATE TABLE sandbox.t AS SELECT id, email FROM s.person", ""},
		{"read at once", mine, "SELECT email FROM sandbox.t WHERE id = 1", "masked"},
		{"read by another", other, "SELECT email FROM t WHERE id = 1", "masked"},
		{"prepared", other, "PREPARE p AS SELECT * FROM sandbox.t WHERE id = 1", ""},
		{"altered by another", other, "ALTER TABLE sandbox.t DROP COLUMN email", ""},
		{"read as it is now", mine, "SELECT * FROM t WHERE id = 1", "1"},
		{"dropped", mine, "DROP TABLE sandbox.t", ""},
		{"gone", mine, "SELECT * FROM sandbox.t", "42P01"},
		{"gone for the other", other, "SELECT * FROM sandbox.t", "42P01"},
		{"gone by the path", other, "SELECT * FROM t", "42P01"},
		{"made anew by another", other, "CREATE TABLE sandbox.t AS SELECT 7 AS x", ""},
		{"found again", mine, "SELECT x FROM t", "7"},
		{"forgotten", other, "DEALLOCATE p", ""},

		{"in a block", mine, "BEGIN; DROP TABLE sandbox.t", ""},
		{"gone in the block", mine, "SELECT x FROM sandbox.t", "42P01"},
		{"rolled back", mine, "ROLLBACK", ""},
		{"there again", mine, "SELECT x FROM t", "7"},
		{"dropped and made in a block", mine, "BEGIN; DROP TABLE sandbox.t; CREATE TABLE sandbox.t AS SELECT 8 AS y", ""},
		{"read in the block", mine, "SELECT y FROM t", "8"},
		{"committed", mine, "COMMIT", ""},
		{"read after it", mine, "SELECT y FROM t", "8"},
		{"read after it by another", other, "SELECT y FROM t", "8"},
		{"made in a block", mine, "BEGIN; CREATE TABLE sandbox.u AS SELECT 9 AS z", ""},
		{"rolled back too", mine, "ROLLBACK", ""},
		{"never made", mine, "SELECT z FROM sandbox.u", "42P01"},

		{"a view takes its place", direct, "DROP TABLE sandbox.t; CREATE VIEW sandbox.t AS SELECT email AS y FROM s.person", ""},
		{"what the view reads is protected for who had the table", mine, "SELECT y FROM sandbox.t LIMIT 1", "masked"},
		{"and for others", other, "SELECT y FROM sandbox.t LIMIT 1", "masked"},
		{"a table again", direct, "DROP VIEW sandbox.t; CREATE TABLE sandbox.t (id int, label text)", ""},
		{"read", other, "SELECT count(*) FROM sandbox.t", "0"},
		{"it gets a child that is protected", direct, "ALTER TABLE s.child INHERIT sandbox.t", ""},
		{"the policy does not fit any more", other, "SELECT label FROM sandbox.t", "55000"},
		{"nor for who had made it", mine, "SELECT label FROM sandbox.t", "55000"},
	} {
		if got := simple(step.conn, step.sql); got != step.want {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
}
