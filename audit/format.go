package audit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// String renders the entry as one line for people: time, event or decision, user, roles, purpose, rows and
// statement. Nothing in it can end the line or drive a terminal.
func (e Entry) String() string {
	if e.Err != nil {
		return fmt.Sprintf("(damaged line of %d bytes)", len(e.Line))
	}
	r := &e.Record
	rows := "-"
	if r.Rows != nil {
		rows = strconv.FormatInt(*r.Rows, 10)
	}
	return fmt.Sprintf(layout,
		r.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
		field(r.User), field(strings.Join(r.Roles, ",")), field(r.Purpose), field(r.outcome()), rows, r.subject())
}

// Heading names the columns of [Entry.String].
func Heading() string {
	return fmt.Sprintf(layout, "time", "user", "roles", "purpose", "decision", "rows", "statement")
}

const layout = "%-24s  %-10s  %-12s  %-16s  %-12s  %6s  %s"

// outcome is the record's decision, or the event that is no statement.
func (r *Record) outcome() string {
	switch {
	case r.Event != "statement":
		return r.Event
	case r.Decision == "":
		return "done"
	}
	return r.Decision
}

// subject is what the record is about: the statement, or for a record that closes one, how it ended.
func (r *Record) subject() string {
	var parts []string
	if r.Closes > 0 {
		parts = append(parts, "closes "+strconv.FormatUint(r.Closes, 10))
	}
	if r.DurationMS != nil {
		parts = append(parts, strconv.FormatFloat(*r.DurationMS, 'f', 1, 64)+" ms")
	}
	if r.SQLState != "" {
		parts = append(parts, Printable(r.SQLState))
	}
	if r.Statement != "" {
		parts = append(parts, Printable(r.Statement))
	}
	if r.Detail != "" {
		parts = append(parts, "("+Printable(r.Detail)+")")
	}
	return strings.Join(parts, " ")
}

// field renders one value so that it cannot be taken for two.
func field(s string) string {
	switch {
	case s == "":
		return "-"
	case strings.ContainsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || c == '"' || !strconv.IsPrint(c) }):
		return strconv.Quote(s)
	}
	return s
}

// Printable leaves printable text as it is and writes the rest, line ends and direction marks included, as Go does.
func Printable(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strconv.IsPrint(c) {
			b.WriteRune(c)
			continue
		}
		quoted := strconv.QuoteRune(c)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
