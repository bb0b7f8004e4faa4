package rules

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// rules reads the row rules and the cell rules. A rule is known by its name, so no two of them share one.
func (l *loader) rules(rows, cells *yaml.Node) {
	lines := map[string]int{}
	for _, n := range l.ruleList(rows, "rows") {
		l.policy.Rows = append(l.policy.Rows, l.rowRule(n, lines))
	}
	for _, n := range l.ruleList(cells, "rules") {
		l.policy.Rules = append(l.policy.Rules, l.cellRule(n, lines))
	}
	l.unmentioned()
}

func (l *loader) ruleList(n *yaml.Node, what string) []*yaml.Node {
	if n == nil || !l.kind(n, yaml.SequenceNode, what, "a list of rules") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.Content), func(n *yaml.Node) bool { return !l.kind(n, yaml.MappingNode, "a rule", "a mapping") })
}

func (l *loader) rowRule(n *yaml.Node, lines map[string]int) *RowRule {
	m := l.fields(n, "row rule", "name", "roles", "purposes", "subjects", "regions", "consent", "then")
	l.need(n, m, "row rule", "name", "then")
	return &RowRule{
		Name:     l.ruleName(m["name"], lines),
		Roles:    l.references(m, "roles", l.roleNames()),
		Purposes: l.references(m, "purposes", l.purposeNames()),
		Subjects: l.references(m, "subjects", l.subjectNames()),
		Regions:  l.references(m, "regions", l.regionNames()),
		Consent:  l.consentSelector(m["consent"]),
		Then:     l.thenRow(m["then"]),
		Pos:      l.pos(n),
	}
}

func (l *loader) cellRule(n *yaml.Node, lines map[string]int) *CellRule {
	m := l.fields(n, "rule", "name", "roles", "purposes", "classes", "regions", "consent", "then")
	l.need(n, m, "rule", "name", "then")
	r := &CellRule{
		Name:     l.ruleName(m["name"], lines),
		Roles:    l.references(m, "roles", l.roleNames()),
		Purposes: l.references(m, "purposes", l.purposeNames()),
		Classes:  l.references(m, "classes", l.classNames()),
		Regions:  l.references(m, "regions", l.regionNames()),
		Consent:  l.consentSelector(m["consent"]),
		Pos:      l.pos(n),
	}
	r.Then, r.Mask = l.thenCell(m["then"])
	return r
}

func (l *loader) ruleName(n *yaml.Node, lines map[string]int) string {
	name := l.name(n, "name")
	switch line := lines[name]; {
	case name == "":
	case name == ImplicitRule:
		l.problem(n, "give the rule another name", "%q is the name of the implicit last rule", name)
	case line > 0:
		l.problem(n, "give the rule another name", "duplicate rule name %q, first in line %d", name, line)
	default:
		lines[name] = n.Line
	}
	return name
}

func (l *loader) consentSelector(n *yaml.Node) ConsentSelector {
	return map[string]ConsentSelector{"given": ConsentGiven, "missing": ConsentMissing}[l.choice(n, "consent", "given", "missing")]
}

// thenRow reads what a row rule does.
func (l *loader) thenRow(n *yaml.Node) Action {
	const aggregate = "aggregate"
	if n != nil && (n.Value == aggregate || n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Value == aggregate) {
		l.problem(n, "write hide", "then: %s is not supported by this version", aggregate)
		return NoAction
	}
	return map[string]Action{"show": Show, "hide": Hide}[l.choice(n, "then of a row rule", "show", "hide")]
}

// thenCell reads what a cell rule does.
func (l *loader) thenCell(n *yaml.Node) (Action, *Mask) {
	if n != nil && n.Kind == yaml.MappingNode {
		m := l.fields(n, "then", "mask")
		l.need(n, m, "then", "mask")
		return MaskCell, l.mask(m["mask"], "the mask of the rule")
	}
	actions := map[string]Action{"show": Show, "mask": MaskCell, "deny": Deny}
	return actions[l.choice(n, "then", "show", "mask", "deny")], nil
}

// unmentioned makes a problem of each class that no rule mentions: its columns would be masked with null
// throughout, which is what a forgotten rule looks like.
func (l *loader) unmentioned() {
	for _, c := range l.policy.Classes {
		if !slices.ContainsFunc(l.policy.Rules, func(r *CellRule) bool { return selects(r.Classes, c.Name) }) {
			l.problemAt(c.Pos, "list it in the classes of a rule, or end with a rule without classes", "no rule mentions class %q", c.Name)
		}
	}
}
