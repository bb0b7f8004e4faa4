package rewrite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pgscrim/pgscrim/rules"
)

func bucketMask() maskKind {
	return maskKind{
		name: "bucket", usage: "bucket(width)", summary: "numbers rounded down to a multiple of width",
		check: func(args []rules.Arg, t maskedType) string {
			if msg := wantArgs("bucket(width)", args, rules.ArgFloat); msg != "" {
				return msg
			}
			if w, err := strconv.ParseFloat(args[0].Text, 64); err != nil || w < 1e-6 || w > 1e12 {
				return "width is a number from 0.000001 to 1000000000000"
			}
			return onlyTypes(t, t.isNumber(), "a number")
		},
		sql: func(x string, args []rules.Arg, t maskedType, _ keyed) string { return bucket(x, args[0].Text, t) },
	}
}

// bucket rounds down to a multiple of width. The result is held inside the type's range; where that has no bounds, a
// number of 1e30 and more, or none, becomes NULL. It divides as numeric, so that no value raises an error.
func bucket(x, width string, t maskedType) string {
	within := "numeric"
	if t.isFloat() {
		within = "float8"
	}
	down := fmt.Sprintf("pg_catalog.floor(%s::pg_catalog.numeric OPERATOR(pg_catalog./) '%[2]s'::pg_catalog.numeric) OPERATOR(pg_catalog.*) '%[2]s'::pg_catalog.numeric", x, width)
	limit := map[string]string{"int2": "32767", "int4": "2147483647", "int8": "9223372036854775807"}[t.name]
	if mod := t.modifier(); t.name == "numeric" && len(mod) > 0 {
		limit = largest(mod)
	}
	if limit == "" {
		return fmt.Sprintf("CASE WHEN %[1]s OPERATOR(pg_catalog.>) '-1e30'::pg_catalog.%[2]s AND %[1]s OPERATOR(pg_catalog.<) '1e30'::pg_catalog.%[2]s THEN %[3]s END",
			x, within, down)
	}
	return fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN GREATEST(LEAST(%[2]s, '%[3]s'::pg_catalog.numeric), '-%[3]s'::pg_catalog.numeric) END", x, down, limit)
}

// largest spells the largest value of numeric(precision, scale).
func largest(mod []int) string {
	precision, scale := mod[0], 0
	if len(mod) > 1 {
		scale = mod[1]
	}
	if scale < 0 {
		return strings.Repeat("9", precision) + strings.Repeat("0", -scale)
	}
	whole := "0"
	if precision > scale {
		whole = strings.Repeat("9", precision-scale)
	}
	if scale == 0 {
		return whole
	}
	zeros := strings.Repeat("0", max(0, scale-precision))
	return whole + "." + zeros + strings.Repeat("9", min(scale, precision))
}

// generalizeMask picks by type.
func generalizeMask() maskKind {
	return maskKind{
		name: "generalize", usage: "generalize", summary: "by type: a date to its year, a number to bucket(10), a text to prefix(2)",
		check: func(args []rules.Arg, t maskedType) string {
			if msg := wantArgs("generalize", args); msg != "" {
				return msg
			}
			return onlyTypes(t, t.isDate() || t.isNumber() || t.isText(), "a date, number or text")
		},
		sql: func(x string, _ []rules.Arg, t maskedType, k keyed) string {
			switch {
			case t.isDate():
				return yearMask().sql(x, nil, t, k)
			case t.isNumber():
				return bucket(x, "10", t)
			}
			return prefixMask().sql(x, generalizedPrefix, t, k)
		},
		preimage: func(_ []rules.Arg, t maskedType) preimage { return prefixMask().preimage(generalizedPrefix, t) },
	}
}

// generalizedPrefix are the arguments of prefix to which generalize takes a text.
var generalizedPrefix = []rules.Arg{{Kind: rules.ArgInt, Text: "2"}}
