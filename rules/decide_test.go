package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reveals stands in for package rewrite, which knows how much a mask reveals.
func reveals(m Mask) int {
	return map[string]int{"null": 0, "redact": 0, "year": 1, "partial": 2, "email": 2}[m.Name]
}

// describeCells gives one line an outcome, such as "gdpr given: show (rule)".
func describeCells(outcomes []CellOutcome) []string {
	var lines []string
	for _, o := range outcomes {
		action := map[Action]string{Show: "show", MaskCell: "mask " + o.Mask.String(), Deny: "deny"}[o.Action]
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", describeAtom(o.Atom), action, o.Rule))
	}
	return lines
}

func describeRows(outcomes []RowOutcome) []string {
	var lines []string
	for _, o := range outcomes {
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", describeAtom(o.Atom), map[Action]string{Show: "show", Hide: "hide"}[o.Action], o.Rule))
	}
	return lines
}

func describeAtom(a Atom) string {
	return a.Region + map[bool]string{true: " given", false: " missing"}[a.Given]
}

func TestAtoms(t *testing.T) {
	const regions = `version: 1
regions: {use: [gdpr, lgpd]}
purposes: {reporting: {basis: contract}, campaign: {basis: consent, consent: marketing}}
`
	p := load(t, regions)
	consenting := &Subject{Region: "country", Consent: &Consent{}}
	tests := []struct {
		purpose string
		subject *Subject
		want    string
	}{
		{"reporting", consenting, "gdpr given, lgpd given, unknown given"},
		{"campaign", consenting, "gdpr given, gdpr missing, lgpd given, lgpd missing, unknown given, unknown missing"},
		{"campaign", &Subject{Region: "country"}, "gdpr missing, lgpd missing, unknown missing"},
		{"campaign", &Subject{Consent: &Consent{}}, "unknown given, unknown missing"},
		{"", consenting, "gdpr missing, lgpd missing, unknown missing"},
		{"sales", consenting, "gdpr missing, lgpd missing, unknown missing"},
		{"reporting", nil, "unknown given"},
		{"campaign", nil, "unknown missing"},
		{"", nil, "unknown missing"},
	}
	for _, tt := range tests {
		var got []string
		for _, a := range p.Atoms(tt.purpose, tt.subject) {
			got = append(got, describeAtom(a))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s, %+v: %s", tt.purpose, tt.subject, diff)
		}
	}
}

// TestDecideExample decides columns of the documentation's example.
func TestDecideExample(t *testing.T) {
	p := example(t)
	atoms := []Atom{{"gdpr", true}, {"gdpr", false}}
	tests := []struct {
		roles, purpose, column string
		want                   []string // for gdpr given and missing
	}{
		{"analyst", "reporting", "full_name", []string{"mask pseudonym (everyone-else)", "mask pseudonym (everyone-else)"}},
		{"analyst", "reporting", "email", []string{"mask email (everyone-else)", "mask email (everyone-else)"}},
		{"analyst", "reporting", "phone", []string{`mask partial(0, "*", 3) (everyone-else)`, `mask partial(0, "*", 3) (everyone-else)`}},
		{"marketer", "campaign", "email", []string{"show (consented-campaign)", "mask email (everyone-else)"}},
		{"support", "customer_service", "full_name", []string{"show (service-sees-contacts)", "show (service-sees-contacts)"}},
		{"support", "customer_service", "national_id", []string{"deny (no-government-ids)", "deny (no-government-ids)"}},
		{"dpo", "reporting", "national_id", []string{"deny (no-government-ids)", "deny (no-government-ids)"}}, // the first match decides
		{"dpo", "reporting", "notes", []string{"show (dpo-sees-all)", "show (dpo-sees-all)"}},
		{"analyst dpo", "reporting", "notes", []string{"show (dpo-sees-all)", "show (dpo-sees-all)"}},
		{"analyst dpo", "churn_model", "notes", []string{"mask redact (everyone-else)", "mask redact (everyone-else)"}}, // the dpo has not this purpose
		{"dba", "", "notes", []string{"deny ()", "deny ()"}},                                                            // direct access is not decided here
		{"marketer", "reporting", "notes", []string{"deny ()", "deny ()"}},
		{"nobody", "reporting", "notes", []string{"deny ()", "deny ()"}},
		{"", "reporting", "notes", []string{"deny ()", "deny ()"}},
		{"support", "", "email", []string{"mask email (everyone-else)", "mask email (everyone-else)"}},
	}
	for _, tt := range tests {
		c := Caller{strings.Fields(tt.roles), tt.purpose}
		got := describeCells(p.DecideCells(c, p.Tables[0].Column(tt.column), atoms, reveals))
		want := []string{"gdpr given: " + tt.want[0], "gdpr missing: " + tt.want[1]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s for %s, %s: %s", tt.roles, tt.purpose, tt.column, diff)
		}
	}
}

const crowd = `
version: 1
regions: {use: [gdpr, pipl]}
purposes:
  service: {basis: contract}
  campaign: {basis: consent, consent: marketing}
classes: {contact: partial, birth: null}
subjects:
  customer: {table: customers, key: id}
tables:
  customers: {subject: customer}
roles:
  first: {purposes: [service]}
  second: {purposes: [service]}
  third: {purposes: [service, campaign]}
rows:
  - {name: only-customers, subjects: [customer], regions: [pipl], roles: [first, second], then: hide}
  - {name: third-by-consent, roles: [third], consent: missing, then: hide}
  - {name: second-sees-unknown, roles: [second], regions: [unknown], then: show}
  - {name: no-service-without-region, purposes: [service], regions: [unknown], then: hide}
rules:
  - {name: first-denied-in-pipl, roles: [first], regions: [pipl], then: deny}
  - {name: first-masks, roles: [first], classes: [contact], then: {mask: year}}
  - {name: second-masks, roles: [second], classes: [contact], then: mask}
  - {name: third-shows-gdpr, roles: [third], classes: [contact], regions: [gdpr], then: show}
  - {name: third-nulls, roles: [third], classes: [contact, birth], then: {mask: null}}
`

// TestDecideSeveralRoles checks that each role is decided alone and that the most of them holds, atom by atom.
func TestDecideSeveralRoles(t *testing.T) {
	p := load(t, crowd)
	contact, birth := &Column{Class: "contact"}, &Column{Class: "birth", Mask: &Mask{Name: "year"}}
	atoms := []Atom{{"gdpr", true}, {"pipl", true}}
	tests := []struct {
		roles  string
		column *Column
		want   []string
	}{
		{"first", contact, []string{"gdpr given: mask year (first-masks)", "pipl given: deny (first-denied-in-pipl)"}},
		{"second", contact, []string{"gdpr given: mask partial (second-masks)", "pipl given: mask partial (second-masks)"}},
		{"first second", contact, []string{"gdpr given: mask partial (second-masks)", "pipl given: mask partial (second-masks)"}},
		{"second first third", contact, []string{"gdpr given: show (third-shows-gdpr)", "pipl given: mask partial (second-masks)"}},
		{"first", birth, []string{"gdpr given: mask null ((implicit))", "pipl given: deny (first-denied-in-pipl)"}},
		{"first third", birth, []string{"gdpr given: mask null ((implicit))", "pipl given: mask null (third-nulls)"}},
		{"third first", birth, []string{"gdpr given: mask null (third-nulls)", "pipl given: mask null (third-nulls)"}}, // a tie: the first role's
	}
	for _, tt := range tests {
		got := describeCells(p.DecideCells(Caller{strings.Fields(tt.roles), "service"}, tt.column, atoms, reveals))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.roles, diff)
		}
	}
}

func TestDecideRows(t *testing.T) {
	p := load(t, crowd)
	atoms := []Atom{{"gdpr", true}, {"pipl", true}, {"unknown", true}, {"unknown", false}}
	tests := []struct {
		roles, purpose, subject string
		want                    []string
	}{
		{"first", "service", "customer", []string{"gdpr given: show ()", "pipl given: hide (only-customers)",
			"unknown given: hide (no-service-without-region)", "unknown missing: hide (no-service-without-region)"}},
		{"first", "service", "", []string{"gdpr given: show ()", "pipl given: show ()",
			"unknown given: hide (no-service-without-region)", "unknown missing: hide (no-service-without-region)"}},
		{"first", "", "customer", []string{"gdpr given: show ()", "pipl given: hide (only-customers)", "unknown given: show ()", "unknown missing: show ()"}},
		{"first second", "service", "customer", []string{"gdpr given: show ()", "pipl given: hide (only-customers)",
			"unknown given: show (second-sees-unknown)", "unknown missing: show (second-sees-unknown)"}},
		{"third", "campaign", "customer", []string{"gdpr given: show ()", "pipl given: show ()", "unknown given: show ()", "unknown missing: hide (third-by-consent)"}},
		{"first", "campaign", "customer", []string{"gdpr given: hide ()", "pipl given: hide ()", "unknown given: hide ()", "unknown missing: hide ()"}},
	}
	for _, tt := range tests {
		got := describeRows(p.DecideRows(Caller{strings.Fields(tt.roles), tt.purpose}, tt.subject, atoms))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s for %q of %q: %s", tt.roles, tt.purpose, tt.subject, diff)
		}
	}
}

func TestDecideUnlisted(t *testing.T) {
	const roles = "\npurposes: {p: {basis: contract}}\nroles: {r: {purposes: [p]}}"
	tests := []struct {
		unlisted string
		role     string
		want     Action
	}{
		{"unlisted_columns: show", "r", Show},
		{"unlisted_columns: mask", "r", MaskCell},
		{"unlisted_columns: deny", "r", Deny},
		{"", "r", MaskCell},
		{"unlisted_columns: show", "nobody", Deny},
	}
	for _, tt := range tests {
		o := load(t, "version: 1\n"+tt.unlisted+roles).DecideUnlisted(Caller{Roles: []string{tt.role}})
		if o.Action != tt.want || (o.Action == MaskCell) != (o.Mask.Name == "null") || o.Rule != UnlistedRule {
			t.Errorf("%q for %s: %+v", tt.unlisted, tt.role, o)
		}
	}
}

// TestZeroPolicies checks that a policy which is absent or empty shows nothing, as does a rule without an action.
func TestZeroPolicies(t *testing.T) {
	role := map[string]*Role{"r": {Name: "r"}}
	actionless := &Policy{Roles: role, Rules: []*CellRule{{Name: "x"}}, Rows: []*RowRule{{Name: "x"}}}
	for _, p := range []*Policy{nil, {}, actionless} {
		c := Caller{Roles: []string{"r"}}
		atoms := p.Atoms("", &Subject{Region: "country", Consent: &Consent{}})
		if diff := cmp.Diff([]Atom{{RegionUnknown, false}}, atoms); diff != "" {
			t.Error(diff)
		}
		if o := p.DecideCells(c, &Column{Class: "contact"}, atoms, reveals); o[0].Action != Deny {
			t.Errorf("cell %+v", o)
		}
		if o := p.DecideRows(c, "", atoms); o[0].Action != Hide {
			t.Errorf("row %+v", o)
		}
		if o := p.DecideUnlisted(c); o.Action != Deny {
			t.Errorf("unlisted %+v", o)
		}
		if p.MayDeclare(c.Roles, "") || p.MayExplain(c.Roles, "") || p.IsDirect(c.Roles) || p.DefaultPurpose(c.Roles) != "" {
			t.Error("something is allowed")
		}
	}
}

func TestCallers(t *testing.T) {
	p := example(t)
	roles := strings.Fields
	if got := p.Participating(Caller{roles("nobody miner dba analyst miner marketer"), "churn_model"}); !cmp.Equal(got, roles("miner analyst")) {
		t.Errorf("for churn_model: %v", got)
	}
	if got := p.Participating(Caller{roles("miner dba analyst"), ""}); !cmp.Equal(got, roles("miner analyst")) {
		t.Errorf("without a purpose: %v", got)
	}
	if !p.MayDeclare(roles("marketer analyst"), "churn_model") || p.MayDeclare(roles("marketer"), "churn_model") || p.MayDeclare(roles("analyst"), "") {
		t.Error("MayDeclare")
	}
	if got := p.AllowedPurposes(roles("dpo analyst nobody")); !cmp.Equal(got, roles("churn_model customer_service reporting")) {
		t.Errorf("AllowedPurposes: %v", got)
	}
	if p.DefaultPurpose(roles("miner analyst")) != "reporting" || p.DefaultPurpose(roles("miner")) != "" {
		t.Error("DefaultPurpose")
	}
	if !p.ReasonRequired(roles("miner"), "churn_model") || p.ReasonRequired(roles("miner analyst"), "churn_model") || p.ReasonRequired(roles("miner"), "campaign") {
		t.Error("ReasonRequired")
	}
	if !p.MayExplain(roles("analyst dpo"), "reporting") || p.MayExplain(roles("analyst dpo"), "churn_model") || p.MayExplain(roles("analyst"), "reporting") {
		t.Error("MayExplain")
	}
	if !p.IsDirect(roles("analyst dba")) || p.IsDirect(roles("analyst")) {
		t.Error("IsDirect")
	}
}
