package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

// scrape returns what the admin address answers.
func scrape(t *testing.T, in *instance, path string) string {
	t.Helper()
	response, err := http.Get("http://" + in.admin.addr() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, response.Status, err)
	}
	return string(text)
}

// TestServeMetrics: what statements do is counted, what a change of the policy costs as well, and spans go where they are to go.
func TestServeMetrics(t *testing.T) {
	var posts atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { posts.Add(1) }))
	defer collector.Close()
	s := newSite(t)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, s.config, string(text)+"tracing: {endpoint: \""+collector.URL+"/v1/traces\", ratio: 0}\n")
	in, err := newInstance(t.Context(), s.load(t), zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	dsn := "postgres://ana:secret@" + in.addr() + "/" + in.snap.Database + "?sslmode=disable"
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	const sql = "SELECT email FROM app.people /*traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/"
	query := func() {
		t.Helper()
		rows, err := conn.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
	}
	query()
	s.write(t, s.policy, policyText("EMAIL", "email"))
	if err := in.reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	query()
	if _, err := conn.Exec(t.Context(), "SELECT * FROM app.nowhere"); err == nil {
		t.Fatal("a table that is not there")
	}
	if _, err := pgx.Connect(t.Context(), strings.Replace(dsn, "secret", "wrong", 1)); err == nil {
		t.Fatal("a password that is not the one")
	}
	got := scrape(t, in, "/metrics")
	for _, want := range []string{
		`pgscrim_statements_total{decision="rewrite"} 2`, `pgscrim_rows_total 4`, `pgscrim_masked_cells_total{rule="everyone-else"} 4`,
		`pgscrim_refusals_total{sqlstate="28P01"} 1`, `pgscrim_audit_records_total{event="policy"} 2`,
		`pgscrim_sessions 1`, `pgscrim_upstream_connections_total{source="new"} 1`, `pgscrim_statements_renewed_total 1`,
		`pgscrim_ready 1`, `pgscrim_audit_failed 0`, `pgscrim_policy_review_timestamp_seconds 3.2503`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if got := scrape(t, in, "/readyz"); got != "ok\n" {
		t.Errorf("/readyz: %q", got)
	}
	_ = conn.Close(t.Context())
	if err := in.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if posts.Load() == 0 {
		t.Error("no spans have arrived")
	}
}
