package rewrite

import (
	"strconv"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// The values of constants are read in this file only (see TestConstantsAreRead): a decision that has looked at a value holds for no other
// one, so the place of the constant is noted (see template.go). The class of a constant, and its sign, are the same in all
// texts of one shape, and may be looked at freely.

// textConstant is the value of a string constant. ok is false for any other node.
func (p *parsed) textConstant(n *pg_query.Node) (value string, ok bool) {
	s := p.look(n).GetSval()
	return s.GetSval(), s != nil
}

// wholeConstant is the value of an integer constant. ok is false for any other node.
func (p *parsed) wholeConstant(n *pg_query.Node) (value int, ok bool) {
	i := p.look(n).GetIval()
	return int(i.GetIval()), i != nil
}

// settingConstant is the value of a constant of any type, or of one with a cast, as a setting takes it. ok is false for any other node.
func (p *parsed) settingConstant(n *pg_query.Node) (value string, ok bool) {
	if cast := n.GetTypeCast(); cast != nil {
		n = cast.Arg
	}
	c := p.look(n)
	switch {
	case c.GetSval() != nil:
		return c.GetSval().Sval, true
	case c.GetIval() != nil:
		return strconv.Itoa(int(c.GetIval().Ival)), true
	case c.GetFval() != nil:
		return c.GetFval().Fval, true
	case c.GetBoolval() != nil:
		return strconv.FormatBool(c.GetBoolval().Boolval), true
	}
	return "", false
}

// flagConstant is the value of a Boolean constant, or of a string that stands for one, with or without a cast. ok is false for any other node.
func (p *parsed) flagConstant(n *pg_query.Node) (on, ok bool) {
	if cast := n.GetTypeCast(); cast != nil {
		n = cast.Arg
	}
	switch c := p.look(n); {
	case c.GetBoolval() != nil:
		return c.GetBoolval().Boolval, true
	case c.GetSval() != nil:
		return isOn(c.GetSval().Sval), true
	}
	return false, false
}

// look returns a constant whose value is about to be read, nil for any other node.
func (p *parsed) look(n *pg_query.Node) *pg_query.A_Const {
	c := n.GetAConst()
	if c != nil {
		if p.looked == nil {
			p.looked = map[int]bool{}
		}
		p.looked[int(c.Location)] = true
	}
	return c
}

// constantType is the type that a constant has of itself.
func constantType(c *pg_query.A_Const) uint32 {
	switch {
	case c.GetIval() != nil:
		return typeInt4
	case c.GetFval() != nil:
		if _, err := strconv.ParseInt(c.GetFval().Fval, 10, 64); err == nil {
			return typeInt8
		}
		return typeNumeric
	case c.GetBoolval() != nil:
		return typeBool
	}
	return typeUnknown
}

// isNumber reports whether an expression is a number without a type of its own.
func isNumber(n *pg_query.Node) bool {
	c := n.GetAConst()
	return c.GetIval() != nil || c.GetFval() != nil
}

// isNegative reports whether a constant is a negative integer: the sign is a token of its own.
func isNegative(c *pg_query.A_Const) bool { return c.GetIval().GetIval() < 0 }

// constantClassOf is the class of a constant in a shape, 0 if it stands for itself there: NULL, TRUE, a bit string.
func constantClassOf(c *pg_query.A_Const) class {
	switch {
	case c.GetSval() != nil:
		return classText
	case c.GetIval() != nil:
		return classInt4
	case c.GetFval() != nil && constantType(c) == typeInt8:
		return classInt8
	case c.GetFval() != nil:
		return classNumeric
	}
	return 0
}
