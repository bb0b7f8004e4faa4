package rules

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// schemas reads the schemas in which roles may make tables.
func (l *loader) schemas(n *yaml.Node) {
	for _, e := range l.entries(n, "schemas") {
		what := "schema " + e.key.Value
		m := l.fields(e.value, what, "write", "purposes")
		l.need(e.value, m, what, "write")
		l.policy.Schemas = append(l.policy.Schemas, &Schema{
			Name:     l.name(e.key, "schema"),
			Write:    l.references(m, "write", l.roleNames()),
			Purposes: l.references(m, "purposes", l.purposeNames()),
			Pos:      l.pos(e.key),
		})
	}
}

// Schema returns the entry of a schema, nil if roles may make no tables in it.
func (p *Policy) Schema(name string) *Schema {
	if i := slices.IndexFunc(p.Schemas, func(s *Schema) bool { return s.Name == name }); i >= 0 {
		return p.Schemas[i]
	}
	return nil
}
