package direct

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/proxy/cluster"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// policy is one under which a direct role has nothing to gain or to lose.
const policy = `version: 1
name: direct
unlisted_tables: deny
roles: {dba: {access: direct}}
`

// minBlocks is how many query strings the scripts have at least.
const minBlocks = 400

// TestDirect runs all scripts, each with a server and through the proxy with the server's twin, in each mode and a database of its own.
// The servers are always private ones: what others do on a server would change its OIDs.
func TestDirect(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/direct/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	server, twin := start(t), start(t)
	blocks := 0
	for _, path := range paths {
		script := readScript(t, path)
		blocks += len(script)
		for _, m := range modes() {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".sql")+", "+m.name, func(t *testing.T) {
				database := createDatabase(t, server, twin)
				directly, through := open(t, server.DSN(database)), open(t, serve(t, twin.DSN(database)))
				if directly.parameters != through.parameters {
					t.Errorf("parameters at login:\n%s\n--- through the proxy:\n%s", directly.parameters, through.parameters)
				}
				for i := range script {
					b := &script[i]
					want, err := directly.run(b, m)
					if err != nil {
						t.Fatalf("%s:%d: %v", path, b.line, err)
					}
					got, err := through.run(b, m)
					if !slices.Equal(want, got) || err != nil {
						t.Fatalf("%s:%d:\n%s%s", path, b.line, b.sql, difference(want, got, err))
					}
				}
			})
		}
	}
	if blocks < minBlocks {
		t.Errorf("there are %d query strings, and ought to be %d", blocks, minBlocks)
	}
}

// difference tells the first messages that differ.
func difference(want, got []message, err error) string {
	var b strings.Builder
	if err != nil {
		b.WriteString("--- the session through the proxy: " + err.Error() + "\n")
	}
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	part := func(title string, all []message) {
		b.WriteString("--- " + title + ":\n")
		for _, m := range all[i:min(i+3, len(all))] {
			b.WriteString(m.String() + "\n")
		}
	}
	part("directly", want)
	part("through the proxy", got)
	return b.String()
}

// start starts a server of the test's own.
func start(t *testing.T) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// createDatabase creates a database of the same name on all servers.
func createDatabase(t *testing.T, servers ...*cluster.Cluster) string {
	t.Helper()
	for _, c := range servers {
		admin := connect(t, c.DSN(""))
		for _, sql := range []string{"DROP DATABASE IF EXISTS direct WITH (FORCE)", "CREATE DATABASE direct"} {
			if _, err := admin.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	return "direct"
}

// serve puts a proxy before a database and returns its address for a direct role.
func serve(t *testing.T, upstream string) string {
	t.Helper()
	p, err := rules.Load("policy.yaml", []byte(policy))
	if err != nil {
		t.Fatal(err)
	}
	snap, err := catalog.Load(t.Context(), connect(t, upstream))
	if err != nil {
		t.Fatal(err)
	}
	rewriter, err := rewrite.New(p, snap, rewrite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	records, err := audit.Open(t.TempDir(), audit.Options{Durability: audit.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := proxy.NewVerifier("secret", 0)
	if err != nil {
		t.Fatal(err)
	}
	server, err := proxy.New(proxy.Config{
		Upstream: upstream, Users: []proxy.User{{Name: "dan", Roles: []string{"dba"}, Verifier: verifier}},
		MaskKey: make([]byte, 32), Audit: records, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	server.SetRewriter(rewriter)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(context.Background(), listener) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-served, records.Close()); err != nil {
			t.Error(err)
		}
	})
	return "postgres://dan:secret@" + listener.Addr().String() + "/direct?sslmode=disable"
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
