package metrics

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

var update = flag.Bool("update", false, "write the table in docs/metrics.md")

func newMetrics() *Metrics {
	return New(Sources{
		Version: "v1",
		Proxy: func() proxy.Stats {
			return proxy.Stats{Sessions: 3, MaxSessions: 500, Lobby: 2, Pooled: 4, Connected: 5, Reused: 6, Refreshes: 7, ChecksFailed: 8, Resent: 9, Renewed: 10}
		},
		Cache: func() rewrite.CacheStats {
			return rewrite.CacheStats{Exact: 11, Template: 12, Misses: 13, Faults: 14, Bytes: 15}
		},
		Log: func() audit.Stats { return audit.Stats{Seq: 20, Synced: 17, Bytes: 99} },
		Sinks: func() []sink.Status {
			return []sink.Status{
				{Name: "siem", Type: "syslog", Lag: 4, Oldest: time.Now().Add(-time.Hour), Err: io.EOF, Failures: 2},
				{Name: "lake", Type: "kafka", Records: 5, Bytes: 6},
			}
		},
		Policy: func() (*rules.Policy, time.Time) {
			return &rules.Policy{Name: "crm", Digest: "abc", ReviewBy: time.Unix(2_000_000_000, 0)}, time.Unix(1_000_000_000, 0)
		},
		Ready: func() bool { return true },
	})
}

// scrape is what Prometheus gets.
func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	m := newMetrics()
	rows, bytes, ms := int64(10), int64(1000), 2.0
	masked := []audit.Column{
		{Column: "email", Action: "show/mask", Rules: []string{"american-mail", "everyone-else"}},
		{Column: "name", Action: "mask", Rules: []string{"everyone-else"}},
		{Column: "id", Action: "show", Rules: []string{"shown"}},
	}
	for _, r := range []audit.Record{
		{Seq: 1, Event: "login_failed", SQLState: "28P01"},
		{Seq: 2, Event: "statement", Decision: "rewrite", Columns: masked},
		{Seq: 3, Event: "statement", Decision: "deny", SQLState: "42501", Columns: masked},
		{Seq: 4, Event: "statement", Decision: "pass"},
		{Seq: 5, Event: "statement", Closes: 4, Decision: "pass", SQLState: "22012", Rows: new(int64), Bytes: new(int64), DurationMS: &ms},
		{Seq: 6, Event: "statement", Closes: 2, Decision: "rewrite", Rows: &rows, Bytes: &bytes, DurationMS: &ms},
	} {
		m.Observe(&r)
	}
	m.ObserveFsync(time.Millisecond)
	lines := strings.Split(scrape(t, m), "\n")
	for _, want := range []string{
		`pgscrim_audit_records_total{event="login_failed"} 1`, `pgscrim_audit_records_total{event="statement"} 5`,
		`pgscrim_statements_total{decision="pass"} 1`, `pgscrim_statements_total{decision="rewrite"} 1`, `pgscrim_statements_total{decision="deny"} 1`,
		`pgscrim_statements_total{decision="error"} 0`,
		`pgscrim_refusals_total{sqlstate="28P01"} 1`, `pgscrim_refusals_total{sqlstate="42501"} 1`, `pgscrim_errors_total{sqlstate="22012"} 1`,
		`pgscrim_masked_columns_total{rule="american-mail"} 1`, `pgscrim_masked_columns_total{rule="everyone-else"} 2`,
		`pgscrim_masked_cells_total{rule="american-mail"} 10`, `pgscrim_masked_cells_total{rule="everyone-else"} 20`,
		`pgscrim_rows_total 10`, `pgscrim_result_bytes_total 1000`,
		`pgscrim_statement_seconds_count{decision="pass"} 1`, `pgscrim_statement_seconds_sum{decision="rewrite"} 0.002`,
		`pgscrim_audit_fsync_seconds_count 1`, `pgscrim_audit_fsync_seconds_sum 0.001`,
		`pgscrim_build_info{version="v1"} 1`, `pgscrim_ready 1`,
		`pgscrim_sessions 3`, `pgscrim_sessions_limit 500`, `pgscrim_lobby_connections 2`, `pgscrim_pool_connections 4`,
		`pgscrim_upstream_connections_total{source="new"} 5`, `pgscrim_upstream_connections_total{source="pool"} 6`,
		`pgscrim_catalog_looks_total 7`, `pgscrim_checks_failed_total 8`, `pgscrim_segments_resent_total 9`, `pgscrim_statements_renewed_total 10`,
		`pgscrim_cache_answers_total{level="text"} 11`, `pgscrim_cache_answers_total{level="template"} 12`,
		`pgscrim_cache_misses_total 13`, `pgscrim_cache_faults_total 14`, `pgscrim_cache_bytes 15`,
		`pgscrim_audit_lag_records 3`, `pgscrim_audit_last_record 20`, `pgscrim_audit_bytes_total 99`, `pgscrim_audit_failed 0`,
		`pgscrim_sink_up{sink="siem",type="syslog"} 0`, `pgscrim_sink_up{sink="lake",type="kafka"} 1`,
		`pgscrim_sink_lag_records{sink="siem",type="syslog"} 4`, `pgscrim_sink_lag_seconds{sink="lake",type="kafka"} 0`,
		`pgscrim_sink_failures_total{sink="siem",type="syslog"} 2`, `pgscrim_sink_records_total{sink="lake",type="kafka"} 5`, `pgscrim_sink_bytes_total{sink="lake",type="kafka"} 6`,
		`pgscrim_policy_info{digest="abc",policy="crm"} 1`, `pgscrim_policy_loaded_timestamp_seconds 1e+09`, `pgscrim_policy_review_timestamp_seconds 2e+09`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if !slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, `pgscrim_sink_lag_seconds{sink="siem",type="syslog"} 360`)
	}) {
		t.Error("the lag of a sink is not that of its first record")
	}
	for _, runtime := range []string{"go_goroutines ", "process_open_fds "} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, runtime) }) {
			t.Errorf("missing: %s", runtime)
		}
	}
}

// TestEachMetricIsCollected: each of the table is there, and nothing beside it.
func TestEachMetricIsCollected(t *testing.T) {
	m := newMetrics()
	rows := int64(1)
	m.Observe(&audit.Record{Seq: 1, Event: "statement", Decision: "rewrite", Columns: []audit.Column{{Action: "mask", Rules: []string{"r"}}}})
	m.Observe(&audit.Record{Seq: 2, Event: "statement", Closes: 1, Rows: &rows, SQLState: "22012"})
	m.Observe(&audit.Record{Seq: 3, Event: "statement", Decision: "deny", SQLState: "42501"})
	got := map[string]bool{}
	for _, typ := range regexp.MustCompile(`(?m)^# TYPE (pgscrim_\S+) (\S+)$`).FindAllStringSubmatch(scrape(t, m), -1) {
		got[typ[1]+" "+typ[2]] = true
	}
	for _, metric := range m.Table() {
		key := metric.Name + " " + metric.Type
		if !got[key] {
			t.Errorf("%s is in the table, but not collected", key)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("not in the table: %v", got)
	}
}

// TestLabelsAreBounded: a client that makes up SQLSTATEs does not fill the memory.
func TestLabelsAreBounded(t *testing.T) {
	m := newMetrics()
	for i := range 10 * maxValues {
		m.Observe(&audit.Record{Seq: uint64(i), Event: "statement", Closes: 1, SQLState: fmt.Sprintf("%05d", i)})
	}
	if n := strings.Count(scrape(t, m), "pgscrim_errors_total{"); n != maxValues+1 {
		t.Errorf("%d values, want %d and other", n, maxValues)
	}
}

// TestNoAllocation: two records for each statement are observed while all sessions wait.
func TestNoAllocation(t *testing.T) {
	m := newMetrics()
	rows, bytes, ms := int64(10), int64(1000), 2.0
	opened := audit.Record{Seq: 1, Event: "statement", Decision: "rewrite", Columns: []audit.Column{{Action: "mask", Rules: []string{"r"}}}}
	closed := audit.Record{Seq: 2, Event: "statement", Decision: "rewrite", Closes: 1, Rows: &rows, Bytes: &bytes, DurationMS: &ms}
	if n := testing.AllocsPerRun(100, func() {
		m.Observe(&opened)
		m.Observe(&closed)
	}); n > 0 {
		t.Errorf("%v allocations for a statement", n)
	}
}

func BenchmarkObserve(b *testing.B) {
	m := newMetrics()
	rows, bytes, ms := int64(10), int64(1000), 2.0
	column := audit.Column{Action: "mask", Rules: []string{"r"}}
	opened := audit.Record{Seq: 1, Event: "statement", Decision: "rewrite", Columns: []audit.Column{column, column, column}}
	closed := audit.Record{Seq: 2, Event: "statement", Decision: "rewrite", Closes: 1, Rows: &rows, Bytes: &bytes, DurationMS: &ms}
	b.ReportAllocs()
	for b.Loop() {
		m.Observe(&opened)
		m.Observe(&closed)
	}
}

// TestDocumentation fails when docs/metrics.md lags the code; -update writes its table.
func TestDocumentation(t *testing.T) {
	const path, mark = "../../../docs/metrics.md", "|---|---|---|---|\n"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, tail, _ := strings.Cut(string(text), mark)
	_, tail, ok := strings.Cut(tail, "\n\n")
	var rows []string
	for _, m := range newMetrics().Table() {
		labels := "-"
		if len(m.Labels) > 0 {
			labels = "`" + strings.Join(m.Labels, "`, `") + "`"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", m.Name, m.Type, labels, m.Help))
	}
	want := head + mark + strings.Join(rows, "\n") + "\n\n" + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !ok || string(text) != want {
		t.Errorf("%s lags the code: go test ./cmd/pgscrim/metrics -update", path)
	}
}

// TestDashboard: the Grafana dashboard asks for metrics that are there, by labels that they have.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../../../docs/grafana/pgscrim.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Title  string
		UID    string
		Panels []struct {
			Title   string
			Type    string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	labels := map[string][]string{"go_goroutines": nil, "process_resident_memory_bytes": nil, "process_cpu_seconds_total": nil}
	for _, m := range newMetrics().Table() {
		if labels[m.Name] = m.Labels; m.Type == "histogram" {
			labels[m.Name+"_bucket"], labels[m.Name+"_sum"], labels[m.Name+"_count"] = append([]string{"le"}, m.Labels...), m.Labels, m.Labels
		}
	}
	name := regexp.MustCompile(`\b(?:pgscrim|go|process)_[a-z_]+`)
	by := regexp.MustCompile(`\b(?:by|on|without) ?\(([^)]*)\)`)
	asked := 0
	for _, p := range dashboard.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q asks for nothing", p.Title)
		}
		for _, target := range p.Targets {
			names := name.FindAllString(target.Expr, -1)
			if len(names) == 0 {
				t.Errorf("panel %q: no metric in %s", p.Title, target.Expr)
			}
			known := []string{"instance", "job"}
			for _, n := range names {
				asked++
				of, ok := labels[n]
				if !ok {
					t.Errorf("panel %q: there is no metric %s", p.Title, n)
				}
				known = append(known, of...)
			}
			for _, group := range by.FindAllStringSubmatch(target.Expr, -1) {
				for label := range strings.SplitSeq(group[1], ",") {
					if label = strings.TrimSpace(label); !slices.Contains(known, label) {
						t.Errorf("panel %q: %v have no label %s", p.Title, names, label)
					}
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("the dashboard asks for %d metrics only", asked)
	}
}
