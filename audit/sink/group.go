package sink

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Options say what the sinks read.
type Options struct {
	// Dir is the directory of the log.
	Dir string
	// Changed is told when a sink fails (Err is set), and when it works again. It is called by the sink's goroutine.
	Changed func(Status)

	entries       func(from uint64) iter.Seq2[audit.Entry, error] // the lines of the log from that Seq on
	retryInterval time.Duration                                   // the first pause after a failure
}

// Status is how far a sink is.
type Status struct {
	Name, Type string
	Confirmed  uint64    // Seq of the last record that it has confirmed
	Lag        uint64    // records that are on the local disk, but not confirmed
	Oldest     time.Time // of the first record that is under way; zero if none is
	Records    uint64    // confirmed since the start, in bytes too
	Bytes      uint64
	Failures   uint64 // batches that have failed since the start
	Err        error  // why it does not work at present; nil if it does
}

// Group is the sinks of one log. A nil one has none.
type Group struct {
	runners  []*runner
	stopping chan struct{}
	cancel   context.CancelFunc // set by Start
	done     sync.WaitGroup
}

// New makes the sinks, which know from here on how far they are, but do nothing before Start. The error says which cannot be made from its
// configuration; what is not there yet outside is no error.
func New(configs []Config, opts Options) (*Group, error) {
	if len(configs) == 0 {
		return nil, nil
	}
	if opts.retryInterval == 0 {
		opts.retryInterval = 500 * time.Millisecond
	}
	if opts.entries == nil {
		opts.entries = func(from uint64) iter.Seq2[audit.Entry, error] { return audit.Entries(opts.Dir, from) }
	}
	if err := os.MkdirAll(filepath.Join(opts.Dir, Dir), 0o700); err != nil {
		return nil, fmt.Errorf("audit sinks: %w", err)
	}
	g := &Group{stopping: make(chan struct{})}
	for _, c := range configs {
		r, err := newRunner(c, opts, g.stopping)
		if err != nil {
			for _, r := range g.runners {
				_ = r.sink.Close() // nothing was sent
			}
			return nil, err
		}
		g.runners = append(g.runners, r)
	}
	return g, nil
}

// Start sets the sinks to work. The function returns the Seq of the last record that is on the disk for good.
func (g *Group) Start(synced func() uint64) {
	if g == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	for _, r := range g.runners {
		r.start(synced)
		g.done.Go(func() { r.run(ctx) })
	}
}

// Stop lets the sinks send what is on the local disk until ctx ends. The error names those that had not finished; they go on from there at
// the next start. It is called once.
func (g *Group) Stop(ctx context.Context) error {
	if g == nil || g.cancel == nil {
		return nil
	}
	close(g.stopping)
	defer g.cancel()
	ended := make(chan struct{})
	go func() {
		g.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		g.cancel()
		select {
		case <-ended:
		case <-time.After(abandonTimeout):
		}
	}
	var behind []error
	for _, s := range g.Status() {
		if s.Lag > 0 {
			behind = append(behind, fmt.Errorf("audit sink %s has yet to get %d records", s.Name, s.Lag))
		}
	}
	return errors.Join(behind...)
}

// abandonTimeout is how long a sink has to notice that it is to stop; one that writes to a pipe which nobody reads never does.
const abandonTimeout = time.Second

// Status returns how far each sink is, in the order of the configuration.
func (g *Group) Status() []Status {
	if g == nil {
		return nil
	}
	out := make([]Status, len(g.runners))
	for i, r := range g.runners {
		out[i] = r.Status()
	}
	return out
}

// Confirmed returns the Seq up to which every sink has confirmed the log: what is behind it must be kept. Without sinks it is the largest one.
func (g *Group) Confirmed() uint64 {
	confirmed := ^uint64(0)
	for _, s := range g.Status() {
		confirmed = min(confirmed, s.Confirmed)
	}
	return confirmed
}
