package rules

import "slices"

// Atom is one combination of the facts of a row that rules look at. There are few of them (regions times
// two), so a decision is made for each atom: that is the partial evaluation of a policy for a caller.
type Atom struct {
	Region string // a region's name or RegionUnknown
	Given  bool   // the consent that the purpose needs is given, or the purpose needs none
}

// Caller is who asks, and why.
type Caller struct {
	Roles   []string
	Purpose string // empty: none declared
}

// CellOutcome is what happens to a cell of a row with the facts of Atom.
type CellOutcome struct {
	Atom   Atom
	Action Action // Show, MaskCell or Deny
	Mask   Mask   // for MaskCell
	Rule   string // the rule that decided, or ImplicitRule; empty if the caller has no role that takes part
}

// RowOutcome is what happens to a row with the facts of Atom.
type RowOutcome struct {
	Atom   Atom
	Action Action // Show or Hide
	Rule   string // empty if no rule matched: the row is shown, or hidden if the caller has no role that takes part
}

// ImplicitRule is the name of the implicit last rule: mask with null.
const ImplicitRule = "(implicit)"

// UnlistedRule is the rule's name in the outcome of a column that the policy does not name.
const UnlistedRule = "unlisted_columns"

// Atoms returns the atoms that rows can have when they are read for a purpose. The subject is that of the rows'
// table, nil if it has none: its rows are then in region unknown. Regions are in the policy's order, unknown last,
// and consent given comes before missing. A purpose that the policy does not know has no consent.
func (p *Policy) Atoms(purpose string, s *Subject) []Atom {
	regions := []string{RegionUnknown}
	if p != nil && s != nil && s.Region != "" {
		regions = p.regionNames()
	}
	consents := []bool{false}
	switch declared := p.purpose(purpose); {
	case declared == nil:
	case !declared.NeedsConsent():
		consents = []bool{true}
	case s != nil && s.Consent != nil:
		consents = []bool{true, false}
	}
	atoms := make([]Atom, 0, len(regions)*len(consents))
	for _, region := range regions {
		for _, given := range consents {
			atoms = append(atoms, Atom{region, given})
		}
	}
	return atoms
}

// DecideCells decides a column that the policy names, for each atom. Each of the caller's roles is
// decided alone, and the outcome that reveals most holds: show before mask before deny, of two masks the one with the
// greater reveals(mask), and if that is equal too, the outcome of the role that the caller has first.
// A caller without a role that takes part is denied.
func (p *Policy) DecideCells(c Caller, col *Column, atoms []Atom, reveals func(Mask) int) []CellOutcome {
	roles := p.Participating(c)
	outcomes := make([]CellOutcome, len(atoms))
	for i, atom := range atoms {
		most := CellOutcome{Atom: atom, Action: Deny}
		for j, role := range roles {
			o := p.decideCell(role, c.Purpose, col, atom)
			if j == 0 || o.Action > most.Action ||
				o.Action == MaskCell && most.Action == MaskCell && reveals(o.Mask) > reveals(most.Mask) {
				most = o
			}
		}
		outcomes[i] = most
	}
	return outcomes
}

// decideCell decides a cell for one role.
func (p *Policy) decideCell(role, purpose string, col *Column, atom Atom) CellOutcome {
	for _, r := range p.Rules {
		if !selects(r.Roles, role) || !selects(r.Purposes, purpose) || !selects(r.Classes, col.Class) ||
			!selects(r.Regions, atom.Region) || !r.Consent.holds(atom.Given) {
			continue
		}
		o := CellOutcome{Atom: atom, Action: r.Then, Rule: r.Name}
		switch {
		case r.Then == MaskCell:
			o.Mask = p.maskOf(r, col)
		case r.Then != Show:
			o.Action = Deny
		}
		return o
	}
	return CellOutcome{Atom: atom, Action: MaskCell, Mask: nullMask(), Rule: ImplicitRule}
}

// maskOf returns the mask of a rule that masks: its own, else the column's, else the class's.
func (p *Policy) maskOf(r *CellRule, col *Column) Mask {
	class := p.Classes[col.Class]
	switch {
	case r.Mask != nil:
		return *r.Mask
	case col.Mask != nil:
		return *col.Mask
	case class != nil:
		return class.Mask
	default:
		return nullMask()
	}
}

func nullMask() Mask { return Mask{Name: "null"} }

// DecideUnlisted decides a column that the entry of its table does not name. It is the same for
// every atom, so the outcome's Atom is empty.
func (p *Policy) DecideUnlisted(c Caller) CellOutcome {
	o := CellOutcome{Action: Deny, Rule: UnlistedRule}
	if len(p.Participating(c)) == 0 {
		return o
	}
	switch p.UnlistedColumns {
	case Show:
		o.Action = Show
	case MaskCell:
		o.Action, o.Mask = MaskCell, nullMask()
	default: // denied
	}
	return o
}

// DecideRows decides the rows of a table, for each atom; subject is the name of the table's subject, empty if it has none.
// Each of the caller's roles is decided alone, and a row that one of them shows is shown. A caller without a role that
// takes part sees no row.
func (p *Policy) DecideRows(c Caller, subject string, atoms []Atom) []RowOutcome {
	roles := p.Participating(c)
	outcomes := make([]RowOutcome, len(atoms))
	for i, atom := range atoms {
		most := RowOutcome{Atom: atom, Action: Hide}
		for j, role := range roles {
			if o := p.decideRow(role, c.Purpose, subject, atom); j == 0 || o.Action > most.Action {
				most = o
			}
		}
		outcomes[i] = most
	}
	return outcomes
}

// decideRow decides a row for one role.
func (p *Policy) decideRow(role, purpose, subject string, atom Atom) RowOutcome {
	for _, r := range p.Rows {
		if !selects(r.Roles, role) || !selects(r.Purposes, purpose) || !selects(r.Subjects, subject) ||
			!selects(r.Regions, atom.Region) || !r.Consent.holds(atom.Given) {
			continue
		}
		if r.Then == Show {
			return RowOutcome{Atom: atom, Action: Show, Rule: r.Name}
		}
		return RowOutcome{Atom: atom, Action: Hide, Rule: r.Name}
	}
	return RowOutcome{Atom: atom, Action: Show}
}

// selects reports whether a selector matches a value. No name is empty, so a selector never matches
// what is not there, such as the purpose of a caller who has declared none.
func selects(selector []string, value string) bool {
	return len(selector) == 0 || slices.Contains(selector, value)
}

func (s ConsentSelector) holds(given bool) bool {
	return s == AnyConsent || (s == ConsentGiven) == given
}
