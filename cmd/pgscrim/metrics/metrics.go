package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the metrics of a server. It must be made by New.
type Metrics struct {
	registry *prometheus.Registry
	table    []Metric
	records  *records
	fsync    prometheus.Histogram
}

// Metric is one metric as the documentation has it.
type Metric struct {
	Name   string
	Type   string // counter, gauge or histogram
	Labels []string
	Help   string
}

// New makes the metrics of what is to be asked at sources.
func New(sources Sources) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.records = newRecords(m)
	m.fsync = m.histogram("pgscrim_audit_fsync_seconds", "time that an fsync of the audit log took", fastBuckets()).WithLabelValues().(prometheus.Histogram)
	m.addSources(sources)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Table returns all metrics but those of the Go runtime and the process.
func (m *Metrics) Table() []Metric { return m.table }

// ObserveFsync takes the duration of an fsync of the audit log.
func (m *Metrics) ObserveFsync(took time.Duration) { m.fsync.Observe(took.Seconds()) }

// fastBuckets are those of what takes from 50 microseconds, as an fsync of a good disk, to 6 seconds.
func fastBuckets() []float64 { return prometheus.ExponentialBucketsRange(50e-6, 6, 18) }

// slowBuckets are those of what takes from half a millisecond to ten minutes.
func slowBuckets() []float64 { return prometheus.ExponentialBucketsRange(500e-6, 600, 20) }

func (m *Metrics) note(name, kind, help string, labels []string) {
	m.table = append(m.table, Metric{Name: name, Type: kind, Labels: labels, Help: help})
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	m.note(name, "counter", help, labels)
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	return v
}

func (m *Metrics) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	m.note(name, "histogram", help, labels)
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(v)
	return v
}
