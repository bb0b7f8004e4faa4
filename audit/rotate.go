package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// When a segment is sealed, unless the options say otherwise.
const (
	defaultRotateBytes    = 256 << 20
	defaultRotateInterval = 24 * time.Hour
)

// Rotate seals the live segment: a checkpoint vouches for it, it gets its name, and the log goes on in a fresh file, whose first
// record says what came before. The log does so by itself. Writers wait for two fsyncs meanwhile; a crash at any moment leaves the log as it was
// before or as it is after.
func (l *Log) Rotate() error {
	l.certifying.Lock()
	defer l.certifying.Unlock()
	if err := l.rotate(); err != nil {
		return fmt.Errorf("audit: rotate: %w", err)
	}
	signal(l.sealed)
	return nil
}

func (l *Log) rotate() (err error) {
	if err := l.checkpoint(); err != nil { // of the bulk nobody waits for
		return err
	}
	sealed, live := filepath.Join(l.dir, segmentName(l.firstLine)), filepath.Join(l.dir, FileName)
	if err := removeSecondName(live, sealed); err != nil { // of a try that failed
		return err
	}
	if err := l.disk.link(live, sealed); err != nil { // from here on it has two
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeSecondName(live, sealed))
		}
	}()
	next, err := os.OpenFile(filepath.Join(l.dir, nextName), os.O_CREATE|os.O_RDWR|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, next.Close(), l.disk.remove(next.Name()))
		}
	}()
	if err := l.disk.syncDir(l.dir); err != nil {
		return err
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	if err := errors.Join(l.flush(), l.repair()); err != nil {
		return err
	}
	r := startRecord(l.tree)
	l.number(r)
	line := encode(nil, r)
	written := make(chan error, 1)
	go func() {
		_, err := next.Write(line)
		written <- errors.Join(err, syncData(next))
	}()
	if err := l.file.Sync(); err != nil {
		return errors.Join(l.failSync(err), <-written)
	}
	if err := <-written; err != nil {
		return err
	}
	if err := l.certifier.seal(l.tree, l.firstLine); err != nil {
		return err
	}
	if err := l.disk.rename(next.Name(), live); err != nil { // and now one
		return err
	}
	old := l.file
	l.file, l.size, l.begun = &logFile{next, live}, int64(len(line)), r.Time
	l.firstLine = l.tree.lines + 1
	l.tree.add(line[:len(line)-1])
	l.seq, l.written, l.synced, l.startSeq = r.Seq, r.Seq, r.Seq, r.Seq
	l.unproven = nil
	l.opts.Observe(r)
	l.renamed = true // and the directory is to be synced before what comes next counts as durable
	l.advanced.Broadcast()
	_ = old.Close() // what is in it is on disk
	return nil
}

// due reports whether it is time to rotate. A segment without records is never old.
func (l *Log) due() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed == nil && (l.size >= l.opts.RotateBytes || l.seq > l.startSeq && time.Since(l.begun) >= l.opts.RotateInterval)
}

// startRecord is the first record of a segment behind the lines of a tree.
func startRecord(t *tree) *Record {
	before := t.clone()
	return &Record{Event: "segment", Detail: fmt.Sprintf("after line %d", before.lines), Segment: &SegmentStart{Lines: before.lines, Subtrees: before.subtrees}}
}

// tidy removes what a crash has left of a rotation or a compression: files that are not part of the log.
func tidy(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		_, compressed, sealed := parseSegmentName(f.Name())
		switch {
		case f.Name() == nextName, strings.HasSuffix(f.Name(), temporarySuffix):
			err = os.Remove(path)
		case sealed && !compressed:
			err = removeSecondName(filepath.Join(dir, FileName), path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeSecondName removes the name of the live segment under which it was to be sealed, and was not.
func removeSecondName(live, sealed string) error {
	second, err := isSameFile(live, sealed)
	if err != nil || !second {
		return err
	}
	return os.Remove(sealed)
}

// isSameFile reports whether two names are there and of one file.
func isSameFile(a, b string) (bool, error) {
	first, err := os.Stat(a)
	if err == nil {
		var second fs.FileInfo
		if second, err = os.Stat(b); err == nil {
			return os.SameFile(first, second), nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return false, err
}

// begin returns the tree of the lines before the live segment, which its first record says, that record, and the last number before it.
func begin(dir string, live *SegmentFile) (before *tree, first Record, seq uint64, err error) {
	first, _ = live.firstRecord()
	if first.Segment != nil {
		before, err = first.Segment.tree(first.Prev)
		return before, first, first.Seq - 1, err
	}
	sealed, err := sealedSegments(dir)
	if err != nil || len(sealed) == 0 {
		return &tree{}, first, 0, err
	}
	// There are others, and it does not say so: it was taken away. The log goes on; Verify tells.
	f, err := OpenSegment(dir, sealed[len(sealed)-1].Name)
	if err != nil {
		return nil, first, 0, err
	}
	defer f.Close()
	before = &tree{}
	if r, _ := f.firstRecord(); r.Segment != nil {
		if before, err = r.Segment.tree(r.Prev); err != nil {
			return nil, first, 0, err
		}
	}
	last, err := lastRecord(f, f.size)
	if err != nil {
		return nil, first, 0, err
	}
	return before, first, last.Seq, before.addFrom(f, 0, f.size)
}

// tree is that of all lines before the segment, of which the last one has the hash prev.
func (s *SegmentStart) tree(prev string) (*tree, error) {
	if s.Lines <= 0 || bits.OnesCount64(uint64(s.Lines)) != len(s.Subtrees) {
		return nil, fmt.Errorf("the segment's start names %d subtrees of %d lines", len(s.Subtrees), s.Lines)
	}
	last, err := tlog.ParseHash(prev)
	if err != nil {
		return nil, fmt.Errorf("the segment's start: %w", err)
	}
	return &tree{s.Lines, slices.Clone(s.Subtrees), last}, nil
}
