//go:build unix && !linux

package cluster

import "syscall"

// attributes make a child run as the owner, in a process group of its own, so that Ctrl-C reaches us and not the
// server under us. A server outlives a parent that is killed: only Linux can do better.
func attributes(as *owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if as != nil {
		a.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return a
}
