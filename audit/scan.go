package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"runtime"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// link is what a line says of its place in the log.
type link struct {
	Seq  uint64 `json:"seq"` // 0 if the line is no record
	Prev string `json:"prev"`
}

// parseLink reads it.
func parseLink(line []byte) link {
	if l, ok := parseOwnLink(line); ok {
		return l
	}
	var l link
	if json.Unmarshal(line, &l) != nil {
		return link{}
	}
	return l
}

// parseOwnLink reads it from a line as encode writes it, without looking at what stands in between: whether that is as it was written,
// hashes tell.
func parseOwnLink(line []byte) (l link, ok bool) {
	const (
		start, seq  = `{"time":"`, `","seq":`
		prev, after = `,"prev":"`, `"}`
		hashLength  = 44
	)
	head, ok := bytes.CutPrefix(line[:min(len(line), 80)], []byte(start))
	_, digits, found := bytes.Cut(head, []byte(seq))
	end := bytes.IndexByte(digits, ',')
	at := len(line) - len(prev) - hashLength - len(after)
	if !ok || !found || end < 0 || at < 0 || string(line[at:at+len(prev)]) != prev || string(line[len(line)-len(after):]) != after {
		return link{}, false
	}
	n, err := strconv.ParseUint(string(digits[:end]), 10, 64)
	if err != nil {
		return link{}, false
	}
	return link{n, string(line[at+len(prev) : len(line)-len(after)])}, true
}

// scannedLine is what verification needs of a line.
type scannedLine struct {
	link
	hash    tlog.Hash
	bytes   int     // its length with the newline
	removed *Record // the record of a retention
}

// parseRemoved reads the record of a retention. Most lines are none.
func parseRemoved(line []byte) *Record {
	if !bytes.Contains(line, []byte(`,"event":"retention",`)) { // not in a string: there the quotes would be escaped
		return nil
	}
	var r Record
	if json.Unmarshal(line, &r) != nil || r.Event != "retention" || r.Removed == nil {
		return nil
	}
	return &r
}

// block is a piece of the log of whole lines.
type block struct {
	text  []byte
	lines []scannedLine
	done  chan struct{}
}

// blockSize is the length of a block, unless one line is longer.
const blockSize = 1 << 20

// scan yields the lines that r holds, hashed on all processors, in their order. A last line without a newline counts.
func scan(r io.Reader) iter.Seq2[scannedLine, error] {
	return func(yield func(scannedLine, error) bool) {
		workers := runtime.GOMAXPROCS(0)
		var (
			work    = make(chan *block, workers)
			order   = make(chan *block, 2*workers)
			stopped = make(chan struct{})
			failed  error // of the reading; read after order is closed
		)
		defer func() {
			close(stopped)
			for range order { // nothing reads r any more when this is over
			}
		}()
		for range workers {
			go func() {
				for b := range work {
					b.hash()
				}
			}()
		}
		go func() {
			defer close(order)
			defer close(work)
			failed = readBlocks(r, func(text []byte) bool {
				b := &block{text: text, done: make(chan struct{})}
				select {
				case <-stopped:
					return false
				case order <- b:
				}
				work <- b
				return true
			})
		}()
		for b := range order {
			<-b.done
			for _, line := range b.lines {
				if !yield(line, nil) {
					return
				}
			}
		}
		if failed != nil {
			yield(scannedLine{}, failed)
		}
	}
}

// readBlocks yields pieces of whole lines.
func readBlocks(r io.Reader, yield func([]byte) bool) error {
	var rest []byte
	for {
		text := make([]byte, len(rest)+blockSize)
		copy(text, rest)
		n, err := io.ReadFull(r, text[len(rest):])
		text = text[:len(rest)+n]
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if err != nil {
			if len(text) > 0 {
				yield(text)
			}
			return nil
		}
		end := bytes.LastIndexByte(text, '\n') + 1
		if rest = text[end:]; end > 0 && !yield(text[:end]) {
			return nil
		}
	}
}

// hash takes the block apart.
func (b *block) hash() {
	defer close(b.done)
	for text := range bytes.Lines(b.text) {
		line := bytes.TrimSuffix(text, []byte{'\n'})
		b.lines = append(b.lines, scannedLine{parseLink(line), tlog.RecordHash(line), len(text), parseRemoved(line)})
	}
	b.text = nil
}
