package sink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/pgscrim/pgscrim/audit"
)

// A batch is what is sent between two confirmations: large enough that the round trip does not count, small enough to be repeated.
const (
	maxBatch      = 500
	maxBatchBytes = 1 << 20 // Kafka's and NATS's default limit of a message; a longer line is a batch of its own
)

const (
	pollInterval = 200 * time.Millisecond // how often the log is looked at when everything is sent
	sendTimeout  = 30 * time.Second       // of one batch, connecting included
)

// runner carries the log to one sink.
type runner struct {
	Config
	opts Options
	sink Sink
	path string // of the position's file

	stopping <-chan struct{} // closed when nothing is to be sent but what is on the disk
	retry    *backoff.ExponentialBackOff
	pull     func() (audit.Entry, error, bool) // the next line of the log; nil until that is opened
	stop     func()
	read     uint64 // Seq of the last record that was read

	mu     sync.Mutex // guards what follows
	synced func() uint64
	status Status
}

func newRunner(c Config, opts Options, stopping <-chan struct{}) (*runner, error) {
	s, err := c.Open()
	if err != nil {
		return nil, err
	}
	r := &runner{Config: c, opts: opts, sink: s, path: positionPath(opts.Dir, c.Name), stopping: stopping, retry: backoff.NewExponentialBackOff()}
	r.start(func() uint64 { return 0 })
	r.retry.InitialInterval, r.retry.MaxInterval = opts.retryInterval, 30*time.Second
	p, err := loadPosition(r.path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("audit sink %s: %w", c.Name, err), s.Close())
	}
	r.read = p.Seq
	r.status = Status{Name: c.Name, Type: c.Kind.Type, Confirmed: p.Seq}
	return r, nil
}

// start says what there is to be sent.
func (r *runner) start(synced func() uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.synced = synced
}

// run carries records until ctx ends, or until everything is sent after stopping was closed.
func (r *runner) run(ctx context.Context) {
	defer func() {
		r.closeLog()
		_ = r.sink.Close() // everything that counts is confirmed
	}()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for last := false; ctx.Err() == nil; {
		batch, err := r.next()
		switch {
		case err != nil:
			r.failed(err)
			r.pause(ctx)
		case len(batch) > 0:
			r.deliver(ctx, batch)
		case last:
			return
		default:
			select {
			case <-ctx.Done():
			case <-poll.C:
			case <-r.stopping:
				last = true // one more look
			}
		}
	}
}

// next reads the next batch of what is on the disk for good; it is empty if everything has been read.
func (r *runner) next() ([]audit.Entry, error) {
	synced := r.synced()
	if r.read > synced {
		return nil, fmt.Errorf("the log ends at record %d, but record %d has been sent: is it another log? (what %s says was confirmed)", synced, r.read, r.path)
	}
	var batch []audit.Entry
	for size := 0; r.read < synced && len(batch) < maxBatch && size < maxBatchBytes; {
		e, err := r.entry()
		if errors.Is(err, io.EOF) {
			break // it is open no longer, and has come to its end
		}
		if err != nil && len(batch) > 0 {
			break // what was read is sent, and the error comes again
		}
		if err != nil {
			return nil, err
		}
		r.read = e.Seq
		size += len(e.Line)
		batch = append(batch, e)
	}
	return batch, nil
}

// entry reads the next record of the log, opening the log where it was left if need be. io.EOF says that there is none yet.
func (r *runner) entry() (audit.Entry, error) {
	fresh := r.pull == nil
	for {
		if r.pull == nil {
			r.pull, r.stop = iter.Pull2(r.opts.entries(r.read + 1))
		}
		e, err, ok := r.pull()
		switch {
		case ok && err == nil && e.Err == nil && e.Seq > r.read:
			return e, nil
		case ok && err == nil: // what a crash has left
			continue
		case !ok && !fresh: // the end of what was there when it was opened
			r.closeLog()
			fresh = true
			continue
		case !ok:
			err = io.EOF
		}
		r.closeLog()
		return audit.Entry{}, err
	}
}

func (r *runner) closeLog() {
	if r.pull != nil {
		r.stop()
		r.pull = nil
	}
}

// deliver sends a batch until it is confirmed or ctx ends.
func (r *runner) deliver(ctx context.Context, batch []audit.Entry) {
	r.waiting(batch)
	for {
		sending, cancel := context.WithTimeout(ctx, sendTimeout)
		err := r.sink.Send(sending, batch)
		cancel()
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return
		}
		r.failed(err)
		r.pause(ctx)
		if ctx.Err() != nil {
			return
		}
	}
	// Whether or not the position can be stored, what is confirmed is not sent again by this process.
	r.confirmed(batch, position{Seq: batch[len(batch)-1].Seq}.store(r.path))
}

// pause waits longer after each failure in a row, by chance, so that a site's replicas do not come back all at once.
func (r *runner) pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(r.retry.NextBackOff()):
	}
}

// waiting notes what is under way.
func (r *runner) waiting(batch []audit.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Oldest = batch[0].Time
}

// failed notes a failure, and tells of it if it is the first in a row.
func (r *runner) failed(err error) {
	r.mu.Lock()
	first := r.status.Err == nil
	r.status.Err = err
	r.status.Failures++
	r.mu.Unlock()
	if first {
		r.opts.Changed(r.Status())
	}
}

// confirmed notes that a batch has arrived, and whether its position could be stored.
func (r *runner) confirmed(batch []audit.Entry, stored error) {
	r.retry.Reset()
	var bytes int
	for _, e := range batch {
		bytes += len(e.Line)
	}
	r.mu.Lock()
	r.status.Confirmed, r.status.Oldest = batch[len(batch)-1].Seq, time.Time{}
	r.status.Records += uint64(len(batch))
	r.status.Bytes += uint64(bytes)
	changed := (r.status.Err == nil) != (stored == nil)
	r.status.Err = stored
	r.mu.Unlock()
	if changed {
		r.opts.Changed(r.Status())
	}
}

// Status is how far the sink is.
func (r *runner) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, synced := r.status, r.synced()
	s.Lag = synced - min(synced, s.Confirmed)
	return s
}
