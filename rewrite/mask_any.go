package rewrite

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/pgscrim/pgscrim/rules"
)

func nullMask() maskKind {
	return maskKind{
		name: "null", usage: "null", summary: "NULL, for every type",
		check:    func(args []rules.Arg, _ maskedType) string { return wantArgs("null", args) },
		sql:      func(string, []rules.Arg, maskedType, keyed) string { return "NULL" },
		preimage: func([]rules.Arg, maskedType) preimage { return preimage{never: true} },
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
		return numberForm.MatchString(a.Text) && numericFits(a.Text, t.modifier())
	case "float4":
		_, err := strconv.ParseFloat(a.Text, 32)
		return numberForm.MatchString(a.Text) && err == nil
	case "float8":
		_, err := strconv.ParseFloat(a.Text, 64)
		return numberForm.MatchString(a.Text) && err == nil
	case "bool":
		return a.Kind == rules.ArgBool
	case "date", "timestamp", "timestamptz":
		day, err := time.Parse(time.DateOnly, a.Text)
		return err == nil && day.Year() >= 1
	case "uuid":
		return uuidForm.MatchString(a.Text)
	}
	return false
}

// numberForm is the form of a number that Go and PostgreSQL read alike.
var numberForm = regexp.MustCompile(`^[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?$`)

// numericFits reports whether a number, rounded to the scale of a numeric's modifier, has no more digits than its precision.
func numericFits(text string, modifier []int) bool {
	if len(modifier) == 0 {
		return true
	}
	scale := 0
	if len(modifier) > 1 {
		scale = modifier[1]
	}
	number, ok := new(big.Rat).SetString(text)
	most, known := new(big.Rat).SetString(largest(modifier))
	if !ok || !known || scale < 0 {
		return false
	}
	rounded, ok := new(big.Rat).SetString(number.FloatString(scale))
	return ok && rounded.Abs(rounded).Cmp(most) <= 0
}
