package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Durability says what it takes for a record to count as written. The zero value is the safe one.
type Durability uint8

// Durabilities.
const (
	Strict  Durability = iota // the disk has it: fsync
	Relaxed                   // the operating system has it: it survives the process, not the machine
)

// ParseDurability reads a durability as the server file writes it.
func ParseDurability(s string) (Durability, error) {
	switch s {
	case "strict":
		return Strict, nil
	case "relaxed":
		return Relaxed, nil
	}
	return Strict, fmt.Errorf("durability must be strict or relaxed, not %q", s)
}

// Options tune a Log. The zero value is strict.
type Options struct {
	Durability Durability
	// Replica names this process in the records that do not name one; empty means the host's name.
	Replica string
}

// ErrClosed is returned by Append after Close.
var ErrClosed = errors.New("audit: the log is closed")

// Log is an append-only log of records. It is safe for concurrent use.
type Log struct {
	opts Options
	torn int64

	mu      sync.Mutex // guards what follows
	file    file
	size    int64 // of the whole lines; what lies behind them is the rest of a failed write
	seq     uint64
	dirty   bool  // a write has failed: cut the file back to size before the next one
	failed  error // an fsync has failed, or the log is closed: final
	scratch []byte

	syncMu sync.Mutex // held during fsync; guards synced. Taken before mu.
	synced uint64
}

// Open opens the log in dir, which it creates if need be, and continues its numbering. Only one process can hold a
// directory's log open for writing.
func Open(dir string, opts Options) (*Log, error) {
	l, err := open(dir, opts)
	if err != nil {
		return nil, fmt.Errorf("audit: open log: %w", err)
	}
	return l, nil
}

func open(dir string, opts Options) (_ *Log, err error) {
	if opts.Replica == "" {
		if opts.Replica, err = os.Hostname(); err != nil {
			return nil, err
		}
	}
	f, err := openFile(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	torn, err := endTornLine(f)
	if err != nil {
		return nil, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	seq, err := lastSeq(f, size)
	if err != nil {
		return nil, err
	}
	return &Log{opts: opts, torn: torn, file: f, size: size, seq: seq, synced: seq}, nil
}

// Torn returns the length in bytes of the incomplete last line that Open found and ended, 0 if there was none. Such
// a line is what a crash leaves; no client has received anything of the statement that it is about.
func (l *Log) Torn() int64 { return l.torn }

// Append assigns the record its Seq and Time, and its Replica if it has none, and writes it as one line. It returns
// once the record is as durable as the options ask; one that closes another only has to be with the operating system, since
// the client's result must not wait for it: the next record takes it to the disk. After an error the record must count as
// not written: the statement that it is about must not run.
func (l *Log) Append(r *Record) (seq uint64, err error) {
	if seq, err = l.write(r); err != nil {
		return 0, err
	}
	if l.opts.Durability == Strict && r.Closes == 0 {
		if err = l.sync(seq); err != nil {
			return 0, err
		}
	}
	return seq, nil
}

// write numbers and writes one record.
func (l *Log) write(r *Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return 0, l.failed
	}
	if l.dirty {
		if err := l.file.Truncate(l.size); err != nil {
			return 0, fmt.Errorf("audit: remove the rest of a failed write: %w", err)
		}
		l.dirty = false
	}
	r.Seq = l.seq + 1
	r.Time = time.Now().UTC()
	if r.Replica == "" {
		r.Replica = l.opts.Replica
	}
	l.scratch = encode(l.scratch[:0], r)
	n, err := l.file.Write(l.scratch)
	if err == nil && n < len(l.scratch) {
		err = io.ErrShortWrite
	}
	if err != nil {
		l.dirty = true
		return 0, fmt.Errorf("audit: write record: %w", err)
	}
	l.size += int64(n)
	l.seq = r.Seq
	return r.Seq, nil
}

// sync returns once the record seq is on disk. Whoever gets the lock syncs for all records written so far; those who
// waited for it meanwhile mostly find their work done (group commit, as PostgreSQL's XLogFlush does it).
func (l *Log) sync(seq uint64) error {
	l.syncMu.Lock()
	defer l.syncMu.Unlock()
	if l.synced >= seq {
		return nil
	}
	l.mu.Lock()
	written, failed := l.seq, l.failed
	l.mu.Unlock()
	if failed != nil {
		return failed
	}
	if err := l.file.Sync(); err != nil {
		// The kernel may have dropped the pages, so that a later fsync succeeds without having written them:
		// nothing that this open file says can be trusted any more.
		err = fmt.Errorf("audit: fsync failed, the log needs to be opened anew: %w", err)
		l.fail(err)
		return err
	}
	l.synced = written
	return nil
}

// fail makes err the answer to every further Append.
func (l *Log) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
}

// Close syncs and closes the log, whatever its durability. Records that are being appended are finished first.
func (l *Log) Close() error {
	l.syncMu.Lock()
	defer l.syncMu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.failed, ErrClosed) {
		return nil
	}
	err := l.file.Sync()
	if err == nil {
		l.synced = l.seq
	}
	l.failed = ErrClosed
	if err = errors.Join(err, l.file.Close()); err != nil {
		return fmt.Errorf("audit: close log: %w", err)
	}
	return nil
}
