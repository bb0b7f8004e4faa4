package rules

import (
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// defaultSchema is where a name without a schema is.
const defaultSchema = "public"

// String gives the name as the policy file may write it.
func (n Name) String() string { return quoteIdent(n.Schema) + "." + quoteIdent(n.Name) }

func quoteIdent(s string) string {
	if isBareIdent(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// isBareIdent reports whether an identifier needs no quotes in a policy file. Unlike in SQL, capitals need none.
func isBareIdent(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// qualified reads the name of a relation or function.
func (l *loader) qualified(n *yaml.Node, what string) Name {
	text := l.name(n, what)
	if text == "" {
		return Name{}
	}
	parts, ok := identifiers(text)
	switch {
	case ok && len(parts) == 1:
		return Name{defaultSchema, parts[0]}
	case ok && len(parts) == 2:
		return Name{parts[0], parts[1]}
	case ok:
		l.problem(n, "a policy serves one database: leave its name out", "%s has more than a schema and a name: %q", what, text)
	default:
		l.problem(n, `write schema.name; a part with other characters than letters, digits, _ and $ takes double quotes: '"a b".c'`,
			"%s is not a name: %q", what, text)
	}
	return Name{}
}

// identifiers splits a dotted name whose parts may stand in double quotes. Case is kept: names in the
// catalog are in lower case unless they were quoted.
func identifiers(s string) (parts []string, ok bool) {
	for {
		var part string
		if strings.HasPrefix(s, `"`) {
			part, s, ok = quoted(s)
			if !ok || part == "" {
				return nil, false
			}
		} else {
			end := strings.IndexByte(s, '.')
			if end < 0 {
				end = len(s)
			}
			part, s = s[:end], s[end:]
			if !isBareIdent(part) {
				return nil, false
			}
		}
		parts = append(parts, part)
		if s == "" {
			return parts, true
		}
		if s, ok = strings.CutPrefix(s, "."); !ok {
			return nil, false
		}
	}
}

// quoted reads a string in quotes of the kind with which s starts, where two of them stand for one.
func quoted(s string) (text, rest string, ok bool) {
	quote := s[:1]
	var b strings.Builder
	for s = s[1:]; ; {
		before, after, found := strings.Cut(s, quote)
		if !found {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, quote) {
			return b.String(), after, true
		}
		b.WriteString(quote)
		s = after[1:]
	}
}
