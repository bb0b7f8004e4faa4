package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// workload is what pgbench runs against each target.
type workload struct {
	name string
	// caller is who asks: a role of the sample's policy.
	caller string
	// script is pgbench's; ROWS in it is the number of rows, SCHEMA the schema of protected tables.
	script string
	rows   int
	// protected workloads are measured on the hand-written view as well.
	protected bool
	modes     []string
	flags     []string
}

// workloads are what Compare measures with pgbench.
func (st *site) workloads() []workload {
	const lookup = "\\set id random(1, ROWS)\nSELECT id, full_name, email, phone, country, segment FROM SCHEMA.customers WHERE id = :id;\n"
	modes := []string{"simple", "extended", "prepared"}
	return []workload{
		{
			name: "unprotected look-up (pgbench -S)", caller: "analyst", rows: st.accounts, modes: modes,
			script: "\\set aid random(1, ROWS)\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n",
		},
		{name: "masked look-up (analyst)", caller: "analyst", rows: st.customers, modes: modes, script: lookup, protected: true},
		{name: "masked look-up (marketer: row rule, consent)", caller: "marketer", rows: st.customers, modes: modes, script: lookup, protected: true},
		{name: "connect, one query, disconnect", caller: "analyst", modes: modes[:1], script: "SELECT 1;\n", flags: []string{"-C"}},
	}
}

// on reports whether the workload is measured on a target.
func (w *workload) on(t *target) bool {
	return t.name != barrier && (t.name != handView || w.protected)
}

// text is the script for a target.
func (w *workload) text(t *target) []byte {
	return []byte(strings.NewReplacer("ROWS", strconv.Itoa(w.rows), "SCHEMA", t.schema(w.caller)).Replace(w.script))
}

// measurement is one sample.
type measurement struct {
	units   float64 // transactions, queries or megabytes
	elapsed time.Duration
	p99     time.Duration // the latency that 99 % of the transactions keep within; 0 where it was not measured
	meter
}

// rate is the number of units a second.
func (s *measurement) rate() float64 { return s.units / s.elapsed.Seconds() }

// pgbench runs a workload; limit is its -T or -t.
func (st *site) pgbench(ctx context.Context, w *workload, t *target, mode string, clients int, limit ...string) (*measurement, error) {
	script := filepath.Join(st.dir, "script.sql")
	if err := os.WriteFile(script, w.text(t), 0o600); err != nil {
		return nil, err
	}
	logs := filepath.Join(st.dir, "latencies")
	args := []string{"-n", "-l", "--log-prefix", logs, "-M", mode, "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, 2)), "-f", script}
	args = append(append(append(args, w.flags...), limit...), t.dsn(w.caller))
	before, err := st.meter(t)
	if err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, st.program("pgbench"), args...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("pgbench, %s, %s on %s: %w\n%s", w.name, mode, t.name, err, out)
	}
	after, err := st.meter(t)
	if err != nil {
		return nil, err
	}
	n, rate, err := parseSummary(string(out))
	if err != nil {
		return nil, err
	}
	p99, err := percentile(logs, 0.99)
	return &measurement{units: n, elapsed: time.Duration(n / rate * float64(time.Second)), p99: p99, meter: after.minus(before)}, err
}

// percentile reads the latencies that pgbench has logged under a prefix, and removes the files. A line holds client, transaction,
// microseconds and more (pgbench's manual, Per-Transaction Logging).
func percentile(prefix string, share float64) (time.Duration, error) {
	paths, err := filepath.Glob(prefix + "*")
	if err != nil {
		return 0, err
	}
	var micros []int
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err := errors.Join(err, os.Remove(path)); err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(b)) {
			fields := strings.Fields(line)
			if len(fields) < 3 {
				return 0, fmt.Errorf("pgbench logs %q", line)
			}
			n, err := strconv.Atoi(fields[2])
			if err != nil {
				return 0, fmt.Errorf("pgbench logs %q", line)
			}
			micros = append(micros, n)
		}
	}
	if len(micros) == 0 {
		return 0, errors.New("pgbench logs no latencies")
	}
	slices.Sort(micros)
	return time.Duration(micros[int(share*float64(len(micros)-1))]) * time.Microsecond, nil
}

// summary is what pgbench prints at its end. Without -C the rate leaves out the time to connect.
var summary = regexp.MustCompile(`(?s)\nnumber of transactions actually processed: (\d+).*\ntps = ([0-9.]+)`)

func parseSummary(out string) (transactions, rate float64, err error) {
	found := summary.FindStringSubmatch(out)
	if found == nil {
		return 0, 0, fmt.Errorf("pgbench prints no rate:\n%s", strings.TrimSpace(out))
	}
	if transactions, err = strconv.ParseFloat(found[1], 64); err != nil {
		return 0, 0, err
	}
	rate, err = strconv.ParseFloat(found[2], 64)
	return transactions, rate, err
}

// meter is CPU time.
type meter struct{ proxy, database time.Duration }

func (m meter) minus(earlier meter) meter {
	return meter{m.proxy - earlier.proxy, m.database - earlier.database}
}

// meter reads what a target's proxy and the database have used up to now.
func (st *site) meter(t *target) (m meter, err error) {
	if t.pid != 0 {
		if m.proxy, err = treeTime(t.pid); err != nil { // pgpool-II has a process for each client
			return m, err
		}
	}
	m.database, err = treeTime(st.postmaster)
	return m, err
}
