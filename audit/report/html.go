package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/pgscrim/pgscrim/audit"
)

//go:embed report.html
var page string

// HTML writes the report as a page that stands for itself: no script, nothing that is loaded, charts as SVG.
func (r *Report) HTML(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"minute": minute, "number": number, "join": func(list []string) string { return strings.Join(list, ", ") }, "printable": audit.Printable,
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("audit report: %w", err)
	}
	if err := t.Execute(w, r); err != nil {
		return fmt.Errorf("audit report: %w", err)
	}
	return nil
}

// number writes thousands apart.
func number(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// first returns the first elements of a list.
func first[T any](n int, list []T) []T { return list[:min(n, len(list))] }

// Bar is a bar of a chart, in the units of its viewBox.
type Bar struct {
	X, Y, Width, Height float64
	RefusedY, Refused   float64 // of the part of it that stands for refusals
	Label               string
	Title               string
}

// Chart is a bar chart.
type Chart struct {
	Width, Height float64
	Bars          []Bar
	Most          int64 // what the highest bar stands for
}

// chartHeight is the height of a chart without what is written below.
const chartHeight = 160

// DayChart is the activity by day.
func (r *Report) DayChart() Chart {
	c := Chart{Width: 900, Height: chartHeight}
	for _, d := range r.Days {
		c.Most = max(c.Most, d.Statements)
	}
	step := c.Width / float64(max(1, len(r.Days)))
	every := 1 + len(r.Days)/12 // so that labels do not overlap
	for i, d := range r.Days {
		height := scaled(d.Statements, c.Most)
		refused := scaled(d.Refused, c.Most)
		b := Bar{
			X: float64(i) * step, Y: chartHeight - height, Width: step * 0.8, Height: height, RefusedY: chartHeight - refused, Refused: refused,
			Title: fmt.Sprintf("%s: %s statements, %s refused", d.Date, number(d.Statements), number(d.Refused)),
		}
		if i%every == 0 {
			b.Label = d.Date[5:]
		}
		c.Bars = append(c.Bars, b)
	}
	return c
}

// scaled is the height of a bar. What is there is seen.
func scaled(n, most int64) float64 {
	if n == 0 || most == 0 {
		return 0
	}
	return max(1, chartHeight*float64(n)/float64(most))
}

// maxUserBars bounds the users in the chart.
const maxUserBars = 15

// UserLine is a line of the chart of users.
type UserLine struct {
	User
	Percent int // of the most active one
}

// UserChart is who asked most.
func (r *Report) UserChart() []UserLine {
	var lines []UserLine
	for _, u := range first(maxUserBars, r.Users) {
		lines = append(lines, UserLine{u, int(100 * u.Statements / max(1, r.Users[0].Statements))})
	}
	return lines
}

// Cell is a cell of the matrix.
type Cell struct {
	Shown, Masked int64
	Shade         int // of the cell, by what was shown, from 0 to 9
}

// Line is a line of the matrix.
type Line struct {
	Class string
	Cells []Cell
}

// MatrixLines are the lines of the matrix with their shades.
func (r *Report) MatrixLines() []Line {
	most := int64(1)
	for _, line := range r.Matrix.Shown {
		for _, n := range line {
			most = max(most, n)
		}
	}
	var lines []Line
	for i, class := range r.Matrix.Classes {
		line := Line{Class: className(class)}
		for k := range r.Matrix.Markets {
			shown := r.Matrix.Shown[i][k]
			shade := int(9 * shown / most)
			if shown > 0 {
				shade = max(1, shade)
			}
			line.Cells = append(line.Cells, Cell{shown, r.Matrix.Masked[i][k], shade})
		}
		lines = append(lines, line)
	}
	return lines
}
