package clienttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
	"github.com/pgscrim/pgscrim/testdata"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

// customers is how many customers the CRM of the tests has.
const customers = 300

// site is the sample CRM with a proxy in front of it.
type site struct {
	server   *proxy.Server
	address  string // of the proxy, host:port
	database string
	admin    string // the database's address as superuser
	direct   string // and as the ordinary role that the proxy has, too
	snap     *catalog.Snapshot
}

// newSite sets up a site of the test's own.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{admin: clustertest.DSN(t)}
	admin := connect(t, s.admin)
	if err := sample.Load(t.Context(), admin, sample.Options{Customers: customers}); err != nil {
		t.Fatal(err)
	}
	s.createRole(t, admin)
	s.database = admin.Config().Database

	var err error
	if s.snap, err = catalog.Load(t.Context(), connect(t, s.direct)); err != nil {
		t.Fatal(err)
	}
	records, err := audit.Open(t.TempDir(), audit.Options{Durability: audit.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = proxy.New(proxy.Config{
		Upstream: s.direct, Users: users(t), MaskKey: bytes.Repeat([]byte{7}, 32), Audit: records, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.apply(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(context.Background(), listener) }()
	t.Cleanup(func() {
		if err := errors.Join(s.server.Close(), <-served, records.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// createRole makes the ordinary role that may read the CRM. Roles belong to all databases of a server, so its name is random.
func (s *site) createRole(t *testing.T, admin *pgx.Conn) {
	t.Helper()
	role, password := "pgscrim_test_"+strings.ToLower(rand.Text()), rand.Text()
	mustExec(t, admin, `CREATE ROLE `+role+` LOGIN PASSWORD '`+password+`'`, `GRANT USAGE ON SCHEMA crm TO `+role,
		`GRANT SELECT ON ALL TABLES IN SCHEMA crm TO `+role)
	t.Cleanup(func() { mustExec(t, connect(t, s.admin), `DROP OWNED BY `+role, `DROP ROLE `+role) })
	address, err := url.Parse(s.admin)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(role, password)
	s.direct = address.String()
}

// users are those of the demo: each one's password is the name.
func users(t *testing.T) []proxy.User {
	t.Helper()
	var all []proxy.User
	for _, u := range [][2]string{{"ana", "analyst"}, {"milo", "miner"}, {"mara", "marketer"}, {"sol", "support"}, {"dora", "dpo"}} {
		verifier, err := proxy.NewVerifier(u[0], 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, proxy.User{Name: u[0], Roles: []string{u[1]}, Verifier: verifier})
	}
	return all
}

// apply puts the sample's policy in force, with pairs of texts replaced in it.
func (s *site) apply(t *testing.T, replace ...string) {
	t.Helper()
	text, err := fs.ReadFile(testdata.CRM, "crm/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rules.Load("policy.yaml", []byte(strings.NewReplacer(replace...).Replace(string(text))))
	if err != nil {
		t.Fatal(err)
	}
	rewriter, err := rewrite.New(policy, s.snap, rewrite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.server.SetRewriter(rewriter)
}

// as is the address of the proxy for a user, with parameters such as "application_name=x". Notices are off unless a
// parameter has options.
func (s *site) as(user string, parameters ...string) string {
	query := "sslmode=disable"
	if !strings.Contains(strings.Join(parameters, "&"), "options=") {
		query += "&options=-c%20pgscrim.notices%3Doff"
	}
	for _, p := range parameters {
		query += "&" + p
	}
	return "postgres://" + user + ":" + user + "@" + s.address + "/" + s.database + "?" + query
}

// connect connects until the end of the test.
func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the test may have closed it
	return conn
}

// mustExec runs statements in the simple protocol.
func mustExec(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := conn.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// column returns the first column of an answer, as text.
func column(t *testing.T, conn *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}

// sqlstate is the SQLSTATE of an error, empty if it has none.
func sqlstate(err error) string {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused.Code
	}
	return ""
}

// waitFor waits until a condition holds that another session brings about.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
