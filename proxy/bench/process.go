package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is a proxy that runs as a process of its own, so that its CPU time, memory and descriptors are its alone.
type process struct {
	name   string
	cmd    *exec.Cmd
	output *output
	ended  chan struct{}
	err    error // how it ended, once ended is closed
}

// startProcess starts a program and waits until the probe of an address succeeds.
func startProcess(ctx context.Context, name, address string, probe func(context.Context, string) error, cmd *exec.Cmd, as *syscall.Credential) (*process, error) {
	p, err := launch(name, cmd, as)
	if err != nil {
		return nil, err
	}
	if err := p.await(ctx, address, probe); err != nil {
		return nil, errors.Join(fmt.Errorf("%s does not start: %w\n%s", name, err, p.output), p.stop(syscall.SIGKILL))
	}
	return p, nil
}

// launch starts a program and does not wait until it is of use.
func launch(name string, cmd *exec.Cmd, as *syscall.Credential) (*process, error) {
	p := &process{name: name, cmd: cmd, output: new(output), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = p.output, p.output, attributes(as)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// startTimeout is ample for a start: pgscrim reads the catalog in it.
const startTimeout = 30 * time.Second

// await returns when a probe succeeds.
func (p *process) await(ctx context.Context, address string, probe func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := probe(ctx, address)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.err
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// accepts is the probe of a server that listens once it can serve.
func accepts(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// isReady is the probe of pgscrim's admin address.
func isReady(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return err
	}
	request.Close = true // pgscrim must not be left with a connection
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return errors.Join(err, response.Body.Close())
}

// stop sends a signal and waits for the end, which it enforces. How the process ended is no error.
func (p *process) stop(signal syscall.Signal) error {
	_ = p.cmd.Process.Signal(signal) // it may have ended
	select {
	case <-p.ended:
		return nil
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
		return fmt.Errorf("%s had to be killed", p.name)
	}
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// output keeps what a process says.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// freeAddress returns an address of this machine that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
