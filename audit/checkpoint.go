package audit

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Files beside the log.
const (
	CheckpointsFile = "checkpoints"  // signed statements of how many lines there are and what their hash is
	SigningKeyFile  = "signing.key"  // secret: what signs them
	VerifierFile    = "verifier.key" // public: what an auditor keeps, off this machine
)

// checkpointTime is how the time of a checkpoint is written.
const checkpointTime = time.RFC3339Nano

// checkpoint says that a log had so many lines at a time, and what the root of their tree was. It is a signed note in the form
// that transparency logs use (C2SP tlog-checkpoint): origin, number, root, and as extension lines the time and, if a segment ends there,
// which one.
type checkpoint struct {
	lines  int64
	root   tlog.Hash
	time   time.Time
	sealed int64 // the first line of the segment that ends here, 0 if none does
	signed []byte
	by     string // the witness that it comes from, empty if it is the log's own
}

// sealedPrefix begins the line about the segment.
const sealedPrefix = "sealed "

// sign renders the checkpoint.
func (c *checkpoint) sign(s note.Signer) ([]byte, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", s.Name(), c.lines, c.root, c.time.UTC().Format(checkpointTime))
	if c.sealed > 0 {
		text += fmt.Sprintf("%s%d\n", sealedPrefix, c.sealed)
	}
	return note.Sign(&note.Note{Text: text}, s)
}

// openCheckpoint checks the signature of a checkpoint and reads it.
func openCheckpoint(signed []byte, v note.Verifier) (*checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return nil, err
	}
	fields := strings.Split(n.Text, "\n")
	if len(fields) < 5 || len(fields) > 6 || fields[0] != v.Name() || fields[len(fields)-1] != "" {
		return nil, errors.New("it is no checkpoint of this log")
	}
	for _, s := range n.Sigs { // a note has one form: no bits are left over
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return nil, fmt.Errorf("signature: %w", err)
		}
	}
	c := &checkpoint{signed: signed}
	if c.lines, err = strconv.ParseInt(fields[1], 10, 64); err != nil {
		return nil, fmt.Errorf("number of lines: %w", err)
	}
	if c.root, err = tlog.ParseHash(fields[2]); err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	if c.time, err = time.Parse(checkpointTime, fields[3]); err != nil {
		return nil, fmt.Errorf("time: %w", err)
	}
	if len(fields) == 6 {
		first, ok := strings.CutPrefix(fields[4], sealedPrefix)
		if c.sealed, err = strconv.ParseInt(first, 10, 64); err != nil || !ok {
			return nil, errors.New("it is no checkpoint of this log")
		}
	}
	return c, nil
}

// openCheckpoints opens many, on all processors: a year of them is half a million signatures.
func openCheckpoints(notes [][]byte, v note.Verifier) ([]*checkpoint, []error) {
	opened, errs := make([]*checkpoint, len(notes)), make([]error, len(notes))
	var next atomic.Int64
	var running sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(notes)); i = next.Add(1) - 1 {
				opened[i], errs[i] = openCheckpoint(notes[i], v)
			}
		})
	}
	running.Wait()
	return opened, errs
}

// cutOff returns the length of what a crash has left of a checkpoint at the end of a file of them.
func cutOff(f io.ReaderAt, size int64) (int64, error) {
	from := max(0, size-maxNote)
	_, rest, err := splitNotes(io.NewSectionReader(f, from, size-from))
	return int64(len(rest)), err
}

// maxNote is more than the length of a checkpoint.
const maxNote = 64 << 10

// signatureStart begins the last line of a signed note, which ends it.
const signatureStart = "— "

// splitNotes returns the notes of a file of checkpoints. What is left at the end is one that a crash has cut off.
func splitNotes(r io.Reader) (notes [][]byte, rest []byte, err error) {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		rest = append(rest, line...)
		if errors.Is(err, io.EOF) {
			return notes, rest, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if strings.HasPrefix(string(line), signatureStart) {
			notes, rest = append(notes, rest), nil
		}
	}
}

// signer reads the log's signing key. The first time it makes one, and puts the public half beside it.
func signer(dir, name string) (note.Signer, error) {
	path := filepath.Join(dir, SigningKeyFile)
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret, public, err := note.GenerateKey(rand.Reader, keyName(name))
		if err != nil {
			return nil, err
		}
		if err := writeWhole(filepath.Join(dir, VerifierFile), []byte(public+"\n")); err != nil {
			return nil, err
		}
		if err := writeWhole(path, []byte(secret+"\n")); err != nil { // last, so that there is no key without the other
			return nil, err
		}
		return note.NewSigner(secret)
	}
	if err != nil {
		return nil, err
	}
	s, err := note.NewSigner(strings.TrimSpace(string(key)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// keyName makes a name that a key may have of any.
func keyName(name string) string {
	return "pgscrim-audit/" + url.PathEscape(strings.ReplaceAll(name, "+", "-"))
}
