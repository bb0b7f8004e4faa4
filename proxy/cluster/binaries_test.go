package cluster

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFindBinaries(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"pg/9.6/bin", "pg/15/bin", "pg/16/bin", "path"} {
		script(t, filepath.Join(root, dir, "initdb"), "")
		if dir != "pg/16/bin" { // a client package without the server
			script(t, filepath.Join(root, dir, "postgres"), "")
		}
	}
	patterns := []string{filepath.Join(root, "pg/*/bin")}

	t.Setenv("PATH", "")
	if got, err := findBinaries(patterns); err != nil || got != filepath.Join(root, "pg/15/bin") {
		t.Errorf("the newest complete one: got %s, %v", got, err)
	}
	t.Setenv("PATH", filepath.Join(root, "path"))
	if got, err := findBinaries(patterns); err != nil || got != filepath.Join(root, "path") {
		t.Errorf("the one on PATH: got %s, %v", got, err)
	}
	links := filepath.Join(root, "links")
	if err := os.MkdirAll(links, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "pg/9.6/bin/initdb"), filepath.Join(links, "initdb")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", links)
	if got, err := findBinaries(patterns); err != nil || got != filepath.Join(root, "pg/9.6/bin") {
		t.Errorf("the one that a link on PATH leads to: got %s, %v", got, err)
	}
	t.Setenv("PATH", "")
	if _, err := findBinaries(nil); !errors.Is(err, errNoBinaries) {
		t.Errorf("none: %v", err)
	}
}

func TestInstall(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "createcluster.conf")
	// The first installation brings the file, as postgresql-common does; the second must find clusters kept away.
	script(t, filepath.Join(dir, "apt-get"), `
echo "$@ $DEBIAN_FRONTEND" >>"`+dir+`/calls"
case "$*" in
*postgresql-common) echo "ssl = on" >"`+conf+`" ;;
*postgresql) cp "`+conf+`" "`+dir+`/seen" ;;
esac
`)
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	messages := new(bytes.Buffer)
	if err := packageManagers()[0].install(context.Background(), messages, conf); err != nil {
		t.Fatal(err)
	}
	calls := read(t, filepath.Join(dir, "calls"))
	if strings.Count(calls, "noninteractive") != 3 || !strings.HasPrefix(calls, "update") {
		t.Errorf("calls:\n%s", calls)
	}
	if !strings.Contains(messages.String(), "apt-get install -y") {
		t.Errorf("messages: %s", messages)
	}
	if got := read(t, filepath.Join(dir, "seen")); got != "ssl = on\n\ncreate_main_cluster = false\n" {
		t.Errorf("createcluster.conf during the installation: %q", got)
	}
	if got := read(t, conf); got != "ssl = on\n" {
		t.Errorf("createcluster.conf afterwards: %q", got)
	}

	script(t, filepath.Join(dir, "apt-get"), "echo 'E: Unable to locate package' >&2; exit 100")
	err := packageManagers()[0].install(context.Background(), messages, conf)
	if err == nil || !strings.Contains(err.Error(), "Unable to locate package") {
		t.Errorf("a failed installation: %v", err)
	}
}

func TestWaitForLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := waitForLock(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := waitForLock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a lock that is held: %v", err)
	}
	unlock()
	unlock, err = waitForLock(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestSettingsOfTheCallerWin(t *testing.T) {
	args := strings.Join(settingArgs(map[string]string{"fsync": "on", "a.b": "x y"}), " ")
	if !strings.Contains(args, "fsync=on") || strings.Contains(args, "fsync=off") || !strings.HasPrefix(args, "-c a.b=x y -c autovacuum=off") {
		t.Errorf("arguments: %s", args)
	}
}

func TestSweep(t *testing.T) {
	parent := t.TempDir()
	held, err := newDirectory(parent, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.remove() }()
	orphan, err := newDirectory(parent, nil)
	if err != nil {
		t.Fatal(err)
	}
	orphan.lock.Close() // as the kernel does when the process dies
	fresh, err := newDirectory(parent, nil)
	if err != nil {
		t.Fatal(err)
	}
	fresh.lock.Close()
	longAgo := time.Now().Add(-time.Hour)
	for _, d := range []*directory{held, orphan} {
		if err := os.Chtimes(d.path("lock"), longAgo, longAgo); err != nil {
			t.Fatal(err)
		}
	}
	sweep(parent)
	for d, want := range map[*directory]bool{held: true, orphan: false, fresh: true} {
		if _, err := os.Stat(d.root); (err == nil) != want {
			t.Errorf("%s: there is %v, want %v", d.root, err == nil, want)
		}
	}
}

func TestTempDirIsPassable(t *testing.T) {
	closed := filepath.Join(t.TempDir(), "closed", "tmp")
	if err := os.MkdirAll(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", closed)
	if got := tempDir(nil); got != closed {
		t.Errorf("for ourselves: %s", got)
	}
	if got := tempDir(&owner{uid: 65534, gid: 65534}); got != "/tmp" {
		t.Errorf("for another user: %s", got)
	}
}

// script writes an executable shell script.
func script(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// read reads a file.
func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
