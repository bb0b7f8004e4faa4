package proxy

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// fakeGuard holds back whom a test says.
type fakeGuard struct {
	mu    sync.Mutex
	rule  string
	until time.Time
	delay time.Duration
}

func (g *fakeGuard) Held(user string) (time.Duration, string, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if user != "ana" {
		return 0, "", time.Time{}
	}
	return g.delay, g.rule, g.until
}

func (g *fakeGuard) set(delay time.Duration, rule string, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.delay, g.rule, g.until = delay, rule, until
}

func guarded(t *testing.T) (*rig, *fakeGuard) {
	g := &fakeGuard{}
	return start(t, func(c *Config) { c.Guard = g }), g
}

// checkFatal checks that an error is the end of a session of one who is cut off.
func checkFatal(t *testing.T, what string, err error) {
	t.Helper()
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Severity != "FATAL" || pg.Code != "57P01" || pg.Message != `user "ana" is cut off by misuse rule "enumeration"` || pg.Hint == "" {
		t.Errorf("%s: %v", what, err)
	}
}

// TestCutOff cuts a user off whose sessions are in different states: each ends at its next message.
func TestCutOff(t *testing.T) {
	simple := func(conn *pgconn.PgConn) error {
		_, err := conn.Exec(context.Background(), "SELECT 1").ReadAll()
		return err
	}
	for _, test := range []struct {
		name   string
		before string
		next   func(*pgconn.PgConn) error
	}{
		{"query", "SELECT 1", simple},
		{"query in a transaction", "BEGIN", simple},
		{"query in a failed transaction", "BEGIN; SELECT 1/0", simple},
		{"parse", "SELECT 1", func(conn *pgconn.PgConn) error {
			_, err := conn.Prepare(context.Background(), "p", "SELECT 1", nil)
			return err
		}},
		{"prepared statement", "PREPARE p AS SELECT 1", func(conn *pgconn.PgConn) error {
			return conn.ExecPrepared(context.Background(), "p", nil, nil, nil).Read().Err
		}},
		{"copy", "SELECT 1", func(conn *pgconn.PgConn) error {
			_, err := conn.CopyTo(context.Background(), &strings.Builder{}, "COPY (SELECT 1) TO STDOUT")
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, g := guarded(t)
			conn, other := r.connect(t, "ana", ""), r.connect(t, "dan", "")
			_, _ = exec(t, conn, test.before) // some fail, as they should
			records := len(r.audit.of("statement"))
			g.set(0, "enumeration", time.Time{})
			checkFatal(t, test.name, test.next(conn))
			if got := len(r.audit.of("statement")); got != records {
				t.Errorf("%d statements have begun", got-records)
			}
			if _, err := exec(t, other, "SELECT 1"); err != nil {
				t.Errorf("another user: %v", err)
			}
			waitFor(t, func() bool { return r.Sessions() == 1 })
			if out := r.audit.of("logout"); len(out) != 1 || out[0].SQLState != "57P01" || !strings.Contains(out[0].Detail, "enumeration") {
				t.Errorf("logout: %+v", out)
			}
		})
	}
}

// TestCutOffAtOnce ends sessions that send nothing: one is idle, one runs a statement, one holds a transaction open.
func TestCutOffAtOnce(t *testing.T) {
	r, g := guarded(t)
	idle, running, open, other := r.connect(t, "ana", ""), r.connect(t, "ana", ""), r.connect(t, "ana", ""), r.connect(t, "dan", "")
	if _, err := exec(t, open, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() {
		_, err := running.Exec(context.Background(), "SELECT 'begun'; SELECT pg_sleep(600)").ReadAll()
		ran <- err
	}()
	waitFor(t, func() bool { return len(r.audit.of("statement")) >= 4 })
	g.set(0, "enumeration", time.Now().Add(time.Hour))
	r.Recheck("ana")
	checkFatal(t, "running", <-ran)
	for name, conn := range map[string]*pgconn.PgConn{"idle": idle, "open": open} {
		checkFatal(t, name, conn.WaitForNotification(context.Background()))
	}
	if _, err := exec(t, other, "SELECT 1"); err != nil {
		t.Errorf("another user: %v", err)
	}
	waitFor(t, func() bool { return r.Sessions() == 1 })
}

// TestCutOffLogin refuses logins: only those with the right password hear why, and each is on record.
func TestCutOffLogin(t *testing.T) {
	r, g := guarded(t)
	g.set(0, "enumeration", time.Date(2999, 1, 2, 3, 4, 5, 0, time.UTC))
	var pg *pgconn.PgError
	_, err := pgconn.Connect(context.Background(), r.dsn("ana", ""))
	if !errors.As(err, &pg) || pg.Code != "28000" || !strings.Contains(pg.Message, "enumeration") || pg.Detail != "This ends at 2999-01-02 03:04:05 UTC." {
		t.Errorf("%+v", err)
	}
	_, err = pgconn.Connect(context.Background(), strings.Replace(r.dsn("ana", ""), password, "wrong", 1))
	if !errors.As(err, &pg) || pg.Code != "28P01" || strings.Contains(pg.Message, "enumeration") {
		t.Errorf("%+v", err)
	}
	if failed := r.audit.of("login_failed"); len(failed) != 2 || failed[0].SQLState != "28000" || len(r.audit.of("login")) != 0 {
		t.Errorf("%+v", failed)
	}
	g.set(0, "", time.Time{})
	if _, err := exec(t, r.connect(t, "ana", ""), "SELECT 1"); err != nil {
		t.Errorf("after the release: %v", err)
	}
}

// TestThrottle delays what runs a statement, of the one user.
func TestThrottle(t *testing.T) {
	r, g := guarded(t)
	conn, other := r.connect(t, "ana", ""), r.connect(t, "dan", "")
	const delay = 300 * time.Millisecond
	g.set(delay, "", time.Time{})
	begun := time.Now()
	if _, err := exec(t, conn, "SELECT 1"); err != nil || time.Since(begun) < delay {
		t.Errorf("query: %v after %s", err, time.Since(begun))
	}
	begun = time.Now()
	result := conn.ExecParams(context.Background(), "SELECT $1::int", [][]byte{[]byte("1")}, nil, nil, nil).Read()
	if result.Err != nil || len(result.Rows) != 1 || time.Since(begun) < delay {
		t.Errorf("extended: %+v after %s", result, time.Since(begun))
	}
	g.set(time.Hour, "", time.Time{})
	if _, err := exec(t, other, "SELECT 1"); err != nil {
		t.Errorf("another user: %v", err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "SELECT 1").ReadAll()
		ended <- err
	}()
	time.AfterFunc(50*time.Millisecond, func() { _ = r.Close() })
	if err := <-ended; err == nil {
		t.Error("a statement has run within its delay")
	}
}
