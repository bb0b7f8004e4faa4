package rules

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzLoad checks that no file makes Load panic, and that what it returns is a policy or problems with a place.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"*.yaml", "bad/*.yaml"} {
		files, err := filepath.Glob(filepath.Join(policies, pattern))
		if err != nil || len(files) == 0 {
			f.Fatalf("no policies: %v", err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := Load("policy.yaml", src)
		switch {
		case err != nil && p != nil:
			t.Error("both a policy and problems")
		case err != nil:
			checkProblems(t, err)
		default:
			checkConsistent(t, p)
		}
	})
}

// checkConsistent checks what holds of every policy that loads.
func checkConsistent(t *testing.T, p *Policy) {
	t.Helper()
	for _, r := range p.Rules {
		if r.Name == "" || r.Then != Show && r.Then != MaskCell && r.Then != Deny {
			t.Errorf("rule %+v", r)
		}
	}
	for _, r := range p.Rows {
		if r.Name == "" || r.Then != Show && r.Then != Hide {
			t.Errorf("row rule %+v", r)
		}
	}
	for _, table := range p.Tables {
		if table.Name.Schema == "" || table.Name.Name == "" || (table.Subject == "") != (table.SubjectColumn == "") {
			t.Errorf("table %+v", table)
		}
		for _, c := range table.Columns {
			if class := p.Classes[c.Class]; class == nil || class.Mask.Name == "" {
				t.Errorf("column %+v", c)
			}
		}
	}
	for _, s := range p.Subjects {
		if s.Key == "" || p.table(s.Table) == nil || s.Consent != nil && (p.table(s.Consent.Table) == nil || s.Consent.Given == "") {
			t.Errorf("subject %+v", s)
		}
	}
	for _, r := range p.Roles {
		if len(r.Purposes) == 0 && !r.Direct {
			t.Errorf("role %+v", r)
		}
	}
}
