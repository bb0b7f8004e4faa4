package clienttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testCommandLine runs psql with its options.
func testCommandLine(t *testing.T, s *site) {
	for _, args := range [][]string{
		{"-1", "-c", "SELECT 1", "-c", "SELECT count(*) FROM crm.customers"},
		{"-1", "-c", "SELECT 1/0", "-c", "SELECT 2"},
		{"-c", "SELECT 1; SELECT 1/0; SELECT 2"},
		{"-At", "-F", ",", "-c", "SELECT id, email FROM crm.customers ORDER BY id"},
		{"-H", "-c", "TABLE crm.markets"},
		{"-E", "-c", `\dt crm.stores`},
		{"-s", "-c", "SELECT 1"},
		{"-l", "-A"},
		{"-v", "ON_ERROR_STOP=1", "-c", `\d crm.customers`, "-c", "SELECT nosuch", "-c", "SELECT 1"},
	} {
		sameInPsql(t, s, "", args...)
	}
	file := filepath.Join(t.TempDir(), "script.sql")
	if err := os.WriteFile(file, []byte("SELECT 1;\nBEGIN;\nSELECT count(*) FROM crm.customers;\nSELECT 1/0;\nCOMMIT;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sameInPsql(t, s, "", "-f", file)
	sameInPsql(t, s, "", "-1", "-f", file)
}

// testConnection connects psql in every way that its users know.
func testConnection(t *testing.T, s *site) {
	host, port, _ := strings.Cut(s.address, ":")
	write := func(text string) string {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	passfile := "PGPASSFILE=" + write(host+":"+port+":*:ana:ana\n")
	service := "PGSERVICEFILE=" + write("[crm]\nhost="+host+"\nport="+port+"\ndbname="+s.database+"\nuser=ana\npassword=ana\napplication_name=from a service\n")
	for _, test := range []struct {
		name   string
		env    []string
		args   []string
		script string
		want   string
	}{
		{"URL", nil, []string{s.as("ana")}, "SHOW pgscrim.caller", "ana"},
		{"keywords", nil, []string{"host=" + host + " port=" + port + " user=ana password=ana sslmode=prefer dbname=" + s.database}, "SHOW pgscrim.caller", "ana"},
		{"environment", []string{"PGHOST=" + host, "PGPORT=" + port, "PGUSER=ana", "PGPASSWORD=ana", "PGDATABASE=" + s.database}, nil, "SHOW pgscrim.caller", "ana"},
		{"password file", []string{passfile}, []string{"-h", host, "-p", port, "-U", "ana", "-d", s.database}, "SHOW pgscrim.caller", "ana"},
		{"service", []string{service}, []string{"service=crm"}, "SHOW pgscrim.caller; SHOW application_name", "ana\nfrom a service"},
		{"several hosts", nil, []string{"host=127.0.0.1,127.0.0.1 port=1," + port + " user=ana password=ana target_session_attrs=any dbname=" + s.database}, "SELECT 1", "1"},
		{"prefers a standby", nil, []string{s.as("ana", "target_session_attrs=prefer-standby")}, "SELECT 1", "1"},
		{"read-write", nil, []string{s.as("ana", "target_session_attrs=read-write")}, "SELECT 1", "1"},
		{"application_name", nil, []string{s.as("ana", "application_name=report")}, "SHOW application_name", "report"},
		{"PGAPPNAME", []string{"PGAPPNAME=report"}, []string{s.as("ana")}, "SHOW application_name", "report"},
		{"PGOPTIONS", []string{"PGOPTIONS=-c statement_timeout=5s -c search_path=crm -c pgscrim.purpose=churn_model"},
			[]string{strings.ReplaceAll(s.as("ana"), "&options=-c%20pgscrim.notices%3Doff", "")}, "SHOW statement_timeout; SHOW search_path; SHOW pgscrim.purpose", "5s\ncrm\nchurn_model"},
		{"PGTZ", []string{"PGTZ=Asia/Tokyo", "PGDATESTYLE=German"}, []string{s.as("ana")}, "SHOW timezone; SELECT date '2020-02-01'", "Asia/Tokyo\n01.02.2020"},
		{"no TLS here", nil, []string{strings.ReplaceAll(s.as("ana"), "sslmode=disable", "sslmode=require")}, "SELECT 1",
			"psql: error: connection to server at \"" + host + "\", port " + port + " failed: server does not support SSL, but SSL was required"},
		{"channel binding", nil, []string{s.as("ana", "channel_binding=prefer")}, "SELECT 1", "1"},
		{"wrong password", nil, []string{strings.Replace(s.as("ana"), ":ana@", ":anna@", 1)}, "SELECT 1",
			"psql: error: connection to server at \"" + host + "\", port " + port + " failed: FATAL:  password authentication failed for user \"ana\""},
		{"no such user", nil, []string{strings.Replace(s.as("ana"), "ana:", "nobody:", 1)}, "SELECT 1",
			"psql: error: connection to server at \"" + host + "\", port " + port + " failed: FATAL:  password authentication failed for user \"nobody\""},
		{"no such database", nil, []string{strings.Replace(s.as("ana"), "/"+s.database, "/nosuch", 1)}, "SELECT 1",
			"psql: error: connection to server at \"" + host + "\", port " + port + " failed: FATAL:  database \"nosuch\" does not exist"},
		{"no such setting", nil, []string{s.as("ana", "options=-c%20nosuch%3D1")}, "SELECT 1",
			"psql: error: connection to server at \"" + host + "\", port " + port + " failed: FATAL:  unrecognized configuration parameter \"nosuch\"" +
				"\nconnection to server at \"" + host + "\", port " + port + " failed: FATAL:  unrecognized configuration parameter \"nosuch\""}, // it tries twice
	} {
		t.Run(test.name, func(t *testing.T) {
			got := psqlWith(t, test.env, test.script, append([]string{"-At"}, test.args...)...)
			if got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}
