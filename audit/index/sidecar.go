package index

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/pgscrim/pgscrim/audit"
)

// DirName is the folder of the index inside the log's directory.
const DirName = "index"

// suffix is that of the file with a segment's chunks; before it stands the number of the segment's first line.
const suffix = ".idx"

// sidecar is the file with the chunks of a segment.
type sidecar struct {
	file   *os.File
	chunks []*stored
	size   int64 // of the chunks
}

func sidecarPath(dir string, firstLine int64) string {
	return filepath.Join(dir, DirName, fmt.Sprintf("%020d%s", firstLine, suffix))
}

// openSidecar reads the chunks of a segment as far as they are whole, and are of the content that the segment has.
func openSidecar(path string, flags int, content *audit.SegmentFile) (*sidecar, error) {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sidecar{file: f}
	if flags&os.O_RDWR != 0 {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil { // until it is closed
			return nil, errors.Join(err, f.Close())
		}
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	for next := int64(0); ; next = s.chunks[len(s.chunks)-1].end {
		c, err := load(f, s.size)
		if err != nil || c.start != next || s.size+c.size > info.Size() {
			break
		}
		s.chunks = append(s.chunks, c)
		s.size += c.size
	}
	if !s.isOf(content) {
		s.chunks, s.size = nil, 0
	}
	return s, nil
}

// isOf reports whether the last line that the chunks are about is there. It names those before it.
func (s *sidecar) isOf(content *audit.SegmentFile) bool {
	if len(s.chunks) == 0 {
		return true
	}
	c := s.chunks[len(s.chunks)-1]
	if c.lastLine < c.start || c.end <= c.lastLine || c.end > content.Size() {
		return false
	}
	sum := sha256.New()
	_, err := io.Copy(sum, io.NewSectionReader(content, c.lastLine, c.end-c.lastLine-1))
	return err == nil && [sha256.Size]byte(sum.Sum(nil)) == c.lastHash
}

// extend adds the next chunk of a segment to its file, if there is one: of a segment that is still written to, only a full one. It
// returns how many lines the chunks cover then, and whether there may be more.
func extend(dir string, s audit.Segment) (lines int, more bool, err error) {
	content, err := openContent(dir, s)
	if err != nil {
		return 0, false, err
	}
	defer content.Close()
	if err := os.Mkdir(filepath.Join(dir, DirName), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return 0, false, err
	}
	side, err := openSidecar(sidecarPath(dir, s.FirstLine), os.O_RDWR|os.O_CREATE, content)
	if err != nil {
		return 0, false, err
	}
	defer side.file.Close()
	var end int64
	var lastSeq uint64
	for _, c := range side.chunks {
		lines, end, lastSeq = lines+c.lines, c.end, c.lastSeq
	}
	if !s.Sealed && s.LastSeq-max(lastSeq, s.FirstSeq) < chunkLines {
		return lines, false, nil
	}
	b, err := build(content, end, content.Size())
	if err != nil || b == nil || !s.Sealed && b.lines < chunkLines {
		return lines, false, err
	}
	text, err := b.encode()
	if err != nil {
		return lines, false, err
	}
	if err := side.file.Truncate(side.size); err != nil {
		return lines, false, err
	}
	// A chunk that is not on disk after a crash, or not all of it, is made again: no fsync.
	_, err = side.file.WriteAt(text, side.size)
	return lines + b.lines, err == nil, err
}

// removeStale removes the files of segments that are no more. Segments are listed in their order.
func removeStale(dir string, segments []audit.Segment) error {
	files, err := os.ReadDir(filepath.Join(dir, DirName))
	if errors.Is(err, fs.ErrNotExist) || len(segments) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	there := make(map[int64]bool)
	for _, s := range segments {
		there[s.FirstLine] = true
	}
	for _, f := range files {
		digits, ok := strings.CutSuffix(f.Name(), suffix)
		first, err := strconv.ParseInt(digits, 10, 64)
		// What is behind the last one belongs to a segment that has been begun since they were listed.
		if !ok || err != nil || there[first] || first > segments[len(segments)-1].FirstLine {
			continue
		}
		if err := os.Remove(filepath.Join(dir, DirName, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
