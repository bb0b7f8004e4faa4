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
	size      int64    // of what is on disk of it
	dirty     bool     // there may be more in it, of a failed write
	certified int64    // lines of the last one
	tell      func([]byte)
}

func newCertifier(dir, replica string, tell func([]byte)) (*certifier, error) {
	key, err := signer(dir, replica)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, CheckpointsFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	c := &certifier{dir: dir, key: key, file: f, dirty: true, certified: -1, tell: tell}
	if c.size, err = f.Seek(0, io.SeekEnd); err == nil {
		var rest int64
		rest, err = cutOff(f, c.size)
		c.size -= rest
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return c, nil
}

// reopen opens the file of the checkpoints anew after the disk has failed.
func (c *certifier) reopen() error {
	f, err := os.OpenFile(c.file.Name(), os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_ = c.file.Close()
	c.file, c.dirty = f, true
	return nil
}

// certify signs a checkpoint of a tree whose lines, which end at offset in the live segment, are on disk.
func (c *certifier) certify(t *tree, firstLine, offset int64) error {
	if t.lines == c.certified {
		return nil
	}
	if err := c.sign(&checkpoint{lines: t.lines, root: t.root()}); err != nil {
		return err
	}
	return saveTree(c.dir, savedTree{t.lines, firstLine, offset, t.subtrees, t.last})
}

// seal signs that the segment that starts with firstLine ends where the tree does. Its lines are on disk.
func (c *certifier) seal(t *tree, firstLine int64) error {
	return c.sign(&checkpoint{lines: t.lines, root: t.root(), sealed: firstLine})
}

// sign puts a checkpoint on disk.
func (c *certifier) sign(p *checkpoint) error {
	p.time = time.Now()
	signed, err := p.sign(c.key)
	if err != nil {
		return err
	}
	if c.dirty {
		if err := c.file.Truncate(c.size); err != nil {
			return err
		}
	}
	c.dirty = true
	if _, err := c.file.Write(signed); err != nil {
		return err
	}
	if err := c.file.Sync(); err != nil {
		return err
	}
	c.size += int64(len(signed))
	c.dirty, c.certified = false, p.lines
	c.tell(signed)
	return nil
}

// treeFile keeps the tree as of the last checkpoint, so that a start need not read the whole log.
const treeFile = "tree.json"

// savedTree is the content of treeFile.
type savedTree struct {
	Lines    int64       `json:"lines"`
	Segment  int64       `json:"segment"` // the first line of the live one
	Offset   int64       `json:"offset"`  // of their end in it
	Subtrees []tlog.Hash `json:"subtrees"`
	Last     tlog.Hash   `json:"last"`
}

// saveTree writes treeFile anew. If that is cut short the old one stays.
func saveTree(dir string, t savedTree) error {
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, treeFile)
	if err := os.WriteFile(path+temporarySuffix, b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+temporarySuffix, path)
}

// loadTree returns the tree of all lines up to the first size bytes of the live segment f, of which before is that of what comes before it.
// What treeFile says is a start, if it is about a part of f that is there; whether it is true is for Verify to say, which reads the log alone.
func loadTree(dir string, f io.ReaderAt, size int64, before *tree) (*tree, error) {
	b, err := os.ReadFile(filepath.Join(dir, treeFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var saved savedTree
	t := before.clone()
	if json.Unmarshal(b, &saved) == nil && saved.Segment == before.lines+1 && saved.Offset <= size && saved.Lines > before.lines {
		t.lines, t.subtrees, t.last = saved.Lines, saved.Subtrees, saved.Last
	} else {
		saved.Offset = 0
	}
	return t, t.addFrom(f, saved.Offset, size)
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
	return l.checkpoint()
}

func (l *Log) checkpoint() error {
	l.mu.Lock()
	err := l.flush()
	t, firstLine, offset := l.tree.clone(), l.firstLine, l.size
	l.mu.Unlock()
	if err == nil {
		err = l.syncFile()
	}
	if err == nil {
		err = l.certifier.certify(t, firstLine, offset)
	}
	if err != nil {
		return fmt.Errorf("audit: checkpoint: %w", err)
	}
	return nil
}

// upkeep signs a checkpoint at each tick, and rotates when it is time to, until the log is closed. What fails is tried again at the next tick.
func (l *Log) upkeep(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		task := l.Checkpoint
		select {
		case <-l.closing:
			return
		case <-ticker.C:
			if l.due() {
				task = l.Rotate
			}
		case <-l.full:
			task = l.Rotate
		}
		l.report(task())
	}
}

// housekeeping compresses what is sealed and removes what is old, at each tick and after each rotation, until the log is closed.
func (l *Log) housekeeping(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		l.report(l.pack())
		l.report(l.noteHold())
		l.report(l.retain(l.opts.Keep))
		select {
		case <-l.closing:
			return
		case <-ticker.C:
		case <-l.sealed:
		}
	}
}

// report tells of what failed in the background.
func (l *Log) report(err error) {
	if err != nil && !errors.Is(err, ErrClosed) && l.opts.Problem != nil {
		l.opts.Problem(err)
	}
}
