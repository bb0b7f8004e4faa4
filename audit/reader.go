package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"time"
)

// Entry is a line of the log as a reader finds it.
type Entry struct {
	Record         // zero if the line is damaged
	Line    []byte // as it stands in the log, without the newline
	Err     error  // why the line is no record: what a crash has left of one
	Segment int64  // the first line of the segment that it is in, counted over all of them
	Offset  int64  // of the line in the content of that segment
}

// Tail returns the last n lines of the log in dir, oldest first. A line that is still being written is left out.
func Tail(dir string, n int) ([]Entry, error) {
	r, err := openLast(dir, n)
	if err != nil {
		return nil, err
	}
	defer r.close()
	var entries []Entry
	for {
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
}

// Entries yields the lines of the log in dir that are there, from the record seq on, or what is left after it, oldest first. An error ends it.
func Entries(dir string, seq uint64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		r, err := openFrom(dir, seq)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		defer r.close()
		for {
			e, err := r.next()
			if errors.Is(err, io.EOF) || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Follow calls yield for the last n lines of the log in dir and then for each new one, until ctx ends or yield
// returns an error, which it returns. The end of ctx is no error.
func Follow(ctx context.Context, dir string, n int, yield func(Entry) error) error {
	r, err := openLast(dir, n)
	if err != nil {
		return err
	}
	return r.follow(ctx, yield)
}

// FollowFrom is as Follow, from the record seq on.
func FollowFrom(ctx context.Context, dir string, seq uint64, yield func(Entry) error) error {
	r, err := openFrom(dir, seq)
	if err != nil {
		return err
	}
	return r.follow(ctx, yield)
}

func (r *reader) follow(ctx context.Context, yield func(Entry) error) error {
	defer r.close()
	poll := time.NewTicker(followInterval)
	defer poll.Stop()
	for {
		e, err := r.next()
		switch {
		case err == nil:
			if err := yield(e); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return nil
			}
			continue
		case !errors.Is(err, io.EOF):
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		}
	}
}

// followInterval is how often Follow looks for new lines: what tail -f feels like.
const followInterval = 200 * time.Millisecond

// reader reads whole lines of a log from segment to segment, also while it is being written and rotated.
type reader struct {
	dir       string
	segment   *SegmentFile
	firstLine int64 // of the segment
	sealed    bool  // there will be no more lines in it
	buf       *bufio.Reader
	offset    int64 // of the next line
}

// openFrom opens the log in dir for reading from the record seq on.
func openFrom(dir string, seq uint64) (*reader, error) {
	return openAt(dir, func(segments []Segment) (*reader, error) {
		r, err := openReader(dir, segments[segmentFrom(segments, seq)])
		if err != nil {
			return nil, err
		}
		if r.offset, err = r.segment.offsetOf(seq); err != nil {
			r.close()
			return nil, err
		}
		return r, nil
	})
}

// openLast opens the log in dir for reading from its last n whole lines on.
func openLast(dir string, n int) (*reader, error) {
	return openAt(dir, func(segments []Segment) (*reader, error) {
		for i := len(segments) - 1; ; i-- {
			r, err := openReader(dir, segments[i])
			if err != nil {
				return nil, err
			}
			whole, err := sizeOfWholeLines(r.segment, r.segment.size)
			if err == nil {
				r.offset, n, err = startOfLastLines(r.segment, whole, n)
			}
			if err == nil && (n == 0 || i == 0) {
				return r, nil
			}
			r.close()
			if err != nil {
				return nil, err
			}
		}
	})
}

// openAt opens a reader where find says. It tries again if the log is rotated meanwhile.
func openAt(dir string, find func([]Segment) (*reader, error)) (*reader, error) {
	for {
		segments, err := Segments(dir)
		if err == nil && len(segments) == 0 {
			err = &fs.PathError{Op: "open", Path: filepath.Join(dir, FileName), Err: fs.ErrNotExist}
		}
		if err != nil {
			return nil, err
		}
		r, err := find(segments)
		switch {
		case err == nil:
			r.rewind()
			return r, nil
		case !errors.Is(err, errMoved):
			return nil, fmt.Errorf("audit: read log: %w", err)
		}
	}
}

// openReader opens a segment for reading from its start on.
func openReader(dir string, s Segment) (*reader, error) {
	f, err := OpenSegment(dir, s.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errMoved
	}
	if err != nil {
		return nil, err
	}
	if !s.Sealed {
		if first := f.FirstLine(); s.FirstLine != first {
			return nil, errors.Join(errMoved, f.Close())
		}
	}
	return &reader{dir: dir, segment: f, firstLine: s.FirstLine, sealed: s.Sealed, buf: bufio.NewReaderSize(nil, 64<<10)}, nil
}

// rewind goes to the start of the next line: what was read of it may be incomplete, or be cut off again.
func (r *reader) rewind() {
	r.buf.Reset(io.NewSectionReader(r.segment, r.offset, math.MaxInt64-r.offset))
}

// next returns the next whole line. io.EOF says that there is none yet.
func (r *reader) next() (Entry, error) {
	for {
		line, err := r.buf.ReadBytes('\n')
		switch {
		case err == nil:
			e := Entry{Line: line[:len(line)-1], Segment: r.firstLine, Offset: r.offset}
			r.offset += int64(len(line))
			if err := json.Unmarshal(e.Line, &e.Record); err != nil {
				e.Record, e.Err = Record{}, fmt.Errorf("audit: damaged line: %w", err)
			}
			return e, nil
		case errors.Is(err, io.EOF):
			err = r.turn()
		}
		if errors.Is(err, io.EOF) {
			return Entry{}, io.EOF
		}
		if err != nil {
			return Entry{}, fmt.Errorf("audit: read log: %w", err)
		}
	}
}

// turn goes on at the end of the file: in the next segment if this one is sealed. io.EOF says that there is nothing to go on with.
func (r *reader) turn() error {
	r.rewind()
	if r.sealed {
		return r.advance()
	}
	live, err := os.Stat(filepath.Join(r.dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return io.EOF
	}
	if err != nil {
		return err
	}
	own, err := r.segment.file.Stat()
	if err != nil {
		return err
	}
	if os.SameFile(live, own) {
		return io.EOF
	}
	r.sealed = true // but something may have been written before it was
	return nil
}

// advance goes to the next segment.
func (r *reader) advance() error {
	next, err := nextSegment(r.dir, r.firstLine)
	if err != nil {
		return err
	}
	opened, err := openReader(r.dir, next)
	if errors.Is(err, errMoved) {
		return nil // and once more
	}
	if err != nil {
		return err
	}
	_ = r.segment.Close()
	r.segment, r.firstLine, r.sealed, r.offset = opened.segment, next.FirstLine, next.Sealed, 0
	r.rewind()
	return nil
}

// nextSegment returns the segment that follows the one that starts with a line, io.EOF if there is none.
func nextSegment(dir string, firstLine int64) (Segment, error) {
	live, err := describeSegment(dir, FileName) // first, see listSegments
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Segment{}, err
	}
	sealed, listErr := sealedSegments(dir)
	if listErr != nil {
		return Segment{}, listErr
	}
	for _, s := range sealed {
		switch {
		case s.FirstLine <= firstLine:
		case err == nil && s.FirstLine == live.FirstLine: // it is about to be sealed
			return live, nil
		default:
			return s, nil
		}
	}
	if err != nil || live.FirstLine <= firstLine {
		return Segment{}, io.EOF
	}
	return live, nil
}

func (r *reader) close() { _ = r.segment.Close() }
