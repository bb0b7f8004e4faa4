package sink

import (
	"context"
	"errors"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// scripted is a sink that fails as it is told to.
type scripted struct {
	inbox
	failures int // sends to come that fail
	sizes    []int
	blocked  chan struct{} // if set, sends wait for it to be closed
}

func (s *scripted) Send(ctx context.Context, batch []audit.Entry) error {
	if s.blocked != nil {
		select {
		case <-s.blocked:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	s.failures--
	fail := s.failures >= 0
	s.sizes = append(s.sizes, len(batch))
	s.mu.Unlock()
	if fail {
		return errors.New("the other side is gone")
	}
	for _, e := range batch {
		s.take(e.Line)
	}
	return nil
}

func (s *scripted) Close() error { return nil }

func (s *scripted) config(name string) Config {
	return Config{Name: name, Kind: Kind{Type: "scripted", open: func(values) (Sink, error) { return s, nil }}}
}

// wantSeqs compares with the records from 1 to n.
func (s *scripted) wantSeqs(t *testing.T, n uint64) {
	t.Helper()
	var want []uint64
	for seq := uint64(1); seq <= n; seq++ {
		want = append(want, seq)
	}
	if got := s.arrived(); !slices.Equal(got, want) {
		t.Errorf("got %d records, want 1 to %d once each:\n%v", len(got), n, got)
	}
}

func TestRunnerGoesOnWhereItWas(t *testing.T) {
	j, s := new(journal), new(scripted)
	opts := j.options(t)
	for n := range 3 {
		j.add(maxBatch + 7)
		finish(t, j.start(t, opts, s.config("one")))
		s.wantSeqs(t, uint64(n+1)*(maxBatch+7))
	}
	if p, err := loadPosition(positionPath(opts.Dir, "one")); err != nil || p.Seq != 3*(maxBatch+7) {
		t.Errorf("position %d, %v", p.Seq, err)
	}
	if slices.Max(s.sizes) > maxBatch {
		t.Errorf("a batch has %d records", slices.Max(s.sizes))
	}
}

// TestRunnerTellsOnce: a sink that is gone for long makes two lines in the server's log.
func TestRunnerTellsOnce(t *testing.T) {
	j, s := new(journal), &scripted{failures: 5}
	j.add(10)
	opts := j.options(t)
	var mu sync.Mutex
	var told []Status
	opts.Changed = func(s Status) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, s)
	}
	g := j.start(t, opts, s.config("one"))
	finish(t, g)
	s.wantSeqs(t, 10)
	mu.Lock()
	defer mu.Unlock()
	if len(told) != 2 || told[0].Err == nil || told[0].Lag != 10 || told[1].Err != nil || told[1].Lag != 0 {
		t.Errorf("told %+v", told)
	}
	if st := g.Status()[0]; st.Failures != 5 || st.Records != 10 || st.Confirmed != 10 || st.Bytes == 0 || !st.Oldest.IsZero() {
		t.Errorf("status %+v", st)
	}
}

// TestRunnerReadsWhatIsOnTheDisk: records that a crash can take are not sent, and damaged lines are no records.
func TestRunnerReadsWhatIsOnTheDisk(t *testing.T) {
	j, s := new(journal), new(scripted)
	j.add(3)
	j.entries = append(j.entries, audit.Entry{Line: []byte(`{"seq`), Err: errors.New("damaged")})
	j.append(4)
	j.append(5)
	j.synced = 4
	finish(t, j.start(t, j.options(t), s.config("one")))
	s.wantSeqs(t, 4)
}

// TestDeadSinkHoldsUpNothing: the other sink goes on, nothing is read that nobody takes, and the process can end.
func TestDeadSinkHoldsUpNothing(t *testing.T) {
	j, dead, alive := new(journal), &scripted{blocked: make(chan struct{})}, new(scripted)
	j.add(10 * maxBatch)
	opts := j.options(t)
	g := j.start(t, opts, dead.config("dead"), alive.config("alive"))
	for g.Status()[1].Lag > 0 {
		time.Sleep(time.Millisecond)
	}
	if st := g.Status()[0]; st.Confirmed != 0 || st.Lag != 10*maxBatch || st.Oldest.IsZero() {
		t.Errorf("dead sink: %+v", st)
	}
	if g.runners[0].read > maxBatch {
		t.Errorf("%d records are read that nobody takes", g.runners[0].read)
	}
	if g.Confirmed() != 0 {
		t.Errorf("up to %d may be removed", g.Confirmed())
	}
	killed, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Stop(killed); err == nil || err.Error() != "audit sink dead has yet to get 5000 records" {
		t.Errorf("stop: %v", err)
	}
	alive.wantSeqs(t, 10*maxBatch)
	close(dead.blocked)
	finish(t, j.start(t, opts, dead.config("dead")))
	dead.wantSeqs(t, 10*maxBatch)
}

// TestPositionThatCannotBeStored: what was confirmed is not sent again, and the sink says what is wrong.
func TestPositionThatCannotBeStored(t *testing.T) {
	j, s := new(journal), new(scripted)
	j.add(3)
	opts := j.options(t)
	blocked := positionPath(opts.Dir, "one") + ".new"
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	g := j.start(t, opts, s.config("one"))
	for g.Status()[0].Err == nil {
		time.Sleep(time.Millisecond)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	j.add(3)
	finish(t, g)
	s.wantSeqs(t, 6)
	if p, err := loadPosition(positionPath(opts.Dir, "one")); err != nil || p.Seq != 6 || g.Status()[0].Err != nil {
		t.Errorf("position %+v, %v, %v", p, err, g.Status()[0].Err)
	}
}

// TestAnotherLog: a log that is shorter than what was sent is not what was sent; its records would pass for those that the sink has.
func TestAnotherLog(t *testing.T) {
	j, s := new(journal), new(scripted)
	j.add(5)
	opts := j.options(t)
	finish(t, j.start(t, opts, s.config("one")))
	other := new(journal)
	other.add(3)
	o := other.options(t)
	o.Dir = opts.Dir
	g := other.start(t, o, s.config("one"))
	for g.Status()[0].Err == nil {
		time.Sleep(time.Millisecond)
	}
	if err := g.Status()[0].Err; !strings.Contains(err.Error(), "the log ends at record 3, but record 5 has been sent") {
		t.Error(err)
	}
	killed, cancel := context.WithCancel(t.Context())
	cancel()
	_ = g.Stop(killed)
	s.wantSeqs(t, 5)
}

func TestPositionOfAnotherHand(t *testing.T) {
	j, s := new(journal), new(scripted)
	opts := j.options(t)
	finish(t, j.start(t, opts, s.config("one")))
	if err := os.WriteFile(positionPath(opts.Dir, "one"), []byte("5"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New([]Config{s.config("one")}, opts); err == nil {
		t.Error("a damaged position is taken for one")
	}
}

func TestNoSinks(t *testing.T) {
	var g *Group
	if g.Stop(t.Context()) != nil || g.Status() != nil || g.Confirmed() != ^uint64(0) {
		t.Error("no group is no sinks")
	}
}

// TestRunnerReadsOnAfterAnError has the log fail in the middle of a batch: what was read before is not lost.
func TestRunnerReadsOnAfterAnError(t *testing.T) {
	j, s := new(journal), new(scripted)
	j.add(10)
	opts := j.options(t)
	var failed atomic.Bool
	opts.entries = func(from uint64) iter.Seq2[audit.Entry, error] {
		return func(yield func(audit.Entry, error) bool) {
			for e, err := range j.entriesFrom(from) {
				if e.Seq == 6 && failed.CompareAndSwap(false, true) {
					yield(audit.Entry{}, errors.New("too many open files"))
					return
				}
				if !yield(e, err) {
					return
				}
			}
		}
	}
	finish(t, j.start(t, opts, s.config("one")))
	s.wantSeqs(t, 10)
}
