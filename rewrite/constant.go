package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// The values of constants are read in this file only (see TestConstantsAreRead): a decision that has looked at a value holds for no other
// one, so the place of the constant is noted (see template.go). The class of a constant, and its sign, are the same in all
// texts of one shape, and may be looked at freely. A value may be asked a question too, which is asked again of every other value, and be
// copied.

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

// hasNoType reports whether a constant takes the type that its place asks for: a string, or NULL.
func hasNoType(c *pg_query.A_Const) bool { return c.GetIsnull() || c.GetSval() != nil }

// keyConstant is the value of a string or number constant without a cast, as a key is written. ok is false for any other node.
func (p *parsed) keyConstant(n *pg_query.Node) (value string, ok bool) {
	if n.GetTypeCast() != nil || n.GetAConst().GetBoolval() != nil {
		return "", false
	}
	return p.settingConstant(n)
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

// asks reports whether the value of a string constant has a property; any other node has not. The property must follow from
// the value alone.
func (p *parsed) asks(n *pg_query.Node, property func(value string) bool) bool {
	s := n.GetAConst().GetSval()
	if s == nil {
		return false
	}
	q := question{property, property(s.Sval)}
	if p.asked == nil {
		p.asked = map[int][]question{}
	}
	at := int(n.GetAConst().Location)
	p.asked[at] = append(p.asked[at], q)
	return q.answer
}

// question is what was asked of the value of a constant.
type question struct {
	property func(value string) bool
	answer   bool
}

// copied spells a constant, with its sign, for the text of an edit: by its place, which paste replaces. ok is false if the text does
// not have the constant as it is, or is not the client's: a view's definition.
func (p *parsed) copied(n *pg_query.Node) (text string, ok bool) {
	c := n.GetAConst()
	at := int(c.GetLocation())
	i := p.tokenAt(at)
	if i >= 0 && p.src[at] == '-' {
		i = p.skip(i, 1)
	}
	if c == nil || !p.client || !p.is(i, pg_query.Token_SCONST) && !p.is(i, pg_query.Token_ICONST) && !p.is(i, pg_query.Token_FCONST) {
		return "", false
	}
	return fmt.Sprintf("%[1]s%d %d%[1]s", copyMark, at, p.tokens[i].end), true
}

// copyMark stands around the place of a constant that is copied. No text has it: it is not UTF-8.
const copyMark = "\xff"

// paste puts the constants that edits copy into their texts.
func (p *parsed) paste(edits []edit) []edit {
	if !slices.ContainsFunc(edits, func(e edit) bool { return strings.Contains(e.text, copyMark) }) {
		return edits
	}
	pasted := slices.Clone(edits)
	for i, e := range pasted {
		parts := strings.Split(e.text, copyMark)
		for k := 1; k < len(parts); k += 2 {
			start, end := copiedPlace(parts[k])
			parts[k] = p.src[start:end]
		}
		pasted[i].text = strings.Join(parts, "")
	}
	return pasted
}

// copiedPlace reads what copied has written.
func copiedPlace(place string) (start, end int) {
	from, to, _ := strings.Cut(place, " ")
	start, _ = strconv.Atoi(from)
	end, _ = strconv.Atoi(to)
	return start, end
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

// isNegative reports whether a constant has a minus, which is a token of its own; -0 counts, as its value may not.
func (p *parsed) isNegative(c *pg_query.A_Const) bool {
	at := int(c.Location)
	return at >= 0 && at < len(p.src) && p.src[at] == '-'
}

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
