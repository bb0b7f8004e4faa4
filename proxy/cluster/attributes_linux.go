package cluster

import "syscall"

// attributes make a child run as the owner, in a process group of its own, so that Ctrl-C reaches us and not the
// server under us. The kernel sends it SIGQUIT (stop at once) when we die, however that happens.
func attributes(as *owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if as != nil {
		a.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return a
}
