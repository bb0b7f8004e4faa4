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
	"strings"
	"syscall"
)

// peer is a program that others put between their clients and PostgreSQL. Each is set up to do as little as it can.
type peer struct {
	name string
	// program is its executable and its package in Debian.
	program, pkg string
	// files are its configuration files by name, args its arguments. The capital words in both are those of setting.
	files map[string]string
	args  []string
}

// peers are what pgscrim is compared with.
func peers() []peer {
	return []peer{
		{
			name: pgbouncer, program: "pgbouncer", pkg: "pgbouncer", args: []string{"-q", "DIR/pgbouncer.ini"},
			files: map[string]string{
				"users.txt": `"ROLE" "VERIFIER"` + "\n",
				"pgbouncer.ini": `[databases]
DATABASE = host=HOST port=PORT dbname=DATABASE user=ROLE password=PASSWORD
[pgbouncer]
listen_addr = LISTENHOST
listen_port = LISTENPORT
unix_socket_dir =
auth_type = scram-sha-256
auth_file = DIR/users.txt
pool_mode = session
max_client_conn = 500
default_pool_size = 200
ignore_startup_parameters = extra_float_digits
`},
		},
		{
			name: pgpool, program: "pgpool", pkg: "pgpool2", args: []string{"-n", "-f", "DIR/pgpool.conf", "-a", "DIR/pool_hba.conf", "-F", "DIR/pcp.conf"},
			files: map[string]string{
				"pool_passwd":   "ROLE:TEXTPASSWORD\n",
				"pool_hba.conf": "host all all LISTENHOST/32 scram-sha-256\n",
				"pcp.conf":      "",
				"pgpool.conf": `backend_clustering_mode = 'raw'
listen_addresses = 'LISTENHOST'
port = LISTENPORT
socket_dir = 'DIR'
pcp_socket_dir = 'DIR'
pcp_listen_addresses = ''
pid_file_name = 'DIR/pgpool.pid'
logdir = 'DIR'
backend_hostname0 = 'HOST'
backend_port0 = PORT
backend_weight0 = 1
backend_flag0 = 'DISALLOW_TO_FAILOVER'
enable_pool_hba = on
pool_passwd = 'DIR/pool_passwd'
num_init_children = 64
max_pool = 1
load_balance_mode = off
`},
		},
		{
			name: haproxy, program: "haproxy", pkg: "haproxy", args: []string{"-q", "-db", "-f", "DIR/haproxy.cfg"},
			files: map[string]string{"haproxy.cfg": `defaults
  mode tcp
  maxconn 500
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen postgres
  bind LISTENHOST:LISTENPORT
  server postgres HOST:PORT
`},
		},
	}
}

// errNoPeer says that a peer is missing, which is no reason not to measure the rest.
var errNoPeer = errors.New("it is not installed")

// find returns the path of a peer's program. Root gets it installed by apt if that is allowed.
func (p *peer) find(ctx context.Context, install bool, messages io.Writer) (string, error) {
	sbin := "/usr/sbin/" + p.program // it is not on everybody's PATH
	for _, name := range []string{p.program, sbin} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	apt, err := exec.LookPath("apt-get")
	if !install || err != nil || os.Geteuid() != 0 {
		return "", errNoPeer
	}
	fmt.Fprintf(messages, "Installing %s: apt-get install %s\n", p.name, p.pkg)
	allow, err := keepServicesDown()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, apt, "install", "-y", "-qq", "--no-install-recommends", p.pkg)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if allowErr := allow(); allowErr != nil {
		return "", allowErr
	}
	if err != nil {
		return "", fmt.Errorf("%w, and apt-get cannot install it: %w\n%s", errNoPeer, err, out)
	}
	return exec.LookPath(sbin)
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

// startPeer starts a peer in front of the cluster and returns its address.
func (st *site) startPeer(ctx context.Context, p peer, binary string) (*process, string, error) {
	dir, err := os.MkdirTemp(st.dir, p.program+"-")
	if err != nil {
		return nil, "", err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	settings, err := st.setting(ctx, dir, address)
	if err != nil {
		return nil, "", err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, "", err
	}
	paths := []string{dir}
	for name, text := range p.files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(settings.Replace(text)), 0o600); err != nil {
			return nil, "", err
		}
		paths = append(paths, path)
	}
	for _, path := range paths {
		if as == nil {
			break
		}
		if err := os.Chown(path, int(as.Uid), int(as.Gid)); err != nil {
			return nil, "", err
		}
	}
	args := make([]string, len(p.args))
	for i, a := range p.args {
		args[i] = settings.Replace(a)
	}
	started, err := startProcess(ctx, p.name, address, accepts, exec.Command(binary, args...), as)
	if err != nil {
		return nil, "", err
	}
	st.processes = append(st.processes, started)
	return started, address, nil
}

// setting fills in the capital words of a peer's files.
func (st *site) setting(ctx context.Context, dir, address string) (*strings.Replacer, error) {
	host, port, hostErr := net.SplitHostPort(st.address)
	listenHost, listenPort, listenErr := net.SplitHostPort(address)
	verifier, verifierErr := st.verifier(ctx)
	return strings.NewReplacer("DIR", dir, "LISTENHOST", listenHost, "LISTENPORT", listenPort, "HOST", host, "PORT", port,
		"DATABASE", database, "ROLE", role, "VERIFIER", verifier, "PASSWORD", st.password), errors.Join(hostErr, listenErr, verifierErr)
}

// unprivileged returns as whom to run peers, which refuse to be root; nil means ourselves.
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
