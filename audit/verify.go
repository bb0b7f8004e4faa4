package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Fault is a place where a log is not what was written.
type Fault struct {
	File string `json:"file"`
	Line int64  `json:"line"` // from 1 within the file; 0 if the fault has none
	What string `json:"what"`
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

// Verdict is what a verification finds.
type Verdict struct {
	Segments    int       `json:"segments"`
	Lines       int64     `json:"lines"`               // counted from the log's beginning
	Removed     int64     `json:"removed"`             // the first of them, which are not there any more
	RemovedAt   time.Time `json:"removed_at,omitzero"` // when retention has removed the last of those
	Records     int64     `json:"records"`
	Torn        int64     `json:"torn"` // lines that crashes have cut off, and that checkpoints vouch for
	Checkpoints int       `json:"checkpoints"`
	Certified   int64     `json:"certified"` // lines that the last checkpoint vouches for
	CertifiedAt time.Time `json:"certified_at"`
	Witnessed   int64     `json:"witnessed,omitempty"` // lines that the last checkpoint of a witness vouches for
	Live        bool      `json:"live"`                // a process is writing the log
	Faults      []Fault   `json:"faults"`
}

// Uncertified is the number of lines behind the last checkpoint. While the log is being written they are on their way to the next one.
func (v *Verdict) Uncertified() int64 { return max(0, v.Lines-v.Certified) }

func (v *Verdict) fault(file string, line int64, format string, args ...any) {
	v.Faults = append(v.Faults, Fault{file, line, fmt.Sprintf(format, args...)})
}

// maxFaults ends the search: one fault that shifts lines makes many.
const maxFaults = 100

// Verification says how a log is verified.
type Verification struct {
	Key string // the content of VerifierFile: whose signatures of checkpoints count
	// Checkpoints is the file that has them; empty means the one beside the log.
	Checkpoints string
	// Against are checkpoints that are elsewhere, which the log is held against as well.
	Against []Testimony
	// Progress, if set, is called now and then with how many bytes of the log's files are done.
	Progress func(done, total int64)
}

// Verify verifies the log in dir by the content of its verifier's file.
func Verify(dir, verifier string) (*Verdict, error) { return Verification{Key: verifier}.Log(dir) }

// Log reads the log in dir and holds each line against the one before it (prev), and all of them against the checkpoints. Each line that
// was changed, removed, inserted or moved and each cut up to the last checkpoint is a fault, and so is what stands behind it, unless the log is
// being written. An error says that the log could not be read.
func (o Verification) Log(dir string) (*Verdict, error) {
	v, err := o.log(dir)
	if err != nil {
		return nil, fmt.Errorf("audit: verify: %w", err)
	}
	return v, nil
}

func (o Verification) log(dir string) (*Verdict, error) {
	for try := 1; ; try++ {
		c, err := o.start(dir)
		if err != nil {
			return nil, err
		}
		if c.verdict.Live, err = isLocked(dir); err != nil {
			return nil, err
		}
		sealed, live, err := c.look()
		if err != nil {
			return nil, err
		}
		c.files(sealed, live)
		now, err := sealedSegments(dir)
		if err != nil {
			return nil, err
		}
		removed := len(sealed) > 0 && (len(now) == 0 || now[0].FirstLine != sealed[0].FirstLine)
		if !removed || len(c.verdict.Faults) == 0 || try == maxTries {
			return c.verdict, nil
		} // else a retention has taken away what was being read
	}
}

// files takes the segments in their order.
func (c *verifier) files(sealed []Segment, live *SegmentFile) {
	v := c.verdict
	for _, s := range sealed {
		if len(v.Faults) >= c.maxFaults {
			break
		}
		f, err := OpenSegment(c.dir, s.Name)
		if err != nil {
			v.fault(s.Name, 0, "it cannot be read: %v", err)
			continue
		}
		c.file(f, s.FirstLine)
		_ = f.Close()
	}
	if live == nil {
		v.fault(FileName, 0, "it is not there")
	} else {
		c.file(live, 0)
		_ = live.Close()
	}
	if v.Removed > 0 && v.RemovedAt.IsZero() {
		v.fault(c.dir, 0, "lines 1 to %d are gone, and there is no record of a retention that has removed them", v.Removed)
	}
	c.end()
}

// File verifies one segment, wherever it is, by the checkpoints of its log.
func (o Verification) File(path string) (*Verdict, error) {
	v, err := o.oneFile(path)
	if err != nil {
		return nil, fmt.Errorf("audit: verify: %w", err)
	}
	return v, nil
}

func (o Verification) oneFile(path string) (*Verdict, error) {
	dir, name := filepath.Split(path)
	c, err := o.start(dir)
	if err != nil {
		return nil, err
	}
	if err := c.readCheckpoints(); err != nil {
		return nil, err
	}
	f, err := OpenSegment(dir, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c.total = f.fileSize
	firstLine, _, sealed := parseSegmentName(name)
	if !sealed {
		if c.verdict.Live, err = isLocked(dir); err != nil {
			return nil, err
		}
	}
	c.file(f, firstLine)
	if !sealed {
		c.end()
	}
	return c.verdict, nil
}

// verifier holds lines against each other and against checkpoints.
type verifier struct {
	Verification
	dir         string
	key         note.Verifier
	verdict     *Verdict
	tree        tree
	seq         uint64
	checkpoints []*checkpoint    // those that are still ahead
	seals       map[int64]int64  // by the first line of a segment: how many lines there are at its end
	certain     map[string]int64 // by who vouches: lines that a checkpoint was found to vouch for
	maxFaults   int
	done, total int64 // bytes of files

	name  string // of the file
	lines int64  // in it, up to here
}

func (o Verification) start(dir string) (*verifier, error) {
	key, err := note.NewVerifier(strings.TrimSpace(o.Key))
	if err != nil {
		return nil, err
	}
	if o.Checkpoints == "" {
		o.Checkpoints = filepath.Join(dir, CheckpointsFile)
	}
	return &verifier{Verification: o, dir: dir, key: key, verdict: &Verdict{}, certain: map[string]int64{}, maxFaults: maxFaults}, nil
}

// look reads the checkpoints and finds the files of the log as they were when these were signed, or later: not before, or what is there would
// seem to be cut off. Nor must the log have been rotated in between, or the checkpoint of that would be missed.
func (c *verifier) look() (sealed []Segment, live *SegmentFile, err error) {
	for try := 1; ; try++ {
		if sealed, err = sealedSegments(c.dir); err != nil {
			return nil, nil, err
		}
		if err := c.readCheckpoints(); err != nil {
			return nil, nil, err
		}
		live, err = OpenSegment(c.dir, FileName)
		if err != nil && (!errors.Is(err, fs.ErrNotExist) || len(sealed) == 0) {
			return nil, nil, err
		}
		now, err := sealedSegments(c.dir)
		if err != nil {
			return nil, nil, err
		}
		known := slices.EqualFunc(sealed, now, func(a, b Segment) bool { return a.FirstLine == b.FirstLine })
		if live != nil {
			first := live.FirstLine()
			if n := len(sealed); n > 0 && sealed[n-1].FirstLine == first { // it is about to be sealed
				sealed = sealed[:n-1]
			}
			known = known && (first == 1 || slices.ContainsFunc(c.checkpoints, func(p *checkpoint) bool { return p.lines == first-1 && p.sealed > 0 }))
		}
		if known || !c.verdict.Live || try == maxTries { // a log that nobody writes is not rotated
			break
		}
		if live != nil {
			_ = live.Close()
		}
	}
	c.total = 0
	if live != nil {
		c.total = live.fileSize
	}
	for _, s := range sealed {
		if info, err := os.Stat(filepath.Join(c.dir, s.Name)); err == nil {
			c.total += info.Size()
		}
	}
	return sealed, live, nil
}

// readCheckpoints reads the checkpoints, oldest first.
func (c *verifier) readCheckpoints() error {
	f, err := os.Open(c.Checkpoints)
	if err != nil {
		return err
	}
	defer f.Close()
	notes, rest, err := splitNotes(f)
	if err != nil {
		return err
	}
	v, name := c.verdict, filepath.Base(c.Checkpoints)
	v.Faults, c.checkpoints, c.seals = nil, nil, map[int64]int64{}
	line := int64(1)
	opened, errs := openCheckpoints(notes, c.key)
	for i, signed := range notes {
		p := opened[i]
		switch n := len(c.checkpoints); {
		case errs[i] != nil:
			v.fault(name, line, "this checkpoint is not as it was signed: %v", errs[i])
		case n > 0 && p.lines < c.checkpoints[n-1].lines:
			v.fault(name, line, "this checkpoint vouches for %d lines, an earlier one for %d", p.lines, c.checkpoints[n-1].lines)
		default:
			c.checkpoints = append(c.checkpoints, p)
			if p.sealed > 0 {
				c.seals[p.sealed] = p.lines
			}
		}
		line += int64(bytes.Count(signed, []byte{'\n'}))
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		v.fault(name, line, "the last checkpoint is cut off")
	}
	if v.Checkpoints = len(c.checkpoints); v.Checkpoints > 0 {
		last := c.checkpoints[v.Checkpoints-1]
		v.Certified, v.CertifiedAt = last.lines, last.time
	} else {
		v.fault(name, 0, "there is no checkpoint")
	}
	return c.addTestimony()
}

// file takes the next segment, of which the name says the first line, unless it is the live one.
func (c *verifier) file(f *SegmentFile, firstLine int64) {
	v := c.verdict
	c.name, c.lines = filepath.Base(f.file.Name()), 0
	v.Segments++
	if f.frames != nil {
		if err := checkPacked(f.file, f.fileSize); err != nil {
			v.fault(c.name, 0, "%v", err)
		}
	}
	whole, err := sizeOfWholeLines(f, f.size)
	if err == nil {
		if whole < f.size && !v.Live {
			v.fault(c.name, 0, "the last line is cut off, as a crash leaves it")
		}
		c.enter(f, firstLine)
		err = c.scan(f, whole)
	}
	if err != nil {
		v.fault(c.name, c.lines+1, "it cannot be read: %v", err)
	}
	c.done += f.fileSize
	if firstLine == 0 || len(v.Faults) >= c.maxFaults {
		return
	}
	if end, ok := c.seals[firstLine]; !ok {
		v.fault(c.name, 0, "no checkpoint says where it ends")
	} else if end != c.tree.lines {
		v.fault(c.name, c.lines, "it ends with line %d of the log, and a checkpoint vouches that it ends with line %d", c.tree.lines, end)
	}
}

// enter looks at what the segment says of the lines before it.
func (c *verifier) enter(f *SegmentFile, firstLine int64) {
	v := c.verdict
	r, _ := f.firstRecord()
	before := &tree{}
	if r.Segment != nil {
		var err error
		if before, err = r.Segment.tree(r.Prev); err != nil {
			v.fault(c.name, 1, "%v", err)
			return
		}
	}
	if firstLine > 0 && firstLine != before.lines+1 {
		v.fault(c.name, 1, "its first line is line %d of the log", before.lines+1)
	}
	switch {
	case before.lines == c.tree.lines && before.root() == c.tree.root():
	case before.lines == c.tree.lines:
		v.fault(c.name, 1, "it does not follow what is before it: one of them was changed")
	case c.tree.lines == 0 && v.Segments == 1:
		v.Removed, v.Lines = before.lines, before.lines
	default:
		v.fault(c.name, 1, "it follows line %d of the log, and line %d is before it", before.lines, c.tree.lines)
	}
	if before.lines > c.tree.lines { // as it says; the checkpoint of the rotation vouches for that, or does not
		c.tree, c.seq = *before, r.Seq-1
		v.Lines = before.lines
		c.skip()
	}
}

// skip passes over the checkpoints of lines that are not there.
func (c *verifier) skip() {
	for len(c.checkpoints) > 0 && c.checkpoints[0].lines < c.tree.lines {
		c.checkpoints = c.checkpoints[1:]
	}
	if !slices.ContainsFunc(c.checkpoints, func(p *checkpoint) bool { return p.lines == c.tree.lines && p.by == "" }) {
		c.verdict.fault(c.name, 1, "no checkpoint vouches for what it says of the %d lines before it", c.tree.lines)
	}
	clear(c.certain)
	c.meet()
}

// scan takes the lines of the segment.
func (c *verifier) scan(f *SegmentFile, size int64) error {
	c.meet()
	var read int64
	for line, err := range scan(io.NewSectionReader(f, 0, size)) {
		if err != nil {
			return err
		}
		c.line(&line)
		if read += int64(line.bytes); c.Progress != nil && c.lines%progressLines == 0 {
			c.Progress(c.done+int64(float64(read)/float64(size)*float64(f.fileSize)), c.total)
		}
		if len(c.verdict.Faults) >= c.maxFaults {
			break
		}
	}
	return nil
}

// progressLines is how often the progress is told of.
const progressLines = 1 << 16

// line takes the next one.
func (c *verifier) line(l *scannedLine) {
	v := c.verdict
	v.Lines++
	c.lines++
	if l.Seq == 0 {
		v.Torn++ // a checkpoint tells whether a crash has left it
	} else {
		v.Records++
		if l.Prev != c.tree.prev() {
			v.fault(c.name, c.lines, "record %d does not follow the line before it: one of them was changed, removed, inserted or moved", l.Seq)
		}
		if l.Seq != c.seq+1 {
			v.fault(c.name, c.lines, "record %d follows record %d", l.Seq, c.seq)
		}
		c.seq = l.Seq
		if r := l.removed; r != nil && r.Removed.LastLine >= v.Removed && v.Lines <= v.Certified {
			v.RemovedAt = r.Time
		}
	}
	c.tree.addHash(l.hash)
	c.meet()
}

// meet compares the tree with the checkpoints that are about so many lines.
func (c *verifier) meet() {
	for len(c.checkpoints) > 0 && c.checkpoints[0].lines == c.tree.lines {
		p := c.checkpoints[0]
		if p.root != c.tree.root() {
			from := max(1, c.lines-(c.tree.lines-c.certain[p.by])+1)
			c.verdict.fault(c.name, c.lines, "lines %d to %d are not those that the checkpoint of %s%s vouches for", from, c.lines, p.time.Format(time.RFC3339), p.vouches())
		}
		c.certain[p.by] = c.tree.lines
		c.checkpoints = c.checkpoints[1:]
	}
}

// end says what is missing at the end of the log.
func (c *verifier) end() {
	v := c.verdict
	if n := len(c.checkpoints); n > 0 && len(v.Faults) < maxFaults {
		p := c.checkpoints[n-1]
		v.fault(c.name, c.lines, "the log is cut off: a checkpoint of %s%s vouches for %d lines, and there are %d", p.time.Format(time.RFC3339), p.vouches(), p.lines, c.tree.lines)
	}
	if n := v.Uncertified(); n > 0 && !v.Live {
		v.fault(c.name, max(1, c.lines-n+1), "no checkpoint vouches for the last %d lines, and no process is writing the log: a crash leaves that, until the next start, and a forger", n)
	}
}
