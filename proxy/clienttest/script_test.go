package clienttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testScripts runs each script in a session of its own, through the proxy and around it.
func testScripts(t *testing.T, s *site) {
	scripts := map[string]string{
		"gdesc":                  `SELECT country, created_at, 1 AS n, total FROM crm.customers JOIN crm.orders USING (id) \gdesc`,
		"gdesc of nothing":       `\gdesc`,
		"gx":                     `SELECT id, email, phone FROM crm.customers ORDER BY id LIMIT 2 \gx`,
		"gexec":                  `SELECT format('SELECT count(*) AS %I FROM crm.%I', t, t) FROM unnest('{stores,markets,customers}'::text[]) t \gexec`,
		"gset":                   "SELECT count(*) AS n, min(email) AS first FROM crm.customers \\gset\n\\echo :n :first",
		"g to a file":            "TABLE crm.markets \\g markets.txt\n\\! cat markets.txt",
		"g to a program":         `SELECT email FROM crm.customers ORDER BY id \g | sort -r`,
		"crosstabview":           `SELECT country, segment, count(*) FROM crm.customers GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview`,
		"errverbose":             "SELECT nosuch FROM crm.customers;\n\\errverbose",
		"position":               `SELECT 'Zürich', email, nosuch FROM crm.customers;`,
		"position in lines":      "SELECT email,\n  -- é\n  full_name,\n  nosuch\nFROM crm.customers;",
		"syntax error in lines":  "SELECT email,\n  -- é\n  full_name,\n  1/0 nosuch(1)\nFROM crm.customers;",
		"expanded":               "\\x\nSELECT id, email FROM crm.customers ORDER BY id LIMIT 2;\n\\x auto\nTABLE crm.markets;",
		"formats":                "\\pset format html\nTABLE crm.markets;\n\\pset format latex\nTABLE crm.markets;\n\\pset format unaligned\nTABLE crm.markets;",
		"null":                   "\\pset null NULL\nSELECT id, native_name FROM crm.customers ORDER BY id LIMIT 20;",
		"timing":                 "\\timing on\nSELECT count(*) FROM crm.customers;\n\\timing off\nSELECT 1;",
		"variables":              "\\set v 'it''s'\nSELECT :'v', :{?v};\n\\set i 3\nSELECT id FROM crm.stores WHERE id = :i;\n\\echo :ROW_COUNT :SQLSTATE :ERROR :SERVER_VERSION_NUM :ENCODING",
		"error variables":        "SELECT 1/0;\n\\echo :SQLSTATE :ERROR :LAST_ERROR_MESSAGE",
		"if":                     "SELECT count(*) > 10 AS many FROM crm.customers \\gset\n\\if :many\nSELECT 'many';\n\\else\nSELECT 'few';\n\\endif",
		"encoding":               "\\encoding\n\\encoding UTF8\nSHOW client_encoding;",
		"conninfo":               `\conninfo`,
		"reconnect":              "SET search_path = crm;\n\\c\nSHOW search_path;\nSELECT 1;",
		"no such database":       "\\c nosuch\nSELECT 1;",
		"autocommit off":         "\\set AUTOCOMMIT off\nSELECT 1;\nSELECT 1/0;\nSELECT 2;\nROLLBACK;\nSELECT 3;\nCOMMIT;",
		"on_error_rollback":      "\\set ON_ERROR_ROLLBACK on\nBEGIN;\nSELECT 1/0;\nSELECT count(*) FROM crm.customers;\nSELECT nosuch;\nCOMMIT;\nSELECT 4;",
		"on_error_stop":          "\\set ON_ERROR_STOP on\nSELECT 1/0;\nSELECT 2;",
		"fetch_count":            "\\set FETCH_COUNT 100\nSELECT id, email FROM crm.customers ORDER BY id;",
		"fetch_count, an error":  "\\set FETCH_COUNT 7\nSELECT 1 / (20 - g) FROM generate_series(1, 30) g;\nSELECT 'goes on';",
		"fetch_count in a block": "\\set FETCH_COUNT 7\nBEGIN;\nSELECT g FROM generate_series(1, 30) g;\nSELECT 2;\nCOMMIT;",
		"several in one":         `SELECT 1 \; SELECT count(*) FROM crm.customers \; SELECT 3;`,
		"an error in several":    "SELECT 1 \\; SELECT 1/0 \\; SELECT 3;\nSELECT 4;",
		"a block in one":         `BEGIN \; SELECT count(*) FROM crm.orders \; COMMIT;`,
		"savepoints":             "BEGIN;\nSAVEPOINT a;\nSELECT 1/0;\nROLLBACK TO a;\nSELECT 1;\nRELEASE a;\nCOMMIT;\nCOMMIT;",
		"transaction":            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE;\nSHOW transaction_isolation;\nSHOW transaction_read_only;\nEND;",
		"prepared":               "PREPARE q(int) AS SELECT id, email FROM crm.customers WHERE id = $1;\nEXECUTE q(1);\nEXECUTE q(2);\nDEALLOCATE q;\nEXECUTE q(1);",
		"cursor":                 "BEGIN;\nDECLARE c SCROLL CURSOR FOR SELECT id, email FROM crm.customers ORDER BY id;\nFETCH 2 FROM c;\nFETCH BACKWARD 1 FROM c;\nMOVE 30 IN c;\nFETCH LAST c;\nCLOSE c;\nFETCH c;\nROLLBACK;",
		"cursor that is held":    "BEGIN;\nDECLARE c CURSOR WITH HOLD FOR SELECT id, email FROM crm.customers ORDER BY id;\nCOMMIT;\nFETCH 3 c;\nCLOSE ALL;\nFETCH c;",
		"copy as text":           "COPY (SELECT id, email, preferences, notes FROM crm.customers ORDER BY id) TO STDOUT;",
		"copy as csv":            "COPY (SELECT id, email, preferences, notes FROM crm.customers ORDER BY id) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *);",
		"copy a table":           "COPY crm.customers (id, email) TO STDOUT;\nCOPY crm.stores TO STDOUT (FORMAT csv, NULL '-', DELIMITER ';');",
		"copy, an error":         "COPY (SELECT 1 / (20 - g) FROM generate_series(1, 30) g) TO STDOUT;\nSELECT 'goes on';",
		"settings":               "SET timezone = 'Asia/Tokyo';\nSELECT timestamptz '2020-01-01 00:00+00';\nSET datestyle = 'German';\nSELECT date '2020-02-01';\nSET LOCAL work_mem = '8MB';\nRESET ALL;\nSHOW timezone;",
		"search_path":            "SET search_path = crm;\nSELECT count(*) FROM customers;\nSELECT current_schemas(true);\nRESET search_path;\nSELECT count(*) FROM customers;",
		"time-out":               "SET statement_timeout = '50ms';\nSELECT pg_sleep(10);\nSELECT 'goes on';",
		"comments":               "-- first\n/* a /* nested */ one; */ SELECT /* ' */ email FROM crm.customers -- ; last\nORDER BY id LIMIT 1;",
		"listen":                 "LISTEN a;\nUNLISTEN a;\nUNLISTEN *;",
		"discard":                "DISCARD ALL;\nSELECT 1;",
		"empty":                  ";\n\\;\nSELECT;\n",
		"explain":                "EXPLAIN (COSTS off) SELECT * FROM crm.stores WHERE id = 1;",
		"large objects":          `\lo_list`,
		"no such table":          "\\d nosuch\n\\sf nosuch\nSELECT * FROM nosuch;\nSELECT * FROM crm.nosuch;",
	}
	if psqlMajor(t) >= 16 {
		scripts["bind"] = "SELECT $1::int + $2::int AS sum, count(*) FROM crm.customers \\bind 1 2 \\g"
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sameInPsql(t, s, script)
		})
	}
}

// testCopyToFile compares the files that \copy writes.
func testCopyToFile(t *testing.T, s *site) {
	for _, command := range []string{
		`\copy (SELECT id, email, birth_date, monthly_income, preferences, notes FROM crm.customers ORDER BY id) TO 'FILE'`,
		`\copy (SELECT id, email, birth_date, monthly_income, preferences, notes FROM crm.customers ORDER BY id) TO 'FILE' CSV HEADER`,
		`\copy (SELECT id, email, birth_date, monthly_income, preferences, notes FROM crm.customers ORDER BY id) TO 'FILE' WITH (FORMAT binary)`,
		`\copy crm.orders_2024 TO 'FILE'`,
		`\copy crm.customers (id, email) TO PROGRAM 'cat > FILE'`,
	} {
		file := func(dsn string) string {
			name := filepath.Join(t.TempDir(), "out")
			if out := psql(t, dsn, strings.ReplaceAll(command, "FILE", name)); !strings.HasPrefix(out, "COPY ") {
				t.Errorf("%s: %s", command, out)
			}
			content, err := os.ReadFile(name)
			if err != nil || len(content) == 0 {
				t.Errorf("%s: %d bytes, %v", command, len(content), err)
			}
			return string(content)
		}
		if file(s.direct) != file(s.as("dora")) {
			t.Errorf("%s: the files differ", command)
		}
	}
}
