package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
	"github.com/pgscrim/pgscrim/testdata"
)

// The database that is measured, and the ordinary role as which proxies and direct clients use it.
const (
	database = "crm"
	role     = "pgscrim"
)

// site is a private PostgreSQL with the sample CRM and pgbench's tables in it, and the proxies in front of it.
type site struct {
	dir       string
	cluster   *cluster.Cluster
	address   string // host:port of the cluster
	password  string // of role
	customers int
	// postmaster is the process that all others of the server are children of.
	postmaster int
	accounts   int    // rows of pgbench_accounts, 0 if there is none
	tables     string // what the policy says of tables that the sample does not have
	processes  []*process
	profiles   string // a folder for CPU profiles of pgscrim, empty: none
}

// newSite starts PostgreSQL and loads it. scale is pgbench's: so many times 100,000 accounts; 0 leaves them out.
func newSite(ctx context.Context, customers, scale int, messages io.Writer) (_ *site, err error) {
	st := &site{password: rand.Text(), customers: customers, accounts: scale * accountsPerScale}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.close())
		}
	}()
	if st.dir, err = os.MkdirTemp("", "pgscrim-bench-"); err != nil {
		return nil, err
	}
	if err = os.Chmod(st.dir, 0o755); err != nil { // PgBouncer runs as another user
		return nil, err
	}
	fmt.Fprintf(messages, "Starting a private PostgreSQL with %d customers and %d accounts\n", customers, st.accounts)
	if st.cluster, err = cluster.Start(ctx, cluster.Options{Messages: messages}); err != nil {
		return nil, err
	}
	u, err := url.Parse(st.cluster.DSN(""))
	if err != nil {
		return nil, err
	}
	st.address = u.Host
	if st.postmaster, err = st.findPostmaster(ctx); err != nil {
		return nil, err
	}
	if err = st.load(ctx, scale); err != nil {
		return nil, err
	}
	return st, st.makeViews(ctx)
}

// accountsPerScale is the number of rows of pgbench_accounts for each unit of pgbench's scale.
const accountsPerScale = 100_000

func (st *site) load(ctx context.Context, scale int) error {
	if err := st.exec(ctx, "", "CREATE DATABASE "+database); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, st.cluster.DSN(database))
	if err != nil {
		return err
	}
	err = sample.Load(ctx, conn, sample.Options{Customers: st.customers})
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return err
	}
	if scale > 0 {
		st.tables = "  public.pgbench_accounts: {}\n"
		cmd := exec.CommandContext(ctx, st.program("pgbench"), "-i", "-q", "-s", strconv.Itoa(scale), st.cluster.DSN(database))
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("pgbench -i: %w\n%s", err, out)
		}
	}
	// The password is letters and digits.
	return st.exec(ctx, database, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", role, st.password), grants("crm"), grants("public"))
}

func grants(schema string) string {
	return fmt.Sprintf("GRANT USAGE ON SCHEMA %[1]s TO %[2]s; GRANT SELECT ON ALL TABLES IN SCHEMA %[1]s TO %[2]s", schema, role)
}

// exec runs SQL texts as superuser.
func (st *site) exec(ctx context.Context, db string, texts ...string) error {
	conn, err := pgx.Connect(ctx, st.cluster.DSN(db))
	if err != nil {
		return err
	}
	for _, sql := range texts {
		if _, err = conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			break
		}
	}
	return errors.Join(err, conn.Close(ctx))
}

// program returns the path of a client program that belongs to the server, else its name for PATH.
func (st *site) program(name string) string {
	if path := filepath.Join(st.cluster.BinDir(), name); st.cluster.BinDir() != "" {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return name
}

// single asks the server, as superuser, for one value.
func (st *site) single(ctx context.Context, sql string, args ...any) (value string, err error) {
	conn, err := pgx.Connect(ctx, st.cluster.DSN(""))
	if err != nil {
		return "", err
	}
	err = conn.QueryRow(ctx, sql, args...).Scan(&value)
	return value, errors.Join(err, conn.Close(ctx))
}

// verifier returns what the server keeps of the role's password. With it PgBouncer need not derive it for every login.
func (st *site) verifier(ctx context.Context) (string, error) {
	return st.single(ctx, "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1", role)
}

// findPostmaster asks the server for its process.
func (st *site) findPostmaster(ctx context.Context) (int, error) {
	dir, err := st.single(ctx, "SHOW data_directory")
	if err != nil {
		return 0, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	return strconv.Atoi(first)
}

// deployment is what a pgscrim is started from: a folder with its configuration, where its audit log will be, and addresses.
type deployment struct {
	dir, address, admin, durability string
	environment                     []string // NAME=value, beyond the process's
}

// deploy writes the sample's policy and server file.
func (st *site) deploy(durability string) (d *deployment, err error) {
	d = &deployment{durability: durability}
	if d.dir, err = os.MkdirTemp(st.dir, "pgscrim-"+durability+"-"); err != nil {
		return nil, err
	}
	if err := st.writeConfiguration(d.dir); err != nil {
		return nil, err
	}
	if d.address, err = freeAddress(); err != nil {
		return nil, err
	}
	d.admin, err = freeAddress()
	return d, err
}

// audit is the folder of the audit log.
func (d *deployment) audit() string { return filepath.Join(d.dir, "audit") }

// command is the command that serves.
func (st *site) command(binary string, d *deployment) *exec.Cmd {
	cmd := exec.Command(binary, "serve", "--config", filepath.Join(d.dir, "pgscrim.yaml"), "--listen", d.address, "--admin", d.admin,
		"--upstream", st.cluster.DSNAs(role, st.password, database), "--log-level", "error")
	if st.profiles != "" {
		cmd.Args = append(cmd.Args, "--cpu-profile", filepath.Join(st.profiles, d.durability+".pprof"))
	}
	cmd.Env = append(append(os.Environ(), "PGSCRIM_AUDIT_DURABILITY="+d.durability), d.environment...)
	return cmd
}

// startPgscrim starts the binary with the sample's policy and server file. The folder that it returns holds the
// audit log.
func (st *site) startPgscrim(ctx context.Context, binary, durability string) (p *process, address, audit string, err error) {
	d, err := st.deploy(durability)
	if err != nil {
		return nil, "", "", err
	}
	if p, err = startProcess(ctx, "pgscrim "+durability, d.admin, isReady, st.command(binary, d), nil); err != nil {
		return nil, "", "", err
	}
	st.processes = append(st.processes, p)
	return p, d.address, d.audit(), nil
}

// writeConfiguration writes the sample's policy and server file into a folder, and a new mask key. The policy names
// the other tables, too: nothing personal is in them.
func (st *site) writeConfiguration(dir string) error {
	policy, policyErr := fs.ReadFile(testdata.CRM, "crm/policy.yaml")
	server, serverErr := fs.ReadFile(testdata.CRM, "crm/pgscrim.yaml")
	if err := errors.Join(policyErr, serverErr); err != nil {
		return err
	}
	policy = bytes.Replace(policy, []byte("\ntables:\n"), []byte("\ntables:\n"+st.tables), 1)
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	for name, content := range map[string][]byte{
		"policy.yaml": policy, "pgscrim.yaml": server, "mask.key": []byte(hex.EncodeToString(key) + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// close stops what was started and removes what was written.
func (st *site) close() error {
	var errs []error
	for _, p := range st.processes {
		errs = append(errs, p.stop(syscall.SIGTERM))
	}
	if st.cluster != nil {
		errs = append(errs, st.cluster.Stop())
	}
	if st.dir != "" {
		errs = append(errs, os.RemoveAll(st.dir))
	}
	return errors.Join(errs...)
}
