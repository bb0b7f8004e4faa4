package index

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pgscrim/pgscrim/audit"
)

// Kind says what a [Tally] counts.
type Kind uint8

// Kinds of tallies, with the meaning of their What, Markets and How.
const (
	// Statements counts statements: What is the decision, How is "direct" if the policy did not look at them.
	Statements Kind = iota + 1
	// Touches counts statements that showed a class of data: What is the class, empty for columns that the policy does not name, Markets the
	// regions that it could be of, separated by commas, empty if the policy made no difference between them, How is "show" or "mask".
	Touches
	// Refusals counts statements that the proxy refused: What is the SQLSTATE, How the rule, empty if it was none.
	Refusals
	// Failures counts statements that PostgreSQL refused: What is the SQLSTATE.
	Failures
	// Events counts other records: What is the event, How the client's address without its port, of an alert the rule.
	Events
)

// Tally is how often something was recorded within an hour.
type Tally struct {
	Key
	Statements int64 // or records
	Rows       int64 // that the statements returned or changed, of all classes and regions together
}

// Key is what is counted apart.
type Key struct {
	Hour                 int64 // Unix time of its start
	Kind                 Kind
	User, Roles, Purpose string // roles separated by commas
	What, Markets, How   string
}

// tallies counts.
type tallies map[Key]*Tally

func (t tallies) add(k Key, rows int64) {
	n := t[k]
	if n == nil {
		n = &Tally{Key: k}
		t[k] = n
	}
	n.Statements++
	n.Rows += rows
}

// count takes an item: a statement with its end, as far as it has one.
func (t tallies) count(r *audit.Record) {
	k := Key{Hour: r.Time.Unix() / 3600 * 3600, User: r.User, Roles: strings.Join(r.Roles, ","), Purpose: r.Purpose}
	if r.Event != "statement" {
		k.Kind, k.What, k.How = Events, r.Event, cmp.Or(rule(r), address(r.Client))
		t.add(k, 0)
		return
	}
	var rows int64
	if r.Rows != nil {
		rows = *r.Rows
	}
	statement := k
	statement.Kind, statement.What = Statements, r.Decision
	if isDirect(r) {
		statement.How = "direct"
	}
	t.add(statement, rows)
	switch {
	case isRefused(r):
		k.Kind, k.What, k.How = Refusals, r.SQLState, r.Rule
		t.add(k, 0)
		return
	case r.SQLState != "":
		failure := k
		failure.Kind, failure.What = Failures, r.SQLState
		t.add(failure, rows)
	}
	k.Kind = Touches
	var seen [16]Key // most statements touch fewer
	touched := seen[:0]
	for _, touch := range touches(r) {
		k.What, k.Markets, k.How = touch.class, strings.Join(touch.markets, ","), touch.action
		if !slices.Contains(touched, k) {
			touched = append(touched, k)
			t.add(k, rows)
		}
	}
}

// touch is a class of data that a statement showed.
type touch struct {
	class, action string   // action is show or mask
	markets       []string // nil for all
}

// touches lists what a statement showed, column by column.
func touches(r *audit.Record) []touch {
	list := make([]touch, 0, 2*len(r.Columns))
	for _, c := range r.Columns {
		if slices.ContainsFunc(r.Hidden, func(h audit.HiddenRows) bool { return h.All && h.Relation == c.Relation }) {
			continue
		}
		apart := len(c.Shown)+len(c.Masked) > 0
		if len(c.Shown) > 0 || !apart && strings.Contains(c.Action, "show") {
			list = append(list, touch{c.Class, "show", c.Shown})
		}
		if len(c.Masked) > 0 || !apart && strings.Contains(c.Action, "mask") {
			list = append(list, touch{c.Class, "mask", c.Masked})
		}
	}
	return list
}

// rule is the rule by which a statement was refused, or an alert raised.
func rule(r *audit.Record) string {
	if r.Alert != nil {
		return r.Alert.Rule
	}
	return r.Rule
}

// isRefused reports whether a statement was not let through. A refusal has one record.
func isRefused(r *audit.Record) bool { return r.Decision == "deny" || r.Decision == "error" }

// isDirect reports whether a statement went by the policy: what has been analysed has a fingerprint.
func isDirect(r *audit.Record) bool {
	return r.Event == "statement" && r.Decision == "pass" && r.Fingerprint == ""
}

// address is a client without its port.
func address(client string) string {
	if i := strings.LastIndexByte(client, ':'); i >= 0 {
		return strings.Trim(client[:i], "[]")
	}
	return client
}

func compare(a, b *Tally) int {
	return cmp.Or(
		cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.User, b.User), cmp.Compare(a.Roles, b.Roles),
		cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.What, b.What), cmp.Compare(a.Markets, b.Markets), cmp.Compare(a.How, b.How),
	)
}

func (t tallies) encode(e *encoder) {
	var texts []string
	numbers := make(map[string]uint64)
	number := func(s string) uint64 {
		n, ok := numbers[s]
		if !ok {
			n = uint64(len(texts))
			numbers[s] = n
			texts = append(texts, s)
		}
		return n
	}
	var rows encoder
	hour := int64(0)
	for _, n := range slices.SortedFunc(maps.Values(t), compare) {
		rows.int(n.Hour - hour)
		hour = n.Hour
		rows.uint(uint64(n.Kind))
		for _, s := range []string{n.User, n.Roles, n.Purpose, n.What, n.Markets, n.How} {
			rows.uint(number(s))
		}
		rows.uint(uint64(n.Statements))
		rows.int(n.Rows)
	}
	e.uint(uint64(len(texts)))
	for _, s := range texts {
		e.text(s)
	}
	e.uint(uint64(len(t)))
	e.bytes(rows)
}

// tallies returns what the chunk counts.
func (c *stored) tallies() ([]Tally, error) {
	u, err := c.section(sectionTallies)
	if err != nil {
		return nil, err
	}
	texts := make([]string, u.count())
	for i := range texts {
		texts[i] = u.text()
	}
	list := make([]Tally, u.count())
	hour := int64(0)
	for i := range list {
		hour += u.int()
		n := Tally{Key: Key{Hour: hour, Kind: Kind(u.uint())}}
		for _, s := range []*string{&n.User, &n.Roles, &n.Purpose, &n.What, &n.Markets, &n.How} {
			k := u.uint()
			if k >= uint64(len(texts)) {
				return nil, errDamaged
			}
			*s = texts[k]
		}
		n.Statements, n.Rows = int64(u.uint()), u.int()
		list[i] = n
	}
	return list, u.err
}
