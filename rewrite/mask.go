package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// A maskKind is a mask: a total SQL expression (it never raises an error) of the column's own type.
// To add one, write its file and an entry in masks.
type maskKind struct {
	name    string
	usage   string // as a policy writes it, for messages and documentation
	summary string
	// check returns what is wrong with the arguments or the type, empty if nothing is.
	check func(args []rules.Arg, t maskedType) string
	// sql returns the expression. The argument x is an expression of the column's base type, of primary precedence.
	sql func(x string, args []rules.Arg, t maskedType, k keyed) string
	// preimage returns what a comparison of the output tells of the value. nil: nothing.
	preimage func(args []rules.Arg, t maskedType) preimage
}

// masks is the table of masks, from the least to the most revealing: the order decides between several roles.
func masks() []maskKind {
	return []maskKind{
		nullMask(), constantMask(), redactMask(), pseudonymMask(), ageBandMask(), yearMask(), monthMask(),
		generalizeMask(), bucketMask(), prefixMask(), partialMask(), emailMask(),
	}
}

// Masks returns the masks that ship, each as a policy writes it and what it does.
func Masks() [][2]string {
	var out [][2]string
	for _, m := range masks() {
		out = append(out, [2]string{m.usage, m.summary})
	}
	return out
}

func findMask(name string) (maskKind, bool) {
	all := masks()
	i := slices.IndexFunc(all, func(m maskKind) bool { return m.name == name })
	if i < 0 {
		return maskKind{}, false
	}
	return all[i], true
}

// reveals orders masks for rules.DecideCells. An unknown mask reveals the least.
func reveals(m rules.Mask) int {
	return slices.IndexFunc(masks(), func(k maskKind) bool { return k.name == m.Name })
}

// keyed is what a keyed mask is keyed with beside the secret key.
type keyed struct{ purpose string }

// maskedType is a column's type as masks see it: domains replaced by the type that they are built on.
type maskedType struct {
	name   string // of the base type if it is in pg_catalog, such as "varchar"; else "schema.name"
	kind   byte   // pg_type.typtype of the base type
	sql    string // the base type with its modifier, schema-qualified
	labels []string
	domain bool // the column's own type is a domain
}

// text types, integer types and so on, by pg_type.typname.
func (t maskedType) isText() bool {
	return t.name == "text" || t.name == "varchar" || t.name == "bpchar" || t.name == "citext"
}

func (t maskedType) isInteger() bool { return t.name == "int2" || t.name == "int4" || t.name == "int8" }
func (t maskedType) isFloat() bool   { return t.name == "float4" || t.name == "float8" }
func (t maskedType) isNumber() bool  { return t.isInteger() || t.isFloat() || t.name == "numeric" }
func (t maskedType) isDate() bool {
	return t.name == "date" || t.name == "timestamp" || t.name == "timestamptz"
}

// modifier returns the numbers of the type modifier: numeric(10,2) gives 10, 2.
func (t maskedType) modifier() []int {
	_, mod, found := strings.Cut(t.sql, "(")
	if !found {
		return nil
	}
	var out []int
	for _, f := range strings.Split(strings.TrimSuffix(mod, ")"), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(f))
		if err != nil {
			return nil
		}
		out = append(out, n)
	}
	return out
}

// typeOf returns the masked type of a column.
func typeOf(snap *catalog.Snapshot, c *catalog.Column) maskedType {
	declared, base := snap.Type(c.Type), snap.BaseType(c.Type)
	if declared == nil || base == nil {
		return maskedType{sql: c.TypeSQL}
	}
	t := maskedType{name: base.Name.Name, kind: base.Kind, sql: c.TypeSQL, labels: base.Labels, domain: declared.Kind == 'd'}
	if base.Name.Schema != "pg_catalog" && base.Extension != "citext" {
		t.name = base.Name.Schema + "." + base.Name.Name
	}
	// A domain over a domain keeps the modifier of the innermost.
	for d := declared; d != nil && d.Kind == 'd'; d = snap.Type(d.Base) {
		t.sql = d.BaseSQL
	}
	return t
}

// cast makes an expression the column's base type, with its modifier; casts to a shorter text cut it.
func (t maskedType) cast(x string) string { return "(" + x + ")::" + t.sql }

// Arguments.

func wantArgs(usage string, args []rules.Arg, kinds ...rules.ArgKind) string {
	if len(args) != len(kinds) {
		return "write " + usage
	}
	for i, k := range kinds {
		if args[i].Kind != k && (k != rules.ArgFloat || args[i].Kind != rules.ArgInt) {
			return "write " + usage
		}
	}
	return ""
}

// positive reads a whole number from 1 to 1,000,000,000.
func positive(a rules.Arg) (int, bool) {
	n, err := strconv.Atoi(a.Text)
	return n, err == nil && n >= 1 && n <= 1_000_000_000
}

func onlyTypes(t maskedType, ok bool, what string) string {
	if ok {
		return ""
	}
	return fmt.Sprintf("takes %s, not %s", what, t.sql)
}

// base makes a column reference an expression of the column's base type.
func (t maskedType) base(x string) string {
	if t.domain {
		return "(" + x + "::" + t.sql + ")"
	}
	return x
}
