package direct

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// block is one query string of a script.
type block struct {
	line   int // in the script, from 1
	sql    string
	copies bool // it has data for COPY FROM STDIN
	data   []byte
	abort  string // the message with which the copying is broken off
	bind   [][]byte
	rows   uint32 // after which a portal is suspended, 0 for all
}

// readScript splits a script into its blocks.
func readScript(t *testing.T, path string) []block {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	var b *block
	copying := false
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" {
			b, copying = nil, false
			continue
		}
		if b == nil {
			blocks = append(blocks, block{line: i + 1})
			b = &blocks[len(blocks)-1]
		}
		switch {
		case copying:
			b.data = append(b.data, line+"\n"...)
		case strings.HasPrefix(line, "<<<"):
			copying, b.copies, b.abort = true, true, strings.TrimSpace(line[3:])
		default:
			b.directive(t, path, line)
			b.sql += line + "\n"
		}
	}
	return blocks
}

// directive takes in a comment that is one.
func (b *block) directive(t *testing.T, path, line string) {
	t.Helper()
	if values, ok := strings.CutPrefix(line, "-- bind: "); ok {
		for value := range strings.SplitSeq(values, ", ") {
			if value == "NULL" {
				b.bind = append(b.bind, nil)
			} else {
				b.bind = append(b.bind, []byte(value))
			}
		}
	}
	if value, ok := strings.CutPrefix(line, "-- rows: "); ok {
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			t.Fatalf("%s:%d: %v", path, b.line, err)
		}
		b.rows = uint32(n)
	}
}
