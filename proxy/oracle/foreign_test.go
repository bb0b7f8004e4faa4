//go:build clients

package oracle

import (
	"context"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// programs are the clients of other languages in testdata/clients, and what runs them. `make test-clients` installs that.
var programs = []struct {
	name    string
	command []string
}{
	{"node-postgres, postgres.js", []string{"node", "node_client.js"}},
	{"JDBC", []string{"java", "-Duser.timezone=UTC", "-cp", "/usr/share/java/postgresql.jar", "Jdbc.java"}},
	{"psycopg2", []string{"/usr/bin/python3", "psycopg2_client.py"}},
	{"psycopg", []string{"/usr/bin/python3", "psycopg3_client.py"}},
	{"asyncpg", []string{"/usr/bin/python3", "asyncpg_client.py"}},
	{"SQLAlchemy, pandas", []string{"/usr/bin/python3", "sqlalchemy_client.py"}},
	{"psqlODBC", []string{"/usr/bin/python3", "odbc_client.py"}},
	{"DBD::Pg", []string{"/usr/bin/perl", "DBI.pl"}},
	{"PHP", []string{"/usr/bin/php", "pdo.php"}},
	{"Ruby", []string{"/usr/bin/ruby", "ruby_client.rb"}},
}

// TestForeignClients runs each program twice, through the proxy and around it, and compares all that it prints: what it reads
// of the data with the visible database, and what it reads of the catalog with the database itself.
func TestForeignClients(t *testing.T) {
	w := newWorld(t)
	c := callers()[0]
	raw := w.copy(t)
	through := serve(t, raw, c.policyFile(), users(c))(c.name)
	visible := w.visible(t, c, c.reference(t))
	for _, p := range programs {
		for part, reference := range map[string]string{"data": visible, "catalog": raw} {
			t.Run(p.name+"/"+part, func(t *testing.T) {
				want, got := runProgram(t, p.command, part, reference), runProgram(t, p.command, part, through)
				for i := range max(len(got), len(want)) {
					if i >= len(got) || i >= len(want) || got[i] != want[i] {
						t.Fatalf("line %d:\n got  %s\n want %s", i+1, lineAt(got, i), lineAt(want, i))
					}
				}
			})
		}
	}
}

// TestDump compares what pg_dump makes of the caller's visible database through the proxy and around it.
func TestDump(t *testing.T) {
	w := newWorld(t)
	c := callers()[0]
	through, visible := serve(t, w.copy(t), c.policyFile(), users(c))(c.name), w.visible(t, c, c.reference(t))
	for _, options := range [][]string{
		{"--table=crm.stores"}, {"--data-only", "--table=crm.orders*"}, {"--data-only", "--inserts", "--table=crm.leads"}, {"--data-only", "--column-inserts", "--rows-per-insert=7", "--table=lab.visits"},
		{"--data-only", "--enable-row-security", "--table=crm.marketing_events"}, {"--schema-only", "--schema=crm"}, {"--data-only", "--schema=crm", "--exclude-table-data=crm.customers"},
	} {
		t.Run(strings.Join(options, " "), func(t *testing.T) {
			want, got := dump(t, visible, options), dump(t, through, options)
			if slices.Contains(options, "--schema-only") { // the visible database has columns less
				want = dump(t, w.copy(t), options)
			}
			for i := range max(len(got), len(want)) {
				if lineAt(got, i) != lineAt(want, i) {
					t.Fatalf("line %d:\n got  %s\n want %s", i+1, lineAt(got, i), lineAt(want, i))
				}
			}
		})
	}
}

// dump runs pg_dump. Rows come in no order, so the lines are sorted.
func dump(t *testing.T, dsn string, options []string) []string {
	t.Helper()
	cmd := osexec.CommandContext(t.Context(), "pg_dump", append(options[:len(options):len(options)], "--dbname="+dsn)...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, cut(complaints.String()))
	}
	lines := slices.DeleteFunc(strings.Split(string(out), "\n"), func(line string) bool {
		return strings.HasPrefix(line, `\restrict`) || strings.HasPrefix(line, `\unrestrict`) // with a random key
	})
	slices.Sort(lines)
	return lines
}

func lineAt(lines []string, i int) string {
	if i >= len(lines) {
		return "nothing"
	}
	return cut(lines[i])
}

// runProgram runs a client against an address and returns the lines that it prints.
func runProgram(t *testing.T, command []string, part, dsn string) []string {
	t.Helper()
	folder, err := filepath.Abs("../../testdata/clients")
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := osexec.CommandContext(ctx, command[0], append(command[1:len(command):len(command)], part, filepath.Join(folder, "queries.txt"))...)
	cmd.Dir = folder
	var complaints strings.Builder
	cmd.Stderr = &complaints
	cmd.Env = append(os.Environ(), "PGHOST="+cfg.Host, "PGPORT="+strconv.Itoa(int(cfg.Port)), "PGUSER="+cfg.User, "PGPASSWORD="+cfg.Password, "PGDATABASE="+cfg.Database,
		"PGSSLMODE=disable", "TZ=UTC", "LC_ALL=C.UTF-8", "NODE_PATH="+filepath.Join(folder, "node_modules"))
	out, err := cmd.Output()
	if err != nil {
		printed := string(out)
		t.Fatalf("%s: %v\n%s\nafter %s", strings.Join(cmd.Args, " "), err, cut(complaints.String()), printed[max(0, len(printed)-300):])
	}
	return strings.Split(strings.ReplaceAll(string(out), cfg.Database, "the_database"), "\n")
}
