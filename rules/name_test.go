package rules

import "testing"

func TestTableNames(t *testing.T) {
	tests := []struct {
		key  string
		want Name
		form string
	}{
		{`orders`, Name{"public", "orders"}, `public.orders`},
		{`crm.orders`, Name{"crm", "orders"}, `crm.orders`},
		{`CRM.Orders`, Name{"CRM", "Orders"}, `CRM.Orders`},
		{`'crm."order items"'`, Name{"crm", "order items"}, `crm."order items"`},
		{`crm."a.b""c"`, Name{"crm", `a.b"c`}, `crm."a.b""c"`},
		{`'"x".y'`, Name{"x", "y"}, `x.y`},
		{`größe.表`, Name{"größe", "表"}, `größe.表`},
	}
	for _, tt := range tests {
		table := load(t, "version: 1\ntables:\n  "+tt.key+": {}").Tables[0]
		if table.Name != tt.want || table.Name.String() != tt.form {
			t.Errorf("%s is %#v, written %s", tt.key, table.Name, table.Name)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"abc", "abc", 0}, {"abc", "", 3}, {"gdrp", "gdpr", 1}, {"contcat", "contact", 1},
		{"kitten", "sitting", 3}, {"größe", "grösse", 2}, {"a", "abcdefghijkl", 10}, // 9 is the limit here
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b, 9); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, not %d", tt.a, tt.b, got, tt.want)
		}
	}
}
