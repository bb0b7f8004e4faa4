package main

import (
	"slices"
	"strings"
)

// The layout of a table: a label, and a column for each of five callers.
const (
	labelWidth = 16
	cellWidth  = 18
	cellGap    = 2
	cellLines  = 4 // longer values are cut
)

// table lays the answers side by side. What differs from the truth stands out.
func (p *play) table(s *screen, q question, answers []*reply, truth *reply) {
	var users, roles, purposes []string
	for _, c := range p.callers {
		users, roles, purposes = append(users, c.user), append(roles, c.role), append(purposes, c.purpose)
	}
	plain := func(_ int, text string) string { return text }
	dim := func(_ int, text string) string { return s.dim(text) }
	s.row("", users, plain)
	s.row("", roles, dim)
	s.row("", purposes, dim)
	s.line("%s", s.dim(strings.Repeat("─", labelWidth+len(answers)*(cellGap+cellWidth)-cellGap)))
	for _, label := range labels(q, answers, truth) {
		want := truth.at(q, label)
		texts := make([]string, len(answers))
		for i, a := range answers {
			texts[i] = a.at(q, label)
		}
		s.row(label, texts, func(i int, text string) string {
			switch {
			case answers[i].refusal != nil:
				return s.red(text)
			case texts[i] == noRow:
				return s.dim(text)
			case texts[i] != want:
				return s.yellow(text)
			}
			return text
		})
	}
}

// labels are what the lines of a table are about: columns, or rows by their key.
func labels(q question, answers []*reply, truth *reply) []string {
	if !q.keyed {
		return truth.columns
	}
	keys := truth.column(0)
	for _, a := range answers {
		for i := range a.rows {
			if key := a.rows[i][0].String(); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// What stands in place of a value.
const (
	noRow   = "(no such row)"
	refused = "refused"
)

// at returns what an answer has to say under a label.
func (r *reply) at(q question, label string) string {
	if r.refusal != nil {
		return refused
	}
	if !q.keyed {
		i := slices.Index(r.columns, label)
		if len(r.rows) == 0 || i < 0 {
			return noRow
		}
		return r.rows[0][i].String()
	}
	for _, row := range r.rows {
		if row[0].String() != label {
			continue
		}
		var values []string
		for _, c := range row[1:] {
			values = append(values, c.String())
		}
		return strings.Join(values, " / ")
	}
	return noRow
}

// row writes one line of a table, or several if a text is long. The colour is put on after the layout is done.
func (s *screen) row(label string, texts []string, colour func(i int, text string) string) {
	cells := make([][]string, len(texts))
	height := 1
	for i, text := range texts {
		cells[i] = wrap(text, cellWidth)
		if len(cells[i]) > cellLines {
			cells[i] = cells[i][:cellLines]
			cells[i][cellLines-1] = widths().Truncate(cells[i][cellLines-1]+"…", cellWidth, "…")
		}
		height = max(height, len(cells[i]))
	}
	for n := range height {
		var b strings.Builder
		b.WriteString(pad(widths().Truncate(label, labelWidth-1, "…"), labelWidth))
		label = ""
		for i := range cells {
			text := ""
			if n < len(cells[i]) {
				text = cells[i][n]
			}
			b.WriteString(colour(i, text))
			b.WriteString(strings.Repeat(" ", cellWidth+cellGap-widths().StringWidth(text)))
		}
		s.line("%s", b.String())
	}
}
