package audit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// eventually waits for what happens in the background.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it does not happen", what)
		}
	}
}

func mustSegments(t *testing.T, dir string) []Segment {
	t.Helper()
	segments, err := Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	return segments
}

// events returns the events of that kind with their details.
func events(t *testing.T, dir, event string) (found []Record) {
	t.Helper()
	for _, e := range mustTail(t, dir) {
		if e.Event == event {
			found = append(found, e.Record)
		}
	}
	return found
}

func TestRetention(t *testing.T) {
	dir := rotated(t, 4, 10)
	l := mustOpen(t, dir, Options{Keep: time.Nanosecond, Replica: "r1"})
	eventually(t, "removal", func() bool { return len(mustSegments(t, dir)) == 1 })
	mustAppend(t, l, "40", 45)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	removed := events(t, dir, "retention")
	if len(removed) != 1 || removed[0].Removed.FirstLine != 1 || removed[0].Removed.LastLine != 32 || removed[0].Removed.LastSeq != 32 || len(removed[0].Removed.Files) != 3 {
		t.Fatalf("records of it: %+v", removed)
	}
	v := mustVerify(t, dir)
	if len(v.Faults) > 0 || v.Removed != 32 || !v.RemovedAt.Equal(removed[0].Time) || v.Lines != 45 || v.Records != 13 {
		t.Errorf("%+v", v)
	}
	if got := mustTail(t, dir); got[0].Seq != 33 || got[0].Event != "segment" {
		t.Errorf("it starts with %+v", got[0].Record)
	}

	// Who removes more than that is no retention.
	l = mustOpen(t, dir, Options{Replica: "r1"})
	if err := l.Rotate(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "compression", func() bool { return len(plainSegments(t, dir)) == 0 })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, mustSegments(t, dir)[0].Name)); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, dir); len(v.Faults) != 1 || !strings.Contains(v.Faults[0].What, "lines 1 to 45 are gone") {
		t.Errorf("segment removed by hand: %+v", v)
	}
}

// TestRetentionWaitsForSinks: what has yet to be sent elsewhere is kept, however old it is, and the log says so.
func TestRetentionWaitsForSinks(t *testing.T) {
	dir := rotated(t, 4, 10)
	var sent atomic.Uint64
	sent.Store(21)
	problems := make(chan error, 100)
	l := mustOpen(t, dir, Options{Keep: time.Nanosecond, Replica: "r1", Sent: sent.Load, CheckpointInterval: time.Millisecond, Problem: func(err error) {
		select {
		case problems <- err:
		default:
		}
	}})
	if err := <-problems; !strings.Contains(err.Error(), "a sink has yet to confirm record 22") {
		t.Errorf("problem %v", err)
	}
	if removed := events(t, dir, "retention"); len(removed) != 1 || removed[0].Removed.LastSeq != 21 {
		t.Errorf("records of it: %+v", removed)
	}
	sent.Store(1 << 60)
	eventually(t, "removal", func() bool { return len(mustSegments(t, dir)) == 1 })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, dir); len(v.Faults) > 0 {
		t.Errorf("%+v", v)
	}
}

func TestRemovalIsRecordedFirst(t *testing.T) {
	dir := rotated(t, 4, 10)
	l := mustOpen(t, dir, Options{Replica: "r1"})
	removals := 0
	l.disk.remove = func(path string) error {
		if removals++; removals > 1 {
			return syscall.EIO // as a crash would end it
		}
		return os.Remove(path)
	}
	if err := l.retain(time.Nanosecond); err == nil {
		t.Fatal("it did not fail")
	}
	if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Removed != 10 {
		t.Errorf("half way: %+v", v)
	}
	l.disk = realDisk
	if err := l.retain(time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Removed != 32 || len(events(t, dir, "retention")) != 2 {
		t.Errorf("at the end: %+v", v)
	}
}

func TestLegalHold(t *testing.T) {
	dir := rotated(t, 3, 10)
	if err := SetHold(dir, "case 4711,\nas of today"); err != nil {
		t.Fatal(err)
	}
	l := mustOpen(t, dir, Options{Replica: "r1", CheckpointInterval: time.Millisecond, Keep: time.Nanosecond})
	details := func() (d []string) {
		for _, r := range events(t, dir, "hold") {
			d = append(d, r.Detail)
		}
		return d
	}
	eventually(t, "record of the hold", func() bool { return len(details()) == 1 })
	if err := l.retain(time.Nanosecond); err != nil || len(mustSegments(t, dir)) != 3 {
		t.Errorf("%d segments on hold, %v", len(mustSegments(t, dir)), err)
	}
	if reason, on, err := Hold(dir); !on || reason != "case 4711, as of today" || err != nil {
		t.Errorf("Hold: %q %v %v", reason, on, err)
	}
	if err := ReleaseHold(dir); err != nil {
		t.Fatal(err)
	}
	eventually(t, "removal after the hold", func() bool { return len(mustSegments(t, dir)) == 1 })
	if want := []string{"on: case 4711, as of today", "off"}; !slices.Equal(details(), want) {
		t.Errorf("recorded: %q, want %q", details(), want)
	}
	if v := mustVerify(t, dir); len(v.Faults) > 0 {
		t.Errorf("%+v", v)
	}
}
