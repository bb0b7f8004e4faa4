package bench

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// cell is one place of the report: one kind of work on one target.
type cell struct {
	Key
	// measure takes a sample; the first one only warms up and may be short.
	measure func(ctx context.Context, warmUp bool) (*measurement, error)
	samples []*measurement
}

// Compare measures what the options say and returns the report.
func Compare(ctx context.Context, opts Options) (_ *Report, err error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	st, err := newSite(ctx, opts.Customers, opts.Scale, opts.Messages)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	st.profiles = opts.Profiles
	targets, err := st.targets(ctx, opts)
	if err != nil {
		return nil, err
	}
	contests := st.contests(targets, opts)
	for round := range opts.Rounds + 1 {
		begun := time.Now()
		for _, contest := range contests {
			for i := range contest {
				c := contest[(i+round)%len(contest)] // nobody is always the first
				s, err := c.measure(ctx, round == 0 || opts.Seconds == 0)
				if err != nil {
					return nil, err
				}
				if round > 0 {
					c.samples = append(c.samples, s)
				}
			}
		}
		name := fmt.Sprintf("Round %d of %d", round, opts.Rounds)
		if round == 0 {
			name = "Warm-up"
		}
		fmt.Fprintf(opts.Messages, "%s: %v\n", name, time.Since(begun).Round(time.Second))
	}
	return newReport(opts, contests), nil
}

// contests returns the cells, those together that are compared with each other. The first of each is the direct way.
func (st *site) contests(targets []*target, opts Options) [][]*cell {
	var contests [][]*cell
	contest := func(key Key, on func(*target) bool, measure func(t *target) func(context.Context, bool) (*measurement, error)) {
		if opts.Work != nil && !opts.Work.MatchString(key.Work+", "+key.Mode) {
			return
		}
		var cells []*cell
		for _, t := range targets {
			if on(t) {
				key.Target = t.name
				cells = append(cells, &cell{Key: key, measure: measure(t)})
			}
		}
		contests = append(contests, cells)
	}
	for _, w := range st.workloads() {
		for _, clients := range opts.Clients {
			for _, mode := range w.modes {
				contest(Key{Kind: Transactions, Work: w.name, Mode: mode, Clients: clients}, w.on, func(t *target) func(context.Context, bool) (*measurement, error) {
					return func(ctx context.Context, warmUp bool) (*measurement, error) {
						limit := []string{"-T", strconv.Itoa(opts.Seconds)}
						if warmUp {
							limit = []string{"-t", "20"}
						}
						return st.pgbench(ctx, &w, t, mode, clients, limit...)
					}
				})
			}
		}
	}
	for _, s := range streams() {
		views := func(t *target) bool { return t.name != handView && t.name != barrier }
		contest(Key{Kind: Streams, Work: s.name, Clients: 1}, views, func(t *target) func(context.Context, bool) (*measurement, error) {
			return func(ctx context.Context, _ bool) (*measurement, error) { return st.stream(ctx, t, s) }
		})
	}
	for _, q := range queries() {
		all := func(t *target) bool { return t.pid == 0 || t.name == strict }
		contest(Key{Kind: Queries, Work: q.name, Clients: 1}, all, func(t *target) func(context.Context, bool) (*measurement, error) {
			return func(ctx context.Context, warmUp bool) (*measurement, error) {
				atLeast := time.Duration(opts.Seconds) * 100 * time.Millisecond
				if warmUp {
					atLeast = 0
				}
				return st.ask(ctx, t, q, atLeast)
			}
		})
	}
	return contests
}
