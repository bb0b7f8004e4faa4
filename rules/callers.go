package rules

import (
	"slices"
	"time"
)

// Reviewed reports whether the policy counts as reviewed on a day: its review_by has not passed, or it names none.
func (p *Policy) Reviewed(today time.Time) bool {
	if p == nil {
		return false
	}
	y, m, d := today.Date()
	return p.ReviewBy.IsZero() || !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).After(p.ReviewBy)
}

// RegionOf returns the region of a country, RegionUnknown if it is in none.
func (p *Policy) RegionOf(country string) string {
	if p != nil {
		for _, r := range p.Regions {
			if slices.Contains(r.Countries, country) {
				return r.Name
			}
		}
	}
	return RegionUnknown
}

// Participating returns those of the caller's roles that take part in a decision, in the caller's order: the policy has
// them, they are not direct, and they may declare the caller's purpose. If the caller has declared none, that is no obstacle.
func (p *Policy) Participating(c Caller) []string {
	var roles []string
	for _, r := range p.rolesOf(c.Roles) {
		if !r.Direct && (c.Purpose == "" || slices.Contains(r.Purposes, c.Purpose)) {
			roles = append(roles, r.Name)
		}
	}
	return roles
}

// MayDeclare reports whether one of the roles may declare a purpose.
func (p *Policy) MayDeclare(roles []string, purpose string) bool {
	return slices.Contains(p.AllowedPurposes(roles), purpose)
}

// AllowedPurposes returns the purposes that the roles may declare, sorted.
func (p *Policy) AllowedPurposes(roles []string) []string {
	var purposes []string
	for _, r := range p.rolesOf(roles) {
		purposes = append(purposes, r.Purposes...)
	}
	slices.Sort(purposes)
	return slices.Compact(purposes)
}

// DefaultPurpose returns the default purpose of the first role that has one, or nothing.
func (p *Policy) DefaultPurpose(roles []string) string {
	for _, r := range p.rolesOf(roles) {
		if r.DefaultPurpose != "" {
			return r.DefaultPurpose
		}
	}
	return ""
}

// ReasonRequired reports whether a statement needs a reason: each role that takes part requires one.
func (p *Policy) ReasonRequired(roles []string, purpose string) bool {
	taking := p.rolesOf(p.Participating(Caller{roles, purpose}))
	return len(taking) > 0 && !slices.ContainsFunc(taking, func(r *Role) bool { return !r.ReasonRequired })
}

// MayExplain reports whether one of the roles that take part may see how a statement is rewritten.
func (p *Policy) MayExplain(roles []string, purpose string) bool {
	return slices.ContainsFunc(p.rolesOf(p.Participating(Caller{roles, purpose})), func(r *Role) bool { return r.Explain })
}

// IsDirect reports whether one of the roles has direct access: nothing is rewritten or refused.
func (p *Policy) IsDirect(roles []string) bool {
	return slices.ContainsFunc(p.rolesOf(roles), func(r *Role) bool { return r.Direct })
}

// rolesOf returns the roles that the policy has, each once, in the order of their names.
func (p *Policy) rolesOf(names []string) []*Role {
	if p == nil {
		return nil
	}
	var roles []*Role
	for _, name := range names {
		if r := p.Roles[name]; r != nil && !slices.Contains(roles, r) {
			roles = append(roles, r)
		}
	}
	return roles
}

func (p *Policy) purpose(name string) *Purpose {
	if p == nil {
		return nil
	}
	return p.Purposes[name]
}

// regionNames returns the names of the regions that rows can be in, unknown last.
func (p *Policy) regionNames() []string {
	regions := make([]string, 0, len(p.Regions)+1)
	for _, r := range p.Regions {
		regions = append(regions, r.Name)
	}
	return append(regions, RegionUnknown)
}
