package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

// TestServeWithSinks: when pgscrim has ended, the table outside has each line of the local log, also of a second run, and before that nothing of the log is removed.
func TestServeWithSinks(t *testing.T) {
	s, outside := newSite(t), clustertest.DSN(t)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, s.config, strings.Replace(string(text), "durability: relaxed}", `durability: relaxed, keep: 1ms, rotate_bytes: 16kB, sinks: [{name: warehouse, type: postgres, address: "`+outside+`", table: audit.lines}]}`, 1))
	if got := pgscrim(t, "", "check", "--config", s.config); got.code != 0 {
		t.Fatalf("check: %+v", got)
	}
	cfg := s.load(t)
	serve := func(statements int, patience time.Duration) {
		t.Helper()
		in, err := newInstance(t.Context(), cfg, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(t.Context(), "postgres://ana:secret@"+in.addr()+"/"+in.snap.Database+"?sslmode=disable")
		if err != nil {
			t.Fatal(err)
		}
		for range statements {
			if _, err := conn.Exec(t.Context(), "SELECT * FROM app.people"); err != nil {
				t.Fatal(err)
			}
		}
		if got := scrape(t, in, "/readyz"); !strings.HasPrefix(got, "ok\nsink warehouse: ") {
			t.Errorf("/readyz: %q", got)
		}
		_ = conn.Close(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := in.stop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	serve(50, time.Second) // the table's schema is not there
	db, err := pgx.Connect(t.Context(), outside)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	if _, err := db.Exec(t.Context(), "CREATE SCHEMA audit"); err != nil {
		t.Fatal(err)
	}
	first, err := audit.Tail(cfg.Audit.Dir, 1<<20)
	if err != nil || len(first) < 100 || first[0].Seq != 1 {
		t.Fatalf("the local log after the first run: %d lines from %d, %v", len(first), first[0].Seq, err)
	}
	serve(50, time.Minute)
	rows, err := db.Query(t.Context(), "SELECT record::text FROM audit.lines ORDER BY seq")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range first {
		if i >= len(got) || got[i] != string(e.Line) {
			t.Fatalf("line %d of the local log is not outside, where there are %d", i+1, len(got))
		}
	}
	last, err := audit.Tail(cfg.Audit.Dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if last[0].Seq != uint64(len(got)) || got[len(got)-1] != string(last[0].Line) {
		t.Errorf("%d lines are outside, the local log ends with %s", len(got), last[0].Line)
	}
}
