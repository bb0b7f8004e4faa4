package proxy

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestShutdown(t *testing.T) {
	r := start(t)
	idle, busy := r.connect(t, "ana", ""), r.connect(t, "ana", "")
	if _, err := exec(t, busy, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	middle := hijack(t, r.dsn("ana", "")) // in a segment, outside a transaction
	if _, err := middle.Write(encode(t, &pgproto3.Parse{Query: "SELECT 1"}, &pgproto3.Flush{})); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(middle, make([]byte, headerBytes)); err != nil {
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
	if _, err := middle.Write(encode(t, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Sync{})); err != nil {
		t.Fatal(err)
	}
	if notice, err = io.ReadAll(middle); err != nil || !strings.Contains(string(notice), "SELECT 1") || !strings.Contains(string(notice), "57P01") {
		t.Errorf("a session in a segment hears %q, %v", notice, err)
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
