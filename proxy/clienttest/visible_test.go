package clienttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// person is a customer as stored.
type person struct {
	id                           int64
	email, phone, born, national string
}

// stored reads around the proxy the first customer of a country who has all that a person has.
func stored(t *testing.T, s *site, country string) (p person) {
	t.Helper()
	err := connect(t, s.admin).QueryRow(t.Context(), `SELECT id, email, phone, birth_date::text, national_id FROM crm.customers
		WHERE country = $1 AND num_nulls(phone, birth_date, national_id) = 0 ORDER BY id LIMIT 1`, country).
		Scan(&p.id, &p.email, &p.phone, &p.born, &p.national)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// maskedEmail is the address under mask `email`.
func (p person) maskedEmail() string {
	_, domain, _ := strings.Cut(p.email, "@")
	return "***@" + domain
}

// testAnalyst shows the sample's policy at work: masks by region in every form in which a value can be asked for.
func testAnalyst(t *testing.T, s *site) {
	german, chinese := stored(t, s, "DE"), stored(t, s, "CN")
	mail := german.maskedEmail()
	phone := strings.Repeat("*", len(german.phone)-3) + german.phone[len(german.phone)-3:]
	year := german.born[:4] + "-01-01"
	id := fmt.Sprint(german.id)
	for _, test := range []struct{ name, sql, want string }{
		{"a row", "SELECT email, phone, birth_date, notes IS NULL OR notes = '[redacted]' FROM crm.customers WHERE id = " + id, mail + "|" + phone + "|" + year + "|t"},
		{"another region", fmt.Sprintf("SELECT full_name, email, phone FROM crm.customers WHERE id = %d", chinese.id), "||"},
		{"a known address", "SELECT count(*) FROM crm.customers WHERE email = '" + german.email + "'", "0"},
		{"a known mask", "SELECT count(*) > 1 FROM crm.customers WHERE email = '" + mail + "'", "t"},
		{"another name", "SELECT phone AS x FROM crm.customers WHERE id = " + id, phone},
		{"as JSON", "SELECT row_to_json(c)->>'email', row_to_json(c)->>'phone' FROM (SELECT email, phone FROM crm.customers WHERE id = " + id + ") c", mail + "|" + phone},
		{"as text", "SELECT c::text FROM (SELECT id, email, phone FROM crm.customers) c WHERE id = " + id, "(" + id + "," + mail + "," + phone + ")"},
		{"a view", "SELECT DISTINCT email FROM crm.customer_orders WHERE customer_id = " + id, mail},
		{"a view of a view's kind", "SELECT oldest FROM crm.country_overview WHERE country = 'DE'", ""},
		{"a cast error", "SELECT email::int FROM crm.customers WHERE id = " + id, `ERROR:  invalid input syntax for type integer: "` + mail + `"`},
		{"a cast error in a condition", "SELECT 1 FROM crm.customers WHERE id = " + id + " AND email::int = 1", `ERROR:  invalid input syntax for type integer: "` + mail + `"`},
		{"COPY", "COPY (SELECT email, phone FROM crm.customers WHERE id = " + id + ") TO STDOUT", mail + "\t" + phone},
		{"a cursor", "BEGIN \\; DECLARE c CURSOR FOR SELECT email FROM crm.customers WHERE id = " + id + " \\; FETCH ALL c \\; COMMIT", "BEGIN\nDECLARE CURSOR\n" + mail + "\nCOMMIT"},
		{"aggregates", "SELECT string_agg(email, ' ') FROM crm.customers WHERE id = " + id, mail},
	} {
		if test.want == "" { // the smallest year of birth of a country, on its first day
			test.want = column(t, connect(t, s.admin), "SELECT date_trunc('year', min(birth_date))::date::text FROM crm.customers WHERE country = 'DE'")[0]
		}
		if got := psql(t, s.as("ana"), test.sql+";", "-At"); got != test.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", test.name, test.sql, got, test.want)
		}
	}
	// What is denied is refused wherever it is named.
	for _, sql := range []string{
		"SELECT id FROM crm.customers ORDER BY national_id", "SELECT national_id FROM crm.customers", "SELECT 1 FROM crm.customers WHERE national_id = 'x'",
		"SELECT count(national_id) FROM crm.customers", "SELECT (c).national_id FROM crm.customers c", "SELECT max(c.national_id) FROM crm.customers c GROUP BY c.country",
	} {
		got := psql(t, s.as("ana"), sql+";", "-At", "-v", "VERBOSITY=verbose")
		if !strings.Contains(got, "ERROR:  42501: ") || !strings.Contains(got, "national_id") || !strings.Contains(got, "no-government-ids") || strings.Contains(got, german.national) {
			t.Errorf("%s: %s", sql, got)
		}
	}
	// SELECT * leaves it out, and so does whatever else has a whole row.
	head := psql(t, s.as("ana"), "SELECT * FROM crm.customers LIMIT 1;", "--csv")
	if !strings.HasPrefix(head, "id,country,full_name,native_name,email,phone,birth_date,monthly_income,city,postal_code,segment,preferences,notes,created_at\n") {
		t.Errorf("SELECT *: %s", head)
	}
	for _, expression := range []string{"row_to_json(%s)::text", "%s::text", "to_jsonb(%s)::text", "format('%%s', %s)", "array[%s]::text"} {
		of := func(from, row string) []string {
			return column(t, connect(t, s.as("ana")), "SELECT "+fmt.Sprintf(expression, row)+" FROM "+from+" WHERE id = $1", german.id)
		}
		got, want := of("crm.customers c", "c"), of("(SELECT * FROM crm.customers) AS c", "c")
		if !slices.Equal(got, want) || len(got) != 1 || !strings.Contains(got[0], mail) || strings.Contains(got[0], german.national) {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	// Binary results are masked, and of the type that is described.
	var email string
	var born time.Time
	err := connect(t, s.as("ana")).QueryRow(t.Context(), "SELECT email, birth_date FROM crm.customers WHERE id = $1",
		pgx.QueryResultFormats{pgx.BinaryFormatCode, pgx.BinaryFormatCode}, german.id).Scan(&email, &born)
	if err != nil || email != mail || born.Format(time.DateOnly) != year {
		t.Errorf("binary: %q, %v, %v", email, born, err)
	}
}

// testStar compares SELECT * as analyst, for all customers of all regions, with the policy said in SQL.
func testStar(t *testing.T, s *site) {
	const policy = `SELECT to_jsonb(v)::text FROM (
		SELECT id, country, CASE WHEN NOT strict AND native_name IS NOT NULL THEN '[redacted]' END AS native_name,
			CASE WHEN NOT strict THEN '***@' || split_part(email, '@', 2) END AS email,
			CASE WHEN NOT strict THEN repeat('*', length(phone) - 3) || right(phone, 3) END AS phone,
			date_trunc('year', birth_date)::date AS birth_date, (floor(monthly_income / width) * width)::numeric(12,2) AS monthly_income,
			city, left(postal_code, 2) AS postal_code, segment, NULL AS preferences, CASE WHEN notes IS NOT NULL THEN '[redacted]' END AS notes, created_at
		FROM crm.customers, LATERAL (SELECT country IS NULL OR country = 'CN' AS strict, CASE WHEN country IN ('DE', 'FR', 'GB') THEN 2500 ELSE 1000 END AS width) r
	) v ORDER BY id`
	want := column(t, connect(t, s.admin), policy)
	ana := connect(t, s.as("ana"))
	got := column(t, ana, "SELECT (to_jsonb(c) - 'full_name')::text FROM (SELECT * FROM crm.customers) AS c ORDER BY id")
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("%d rows, want %d; row %d is\n%s\nwant\n%s", len(got), len(want), i, got[i], want[i])
		}
	}
	// A pseudonym is the same for the same name, and no name.
	const people = `SELECT count(*) || ' ' || count(DISTINCT full_name) FROM crm.customers WHERE country <> 'CN'`
	names, pseudonyms := column(t, connect(t, s.admin), people)[0], column(t, ana, people+` AND full_name ~ '^[0-9a-f]{24}$'`)[0]
	if names != pseudonyms {
		t.Errorf("people and names %s, under pseudonyms %s", names, pseudonyms)
	}
}
