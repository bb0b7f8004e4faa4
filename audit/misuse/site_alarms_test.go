package misuse

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

func defaults(t testing.TB) *Rules {
	t.Helper()
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestQuietYear runs the shipped rules over a year of fifty people who do nothing wrong: every alarm is a false one.
func TestQuietYear(t *testing.T) {
	atMost := map[string]int{
		"bulk-read": 1, "bulk-read-in-a-day": 1,
		"unusual-hour": 8, // a clerk's first late Saturday
	}
	alerts, records := run(NewEngine(defaults(t)), newSite(1), 365, nil)
	if records < 1_500_000 {
		t.Errorf("only %d records: the year is not busy", records)
	}
	got := map[string]int{}
	for _, a := range alerts {
		if got[a.Rule]++; got[a.Rule] > atMost[a.Rule] {
			t.Errorf("false alarm %d of %s: %s", got[a.Rule], a.Rule, a)
		}
	}
	t.Logf("%d records, false alarms: %v", records, got)
}

// attackDays is how long the site works before and while it is attacked; the attacks start on day 90, a Wednesday.
const (
	attackDays = 120
	attackDay  = 90
)

// attack is what one person does beside the usual, and the rules that find it.
type attack struct {
	name   string
	user   string
	role   string
	events func(w *worker, day time.Time) []event
	rules  []string
}

// every makes n events, one each interval.
func every(at time.Time, interval time.Duration, n int, event func(i int, at time.Time) event) (events []event) {
	for i := range n {
		events = append(events, event(i, at.Add(time.Duration(i)*interval)))
	}
	return events
}

func byKey(w *worker, text string) func(i int, at time.Time) event {
	return func(i int, at time.Time) event {
		e := w.statement(at, "by-key", text, 1, maskedName)
		e.record.Statement = strings.ReplaceAll(text, "?", fmt.Sprint(i))
		return e
	}
}

func attacks() []attack {
	const weekend = 3 * 24 * time.Hour // from attackDay to Saturday
	return []attack{
		{"enumeration in an hour", "analyst0", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(10*time.Hour), time.Second, 900, byKey(w, "SELECT * FROM crm.customers WHERE id = ?"))
		}, []string{"enumeration", "slow-enumeration"}},
		{"enumeration, literals hashed", "analyst1", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(11*time.Hour), time.Second, 250, byKey(w, "SELECT * FROM crm.customers WHERE id = '#0011223344556677?'"))
		}, []string{"enumeration"}},
		{"enumeration by a prepared statement", "analyst2", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(11*time.Hour), time.Second, 250, byKey(w, "SELECT * FROM crm.customers WHERE id = $1"))
		}, []string{"enumeration"}},
		{"enumeration, literals dropped", "analyst11", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(11*time.Hour), time.Second, 250, func(_ int, at time.Time) event {
				return w.statement(at, "by-key", "SELECT * FROM crm.customers WHERE id = ?", 1, maskedName)
			})
		}, []string{"enumeration"}},
		{"enumeration, by a clerk who looks up all day", "support27", "support", func(w *worker, day time.Time) []event {
			return every(day.Add(10*time.Hour), 2*time.Second, 1500, func(i int, at time.Time) event {
				return w.statement(at, "customer", fmt.Sprintf("SELECT * FROM crm.customers WHERE id = %d", i), 1, shownName)
			})
		}, []string{"enumeration"}},
		{"slow enumeration, twelve an hour in working hours", "analyst3", "analyst", func(w *worker, day time.Time) (events []event) {
			for d := range 14 {
				events = append(events, every(day.AddDate(0, 0, d).Add(9*time.Hour), 5*time.Minute, 96, byKey(w, fmt.Sprintf("SELECT * WHERE id = %d?", d+1)))...)
			}
			return slices.DeleteFunc(events, func(e event) bool { return !isWorkday(e.at) })
		}, []string{"slow-enumeration"}},
		{"export of the customers on a weekend", "analyst4", "analyst", func(w *worker, day time.Time) []event {
			saturday := day.Add(weekend + 11*time.Hour)
			return append([]event{w.login(saturday, office)}, w.statement(saturday.Add(time.Minute), "all", "SELECT * FROM crm.customers", 90_000, maskedName))
		}, []string{"bulk-read", "unusual-hour"}},
		{"export in pieces, all day, each hour within its limit", "analyst5", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(8*time.Hour), 6*time.Minute, 100, func(_ int, at time.Time) event {
				return w.statement(at, "piece", "SELECT * FROM crm.customers LIMIT 2500", 2500, maskedName)
			})
		}, []string{"bulk-read-in-a-day"}},
		{"stolen password, used at night from elsewhere", "analyst6", "analyst", func(w *worker, day time.Time) []event {
			return []event{w.login(day.Add(3*time.Hour), "203.0.113.7:40000")}
		}, []string{"unusual-hour", "unusual-network"}},
		{"looking for the edges of the policy", "analyst7", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(14*time.Hour), 20*time.Second, 80, func(_ int, at time.Time) event { return w.refused(at) })
		}, []string{"many-refusals"}},
		{"a class that is not for this person", "analyst8", "analyst", func(w *worker, day time.Time) []event {
			return []event{w.statement(day.Add(14*time.Hour), "ids", "SELECT national_id FROM crm.customers WHERE id = 1", 1, shownID)}
		}, []string{"first-use-of-a-class"}},
		{"guessing a password", "analyst9", "analyst", func(w *worker, day time.Time) []event {
			return every(day.Add(2*time.Hour), time.Second, 30, func(_ int, at time.Time) event {
				e := w.login(at, "203.0.113.8:40000")
				e.record.Event, e.record.Roles, e.record.SQLState = "login_failed", nil, "28P01"
				return e
			})
		}, []string{"failed-logins"}},
		{"break-glass", "support28", "support", func(w *worker, day time.Time) []event {
			e := w.login(day.Add(13*time.Hour), office)
			e.record.Event = "break_glass"
			return []event{e}
		}, []string{"break-glass"}},
		{"export by a job's account", "etl42", "etl", func(w *worker, day time.Time) []event {
			return []event{w.statement(day.Add(2*time.Hour+30*time.Minute), "piece", "SELECT ...", 1_000_000, maskedName)}
		}, []string{"bulk-read", "bulk-read-in-a-day"}},
		{"unmasked rows, a little more each day", "analyst10", "analyst", func(w *worker, day time.Time) (events []event) {
			rows := 3000.0
			for d := range 28 {
				if at := day.AddDate(0, 0, d).Add(9 * time.Hour); isWorkday(at) {
					events = append(events, every(at, 40*time.Minute, 10, func(_ int, at time.Time) event {
						return w.statement(at, "piece", "SELECT ...", int64(rows/10), shownName)
					})...)
					rows *= 1.25
				}
			}
			return events
		}, []string{"first-use-of-a-class", "unmasked-rows", "bulk-read", "bulk-read-in-a-day"}},
		{"export by somebody new", "newcomer", "analyst", func(w *worker, day time.Time) []event {
			return []event{w.login(day.Add(9*time.Hour), office), w.statement(day.Add(10*time.Hour), "all", "SELECT * FROM crm.customers", 600_000, maskedName)}
		}, []string{"bulk-read", "bulk-read-in-a-day"}},
		{"direct access, of which no columns are known", "dba1", "dba", func(w *worker, day time.Time) []event {
			e := w.statement(day.Add(10*time.Hour), "", "COPY crm.customers TO STDOUT", 600_000)
			e.record.Relations, e.record.Decision = nil, "pass"
			return []event{w.login(day.Add(9*time.Hour), office), e}
		}, []string{"bulk-read", "bulk-read-in-a-day", "unmasked-rows"}},
	}
}

// TestAttacks runs the shipped rules over the same four months twice: as they were, and with each attack in them. What is found
// in the second and not in the first must be the attacks, each by its rules and nothing else.
func TestAttacks(t *testing.T) {
	found := func(alerts []*Alert) map[string]*Alert {
		m := map[string]*Alert{}
		for _, a := range alerts {
			if key := a.User + " " + a.Rule; a.Seq > 0 && m[key] == nil {
				m[key] = a
			}
		}
		return m
	}
	quiet, _ := run(NewEngine(defaults(t)), newSite(1), attackDays, nil)
	day := firstDay.AddDate(0, 0, attackDay)
	var all []event
	want := map[string]bool{}
	ends := map[string]time.Time{}
	for _, a := range attacks() {
		w := &worker{name: a.user, role: a.role}
		events := a.events(w, day)
		all = append(all, events...)
		for _, rule := range a.rules {
			want[a.user+" "+rule] = true
			ends[a.user+" "+rule] = events[len(events)-1].at
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	attacked, _ := run(NewEngine(defaults(t)), newSite(1), attackDays, all)

	before, after := found(quiet), found(attacked)
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if before[key] == nil && !want[key] {
			t.Errorf("false alarm: %s", after[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		switch a := after[key]; {
		case a == nil:
			t.Errorf("not found: %s", key)
		case a.Time.Before(day) || a.Time.After(ends[key].Add(time.Minute)):
			t.Errorf("%s: not found while it went on, but at %s", key, a)
		case len(a.Evidence) == 0 || a.Found == "" || a.ID == "":
			t.Errorf("%s: no evidence: %+v", key, a)
		default:
			t.Log(a)
		}
	}
}

// TestDeterministic runs the same records twice.
func TestDeterministic(t *testing.T) {
	text := func() string {
		alerts, _ := run(NewEngine(defaults(t)), newSite(7), 40, nil)
		return fmt.Sprint(alerts)
	}
	if a, b := text(), text(); a != b {
		t.Errorf("first  %s\nsecond %s", a, b)
	}
}

func BenchmarkObserve(b *testing.B) {
	e := NewEngine(defaults(b))
	rows, bytes := int64(3), int64(300)
	at := firstDay
	open := audit.Record{Event: "statement", User: "ana", Roles: []string{"analyst"}, Decision: "rewrite", Fingerprint: "0011223344556677",
		Statement: "SELECT * FROM crm.customers WHERE id = 12345", Columns: []audit.Column{maskedName, someContact}, Relations: []string{"crm.customers"}}
	closing := audit.Record{Event: "statement", User: "ana", Roles: []string{"analyst"}, Rows: &rows, Bytes: &bytes}
	var seq uint64
	for b.Loop() {
		seq, at = seq+1, at.Add(time.Second)
		open.Seq, open.Time = seq, at
		e.Observe(&open)
		closing.Closes, seq = seq, seq+1
		closing.Seq, closing.Time = seq, at
		e.Observe(&closing)
	}
}
