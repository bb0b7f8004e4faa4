package rules

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
	Rule   string // the rule that decided; "(implicit)" for the implicit last rule
}

// RowOutcome is what happens to a row with the facts of Atom.
type RowOutcome struct {
	Atom   Atom
	Action Action // Show or Hide
	Rule   string // empty if no rule matched: the row is shown
}

// ImplicitRule is the name of the implicit last rule: mask with null.
const ImplicitRule = "(implicit)"
