package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// disk is what moves files about in the log's directory. Tests stop the log at each step of it.
type disk struct {
	link, rename func(from, to string) error
	remove       func(path string) error
	syncDir      func(dir string) error
	reopen       func(path string) (*logFile, error) // of a live segment that is there
}

var realDisk = disk{os.Link, os.Rename, os.Remove, syncDir, reopenFile}

// lockName is the file whose lock says that a process is writing the log.
const lockName = "lock"

// lockDir makes sure that no other process writes the log in dir; the kernel drops the lock when the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("the log in %s is being written by another process", dir)
		}
		return nil, &fs.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return f, nil
}

// isLocked reports whether a process is writing the log in dir.
func isLocked(dir string) (bool, error) {
	f, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // a copy of a log
	}
	if err != nil {
		return false, err
	}
	defer f.Close() // and with it the lock
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return true, nil
	case err != nil:
		return false, &fs.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return false, nil
}

// syncDir makes the names in a directory durable, which a file's own fsync does not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
