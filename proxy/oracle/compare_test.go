package oracle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// comparison says what may differ between two answers.
type comparison struct {
	ordered bool // the statement asks for an order of its rows
	varies  bool // the text of an error may differ
	plans   bool // how many rows come before an error is left to the plan
	record  bool // a row type may be anonymous
	early   bool // an error may come before the messages that describe the result
	origins bool // RowDescription must name the same tables and columns
}

var (
	// origin is what RowDescription says of where a column comes from: a masked one comes from nowhere.
	origin = regexp.MustCompile(` from \d+\.\d+;`)
	// rowType is that of records, or a type that the database defines: those have OIDs from 16384 (FirstNormalObjectId).
	rowType = regexp.MustCompile(` type (2249|\d{5,}) -1 -1`)
	// where is the context of an error inside a function, which the proxy leaves out: it may quote rewritten text.
	where = regexp.MustCompile(`(?s) where ".*$`)
	// afterCode is all of an error but its severity and SQLSTATE.
	afterCode = regexp.MustCompile(`^(\w+ \w{5}):.*`)
)

// difference tells how an answer differs from what was to be, empty if it does not.
func (c comparison) difference(got, want []event) string {
	got, want = c.normal(got), c.normal(want)
	for i := range max(len(got), len(want)) {
		var g, w event
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Sprintf("message %d:\n got  %s\n want %s", i+1, cut(g.String()), cut(w.String()))
		}
	}
	return ""
}

func cut(s string) string {
	if len(s) > 600 {
		return s[:600] + "..."
	}
	return s
}

// normal leaves out what may differ.
func (c comparison) normal(events []event) []event {
	out := slices.Clone(events)
	for i := range out {
		e := &out[i]
		if e.kind == 'T' && !c.origins {
			e.text = origin.ReplaceAllString(e.text, ";")
		}
		if e.kind == 'T' && c.record {
			e.text = rowType.ReplaceAllString(e.text, " row")
		}
		if e.kind == 'E' && !c.origins {
			e.text = where.ReplaceAllString(e.text, "")
		}
		if e.kind == 'E' && c.varies {
			e.text = afterCode.ReplaceAllString(e.text, "$1")
		}
	}
	if c.varies || c.plans && code(out) != "" {
		out = slices.DeleteFunc(out, func(e event) bool { return e.kind == 'D' })
	}
	if c.early && code(out) != "" {
		out = slices.DeleteFunc(out, func(e event) bool { return e.kind == '.' || e.kind == 't' || e.kind == 'T' })
	}
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j].kind == out[i].kind && (out[i].kind == 'D' || out[i].kind == 'd') {
			j++
		}
		if !c.ordered {
			slices.SortFunc(out[i:j], func(a, b event) int { return strings.Compare(a.text, b.text) })
		}
		i = max(i+1, j)
	}
	return out
}

// TestComparison shows that the oracles notice faults: an oracle that never fails proves nothing.
func TestComparison(t *testing.T) {
	answer := []event{{'T', "a type 23 4 -1 format 0 from 16400.1; "}, {'D', `"1"|`}, {'D', `"2"|`}, {'C', "SELECT 2"}, {'Z', "I"}}
	failed := []event{{'E', `ERROR 22012: division by zero | detail "" position 0`}, {'Z', "I"}}
	change := func(in []event, i int, text string) []event {
		out := slices.Clone(in)
		out[i].text = text
		return out
	}
	swapped := []event{answer[0], answer[2], answer[1], answer[3], answer[4]}
	for _, c := range []struct {
		name      string
		by        comparison
		got, want []event
		same      bool
	}{
		{"itself", comparison{ordered: true, origins: true}, answer, answer, true},
		{"a cell", comparison{}, change(answer, 1, `"3"|`), answer, false},
		{"NULL for an empty text", comparison{}, change(answer, 1, `NULL|`), change(answer, 1, `""|`), false},
		{"a type", comparison{}, change(answer, 0, "a type 25 -1 -1 format 0 from 16400.1; "), answer, false},
		{"a name", comparison{}, change(answer, 0, "b type 23 4 -1 format 0 from 16400.1; "), answer, false},
		{"a masked column's origin", comparison{}, change(answer, 0, "a type 23 4 -1 format 0 from 0.0; "), answer, true},
		{"the origin in a twin", comparison{origins: true}, change(answer, 0, "a type 23 4 -1 format 0 from 0.0; "), answer, false},
		{"a command tag", comparison{}, change(answer, 3, "SELECT 3"), answer, false},
		{"a missing row", comparison{}, slices.Delete(slices.Clone(answer), 1, 2), answer, false},
		{"a row twice", comparison{}, slices.Insert(slices.Clone(answer), 1, answer[1]), answer, false},
		{"the order of rows that have one", comparison{ordered: true}, swapped, answer, false},
		{"the order of rows that have none", comparison{}, swapped, answer, true},
		{"a notice", comparison{}, append([]event{{'N', "NOTICE 00000: x"}}, answer...), answer, false},
		{"an error's message", comparison{}, change(failed, 0, `ERROR 22012: division by 0 | detail "" position 0`), failed, false},
		{"an error's position", comparison{}, change(failed, 0, `ERROR 22012: division by zero | detail "" position 8`), failed, false},
		{"an error whose value varies", comparison{varies: true}, change(failed, 0, `ERROR 22012: by zero | detail "" position 8`), failed, true},
		{"an error's SQLSTATE", comparison{varies: true}, change(failed, 0, `ERROR 22003: division by zero | detail "" position 0`), failed, false},
		{"an error for rows", comparison{varies: true, plans: true}, failed, answer, false},
		{"an error after some rows", comparison{plans: true}, append(answer[:2:2], failed...), append(answer[:1:1], failed...), true},
		{"the transaction's status", comparison{}, change(answer, 4, "E"), answer, false},
	} {
		if diff := c.by.difference(c.got, c.want); (diff == "") != c.same {
			t.Errorf("%s: %q", c.name, diff)
		}
	}
}
