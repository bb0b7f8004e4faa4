package rules

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// tables reads the relations that the policy names.
func (l *loader) tables(n *yaml.Node) {
	for _, e := range l.entries(n, "tables") {
		name := l.qualified(e.key, "table")
		if earlier := l.policy.table(name); earlier != nil && name != (Name{}) {
			l.problem(e.key, "a name without a schema is in schema public", "duplicate table %s, first in line %d", name, earlier.Pos.Line)
			continue
		}
		what := "table " + e.key.Value
		if e.value.ShortTag() == "!!null" {
			l.problem(e.key, "write {} if nothing in it is personal", "%s says nothing", what)
			continue
		}
		m := l.fields(e.value, what, "subject", "columns", "write")
		t := &Table{Name: name, Write: l.references(m, "write", l.roleNames()), Pos: l.pos(e.key)}
		l.subjectOf(m["subject"], t)
		for _, c := range l.entries(m["columns"], "columns of "+what) {
			t.Columns = append(t.Columns, l.column(c))
		}
		l.policy.Tables = append(l.policy.Tables, t)
	}
	for _, name := range l.subjectNames().known {
		l.subjectTables(l.policy.Subjects[name])
	}
}

// subjectOf reads `subject: NAME` of the subject's own table or `subject: {NAME: COLUMN}` of another one.
func (l *loader) subjectOf(n *yaml.Node, t *Table) {
	if n == nil || n.Kind == yaml.AliasNode {
		return
	}
	t.SubjectPos = l.pos(n)
	if n.Kind != yaml.MappingNode {
		if l.name(n, "subject") == "" || !l.defined(n, l.subjectNames()) {
			return
		}
		s := l.policy.Subjects[n.Value]
		if s.Table != t.Name && s.Table != (Name{}) {
			l.problem(n, "name the column that holds the subject's key: {"+s.Name+": COLUMN}", "%s is not the table of subject %s", t.Name, s.Name)
		}
		t.Subject, t.SubjectColumn = s.Name, s.Key
		return
	}
	entries := l.entries(n, "subject")
	if len(n.Content) != 2 && len(entries) != 1 {
		l.problem(n, "name the one that the row is most about", "a row has one subject, not %d", len(entries))
	}
	if len(entries) == 0 || !l.defined(entries[0].key, l.subjectNames()) {
		return
	}
	s := l.policy.Subjects[entries[0].key.Value]
	t.Subject, t.SubjectColumn = s.Name, l.name(entries[0].value, "the column with the key of subject "+s.Name)
	if s.Table == t.Name && t.SubjectColumn != "" && t.SubjectColumn != s.Key {
		l.problem(entries[0].value, "write subject: "+s.Name, "the key of subject %s in its own table is %s", s.Name, s.Key)
	}
}

// subjectTables checks that the tables which hold a subject and its consents are protected themselves.
func (l *loader) subjectTables(s *Subject) {
	if s.Table != (Name{}) {
		switch t := l.policy.table(s.Table); {
		case t == nil:
			l.problemAt(s.TablePos, "add it: an empty entry {subject: "+s.Name+"} will do", "tables has no entry for %s, the table of subject %s", s.Table, s.Name)
		case t.SubjectPos.Line == 0:
			l.problemAt(t.Pos, "add subject: "+s.Name, "table %s is that of subject %s and does not say so", s.Table, s.Name)
		}
	}
	if c := s.Consent; c != nil && c.Table != (Name{}) && l.policy.table(c.Table) == nil {
		l.problemAt(c.TablePos, "add it: an entry {subject: {"+s.Name+": COLUMN}} will do", "tables has no entry for %s, where the consents of subject %s are", c.Table, s.Name)
	}
}

// column reads `NAME: CLASS` or `NAME: {class: CLASS, mask: MASK, star: omit}`.
func (l *loader) column(e entry) *Column {
	c := &Column{Name: e.key.Value, Pos: l.pos(e.key)}
	class := e.value
	if e.value.Kind == yaml.MappingNode {
		what := "column " + c.Name
		m := l.fields(e.value, what, "class", "mask", "star", "lookup")
		l.need(e.value, m, what, "class")
		l.unsupported(m["lookup"], "lookup")
		c.Mask = l.mask(m["mask"], "the mask of "+what)
		c.StarOmit = l.choice(m["star"], "star", "omit") != ""
		class = m["class"]
	}
	if c.Class = l.name(class, "the class of column "+c.Name); c.Class != "" {
		l.defined(class, l.classNames())
	}
	return c
}

// functions reads what statements may call beside the safe functions of pg_catalog.
func (l *loader) functions(n *yaml.Node) {
	m := l.fields(n, "functions", "allow", "trust_extensions")
	for _, item := range l.list(m["allow"], "allow") {
		l.policy.Functions.Allow = append(l.policy.Functions.Allow, FunctionName{l.qualified(item, "function"), l.pos(item)})
	}
	for _, item := range l.list(m["trust_extensions"], "trust_extensions") {
		l.policy.Functions.TrustExtensions = append(l.policy.Functions.TrustExtensions, Extension{item.Value, l.pos(item)})
	}
}

func (p *Policy) table(name Name) *Table {
	if i := slices.IndexFunc(p.Tables, func(t *Table) bool { return t.Name == name }); i >= 0 {
		return p.Tables[i]
	}
	return nil
}
