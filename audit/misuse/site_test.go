package misuse

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// A site is people at work, as their audit records show it: analysts who explore, clerks who look up customers in shifts, dashboards,
// nightly jobs, a data protection officer, a new colleague every few months. There are holidays, leave, overtime, month ends, typos and
// working from home. The same seed gives the same records.

// event is one thing that somebody does.
type event struct {
	at     time.Time
	record audit.Record
	rows   int64 // of the closing record; below 0: it has none
}

// worker is somebody who works.
type worker struct {
	name  string
	role  string
	from  int // the first day
	rng   *rand.Rand
	plan  func(w *worker, day time.Time) []event
	leave map[int]bool
	shift int
}

// firstDay is a Thursday.
var firstDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func dayNumber(day time.Time) int { return int(day.Sub(firstDay) / (24 * time.Hour)) }

const (
	office = "10.20.30.40:51000"
	vpn    = "10.99.1.7:52000"
)

// newSite makes fifty people.
func newSite(seed uint64) []*worker {
	var all []*worker
	add := func(n int, role string, from int, plan func(*worker, time.Time) []event) {
		for range n {
			i := len(all)
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			w := &worker{name: fmt.Sprintf("%s%d", role, i), role: role, from: from, rng: rng, plan: plan, leave: map[int]bool{}, shift: i}
			for range 2 { // weeks of leave
				for start, d := rng.IntN(350), 0; d < 7+rng.IntN(10); d++ {
					w.leave[start+d] = true
				}
			}
			all = append(all, w)
		}
	}
	add(26, "analyst", 0, analyse)
	add(12, "support", 0, support)
	add(4, "dashboard", 0, refreshDashboards)
	add(3, "etl", 0, export)
	add(1, "dpo", 0, review)
	add(2, "analyst", 120, analyse)
	add(1, "support", 200, support)
	add(1, "analyst", 260, analyse)
	return all
}

func isWorkday(day time.Time) bool {
	holidays := []string{"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-24", "12-25", "12-31"}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !slices.Contains(holidays, day.Format("01-02"))
}

// isMonthEnd reports whether the books are closed: the last three days of the month.
func isMonthEnd(day time.Time) bool { return day.AddDate(0, 0, 3).Month() != day.Month() }

// clock returns a time of a day, of around an hour.
func (w *worker) clock(day time.Time, hour, spread float64) time.Time {
	return day.Add(time.Duration((hour + w.rng.NormFloat64()*spread) * float64(time.Hour)))
}

// logNormal returns a number whose half of draws is below median; spread 1 has one in six above 2.7 times that.
func (w *worker) logNormal(median, spread float64) int64 {
	return max(1, int64(median*math.Exp(w.rng.NormFloat64()*spread)))
}

func (w *worker) login(at time.Time, client string) event {
	return event{at: at, rows: -1, record: audit.Record{Event: "login", User: w.name, Roles: []string{w.role}, Client: client}}
}

// statement is one that reads some of the customers.
func (w *worker) statement(at time.Time, shape, text string, rows int64, columns ...audit.Column) event {
	return event{at: at, rows: rows, record: audit.Record{
		Event: "statement", User: w.name, Roles: []string{w.role}, Client: office, Purpose: "reporting", Decision: "rewrite",
		Statement: text, Fingerprint: shape, Relations: []string{"crm.customers"}, Columns: columns,
	}}
}

func (w *worker) refused(at time.Time) event {
	e := w.statement(at, "refused", "SELECT national_id FROM crm.customers", -1)
	e.record.Decision, e.record.SQLState = "deny", "42501"
	return e
}

var (
	maskedName  = audit.Column{Relation: "crm.customers", Column: "full_name", Class: "identity", Action: "mask"}
	shownName   = audit.Column{Relation: "crm.customers", Column: "full_name", Class: "identity", Action: "show"}
	someContact = audit.Column{Relation: "crm.customers", Column: "email", Class: "contact", Action: "show/mask"}
	shownID     = audit.Column{Relation: "crm.customers", Column: "national_id", Class: "government_id", Action: "show"}
)

// analyse is an analyst's day.
func analyse(w *worker, day time.Time) (events []event) {
	if !isWorkday(day) || w.leave[dayNumber(day)] {
		return nil
	}
	start, end := w.clock(day, 8.7, 0.6), w.clock(day, 17, 0.8)
	if w.rng.IntN(15) == 0 {
		end = end.Add(2 * time.Hour)
	}
	client := office
	if w.rng.IntN(3) == 0 {
		client = vpn
	}
	statements, size := 25+w.rng.IntN(40), 60.0
	if isMonthEnd(day) {
		statements, size = statements*2, 180
	}
	events = append(events, w.login(start, client))
	for range statements {
		at := start.Add(time.Duration(w.rng.Int64N(int64(end.Sub(start)))))
		shape := fmt.Sprintf("shape%d", w.rng.IntN(200))
		text := fmt.Sprintf("SELECT %s WHERE x = %d", shape, w.rng.IntN(1000))
		events = append(events, w.statement(at, shape, text, min(w.logNormal(size, 1.2), 5000), maskedName, someContact))
		if w.rng.IntN(60) == 0 {
			events = append(events, w.refused(at.Add(time.Second)))
		}
	}
	return events
}

// support is a clerk's day: early and late shifts week by week, a Saturday in three.
func support(w *worker, day time.Time) (events []event) {
	week := dayNumber(day)/7 + w.shift
	if w.leave[dayNumber(day)] || !isWorkday(day) && (day.Weekday() != time.Saturday || week%3 != 0) {
		return nil
	}
	start := w.clock(day, 6.5+8*float64(week%2), 0.2)
	events = append(events, w.login(start, office))
	lookups := 60 + w.rng.IntN(90)
	if day.Weekday() == time.Monday {
		lookups = lookups * 3 / 2
	}
	for range lookups {
		at := start.Add(time.Duration(w.rng.Int64N(int64(8 * time.Hour))))
		text := fmt.Sprintf("SELECT * FROM crm.customers WHERE id = %d", w.rng.IntN(100_000))
		events = append(events, w.statement(at, "customer", text, int64(w.rng.IntN(2)), shownName, someContact))
	}
	return events
}

// refreshDashboards is a day of a business intelligence tool: the same texts every half-hour, some with parameters.
func refreshDashboards(w *worker, day time.Time) (events []event) {
	events = append(events, w.login(day.Add(5*time.Minute), office))
	for half := range 24 * 2 {
		at := day.Add(time.Duration(half)*30*time.Minute + time.Duration(w.rng.IntN(60))*time.Second)
		for tile := range 5 {
			shape := fmt.Sprintf("tile%d", tile)
			text := "SELECT region, count(*) /* " + shape + " */"
			if tile < 2 {
				text += " WHERE region = $1"
			}
			events = append(events, w.statement(at, shape, text, int64(1+tile*20), maskedName))
		}
	}
	return events
}

// export is a nightly job's night: a customer base that grows, in pieces.
func export(w *worker, day time.Time) (events []event) {
	start := w.clock(day, 2, 0.05)
	events = append(events, w.login(start, office))
	pieces := 10 + dayNumber(day)/60
	if isMonthEnd(day) {
		pieces *= 3
	}
	for piece := range pieces {
		e := w.statement(start.Add(time.Duration(piece)*time.Minute), "piece", fmt.Sprintf("SELECT ... OFFSET %d", piece*5000), 5000, maskedName)
		events = append(events, e)
	}
	return events
}

// review is a data protection officer's day: a few looks, some of them into everything.
func review(w *worker, day time.Time) (events []event) {
	if !isWorkday(day) || w.leave[dayNumber(day)] {
		return nil
	}
	start := w.clock(day, 10, 1)
	events = append(events, w.login(start, office))
	for i := range 3 + w.rng.IntN(10) {
		at := start.Add(time.Duration(i) * 20 * time.Minute)
		events = append(events, w.statement(at, "review", fmt.Sprintf("SELECT * WHERE id = %d", w.rng.IntN(100_000)), 1+w.rng.Int64N(20), shownName, shownID))
	}
	return events
}

// run sends the records of some days of a site through an engine, those of an attack among them, and returns the alerts.
func run(e *Engine, site []*worker, days int, attack []event) (alerts []*Alert, records int) {
	var seq uint64
	for d := range days {
		day := firstDay.AddDate(0, 0, d)
		var events []event
		for _, w := range site {
			if d >= w.from {
				events = append(events, w.plan(w, day)...)
			}
		}
		for len(attack) > 0 && attack[0].at.Before(day.AddDate(0, 0, 1)) {
			events, attack = append(events, attack[0]), attack[1:]
		}
		slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
		for _, ev := range events {
			r := ev.record
			seq++
			r.Seq, r.Time = seq, ev.at
			alerts = append(alerts, e.Observe(&r)...)
			if ev.rows < 0 {
				continue
			}
			bytes := ev.rows*80 + 20
			seq++
			alerts = append(alerts, e.Observe(&audit.Record{
				Event: "statement", User: r.User, Roles: r.Roles, Client: r.Client, Time: ev.at.Add(5 * time.Millisecond), Seq: seq, Closes: seq - 1,
				Fingerprint: r.Fingerprint, Decision: r.Decision, Rows: &ev.rows, Bytes: &bytes,
			})...)
		}
	}
	return alerts, int(seq)
}
