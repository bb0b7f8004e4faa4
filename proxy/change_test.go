package proxy

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// changingSchema is a database that is changed under its sessions. What holds SECRET is protected.
const changingSchema = `CREATE SCHEMA s; CREATE SCHEMA other;
CREATE TABLE s.person (id int PRIMARY KEY, country text, email text, note text);
INSERT INTO s.person SELECT g, 'DE', 'SECRET ' || g, 'note ' || g FROM generate_series(1, 3) g;
CREATE TABLE s.stuff (id int, label text); INSERT INTO s.stuff SELECT g, 'stuff ' || g FROM generate_series(1, 3) g;
CREATE TABLE s.spare (id int, label text); INSERT INTO s.spare SELECT g, 'spare ' || g FROM generate_series(1, 3) g;
CREATE VIEW s.seen AS SELECT id, label FROM s.stuff;
CREATE VIEW s.people AS SELECT id, email AS label FROM s.person;
CREATE TABLE s.parent (id int, label text);
CREATE TABLE s.child (id int, label text); INSERT INTO s.child VALUES (4, 'SECRET child');
CREATE SCHEMA sandbox`

const changingPolicy = `version: 1
name: changing
owner: dpo@example.com
review_by: 2099-01-01
unlisted_tables: show
unlisted_columns: mask
regions: {use: [gdpr]}
purposes:
  reporting: {basis: legitimate_interest}
  service: {basis: contract}
classes: {contact: constant("masked"), open: "null"}
subjects:
  person: {table: s.person, key: id, region: country}
tables:
  s.person: {subject: person, columns: {id: {class: open}, country: {class: open}, note: {class: open}, email: contact}}
  s.child: {columns: {label: contact}}
schemas: {sandbox: {write: [analyst]}}
roles:
  analyst: {purposes: [reporting, service], default_purpose: reporting}
rules:
  - {name: open, classes: [open], then: show}
  - {name: service, purposes: [service], classes: [contact], then: {mask: constant("service")}}
  - {name: rest, then: mask}
`

// changing is a proxy in front of a database whose catalog others change. Nothing polls it.
type changing struct {
	*rig
	policy *rules.Policy
	conn   *pgx.Conn // for loading the catalog
	loads  int
	direct *pgx.Conn
	mu     sync.Mutex
}

func startChanging(t testing.TB, change ...func(*Config)) *changing {
	t.Helper()
	dsn := clustertest.DSN(t, changingSchema)
	c := &changing{policy: loadPolicy(t, changingPolicy)}
	connect := func() *pgx.Conn {
		conn, err := pgx.Connect(context.Background(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	}
	c.conn, c.direct = connect(), connect()
	c.rig = start(t, append(change, func(cfg *Config) { cfg.Upstream, cfg.Refresh = dsn, c.refresh })...)
	if err := c.refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	return c
}

func loadPolicy(t testing.TB, text string) *rules.Policy {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	policy, err := rules.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// refresh puts the policy in force on the catalog as it is.
func (c *changing) refresh(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	snap, err := catalog.Load(ctx, c.conn)
	if err != nil {
		return err
	}
	c.loads++
	rewriter, err := rewrite.New(c.policy, snap, rewrite.Options{})
	if err != nil {
		return err
	}
	c.SetRewriter(rewriter)
	return nil
}

// change runs a statement of somebody else.
func (c *changing) change(t testing.TB, sql string) {
	t.Helper()
	if _, err := c.direct.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// answer spells the rows of results, or the error.
func answer(err error, results ...*pgconn.Result) string {
	var out []string
	for _, r := range results {
		for _, row := range r.Rows {
			out = append(out, string(bytes.Join(row, []byte("|"))))
		}
		if err == nil {
			err = r.Err
		}
	}
	if err != nil {
		return sqlstate(err)
	}
	return strings.Join(out, ", ")
}

// changes are what others do, with what a statement is to answer directly afterwards.
var changes = []struct {
	name, do, undo, sql, before, after string
}{
	{"view replaced", "CREATE OR REPLACE VIEW s.seen AS SELECT id, email AS label FROM s.person", "CREATE OR REPLACE VIEW s.seen AS SELECT id, label FROM s.stuff",
		"SELECT label FROM s.seen ORDER BY id", "stuff 1, stuff 2, stuff 3", "masked, masked, masked"},
	{"tables swapped", "ALTER TABLE s.stuff RENAME TO x; ALTER TABLE s.spare RENAME TO stuff; ALTER TABLE s.x RENAME TO spare",
		"ALTER TABLE s.stuff RENAME TO x; ALTER TABLE s.spare RENAME TO stuff; ALTER TABLE s.x RENAME TO spare",
		"SELECT label FROM s.stuff ORDER BY id", "stuff 1, stuff 2, stuff 3", "spare 1, spare 2, spare 3"},
	{"table and view swapped", "ALTER TABLE s.stuff RENAME TO x; ALTER VIEW s.people RENAME TO stuff", "ALTER VIEW s.stuff RENAME TO people; ALTER TABLE s.x RENAME TO stuff",
		"SELECT label FROM s.stuff ORDER BY id", "stuff 1, stuff 2, stuff 3", "masked, masked, masked"},
	{"columns swapped", "ALTER TABLE s.person RENAME email TO x; ALTER TABLE s.person RENAME note TO email; ALTER TABLE s.person RENAME x TO note",
		"ALTER TABLE s.person RENAME email TO x; ALTER TABLE s.person RENAME note TO email; ALTER TABLE s.person RENAME x TO note",
		"SELECT email FROM s.person ORDER BY id", "masked, masked, masked", "masked, masked, masked"},
	{"column added", "ALTER TABLE s.person ADD extra text DEFAULT 'SECRET'", "ALTER TABLE s.person DROP extra",
		"SELECT email FROM s.person ORDER BY id", "masked, masked, masked", "masked, masked, masked"},
	{"column named by the policy dropped", "ALTER TABLE s.person RENAME note TO remark", "ALTER TABLE s.person RENAME remark TO note",
		"SELECT email FROM s.person ORDER BY id", "masked, masked, masked", "55000"},
	{"column retyped", "ALTER TABLE s.spare ALTER id TYPE bigint", "ALTER TABLE s.spare ALTER id TYPE int",
		"SELECT label FROM s.spare ORDER BY id", "spare 1, spare 2, spare 3", "spare 1, spare 2, spare 3"},
	{"table dropped", "ALTER TABLE s.spare RENAME TO x", "ALTER TABLE s.x RENAME TO spare",
		"SELECT label FROM s.spare ORDER BY id", "spare 1, spare 2, spare 3", "42P01"},
	{"table created", "CREATE TABLE s.fresh AS SELECT 'fresh' AS label", "DROP TABLE s.fresh",
		"SELECT label FROM s.fresh", "42P01", "fresh"},
	{"schema set", "ALTER TABLE s.stuff SET SCHEMA other; ALTER TABLE s.spare RENAME TO stuff",
		"ALTER TABLE s.stuff RENAME TO spare; ALTER TABLE other.stuff SET SCHEMA s",
		"SELECT label FROM s.stuff ORDER BY id", "stuff 1, stuff 2, stuff 3", "spare 1, spare 2, spare 3"},
	{"name shadowed", "CREATE VIEW other.spare AS SELECT id, email AS label FROM s.person", "DROP VIEW other.spare",
		"SELECT label FROM spare ORDER BY id", "spare 1, spare 2, spare 3", "masked, masked, masked"},
	{"child that is shown too", "CREATE TABLE s.more () INHERITS (s.stuff); INSERT INTO s.more VALUES (4, 'more')", "DROP TABLE s.more",
		"SELECT label FROM s.stuff ORDER BY id", "stuff 1, stuff 2, stuff 3", "stuff 1, stuff 2, stuff 3, more"},
	{"protected child", "ALTER TABLE s.child INHERIT s.parent", "ALTER TABLE s.child NO INHERIT s.parent",
		"SELECT label FROM s.parent ORDER BY id", "", "55000"},
}

// TestChanges makes each change at each position: what follows is answered under the decision then in force, without an error that a
// direct session would not have. Each change has a database and a proxy of its own, and most of the time is spent waiting.
func TestChanges(t *testing.T) {
	for _, change := range changes {
		t.Run(change.name, func(t *testing.T) {
			t.Parallel()
			c := startChanging(t)
			for _, position := range positions {
				t.Run(position.name, func(t *testing.T) {
					must(t, c.refresh(context.Background()))
					conn := c.connect(t, "ana", "&search_path=other,s")
					done := false
					do := func() error {
						_, err := c.direct.Exec(context.Background(), "SET lock_timeout = '100ms'; "+change.do)
						done = err == nil
						return err
					}
					got := position.run(t, c, conn, change.sql, do)
					_ = conn.Close(context.Background())
					if done {
						c.change(t, "RESET lock_timeout; "+change.undo)
					}
					want := change.after
					if position.kept && done {
						return // a change that no lock of the statement's stands against
					}
					if position.kept {
						want = change.before
					}
					if got != want {
						t.Errorf("%q, want %q", got, want)
					}
				})
			}
		})
	}
}

// TestChangeOfDecision changes the policy and the purpose between the messages of a session.
func TestChangeOfDecision(t *testing.T) {
	c := startChanging(t)
	const sql = "SELECT email FROM s.person WHERE id = 1"
	stricter := strings.Replace(changingPolicy, `constant("masked")`, `constant("hidden")`, 1)
	for _, position := range positions {
		for _, change := range []struct {
			name, after string
			do          func(t *testing.T, conn *pgconn.PgConn) error
		}{
			{"policy", "hidden", func(t *testing.T, _ *pgconn.PgConn) error {
				c.policy = loadPolicy(t, stricter)
				return c.refresh(context.Background())
			}},
			{"purpose", "service", func(_ *testing.T, conn *pgconn.PgConn) error {
				_, err := conn.Exec(context.Background(), "SET pgscrim.purpose = 'service'").ReadAll()
				return err
			}},
		} {
			if change.name == "purpose" && position.kept {
				continue // a cursor carries the purpose that it was opened under
			}
			t.Run(change.name+"/"+position.name, func(t *testing.T) {
				c.policy = loadPolicy(t, changingPolicy)
				must(t, c.refresh(context.Background()))
				conn := c.connect(t, "ana", "&search_path=other,s")
				defer conn.Close(context.Background())
				got := position.run(t, c, conn, sql, func() error {
					if err := change.do(t, conn); err != nil || !position.kept {
						return err
					}
					return errOutdated // "kept out", as far as the position is concerned
				})
				want := change.after
				if position.kept {
					want = "0A000" // what was opened under the policy before does not go on
				}
				if got != want && (!position.kept || !strings.HasSuffix(got, want)) {
					t.Errorf("%q, want %q", got, want)
				}
			})
		}
	}
}

// TestHeldCursor fetches from a cursor WITH HOLD, whose rows were read before the change.
func TestHeldCursor(t *testing.T) {
	c := startChanging(t)
	conn := c.connect(t, "ana", "")
	for _, test := range []struct{ name, change, undo, want string }{
		{"another relation changes", "ALTER TABLE s.spare ADD x int", "ALTER TABLE s.spare DROP x", "stuff 2"},
		{"its view changes", "CREATE OR REPLACE VIEW s.seen AS SELECT id, email AS label FROM s.person", "CREATE OR REPLACE VIEW s.seen AS SELECT id, label FROM s.stuff", "0A000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := simple(conn, "DECLARE c CURSOR WITH HOLD FOR SELECT label FROM s.seen ORDER BY id"); got != "" {
				t.Fatal(got)
			}
			if got := simple(conn, "FETCH 1 FROM c"); got != "stuff 1" {
				t.Fatal(got)
			}
			c.change(t, test.change)
			must(t, c.refresh(context.Background()))
			if got := simple(conn, "FETCH 1 FROM c"); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			c.change(t, test.undo)
			if got := simple(conn, "CLOSE c"); got != "" {
				t.Error(got)
			}
		})
	}
}

// TestRace changes what names mean while sessions read: no answer ever holds what is protected.
func TestRace(t *testing.T) {
	c := startChanging(t)
	ctx := context.Background()
	stop := make(chan struct{})
	var answered, retried atomic.Int64
	var clients sync.WaitGroup
	read := func(name string, ask func(conn *pgconn.PgConn, sql string) string) {
		clients.Go(func() {
			conn, err := pgconn.Connect(ctx, c.dsn("ana", ""))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(ctx)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				got := ask(conn, []string{"SELECT label FROM s.seen ORDER BY id", "SELECT label FROM s.stuff ORDER BY id"}[i%2])
				switch got {
				case "stuff 1, stuff 2, stuff 3", "masked, masked, masked":
					answered.Add(1)
				case "40001", "0A000":
					retried.Add(1)
				default:
					t.Errorf("%s: %q", name, got)
					return
				}
			}
		})
	}
	read("simple", simple)
	read("extended", extended)
	read("prepared", func(conn *pgconn.PgConn, sql string) string {
		name := fmt.Sprint("p", len(sql))
		got := execPrepared(conn, name)
		if got == "26000" {
			if _, err := conn.Prepare(ctx, name, sql, nil); err != nil {
				return sqlstate(err)
			}
			got = execPrepared(conn, name)
		}
		return got
	})
	read("execute", func(conn *pgconn.PgConn, sql string) string {
		name := fmt.Sprint("p", len(sql))
		got := simple(conn, "EXECUTE "+name)
		if got == "26000" {
			if got = simple(conn, "PREPARE "+name+" AS "+sql); got == "" {
				got = simple(conn, "EXECUTE "+name)
			}
		}
		return got
	})
	read("block", func(conn *pgconn.PgConn, sql string) string {
		simple(conn, "BEGIN")
		got := extended(conn, sql)
		simple(conn, "ROLLBACK")
		return got
	})
	swaps := []string{
		"CREATE OR REPLACE VIEW s.seen AS SELECT id, email AS label FROM s.person",
		"ALTER TABLE s.stuff RENAME TO x; ALTER VIEW s.people RENAME TO stuff",
		"CREATE OR REPLACE VIEW s.seen AS SELECT id, label FROM s.x",
		"ALTER VIEW s.stuff RENAME TO people; ALTER TABLE s.x RENAME TO stuff",
	}
	begun := time.Now()
	for i := 0; i < 40 || answered.Load() < 100 && time.Since(begun) < time.Minute; i++ {
		c.change(t, swaps[i%len(swaps)])
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
	}
	close(stop)
	clients.Wait()
	t.Logf("%d answers, %d to be retried, %d loads of the catalog", answered.Load(), retried.Load(), c.loads)
	if answered.Load() < 100 {
		t.Error("hardly anything was answered")
	}
}
