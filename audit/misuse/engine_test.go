package misuse

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// load reads rules that stand alone.
func load(t testing.TB, rules string) *Rules {
	t.Helper()
	r, err := Load("test.yaml", []byte("version: 1\ndefaults: off\n"+rules))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// feed sends statements of one person through an engine, each with rows.
type feed struct {
	*Engine
	seq uint64
}

func (f *feed) observe(r audit.Record) []*Alert {
	f.seq++
	r.Seq = f.seq
	return f.Observe(&r)
}

func (f *feed) read(at time.Time, rows int64) []*Alert {
	bytes := rows * 10
	alerts := f.observe(audit.Record{Event: "statement", Time: at, User: "ana", Decision: "rewrite", Statement: "SELECT 1", Fingerprint: "f", Columns: []audit.Column{maskedName}})
	return append(alerts, f.observe(audit.Record{Event: "statement", Time: at, User: "ana", Closes: f.seq, Rows: &rows, Bytes: &bytes})...)
}

func TestWindow(t *testing.T) {
	var w window
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		after time.Duration
		want  int64
	}{
		{0, 1}, {time.Minute, 2}, {30 * time.Minute, 3}, {54 * time.Minute, 4}, {60 * time.Minute, 3}, {85 * time.Minute, 4}, {24 * time.Hour, 1}, {24*time.Hour - time.Hour, 2},
	} {
		if got := w.add(start.Add(test.after), time.Hour, 1, 7); got != test.want {
			t.Errorf("after %s: %d, want %d", test.after, got, test.want)
		}
	}
	if len(w.Seqs) != 2 { // those before have fallen out
		t.Errorf("%d records are evidence", len(w.Seqs))
	}
}

func TestBaseline(t *testing.T) {
	b := &Baseline{MAD: 3, Peak: 1.5, Learn: 5, AtFirst: 1000}
	for name, test := range map[string]struct {
		b     *Baseline
		peaks []int64
		want  int64
	}{
		"none":                  {nil, []int64{1, 2, 3}, 0},
		"learning":              {b, []int64{1, 2, 3, 4}, 1000},
		"learning, no limit":    {&Baseline{Learn: 5}, nil, noLimit},
		"all the same":          {b, []int64{100, 100, 100, 100, 100}, 150},
		"deviation":             {b, []int64{80, 90, 100, 110, 120}, 180}, // 100 + 3*1.4826*10 = 144; 1.5*120
		"wide deviation":        {b, []int64{10, 60, 100, 140, 190}, 285},
		"mad wins":              {&Baseline{MAD: 20, Peak: 1, Learn: 5}, []int64{80, 90, 100, 110, 120}, 396},
		"one extreme day of 10": {&Baseline{MAD: 6, Peak: 1, Learn: 5}, []int64{90, 95, 100, 105, 110, 90, 95, 100, 105, 99999}, 99999},
	} {
		if got := test.b.limit(test.peaks); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// TestTheftDoesNotVouch has somebody exceed the limit by far: the next day's limit is not what was taken.
func TestTheftDoesNotVouch(t *testing.T) {
	f := &feed{Engine: NewEngine(load(t, `rules: [{name: r, when: {count: rows, within: 1h, over: 10, baseline: {mad: 3, peak: 2, learn: 5d}}, cool_down: 1m}]`))}
	at := firstDay.Add(9 * time.Hour)
	for range 14 {
		if alerts := f.read(at, 100); len(alerts) > 0 {
			t.Fatal(alerts)
		}
		at = at.AddDate(0, 0, 1)
	}
	for day, want := range []int64{200, 200, 200, 200, 200, 200, 200, 200, 400} {
		alerts := f.read(at, 1_000_000)
		if len(alerts) != 1 || alerts[0].Limit != want {
			t.Errorf("day %d: %v, want the limit %d", day, alerts, want)
		}
		at = at.AddDate(0, 0, 1)
	}
}

// TestWho has a rule look at some people only.
func TestWho(t *testing.T) {
	f := &feed{Engine: NewEngine(load(t, `rules: [{name: r, who: {users: [ana], roles: [analyst], except_users: [bot], except_roles: [etl]}, when: {event: break_glass}}]`))}
	for _, test := range []struct {
		user  string
		roles []string
		want  int
	}{
		{"ana", nil, 1}, {"bob", []string{"analyst"}, 1}, {"carl", []string{"support"}, 0}, {"bot", []string{"analyst"}, 0}, {"dan", []string{"analyst", "etl"}, 0},
	} {
		if got := f.observe(audit.Record{Event: "break_glass", Time: firstDay, User: test.user, Roles: test.roles}); len(got) != test.want {
			t.Errorf("%s %v: %d alerts", test.user, test.roles, len(got))
		}
	}
}

// TestCoolDown has a rule say nothing for a while, but no longer than what it does to the person lasts.
func TestCoolDown(t *testing.T) {
	for rule, want := range map[string][]int{
		"cool_down: 2h":                             {0, 120, 240},
		"cool_down: 2h, then: {cut_off: 30m}":       {0, 30, 60, 90, 120, 150, 180, 210, 240},
		"cool_down: 2h, then: {cut_off: released}":  {0, 120, 240},
		"then: {throttle: {delay: 1s, for: 100m}}":  {0, 100, 200},
		"cool_down: 10m, then: {cut_off: released}": {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240, 250},
	} {
		f := &feed{Engine: NewEngine(load(t, "rules: [{name: r, when: {event: break_glass}, "+rule+"}]"))}
		var got []int
		for minute := 0; minute < 260; minute += 10 {
			at := firstDay.Add(time.Duration(minute) * time.Minute)
			if len(f.observe(audit.Record{Event: "break_glass", Time: at, User: "ana"})) > 0 {
				got = append(got, minute)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: alerts at %v, want %v", rule, got, want)
		}
	}
}

// TestLookups has what looks like an enumeration and is none.
func TestLookups(t *testing.T) {
	for name, test := range map[string]struct {
		text func(i int) string
		rows int64
		want bool
	}{
		"ever new keys":              {func(i int) string { return fmt.Sprint("SELECT ", i) }, 1, true},
		"keys that find nothing":     {func(i int) string { return fmt.Sprint("SELECT ", i) }, 0, true},
		"parameters":                 {func(int) string { return "SELECT $1" }, 1, true},
		"constants dropped":          {func(int) string { return "SELECT ?" }, 1, true},
		"a jsonb operator":           {func(int) string { return "SELECT doc ? 'a'" }, 1, false},
		"the same text":              {func(int) string { return "SELECT 1" }, 1, false},
		"a filter's few values":      {func(i int) string { return fmt.Sprint("SELECT ", i%60) }, 1, false},
		"many rows each":             {func(i int) string { return fmt.Sprint("SELECT ", i) }, 6, false},
		"a price is not a parameter": {func(int) string { return "SELECT 'US$ 5', '$'" }, 1, false},
	} {
		f := &feed{Engine: NewEngine(load(t, `rules: [{name: r, when: {count: lookups, over: 100}}]`))}
		found := false
		for i := range 300 {
			rows, bytes := test.rows, test.rows*20
			at := firstDay.Add(time.Duration(i) * time.Second)
			f.observe(audit.Record{Event: "statement", Time: at, User: "ana", Decision: "rewrite", Statement: test.text(i), Columns: []audit.Column{maskedName}})
			found = len(f.observe(audit.Record{Event: "statement", Time: at, User: "ana", Closes: f.seq, Rows: &rows, Bytes: &bytes})) > 0 || found
		}
		if found != test.want {
			t.Errorf("%s: found is %v", name, found)
		}
	}
}

// TestFailuresCount has statements that fail, or are cancelled, once their rows are there.
func TestFailuresCount(t *testing.T) {
	for _, code := range []string{"", "22012", "57014", "08006"} {
		f := &feed{Engine: NewEngine(load(t, `rules: [{name: r, when: {count: rows, within: 1h, over: 1000}}]`))}
		rows, bytes := int64(5000), int64(100_000)
		f.observe(audit.Record{Event: "statement", Time: firstDay, User: "ana", Decision: "rewrite", Statement: "SELECT", Columns: []audit.Column{maskedName}})
		if len(f.observe(audit.Record{Event: "statement", Time: firstDay, User: "ana", Closes: f.seq, Rows: &rows, Bytes: &bytes, SQLState: code})) == 0 {
			t.Errorf("%q: rows that were delivered do not count", code)
		}
	}
}

// TestHours has the hours of the day follow the time zone, also when clocks change.
func TestHours(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for hour, want := range map[int]int{11: 0, 7: 0, 6: 1, 23: 1} {
		f := &feed{Engine: NewEngine(load(t, "time_zone: Europe/Berlin\nrules: [{name: r, when: {unusual: hour, learn: 10d}}]"))}
		for day := range 120 { // clocks change on 29 March
			at := time.Date(2026, 1, 1+day, 9, 0, 0, 0, zone)
			if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
				continue
			}
			if alerts := f.read(at, 1); len(alerts) > 0 {
				t.Error(alerts)
			}
		}
		if alerts := f.read(time.Date(2026, 5, 4, hour, 59, 0, 0, zone), 1); len(alerts) != want {
			t.Errorf("at %d: %v", hour, alerts)
		}
	}
}

// TestBounded has one who can do as he likes fill the memory.
func TestBounded(t *testing.T) {
	f := &feed{Engine: NewEngine(defaults(t))}
	f.read(firstDay, 1)
	for i := range 30_000 {
		at := firstDay.Add(time.Duration(i) * time.Second)
		f.observe(audit.Record{Event: "login_failed", Time: at, User: fmt.Sprint("guess", i)})
		f.observe(audit.Record{Event: "login_failed", Time: at, User: strings.Repeat("x", 64)})
		f.observe(audit.Record{Event: "login", Time: at, User: "eve", Client: fmt.Sprintf("10.%d.%d.1:5", i>>8&0xff, i&0xff)})
		f.observe(audit.Record{
			Event: "statement", Time: at, User: "eve", Decision: "rewrite", Statement: fmt.Sprint("SELECT ", i), Fingerprint: fmt.Sprint(i),
			Columns: []audit.Column{{Class: fmt.Sprint("class", i), Action: "show"}},
		})
		if i%2 == 0 {
			rows := int64(1)
			f.observe(audit.Record{Event: "statement", Time: at, User: "eve", Closes: f.seq, Rows: &rows, Bytes: &rows})
		}
	}
	if len(f.people) > maxPeople || f.people["ana"] == nil {
		t.Errorf("%d people", len(f.people))
	}
	p := f.people["eve"]
	if len(p.Open) > maxOpen || len(p.Networks) > maxNetworks || len(p.Classes) > maxClasses || len(p.Shown) > maxClasses {
		t.Errorf("%d open, %d networks, %d classes", len(p.Open), len(p.Networks), len(p.Classes))
	}
	for key, c := range p.Counts {
		if len(c.Lookups) > maxShapes || len(c.Window.Seqs) > evidenceSeqs {
			t.Errorf("%s: %d shapes", key, len(c.Lookups))
		}
	}
}

// TestNotMisuse has records that no rule may count.
func TestNotMisuse(t *testing.T) {
	f := &feed{Engine: NewEngine(load(t, `rules:
  - {name: rows, when: {count: rows, over: 10}}
  - {name: refusals, when: {count: refusals, over: 0}}
  - {name: failed, when: {count: failed_logins, over: 0}}
  - {name: glass, when: {event: break_glass}, then: {cut_off: 1h}}`))}
	rows, none, some := int64(math.MaxInt32), int64(0), int64(100)
	open := audit.Record{Event: "statement", Time: firstDay, User: "ana", Decision: "rewrite", Columns: []audit.Column{maskedName}}
	unprotected := audit.Record{Event: "statement", Time: firstDay, User: "ana", Decision: "pass", Fingerprint: "f"}
	failed := open
	failed.Decision, failed.SQLState = "error", "42601"
	var alerts []*Alert
	alerts = append(alerts, f.observe(open)...)
	alerts = append(alerts, f.observe(audit.Record{Event: "statement", Time: firstDay, User: "ana", Closes: f.seq, Rows: &rows, Bytes: &none})...) // an UPDATE
	alerts = append(alerts, f.observe(unprotected)...)
	alerts = append(alerts, f.observe(audit.Record{Event: "statement", Time: firstDay, User: "ana", Closes: f.seq, Rows: &rows, Bytes: &some})...)
	alerts = append(alerts, f.observe(audit.Record{Event: "statement", Time: firstDay, User: "ana", Closes: 999, Rows: &rows, Bytes: &some})...)
	alerts = append(alerts, f.observe(failed)...)
	alerts = append(alerts, f.observe(audit.Record{Event: "start", Time: firstDay})...)
	if len(alerts) > 0 {
		t.Error(alerts)
	}
	if got := f.observe(audit.Record{Event: "break_glass", Time: firstDay, User: "ana"}); len(got) != 1 {
		t.Fatal(got)
	}
	if got := f.observe(audit.Record{Event: "login_failed", Time: firstDay, User: "ana", SQLState: "28000"}); len(got) != 0 {
		t.Errorf("the refused login of one who is cut off: %v", got)
	}
}
