package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func statements(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Statement)
	}
	return out
}

func TestTail(t *testing.T) {
	dir := t.TempDir()
	if _, err := Tail(dir, 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Tail without a log: %v", err)
	}
	l := mustOpen(t, dir, Options{})
	if got := mustTail(t, dir); got != nil {
		t.Errorf("Tail of an empty log: %v", got)
	}
	mustAppend(t, l, "a", 1)
	mustAppend(t, l, "b", 2)
	mustAppend(t, l, "c", 3)
	if _, err := l.file.Write([]byte(`{"half":`)); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int][]string{0: nil, 1: {"c"}, 2: {"b", "c"}, 3: {"a", "b", "c"}, 4: {"a", "b", "c"}} {
		entries, err := Tail(dir, n)
		if err != nil {
			t.Fatal(err)
		}
		if got := statements(entries); !slices.Equal(got, want) {
			t.Errorf("Tail(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestFollow(t *testing.T) {
	dir := t.TempDir()
	l, f := withFaulty(t, dir)
	mustAppend(t, l, "a", 1)
	mustAppend(t, l, "b", 2)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := make(chan string)
	done := make(chan error, 1)
	go func() {
		done <- Follow(ctx, dir, 1, func(e Entry) error {
			if e.Err != nil {
				return e.Err
			}
			got <- e.Statement
			return nil
		})
	}()
	expect := func(want string) {
		t.Helper()
		select {
		case s := <-got:
			if s != want {
				t.Fatalf("followed %q, want %q", s, want)
			}
		case err := <-done:
			t.Fatalf("Follow ended: %v", err)
		}
	}
	expect("b")
	mustAppend(t, l, "c", 3)
	expect("c")

	// A write that fails half way is not seen, nor does it shift what comes after it.
	f.write = func(p []byte) (int, error) {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, os.ErrDeadlineExceeded
	}
	if _, err := l.Append(&Record{Statement: "a long statement that is lost"}); err == nil {
		t.Fatal("the write did not fail")
	}
	f.write = nil
	time.Sleep(2 * followInterval) // the follower looks at the half line meanwhile
	mustAppend(t, l, "d", 4)
	expect("d")
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Follow: %v", err)
	}
}

func TestFollowStopsAtYieldsError(t *testing.T) {
	dir := t.TempDir()
	mustAppend(t, mustOpen(t, dir, Options{}), "a", 1)
	stop := errors.New("stop")
	if err := Follow(t.Context(), dir, 1, func(Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Follow: %v", err)
	}
}

func TestDamagedLine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("{\x1b[2J\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := mustTail(t, dir)[0]
	if e.Err == nil || e.String() != "(damaged line of 5 bytes)" {
		t.Errorf("%v %q", e.Err, e)
	}
}
