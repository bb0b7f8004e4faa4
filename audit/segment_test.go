package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// rotated makes a log of several segments, each of n statements, and returns its directory, closed.
func rotated(t *testing.T, segments, n int) string {
	t.Helper()
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed, Replica: "r1"})
	for s := range segments {
		if s > 0 {
			if err := l.Rotate(); err != nil {
				t.Fatal(err)
			}
		}
		for i := range n {
			if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(s*n + i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "compression", func() bool { return len(plainSegments(t, dir)) == 0 })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func plainSegments(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, segmentPrefix+"*"+segmentSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// mustRead reads the statements of the whole log, in order, and checks the numbers of its records.
func mustRead(t *testing.T, dir string) []string {
	t.Helper()
	seq := uint64(1)
	var read []string
	for e, err := range Entries(dir, seq) {
		if err = errors.Join(err, e.Err); err != nil {
			t.Fatal(err)
		}
		if e.Seq != seq {
			t.Fatalf("record %d, want %d", e.Seq, seq)
		}
		seq++
		if e.Event == "statement" {
			read = append(read, e.Statement)
		}
	}
	return read
}

func numbers(to int) []string {
	var n []string
	for i := range to {
		n = append(n, fmt.Sprint(i))
	}
	return n
}

func TestRotate(t *testing.T) {
	dir := rotated(t, 4, 100)
	if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Records != 403 || v.Segments != 4 || v.Certified != 403 {
		t.Errorf("%+v", v)
	}
	if got := mustRead(t, dir); !slices.Equal(got, numbers(400)) {
		t.Errorf("read %v", got)
	}
	if got, err := Tail(dir, 205); err != nil || len(got) != 205 || got[0].Statement != "197" || got[204].Statement != "399" {
		t.Errorf("Tail: %d lines, %v", len(got), err)
	}
	segments, err := Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range segments {
		first := int64(1)
		if i > 0 {
			first = int64(i)*101 + 0
		}
		if s.FirstLine != first || s.FirstSeq != uint64(first) || s.Sealed != (i < 3) || s.Compressed != s.Sealed || i < 3 && s.LastLine != segments[i+1].FirstLine-1 ||
			s.LastSeq != uint64((i+1)*101-1) && i < 3 || s.FirstTime.IsZero() || s.LastTime.Before(s.FirstTime) {
			t.Errorf("segment %d: %+v", i, s)
		}
	}
	for seq := uint64(1); seq <= 404; seq++ {
		for e, err := range Entries(dir, seq) {
			if err != nil || e.Seq != seq {
				t.Fatalf("from %d: %d, %v", seq, e.Seq, err)
			}
			break
		}
	}
	l := mustOpen(t, dir, Options{})
	mustAppend(t, l, "400", 404)
	if v := mustVerify(t, dir); len(v.Faults) > 0 || !v.Live {
		t.Errorf("while it is being written: %+v", v)
	}
}

func TestLargeSegment(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed, RotateBytes: 5 << 20, RotateInterval: time.Hour})
	for i := range 40_000 {
		if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(i), Reason: strings.Repeat("r", i%300)}); err != nil {
			t.Fatal(err)
		}
		if i%10_000 == 0 {
			if err := l.Rotate(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := mustRead(t, dir); !slices.Equal(got, numbers(40_000)) {
		t.Errorf("read %d", len(got))
	}
	segments, err := Segments(dir)
	if err != nil || len(segments) < 4 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	for _, seq := range []uint64{2, 9_999, 10_001, 10_002, 10_003, 23_456, 40_001} {
		for e, err := range Entries(dir, seq) {
			if err != nil || e.Seq != seq {
				t.Fatalf("from %d: %d, %v", seq, e.Seq, err)
			}
			break
		}
	}
	if v := mustVerify(t, dir); len(v.Faults) > 0 {
		t.Errorf("%+v", v)
	}
}

// TestCompressedIsPlainZstd reads a compressed segment as any decompressor does: as one stream.
func TestCompressedIsPlainZstd(t *testing.T) {
	dir := rotated(t, 2, 200)
	name := filepath.Join(dir, mustSegments(t, dir)[0].Name)
	packed, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	stream, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	got, err := io.ReadAll(stream)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for e, err := range Entries(dir, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Segment == 1 {
			want = append(append(want, e.Line...), '\n')
		}
	}
	if !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
	info, err := packed.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("%s has mode %o", name, mode)
	}
}

func TestFollowAcrossRotation(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed})
	mustAppend(t, l, "0", 1)
	go func() {
		for i := 1; i < 2000; i++ {
			if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
			if i%100 == 0 {
				if err := l.Rotate(); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	var got []string
	stop := errors.New("stop")
	err := FollowFrom(t.Context(), dir, 1, func(e Entry) error {
		if e.Event == "statement" {
			got = append(got, e.Statement)
		}
		if e.Err != nil || e.Statement == "1999" {
			return errors.Join(stop, e.Err)
		}
		return nil
	})
	if !errors.Is(err, stop) || !slices.Equal(got, numbers(2000)) {
		i := 0
		for i < len(got) && got[i] == fmt.Sprint(i) {
			i++
		}
		t.Errorf("followed %d, %v; the first that differs is %d", len(got), err, i)
	}
}

// TestCrashInRotation copies the log at each step of rotations and compressions, as a crash would leave it, and opens what it has copied.
func TestCrashInRotation(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed, Replica: "r1"})
	var copies []string
	var stepping sync.Mutex
	snapshot := func() {
		to := filepath.Join(t.TempDir(), "log")
		if out, err := exec.Command("cp", "-a", dir, to).CombinedOutput(); err != nil { // hard links stay such
			t.Errorf("%v: %s", err, out)
		}
		copies = append(copies, to)
	}
	step := func(do func(from, to string) error) func(from, to string) error {
		return func(from, to string) error {
			stepping.Lock()
			defer stepping.Unlock()
			snapshot()
			defer snapshot()
			return do(from, to)
		}
	}
	l.certifying.Lock() // housekeeping waits for a signal of Rotate
	l.disk = disk{link: step(os.Link), rename: step(os.Rename),
		remove:  func(path string) error { return step(func(_, to string) error { return os.Remove(to) })("", path) },
		syncDir: func(string) error { return nil },
	}
	l.certifying.Unlock()
	const each = 20
	total := 0
	for range 3 {
		for range each {
			if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(total)}); err != nil {
				t.Fatal(err)
			}
			total++
		}
		if err := l.Rotate(); err != nil {
			t.Fatal(err)
		}
		for plain := 1; plain > 0; time.Sleep(time.Millisecond) {
			stepping.Lock()
			plain = len(plainSegments(t, dir))
			stepping.Unlock()
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if len(copies) < 24 {
		t.Fatalf("%d steps", len(copies))
	}
	for i, dir := range copies {
		read := len(mustRead(t, dir)) // as it is
		l := mustOpen(t, dir, Options{Replica: "r1"})
		if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(read)}); err != nil {
			t.Fatal(err)
		}
		if got := mustRead(t, dir); read%each != 0 || !slices.Equal(got, numbers(read+1)) {
			t.Errorf("step %d: read %d before the start, and after it %v", i, read, got)
		}
		if v := mustVerify(t, dir); len(v.Faults) > 0 {
			t.Errorf("step %d: %v", i, v.Faults)
		}
		if err := l.Rotate(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		if v := mustVerify(t, dir); len(v.Faults) > 0 || v.Records < int64(read) {
			t.Errorf("step %d, after another rotation: %v", i, v.Faults)
		}
	}
}
