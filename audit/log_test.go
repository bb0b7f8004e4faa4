package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mustOpen opens a log that is closed when the test ends.
func mustOpen(t *testing.T, dir string, opts Options) *Log {
	t.Helper()
	l, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// mustAppend appends one statement's record and checks its number.
func mustAppend(t *testing.T, l *Log, statement string, want uint64) {
	t.Helper()
	seq, err := l.Append(&Record{Event: "statement", Statement: statement})
	if err != nil {
		t.Fatal(err)
	}
	if seq != want {
		t.Fatalf("seq of %q = %d, want %d", statement, seq, want)
	}
}

// mustTail reads the whole log.
func mustTail(t *testing.T, dir string) []Entry {
	t.Helper()
	entries, err := Tail(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestOpenCreatesPrivateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	l := mustOpen(t, dir, Options{})
	for seq := range uint64(3) { // one segment that is compressed, one that is sealed, and the live one
		mustAppend(t, l, "SELECT 1", 2*seq+1)
		if err := l.Rotate(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	names := 0
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		names++
		info, err := d.Info()
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if names < 9 {
		t.Errorf("there are %d files only", names)
	}
}

func TestOnlyOneProcessWrites(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, dir, Options{})
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("second Open: %v, want a word about another process", err)
	}
}

func TestRestartContinues(t *testing.T) {
	for _, tt := range []struct {
		name     string
		left     string // what stands behind record 2 in the file after the crash
		wantTorn int64
		wantNext uint64
		damaged  int
	}{
		{name: "clean", wantNext: 3},
		{name: "torn line", left: `{"time":"2026-01-`, wantTorn: 17, wantNext: 3, damaged: 1},
		{name: "only the newline is missing", left: `{"seq":3,"event":"statement"}`, wantTorn: 29, wantNext: 4},
		{name: "torn line that an earlier start ended", left: "{\"ti\n", wantNext: 3, damaged: 1},
		{name: "block of zeros", left: strings.Repeat("\x00", 100_000), wantTorn: 100_000, wantNext: 3, damaged: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			l := mustOpen(t, dir, Options{})
			mustAppend(t, l, "SELECT 1", 1)
			mustAppend(t, l, strings.Repeat("x", 200_000), 2) // longer than the block that is searched at a time
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(filepath.Join(dir, FileName), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(tt.left); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}

			l = mustOpen(t, dir, Options{})
			if l.Torn() != tt.wantTorn {
				t.Errorf("Torn() = %d, want %d", l.Torn(), tt.wantTorn)
			}
			mustAppend(t, l, "SELECT 3", tt.wantNext)
			damaged := 0
			entries := mustTail(t, dir)
			for _, e := range entries {
				if e.Err != nil {
					damaged++
				}
			}
			if damaged != tt.damaged {
				t.Errorf("%d damaged lines, want %d", damaged, tt.damaged)
			}
			if last := entries[len(entries)-1]; last.Seq != tt.wantNext || last.Statement != "SELECT 3" {
				t.Errorf("last record is %d %q", last.Seq, last.Statement)
			}
		})
	}
}

func TestAppendAssigns(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{Durability: Relaxed, Replica: "r1"})
	r := Record{Event: "login", User: "ana", Seq: 99}
	if _, err := l.Append(&r); err != nil {
		t.Fatal(err)
	}
	got := mustTail(t, dir)[0].Record
	if got.Seq != 1 || got.Replica != "r1" || !got.Time.Equal(r.Time) || got.Time.IsZero() {
		t.Errorf("record on disk: %+v", got)
	}
}

func TestConcurrentAppends(t *testing.T) {
	const writers, each = 16, 50
	for _, durability := range []Durability{Strict, Relaxed} {
		dir := t.TempDir()
		l := mustOpen(t, dir, Options{Durability: durability})
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(w, i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		entries := mustTail(t, dir)
		if len(entries) != writers*each {
			t.Fatalf("%d records, want %d", len(entries), writers*each)
		}
		seen := map[string]bool{}
		for i, e := range entries {
			if e.Seq != uint64(i+1) {
				t.Fatalf("record %d has seq %d", i+1, e.Seq)
			}
			if i > 0 && e.Time.Before(entries[i-1].Time) {
				t.Fatalf("record %d is older than the one before it", i+1)
			}
			seen[e.Statement] = true
		}
		if len(seen) != writers*each {
			t.Errorf("%d different statements, want %d", len(seen), writers*each)
		}
	}
}

// faulty is a file whose operations can be made to fail.
type faulty struct {
	file
	write func(p []byte) (int, error)
	sync  func() error
	trunc func() error
}

func (f *faulty) Write(p []byte) (int, error) {
	if f.write != nil {
		return f.write(p)
	}
	return f.file.Write(p)
}

func (f *faulty) Sync() error {
	if f.sync != nil {
		return f.sync()
	}
	return f.file.Sync()
}

func (f *faulty) Truncate(size int64) error {
	if f.trunc != nil {
		return f.trunc()
	}
	return f.file.Truncate(size)
}

// withFaulty opens a log in dir whose file can be made to fail.
func withFaulty(t *testing.T, dir string) (*Log, *faulty) {
	t.Helper()
	l := mustOpen(t, dir, Options{retryInterval: time.Hour})
	f := &faulty{file: l.file}
	l.file = f
	return l, f
}

func TestShortWriteIsRepaired(t *testing.T) {
	dir := t.TempDir()
	l, f := withFaulty(t, dir)
	mustAppend(t, l, "SELECT 1", 1)

	f.write = func(p []byte) (int, error) {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, syscall.ENOSPC
	}
	if _, err := l.Append(&Record{Event: "statement"}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Append on a full disk: %v", err)
	}
	f.write = nil
	f.trunc = func() error { return syscall.EIO }
	if _, err := l.Append(&Record{Event: "statement"}); !errors.Is(err, syscall.EIO) {
		t.Fatalf("Append that cannot repair: %v", err)
	}
	f.trunc = nil
	mustAppend(t, l, "SELECT 2", 2)

	entries := mustTail(t, dir)
	if len(entries) != 2 || entries[0].Err != nil || entries[1].Err != nil || entries[1].Statement != "SELECT 2" {
		t.Errorf("log after the repair: %v", entries)
	}
}

func TestFailedFsyncLasts(t *testing.T) {
	dir := t.TempDir()
	l, f := withFaulty(t, dir)
	mustAppend(t, l, "SELECT 1", 1)
	f.sync = func() error { return syscall.EIO }
	for range 2 {
		if _, err := l.Append(&Record{Event: "statement"}); !errors.Is(err, syscall.EIO) {
			t.Fatalf("Append: %v, want the disk's error", err)
		}
		f.sync = nil // the kernel forgets; the log must not
	}
}

func TestGroupCommit(t *testing.T) {
	l, f := withFaulty(t, t.TempDir())
	syncing, release := make(chan struct{}), make(chan struct{})
	syncs := 0
	f.sync = func() error {
		if syncs++; syncs == 1 {
			close(syncing)
			<-release
		}
		return nil
	}
	var wg sync.WaitGroup
	appendOne := func() {
		if _, err := l.Append(&Record{Event: "statement"}); err != nil {
			t.Error(err)
		}
	}
	wg.Go(appendOne)
	<-syncing
	written := make(chan struct{})
	f.write = func(p []byte) (int, error) {
		defer func() { written <- struct{}{} }()
		return f.file.Write(p)
	}
	for range 20 {
		wg.Go(appendOne)
	}
	for range 20 {
		<-written
	}
	close(release)
	wg.Wait()
	if syncs != 2 {
		t.Errorf("%d fsyncs for 1 + 20 records, want 2", syncs)
	}
}

func TestWaitIsForTheDisk(t *testing.T) {
	l, f := withFaulty(t, t.TempDir())
	syncing, release := make(chan struct{}), make(chan struct{})
	f.sync = func() error {
		syncing <- struct{}{}
		<-release
		return nil
	}
	seq, err := l.Write(&Record{Event: "statement"})
	if err != nil {
		t.Fatal(err)
	}
	<-syncing
	waited := make(chan error)
	go func() { waited <- l.Wait(seq) }()
	select {
	case err := <-waited:
		t.Fatalf("Wait returns %v before the disk has the record", err)
	case <-time.After(50 * time.Millisecond):
	}
	f.sync = nil
	close(release)
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
}

func TestClosingRecordFollowsSoon(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{})
	mustAppend(t, l, "SELECT 1", 1)
	if _, err := l.Append(&Record{Event: "statement", Closes: 1}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); len(mustTail(t, dir)) < 2; time.Sleep(closingDelay) {
		if time.Now().After(deadline) {
			t.Fatal("the closing record is not in the file")
		}
	}
}

func TestClosingRecordOutlivesAFullDisk(t *testing.T) {
	dir := t.TempDir()
	l, f := withFaulty(t, dir)
	mustAppend(t, l, "SELECT 1", 1)
	f.write = func([]byte) (int, error) { return 0, syscall.ENOSPC }
	if _, err := l.Append(&Record{Event: "statement", Closes: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(&Record{Event: "statement"}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Append on a full disk: %v", err)
	}
	l.mu.Lock()
	f.write = nil
	l.mu.Unlock()
	mustAppend(t, l, "SELECT 2", 3)
	var got []string
	for _, e := range mustTail(t, dir) {
		got = append(got, fmt.Sprint(e.Seq, e.Closes, e.Statement, e.Err))
	}
	if want := "[1 0SELECT 1<nil> 2 1<nil> 3 0SELECT 2<nil>]"; fmt.Sprint(got) != want {
		t.Errorf("log: %v, want %s", got, want)
	}
}

func TestClose(t *testing.T) {
	l := mustOpen(t, t.TempDir(), Options{})
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Append(&Record{}); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, durability := range map[string]Durability{"strict": Strict, "relaxed": Relaxed} {
		b.Run(name, func(b *testing.B) {
			l, err := Open(b.TempDir(), Options{Durability: durability})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := l.Append(&Record{Event: "statement", Statement: "SELECT * FROM crm.customers"}); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// TestObserve has many sessions write at once: each record is shown once, in the order of the log, and those that failed are not.
func TestObserve(t *testing.T) {
	var seen []uint64
	l := mustOpen(t, t.TempDir(), Options{Durability: Relaxed, Observe: func(r *Record) { seen = append(seen, r.Seq) }})
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 50 {
				seq, err := l.Write(&Record{Event: "statement"})
				if err == nil {
					_, err = l.Write(&Record{Event: "statement", Closes: seq})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Write(&Record{Event: "statement"}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if len(seen) != 800 {
		t.Errorf("%d records were seen", len(seen))
	}
	for i, seq := range seen {
		if seq != uint64(i+1) {
			t.Fatalf("record %d was seen as number %d", seq, i+1)
		}
	}
}
