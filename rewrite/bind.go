package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// binding is a policy that has been found to fit a catalog snapshot. It is immutable.
type binding struct {
	policy    *rules.Policy
	snap      *catalog.Snapshot
	subjects  map[string]*subject
	entries   map[uint32]*entry // by the relation's OID; children carry their parent's entry
	functions map[catalog.Name]bool
	trusted   map[string]bool // extensions
}

// subject is a kind of person, bound to its table.
type subject struct {
	spec    *rules.Subject
	rel     *catalog.Relation
	region  *expr // nil: all are in region unknown
	consent *consent
}

// consent is where a subject's consents are.
type consent struct {
	rel              *catalog.Relation
	subject, purpose string // columns
	given            *expr
	// unique is true if there is at most one row for a subject and a purpose: a join then needs no grouping.
	unique bool
	// linked is true if a foreign key sees to it that the subject of a consent exists.
	linked bool
}

// entry is what the policy says of one relation.
type entry struct {
	rel     *catalog.Relation
	table   *rules.Table
	subject *subject // nil if the table has none
	columns []boundColumn
}

// boundColumn is a column of an entry's relation; rule is nil if the policy does not name it.
type boundColumn struct {
	*catalog.Column
	rule *rules.Column
	typ  maskedType
}

// personal reports whether the policy names anything personal in the relation: a purpose is needed to read it.
func (e *entry) personal() bool { return e.subject != nil || len(e.table.Columns) > 0 }

// binder collects what does not fit.
type binder struct {
	*binding
	problems rules.Problems
}

// bind fits a policy to a catalog snapshot. The error is a rules.Problems.
func bind(policy *rules.Policy, snap *catalog.Snapshot) (*binding, error) {
	b := &binder{binding: &binding{policy: policy, snap: snap, subjects: map[string]*subject{}, entries: map[uint32]*entry{},
		functions: map[catalog.Name]bool{}, trusted: map[string]bool{}}}
	b.bindSubjects()
	for _, t := range policy.Tables {
		b.bindTable(t)
	}
	b.bindChildren()
	b.bindGenerated()
	b.bindMasks()
	b.bindFunctions()
	b.bindSchemas()
	if len(b.problems) > 0 {
		slices.SortStableFunc(b.problems, func(x, y rules.Problem) int {
			if x.Line != y.Line {
				return x.Line - y.Line
			}
			return x.Column - y.Column
		})
		return nil, b.problems
	}
	return b.binding, nil
}

func (b *binder) problem(pos rules.Pos, hint, format string, args ...any) {
	b.problems = append(b.problems, rules.Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// relation finds a relation that the policy names.
func (b *binder) relation(name rules.Name, pos rules.Pos) *catalog.Relation {
	rel := b.snap.Relation(name.Schema, name.Name)
	switch {
	case rel == nil:
		var known []string
		b.snap.Relations(func(r *catalog.Relation) {
			if r.Name.Schema != "pg_catalog" && r.Name.Schema != "information_schema" {
				known = append(known, r.Name.Schema+"."+r.Name.Name)
			}
		})
		slices.Sort(known)
		b.problem(pos, rules.Suggest(name.Schema+"."+name.Name, "relations", known),
			"relation %s.%s is not in database %q", name.Schema, name.Name, b.snap.Database)
	case rel.Name.Schema == "pg_catalog" || rel.Name.Schema == "information_schema":
		b.problem(pos, "system catalogs have their own fixed rules", "relation %s.%s belongs to the system", name.Schema, name.Name)
		return nil
	}
	return rel
}

func (b *binder) hasColumn(rel *catalog.Relation, column string, pos rules.Pos) bool {
	if rel.Column(column) != nil {
		return true
	}
	var known []string
	for _, c := range rel.Columns {
		known = append(known, c.Name)
	}
	b.problem(pos, rules.Suggest(column, "columns", known), "column %q is not in %s.%s", column, rel.Name.Schema, rel.Name.Name)
	return false
}

func (b *binder) bindSubjects() {
	for _, spec := range b.policy.Subjects {
		rel := b.relation(spec.Table, spec.TablePos)
		if rel == nil {
			continue
		}
		s := &subject{spec: spec, rel: rel}
		if b.hasColumn(rel, spec.Key, spec.KeyPos) && !unique(rel, spec.Key) {
			b.problem(spec.KeyPos, "it needs a primary key or unique index on it, and no inheritance children, which have keys of their own",
				"key %q of subject %q is not unique in %s.%s", spec.Key, spec.Name, rel.Name.Schema, rel.Name.Name)
		}
		s.region = b.regionOf(spec, rel)
		b.isStored(rel, spec.RegionPos, s.region.columns()...)
		if spec.Consent != nil {
			if s.consent = b.bindConsent(spec.Consent); s.consent != nil {
				b.refersTo(s, s.consent.rel, s.consent.subject, spec.Consent.SubjectPos)
				s.consent.linked = s.referredBy(s.consent.rel, s.consent.subject)
			}
		}
		b.subjects[spec.Name] = s
	}
}

// unique reports whether no two rows that a relation shows can agree on the columns: the key of a table does not cover its
// inheritance children, that of a partitioned table covers its partitions.
func unique(rel *catalog.Relation, columns ...string) bool {
	return rel.UniqueOn(columns...) && (rel.Kind == catalog.PartitionedTable || len(rel.Children) == 0)
}

// comparable reports whether two columns can be compared without a cast that may fail.
func (b *binder) comparable(x, y *catalog.Column) bool {
	t, u := typeOf(b.snap, x), typeOf(b.snap, y)
	return t.name == u.name || t.isInteger() && u.isInteger() || t.isText() && u.isText()
}

func (b *binder) regionOf(spec *rules.Subject, rel *catalog.Relation) *expr {
	if spec.Region == "" {
		return nil
	}
	if rel.Column(spec.Region) != nil {
		return columnExpr(spec.Region)
	}
	e, msg := compileExpr(spec.Region, rel, b.snap)
	if msg != "" {
		b.problem(spec.RegionPos, "name a column of the table or an SQL expression over its row", "region of subject %q %s", spec.Name, msg)
	}
	return e
}

func (b *binder) bindConsent(spec *rules.Consent) *consent {
	rel := b.relation(spec.Table, spec.TablePos)
	if rel == nil {
		return nil
	}
	ok := b.hasColumn(rel, spec.Subject, spec.SubjectPos)
	if !b.hasColumn(rel, spec.Purpose, spec.PurposePos) || !ok {
		return nil
	}
	given, msg := compileExpr(spec.Given, rel, b.snap)
	if msg != "" {
		b.problem(spec.GivenPos, "write an SQL condition over the columns of the consent table", "given %s", msg)
	}
	b.checkConsentNames(spec, rel)
	b.isStored(rel, spec.TablePos, append([]string{spec.Subject, spec.Purpose}, given.columns()...)...)
	return &consent{rel: rel, subject: spec.Subject, purpose: spec.Purpose, given: given, unique: unique(rel, spec.Subject, spec.Purpose)}
}

// checkConsentNames sees to it that comparing the consent's name with the column cannot raise an error.
func (b *binder) checkConsentNames(spec *rules.Consent, rel *catalog.Relation) {
	t := typeOf(b.snap, rel.Column(spec.Purpose))
	for _, p := range b.policy.Purposes {
		switch {
		case !p.NeedsConsent() || t.isText():
		case t.kind == 'e' && slices.Contains(t.labels, p.Consent):
		case t.kind == 'e':
			b.problem(p.Pos, rules.Suggest(p.Consent, "labels", t.labels), "consent %q of purpose %q is no label of %s", p.Consent, p.Name, t.sql)
		default:
			b.problem(spec.PurposePos, "use a text or enum column", "consent purposes cannot be compared with a column of type %s", t.sql)
			return
		}
	}
}

func (b *binder) bindTable(t *rules.Table) {
	rel := b.relation(rules.Name{Schema: t.Name.Schema, Name: t.Name.Name}, t.Pos)
	if rel == nil {
		return
	}
	if rel.Kind == catalog.Sequence {
		b.problem(t.Pos, "name tables, views, materialized views and foreign tables", "%s.%s is a sequence", rel.Name.Schema, rel.Name.Name)
		return
	}
	for _, c := range t.Columns {
		b.hasColumn(rel, c.Name, c.Pos)
	}
	if t.Subject != "" && b.hasColumn(rel, t.SubjectColumn, t.SubjectPos) {
		b.refersTo(b.subjects[t.Subject], rel, t.SubjectColumn, t.SubjectPos)
		b.isStored(rel, t.SubjectPos, t.SubjectColumn)
	}
	b.entries[rel.OID] = b.newEntry(rel, t)
}

// refersTo checks that a column can be compared with the key of a subject.
func (b *binder) refersTo(s *subject, rel *catalog.Relation, column string, pos rules.Pos) {
	if s == nil {
		return // a problem of its own
	}
	if key, c := s.rel.Column(s.spec.Key), rel.Column(column); key != nil && c != nil && !b.comparable(c, key) {
		b.problem(pos, "name the column that refers to the key", "column %q of %s.%s is %s, the key of subject %q is %s",
			column, rel.Name.Schema, rel.Name.Name, c.TypeSQL, s.spec.Name, key.TypeSQL)
	}
}

func (b *binder) newEntry(rel *catalog.Relation, t *rules.Table) *entry {
	e := &entry{rel: rel, table: t}
	if t.Subject != "" {
		e.subject = b.subjects[t.Subject]
	}
	for i := range rel.Columns {
		c := &rel.Columns[i]
		e.columns = append(e.columns, boundColumn{Column: c, rule: t.Column(c.Name), typ: typeOf(b.snap, c)})
	}
	return e
}

// referredBy reports whether a foreign key sees to it that each value of a relation's column is the key of a subject. It does not
// for inheritance children.
func (s *subject) referredBy(rel *catalog.Relation, column string) bool {
	return (rel.Kind == catalog.PartitionedTable || len(rel.Children) == 0) && slices.ContainsFunc(rel.ForeignKeys, func(k catalog.ForeignKey) bool {
		return k.Firm && k.To == s.rel.OID && slices.Equal(k.Columns, []string{column}) && slices.Equal(k.ToColumns, []string{s.spec.Key})
	})
}

// bindChildren gives partitions and inheritance children their parent's entry. A parent shows the rows of its children, so
// that every parent of a relation must have the same entry, and a child none of its own: else it is a problem.
func (b *binder) bindChildren() {
	var named []*entry
	for _, t := range b.policy.Tables {
		if rel := b.snap.Relation(t.Name.Schema, t.Name.Name); rel != nil && b.entries[rel.OID] != nil {
			named = append(named, b.entries[rel.OID])
		}
	}
	for _, e := range named {
		b.inherit(e, e.rel)
	}
	for _, e := range b.entries {
		for _, parent := range e.rel.Parents {
			p := b.snap.RelationByOID(parent)
			if of := b.entries[parent]; p != nil && (of == nil || of.table != e.table) {
				b.problem(e.table.Pos, "name only the parent, or all parents alike: children carry its entry, and their rows show through each parent",
					"%s.%s is a child of %s.%s, which has another entry or none", e.rel.Name.Schema, e.rel.Name.Name, p.Name.Schema, p.Name.Name)
			}
		}
	}
}

func (b *binder) inherit(from *entry, parent *catalog.Relation) {
	for _, oid := range parent.Children {
		child := b.snap.RelationByOID(oid)
		if child == nil {
			continue
		}
		if b.entries[oid] == nil {
			b.entries[oid] = b.newEntry(child, from.table)
		}
		b.inherit(from, child)
	}
}

// bindMasks checks every mask that a column may get: its own, its class's, and those of the rules that reach its class.
func (b *binder) bindMasks() {
	for _, c := range b.policy.Classes {
		b.knownMask(c.Mask)
	}
	for _, r := range b.policy.Rules {
		if r.Mask != nil {
			b.knownMask(*r.Mask)
		}
	}
	for _, t := range b.policy.Tables {
		rel := b.snap.Relation(t.Name.Schema, t.Name.Name)
		if rel == nil || b.entries[rel.OID] == nil {
			continue
		}
		for _, c := range t.Columns {
			if col := rel.Column(c.Name); col != nil {
				b.columnMasks(c, typeOf(b.snap, col))
			}
		}
	}
}

func (b *binder) columnMasks(c *rules.Column, t maskedType) {
	byRule := false
	for _, r := range b.policy.Rules {
		if r.Then != rules.MaskCell || len(r.Classes) > 0 && !slices.Contains(r.Classes, c.Class) {
			continue
		}
		if r.Mask != nil {
			b.fits(*r.Mask, r.Mask.Pos, c, t, fmt.Sprintf(" (rule %q)", r.Name))
		} else {
			byRule = true
		}
	}
	switch class := b.policy.Classes[c.Class]; {
	case c.Mask != nil:
		b.knownMask(*c.Mask)
		b.fits(*c.Mask, c.Mask.Pos, c, t, "")
	case byRule && class != nil:
		b.fits(class.Mask, c.Pos, c, t, fmt.Sprintf(" (class %q)", c.Class))
	}
}

func (b *binder) knownMask(m rules.Mask) {
	if _, ok := findMask(m.Name); ok {
		return
	}
	var known []string
	for _, k := range masks() {
		known = append(known, k.name)
	}
	b.problem(m.Pos, rules.Suggest(m.Name, "masks", known), "there is no mask %q", m.Name)
}

func (b *binder) fits(m rules.Mask, pos rules.Pos, c *rules.Column, t maskedType, from string) {
	kind, ok := findMask(m.Name)
	if !ok {
		return
	}
	if msg := kind.check(m.Args, t); msg != "" {
		b.problem(pos, "give the column another mask, such as null", "mask %s of column %q%s: %s", m.Name, c.Name, from, msg)
	}
}

func (b *binder) bindFunctions() {
	for _, f := range b.policy.Functions.Allow {
		found := slices.ContainsFunc(b.snap.Functions(f.Name.Name), func(k *catalog.Function) bool { return k.Name.Schema == f.Schema })
		if !found {
			b.problem(f.Pos, "functions are named schema.name, without arguments", "function %s.%s is not in database %q", f.Schema, f.Name.Name, b.snap.Database)
		}
		b.functions[catalog.Name{Schema: f.Schema, Name: f.Name.Name}] = true
	}
	for _, e := range b.policy.Functions.TrustExtensions {
		// An extension that is not installed has no functions to trust: naming it is harmless, and portable.
		b.trusted[e.Name] = true
	}
}

// bindSchemas checks that the schemas in which roles may make tables are there, and are no schemas of the system.
func (b *binder) bindSchemas() {
	for _, s := range b.policy.Schemas {
		switch {
		case s.Name == "pg_catalog" || s.Name == "information_schema" || strings.HasPrefix(s.Name, "pg_"):
			b.problem(s.Pos, "make a schema for these tables", "schema %s belongs to the system", s.Name)
		case !b.snap.HasSchema(s.Name):
			b.problem(s.Pos, rules.Suggest(s.Name, "schemas", b.snap.Schemas()), "schema %s is not in database %q", s.Name, b.snap.Database)
		}
	}
}
