package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// FileName is the name of the log inside its directory.
const FileName = "audit.jsonl"

// file is what the log needs of a file that is open for appending.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// openFile opens the log of dir for appending, and creates both if need be. The lock makes sure that no other
// process numbers records in the same file; the kernel drops it when the process ends, however it ends.
func openFile(dir string) (*logFile, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, FileName), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s is being written by another process", f.Name())
		}
		return nil, &fs.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	if err := syncDir(dir); err != nil {
		_ = f.Close()
		return nil, err
	}
	return &logFile{f}, nil
}

// isLocked reports whether a process has the log open for writing.
func isLocked(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return true, nil
	case err != nil:
		return false, &fs.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return false, syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
}

// logFile is the log's file; its Sync leaves out the times of the file, which costs less.
type logFile struct{ *os.File }

func (f *logFile) Sync() error { return syncData(f.File) }

// syncDir makes the directory's entry of a new file durable, which the file's own fsync does not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
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
	return startOfLastLines(f, size, 1)
}

// lastSeq returns the Seq of the last readable record in the first size bytes of f, 0 if there is none.
func lastSeq(f io.ReaderAt, size int64) (uint64, error) {
	for end := size; end > 0; {
		start, err := startOfLastLines(f, end, 1)
		if err != nil {
			return 0, err
		}
		line := make([]byte, end-start)
		if _, err := f.ReadAt(line, start); err != nil {
			return 0, err
		}
		var r Record
		if json.Unmarshal(line, &r) == nil && r.Seq > 0 {
			return r.Seq, nil
		}
		end = start
	}
	return 0, nil
}

// startOfLastLines returns the offset at which the last n lines of the first size bytes of f start. A last line
// without a newline counts.
func startOfLastLines(f io.ReaderAt, size int64, n int) (int64, error) {
	if n <= 0 {
		return size, nil
	}
	block := make([]byte, 64<<10)
	end := size - 1 // the newline of the last line ends it and starts none
	for end > 0 {
		from := max(0, end-int64(len(block)))
		b := block[:end-from]
		if _, err := f.ReadAt(b, from); err != nil {
			return 0, err
		}
		for i := bytes.LastIndexByte(b, '\n'); i >= 0; i = bytes.LastIndexByte(b[:i], '\n') {
			if n--; n == 0 {
				return from + int64(i) + 1, nil
			}
		}
		end = from
	}
	return 0, nil
}
