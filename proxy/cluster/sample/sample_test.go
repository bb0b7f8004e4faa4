package sample_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

// load loads a sample CRM into a database of its own.
func load(t *testing.T, opts sample.Options) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, clustertest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	if err := sample.Load(ctx, conn, opts); err != nil {
		t.Fatal(err)
	}
	return conn
}

// column runs a query that returns one column of text.
func column(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), sql)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

func TestSample(t *testing.T) {
	conn := load(t, sample.Options{Customers: 2000})
	for _, tt := range []struct {
		name, sql string
		want      []string
	}{
		{
			"all markets, and none", `SELECT DISTINCT coalesce(country, '-') FROM crm.customers ORDER BY 1`,
			[]string{"-", "AE", "AU", "BR", "CA", "CN", "DE", "FR", "GB", "IN", "JP", "KR", "SG", "US", "ZA"},
		},
		{
			"rows", `SELECT concat_ws(' ', (SELECT count(*) FROM crm.customers), (SELECT count(*) FROM crm.orders),
				(SELECT count(*) BETWEEN 14500 AND 15500 FROM crm.order_items), (SELECT count(*) FROM crm.leads),
				(SELECT count(*) FROM crm.support_tickets), (SELECT count(*) FROM crm.marketing_events), (SELECT count(*) FROM crm.churn_scores))`,
			[]string{"2000 10000 t 200 400 2000 1000"},
		},
		{
			"all kinds of consent", `SELECT DISTINCT concat_ws(' ', purpose, CASE WHEN NOT granted THEN 'refused' WHEN withdrawn_at IS NOT NULL
				THEN 'withdrawn' WHEN expires_at <= now() THEN 'expired' ELSE 'given' END) FROM crm.consents ORDER BY 1`,
			[]string{
				"marketing expired", "marketing given", "marketing refused", "marketing withdrawn",
				"profiling expired", "profiling given", "profiling refused", "profiling withdrawn",
			},
		},
		{
			"some were never asked", `SELECT (count(*) > 100)::text FROM crm.customers c WHERE NOT EXISTS (SELECT FROM crm.consents WHERE customer_id = c.id)`,
			[]string{"true"},
		},
		{
			"mail goes nowhere (RFC 2606)", `SELECT email FROM crm.customers WHERE email !~ '^[a-z.]+[0-9]+@example\.(com|org|net)$'`, nil,
		},
		{
			"numbers fit their formats", `SELECT concat_ws(' ', phone, national_id, postal_code) FROM crm.customers WHERE concat(phone, national_id, postal_code) ~ '#'`, nil,
		},
		{
			"American social security numbers start with 9 and have no group", `SELECT national_id FROM crm.customers WHERE country = 'US' AND national_id !~ '^9\d\d-00-\d{4}$'`, nil,
		},
		{
			"other scripts", `SELECT DISTINCT country FROM crm.customers WHERE native_name IS NOT NULL ORDER BY 1`,
			[]string{"AE", "CN", "JP", "KR"},
		},
		{
			"nobody orders before becoming a customer", `SELECT o.id::text FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id WHERE o.ordered_at < c.created_at`, nil,
		},
		{
			"some buy a lot", `SELECT (max(n) > 10 * avg(n))::text FROM (SELECT count(*) AS n FROM crm.orders GROUP BY customer_id) o`,
			[]string{"true"},
		},
		{
			"partitions are used", `SELECT DISTINCT tableoid::regclass::text FROM crm.orders ORDER BY 1`,
			[]string{"crm.orders_2023", "crm.orders_2024", "crm.orders_2025", "crm.orders_2026"},
		},
		{
			"views work", `SELECT concat_ws(' ', (SELECT count(*) FROM crm.customer_orders), (SELECT sum(customers) FROM crm.country_overview),
				(SELECT count(*) > 100 FROM crm.monthly_sales))`, []string{"10000 2000 t"},
		},
		{
			"nothing temporary is left", `SELECT proname::text FROM pg_proc WHERE pronamespace = pg_my_temp_schema()
				UNION SELECT relname::text FROM pg_class WHERE relnamespace = pg_my_temp_schema()`, nil,
		},
		{
			"statistics are there", `SELECT relname::text FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' AND reltuples < 0`, nil,
		},
	} {
		if got := column(t, conn, tt.sql); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Brazilian and Japanese numbers look right but for their check digits, which are wrong in all of them.
func TestNationalIDsAreNobodys(t *testing.T) {
	conn := load(t, sample.Options{Customers: 2000})
	for country, check := range map[string]func(digits string) bool{
		"BR": func(d string) bool { // CPF: the first check digit weighs nine digits with 10 to 2
			return len(d) == 11 && check11(d[:9], []int{10, 9, 8, 7, 6, 5, 4, 3, 2}) == d[9]
		},
		"JP": func(d string) bool { // My Number: eleven digits with 6 to 2 and 7 to 2
			return len(d) == 12 && check11(d[:11], []int{6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) == d[11]
		},
	} {
		ids := column(t, conn, fmt.Sprintf(`SELECT national_id FROM crm.customers WHERE country = '%s' AND national_id IS NOT NULL`, country))
		if len(ids) < 50 {
			t.Errorf("%s: only %d customers have a number", country, len(ids))
		}
		for _, id := range ids {
			digits := strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, id)
			if want := map[string]int{"BR": 11, "JP": 12}[country]; len(digits) != want || check(digits) {
				t.Errorf("%s: %s is a valid number, or has not the shape of one", country, id)
			}
		}
	}
}

// check11 returns the check digit of a number modulo 11.
func check11(digits string, weights []int) byte {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	if sum%11 < 2 {
		return '0'
	}
	return byte('0' + 11 - sum%11)
}

func TestEveryLoadIsTheSame(t *testing.T) {
	var loads [2]map[string]string
	for i := range loads {
		conn := load(t, sample.Options{Customers: 300})
		loads[i] = map[string]string{}
		for _, table := range column(t, conn, `SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('p', 'r', 'm', 'v')`) {
			loads[i][table] = column(t, conn, "SELECT coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM "+table+" t")[0]
		}
	}
	if diff := cmp.Diff(loads[0], loads[1]); diff != "" || len(loads[0]) != 19 {
		t.Errorf("%d relations differ:\n%s", len(loads[0]), diff)
	}
}

func TestProgress(t *testing.T) {
	var steps []string
	last := map[string]int{}
	load(t, sample.Options{Customers: sample.MinCustomers, Progress: func(step string, done, total int) {
		if len(steps) == 0 || steps[len(steps)-1] != step {
			steps = append(steps, step)
			if done != 0 {
				t.Errorf("%s starts with %d of %d", step, done, total)
			}
		}
		if done < last[step] || done > total {
			t.Errorf("%s: %d of %d after %d", step, done, total, last[step])
		}
		last[step] = done
		if step == "orders" && total != 500 {
			t.Errorf("%d orders", total)
		}
	}})
	want := []string{
		"schema", "markets", "customers", "consents", "leads", "orders", "order_items", "support_tickets", "marketing_events", "churn_scores",
		"keys and indexes", "views", "statistics",
	}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Error(diff)
	}
}

func TestTooFewCustomers(t *testing.T) {
	if err := sample.Load(context.Background(), nil, sample.Options{Customers: sample.MinCustomers - 1}); err == nil {
		t.Error("accepted")
	}
}
