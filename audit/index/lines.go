package index

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/pgscrim/pgscrim/audit"
)

// openContent opens the lines of a segment, and makes sure that they are those of the segment that was meant.
func openContent(dir string, s audit.Segment) (*audit.SegmentFile, error) {
	f, err := audit.OpenSegment(dir, s.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errMoved
	}
	if err != nil {
		return nil, err
	}
	if !s.Sealed && f.FirstLine() != s.FirstLine {
		return nil, errors.Join(errMoved, f.Close())
	}
	return f, nil
}

// maxOpen bounds the segments that are open at a time.
const maxOpen = 4

// windowSize is how much of a segment is read at a time.
const windowSize = 256 << 10

// record reads the record that starts at an offset, as far as questions need it.
func (ix *Index) record(p *part, offset int64, r *audit.Record) error {
	line, err := ix.line(p, offset)
	if err == nil {
		err = ix.decode(line, r)
	}
	if err != nil {
		return fmt.Errorf("audit index: read record: %w", err)
	}
	return nil
}

// entry reads the line of a part that starts at an offset.
func (ix *Index) entry(p *part, offset int64) (audit.Entry, error) {
	e := audit.Entry{Segment: p.segment.FirstLine, Offset: offset}
	line, err := ix.line(p, offset)
	if err == nil {
		e.Line = bytes.Clone(line)
		err = json.Unmarshal(e.Line, &e.Record)
	}
	if err != nil {
		return e, fmt.Errorf("audit index: read record: %w", err)
	}
	return e, nil
}

func (ix *Index) line(p *part, offset int64) ([]byte, error) {
	if err := ix.use(p); err != nil {
		return nil, err
	}
	if offset < p.at || offset >= p.at+int64(len(p.window)) {
		p.window, p.at = p.window[:0], offset/windowSize*windowSize // lines are read forwards or backwards
	}
	for {
		if start := offset - p.at; start < int64(len(p.window)) {
			if end := bytes.IndexByte(p.window[start:], '\n'); end >= 0 {
				return p.window[start:][:end], nil
			}
		}
		have := len(p.window)
		p.window = slices.Grow(p.window, windowSize)[:have+windowSize]
		n, err := p.content.ReadAt(p.window[have:], p.at+int64(have))
		p.window = p.window[:have+n]
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if n == 0 {
			return nil, errDamaged
		}
	}
}

// use opens the content of a part, and closes that of another if there are many.
func (ix *Index) use(p *part) error {
	if i := slices.Index(ix.open, p); i >= 0 {
		ix.open = append(slices.Delete(ix.open, i, i+1), p)
		return nil
	}
	content, err := openContent(ix.dir, p.segment)
	if err != nil {
		return err
	}
	p.content = content
	if ix.open = append(ix.open, p); len(ix.open) > maxOpen {
		first := ix.open[0]
		ix.open = ix.open[1:]
		err := first.content.Close()
		first.content, first.window = nil, nil
		return err
	}
	return nil
}
