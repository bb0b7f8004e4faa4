package clienttest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// prompt is psql's prompt on the terminals of the tests.
const prompt = "psql> "

// terminal is a psql on a pseudo-terminal.
type terminal struct {
	t    *testing.T
	file *os.File

	mu     sync.Mutex
	output strings.Builder
	read   int // how much of output expect has seen
}

// newTerminal starts psql on a terminal and waits for its prompt.
func newTerminal(t *testing.T, dsn string) *terminal {
	t.Helper()
	inputrc := filepath.Join(t.TempDir(), "inputrc") // no questions, no pages
	if err := os.WriteFile(inputrc, []byte("set completion-query-items -1\nset page-completions off\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := psqlCommand(context.Background(), t, []string{"INPUTRC=" + inputrc},
		"-v", "PROMPT1="+prompt, "-v", "PROMPT2="+prompt, "-P", "pager=off", "-d", dsn)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, file: file}
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := file.Read(buf)
			term.mu.Lock()
			term.output.Write(bytes.ReplaceAll(buf[:n], []byte("\r"), nil))
			term.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		_ = file.Close()
	})
	term.expect(prompt)
	return term
}

// send types keys.
func (term *terminal) send(keys string) {
	term.t.Helper()
	if _, err := term.file.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// expect waits for a text and returns what came before it since the last call, without what only moves the cursor.
func (term *terminal) expect(text string) string {
	term.t.Helper()
	var before string
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		term.mu.Lock()
		rest := term.output.String()[term.read:]
		i := strings.Index(rest, text)
		if i >= 0 {
			term.read += i + len(text)
			before = rest[:i]
		}
		term.mu.Unlock()
		if i >= 0 {
			return control.ReplaceAllString(before, "")
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("the terminal does not show %q but %q", text, cut(rest))
		}
	}
}

// control are the control sequences of terminals, bells and steps back.
var control = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]|[\a\b]")

func cut(s string) string {
	if len(s) > 2000 {
		return s[:1000] + " ... " + s[len(s)-1000:]
	}
	return s
}

// run types a line and returns what is shown until the next prompt.
func (term *terminal) run(line string) string {
	term.t.Helper()
	term.send(line + "\n")
	shown := term.expect("\n" + prompt)
	_, shown, _ = strings.Cut(shown, "\n") // the line itself
	return shown
}
