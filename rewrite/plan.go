package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pgscrim/pgscrim/rules"
)

// caller is who asks, reduced to what decides: two callers with the same key see the same.
type caller struct {
	rules.Caller
	key string
}

func newCaller(roles []string, purpose string) caller {
	return caller{rules.Caller{Roles: roles, Purpose: purpose}, strings.Join(roles, "\x00") + "\x00\x00" + purpose}
}

// plan is the decision on one relation for one caller: what each row and cell of it becomes. It is immutable.
type plan struct {
	*entry
	policy  *rules.Policy
	purpose *rules.Purpose
	atoms   []rules.Atom       // that a row can have
	rows    []rules.RowOutcome // one for each atom
	visible []rules.Atom       // that a shown row can have
	cells   []cell             // one for each of the entry's columns
	trivial bool               // every row and cell is shown: the relation is not touched

	fragments sync.Map // fragmentKey -> string
	kept      atomic.Int64
}

// fragmentKey is what a fragment depends on beside its plan.
type fragmentKey struct {
	columns, source, sample string
	locked, fence, tableOID bool
}

// cell is the decision on one column.
type cell struct {
	outcomes []rules.CellOutcome // one for each visible atom
	denied   bool                // in at least one atom: whether a statement is refused must not depend on the rows
	shown    bool                // in every atom
	narrows  bool                // comparisons tell of the stored values in every atom (narrow_masked.go)
}

func (b *binding) plan(e *entry, c caller) *plan {
	var spec *rules.Subject
	if e.subject != nil {
		spec = e.subject.spec
	}
	p := &plan{entry: e, policy: b.policy, purpose: b.policy.Purposes[c.Purpose], atoms: b.policy.Atoms(c.Purpose, spec)}
	p.rows = b.policy.DecideRows(c.Caller, e.table.Subject, p.atoms)
	for _, r := range p.rows {
		if r.Action == rules.Show {
			p.visible = append(p.visible, r.Atom)
		}
	}
	p.trivial = len(p.visible) == len(p.atoms)
	if len(p.visible) == 0 { // no row is shown: the cells matter only for what may be named
		p.visible = p.atoms
	}
	for i := range e.columns {
		col := &e.columns[i]
		var d cell
		if col.rule != nil {
			d.outcomes = b.policy.DecideCells(c.Caller, col.rule, p.visible, reveals)
		} else {
			d.outcomes = slices.Repeat([]rules.CellOutcome{b.policy.DecideUnlisted(c.Caller)}, len(p.visible))
		}
		d.shown = len(d.outcomes) > 0
		for _, o := range d.outcomes {
			d.shown = d.shown && o.Action == rules.Show
			d.denied = d.denied || (o.Action != rules.Show && o.Action != rules.MaskCell)
		}
		d.narrows = narrowsMasked(col, &d)
		p.trivial = p.trivial && d.shown
		p.cells = append(p.cells, d)
	}
	return p
}

// hides reports whether a row can be absent.
func (p *plan) hides() bool {
	return len(p.rows) == 0 || slices.ContainsFunc(p.rows, func(r rules.RowOutcome) bool { return r.Action != rules.Show })
}

// column finds a column and the decision on it; both are nil if the relation has none of that name.
func (p *plan) column(name string) (*boundColumn, *cell) {
	for i := range p.columns {
		if p.columns[i].Name == name {
			return &p.columns[i], &p.cells[i]
		}
	}
	return nil, nil
}

// shows reports whether the caller sees a column as it is.
func (p *plan) shows(name string) bool {
	_, d := p.column(name)
	return d != nil && d.shown
}

// stands reports whether a column stands in the relation's fragment.
func (p *plan) stands(name string) bool {
	_, d := p.column(name)
	return d != nil && !d.denied
}

// groupable reports whether a column stands in the fragment, in a type that can be grouped.
func (p *plan) groupable(name string) bool {
	c, _ := p.column(name)
	return p.stands(name) && c.typ.name != "json" && c.typ.name != "xml"
}

// The aliases inside a fragment: the relation itself, its subject's row, and the consent.
const (
	aliasSource  = "s"
	aliasSubject = "u"
	aliasConsent = "c"
	// aliasCondition is the row of the conditions that cells depend on.
	aliasCondition = "r"
)

// fragment describes the subquery that stands for one reference to a relation.
type fragment struct {
	need   func(column string) bool // columns that are not needed are left out
	source string                   // what stands in FROM, without an alias
	sample string                   // a TABLESAMPLE clause
	locked bool                     // its rows are locked: nothing else may stand in FROM
	fence  bool                     // keep the caller's conditions from running before the row rules
	opaque func(column string) bool // hide a column of a fenced fragment from the planner's statistics
	// tableOID adds the system column of that name, as a column like any other: `*` would have it too.
	tableOID bool
}

// sql gives the fragment, without the parentheses around it.
func (p *plan) sql(f fragment) string {
	needed := make([]byte, len(p.columns))
	for i := range p.columns {
		needed[i] = '0'
		switch c := p.columns[i].Name; {
		case !f.need(c):
		case f.fence && p.cells[i].shown && f.opaque(c):
			needed[i] = '2'
		default:
			needed[i] = '1'
		}
	}
	key := fragmentKey{string(needed), f.source, f.sample, f.locked, f.fence, f.tableOID}
	if text, ok := p.fragments.Load(key); ok {
		return text.(string)
	}
	text := p.build(f)
	if len(f.source) <= maxKeptSource && f.sample == "" && p.kept.Add(1) <= maxKept { // not those that the text of a statement is part of
		p.fragments.Store(key, text)
	}
	return text
}

// opaque spells a column so that the planner does not know it for one: else it would try the caller's operators on the values in
// the column's statistics, those of hidden rows included, whatever fence stands between (selfuncs.c).
func opaque(column string) string {
	return "CASE WHEN pg_catalog.now() IS NOT NULL THEN " + column + " ELSE " + column + " END" // both, for the type modifier
}

// fence ends a fragment into which the planner moves no condition from outside.
const fence = " OFFSET 0"

// maxKeptSource is the length of a relation's name, with ONLY and quotes; a view's definition is longer.
const maxKeptSource = 140

// maxKept bounds the fragments that a plan keeps: statements may use any of the many sets of columns.
const maxKept = 500

func (p *plan) build(f fragment) string {
	g := &facts{plan: p}
	var cols []string
	for i := range p.columns {
		c, d := &p.columns[i], &p.cells[i]
		source := aliasSource + "." + quote(c.Name)
		switch {
		case d.denied, !f.need(c.Name):
		case d.shown && f.fence && f.opaque(c.Name):
			cols = append(cols, opaque(source)+" AS "+quote(c.Name))
		case d.shown:
			cols = append(cols, source)
		default:
			cell := g.cell(source, c, d)
			if c.Collation != "" {
				cell += " COLLATE " + c.Collation
			}
			cols = append(cols, cell+" AS "+quote(c.Name))
		}
	}
	if f.tableOID {
		cols = append(cols, aliasSource+".tableoid")
	}
	where := g.rows()
	joins := ""
	if f.locked {
		if where != "" {
			where = g.apart(where, aliasSource)
		}
		for i, c := range g.conditions {
			g.conditions[i] = g.apart(c, aliasSource)
		}
	} else {
		joins = g.joins()
	}
	var b strings.Builder
	b.WriteString("SELECT ")
	if len(cols) > 0 {
		b.WriteString(strings.Join(cols, ", ") + " ")
	}
	fmt.Fprintf(&b, "FROM %s AS %s%s%s", f.source, aliasSource, f.sample, joins+g.lateral())
	if where != "" {
		b.WriteString(" WHERE " + where)
	}
	if f.fence {
		b.WriteString(fence)
	}
	return b.String()
}

// facts builds the conditions of one fragment and remembers which facts of the row they look at.
type facts struct {
	*plan
	region, consent bool
	conditions      []string // of cells, each spelled once and named aliasCondition.c1, c2, ...
}

// named gives a condition of cells a name.
func (g *facts) named(condition string) string {
	i := slices.Index(g.conditions, condition)
	if i < 0 {
		i = len(g.conditions)
		g.conditions = append(g.conditions, condition)
	}
	return fmt.Sprintf("%s.c%d", aliasCondition, i+1)
}

// lateral spells the conditions that have names. PostgreSQL pulls such a subquery up, so that it costs nothing but is
// parsed once, where the conditions would stand in each column.
func (g *facts) lateral() string {
	if len(g.conditions) == 0 {
		return ""
	}
	var b strings.Builder
	for i, c := range g.conditions {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s AS c%d", c, i+1)
	}
	return fmt.Sprintf(" CROSS JOIN LATERAL (SELECT %s) AS %s", b.String(), aliasCondition)
}

// own reports whether the relation is the subject's own table: its rows hold the facts themselves.
func (g *facts) own() bool {
	return g.table.SubjectColumn == g.subject.spec.Key &&
		g.table.Name.Schema == g.subject.rel.Name.Schema && g.table.Name.Name == g.subject.rel.Name.Name
}

func (g *facts) subjectAlias() string {
	if g.own() {
		return aliasSource
	}
	return aliasSubject
}

// subjectKey spells the key of the row's subject, NULL if there is none. Where a foreign key says that a consent is always
// that of a subject, the subject itself need not be read.
func (g *facts) subjectKey() string {
	if !g.own() && g.subject.consent.linked {
		return aliasSource + "." + quote(g.table.SubjectColumn)
	}
	return g.subjectAlias() + "." + quote(g.subject.spec.Key)
}

// joins spells the joins to the facts that were looked at.
func (g *facts) joins() string {
	if !g.region && !g.consent {
		return ""
	}
	var b strings.Builder
	s := g.subject
	if !g.own() && (g.region || !s.consent.linked) {
		fmt.Fprintf(&b, " LEFT JOIN %s AS %s ON %[2]s.%[3]s OPERATOR(pg_catalog.=) %[4]s.%[5]s",
			qualified(s.rel.Name.Schema, s.rel.Name.Name), aliasSubject, quote(s.spec.Key), aliasSource, quote(g.table.SubjectColumn))
	}
	if g.consent && s.consent.unique {
		fmt.Fprintf(&b, " LEFT JOIN (%s) AS %s ON %[2]s.id OPERATOR(pg_catalog.=) %[3]s",
			g.consents(quote(s.consent.subject)+" AS id", ""), aliasConsent, g.subjectKey())
	}
	return b.String()
}

// consents spells the subquery over the consents in force for the purpose.
func (g *facts) consents(target, and string) string {
	c := g.subject.consent
	return fmt.Sprintf("SELECT %[1]s.%[2]s FROM %[3]s AS %[1]s WHERE %[1]s.%[4]s OPERATOR(pg_catalog.=) %[5]s AND %[6]s%[7]s",
		aliasConsent, target, qualified(c.rel.Name.Schema, c.rel.Name.Name), quote(c.purpose), literal(g.purpose.Consent), c.given.sql(aliasConsent), and)
}

// given spells the condition that the consent is given. It is never NULL.
func (g *facts) given() string {
	g.consent = true
	c := g.subject.consent
	if c.unique {
		return aliasConsent + ".id IS NOT NULL"
	}
	key := fmt.Sprintf(" AND %s.%s OPERATOR(pg_catalog.=) %s", aliasConsent, quote(c.subject), g.subjectKey())
	return "EXISTS (" + g.consents(quote(c.subject), key) + ")"
}

// in spells the condition that the row's region is one of those named. It may be NULL only for a known region, and
// is then not met.
func (g *facts) in(regions []string) string {
	g.region = true
	country := g.subject.region.sql(g.subjectAlias()) + "::pg_catalog.text"
	var listed, others []string
	for _, r := range g.policy.Regions {
		if slices.Contains(regions, r.Name) {
			listed = append(listed, r.Countries...)
		}
	}
	for _, r := range g.policy.Regions {
		for _, code := range r.Countries {
			if !slices.Contains(listed, code) {
				others = append(others, code)
			}
		}
	}
	var terms []string
	// A missing subject row makes a column NULL, but not every expression.
	missing := ""
	if !g.own() && g.subject.region.column == "" {
		missing = g.subjectAlias() + "." + quote(g.subject.spec.Key) + " IS NULL"
	}
	switch {
	case slices.Contains(regions, rules.RegionUnknown): // all but the countries of other regions
		if missing != "" {
			terms = append(terms, missing)
		}
		terms = append(terms, country+" IS NULL", fmt.Sprintf("%s OPERATOR(pg_catalog.<>) ALL (%s)", country, textArray(others)))
	case len(listed) > 0:
		term := fmt.Sprintf("%s OPERATOR(pg_catalog.=) ANY (%s)", country, textArray(listed))
		if missing != "" {
			term = "NOT " + missing + " AND " + term
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 {
		return "false"
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

// textArray spells an array of texts as one constant, which takes PostgreSQL less time to read than a list of many.
func textArray(texts []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = `"` + escape.Replace(t) + `"`
	}
	return literal("{"+strings.Join(quoted, ",")+"}") + "::pg_catalog.text[]"
}

// when spells the condition that the facts of a row, which are one of the atoms, are one of those selected: empty if
// always, "false" if never.
func (g *facts) when(atoms []rules.Atom, selected func(i int) bool) string {
	const given, missing = 1, 2
	byRegion := map[string]int{}
	var regions []string
	possible, chosen := 0, 0
	for i, a := range atoms {
		bit := missing
		if a.Given {
			bit = given
		}
		possible |= bit
		if _, seen := byRegion[a.Region]; !seen {
			regions = append(regions, a.Region)
			byRegion[a.Region] = 0
		}
		if selected(i) {
			byRegion[a.Region] |= bit
			chosen++
		}
	}
	switch chosen {
	case 0:
		return "false"
	case len(atoms):
		return ""
	}
	groups := map[int][]string{}
	for _, r := range regions {
		groups[byRegion[r]] = append(groups[byRegion[r]], r)
	}
	var terms []string
	for _, pattern := range []int{given | missing, given, missing} {
		members := groups[pattern]
		if len(members) == 0 {
			continue
		}
		var and []string
		if len(members) < len(regions) {
			and = append(and, g.in(members))
		}
		if pattern != possible {
			if pattern == given {
				and = append(and, g.given())
			} else {
				and = append(and, "NOT ("+g.given()+")")
			}
		}
		if pattern == possible && len(members) == len(regions) {
			return ""
		}
		if len(and) > 0 {
			terms = append(terms, strings.Join(and, " AND "))
		}
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

// rows spells the row filter, empty if every row is shown.
func (g *facts) rows() string {
	return g.when(g.atoms, func(i int) bool { return i < len(g.plan.rows) && g.plan.rows[i].Action == rules.Show })
}

// cell spells a cell as a CASE over the row's facts. Its ELSE is the outcome that reveals least.
func (g *facts) cell(source string, c *boundColumn, d *cell) string {
	type choice struct {
		expr    string
		reveals int
		atoms   map[int]bool
	}
	var choices []*choice
	for i, o := range d.outcomes {
		x, r := "NULL", -1
		switch o.Action {
		case rules.Show:
			x, r = source, len(masks())
		case rules.MaskCell:
			if kind, ok := findMask(o.Mask.Name); ok {
				purpose := ""
				if g.purpose != nil {
					purpose = g.purpose.Name
				}
				x, r = kind.sql(c.typ.base(source), o.Mask.Args, c.typ, keyed{purpose}), reveals(o.Mask)
			}
		}
		k := slices.IndexFunc(choices, func(have *choice) bool { return have.expr == x })
		if k < 0 {
			k = len(choices)
			choices = append(choices, &choice{expr: x, reveals: r, atoms: map[int]bool{}})
		}
		choices[k].atoms[i] = true
	}
	slices.SortStableFunc(choices, func(a, b *choice) int { return b.reveals - a.reveals })
	last := choices[len(choices)-1]
	if len(choices) == 1 {
		return c.typ.cast(last.expr)
	}
	var b strings.Builder
	b.WriteString("CASE")
	for _, ch := range choices[:len(choices)-1] {
		fmt.Fprintf(&b, " WHEN %s THEN %s", g.named(g.when(g.visible, func(i int) bool { return ch.atoms[i] })), ch.expr)
	}
	fmt.Fprintf(&b, " ELSE %s END", last.expr)
	return c.typ.cast(b.String())
}

// qualified spells a relation's name so that nothing can capture it.
func qualified(schema, name string) string { return quote(schema) + "." + quote(name) }
