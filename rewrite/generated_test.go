package rewrite

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

const generatedPolicy = `
version: 1
name: generated
owner: dpo@example.com
unlisted_tables: deny
unlisted_columns: show
regions:
  custom: {eu: {countries: [DE]}, cn: {countries: [CN]}}
purposes: {reporting: {basis: legitimate_interest}}
classes: {money: bucket(1000), free: null}
subjects: {person: {table: people, key: id, region: REGION}}
tables:
  people: {subject: person, write: [analyst], columns: {COLUMNS}}
roles: {analyst: {purposes: [reporting], default_purpose: reporting}}
rows: [{name: not-in-cn, subjects: [person], regions: [cn], then: hide}]
rules: [{name: all, then: mask}]
`

// generatedWorld makes a table with generated columns of a kind, STORED or VIRTUAL. Row 2 is hidden.
func generatedWorld(t *testing.T, kind string) (*pgx.Conn, *catalog.Snapshot) {
	t.Helper()
	conn := connect(t, clustertest.DSN(t, strings.ReplaceAll(`
		CREATE TABLE people (id int PRIMARY KEY, raw text, country text GENERATED ALWAYS AS (upper(raw)) KIND, low int, high int, income int,
			ratio int GENERATED ALWAYS AS (low / nullif(high, 0)) KIND, rich bool GENERATED ALWAYS AS (income > 1000) KIND);
		INSERT INTO people (id, raw, low, high, income) VALUES (1, 'de', 4, 2, 5), (2, 'cn', 4, 0, 5)`, "KIND", kind)))
	snap, err := catalog.Load(context.Background(), conn)
	if err != nil {
		t.Fatal(err)
	}
	return conn, snap
}

func generatedRewriter(snap *catalog.Snapshot, region, columns string) (*Rewriter, error) {
	policy, err := rules.Load("policy.yaml", []byte(strings.NewReplacer("REGION", region, "COLUMNS", columns, "people:", "public.people:", "table: people", "table: public.people").Replace(generatedPolicy)))
	if err != nil {
		return nil, err
	}
	return New(policy, snap, Options{})
}

// TestGeneratedColumns checks that a column that is computed from one that the policy names is not shown by oversight, and that what
// decides on rows is not changed by way of what it is generated from.
func TestGeneratedColumns(t *testing.T) {
	_, snap := generatedWorld(t, "STORED")
	if _, err := generatedRewriter(snap, "country", "income: money"); err == nil || !strings.Contains(err.Error(), `column "rich" of public.people is generated from "income"`) {
		t.Errorf("rich is not named: %v", err)
	}
	rw, err := generatedRewriter(snap, "country", "income: money, rich: free")
	if err != nil {
		t.Fatal(err)
	}
	session := Session{Roles: []string{"analyst"}, Settings: NewSettings(Values{SearchPath: "public", Purpose: "reporting"})}
	for sql, code := range map[string]string{
		"UPDATE people SET raw = 'de'": "42501", "UPDATE people SET low = 1": "", "UPDATE people SET id = 5": "42501",
	} {
		got := ""
		if r := rw.Rewrite(sql, session).Statements[0].Refusal; r != nil {
			got = r.Code
		}
		if got != code {
			t.Errorf("%s: %q, want %q", sql, got, code)
		}
	}
}

// TestVirtualColumns checks that a column that is computed when it is read is not computed for hidden rows.
func TestVirtualColumns(t *testing.T) {
	var probe int
	conn := connect(t, clustertest.DSN(t))
	if err := conn.QueryRow(context.Background(), "SELECT current_setting('server_version_num')::int").Scan(&probe); err != nil {
		t.Fatal(err)
	}
	if probe < 180000 {
		return // no server has them
	}
	conn, snap := generatedWorld(t, "VIRTUAL")
	ctx := context.Background()
	for _, sql := range []string{
		"ALTER TABLE people ALTER ratio SET EXPRESSION AS (low / high)", "CREATE VIEW ratios AS SELECT id, ratio FROM people", "ANALYZE",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := generatedRewriter(snap, "country", "income: money, rich: free"); err == nil || !strings.Contains(err.Error(), "column country of public.people is virtual") {
		t.Errorf("a virtual region: %v", err)
	}
	snap, err := catalog.Load(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	rw, err := generatedRewriter(snap, "raw || ''", "income: money, rich: free")
	if err == nil {
		rw, err = generatedRewriter(snap, "upper(raw)", "income: money, rich: free")
	}
	if err != nil {
		t.Fatal(err)
	}
	session := Session{Roles: []string{"analyst"}, Settings: NewSettings(Values{SearchPath: "public", Purpose: "reporting"})}
	answered := 0
	for _, sql := range []string{
		"SELECT id FROM people WHERE ratio = 2", "SELECT id FROM people WHERE ratio IS NULL OR id = 1", "SELECT ratio FROM people", "SELECT * FROM people",
		"TABLE people", "SELECT ratio, count(*) FROM people GROUP BY ROLLUP (ratio)", "SELECT ratio FROM people UNION ALL SELECT 1",
		"SELECT * FROM people UNION ALL SELECT * FROM people", "SELECT p.ratio FROM (VALUES (1)) v(i) LEFT JOIN people p ON p.id = v.i",
		"SELECT 1 FROM people p WHERE p IS NOT NULL", "SELECT max(ratio) FROM people", "SELECT id FROM people ORDER BY ratio LIMIT 1",
		"SELECT DISTINCT ratio FROM people", "SELECT a.id FROM people a JOIN people b USING (ratio)", "SELECT id FROM people FOR UPDATE",
		"SELECT id FROM people WHERE ratio = 2 FOR UPDATE", "SELECT ratio FROM people FOR UPDATE", "SELECT ratio FROM ratios", "SELECT id FROM ratios WHERE ratio = 2",
		"UPDATE people SET low = 6 WHERE ratio = 2", "UPDATE people SET low = ratio", "DELETE FROM people WHERE ratio = 77", "COPY people TO STDOUT",
		"WITH t AS (SELECT * FROM people) SELECT 1 FROM t WHERE ratio > 0", "SELECT (p).ratio FROM people p", "SELECT row_to_json(p) FROM people p",
	} {
		a := rw.Rewrite(sql, session)
		if a.Refusal != nil || a.Statements[0].Refusal != nil {
			t.Logf("%s: refused: %v", sql, a.Statements[0].Refusal)
			continue
		}
		answered++
		if _, err := conn.PgConn().Exec(ctx, a.SQL).ReadAll(); err != nil {
			t.Errorf("%s\nis sent as\n%s\nand fails: %v", sql, a.SQL, err)
		}
	}
	if answered < 20 {
		t.Errorf("only %d statements are answered", answered)
	}
}
