package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pgscrim/pgscrim/audit"
)

// records counts from audit records. The log shows them one at a time: it needs no lock.
type records struct {
	events, statements, refusals, errors, columns, cells *handles
	seconds                                              map[string]prometheus.Observer // by decision
	rows, bytes                                          prometheus.Counter

	open map[uint64]*statement // by the Seq of the record that opened it
	free []*statement
}

// statement is one that runs: what is masked in each of its rows.
type statement struct{ masked []prometheus.Counter }

// maxOpen bounds the statements that are remembered, should records that close them be lost.
const maxOpen = 100_000

// maxValues bounds the values of a label; more are counted together as "other". Those of SQLSTATE can be a client's invention.
const maxValues = 500

// handles are the counters of a family by the value of its label, resolved once.
type handles struct {
	vec     *prometheus.CounterVec
	byValue map[string]prometheus.Counter
}

func (m *Metrics) handles(name, help, label string) *handles {
	return &handles{vec: m.counter(name, help, label), byValue: make(map[string]prometheus.Counter)}
}

func (h *handles) of(value string) prometheus.Counter {
	c, ok := h.byValue[value]
	if !ok {
		if len(h.byValue) >= maxValues {
			return h.vec.WithLabelValues("other")
		}
		c = h.vec.WithLabelValues(value)
		h.byValue[strings.Clone(value)] = c
	}
	return c
}

func newRecords(m *Metrics) *records {
	r := &records{
		events:     m.handles("pgscrim_audit_records_total", "records of the audit log by event", "event"),
		statements: m.handles("pgscrim_statements_total", "statements by decision: pass, rewrite, aggregate, deny or error", "decision"),
		refusals:   m.handles("pgscrim_refusals_total", "statements and logins that were refused by pgscrim, by SQLSTATE", "sqlstate"),
		errors:     m.handles("pgscrim_errors_total", "statements that ran and failed, by SQLSTATE", "sqlstate"),
		columns:    m.handles("pgscrim_masked_columns_total", "columns that a statement used and that came out masked, at least for some rows, by each rule that had a part in it", "rule"),
		cells:      m.handles("pgscrim_masked_cells_total", "rows that statements returned times the columns that they used masked, by rule: no fewer than the cells that were masked", "rule"),
		seconds:    make(map[string]prometheus.Observer),
		open:       make(map[uint64]*statement),
	}
	seconds := m.histogram("pgscrim_statement_seconds", "time from a statement's record to the end of its answer, in which PostgreSQL runs it and the client reads", slowBuckets(), "decision")
	for _, decision := range []string{"pass", "rewrite", "aggregate"} {
		r.seconds[decision] = seconds.WithLabelValues(decision)
		r.statements.of(decision)
	}
	r.statements.of("deny")
	r.statements.of("error")
	r.rows = m.counter("pgscrim_rows_total", "rows that statements returned or changed").WithLabelValues()
	r.bytes = m.counter("pgscrim_result_bytes_total", "bytes of rows that were relayed to clients").WithLabelValues()
	return r
}

// Observe takes the next record of the audit log. It must not be called concurrently.
func (m *Metrics) Observe(r *audit.Record) {
	c := m.records
	c.events.of(r.Event).Inc()
	switch {
	case r.Event == "login_failed":
		c.refusals.of(r.SQLState).Inc()
	case r.Event != "statement":
	case r.Closes > 0:
		c.ended(r)
	default:
		c.statements.of(r.Decision).Inc()
		if r.SQLState != "" {
			c.refusals.of(r.SQLState).Inc()
			return
		}
		c.begun(r)
	}
}

// begun notes what a statement masks.
func (c *records) begun(r *audit.Record) {
	var s *statement
	for i := range r.Columns {
		column := &r.Columns[i]
		if !strings.Contains(column.Action, "mask") {
			continue
		}
		if s == nil {
			s = c.take()
		}
		for _, rule := range column.Rules {
			c.columns.of(rule).Inc()
			s.masked = append(s.masked, c.cells.of(rule))
		}
	}
	if s == nil {
		return
	}
	if len(c.open) >= maxOpen {
		clear(c.open)
	}
	c.open[r.Seq] = s
}

// take returns a statement without anything in it.
func (c *records) take() *statement {
	if n := len(c.free); n > 0 {
		s := c.free[n-1]
		c.free = c.free[:n-1]
		return s
	}
	return new(statement)
}

// ended counts what has become of a statement.
func (c *records) ended(r *audit.Record) {
	if s, ok := c.open[r.Closes]; ok {
		delete(c.open, r.Closes)
		if r.Rows != nil && *r.Rows > 0 {
			for _, cells := range s.masked {
				cells.Add(float64(*r.Rows))
			}
		}
		s.masked = s.masked[:0]
		c.free = append(c.free, s)
	}
	if r.SQLState != "" {
		c.errors.of(r.SQLState).Inc()
	}
	if seconds, ok := c.seconds[r.Decision]; ok && r.DurationMS != nil {
		seconds.Observe(*r.DurationMS / 1000)
	}
	if r.Rows != nil {
		c.rows.Add(float64(max(*r.Rows, 0)))
	}
	if r.Bytes != nil {
		c.bytes.Add(float64(max(*r.Bytes, 0)))
	}
}
