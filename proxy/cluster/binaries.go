package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// binaryDirs are the folders into which distributions and installers put the binaries of the server.
func binaryDirs() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // packages of the PostgreSQL project for Red Hat
		"/usr/libexec/postgresql*",                           // Alpine
		"/usr/lib/postgresql*/bin",                           // SUSE
		"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew, Apple silicon
		"/usr/local/opt/postgresql@*/bin",                    // Homebrew, Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",    // Homebrew, Linux
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	}
}

// errNoBinaries says where no server was found.
var errNoBinaries = errors.New("no initdb and postgres on PATH or where packages put them (/usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, ...)")

// findOrInstall returns the folder of the server's binaries.
func findOrInstall(ctx context.Context, messages io.Writer) (string, error) {
	dir, err := findBinaries(binaryDirs())
	if err == nil {
		return dir, nil
	}
	if os.Geteuid() != 0 {
		return "", fmt.Errorf("%w, and only root may install them", err)
	}
	// The tests of several packages may find out at the same time.
	unlock, lockErr := waitForLock(ctx, installLock)
	if lockErr != nil {
		return "", fmt.Errorf("%w, and waiting to install them failed: %w", err, lockErr)
	}
	defer unlock()
	if dir, err := findBinaries(binaryDirs()); err == nil {
		return dir, nil
	}
	if installErr := install(ctx, messages); installErr != nil {
		return "", fmt.Errorf("%w; %w", err, installErr)
	}
	return findBinaries(binaryDirs())
}

// findBinaries returns the folder of the server's binaries: the one on PATH, else the newest in the folders that
// match the patterns.
func findBinaries(patterns []string) (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// Where a link leads to, the other programs are as well.
		if target, err := filepath.EvalSymlinks(initdb); err == nil && isBinaryDir(filepath.Dir(target)) {
			return filepath.Dir(target), nil
		}
	}
	var dirs []string
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("pattern %s: %w", pattern, err)
		}
		dirs = append(dirs, matches...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	if i := slices.IndexFunc(dirs, isBinaryDir); i >= 0 {
		return dirs[i], nil
	}
	return "", errNoBinaries
}

// isBinaryDir reports whether a folder holds what a cluster needs.
func isBinaryDir(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// versionNumber finds the version in a folder's name: 17, or 9.6 from long ago.
var versionNumber = regexp.MustCompile(`\d+(\.\d+)?`)

// version returns the version that a folder's path names, 0 if none.
func version(dir string) float64 {
	v, err := strconv.ParseFloat(versionNumber.FindString(dir), 64)
	if err != nil {
		return 0
	}
	return v
}
