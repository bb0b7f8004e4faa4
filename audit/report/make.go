package report

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit/index"
)

// Make makes the report of the hours from since on, before until. Purposes are those of the policy.
func Make(ctx context.Context, ix *index.Index, since, until time.Time, purposes []string) (*Report, error) {
	since = since.UTC().Truncate(time.Hour)
	if end := until.UTC().Truncate(time.Hour); end.Before(until) {
		until = end.Add(time.Hour)
	}
	m := newMaker(since, until)
	if err := ix.Tallies(ctx, since, until, m.add); err != nil {
		return nil, err
	}
	return m.report(purposes), nil
}

// counted is what a Count is about.
type counted struct{ list, what, where, user string }

type counter struct {
	times int64
	users map[string]bool
}

type maker struct {
	Report
	users    map[string]*User
	touches  map[index.Key]*Touch // by all but the hour
	counts   map[counted]*counter
	days     map[string]*Day
	purposes map[string]bool
}

// The lists of a report that are made of counts.
const (
	listRefusals   = "refusals"
	listFailures   = "failures"
	listDirect     = "direct"
	listBreakGlass = "break-glass"
	listAlerts     = "alerts"
	listLogins     = "logins"
)

func newMaker(since, until time.Time) *maker {
	m := &maker{
		Report: Report{Since: since, Until: until.UTC(), Made: time.Now().UTC()}, users: map[string]*User{}, touches: map[index.Key]*Touch{}, counts: map[counted]*counter{},
		days: map[string]*Day{}, purposes: map[string]bool{},
	}
	for day := since.Truncate(24 * time.Hour); day.Before(until); day = day.AddDate(0, 0, 1) {
		m.day(day.Unix()) // also if nothing happens
	}
	return m
}

// add takes the next tally.
func (m *maker) add(t index.Tally) {
	switch t.Kind {
	case index.Statements:
		m.statement(t)
	case index.Touches:
		m.touch(t)
	case index.Refusals:
		m.count(counted{listRefusals, t.What, t.How, ""}, t)
	case index.Failures:
		m.Failed += t.Statements
		m.count(counted{listFailures, t.What, "", ""}, t)
	case index.Events:
		switch t.What {
		case "login_failed":
			m.count(counted{listLogins, t.What, t.How, t.User}, t)
		case "break_glass":
			m.count(counted{listBreakGlass, t.What, t.Purpose, t.User}, t)
		case "alert":
			m.count(counted{listAlerts, t.What, t.How, t.User}, t)
		}
	}
}

func (m *maker) statement(t index.Tally) {
	u := m.user(t)
	d := m.day(t.Hour)
	m.Statements, u.Statements, d.Statements = m.Statements+t.Statements, u.Statements+t.Statements, d.Statements+t.Statements
	m.Rows, u.Rows = m.Rows+t.Rows, u.Rows+t.Rows
	m.purposes[t.Purpose] = true
	if t.What == "deny" || t.What == "error" {
		m.Refused, u.Refused, d.Refused = m.Refused+t.Statements, u.Refused+t.Statements, d.Refused+t.Statements
	}
	if t.How == "direct" {
		m.count(counted{listDirect, "direct access", "", t.User}, t)
	}
}

func (m *maker) user(t index.Tally) *User {
	key := t.User + "\x00" + t.Roles
	u := m.users[key]
	if u == nil {
		u = &User{User: t.User, Roles: split(t.Roles)}
		m.users[key] = u
	}
	return u
}

func (m *maker) day(hour int64) *Day {
	date := time.Unix(hour, 0).UTC().Format(time.DateOnly)
	d := m.days[date]
	if d == nil {
		d = &Day{Date: date}
		m.days[date] = d
	}
	return d
}

func (m *maker) touch(t index.Tally) {
	key := t.Key
	key.Hour = 0
	n := m.touches[key]
	if n == nil {
		n = &Touch{User: t.User, Roles: split(t.Roles), Purpose: t.Purpose, Class: t.What, Action: t.How, Markets: split(t.Markets)}
		m.touches[key] = n
	}
	n.Statements += t.Statements
	n.Rows += t.Rows
}

func (m *maker) count(what counted, t index.Tally) {
	c := m.counts[what]
	if c == nil {
		c = &counter{users: map[string]bool{}}
		m.counts[what] = c
	}
	c.times += t.Statements
	c.users[t.User] = true
}

// report puts what was counted in order.
func (m *maker) report(purposes []string) *Report {
	r := m.Report
	for _, t := range m.touches {
		r.Touches = append(r.Touches, *t)
	}
	slices.SortFunc(r.Touches, func(a, b Touch) int {
		return cmp.Or(
			cmp.Compare(b.Action, a.Action), cmp.Compare(b.Statements, a.Statements), cmp.Compare(a.User, b.User), slices.Compare(a.Roles, b.Roles),
			cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Class, b.Class), slices.Compare(a.Markets, b.Markets),
		)
	})
	r.Matrix = matrix(r.Touches)
	for _, u := range m.users {
		r.Users = append(r.Users, *u)
	}
	slices.SortFunc(r.Users, func(a, b User) int {
		return cmp.Or(cmp.Compare(b.Statements, a.Statements), cmp.Compare(a.User, b.User), slices.Compare(a.Roles, b.Roles))
	})
	r.Refusals, r.Failures, r.Direct = m.list(listRefusals), m.list(listFailures), m.list(listDirect)
	r.BreakGlass, r.Alerts, r.FailedLogins = m.list(listBreakGlass), m.list(listAlerts), m.list(listLogins)
	for _, p := range purposes {
		if !m.purposes[p] {
			r.UnusedPurposes = append(r.UnusedPurposes, p)
		}
	}
	slices.Sort(r.UnusedPurposes)
	for _, date := range slices.Sorted(maps.Keys(m.days)) {
		r.Days = append(r.Days, *m.days[date])
	}
	return &r
}

// list returns the counts of a list, the most frequent first.
func (m *maker) list(name string) []Count {
	var list []Count
	for what, c := range m.counts {
		if what.list == name {
			n := Count{What: what.what, Where: what.where, User: what.user, Times: c.times}
			if n.User == "" {
				n.Users = len(c.users)
			}
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.What, b.What), cmp.Compare(a.Where, b.Where), cmp.Compare(a.User, b.User))
	})
	return list
}

// matrix counts by class and market.
func matrix(touches []Touch) Matrix {
	var x Matrix
	for _, t := range touches {
		x.Classes = append(x.Classes, t.Class)
		x.Markets = append(x.Markets, t.Markets...)
	}
	for _, list := range []*[]string{&x.Classes, &x.Markets} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	x.Markets = append([]string{AllMarkets}, x.Markets...)
	for range x.Classes {
		x.Shown = append(x.Shown, make([]int64, len(x.Markets)))
		x.Masked = append(x.Masked, make([]int64, len(x.Markets)))
	}
	for _, t := range touches {
		cells := x.Masked
		if t.Action == "show" {
			cells = x.Shown
		}
		line := cells[slices.Index(x.Classes, t.Class)]
		if len(t.Markets) == 0 {
			line[0] += t.Statements
		}
		for _, market := range t.Markets {
			line[slices.Index(x.Markets[1:], market)+1] += t.Statements
		}
	}
	return x
}

// split takes a list apart that was written with commas.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
