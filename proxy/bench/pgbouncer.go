package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// errNoPgBouncer says that the peer is missing, which is no reason not to measure the rest.
var errNoPgBouncer = errors.New("PgBouncer is not installed")

// findPgBouncer returns the path of PgBouncer. Root gets it installed by apt if that is allowed.
func findPgBouncer(ctx context.Context, install bool, messages io.Writer) (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} { // sbin is not on everybody's PATH
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	apt, err := exec.LookPath("apt-get")
	if !install || err != nil || os.Geteuid() != 0 {
		return "", errNoPgBouncer
	}
	fmt.Fprintln(messages, "Installing PgBouncer: apt-get install pgbouncer")
	allow, err := keepServicesDown()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, apt, "install", "-y", "-qq", "--no-install-recommends", "pgbouncer")
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if allowErr := allow(); allowErr != nil {
		return "", allowErr
	}
	if err != nil {
		return "", fmt.Errorf("%w, and apt-get cannot install it: %w\n%s", errNoPgBouncer, err, out)
	}
	return exec.LookPath("/usr/sbin/pgbouncer")
}

// policyFile is what Debian's packages ask whether they may start the service that they bring; 101 means no.
const policyFile = "/usr/sbin/policy-rc.d"

// keepServicesDown makes sure that the package starts no service, and returns what undoes it.
func keepServicesDown() (undo func() error, err error) {
	f, err := os.OpenFile(policyFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) { // the administrator has a policy
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString("#!/bin/sh\nexit 101\n")
	return func() error { return os.Remove(policyFile) }, errors.Join(err, f.Close())
}

// pgbouncerConfig is a PgBouncer that does as little as it can: sessions keep their server connection.
const pgbouncerConfig = `[databases]
%[1]s = host=%[2]s port=%[3]s dbname=%[1]s user=%[4]s password=%[5]s
[pgbouncer]
listen_addr = %[6]s
listen_port = %[7]s
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %[8]s
pool_mode = session
max_client_conn = 500
default_pool_size = 200
ignore_startup_parameters = extra_float_digits
`

// startPgBouncer starts PgBouncer in front of the cluster and returns its address.
func (st *site) startPgBouncer(ctx context.Context, binary string) (*process, string, error) {
	dir, err := os.MkdirTemp(st.dir, "pgbouncer-")
	if err != nil {
		return nil, "", err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	host, port, hostErr := net.SplitHostPort(st.address)
	listenHost, listenPort, listenErr := net.SplitHostPort(address)
	as, userErr := unprivileged()
	if err := errors.Join(hostErr, listenErr, userErr); err != nil {
		return nil, "", err
	}
	users := filepath.Join(dir, "users.txt")
	file := filepath.Join(dir, "pgbouncer.ini")
	verifier, err := st.verifier(ctx)
	if err != nil {
		return nil, "", err
	}
	for path, text := range map[string]string{
		users: fmt.Sprintf("%q %q\n", role, verifier),
		file:  fmt.Sprintf(pgbouncerConfig, database, host, port, role, st.password, listenHost, listenPort, users),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, "", err
		}
	}
	if as != nil {
		for _, path := range []string{dir, users, file} {
			if err := os.Chown(path, int(as.Uid), int(as.Gid)); err != nil {
				return nil, "", err
			}
		}
	}
	p, err := startProcess(ctx, "PgBouncer", address, accepts, exec.Command(binary, "-q", file), as)
	if err != nil {
		return nil, "", err
	}
	st.processes = append(st.processes, p)
	return p, address, nil
}

// unprivileged returns as whom to run PgBouncer, which refuses to be root; nil means ourselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
}
