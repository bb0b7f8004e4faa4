package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rules"
)

// A comparison of a masked column computes the mask in every row, and no index serves. What it means for the stored value is often
// known: no e-mail mask gives a whole address, and the first day of a year is at most a year before the date. So that is said beside the
// comparison, of the stored value, where nothing else in the statement could tell of a row that meets the one and not the other.

// preimage is what a comparison of a mask's output tells of the value that was masked.
type preimage struct {
	// equals spells the condition on a text v that some masked value equals it. If it is false for v, no row is compared.
	equals func(v string) string
	// never is true if the output is NULL, which compares with nothing.
	never bool
	// down is the most by which a date, in days, or a whole number is rounded down; 0 if the mask does not round down.
	down int
}

func (p preimage) known() bool { return p.equals != nil || p.never || p.down > 0 }

// narrowsMasked reports whether comparisons of a column tell of the stored values, for each outcome that its cells can have.
func narrowsMasked(c *boundColumn, d *cell) bool {
	return !d.denied && !slices.ContainsFunc(d.outcomes, func(o rules.CellOutcome) bool {
		return o.Action != rules.Show && !c.preimage(o).known()
	})
}

// preimage is that of the mask of an outcome. The values of types that compare more texts than the same as equal have none.
func (c *boundColumn) preimage(o rules.CellOutcome) preimage {
	kind, ok := findMask(o.Mask.Name)
	same := c.Collation == "" || strings.HasPrefix(c.Collation, `"pg_catalog".`) // the others may be nondeterministic
	if !ok || kind.preimage == nil || o.Action != rules.MaskCell || c.typ.domain || !same {
		return preimage{}
	}
	return kind.preimage(o.Mask.Args, c.typ)
}

// isPlainText reports whether equal values of the type are the same text.
func (t maskedType) isPlainText() bool { return t.name == "text" || t.name == "varchar" }

// downBy is the preimage of a mask that rounds a date or a whole number down. An int8 may have more digits than a division of numerics
// computes, and be rounded up by it.
func downBy(most int, t maskedType) preimage {
	if t.isDate() || t.name == "int2" || t.name == "int4" {
		return preimage{down: most}
	}
	return preimage{}
}

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

// narrowedMasked spells what a comparison of a masked column says of the stored value, for whichever outcome the row has.
func (r *resolver) narrowedMasked(n narrow, c *boundColumn, d *cell) (condition string, ok bool) {
	compare, ok := r.comparison(n.comparison)
	if !ok {
		return "", false
	}
	values := make([]string, len(n.values))
	exact := true
	for i, v := range n.values {
		if n.op != "ANY" {
			values[i], _ = r.narrowValue(indexOperator(n.op), v, n.typ)
		}
		exact = exact && r.isOfType(v, n.typ)
	}
	source := aliasSource + "." + quote(c.Name)
	var terms []string
	for i, o := range d.outcomes {
		if slices.ContainsFunc(d.outcomes[:i], func(p rules.CellOutcome) bool { return p.Action == o.Action && p.Mask.String() == o.Mask.String() }) {
			continue
		}
		if o.Action == rules.Show {
			terms = append(terms, source+" "+compare)
			continue
		}
		spelled, ok := c.preimage(o).terms(source, n.op, values, exact, c.typ)
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

// terms spells when a masked value can meet a comparison with values: one of the terms is true of the stored value if it does. exact says
// that the values are of the column's type.
func (p preimage) terms(source, op string, values []string, exact bool, t maskedType) (terms []string, ok bool) {
	switch {
	case p.never:
		return nil, true
	case p.equals != nil && (op == "=" || op == "IN"):
		for _, v := range values {
			terms = append(terms, p.equals("("+v+")::pg_catalog.text"))
		}
		return terms, true
	case p.down > 0 && commuted[op] != "" && exact:
		low, high := p.bounds("("+values[0]+")", t)
		least, most := source+" OPERATOR(pg_catalog.>=) "+low, source+" OPERATOR(pg_catalog.<=) "+high
		switch op {
		case ">", ">=":
			return []string{least}, true
		case "<", "<=":
			return []string{most}, true
		}
		return []string{least + " AND " + most}, true
	}
	return nil, false
}

// mostInteger is the largest number of each type of whole numbers.
var mostInteger = map[string]string{"int2": "32767", "int4": "2147483647", "int8": "9223372036854775807"}

// bounds spells the bounds of the values that are rounded down to v. Neither raises an error: what is out of range is the
// type's own bound.
func (p preimage) bounds(v string, t maskedType) (low, high string) {
	if t.isInteger() {
		v += "::pg_catalog.int8"
		// A bucket below the type's range is held at the smallest number but one.
		low = fmt.Sprintf("CASE WHEN %[1]s OPERATOR(pg_catalog.>) '-%[2]s'::pg_catalog.int8 THEN %[1]s ELSE '-%[2]s'::pg_catalog.int8 OPERATOR(pg_catalog.-) 1 END", v, mostInteger[t.name])
		high = fmt.Sprintf("CASE WHEN %[1]s OPERATOR(pg_catalog.<) '9000000000000000000'::pg_catalog.int8 THEN %[1]s OPERATOR(pg_catalog.+) %[2]d ELSE '9223372036854775807'::pg_catalog.int8 END", v, p.down)
		return low, high
	}
	v += "::pg_catalog." + t.name
	distance := strconv.Itoa(p.down)
	if t.name != "date" {
		distance = fmt.Sprintf("'%d days'::pg_catalog.interval", p.down)
	}
	high = fmt.Sprintf("CASE WHEN %[1]s OPERATOR(pg_catalog.<) '9000-01-01'::pg_catalog.%[2]s THEN %[1]s OPERATOR(pg_catalog.+) %[3]s ELSE 'infinity'::pg_catalog.%[2]s END", v, t.name, distance)
	return v, high
}

// isOfType reports whether a value is of the type of the column that it is compared with: a constant or parameter that takes its type from
// there, or has it.
func (r *resolver) isOfType(n *pg_query.Node, typ uint32) bool {
	if cast := n.GetTypeCast(); cast != nil {
		return r.typeName(cast.TypeName) == typ
	}
	given := uint32(0)
	if p := n.GetParamRef(); p != nil {
		given = r.parameter(p)
	} else if c := n.GetAConst(); c != nil {
		given = constantType(c)
	}
	whole := []uint32{typeInt2, typeInt4, typeInt8}
	return given == typeUnknown || given == typ || slices.Contains(whole, given) && slices.Contains(whole, typ)
}
