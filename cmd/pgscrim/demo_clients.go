package main

import (
	"fmt"
	"net"
	"path/filepath"
)

// showClients shows how to connect with clients of many kinds, in lines to copy.
func (st *stage) showClients(s *screen) {
	host, port, err := net.SplitHostPort(st.instance.addr())
	if err != nil {
		return // an address of our own listener has both
	}
	server := filepath.Join(st.dir, "pgscrim.yaml")
	url := func(user string) string {
		return fmt.Sprintf("postgresql://%[1]s:%[1]s@%[2]s/%[3]s", user, st.instance.addr(), demoDatabase)
	}
	s.title("Try it yourself. The users are ana, milo, mara, sol and dora; each one's password is the name.")
	for _, l := range []struct{ label, line string }{
		{"psql", `psql "` + url("ana") + `" -c "SELECT * FROM crm.customers LIMIT 3"`},
		{"", `PGOPTIONS="-c pgscrim.purpose=churn_model -c pgscrim.reason=CRM-118" psql "` + url("milo") + `"`},
		{"Python", `python3 -c 'import psycopg; print(psycopg.connect("` + url("mara") + `").execute("TABLE crm.customers LIMIT 3").fetchall())'`},
		{"JDBC", fmt.Sprintf("jdbc:postgresql://%s/%s?user=sol&password=sol", st.instance.addr(), demoDatabase)},
		{"Tableau", fmt.Sprintf("Connect > To a Server > PostgreSQL. Server: %s, Port: %s, Database: %s, Username: dora, Password: dora", host, port, demoDatabase)},
		{"around it", `psql "` + st.cluster.DSN(demoDatabase) + `"`},
		{"explain", `pgscrim explain --config ` + server + ` --role analyst --purpose reporting 'TABLE crm.customers'`},
		{"audit", `pgscrim audit tail --config ` + server + ` -f`},
	} {
		s.line("%s%s", s.dim(pad(l.label, 11)), l.line)
	}
}
