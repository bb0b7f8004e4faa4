package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/audit"
)

// subjectLog makes a log of statements of which each says in its reason whether it could have touched customer 4, who is in region pipl.
func subjectLog(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	log, err := audit.Open(dir, audit.Options{Replica: "r1", Durability: audit.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	const customers, orders = "crm.customers", "crm.orders"
	email := audit.Column{Relation: customers, Column: "email", Class: "contact", Action: "show/mask", Shown: []string{"gdpr"}, Masked: []string{"pipl"}}
	pseudonym := audit.Column{Relation: customers, Column: "id", Class: "identity", Action: "mask"}
	address := audit.Column{Relation: orders, Column: "ship_address", Class: "contact", Action: "show"}
	for _, tt := range []struct {
		reason, statement string
		relations         []string
		columns           []audit.Column
		hidden            []audit.HiddenRows
	}{
		{"yes", "SELECT email FROM customers", []string{customers}, []audit.Column{email}, nil},
		{"yes", "SELECT email FROM customers WHERE id IN (3, 4)", []string{customers}, []audit.Column{email}, nil},
		{"yes", "SELECT email FROM customers WHERE id = '4 '", []string{customers}, []audit.Column{email}, nil},
		{"yes", "SELECT email FROM customers WHERE id = $1", []string{customers}, []audit.Column{email}, nil},
		{"yes", "SELECT ship_address FROM orders WHERE customer_id = 4", []string{orders}, []audit.Column{address}, nil},
		{"yes", "SELECT ship_address FROM orders WHERE id = 5", []string{orders}, []audit.Column{address}, nil},
		{"yes", "SELECT id FROM customers WHERE id = 5", []string{customers}, []audit.Column{pseudonym}, nil},
		{"yes", "SELECT 1 FROM customers c JOIN orders o ON true WHERE c.id = 5", []string{customers, orders}, nil, nil},
		{"yes", "SELECT 1 FROM customers", []string{customers}, nil, []audit.HiddenRows{{Relation: customers, Regions: []string{"gdpr"}}}},
		{"yes", "SELECT 1 FROM customers, orders", []string{customers, orders}, nil, []audit.HiddenRows{{Relation: customers, All: true}}},
		{"yes", "SELECT 1 FROM v", []string{"crm.v"}, nil, nil},
		{"direct", "SELECT * FROM anything", nil, nil, nil},
		{"other", "SELECT email FROM customers WHERE id = 5", []string{customers}, []audit.Column{email}, nil},
		{"other", "SELECT ship_address FROM orders WHERE customer_id = 5", []string{orders}, []audit.Column{address}, nil},
		{"hidden", "SELECT 1 FROM customers", []string{customers}, nil, []audit.HiddenRows{{Relation: customers, All: true}}},
		{"market", "SELECT 1 FROM customers", []string{customers}, nil, []audit.HiddenRows{{Relation: customers, Regions: []string{"pipl"}}}},
		{"no", "SELECT 1 FROM stores", []string{"crm.stores"}, nil, nil},
		{"no", "SELECT 1 FROM pg_class", []string{"pg_catalog.pg_class"}, nil, nil},
		{"refused", "SELECT national_id FROM customers", []string{customers}, nil, nil},
	} {
		r := audit.Record{
			Event: "statement", User: "ana", Roles: []string{"analyst"}, Purpose: "reporting", Decision: "rewrite", Fingerprint: "f",
			Reason: tt.reason, Statement: tt.statement, Relations: tt.relations, Columns: tt.columns, Hidden: tt.hidden,
		}
		switch tt.reason {
		case "direct":
			r.Decision, r.Fingerprint = "pass", ""
		case "refused":
			r.Decision, r.SQLState = "deny", "42501"
		}
		if _, err := log.Append(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAuditSubject(t *testing.T) {
	dir := subjectLog(t)
	subject := func(t *testing.T, args ...string) result {
		t.Helper()
		return pgscrim(t, "", append([]string{"audit", "subject", "--audit-dir", dir, "--policy", "../../testdata/crm/policy.yaml"}, args...)...)
	}
	for _, tt := range []struct {
		name   string
		args   []string
		want   []string // reasons of what is found
		hidden int
		others int
	}{
		{"of a known market", []string{"4", "--market", "pipl"}, []string{"yes", "direct"}, 2, 2},
		{"of any market", []string{"4"}, []string{"yes", "direct", "market"}, 1, 2},
		{"a key that no constant is certain to differ from", []string{"4.0", "--subject", "customer"}, []string{"yes", "direct", "market", "other"}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r struct {
				Statements, Hidden, Direct, Unnamed int
				OtherKeys                           int `json:"other_keys"`
				Found                               []struct{ Reason, Statement string }
			}
			got := subject(t, append(tt.args, "--json")...)
			if err := json.Unmarshal([]byte(got.out), &r); err != nil {
				t.Fatalf("%v: %+v", err, got)
			}
			found := map[string]int{}
			for _, f := range r.Found {
				found[f.Reason]++
				if !strings.Contains(strings.Join(tt.want, " "), f.Reason) {
					t.Errorf("found %+v", f)
				}
			}
			if len(found) != len(tt.want) || found["yes"] != 11 || r.Statements != len(r.Found) || r.Hidden != tt.hidden || r.OtherKeys != tt.others || r.Direct != 1 || r.Unnamed != 1 {
				t.Errorf("%+v", r)
			}
		})
	}
	got := subject(t, "4", "--market", "pipl", "-n", "2")
	for _, want := range []string{
		"customer 4: 12 statements could have touched the data", "2 that saw no row of such a person, 2 that asked for other keys", "1 by direct access", "and 10 older ones",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in %+v", want, got)
		}
	}
	for line := range strings.Lines(got.out) {
		if strings.Contains(line, "contact  show") && !strings.Contains(line, " 2 ") {
			t.Errorf("addresses were shown by two statements, e-mail addresses of this market by none: %s", line)
		}
	}

	t.Setenv("PGSCRIM_AUDIT_LITERALS", "drop")
	if got := subject(t, "4"); !strings.Contains(got.out, "recorded without their constants") || !strings.Contains(got.out, "0 that asked for other keys") {
		t.Errorf("%+v", got)
	}
	for _, args := range []string{"4 --subject custome", "4 --market mars", "4 --since never", ""} {
		if got := subject(t, strings.Fields(args)...); got.code != exitUsage {
			t.Errorf("%s: %+v", args, got)
		}
	}
}
