package rules

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expected problems in testdata/policies/bad")

const policies = "../testdata/policies"

// example returns the policy that the documentation explains.
func example(t *testing.T) *Policy {
	t.Helper()
	p, err := LoadFile(filepath.Join(policies, "overseas-crm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// load returns a policy that must load.
func load(t *testing.T, src string) *Policy {
	t.Helper()
	p, err := Load("policy.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLoadBad compares the problems of each bad policy with those in the .err file beside it.
func TestLoadBad(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(policies, "bad", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad policies: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Load(filepath.Base(file), src)
			if p != nil {
				t.Error("a bad policy was returned")
			}
			checkProblems(t, err)
			got := fmt.Sprintln(err)
			expected := strings.TrimSuffix(file, ".yaml") + ".err"
			if *update {
				if err := os.WriteFile(expected, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// checkProblems checks what holds of every error of Load.
func checkProblems(t *testing.T, err error) {
	t.Helper()
	var problems Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("not Problems: %v", err)
	}
	for i, p := range problems {
		if p.Line < 1 || p.Column < 1 || p.Message == "" {
			t.Errorf("problem without a place or a message: %#v", p)
		}
		if i > 0 && p.Line < problems[i-1].Line {
			t.Errorf("line %d is reported after line %d", p.Line, problems[i-1].Line)
		}
	}
}

// TestLoadStable loads a policy with many problems again and again: they come in the same order each time.
func TestLoadStable(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(policies, "bad", "subject-tables.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, first := Load("policy.yaml", src)
	for range 20 {
		if _, err := Load("policy.yaml", src); err.Error() != first.Error() {
			t.Fatalf("%v\n\nthen\n\n%v", first, err)
		}
	}
}

func TestLoadFileAbsent(t *testing.T) {
	_, err := LoadFile(filepath.Join(t.TempDir(), "policy.yaml"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v does not say that the file is absent", err)
	}
}

func TestLoadExample(t *testing.T) {
	p := example(t)
	if p.Name != "overseas-crm" || p.Owner != "dpo@example.com" || p.UnlistedTables != Deny || p.UnlistedColumns != Show {
		t.Errorf("name %q, owner %q, unlisted %v %v", p.Name, p.Owner, p.UnlistedTables, p.UnlistedColumns)
	}
	if !strings.HasPrefix(p.Digest, "sha256:") || len(p.Digest) != len("sha256:")+64 {
		t.Errorf("digest %q", p.Digest)
	}
	var regions []string
	for _, r := range p.Regions {
		regions = append(regions, r.Name)
	}
	if diff := cmp.Diff(strings.Fields("gdpr uk-gdpr lgpd appi pipl pdpa-sg dpdp ccpa gulf"), regions); diff != "" {
		t.Error(diff)
	}
	customers, orders, stores := p.Tables[0], p.Tables[1], p.Tables[3]
	if customers.SubjectColumn != "id" || orders.SubjectColumn != "customer_id" || stores.Subject != "" {
		t.Errorf("subject columns %q %q, subject of stores %q", customers.SubjectColumn, orders.SubjectColumn, stores.Subject)
	}
	// YAML by itself cuts this mask at its commas.
	if got := customers.Column("phone").Mask.String(); got != `partial(0, "*", 3)` {
		t.Errorf("mask of phone: %s", got)
	}
	if got := customers.Column("email").Pos.Line; !strings.Contains(readLine(t, p.File, got), "email:") {
		t.Errorf("column email is not in line %d", got)
	}
	if s := p.Subjects["customer"]; s.Region != "country" || !strings.HasSuffix(s.Consent.Given, "expires_at > now())") {
		t.Errorf("subject %+v, consent %+v", s, s.Consent)
	}
	if !p.Roles["dba"].Direct || !p.Roles["miner"].ReasonRequired || !p.Roles["dpo"].Explain || p.Roles["analyst"].DefaultPurpose != "reporting" {
		t.Error("a role is not as the file has it")
	}
	if !slices.Equal(p.Tables[4].Write, []string{"miner"}) {
		t.Errorf("write %v", p.Tables[4].Write)
	}
}

func readLine(t *testing.T, file string, line int) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(src), "\n")[line-1]
}

// TestLoadDefaults checks that what a policy does not say is safe.
func TestLoadDefaults(t *testing.T) {
	p := load(t, "version: 1")
	if p.UnlistedTables != Deny || p.UnlistedColumns != MaskCell {
		t.Errorf("unlisted tables %v, columns %v", p.UnlistedTables, p.UnlistedColumns)
	}
}

func TestReviewed(t *testing.T) {
	dated := load(t, "version: 1\nreview_by: 2027-03-31")
	day := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tests := []struct {
		policy *Policy
		today  string
		want   bool
	}{
		{dated, "2027-03-30T12:00:00Z", true},
		{dated, "2027-03-31T23:59:59Z", true},
		{dated, "2027-03-31T23:00:00-08:00", true}, // the day is that of the caller's clock
		{dated, "2027-04-01T00:00:00Z", false},
		{load(t, "version: 1"), "2099-01-01T00:00:00Z", true},
		{nil, "2000-01-01T00:00:00Z", false},
	}
	for _, tt := range tests {
		if got := tt.policy.Reviewed(day(tt.today)); got != tt.want {
			t.Errorf("Reviewed(%s) = %v", tt.today, got)
		}
	}
}

// TestPresets checks the regions that ship: each country exists, and all presets can be used together.
func TestPresets(t *testing.T) {
	p := load(t, "version: 1\nregions: {use: ["+strings.Join(presetNames().known, ", ")+"]}")
	codes := strings.Fields(countryCodes)
	if len(codes) != 249 || !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != 249 {
		t.Errorf("%d country codes, or not sorted, or not different", len(codes))
	}
	for _, r := range p.Regions {
		if r.Regulation == "" || len(r.Countries) == 0 || !slices.IsSorted(r.Countries) {
			t.Errorf("region %+v", r)
		}
		for _, c := range r.Countries {
			if !slices.Contains(codes, c) {
				t.Errorf("region %s: no country %s", r.Name, c)
			}
		}
	}
	if got := len(p.Regions[0].Countries); got != 30 {
		t.Errorf("gdpr has %d countries, not 27 and 3", got)
	}
	for country, want := range map[string]string{"NO": "gdpr", "DE": "gdpr", "GB": "uk-gdpr", "CH": "fadp", "de": RegionUnknown, "": RegionUnknown, "FJ": RegionUnknown} {
		if got := p.RegionOf(country); got != want {
			t.Errorf("RegionOf(%q) = %q, not %q", country, got, want)
		}
	}
}
