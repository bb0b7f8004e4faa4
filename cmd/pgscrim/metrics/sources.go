package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// Sources are what is asked when Prometheus comes, at any time and concurrently. All must be set.
type Sources struct {
	Version string
	Proxy   func() proxy.Stats
	Cache   func() rewrite.CacheStats
	Log     func() audit.Stats
	Sinks   func() []sink.Status
	// Policy returns the policy in force and since when it is.
	Policy func() (*rules.Policy, time.Time)
	Ready  func() bool
}

// asked is a collector of metrics that are asked for together.
type asked struct {
	descs []*prometheus.Desc
	types []prometheus.ValueType
	ask   func(emit func(metric int, value float64, labels ...string))
}

func (a *asked) Describe(out chan<- *prometheus.Desc) {
	for _, d := range a.descs {
		out <- d
	}
}

func (a *asked) Collect(out chan<- prometheus.Metric) {
	a.ask(func(metric int, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(a.descs[metric], a.types[metric], value, labels...)
	})
}

// add notes a metric, and returns its index for emit.
func (a *asked) add(m *Metrics, kind, name, help string, labels ...string) int {
	m.note(name, kind, help, labels)
	t := prometheus.CounterValue
	if kind == "gauge" {
		t = prometheus.GaugeValue
	}
	a.descs, a.types = append(a.descs, prometheus.NewDesc(name, help, labels, nil)), append(a.types, t)
	return len(a.descs) - 1
}

// addSources adds the metrics of the sources.
func (m *Metrics) addSources(s Sources) {
	for _, add := range []func(*asked, Sources){m.addServer, m.addProxy, m.addCache, m.addLog, m.addSinks, m.addPolicy} {
		a := new(asked)
		add(a, s)
		m.registry.MustRegister(a)
	}
}

func (m *Metrics) addServer(a *asked, s Sources) {
	build := a.add(m, "gauge", "pgscrim_build_info", "1, with the version", "version")
	ready := a.add(m, "gauge", "pgscrim_ready", "1 if clients are served and the upstream answers, as /readyz says")
	a.ask = func(emit func(int, float64, ...string)) {
		emit(build, 1, s.Version)
		emit(ready, number(s.Ready()))
	}
}

func (m *Metrics) addProxy(a *asked, s Sources) {
	sessions := a.add(m, "gauge", "pgscrim_sessions", "clients that are logged in")
	limit := a.add(m, "gauge", "pgscrim_sessions_limit", "limits.connections")
	waiting := a.add(m, "gauge", "pgscrim_lobby_connections", "connections that are not authenticated")
	kept := a.add(m, "gauge", "pgscrim_pool_connections", "upstream connections that are kept for sessions to come")
	logins := a.add(m, "counter", "pgscrim_upstream_connections_total", "upstream connections that sessions were given, by source: new or pool", "source")
	looks := a.add(m, "counter", "pgscrim_catalog_looks_total", "looks at the catalog that a session asked for, as something had changed")
	checks := a.add(m, "counter", "pgscrim_checks_failed_total", "checks of the catalog in a statement's transaction that found it changed")
	again := a.add(m, "counter", "pgscrim_segments_resent_total", "segments that were answered and sent again, unseen")
	renewed := a.add(m, "counter", "pgscrim_statements_renewed_total", "prepared statements that were answered again, as policy, catalog or settings had changed")
	a.ask = func(emit func(int, float64, ...string)) {
		p := s.Proxy()
		emit(sessions, float64(p.Sessions))
		emit(limit, float64(p.MaxSessions))
		emit(waiting, float64(p.Lobby))
		emit(kept, float64(p.Pooled))
		emit(logins, float64(p.Connected), "new")
		emit(logins, float64(p.Reused), "pool")
		emit(looks, float64(p.Refreshes))
		emit(checks, float64(p.ChecksFailed))
		emit(again, float64(p.Resent))
		emit(renewed, float64(p.Renewed))
	}
}

func (m *Metrics) addCache(a *asked, s Sources) {
	answers := a.add(m, "counter", "pgscrim_cache_answers_total", "statements that were answered by a cache, by level: text, or template (the same text with other constants); since the policy or the catalog changed", "level")
	misses := a.add(m, "counter", "pgscrim_cache_misses_total", "statements that had to be parsed; since the policy or the catalog changed")
	faults := a.add(m, "counter", "pgscrim_cache_faults_total", "cached answers that differed from a fresh one, and were dropped: a bug of pgscrim")
	bytes := a.add(m, "gauge", "pgscrim_cache_bytes", "estimated memory of the caches")
	a.ask = func(emit func(int, float64, ...string)) {
		c := s.Cache()
		emit(answers, float64(c.Exact), "text")
		emit(answers, float64(c.Template), "template")
		emit(misses, float64(c.Misses))
		emit(faults, float64(c.Faults))
		emit(bytes, float64(c.Bytes))
	}
}

func (m *Metrics) addLog(a *asked, s Sources) {
	lag := a.add(m, "gauge", "pgscrim_audit_lag_records", "records of the audit log that no fsync has covered yet")
	last := a.add(m, "gauge", "pgscrim_audit_last_record", "number (seq) of the last record")
	bytes := a.add(m, "counter", "pgscrim_audit_bytes_total", "bytes that were written to the audit log")
	failed := a.add(m, "gauge", "pgscrim_audit_failed", "1 if the audit log cannot be written, so that statements are refused")
	a.ask = func(emit func(int, float64, ...string)) {
		l := s.Log()
		emit(lag, float64(l.Seq-min(l.Seq, l.Synced)))
		emit(last, float64(l.Seq))
		emit(bytes, float64(l.Bytes))
		emit(failed, number(l.Failed))
	}
}

func (m *Metrics) addSinks(a *asked, s Sources) {
	labels := []string{"sink", "type"}
	up := a.add(m, "gauge", "pgscrim_sink_up", "1 if the sink takes records, as far as is known", labels...)
	lag := a.add(m, "gauge", "pgscrim_sink_lag_records", "records on the local disk that the sink has yet to confirm", labels...)
	seconds := a.add(m, "gauge", "pgscrim_sink_lag_seconds", "age of the first record under way; 0 if none is", labels...)
	sent := a.add(m, "counter", "pgscrim_sink_records_total", "records that the sink has confirmed", labels...)
	bytes := a.add(m, "counter", "pgscrim_sink_bytes_total", "bytes of them", labels...)
	failures := a.add(m, "counter", "pgscrim_sink_failures_total", "batches that have failed, each try counted", labels...)
	a.ask = func(emit func(int, float64, ...string)) {
		for _, k := range s.Sinks() {
			age := 0.0
			if !k.Oldest.IsZero() {
				age = time.Since(k.Oldest).Seconds()
			}
			emit(up, number(k.Err == nil), k.Name, k.Type)
			emit(lag, float64(k.Lag), k.Name, k.Type)
			emit(seconds, age, k.Name, k.Type)
			emit(sent, float64(k.Records), k.Name, k.Type)
			emit(bytes, float64(k.Bytes), k.Name, k.Type)
			emit(failures, float64(k.Failures), k.Name, k.Type)
		}
	}
}

func (m *Metrics) addPolicy(a *asked, s Sources) {
	info := a.add(m, "gauge", "pgscrim_policy_info", "1, with the policy in force", "policy", "digest")
	since := a.add(m, "gauge", "pgscrim_policy_loaded_timestamp_seconds", "when the policy was put in force, on the catalog as it is")
	review := a.add(m, "gauge", "pgscrim_policy_review_timestamp_seconds", "the policy's review_by; absent if it has none")
	a.ask = func(emit func(int, float64, ...string)) {
		p, loaded := s.Policy()
		if p == nil {
			return
		}
		emit(info, 1, p.Name, p.Digest)
		emit(since, float64(loaded.UnixNano())/1e9)
		if !p.ReviewBy.IsZero() {
			emit(review, float64(p.ReviewBy.Unix()))
		}
	}
}

// number is 1 for true.
func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
