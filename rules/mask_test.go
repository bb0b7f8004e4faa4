package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMask(t *testing.T) {
	tests := []struct {
		text string
		name string
		args []Arg
		form string // what String gives
	}{
		{"null", "null", nil, "null"},
		{" age_band ( 5 ) ", "age_band", []Arg{{ArgInt, "5"}}, "age_band(5)"},
		{"email()", "email", nil, "email"},
		{`partial(0, "*", 3)`, "partial", []Arg{{ArgInt, "0"}, {ArgString, "*"}, {ArgInt, "3"}}, `partial(0, "*", 3)`},
		{`f(-7, 007, 1.50, -.5, true, false, null)`, "f",
			[]Arg{{ArgInt, "-7"}, {ArgInt, "7"}, {ArgFloat, "1.50"}, {ArgFloat, "-.5"}, {ArgBool, "true"}, {ArgBool, "false"}, {Kind: ArgNull}},
			"f(-7, 7, 1.50, -.5, true, false, null)"},
		{`constant('it''s "so", (really)')`, "constant", []Arg{{ArgString, `it's "so", (really)`}}, `constant("it's ""so"", (really)")`},
		{`constant("a""b")`, "constant", []Arg{{ArgString, `a"b`}}, `constant("a""b")`},
		{"constant(\"\",\n'')", "constant", []Arg{{Kind: ArgString}, {Kind: ArgString}}, `constant("", "")`},
	}
	for _, tt := range tests {
		name, args, err := parseMask(tt.text)
		if err != nil || name != tt.name {
			t.Errorf("%s: name %q, error %+v", tt.text, name, err)
		}
		if diff := cmp.Diff(tt.args, args); diff != "" {
			t.Errorf("%s: %s", tt.text, diff)
		}
		form := Mask{Name: name, Args: args}.String()
		if form != tt.form {
			t.Errorf("%s is written %s, not %s", tt.text, form, tt.form)
		}
		if name, again, err := parseMask(form); err != nil || name != tt.name || !cmp.Equal(args, again) {
			t.Errorf("%s does not read as it was: %v %v %v", form, name, again, err)
		}
	}
}

// TestMaskInBraces checks masks with commas in a YAML flow mapping, where YAML by itself ends a value at a comma.
func TestMaskInBraces(t *testing.T) {
	const before, after = "version: 1\nclasses: {a: null}\ntables:\n  t:\n    columns:\n      é: ", "\nrules: [{name: all, then: mask}]"
	tests := []struct{ column, want string }{
		{`{class: a, mask: partial(0, "*", 3)}`, `partial(0, "*", 3)`},
		{`{mask: partial(0, "*", 3), class: a}`, `partial(0, "*", 3)`},
		{`{mask: partial( 0 , '}', 3 ), class: a, star: omit}`, `partial(0, "}", 3)`},
		{`{mask: partial(0, "a,b)", 3), class: a}`, `partial(0, "a,b)", 3)`},
		{`{mask: 'partial(0, "*", 3)', class: a}`, `partial(0, "*", 3)`},
		{`{mask: bucket(10), class: a}`, `bucket(10)`},
		{`{mask: round(1, 2), class: a} # comment, with (commas)`, `round(1, 2)`},
	}
	for _, tt := range tests {
		p, err := Load("policy.yaml", []byte(before+tt.column+after))
		if err != nil {
			t.Errorf("%s: %v", tt.column, err)
			continue
		}
		c := p.Tables[0].Column("é")
		if got := c.Mask.String(); got != tt.want || c.Class != "a" {
			t.Errorf("%s: mask %s, class %s", tt.column, got, c.Class)
		}
	}
	for _, column := range []string{
		`{class: a, mask: partial(0, 3}`, `{class: a, mask: partial(0, x: 3)}`, `{class: a, mask: partial(0, 3) x, y}`,
		"{class: a, mask: partial(0,\n 3)}", `{class: a, mask: f(1)), b(2, 3)}`, `{class: a, mask: f(1, "2)}`,
	} {
		_, err := Load("policy.yaml", []byte(before+column+after))
		if err == nil {
			t.Errorf("%s is accepted", column)
			continue
		}
		checkProblems(t, err)
	}
}
