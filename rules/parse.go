package rules

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parse returns the root of the file's only document, or nil and a problem.
func (l *loader) parse(src []byte) *yaml.Node {
	if !l.utf8(src) {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var document, second yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) || err == nil && isEmpty(&document) {
		l.problemAt(l.line(1), "a policy starts with version: 1", "the policy is empty")
		return nil
	}
	if err == nil {
		err = decoder.Decode(&second)
		if err == nil {
			l.problem(&second, "put each policy in a file of its own", "a second YAML document starts here")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		l.syntax(err)
		return nil
	}
	root := document.Content[0]
	l.refuseSugar(root)
	return root
}

func isEmpty(document *yaml.Node) bool {
	return len(document.Content) == 0 || document.Content[0].ShortTag() == "!!null"
}

func (l *loader) line(line int) Pos {
	return Pos{File: l.policy.File, Line: min(max(line, 1), len(l.lines)), Column: 1}
}

// utf8 reports whether the file is UTF-8, the only encoding in which every reader sees the same names.
func (l *loader) utf8(src []byte) bool {
	for i, line := range l.lines {
		if utf8.ValidString(line) {
			continue
		}
		pos := l.line(i + 1)
		for r, size := utf8.DecodeRuneInString(line); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRuneInString(line) {
			line = line[size:]
			pos.Column++
		}
		l.problemAt(pos, "save the file as UTF-8", "the policy is not UTF-8")
		return false
	}
	return utf8.Valid(src)
}

// syntax makes a problem of an error of the YAML library, whose form is "yaml: line N: message"
// (without a line for the first one). Errors of its parser, unlike those of its scanner, count lines from 0.
func (l *loader) syntax(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				line, message = n, text
			}
		}
		for _, parser := range []string{"'", "key", "<", "node"} {
			if strings.HasPrefix(message, "did not find expected "+parser) {
				line++
				break
			}
		}
	}
	pos := l.line(line)
	text, hint := l.lines[pos.Line-1], ""
	if tab, ok := l.tab(); ok {
		pos, hint = tab, "indent with spaces: YAML does not take tabs"
	} else if strings.Contains(text, "{") && strings.Contains(text, "(") {
		hint = `inside {...} a mask with commas may need quotes: 'partial(0, "*", 3)'`
	}
	l.problemAt(pos, hint, "not valid YAML: %s", message)
}

// tab finds the first tab that indents a line.
func (l *loader) tab() (Pos, bool) {
	for i, line := range l.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && strings.TrimSpace(line) != "" {
			pos := l.line(i + 1)
			pos.Column = tab + 1
			return pos, true
		}
	}
	return Pos{}, false
}

// refuseSugar makes a problem of whatever lets a part of the file mean something that is written elsewhere:
// a policy reads the same from top to bottom.
func (l *loader) refuseSugar(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		l.problem(n, "write the value again", "a policy has no YAML aliases: *%s", n.Value)
		return
	case n.Anchor != "":
		l.problem(n, "leave it out", "a policy has no YAML anchors: &%s", n.Anchor)
	case n.ShortTag() == "!!merge":
		l.problem(n, "write the keys out", "a policy has no YAML merge keys")
	case n.Style&yaml.TaggedStyle != 0:
		l.problem(n, "leave the tag out", "a policy has no YAML tags: %s", n.Tag)
	}
	for _, child := range n.Content {
		l.refuseSugar(child)
	}
}
