package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
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
	// CheckpointInterval is how often a checkpoint is signed; 0 means every minute. What was written since the last one can be cut
	// off unseen by whoever can write to the directory.
	CheckpointInterval time.Duration
	// RotateBytes is the size at which the live segment is sealed; 0 means 256 MB.
	RotateBytes int64
	// RotateInterval is the age at which it is, if there is anything in it; 0 means a day.
	RotateInterval time.Duration
	// Observe, if set, is called with each record that the log has taken, in their order, while the others wait. It must not keep the record.
	Observe func(*Record)
	// Keep is how long records are kept; 0 means forever. Whole segments are removed once all that is in them is older.
	Keep time.Duration
	// Certified, if set, is called with each checkpoint, a signed note, once it is on disk. It must not block.
	Certified func(checkpoint []byte)
	// Sent, if set, returns the Seq up to which the log has been carried elsewhere: a segment with a later record is kept longer.
	Sent func() uint64
	// ObserveFsync, if set, is called with the time that each fsync took.
	ObserveFsync func(time.Duration)
	// Problem, if set, is told of what fails in the background and is tried again.
	Problem func(error)
	// Outage, if set, is told why no record can be written when an outage begins, and nil when it has ended.
	Outage func(error)

	retryInterval time.Duration // between tries to end an outage; 0 means a second
}

// defaultCheckpointInterval is that of the zero Options.
const defaultCheckpointInterval = time.Minute

// ErrClosed is returned by Append after Close.
var ErrClosed = errors.New("audit: the log is closed")

// closingDelay bounds how long a record that closes another may wait in memory for the next record, with which it is written.
const closingDelay = 5 * time.Millisecond

// Log is an append-only log of records. It is safe for concurrent use.
type Log struct {
	opts Options
	dir  string
	lock *os.File
	disk disk
	torn int64

	mu        sync.Mutex // guards what follows
	file      file       // the live segment
	firstLine int64      // its first line, counted over all segments
	begun     time.Time  // when it was; zero if nothing is in it
	startSeq  uint64     // of the record that begins it, 0 if it is the first segment
	renamed   bool       // its name is not durable yet
	bytes     uint64     // written since it was opened
	size      int64      // of the whole lines in the file; what lies behind them is the rest of a failed write
	lines     []byte     // numbered, but not yet in the file: records that close others
	seq       uint64
	unproven  []byte  // what was written to the file since its last fsync
	dirty     bool    // a write has failed: cut the file back to size before the next one
	failed    error   // an fsync has failed, or the log is closed: nothing may be written to the file
	outage    *outage // nil if the log can be written
	written   uint64
	synced    uint64
	advanced  sync.Cond // synced or failed has changed
	late      *time.Timer
	lateSet   bool
	tree      *tree // of lines and of what is in the file

	unsynced chan struct{} // there are records for syncs to take to the disk
	stopped  chan struct{} // syncs has ended
	closed   sync.Once

	trouble   atomic.Pointer[error] // of the outage, for those who must not wait
	syncSince atomic.Int64          // when the fsync under way has begun, 0 if none is
	troubled  chan struct{}         // an outage has begun

	certifying sync.Mutex // held during a checkpoint and a rotation; taken before syncing
	certifier  *certifier
	syncing    sync.Mutex    // held during an fsync, so that the file stays open; taken before mu
	full       chan struct{} // the live segment is to be sealed
	sealed     chan struct{} // one has been
	closing    chan struct{}
	background sync.WaitGroup // upkeep and housekeeping
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
	if opts.CheckpointInterval == 0 {
		opts.CheckpointInterval = defaultCheckpointInterval
	}
	if opts.Certified == nil {
		opts.Certified = func([]byte) {}
	}
	if opts.Observe == nil {
		opts.Observe = func(*Record) {}
	}
	if opts.Outage == nil {
		opts.Outage = func(error) {}
	}
	if opts.retryInterval == 0 {
		opts.retryInterval = retryInterval
	}
	if opts.RotateBytes == 0 {
		opts.RotateBytes = defaultRotateBytes
	}
	if opts.RotateInterval == 0 {
		opts.RotateInterval = defaultRotateInterval
	}
	l := &Log{opts: opts, dir: dir, disk: realDisk,
		unsynced: make(chan struct{}, 1), stopped: make(chan struct{}), full: make(chan struct{}, 1), sealed: make(chan struct{}, 1), troubled: make(chan struct{}, 1), closing: make(chan struct{})}
	l.advanced.L = &l.mu
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if l.lock, err = lockDir(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = l.lock.Close()
		}
	}()
	if err := l.openLive(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = l.file.Close()
		}
	}()
	if l.certifier, err = newCertifier(dir, opts.Replica, opts.Certified); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = l.certifier.file.Close()
		}
	}()
	l.late = time.AfterFunc(time.Hour, l.writeLate)
	l.late.Stop()
	if l.size == 0 && l.tree.lines > 0 { // somebody has taken the live segment away
		if _, err := l.Write(startRecord(l.tree)); err != nil {
			return nil, err
		}
	}
	if err := l.Checkpoint(); err != nil {
		return nil, err
	}
	go l.syncs()
	l.background.Go(func() { l.upkeep(opts.CheckpointInterval) })
	l.background.Go(func() { l.housekeeping(opts.CheckpointInterval) })
	l.background.Go(l.recovery)
	return l, nil
}

// openLive opens the live segment and finds where the log goes on.
func (l *Log) openLive() error {
	f, err := openFile(l.dir)
	if err != nil {
		return err
	}
	if err := l.resume(f); err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

func (l *Log) resume(f *logFile) error {
	if err := tidy(l.dir); err != nil {
		return err
	}
	torn, err := endTornLine(f)
	if err != nil {
		return err
	}
	live, err := newSegmentFile(f.File)
	if err != nil {
		return err
	}
	before, first, seq, err := begin(l.dir, live)
	if err != nil {
		return err
	}
	if l.tree, err = loadTree(l.dir, f, live.size, before); err != nil {
		return err
	}
	last, err := lastRecord(f, live.size)
	if err != nil {
		return err
	}
	seq = max(seq, last.Seq)
	l.file, l.size, l.torn, l.firstLine, l.begun = f, live.size, torn, before.lines+1, first.Time
	if first.Segment != nil {
		l.startSeq = first.Seq
	}
	l.seq, l.written, l.synced = seq, seq, seq
	return nil
}

// Torn returns the length in bytes of the incomplete last line that Open found and ended, 0 if there was none. Such
// a line is what a crash leaves; no client has received anything of the statement that it is about.
func (l *Log) Torn() int64 { return l.torn }

// Append writes a record as Write does, and returns once it is as durable as the options ask: Write and Wait in one.
func (l *Log) Append(r *Record) (seq uint64, err error) {
	if seq, err = l.Write(r); err != nil {
		return 0, err
	}
	if r.happened() {
		return seq, nil
	}
	return seq, l.Wait(seq)
}

// Write assigns the record its Seq and Time, and its Replica if it has none, and hands it to the operating system as one line.
// Under Strict it is then on its way to the disk: nothing of what it allows may be shown before [Log.Wait] has
// returned. A record that closes another is only as durable as the next one, or closingDelay later: the client's result must not wait
// for it. After an error the record counts as not written: the statement that it is about must not run.
func (l *Log) Write(r *Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil && (!r.happened() || errors.Is(l.failed, ErrClosed) || len(l.lines) > maxHeld) {
		return 0, l.refuse(r, l.failed)
	}
	l.number(r)
	before := len(l.lines)
	l.lines = encode(l.lines, r)
	l.seq = r.Seq
	line := l.lines[before : len(l.lines)-1]
	if r.happened() {
		l.tree.add(line)
		if len(l.lines) < maxLate || l.flush() != nil {
			l.writeSoon(closingDelay)
		}
		l.opts.Observe(r)
		return r.Seq, nil
	}
	if err := l.flush(); err != nil {
		l.lines, l.seq = l.lines[:before], l.seq-1
		return 0, l.refuse(r, err)
	}
	l.tree.add(line)
	l.opts.Observe(r)
	return r.Seq, nil
}

// number gives a record what makes it the next one.
func (l *Log) number(r *Record) {
	r.Seq, r.Time, r.Prev = l.seq+1, time.Now().UTC(), l.tree.prev()
	if r.Replica == "" {
		r.Replica = l.opts.Replica
	}
}

// writeSoon sees to it that what waits in memory is written before long.
func (l *Log) writeSoon(delay time.Duration) {
	if !l.lateSet {
		l.lateSet = true
		l.late.Reset(delay)
	}
}

const (
	// maxLate bounds the bytes of records that wait in memory while the disk is well, maxHeld during an outage.
	maxLate = 64 << 10
	maxHeld = 64 << 20
)

// flush writes the lines that are not yet in the file. If it fails they stay, for another try.
func (l *Log) flush() error {
	if len(l.lines) == 0 {
		return nil
	}
	if l.failed != nil {
		return l.failed
	}
	if err := l.repair(); err != nil {
		return l.fails(err)
	}
	n, err := l.file.Write(l.lines)
	if err == nil && n < len(l.lines) {
		err = io.ErrShortWrite
	}
	if err != nil {
		l.dirty = true
		return l.fails(fmt.Errorf("audit: write record: %w", err))
	}
	l.unproven = append(l.unproven, l.lines...)
	if l.size == 0 {
		l.begun = time.Now()
	}
	if l.size += int64(n); l.size >= l.opts.RotateBytes && l.size-int64(n) < l.opts.RotateBytes {
		signal(l.full)
	}
	l.written, l.bytes = l.seq, l.bytes+uint64(n)
	if l.lines = l.lines[:0]; cap(l.lines) > maxLate*2 {
		l.lines = nil // do not keep the memory of a rare long statement
	}
	signal(l.unsynced)
	return nil
}

// repair removes the rest of a failed write.
func (l *Log) repair() error {
	if !l.dirty {
		return nil
	}
	if err := l.file.Truncate(l.size); err != nil {
		return fmt.Errorf("audit: remove the rest of a failed write: %w", err)
	}
	l.dirty = false
	return nil
}

// signal wakes who waits for c, now or next time.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it has been woken
	}
}

// writeLate writes the records that close others and have waited for long enough. If that fails they wait on.
func (l *Log) writeLate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lateSet = false
	if l.failed == nil && l.flush() != nil {
		l.writeSoon(time.Second)
	}
}

// Wait returns once the record seq is as durable as the options ask.
func (l *Log) Wait(seq uint64) error {
	if l.opts.Durability != Strict {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.synced < seq && l.failed == nil {
		l.advanced.Wait()
	}
	if l.synced < seq {
		return l.failed
	}
	return nil
}

// syncs takes what is written to the disk, for all who wait at once (group commit, as PostgreSQL's XLogFlush does it), until the
// log is closed. Under Relaxed it does so every relaxedInterval.
func (l *Log) syncs() {
	defer close(l.stopped)
	for {
		select {
		case <-l.closing:
			return
		case <-l.unsynced:
		}
		if l.opts.Durability == Relaxed {
			time.Sleep(relaxedInterval)
		}
		l.mu.Lock()
		written, failed := l.written, l.failed
		l.mu.Unlock()
		if failed == nil && l.syncFile() == nil {
			l.mu.Lock()
			l.synced = max(l.synced, written) // a rotation may have gone further
			l.advanced.Broadcast()
			l.mu.Unlock()
		}
	}
}

// syncFile takes what is written to the disk. If it fails, nothing is written until the file was opened anew.
func (l *Log) syncFile() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	f, renamed, proven, failed := l.file, l.renamed, len(l.unproven), l.failed
	l.mu.Unlock()
	if failed != nil && !errors.Is(failed, ErrClosed) {
		return failed
	}
	begun := time.Now()
	l.syncSince.Store(begun.UnixNano())
	err := f.Sync()
	l.syncSince.Store(0)
	if l.opts.ObserveFsync != nil {
		l.opts.ObserveFsync(time.Since(begun))
	}
	if renamed {
		err = errors.Join(err, l.disk.syncDir(l.dir))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		return l.failSync(err)
	}
	l.renamed = false
	if l.unproven = l.unproven[:copy(l.unproven, l.unproven[proven:])]; cap(l.unproven) > maxUnproven && len(l.unproven) == 0 {
		l.unproven = nil
	}
	return nil
}

// maxUnproven bounds the memory that is kept for what is written between two fsyncs.
const maxUnproven = 1 << 20

// failSync keeps everything from the file until it was opened anew (see outage.go). Callers hold mu.
func (l *Log) failSync(err error) error {
	if l.failed == nil {
		l.failed = fmt.Errorf("audit: fsync failed: %w", err)
	}
	l.advanced.Broadcast()
	return l.fails(l.failed)
}

// relaxedInterval is how often a relaxed log is taken to the disk: what a crash of the machine can lose.
const relaxedInterval = 200 * time.Millisecond

// Close writes, syncs and closes the log, whatever its durability. Records that are being appended are finished first.
func (l *Log) Close() error {
	var err error
	l.closed.Do(func() { err = l.close() })
	return err
}

func (l *Log) close() error {
	_ = l.reopen() // the last chance for what is not on disk; if it fails, so does what follows
	l.mu.Lock()
	l.late.Stop()
	close(l.closing)
	err := l.flush()
	if l.failed == nil {
		l.failed = ErrClosed
	}
	l.mu.Unlock()
	<-l.stopped
	l.background.Wait()
	err = errors.Join(err, l.Checkpoint(), l.certifier.file.Close())
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.synced = l.written
	}
	l.failed = ErrClosed
	l.advanced.Broadcast()
	if err = errors.Join(err, l.file.Close(), l.lock.Close()); err != nil {
		return fmt.Errorf("audit: close log: %w", err)
	}
	return nil
}
