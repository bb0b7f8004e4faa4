package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// ref is a reference in FROM to a relation that a fragment may have to stand for.
type ref struct {
	rel  *catalog.Relation
	plan *plan     // of a relation that the policy names
	view *resolver // of a view: its definition, walked
	// system builds the fragment of a system catalog of which some columns are not shown.
	system *systemRelation

	at         int // byte offset of the name
	start, end int // byte offsets of what the fragment replaces: the name with ONLY and *
	only       bool
	bare       bool     // the text does not say its schema
	tableToken int      // index of the TABLE token of `TABLE name`, else -1
	alias      string   // to add behind the fragment, empty if the text has one
	positional bool     // a column list renames the columns by position: none may be left out
	complete   bool     // no column may be left out for want of use
	guarded    bool     // it is asked once more outside whether a row is visible: what that depends on is needed
	tableOID   bool     // its column tableoid is used
	sample     string   // a TABLESAMPLE clause, moved into the fragment
	name       string   // the alias, or the relation's name
	level      *scope   // the query level that it stands in
	lock       *locking // of a reference whose rows are locked
	copied     string   // the columns of COPY table TO, which becomes COPY (SELECT columns FROM fragment) TO

	used      map[string]int  // columns named: the byte offset of the first place, negative if unknown
	starred   map[string]bool // columns in `*` or a whole-row reference
	exposed   map[string]bool // columns that something else than a leakproof comparison may look at
	narrows   []narrow        // conditions without which rows cannot take part in the result (narrow.go)
	requalify []edit          // schema qualifiers of its columns, to be removed
}

// virtual reports whether a column is computed when it is read. That may fail, and so may not run on a hidden row. Where
// it runs is not only a matter of the conditions: below an outer join, UNION ALL or grouping sets PostgreSQL computes it where it
// scans the relation.
func (f *ref) virtual(column string) bool {
	if f.rel == nil {
		return false
	}
	c := f.rel.Column(column)
	return c != nil && c.Virtual
}

// computes reports whether the statement uses a virtual column.
func (f *ref) computes() bool {
	return f.rel != nil && slices.ContainsFunc(f.rel.Columns, func(c catalog.Column) bool {
		return c.Virtual && (f.positional || f.complete || f.names(c.Name) || f.starred[c.Name])
	})
}

// names reports whether the statement names a column of the reference.
func (f *ref) names(column string) bool {
	_, ok := f.used[column]
	return ok
}

// use notes that a column is named at a byte offset.
func (f *ref) use(column string, at int) {
	if !f.names(column) {
		f.used[column] = at
	}
}

// relation resolves a name in FROM.
func (r *resolver) relation(rv *pg_query.RangeVar, sc *scope) *item {
	r.visited[rv] = true
	it := &item{name: rv.Relname, schema: rv.Schemaname}
	defer it.rename(rv.Alias)
	at := int(rv.Location)
	if rv.Catalogname != "" && rv.Catalogname != r.snap.Database {
		r.refuse(at, Refusal{Code: "0A000", Message: fmt.Sprintf("cross-database references are not implemented: %q",
			dotted([]string{rv.Catalogname, rv.Schemaname, rv.Relname}))})
		return it
	}
	if rv.Schemaname == "" {
		if c := sc.ctes.find(rv.Relname); c != nil {
			it.cols, it.open = slices.Clone(c.cols), c.open
			for i := range it.cols {
				it.cols[i].within = nil // what reads it elsewhere may need the rows
			}
			return it
		}
	}
	if columns, ok := r.temporary(rv); ok {
		it.cols = columns
		return it
	}
	if rel := r.sandbox(rv); rel != nil {
		*it = *sandboxItem(rel)
		return it
	}
	rel := r.find(rv.Schemaname, rv.Relname)
	if rel == nil {
		r.missingRelation(rv)
		return it
	}
	it.schema, it.rel = rel.Name.Schema, rel
	r.relations[display(rel)] = true
	for _, c := range rel.Columns {
		it.cols = append(it.cols, column{name: c.Name, typ: c.Type})
	}
	if r.isInside(at) {
		return it
	}
	f := &ref{rel: rel, at: at, name: it.name, level: sc, only: !rv.Inh, tableToken: -1, used: map[string]int{}, starred: map[string]bool{}, exposed: map[string]bool{}}
	f.bare = rv.Schemaname == ""
	if !r.protect(f) {
		r.spellOut(f)
		return it
	}
	if r.verifying {
		r.refuse(at, Refusal{Code: "XX000", Message: fmt.Sprintf("the rewritten statement still names %s", display(rel))})
		return it
	}
	for i := range it.cols {
		it.cols[i].origins = []origin{{f, it.cols[i].name}}
	}
	it.ref = f
	f.positional = len(rv.Alias.GetColnames()) > 0
	if rv.Alias == nil {
		f.alias = rel.Name.Name
	} else {
		f.name = rv.Alias.Aliasname
	}
	if !r.span(f) {
		r.unsupported(at, tableSpelling)
		return it
	}
	if r.refs = append(r.refs, f); len(r.refs) > maxReferences {
		r.refuse(at, Refusal{Code: "54001", Message: "statement is too complex", Detail: fmt.Sprintf("It names protected relations more than %d times.", maxReferences)})
	}
	return it
}

// maxReferences bounds how often a statement may name protected relations.
const maxReferences = 500

// temporary finds a temporary table of the session, which comes before every other relation of that name. The reference
// is made to say so: should the table not be there after all, it is an error, never another table.
func (r *resolver) temporary(rv *pg_query.RangeVar) (columns []column, ok bool) {
	r.visited[rv] = true
	if rv.Catalogname != "" || rv.Schemaname != "" && rv.Schemaname != temporarySchema {
		return nil, false
	}
	if columns, ok = r.temp.find(rv.Relname); ok && rv.Schemaname == "" {
		at := int(rv.Location)
		r.qualified++
		r.edits = append(r.edits, edit{at, at, temporarySchema + "."})
	}
	return columns, ok
}

// spellOut qualifies the name of a relation that is left as it is: whatever search_path is in force upstream, what is read
// is what was decided on.
func (r *resolver) spellOut(f *ref) {
	if f.bare && !r.verifying {
		r.qualify(f.at, f.rel.Name.Schema)
	}
}

// qualify spells out the schema of a name at a byte offset.
func (r *resolver) qualify(at int, schema string) {
	r.edits = append(r.edits, edit{at, at, quote(schema) + "."})
	r.qualified++
}

// temporarySchema is the schema of the session's temporary tables, whatever its real name.
const temporarySchema = "pg_temp"

func (r *resolver) isInside(at int) bool {
	return slices.ContainsFunc(r.inside, func(s [2]int) bool { return s[0] <= at && at < s[1] })
}

// protect decides what a reference to a relation needs. It returns false if the relation is left as it is.
func (r *resolver) protect(f *ref) bool {
	rel := f.rel
	if isSystem(rel) {
		return r.protectSystem(f)
	}
	e := r.entries[rel.OID]
	if e == nil {
		return r.protectUnlisted(f)
	}
	if e.personal() && r.personal == nil {
		r.personal = rel
	}
	f.plan = r.plan(e)
	if rel.Kind == catalog.View {
		f.view = r.definition(f)
	}
	return !f.plan.trivial || f.view != nil
}

// protectUnlisted handles a relation that the policy does not name.
func (r *resolver) protectUnlisted(f *ref) bool {
	rel := f.rel
	hint := fmt.Sprintf("Name %s in the policy's tables, or ask the policy's owner (%s) to.", display(rel), r.owner())
	switch rel.Kind {
	case catalog.View:
		// Transparent: what it shows follows from its tables.
		f.view = r.definition(f)
		return f.view != nil
	case catalog.Table, catalog.PartitionedTable:
		if r.policy.UnlistedTables == rules.Show && rel.Extension == "" && !r.sandboxed(rel.Name.Schema) {
			return false
		}
	case catalog.MaterializedView:
		// Opaque: it is shown if nothing protected is in it.
		if r.policy.UnlistedTables == rules.Show && !r.dependsOnProtected(rel) {
			return false
		}
	}
	r.refuse(f.at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for relation %s: the policy does not name it", display(rel)), Hint: hint})
	return false
}

func (r *resolver) owner() string {
	if r.policy.Owner != "" {
		return r.policy.Owner
	}
	return "no owner named"
}

// definition walks a view's definition and returns its resolver, nil if nothing in it has to change.
func (r *resolver) definition(f *ref) *resolver {
	rel := f.rel
	if slices.Contains(r.open, rel.OID) || len(r.open) >= maxViewDepth {
		r.refuse(f.at, Refusal{Code: "54001", Message: fmt.Sprintf("views nest too deep at %s", display(rel))})
		return nil
	}
	sub, refusal := r.walkDefinition(rel)
	if refusal != nil {
		own := *refusal
		own.Position = 0 // it points into the view
		own.Detail = strings.TrimSpace(own.Detail + fmt.Sprintf(" The view %s uses it.", display(rel)))
		r.refuse(f.at, own)
		return nil
	}
	r.leaky = r.leaky || sub.leaky
	if sub.locks && sub.protects() {
		r.unsupported(f.at, lockingView)
	}
	r.joined = r.joined || sub.joined
	if r.personal == nil {
		r.personal = sub.personal
	}
	for name := range sub.relations {
		r.relations[name] = true
	}
	if len(sub.refs) == 0 && len(sub.edits) == 0 {
		return nil
	}
	return sub
}

// maxViewDepth bounds how deep views may nest.
const maxViewDepth = 32

func (r *resolver) walkDefinition(rel *catalog.Relation) (*resolver, *Refusal) {
	text := strings.TrimSuffix(strings.TrimSpace(rel.Definition), ";")
	if text == "" {
		return nil, &Refusal{Code: "0A000", Message: fmt.Sprintf("the definition of view %s cannot be read", display(rel))}
	}
	p, refusal := parse(text, maxDefinition)
	if refusal != nil || len(p.stmts) != 1 || p.stmts[0].Stmt.GetSelectStmt() == nil {
		return nil, &Refusal{Code: "0A000", Message: fmt.Sprintf("the definition of view %s cannot be parsed", display(rel))}
	}
	shared := *r.views
	shared.open = append(slices.Clip(r.open), rel.OID)
	sub := r.newResolver(&shared, p, []string{"pg_catalog"})
	sub.query(p.stmts[0].Stmt.GetSelectStmt(), nil, nil, false)
	if missed := sub.visited.missed(p.stmts[0].Stmt); missed != "" && sub.refusal == nil {
		sub.refusal = incomplete(missed)
	}
	return sub, sub.refusal
}

// maxDefinition bounds the length of a view's definition, in bytes.
const maxDefinition = 4 << 20

// dependsOnProtected reports whether something that the policy protects is read by a materialized view. One whose
// definition cannot be read counts as such.
func (r *resolver) dependsOnProtected(rel *catalog.Relation) bool {
	sub, refusal := r.walkDefinition(rel)
	return refusal != nil || len(sub.refs) > 0 || len(sub.edits) > 0 || sub.personal != nil
}

// span finds the text that a fragment replaces: the name, with ONLY before and * behind it.
func (r *resolver) span(f *ref) bool {
	first := r.p.tokenAt(f.at)
	if first < 0 {
		return false
	}
	last := r.p.qualifiedName(first)
	f.start, f.end = r.p.tokens[first].start, r.p.tokens[last].end
	before, after := r.p.skip(first, -1), r.p.skip(last, 1)
	if f.only {
		if r.p.is(before, pg_query.Token_ASCII_40) { // ONLY ( name )
			if !r.p.is(after, pg_query.Token_ASCII_41) {
				return false
			}
			f.end = r.p.tokens[after].end
			before = r.p.skip(before, -1)
		}
		if !r.p.is(before, pg_query.Token_ONLY) {
			return false
		}
		f.start = r.p.tokens[before].start
		before = r.p.skip(before, -1)
	} else if r.p.is(after, pg_query.Token_ASCII_42) { // name *
		f.end = r.p.tokens[after].end
	}
	if r.p.is(before, pg_query.Token_TABLE) {
		f.tableToken = before
		for _, c := range f.rel.Columns {
			f.starred[c.Name] = true
		}
	}
	return true
}

// finish decides on the references that the walk has found and adds their edits. fenced is true if the caller's
// expressions must not run before the row rules, and leaky if one of them may tell of the rows that it runs on.
func (r *resolver) finish(fenced, leaky bool) {
	size := 0
	for _, f := range r.refs {
		if size > maxGrowth {
			r.refuse(-1, tooLong(size))
			return
		}
		if f.system != nil && f.system.untouched(f) {
			r.spellOut(f)
			continue
		}
		r.denied(f)
		if f.lock != nil {
			r.guardLock(f)
		}
		body := r.fragmentOf(f, fenced || f.computes(), leaky || f.computes())
		text := "(" + body + ")"
		size += len(text)
		if f.alias != "" {
			text += " AS " + quote(f.alias)
		}
		if f.copied != "" {
			text = "(SELECT " + f.copied + " FROM " + text + ")"
		}
		if f.tableToken >= 0 {
			t := r.p.tokens[f.tableToken]
			r.edits = append(r.edits, edit{t.start, t.end, "SELECT * FROM"})
		}
		r.edits = append(r.edits, edit{f.start, f.end, text})
		r.edits = append(r.edits, f.requalify...)
	}
	sortEdits(r.edits)
	r.edits = slices.CompactFunc(r.edits, func(a, b edit) bool { return a == b && a.start < a.end })
}

// fragmentOf builds the fragment of a reference.
func (r *resolver) fragmentOf(f *ref, fenced, leaky bool) string {
	used := func(name string) bool {
		return f.positional || f.complete || f.names(name) || f.starred[name] || f.guarded && slices.Contains(f.plan.factColumns(), name)
	}
	if f.system != nil {
		return f.system.fragment(f.names)
	}
	opaque := func(column string) bool { return len(r.open) > 0 || r.leaky && (r.murky || f.exposed[column]) }
	source := qualified(f.rel.Name.Schema, f.rel.Name.Name)
	if f.only {
		source = "ONLY " + source
	}
	if f.view != nil {
		f.view.finish(fenced, leaky)
		if r.refusal == nil && f.view.refusal != nil {
			r.refuse(f.at, *f.view.refusal)
		}
		text, ok := splice(f.view.p.src, f.view.p.paste(f.view.edits))
		if !ok {
			r.unsupported(f.at, unknownPart, "view")
		}
		if f.rel.SecurityBarrier {
			text = barrier(f.rel, text)
		}
		if f.plan == nil || f.plan.trivial {
			return text
		}
		source = "(" + text + ")"
	}
	text := f.plan.sql(fragment{need: used, source: source, sample: f.sample, opaque: opaque, tableOID: f.tableOID && len(f.starred) == 0,
		locked: f.lock != nil, fence: fenced && f.plan.hides() && f.lock == nil})
	if f.lock != nil || len(f.narrows) == 0 {
		return text
	}
	before, isFenced := strings.CutSuffix(text, fence)
	narrowed := r.narrowed(f, isFenced, leaky)
	if narrowed != "" && !f.plan.hides() {
		narrowed = " WHERE" + strings.TrimPrefix(narrowed, " AND")
	}
	return before + narrowed + text[len(before):]
}

// barrier keeps the caller's conditions from running inside a view's definition, as security_barrier does.
func barrier(rel *catalog.Relation, text string) string {
	cols := make([]string, len(rel.Columns))
	for i, c := range rel.Columns {
		cols[i] = opaque("b."+quote(c.Name)) + " AS " + quote(c.Name)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (" + text + "\n) AS b OFFSET 0"
}

// denied refuses the statement if it uses a column that is denied to the caller.
func (r *resolver) denied(f *ref) {
	if f.plan == nil {
		return
	}
	for i := range f.plan.columns {
		c := &f.plan.columns[i]
		if !f.plan.cells[i].denied {
			continue
		}
		omitted := c.rule != nil && c.rule.StarOmit
		if !f.names(c.Name) && !f.positional && (!f.starred[c.Name] || omitted) {
			continue
		}
		rule := ""
		for _, o := range f.plan.cells[i].outcomes {
			if o.Action != rules.Show && o.Action != rules.MaskCell && o.Rule != "" {
				rule = o.Rule
				break
			}
		}
		refusal := Refusal{Code: "42501", Rule: rule, Message: fmt.Sprintf("permission denied for column %s of relation %s", c.Name, display(f.rel))}
		switch {
		case rule != "":
			refusal.Message += fmt.Sprintf(" by rule %q", rule)
		default:
			refusal.Message += ": none of your roles may see it for this purpose"
		}
		refusal.Hint = fmt.Sprintf("Leave the column out, or ask the policy's owner (%s).", r.owner())
		if !f.names(c.Name) {
			refusal.Hint = fmt.Sprintf("Name the columns that you need instead of *, without %s.", c.Name)
		}
		at := f.at
		if named, ok := f.used[c.Name]; ok && named >= 0 {
			at = named
		}
		r.refuse(at, refusal)
		return
	}
}

// uses lists the columns of the policy that the statement uses, views inlined, for the audit.
func (r *resolver) uses(add func(ColumnUse)) {
	for _, f := range r.refs {
		if f.view != nil {
			f.view.uses(add)
		}
		if f.plan == nil {
			continue
		}
		for i := range f.plan.columns {
			c, d := &f.plan.columns[i], &f.plan.cells[i]
			if (f.names(c.Name) || f.starred[c.Name] && !d.denied) && (c.rule != nil || !d.shown) {
				add(f.plan.use(i))
			}
		}
	}
}

// protects reports whether the statement reads a relation that the policy changes for this caller.
func (r *resolver) protects() bool {
	return slices.ContainsFunc(r.refs, func(f *ref) bool { return f.plan != nil && !f.plan.trivial || f.view != nil && f.view.protects() })
}

// hidden lists the relations with rows that the caller does not see.
func (r *resolver) hidden(add func(HiddenRows)) {
	for _, f := range r.refs {
		if f.view != nil {
			f.view.hidden(add)
		}
		if f.plan != nil && f.plan.hides() {
			add(f.plan.hidden())
		}
	}
}
