package rewrite

import (
	"slices"
	"strings"

	"github.com/pgscrim/pgscrim/rules"
)

// use describes column i for the audit.
func (p *plan) use(i int) ColumnUse {
	u := ColumnUse{Relation: display(p.rel), Column: p.columns[i].Name}
	if rule := p.columns[i].rule; rule != nil {
		u.Class = rule.Class
	}
	var actions, maskNames []string
	add := func(list *[]string, s string) {
		if s != "" && !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	for _, o := range p.cells[i].outcomes {
		add(&u.Rules, o.Rule)
		switch o.Action {
		case rules.Show:
			add(&actions, "show")
		case rules.MaskCell:
			add(&actions, "mask")
			add(&maskNames, o.Mask.String())
		default:
			add(&actions, "deny")
		}
	}
	slices.Sort(actions)
	slices.Reverse(actions) // show/mask
	u.Action, u.Mask = strings.Join(actions, "/"), strings.Join(maskNames, " or ")
	u.Shown, u.Masked = p.regions(i)
	return u
}

// regions tells of which regions' subjects cells of column i are shown, and of which they are masked. Both are nil if that is the same
// for all of the policy's regions.
func (p *plan) regions(i int) (shown, masked []string) {
	const shows, masks = 1, 2
	var names []string // of the regions that a row can have
	for _, a := range p.atoms {
		if !slices.Contains(names, a.Region) {
			names = append(names, a.Region)
		}
	}
	fates := make([]int, len(names))
	for k, a := range p.visible {
		fate := &fates[slices.Index(names, a.Region)]
		switch p.cells[i].outcomes[k].Action {
		case rules.Show:
			*fate |= shows
		case rules.MaskCell:
			*fate |= masks
		default: // the statement is refused
		}
	}
	if len(names) > len(p.policy.Regions) && !slices.ContainsFunc(fates, func(fate int) bool { return fate != fates[0] }) {
		return nil, nil
	}
	for k, name := range names {
		if fates[k]&shows > 0 {
			shown = append(shown, name)
		}
		if fates[k]&masks > 0 {
			masked = append(masked, name)
		}
	}
	return shown, masked
}

// hidden describes the rows that are not shown, for the audit.
func (p *plan) hidden() HiddenRows {
	h := HiddenRows{Relation: display(p.rel), Rules: p.rowRules(), All: true}
	var seen []string // regions of which rows can be shown
	for _, r := range p.rows {
		if r.Action == rules.Show {
			seen, h.All = append(seen, r.Atom.Region), false
		}
	}
	for _, r := range p.rows {
		if name := r.Atom.Region; !h.All && !slices.Contains(seen, name) && !slices.Contains(h.Regions, name) {
			h.Regions = append(h.Regions, name)
		}
	}
	return h
}

// rowRules are the names of the row rules that can hide a row.
func (p *plan) rowRules() []string {
	var out []string
	for _, r := range p.rows {
		if r.Action != rules.Show && r.Rule != "" && !slices.Contains(out, r.Rule) {
			out = append(out, r.Rule)
		}
	}
	return out
}
