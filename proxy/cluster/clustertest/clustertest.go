// Package clustertest gives tests empty databases on a PostgreSQL server of their own.
//
// The server is the one that PGSCRIM_TEST_DSN names (as a role that may create databases), else a private one
// that the tests of a package share. A test that cannot have one fails: it is never skipped.
package clustertest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster"
)

// Env names the variable that holds the address of the server to test on.
const Env = "PGSCRIM_TEST_DSN"

// shared starts the server that all tests of a process share when the first of them asks for it.
var shared = sync.OnceValues(start)

// started is closed when shared has been called, so that Main does not start a server just to stop it.
var started = make(chan struct{})

func start() (*cluster.Cluster, error) {
	defer close(started)
	if dsn := os.Getenv(Env); dsn != "" {
		return cluster.External(dsn)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute) // an installation may be part of it
	defer cancel()
	return cluster.Start(ctx, cluster.Options{})
}

// Main runs the tests of a package and then stops the server that they shared. Call it from TestMain:
//
//	func TestMain(m *testing.M) { clustertest.Main(m) }
func Main(m *testing.M) {
	m.Run() // TestMain's caller exits with the result
	select {
	case <-started:
		if c, err := shared(); err == nil {
			if err := c.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "clustertest:", err)
			}
		}
	default:
	}
}

// Cluster returns the server that the tests of this process share. Do not stop it.
func Cluster(t testing.TB) *cluster.Cluster {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("this test needs PostgreSQL, its own or the one that %s names: %v", Env, err)
	}
	return c
}

// DSN creates a database, runs the given SQL texts in it and returns its address as superuser. The database is
// dropped when the test ends, and whoever is still connected to it is thrown out.
func DSN(t testing.TB, sql ...string) string {
	t.Helper()
	c := Cluster(t)
	name := "pgscrim_test_" + strings.ToLower(rand.Text())
	exec(t, c.DSN(""), "CREATE DATABASE "+name)
	t.Cleanup(func() { exec(t, c.DSN(""), "DROP DATABASE "+name+" WITH (FORCE)") })
	dsn := c.DSN(name)
	if len(sql) > 0 {
		exec(t, dsn, sql...)
	}
	return dsn
}

// exec runs SQL texts, each of which may hold several statements.
func exec(t testing.TB, dsn string, sql ...string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatalf("connecting to the test server: %v", err)
	}
	defer conn.Close(ctx)
	for _, text := range sql {
		if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
			t.Fatalf("preparing the test database: %v", err)
		}
	}
}
