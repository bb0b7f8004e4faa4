package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// These run the whole of it: make tamper
var (
	tamperRecords  = flag.Int("records", 4000, "records of the log that is tampered with")
	tamperSegments = flag.Int("segments", 8, "segments of it")
	tamperSeed     = flag.Uint64("seed", 1, "what the tampering is chosen by")
	tamperTries    = flag.Int("tries", 130, "how often it is tampered with")
)

// fullTries is how many of them are verified from the start.
const fullTries = 10

// TestTamperings tampers with a log of many records in several segments in many ways, each time with one, and sees that each is found, and that nothing
// is found before and after.
//
// What stands before the first file that was touched is not read again each time: verification goes from file to file, and what it knows at the
// start of each was remembered when the log was as it had been written. Now and then all is read, as Verify does it.
func TestTamperings(t *testing.T) {
	o := newTampered(t, *tamperRecords, *tamperSegments)
	var names []string
	for name := range o.ways() {
		names = append(names, name)
	}
	slices.Sort(names)
	tried, began := map[string]int{}, time.Now()
	for i := range *tamperTries {
		name := names[i%len(names)]
		undo := o.ways()[name]()
		faults := o.faults()
		if i%max(1, *tamperTries/fullTries) == 0 {
			v := mustVerify(t, o.dir)
			faults = append(faults, v.Faults...)
			if len(v.Faults) == 0 {
				faults = nil
			}
		}
		if len(faults) == 0 {
			t.Errorf("try %d, %s: not found", i, name)
		}
		undo()
		if i%max(1, *tamperTries/fullTries) == 0 {
			if v := mustVerify(t, o.dir); len(v.Faults) > 0 {
				t.Fatalf("after try %d, which was undone: %v", i, v.Faults)
			}
		}
		tried[name]++
	}
	t.Logf("seed %d: %d records in %d segments: %d tamperings in %v, each found: %v", *tamperSeed, *tamperRecords, *tamperSegments, *tamperTries, time.Since(began).Round(time.Second), tried)
}

// tampered is a log that is tampered with.
type tampered struct {
	*testing.T
	dir    string
	key    string
	random *rand.Rand
	sealed []Segment
	states []verifier // before each segment, the live one last
	first  int        // the first segment that the last tampering has touched
}

func newTampered(t *testing.T, records, segments int) *tampered {
	o := &tampered{T: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(*tamperSeed, 4))}
	l := mustOpen(t, o.dir, Options{Durability: Relaxed, Replica: "r1"})
	each := max(1, records/segments)
	for i := range records {
		if i > 0 && i%each == 0 && i/each < segments {
			if err := l.Rotate(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.Append(&Record{
			Event: "statement", Session: "0123456789abcdef", User: fmt.Sprint("user", i%37), Roles: []string{"analyst"}, Client: "127.0.0.1:50000", Database: "crm",
			Statement: fmt.Sprint("SELECT full_name FROM crm.customers WHERE id = ", i), Decision: "rewrite", Relations: []string{"crm.customers"}, Closes: uint64(i % 2 * i),
		}); err != nil {
			t.Fatal(err)
		}
		if i%(each/2+1) == 0 {
			if err := l.Checkpoint(); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "compression", func() bool { return len(plainSegments(t, o.dir)) == 0 })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(o.dir, VerifierFile))
	if err != nil {
		t.Fatal(err)
	}
	o.key = string(key)
	began := time.Now()
	if v := mustVerify(t, o.dir); len(v.Faults) > 0 || v.Records < int64(records) {
		t.Fatalf("as it was written: %+v", v)
	}
	t.Logf("verified in %v", time.Since(began).Round(time.Millisecond))

	c, sealed, live := o.look()
	o.sealed = sealed
	for _, s := range sealed {
		o.states = append(o.states, c.clone())
		f, err := OpenSegment(o.dir, s.Name)
		if err != nil {
			t.Fatal(err)
		}
		c.file(f, s.FirstLine)
		_ = f.Close()
	}
	o.states = append(o.states, c.clone())
	_ = live.Close()
	return o
}

// clone is a verifier that goes on from where another one is.
func (c *verifier) clone() verifier {
	other, verdict := *c, *c.verdict
	other.tree, other.verdict, other.certain = *c.tree.clone(), &verdict, maps.Clone(c.certain)
	return other
}

func (o *tampered) look() (*verifier, []Segment, *SegmentFile) {
	c, err := Verification{Key: o.key}.start(o.dir)
	if err != nil {
		o.Fatal(err)
	}
	sealed, live, err := c.look()
	if err != nil {
		o.Fatal(err)
	}
	c.maxFaults = 1
	return c, sealed, live
}

// faults verifies the log from the first segment on that was touched, up to the first fault. The checkpoints are read again only if they were touched.
func (o *tampered) faults() []Fault {
	s := o.states[o.first].clone()
	s.maxFaults = 1
	var sealed []Segment
	var live *SegmentFile
	if _, err := os.Stat(filepath.Join(o.dir, CheckpointsFile+keptSuffix)); err == nil {
		var c *verifier
		if c, sealed, live = o.look(); len(c.verdict.Faults) > 0 {
			return c.verdict.Faults
		}
		seen, _ := slices.BinarySearchFunc(c.checkpoints, s.tree.lines+1, func(p *checkpoint, lines int64) int { return cmp.Compare(p.lines, lines) })
		s.checkpoints, s.seals, s.verdict.Certified = c.checkpoints[seen:], c.seals, c.verdict.Certified
	} else {
		var err error
		if sealed, err = sealedSegments(o.dir); err != nil {
			o.Fatal(err)
		}
		if live, err = OpenSegment(o.dir, FileName); err != nil && !errors.Is(err, fs.ErrNotExist) {
			o.Fatal(err)
		}
	}
	from := slices.IndexFunc(sealed, func(found Segment) bool { return found.FirstLine > s.tree.lines })
	if from < 0 {
		from = len(sealed)
	}
	s.files(sealed[from:], live)
	return s.verdict.Faults
}

// keptSuffix marks what is put back when a tampering is undone.
const keptSuffix = ".kept"

// name is that of a segment's file, the live one's if it is behind the sealed ones.
func (o *tampered) name(segment int) string {
	if segment == len(o.sealed) {
		return FileName
	}
	return o.sealed[segment].Name
}

// replace puts other content in place of a file's, as it is; nil removes it.
func (o *tampered) replace(name string, content []byte) (undo func()) {
	path := filepath.Join(o.dir, name)
	if err := os.Rename(path, path+keptSuffix); err != nil {
		o.Fatal(err)
	}
	if content != nil {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			o.Fatal(err)
		}
	}
	return func() {
		if err := os.Rename(path+keptSuffix, path); err != nil {
			o.Fatal(err)
		}
	}
}

// repack puts other lines in place of a segment's, compressed as it was.
func (o *tampered) repack(segment int, lines [][]byte) (undo func()) {
	content := bytes.Join(lines, nil)
	if segment < len(o.sealed) {
		var packed bytes.Buffer
		if err := compress(&packed, bytes.NewReader(content), nil); err != nil {
			o.Fatal(err)
		}
		content = packed.Bytes()
	}
	if content == nil {
		content = []byte{}
	}
	return o.replace(o.name(segment), content)
}

func (o *tampered) raw(segment int) []byte {
	b, err := os.ReadFile(filepath.Join(o.dir, o.name(segment)))
	if err != nil {
		o.Fatal(err)
	}
	return b
}

// lines are those of a segment, with their newlines.
func (o *tampered) lines(segment int) [][]byte {
	f, err := OpenSegment(o.dir, o.name(segment))
	if err != nil {
		o.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.size))
	if err != nil {
		o.Fatal(err)
	}
	return slices.Collect(bytes.Lines(b))
}

// ways are those to tamper with the log. Each does so once, and says how to undo it.
func (o *tampered) ways() map[string]func() func() {
	pick := func() (segment int, lines [][]byte) {
		o.first = o.random.IntN(len(o.sealed) + 1)
		return o.first, o.lines(o.first)
	}
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[o.random.IntN(len(b))] ^= 1 << o.random.IntN(8)
		return b
	}
	return map[string]func() func(){
		"bit of a file": func() func() {
			o.first = o.random.IntN(len(o.sealed) + 1)
			return o.replace(o.name(o.first), flip(o.raw(o.first)))
		},
		"bit of a record": func() func() {
			s, lines := pick()
			i := o.random.IntN(len(lines))
			lines[i] = flip(lines[i])
			return o.repack(s, lines)
		},
		"bit of a checkpoint": func() func() {
			b, err := os.ReadFile(filepath.Join(o.dir, CheckpointsFile))
			if err != nil {
				o.Fatal(err)
			}
			return o.replace(CheckpointsFile, flip(b))
		},
		"records deleted": func() func() {
			s, lines := pick()
			n := 1 + o.random.IntN(3)
			i := o.random.IntN(len(lines) - n + 1)
			return o.repack(s, slices.Delete(lines, i, i+n))
		},
		"file deleted": func() func() {
			o.first = o.random.IntN(len(o.sealed) + 1)
			return o.replace(o.name(o.first), nil)
		},
		"records swapped": func() func() {
			s, lines := pick()
			i := o.random.IntN(len(lines) - 1)
			j := i + 1 + o.random.IntN(len(lines)-i-1)
			lines[i], lines[j] = lines[j], lines[i]
			return o.repack(s, lines)
		},
		"files swapped": func() func() {
			o.first = o.random.IntN(len(o.sealed) - 1)
			other := o.first + 1 + o.random.IntN(len(o.sealed)-o.first-1)
			a, b := o.raw(o.first), o.raw(other)
			one, two := o.replace(o.name(o.first), b), o.replace(o.name(other), a)
			return func() { one(); two() }
		},
		"record twice": func() func() {
			s, lines := pick()
			i := o.random.IntN(len(lines))
			return o.repack(s, slices.Insert(lines, i, lines[i]))
		},
		"file cut off": func() func() {
			o.first = o.random.IntN(len(o.sealed) + 1)
			b := o.raw(o.first)
			return o.replace(o.name(o.first), b[:o.random.IntN(len(b))])
		},
		"records cut off": func() func() {
			s, lines := pick()
			return o.repack(s, lines[:o.random.IntN(len(lines))])
		},
		"log cut off with its checkpoints": func() func() {
			o.first = len(o.sealed)
			lines := o.lines(o.first)
			cut := o.repack(o.first, lines[:o.random.IntN(len(lines))])
			b, err := os.ReadFile(filepath.Join(o.dir, CheckpointsFile))
			if err != nil {
				o.Fatal(err)
			}
			notes, _, err := splitNotes(bytes.NewReader(b))
			if err != nil {
				o.Fatal(err)
			}
			signed := o.replace(CheckpointsFile, bytes.Join(notes[:len(notes)-1], nil))
			return func() { cut(); signed() }
		},
		"records appended": func() func() {
			s, lines := pick()
			return o.repack(s, append(lines, o.forge(s, lines, len(lines))...))
		},
		"history forged": func() func() {
			s, lines := pick()
			i := o.random.IntN(len(lines))
			return o.repack(s, append(lines[:i:i], o.forge(s, lines, i)...))
		},
	}
}

// forge makes records anew from a line on, by somebody else and well linked, and one more.
func (o *tampered) forge(segment int, lines [][]byte, from int) (forged [][]byte) {
	t := o.states[segment].tree.clone()
	var r Record
	for i, line := range lines {
		text := bytes.TrimSuffix(line, []byte{'\n'})
		if err := json.Unmarshal(text, &r); err != nil {
			o.Fatal(err)
		}
		if i >= from {
			r.User, r.Prev = "eve", t.prev()
			forged = append(forged, encode(nil, &r))
			text = bytes.TrimSuffix(forged[len(forged)-1], []byte{'\n'})
		}
		t.add(text)
		r = Record{Seq: r.Seq}
	}
	return append(forged, encode(nil, &Record{Seq: r.Seq + 1, Time: time.Now().UTC(), Event: "statement", Statement: strings.Repeat("forged ", 3), Prev: t.prev()}))
}

// TestVerificationEndsEarly sees that a file is not read any more once enough is wrong with it.
func TestVerificationEndsEarly(t *testing.T) {
	o := newTampered(t, 30_000, 2)
	lines := o.lines(0)
	lines[1] = lines[2]
	defer o.repack(0, lines)()
	for range 20 {
		if faults := o.faults(); len(faults) == 0 {
			t.Error("not found")
		}
	}
}

// TestNoFalseAlarm verifies a log again and again while it is written, rotated, compressed and shortened.
func TestNoFalseAlarm(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed, Replica: "r1", RotateBytes: 60_000, CheckpointInterval: 10 * time.Millisecond, Keep: 500 * time.Millisecond})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 3000 {
			if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Millisecond)
		}
	}()
	for n := 0; ; n++ {
		if v := mustVerify(t, dir); len(v.Faults) > 0 {
			t.Errorf("verification %d: %+v", n, v)
			<-done
			return
		}
		select {
		case <-done:
			if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Removed == 0 {
				t.Errorf("at the end: %+v", v)
			}
			return
		default:
		}
	}
}
