package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// The readers in this file take a nil node for a key that is absent: it has the zero value and no problem.
// A node that is an alias or has a tag has been reported by refuseSugar, so they pass it over.

// entry is a key of a mapping with its value.
type entry struct{ key, value *yaml.Node }

func (l *loader) pos(n *yaml.Node) Pos {
	return Pos{File: l.policy.File, Line: n.Line, Column: n.Column}
}

func (l *loader) problem(n *yaml.Node, hint, format string, args ...any) {
	l.problemAt(l.pos(n), hint, format, args...)
}

func (l *loader) problemAt(pos Pos, hint, format string, args ...any) {
	l.problems = append(l.problems, Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// kind reports whether a node is of a kind; if it is not, the problem says what was expected.
func (l *loader) kind(n *yaml.Node, kind yaml.Kind, what, expected string) bool {
	if n.Kind == kind {
		return true
	}
	if n.Kind != yaml.AliasNode {
		l.problem(n, "", "%s must be %s, not %s", what, expected, describe(n))
	}
	return false
}

// describe names the type of a node for a message.
func describe(n *yaml.Node) string {
	switch n.ShortTag() {
	case "!!map":
		return "a mapping"
	case "!!seq":
		return "a list"
	case "!!str":
		return "a string"
	case "!!null":
		if n.Value == "" {
			return "empty"
		}
		return "null"
	case "!!timestamp":
		return "a date"
	default: // numbers, true and false, and what has a tag
		return n.Value
	}
}

// entries reads a mapping whose keys are names. Of two equal keys the first counts.
func (l *loader) entries(n *yaml.Node, what string) []entry {
	if n == nil || !l.kind(n, yaml.MappingNode, what, "a mapping") {
		return nil
	}
	var entries []entry
	lines := map[string]int{}
	for _, e := range l.joinCalls(n) {
		switch line := lines[e.key.Value]; {
		case e.key.Kind == yaml.AliasNode || e.key.ShortTag() == "!!merge": // reported by refuseSugar
		case e.key.Kind != yaml.ScalarNode || e.key.ShortTag() != "!!str":
			l.problem(e.key, "put it in quotes if it is a name", "%s: a key must be a string, not %s", what, describe(e.key))
		case !l.isName(e.key, what+": a key"):
		case line > 0:
			l.problem(e.key, "", "%s: duplicate key %q, first in line %d", what, e.key.Value, line)
		default:
			lines[e.key.Value] = e.key.Line
			entries = append(entries, e)
		}
	}
	return entries
}

// fields reads a mapping whose keys are known. It is nil if the node is no mapping at all.
func (l *loader) fields(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if n == nil || !l.kind(n, yaml.MappingNode, what, "a mapping") {
		return nil
	}
	m := map[string]*yaml.Node{}
	for _, e := range l.entries(n, what) {
		if !slices.Contains(known, e.key.Value) {
			l.problem(e.key, suggest(e.key.Value, names{"key", "keys", known}), "%s: unknown key %q", what, e.key.Value)
			continue
		}
		m[e.key.Value] = e.value
	}
	return m
}

// need makes a problem of each key that a mapping, which fields has read, must have and has not.
func (l *loader) need(n *yaml.Node, m map[string]*yaml.Node, what string, keys ...string) {
	for _, key := range keys {
		if m != nil && m[key] == nil {
			l.problem(n, "", "%s: %s is missing", what, key)
		}
	}
}

// unsupported makes a problem of a key that later versions of the language have.
func (l *loader) unsupported(n *yaml.Node, key string) {
	if n != nil {
		l.problem(n, "leave it out", "%s is not supported by this version", key)
	}
}

// isString reports whether a node is a string and nothing that only looks like one.
func (l *loader) isString(n *yaml.Node, what string) bool {
	if n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 {
		return false
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		return true
	}
	hint := ""
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		hint = fmt.Sprintf("put it in quotes: %q", n.Value)
	}
	l.problem(n, hint, "%s must be a string, not %s", what, describe(n))
	return false
}

// isName reports whether a string can be a name: it is not empty, and what is printed of it is what it is.
func (l *loader) isName(n *yaml.Node, what string) bool {
	switch {
	case n.Value == "":
		l.problem(n, "", "%s is empty", what)
	case strings.TrimSpace(n.Value) != n.Value || strings.ContainsFunc(n.Value, func(r rune) bool { return !unicode.IsPrint(r) }):
		l.problem(n, "", "%s has characters that a name cannot have: %q", what, n.Value)
	default:
		return true
	}
	return false
}

// name reads a string that names something.
func (l *loader) name(n *yaml.Node, what string) string {
	if n == nil || !l.isString(n, what) || !l.isName(n, what) {
		return ""
	}
	return n.Value
}

// text reads a string that may have several lines, without the space around it.
func (l *loader) text(n *yaml.Node, what string) string {
	if n == nil || !l.isString(n, what) {
		return ""
	}
	text := strings.TrimSpace(n.Value)
	switch {
	case text == "":
		l.problem(n, "", "%s is empty", what)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }):
		l.problem(n, "", "%s has control characters", what)
	}
	return text
}

// choice reads one of a few words. It is empty if the node is none of them.
func (l *loader) choice(n *yaml.Node, what string, words ...string) string {
	if n == nil || n.Kind == yaml.AliasNode {
		return ""
	}
	expected := words[len(words)-1]
	if others := words[:len(words)-1]; len(others) > 0 {
		expected = strings.Join(others, ", ") + " or " + expected
	}
	switch {
	case n.Kind != yaml.ScalarNode || n.Value == "":
		l.problem(n, "", "%s must be %s, not %s", what, expected, describe(n))
	case !slices.Contains(words, n.Value):
		l.problem(n, didYouMean(n.Value, words), "%s must be %s, not %q", what, expected, n.Value)
	default:
		return n.Value
	}
	return ""
}

// truth reads true or false.
func (l *loader) truth(n *yaml.Node, what string) bool {
	if n == nil || n.Kind == yaml.AliasNode {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		l.problem(n, "", "%s must be true or false, not %s", what, describe(n))
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// list reads a list of different names. An empty list is a problem: as a selector it would
// have to match nothing, where its absence matches everything.
func (l *loader) list(n *yaml.Node, what string) []*yaml.Node {
	if n == nil || !l.kind(n, yaml.SequenceNode, what, "a list, such as [a, b]") {
		return nil
	}
	if len(n.Content) == 0 {
		l.problem(n, "leave the key out, or name something", "%s is an empty list", what)
	}
	var items []*yaml.Node
	for _, item := range n.Content {
		switch {
		case !l.isString(item, "an item of "+what) || !l.isName(item, "an item of "+what):
		case slices.ContainsFunc(items, func(earlier *yaml.Node) bool { return earlier.Value == item.Value }):
			l.problem(item, "", "%s: %q is there twice", what, item.Value)
		default:
			items = append(items, item)
		}
	}
	return items
}
