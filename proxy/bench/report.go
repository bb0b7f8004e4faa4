package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"
)

// Kind is a kind of work, which says what the unit of a rate is.
type Kind string

// Kinds of work.
const (
	Transactions Kind = "transactions" // pgbench
	Streams      Kind = "megabytes"    // large results
	Queries      Kind = "queries"      // what BI tools ask
)

// Key names one line of the report.
type Key struct {
	Kind    Kind   `json:"kind"`
	Work    string `json:"work"`
	Mode    string `json:"mode,omitempty"` // pgbench's -M
	Clients int    `json:"clients"`
	Target  string `json:"target"`
}

// Result is what was measured for a key: medians over the rounds.
type Result struct {
	Key
	Rate float64 `json:"rate"` // units a second
	// Relative is the rate divided by that of the direct way in the same round, and RelativeToView that by the
	// hand-written view; 0 where there is none. Low and High are the extremes of Relative: what the noise was.
	Relative       float64 `json:"relative"`
	Low            float64 `json:"low"`
	High           float64 `json:"high"`
	RelativeToView float64 `json:"relative_to_view,omitempty"`
	// ProxyMicros and DatabaseMicros are CPU time in microseconds for each unit.
	ProxyMicros    float64   `json:"proxy_us,omitempty"`
	DatabaseMicros float64   `json:"database_us"`
	P99Micros      float64   `json:"p99_us,omitempty"` // the latency that 99 % keep within
	Rates          []float64 `json:"rates"`            // of each round
}

// relative renders the ratio to direct access and its spread.
func (x Result) relative() string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", x.Relative, x.Low, x.High)
}

// Report is the outcome of Compare.
type Report struct {
	Time      time.Time `json:"time"`
	CPUs      int       `json:"cpus"`
	Customers int       `json:"customers"`
	Scale     int       `json:"scale"`
	Rounds    int       `json:"rounds"`
	Seconds   int       `json:"seconds"`
	Results   []Result  `json:"results"`
}

func newReport(opts Options, contests [][]*cell) *Report {
	r := &Report{
		Time: time.Now().UTC(), CPUs: runtime.NumCPU(), Customers: opts.Customers, Scale: opts.Scale,
		Rounds: opts.Rounds, Seconds: opts.Seconds,
	}
	for _, contest := range contests {
		view := slices.IndexFunc(contest, func(c *cell) bool { return c.Target == handView })
		for _, c := range contest {
			ratios := c.relativeTo(contest[0])
			result := Result{Key: c.Key, Relative: median(ratios), Low: slices.Min(ratios), High: slices.Max(ratios)}
			if view >= 0 {
				result.RelativeToView = median(c.relativeTo(contest[view]))
			}
			var proxy, database, p99 []float64
			for _, s := range c.samples {
				result.Rates = append(result.Rates, s.rate())
				proxy = append(proxy, micros(s.proxy)/s.units)
				database = append(database, micros(s.database)/s.units)
				p99 = append(p99, micros(s.p99))
			}
			result.Rate, result.ProxyMicros, result.DatabaseMicros, result.P99Micros = median(result.Rates), median(proxy), median(database), median(p99)
			r.Results = append(r.Results, result)
		}
	}
	return r
}

// relativeTo returns the ratios to another cell's rates, round by round: what slows the machine down for a while
// slows both.
func (c *cell) relativeTo(other *cell) []float64 {
	ratios := make([]float64, len(c.samples))
	for i, s := range c.samples {
		ratios[i] = s.rate() / other.samples[i].rate()
	}
	return ratios
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteMarkdown writes the report for people.
func (r *Report) WriteMarkdown(w io.Writer) error {
	p := &printer{w: w}
	p.printf("%d CPUs, %d customers, %d accounts; medians of %d interleaved rounds of %d s. Rates are relative to direct access in the same\n"+
		"round (lowest to highest); CPU is that of the proxy's own process, and of all of PostgreSQL's, for each transaction.\n",
		r.CPUs, r.Customers, r.Scale*accountsPerScale, r.Rounds, r.Seconds)
	r.transactions(p)
	p.printf("\n| large result | way | MB/s | relative | proxy us/MB | database us/MB |\n|---|---|---:|---:|---:|---:|\n")
	for _, x := range r.of(Streams) {
		p.printf("| %s | %s | %.0f | %s | %.0f | %.0f |\n", x.Work, x.Target, x.Rate, x.relative(), x.ProxyMicros, x.DatabaseMicros)
	}
	r.queries(p)
	return p.err
}

// transactions writes a line for each target under each kind of work and number of clients, its modes side by side.
func (r *Report) transactions(p *printer) {
	last := Key{}
	for _, x := range r.of(Transactions) {
		if x.Work != last.Work {
			p.printf("\n| %s | clients | mode | tps | relative | proxy us | database us | p99 us |\n|---|---:|---|---:|---:|---:|---:|---:|\n", x.Work)
		}
		p.printf("| %s | %d | %s | %.0f | %s | %.0f | %.0f | %.0f |\n", x.Target, x.Clients, x.Mode, x.Rate, x.relative(), x.ProxyMicros, x.DatabaseMicros, x.P99Micros)
		last = x.Key
	}
}

// queries writes the time of each query as a multiple of the hand-written view's, and the geometric mean.
func (r *Report) queries(p *printer) {
	targets := []string{direct, handView, barrier, strict}
	asked := slices.DeleteFunc(queries(), func(q query) bool {
		return !slices.ContainsFunc(r.Results, func(x Result) bool { return x.Kind == Queries && x.Work == q.name })
	})
	if len(asked) == 0 {
		return
	}
	p.printf("\n| BI query, time relative to the masked view (ms) |")
	for _, t := range targets {
		p.printf(" %s |", t)
	}
	p.printf("\n|---|%s\n", "---:|---:|---:|---:|")
	logs := make(map[string]float64)
	for _, q := range asked {
		p.printf("| %s |", q.name)
		for _, t := range targets {
			i := slices.IndexFunc(r.Results, func(x Result) bool { return x.Kind == Queries && x.Work == q.name && x.Target == t })
			x := r.Results[i]
			logs[t] -= math.Log(x.RelativeToView)
			p.printf(" %.2f (%.2f) |", 1/x.RelativeToView, 1000/x.Rate)
		}
		p.printf("\n")
	}
	p.printf("| geometric mean |")
	for _, t := range targets {
		p.printf(" %.2f |", math.Exp(logs[t]/float64(len(asked))))
	}
	p.printf("\n")
}

// of returns the results of a kind, as they were measured.
func (r *Report) of(kind Kind) []Result {
	return slices.DeleteFunc(slices.Clone(r.Results), func(x Result) bool { return x.Kind != kind })
}

// printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
