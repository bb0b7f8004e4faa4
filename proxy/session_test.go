package proxy

import (
	"context"
	"errors"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/audit"
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
	if _, err := exec(t, raw, "PREPARE p AS SELECT purpose_now"); err != nil {
		t.Fatal(err)
	}
	if _, err := exec(t, raw, "BEGIN; DECLARE c CURSOR FOR SELECT purpose_now || generate_series(1, 3); DECLARE same CURSOR FOR SELECT generate_series(1, 3)"); err != nil {
		t.Fatal(err)
	}
	portals := hijack(t, r.dsn("ana", ""))
	in := pgproto3.NewFrontend(pgproto3.NewChunkReader(portals), io.Discard)
	turn := func(want string, messages ...pgproto3.Message) {
		t.Helper()
		if _, err := portals.Write(encode(t, messages...)); err != nil {
			t.Fatal(err)
		}
		_ = portals.SetReadDeadline(time.Now().Add(10 * time.Second))
		for {
			m, err := in.Receive()
			if err != nil {
				t.Fatal(err)
			}
			switch m := m.(type) {
			case *pgproto3.ErrorResponse:
				if m.Code != want {
					t.Errorf("error %q, want %q", m.Message, want)
				}
				want = ""
			case *pgproto3.ReadyForQuery:
				if want != "" {
					t.Errorf("no error %s", want)
				}
				return
			}
		}
	}
	turn("", &pgproto3.Query{String: "BEGIN"})
	turn("", &pgproto3.Parse{Query: "SELECT purpose_now || generate_series(1, 3)"}, &pgproto3.Bind{DestinationPortal: "p"}, &pgproto3.Execute{Portal: "p", MaxRows: 1}, &pgproto3.Sync{})
	turn("", &pgproto3.Execute{Portal: "p", MaxRows: 1}, &pgproto3.Sync{})
	r.SetRewriter(&fakeRewriter{policy: "p2", catalog: "c1"})
	turn("0A000", &pgproto3.Execute{Portal: "p", MaxRows: 1}, &pgproto3.Sync{})
	if got, err := exec(t, raw, "FETCH 1 FROM same"); err != nil || got[0] != "1" {
		t.Errorf("a cursor that the policy changes nothing in: %v, %v", got, err)
	}
	_, err := exec(t, raw, "FETCH 1 FROM c")
	if sqlstate(err) != "0A000" {
		t.Errorf("a cursor of the policy before: %v", err)
	}
	if _, err := exec(t, raw, "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if got, err := exec(t, raw, "EXECUTE p"); err != nil || got[0] != "reporting/p2" {
		t.Errorf("an SQL statement of the policy before: %v, %v", got, err)
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
		opened.Policy != "p1" || opened.Replica != "r1" || opened.Started == nil || opened.Client == "" || opened.Session == "" ||
		!reflect.DeepEqual(opened.Hidden, []audit.HiddenRows{{Relation: "public.t", Rules: []string{"opt-out"}}}) {
		t.Errorf("%+v", opened)
	}
	if opened, closed := records[1], records[5]; closed.Decision != "rewrite" || closed.Purpose != opened.Purpose || closed.Policy != "p1" ||
		closed.Fingerprint != "00112233445566ff" || closed.Statement != "" || closed.User != "ana" {
		t.Errorf("the record that closes it: %+v", closed)
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

func TestFailedLoginsAreRecorded(t *testing.T) {
	r := start(t)
	for _, test := range []struct{ name, dsn, want string }{
		{"password", strings.Replace(r.dsn("ana", ""), password, "chalk", 1), "28P01"},
		{"user", r.dsn("nobody", ""), "28P01"},
		{"database", strings.Replace(r.dsn("ana", ""), r.database, "other", 1), "3D000"},
		{"purpose", r.dsn("ana", "&pgscrim.purpose=fun"), "42501"},
		{"setting", r.dsn("ana", "&client_encoding=latin1"), "22023"},
	} {
		before := len(r.audit.of("login_failed"))
		_, err := pgconn.Connect(context.Background(), test.dsn)
		if sqlstate(err) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
		if records := r.audit.of("login_failed")[before:]; len(records) != 1 || records[0].SQLState != test.want || records[0].Detail == "" || records[0].User == "" {
			t.Errorf("%s: records %+v", test.name, records)
		}
	}
	if n := len(r.audit.of("login")); n > 0 {
		t.Errorf("%d logins are on record", n)
	}
}

// TestRefusalsAreRecordedOnce sends refused statements in all the ways that drivers have.
func TestRefusalsAreRecordedOnce(t *testing.T) {
	r := start(t)
	ctx := context.Background()
	conn := r.pgx(t, "ana", "")
	secret := "SELECT secret"
	parse, bind, describe, execute := &pgproto3.Parse{Query: secret}, &pgproto3.Bind{}, &pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Execute{}
	sync := &pgproto3.Sync{}
	raw := func(messages ...pgproto3.Message) func() error {
		return func() error {
			c := hijack(t, r.dsn("ana", ""))
			if _, err := c.Write(encode(t, messages...)); err != nil {
				return err
			}
			said, err := io.ReadAll(c)
			if err != nil || strings.Count(string(said), "C42501") != 1 {
				t.Errorf("the client hears %q, %v", said, err)
			}
			return &pgconn.PgError{Code: "42501"}
		}
	}
	for name, send := range map[string]func() error{
		"simple": func() error { _, err := exec(t, conn.PgConn(), secret); return err },
		"at once": func() error {
			return conn.PgConn().ExecParams(ctx, secret, nil, nil, nil, nil).Read().Err
		},
		"prepared":  func() error { _, err := conn.Exec(ctx, secret, pgx.QueryExecModeCacheStatement); return err },
		"described": func() error { _, err := conn.Exec(ctx, secret, pgx.QueryExecModeDescribeExec); return err },
		"in a batch": func() error {
			b := &pgx.Batch{}
			b.Queue("SELECT 1")
			b.Queue(secret)
			b.Queue("SELECT 2")
			return conn.SendBatch(ctx, b).Close()
		},
		"with a description":   raw(parse, describe, bind, execute, sync, &pgproto3.Terminate{}),
		"executed twice":       raw(parse, bind, execute, execute, sync, &pgproto3.Terminate{}),
		"parsed twice":         raw(parse, bind, execute, parse, bind, execute, sync, &pgproto3.Terminate{}),
		"with a query in it":   raw(parse, &pgproto3.Query{String: secret}, sync, &pgproto3.Terminate{}),
		"flushed before sync":  raw(parse, &pgproto3.Flush{}, bind, execute, sync, &pgproto3.Terminate{}),
		"in a prepared string": func() error { _, err := exec(t, conn.PgConn(), "PREPARE p AS "+secret); return err },
	} {
		t.Run(name, func(t *testing.T) {
			before := len(r.audit.of("statement"))
			if err := send(); sqlstate(err) != "42501" {
				t.Errorf("error %v", err)
			}
			refusals := 0
			for _, record := range r.audit.of("statement")[before:] {
				if record.SQLState == "42501" {
					refusals++
					if record.Decision != "deny" || record.Rule != "no-secrets" || record.Detail != "column secret is denied" || record.Closes != 0 {
						t.Errorf("%+v", record)
					}
				}
			}
			if refusals != 1 {
				t.Errorf("%d records of the refusal", refusals)
			}
		})
	}

	// A portal that may not go on is a refusal, too.
	portal := hijack(t, r.dsn("ana", ""))
	if _, err := portal.Write(encode(t, &pgproto3.Query{String: "BEGIN"}, &pgproto3.Parse{Query: "SELECT purpose_now || generate_series(1, 9)"}, bind,
		&pgproto3.Execute{MaxRows: 1}, &pgproto3.Flush{})); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		records := r.audit.of("statement")
		return records[len(records)-1].Rows != nil && *records[len(records)-1].Rows == 1
	})
	r.SetRewriter(&fakeRewriter{policy: "p2", catalog: "c1"})
	if _, err := portal.Write(encode(t, sync, &pgproto3.Execute{MaxRows: 1}, sync, &pgproto3.Terminate{})); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(portal); err != nil || !strings.Contains(string(said), "C0A000") {
		t.Errorf("the client hears %q, %v", said, err)
	}
	records := r.audit.of("statement")
	if last := records[len(records)-1]; last.SQLState != "0A000" || last.Decision != "error" || last.Policy != "p2" || last.Statement != "SELECT purpose_now || generate_series(1, 9)" {
		t.Errorf("%+v", last)
	}
}

func TestNotices(t *testing.T) {
	r := start(t)
	var notices []string
	cfg, err := pgconn.ParseConfig(r.dsn("ana", ""))
	if err != nil {
		t.Fatal(err)
	}
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		notices = append(notices, n.Severity+" "+n.Code+" "+n.Message)
	}
	conn, err := pgconn.ConnectConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, test := range []struct {
		sql  string
		want int
	}{
		{"SELECT purpose_now", 0},
		{"SET pgscrim.notices = 'on'; SELECT purpose_now; SELECT 1", 1},
		{"PREPARE p AS SELECT purpose_now; EXECUTE p", 2},
		{"SELECT 1/0, purpose_now", 0},
		{"SET pgscrim.notices = 'off'; SELECT purpose_now", 0},
	} {
		notices = nil
		if _, err := exec(t, conn, test.sql); err != nil && sqlstate(err) != "22012" {
			t.Fatal(err)
		}
		if len(notices) != test.want || test.want > 0 && !strings.Contains(notices[0], "NOTICE 00000 ") {
			t.Errorf("%s: %q", test.sql, notices)
		}
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

// TestGoodbye shows that a session which the client ends is over without a word, as PostgreSQL does it; what the client
// has sent before still runs.
func TestGoodbye(t *testing.T) {
	r := start(t)
	for name, dsn := range map[string]string{"directly": r.upstream, "through the proxy": r.dsn("ana", "")} {
		conn := hijack(t, dsn)
		if _, err := conn.Write(encode(t, &pgproto3.Query{String: "SELECT 'last words'"}, &pgproto3.Terminate{})); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		said, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(said), "last words") || !strings.HasSuffix(string(said), "Z\x00\x00\x00\x05I") {
			t.Errorf("%s: %q, %v", name, said, err)
		}
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
		waitFor(t, func() bool { return r.Sessions() == 0 && len(r.audit.of("logout")) == 20 })
		if n := r.poolSize(); n == 0 {
			t.Error("no connection is kept for the next session")
		}
		r.pool.close()
		own := connectTo(t, r.upstream)
		waitFor(t, func() bool {
			got, err := exec(t, own, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
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
