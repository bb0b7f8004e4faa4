package bench

import (
	"math"

	"golang.org/x/sys/unix"
)

// unlimited is the limit of a process that has none (RLIM_INFINITY).
const unlimited = math.MaxUint64

// limitFiles has each write of a process fail that goes beyond a length of its file, as if the disk were full.
func limitFiles(pid int, length uint64) error {
	return unix.Prlimit(pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: length, Max: unlimited}, nil)
}
