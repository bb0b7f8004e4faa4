package proxy

import (
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

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
			var trying atomic.Bool
			trying.Store(true)
			go func() {
				defer trying.Store(false)
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
			waitFor(t, func() bool { return !trying.Load() })
			requests := len(r.audit.of("cancel"))
			for range 20 {
				if err := conn.CancelRequest(ctx); err != nil {
					t.Fatal(err)
				}
				if got, err := exec(t, conn, "SELECT 1"); err != nil || got[0] != "1" {
					t.Fatal(got, err)
				}
			}
			if n := len(r.audit.of("cancel")); n != requests {
				t.Errorf("%d requests were passed on when nothing was under way", n-requests)
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

// slowLine forwards connections to an address. All but the first get through only after a delay.
func slowLine(t *testing.T, to string, delay time.Duration) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for n := 0; ; n++ {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = near.Close() }()
				if n > 0 {
					time.Sleep(delay)
				}
				far, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer func() { _ = far.Close() }()
				go func() {
					_, _ = io.Copy(far, near)
					_ = far.Close()
				}()
				_, _ = io.Copy(near, far)
			}()
		}
	}()
	return ln
}

func TestNextStatementWaitsForCancel(t *testing.T) {
	dsn := clustertest.DSN(t)
	cfg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port)))
	const delay = 500 * time.Millisecond
	line := slowLine(t, address, delay)
	r := start(t, func(c *Config) { c.Upstream = strings.Replace(dsn, address, line.Addr().String(), 1) })
	conn := r.connect(t, "ana", "")
	go func() {
		time.Sleep(50 * time.Millisecond)
		_ = conn.CancelRequest(context.Background()) // reaches the server when the statement is over
	}()
	if _, err := exec(t, conn, "SELECT pg_sleep(0.2)"); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if _, err := exec(t, conn, "SELECT pg_sleep(1)"); err != nil {
		t.Fatalf("the request for the statement before has hit this one: %v", err)
	}
	if time.Since(started) < time.Second+delay/4 {
		t.Error("the request was delivered before it was to be: this proves nothing")
	}
}
