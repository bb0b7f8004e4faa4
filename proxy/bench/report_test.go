package bench

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	cellOf := func(rates ...float64) *cell {
		c := &cell{}
		for _, r := range rates {
			c.samples = append(c.samples, &measurement{units: r, elapsed: time.Second})
		}
		return c
	}
	// The machine is ten times slower in the second round, for both.
	if got := cellOf(50, 5, 60).relativeTo(cellOf(100, 10, 100)); !slices.Equal(got, []float64{0.5, 0.5, 0.6}) {
		t.Errorf("ratios %v", got)
	}
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("median %v, want 2.5", got)
	}
}

func TestSummaryOfPgbench(t *testing.T) {
	const out = `transaction type: script.sql
number of transactions actually processed: 12345
number of failed transactions: 0 (0.000%)
latency average = 0.250 ms
tps = 4000.500000 (without initial connection time)
`
	if n, rate, err := parseSummary(out); err != nil || n != 12345 || rate != 4000.5 {
		t.Errorf("got %v, %v, %v", n, rate, err)
	}
	if _, _, err := parseSummary("pgbench: error: connection failed"); err == nil {
		t.Error("no summary was one")
	}
}

func TestPercentile(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "latencies")
	for name, lines := range map[string]string{".1": "0 1 300 0 1 1\n0 2 100 0 1 1\n", ".1.1": "1 1 200 0 1 1\n"} {
		if err := os.WriteFile(prefix+name, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := percentile(prefix, 0.5); err != nil || got != 200*time.Microsecond {
		t.Errorf("median %v, %v", got, err)
	}
	if _, err := percentile(prefix, 0.5); err == nil {
		t.Error("no latencies have a median")
	}
}

func TestCPUTime(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); time.Since(begun) < 200*time.Millisecond; {
		continue
	}
	after, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := treeTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	// We may have had to share the CPU, so that less than the time was ours.
	if used := after - before; used < 2*tick || used > 5*time.Second || tree < after {
		t.Errorf("200 ms of work took %v; with children %v of %v", used, tree, after)
	}
}
