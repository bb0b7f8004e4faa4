package misuse

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Engine runs rules over the records of a log, in the order of the log. It has no clock: the time is that of the records, so that
// the same records always give the same alerts. It is not safe for concurrent use.
type Engine struct {
	zone   *time.Location
	rules  *Rules
	byKind map[Kind][]*keyed
	people map[string]*person
	seq    uint64 // of the last record
	now    time.Time
}

// keyed is a rule with the key of what it counts: a rule that counts something else than before starts anew.
type keyed struct {
	*Rule
	key string
}

// maxPeople bounds the people that are remembered. Only failed logins can invent names: those go first, and are not looked at if they
// are longer than names in PostgreSQL can be (NAMEDATALEN - 1).
const (
	maxPeople = 10_000
	maxName   = 63
)

// NewEngine starts the rules over an empty log.
func NewEngine(r *Rules) *Engine {
	e := &Engine{zone: r.Zone, rules: r, byKind: map[Kind][]*keyed{}, people: map[string]*person{}}
	for _, rule := range r.List {
		w := &rule.When
		key := fmt.Sprint(rule.Name, w.Kind, w.Within, w.Few, w.Shown, w.Classes, w.Relations, w.Purposes)
		e.byKind[w.Kind] = append(e.byKind[w.Kind], &keyed{rule, key})
	}
	return e
}

// Observe takes in the next record of the log and returns what the rules find at it.
func (e *Engine) Observe(r *audit.Record) []*Alert {
	e.seq = max(e.seq, r.Seq)
	if r.Time.After(e.now) {
		e.now = r.Time
	}
	if r.Event == "start" { // no session has outlived the process
		for _, p := range e.people {
			clear(p.Open)
		}
	}
	if r.User == "" || r.Event == "login_failed" && len(r.User) > maxName {
		return nil
	}
	p := e.person(r.User)
	if r.Seq <= p.Seq { // known from the saved state
		return nil
	}
	p.Seq = r.Seq
	if len(r.Roles) > 0 {
		p.Roles = r.Roles
	}
	local := e.now.In(e.zone)
	o := &observation{engine: e, person: p, record: r, day: dayOf(local)}
	o.observe(local)
	return o.alerts
}

// dayOf returns the number of a time's day since 1970, in its own time zone.
func dayOf(local time.Time) int32 {
	_, offset := local.Zone()
	return int32((local.Unix() + int64(offset)) / (24 * 60 * 60))
}

// person returns what is remembered of a user.
func (e *Engine) person(name string) *person {
	p := e.people[name]
	if p != nil {
		return p
	}
	if len(e.people) >= maxPeople {
		e.forget()
	}
	p = newPerson(name)
	e.people[name] = p
	return p
}

// forget makes room: a tenth of the people go, first those who have never logged in, last those who are held back, and of equals those
// of whom nothing was seen for longest.
func (e *Engine) forget() {
	rank := func(p *person) int {
		switch {
		case p.Held != Held{}:
			return 2
		case p.Days > 0:
			return 1
		}
		return 0
	}
	people := slices.SortedFunc(maps.Values(e.people), func(a, b *person) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Seq, b.Seq))
	})
	for _, p := range people[:maxPeople/10] {
		delete(e.people, p.Name)
	}
}

// held returns who is held back at a time.
func (e *Engine) held(now time.Time) map[string]Held {
	held := map[string]Held{}
	for name, p := range e.people {
		if h := p.Held.at(now); h != (Held{}) {
			held[name] = h
		}
	}
	return held
}

// observation is one record as the rules look at it.
type observation struct {
	engine *Engine
	person *person
	record *audit.Record
	day    int32 // since 1970, in the rules' time zone
	alerts []*Alert
}

func (o *observation) observe(local time.Time) {
	p, r := o.person, o.record
	switch {
	case r.Event == "alert" && r.Alert != nil:
		p.Held = p.Held.with(r.Alert)
		p.Fired[r.Alert.Rule] = later(p.Fired[r.Alert.Rule], r.Time)
	case r.Event == "release":
		p.Held = Held{}
	case r.Event == "login_failed":
		if p.Held.at(o.engine.now).Rule == "" { // who is cut off would fail again and again
			o.count(FailedLogins, nil, 1)
		}
	case r.Event == "login":
		p.active(o.day)
		o.hour(local)
		o.network()
	case r.Event == "break_glass":
		o.each(BreakGlass, func(k *keyed) { o.fire(k, "break-glass was used", 0, 0, []uint64{r.Seq}) })
	case r.Event == "statement" && r.Closes > 0:
		o.closed()
	case r.Event == "statement":
		p.active(o.day)
		o.hour(local)
		o.opened()
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// each calls f for the rules of a kind that the person is under.
func (o *observation) each(kind Kind, f func(*keyed)) {
	for _, k := range o.engine.byKind[kind] {
		if k.Who.includes(o.person.Name, o.person.Roles) {
			f(k)
		}
	}
}

// hour looks at the time of day.
func (o *observation) hour(local time.Time) {
	unusual := o.person.work(local, o.day)
	if !unusual {
		return
	}
	o.each(Hour, func(k *keyed) {
		if o.person.Days > k.When.Learn {
			o.fire(k, fmt.Sprintf("activity on %s at %s, without any like it on the days before", local.Weekday(), local.Format("15:04 MST")), 0, 0, []uint64{o.record.Seq})
		}
	})
}

// network looks at where a login comes from.
func (o *observation) network() {
	network, ok := networkOf(o.record.Client)
	if !ok || slices.ContainsFunc(o.engine.rules.Networks, network.Overlaps) || !o.person.arrive(network, o.day) {
		return
	}
	o.each(Network, func(k *keyed) {
		if o.person.Days > k.When.Learn {
			o.fire(k, fmt.Sprintf("a login from %s, where none has come from before", network), 0, 0, []uint64{o.record.Seq})
		}
	})
}

// opened looks at a statement that is about to run, or is refused.
func (o *observation) opened() {
	r := o.record
	if r.Decision == "deny" || r.SQLState != "" {
		if r.Decision == "deny" || r.SQLState == insufficientPrivilege {
			o.count(Refusals, openedBy(r), 1)
		}
		return
	}
	st := o.person.open(r)
	if st.Touches {
		o.count(Statements, st, 1)
	}
	all, shown := touch(o.person.Classes, st.Classes), touch(o.person.Shown, st.Shown)
	if len(all)+len(shown) > 0 {
		o.firstClass(all, shown)
	}
}

// insufficientPrivilege is the SQLSTATE of what somebody may not do (PostgreSQL manual, appendix A).
const insufficientPrivilege = "42501"

func (o *observation) firstClass(all, shown []string) {
	o.each(FirstClass, func(k *keyed) {
		fresh, how := all, "used"
		if k.When.Shown {
			fresh, how = shown, "seen unmasked"
		}
		if len(k.When.Classes) > 0 {
			fresh = slices.DeleteFunc(slices.Clone(fresh), func(class string) bool { return !slices.Contains(k.When.Classes, class) })
		}
		if len(fresh) > 0 && o.person.Days > k.When.Learn {
			o.fire(k, fmt.Sprintf("%s: %s for the first time in %d days of activity", strings.Join(fresh, ", "), how, o.person.Days), 0, 0, []uint64{o.record.Seq})
		}
	})
}

// closed looks at a statement that has ended.
func (o *observation) closed() {
	r := o.record
	st := o.person.Open[r.Closes]
	if st == nil {
		return
	}
	delete(o.person.Open, r.Closes)
	if r.SQLState == insufficientPrivilege {
		o.count(Refusals, st, 1)
	}
	if !st.Touches || r.Rows == nil || r.Bytes == nil || *r.Rows > 0 && *r.Bytes == 0 { // rows without bytes were written
		return
	}
	o.count(Rows, st, *r.Rows)
	o.lookups(st, *r.Rows)
}

// matches reports whether a condition is about a statement; nil stands for none.
func (w *When) matches(st *opened) bool {
	if st == nil {
		return true
	}
	has := func(wanted, there []string) bool {
		return len(wanted) == 0 || slices.ContainsFunc(there, func(s string) bool { return slices.Contains(wanted, s) })
	}
	classes := st.Classes
	if w.Shown {
		classes = st.Shown
	}
	return (!w.Shown || st.Shows) && has(w.Classes, classes) && has(w.Relations, st.Relations) && has(w.Purposes, []string{st.Purpose})
}

// count adds to what the rules of a kind count.
func (o *observation) count(kind Kind, st *opened, n int64) {
	o.each(kind, func(k *keyed) {
		if k.When.matches(st) && n > 0 {
			c := o.person.count(k.key)
			o.compare(k, c, &c.Window, n)
		}
	})
}

// lookups counts a statement that has asked for a few rows by constants which it has not had lately. Where the text does not show
// its constants, each execution counts.
func (o *observation) lookups(st *opened, rows int64) {
	o.each(Lookups, func(k *keyed) {
		if rows > k.When.Few || !k.When.matches(st) {
			return
		}
		c := o.person.count(k.key)
		l := c.shape(st.Fingerprint)
		l.Used = o.record.Seq
		if st.Variable || l.isNew(st.Hash) {
			o.compare(k, c, &l.Window, 1)
		}
	})
}

// compare adds to a window and fires if the sum is above the person's limit.
func (o *observation) compare(k *keyed, c *count, w *window, n int64) {
	limit := c.History.limit(&k.When, o.day)
	seq := o.record.Seq
	if o.record.Closes > 0 {
		seq = o.record.Closes // the record that has the statement
	}
	sum := w.add(o.engine.now, k.When.Within, n, seq)
	c.History.Peak = max(c.History.Peak, sum)
	if sum > limit && o.due(k) {
		found := fmt.Sprintf("%d %s in %s, the limit is %d", sum, k.When.what(), spell(k.When.Within), limit)
		if k.When.Baseline != nil {
			found += fmt.Sprintf(" after %d days of activity", o.person.Days)
		}
		o.fire(k, found, sum, limit, slices.Clone(w.Seqs))
	}
}

// what names what a condition counts.
func (w *When) what() string {
	what := map[Kind]string{
		Rows: "rows", Statements: "statements", Lookups: "look-ups by one statement", Refusals: "refusals", FailedLogins: "failed logins",
	}[w.Kind]
	if w.Shown {
		what += " with unmasked data"
	}
	if len(w.Classes) > 0 {
		what += " of " + strings.Join(w.Classes, ", ")
	}
	return what
}

// spell writes a duration without the units that are zero.
func spell(d time.Duration) string {
	if days := d / (24 * time.Hour); days > 0 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", days)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return strings.TrimSuffix(s, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m")]
}

// quiet is the time after an alert in which a rule says nothing more. It ends with what the rule has done to the person: else somebody
// who comes back would be free to go on.
func (r *Rule) quiet() time.Duration {
	quiet := r.CoolDown
	for _, held := range []time.Duration{r.Throttle.For, r.CutOff.For} {
		if held > 0 {
			quiet = min(quiet, held)
		}
	}
	return quiet
}

// due reports whether a rule may alert of the person again.
func (o *observation) due(k *keyed) bool {
	last, ok := o.person.Fired[k.Name]
	return !ok || o.engine.now.Sub(last) >= k.quiet()
}

// fire makes an alert, if one is due.
func (o *observation) fire(k *keyed, found string, value, limit int64, evidence []uint64) {
	if !o.due(k) {
		return
	}
	p, now := o.person, o.engine.now
	p.Fired[k.Name] = now
	id := sha256.Sum256([]byte(strings.Join([]string{k.Name, p.Name, o.record.Replica, fmt.Sprint(o.record.Seq)}, "\x00")))
	a := &Alert{
		Alert: audit.Alert{
			ID: hex.EncodeToString(id[:12]), Rule: k.Name, Severity: k.Severity.String(), Found: found, Value: value, Limit: limit, Evidence: evidence,
			DelayMS: k.Throttle.Delay.Milliseconds(), CutOff: k.CutOff.set(),
		},
		User: p.Name, Roles: p.Roles, Client: o.record.Client, Time: o.record.Time, Seq: o.record.Seq,
	}
	if k.Throttle.Delay > 0 {
		slow := now.Add(k.Throttle.For)
		a.Slow = &slow
	}
	if k.CutOff.For > 0 {
		until := now.Add(k.CutOff.For)
		a.Until = &until
	}
	p.Held = p.Held.at(now).with(&a.Alert)
	o.alerts = append(o.alerts, a)
}
