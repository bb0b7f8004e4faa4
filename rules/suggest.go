package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Suggest is the hint for a name that is not one of those known: the nearest, else all if they are few, else
// nothing. What they are is given in the plural, such as "columns".
func Suggest(name, many string, known []string) string {
	const few = 12
	hint := didYouMean(name, known)
	if hint == "" && len(known) > 0 && len(known) <= few {
		hint = "known " + many + ": " + strings.Join(known, ", ")
	}
	return hint
}

// suggest is the hint for a name that the policy would have to define.
func suggest(name string, ns names) string {
	if len(ns.known) == 0 {
		return "the policy defines no " + ns.many
	}
	return Suggest(name, ns.many, ns.known)
}

// didYouMean is the hint that names the word nearest to what was written, empty if none is near: about one
// character in three may differ.
func didYouMean(written string, words []string) string {
	hint, near := "", 2+utf8.RuneCountInString(written)/3
	for _, word := range words {
		if d := distance(strings.ToLower(written), strings.ToLower(word), near); d < near {
			hint, near = fmt.Sprintf("did you mean %q?", word), d
		}
	}
	return hint
}

// distance is the number of characters to insert, delete, replace or swap with their neighbour that make b of a
// (optimal string alignment), or limit+1 if the lengths alone show that it is above the limit.
func distance(a, b string, limit int) int {
	s, t := []rune(a), []rune(b)
	if len(s)-len(t) > limit || len(t)-len(s) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
