package index

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pgscrim/pgscrim/audit"
)

// Index is a log with its index, as of when it was opened. It is not safe for concurrent use.
type Index struct {
	decoder
	dir   string
	parts []*part // oldest first
	open  []*part // whose content is open, the last used one last
	ends  map[uint64]place
}

// part is a segment with its chunks.
type part struct {
	segment audit.Segment
	side    *os.File
	chunks  []*stored
	content *audit.SegmentFile // nil while it is not open
	window  []byte             // of the content, from windowAt on
	at      int64
}

// Progress is told how many lines of the log, of how many, are indexed.
type Progress func(done, total int64)

// Open brings the index of the log in dir up to date and opens both. Where the index cannot be written, what it lacks is kept in
// memory. Progress may be nil.
func Open(ctx context.Context, dir string, progress Progress) (*Index, error) {
	ix := &Index{dir: dir}
	for try := 1; ; try++ {
		err := ix.load(ctx, progress)
		if err == nil {
			return ix, nil
		}
		err = errors.Join(err, ix.Close())
		if !errors.Is(err, errMoved) || try == maxTries {
			return nil, fmt.Errorf("audit index: %w", err)
		}
	}
}

// errMoved says that the log was rotated, or its oldest part removed, while it was looked at.
var errMoved = errors.New("the log was rotated meanwhile")

const maxTries = 10

func (ix *Index) load(ctx context.Context, progress Progress) error {
	segments, err := audit.Segments(ix.dir)
	if err != nil {
		return err
	}
	if len(segments) == 0 {
		return &fs.PathError{Op: "open", Path: ix.dir, Err: fs.ErrNotExist}
	}
	m := &meter{progress: progress}
	for _, s := range segments {
		m.total += int64(s.LastSeq - s.FirstSeq + 1)
	}
	if err := update(ctx, ix.dir, segments, m); err != nil && !isReadOnly(err) {
		return err
	}
	for _, s := range segments {
		p, err := ix.openPart(ctx, s, m)
		if p != nil {
			ix.parts = append(ix.parts, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openPart opens the chunks of a segment, and makes in memory those that are missing.
func (ix *Index) openPart(ctx context.Context, s audit.Segment, m *meter) (*part, error) {
	content, err := openContent(ix.dir, s)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	p := &part{segment: s}
	side, err := openSidecar(sidecarPath(ix.dir, s.FirstLine), os.O_RDONLY, content)
	switch {
	case err == nil:
		p.side, p.chunks = side.file, side.chunks
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
		return nil, err
	}
	from := int64(0)
	if n := len(p.chunks); n > 0 {
		from = p.chunks[n-1].end
	}
	for {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		c, err := inMemory(content, from, content.Size())
		if err != nil || c == nil {
			return p, err
		}
		p.chunks = append(p.chunks, c)
		m.add(c.lines)
		from = c.end
	}
}

// inMemory indexes the lines of a segment from an offset on, as build does.
func inMemory(content *audit.SegmentFile, from, to int64) (*stored, error) {
	b, err := build(content, from, to)
	if err != nil || b == nil {
		return nil, err
	}
	text, err := b.encode()
	if err != nil {
		return nil, err
	}
	return load(bytes.NewReader(text), 0)
}

// isReadOnly reports whether something failed as the index may not be written.
func isReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// mend reads something of a chunk. One that is damaged is made again, now in memory, the next time in its file.
func mend[T any](ix *Index, p *part, c *stored, read func() (T, error)) (T, error) {
	got, err := read()
	if !errors.Is(err, errDamaged) {
		return got, err
	}
	content, err := openContent(ix.dir, p.segment)
	if err != nil {
		return got, err
	}
	defer content.Close()
	if err := os.Remove(sidecarPath(ix.dir, p.segment.FirstLine)); err != nil && !errors.Is(err, fs.ErrNotExist) && !isReadOnly(err) {
		return got, err
	}
	again, err := inMemory(content, c.start, c.end)
	if err != nil {
		return got, err
	}
	*c = *again
	return read()
}

func (ix *Index) loadItems(p *part, c *stored) error {
	_, err := mend(ix, p, c, func() (struct{}, error) { return struct{}{}, c.loadItems() })
	return err
}

// Close closes the files.
func (ix *Index) Close() error {
	var err error
	for _, p := range ix.parts {
		if p.side != nil {
			err = errors.Join(err, p.side.Close())
		}
		if p.content != nil {
			err = errors.Join(err, p.content.Close())
		}
	}
	ix.parts, ix.open, ix.ends = nil, nil, nil
	return err
}

// update extends the chunks of all segments, several at a time.
func update(ctx context.Context, dir string, segments []audit.Segment, m *meter) error {
	if err := removeStale(dir, segments); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range segments {
		g.Go(func() error {
			for before := 0; ; {
				lines, more, err := extend(dir, s)
				m.add(lines - before)
				if err = cmp.Or(err, ctx.Err()); err != nil || !more {
					return err
				}
				before = lines
			}
		})
	}
	return g.Wait()
}

// meter tells of progress.
type meter struct {
	progress Progress
	done     atomic.Int64
	total    int64
}

func (m *meter) add(lines int) {
	if done := m.done.Add(int64(lines)); m.progress != nil {
		m.progress(min(done, m.total), m.total)
	}
}

// maintainInterval is how often Maintain looks for new lines.
const maintainInterval = 15 * time.Second

// Maintain keeps the index of a log that is being written up to date, until ctx ends. It uses at most half a processor. What fails is
// told, and tried again.
func Maintain(ctx context.Context, dir string, problem func(error)) {
	tick := time.NewTicker(maintainInterval)
	defer tick.Stop()
	done := make(map[int64]bool) // first lines of sealed segments that are indexed
	for {
		if err := maintain(ctx, dir, done); err != nil && ctx.Err() == nil {
			problem(fmt.Errorf("audit index: %w", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func maintain(ctx context.Context, dir string, done map[int64]bool) error {
	segments, err := audit.Segments(dir)
	if err != nil {
		return err
	}
	if err := removeStale(dir, segments); err != nil {
		return err
	}
	for _, s := range segments {
		for more := !done[s.FirstLine]; more; {
			started := time.Now()
			_, more, err = extend(dir, s)
			if errors.Is(err, errMoved) {
				return nil // the next time
			}
			if err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(time.Since(started)):
			}
		}
		done[s.FirstLine] = s.Sealed
	}
	return nil
}
