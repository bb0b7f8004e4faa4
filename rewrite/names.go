package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// mark notes that columns are named at a byte offset, negative if unknown.
func (r *resolver) mark(cols []column, at int) {
	for _, c := range cols {
		for _, o := range c.origins {
			o.ref.use(o.name, at)
			r.leaky = r.leaky || o.ref.virtual(o.name)
		}
	}
	if !r.calm {
		expose(cols)
	}
}

// expose notes that something may be computed from columns that is not leakproof.
func expose(cols []column) {
	for _, c := range cols {
		for _, o := range c.origins {
			o.ref.exposed[o.name] = true
		}
	}
}

// operand walks an expression of which, if it is a plain column, nothing is computed but by leakproof operators. Else the
// caller exposes it.
func (r *resolver) operand(n *pg_query.Node, sc *scope) uint32 {
	if !isColumn(n) {
		return r.expr(n, sc)
	}
	before := r.calm
	r.calm = true
	typ := r.expr(n, sc)
	r.calm = before
	return typ
}

// exposeOperand exposes a plain column.
func (r *resolver) exposeOperand(n *pg_query.Node, sc *scope) {
	if ref := n.GetColumnRef(); ref != nil && !isStar(ref.Fields) {
		expose([]column{r.lookup(ref, sc)})
	}
}

// markRow notes that a whole row is used, of which an expression may take any column.
func (r *resolver) markRow(it *item, sc *scope) {
	expose(it.cols)
	r.markAll(it, sc)
}

// markAll notes that all columns of an item are used by `*`.
func (r *resolver) markAll(it *item, sc *scope) {
	for _, c := range it.cols {
		for _, o := range c.origins {
			o.ref.starred[o.name] = true
		}
	}
	if sc.bare != nil && sc.inAggregate == 0 {
		*sc.bare = append(*sc.bare, bareColumn{item: it})
	}
}

// qualifier finds the FROM item that the qualifying part of a name means, nil if none.
func (r *resolver) qualifier(parts []string, sc *scope) *item {
	var it *item
	switch len(parts) {
	case 1:
		it, _ = sc.byName("", parts[0])
	case 2:
		it, _ = sc.byName(parts[0], parts[1])
	case 3:
		if parts[0] == r.snap.Database {
			it, _ = sc.byName(parts[1], parts[2])
		}
	}
	return it
}

// unqualify removes the schema from a column reference such as crm.customers.email: the fragment that stands
// for the relation has no schema.
func (r *resolver) unqualify(ref *pg_query.ColumnRef, qualifier []string, it *item) {
	if it.ref == nil || len(qualifier) < 2 {
		return
	}
	start := r.p.tokenAt(int(ref.Location))
	if start < 0 {
		r.unsupported(int(ref.Location), columnReference)
		return
	}
	i := start
	for range len(qualifier) - 1 { // over "schema ." or "database . schema ."
		i = r.p.skip(r.p.skip(i, 1), 1)
	}
	if i < 0 {
		r.unsupported(int(ref.Location), columnReference)
		return
	}
	it.ref.requalify = append(it.ref.requalify, edit{r.p.tokens[start].start, r.p.tokens[i].start, ""})
}

// lookup finds the columns that a reference means, without marking them.
func (r *resolver) lookup(ref *pg_query.ColumnRef, sc *scope) (c column) {
	parts, ok := names(ref.Fields)
	if !ok || len(parts) == 0 {
		return column{}
	}
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		if it := r.qualifier(parts[:len(parts)-1], sc); it != nil {
			if found := it.column(name); found != nil {
				return *found
			}
		}
		return column{}
	}
	for s := sc; s != nil; s = s.parent {
		found, _, _ := s.find(name)
		for i, f := range found {
			if i == 0 {
				c.name, c.typ = f.name, f.typ
			}
			c.origins = append(c.origins, f.origins...)
		}
		if len(found) > 0 {
			return c
		}
	}
	return column{}
}

// columnRef resolves and marks a column reference and returns its type.
func (r *resolver) columnRef(ref *pg_query.ColumnRef, sc *scope) uint32 {
	if isStar(ref.Fields) {
		cols, _ := r.star(ref, sc)
		expose(cols)
		return 0
	}
	parts, ok := names(ref.Fields)
	if !ok {
		r.unsupported(int(ref.Location), columnReference)
		return 0
	}
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		return r.qualifiedRef(ref, parts[:len(parts)-1], name, sc)
	}
	// An item whose columns are not all known may have the name or not: then it may also mean a column further out.
	unsure, seen := false, false
	for s := sc; s != nil; s = s.parent {
		found, items, open := s.find(name)
		if len(found) > 0 {
			r.mark(found, int(ref.Location))
			for i := range found {
				s.noteBare(items[i], name, sc)
			}
			unsure = unsure || slices.ContainsFunc(found, func(c column) bool { return c.guessed })
			if !unsure {
				return found[0].typ
			}
			seen = true
		}
		if !unsure && r.tableOID(name, s, nil) {
			return typeOID
		}
		s.useSystem(name, int(ref.Location))
		unsure = unsure || open
	}
	if unsure {
		r.oldOrNew(ref, parts)
		r.leak(sc)
		r.murky = true
		seen = r.wholeRows(name, sc) || seen
	} else if it, in := sc.byName("", name); it != nil { // a whole-row reference
		r.leak(sc) // rows of some types cannot be compared, which shows when the first two meet
		r.markRow(it, in)
		seen = true
	}
	if seen {
		return 0
	}
	r.oldOrNew(ref, parts)
	r.unresolved(ref, name, sc)
	return 0
}

// oldOrNew refuses what PostgreSQL 18 takes for the row before or after a change: in RETURNING, old and new where no FROM item has the name.
// To elder servers they are unknown.
func (r *resolver) oldOrNew(ref *pg_query.ColumnRef, relation []string) {
	if r.returns && r.snap.ServerVersion >= 180000 && len(relation) == 1 && (relation[0] == "old" || relation[0] == "new") {
		r.refuse(int(ref.Location), unknownSyntax("RETURNING OLD or NEW of PostgreSQL 18", 0))
	}
}

// wholeRows notes the whole rows that a name can mean at all levels, and reports whether there are any.
func (r *resolver) wholeRows(name string, sc *scope) (any bool) {
	for s := sc; s != nil; s = s.parent {
		for _, it := range s.items {
			if it.name == name {
				r.markRow(it, s)
				any = true
			}
		}
	}
	return any
}

func (r *resolver) qualifiedRef(ref *pg_query.ColumnRef, qualifier []string, name string, sc *scope) uint32 {
	it := r.qualifier(qualifier, sc)
	if it == nil {
		r.oldOrNew(ref, qualifier)
		r.behindAlias(ref, qualifier, sc)
		r.unresolved(ref, name, sc)
		return 0
	}
	r.unqualify(ref, qualifier, it)
	_, in := sc.byName(it.schema, it.name)
	if c := it.column(name); c != nil {
		r.mark([]column{*c}, int(ref.Location))
		if in != nil {
			in.noteBare(it, name, sc)
		}
		return c.typ
	}
	if r.tableOID(name, in, it) {
		return typeOID
	}
	if systemColumns[name] {
		if it.ref != nil {
			it.ref.use(name, int(ref.Location))
		}
		return 0 // PostgreSQL's own error if it is a fragment's
	}
	// x.f is f(x) if f is no column.
	r.leak(sc)
	r.attribute(name, int(ref.Location))
	r.markRow(it, sc)
	return 0
}

// noteBare notes a column of level s that an expression at level at uses outside aggregates.
func (s *scope) noteBare(it *item, name string, at *scope) {
	if s.bare != nil && (at != s || s.inAggregate == 0) {
		*s.bare = append(*s.bare, bareColumn{it, name})
	}
}

// unresolved handles a name that no FROM item here is known to have: it may be an output column in ORDER BY, a column of
// an item whose columns are not all known, of a level around that, or an error. So every column of that name counts as used.
func (r *resolver) unresolved(ref *pg_query.ColumnRef, name string, sc *scope) {
	r.leak(sc)
	r.murky = true
	if !systemColumns[name] {
		r.attribute(name, int(ref.Location))
	}
	for _, f := range r.refs {
		if f.rel.Column(name) != nil || systemColumns[name] {
			f.use(name, int(ref.Location))
		}
		f.complete = true // PostgreSQL's HINT may suggest any column
	}
}

// useSystem notes that a name, of which a level has no column, means a system column of its relations if they have it: that comes before
// a whole row.
func (s *scope) useSystem(name string, at int) {
	for _, it := range s.items {
		if it.ref != nil && systemColumns[name] {
			it.ref.use(name, at)
		}
	}
}

// tableOID notes the use of a column tableoid, of an item if one is given, and reports whether it is one that a fragment can have: of the only
// item of its level, where no join could take it for a column in common. It tells which child a row is in, and so does each child.
func (r *resolver) tableOID(name string, s *scope, it *item) bool {
	if name != "tableoid" || s == nil || len(s.items) != 1 || it != nil && it != s.items[0] {
		return false
	}
	f := s.items[0].ref
	if f == nil || f.plan == nil || f.view != nil {
		return false
	}
	f.tableOID = true
	return true
}

// systemColumns are the columns that every table has (see "System Columns" in the manual).
var systemColumns = set("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")

// behindAlias gives PostgreSQL's own error for a reference to a relation by its name where it has an alias: what
// stands for the relation does not tell its name.
func (r *resolver) behindAlias(ref *pg_query.ColumnRef, qualifier []string, sc *scope) {
	schema, relation := "", qualifier[len(qualifier)-1]
	if len(qualifier) > 1 {
		schema = qualifier[len(qualifier)-2]
	}
	meant := r.find(schema, relation)
	for s := sc; s != nil; s = s.parent {
		for _, it := range s.items {
			if it.ref != nil && it.ref.rel == meant && it.name != relation {
				r.refuse(int(ref.Location), Refusal{Code: "42P01", Message: fmt.Sprintf("invalid reference to FROM-clause entry for table %q", relation),
					Hint: fmt.Sprintf("Perhaps you meant to reference the table alias %q.", it.name)})
				return
			}
		}
	}
}

// attribute refuses x.name if a function of that name exists that the caller may not call: x.f means f(x).
func (r *resolver) attribute(name string, at int) {
	for _, f := range r.functionsNamed([]string{name}) {
		why := r.functionRefused(f)
		if why == nil && f.Name.Schema == "pg_catalog" && guarded(name) {
			why = &Refusal{Code: "0A000", Message: fmt.Sprintf("calling %s as an attribute is not supported by pgscrim", name), Hint: fmt.Sprintf("Write %s(...).", name)}
		}
		if why != nil {
			r.refuse(at, *why)
			return
		}
	}
}

// leak notes that an expression here may raise an error or have an effect that depends on a row.
func (r *resolver) leak(sc *scope) {
	if !sc.exempt {
		r.leaky = true
	}
}

// find a relation by name as PostgreSQL does.
func (r *resolver) find(schema, name string) *catalog.Relation {
	if schema != "" {
		rel := r.snap.Relation(schema, name)
		if rel == nil || r.fresh.gone(schema, name) {
			return nil
		}
		r.found(rel, "")
		return rel
	}
	for _, s := range r.path {
		if rel := r.snap.Relation(s, name); rel != nil && !r.fresh.gone(s, name) {
			r.found(rel, name)
			return rel
		}
	}
	return nil
}

// display spells a relation's name for messages.
func display(rel *catalog.Relation) string { return rel.Name.Schema + "." + rel.Name.Name }

// missingRelation refuses with PostgreSQL's own error for a relation that does not exist.
func (r *resolver) missingRelation(rv *pg_query.RangeVar) {
	name, at := rv.Relname, int(rv.Location)
	if rv.Schemaname != "" {
		name = rv.Schemaname + "." + name
	}
	if r.utility {
		at = -1
	}
	if r.utility && rv.Schemaname != "" && !r.snap.HasSchema(rv.Schemaname) {
		r.refuse(at, Refusal{Code: "3F000", Message: fmt.Sprintf("schema %q does not exist", rv.Schemaname)})
		return
	}
	r.refuse(at, Refusal{Code: "42P01", Message: fmt.Sprintf("relation %q does not exist", name)})
}

// quoteNames lists names for a hint.
func quoteNames(list []string) string { return "'" + strings.Join(list, "', '") + "'" }
