package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/rewrite"
)

func TestSession(t *testing.T) {
	r := start(t)
	ctx := context.Background()
	conn := r.pgx(t, "ana", "")
	var n int
	var s string
	if err := conn.QueryRow(ctx, "SELECT $1::int + 1, purpose_now", 41).Scan(&n, &s); err != nil || n != 42 || s != "reporting/p1" {
		t.Fatal(n, s, err)
	}
	if _, err := conn.Exec(ctx, "CREATE TEMP TABLE t AS SELECT g, md5(g::text) AS m FROM generate_series(1, 5000) g"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(ctx, "SELECT g, m FROM t ORDER BY g")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		if err := rows.Scan(&n, &s); err != nil {
			t.Fatal(err)
		}
	}
	if rows.Err() != nil || n != 5000 {
		t.Fatal(n, rows.Err())
	}
	batch := &pgx.Batch{}
	for i := range 10 {
		batch.Queue("SELECT g, purpose_now FROM t WHERE g = $1", i+1)
	}
	results := conn.SendBatch(ctx, batch)
	for i := range 10 {
		if err := results.QueryRow().Scan(&n, &s); err != nil || n != i+1 {
			t.Fatal(i, n, s, err)
		}
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", 20<<20)
	if err := conn.QueryRow(ctx, "SELECT length($1::text)", large).Scan(&n); err != nil || n != len(large) {
		t.Fatal(n, err)
	}
}

func TestReload(t *testing.T) {
	r := start(t)
	ctx := context.Background()
	conn := r.pgx(t, "ana", "")
	purpose := func(want string) {
		t.Helper()
		var got string
		if err := conn.QueryRow(ctx, "SELECT purpose_now").Scan(&got); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	purpose("reporting/p1")
	raw := conn.PgConn()
	if _, err := exec(t, raw, "PREPARE p AS SELECT 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := exec(t, raw, "BEGIN; DECLARE c CURSOR FOR SELECT generate_series(1, 3)"); err != nil {
		t.Fatal(err)
	}
	r.SetRewriter(&fakeRewriter{policy: "p2", catalog: "c1"})
	_, err := exec(t, raw, "FETCH 1 FROM c")
	if sqlstate(err) != "0A000" {
		t.Errorf("a cursor of the policy before: %v", err)
	}
	if _, err := exec(t, raw, "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err = exec(t, raw, "EXECUTE p"); sqlstate(err) != "0A000" {
		t.Errorf("an SQL statement of the policy before: %v", err)
	}
	purpose("reporting/p2") // the statement that pgx has prepared before
}

func TestDirectIsWithdrawn(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "dan", "")
	if got, err := exec(t, conn, "SELECT 'secret'; SELECT 2"); err != nil || got[0] != "secret" {
		t.Fatal(got, err)
	}
	records := r.audit.of("statement")
	if len(records) != 2 || records[0].Statement != "SELECT 'secret'; SELECT 2" || records[1].Closes != records[0].Seq || *records[1].Rows != 2 {
		t.Errorf("records: %+v", records)
	}
	r.SetRewriter(&fakeRewriter{policy: "p2", catalog: "c1"})
	if _, err := exec(t, conn, "SELECT 'secret'"); sqlstate(err) != "42501" {
		t.Errorf("direct access goes on: %v", err)
	}
}

func TestAudit(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "&application_name=app")
	if _, err := exec(t, conn, "SET application_name = 'other'"); err != nil {
		t.Fatal(err)
	}
	before := len(r.audit.of("statement"))
	_, _ = exec(t, conn, "SELECT generate_series(1, 3); SELECT purpose_now; SELECT 1/0; SELECT 4")
	records := r.audit.of("statement")[before:]
	if len(records) != 8 {
		t.Fatalf("%d records", len(records))
	}
	if opened := records[1]; opened.Decision != "rewrite" || opened.Rewritten != "SELECT 'reporting/p1'::text" || opened.User != "ana" ||
		opened.Roles[0] != "analyst" || opened.Application != "other" || opened.Purpose != "reporting" || opened.Database != r.database ||
		opened.Policy != "p1" || opened.Replica != "r1" || opened.Started == nil || opened.Client == "" || opened.Session == "" {
		t.Errorf("%+v", opened)
	}
	for i, want := range []struct {
		rows             int64
		sqlstate, detail string
	}{{3, "", ""}, {1, "", ""}, {0, "22012", ""}, {0, "", "not run: an earlier statement failed"}} {
		opened, closed := records[i], records[4+i]
		if closed.Closes != opened.Seq || *closed.Rows != want.rows || closed.SQLState != want.sqlstate || closed.Detail != want.detail || closed.DurationMS == nil {
			t.Errorf("statement %d: %+v", i, closed)
		}
	}
	if *records[4].Bytes == 0 {
		t.Error("no bytes are counted")
	}

	before = len(r.audit.of("statement"))
	if _, err := exec(t, conn, "SELECT secret"); sqlstate(err) != "42501" {
		t.Fatal(err)
	}
	_, _ = exec(t, conn, "SELECT whole_refusal")
	records = r.audit.of("statement")[before:]
	if len(records) != 2 || records[0].Decision != "deny" || records[0].SQLState != "42501" || records[0].Detail == "" ||
		records[1].Decision != "error" || records[1].SQLState != "54001" || records[1].Statement != "SELECT whole_refusal" {
		t.Errorf("refusals: %+v", records)
	}

	r.audit.setBroken(true)
	if got, err := exec(t, conn, "SELECT 1"); sqlstate(err) != "58030" || len(got) > 0 {
		t.Errorf("without a record: %v, %v", got, err)
	}
	result := conn.ExecParams(context.Background(), "SELECT 1", nil, nil, nil, nil).Read()
	if sqlstate(result.Err) != "58030" || len(result.Rows) > 0 {
		t.Errorf("extended, without a record: %v", result.Err)
	}
	if _, err := pgconn.Connect(context.Background(), r.dsn("ana", "")); sqlstate(err) != "58030" {
		t.Errorf("login without a record: %v", err)
	}
	r.audit.setBroken(false)
	if got, err := exec(t, conn, "SELECT 1"); err != nil || got[0] != "1" {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}

func TestPipeline(t *testing.T) {
	const n = 20_000
	for _, test := range []struct {
		name    string
		message func(i int) []pgproto3.Message
		end     []pgproto3.Message
		ready   int
	}{
		{"queries", func(int) []pgproto3.Message { return []pgproto3.Message{&pgproto3.Query{String: "SELECT 1"}} }, nil, n},
		{"segments", func(int) []pgproto3.Message {
			return []pgproto3.Message{&pgproto3.Parse{Query: "SELECT 1"}, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Sync{}}
		}, nil, n},
		{"one segment", func(int) []pgproto3.Message {
			return []pgproto3.Message{&pgproto3.Parse{Query: "SELECT 1"}, &pgproto3.Bind{}, &pgproto3.Execute{}}
		}, []pgproto3.Message{&pgproto3.Sync{}}, 1},
		{"settings", func(i int) []pgproto3.Message {
			if i%100 > 0 {
				return []pgproto3.Message{&pgproto3.Query{String: "SELECT 1"}}
			}
			return []pgproto3.Message{&pgproto3.Query{String: "SET search_path = 'a'"}}
		}, nil, n},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			conn := hijack(t, r.dsn("ana", ""))
			var out []byte
			for i := range n {
				out = append(out, encode(t, test.message(i)...)...)
			}
			out = append(out, encode(t, test.end...)...)
			written := make(chan error, 1)
			go func() {
				_, err := conn.Write(out)
				written <- err
			}()
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			in := pgproto3.NewFrontend(pgproto3.NewChunkReader(conn), io.Discard)
			complete, ready := 0, 0
			for ready < test.ready {
				m, err := in.Receive()
				if err != nil {
					t.Fatalf("after %d statements: %v", complete, err)
				}
				switch m := m.(type) {
				case *pgproto3.CommandComplete:
					complete++
				case *pgproto3.ReadyForQuery:
					ready++
				case *pgproto3.ErrorResponse:
					t.Fatal(m.Message)
				}
			}
			if err := <-written; err != nil || complete != n {
				t.Fatalf("%d statements, %v", complete, err)
			}
		})
	}
}

func TestLargeRowStreams(t *testing.T) {
	r := start(t)
	conn := hijack(t, r.dsn("ana", ""))
	const size = 200 << 20
	if _, err := conn.Write(encode(t, &pgproto3.Query{String: fmt.Sprintf("SELECT repeat('x', %d)", size)})); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.CopyN(io.Discard, conn, size); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes were allocated for a row of %d", grown, size)
	}
}

func TestCancel(t *testing.T) {
	for _, mode := range []string{"clear", "TLS"} {
		t.Run(mode, func(t *testing.T) {
			r := start(t, func(c *Config) { c.TLS = selfSigned(t) })
			dsn := r.dsn("ana", "")
			if mode == "TLS" {
				dsn = strings.Replace(dsn, "sslmode=disable", "sslmode=require", 1)
			}
			conn := connectTo(t, dsn)
			ctx := context.Background()
			go func() {
				for len(r.audit.of("cancel")) == 0 {
					time.Sleep(50 * time.Millisecond)
					_ = conn.CancelRequest(ctx)
				}
			}()
			started := time.Now()
			if _, err := exec(t, conn, "SELECT pg_sleep(20)"); sqlstate(err) != "57014" || time.Since(started) > 10*time.Second {
				t.Fatalf("after %v: %v", time.Since(started), err)
			}
			// A request that comes when nothing is under way is not passed on, and none hits a later statement.
			for range 20 {
				if err := conn.CancelRequest(ctx); err != nil {
					t.Fatal(err)
				}
				if got, err := exec(t, conn, "SELECT 1"); err != nil || got[0] != "1" {
					t.Fatal(got, err)
				}
			}
		})
	}
}

func TestLateCancelHitsNothing(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "")
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = conn.CancelRequest(context.Background())
			}
		}
	}()
	// The short statements are often over when a request arrives. When the last request was made, the slow one was still to come.
	canceled := 0
	for range 200 {
		if _, err := exec(t, conn, "SELECT 1"); sqlstate(err) == "57014" {
			canceled++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	<-done
	if _, err := exec(t, conn, "SELECT pg_sleep(0.2)"); err != nil {
		t.Fatalf("a late cancel request has hit the next statement (%d of 200 were canceled in time): %v", canceled, err)
	}
}

func TestShutdown(t *testing.T) {
	r := start(t)
	idle, busy := r.connect(t, "ana", ""), r.connect(t, "ana", "")
	if _, err := exec(t, busy, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- r.Shutdown(ctx) }()
	notice, err := io.ReadAll(idle.Conn())
	if err != nil || !strings.Contains(string(notice), "57P01") {
		t.Errorf("an idle session hears %q, %v", notice, err)
	}
	if _, err := pgconn.Connect(ctx, r.dsn("ana", "")); err == nil {
		t.Error("a client is accepted during the shutdown")
	}
	if got, err := exec(t, busy, "SELECT 1"); err != nil || got[0] != "1" {
		t.Fatal(got, err)
	}
	if _, err := busy.Conn().Write(encode(t, &pgproto3.Query{String: "COMMIT"})); err != nil {
		t.Fatal(err)
	}
	if notice, err = io.ReadAll(busy.Conn()); err != nil || !strings.Contains(string(notice), "COMMIT") || !strings.Contains(string(notice), "57P01") {
		t.Errorf("a session that was busy hears %q, %v", notice, err)
	}
	if err := <-ended; err != nil || r.Sessions() != 0 {
		t.Error(err, r.Sessions())
	}
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "")
	if _, err := exec(t, conn, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := r.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || r.Sessions() != 0 {
		t.Error(err, r.Sessions())
	}
}

func TestLimits(t *testing.T) {
	r := start(t, func(c *Config) {
		c.Limits = Limits{MaxConnections: 2, MaxMessageBytes: 1000, IdleTimeout: 300 * time.Millisecond, LoginTimeout: 300 * time.Millisecond}
	})
	ctx := context.Background()
	first, err := pgconn.Connect(ctx, r.dsn("ana", ""))
	if err != nil {
		t.Fatal(err)
	}
	second := r.connect(t, "ana", "")
	if _, err := pgconn.Connect(ctx, r.dsn("ana", "")); sqlstate(err) != "53300" {
		t.Errorf("a third session: %v", err)
	}
	if _, err := exec(t, first, "SELECT '"+strings.Repeat("x", 1000)+"'"); sqlstate(err) != "08P01" {
		t.Errorf("a long message: %v", err)
	}
	if _, err := exec(t, second, "SELECT pg_sleep(0.5)"); err != nil {
		t.Errorf("a busy session is ended: %v", err)
	}
	if _, err := exec(t, second, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond)
	if _, err := exec(t, second, "COMMIT"); err != nil {
		t.Errorf("a session in a transaction is ended: %v", err)
	}
	if notice, err := io.ReadAll(second.Conn()); err != nil || !strings.Contains(string(notice), "57P05") {
		t.Errorf("an idle session hears %q, %v", notice, err)
	}
	started := time.Now()
	if got := converse(t, r, []byte{0}); got != "" || time.Since(started) > 5*time.Second {
		t.Errorf("a slow login: %q", got)
	}
	// The places are free again.
	waitFor(t, func() bool { return r.Sessions() == 0 })
	if _, err := exec(t, r.connect(t, "ana", ""), "SELECT 1"); err != nil {
		t.Error(err)
	}
}

func TestUpstreamTrouble(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "")
	pid, err := exec(t, conn, "SELECT pg_backend_pid()")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec(t, connectTo(t, r.upstream), "SELECT pg_terminate_backend("+pid[0]+")"); err != nil {
		t.Fatal(err)
	}
	if notice, err := io.ReadAll(conn.Conn()); err != nil || !strings.Contains(string(notice), "57P01") {
		t.Errorf("the client of a terminated backend hears %q, %v", notice, err)
	}
	if _, err := exec(t, r.connect(t, "ana", ""), "COPY (SELECT 1) TO STDOUT; COPY pg_class FROM STDIN"); sqlstate(err) != "0A000" && sqlstate(err) != "42501" {
		t.Errorf("COPY FROM STDIN: %v", err)
	}
	waitFor(t, func() bool { return r.Sessions() == 0 })

	down := start(t, func(c *Config) { c.Upstream = "postgres://x@127.0.0.1:1/x?sslmode=disable" })
	_, err = pgconn.Connect(context.Background(), down.dsn("ana", ""))
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "08006" || strings.Contains(pg.Message+pg.Detail+pg.Hint, "127.0.0.1") {
		t.Errorf("no upstream: %v", err)
	}
}

func TestSettingsThatMayNotChange(t *testing.T) {
	r := start(t)
	for _, sql := range []string{
		"SELECT set_config('client_encoding', 'SQL_ASCII', false); SELECT 2", "SET standard_conforming_strings = off",
		"DO $$ BEGIN EXECUTE 'SET SESSION AUTHORIZATION pg_monitor'; END $$",
	} {
		conn := r.connect(t, "ana", "")
		if _, err := exec(t, conn, sql); sqlstate(err) != "42501" || !conn.IsClosed() {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := exec(t, r.connect(t, "dan", ""), "SET client_encoding = 'latin1'"); err != nil {
		t.Errorf("a direct session: %v", err)
	}
}

// undecided is a rewriter that forgets to decide.
type undecided struct{ *fakeRewriter }

func (undecided) Rewrite(sql string, _ rewrite.Session) *rewrite.Answer {
	return &rewrite.Answer{SQL: sql, Statements: make([]rewrite.Statement, strings.Count(sql, "two"))}
}

func TestWhatIsNotDecidedIsRefused(t *testing.T) {
	r := start(t)
	r.SetRewriter(undecided{&fakeRewriter{}})
	conn := r.connect(t, "ana", "")
	if got, err := exec(t, conn, "SELECT 'two'"); sqlstate(err) != "42501" || len(got) > 0 {
		t.Errorf("no decision: %v, %v", got, err)
	}
	if got, err := exec(t, conn, "SELECT 1"); sqlstate(err) != "XX000" || len(got) > 0 {
		t.Errorf("an answer without statements: %v, %v", got, err)
	}
	extended := r.connect(t, "ana", "")
	if result := extended.ExecParams(context.Background(), "SELECT 1", nil, nil, nil, nil).Read(); sqlstate(result.Err) != "XX000" || len(result.Rows) > 0 {
		t.Errorf("an answer without statements: %v, %v", result.Rows, result.Err)
	}
}

// alarm is a rewriter with a tripwire.
type alarm struct {
	*fakeRewriter
	table uint32
}

func (a *alarm) MustNotAppear(_ rewrite.Session, table uint32, column int16) bool {
	return table == a.table && column == 2
}

func TestTripwire(t *testing.T) {
	r := start(t)
	direct := connectTo(t, r.upstream)
	got, err := exec(t, direct, "CREATE TABLE t AS SELECT 1 AS a, 'x' AS b; SELECT 't'::regclass::oid")
	if err != nil {
		t.Fatal(err)
	}
	var table uint32
	if _, err := fmt.Sscan(got[0], &table); err != nil {
		t.Fatal(err)
	}
	r.SetRewriter(&alarm{&fakeRewriter{policy: "p1", catalog: "c1"}, table})
	conn := r.connect(t, "ana", "")
	if got, err := exec(t, conn, "SELECT a, b || '' FROM t"); err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if got, err := exec(t, conn, "SELECT b FROM t"); sqlstate(err) != "42501" || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
	waitFor(t, func() bool { return r.Sessions() == 0 })
	records := r.audit.of("statement")
	if last := records[len(records)-1]; last.SQLState != "42501" || last.Closes == 0 {
		t.Errorf("%+v", last)
	}
	extended := r.connect(t, "ana", "")
	if _, err := extended.Prepare(context.Background(), "s", "SELECT b FROM t", nil); sqlstate(err) != "42501" {
		t.Error(err)
	}
}

func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("sessions", func(t *testing.T) {
		r := start(t)
		for i := range 20 {
			conn, err := pgconn.Connect(context.Background(), r.dsn("ana", ""))
			if err != nil {
				t.Fatal(err)
			}
			switch i % 3 {
			case 0:
				err = conn.Close(context.Background())
			case 1:
				err = conn.Conn().Close()
			case 2: // in the middle of a message
				_, err = conn.Conn().Write([]byte{'Q', 0, 0})
				err = errors.Join(err, conn.Conn().Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		waitFor(t, func() bool { return r.Sessions() == 0 })
		waitFor(t, func() bool {
			got, err := exec(t, connectTo(t, r.upstream), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
			return err == nil && got[0] == "1"
		})
	})
	waitFor(t, func() bool { return runtime.NumGoroutine() <= before+2 }) // the test database's own
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come about")
		}
	}
}
