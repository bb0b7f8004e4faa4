package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Print prints the report for people: of each list the first lines, 0 for all. Nothing in it can drive a terminal.
func (r *Report) Print(w io.Writer, lines int) error {
	p := &printer{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), lines: lines}
	fmt.Fprintf(p.w, "%s to %s UTC: %d statements, %d rows, %d refused, %d failed\n", minute(r.Since), minute(r.Until), r.Statements, r.Rows, r.Refused, r.Failed)
	p.list("who saw what", "user\troles\tpurpose\tclass\taction\tmarkets\tstatements\trows", len(r.Touches), func(i int) []any {
		t := &r.Touches[i]
		return []any{t.User, strings.Join(t.Roles, ","), t.Purpose, t.ClassName(), t.Action, t.MarketNames(), t.Statements, t.Rows}
	})
	p.list("users", "user\troles\tstatements\trows\trefused", len(r.Users), func(i int) []any {
		u := &r.Users[i]
		return []any{u.User, strings.Join(u.Roles, ","), u.Statements, u.Rows, u.Refused}
	})
	for _, c := range []struct {
		title, heading string
		list           []Count
		cells          func(Count) []any
	}{
		{"refused by pgscrim", "sqlstate\trule\tstatements\tusers", r.Refusals, func(c Count) []any { return []any{c.What, c.Where, c.Times, c.Users} }},
		{"failed in PostgreSQL", "sqlstate\tstatements\tusers", r.Failures, func(c Count) []any { return []any{c.What, c.Times, c.Users} }},
		{"direct access, by the policy", "user\tstatements", r.Direct, func(c Count) []any { return []any{c.User, c.Times} }},
		{"break-glass", "user\tpurpose\ttimes", r.BreakGlass, func(c Count) []any { return []any{c.User, c.Where, c.Times} }},
		{"alerts of misuse", "rule\tuser\ttimes", r.Alerts, func(c Count) []any { return []any{c.Where, c.User, c.Times} }},
		{"failed logins", "user\taddress\ttimes", r.FailedLogins, func(c Count) []any { return []any{c.User, c.Where, c.Times} }},
	} {
		p.list(c.title, c.heading, len(c.list), func(i int) []any { return c.cells(c.list[i]) })
	}
	p.list("purposes of the policy for which nothing was asked", "purpose", len(r.UnusedPurposes), func(i int) []any { return []any{r.UnusedPurposes[i]} })
	p.lines = 0
	p.list("days", "day\tstatements\trefused", len(r.Days), func(i int) []any { return []any{r.Days[i].Date, r.Days[i].Statements, r.Days[i].Refused} })
	return p.w.Flush()
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// ClassName is the class for people.
func (t *Touch) ClassName() string { return className(t.Class) }

func className(class string) string { return cmp.Or(class, "(not in the policy)") }

// MarketNames are the markets for people.
func (t *Touch) MarketNames() string { return cmp.Or(strings.Join(t.Markets, " "), AllMarkets) }

// printer prints lists.
type printer struct {
	w     *tabwriter.Writer
	lines int
}

// list prints a list with a title and a heading, or nothing if it is empty.
func (p *printer) list(title, heading string, n int, cells func(i int) []any) {
	if n == 0 {
		return
	}
	fmt.Fprintf(p.w, "\n%s\n%s\n", strings.ToUpper(title), heading)
	for i := range n {
		if p.lines > 0 && i == p.lines {
			fmt.Fprintf(p.w, "... and %d more\n", n-i)
			return
		}
		var line []string
		for _, cell := range cells(i) {
			text := audit.Printable(fmt.Sprint(cell))
			line = append(line, cmp.Or(strings.ReplaceAll(text, "\t", " "), "-"))
		}
		fmt.Fprintln(p.w, strings.Join(line, "\t"))
	}
}
