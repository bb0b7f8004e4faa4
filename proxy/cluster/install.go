package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// packageManager is a way to install the server's binaries.
type packageManager struct {
	command string
	// steps are the argument lists of the commands to run.
	steps [][]string
}

// packageManagers are the ways to install the server, in the order in which they are tried. None of them starts a
// server, or creates a cluster: on Debian, where the package would, keepClustersAway sees to that.
func packageManagers() []packageManager {
	return []packageManager{
		{"apt-get", [][]string{
			{"update", "-qq"},
			{"install", "-y", "-qq", "--no-install-recommends", "postgresql-common"},
			{"install", "-y", "-qq", "--no-install-recommends", "postgresql"},
		}},
		{"dnf", [][]string{{"install", "-y", "-q", "postgresql-server"}}},
		{"apk", [][]string{{"add", "--no-cache", "postgresql"}}},
		{"zypper", [][]string{{"--non-interactive", "install", "postgresql-server"}}},
	}
}

// installLock is locked while a package is installed. Only root can write there.
const installLock = "/run/pgscrim-install.lock"

// waitForLock locks a file until unlock is called, or the process ends.
func waitForLock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// install installs the server with the distribution's package manager. The caller is root.
func install(ctx context.Context, messages io.Writer) error {
	for _, pm := range packageManagers() {
		if _, err := exec.LookPath(pm.command); err != nil {
			continue
		}
		return pm.install(ctx, messages, createClusterConf)
	}
	return errors.New("no package manager to install them with (apt-get, dnf, apk, zypper)")
}

func (pm packageManager) install(ctx context.Context, messages io.Writer, clusterConf string) error {
	for _, args := range pm.steps {
		restore, err := keepClustersAway(clusterConf)
		if err != nil {
			return err
		}
		fmt.Fprintf(messages, "Installing the PostgreSQL server: %s %s\n", pm.command, strings.Join(args, " "))
		cmd := exec.CommandContext(ctx, pm.command, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		if restoreErr := restore(); err == nil && restoreErr != nil {
			return restoreErr
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w: %s", pm.command, strings.Join(args, " "), err, lastLine(out))
		}
	}
	return nil
}

// createClusterConf is the file in which Debian's postgresql-common says whether the installation of a server
// creates and starts a cluster. That package brings it, so it is there when the server is installed.
const createClusterConf = "/etc/postgresql-common/createcluster.conf"

// keepClustersAway makes sure that no cluster is created while a package is installed. It returns a function that
// puts the administrator's file back as it was.
func keepClustersAway(conf string) (restore func() error, err error) {
	original, err := os.ReadFile(conf)
	if errors.Is(err, os.ErrNotExist) {
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, fmt.Errorf("keeping the package from creating a cluster: %w", err)
	}
	if err := os.WriteFile(conf, append(original, "\ncreate_main_cluster = false\n"...), 0o644); err != nil {
		return nil, fmt.Errorf("keeping the package from creating a cluster: %w", err)
	}
	return func() error { return os.WriteFile(conf, original, 0o644) }, nil
}

// lastLine returns the last line of a command's output, which says what went wrong.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
