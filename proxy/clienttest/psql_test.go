package clienttest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

// psqlPath finds psql: beside the server's binaries, else on PATH.
func psqlPath(t *testing.T) string {
	t.Helper()
	if dir := clustertest.Cluster(t).BinDir(); dir != "" {
		if path := filepath.Join(dir, "psql"); exec.Command(path, "--version").Run() == nil {
			return path
		}
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		t.Fatal("this test needs psql: install PostgreSQL's client (Debian, Ubuntu: apt-get install postgresql-client; macOS: brew install libpq)")
	}
	return path
}

// psqlMajor is psql's major version.
func psqlMajor(t *testing.T) int {
	t.Helper()
	text := psqlWith(t, nil, "", "--version") // psql (PostgreSQL) 15.18 (Debian ...)
	version, _, _ := strings.Cut(strings.TrimPrefix(text, "psql (PostgreSQL) "), ".")
	major, err := strconv.Atoi(version)
	if err != nil {
		t.Fatalf("psql calls itself %q", text)
	}
	return major
}

// newerThanPsql reports whether the server is of a later major version than psql, whose commands may then fail.
func (s *site) newerThanPsql(t *testing.T) bool { return s.snap.ServerVersion/10000 > psqlMajor(t) }

// psqlCommand is psql with nothing of its surroundings: no files, no variables, no pager, but those given as NAME=value.
func psqlCommand(ctx context.Context, t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, psqlPath(t), append([]string{"-X"}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "LC_ALL=C.UTF-8", "PSQL_PAGER=", "TERM=dumb", "PGCONNECT_TIMEOUT=20"}, env...)
	return cmd
}

// psql runs a script and returns all that it prints. Errors in the script are part of that.
func psql(t *testing.T, dsn, script string, args ...string) string {
	t.Helper()
	return psqlWith(t, nil, script, append([]string{"-d", dsn}, args...)...)
}

func psqlWith(t *testing.T, env []string, script string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := psqlCommand(ctx, t, env, args...)
	cmd.Stdin = strings.NewReader(script + "\n")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("psql hangs in\n%s\n%s", script, out)
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(out))
}

// sameInPsql compares what psql prints through the proxy, as the data protection officer, and around it.
func sameInPsql(t *testing.T, s *site, script string, args ...string) {
	t.Helper()
	want, got := neutral(psql(t, s.direct, script, args...)), neutral(psql(t, s.as("dora"), script, args...))
	if got != want {
		t.Errorf("%s\n--- through the proxy:\n%s\n--- directly:\n%s", script, got, want)
	}
}

// neutral replaces what differs for good reasons in a text of psql: who is connected to which port, and how long it took.
func neutral(text string) string {
	text = who.ReplaceAllString(text, `as user "USER"`)
	text = port.ReplaceAllString(text, `port PORT`)
	return took.ReplaceAllString(text, "Time: N ms")
}

var (
	who  = regexp.MustCompile(`as user "\w+"`)
	port = regexp.MustCompile(`port "?\d+"?`)
	took = regexp.MustCompile(`Time: [\d.]+ ms( \([\d:.]+\))?`)
)
