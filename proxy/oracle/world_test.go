package oracle

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

// folder holds the corpus and the policies.
const folder = "../../testdata/oracle/"

// customers is the size of the sample CRM: enough for each country and consent, few enough for thousands of statements.
const customers = 240

// callers are those who run the corpus.
func callers() []caller {
	return []caller{
		{"analyst", []string{"analyst"}, "reporting", ""},
		{"miner", []string{"miner"}, "churn_model", ""},
		{"marketer", []string{"marketer"}, "campaign", ""},
		{"support", []string{"support"}, "customer_service", ""},
		{"dpo", []string{"dpo"}, "reporting", ""},
		{"both", []string{"analyst", "europe"}, "reporting", ""}, // each role sees what the other does not
		{"strict", []string{"strict"}, "reporting", "strict.yaml"},
	}
}

func (c caller) policyFile() string {
	if c.policy != "" {
		return folder + c.policy
	}
	return folder + "policy.yaml"
}

// world is the database that everything starts from. Nothing is connected to it, so that it can be copied.
type world struct {
	name    string
	version int // PostgreSQL's major version
	db      *database
	// relations are what statements are generated over.
	relations []*relation
	policy    *policy // it names all tables that a policy names here
}

// newWorld loads the sample CRM and schema lab into a database.
func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	lab, err := os.ReadFile(folder + "lab/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn := open(t, clustertest.DSN(t))
	defer conn.Close(ctx)
	if err := sample.Load(ctx, conn, sample.Options{Customers: customers}); err != nil {
		t.Fatal(err)
	}
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{elder(version).Replace(string(lab)), dropChecks, "ANALYZE"} {
		if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			t.Fatalf("schema lab: %v", err)
		}
	}
	w := &world{name: conn.Config().Database, version: version / 10000}
	if w.policy, err = loadPolicy(folder + "policy.yaml"); err != nil {
		t.Fatal(err)
	}
	if w.db, err = readDatabase(ctx, conn, w.policy); err != nil {
		t.Fatal(err)
	}
	if w.relations, err = readRelations(ctx, conn); err != nil {
		t.Fatal(err)
	}
	// Written anew, as twins are, so that tables differ in size only if their rows do.
	if err := w.db.replace(ctx, conn, func(t *table) ([]row, func(int) bool) {
		return t.rows, func(i int) bool { return t.columns[i].generated }
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

// elder replaces in schema lab the types that a server of that version does not have.
func elder(version int) *strings.Replacer {
	var pairs []string
	if version < 150000 {
		pairs = append(pairs, "numeric(4,-2)", "numeric(9)")
	}
	if version < 140000 {
		pairs = append(pairs, "datemultirange", "daterange", "'{[2024-01-01,2024-02-01)}'", "'[2024-01-01,2024-02-01)'")
	}
	return strings.NewReplacer(pairs...)
}

// dropChecks removes the checks of tables: masks and twins would violate them, and no query reads them.
const dropChecks = `DO $$ DECLARE r record; BEGIN
	FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 AND coninhcount = 0
	LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname); END LOOP; END $$`

func open(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// copy makes a copy of the database and returns its address. All names have the same length, for error positions.
func (w *world) copy(t *testing.T) string {
	t.Helper()
	name := "pgscrim_test_" + strings.ToLower(rand.Text())
	admin := clustertest.Cluster(t).DSN("")
	exec(t, admin, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, w.name))
	t.Cleanup(func() { exec(t, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
	return clustertest.Cluster(t).DSN(name)
}

func exec(t *testing.T, dsn, sql string) {
	t.Helper()
	conn := open(t, dsn)
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// visible makes the caller's visible database and returns its address.
func (w *world) visible(t *testing.T, c caller, p *policy) string {
	t.Helper()
	dsn := w.copy(t)
	conn := open(t, dsn)
	defer conn.Close(context.Background())
	if err := w.db.materialise(context.Background(), conn, p, c); err != nil {
		t.Fatalf("visible database of %s: %v", c, err)
	}
	return dsn
}

// twin makes a twin of the database for the caller and returns its address.
func (w *world) twin(t *testing.T, c caller, p *policy) string {
	t.Helper()
	dsn := w.copy(t)
	conn := open(t, dsn)
	defer conn.Close(context.Background())
	different, err := w.makeTwin(context.Background(), conn, p, c)
	if err != nil {
		t.Fatalf("twin for %s: %v", c, err)
	}
	if different < 20 {
		t.Fatalf("the twin for %s differs in %d rows only", c, different)
	}
	return dsn
}

// password is that of all users of the proxies.
const password = "secret"

// auditor counts records: nothing is answered that is not on record.
type auditor struct{ n atomic.Uint64 }

func (a *auditor) Append(*audit.Record) (uint64, error) { return a.n.Add(1), nil }
func (a *auditor) Write(*audit.Record) (uint64, error)  { return a.n.Add(1), nil }
func (a *auditor) Wait(uint64) error                    { return nil }

// serve starts a proxy in front of a database and returns the address for a user.
func serve(t *testing.T, dsn, policyFile string, users []proxy.User) func(user string) string {
	t.Helper()
	conn := open(t, dsn)
	defer conn.Close(context.Background())
	snap, err := catalog.Load(context.Background(), conn)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := rules.LoadFile(policyFile)
	if err != nil {
		t.Fatal(err)
	}
	rewriter, err := rewrite.New(spec, snap, rewrite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := proxy.NewVerifier(password, 4096)
	if err != nil {
		t.Fatal(err)
	}
	for i := range users {
		users[i].Verifier = verifier
	}
	server, err := proxy.New(proxy.Config{Users: users, Upstream: dsn, MaskKey: []byte(maskKey), Audit: new(auditor), Log: zerolog.Nop()})
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
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return func(user string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: listener.Addr().String(),
			Path: "/" + conn.Config().Database, RawQuery: "sslmode=disable"}
		return u.String()
	}
}

// users are the callers as users of a proxy.
func users(callers ...caller) (out []proxy.User) {
	for _, c := range callers {
		out = append(out, proxy.User{Name: c.name, Roles: c.roles})
	}
	return out
}

func dial(t *testing.T, dsn string) *client {
	t.Helper()
	c, err := connect(context.Background(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}
