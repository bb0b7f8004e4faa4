package clustertest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

func TestDSN(t *testing.T) {
	ctx := context.Background()
	var dropped string
	t.Run("own", func(t *testing.T) {
		one := clustertest.DSN(t, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)")
		other := clustertest.DSN(t)
		conn, err := pgx.Connect(ctx, one)
		if err != nil {
			t.Fatal(err)
		}
		// It stays connected: the database is dropped nevertheless.
		var n int
		if err := conn.QueryRow(ctx, "SELECT sum(a), current_database() FROM t").Scan(&n, &dropped); err != nil || n != 3 {
			t.Errorf("sum %d, %v", n, err)
		}
		empty, err := pgx.Connect(ctx, other)
		if err != nil {
			t.Fatal(err)
		}
		defer empty.Close(ctx)
		if err := empty.QueryRow(ctx, "SELECT count(*) FROM pg_class WHERE relname = 't'").Scan(&n); err != nil || n != 0 {
			t.Errorf("the other database is not empty: %d, %v", n, err)
		}
	})
	conn, err := pgx.Connect(ctx, clustertest.Cluster(t).DSN(""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", dropped).Scan(&there); err != nil || there {
		t.Errorf("database %q is still there: %v, %v", dropped, there, err)
	}
}
