package oracle

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// policy is a policy file as the model reads it: leniently, for package rules has checked the file.
type policy struct {
	UnlistedColumns string `yaml:"unlisted_columns"`
	Regions         struct {
		Use    []string
		Custom map[string]struct{ Countries []string }
	}
	Purposes map[string]struct{ Basis, Consent string }
	Classes  map[string]yaml.Node
	Subjects map[string]subject
	Tables   map[string]struct {
		Subject yaml.Node
		Columns map[string]yaml.Node
		Write   []string
	}
	Roles map[string]struct{ Purposes []string }
	Rows  []rule
	Rules []rule
}

type subject struct {
	Table, Key, Region string
	Consent            *struct{ Table, Subject, Purpose, Given string }
}

type rule struct {
	Roles, Purposes, Classes, Subjects, Regions []string
	Consent                                     string
	Then                                        yaml.Node
}

// countries are the regions that ship, as far as the policies of the oracles use them.
var countries = map[string]string{
	"gdpr":    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK",
	"uk-gdpr": "GB", "lgpd": "BR", "pipl": "CN", "ccpa": "US",
}

const unknown = "unknown"

func loadPolicy(file string) (*policy, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p := new(policy)
	return p, yaml.Unmarshal(text, p)
}

// regionOf finds the region of a country, nil if the subject has none.
func (p *policy) regionOf(country *string) string {
	if country == nil {
		return unknown
	}
	for _, name := range p.Regions.Use {
		if slices.Contains(strings.Fields(countries[name]), *country) {
			return name
		}
	}
	for name, r := range p.Regions.Custom {
		if slices.Contains(r.Countries, *country) {
			return name
		}
	}
	return unknown
}

func (p *policy) allRegions() []string {
	all := append([]string{unknown}, p.Regions.Use...)
	for name := range p.Regions.Custom {
		all = append(all, name)
	}
	return all
}

// caller is who asks, and why.
type caller struct {
	name    string // the user who logs in
	roles   []string
	purpose string
	policy  string // the file, empty for policy.yaml
}

// facts are what rules look at in a row.
type facts struct {
	region string
	given  bool
}

// decision is what becomes of a cell.
type decision struct{ action, mask string }

// masksByReveal are the masks from the least to the most revealing, as the documentation of masks lists them.
var masksByReveal = []string{"null", "constant", "redact", "pseudonym", "age_band", "year", "month", "generalize", "bucket", "prefix", "partial", "email"}

// worth orders decisions by how much they show.
func (d decision) worth() int {
	switch d.action {
	case "show":
		return 100
	case "mask":
		name, _, _ := strings.Cut(d.mask, "(")
		return 1 + slices.Index(masksByReveal, name)
	}
	return 0
}

// roles are the caller's roles that may declare the purpose.
func (p *policy) roles(c caller) (out []string) {
	for _, r := range c.roles {
		if slices.Contains(p.Roles[r].Purposes, c.purpose) {
			out = append(out, r)
		}
	}
	return out
}

// declarable are the purposes that one of the caller's roles may declare, the one in force first.
func (p *policy) declarable(c caller) []string {
	out := []string{c.purpose}
	for _, role := range c.roles {
		for _, purpose := range p.Roles[role].Purposes {
			if !slices.Contains(out, purpose) {
				out = append(out, purpose)
			}
		}
	}
	return out
}

func (r *rule) matches(role, purpose string, f facts) bool {
	has := func(selector []string, value string) bool { return selector == nil || slices.Contains(selector, value) }
	return has(r.Roles, role) && has(r.Purposes, purpose) && has(r.Regions, f.region) &&
		(r.Consent == "" || (r.Consent == "given") == f.given)
}

// showsRow decides a row: by the first rule that matches, for each role alone.
func (p *policy) showsRow(c caller, subject string, f facts) bool {
	return slices.ContainsFunc(p.roles(c), func(role string) bool {
		for i := range p.Rows {
			r := &p.Rows[i]
			if r.matches(role, c.purpose, f) && (r.Subjects == nil || slices.Contains(r.Subjects, subject)) {
				return r.Then.Value == "show"
			}
		}
		return true
	})
}

// decideCell decides a cell of a class; columnMask is the column's own mask, empty if it has none.
func (p *policy) decideCell(c caller, class, columnMask string, f facts) decision {
	best := decision{action: "deny"}
	for _, role := range p.roles(c) {
		d := decision{"mask", "null"} // the implicit last rule
		for i := range p.Rules {
			r := &p.Rules[i]
			if !r.matches(role, c.purpose, f) || r.Classes != nil && !slices.Contains(r.Classes, class) {
				continue
			}
			d = decision{action: r.Then.Value}
			switch {
			case r.Then.Kind == yaml.MappingNode:
				d = decision{"mask", r.Then.Content[1].Value}
			case d.action == "mask" && columnMask != "":
				d.mask = columnMask
			case d.action == "mask":
				node := p.Classes[class]
				d.mask = node.Value
			}
			break
		}
		if d.worth() > best.worth() {
			best = d
		}
	}
	return best
}

// columnRule is what a table's entry says of a column.
type columnRule struct {
	class, mask string
	omit, named bool
}

func (p *policy) column(table, column string) columnRule {
	node, named := p.Tables[table].Columns[column]
	r := columnRule{named: named}
	if node.Kind != yaml.MappingNode {
		r.class = node.Value
		return r
	}
	for i := 0; i < len(node.Content); i += 2 {
		value := node.Content[i+1].Value
		switch node.Content[i].Value {
		case "class":
			r.class = value
		case "mask":
			r.mask = value
		case "star":
			r.omit = value == "omit"
		}
	}
	return r
}

// decideColumn decides a cell of a named or unnamed column.
func (p *policy) decideColumn(c caller, r columnRule, f facts) decision {
	if !r.named {
		return decision{action: p.UnlistedColumns, mask: "null"}
	}
	return p.decideCell(c, r.class, r.mask, f)
}

// subjectOf returns the kind of subject of a table and the column that holds its key, empty if it has none.
func (p *policy) subjectOf(table string) (name, column string) {
	node := p.Tables[table].Subject
	if node.Kind == yaml.MappingNode {
		return node.Content[0].Value, node.Content[1].Value
	}
	return node.Value, p.Subjects[node.Value].Key
}

// given reports whether the purpose's consent counts as given for a subject with or without it.
func (p *policy) given(c caller, consented bool) bool {
	return consented || p.Purposes[c.purpose].Basis != "consent"
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (c caller) String() string { return fmt.Sprintf("%s for %s", c.name, c.purpose) }
