package oracle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The contracts that a statement can violate.
const (
	equivalent      = "equivalence"
	nonInterference = "non-interference" // two twins answer alike
	secrecy         = "secrecy"
)

// check runs a statement and compares the answers. The error is of the sessions themselves.
func (w *trio) check(s *generated, by protocol, sum *tally) (*fault, error) {
	a, err := w.ask(s, by)
	if err != nil {
		return nil, err
	}
	sum.statements++
	found, outcome := w.judge(s, by, a)
	if found != nil {
		if outcome, err = w.excuse(s, by, a, found); err != nil {
			return nil, err
		}
		if outcome == "" {
			return found, nil
		}
	}
	if outcome == refused {
		sum.refuse(s, refusedBecause(a.got, a.want))
	}
	sum.outcomes[outcome]++
	return nil, nil
}

// answers are those to one statement: of the proxy, of the visible database, and of the proxy over the twin.
type answers struct{ got, want, twin []event }

func (w *trio) ask(s *generated, by protocol) (a answers, err error) {
	for _, one := range []struct {
		who  string
		of   *client
		into *[]event
	}{{"the visible database", w.visible, &a.want}, {"the proxy", w.one, &a.got}, {"the twin's proxy", w.other, &a.twin}} {
		if *one.into, err = one.of.run(&s.statement, by); err != nil {
			return a, fmt.Errorf("%s: %w", one.who, err)
		}
		if tooLate(*one.into) { // so would be the others
			break
		}
	}
	return a, nil
}

// tooLate reports whether a statement ran into the timeout.
func tooLate(events []event) bool {
	return slices.ContainsFunc(events, func(e event) bool { return e.kind == 'E' && strings.HasPrefix(e.text, "ERROR 57014") })
}

// outcome is what became of a statement that violates nothing.
type outcome string

const (
	answered outcome = "answered equally"
	failed   outcome = "failed equally"
	refused  outcome = "refused"
	late     outcome = "timed out"
	planned  outcome = "failed by plan"
	mistaken outcome = "had two mistakes"
)

// judge compares the answers to a statement.
func (w *trio) judge(s *generated, by protocol, a answers) (*fault, outcome) {
	g, v, o := code(a.got), code(a.want), code(a.twin)
	violation := func(contract, text string) (*fault, outcome) {
		return &fault{contract, g + "/" + v + "/" + o, text}, ""
	}
	if tooLate(slices.Concat(a.got, a.want, a.twin)) {
		return nil, late
	}
	if leaked := leak(a.got, w.secrets); leaked != "" {
		return violation(secrecy, "LEAK of "+leaked)
	}
	// Which row fails first is left to the plan, and to where rows lie; whether one does is not.
	between := comparison{ordered: s.ordered() && !s.cut, varies: atRun(g) && g == o, plans: true, origins: !s.temporary()}
	if unsorted := s.cut && g == "" && o == ""; !unsorted {
		if diff := between.difference(a.twin, a.got); diff != "" {
			return violation(nonInterference, diff)
		}
	}
	if refusedBecause(a.got, a.want) != "" {
		return nil, refused
	}
	if unsorted := s.cut && g == "" && v == ""; !unsorted {
		if diff := w.unlike(s, by, a.got, a.want); diff != "" {
			return violation(equivalent, diff)
		}
	}
	if g == "" {
		return nil, answered
	}
	return nil, failed
}

// unlike tells how an answer differs from that of the visible database, empty if it does not.
func (w *trio) unlike(s *generated, by protocol, got, want []event) string {
	g, v := code(got), code(want)
	return comparison{ordered: s.ordered(), varies: atRun(g) && g == v, record: true, early: by == extended}.difference(untilError(got), untilError(want))
}

// excuse looks whether answers may differ as they do, because PostgreSQL itself answers one way or the other: it must be seen to. The
// outcome is empty if there is no excuse.
func (w *trio) excuse(s *generated, by protocol, a answers, found *fault) (outcome, error) {
	g, v, o := code(a.got), code(a.want), code(a.twin)
	byPlan := func(x, y string) (outcome, error) {
		if !atRun(x) && !atRun(y) {
			return "", nil
		}
		if ok, err := w.byPlan(s, by, x, y); err != nil || !ok {
			return "", err
		}
		return planned, nil
	}
	switch {
	case found.contract == nonInterference:
		return byPlan(g, o)
	case found.contract != equivalent:
		return "", nil
	case g == "" || v == "" || atRun(g) && atRun(v):
		return byPlan(g, v)
	case w.reproduced(s, by, a.got) && w.reproduced(s, by, a.want):
		return mistaken, nil
	}
	return "", nil
}

// reproduced reports whether a part of a statement fails with the error of an answer on the visible database, and equally through the
// proxy, or is refused by it. An error that only one of them reported of the whole is then a mistake that the other one has seen too, behind another.
func (w *trio) reproduced(s *generated, by protocol, answer []event) bool {
	same := func(events []event) bool { return message(events) == message(answer) }
	equal := false
	reduce(s, func(part *generated) bool {
		if equal { // no need to go on
			return false
		}
		got, err := w.one.run(&part.statement, by)
		if err != nil {
			return false
		}
		want, err := w.visible.run(&part.statement, by)
		if err != nil {
			return false
		}
		equal = same(got) && same(want) && w.unlike(part, by, got, want) == "" || same(want) && refusedBecause(got, want) != ""
		return same(got) || same(want)
	})
	return equal
}

// message is an answer's first error, without what depends on the place of the mistake.
func message(events []event) string {
	i := slices.IndexFunc(events, func(e event) bool { return e.kind == 'E' })
	if i < 0 {
		return ""
	}
	text, _, _ := strings.Cut(events[i].text, " | ")
	return text
}

// planners are settings under which a server makes different plans.
var planners = []string{"enable_hashjoin = off", "enable_nestloop = off", "enable_mergejoin = off", "enable_material = off", "join_collapse_limit = 1",
	"enable_hashagg = off", "enable_sort = off", "enable_seqscan = off", "from_collapse_limit = 1", "enable_memoize = off"}

// byPlan reports whether, on the visible database alone, a statement ends with each of the SQLSTATEs, empty for none, under some plan. PostgreSQL
// plans by the sizes of relations, hidden rows included, and an expression that may fail does so only if the plan comes to run it.
func (w *trio) byPlan(s *generated, by protocol, codes ...string) (bool, error) {
	seen := map[string]bool{}
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
		seen[code(events)] = true
		if !slices.ContainsFunc(codes, func(c string) bool { return !seen[c] }) {
			return true, nil
		}
	}
	return false, nil
}

// unknownFunction is an error that names the types of arguments: the proxy does not always know them.
var unknownFunction = regexp.MustCompile(`(?s)^(ERROR 42883: function [^(]*)\(.*?\)( does not exist)`)

// untilError are the events up to the first error: what follows it in a session depends on it.
func untilError(events []event) []event {
	i := slices.IndexFunc(events, func(e event) bool { return e.kind == 'E' })
	if i < 0 {
		return events
	}
	out := slices.Clone(events[:i+1])
	out[i].text = unknownFunction.ReplaceAllString(out[i].text, "$1$2")
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
	return message(got)
}
