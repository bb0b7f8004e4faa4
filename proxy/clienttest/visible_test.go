package clienttest

import (
	"fmt"
	"slices"
	"strconv"
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

// TestAnalyst shows the sample's policy at work: masks by region in every form in which a value can be asked for.
func TestAnalyst(t *testing.T) {
	s := newSite(t)
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

// TestMarketer shows that who has not consented to marketing is not there for a marketer, and contacts of the others are.
func TestMarketer(t *testing.T) {
	s := newSite(t)
	const consenting = `SELECT c.id || ' ' || c.email || ' ' || coalesce(c.phone, '-') FROM crm.customers c JOIN crm.consents k ON k.customer_id = c.id
		WHERE k.purpose = 'marketing' AND k.granted AND k.withdrawn_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) ORDER BY c.id`
	want := column(t, connect(t, s.admin), consenting)
	if len(want) == 0 || len(want) == customers {
		t.Fatalf("%d of %d customers consent", len(want), customers)
	}
	mara := connect(t, s.as("mara"))
	for _, sql := range []string{
		"SELECT id || ' ' || email || ' ' || coalesce(phone, '-') FROM crm.customers ORDER BY id",
		"SELECT c.id || ' ' || c.email || ' ' || coalesce(c.phone, '-') FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.email, c.phone ORDER BY c.id",
		consenting,
	} {
		if got := column(t, mara, sql); !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, want %d", sql, len(got), len(want))
		}
	}
	if got := column(t, mara, "SELECT count(*)::text FROM crm.customers"); got[0] != strconv.Itoa(len(want)) {
		t.Errorf("count: %s", got[0])
	}
	// Names are masked even so.
	if got := column(t, mara, "SELECT count(*)::text FROM crm.customers WHERE full_name ~ ' '"); got[0] != "0" {
		t.Errorf("%s names are shown", got[0])
	}
}

// TestWithdrawal shows that a withdrawn consent counts from the very next execution of what is prepared already, and a
// consent given again, too.
func TestWithdrawal(t *testing.T) {
	s := newSite(t)
	admin := connect(t, s.admin)
	id := column(t, admin, `SELECT customer_id::text FROM crm.consents WHERE purpose = 'marketing' AND granted AND withdrawn_at IS NULL AND expires_at IS NULL ORDER BY customer_id LIMIT 1`)[0]
	email := column(t, admin, "SELECT email FROM crm.customers WHERE id = "+id)
	withdraw := "UPDATE crm.consents SET withdrawn_at = now() WHERE purpose = 'marketing' AND customer_id = " + id
	give := "UPDATE crm.consents SET withdrawn_at = NULL WHERE purpose = 'marketing' AND customer_id = " + id
	const sql = "SELECT email FROM crm.customers WHERE id = $1::text::bigint"

	mara := connect(t, s.as("mara"))
	if _, err := mara.Prepare(t.Context(), "by_id", sql); err != nil {
		t.Fatal(err)
	}
	mustExec(t, mara, "PREPARE by_sql AS "+sql)
	for i, change := range []string{give, withdraw, give, withdraw} {
		mustExec(t, admin, change)
		var want []string
		if i%2 == 0 {
			want = email
		}
		if got := column(t, mara, "by_id", id); !slices.Equal(got, want) {
			t.Errorf("after %d changes the prepared statement gives %q, want %q", i, got, want)
		}
		if got := column(t, mara, sql, id); !slices.Equal(got, want) {
			t.Errorf("after %d changes the cached statement gives %q, want %q", i, got, want)
		}
		if got := column(t, mara, "EXECUTE by_sql("+id+")", pgx.QueryExecModeSimpleProtocol); !slices.Equal(got, want) {
			t.Errorf("after %d changes EXECUTE gives %q, want %q", i, got, want)
		}
	}

	// The same in psql, one session long.
	term := newTerminal(t, s.as("mara"))
	term.run("PREPARE by_id(bigint) AS SELECT 'found ' || email FROM crm.customers WHERE id = $1;")
	for range 2 {
		mustExec(t, admin, give)
		if got := term.run("EXECUTE by_id(" + id + ");"); !strings.Contains(got, "found "+email[0]) || !strings.Contains(got, "(1 row)") {
			t.Errorf("psql, with consent: %s", got)
		}
		mustExec(t, admin, withdraw)
		if got := term.run("EXECUTE by_id(" + id + ");"); strings.Contains(got, "found") || !strings.Contains(got, "(0 rows)") {
			t.Errorf("psql, without consent: %s", got)
		}
	}
}
