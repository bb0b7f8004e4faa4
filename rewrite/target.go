package rewrite

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// A statement may write to the session's own temporary tables, and to relations that the policy lets one of the
// caller's roles write (`write: [...]`). What it reads on the way is rewritten like any query. Of the relation that it
// writes it may use only columns that the caller sees as they are: the number of rows that it
// changes, and the errors of keys, would tell of the others.

// target is the relation that a statement writes.
type target struct {
	item *item
	plan *plan // nil for a temporary table
}

// operation is what a statement does to rows of its target.
type operation struct {
	command pg_query.CmdType // INSERT, UPDATE or DELETE
	columns []string         // that get values; nil: all
}

func inserts(columns []string) operation {
	return operation{pg_query.CmdType_CMD_INSERT, columns}
}

// updates never means all columns.
func updates(columns []string) operation {
	return operation{pg_query.CmdType_CMD_UPDATE, append([]string{}, columns...)}
}

func deletes() operation { return operation{pg_query.CmdType_CMD_DELETE, []string{}} }

// gives reports whether a column of the relation gets a value: those that are generated may, whatever is given.
func (op operation) gives(rel *catalog.Relation, column string) bool {
	c := rel.Column(column)
	return op.columns == nil || slices.Contains(op.columns, column) || op.command != pg_query.CmdType_CMD_DELETE && c != nil && c.Generated
}

// writeTarget resolves the relation that a statement writes. It returns nil if the statement is refused.
func (q *resolver) writeTarget(rv *pg_query.RangeVar, r *run) *target {
	at := int(rv.Location)
	if columns, ok := q.temporary(rv); ok {
		it := &item{name: rv.Relname, cols: columns}
		it.rename(rv.Alias)
		return &target{item: it}
	}
	if rel := q.sandbox(rv); rel != nil {
		q.checkCalls(at, rel)
		it := sandboxItem(rel)
		it.rename(rv.Alias)
		return &target{item: it}
	}
	rel := q.find(rv.Schemaname, rv.Relname)
	if rel == nil {
		q.missingRelation(rv)
		return nil
	}
	q.relations[display(rel)] = true
	e := q.entries[rel.OID]
	switch {
	case rel.Kind == catalog.View && !isSystem(rel):
		q.unsupported(at, writeView, display(rel))
		return nil
	case e == nil || (rel.Kind != catalog.Table && rel.Kind != catalog.PartitionedTable) || !r.mayWrite(e):
		q.refuse(at, Refusal{
			Code: "42501", Message: fmt.Sprintf("permission denied to write relation %s", display(rel)),
			Hint: fmt.Sprintf("The policy grants it by `write: [role]`; its owner is %s.", q.owner()),
		})
		return nil
	}
	if e.personal() && q.personal == nil {
		q.personal = rel
	}
	p := q.plan(e)
	f := &ref{rel: rel, plan: p, at: at, only: !rv.Inh, tableToken: -1, used: map[string]int{}, starred: map[string]bool{}, exposed: map[string]bool{}}
	it := &item{name: rv.Relname, schema: rel.Name.Schema, ref: f}
	for _, c := range rel.Columns {
		it.cols = append(it.cols, column{name: c.Name, typ: c.Type, origins: []origin{{f, c.Name}}})
	}
	it.rename(rv.Alias)
	if rv.Schemaname == "" {
		q.qualify(at, rel.Name.Schema)
	}
	return &target{item: it, plan: p}
}

// mayWrite reports whether one of the caller's roles that take part may write a relation.
func (r *run) mayWrite(e *entry) bool {
	caller := newCaller(r.session.Roles, r.out.Purpose)
	return slices.ContainsFunc(r.policy.Participating(caller.Caller), func(role string) bool { return slices.Contains(e.table.Write, role) })
}

// written are the relations in which an operation on a target can write: itself and its children.
func (q *resolver) written(t *target, op operation) []*catalog.Relation {
	all := []*catalog.Relation{t.item.ref.rel}
	if op.command == pg_query.CmdType_CMD_INSERT && all[0].Kind == catalog.Table {
		return all
	}
	for i := 0; i < len(all); i++ {
		for _, oid := range all[i].Children {
			if child := q.snap.RelationByOID(oid); child != nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// checkTarget refuses the statement if it uses a column of its target that the caller does not see as it is, or if an operation
// could tell of one, or change what decides on what he sees.
func (q *resolver) checkTarget(t *target, r *run, ops ...operation) {
	if t.plan == nil || q.refusal != nil {
		return
	}
	if !t.plan.trivial {
		r.out.HideDetail = true // the DETAIL of a constraint's error shows the row, or what it collides with
		q.checkUses(t)
	}
	for _, op := range ops {
		for _, rel := range q.written(t, op) {
			q.checkKeys(t, rel, op)
			q.checkComputed(t, rel, op)
			q.checkCalls(t.item.ref.at, rel)
		}
		q.checkFacts(t, op)
		q.checkReferences(t, op, r)
	}
}

// maskedTarget refuses the use of a column of a target.
func (q *resolver) maskedTarget(t *target, at int, column, what string) {
	q.refuse(at, Refusal{
		Code: "42501", Message: fmt.Sprintf("permission denied for column %s of relation %s: %s", column, display(t.plan.rel), what),
		Hint: "A statement that writes may use only columns that you see as they are.",
	})
}

func (q *resolver) checkUses(t *target) {
	f := t.item.ref
	for name := range systemColumns {
		if at, named := f.used[name]; named {
			q.maskedTarget(t, at, name, "it tells of rows that you do not see")
			return
		}
	}
	for i := range t.plan.columns {
		name := t.plan.columns[i].Name
		if at, named := f.used[name]; (named || f.starred[name]) && !t.plan.cells[i].shown {
			if !named {
				at = f.at
			}
			q.maskedTarget(t, at, name, "you see it masked")
			return
		}
	}
}

// checkKeys refuses an operation whose unique indexes and foreign keys, in the target or a child of it, could tell of what the
// caller does not see.
func (q *resolver) checkKeys(t *target, rel *catalog.Relation, op operation) {
	f := t.item.ref
	given := func(name string) bool { return op.gives(rel, name) }
	for _, key := range rel.Unique {
		for _, name := range key {
			if slices.ContainsFunc(key, given) && !t.plan.shows(name) {
				q.maskedTarget(t, f.at, name, "you see it masked, and a unique index would tell of its values")
				return
			}
		}
	}
	if !t.plan.trivial && op.command != pg_query.CmdType_CMD_DELETE && (rel.Exclusion || rel.OtherUnique) {
		q.unsupported(f.at, writeUnique)
	}
	for _, key := range rel.ForeignKeys {
		if slices.ContainsFunc(key.Columns, given) && !q.keyVisible(key.To, key.ToColumns) && !q.confinedKey(t, key) {
			q.unsupported(f.at, writeForeignKey, display(rel))
			return
		}
	}
}

// checkComputed refuses an UPDATE after which PostgreSQL computes on what it gives and on what the caller sees masked: the error would
// tell of the latter.
func (q *resolver) checkComputed(t *target, rel *catalog.Relation, op operation) {
	if op.command != pg_query.CmdType_CMD_UPDATE {
		return
	}
	for _, computed := range rel.Computed {
		given := func(c string) bool { return slices.Contains(op.columns, c) }
		if !computed.Unproven && !slices.ContainsFunc(computed.Columns, given) {
			continue
		}
		for _, c := range computed.Columns {
			if !given(c) && !t.plan.shows(c) {
				q.maskedTarget(t, t.item.ref.at, c, "you see it masked, and a check, generated column, index or partition key over it would tell of its values")
				return
			}
		}
	}
	for _, oid := range rel.Parents { // a partition's bounds are those of the parent's key
		if parent := q.snap.RelationByOID(oid); parent != nil {
			q.checkComputed(t, parent, op)
		}
	}
}

// checkCalls refuses to write a relation where that runs functions that the caller may not call, or rules: they may read and
// write anything.
func (q *resolver) checkCalls(at int, rel *catalog.Relation) {
	if rel.Rules {
		q.unsupported(at, writeRules, display(rel))
	}
	for _, oid := range rel.Calls {
		if f := q.snap.Function(oid); f == nil || q.functionRefused(f) != nil {
			name := "one that is not known"
			if f != nil {
				name = f.Name.Schema + "." + f.Name.Name
			}
			q.refuse(at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to write relation %s: a trigger, default, check or index of it runs function %s", display(rel), name),
				Hint: fmt.Sprintf("Ask the policy's owner (%s) to name the function in functions.allow.", q.owner())})
		}
	}
}

// keyVisible reports whether the caller sees, of a relation, all rows and the given columns as they are.
func (q *resolver) keyVisible(relation uint32, columns []string) bool {
	e := q.entries[relation]
	if e == nil {
		rel := q.snap.RelationByOID(relation)
		return q.policy.UnlistedTables == rules.Show && rel != nil && !q.sandboxed(rel.Name.Schema)
	}
	p := q.plan(e)
	return !p.hides() && !slices.ContainsFunc(columns, func(c string) bool { return !p.shows(c) })
}

// confinedKey reports whether a foreign key is that to the subject of a relation whose rows confine keeps to visible subjects.
func (q *resolver) confinedKey(t *target, key catalog.ForeignKey) bool {
	s := t.plan.subject
	return t.plan.hides() && s != nil && key.To == s.rel.OID && len(key.Columns) == 1 && key.Columns[0] == t.plan.table.SubjectColumn
}

// checkFacts refuses to change what masks and row rules depend on: a row's subject, a subject's key and region, and consents.
func (q *resolver) checkFacts(t *target, op operation) {
	rel, update := t.item.ref.rel, op.command == pg_query.CmdType_CMD_UPDATE
	refuse := func(what string) {
		q.refuse(t.item.ref.at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to change %s: what you see depends on it", what)})
	}
	subject := q.sources(rel, []string{t.plan.table.SubjectColumn})
	if update && !t.plan.trivial && slices.ContainsFunc(op.columns, func(c string) bool { return slices.Contains(subject, c) }) {
		refuse("the subject of a row")
	}
	for _, s := range q.subjects {
		if !q.dependsOn(s) {
			continue
		}
		if s.consent != nil && q.kin(s.consent.rel, rel) {
			refuse("consents")
		}
		if !q.kin(s.rel, rel) || op.command == pg_query.CmdType_CMD_INSERT {
			continue // a new subject changes nothing for others
		}
		facts := q.sources(s.rel, append([]string{s.spec.Key}, s.region.columns()...))
		if !update || slices.ContainsFunc(op.columns, func(c string) bool { return slices.Contains(facts, c) }) {
			refuse(fmt.Sprintf("the key or region of a subject (%s)", s.spec.Name))
		}
	}
}

// sources are columns of a relation, and those that they are generated from, in it or in a child of it.
func (q *resolver) sources(rel *catalog.Relation, columns []string) []string {
	for _, name := range columns {
		if c := rel.Column(name); c != nil {
			columns = append(columns, c.From...)
		}
	}
	for _, oid := range rel.Children {
		if child := q.snap.RelationByOID(oid); child != nil {
			columns = q.sources(child, columns)
		}
	}
	return columns
}

// kin reports whether two relations can share rows: they are the same, or one is a child of the other.
func (q *resolver) kin(a, b *catalog.Relation) bool {
	return q.childOf(a, b) || q.childOf(b, a)
}

func (q *resolver) childOf(child, parent *catalog.Relation) bool {
	return child == parent || slices.ContainsFunc(child.Parents, func(oid uint32) bool {
		p := q.snap.RelationByOID(oid)
		return p != nil && q.childOf(p, parent)
	})
}

// dependsOn reports whether what the caller sees of a relation depends on facts of a subject.
func (q *resolver) dependsOn(s *subject) bool {
	for _, e := range q.entries {
		if e.subject == s && !q.plan(e).trivial {
			return true
		}
	}
	return false
}

// checkReferences refuses to delete rows, or to change columns, to which rows refer that the caller does not see or may not
// write: errors and cascades would tell of, or change, them.
func (q *resolver) checkReferences(t *target, op operation, r *run) {
	if op.command == pg_query.CmdType_CMD_INSERT {
		return
	}
	for _, rel := range q.written(t, op) {
		for _, ref := range rel.Referenced {
			if op.command == pg_query.CmdType_CMD_UPDATE && !slices.ContainsFunc(ref.Columns, func(c string) bool { return op.gives(rel, c) }) {
				continue
			}
			e := q.entries[ref.From]
			if e == nil || !q.keyVisible(ref.From, ref.FromColumns) || ref.Acts && !r.mayWrite(e) {
				q.unsupported(t.item.ref.at, writeReferenced, display(rel))
				return
			}
			if ref.Acts {
				q.checkCalls(t.item.ref.at, e.rel)
			}
		}
	}
}
