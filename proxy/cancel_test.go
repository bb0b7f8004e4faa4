package proxy

import (
	"context"
	"strings"
	"testing"
	"time"
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
