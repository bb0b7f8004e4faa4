package rewrite

import (
	"slices"
	"strings"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// bindGenerated looks at generated columns: PostgreSQL computes them from what is stored, not from what the caller sees. So one
// that is generated from a column that the policy names is as personal as that, and must not be shown because nobody thought of it.
func (b *binder) bindGenerated() {
	if b.policy.UnlistedColumns != rules.Show {
		return
	}
	for _, t := range b.policy.Tables {
		if rel := b.snap.Relation(t.Name.Schema, t.Name.Name); rel != nil {
			b.generated(t, rel, map[string]bool{})
		}
	}
}

// generated looks at a relation and its children, once at each column.
func (b *binder) generated(t *rules.Table, rel *catalog.Relation, seen map[string]bool) {
	for _, c := range rel.Columns {
		named := slices.IndexFunc(c.From, func(source string) bool { return t.Column(source) != nil })
		if named < 0 || t.Column(c.Name) != nil || seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		b.problem(t.Pos, "name it too: columns that are not named are shown, and it is computed from what is stored",
			"column %q of %s.%s is generated from %q, which the policy names", c.Name, rel.Name.Schema, rel.Name.Name, c.From[named])
	}
	for _, oid := range rel.Children {
		if child := b.snap.RelationByOID(oid); child != nil {
			b.generated(t, child, seen)
		}
	}
}

// isStored checks that columns that decide on rows and cells are stored: to compute a virtual one may fail.
func (b *binder) isStored(rel *catalog.Relation, pos rules.Pos, columns ...string) {
	var virtual []string
	for _, name := range columns {
		if c := rel.Column(name); c != nil && c.Virtual {
			virtual = append(virtual, name)
		}
	}
	if len(virtual) > 0 {
		b.problem(pos, "use what it is generated from, or make it STORED", "column %s of %s.%s is virtual: computing it may fail",
			strings.Join(virtual, ", "), rel.Name.Schema, rel.Name.Name)
	}
}
