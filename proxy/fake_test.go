package proxy

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// fakeRewriter passes every text but those that it knows. It splits strings at "; ", which is enough for tests.
type fakeRewriter struct {
	policy, catalog string
	direct          bool
	// masked replaces a table's name in statements, refused names what is refused.
	masked, with string
}

func (f *fakeRewriter) Versions() (policy, catalog string) { return f.policy, f.catalog }
func (f *fakeRewriter) DefaultSearchPath() string          { return `"$user", public` }

func (f *fakeRewriter) Policy() *rules.Policy {
	return &rules.Policy{
		Purposes: map[string]*rules.Purpose{"reporting": {Name: "reporting"}, "research": {Name: "research"}},
		Roles: map[string]*rules.Role{
			"analyst": {Name: "analyst", Purposes: []string{"reporting", "research"}, DefaultPurpose: "reporting"},
			"dba":     {Name: "dba", Direct: f.direct},
		},
	}
}

func (f *fakeRewriter) Rewrite(sql string, s rewrite.Session) *rewrite.Answer {
	a := &rewrite.Answer{SQL: sql, Policy: f.policy, Catalog: f.catalog}
	if strings.Contains(sql, "whole_refusal") {
		return &rewrite.Answer{SQL: unparsable, Changed: true, Policy: f.policy, Catalog: f.catalog, Refusal: &rewrite.Refusal{
			Code: "54001", Message: "statement is too complex", Detail: "d", Hint: "h", Position: 3,
		}}
	}
	if strings.Contains(sql, "newer_syntax") {
		return &rewrite.Answer{SQL: `SELECT "not parsed".x; ` + sql, Changed: true, Policy: f.policy, Catalog: f.catalog,
			Refusal: &rewrite.Refusal{Code: "42601", Message: "syntax error"},
			Unknown: &rewrite.Refusal{Code: "0A000", Message: "this syntax is not known", Marker: "not parsed"}}
	}
	var rewritten []string
	for _, text := range strings.Split(sql, "; ") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		st := f.statement(text, s)
		rewritten = append(rewritten, st.Rewritten)
		a.Statements = append(a.Statements, st)
	}
	if joined := strings.Join(rewritten, "; "); joined != sql && len(rewritten) > 0 {
		a.SQL, a.Changed = joined, true
	}
	return a
}

func (f *fakeRewriter) statement(text string, s rewrite.Session) rewrite.Statement {
	values := s.Settings.Values()
	st := rewrite.Statement{Text: text, Rewritten: text, Kind: "SELECT", Decision: rewrite.Pass, Purpose: values.Purpose, Reason: values.Reason}
	words := strings.Fields(strings.ToLower(text))
	word := func(i int) string {
		if i < len(words) {
			return strings.Trim(words[i], "';")
		}
		return ""
	}
	kind := func(k string, e rewrite.Effect) { st.Kind, st.Effect = k, e }
	switch word(0) {
	case "set":
		kind("SET", rewrite.Effect{Kind: rewrite.EffectSet, Name: word(1), Value: word(3)})
	case "begin":
		kind("BEGIN", rewrite.Effect{Kind: rewrite.EffectBegin})
	case "commit":
		kind("COMMIT", rewrite.Effect{Kind: rewrite.EffectCommit})
	case "rollback":
		kind("ROLLBACK", rewrite.Effect{Kind: rewrite.EffectRollback})
		if word(1) == "to" {
			st.Effect = rewrite.Effect{Kind: rewrite.EffectRollbackTo, Name: word(2)}
		}
	case "savepoint":
		kind("SAVEPOINT", rewrite.Effect{Kind: rewrite.EffectSavepoint, Name: word(1)})
	case "copy":
		kind("COPY", rewrite.Effect{})
		if word(1) == "allowed" || word(1) == "raises" {
			st.Kind = rewrite.KindCopyFrom
		}
	case "prepare":
		kind("PREPARE", rewrite.Effect{Kind: rewrite.EffectPrepare, Name: word(1)})
	case "execute":
		kind("EXECUTE", rewrite.Effect{Kind: rewrite.EffectExecute, Name: word(1)})
	case "deallocate":
		kind("DEALLOCATE", rewrite.Effect{Kind: rewrite.EffectDeallocate, Name: word(1)})
	case "declare":
		kind("DECLARE CURSOR", rewrite.Effect{Kind: rewrite.EffectDeclare, Name: word(1)})
	case "fetch":
		kind("FETCH", rewrite.Effect{Kind: rewrite.EffectFetch, Name: word(len(words) - 1)})
	case "close":
		kind("CLOSE", rewrite.Effect{Kind: rewrite.EffectClosePortal, Name: word(1)})
	}
	switch {
	case strings.Contains(text, "insert"), strings.Contains(text, "nextval"):
	default:
		st.Reads = st.Effect.Kind == rewrite.NoEffect && st.Kind == "SELECT"
	}
	switch {
	case strings.Contains(text, "secret"):
		st.Decision, st.Rewritten = rewrite.Deny, `SELECT * FROM "pgscrim refused 1"`
		st.Refusal = &rewrite.Refusal{Code: "42501", Message: "column secret is denied", Hint: "ask the owner", Position: 8, Marker: "pgscrim refused 1", Rule: "no-secrets"}
	case strings.Contains(text, "guarded"):
		st.HideDetail = true
	case strings.Contains(text, "marked_error"):
		st.Rewritten, st.Decision = strings.ReplaceAll(text, "marked_error", "CAST('pgscrim refused 2' || clock_timestamp() AS int)"), rewrite.Rewrite
		st.OnError = &rewrite.Refusal{Code: "42501", Message: "new row is not visible to you", Marker: "pgscrim refused 2"}
	case strings.Contains(text, "purpose_now"):
		st.Rewritten = strings.ReplaceAll(text, "purpose_now", "'"+values.Purpose+"/"+f.policy+"'::text")
		st.Decision = rewrite.Rewrite
		st.Columns = []rewrite.ColumnUse{{Relation: "public.t", Column: "email", Action: "mask", Mask: "redact", Rules: []string{"all"}}}
		st.Hidden = []rewrite.HiddenRows{{Relation: "public.t", Rules: []string{"opt-out"}}}
		st.Fingerprint = "00112233445566ff"
	case f.masked != "" && strings.Contains(text, f.masked):
		st.Rewritten = strings.ReplaceAll(text, f.masked, f.with)
		st.Decision = rewrite.Rewrite
	case strings.Contains(text, "retag"):
		st.CommandTag = "SELECT 42"
	}
	return st
}

// recorder keeps audit records in memory.
type recorder struct {
	mu      sync.Mutex
	records []*audit.Record
	broken  bool
	// disk, if set, is asked by Wait.
	disk func(seq uint64) error
}

func (r *recorder) Append(record *audit.Record) (uint64, error) {
	seq, err := r.Write(record)
	if err != nil {
		return 0, err
	}
	return seq, r.Wait(seq)
}

func (r *recorder) Wait(seq uint64) error {
	r.mu.Lock()
	disk := r.disk
	r.mu.Unlock()
	if disk == nil {
		return nil
	}
	return disk(seq)
}

func (r *recorder) setDisk(disk func(seq uint64) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.disk = disk
}

func (r *recorder) Write(record *audit.Record) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return 0, errors.New("disk full")
	}
	r.records = append(r.records, record)
	record.Seq = uint64(len(r.records))
	return record.Seq, nil
}

func (r *recorder) setBroken(broken bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = broken
}

// of returns the records of an event so far.
func (r *recorder) of(event string) []*audit.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []*audit.Record
	for _, record := range r.records {
		if record.Event == event {
			found = append(found, record)
		}
	}
	return found
}

func TestMain(m *testing.M) { clustertest.Main(m) }

// rig is a server under test.
type rig struct {
	*Server
	audit    *recorder
	addr     string
	database string
	upstream string
}

const password = "pencil"

// start serves the test's database. ana is an analyst, dan has direct access.
func start(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	verifier, err := NewVerifier(password, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{audit: &recorder{}}
	cfg := Config{
		Users: []User{
			{Name: "ana", Roles: []string{"analyst"}, Verifier: verifier},
			{Name: "dan", Roles: []string{"dba"}, Verifier: verifier},
		},
		MaskKey: []byte("k"), Audit: r.audit, Log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel), Replica: "r1",
	}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.Upstream == "" {
		cfg.Upstream = clustertest.DSN(t)
	}
	r.upstream = cfg.Upstream
	if r.Server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	r.database = r.cfg.Database
	r.SetRewriter(&fakeRewriter{policy: "p1", catalog: "c1", direct: true})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- r.Serve(context.Background(), ln) }()
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return r
}

// dsn is the connection string of a user; more is added to its query.
func (r *rig) dsn(user, more string) string {
	return "postgres://" + user + ":" + password + "@" + r.addr + "/" + r.database + "?sslmode=disable" + more
}

// connect logs a user in.
func (r *rig) connect(t testing.TB, user, more string) *pgconn.PgConn {
	t.Helper()
	return connectTo(t, r.dsn(user, more))
}

// pgx logs a user in with the high-level driver.
func (r *rig) pgx(t testing.TB, user, more string) *pgx.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, r.dsn(user, more))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// exec runs a simple query and returns the last column of each row of each result, and its error.
func exec(t testing.TB, conn *pgconn.PgConn, sql string) ([]string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	results, err := conn.Exec(ctx, sql).ReadAll()
	var values []string
	for _, result := range results {
		for _, row := range result.Rows {
			values = append(values, string(row[len(row)-1]))
		}
	}
	return values, err
}

// sqlstate returns the SQLSTATE of an error.
func sqlstate(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// connectTo connects to PostgreSQL itself, or wherever the address points.
func connectTo(t testing.TB, dsn string) *pgconn.PgConn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
