package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/proxy/cluster"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
	"github.com/pgscrim/pgscrim/testdata"
)

// stage is what the demo plays on: a database server with the sample CRM, and pgscrim in front of it.
type stage struct {
	dir      string // policy, server file, mask key and audit log
	cluster  *cluster.Cluster
	direct   *pgx.Conn // around pgscrim, as superuser: what is really there
	config   *Config
	instance *instance
}

// The database of the demo, and the ordinary role as which pgscrim reads it.
const (
	demoDatabase = "crm"
	demoRole     = "pgscrim"
)

// newStage sets the stage. What it has made is removed again if it fails.
func newStage(ctx context.Context, opts demoOptions, s *screen, messages io.Writer) (_ *stage, err error) {
	st := &stage{}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.close())
		}
	}()
	s.line("Starting a private PostgreSQL")
	if st.cluster, err = cluster.Start(ctx, cluster.Options{Messages: messages}); err != nil {
		return nil, err
	}
	s.line("Loading the sample CRM: %s customers, %s orders, in 14 markets", thousands(opts.customers), thousands(5*opts.customers))
	password := rand.Text()
	if err := st.load(ctx, opts.customers, password, s); err != nil {
		return nil, err
	}
	s.line("Starting pgscrim")
	if st.dir, err = os.MkdirTemp("", "pgscrim-demo-"); err != nil {
		return nil, err
	}
	listen, err := demoAddress(opts.port)
	if err != nil {
		return nil, err
	}
	if err := writeDemoFiles(st.dir, listen, st.cluster.DSNAs(demoRole, password, demoDatabase)); err != nil {
		return nil, err
	}
	file := filepath.Join(st.dir, "pgscrim.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if st.config, err = new(Config).assemble(file, text, pflag.NewFlagSet("demo", pflag.ContinueOnError)); err != nil {
		return nil, err
	}
	log, err := LogConfig{Level: zerolog.LevelErrorValue, Format: "text"}.newLogger(messages)
	if err != nil {
		return nil, err
	}
	st.instance, err = newInstance(ctx, st.config, log)
	return st, err
}

// load creates the database, fills it, and lets pgscrim's role read it.
func (st *stage) load(ctx context.Context, customers int, password string, s *screen) error {
	admin, err := pgx.Connect(ctx, st.cluster.DSN(""))
	if err != nil {
		return err
	}
	_, err = admin.Exec(ctx, "CREATE DATABASE "+demoDatabase)
	if err := errors.Join(err, admin.Close(ctx)); err != nil {
		return err
	}
	if st.direct, err = pgx.Connect(ctx, st.cluster.DSN(demoDatabase)); err != nil {
		return err
	}
	p := newProgress(s)
	err = sample.Load(ctx, st.direct, sample.Options{Customers: customers, Progress: p.step})
	p.end()
	if err != nil {
		return err
	}
	// The password is letters and digits.
	_, err = st.direct.PgConn().Exec(ctx, fmt.Sprintf(`CREATE ROLE %[1]s LOGIN PASSWORD '%[2]s';
		GRANT USAGE ON SCHEMA crm TO %[1]s; GRANT SELECT ON ALL TABLES IN SCHEMA crm TO %[1]s;
		GRANT INSERT, UPDATE, DELETE ON crm.churn_scores TO %[1]s`, demoRole, password)).ReadAll()
	return err
}

// close clears the stage.
func (st *stage) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var errs []error
	if st.instance != nil {
		// Whoever is busy is cut off: the demo is over.
		grace, cancel := context.WithTimeout(ctx, time.Second)
		if err := st.instance.stop(grace); !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
		cancel()
	}
	if st.direct != nil {
		errs = append(errs, st.direct.Close(ctx))
	}
	if st.cluster != nil {
		errs = append(errs, st.cluster.Stop())
	}
	if st.dir != "" {
		errs = append(errs, os.RemoveAll(st.dir))
	}
	return errors.Join(errs...)
}

// writeDemoFiles writes what a server needs into a folder: the sample's policy and server file, the latter with the
// addresses of this demo, and a new mask key.
func writeDemoFiles(dir, listen, upstream string) error {
	policy, policyErr := fs.ReadFile(testdata.CRM, "crm/policy.yaml")
	server, serverErr := fs.ReadFile(testdata.CRM, "crm/pgscrim.yaml")
	if err := errors.Join(policyErr, serverErr); err != nil {
		return err
	}
	for _, line := range []struct{ key, value string }{{"listen", listen}, {"upstream", upstream}} {
		server = regexp.MustCompile(`(?m)^`+line.key+`: .*$`).ReplaceAllLiteral(server, []byte(line.key+": "+line.value))
	}
	server = regexp.MustCompile(`(?m)^admin: .*\n`).ReplaceAllLiteral(server, nil)
	key := make([]byte, minMaskKeyBytes)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"policy.yaml": policy, "pgscrim.yaml": server, "mask.key": []byte(hex.EncodeToString(key) + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return os.Mkdir(filepath.Join(dir, "audit"), 0o700)
}

// demoAddress returns the address for clients: the port that was asked for, else the usual one if nobody has it, else
// any free one.
func demoAddress(port int) (string, error) {
	candidates := []int{port}
	if port == 0 {
		candidates = []int{6432, 0}
	}
	var errs []error
	for _, port := range candidates {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return l.Addr().String(), l.Close()
		}
		errs = append(errs, err)
	}
	return "", errors.Join(errs...)
}
