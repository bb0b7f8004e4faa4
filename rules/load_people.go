package rules

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// purposes reads why callers run queries.
func (l *loader) purposes(n *yaml.Node) {
	for _, e := range l.entries(n, "purposes") {
		what := "purpose " + e.key.Value
		m := l.fields(e.value, what, "basis", "consent")
		l.need(e.value, m, what, "basis")
		p := &Purpose{
			Name:    e.key.Value,
			Basis:   Basis(l.choice(m["basis"], "basis", bases()...)),
			Consent: l.name(m["consent"], "consent"),
			Pos:     l.pos(e.key),
		}
		switch {
		case p.NeedsConsent() && m["consent"] == nil:
			l.problem(m["basis"], "name it: consent: NAME", "%s: its basis is consent, but it does not say which", what)
		case !p.NeedsConsent() && p.Basis != "" && m["consent"] != nil:
			l.problem(m["consent"], "leave it out, or write basis: consent", "%s: a consent does not go with basis %s", what, p.Basis)
		}
		l.policy.Purposes[p.Name] = p
	}
}

// bases are the legal bases of GDPR article 6(1), points (a) to (f).
func bases() []string {
	return []string{"consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interest"}
}

// classes reads the kinds of personal data.
func (l *loader) classes(n *yaml.Node) {
	for _, e := range l.entries(n, "classes") {
		c := &Class{Name: e.key.Value, Pos: l.pos(e.key)}
		if mask := l.mask(e.value, "the mask of class "+c.Name); mask != nil {
			c.Mask = *mask
		}
		l.policy.Classes[c.Name] = c
	}
}

// subjects reads the kinds of persons that rows are about.
func (l *loader) subjects(n *yaml.Node) {
	for _, e := range l.entries(n, "subjects") {
		what := "subject " + e.key.Value
		m := l.fields(e.value, what, "table", "key", "region", "consent")
		l.need(e.value, m, what, "table", "key")
		s := &Subject{Name: e.key.Value, Pos: l.pos(e.key)}
		s.Table, s.TablePos = l.table(m["table"])
		s.Key, s.KeyPos = l.name(m["key"], "key"), l.optionalPos(m["key"])
		s.Region, s.RegionPos = l.text(m["region"], "region"), l.optionalPos(m["region"])
		s.Consent = l.consent(m["consent"], "consent of "+what)
		l.policy.Subjects[s.Name] = s
	}
}

// consent reads where a subject's consents are.
func (l *loader) consent(n *yaml.Node, what string) *Consent {
	m := l.fields(n, what, "table", "subject", "purpose", "given")
	if m == nil {
		return nil
	}
	l.need(n, m, what, "table", "subject", "purpose", "given")
	c := &Consent{Pos: l.pos(n)}
	c.Table, c.TablePos = l.table(m["table"])
	c.Subject, c.SubjectPos = l.name(m["subject"], "subject"), l.optionalPos(m["subject"])
	c.Purpose, c.PurposePos = l.name(m["purpose"], "purpose"), l.optionalPos(m["purpose"])
	c.Given, c.GivenPos = l.text(m["given"], "given"), l.optionalPos(m["given"])
	return c
}

func (l *loader) table(n *yaml.Node) (Name, Pos) {
	if n == nil {
		return Name{}, Pos{}
	}
	return l.qualified(n, "table"), l.pos(n)
}

func (l *loader) optionalPos(n *yaml.Node) Pos {
	if n == nil {
		return Pos{}
	}
	return l.pos(n)
}

// roles reads who may declare which purposes.
func (l *loader) roles(n *yaml.Node) {
	purposes := l.purposeNames()
	for _, e := range l.entries(n, "roles") {
		what := "role " + e.key.Value
		m := l.fields(e.value, what, "purposes", "default_purpose", "reason", "explain", "access", "break_glass")
		l.unsupported(m["break_glass"], "break_glass")
		r := &Role{
			Name:           e.key.Value,
			Purposes:       l.references(m, "purposes", purposes),
			DefaultPurpose: l.name(m["default_purpose"], "default_purpose"),
			ReasonRequired: l.choice(m["reason"], "reason", "required") != "",
			Explain:        l.truth(m["explain"], "explain"),
			Direct:         l.choice(m["access"], "access", "direct") != "",
			Pos:            l.pos(e.key),
		}
		if m["access"] == nil && m["purposes"] == nil && m != nil {
			l.problem(e.value, "add purposes: [...], or access: direct", "%s has no purposes", what)
		}
		if d := r.DefaultPurpose; d != "" && l.defined(m["default_purpose"], purposes) && !slices.Contains(r.Purposes, d) {
			l.problem(m["default_purpose"], "add it to purposes", "%s: default_purpose %q is not among its purposes", what, d)
		}
		l.policy.Roles[r.Name] = r
	}
}
