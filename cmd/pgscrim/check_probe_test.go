package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

const probeSchema = `CREATE SCHEMA app;
	CREATE TABLE app.people (id int PRIMARY KEY, country text, zip int, email text, secret text);
	CREATE TABLE app.consents (person int REFERENCES app.people, purpose text, granted bool, until text);
	CREATE TABLE app.orders (id int PRIMARY KEY, person int REFERENCES app.people, total numeric)`

const probePolicy = `version: 1
name: probe
unlisted_tables: deny
unlisted_columns: show
regions: {use: [gdpr, ccpa]}
purposes: {campaign: {basis: consent, consent: marketing}, reporting: {basis: legitimate_interest}}
classes: {contact: pseudonym, secret: null}
subjects:
  person:
    table: app.people
    key: id
    region: REGION
    consent:
      table: app.consents
      subject: person
      purpose: purpose
      given: GIVEN
tables:
  app.people: {subject: person, columns: {email: contact, secret: secret}}
  app.consents: {subject: {person: person}}
  app.orders: {subject: {person: person}}
roles:
  marketer: {purposes: [campaign], reason: required}
  analyst: {purposes: [reporting]}
rows: [{name: opt-out, roles: [marketer], consent: missing, then: hide}]
rules:
  - {name: no-secrets, classes: [secret], then: deny}
  - {name: europeans, regions: [gdpr], then: show}
  - {name: rest, then: mask}
`

// TestCheckPlansExpressions shows that an expression that does not fit the database is found before a client meets it.
func TestCheckPlansExpressions(t *testing.T) {
	dsn := clustertest.DSN(t, probeSchema)
	policyFile := func(t *testing.T, region, given string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(file, []byte(strings.NewReplacer("REGION", region, "GIVEN", given).Replace(probePolicy)), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, tt := range []struct{ name, region, given, want string }{
		{"all is well", "country", "granted", ""},
		{"an expression as region", "upper(country)", "granted AND until IS NULL", ""},
		{"given is no boolean", "country", "until", "policy.yaml:17:14: given of subject person: argument of WHERE must be type boolean, not type text"},
		{"given compares what cannot be compared", "country", "until > now()", "policy.yaml:17:14: given of subject person: operator does not exist: text > timestamp with time zone"},
		{"the region computes with a text", "country || zip + country", "granted", "policy.yaml:12:13: region of subject person: operator does not exist: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := pgscrim(t, "", "check", "--policy", policyFile(t, tt.region, tt.given), "--upstream", dsn)
			if tt.want == "" && got.code != 0 || tt.want != "" && (got.code != exitFailure || !strings.Contains(got.err, tt.want) || !strings.HasSuffix(got.err, "pgscrim: 1 problem\n")) {
				t.Errorf("check: exit %d, %s\nwant %q", got.code, got.err, tt.want)
			}
		})
	}
	got := pgscrim(t, "", "explain", "--policy", policyFile(t, "country", "granted"), "--upstream", dsn, "--role", "marketer", "--purpose", "campaign",
		"--reason", "a test", "SELECT id FROM app.orders")
	if got.code != 0 || !strings.Contains(strings.Join(strings.Fields(got.out), " "), "rows of app.orders hide opt-out") {
		t.Errorf("explain says nothing of hidden rows: %+v", got)
	}
}
