package rules

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a policy, with its place and what to do about it.
type Problem struct {
	Pos
	Message string // what is wrong
	Hint    string // what to do; empty if the message says it
}

// Error gives the problem in the form file:line:column: message (hint).
func (p Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	if p.Hint != "" {
		fmt.Fprintf(&b, " (%s)", p.Hint)
	}
	return b.String()
}

// Problems is everything that is wrong with a policy, in the order of the file.
type Problems []Problem

// Error gives one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
