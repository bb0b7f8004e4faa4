package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc/PID/stat: 1/sysconf(_SC_CLK_TCK), which Linux has fixed at 1/100 s for user space.
const tick = 10 * time.Millisecond

// Fields of /proc/PID/stat behind the name in parentheses, counted from 0 (proc(5), where the state is field 3).
const (
	statParent = 1
	statOwn    = 11 // utime, stime
	statReaped = 13 // cutime, cstime
	statFields = 15
)

// stat returns the fields of /proc/PID/stat behind the name.
func stat(pid int) ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < statFields {
		return nil, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return fields, nil
}

// cpuTime returns the user and system time that a process has used.
func cpuTime(pid int) (time.Duration, error) {
	fields, err := stat(pid)
	if err != nil {
		return 0, err
	}
	return times(fields, statOwn)
}

// treeTime returns the time that a process and its children have used, those that have ended included.
func treeTime(pid int) (time.Duration, error) {
	fields, err := stat(pid)
	if err != nil {
		return 0, err
	}
	own, ownErr := times(fields, statOwn)
	reaped, reapedErr := times(fields, statReaped)
	if ownErr != nil || reapedErr != nil {
		return 0, fmt.Errorf("/proc/%d/stat: %w, %w", pid, ownErr, reapedErr)
	}
	sum := own + reaped
	paths, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	parent := strconv.Itoa(pid)
	for _, path := range paths {
		child, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			continue
		}
		fields, err := stat(child)
		if err != nil || fields[statParent] != parent { // it may have ended meanwhile
			continue
		}
		if t, err := times(fields, statOwn); err == nil {
			sum += t
		}
	}
	return sum, nil
}

// times adds two neighbouring fields that hold ticks.
func times(fields []string, at int) (time.Duration, error) {
	user, err := strconv.ParseInt(fields[at], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[at+1], 10, 64)
	return time.Duration(user+system) * tick, err
}

// residentBytes returns how much memory of a process is resident.
func residentBytes(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0, fmt.Errorf("/proc/%d/statm has %d fields", pid, len(fields))
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// descriptors returns what the open file descriptors of a process lead to.
func descriptors(pid int) ([]string, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil { // it may be closed meanwhile
			names = append(names, name)
		}
	}
	return names, nil
}
