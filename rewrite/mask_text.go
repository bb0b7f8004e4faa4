package rewrite

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/pgscrim/pgscrim/rules"
)

// The masks of text keep NULL as NULL. Functions and operators are schema-qualified.

func redactMask() maskKind {
	return maskKind{
		name: "redact", usage: `redact or redact("text")`, summary: "a fixed text, [redacted] by default",
		check: func(args []rules.Arg, t maskedType) string {
			if len(args) > 0 {
				if msg := wantArgs(`redact or redact("text")`, args, rules.ArgString); msg != "" {
					return msg
				}
			}
			return onlyTypes(t, t.isText(), "text")
		},
		sql: func(x string, args []rules.Arg, _ maskedType, _ keyed) string {
			return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", x, literal(redaction(args)))
		},
		preimage: func(args []rules.Arg, t maskedType) preimage {
			return textsOnly(t, func(v string) string { return startsWith(literal(redaction(args)), v) }) // cut, perhaps
		},
	}
}

// redaction is the text that stands for every other one.
func redaction(args []rules.Arg) string {
	if len(args) == 0 {
		return "[redacted]"
	}
	return args[0].Text
}

// partialDefaults are the arguments that `partial` stands for.
var partialDefaults = []rules.Arg{{Kind: rules.ArgInt, Text: "1"}, {Kind: rules.ArgString, Text: "*"}, {Kind: rules.ArgInt, Text: "1"}}

func partialMask() maskKind {
	const usage = `partial or partial(keep_start, "fill", keep_end)`
	return maskKind{
		name: "partial", usage: usage,
		summary: `keeps the first and last characters and fills between; a text no longer than both is filled whole; partial(1, "*", 1) by default`,
		check: func(args []rules.Arg, t maskedType) string {
			if len(args) > 0 {
				if msg := wantArgs(usage, args, rules.ArgInt, rules.ArgString, rules.ArgInt); msg != "" {
					return msg
				}
				for _, i := range []int{0, 2} {
					if n, err := strconv.Atoi(args[i].Text); err != nil || n < 0 || n > 1000 {
						return "keep_start and keep_end are whole numbers from 0 to 1000"
					}
				}
			}
			return onlyTypes(t, t.isText(), "text")
		},
		sql: func(x string, args []rules.Arg, _ maskedType, _ keyed) string {
			if len(args) == 0 {
				args = partialDefaults
			}
			text := "(" + x + "::pg_catalog.text)"
			start, fill, end := args[0].Text, literal(args[1].Text), args[2].Text
			return fmt.Sprintf("CASE WHEN pg_catalog.length(%[1]s) OPERATOR(pg_catalog.>) %[5]d"+
				" THEN pg_catalog.concat(pg_catalog.left(%[1]s, %[2]s), pg_catalog.repeat(%[3]s,"+
				" pg_catalog.length(%[1]s) OPERATOR(pg_catalog.-) %[5]d), pg_catalog.right(%[1]s, %[4]s))"+
				" ELSE pg_catalog.repeat(%[3]s, pg_catalog.length(%[1]s)) END",
				text, start, fill, end, whole(args[0])+whole(args[2]))
		},
		preimage: func(args []rules.Arg, t maskedType) preimage {
			if len(args) == 0 {
				args = partialDefaults
			}
			fill := args[1].Text
			if utf8.RuneCountInString(fill) != 1 { // a longer one may be cut, with all that is behind
				return preimage{}
			}
			return textsOnly(t, func(v string) string {
				return fmt.Sprintf("%[1]s OPERATOR(pg_catalog.=) '' OR pg_catalog.strpos(%[1]s, %[2]s) OPERATOR(pg_catalog.>) 0", v, literal(fill))
			})
		},
	}
}

// whole reads an argument that check has found to be a whole number.
func whole(a rules.Arg) int {
	n, _ := strconv.Atoi(a.Text)
	return n
}

func emailMask() maskKind {
	return maskKind{
		name: "email", usage: "email", summary: "***@ and the domain; *** for a text without @",
		check: func(args []rules.Arg, t maskedType) string {
			if msg := wantArgs("email", args); msg != "" {
				return msg
			}
			return onlyTypes(t, t.isText(), "text")
		},
		sql: func(x string, _ []rules.Arg, _ maskedType, _ keyed) string {
			text := "(" + x + "::pg_catalog.text)"
			// What follows the last @ is the domain: a quoted local part may hold an @ of its own.
			return fmt.Sprintf("CASE WHEN pg_catalog.strpos(%[1]s, '@') OPERATOR(pg_catalog.>) 0"+
				" THEN pg_catalog.concat('***@', pg_catalog.reverse(pg_catalog.split_part(pg_catalog.reverse(%[1]s), '@', 1)))"+
				" WHEN %[1]s IS NOT NULL THEN '***' END", text)
		},
		preimage: func(_ []rules.Arg, t maskedType) preimage {
			return textsOnly(t, func(v string) string { return startsWith(v, "'***'") + " OR " + startsWith("'***'", v) })
		},
	}
}

func prefixMask() maskKind {
	return maskKind{
		name: "prefix", usage: "prefix(n)", summary: "the first n characters",
		check: func(args []rules.Arg, t maskedType) string {
			if msg := wantArgs("prefix(n)", args, rules.ArgInt); msg != "" {
				return msg
			}
			if n, ok := positive(args[0]); !ok || n > 1000 {
				return "n is a whole number from 1 to 1000"
			}
			return onlyTypes(t, t.isText(), "text")
		},
		sql: func(x string, args []rules.Arg, _ maskedType, _ keyed) string {
			return fmt.Sprintf("pg_catalog.left(%s::pg_catalog.text, %s)", x, args[0].Text)
		},
		preimage: func(args []rules.Arg, t maskedType) preimage {
			return textsOnly(t, func(v string) string {
				return fmt.Sprintf("pg_catalog.length(%s) OPERATOR(pg_catalog.<=) %s", v, args[0].Text)
			})
		},
	}
}
