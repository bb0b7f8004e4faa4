package oracle

import (
	"testing"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

// TestByPlan shows what byPlan tolerates, and why it must: an expression that fails is run or not by the order of joins, and that
// follows the sizes of relations. Here b has rows that no condition passes, as hidden ones are, behind a fence.
func TestByPlan(t *testing.T) {
	dsn := clustertest.DSN(t, "CREATE TABLE a AS SELECT k, k AS x FROM generate_series(1, 100) AS k; CREATE TABLE c AS SELECT k, 1 AS x FROM generate_series(1, 100) AS k; "+
		"CREATE TABLE b AS SELECT 2 AS k, true AS shown; CREATE TABLE z AS SELECT 0 AS x; ANALYZE")
	w := &trio{visible: dial(t, dsn)}
	const joined = "SELECT count(*) FROM a JOIN (SELECT k FROM b WHERE CASE WHEN shown THEN true END OFFSET 0) AS b ON b.k = a.k JOIN c ON c.k = b.k AND 1 / (a.x - c.x) >= 0"
	run := func() string {
		events, err := w.visible.simple(joined)
		if err != nil {
			t.Fatal(err)
		}
		return code(events)
	}
	for _, c := range []struct {
		hidden string // what is added to b
		fails  string // what the statement fails with then
	}{
		{"SELECT 2, false WHERE false", ""},
		{"SELECT 3 + g % 90, false FROM generate_series(1, 20000) AS g", "22012"},
	} {
		exec(t, dsn, "INSERT INTO b "+c.hidden)
		exec(t, dsn, "ANALYZE b")
		if got := run(); got != c.fails {
			t.Errorf("with %s the statement fails with %q, want %q", c.hidden, got, c.fails)
		}
	}
	for sql, want := range map[string]bool{
		joined:                             true,
		"SELECT 1 / x FROM z":              false,
		"SELECT x FROM z":                  false,
		"SELECT 1 / (x - 101) FROM a":      false,
		"SELECT nosuch FROM a":             false,
		"SELECT a.x FROM a JOIN b USING k": false,
	} {
		got, err := w.byPlan(&generated{statement: statement{messages: []string{sql}}}, simple, "", "22012")
		if err != nil || got != want {
			t.Errorf("%s: by plan: %t, %v", sql, got, err)
		}
	}
}
