package clienttest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// testMarketer shows that who has not consented to marketing is not there for a marketer, and contacts of the others are.
func testMarketer(t *testing.T, s *site) {
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
