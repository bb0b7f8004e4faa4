package clienttest

import (
	"slices"
	"strings"
	"testing"
)

// testCompletion asks psql for the possible completions of lines (Alt-?), and to complete them (Tab).
func testCompletion(t *testing.T, s *site) {
	direct, proxied := newTerminal(t, s.direct), newTerminal(t, s.as("dora"))
	const clear = "\x01\x0b" // beginning of line, delete to its end
	for _, test := range []struct{ line, want string }{
		{"SELECT * FROM cr", "crm."},
		{"SELECT * FROM crm.cu", "crm.customers crm.customer_orders"},
		{"SELECT * FROM crm.", "crm.stores crm.orders crm.monthly_sales"},
		{"SELECT * FROM crm.customers WHERE n", "national_id native_name notes"},
		{"SELECT * FROM crm.customers ORDER BY ", "email phone"},
		{"TABLE crm.ma", "crm.markets crm.marketing_events"},
		{"UPDATE crm.customers SET ", "email"},
		{`\d crm.o`, "crm.orders crm.order_items"},
		{`\dv crm.c`, "crm.customer_orders crm.country_overview"},
		{`\df pg_catalog.abs`, ""},
		{`\sv crm.`, "crm.customer_orders"},
		{`\dT crm.`, "crm.order_status"},
		{`\c `, s.database},
		{`\encoding UTF`, "UTF8"},
		{"SET sea", "search_path"},
		{"SET search_path TO c", "crm"},
		{"SET timezone TO ", "DEFAULT"},
		{"SHOW work", "work_mem"},
		{"GRANT SELECT ON crm.", "crm.orders"},
		{"CREATE INDEX ON crm.", "crm.orders"},
		{"DROP VIEW crm.", "crm.customer_orders"},
		{"EXPLAIN (A", "ANALYZE"},
	} {
		candidates := func(term *terminal) []string {
			term.send(test.line + "\x1b?" + clear + "\\echo over\n")
			words := strings.Fields(term.expect("\nover\n" + prompt))
			slices.Sort(words)
			return slices.Compact(words)
		}
		want, got := candidates(direct), candidates(proxied)
		if !slices.Equal(got, want) {
			t.Errorf("%s: completions %q, directly %q", test.line, got, want)
		}
		for _, word := range strings.Fields(test.want) {
			if !slices.Contains(want, word) {
				t.Errorf("%s: no completion %s in %q", test.line, word, want)
			}
		}
	}
	for _, term := range []*terminal{direct, proxied} {
		if got := term.run("SELECT count(*) FROM crm.sto\tWHERE cou\t= 'DE' OR true;"); !strings.Contains(got, "(1 row)") {
			t.Errorf("a line that Tab completes: %s", got)
		}
	}
}
