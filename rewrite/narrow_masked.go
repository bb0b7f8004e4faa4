package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgscrim/pgscrim/rules"
)

// A comparison of a masked column computes the mask in every row, and no index serves. What it means for the stored value is often
// known: no e-mail mask gives a whole address. So that is said beside the comparison, of the stored value, where nothing else in
// the statement could tell of a row that meets the one and not the other.
//
// Of a mask that rounds down a range would follow, as the first day of a year is at most a year before the date. It is not said: an index
// gives the rows of a range in the order of what is stored, and that order shows, in LIMIT, array_agg or DISTINCT ON.

// preimage is what a comparison of a mask's output tells of the value that was masked.
type preimage struct {
	// equals spells the condition on a text v that some masked value equals it. If it is false for v, no row is compared.
	equals func(v string) string
	// never is true if the output is NULL, which compares with nothing.
	never bool
}

func (p preimage) known() bool { return p.equals != nil || p.never }

// narrowsMasked reports whether comparisons of a column tell of the stored values, for each outcome that its cells can have.
func narrowsMasked(c *boundColumn, d *cell) bool {
	return !d.denied && !slices.ContainsFunc(d.outcomes, func(o rules.CellOutcome) bool {
		return o.Action != rules.Show && !c.preimage(o).known()
	})
}

// preimage is that of the mask of an outcome. The values of types that compare more texts than the same as equal have none.
func (c *boundColumn) preimage(o rules.CellOutcome) preimage {
	kind, ok := findMask(o.Mask.Name)
	if !ok || kind.preimage == nil || o.Action != rules.MaskCell || c.typ.domain || c.Collation != "" { // a collation may be nondeterministic
		return preimage{}
	}
	return kind.preimage(o.Mask.Args, c.typ)
}

// isPlainText reports whether equal values of the type are the same text.
func (t maskedType) isPlainText() bool { return t.name == "text" || t.name == "varchar" }

// textsOnly is a preimage for texts.
func textsOnly(t maskedType, equals func(v string) string) preimage {
	if t.isPlainText() {
		return preimage{equals: equals}
	}
	return preimage{}
}

// startsWith spells that a text starts with another.
func startsWith(text, with string) string {
	return fmt.Sprintf("pg_catalog.starts_with(%s, %s)", text, with)
}

// meets spells what a comparison of a column with values says of the stored value, for whichever outcome the row has. ok is false if
// that is not known.
func (d *cell) meets(c *boundColumn, with *comparison, values []string) (condition string, ok bool) {
	stored := aliasSource + "." + quote(c.Name) + " " + with.with(values)
	if d.shown {
		return stored, true
	}
	var terms []string
	for i, o := range d.outcomes {
		if slices.ContainsFunc(d.outcomes[:i], func(p rules.CellOutcome) bool { return p.Action == o.Action && p.Mask.String() == o.Mask.String() }) {
			continue
		}
		if o.Action == rules.Show {
			terms = append(terms, stored)
			continue
		}
		spelled, ok := c.preimage(o).terms(with.op, values)
		if !ok {
			return "", false
		}
		terms = append(terms, spelled...)
	}
	if len(terms) == 0 {
		return "false", true
	}
	return "(" + strings.Join(terms, " OR ") + ")", true
}

// terms spells when a masked value can meet a comparison with values: one of the terms is true if it does.
func (p preimage) terms(op string, values []string) (terms []string, ok bool) {
	switch {
	case p.never:
		return nil, true
	case p.equals != nil && (op == "=" || op == "IN"):
		for _, v := range values {
			terms = append(terms, p.equals("("+v+")::pg_catalog.text"))
		}
		return terms, true
	}
	return nil, false
}
