package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// An outage begins when the disk fails the log and ends when the log can be written again, which it finds out by itself: once everything
// that it has numbered is on disk it says so in a record of event "outage".
//
// A failed write is tried again with the next record. After a failed fsync no record is taken but those of what has happened anyway: the
// kernel may have dropped pages that it could not write, and a later fsync of them succeeds. So the file is opened anew and cut back to what an
// earlier fsync has covered, that is held against the tree of what was written, and what came behind it is written again from memory.

// retryInterval is the time between two tries to end an outage.
const retryInterval = time.Second

// slowSync is how long an fsync may take before Err complains. Those who wait for it go on waiting: a slow disk refuses nothing.
const slowSync = 10 * time.Second

// outage is why and since when the log cannot be written.
type outage struct {
	err     error
	since   time.Time
	refused uint64 // records that were not taken
}

// Err says why records cannot be written at the moment, nil if they can be.
func (l *Log) Err() error {
	if since := l.syncSince.Load(); since != 0 {
		if took := time.Since(time.Unix(0, since)); took > slowSync {
			return fmt.Errorf("audit: an fsync has taken %s so far", took.Round(time.Second))
		}
	}
	if err := l.trouble.Load(); err != nil {
		return *err
	}
	return nil
}

// fails begins an outage, unless there is one. Callers hold mu.
func (l *Log) fails(err error) error {
	if l.outage == nil {
		l.outage = &outage{err: err, since: time.Now()}
		l.trouble.Store(&err)
		signal(l.troubled)
	}
	return err
}

// refuse counts a record that is not taken, unless that is one of a try to end the outage. Callers hold mu.
func (l *Log) refuse(r *Record, err error) error {
	if l.outage != nil && r.Event != "outage" {
		l.outage.refused++
	}
	return err
}

// recovery ends outages, until the log is closed.
func (l *Log) recovery() {
	for {
		select {
		case <-l.closing:
			return
		case <-l.troubled:
		}
		l.opts.Outage(l.Err())
		for ended := false; !ended; {
			select {
			case <-l.closing:
				return
			case <-time.After(l.opts.retryInterval):
			}
			ended = l.retry() == nil
		}
		l.opts.Outage(nil)
	}
}

// retry ends the outage if the disk lets it.
func (l *Log) retry() error {
	if err := l.reopen(); err != nil {
		return err
	}
	l.mu.Lock()
	o := *l.outage
	l.mu.Unlock()
	detail := fmt.Sprintf("the log could not be written for %s, and %d records were refused: %v", time.Since(o.since).Round(time.Millisecond), o.refused, o.err)
	seq, err := l.Write(&Record{Event: "outage", Detail: detail})
	if err == nil {
		err = l.syncFile()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err = errors.Join(err, l.failed); err != nil {
		return err
	}
	l.synced = max(l.synced, seq)
	l.advanced.Broadcast()
	l.outage = nil
	l.trouble.Store(nil)
	return nil
}

// reopen makes the log writable again after a failed fsync. Nothing else touches the file meanwhile: writers are refused, and get to know that
// without waiting for a disk that may hang.
func (l *Log) reopen() error {
	l.certifying.Lock()
	defer l.certifying.Unlock()
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	failed, want, unproven, unwritten := l.failed, l.tree.clone(), l.unproven, slices.Clone(l.lines)
	l.mu.Unlock()
	if failed == nil {
		return nil
	}
	if errors.Is(failed, ErrClosed) {
		return failed
	}
	f, err := l.disk.reopen(filepath.Join(l.dir, FileName))
	if err != nil {
		return err
	}
	if err := l.writeAgain(f, unproven, unwritten, want); err != nil {
		return errors.Join(err, f.Close())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.file.Close() // which has failed
	l.file, l.failed, l.dirty, l.renamed = f, nil, false, false
	l.unproven, l.synced = nil, l.written
	l.advanced.Broadcast()
	return l.flush()
}

// writeAgain cuts the live segment back to what is known to be on disk, and puts unproven, which was written behind it, there again. With that and
// with the lines that are yet to be written it must be what the tree stands for.
func (l *Log) writeAgain(f *logFile, unproven, unwritten []byte, want *tree) error {
	proven := l.size - int64(len(unproven))
	live, err := newSegmentFile(f.File)
	if err != nil {
		return err
	}
	if live.size < proven {
		return fmt.Errorf("audit: %s has %d bytes, but %d were on disk", FileName, live.size, proven)
	}
	before, _, _, err := begin(l.dir, live)
	if err != nil {
		return err
	}
	if before.lines+1 != l.firstLine {
		return fmt.Errorf("audit: %s begins with line %d of the log, not %d", FileName, before.lines+1, l.firstLine)
	}
	t, err := loadTree(l.dir, live, proven, before)
	if err != nil {
		return err
	}
	t.addAll(unproven)
	t.addAll(unwritten)
	if t.lines != want.lines || t.root() != want.root() {
		return fmt.Errorf("audit: what is in %s is not what was written", FileName)
	}
	if err := f.Truncate(proven); err != nil {
		return err
	}
	if _, err := f.Write(unproven); err != nil {
		return err
	}
	return errors.Join(f.Sync(), l.disk.syncDir(l.dir), l.certifier.reopen(), l.relock())
}

// relock takes the lock on the directory's lock file if that is another one than at the start.
func (l *Log) relock() error {
	held, err := l.lock.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(l.lock.Name())
	if err == nil && os.SameFile(held, now) {
		return nil
	}
	lock, err := lockDir(l.dir)
	if err != nil {
		return err
	}
	_ = l.lock.Close()
	l.lock = lock
	return nil
}
