package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Entry is a line of the log as a reader finds it.
type Entry struct {
	Record        // zero if the line is damaged
	Line   []byte // as it stands in the file, without the newline
	Err    error  // why the line is no record: what a crash has left of one
}

// Tail returns the last n lines of the log in dir, oldest first. A line that is still being written is left out.
func Tail(dir string, n int) ([]Entry, error) {
	r, err := openReader(dir, n)
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

// Follow calls yield for the last n lines of the log in dir and then for each new one, until ctx ends or yield
// returns an error, which it returns. The end of ctx is no error.
func Follow(ctx context.Context, dir string, n int, yield func(Entry) error) error {
	r, err := openReader(dir, n)
	if err != nil {
		return err
	}
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

// reader reads whole lines of a log, also while it is being written.
type reader struct {
	file   *os.File
	buf    *bufio.Reader
	offset int64 // of the next line
}

// openReader opens the log in dir for reading from its last n lines on.
func openReader(dir string, n int) (*reader, error) {
	f, err := os.Open(filepath.Join(dir, FileName))
	if err != nil {
		return nil, fmt.Errorf("audit: read log: %w", err)
	}
	r := &reader{file: f, buf: bufio.NewReaderSize(f, 64<<10)}
	if err := r.seekLast(n); err != nil {
		r.close()
		return nil, fmt.Errorf("audit: read log: %w", err)
	}
	return r, nil
}

// seekLast goes to the start of the last n whole lines.
func (r *reader) seekLast(n int) error {
	size, err := r.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	whole, err := sizeOfWholeLines(r.file, size)
	if err != nil {
		return err
	}
	if r.offset, err = startOfLastLines(r.file, whole, n); err != nil {
		return err
	}
	return r.rewind()
}

// rewind goes to the start of the next line: what was read of it may be incomplete, or be cut off again.
func (r *reader) rewind() error {
	_, err := r.file.Seek(r.offset, io.SeekStart)
	r.buf.Reset(r.file)
	return err
}

// next returns the next whole line. io.EOF says that there is none yet.
func (r *reader) next() (Entry, error) {
	line, err := r.buf.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		if err := r.rewind(); err != nil {
			return Entry{}, fmt.Errorf("audit: read log: %w", err)
		}
		return Entry{}, io.EOF
	}
	if err != nil {
		return Entry{}, fmt.Errorf("audit: read log: %w", err)
	}
	r.offset += int64(len(line))
	e := Entry{Line: line[:len(line)-1]}
	if err := json.Unmarshal(e.Line, &e.Record); err != nil {
		e.Record, e.Err = Record{}, fmt.Errorf("audit: damaged line: %w", err)
	}
	return e, nil
}

func (r *reader) close() { _ = r.file.Close() }
