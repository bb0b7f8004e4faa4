package rewrite

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// testKey is the mask key of the tests.
const testKey = "the mask key of the tests of pgscrim"

// setup makes a database with the schema of the golden files, and a rewriter under their policy. The connection
// carries the mask key.
func setup(t testing.TB) (*Rewriter, *pgx.Conn) {
	t.Helper()
	schema, err := os.ReadFile("../testdata/rewrite/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, clustertest.DSN(t, string(schema)))
	snap, err := catalog.Load(context.Background(), conn)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rules.LoadFile("../testdata/rewrite/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rw, err := New(policy, snap, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rw, conn
}

func connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range KeySettings([]byte(testKey)) {
		cfg.RuntimeParams[name] = value
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn
}

// as is the session of a caller with the roles' default purpose.
func (r *Rewriter) as(roles ...string) Session {
	return Session{Roles: roles, Settings: NewSettings(Values{SearchPath: "crm, public", Purpose: r.policy.DefaultPurpose(roles)})}
}
