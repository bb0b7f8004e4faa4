package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	seekable "github.com/SaveTheRbtz/zstd-seekable-format-go/pkg"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/mod/sumdb/tlog"
)

// Segment is one file of the log. The log is its segments, in the order of their lines: sealed ones, which do not change any more but for
// being compressed, and the live one, which is written to.
type Segment struct {
	Name       string    `json:"name"` // of the file
	Sealed     bool      `json:"sealed"`
	Compressed bool      `json:"compressed"`
	Size       int64     `json:"size"`       // of the file in bytes
	FirstLine  int64     `json:"first_line"` // lines are counted from 1 over all segments
	LastLine   int64     `json:"last_line"`  // 0 for the live one
	FirstSeq   uint64    `json:"first_seq"`  // 0 if the segment has no record
	LastSeq    uint64    `json:"last_seq"`
	FirstTime  time.Time `json:"first_time"` // of the first record
	LastTime   time.Time `json:"last_time"`  // no record is younger; of a sealed one, when it was sealed
}

// SegmentStart is what the first record of a segment, event "segment", says of all lines before it: it lets the segment be
// verified without them.
type SegmentStart struct {
	Lines    int64       `json:"lines"`    // how many there are
	Subtrees []tlog.Hash `json:"subtrees"` // the complete subtrees of their Merkle tree, largest first
}

const (
	segmentPrefix    = "audit-"
	segmentSuffix    = ".jsonl"
	compressedSuffix = segmentSuffix + ".zst"
	nextName         = FileName + ".next" // the live file to be
)

// segmentName is the name of the sealed segment whose first line has that number.
func segmentName(firstLine int64) string {
	return fmt.Sprintf("%s%020d%s", segmentPrefix, firstLine, segmentSuffix)
}

// parseSegmentName reads a segment's name, compressed or not.
func parseSegmentName(name string) (firstLine int64, compressed, ok bool) {
	digits, compressed := strings.CutSuffix(name, compressedSuffix)
	if !compressed {
		if digits, ok = strings.CutSuffix(name, segmentSuffix); !ok {
			return 0, false, false
		}
	}
	if digits, ok = strings.CutPrefix(digits, segmentPrefix); !ok || len(digits) != 20 {
		return 0, false, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, compressed, err == nil && n > 0
}

// Segments returns the segments of the log in dir, oldest first. The last one is the live one, if it is there.
func Segments(dir string) ([]Segment, error) {
	for try := 1; ; try++ {
		segments, err := listSegments(dir)
		if errors.Is(err, errMoved) && try < maxTries {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("audit: list segments: %w", err)
		}
		return segments, nil
	}
}

// maxTries is how often the log is looked at while it is rotated: more often in a row it is not, it is damaged.
const maxTries = 10

// errMoved says that the log was rotated, or a segment compressed or removed, while it was looked at.
var errMoved = errors.New("the live segment does not follow the sealed ones")

// listSegments is one try of Segments.
func listSegments(dir string) ([]Segment, error) {
	live, err := describeSegment(dir, FileName) // before the sealed ones: what is sealed meanwhile is seen twice rather than not at all
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	hasLive := err == nil
	segments, err := sealedSegments(dir)
	if err != nil {
		return nil, err
	}
	for i := range segments {
		s, err := describeSegment(dir, segments[i].Name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errMoved
		}
		if err != nil {
			return nil, err
		}
		s.Sealed, s.Compressed, s.FirstLine = true, segments[i].Compressed, segments[i].FirstLine
		segments[i] = s
	}
	if n := len(segments); hasLive {
		if n > 0 && segments[n-1].FirstLine > live.FirstLine {
			return nil, errMoved
		}
		if n > 0 && segments[n-1].FirstLine == live.FirstLine { // it is about to be sealed
			segments = segments[:n-1]
		}
		segments = append(segments, live)
	}
	for i := range len(segments) - 1 {
		s, next := &segments[i], &segments[i+1]
		s.LastLine, s.LastTime = next.FirstLine-1, next.FirstTime
		if next.FirstSeq > 0 {
			s.LastSeq = next.FirstSeq - 1
		}
	}
	return segments, nil
}

// sealedSegments returns the name, first line and kind of what is sealed, oldest first. Of one that is there twice, as it is being
// compressed, it returns the plain file.
func sealedSegments(dir string) ([]Segment, error) {
	files, err := os.ReadDir(dir) // sorted by name: by line, and plain before compressed
	if err != nil {
		return nil, err
	}
	var segments []Segment
	for _, f := range files {
		first, compressed, ok := parseSegmentName(f.Name())
		if n := len(segments); ok && (n == 0 || segments[n-1].FirstLine != first) {
			segments = append(segments, Segment{Name: f.Name(), Sealed: true, Compressed: compressed, FirstLine: first})
		}
	}
	return segments, nil
}

// describeSegment reads what a file says of itself. Only of the live one it looks for the last record.
func describeSegment(dir, name string) (Segment, error) {
	s := Segment{Name: name}
	f, err := OpenSegment(dir, name)
	if err != nil {
		return s, err
	}
	defer f.Close()
	s.Size = f.fileSize
	if r, ok := f.firstRecord(); ok {
		s.FirstSeq, s.FirstTime = r.Seq, r.Time
	}
	s.FirstLine = f.FirstLine()
	if name == FileName {
		last, err := lastRecord(f, f.Size())
		if err != nil {
			return s, err
		}
		s.LastSeq, s.LastTime = last.Seq, last.Time
	}
	return s, nil
}

// SegmentFile is the content of a segment as it was written, compressed or not. It is not safe for concurrent use.
type SegmentFile struct {
	io.ReaderAt
	file     *os.File
	decoder  *zstd.Decoder    // nil if the file is not compressed
	frames   *seekable.Reader // the same
	size     int64
	fileSize int64
}

// OpenSegment opens a file of the log by the name that [Segments] gives. One that has been compressed since is found as well;
// an error that is [fs.ErrNotExist] says that it is gone.
func OpenSegment(dir, name string) (*SegmentFile, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(name, segmentPrefix) && strings.HasSuffix(name, segmentSuffix) {
		f, err = os.Open(filepath.Join(dir, strings.TrimSuffix(name, segmentSuffix)+compressedSuffix))
	}
	if err != nil {
		return nil, err
	}
	s, err := newSegmentFile(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", f.Name(), err), f.Close())
	}
	return s, nil
}

func newSegmentFile(f *os.File) (*SegmentFile, error) {
	if strings.HasSuffix(f.Name(), compressedSuffix) {
		return newPackedFile(f)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &SegmentFile{ReaderAt: f, file: f, size: info.Size(), fileSize: info.Size()}, nil
}

func newPackedFile(f *os.File) (*SegmentFile, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s := &SegmentFile{file: f, fileSize: info.Size()}
	if s.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxFrame)); err != nil {
		return nil, err
	}
	if s.frames, err = seekable.NewReader(f, s.decoder); err == nil {
		s.ReaderAt = s.frames
		s.size, err = s.frames.Seek(0, io.SeekEnd)
	}
	if err != nil {
		s.decoder.Close()
		return nil, err
	}
	return s, nil
}

// Size is the length of the content in bytes, as of the opening.
func (f *SegmentFile) Size() int64 { return f.size }

// Close closes the file.
func (f *SegmentFile) Close() error {
	if f.decoder == nil {
		return f.file.Close()
	}
	err := f.frames.Close()
	f.decoder.Close()
	return errors.Join(err, f.file.Close())
}

// firstRecord returns the first readable record.
func (f *SegmentFile) firstRecord() (Record, bool) {
	lines := &lineReader{in: bufio.NewReaderSize(io.NewSectionReader(f, 0, f.size), firstFrame)}
	for {
		line, err := lines.next()
		if err != nil {
			return Record{}, false
		}
		var r Record
		if json.Unmarshal(line, &r) == nil && r.Seq > 0 {
			return r, true
		}
	}
}

// FirstLine is the number of the first line, as the first record says it.
func (f *SegmentFile) FirstLine() int64 {
	if r, _ := f.firstRecord(); r.Segment != nil {
		return r.Segment.Lines + 1
	}
	return 1
}

// offsetOf returns the offset of the first record whose Seq is at least seq, and that of the end of the last whole line if there is none.
// It halves: sequence numbers only grow.
func (f *SegmentFile) offsetOf(seq uint64) (int64, error) {
	end, err := sizeOfWholeLines(f, f.size)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), end // no record before low is wanted, and one behind high is
	for high-low > halvingEnd {
		middle := low + (high-low)/2
		at, found, err := f.firstFrom(middle, end, true, 0)
		if err != nil {
			return 0, err
		}
		if at < end && found < seq {
			low = at
		} else {
			high = middle
		}
	}
	at, _, err := f.firstFrom(low, end, false, seq)
	return at, err
}

// halvingEnd is where reading on is cheaper than halving.
const halvingEnd = 64 << 10

// firstFrom returns where the first record starts whose Seq is at least seq, from an offset on, which is within a line that does not count or at
// the start of one. It returns end if there is none before end.
func (f *SegmentFile) firstFrom(at, end int64, within bool, seq uint64) (int64, uint64, error) {
	in := lineReader{in: bufio.NewReader(io.NewSectionReader(f, at, end-at))}
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return end, 0, nil
		}
		if err != nil {
			return 0, 0, err
		}
		if r := parseLink(line); !within && r.Seq > 0 && r.Seq >= seq {
			return at, r.Seq, nil
		}
		at += int64(len(line)) + 1
		within = false
	}
}

// segmentFrom returns the segment that has the record seq, or what comes after it.
func segmentFrom(segments []Segment, seq uint64) int {
	i, _ := slices.BinarySearchFunc(segments, seq, func(s Segment, seq uint64) int {
		if s.FirstSeq <= seq {
			return -1
		}
		return 1
	})
	return max(0, i-1)
}
