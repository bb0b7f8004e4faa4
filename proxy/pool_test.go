package proxy

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"
)

// visit runs statements in a session of its own, which ends in order, and returns the backend's pid and the last result.
func (r *rig) visit(t *testing.T, user, more string, statements ...string) (pid, last string) {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), r.dsn(user, more))
	if err != nil {
		t.Fatal(err)
	}
	got, err := exec(t, conn, "SELECT pg_backend_pid()")
	if err != nil {
		t.Fatal(err)
	}
	pid = got[0]
	for _, sql := range statements {
		if got, err = exec(t, conn, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return r.Sessions() == 0 && len(r.audit.of("logout")) == len(r.audit.of("login")) })
	return pid, append(got, "")[0]
}

func (r *rig) poolSize() int {
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	return len(r.pool.kept)
}

func TestPoolKeepsIdentitiesApart(t *testing.T) {
	r := start(t)
	first, _ := r.visit(t, "ana", "")
	for _, other := range []struct{ name, user, more string }{
		{"user", "dan", ""}, {"purpose", "ana", "&options=-c%20pgscrim.purpose%3Dresearch"}, {"search_path", "ana", "&search_path=pg_catalog"},
		{"application", "ana", "&application_name=x"}, {"reason", "ana", "&options=-c%20pgscrim.reason%3Dx"},
	} {
		if pid, _ := r.visit(t, other.user, other.more); pid == first {
			t.Errorf("another %s got the connection", other.name)
		}
	}
	if pid, _ := r.visit(t, "ana", ""); pid != first {
		t.Error("the same settings did not get it")
	}
	r.SetRewriter(&fakeRewriter{policy: "p2", catalog: "c1", direct: true})
	if pid, _ := r.visit(t, "ana", ""); pid == first {
		t.Error("another policy got the connection")
	}
	direct, _ := r.visit(t, "dan", "")
	if again, _ := r.visit(t, "dan", ""); again == direct {
		t.Error("a direct session's connection was kept")
	}
}

func TestPoolDiscardsState(t *testing.T) {
	r := start(t)
	for _, test := range []struct{ name, before, after, want string }{
		{"setting", "SET work_mem = '1MB'", "SELECT current_setting('work_mem') = '1MB'", "f"},
		{"reported setting", "SET datestyle = 'German'", "SELECT current_setting('datestyle') LIKE 'German%'", "f"},
		{"prepared statement", "PREPARE p AS SELECT 1", "SELECT count(*) FROM pg_prepared_statements", "0"},
		{"cursor", "DECLARE c CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*) FROM pg_cursors", "0"},
		{"notifications", "LISTEN x", "SELECT count(*) FROM pg_listening_channels()", "0"},
		{"advisory lock", "SELECT pg_advisory_lock(7)", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, _ := r.visit(t, "ana", "", test.before)
			second, got := r.visit(t, "ana", "", test.after)
			if second != first || got != test.want {
				t.Errorf("backend %s, then %s: %q, want %q", first, second, got, test.want)
			}
		})
	}
}

// TestPoolLeavesTemporarySchemas has a session make a temporary table: its connection would show the next one a schema.
func TestPoolLeavesTemporarySchemas(t *testing.T) {
	r := start(t)
	first, _ := r.visit(t, "ana", "", "CREATE TEMP TABLE left_over (a int)")
	second, got := r.visit(t, "ana", "", "SELECT pg_my_temp_schema()")
	if second == first || got != "0" {
		t.Errorf("backend %s, then %s with schema %s", first, second, got)
	}
}

func TestPoolTakesBackOnlyWhatIsClean(t *testing.T) {
	r := start(t)
	for _, test := range []struct {
		name  string
		leave func(conn *pgconn.PgConn) error
	}{
		{"open transaction", func(conn *pgconn.PgConn) error {
			_, err := exec(t, conn, "BEGIN")
			return err
		}},
		{"failed transaction", func(conn *pgconn.PgConn) error {
			_, _ = exec(t, conn, "BEGIN")
			_, _ = exec(t, conn, "SELECT 1/0")
			return nil
		}},
		{"without a Sync", func(conn *pgconn.PgConn) error {
			_, err := conn.Conn().Write(encode(t, &pgproto3.Parse{Query: "SELECT 1"}, &pgproto3.Flush{}))
			time.Sleep(50 * time.Millisecond)
			return err
		}},
		{"in a statement", func(conn *pgconn.PgConn) error {
			_, err := conn.Conn().Write(encode(t, &pgproto3.Query{String: "SELECT pg_sleep(0.3)"}))
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := pgconn.Connect(context.Background(), r.dsn("ana", ""))
			if err != nil {
				t.Fatal(err)
			}
			if err := test.leave(conn); err != nil {
				t.Fatal(err)
			}
			_ = conn.Conn().Close()
			waitFor(t, func() bool { return r.Sessions() == 0 && len(r.audit.of("logout")) == len(r.audit.of("login")) })
			if n := r.poolSize(); n != 0 {
				t.Errorf("%d connections are kept", n)
			}
		})
	}
}

func TestPoolNoticesTheEndOfABackend(t *testing.T) {
	r := start(t)
	own := connectTo(t, r.upstream)
	first, _ := r.visit(t, "ana", "")
	if _, err := exec(t, own, "SELECT pg_terminate_backend("+first+")"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if second, _ := r.visit(t, "ana", ""); second == first {
		t.Error("the backend is gone")
	}
}

func TestPoolLimits(t *testing.T) {
	none := start(t, func(c *Config) { c.Pool.Idle = -1 })
	none.visit(t, "ana", "")
	if n := none.poolSize(); n != 0 {
		t.Errorf("%d connections are kept where none is to be", n)
	}
	one := start(t, func(c *Config) { c.Pool = Pool{Idle: 1, IdleTimeout: 300 * time.Millisecond} })
	one.visit(t, "ana", "")
	one.visit(t, "ana", "&application_name=x")
	if n := one.poolSize(); n > 1 {
		t.Errorf("%d connections are kept where one is to be", n)
	}
	waitFor(t, func() bool { return one.poolSize() == 0 })
}

func TestPoolLateCancel(t *testing.T) {
	r := start(t)
	for range 10 {
		conn, err := pgconn.Connect(context.Background(), r.dsn("ana", ""))
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = conn.Exec(context.Background(), "SELECT pg_sleep(0.01)").ReadAll()
			_ = conn.Close(context.Background())
		}()
		for range 5 {
			_ = conn.CancelRequest(context.Background())
		}
		if _, got := r.visitNow(t, "SELECT pg_sleep(0.05)"); got != nil {
			t.Fatalf("a late cancel request has hit the next session: %v", got)
		}
	}
}

// visitNow runs a statement in a session of its own.
func (r *rig) visitNow(t *testing.T, sql string) ([]string, error) {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), r.dsn("ana", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	return exec(t, conn, sql)
}
