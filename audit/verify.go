package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Fault is a place where a log is not what was written.
type Fault struct {
	File string `json:"file"`
	Line int64  `json:"line"` // from 1; 0 if the fault has none
	What string `json:"what"`
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

// Verdict is what Verify finds.
type Verdict struct {
	Lines       int64     `json:"lines"`
	Records     int64     `json:"records"`
	Torn        int64     `json:"torn"` // lines that crashes have cut off, and that checkpoints vouch for
	Checkpoints int       `json:"checkpoints"`
	Certified   int64     `json:"certified"` // lines that the last checkpoint vouches for
	CertifiedAt time.Time `json:"certified_at"`
	Live        bool      `json:"live"` // a process is writing the log
	Faults      []Fault   `json:"faults"`
}

// Uncertified is the number of lines behind the last checkpoint. While the log is being written they are on their way to the next one.
func (v *Verdict) Uncertified() int64 { return max(0, v.Lines-v.Certified) }

// maxFaults ends the search: one fault that shifts lines makes many.
const maxFaults = 100

// Verify reads the log in dir and holds each line against the one before it (prev), and all of them against the checkpoints, whose
// signatures must be by verifier, the content of the file of that name. Each line that was changed, removed, inserted or moved and each
// cut up to the last checkpoint is a fault, and so is what stands behind it, unless the log is being written. An error says that the log
// could not be read.
func Verify(dir, verifier string) (*Verdict, error) {
	v, err := verify(dir, verifier)
	if err != nil {
		return nil, fmt.Errorf("audit: verify: %w", err)
	}
	return v, nil
}

func verify(dir, verifier string) (*Verdict, error) {
	key, err := note.NewVerifier(strings.TrimSpace(verifier))
	if err != nil {
		return nil, err
	}
	v := &Verdict{}
	certified, err := v.readCheckpoints(dir, key) // before the log: those that are signed meanwhile are not missed
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, FileName))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if v.Live, err = isLocked(f); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	whole, err := sizeOfWholeLines(f, info.Size())
	if err != nil {
		return nil, err
	}
	if whole < info.Size() && !v.Live {
		v.fault(FileName, 0, "the last line is cut off, as a crash leaves it")
	}
	check := lineCheck{verdict: v, checkpoints: certified}
	lines := newLineReader(io.NewSectionReader(f, 0, whole))
	check.meet()
	for len(v.Faults) < maxFaults {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			check.end()
			return v, nil
		}
		if err != nil {
			return nil, err
		}
		check.line(line)
	}
	return v, nil
}

func (v *Verdict) fault(file string, line int64, format string, args ...any) {
	v.Faults = append(v.Faults, Fault{file, line, fmt.Sprintf(format, args...)})
}

// readCheckpoints reads the checkpoints, oldest first.
func (v *Verdict) readCheckpoints(dir string, key note.Verifier) ([]*checkpoint, error) {
	f, err := os.Open(filepath.Join(dir, CheckpointsFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	notes, rest, err := splitNotes(f)
	if err != nil {
		return nil, err
	}
	var all []*checkpoint
	line := int64(1)
	for _, signed := range notes {
		c, err := openCheckpoint(signed, key)
		switch {
		case err != nil:
			v.fault(CheckpointsFile, line, "this checkpoint is not as it was signed: %v", err)
		case len(all) > 0 && c.lines < all[len(all)-1].lines:
			v.fault(CheckpointsFile, line, "this checkpoint vouches for %d lines, an earlier one for %d", c.lines, all[len(all)-1].lines)
		default:
			all = append(all, c)
		}
		line += int64(strings.Count(string(signed), "\n"))
	}
	if len(strings.TrimSpace(string(rest))) > 0 {
		v.fault(CheckpointsFile, line, "the last checkpoint is cut off")
	}
	if v.Checkpoints = len(all); v.Checkpoints > 0 {
		last := all[len(all)-1]
		v.Certified, v.CertifiedAt = last.lines, last.time
	} else {
		v.fault(CheckpointsFile, 0, "there is no checkpoint")
	}
	return all, nil
}

// lineCheck holds lines against each other and against checkpoints.
type lineCheck struct {
	verdict     *Verdict
	tree        tree
	seq         uint64
	checkpoints []*checkpoint // those that are still ahead
	doubtful    int64         // the line from which on the next checkpoint would find a fault
}

// line takes the next one.
func (c *lineCheck) line(line []byte) {
	v := c.verdict
	v.Lines++
	var r struct {
		Seq  uint64 `json:"seq"`
		Prev string `json:"prev"`
	}
	if err := json.Unmarshal(line, &r); err != nil || r.Seq == 0 {
		v.Torn++ // a checkpoint tells whether a crash has left it
	} else {
		v.Records++
		if want := c.tree.prev(); r.Prev != want {
			v.fault(FileName, v.Lines, "record %d does not follow the line before it: one of them was changed, removed, inserted or moved", r.Seq)
		}
		if r.Seq != c.seq+1 {
			v.fault(FileName, v.Lines, "record %d follows record %d", r.Seq, c.seq)
		}
		c.seq = r.Seq
	}
	c.tree.add(line)
	c.meet()
}

// meet compares the tree with the checkpoints that are about so many lines.
func (c *lineCheck) meet() {
	for len(c.checkpoints) > 0 && c.checkpoints[0].lines == c.tree.lines {
		if p := c.checkpoints[0]; p.root != c.tree.root() {
			c.verdict.fault(FileName, c.tree.lines, "lines %d to %d are not those that the checkpoint of %s vouches for", c.doubtful+1, c.tree.lines, p.time.Format(time.RFC3339))
		}
		c.doubtful = c.tree.lines
		c.checkpoints = c.checkpoints[1:]
	}
}

// end says what is missing.
func (c *lineCheck) end() {
	if n := len(c.checkpoints); n > 0 {
		c.verdict.fault(FileName, c.tree.lines, "the log is cut off: a checkpoint of %s vouches for %d lines", c.checkpoints[n-1].time.Format(time.RFC3339), c.checkpoints[n-1].lines)
	}
	if n := c.verdict.Uncertified(); n > 0 && !c.verdict.Live {
		c.verdict.fault(FileName, c.verdict.Certified+1, "no checkpoint vouches for the last %d lines, and no process is writing the log: a crash leaves that, until the next start, and a forger", n)
	}
}
