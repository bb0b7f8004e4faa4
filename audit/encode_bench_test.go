package audit

import (
	"strings"
	"testing"
	"time"
)

func BenchmarkEncode(b *testing.B) {
	now := time.Now()
	rows := int64(1)
	regions := []string{"gdpr", "uk-gdpr", "lgpd", "appi", "pdpa-sg", "dpdp", "ccpa", "unknown"} // all but one, whose rows are hidden
	opening := &Record{
		Time: now, Seq: 123456, Replica: "r1", Event: "statement", Session: "0123456789abcdef", User: "ana", Roles: []string{"analyst"},
		Client: "127.0.0.1:50000", Application: "psql", Purpose: "reporting", Database: "crm", Fingerprint: "0123456789abcdef",
		Statement: "SELECT full_name, email FROM crm.customers WHERE id = $1", Decision: "rewrite", Relations: []string{"crm.customers"},
		Rewritten: "SELECT full_name, email FROM (" + strings.Repeat(`SELECT s."id" AS "id" `, 40) + ") customers WHERE id = $1",
		Columns: []Column{
			{Relation: "crm.customers", Column: "email", Class: "contact", Action: "mask", Mask: "email", Rules: []string{"strictest-regions", "everyone-else"}, Masked: regions},
			{Relation: "crm.customers", Column: "full_name", Class: "identity", Action: "mask", Mask: "pseudonym", Rules: []string{"strictest-regions", "everyone-else"}, Masked: regions},
		},
		Policy: "sha256:" + strings.Repeat("0a", 32), Started: &now,
	}
	ms := 0.123
	closing := &Record{
		Time: now, Seq: 123457, Closes: 123456, Replica: "r1", Event: "statement", Session: "0123456789abcdef", User: "ana", Roles: []string{"analyst"},
		Client: "127.0.0.1:50000", Application: "psql", Purpose: "reporting", Database: "crm", Decision: "rewrite", Fingerprint: "0123456789abcdef",
		Policy: opening.Policy, Rows: &rows, Bytes: &rows, DurationMS: &ms,
	}
	for name, r := range map[string]*Record{"opening": opening, "closing": closing} {
		b.Run(name, func(b *testing.B) {
			var line []byte
			b.ReportAllocs()
			for b.Loop() {
				line = encode(line[:0], r)
			}
		})
	}
}
