package rewrite

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/rules"
)

// TestPreimages compares what each mask makes of nasty values with every one of these, and with each other: what a mask says of the
// stored value is true whenever the comparison is.
func TestPreimages(t *testing.T) {
	f := maskSetup(t)
	ctx := context.Background()
	if _, err := f.conn.Exec(ctx, "SET timezone = 'America/New_York'"); err != nil {
		t.Fatal(err)
	}
	tried, told := map[string]int{}, 0
	for i := range f.columns {
		c := &boundColumn{Column: &f.columns[i], typ: typeOf(f.snap, &f.columns[i])}
		if _, err := f.conn.Exec(ctx, "TRUNCATE m.t"); err != nil {
			t.Fatal(err)
		}
		for _, v := range nasty()[c.typ.name] {
			if strings.HasPrefix(v, "repeat") { // each is compared with each
				continue
			}
			_, _ = f.conn.PgConn().Exec(ctx, fmt.Sprintf("INSERT INTO m.t (%s) SELECT %s", c.Name, untyped(v, c.typ.sql))).ReadAll() // if the type has it
		}
		for _, kind := range masks() {
			for _, args := range uses()[kind.name] {
				mask := rules.Mask{Name: kind.name, Args: args}
				p := c.preimage(rules.CellOutcome{Action: rules.MaskCell, Mask: mask})
				if kind.check(args, c.typ) != "" || !p.known() {
					continue
				}
				masked := c.typ.cast(kind.sql(c.typ.base("s."+quote(c.Name)), args, c.typ, keyed{"reporting"}))
				for _, op := range []string{"=", "<", "<=", ">", ">="} {
					terms, ok := p.terms(op, []string{"w.v"})
					if !ok {
						continue
					}
					condition := strings.Join(append(terms, "false"), " OR ")
					sql := fmt.Sprintf(`WITH pairs AS (SELECT s.%[1]s::text AS x, w.v::text AS v, coalesce(%[2]s OPERATOR(pg_catalog.%[3]s) w.v, false) AS meets, coalesce(%[4]s, false) AS told
						FROM m.t s, (SELECT s.%[1]s AS v FROM m.t s UNION ALL SELECT %[2]s FROM m.t s) w)
						SELECT coalesce((SELECT concat(x, ' and ', v) FROM pairs WHERE meets AND NOT told LIMIT 1), ''), count(*) FILTER (WHERE NOT told), count(*) FROM pairs`,
						c.Name, masked, op, condition)
					if slices.Contains([]string{"json", "xml"}, c.typ.name) {
						continue // these do not compare, and the only mask is never met
					}
					var wrong string
					var out, all int
					if err := f.conn.QueryRow(ctx, sql).Scan(&wrong, &out, &all); err != nil {
						if p.never && strings.Contains(err.Error(), "operator does not exist") {
							continue
						}
						t.Fatalf("%s %s %s: %v\n%s", c.Name, mask, op, err, sql)
					}
					if wrong != "" {
						t.Errorf("%s %s %s: met by %s, and the condition is not:\n%s", c.Name, mask, op, wrong, condition)
					}
					told += out
					tried[kind.name]++
				}
			}
		}
	}
	for _, name := range []string{"null", "redact", "pseudonym", "generalize", "prefix", "partial", "email"} {
		if tried[name] == 0 {
			t.Errorf("mask %s was not tried", name)
		}
	}
	if told == 0 {
		t.Error("no condition leaves anything out")
	}
}

// TestMaskedComparisonsUseIndexes explains comparisons of masked columns, some of which are shown for some people: an index on the stored
// value serves, or no row is read at all.
func TestMaskedComparisonsUseIndexes(t *testing.T) {
	rw, conn := setup(t)
	text, err := os.ReadFile("../testdata/rewrite/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rules.Load("policy.yaml", []byte(strings.NewReplacer("\nroles:\n", "\nroles:\n  europe: {purposes: [reporting], default_purpose: reporting}\n",
		"\nrules:\n", "\nrules:\n  - {name: europe, roles: [europe], classes: [contact, identity, quasi], regions: [eu], then: show}\n").Replace(string(text))))
	if err != nil {
		t.Fatal(err)
	}
	if rw, err = New(policy, rw.snap, Options{}); err != nil {
		t.Fatal(err)
	}
	crowd(t, conn)
	for _, sql := range []string{"CREATE INDEX customers_name ON crm.customers (name)", "CREATE INDEX customers_phone ON crm.customers (phone)", "CREATE INDEX customers_born ON crm.customers (born)",
		"UPDATE crm.customers SET phone = '+49' || id, born = date '1950-01-01' + (id % 20000)::int", "ANALYZE crm.customers"} {
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for sql, roles := range map[string][]string{
		"SELECT id FROM customers WHERE name = 'n500'":                                      {"analyst", "europe"},
		"SELECT id, phone FROM customers WHERE phone = '+49500'":                            {"analyst", "europe"},
		"SELECT id, phone FROM customers WHERE phone IN ('+49500', '+49501')":               {"analyst", "europe"},
		"SELECT id, born FROM customers WHERE born = '1980-01-01'":                          {},
		"SELECT id, born FROM customers WHERE born BETWEEN '1980-01-01' AND '1980-12-31'":   {},
		"SELECT id, born FROM customers WHERE born < '1950-03-01'":                          {},
		"SELECT id, born FROM customers WHERE born > date '2004-01-01'":                     {},
		"SELECT * FROM (SELECT id, born AS b FROM customers) t WHERE b > date '2004-01-01'": {},
		"SELECT id FROM customers WHERE name = 'abc123abc123abc123abc123'":                  {"europe"}, // may be a pseudonym; others have NULL where names of europe are not shown
		"SELECT id, phone FROM customers WHERE phone = '***500'":                            {"europe"},
		"SELECT id, born FROM customers WHERE born > '2004-01-01' AND 7777 / points > 0":    {}, // would tell who was born when
		"SELECT id, born FROM customers WHERE born > '2004-01-01' OR id = 5":                {},
	} {
		for _, role := range []string{"analyst", "europe"} {
			inside := false
			planOf(t, rw, conn, role, sql).walk(false, func(n *planNode, _ bool) {
				inside = inside || n.index != "" && n.index != "customers_pkey" && strings.HasPrefix(n.index, "customers_") || n.kind == "Result" && strings.Contains(n.conditions, "false")
			})
			if inside != slices.Contains(roles, role) {
				t.Errorf("%s: %s: an index serves: %v, want it for %s\n%s", role, sql, inside, roles, rw.Rewrite(sql, rw.as(role)).SQL)
			}
		}
	}
}
