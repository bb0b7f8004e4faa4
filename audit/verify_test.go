package audit

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestTree holds the tree against the library's, which keeps all hashes.
func TestTree(t *testing.T) {
	var own tree
	var all []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			hashes[i] = all[x]
		}
		return hashes, nil
	})
	for n := range int64(300) {
		want, err := tlog.TreeHash(n, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := own.root(); got != want {
			t.Fatalf("root of %d lines is %v, want %v", n, got, want)
		}
		line := []byte(fmt.Sprint("line ", n))
		hashes, err := tlog.StoredHashes(n, line, reader)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, hashes...)
		own.add(line)
	}
}

// writeLog makes a log with checkpoints, one after a crash among them, and returns its directory, closed.
func writeLog(t *testing.T, records int) string {
	t.Helper()
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed, Replica: "r 1+2"})
	for i := range records {
		if _, err := l.Append(&Record{Event: "statement", User: "ana", Statement: fmt.Sprint("SELECT ", i), Closes: uint64(i % 2 * i)}); err != nil {
			t.Fatal(err)
		}
		if i%50 == 20 {
			if err := l.Checkpoint(); err != nil {
				t.Fatal(err)
			}
		}
		if i == records/2 {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(filepath.Join(dir, FileName), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(`{"time":"2026-`); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			l = mustOpen(t, dir, Options{Durability: Relaxed, Replica: "r 1+2"})
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustVerify(t *testing.T, dir string) *Verdict {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, VerifierFile))
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(dir, string(key))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerifyFindsNothing(t *testing.T) {
	dir := writeLog(t, 300)
	if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Records != 300 || v.Torn != 1 || v.Lines != 301 || v.Certified != 301 || v.Live {
		t.Errorf("%+v", v)
	}
	l := mustOpen(t, dir, Options{})
	mustAppend(t, l, "SELECT 301", 301)
	if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Uncertified() != 1 || !v.Live {
		t.Errorf("while it is being written: %+v", v)
	}
}

var tamperings = flag.Int("tamperings", 25, "how often each way to tamper with a log is tried")

// TestVerifyFinds tampers with a log in many ways, each time with one of them.
func TestVerifyFinds(t *testing.T) {
	source := writeLog(t, 200)
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	log, checkpoints := read(FileName), read(CheckpointsFile)
	lines := bytes.SplitAfter(bytes.TrimSuffix(log, []byte("\n")), []byte("\n"))
	lines[len(lines)-1] = append(lines[len(lines)-1], '\n')
	random := rand.New(rand.NewPCG(1, 2))
	without := func(i, n int) [][]byte { return append(append([][]byte{}, lines[:i]...), lines[i+n:]...) }
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		return b
	}
	ways := map[string]func() (log, checkpoints []byte){
		"a bit of the log":         func() ([]byte, []byte) { return flip(log), checkpoints },
		"a bit of the checkpoints": func() ([]byte, []byte) { return log, flip(checkpoints) },
		"lines removed": func() ([]byte, []byte) {
			i := random.IntN(len(lines) - 3)
			return bytes.Join(without(i, 1+random.IntN(3)), nil), checkpoints
		},
		"the log cut off": func() ([]byte, []byte) { return log[:random.IntN(len(log))], checkpoints },
		"the log and its checkpoints cut off": func() ([]byte, []byte) {
			return log[:random.IntN(len(log))], checkpoints[:bytes.LastIndex(checkpoints[:len(checkpoints)-1], []byte("pgscrim"))]
		},
		"two lines swapped": func() ([]byte, []byte) {
			i, j := random.IntN(len(lines)-1), 0
			for j = random.IntN(len(lines)); j == i; {
				j = random.IntN(len(lines))
			}
			swapped := append([][]byte{}, lines...)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			return bytes.Join(swapped, nil), checkpoints
		},
		"a line twice": func() ([]byte, []byte) {
			i := random.IntN(len(lines))
			return bytes.Join(append(append(append([][]byte{}, lines[:i]...), lines[i]), lines[i:]...), nil), checkpoints
		},
		"a record forged at the end": func() ([]byte, []byte) {
			var t tree
			t.addAll(log)
			var last Record
			if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
				panic(err)
			}
			return append(bytes.Clone(log), encode(nil, &Record{Seq: last.Seq + 1, Event: "statement", Prev: t.prev()})...), checkpoints
		},
		"a history forged from a line on": func() ([]byte, []byte) {
			i := random.IntN(len(lines))
			var t tree
			var forged []byte
			for n, line := range lines {
				var r Record
				if n >= i && json.Unmarshal(line, &r) == nil {
					r.User, r.Prev = "eve", t.prev()
					line = encode(nil, &r)
				}
				t.add(bytes.TrimSuffix(line, []byte("\n")))
				forged = append(forged, line...)
			}
			return forged, checkpoints
		},
	}
	dir := t.TempDir()
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(VerifierFile, read(VerifierFile))
	for name, way := range ways {
		for i := range *tamperings {
			log, checkpoints := way()
			write(FileName, log)
			write(CheckpointsFile, checkpoints)
			if v := mustVerify(t, dir); len(v.Faults) == 0 {
				t.Errorf("%s, try %d: not found: %+v", name, i, v)
				break
			}
		}
	}
}

// TestCheckpointCutOff has a crash cut off the last of so many checkpoints that a start reads but the end of them.
func TestCheckpointCutOff(t *testing.T) {
	dir := writeLog(t, 10)
	path := filepath.Join(dir, CheckpointsFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	notes, _, err := splitNotes(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	last := notes[len(notes)-1]
	many := bytes.Repeat(last, 2*maxNote/len(last))
	if err := os.WriteFile(path, slices.Concat(b, many, last[:len(last)-5]), 0o600); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, dir); len(v.Faults) != 1 || v.Faults[0].What != "the last checkpoint is cut off" {
		t.Errorf("before a start: %+v", v)
	}
	if err := mustOpen(t, dir, Options{Replica: "r 1+2"}).Close(); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, dir); len(v.Faults) > 0 {
		t.Errorf("after it: %+v", v)
	}
}
