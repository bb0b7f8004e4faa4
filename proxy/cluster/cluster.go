// Package cluster starts a private PostgreSQL server for the demo, for tests and for benchmarks.
//
// It takes the server's binaries from PATH or from where the distributions put them, else installs them with the
// package manager if it may, else runs the official image in a container. The server listens on a free port of
// 127.0.0.1 only, asks for a random password, and is gone with its data when the cluster is stopped or its
// parent dies. It trades durability for speed and must never hold data that anybody wants to keep.
package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
)

// Superuser is the name of the role that owns a cluster.
const Superuser = "postgres"

// Options say how a cluster is started. The zero value is good for tests.
type Options struct {
	// Settings are settings for the server's command line, such as log_statement. They win over the package's own.
	Settings map[string]string
	// Files are written into the data directory before the server starts, for its own eyes only: server.key,
	// pg_hba.conf and the like. They do not reach a container.
	Files map[string][]byte
	// Dir is where the cluster's directory is made; empty means the system's folder for temporary files.
	Dir string
	// Messages receives a line about everything that takes long or changes the machine, such as the
	// installation of a package; nil means standard error.
	Messages io.Writer
}

// Cluster is a running PostgreSQL server.
type Cluster struct {
	address url.URL // of the database "postgres", as superuser
	logFile string
	binDir  string
	stop    func() error
}

// Start starts a cluster and returns once it accepts connections. The context bounds the start only: the cluster
// runs until Stop. The error tells, for each way to get a server, why it failed and what to install.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	if opts.Messages == nil {
		opts.Messages = os.Stderr
	}
	bin, err := findOrInstall(ctx, opts.Messages)
	if err == nil {
		return startServer(ctx, bin, opts)
	}
	c, containerErr := startContainer(ctx, opts)
	if containerErr == nil {
		return c, nil
	}
	return nil, fmt.Errorf("no PostgreSQL server can be had: %w; %w\n%s", err, containerErr, advice)
}

// advice is the one message for a machine on which no way to a server works.
const advice = `Install the PostgreSQL server (Debian, Ubuntu: apt-get install postgresql; Fedora, RHEL: dnf install postgresql-server;
Alpine: apk add postgresql; macOS: brew install postgresql), or start Docker, and try again.`

// External is a cluster that somebody else runs, reached as a role that may create databases. Stop leaves it running.
func External(dsn string) (*Cluster, error) {
	address, err := url.Parse(dsn)
	if err != nil || address.Host == "" || (address.Scheme != "postgres" && address.Scheme != "postgresql") {
		return nil, errors.New("the address of a PostgreSQL server must be of the form postgres://user:password@host:port/database")
	}
	return &Cluster{address: *address, stop: func() error { return nil }}, nil
}

// DSN returns the address of a database of the cluster, as superuser; empty means the database that is always there.
func (c *Cluster) DSN(database string) string {
	a := c.address
	if database != "" {
		a.Path = "/" + database
	}
	return a.String()
}

// DSNAs is DSN as another role.
func (c *Cluster) DSNAs(user, password, database string) string {
	as := *c
	as.address.User = url.UserPassword(user, password)
	return as.DSN(database)
}

// LogFile returns the path of the server's log, empty for a server in a container or run by somebody else.
func (c *Cluster) LogFile() string { return c.logFile }

// BinDir returns the folder of the server's binaries, in which pgbench and psql often are, too; empty where LogFile is.
func (c *Cluster) BinDir() string { return c.binDir }

// Stop ends the server at once, without a checkpoint, and removes its data. Further calls return what the first did.
func (c *Cluster) Stop() error { return c.stop() }

// newCluster returns a cluster on a host and port.
func newCluster(host, port, password string, stop func() error) *Cluster {
	return &Cluster{
		address: url.URL{
			Scheme: "postgres", User: url.UserPassword(Superuser, password), Host: net.JoinHostPort(host, port),
			Path: "/postgres", RawQuery: "sslmode=disable",
		},
		stop: sync.OnceValue(stop),
	}
}

// newPassword returns a password that nobody guesses.
func newPassword() string { return rand.Text() }
