package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// verifiedEvents verifies the log of a test and returns what there is of events, in order.
func verifiedEvents(t *testing.T, dir string) (events []string) {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, VerifierFile))
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(dir, string(key))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Faults {
		t.Error(f)
	}
	seq := uint64(0)
	for _, e := range mustTail(t, dir) {
		if seq++; e.Err != nil || e.Seq != seq {
			t.Errorf("record %d: seq %d, %v", seq, e.Seq, e.Err)
		}
		events = append(events, e.Event)
	}
	return events
}

// losing makes an fsync fail as a disk does that has lost what it was to write: those bytes are zero from now on.
func losing(l *Log, f *faulty) {
	proven := l.size - int64(len(l.unproven))
	f.sync = func() error {
		disk := f.file.(*logFile).File
		info, err := disk.Stat()
		if err != nil {
			return err
		}
		again, err := os.OpenFile(disk.Name(), os.O_WRONLY, 0)
		if err == nil {
			_, err = again.WriteAt(make([]byte, info.Size()-proven), proven)
			err = errors.Join(err, again.Close())
		}
		return errors.Join(syscall.EIO, err)
	}
}

func TestFailedFsyncIsMadeGood(t *testing.T) {
	dir := t.TempDir()
	l, f := withFaulty(t, dir)
	mustAppend(t, l, "SELECT 1", 1)
	if err := l.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "SELECT 2", 2)
	l.mu.Lock()
	losing(l, f)
	l.mu.Unlock()
	var writers sync.WaitGroup
	for i := range 20 {
		writers.Go(func() {
			if _, err := l.Append(&Record{Event: "statement", Statement: fmt.Sprint(i)}); !errors.Is(err, syscall.EIO) {
				t.Errorf("Append while the disk fails: %v", err)
			}
		})
	}
	writers.Wait()
	refused := l.outage.refused
	for _, event := range []string{"statement", "login"} {
		if _, err := l.Append(&Record{Event: event}); !errors.Is(err, syscall.EIO) {
			t.Errorf("Append during an outage: %v", err)
		}
	}
	for _, r := range []*Record{{Event: "statement", Closes: 1}, {Event: "logout"}, {Event: "cancel"}} { // have happened, and are kept
		if _, err := l.Append(r); err != nil {
			t.Error(err)
		}
	}
	if err := l.Err(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Err during an outage: %v", err)
	}
	if err := l.Rotate(); err == nil {
		t.Error("Rotate during an outage")
	}
	for range 2 {
		if err := l.retry(); err != nil {
			t.Fatal(err)
		}
		if l.Err() != nil {
			t.Errorf("Err after it: %v", l.Err())
		}
		_ = l.fails(syscall.EIO) // another one, which is over at once
	}
	if _, err := l.Append(&Record{Event: "statement", Statement: "after"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(verifiedEvents(t, dir), " ")
	if !strings.HasSuffix(got, "statement statement logout cancel outage outage statement") {
		t.Errorf("events %s", got)
	}
	for _, e := range mustTail(t, dir) {
		if want := fmt.Sprintf("and %d records were refused: audit: fsync failed: input/output error", refused+2); e.Event == "outage" {
			if !strings.Contains(e.Detail, want) {
				t.Errorf("%s, want %s", e.Detail, want)
			}
			break
		}
	}
}

// TestAnswersOfAFailingDisk has the disk fail again and again while many write: what was said to be on disk is there, in any case.
func TestAnswersOfAFailingDisk(t *testing.T) {
	dir := t.TempDir()
	ended := make(chan struct{}, 100)
	l := mustOpen(t, dir, Options{retryInterval: time.Microsecond, RotateBytes: 4096, CheckpointInterval: time.Millisecond, Outage: func(err error) {
		if err == nil {
			ended <- struct{}{}
		}
	}})
	var mu sync.Mutex
	var answered []string
	var writers sync.WaitGroup
	done := make(chan struct{})
	for i := range 8 {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				statement := fmt.Sprint(i, "-", n)
				if seq, err := l.Append(&Record{Event: "statement", Statement: statement}); err == nil {
					mu.Lock()
					answered = append(answered, statement)
					mu.Unlock()
					if _, err := l.Append(&Record{Event: "statement", Closes: seq}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for outages := 0; outages < 50; outages++ {
		l.syncing.Lock()
		l.mu.Lock()
		f := &faulty{file: l.file}
		l.file = f
		losing(l, f)
		l.mu.Unlock()
		l.syncing.Unlock()
		<-ended
	}
	close(done)
	writers.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	verifiedEvents(t, dir)
	recorded := map[string]bool{}
	for _, e := range mustTail(t, dir) {
		recorded[e.Statement] = true
	}
	for _, statement := range answered {
		if !recorded[statement] {
			t.Errorf("%s was answered, and is not on record", statement)
		}
	}
	if len(answered) == 0 {
		t.Error("nothing was answered")
	}
}

func TestOutageGoesOnUntilTheLogIsBack(t *testing.T) {
	for name, test := range map[string]struct {
		hurt, mend func(t *testing.T, dir string)
		want       string
	}{
		"the directory is moved": {
			func(t *testing.T, dir string) { rename(t, dir, dir+".away") },
			func(t *testing.T, dir string) { rename(t, dir+".away", dir) }, "no such file or directory",
		},
		"the file is removed": {
			func(t *testing.T, dir string) { rename(t, filepath.Join(dir, FileName), filepath.Join(dir, "away")) },
			func(t *testing.T, dir string) { rename(t, filepath.Join(dir, "away"), filepath.Join(dir, FileName)) }, "no such file or directory",
		},
		"another log is in its place": {
			func(t *testing.T, dir string) {
				rename(t, dir, dir+".away")
				other := mustOpen(t, dir, Options{})
				mustAppend(t, other, strings.Repeat("x", 1000), 1)
				if err := other.Close(); err != nil {
					t.Fatal(err)
				}
			},
			func(t *testing.T, dir string) {
				rename(t, dir, dir+".other")
				rename(t, dir+".away", dir)
			}, "is not what was written",
		},
		"it is an earlier one": {
			func(t *testing.T, dir string) {
				rename(t, filepath.Join(dir, FileName), filepath.Join(dir, "away"))
				if err := os.WriteFile(filepath.Join(dir, FileName), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
			func(t *testing.T, dir string) { rename(t, filepath.Join(dir, "away"), filepath.Join(dir, FileName)) }, "bytes were on disk",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			l := mustOpen(t, dir, Options{retryInterval: time.Hour})
			mustAppend(t, l, "SELECT 1", 1)
			test.hurt(t, dir)
			if _, err := l.Append(&Record{Event: "statement"}); err == nil {
				t.Fatal("a record that nobody will find counts as written")
			}
			for range 2 {
				if err := l.retry(); err == nil || !strings.Contains(err.Error(), test.want) && !strings.Contains(err.Error(), "bytes, but") {
					t.Errorf("retry: %v, want %s", err, test.want)
				}
			}
			test.mend(t, dir)
			if err := l.retry(); err != nil {
				t.Fatal(err)
			}
			mustAppend(t, l, "SELECT 2", 4)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(verifiedEvents(t, dir), " "); got != "statement statement outage statement" {
				t.Errorf("events %s", got)
			}
		})
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestOutageIsToldOnce(t *testing.T) {
	told := make(chan error, 10)
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{retryInterval: time.Microsecond, Outage: func(err error) { told <- err }})
	f := &faulty{file: l.file, write: func([]byte) (int, error) { return 0, syscall.ENOSPC }}
	l.mu.Lock()
	l.file = f
	l.mu.Unlock()
	for range 10 {
		if _, err := l.Append(&Record{Event: "statement"}); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Append on a full disk: %v", err)
		}
	}
	if err := <-told; !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("told %v", err)
	}
	l.mu.Lock()
	f.write = nil
	l.mu.Unlock()
	if err := <-told; err != nil {
		t.Errorf("told %v at the end", err)
	}
	if len(told) > 0 {
		t.Errorf("told more: %v", <-told)
	}
	if entries := mustTail(t, dir); len(entries) != 1 || !strings.Contains(entries[0].Detail, "and 10 records were refused: audit: write record: no space left on device") {
		t.Errorf("recorded: %v", entries)
	}
}

func TestCheckpointThatWasCutOff(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{})
	mustAppend(t, l, "SELECT 1", 1)
	whole := l.certifier.file
	broken, err := os.Open(whole.Name()) // which cannot be written
	if err != nil {
		t.Fatal(err)
	}
	defer broken.Close()
	l.certifier.file = broken
	if err := l.Checkpoint(); err == nil {
		t.Fatal("Checkpoint on a full disk")
	}
	if _, err := whole.WriteString("pgscrim-audit/r1\n1\n"); err != nil { // as much as there was room for
		t.Fatal(err)
	}
	l.certifier.file = whole
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	verifiedEvents(t, dir)
}
