package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// String gives the mask as a policy file may write it, such as partial(0, "*", 3).
func (m Mask) String() string {
	if len(m.Args) == 0 {
		return m.Name
	}
	args := make([]string, len(m.Args))
	for i, a := range m.Args {
		switch a.Kind {
		case ArgString:
			args[i] = `"` + strings.ReplaceAll(a.Text, `"`, `""`) + `"`
		case ArgNull:
			args[i] = "null"
		default:
			args[i] = a.Text
		}
	}
	return m.Name + "(" + strings.Join(args, ", ") + ")"
}

// mask reads a mask: NAME or NAME(args), or YAML's null for the mask of that name. It is nil if that fails.
func (l *loader) mask(n *yaml.Node, what string) *Mask {
	switch {
	case n == nil || n.Kind == yaml.AliasNode:
		return nil
	case n.ShortTag() == "!!null" && n.Value != "":
		return &Mask{Name: "null", Pos: l.pos(n)}
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str":
		l.problem(n, "the mask that leaves nothing is null", "%s must be a mask, not %s", what, describe(n))
		return nil
	}
	text := l.text(n, what)
	if text == "" {
		return nil
	}
	name, args, err := parseMask(text)
	if err != nil {
		l.problem(n, err.hint, "%s: %s", what, err.message)
		return nil
	}
	return &Mask{Name: name, Args: args, Pos: l.pos(n)}
}

// maskError says what is wrong with the syntax of a mask.
type maskError struct{ message, hint string }

// parseMask parses NAME or NAME(arg, ...), where an argument is an integer, a number with a decimal point, a string in
// single or double quotes (two of them inside stand for one), true, false or null.
func parseMask(text string) (name string, args []Arg, err *maskError) {
	bad := func(format string, a ...any) (string, []Arg, *maskError) {
		return "", nil, &maskError{fmt.Sprintf("%q is not a mask: ", text) + fmt.Sprintf(format, a...),
			`write NAME or NAME(arguments), such as partial(0, "*", 3)`}
	}
	name, s, called := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	if !isMaskName(name) {
		return bad("%q is not a name", name)
	}
	if !called {
		return name, nil, nil
	}
	s = strings.TrimSpace(s)
	for s != ")" || len(args) > 0 {
		arg, rest, ok := parseArg(s)
		if !ok {
			if name == "json" {
				return "", nil, &maskError{"json(path: mask) is not supported by this version", "mask the whole column"}
			}
			return bad("argument %d is not a number, a string in quotes, true, false or null", len(args)+1)
		}
		args = append(args, arg)
		s = strings.TrimSpace(rest)
		if s == ")" {
			break
		}
		next, ok := strings.CutPrefix(s, ",")
		if !ok {
			return bad("a comma or the closing parenthesis is missing after argument %d", len(args))
		}
		s = strings.TrimSpace(next)
	}
	return name, args, nil
}

func isMaskName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// parseArg parses the argument with which s starts.
func parseArg(s string) (arg Arg, rest string, ok bool) {
	if strings.HasPrefix(s, `"`) || strings.HasPrefix(s, `'`) {
		text, rest, ok := quoted(s)
		return Arg{ArgString, text}, rest, ok
	}
	end := strings.IndexAny(s, ",) \t\r\n")
	if end < 0 {
		end = len(s)
	}
	word, rest := s[:end], s[end:]
	switch word {
	case "null":
		return Arg{Kind: ArgNull}, rest, true
	case "true", "false":
		return Arg{ArgBool, word}, rest, true
	}
	if strings.Trim(word, "-.0123456789eE") != "" || !strings.ContainsAny(word[len(word)-min(1, len(word)):], "0123456789") {
		return Arg{}, "", false
	}
	if i, err := strconv.ParseInt(word, 10, 64); err == nil {
		return Arg{ArgInt, strconv.FormatInt(i, 10)}, rest, true
	}
	if f, err := strconv.ParseFloat(word, 64); err != nil || math.IsInf(f, 0) || !strings.Contains(word, ".") {
		return Arg{}, "", false
	}
	return Arg{ArgFloat, word}, rest, true
}
