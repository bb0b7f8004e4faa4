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

// BenchmarkRewriteTemplate is a hit of a template: a text that was never seen, but for its constants.
func BenchmarkRewriteTemplate(b *testing.B) {
	rw, _ := setup(b)
	s := rw.as("analyst")
	texts := make([]string, 100_000)
	for i := range texts {
		texts[i] = benchAdHoc(100_000 + i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		rw.Rewrite(texts[i%len(texts)], s)
		i++
	}
	b.StopTimer()
	if st := rw.CacheStats(); st.Misses > 3 || st.Faults > 0 {
		b.Errorf("%+v", st)
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

func BenchmarkShape(b *testing.B) {
	key, constants := make([]byte, 0, 1024), make([]constant, 0, 32)
	b.ReportAllocs()
	b.SetBytes(int64(len(benchAdHoc(1))))
	sql := benchAdHoc(1)
	for b.Loop() {
		if _, _, ok := shape(sql, key, constants); !ok {
			b.Fatal(sql)
		}
	}
}

// benchAdHoc is a statement of some 200 bytes as a tool writes it, with constants of its own.
func benchAdHoc(n int) string {
	return fmt.Sprintf("SELECT c.name, c.email, o.total FROM crm.customers AS c JOIN crm.orders AS o ON o.customer_id = c.id"+
		" WHERE o.total > %d.5 AND c.id = %d AND o.address <> 'street %d' ORDER BY o.total DESC LIMIT 100", n%1000, n, n)
}
