package proxy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// TestResultWaitsForItsRecord runs statements while the disk is slow: those that read are over upstream before their records are on
// disk, and not a byte of their results is seen before.
func TestResultWaitsForItsRecord(t *testing.T) {
	r := start(t)
	own := connectTo(t, r.upstream)
	if _, err := exec(t, own, "CREATE SEQUENCE ran"); err != nil {
		t.Fatal(err)
	}
	conn := r.connect(t, "ana", "")
	ran := func() string {
		got, err := exec(t, own, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ran")
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	for i, test := range []struct {
		name, sql, during string
	}{
		// The fake rewriter takes the first for a statement that only reads.
		{"read", "SELECT setval('ran', %d)", "1"},
		{"large read", "SELECT repeat('x', 100000) || setval('ran', %d)", "2"},
		{"write", "SELECT setval('ran', %d), 'insert'", "2"},
		{"read and write", "SELECT 1; SELECT setval('ran', %d), 'insert'", "3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			disk, answered := make(chan struct{}), make(chan error, 1)
			r.audit.setDisk(func(uint64) error { <-disk; return nil })
			go func() {
				_, err := exec(t, conn, fmt.Sprintf(test.sql, i+1))
				answered <- err
			}()
			waitFor(t, func() bool { return ran() == test.during })
			select {
			case err := <-answered:
				t.Errorf("answered before the record was on disk: %v", err)
			case <-time.After(200 * time.Millisecond):
			}
			if got := ran(); got != test.during {
				t.Errorf("while the record is on its way, the last that ran is %s, want %s", got, test.during)
			}
			close(disk)
			if err := <-answered; err != nil {
				t.Error(err)
			}
			if got := ran(); got != fmt.Sprint(i+1) {
				t.Errorf("the last that ran is %s", got)
			}
		})
	}
}

// TestResultWithoutRecord has the disk fail: the client gets nothing of a result whose record may be lost, all of those before, and is told.
func TestResultWithoutRecord(t *testing.T) {
	for _, test := range []struct{ name, sql string }{
		{"small", "SELECT 'shown'"},
		{"large", "SELECT repeat('shown', 100000)"},
		{"many rows", "SELECT 'shown' FROM generate_series(1, 100000)"},
		{"error", "SELECT 'shown'::int"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			conn := r.connect(t, "ana", "")
			var failing atomic.Bool
			r.audit.setDisk(func(uint64) error {
				if failing.Load() {
					return errors.New("I/O error")
				}
				return nil
			})
			if got, err := exec(t, conn, "SELECT 1"); err != nil || got[0] != "1" {
				t.Fatal(got, err)
			}
			failing.Store(true)
			got, err := exec(t, conn, test.sql)
			if len(got) > 0 || sqlstate(err) != "58030" || strings.Contains(err.Error(), "shown") {
				t.Errorf("%.100q, %v", got, err)
			}
			waitFor(t, func() bool { return conn.IsClosed() && r.Sessions() == 0 })
		})
	}
}

// TestRecordsOfAPipeline has the disk fail for the second of two statements that are answered at once.
func TestRecordsOfAPipeline(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "")
	before := uint64(len(r.audit.of("statement")) + len(r.audit.of("login")))
	r.audit.setDisk(func(seq uint64) error {
		if seq > before+1 {
			return errors.New("I/O error")
		}
		return nil
	})
	pipeline := conn.StartPipeline(context.Background())
	pipeline.SendQueryParams("SELECT 'first', pg_sleep(0.3)", nil, nil, nil, nil)
	pipeline.SendQueryParams("SELECT 'second'", nil, nil, nil, nil)
	if err := pipeline.Sync(); err != nil {
		t.Fatal(err)
	}
	_, err := pipeline.GetResults()
	if _, next := pipeline.GetResults(); err == nil {
		err = next
	}
	if sqlstate(err) != "58030" {
		t.Errorf("%v", err)
	}
	_ = pipeline.Close()
}

// TestOutage has the disk fail for a while: what writes is refused with the cause, its record says so, and the session goes on after it.
func TestOutage(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "")
	r.audit.setDisk(func(uint64) error {
		return fmt.Errorf("audit: %w", &os.PathError{Op: "write", Path: "/var/audit", Err: syscall.ENOSPC})
	})
	for _, sql := range []string{"SELECT 'insert'", "SELECT 1; SELECT 'insert'"} {
		got, err := exec(t, conn, sql)
		if len(got) > 0 || sqlstate(err) != "58030" || !strings.Contains(err.Error(), "could not write the audit record: no space left on device") || strings.Contains(err.Error(), "/var") {
			t.Errorf("%s: %q, %v", sql, got, err)
		}
	}
	opened := 0
	for _, record := range r.audit.of("statement") {
		switch {
		case record.Closes == 0:
			opened++
		case record.SQLState != "58030":
			t.Errorf("closed with %+v", record)
		default:
			opened--
		}
	}
	if opened != 0 {
		t.Errorf("%d statements that did not run were not closed", opened)
	}
	// In an aborted block, too, it is the missing record that keeps a statement from running, a ROLLBACK as any other.
	r.audit.setDisk(nil)
	if _, err := exec(t, conn, "BEGIN; SELECT 1/0"); sqlstate(err) != "22012" {
		t.Fatal(err)
	}
	r.audit.setDisk(func(uint64) error { return syscall.ENOSPC })
	for _, sql := range []string{"SELECT 'insert'", "ROLLBACK"} {
		if _, err := exec(t, conn, sql); sqlstate(err) != "58030" {
			t.Errorf("%s in an aborted block: %v", sql, err)
		}
	}
	if err := conn.ExecParams(context.Background(), "ROLLBACK", nil, nil, nil, nil).Read().Err; sqlstate(err) != "58030" {
		t.Errorf("ROLLBACK by the extended protocol: %v", err)
	}
	r.audit.setDisk(nil)
	if _, err := exec(t, conn, "ROLLBACK"); err != nil {
		t.Error(err)
	}
	if got, err := exec(t, conn, "SELECT 'insert'"); err != nil || got[0] != "insert" {
		t.Errorf("after the outage: %q, %v", got, err)
	}
}

// TestRecordOfUnparsed sends what the rewriter cannot parse. The server judges it, and the record says what the client was told.
func TestRecordOfUnparsed(t *testing.T) {
	r := start(t)
	conn := r.connect(t, "ana", "")
	for _, sql := range []string{"SELECT 1 AS newer_syntax", "SELEC newer_syntax", "SELECT 1 newer_syntax FROM"} {
		for protocol, send := range map[string]func() error{
			"simple":   func() error { _, err := exec(t, conn, sql); return err },
			"extended": func() error { _, err := conn.Prepare(context.Background(), "", sql, nil); return err },
		} {
			before := len(r.audit.of("statement"))
			err := send()
			var records []*audit.Record
			waitFor(t, func() bool { records = r.audit.of("statement")[before:]; return len(records) == 2 })
			opened, closed := records[0], records[1]
			if opened.Statement != sql || opened.Decision != "error" || opened.SQLState != "" || closed.Closes != opened.Seq ||
				closed.SQLState != sqlstate(err) || closed.SQLState == "" || closed.Detail == "" || !strings.Contains(err.Error(), closed.Detail) {
				t.Errorf("%s, %s: the client hears %v, the record is %+v, closed by %+v", sql, protocol, err, opened, closed)
			}
		}
	}
}
