package rewrite

import (
	"fmt"
	"testing"
)

// benchSQL is a join of about 120 bytes.
const benchSQL = "SELECT c.name, c.email, o.total FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id WHERE o.placed > $1 AND c.id = $2"

func BenchmarkRewriteHit(b *testing.B) {
	rw, _ := setup(b)
	s := rw.as("analyst")
	b.ReportAllocs()
	for b.Loop() {
		rw.Rewrite(benchSQL, s)
	}
}

func BenchmarkRewriteMiss(b *testing.B) {
	rw, _ := setup(b)
	s := rw.as("analyst")
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		rw.Rewrite(fmt.Sprint(benchSQL, " -- ", i), s)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, refusal := parse(benchSQL, defaultMaxStatementBytes); refusal != nil {
			b.Fatal(refusal)
		}
	}
}
