package main

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
)

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestAuditOutage takes the audit log away and gives it back: statements are refused meanwhile, the session and the server go on after it.
func TestAuditOutage(t *testing.T) {
	s, ctx := newSite(t), t.Context()
	cfg, said := s.load(t), &logBuffer{}
	cfg.Audit.Durability = audit.Strict
	in, err := newInstance(ctx, cfg, zerolog.New(said))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.stop(ctx); err != nil {
			t.Error(err)
		}
	}()
	conn, err := pgx.Connect(ctx, "postgres://ana:secret@"+in.addr()+"/"+in.snap.Database+"?sslmode=disable&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := os.Rename(cfg.Audit.Dir, cfg.Audit.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_, err := conn.Exec(ctx, "SET statement_timeout = 1000")
		if err == nil || !strings.Contains(err.Error(), "could not write the audit record") || !strings.Contains(err.Error(), "58030") {
			t.Errorf("a statement without a record: %v", err)
		}
	}
	if got := status(t, in, "/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d", got)
	}
	if err := os.Rename(cfg.Audit.Dir+".away", cfg.Audit.Dir); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); status(t, in, "/readyz") != http.StatusOK; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not ready again:\n%s", said)
		}
	}
	if _, err := conn.Exec(ctx, "SET statement_timeout = 1000"); err != nil {
		t.Errorf("after the outage: %v", err)
	}
	for message, want := range map[string]int{"the audit log cannot be written": 1, "the audit log can be written again": 1} {
		if got := strings.Count(said.String(), message); got != want {
			t.Errorf("%q is logged %d times:\n%s", message, got, said)
		}
	}
}
