package clienttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// testModes compares rows of all kinds of types, in every way in which pgx executes a query.
func testModes(t *testing.T, s *site) {
	direct, proxied := connect(t, s.direct), connect(t, s.as("dora"))
	queries := map[string]string{
		"protected": `SELECT id, country, full_name, native_name, email, phone, birth_date, monthly_income, preferences, notes, created_at FROM crm.customers WHERE id <= $1 ORDER BY id`,
		"view":      `SELECT * FROM crm.customer_orders WHERE customer_id <= $1 ORDER BY order_id`,
		"types": `SELECT array[$1::int, 2], '{"a": [1]}'::jsonb, interval '1 day 2 hours', inet '10.0.0.0/8', '\x00ff'::bytea, int4range(1, 5), point(1, 2),
			uuid '00000000-0000-0000-0000-000000000001', 1.5::float4, 'NaN'::numeric, true, null, time '12:00', 'placed'::crm.order_status, bit '101'`,
	}
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		for name, sql := range queries {
			read := func(conn *pgx.Conn) (rows []string) {
				for range 2 { // the second time from a cache
					result, err := conn.Query(t.Context(), sql, mode, 3)
					if err != nil {
						t.Fatalf("%s, %s: %v", mode, name, err)
					}
					more, err := pgx.CollectRows(result, func(row pgx.CollectableRow) (string, error) {
						values, err := row.Values()
						return fmt.Sprintf("%v %v", row.FieldDescriptions()[0].Name, values), err
					})
					if err != nil {
						t.Fatalf("%s, %s: %v", mode, name, err)
					}
					rows = append(rows, more...)
				}
				return rows
			}
			want, got := read(direct), read(proxied)
			if !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("%s, %s:\n%q\nwant\n%q", mode, name, got, want)
			}
		}
		// A refusal leaves the connection as it was.
		if _, err := proxied.Exec(t.Context(), "SELECT national_id FROM crm.customers", mode); sqlstate(err) != "42501" {
			t.Errorf("%s, a refusal: %v", mode, err)
		}
	}
}

// testBatch sends statements together, one of them refused.
func testBatch(t *testing.T, s *site) {
	conn := connect(t, s.as("dora"))
	batch := &pgx.Batch{}
	for i := range 20 {
		batch.Queue("SELECT id FROM crm.customers WHERE id = $1", i+1)
	}
	results := conn.SendBatch(t.Context(), batch)
	for i := range 20 {
		var id int
		if err := results.QueryRow().Scan(&id); err != nil || id != i+1 {
			t.Fatal(i, id, err)
		}
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		again, err := pgx.ParseConfig(s.as("dora"))
		if err != nil {
			t.Fatal(err)
		}
		again.DefaultQueryExecMode = mode
		conn, err := pgx.ConnectConfig(t.Context(), again)
		if err != nil {
			t.Fatal(err)
		}
		batch := &pgx.Batch{}
		batch.Queue("SELECT 1")
		batch.Queue("SELECT national_id FROM crm.customers")
		batch.Queue("SELECT 2")
		if err := conn.SendBatch(t.Context(), batch).Close(); sqlstate(err) != "42501" {
			t.Errorf("%s: a batch with a refused statement: %v", mode, err)
		}
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT 3").Scan(&n); err != nil || n != 3 {
			t.Errorf("%s: after it: %d, %v", mode, n, err)
		}
		_ = conn.Close(t.Context())
	}
}

// testCopy copies out with pgx, and shows that copying in is refused without harm to the session.
func testCopy(t *testing.T, s *site) {
	conn := connect(t, s.as("dora"))
	_, err := conn.CopyFrom(t.Context(), pgx.Identifier{"crm", "stores"}, []string{"id", "city"}, pgx.CopyFromRows([][]any{{1, "x"}, {2, "y"}}))
	if code := sqlstate(err); code != "42501" && code != "0A000" {
		t.Errorf("CopyFrom: %v", err)
	}
	var out strings.Builder
	tag, err := conn.PgConn().CopyTo(t.Context(), &out, "COPY (SELECT id, email FROM crm.customers) TO STDOUT")
	if err != nil || tag.RowsAffected() != customers || strings.Count(out.String(), "\n") != customers {
		t.Errorf("CopyTo: %v, %v, %d bytes", tag, err, out.Len())
	}
}

// testListen receives a notification that comes while the client waits, and one that comes between statements.
func testListen(t *testing.T, s *site) {
	conn, admin := connect(t, s.as("ana")), connect(t, s.admin)
	mustExec(t, conn, "LISTEN news")
	for _, waits := range []bool{true, false} {
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			if waits {
				time.Sleep(100 * time.Millisecond)
			}
			if _, err := admin.Exec(t.Context(), "NOTIFY news, 'hello'"); err != nil {
				t.Error(err)
			}
		}()
		if !waits {
			<-sent
			mustExec(t, conn, "SELECT 1")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		n, err := conn.WaitForNotification(ctx)
		cancel()
		<-sent
		if err != nil || n.Channel != "news" || n.Payload != "hello" || n.PID != admin.PgConn().PID() {
			t.Fatalf("waits %v: %+v, %v", waits, n, err)
		}
	}
	mustExec(t, conn, "UNLISTEN *")
}

// testContext cancels a query by its context. A handler of a pool would go on with the connection.
func testContext(t *testing.T, s *site) {
	cfg, err := pgxpool.ParseConfig(s.as("ana", "pool_max_conns=1"))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	if _, err := pool.Exec(ctx, "SELECT pg_sleep(60)"); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 20*time.Second {
		t.Errorf("after %s: %v", time.Since(started), err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM crm.customers").Scan(&n); err != nil || n != customers {
		t.Errorf("after it: %d, %v", n, err)
	}
	admin := connect(t, s.admin)
	waitFor(t, "the end of the query", func() bool {
		return column(t, admin, "SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND datname = current_database()")[0] == "0"
	})
}

// testPool shares a few connections among many.
func testPool(t *testing.T, s *site) {
	pool, err := pgxpool.New(t.Context(), s.as("ana", "pool_max_conns=4"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	answers := make(chan error, 100)
	for i := range cap(answers) {
		go func() {
			var id int
			err := pool.QueryRow(t.Context(), "SELECT id FROM crm.customers WHERE id = $1", i+1).Scan(&id)
			if err == nil && id != i+1 {
				err = fmt.Errorf("asked for %d, got %d", i+1, id)
			}
			answers <- err
		}()
	}
	for range cap(answers) {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	pool.Reset()
	if err := pool.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestReload changes the policy under statements that pgx has prepared.
func TestReload(t *testing.T) {
	s := newSite(t)
	german := stored(t, s, "DE")
	masked := german.maskedEmail()
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec} {
		s.apply(t)
		conn := connect(t, s.as("ana"))
		for i, want := range []string{masked, german.email, masked} {
			var replace []string
			if i == 1 {
				replace = []string{"{name: everyone-else,         then: mask}", "{name: everyone-else,         then: show}"}
			}
			s.apply(t, replace...)
			var got string
			if err := conn.QueryRow(t.Context(), "SELECT email FROM crm.customers WHERE id = $1", mode, german.id).Scan(&got); err != nil || got != want {
				t.Errorf("%s, policy %d: %q, %v; want %q", mode, i, got, err, want)
			}
		}
		// What is denied by the new policy is refused from the next execution.
		s.apply(t, "{name: everyone-else,         then: mask}", "{name: everyone-else,         then: deny}")
		if _, err := conn.Exec(t.Context(), "SELECT email FROM crm.customers WHERE id = $1", mode, german.id); sqlstate(err) != "42501" {
			t.Errorf("%s, what is denied now: %v", mode, err)
		}
	}
}
