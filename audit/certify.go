package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// certifier signs checkpoints of a log.
type certifier struct {
	dir       string
	key       note.Signer
	file      *os.File // of the checkpoints
	certified int64    // lines of the last one
}

func newCertifier(dir, replica string) (*certifier, error) {
	key, err := signer(dir, replica)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, CheckpointsFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	c := &certifier{dir: dir, key: key, file: f, certified: -1}
	_, rest, err := splitNotes(f)
	if err == nil && len(rest) > 0 { // a crash has cut it off
		var size int64
		if size, err = f.Seek(0, io.SeekEnd); err == nil {
			err = f.Truncate(size - int64(len(rest)))
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return c, nil
}

// certify signs a checkpoint of a tree whose lines, which end at offset in the log, are on disk.
func (c *certifier) certify(t *tree, offset int64) error {
	if t.lines == c.certified {
		return nil
	}
	signed, err := (&checkpoint{lines: t.lines, root: t.root(), time: time.Now()}).sign(c.key)
	if err != nil {
		return err
	}
	if _, err := c.file.Write(signed); err != nil {
		return err
	}
	if err := c.file.Sync(); err != nil {
		return err
	}
	c.certified = t.lines
	return saveTree(c.dir, t, offset)
}

// treeFile keeps the tree as of the last checkpoint, so that a start need not read the whole log.
const treeFile = "tree.json"

// savedTree is the content of treeFile.
type savedTree struct {
	Lines    int64       `json:"lines"`
	Offset   int64       `json:"offset"` // of their end in the log
	Subtrees []tlog.Hash `json:"subtrees"`
	Last     tlog.Hash   `json:"last"`
}

// saveTree writes treeFile anew. If that is cut short the old one stays.
func saveTree(dir string, t *tree, offset int64) error {
	b, err := json.Marshal(savedTree{t.lines, offset, t.subtrees, t.last})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, treeFile)
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// loadTree returns the tree of the first size bytes of the log f. What treeFile says is a start, if it is about a part of
// the log that is there; whether it is true is for Verify to say, which reads the log alone.
func loadTree(dir string, f io.ReaderAt, size int64) (*tree, error) {
	b, err := os.ReadFile(filepath.Join(dir, treeFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var saved savedTree
	t := &tree{}
	if json.Unmarshal(b, &saved) == nil && saved.Offset <= size && saved.Lines > 0 {
		t.lines, t.subtrees, t.last = saved.Lines, saved.Subtrees, saved.Last
	} else {
		saved.Offset = 0
	}
	lines := newLineReader(io.NewSectionReader(f, saved.Offset, size-saved.Offset))
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		t.add(line)
	}
}

// clone is a copy that does not change with the tree.
func (t *tree) clone() *tree {
	return &tree{t.lines, slices.Clone(t.subtrees), t.last}
}

// Checkpoint takes all records to the disk and signs how many lines there are and what their hash is. The log does so by itself
// at its start and end and at the interval of its options.
func (l *Log) Checkpoint() error {
	l.certifying.Lock()
	defer l.certifying.Unlock()
	l.mu.Lock()
	err := l.flush()
	t, offset := l.tree.clone(), l.size
	l.mu.Unlock()
	if err == nil {
		err = l.syncFile()
	}
	if err == nil {
		err = l.certifier.certify(t, offset)
	}
	if err != nil {
		return fmt.Errorf("audit: checkpoint: %w", err)
	}
	return nil
}

// checkpoints signs one at each tick until the log is closed. One that fails is tried again at the next.
func (l *Log) checkpoints(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-l.closing:
			return
		case <-ticker.C:
			if err := l.Checkpoint(); err != nil && l.opts.Problem != nil {
				l.opts.Problem(err)
			}
		}
	}
}
