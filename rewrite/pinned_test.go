package rewrite

import (
	"slices"
	"testing"
)

func TestPinned(t *testing.T) {
	for _, tt := range []struct {
		sql  string
		want []string // nil: not pinned
	}{
		{"SELECT * FROM crm.customers WHERE id = 4", []string{"4"}},
		{"SELECT email FROM crm.customers WHERE 4 = id AND city <> 'Berlin'", []string{"4"}},
		{"SELECT c.email FROM crm.customers c WHERE (c.city = 'x' AND c.id IN (4, 5, 99999999999)) ORDER BY 1 LIMIT 1 FOR UPDATE", []string{"4", "5", "99999999999"}},
		{"SELECT count(*), max(email) FROM customers WHERE customers.id = '7f3'", []string{"7f3"}},
		{"SELECT '#00ff' FROM customers WHERE id = '#0123456789abcdef'", []string{"#0123456789abcdef"}},

		{"SELECT * FROM customers", nil},
		{"SELECT * FROM customers WHERE id = 4 OR true", nil},
		{"SELECT * FROM customers WHERE NOT id = 4", nil},
		{"SELECT * FROM customers WHERE id <> 4", nil},
		{"SELECT * FROM customers WHERE id NOT IN (4)", nil},
		{"SELECT * FROM customers WHERE id > 4", nil},
		{"SELECT * FROM customers WHERE id = $1", nil},
		{"SELECT * FROM customers WHERE id = ?", nil},
		{"SELECT * FROM customers WHERE id = -4", []string{"-4"}},
		{"SELECT * FROM customers WHERE id = 4::text::int", nil},
		{"SELECT * FROM customers WHERE id IN (4, NULL)", nil},
		{"SELECT * FROM customers WHERE id IN (4, (SELECT 5))", nil},
		{"SELECT * FROM customers WHERE id IN (SELECT 4)", nil},
		{"SELECT * FROM customers WHERE id = ANY ('{4}')", nil},
		{"SELECT * FROM customers WHERE id OPERATOR(mine.=) 4", nil},
		{"SELECT * FROM customers WHERE customer_id = 4", nil},
		{"SELECT * FROM customers WHERE o.id = 4", nil},
		{"SELECT * FROM customers AS c (email, id) WHERE id = 4", nil},
		{"SELECT lower(email) FROM customers WHERE id = 4", nil},
		{"SELECT (SELECT email FROM customers LIMIT 1) FROM customers WHERE id = 4", nil},
		{"SELECT 1 FROM customers WHERE id = 4 UNION ALL SELECT 1 FROM customers", nil},
		{"WITH c AS (SELECT 1) SELECT * FROM customers WHERE id = 4", nil},
		{"SELECT * FROM customers c, customers d WHERE c.id = 4", nil},
		{"SELECT * FROM customers c JOIN orders o ON true WHERE c.id = 4", nil},
		{"SELECT * FROM (SELECT * FROM customers) c WHERE id = 4", nil},
		{"SELECT * INTO t FROM customers WHERE id = 4", nil},
		{"SELECT * FROM customers WHERE id = 4; SELECT * FROM customers", nil},
		{"DELETE FROM customers WHERE id = 4", nil},
		{"EXPLAIN SELECT * FROM customers WHERE id = 4", nil},
		{"SELECT * FROM customers WHERE id = 4 (", nil},
		{"", nil},
	} {
		if got, ok := Pinned(tt.sql, "id"); !slices.Equal(got, tt.want) || ok != (tt.want != nil) {
			t.Errorf("%s: %v, %t", tt.sql, got, ok)
		}
	}
}
