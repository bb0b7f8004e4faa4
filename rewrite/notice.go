package rewrite

import (
	"fmt"
	"slices"
	"strings"
)

// Notice says which columns the statement shows masked, and which relations lack rows, in one line for the text of a
// NOTICE; verbose adds a line for each with its rules. It is empty if nothing is masked or hidden.
func (s *Statement) Notice(verbose bool) string {
	var columns, lines []string
	for _, u := range s.Columns {
		if !strings.Contains(u.Action, "mask") {
			continue
		}
		columns = append(columns, u.Column)
		line := fmt.Sprintf("%s.%s: %s", u.Relation, u.Column, u.Action)
		if u.Mask != "" {
			line += " (" + u.Mask + ")"
		}
		lines = append(lines, line+by(u.Rules))
	}
	var relations []string
	for _, h := range s.Hidden {
		relations = append(relations, h.Relation)
		lines = append(lines, h.Relation+": rows hidden"+by(h.Rules))
	}
	var parts []string
	if len(columns) > 0 {
		slices.Sort(columns)
		columns = slices.Compact(columns)
		verb := "are"
		if len(columns) == 1 {
			verb = "is"
		}
		parts = append(parts, fmt.Sprintf("%s %s masked", strings.Join(columns, ", "), verb))
	}
	if len(relations) > 0 {
		parts = append(parts, "rows of "+strings.Join(relations, ", ")+" are hidden")
	}
	if len(parts) == 0 {
		return ""
	}
	text := strings.Join(parts, "; ")
	if s.Purpose != "" {
		text += fmt.Sprintf(" (purpose %s)", s.Purpose)
	}
	if verbose {
		text += "\n" + strings.Join(lines, "\n")
	}
	return text
}

func by(rules []string) string {
	if len(rules) == 0 {
		return ""
	}
	return " by " + strings.Join(rules, ", ")
}
