package audit

import (
	"errors"
	"os"
	"syscall"
)

// syncData makes the contents of a file durable, and of its metadata what is needed to read them back: its length, not its times.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
