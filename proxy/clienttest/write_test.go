package clienttest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestWrites has the miner write churn scores, which the policy grants. Customers without consent to profiling are not
// there for the miner, and no write may tell of them, change them, or be about them.
func TestWrites(t *testing.T) {
	s := newSite(t)
	admin := connect(t, s.admin)
	role := column(t, connect(t, s.direct), "SELECT session_user::text")[0]
	mustExec(t, admin, "GRANT INSERT, UPDATE, DELETE ON crm.churn_scores TO "+role)
	const consents = `(SELECT customer_id FROM crm.consents WHERE purpose = 'profiling' AND granted AND withdrawn_at IS NULL AND (expires_at IS NULL OR expires_at > now()))`
	one := func(sql string) string { return column(t, admin, sql)[0] }
	visible := one("SELECT count(*)::text FROM crm.customers WHERE id IN " + consents)
	seen := one("SELECT min(id)::text FROM crm.customers WHERE id IN " + consents)
	hidden := one("SELECT min(id)::text FROM crm.customers WHERE id NOT IN " + consents)
	mustExec(t, admin, "DELETE FROM crm.churn_scores", "INSERT INTO crm.churn_scores SELECT id, 0.9, 'before', now() FROM crm.customers WHERE id NOT IN "+consents)
	untouched := func() {
		t.Helper()
		if n := one("SELECT count(*)::text FROM crm.churn_scores WHERE customer_id NOT IN " + consents + " AND (score <> 0.9 OR model <> 'before')"); n != "0" {
			t.Errorf("%s hidden rows were changed", n)
		}
		if got, want := one("SELECT count(*)::text FROM crm.churn_scores WHERE customer_id NOT IN "+consents), one("SELECT count(*)::text FROM crm.customers WHERE id NOT IN "+consents); got != want {
			t.Errorf("%s of %s hidden rows are left", got, want)
		}
	}
	milo := connect(t, s.as("milo", "options=-c%20pgscrim.purpose%3Dchurn_model%20-c%20pgscrim.reason%3DCRM-118"))
	tag := func(want, sql string, args ...any) {
		t.Helper()
		if got, err := milo.Exec(t.Context(), sql, args...); err != nil || got.String() != want {
			t.Errorf("%s: %v, %v; want %s", sql, got, err, want)
		}
		untouched()
	}
	refused := func(code, sql string) string {
		t.Helper()
		_, err := milo.Exec(t.Context(), sql)
		if got := sqlstate(err); got != code {
			t.Errorf("%s: %v, want %s", sql, err, code)
		}
		untouched()
		var pgErr *pgconn.PgError
		errors.As(err, &pgErr)
		return fmt.Sprint(pgErr)
	}

	tag("INSERT 0 1", "INSERT INTO crm.churn_scores VALUES ($1, $2, 'one', now())", mustInt(t, seen), 0.5)
	tag("INSERT 0 1", "INSERT INTO crm.churn_scores VALUES ("+seen+", 0.6, 'two', now()) ON CONFLICT (customer_id) DO UPDATE SET score = excluded.score")
	tag("INSERT 0 "+visible, "INSERT INTO crm.churn_scores (customer_id, score, model, scored_at) SELECT c.id, 0.1, 'all', now() FROM crm.customers c ON CONFLICT (customer_id) DO UPDATE SET score = excluded.score, model = excluded.model")
	tag("UPDATE "+visible, "UPDATE crm.churn_scores SET score = 1 / (1 + score)")
	tag("UPDATE 0", "UPDATE crm.churn_scores SET score = 0 WHERE customer_id = "+hidden)
	tag("UPDATE 1", "UPDATE crm.churn_scores s SET score = 0.3 WHERE customer_id = $1 RETURNING s.score", mustInt(t, seen))
	tag("DELETE 0", "DELETE FROM crm.churn_scores WHERE customer_id = "+hidden)
	tag("UPDATE "+visible, "UPDATE crm.churn_scores SET score = 0.1 WHERE 1 / (score - 0.9) IS NOT NULL") // that would fail on hidden rows
	tag("INSERT 0 "+visible, "INSERT INTO crm.churn_scores SELECT * FROM crm.churn_scores ON CONFLICT (customer_id) DO UPDATE SET model = 'star'")
	merges := s.snap.ServerVersion >= 150000 // elder servers do not know MERGE
	if merges {
		tag("MERGE "+visible, "MERGE INTO crm.churn_scores s USING crm.customers c ON s.customer_id = c.id AND 1 / (s.score - 0.9) IS NOT NULL WHEN MATCHED THEN UPDATE SET score = 0.2")
	}
	tag("DELETE 1", "WITH d AS (DELETE FROM crm.churn_scores WHERE customer_id = "+seen+" RETURNING *) DELETE FROM crm.churn_scores USING (SELECT min(customer_id) AS id FROM crm.churn_scores WHERE customer_id > "+seen+") x WHERE customer_id = x.id")
	if merges {
		tag("MERGE 2", "MERGE INTO crm.churn_scores s USING crm.customers c ON s.customer_id = c.id WHEN NOT MATCHED THEN INSERT VALUES (c.id, 0.2, 'merged', now())")
	}

	// A hidden customer and one that does not exist cannot be told apart.
	about := func(id string) string {
		return refused("42501", "INSERT INTO crm.churn_scores VALUES ("+id+", 0.5, 'x', now())")
	}
	if a, b := about(hidden), about("999999"); a != b {
		t.Errorf("a hidden customer: %s; an absent one: %s", a, b)
	}
	refused("42501", "INSERT INTO crm.churn_scores SELECT "+hidden+", 0.5, 'x', now() ON CONFLICT DO NOTHING")
	merged := func(id string) string {
		return refused("42501", "MERGE INTO crm.churn_scores s USING (VALUES ("+id+"::bigint)) v (id) ON s.customer_id = v.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (v.id, 0.5, 'x', now())")
	}
	if merges {
		if a, b := merged(hidden), merged("999999"); a != b {
			t.Errorf("merging a hidden customer: %s; an absent one: %s", a, b)
		}
	}
	refused("42501", "WITH i AS (INSERT INTO crm.churn_scores SELECT "+hidden+", 0.5, 'x', now()) SELECT 1")
	refused("0A000", "INSERT INTO crm.churn_scores VALUES ("+seen+", 0.5, 'x', now()) ON CONFLICT (customer_id) DO UPDATE SET customer_id = "+hidden)
	refused("42501", "UPDATE crm.churn_scores SET customer_id = "+hidden+" WHERE customer_id = "+seen)
	refused("0A000", "TRUNCATE crm.churn_scores")
	refused("42501", "DELETE FROM crm.consents")
	refused("42501", "INSERT INTO crm.stores VALUES (1000, 'DE', 'Bonn', 'x', now())")

	// COPY, in a transaction, with and without columns, in all formats.
	copied := func(sql, rows string) (string, error) {
		t.Helper()
		tag, err := milo.PgConn().CopyFrom(t.Context(), strings.NewReader(rows), sql)
		untouched()
		return tag.String(), err
	}
	mustExec(t, milo, "BEGIN", "DELETE FROM crm.churn_scores")
	if got, err := copied("COPY crm.churn_scores FROM STDIN", seen+"\t0.7\tcopied\t2026-01-01\n"); err != nil || got != "COPY 1" {
		t.Errorf("COPY: %v, %v", got, err)
	}
	mustExec(t, milo, "DELETE FROM crm.churn_scores")
	if got, err := copied("copy crm.churn_scores (score, model, scored_at, customer_id) from stdin with (format csv, header) -- scores", "a,b,c,d\n0.8,csv,2026-01-01,"+seen+"\n"); err != nil || got != "COPY 1" {
		t.Errorf("COPY in CSV: %v, %v", got, err)
	}
	mustExec(t, milo, "COMMIT")
	if got := one("SELECT model || ' ' || score FROM crm.churn_scores WHERE customer_id = " + seen); got != "csv 0.8" {
		t.Errorf("stored: %s", got)
	}
	if got, err := copied("COPY crm.churn_scores FROM STDIN", ""); err != nil || got != "COPY 0" {
		t.Errorf("COPY of nothing: %v, %v", got, err)
	}
	copiedAbout := func(id string) string {
		t.Helper()
		_, err := copied("COPY crm.churn_scores FROM STDIN", seen+"\t0.7\tx\t2026-01-01\n"+id+"\t0.7\tx\t2026-01-01\n")
		var pgErr *pgconn.PgError
		if !errors.As(err, &pgErr) || pgErr.Code != "42501" && pgErr.Code != "23505" {
			t.Errorf("COPY about %s: %v", id, err)
		}
		return fmt.Sprint(pgErr)
	}
	mustExec(t, milo, "DELETE FROM crm.churn_scores")
	if a, b := copiedAbout(hidden), copiedAbout("999999"); a != b {
		t.Errorf("COPY about a hidden customer: %s; about an absent one: %s", a, b)
	}
	if _, err := copied("COPY crm.churn_scores FROM STDIN", seen+"\tx\n"); sqlstate(err) != "22P02" && sqlstate(err) != "22P04" {
		t.Errorf("COPY of a wrong line: %v", err)
	}
	if tags, err := milo.PgConn().Exec(t.Context(), "SELECT 1; SELECT 2").ReadAll(); err != nil || len(tags) != 2 {
		t.Errorf("after COPY: %v, %v", tags, err)
	}
	refused("0A000", "COPY crm.churn_scores FROM STDIN WHERE score > 0")
	refused("0A000", "COPY crm.churn_scores (score) FROM STDIN")

	// Many rows may come by way of a temporary table as well.
	mustExec(t, milo, "CREATE TEMP TABLE scores (customer_id bigint, score float8)")
	rows := strings.NewReader(seen + "\t0.7\n")
	if got, err := milo.PgConn().CopyFrom(t.Context(), rows, "COPY scores FROM STDIN"); err != nil || got.String() != "COPY 1" {
		t.Errorf("COPY: %v, %v", got, err)
	}
	tag("INSERT 0 1", "INSERT INTO crm.churn_scores SELECT s.customer_id, s.score, 'copied', now() FROM scores s ON CONFLICT (customer_id) DO UPDATE SET score = excluded.score, model = excluded.model")
	if got := one("SELECT model || ' ' || score FROM crm.churn_scores WHERE customer_id = " + seen); got != "copied 0.7" {
		t.Errorf("stored: %s", got)
	}
	tag("DELETE 1", "DELETE FROM crm.churn_scores")

	if _, err := connect(t, s.as("ana")).Exec(t.Context(), "DELETE FROM crm.churn_scores"); sqlstate(err) != "42501" {
		t.Errorf("the analyst may write: %v", err)
	}
}

// mustInt reads a number that the database gave as text.
func mustInt(t *testing.T, text string) int64 {
	t.Helper()
	var n int64
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
