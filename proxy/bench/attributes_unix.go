//go:build unix && !linux

package bench

import "syscall"

// attributes put a child into a process group of its own, so that Ctrl-C reaches us and not it.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: as}
}
