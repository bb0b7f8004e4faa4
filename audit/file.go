package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// FileName is the name of the live segment of the log inside its directory.
const FileName = "audit.jsonl"

// file is what the log needs of a file that is open for appending.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// openFile opens the live segment of dir for appending, and creates it if need be.
func openFile(dir string) (*logFile, error) {
	f, err := os.OpenFile(filepath.Join(dir, FileName), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		_ = f.Close()
		return nil, err
	}
	return &logFile{f, f.Name()}, nil
}

// reopenFile opens a live segment that is there.
func reopenFile(path string) (*logFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	return &logFile{f, path}, nil
}

// logFile is a file of the log and the name under which a reader finds it.
type logFile struct {
	*os.File
	path string
}

// Sync leaves out the times of the file, which costs less. What is on a disk is lost all the same if the file has no name any more.
func (f *logFile) Sync() error {
	if err := syncData(f.File); err != nil {
		return err
	}
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(f.path)
	if err == nil && !os.SameFile(mine, named) {
		err = fmt.Errorf("%s is another file by now", f.path)
	}
	return err
}

// endTornLine ends an incomplete last line, which a crash has left, with a newline. It returns the line's length.
func endTornLine(f *logFile) (torn int64, err error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	whole, err := sizeOfWholeLines(f, size)
	if err != nil || whole == size {
		return 0, err
	}
	if _, err := f.Write([]byte{'\n'}); err != nil {
		return 0, err
	}
	return size - whole, f.Sync()
}

// sizeOfWholeLines returns how many of the first size bytes of f are lines that end with a newline.
func sizeOfWholeLines(f io.ReaderAt, size int64) (int64, error) {
	if size == 0 {
		return 0, nil
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err != nil {
		return 0, err
	}
	if last[0] == '\n' {
		return size, nil
	}
	start, _, err := startOfLastLines(f, size, 1)
	return start, err
}

// lastRecord returns the last readable record in the first size bytes of f, a zero one if there is none.
func lastRecord(f io.ReaderAt, size int64) (Record, error) {
	for end := size; end > 0; {
		start, _, err := startOfLastLines(f, end, 1)
		if err != nil {
			return Record{}, err
		}
		line := make([]byte, end-start)
		if _, err := f.ReadAt(line, start); err != nil {
			return Record{}, err
		}
		var r Record
		if json.Unmarshal(line, &r) == nil && r.Seq > 0 {
			return r, nil
		}
		end = start
	}
	return Record{}, nil
}

// startOfLastLines returns the offset at which the last n lines of the first size bytes of f start, and how many lines there are too few.
// A last line without a newline counts.
func startOfLastLines(f io.ReaderAt, size int64, n int) (start int64, missing int, err error) {
	if n <= 0 {
		return size, 0, nil
	}
	block := make([]byte, 64<<10)
	end := size - 1 // the newline of the last line ends it and starts none
	for end > 0 {
		from := max(0, end-int64(len(block)))
		b := block[:end-from]
		if _, err := f.ReadAt(b, from); err != nil {
			return 0, 0, err
		}
		for i := bytes.LastIndexByte(b, '\n'); i >= 0; i = bytes.LastIndexByte(b[:i], '\n') {
			if n--; n == 0 {
				return from + int64(i) + 1, 0, nil
			}
		}
		end = from
	}
	if size > 0 {
		n--
	}
	return 0, n, nil
}
