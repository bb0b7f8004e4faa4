package mutants

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

var (
	all    = flag.Bool("all", false, "run all mutants: a build each, minutes in all")
	only   = flag.String("only", "", "run the mutants whose names match")
	sample = flag.Int("sample", 0, "run that many mutants, other ones each day, and no more after maxSample")
)

// maxSample bounds the time in which the mutants of a sample are begun.
const maxSample = 90 * time.Second

func TestMain(m *testing.M) { clustertest.Main(m) }

// root is the module's directory.
const root = "../../.."

// TestMutants sees to it that each mutant's fault has its place, and, if asked to, builds it and sees to it that its tests fail.
func TestMutants(t *testing.T) {
	list := mutants()
	sources := map[string]string{}
	for _, m := range list {
		if sources[m.file] == "" {
			text, err := os.ReadFile(filepath.Join(root, m.file))
			if err != nil {
				t.Fatal(err)
			}
			sources[m.file] = string(text)
		}
		if n := strings.Count(sources[m.file], m.old); n != 1 {
			t.Errorf("%s: its text stands %d times in %s: find the place for the fault", m.name, n, m.file)
		}
	}
	if t.Failed() {
		return
	}
	list = slices.DeleteFunc(list, func(m mutant) bool { return !chosen(t, m) })
	rand.New(rand.NewPCG(uint64(time.Now().Unix()/86400), 0)).Shuffle(len(list), func(i, j int) {
		if *sample > 0 {
			list[i], list[j] = list[j], list[i]
		}
	})
	begin := time.Now()
	sound := map[tests]bool{} // tests that pass without a fault
	var table []string
	for i, m := range list {
		if *sample > 0 && (i == *sample || time.Since(begin) > maxSample) {
			break
		}
		if m.by == (tests{}) {
			m.by = oracles
		}
		// A sample runs beside the tests themselves.
		if !sound[m.by] && *sample == 0 {
			control := mutant{file: m.file, by: m.by}
			if noticed, err := control.try(t, sources[m.file]); err != nil || noticed != "" {
				t.Errorf("%s %s fails without a mutant: %s %v", m.by.pkg, m.by.run, noticed, err)
			}
			sound[m.by] = true
		}
		t.Run(m.name, func(t *testing.T) {
			start := time.Now()
			noticed, err := m.try(t, sources[m.file])
			switch {
			case err != nil:
				t.Fatal(err)
			case noticed == "":
				t.Errorf("nothing notices that %s (%s)", m.name, m.file)
				noticed = "NOTHING"
			}
			table = append(table, fmt.Sprintf("%-70s %4s  %s", m.name, time.Since(start).Round(time.Second), noticed))
			t.Log(table[len(table)-1])
		})
	}
	if len(table) > 0 {
		t.Logf("mutants, and what noticed them:\n%s", strings.Join(table, "\n"))
	}
}

// chosen reports whether a mutant is to be run.
func chosen(t *testing.T, m mutant) bool {
	name, err := regexp.Compile(*only)
	if err != nil {
		t.Fatal(err)
	}
	return name.MatchString(m.name) && (*only != "" || *all || *sample > 0)
}

// try builds a mutant's tests and runs them up to the first fault, which it returns; empty if there is none.
func (m *mutant) try(t *testing.T, source string) (string, error) {
	by := m.by
	dir := t.TempDir()
	original, err := filepath.Abs(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	mutated, overlay, binary := filepath.Join(dir, "mutated.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "mutant.test")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutated}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(mutated, []byte(strings.Replace(source, m.old, m.new, 1)), 0o600); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		return "", err
	}
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, by.pkg)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the mutant does not build: %w\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run", by.run)
	run.Dir = filepath.Join(root, by.pkg)
	run.Env = append(os.Environ(), clustertest.Env+"="+clustertest.Cluster(t).DSN(""))
	out, err := run.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := run.Start(); err != nil {
		return "", err
	}
	noticed, ran, test := "", false, ""
	for lines := bufio.NewReader(out); noticed == ""; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		ran = ran || strings.Contains(line, "--- PASS")
		if name := running.FindStringSubmatch(line); name != nil {
			test = name[1]
		}
		if fault.MatchString(line) {
			noticed = test + ": " + strings.TrimSpace(line)
		}
	}
	if noticed != "" {
		_ = run.Process.Kill() // one fault is enough
	}
	if err := run.Wait(); err != nil && noticed == "" {
		noticed = err.Error()
	}
	if noticed == "" && !ran {
		return "", fmt.Errorf("no test of %s matches %s", by.pkg, by.run)
	}
	return noticed, nil
}

// running is a line that names the test whose output follows.
var running = regexp.MustCompile(`^=== (?:RUN|CONT|NAME) +(\S+)`)

// fault is a line of a test's output that tells of one.
var fault = regexp.MustCompile(`^\s+\w+_test\.go:\d+: |^\s*--- FAIL|^panic: `)
