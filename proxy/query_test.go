package proxy

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestQueryIsTransaction runs query strings whose checks come before them, or stand in them (PostgreSQL 18): each is a transaction of its
// own, and what must be in a transaction block is not let in by the checks.
func TestQueryIsTransaction(t *testing.T) {
	c := startChanging(t)
	c.change(t, `CREATE TABLE sandbox.w (id int, label text);
		CREATE TABLE sandbox.unique_later (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)`)
	must(t, c.refresh(context.Background()))
	conn := c.connect(t, "ana", "")
	defer conn.Close(context.Background())
	run := func(sql, want string) {
		t.Helper()
		got := simple(conn, sql)
		if got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
		if status := conn.TxStatus(); status != 'I' {
			t.Errorf("%s leaves status %c", sql, status)
		}
	}
	written := func(want string) {
		t.Helper()
		var got string
		must(t, c.direct.QueryRow(context.Background(), "SELECT coalesce(string_agg(label, ', ' ORDER BY id), '') FROM sandbox.w").Scan(&got))
		if got != want {
			t.Errorf("written: %q, want %q", got, want)
		}
	}
	for range 2 { // the checks are prepared, or have been
		c.change(t, "TRUNCATE sandbox.w")
		run("INSERT INTO sandbox.w SELECT id, label FROM s.stuff WHERE id = 1", "")
		written("stuff 1")
		run("INSERT INTO sandbox.w SELECT id, label FROM s.stuff WHERE id = 2; INSERT INTO sandbox.w SELECT id, label FROM s.seen WHERE id = 3", "")
		written("stuff 1, stuff 2, stuff 3")
		run("INSERT INTO sandbox.w SELECT id, label FROM s.stuff WHERE id = 1; SELECT 1 / (id - 1) FROM s.stuff", "22012")
		written("stuff 1, stuff 2, stuff 3")
		run("INSERT INTO sandbox.unique_later SELECT 1 FROM s.stuff", "23505") // at its end
		run("DECLARE c CURSOR FOR SELECT label FROM s.stuff", "25P01")
		run("LOCK TABLE s.stuff IN ACCESS SHARE MODE", "25P01")
		run("BEGIN; SELECT label FROM s.stuff WHERE id = 1; COMMIT", "stuff 1")
		for _, sql := range []string{"DECLARE c CURSOR FOR SELECT label FROM s.stuff", "LOCK TABLE s.stuff IN ACCESS SHARE MODE"} {
			if got := extended(conn, sql); got != "25P01" {
				t.Errorf("%s, extended: %q", sql, got)
			}
		}
		_, err := conn.Exec(context.Background(), "SELECT 1 / (id - 1), nosuch FROM s.stuff").ReadAll()
		if pg, ok := err.(*pgconn.PgError); !ok || pg.Code != "42703" || pg.Position != 22 { //nolint:errorlint // as it comes
			t.Errorf("%v", err)
		}
	}
}
