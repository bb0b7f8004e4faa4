package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows, without the log, that a record is in it: the record's line, its place, the hashes that lead from it to the root of the Merkle tree
// (RFC 6962, section 2.1.1), and a checkpoint that has that root, signed.
type Proof struct {
	Seq        uint64      `json:"seq"`
	Line       int64       `json:"line"`   // from 1, over the whole log
	Record     string      `json:"record"` // as it stands in the log
	Path       []tlog.Hash `json:"path"`   // from the leaf up
	Checkpoint string      `json:"checkpoint"`
}

// Prove makes the proof of the record seq in the log in dir. It reads the segment that has the record, up to the next checkpoint: what comes before is
// in the segment's start.
func (o Verification) Prove(dir string, seq uint64) (*Proof, error) {
	p, err := o.prove(dir, seq)
	if err != nil {
		return nil, fmt.Errorf("audit: prove record %d: %w", seq, err)
	}
	return p, nil
}

func (o Verification) prove(dir string, seq uint64) (*Proof, error) {
	c, err := o.start(dir)
	if err != nil {
		return nil, err
	}
	if err := c.readCheckpoints(); err != nil {
		return nil, err
	}
	r, err := openFrom(dir, seq)
	if err != nil {
		return nil, err
	}
	defer r.close()
	e, err := r.next()
	if errors.Is(err, io.EOF) || err == nil && e.Seq != seq {
		return nil, errors.New("there is no such record")
	}
	if err != nil {
		return nil, err
	}
	t := prover{leaf: -1, at: -1}
	if first, _ := r.segment.firstRecord(); first.Segment != nil {
		before, err := first.Segment.tree(first.Prev)
		if err != nil {
			return nil, err
		}
		t.tree = *before
	}
	return c.proof(&t, r.segment, &e)
}

// proof reads the segment until a checkpoint vouches for the entry.
func (c *verifier) proof(t *prover, f *SegmentFile, e *Entry) (*Proof, error) {
	lines := newLineReader(io.NewSectionReader(f, 0, f.size))
	for at := int64(0); ; {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("no checkpoint vouches for it yet; the next one will")
		}
		if err != nil {
			return nil, err
		}
		t.add(line, at == e.Offset)
		at += int64(len(line)) + 1
		for len(c.checkpoints) > 0 && c.checkpoints[0].lines < t.lines {
			c.checkpoints = c.checkpoints[1:]
		}
		if len(c.checkpoints) == 0 || c.checkpoints[0].lines != t.lines || t.leaf < 0 {
			continue
		}
		p := c.checkpoints[0]
		if p.root != t.root() {
			return nil, errors.New("the log is not what its checkpoints vouch for: see pgscrim audit verify")
		}
		return &Proof{Seq: e.Seq, Line: t.leaf + 1, Record: string(e.Line), Path: t.finish(), Checkpoint: string(p.signed)}, nil
	}
}

// Certificate is what a proof proves.
type Certificate struct {
	Record Record    `json:"record"`
	Time   time.Time `json:"time"`  // of the checkpoint: the record was in the log then
	Lines  int64     `json:"lines"` // that the log had
}

// Check checks the proof by the content of the log's verifier file.
func (p *Proof) Check(verifier string) (*Certificate, error) {
	key, err := note.NewVerifier(strings.TrimSpace(verifier))
	if err != nil {
		return nil, fmt.Errorf("audit: check proof: %w", err)
	}
	c, err := openCheckpoint([]byte(p.Checkpoint), key)
	if err != nil {
		return nil, fmt.Errorf("audit: check proof: the checkpoint is not as it was signed: %w", err)
	}
	if p.Line < 1 || p.Line > c.lines {
		return nil, fmt.Errorf("audit: check proof: line %d is not one of the %d that the checkpoint vouches for", p.Line, c.lines)
	}
	if err := tlog.CheckRecord(p.Path, c.lines, c.root, p.Line-1, tlog.RecordHash([]byte(p.Record))); err != nil {
		return nil, errors.New("audit: check proof: the record is not in the log that the checkpoint vouches for")
	}
	v := &Certificate{Lines: c.lines, Time: c.time}
	if err := json.Unmarshal([]byte(p.Record), &v.Record); err != nil || v.Record.Seq != p.Seq {
		return nil, fmt.Errorf("audit: check proof: the line is not record %d", p.Seq)
	}
	return v, nil
}

// prover is a tree that remembers the path of one of its lines.
type prover struct {
	tree
	leaf int64 // the index of the line, from 0; -1 if it is yet to come
	at   int   // the subtree that has it; -1 if none does
	path []tlog.Hash
}

// add appends a line as tree.add does.
func (t *prover) add(line []byte, wanted bool) {
	h := tlog.RecordHash(line)
	if wanted {
		t.leaf = t.lines
	}
	for range bits.TrailingZeros64(^uint64(t.lines)) {
		n := len(t.subtrees) - 1
		wanted = t.join(n, h, wanted)
		h = tlog.NodeHash(t.subtrees[n], h)
		t.subtrees = t.subtrees[:n]
	}
	if t.subtrees = append(t.subtrees, h); wanted {
		t.at = len(t.subtrees) - 1
	}
	t.lines++
}

// join takes the sibling when the subtree n and h, which has the line if it is the wanted one, become one. It says whether that has it.
func (t *prover) join(n int, h tlog.Hash, wanted bool) bool {
	switch {
	case wanted:
		t.path = append(t.path, t.subtrees[n])
	case t.at == n:
		t.path = append(t.path, h)
		return true
	}
	return wanted
}

// finish returns the path to the root.
func (t *prover) finish() []tlog.Hash {
	n := len(t.subtrees) - 1
	h, wanted := t.subtrees[n], t.at == n
	for n--; n >= 0; n-- {
		wanted = t.join(n, h, wanted)
		h = tlog.NodeHash(t.subtrees[n], h)
	}
	return t.path
}
