//go:build !linux

package bench

import (
	"errors"
	"math"
)

// unlimited is the limit of a process that has none.
const unlimited = math.MaxUint64

// limitFiles needs prlimit, which Linux has.
func limitFiles(int, uint64) error { return errors.ErrUnsupported }
