package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// screenWidth is how wide the demo's output gets, in columns of a terminal.
const screenWidth = 118

// screen writes text for people, with colours or without. Errors of writing are ignored: there is nobody to tell.
type screen struct {
	w       io.Writer
	colours bool
}

func (s *screen) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	_, _ = fmt.Fprintln(s.w, text)
}

func (s *screen) title(text string) {
	s.line("")
	s.line("%s", s.style("1", text))
	s.line("")
}

// style wraps a text in an ANSI escape sequence (ECMA-48, SGR).
func (s *screen) style(sgr, text string) string {
	if !s.colours || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (s *screen) dim(text string) string    { return s.style("2", text) }
func (s *screen) yellow(text string) string { return s.style("33", text) }
func (s *screen) red(text string) string    { return s.style("31", text) }
func (s *screen) green(text string) string  { return s.style("32", text) }

// cut shortens a text to one line of the screen.
func (s *screen) cut(text string) string { return widths().Truncate(text, screenWidth, "…") }

// paragraph writes a text in lines that start after an indentation, the first of them with a label.
func (s *screen) paragraph(label, text string, indent int) {
	for i, line := range wrap(text, screenWidth-indent) {
		if i > 0 {
			label = ""
		}
		s.line("%s%s", pad(label, indent), line)
	}
}

// widths says how many columns characters take, whatever the locale: the sample has names in many scripts.
func widths() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// pad fills a text with spaces to a width.
func pad(text string, width int) string { return widths().FillRight(text, width) }

// wrap breaks a text into lines at spaces, or inside words that are too long: an address before its @.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && widths().StringWidth(line)+1+widths().StringWidth(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for widths().StringWidth(word) > width {
			head := widths().Truncate(word, width, "")
			if local, _, found := strings.Cut(word, "@"); found && local != "" && len(local) < len(head) {
				head = local
			}
			lines = append(lines, head)
			word = word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// thousands writes a number as 1,000,000.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// isTerminal reports whether a writer is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
