package misuse

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Watch runs rules over a log while it is written. Alerts go out in the background; what a rule does to a person holds at
// once. It is safe for concurrent use.
type Watch struct {
	dir  string // of the state, the alerts that are under way, and releases
	opts Options

	mu     sync.Mutex // guards what follows
	engine *Engine
	fired  []*Alert // not yet on record

	held   atomic.Pointer[map[string]Held]
	wake   chan struct{} // there is something in fired
	write  func(*audit.Record) (uint64, error)
	outbox *outbox
	cancel context.CancelFunc
	ended  sync.WaitGroup
}

// Options are what a Watch tells of.
type Options struct {
	// Alerted, if set, is told of each alert that is on record.
	Alerted func(*Alert)
	// Changed, if set, is told of whoever was cut off or released.
	Changed func(user string)
	// Problem, if set, is told of what fails in the background and is tried again.
	Problem func(error)
}

// Names in the directory of the log.
const (
	dirName    = "misuse"
	stateName  = "state.json"
	outboxName = "outbox"
	// releaseName is where `pgscrim audit release` leaves what it asks for: whoever may write there may as well change the log.
	releaseName = "release"
)

// Open takes up the state of the log in dir, and what the log has beyond it. Nothing is done about it before Start.
func Open(r *Rules, dir string, opts Options) (*Watch, error) {
	dir = filepath.Join(dir, dirName)
	for _, d := range []string{dir, filepath.Join(dir, outboxName), filepath.Join(dir, releaseName)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("misuse: %w", err)
		}
	}
	if opts.Problem == nil {
		opts.Problem = func(error) {}
	}
	w := &Watch{dir: dir, opts: opts, engine: NewEngine(r), wake: make(chan struct{}, 1), cancel: func() {}}
	w.outbox = newOutbox(filepath.Join(dir, outboxName), channels(r), opts.Problem)
	if err := w.resume(); err != nil {
		return nil, fmt.Errorf("misuse: read log: %w", err)
	}
	w.publish()
	return w, nil
}

// Start puts alerts on record with write, and goes on to do so until Close. What it writes must come back by Observe.
func (w *Watch) Start(write func(*audit.Record) (uint64, error)) {
	ctx, cancel := context.WithCancel(context.Background())
	w.write, w.cancel = write, cancel
	w.ended.Go(func() { w.deliver(ctx) })
	w.ended.Go(func() { w.upkeep(ctx) })
	w.outbox.start(ctx, &w.ended)
}

// Close stops what Start has started, and saves the state. What has not gone out goes out after the next Start.
func (w *Watch) Close() error {
	if w.write == nil { // it has never been the log's
		return nil
	}
	w.cancel()
	w.ended.Wait()
	return w.save()
}

// Observe takes in a record that was just written. It is called in the order of the log.
func (w *Watch) Observe(r *audit.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	alerts := w.engine.Observe(r)
	if len(alerts) > 0 || r.Alert != nil || r.Event == "release" {
		w.publish()
	}
	if r.Alert != nil { // it is on record now
		w.fired = slices.DeleteFunc(w.fired, func(a *Alert) bool { return a.ID == r.Alert.ID })
	}
	if len(alerts) > 0 {
		w.fired = append(w.fired, alerts...)
		select {
		case w.wake <- struct{}{}:
		default: // deliver knows
		}
	}
}

// publish makes known who is held back. Callers hold mu, or are the only ones.
func (w *Watch) publish() {
	held := w.engine.held(w.engine.now)
	w.held.Store(&held)
}

// Held says what holds back a user now: the delay of each statement, and the rule that has cut the user off, empty if none has,
// until when; a zero time stands for a release.
func (w *Watch) Held(user string) (delay time.Duration, rule string, until time.Time) {
	held := *w.held.Load()
	if len(held) == 0 {
		return 0, "", time.Time{}
	}
	h := held[user].at(time.Now())
	return h.Delay, h.Rule, h.Until
}

// next returns the oldest alert that is not on record, nil if there is none.
func (w *Watch) next() *Alert {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.fired) == 0 {
		return nil
	}
	return w.fired[0]
}

// deliver sends alerts out and puts them on record, in their order, however often it takes. What is not on record when ctx ends is
// kept in the state, or found again in the log: it goes out at the next start, perhaps for the second time, with the same ID.
func (w *Watch) deliver(ctx context.Context) {
	for {
		a := w.next()
		if a == nil {
			select {
			case <-ctx.Done():
				return
			case <-w.wake:
			}
			continue
		}
		if a.CutOff && w.opts.Changed != nil {
			w.opts.Changed(a.User) // sessions end even if the log is in trouble
		}
		w.outbox.put(a)
		for {
			_, err := w.write(a.Record())
			if err == nil {
				break
			}
			w.opts.Problem(fmt.Errorf("misuse: record an alert of rule %q: %w", a.Rule, err))
			select {
			case <-ctx.Done():
				return
			case <-time.After(retryInterval):
			}
		}
		if w.opts.Alerted != nil {
			w.opts.Alerted(a)
		}
	}
}

// retryInterval is the time between two tries to put an alert on record.
const retryInterval = time.Second
