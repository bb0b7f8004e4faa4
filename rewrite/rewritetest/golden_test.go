package rewritetest_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rewrite/rewritetest"
	"github.com/pgscrim/pgscrim/rules"
)

var update = flag.Bool("update", false, "write what comes out into the golden files")

func TestMain(m *testing.M) { clustertest.Main(m) }

const dir = "../../testdata/rewrite"

// TestGolden runs the golden files, and what is accepted on PostgreSQL too.
func TestGolden(t *testing.T) {
	ctx := context.Background()
	schema, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	dsn := clustertest.DSN(t, string(schema))
	conn := connect(t, dsn, nil)
	snap, err := catalog.Load(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rules.LoadFile(filepath.Join(dir, "policy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	rw, err := rewrite.New(policy, snap, rewrite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := snap.ServerVersion/10000 != goldenVersion
	neutral := func(r *rewritetest.Result, text string) string { return neutralText(snap, r, text) }
	runner := &rewritetest.Runner{Rewriter: rw, Normalize: normalizer(snap, policy)}
	settings := rewrite.KeySettings([]byte("the mask key of the golden files"))
	settings["statement_timeout"] = "10s"
	for _, name := range []string{"purpose", "reason", "notices", "caller", "roles", "policy"} {
		settings["pgscrim."+name] = "x"
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			file, err := rewritetest.Parse(filepath.Base(path), string(src))
			if err != nil {
				t.Fatal(err)
			}
			results := runner.Run(file)
			server := connect(t, dsn, settings)
			for _, r := range results {
				if !r.Passed() && !*update && (!elsewhere || neutral(r, r.Got) != neutral(r, r.Case.Expected)) {
					t.Errorf("%s:%d: %s\n%s\n-want +got:\n%s", file.Path, r.Case.Line, r.Case.Name, r.Case.SQL, cmp.Diff(r.Case.Expected, r.Got))
				}
				if path, ok := file.Value(r.Case, "search_path"); ok {
					if _, err := server.PgConn().Exec(ctx, "SET search_path = "+path).ReadAll(); err != nil {
						t.Fatal(err)
					}
				}
				if msg := sameShape(ctx, server, r); msg != "" {
					t.Errorf("%s:%d: %s\n%s\nis sent as\n%s\n%s", file.Path, r.Case.Line, r.Case.Name, r.Case.SQL, r.Answer.SQL, msg)
				}
			}
			if *update {
				rewritetest.Update(results)
				if err := os.WriteFile(path, []byte(file.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func connect(t *testing.T, dsn string, settings map[string]string) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range settings {
		cfg.RuntimeParams[k] = v
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn
}

// normalizer puts names in place of the OIDs of relations, and of the policy's digest.
func normalizer(snap *catalog.Snapshot, policy *rules.Policy) func(string) string {
	number := regexp.MustCompile(`\b\d{5,}\b`)
	return func(s string) string {
		s = strings.ReplaceAll(s, policy.Digest, "sha256:...")
		return number.ReplaceAllStringFunc(s, func(digits string) string {
			var oid uint32
			if _, err := fmt.Sscan(digits, &oid); err == nil {
				if rel := snap.RelationByOID(oid); rel != nil {
					return fmt.Sprintf("<%s.%s>", rel.Name.Schema, rel.Name.Name)
				}
			}
			return digits
		})
	}
}

// goldenVersion is the major version of the PostgreSQL that the golden files are written on. What they say of views and of
// catalogs contains texts of the server's, which another version spells otherwise.
const goldenVersion = 15

// neutralText takes out of a case's text what the server's version makes different: the qualifiers in the definitions of views, which
// PostgreSQL 16 leaves away where they name the only relation, and columns of catalogs that not all versions have.
func neutralText(snap *catalog.Snapshot, r *rewritetest.Result, text string) string {
	text = newColumns.ReplaceAllString(text, "")
	for _, s := range r.Answer.Statements {
		for _, name := range s.Relations {
			schema, relation, _ := strings.Cut(name, ".")
			if rel := snap.Relation(schema, relation); rel != nil && rel.Kind == catalog.View {
				return qualifiers.ReplaceAllString(text, "")
			}
		}
	}
	return text
}

var (
	qualifiers = regexp.MustCompile(`\b\w+\.`)
	newColumns = regexp.MustCompile(`, (CASE WHEN r\.c1 THEN s\.\w+ ELSE '0'::pg_catalog\.int4 END AS |NULL::pg_catalog\.\w+ AS |s\.)?` +
		`"(query_id|relallfrozen|last_seq_scan|last_idx_scan|n_tup_newpage_upd|total_(auto)?(vacuum|analyze)_time|` +
		`(session|active|idle_in_transaction)_time|sessions(_abandoned|_fatal|_killed)?|parallel_workers_(to_launch|launched))"`)
)

// sameShape runs the client's text and what is sent for it, and says what differs in the results' columns, tags
// and errors. Rows may differ: that is what masks are for.
func sameShape(ctx context.Context, conn *pgx.Conn, r *rewritetest.Result) string {
	if r.Answer.Refusal != nil || slices.ContainsFunc(r.Answer.Statements, func(s rewrite.Statement) bool {
		return s.Refusal != nil || s.Kind == rewrite.KindCopyFrom // which waits for data; clienttest sends some
	}) {
		return ""
	}
	run := func(sql string) ([]string, *pgconn.PgError, error) {
		results, err := shape(ctx, conn, sql)
		var pgErr *pgconn.PgError
		if errors.As(err, &pgErr) {
			err = nil
		}
		if err == nil {
			_, err = conn.PgConn().Exec(ctx, "ROLLBACK; CLOSE ALL; DEALLOCATE ALL; UNLISTEN *").ReadAll()
		}
		return results, pgErr, err
	}
	want, wantErr, err := run(r.Case.SQL)
	if err != nil {
		return err.Error()
	}
	got, gotErr, err := run(r.Answer.SQL)
	if err != nil {
		return err.Error()
	}
	switch {
	case wantErr == nil && gotErr != nil:
		return fmt.Sprintf("fails: %s %s at %d", gotErr.Code, gotErr.Message, gotErr.Position)
	case wantErr != nil && gotErr == nil:
		return fmt.Sprintf("does not fail: %s %s", wantErr.Code, wantErr.Message)
	case wantErr != nil && (wantErr.Code != gotErr.Code || wantErr.Message != gotErr.Message):
		return fmt.Sprintf("fails otherwise: %s %s, not %s %s", gotErr.Code, gotErr.Message, wantErr.Code, wantErr.Message)
	case wantErr != nil && r.Answer.OriginalPosition(int(gotErr.Position)) != int(wantErr.Position):
		return fmt.Sprintf("fails at %d, not at %d: %s", r.Answer.OriginalPosition(int(gotErr.Position)), wantErr.Position, wantErr.Message)
	case strings.Contains(r.Case.Name, "left out"):
		return "" // the columns are not those of the client's text
	}
	return cmp.Diff(want, got)
}

// shape runs a text and describes its results: their columns, and their command tags without row counts, which hidden
// rows change. A SELECT may stand for SHOW, whose tag the proxy puts back.
func shape(ctx context.Context, conn *pgx.Conn, sql string) (results []string, err error) {
	all := conn.PgConn().Exec(ctx, sql)
	for all.NextResult() {
		r := all.ResultReader()
		var columns []string
		for _, f := range r.FieldDescriptions() {
			columns = append(columns, fmt.Sprintf("%s %d(%d)", f.Name, f.DataTypeOID, f.TypeModifier))
		}
		tag, err := r.Close()
		if err != nil {
			break // Close reports it again
		}
		word := strings.TrimRight(tag.String(), "0123456789 ")
		if word == "SHOW" {
			word = "SELECT"
		}
		results = append(results, word+" "+strings.Join(columns, ", "))
	}
	return results, all.Close()
}
