package clienttest

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// testDescribe runs psql's commands that describe a database.
func testDescribe(t *testing.T, s *site) {
	sameAnswers(t, s, strings.Split(strings.TrimSpace(describing), "\n"))
}

// sameAnswers compares what psql answers to commands, all of them in one session. None may fail.
func sameAnswers(t *testing.T, s *site, commands []string) {
	t.Helper()
	var script strings.Builder
	for _, command := range commands {
		script.WriteString("\\echo ====\n" + command + "\n")
	}
	answers := func(dsn string) []string {
		out := strings.Split(psql(t, dsn, script.String()), "====\n")
		if len(out) != len(commands)+1 {
			t.Fatalf("%d answers to %d commands", len(out)-1, len(commands))
		}
		return out[1:]
	}
	want, got := answers(s.direct), answers(s.as("dora"))
	for i, command := range commands {
		if got[i] != want[i] {
			t.Errorf("%s\n--- through the proxy:\n%s\n--- directly:\n%s", command, got[i], want[i])
		}
		if strings.Contains(want[i], "ERROR") && !s.newerThanPsql(t) {
			t.Errorf("%s: this test tests nothing:\n%s", command, want[i])
		}
	}
}

const describing = `
\d
\d crm.*
\d crm.customers
\d+ crm.customers
\d crm.orders
\d+ crm.orders
\d+ crm.orders_2023
\d crm.customer_orders
\d+ crm.customer_orders
\d+ crm.monthly_sales
\d crm.customers_pkey
\dS+ pg_class
\dt
\dt crm.*
\dt *.customers
\dv crm.*
\dm crm.*
\di crm.*
\ds crm.*
\dE crm.*
\dP crm.*
\dPi crm.*
\dn
\dn+
\df
\df crm.*
\df+ pg_catalog.abs
\da pg_catalog.sum
\do pg_catalog.||
\du
\du+
\dg
\drds
\l
\dp crm.*
\z crm.orders
\ddp
\dT
\dT+ crm.*
\dx
\dx+
\dc pg_catalog.utf8_to*
\dC
\dD
\dO
\dL
\dy
\db
\dd crm.*
\dX
\dF
\dFd
\dFp
\dFt
\dAc btree
\dAf btree
\dAo btree text_ops
\dAp btree text_ops
\dRp
\des
\det
\dew
\dl
\sf pg_catalog.lpad(text, integer)
\sf+ pg_catalog.lpad(text, integer)
\sv crm.customer_orders
SET search_path = crm, public;
\d
\dt
\d customers
RESET search_path;
\d orders
`

// testSizes shows that psql's commands with sizes work, and that sizes of relations in which something is hidden from the caller
// are left blank: they would count it.
func testSizes(t *testing.T, s *site) {
	for _, test := range []struct {
		command, column string // of the size
		hidden          []string
	}{
		{`\dt+ crm.*`, "Size", []string{"customers"}},
		{`\di+ crm.*`, "Size", []string{"customers_country_idx", "customers_email_key", "customers_national_id_idx", "customers_pkey"}},
		{`\dP+ crm.*`, "Total size", nil},
		{`\dv+ crm.*`, "Size", nil},
	} {
		want, real := withoutColumn(t, psql(t, s.direct, test.command, "--csv"), test.column)
		got, told := withoutColumn(t, psql(t, s.as("dora"), test.command, "--csv"), test.column)
		if !slices.Equal(got, want) {
			t.Errorf("%s\n--- through the proxy:\n%s\n--- directly:\n%s", test.command, got, want)
		}
		for name, size := range real {
			if told[name] != "" && (told[name] != size || slices.Contains(test.hidden, name)) {
				t.Errorf("%s: the size of %s is told as %q, directly %q", test.command, name, told[name], size)
			}
		}
		if strings.HasPrefix(test.command, `\dt`) && told["stores"] != real["stores"] {
			t.Errorf("%s: nothing is hidden in stores, but its size is told as %q, directly %q", test.command, told["stores"], real["stores"])
		}
		// Whole rows are hidden from a marketer.
		_, told = withoutColumn(t, psql(t, s.as("mara"), test.command, "--csv"), test.column)
		for name, size := range told {
			if strings.HasPrefix(name, "orders") && size != "" {
				t.Errorf("%s: the marketer is told that %s has %s", test.command, name, size)
			}
		}
	}
}

// withoutColumn takes a column out of a table with a head, and returns its cells by the names of relations beside.
func withoutColumn(t *testing.T, table, column string) (rest []string, cells map[string]string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("not a table: %v\n%s", err, table)
	}
	at := slices.Index(rows[0], column)
	if at < 0 {
		t.Fatalf("no column %q in %q", column, rows[0])
	}
	cells = map[string]string{}
	for _, row := range rows {
		if row[0] == "crm" {
			cells[row[1]] = row[at]
		}
		rest = append(rest, strings.Join(slices.Delete(row, at, at+1), "|"))
	}
	return rest, cells
}
