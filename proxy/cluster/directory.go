package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// owner is the user that a server runs as; nil means ourselves.
type owner struct{ uid, gid uint32 }

// unprivileged returns whom to run the server as: PostgreSQL refuses to run as root.
func unprivileged() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &owner{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

// directory is the folder of one cluster: its data, its log, and a lock that is held while it is in use.
type directory struct {
	root  string
	owner *owner
	lock  *os.File
}

// prefix starts the names of all clusters' folders.
const prefix = "pgscrim-cluster-"

// newDirectory makes the folder of a cluster. A parent that was killed could not remove its folder, so the ones
// that nobody holds locked go first.
func newDirectory(parent string, as *owner) (*directory, error) {
	if parent == "" {
		parent = tempDir(as)
	}
	sweep(parent)
	root, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return nil, err
	}
	d := &directory{root: root, owner: as}
	if d.lock, err = os.Create(d.path("lock")); err == nil {
		err = syscall.Flock(int(d.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err == nil && as != nil {
		err = os.Chown(root, int(as.uid), int(as.gid))
	}
	if err != nil {
		return nil, fmt.Errorf("folder of a cluster: %w", errors.Join(err, d.remove()))
	}
	return d, nil
}

// tempDir returns the system's folder for temporary files, or the well-known one if the owner cannot get there.
func tempDir(as *owner) string {
	dir := os.TempDir()
	if as == nil {
		return dir
	}
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err != nil || info.Mode()&0o001 == 0 {
			return "/tmp"
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// sweep removes the folders of clusters whose parent is gone. It is a courtesy: what it cannot remove stays.
func sweep(parent string) {
	roots, _ := filepath.Glob(filepath.Join(parent, prefix+"*")) // the pattern is well-formed
	for _, root := range roots {
		lock, err := os.OpenFile(filepath.Join(root, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		info, err := lock.Stat()
		old := err == nil && time.Since(info.ModTime()) > time.Minute // a new one may not be locked yet
		if old && syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(root)
		}
		_ = lock.Close()
	}
}

// path returns the path of a file in the folder.
func (d *directory) path(name string) string { return filepath.Join(d.root, name) }

// write writes a file that only the owner may read.
func (d *directory) write(name string, content []byte) error {
	if err := os.WriteFile(d.path(name), content, 0o600); err != nil {
		return err
	}
	if d.owner == nil {
		return nil
	}
	return os.Chown(d.path(name), int(d.owner.uid), int(d.owner.gid))
}

// remove removes the folder and gives up the lock.
func (d *directory) remove() error {
	err := os.RemoveAll(d.root)
	if d.lock != nil {
		err = errors.Join(err, d.lock.Close())
	}
	return err
}
