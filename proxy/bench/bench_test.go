package bench_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/proxy/bench"
)

// Flags of `make bench` and `make soak`. Without any the harness itself is tested, in seconds.
var (
	size    = flag.String("size", "smoke", "full, quick or smoke")
	binary  = flag.String("pgscrim", "", "path of pgscrim; empty builds it")
	report  = flag.String("json", "", "where the report goes as JSON")
	rounds  = flag.Int("rounds", 0, "rounds, if not those of the size")
	work    = flag.String("work", "", "measure only what matches, such as 'masked look-up .analyst., prepared'")
	profile = flag.String("profile", "", "a folder for CPU profiles of pgscrim")
	seconds = flag.Int("seconds", 0, "seconds of each measurement, if not those of the size")

	sessions = flag.Int("sessions", 20, "sessions of the soak")
	kills    = flag.Int("kills", 5, "how often pgscrim is killed")
	seed     = flag.Uint64("seed", 1, "of what clients do, and when pgscrim is killed")
	duration = flag.Duration("duration", 3*time.Second, "time of the soak")
)

// TestMain lets this program be the relay that the proxies are compared with.
func TestMain(m *testing.M) {
	if asked, err := bench.Floor(); asked {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestBench(t *testing.T) {
	sizes := map[string]bench.Options{"full": bench.Full(), "quick": bench.Quick(), "smoke": bench.Smoke()}
	opts, ok := sizes[*size]
	if !ok {
		t.Fatalf("-size %s: there are full, quick and smoke", *size)
	}
	if *rounds > 0 {
		opts.Rounds = *rounds
	}
	if *seconds > 0 {
		opts.Seconds = *seconds
	}
	if *work != "" {
		re, err := regexp.Compile(*work)
		if err != nil {
			t.Fatal(err)
		}
		opts.Work = re
	}
	opts.Binary, opts.Messages, opts.Profiles = pgscrim(t), os.Stderr, *profile
	r, err := bench.Compare(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if *report != "" {
		f, err := os.Create(*report)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := r.WriteJSON(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.WriteMarkdown(os.Stdout); err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Results {
		if x.Rate <= 0 || len(x.Rates) != opts.Rounds {
			t.Errorf("%+v: nothing was measured", x)
		}
	}
}

func TestSoak(t *testing.T) {
	opts := bench.SoakOptions{Binary: pgscrim(t), Sessions: *sessions, Duration: *duration, Messages: os.Stdout}
	if err := bench.Soak(context.Background(), opts); err != nil {
		t.Fatal(err)
	}
}

func TestCrash(t *testing.T) {
	opts := bench.CrashOptions{Binary: pgscrim(t), Kills: *kills, Clients: *sessions, Seed: *seed, Messages: os.Stdout}
	if err := bench.Crash(context.Background(), opts); err != nil {
		t.Fatal(err)
	}
}

// pgscrim returns the path of the binary.
func pgscrim(t *testing.T) string {
	t.Helper()
	if *binary != "" {
		return *binary
	}
	path := filepath.Join(t.TempDir(), "pgscrim")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/pgscrim/pgscrim/cmd/pgscrim").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}
