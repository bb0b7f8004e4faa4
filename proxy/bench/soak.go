package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// SoakOptions say how much Soak does.
type SoakOptions struct {
	// Binary is the path of pgscrim.
	Binary string
	// Sessions are open at a time; the cluster takes 300 connections, and each session has one.
	Sessions int
	Duration time.Duration
	// Messages receives the figures.
	Messages io.Writer
}

// soakCustomers are enough for results that take several messages, and few enough that the database is not the
// bottleneck.
const soakCustomers = 2000

// Soak keeps sessions busy with everything that clients do. The error says what went wrong meanwhile, what was left
// over, and where the audit log differs from what clients saw.
func Soak(ctx context.Context, opts SoakOptions) (err error) {
	st, err := newSite(ctx, soakCustomers, 0, opts.Messages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()

	idle, _, _, err := st.startPgscrim(ctx, opts.Binary, "strict")
	if err != nil {
		return err
	}
	goroutines, err := idle.goroutines()
	if err != nil {
		return err
	}
	p, address, auditDir, err := st.startPgscrim(ctx, opts.Binary, "strict")
	if err != nil {
		return err
	}
	before, err := st.leftovers(ctx, p)
	if err != nil {
		return err
	}
	s := &soak{opts: opts, address: address, ledger: newLedger(), counts: make(map[string]int)}
	memory, soakErr := s.run(ctx, p)
	errs := []error{soakErr, memory.check(opts.Messages), s.checkEnd(ctx, st, p, before)}
	after, err := p.goroutines()
	errs = append(errs, err)
	fmt.Fprintf(opts.Messages, "goroutines: %d, of a pgscrim that never had a client: %d\n", len(after), len(goroutines))
	if len(after) > len(goroutines) {
		errs = append(errs, fmt.Errorf("goroutines are left over:\n%s", strings.Join(after, "\n\n")))
	}
	// The process is gone now, without a chance to finish anything: what is not in the log is lost.
	return errors.Join(append(errs, s.ledger.differences(auditDir))...)
}

// soak is a soak under way.
type soak struct {
	opts    SoakOptions
	address string
	ledger  *ledger

	mu     sync.Mutex
	counts map[string]int // of the steps
	visits int
	errs   []error
}

// run keeps the clients going for the time, and looks at the memory meanwhile.
func (s *soak) run(ctx context.Context, p *process) (memory, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	deadline := time.Now().Add(s.opts.Duration)
	var clients sync.WaitGroup
	for number := range s.opts.Sessions {
		clients.Go(func() {
			for n := 0; time.Now().Before(deadline) && ctx.Err() == nil; n++ {
				if err := s.visit(ctx, number, n, deadline); err != nil && !errors.Is(err, context.Canceled) {
					s.fail(err)
					cancel() // the first error is the one to look at
				}
			}
		})
	}
	var m memory
	for time.Now().Before(deadline) && ctx.Err() == nil {
		time.Sleep(min(s.opts.Duration/60, time.Second))
		n, err := residentBytes(p.pid())
		if err != nil {
			s.fail(err)
			break
		}
		m = append(m, n)
	}
	clients.Wait()
	fmt.Fprintf(s.opts.Messages, "%d connections, %d statements answered:", s.visits, s.ledger.answered())
	for _, step := range steps() {
		fmt.Fprintf(s.opts.Messages, " %s %d,", step.name, s.counts[step.name])
		if s.counts[step.name] == 0 && len(s.errs) == 0 {
			s.fail(fmt.Errorf("no client came to: %s", step.name))
		}
	}
	fmt.Fprintf(s.opts.Messages, " and %s 1 in %d\n", "left rudely", rudeness)
	return m, errors.Join(s.errs...)
}

func (s *soak) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

// stepTimeout is far longer than any step takes: only one that hangs needs it.
const stepTimeout = 60 * time.Second

// rudeness is how many visits there are to one that ends without a goodbye.
const rudeness = 4

// visit is one connection of a client: it logs in, does a number of steps, and leaves.
func (s *soak) visit(ctx context.Context, client, number int, deadline time.Time) error {
	callers := []struct{ role, user string }{{"analyst", "ana"}, {"marketer", "mara"}, {"support", "sol"}}
	caller := callers[client%len(callers)]
	application := fmt.Sprintf("soak-%d-%d", client, number)
	config, err := pgconn.ParseConfig(fmt.Sprintf("postgres://%[1]s:%[1]s@%[2]s/%[3]s?sslmode=disable", caller.user, s.address, database))
	if err != nil {
		return err
	}
	config.RuntimeParams["application_name"] = application
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	// The seed makes the choices of a client the same in each run.
	v := &visit{conn: conn, caller: caller.role, account: make(account), random: rand.New(rand.NewPCG(uint64(client), uint64(number)))}
	defer func() { s.ledger.add(application, v.account) }()
	all := steps()
	for range 10 + v.random.IntN(200) {
		if time.Now().After(deadline) {
			break
		}
		step := pick(all, v.random)
		if err := s.step(ctx, v, step); err != nil {
			return errors.Join(fmt.Errorf("%s, step %q: %w", application, step.name, err), conn.Conn().Close())
		}
	}
	s.mu.Lock()
	s.visits++
	s.mu.Unlock()
	if v.random.IntN(rudeness) == 0 {
		return v.leaveRudely(ctx, "SELECT * FROM crm.orders")
	}
	return conn.Close(ctx)
}

// step does one step.
func (s *soak) step(ctx context.Context, v *visit, step step) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	s.mu.Lock()
	s.counts[step.name]++
	s.mu.Unlock()
	return step.do(v, ctx)
}

// pick chooses a step by weight.
func pick(steps []step, random *rand.Rand) step {
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	n := random.IntN(total)
	i := slices.IndexFunc(steps, func(s step) bool {
		n -= s.weight
		return n < 0
	})
	return steps[i]
}

// leftovers are what sessions hold.
type leftovers struct {
	connections int
	descriptors []string
}

// leftovers counts what a pgscrim holds at the moment.
func (st *site) leftovers(ctx context.Context, p *process) (l leftovers, err error) {
	count, err := st.single(ctx, "SELECT count(*)::text FROM pg_catalog.pg_stat_activity WHERE usename = $1", role)
	if err != nil {
		return l, err
	}
	if l.connections, err = strconv.Atoi(count); err != nil {
		return l, err
	}
	l.descriptors, err = descriptors(p.pid())
	return l, err
}

// pooled is how many connections to the database pgscrim keeps for later sessions by default.
const pooled = 20

// more reports whether there is more of anything than before, and than the connections that are kept.
func (l leftovers) more(before leftovers) bool {
	return l.connections > before.connections+pooled || len(l.descriptors) > len(before.descriptors)+pooled
}

// settleTime is how long the ends of the last sessions may take.
const settleTime = 15 * time.Second

// checkEnd checks that nothing is left of the sessions, and that pgscrim had nothing to complain about.
func (s *soak) checkEnd(ctx context.Context, st *site, p *process, before leftovers) error {
	var after leftovers
	for deadline := time.Now().Add(settleTime); ; time.Sleep(50 * time.Millisecond) {
		var err error
		if after, err = st.leftovers(ctx, p); err != nil {
			return err
		}
		if !after.more(before) || time.Now().After(deadline) {
			break
		}
	}
	fmt.Fprintf(s.opts.Messages, "connections to the database: %d before, %d after; file descriptors: %d before, %d after\n",
		before.connections, after.connections, len(before.descriptors), len(after.descriptors))
	var errs []error
	if after.more(before) {
		errs = append(errs, fmt.Errorf("left over: %+v before, %+v after", before, after))
	}
	if said := p.output.String(); said != "" {
		errs = append(errs, fmt.Errorf("pgscrim complained:\n%s", said[:min(len(said), 4000)]))
	}
	return errors.Join(errs...)
}

// memory is the resident size over time.
type memory []int64

// memorySlack is how much the garbage collector's sawtooth may move the median.
const memorySlack = 16 << 20

// check compares the second third of the time with the last: the first one warms up.
func (m memory) check(w io.Writer) error {
	if len(m) < 6 {
		return errors.New("the soak was too short to say anything about memory")
	}
	middle := func(part memory) int64 { return slices.Sorted(slices.Values(part))[len(part)/2] }
	third := len(m) / 3
	warm, end := middle(m[third:2*third]), middle(m[2*third:])
	fmt.Fprintf(w, "memory: %.1f MB after the warm-up, %.1f MB at the end, at most %.1f MB\n",
		float64(warm)/1e6, float64(end)/1e6, float64(slices.Max(m))/1e6)
	if end > warm+warm/4+memorySlack {
		return fmt.Errorf("memory grows: %d bytes after the warm-up, %d at the end", warm, end)
	}
	return nil
}

// goroutines ends a Go process and returns the stacks of the goroutines that it had, as the runtime prints them on
// SIGQUIT. Those of the runtime itself are left out: it starts some when it needs them.
func (p *process) goroutines() ([]string, error) {
	from := len(p.output.String())
	if err := p.stop(syscall.SIGQUIT); err != nil {
		return nil, err
	}
	starts := regexp.MustCompile(`(?m)^goroutine \d+ `)
	text := p.output.String()[from:]
	var stacks []string
	for _, at := range starts.FindAllStringIndex(text, -1) {
		stack, _, _ := strings.Cut(text[at[0]:], "\n\n")
		if !strings.HasPrefix(stack, "goroutine 0 ") && !strings.Contains(stack, "created by runtime.") {
			stacks = append(stacks, stack)
		}
	}
	if len(stacks) == 0 {
		return nil, fmt.Errorf("%s printed no goroutines:\n%s", p.name, text)
	}
	return stacks, nil
}
