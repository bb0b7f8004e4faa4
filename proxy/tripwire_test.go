package proxy

import (
	"context"
	"fmt"
	"testing"

	"github.com/pgscrim/pgscrim/rewrite"
)

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

// TestTripwireUnderReload has a policy come into force while an answer is on its way that the one before has allowed.
func TestTripwireUnderReload(t *testing.T) {
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
	if _, err := exec(t, direct, "SELECT pg_advisory_lock(1)"); err != nil {
		t.Fatal(err)
	}
	conn := r.connect(t, "ana", "")
	answers := make(chan error)
	go func() {
		rows, err := exec(t, conn, "SELECT pg_advisory_lock(1); SELECT b FROM t")
		if err == nil && len(rows) != 2 {
			err = fmt.Errorf("%d rows", len(rows))
		}
		answers <- err
	}()
	waitFor(t, func() bool {
		got, err := exec(t, direct, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
		return err == nil && got[0] == "2"
	})
	r.SetRewriter(&alarm{&fakeRewriter{policy: "p2", catalog: "c1"}, table})
	if _, err := exec(t, direct, "SELECT pg_advisory_unlock(1)"); err != nil {
		t.Fatal(err)
	}
	if err := <-answers; err != nil {
		t.Error(err)
	}
	if _, err := exec(t, conn, "SELECT b FROM t"); sqlstate(err) != "42501" {
		t.Error(err)
	}
}
