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
	generatedMax = flag.Int("generate.count", 1<<30, "how many statements are generated for each caller at most")
	generateSeed = flag.Uint64("generate.seed", 9001, "seed of the generator; 0 is a random one. Of two mistakes in a statement either may be reported, which the judge takes for a fault once in some 20,000 statements")
	generateOnly = flag.Int("generate.only", -1, "number of the only statement to generate")
)

// maxFaults bounds how many faults of a caller are reduced and told.
const maxFaults = 8

// tally counts what became of statements.
type tally struct {
	statements, answered, failed, refused, plan, timeout int
	reasons                                              map[string]int
	examples                                             map[string]string
}

func (t *tally) add(o *tally) {
	t.statements += o.statements
	t.answered += o.answered
	t.failed += o.failed
	t.refused += o.refused
	t.plan += o.plan
	t.timeout += o.timeout
	for r, n := range o.reasons {
		t.reasons[r] += n
		t.examples[r] = o.examples[r]
	}
}

func newTally() *tally { return &tally{reasons: map[string]int{}, examples: map[string]string{}} }

func (t *tally) String() string {
	out := fmt.Sprintf("%d statements: %d answered equally, %d failed equally, %d refused, %d failed by plan, %d timed out",
		t.statements, t.answered, t.failed, t.refused, t.plan, t.timeout)
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
	total := newTally()
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
	t.Logf("all callers: %s", total)
	if legitimate := total.statements; legitimate > 1000 && total.refused*100 > legitimate*maxRefused {
		t.Errorf("%d of %d statements are refused: more than %d%%", total.refused, legitimate, maxRefused)
	}
}

// maxRefused is the share of statements, in percent, that may be refused: the generator writes hardly any that should be.
const maxRefused = 3

func generateFor(t *testing.T, w *world, c caller, seed uint64) *tally {
	p := c.reference(t)
	raw := w.copy(t)
	limit := map[string]string{"statement_timeout": "3s"}
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
	relations := w.relationsFor(p, c)
	sum := newTally()
	start := time.Now()
	faults := 0
	for i := uint64(0); i < uint64(*generatedMax) && time.Since(start) < *generatedFor && faults < maxFaults; i++ {
		if *generateOnly >= 0 {
			i = uint64(*generateOnly)
		}
		s := generate(relations, seed, i)
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
			t.Logf("%s: %d statements in %s", c.name, i+1, time.Since(start).Round(time.Second))
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

// check runs a statement and compares the answers. The error is of the sessions themselves.
func (w *trio) check(s *generated, by protocol, sum *tally) (*fault, error) {
	got, err := w.one.run(&s.statement, by)
	if err != nil {
		return nil, fmt.Errorf("the proxy: %w", err)
	}
	want, err := w.visible.run(&s.statement, by)
	if err != nil {
		return nil, fmt.Errorf("the visible database: %w", err)
	}
	twin, err := w.other.run(&s.statement, by)
	if err != nil {
		return nil, fmt.Errorf("the twin's proxy: %w", err)
	}
	found := w.judge(s, by, sum, got, want, twin)
	if found != nil && found.contract == nonInterference && (atRun(code(got)) || atRun(code(twin))) {
		byPlan, err := w.byPlan(s, by)
		if err != nil {
			return nil, err
		}
		if byPlan {
			sum.plan++
			return nil, nil
		}
	}
	return found, nil
}

// planners are settings under which a server makes different plans.
var planners = []string{"enable_hashjoin = off", "enable_nestloop = off", "enable_mergejoin = off", "enable_material = off", "join_collapse_limit = 1",
	"enable_hashagg = off", "enable_sort = off", "enable_seqscan = off", "from_collapse_limit = 1", "enable_memoize = off"}

// byPlan reports whether, on the visible database alone, a statement fails under one plan and not under another. PostgreSQL plans by
// the sizes of relations, hidden rows included, and an expression that may fail does so only if the plan comes to run it.
func (w *trio) byPlan(s *generated, by protocol) (bool, error) {
	failed, passed := false, false
	for i := range 4 * len(planners) {
		var session []string
		for j := range 1 + i/len(planners) { // one setting, then several
			session = append(session, "SET "+planners[(i+j*(1+i/len(planners)))%len(planners)])
		}
		if _, err := w.visible.simple(strings.Join(session, "; ")); err != nil {
			return false, err
		}
		events, err := w.visible.run(&s.statement, by)
		if err != nil {
			return false, err
		}
		if err := w.visible.reset(true); err != nil {
			return false, err
		}
		failed, passed = failed || atRun(code(events)), passed || code(events) == ""
	}
	return failed && passed, nil
}

// nonInterference is the contract that two twins answer alike.
const nonInterference = "non-interference"

// judge compares the answers to a statement.
func (w *trio) judge(s *generated, by protocol, sum *tally, got, want, twin []event) *fault {
	sum.statements++
	g, v, o := code(got), code(want), code(twin)
	violation := func(contract, text string) *fault { return &fault{contract, g + "/" + v + "/" + o, text} }
	late := func(e event) bool { return e.kind == 'E' && strings.HasPrefix(e.text, "ERROR 57014") }
	if slices.ContainsFunc(slices.Concat(got, want, twin), late) {
		sum.timeout++
		return nil
	}
	if leaked := leak(got, w.secrets); leaked != "" {
		return violation("secrecy", "LEAK of "+leaked)
	}
	unsorted := s.cut && g == "" && o == ""
	// Which row fails first is left to the plan, and to where rows lie; whether one does is not.
	between := comparison{ordered: s.ordered() && !s.cut, varies: atRun(g) && g == o, plans: true, origins: !s.temporary()}
	if diff := between.difference(twin, got); diff != "" && !unsorted {
		return violation(nonInterference, diff)
	}
	if reason := refusedBecause(got, want); reason != "" {
		sum.refused++
		sum.reasons[reason]++
		sum.examples[reason] = s.messages[len(s.messages)-1]
		if len(s.messages) > 1 {
			sum.examples[reason] = strings.Join(s.messages, "; ")
		}
		return nil
	}
	if s.cut && g == "" && v == "" {
		sum.answered++
		return nil
	}
	if atRun(g) && (v == "" || atRun(v)) || atRun(v) && g == "" {
		sum.plan++ // which row fails first, and whether one does, is left to the plan
		return nil
	}
	if g != "" && v != "" && (s.cut || s.wrong && g != v && strings.HasPrefix(g, "42") && strings.HasPrefix(v, "42")) { // of several mistakes another may be found first
		sum.failed++
		return nil
	}
	if diff := (comparison{ordered: s.ordered(), record: true, early: by == extended}).difference(untilError(got), untilError(want)); diff != "" {
		return violation("equivalence", diff)
	}
	if g == "" {
		sum.answered++
	} else {
		sum.failed++
	}
	return nil
}

// unknownFunction is an error that names the types of arguments: the proxy does not always know them.
var unknownFunction = regexp.MustCompile(`(?s)^(ERROR 42883: function [^(]*)\(.*?\)( does not exist)`)

// ungrouped is the error of a subject's key in an INSERT that groups without it: the check of the subject is a subquery.
var ungrouped = regexp.MustCompile(`(?s)^(ERROR 42803: )subquery uses ungrouped (column ".*?") from outer query`)

// untilError are the events up to the first error: what follows it in a session depends on it.
func untilError(events []event) []event {
	i := slices.IndexFunc(events, func(e event) bool { return e.kind == 'E' })
	if i < 0 {
		return events
	}
	out := slices.Clone(events[:i+1])
	out[i].text = unknownFunction.ReplaceAllString(out[i].text, "$1$2")
	out[i].text = ungrouped.ReplaceAllString(out[i].text, "$1$2 must appear in the GROUP BY clause or be used in an aggregate function")
	return out
}

// atRun reports whether an error is one that a row raises.
func atRun(code string) bool {
	return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "21") || strings.HasPrefix(code, "23") || code == "42P22" || code == "54000"
}

// refusedBecause returns the proxy's reason to refuse what the visible database answers or fails otherwise, empty if it does not refuse.
func refusedBecause(got, want []event) string {
	c := code(got)
	if c != "42501" && c != "0A000" && c != "54001" || c == code(want) {
		return ""
	}
	i := slices.IndexFunc(got, func(e event) bool { return e.kind == 'E' })
	text, _, _ := strings.Cut(got[i].text, " | ")
	return text
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
