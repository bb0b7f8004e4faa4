package rewrite

import (
	"fmt"

	"github.com/pgscrim/pgscrim/rules"
)

// The masks of dates work on the years 1 to 9999 and make anything else (infinity, BC) NULL, so that
// no value raises an error. A timestamp with time zone is cut in UTC, whatever the session's time zone.

func yearMask() maskKind {
	return dateMask("year", "year", "the first day of the date's year")
}

func monthMask() maskKind {
	return dateMask("month", "month", "the first day of the date's month")
}

func dateMask(name, field, summary string) maskKind {
	return maskKind{
		name: name, usage: name, summary: summary,
		check: func(args []rules.Arg, t maskedType) string {
			if msg := wantArgs(name, args); msg != "" {
				return msg
			}
			return onlyTypes(t, t.isDate(), "a date or timestamp")
		},
		sql: func(x string, _ []rules.Arg, t maskedType, _ keyed) string {
			return inYears(x, t, truncate(field, x, t))
		},
	}
}

func truncate(field, x string, t maskedType) string {
	if t.name == "timestamptz" {
		return fmt.Sprintf("pg_catalog.date_trunc('%s', %s, 'UTC')", field, x)
	}
	return fmt.Sprintf("pg_catalog.date_trunc('%s', %s::pg_catalog.timestamp)", field, x)
}

func inYears(x string, t maskedType, then string) string {
	first, after := "0001-01-01", "10000-01-01"
	if t.name == "timestamptz" {
		first, after = first+" 00:00:00+00", after+" 00:00:00+00"
	}
	return fmt.Sprintf("CASE WHEN %[1]s OPERATOR(pg_catalog.>=) '%[2]s'::pg_catalog.%[4]s AND %[1]s OPERATOR(pg_catalog.<) '%[3]s'::pg_catalog.%[4]s THEN %[5]s END",
		x, first, after, t.name, then)
}

func ageBandMask() maskKind {
	return maskKind{
		name: "age_band", usage: "age_band or age_band(n)",
		summary: "a date of birth to the first day of its n-year band of birth years (1980, 1990, ...), an age in years down to a multiple of n; n is 10 by default",
		check: func(args []rules.Arg, t maskedType) string {
			if len(args) > 0 {
				if msg := wantArgs("age_band(n)", args, rules.ArgInt); msg != "" {
					return msg
				}
				if n, ok := positive(args[0]); !ok || n > 100 {
					return "n is a whole number of years from 1 to 100"
				}
			}
			return onlyTypes(t, t.isDate() || t.isInteger(), "a date, timestamp or whole number")
		},
		sql: func(x string, args []rules.Arg, t maskedType, _ keyed) string {
			n := "10"
			if len(args) > 0 {
				n = args[0].Text
			}
			if t.isInteger() {
				return bucket(x, n, t)
			}
			utc := x
			if t.name == "timestamptz" {
				utc = fmt.Sprintf("pg_catalog.timezone('UTC', %s)", x)
			}
			band := fmt.Sprintf("pg_catalog.make_date(GREATEST(1, pg_catalog.date_part('year', %s::pg_catalog.timestamp)::pg_catalog.int4 OPERATOR(pg_catalog./) %s OPERATOR(pg_catalog.*) %s), 1, 1)", utc, n, n)
			if t.name == "timestamptz" {
				band = fmt.Sprintf("pg_catalog.timezone('UTC', %s::pg_catalog.timestamp)", band)
			}
			return inYears(x, t, band)
		},
	}
}
