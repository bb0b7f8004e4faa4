package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

// TestPath compares the schemas that a search_path means with those of the server, as a role that may not use all of them.
func TestPath(t *testing.T) {
	ctx := context.Background()
	long := strings.Repeat("l", 63)
	t.Cleanup(func() { // after the database is gone
		if conn, err := pgx.Connect(ctx, clustertest.Cluster(t).DSN("")); err == nil {
			_, _ = conn.Exec(ctx, "DROP ROLE IF EXISTS pgscrim_path_tester")
			_ = conn.Close(ctx)
		}
	})
	dsn := clustertest.DSN(t, fmt.Sprintf(`CREATE SCHEMA a; CREATE SCHEMA "B"; CREATE SCHEMA "c d"; CREATE SCHEMA "e""f"; CREATE SCHEMA "É"; CREATE SCHEMA "é";
		CREATE SCHEMA "x,y"; CREATE SCHEMA %s; CREATE SCHEMA closed; CREATE SCHEMA "İ"; CREATE SCHEMA "i"; CREATE SCHEMA pgscrim_path_tester;
		DO $$ BEGIN CREATE ROLE pgscrim_path_tester; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
		GRANT USAGE ON SCHEMA a, "B", "c d", "e""f", "É", "é", "x,y", %[1]s, "İ", "i", pgscrim_path_tester TO pgscrim_path_tester`, long))
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	if _, err := conn.Exec(ctx, "SET SESSION AUTHORIZATION pgscrim_path_tester"); err != nil {
		t.Fatal(err)
	}
	snap, err := catalog.Load(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{
		"", " ", `""`, "a", "A", `"A"`, `"B"`, "B", "a,b", " a , public ", `"c d", a`, `"e""f"`, "É", "é", `"É"`, `"x,y"`, "x,y", `"$user"`, "$user", `"$user", public`, `"$USER"`,
		"closed, a", "nowhere, a", long, long + "more", `"` + long + `more"`, "a,,b", ",", "a,", `"a`, `a"`, `a"b"`, `"a"b`, "a b", "a.b", "'a'", "pg_catalog", "pg_catalog, a",
		"information_schema", "İ", "I", "\u00a0a", "a\u00a0", "\u0085a", "a\v, public", "\va", "a\n,\tpublic\r\f", `"a" , "a"`, "a;b", "a--b", "/* */ a", "pg_toast, a", "PG_CATALOG, a",
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	tokens := []string{"a", "B", `"B"`, ",", ",", " ", "\t", "\v", "É", `"É"`, `"c d"`, `"e""f"`, `"`, "closed", "$user", `"$user"`, "public", "\u00a0", "İ", "_", "1", "x"}
	for range 400 {
		var b strings.Builder
		for range 1 + rnd.IntN(6) {
			b.WriteString(tokens[rnd.IntN(len(tokens))])
		}
		paths = append(paths, b.String())
	}
	for _, path := range paths {
		var schemas []string
		_, err := conn.Exec(ctx, "SELECT set_config('search_path', $1, false)", path)
		if err == nil {
			err = conn.QueryRow(ctx, "SELECT current_schemas(true)::text[]").Scan(&schemas)
		}
		got, ok := snap.Path(path)
		switch {
		case err != nil && ok:
			t.Errorf("%q is taken, the server says %v", path, err)
		case err != nil || !ok && (strings.Contains(strings.ToLower(path), "pg_") || strings.Contains(path, "\v")):
			// Refused on both sides, or on purpose: whether a vertical tab is space depends on the server's version.
		case !ok:
			t.Errorf("%q is refused, the server takes it: %q", path, schemas)
		case !slices.Equal(compact(got), schemas):
			t.Errorf("%q means %q, the server says %q", path, got, schemas)
		}
		if _, err := conn.Exec(ctx, "RESET search_path"); err != nil {
			t.Fatal(err)
		}
	}
}

// compact drops repetitions, as the server does.
func compact(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
