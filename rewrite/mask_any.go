package rewrite

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/pgscrim/pgscrim/rules"
)

func nullMask() maskKind {
	return maskKind{
		name: "null", usage: "null", summary: "NULL, for every type",
		check: func(args []rules.Arg, _ maskedType) string { return wantArgs("null", args) },
		sql:   func(string, []rules.Arg, maskedType, keyed) string { return "NULL" },
	}
}

func constantMask() maskKind {
	return maskKind{
		name: "constant", usage: "constant(value)", summary: "the value in every row, NULL or not",
		check: func(args []rules.Arg, t maskedType) string {
			if len(args) != 1 {
				return "write constant(value)"
			}
			if !constantFits(args[0], t) {
				return "the value is not a valid " + t.sql
			}
			return ""
		},
		sql: func(_ string, args []rules.Arg, _ maskedType, _ keyed) string {
			if args[0].Kind == rules.ArgNull {
				return "NULL"
			}
			return literal(args[0].Text)
		},
	}
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// constantFits reports whether a constant is certain to be accepted by its type's input function: a mask never
// raises an error, so what is not certain is refused when the policy is loaded.
func constantFits(a rules.Arg, t maskedType) bool {
	fits := func(bits int) bool {
		_, err := strconv.ParseInt(a.Text, 10, bits)
		return err == nil
	}
	switch {
	case a.Kind == rules.ArgNull:
		return true
	case t.isText():
		return true
	case t.kind == 'e':
		return slices.Contains(t.labels, a.Text)
	}
	switch t.name {
	case "int2":
		return fits(16)
	case "int4":
		return fits(32)
	case "int8":
		return fits(64)
	case "numeric":
		if mod := t.modifier(); len(mod) == 2 {
			f, err := strconv.ParseFloat(a.Text, 64)
			return err == nil && f < pow10(mod[0]-mod[1]) && f > -pow10(mod[0]-mod[1])
		}
		_, err := strconv.ParseFloat(a.Text, 64)
		return err == nil
	case "float4":
		_, err := strconv.ParseFloat(a.Text, 32)
		return err == nil
	case "float8":
		_, err := strconv.ParseFloat(a.Text, 64)
		return err == nil
	case "bool":
		return a.Kind == rules.ArgBool
	case "date", "timestamp", "timestamptz":
		_, err := time.Parse(time.DateOnly, a.Text)
		return err == nil
	case "uuid":
		return uuidForm.MatchString(a.Text)
	}
	return false
}

// pow10 returns 10 to the n, 0 or greater.
func pow10(n int) float64 {
	f := 1.0
	for range n {
		f *= 10
	}
	return f
}
