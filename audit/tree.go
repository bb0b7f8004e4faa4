package audit

import (
	"bytes"
	"errors"
	"io"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is the Merkle tree over the lines of a log (RFC 6962, section 2.1), of which it keeps what is needed to go on and to
// compute the root: the hashes of the complete subtrees, largest first, one for each bit that is set in the number of lines.
type tree struct {
	lines    int64
	subtrees []tlog.Hash
	last     tlog.Hash // of the last line: what the next record names as its prev
}

// add appends a line, given without its newline.
func (t *tree) add(line []byte) { t.addHash(tlog.RecordHash(line)) }

// addHash appends a line of which the hash is given.
func (t *tree) addHash(h tlog.Hash) {
	t.last = h
	for range bits.TrailingZeros64(^uint64(t.lines)) { // as many subtrees as end here join to one
		n := len(t.subtrees) - 1
		h = tlog.NodeHash(t.subtrees[n], h)
		t.subtrees = t.subtrees[:n]
	}
	t.subtrees = append(t.subtrees, h)
	t.lines++
}

// addFrom appends the lines of a part of a file.
func (t *tree) addFrom(f io.ReaderAt, from, to int64) error {
	lines := newLineReader(io.NewSectionReader(f, from, to-from))
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.add(line)
	}
}

// addAll appends whole lines.
func (t *tree) addAll(lines []byte) {
	for line := range bytes.Lines(lines) {
		t.add(bytes.TrimSuffix(line, []byte{'\n'}))
	}
}

// root is the hash that stands for all lines. That of an empty tree is the hash of nothing.
func (t *tree) root() tlog.Hash {
	if t.lines == 0 {
		h, _ := tlog.TreeHash(0, nil) // which reads nothing
		return h
	}
	n := len(t.subtrees) - 1
	h := t.subtrees[n]
	for n--; n >= 0; n-- {
		h = tlog.NodeHash(t.subtrees[n], h)
	}
	return h
}

// prev is what the next record says of the line before it, empty for the first.
func (t *tree) prev() string {
	if t.lines == 0 {
		return ""
	}
	return t.last.String()
}
