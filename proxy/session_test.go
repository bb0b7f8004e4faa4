package proxy

import (
	"context"
	"testing"
)

func TestSession(t *testing.T) {
	r := start(t)
	ctx := context.Background()
	conn := r.pgx(t, "ana", "")
	var n int
	var s string
	if err := conn.QueryRow(ctx, "SELECT $1::int + 1, purpose_now", 41).Scan(&n, &s); err != nil || n != 42 || s != "reporting/p1" {
		t.Fatal(n, s, err)
	}
	if _, err := conn.Exec(ctx, "CREATE TEMP TABLE t AS SELECT g, md5(g::text) AS m FROM generate_series(1, 5000) g"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(ctx, "SELECT g, m FROM t ORDER BY g")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		if err := rows.Scan(&n, &s); err != nil {
			t.Fatal(err)
		}
	}
	if rows.Err() != nil || n != 5000 {
		t.Fatal(n, rows.Err())
	}
	raw := r.connect(t, "ana", "")
	got, err := exec(t, raw, "SELECT 1; SELECT purpose_now; SET pgscrim.purpose = 'research'")
	if err != nil || len(got) != 2 || got[1] != "reporting/p1" {
		t.Fatal(got, err)
	}
	if got, err = exec(t, raw, "SELECT purpose_now"); err != nil || got[0] != "research/p1" {
		t.Fatal(got, err)
	}
}
