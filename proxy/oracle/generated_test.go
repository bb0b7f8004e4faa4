package oracle

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	generatedFor = flag.Duration("generate.time", 8*time.Second, "how long statements are generated for each caller")
	generatedMax = flag.Int("generate.count", 200, "how many statements are generated for each caller at most")
	generateSeed = flag.Uint64("generate.seed", 11523640065357308481, "seed of the generator; 0 is a random one")
	generateOnly = flag.Int("generate.only", -1, "number of the only statement to generate")
)

// maxFaults bounds how many faults of a caller are reduced and told.
const maxFaults = 8

// tally counts what became of statements.
type tally struct {
	statements int
	outcomes   map[outcome]int
	reasons    map[string]int // to refuse
	examples   map[string]string
}

func newTally() *tally {
	return &tally{outcomes: map[outcome]int{}, reasons: map[string]int{}, examples: map[string]string{}}
}

func (t *tally) add(o *tally) {
	t.statements += o.statements
	for k, n := range o.outcomes {
		t.outcomes[k] += n
	}
	for r, n := range o.reasons {
		t.reasons[r] += n
		t.examples[r] = o.examples[r]
	}
}

func (t *tally) refuse(s *generated, reason string) {
	t.reasons[reason]++
	t.examples[reason] = strings.Join(s.messages, "; ")
}

func (t *tally) String() string {
	out := fmt.Sprintf("%d statements", t.statements)
	for _, k := range slices.Sorted(maps.Keys(t.outcomes)) {
		out += fmt.Sprintf(", %d %s", t.outcomes[k], k)
	}
	reasons := slices.SortedFunc(maps.Keys(t.reasons), func(a, b string) int { return t.reasons[b] - t.reasons[a] })
	for _, r := range reasons {
		out += fmt.Sprintf("\n%6d refused: %s, such as %s", t.reasons[r], r, cut(t.examples[r]))
	}
	return out
}

// trio are the three sessions in which a statement is run.
type trio struct {
	one, visible, other *client
	secrets             map[string]bool
}

// fault is a violation: of which contract, and how.
type fault struct{ contract, codes, text string }

// runGenerated runs statements that are written by chance, for each caller.
func runGenerated(t *testing.T, w *world) {
	seed := *generateSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed: -generate.seed=%d", seed)
	var mu sync.Mutex
	total, start := newTally(), time.Now()
	t.Run("callers", func(t *testing.T) {
		for i, c := range callers() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				sum := generateFor(t, w, c, seed+uint64(i))
				mu.Lock()
				defer mu.Unlock()
				total.add(sum)
			})
		}
	})
	t.Logf("-generate.seed=%d, %.0f statements a second: %s", seed, float64(total.statements)/time.Since(start).Seconds(), total)
	if all := total.statements; all > 1000 && total.outcomes[refused]*100 > all*maxRefused {
		t.Errorf("%d of %d statements are refused: more than %d%%", total.outcomes[refused], all, maxRefused)
	}
}

// newerThan reports whether one of a statement's messages has what a server of that major version does not know. It has errors of its own then, and
// which of several comes first depends on who parses it.
func newerThan(version int, messages []string) bool {
	newer := map[int]*regexp.Regexp{
		14: regexp.MustCompile(`date_bin\(|\(.* SIMILAR '%#| SEARCH (DEPTH|BREADTH) FIRST| CYCLE .* SET `),
		15: regexp.MustCompile(`\bMERGE INTO\b`),
	}
	for since, words := range newer {
		if version < since && slices.ContainsFunc(messages, words.MatchString) {
			return true
		}
	}
	return false
}

// maxRefused is the share of statements, in percent, that may be refused: the generator writes hardly any that should be.
const maxRefused = 3

func generateFor(t *testing.T, w *world, c caller, seed uint64) *tally {
	p := c.reference(t)
	raw := w.copy(t)
	limit := map[string]string{"statement_timeout": "1s"}
	session := func(dsn string) *client {
		cl, err := connect(context.Background(), dsn, limit)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cl.close)
		return cl
	}
	with := &trio{secrets: w.db.secrets(p, c)}
	with.one = session(serve(t, raw, c.policyFile(), users(c))(c.name))
	with.visible = session(w.visible(t, c, p))
	with.other = session(serve(t, w.twin(t, c, p), c.policyFile(), users(c))(c.name))
	relations, purposes := w.relationsFor(p, c), p.declarable(c)
	sum := newTally()
	start := time.Now()
	faults := 0
	for i := uint64(0); i < uint64(*generatedMax) && time.Since(start) < *generatedFor && faults < maxFaults; i++ {
		if *generateOnly >= 0 {
			i = uint64(*generateOnly)
		}
		s := generate(relations, purposes, seed, i)
		if newerThan(w.version, s.messages) {
			continue
		}
		by := s.one(int(i))[0]
		found, err := with.check(s, by, sum)
		if err != nil {
			t.Fatalf("%s, %s: %v\n for %s", s.where, by, err, strings.Join(s.messages, "\n--;\n"))
		}
		if found != nil {
			faults++
			small := with.shrink(s, by, found)
			t.Errorf("-generate.seed=%d, statement %d (%s), %s, %s: %s\n for %s\n reduced to\n%s\n which gives\n%s", seed, i, c.name, by, found.contract, found.text,
				strings.Join(s.messages, "\n--;\n"), strings.Join(small.messages, "\n--;\n"), with.told(small, by))
		}
		if *generateOnly >= 0 {
			break
		}
		if i%2000 == 1999 {
			t.Logf("%s: %d statements, %.0f a second", c.name, i+1, float64(i+1)/time.Since(start).Seconds())
		}
	}
	t.Logf("%s", sum)
	return sum
}

// relationsFor are the relations as statements of a caller are written over them: with the denied columns marked.
func (w *world) relationsFor(p *policy, c caller) (out []*relation) {
	views := map[string]*tableView{}
	for _, t := range w.db.tables {
		views[t.name] = w.db.see(p, c, t)
		if views[t.entry] == nil {
			views[t.entry] = views[t.name]
		}
	}
	for _, r := range w.relations {
		if r.name == "lab.totals" && p.UnlistedColumns == "mask" {
			continue // where tables need not be named, a copy of what is protected must be
		}
		own := *r
		own.columns = slices.Clone(r.columns)
		own.writable = slices.ContainsFunc(p.Tables[r.name].Write, func(role string) bool { return slices.Contains(c.roles, role) })
		if v := views[r.name]; v != nil {
			for i, col := range own.columns {
				j := slices.IndexFunc(v.columns, func(tc tableColumn) bool { return tc.name == col.name || quote(tc.name) == col.name })
				own.columns[i].masked = j < 0 || v.masked(j)
				if j >= 0 && v.denied[j] {
					own.columns[i].typ = "denied"
					if v.dropped[j] {
						own.columns[i].typ = "denied omitted"
					}
				}
			}
		}
		own.key = slices.DeleteFunc(slices.Clone(r.key), func(k string) bool {
			return slices.ContainsFunc(own.columns, func(col relationColumn) bool { return col.name == k && strings.HasPrefix(col.typ, "denied") })
		})
		out = append(out, &own)
	}
	return out
}

// told spells the three answers to a statement.
func (w *trio) told(s *generated, by protocol) string {
	var out strings.Builder
	for _, c := range []struct {
		name string
		of   *client
	}{{"the proxy", w.one}, {"the visible database", w.visible}, {"the twin's proxy", w.other}} {
		events, err := c.of.run(&s.statement, by)
		fmt.Fprintf(&out, "  %s: %s %v\n", c.name, cut(describe(events)), err)
	}
	return out.String()
}
