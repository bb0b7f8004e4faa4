package rules

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// joinCalls returns the entries of a mapping, and undoes what YAML does inside braces to a value such
// as {mask: partial(0, "*", 3)}: a comma ends a plain scalar there, so that `"*"` and `3)` come out as
// keys without a value. The value is taken from the line instead, up to the comma or brace that ends it
// outside parentheses and quotes. What does not fit that shape exactly is left as YAML has it.
func (l *loader) joinCalls(n *yaml.Node) []entry {
	entries := make([]entry, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := entry{n.Content[i], n.Content[i+1]}
		if n.Style&yaml.FlowStyle != 0 {
			if whole, parts := l.joinCall(e.value, n.Content[i+2:]); parts > 0 {
				e.value = whole
				i += parts
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// joinCall returns the whole of a value that YAML has cut at its commas, and how many of the nodes after it are parts of it.
func (l *loader) joinCall(value *yaml.Node, rest []*yaml.Node) (whole *yaml.Node, parts int) {
	if value.Kind != yaml.ScalarNode || value.Style != 0 || !strings.Contains(value.Value, "(") {
		return nil, 0
	}
	line, ok := l.from(value)
	if !ok || !strings.HasPrefix(line, value.Value) {
		return nil, 0
	}
	text, ok := callText(line)
	if !ok {
		return nil, 0
	}
	end := value.Column + utf8.RuneCountInString(text)
	for parts+1 < len(rest) {
		key, empty := rest[parts], rest[parts+1]
		if key.Line != value.Line || key.Column >= end {
			break
		}
		if key.Kind != yaml.ScalarNode || empty.ShortTag() != "!!null" || empty.Value != "" {
			return nil, 0
		}
		parts += 2
	}
	joined := *value
	joined.Value, joined.Tag = text, "!!str"
	return &joined, parts
}

// from returns the rest of the line on which a node starts.
func (l *loader) from(n *yaml.Node) (string, bool) {
	if n.Line < 1 || n.Line > len(l.lines) {
		return "", false
	}
	line := l.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line, true
}

// callText returns the start of a line up to the comma or brace that ends it outside parentheses and quotes.
func callText(line string) (string, bool) {
	depth, quote := 0, byte(0)
	for i := range len(line) {
		switch c := line[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && (c == ',' || c == '}'):
			return strings.TrimSpace(line[:i]), true
		case depth < 0 || strings.IndexByte("{}[]#", c) >= 0:
			return "", false
		}
	}
	return "", false
}
