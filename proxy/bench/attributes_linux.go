package bench

import "syscall"

// attributes put a child into a process group of its own, so that Ctrl-C reaches us and not it, and have the kernel
// kill it when we die. A nil credential is ours.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: as}
}
