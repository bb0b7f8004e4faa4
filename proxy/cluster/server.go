package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startServer creates a cluster with the given binaries and starts it.
func startServer(ctx context.Context, binDir string, opts Options) (*Cluster, error) {
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := newDirectory(opts.Dir, as)
	if err != nil {
		return nil, err
	}
	c, err := dir.start(ctx, binDir, opts)
	if err != nil {
		return nil, errors.Join(err, dir.remove())
	}
	return c, nil
}

// start initialises the data directory and starts a server on it.
func (d *directory) start(ctx context.Context, binDir string, opts Options) (*Cluster, error) {
	password := newPassword()
	if err := d.initdb(ctx, binDir, password); err != nil {
		return nil, err
	}
	for name, content := range opts.Files {
		if err := d.write(filepath.Join("data", name), content); err != nil {
			return nil, err
		}
	}
	// Between the choice of a free port and its use somebody else may take it.
	for attempt := 1; ; attempt++ {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		srv, err := d.run(binDir, port, opts.Settings)
		if err != nil {
			return nil, err
		}
		c := newCluster("127.0.0.1", strconv.Itoa(port), password, func() error {
			return errors.Join(srv.stop(), d.remove())
		})
		c.logFile, c.binDir = d.path("log"), binDir
		err = srv.ready(ctx, c.DSN("postgres"))
		if err == nil {
			return c, nil
		}
		_ = srv.stop() // the error to report is the one that made us stop
		log, _ := os.ReadFile(c.logFile)
		if attempt == 3 || !bytes.Contains(log, []byte("Address already in use")) {
			return nil, fmt.Errorf("PostgreSQL did not start: %w\n%s", err, tail(log, 10))
		}
	}
}

// initdb creates the data directory.
func (d *directory) initdb(ctx context.Context, binDir, password string) error {
	if err := d.write("password", []byte(password+"\n")); err != nil {
		return err
	}
	locale := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		locale = "C" // macOS has no C.UTF-8
	}
	cmd := d.command(filepath.Join(binDir, "initdb"), "--pgdata", d.path("data"), "--username", Superuser,
		"--auth", "scram-sha-256", "--pwfile", d.path("password"), "--encoding", "UTF8", "--locale", locale, "--no-sync")
	out := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	srv, err := keep(cmd)
	if err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	select {
	case <-srv.done:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("initdb: %w", ctx.Err()), srv.stop())
	}
	if srv.err != nil {
		return fmt.Errorf("initdb: %w\n%s", srv.err, tail(out.Bytes(), 10))
	}
	return os.Remove(d.path("password"))
}

// run starts postgres.
func (d *directory) run(binDir string, port int, settings map[string]string) (*process, error) {
	log, err := os.OpenFile(d.path("log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the server has its own descriptor
	cmd := d.command(filepath.Join(binDir, "postgres"), append(settingArgs(settings),
		"-D", d.path("data"), "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(port),
		"-c", "unix_socket_directories=")...)
	cmd.Stdout, cmd.Stderr = log, log
	srv, err := keep(cmd)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return srv, nil
}

// command returns a command that runs as the directory's owner, in the directory, without our PostgreSQL settings.
func (d *directory) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = d.root
	cmd.SysProcAttr = attributes(d.owner)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	return cmd
}

// process is a child that a goroutine waits for.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the child has ended
	err  error         // how it ended, once done is closed
}

// keep starts a command. On Linux the child dies when the thread that started it does, so the goroutine that
// waits for the child keeps that thread to itself.
func keep(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	return p, <-started
}

// stop ends the child by SIGQUIT, which for postgres means at once, without a checkpoint; and by SIGKILL if it does not obey.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(10 * time.Second): // postgres itself kills its children after 5 s: postmaster.c, SIGKILL_CHILDREN_AFTER_SECS
		err := p.cmd.Process.Kill()
		<-p.done
		return err
	}
}

// ready returns once the server accepts connections.
func (p *process) ready(ctx context.Context, dsn string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.done:
			return fmt.Errorf("it ended: %w", errors.Join(p.err, err))
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePort returns a TCP port of 127.0.0.1 that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail returns the last n lines of a text.
func tail(text []byte, n int) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
