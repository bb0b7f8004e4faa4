package rewrite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// otherConstants puts other constants of the same classes into a text.
func otherConstants(sql string, constants []constant, random *rand.Rand) string {
	var b strings.Builder
	at := 0
	for _, c := range constants {
		b.WriteString(sql[at:c.start])
		at = c.end
		if random.IntN(4) == 0 { // some stay as they are
			b.WriteString(c.text(sql))
			continue
		}
		switch c.class {
		case classInt4:
			fmt.Fprint(&b, random.IntN(1<<(1+random.IntN(31))))
		case classInt8:
			fmt.Fprint(&b, 1<<31+random.Int64N(1<<58))
		case classNumeric:
			fmt.Fprintf(&b, "%d.%d", random.IntN(1000), random.IntN(1000))
		case classText:
			texts := []string{"", "x", "it''s", "größe 日本", "2024-02-29", "1 day", "%a_b%", "email", "crm.customers", "{1,2}", "on", "-- /* $1", strings.Repeat("long ", 50)}
			fmt.Fprintf(&b, "'%s'", texts[random.IntN(len(texts))])
		}
	}
	b.WriteString(sql[at:])
	return b.String()
}

// checkTemplates answers texts of the same shape as a text, and compares each answer with a fresh one in all fields.
func checkTemplates(t *testing.T, rw *Rewriter, sql string, s Session, random *rand.Rand) {
	t.Helper()
	_, constants, ok := shape(sql, nil, nil)
	if !ok || len(constants) == 0 {
		return
	}
	text := sql
	for range 6 {
		a := rw.Rewrite(text, s)
		fresh, _, _ := rw.answer(text, s)
		if !reflect.DeepEqual(a, fresh) {
			t.Errorf("as %v: %s\nfrom %s\nis answered\n%+v\nfresh is\n%+v", s.Roles, text, sql, a, fresh)
			return
		}
		for i := range []rune(a.SQL) {
			if a.OriginalPosition(i) != fresh.OriginalPosition(i) {
				t.Errorf("%s: position %d is taken to %d, not to %d", text, i, a.OriginalPosition(i), fresh.OriginalPosition(i))
				return
			}
		}
		text = otherConstants(sql, constants, random)
	}
}

// seed makes the tests with other constants repeatable: PGSCRIM_SEED has another one.
func seed(t testing.TB) *rand.Rand {
	n := uint64(1)
	if text := os.Getenv("PGSCRIM_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
	}
	return rand.New(rand.NewPCG(n, n))
}

// TestTemplatesAnswerGoldens answers the goldens with other constants.
func TestTemplatesAnswerGoldens(t *testing.T) {
	rw, _ := setup(t)
	random := seed(t)
	for i, sql := range goldenSQL(t) {
		for _, roles := range [][]string{fuzzRoles[i%len(fuzzRoles)], {"chief"}} {
			checkTemplates(t, rw, sql, rw.as(roles...), random)
		}
	}
	reportTemplates(t, rw)
}

// TestTemplatesAnswerCorpora answers the statements of the oracles with other constants.
func TestTemplatesAnswerCorpora(t *testing.T) {
	rw := oracleRewriter(t)
	random := seed(t)
	callers := []struct{ role, purpose string }{{"analyst", "reporting"}, {"miner", "churn_model"}, {"marketer", "campaign"}, {"support", "customer_service"}, {"dpo", "reporting"}}
	for i, sql := range oracleSQL(t) {
		c := callers[i%len(callers)]
		s := Session{Roles: []string{c.role}, Settings: NewSettings(Values{SearchPath: "crm, public", Purpose: c.purpose})}
		checkTemplates(t, rw, sql, s, random)
	}
	reportTemplates(t, rw)
}

func reportTemplates(t *testing.T, rw *Rewriter) {
	t.Helper()
	s := rw.CacheStats()
	t.Logf("%+v", s)
	if s.Template < s.Misses/8 || s.Faults > 0 {
		t.Errorf("templates answer too little: %+v", s)
	}
}

// oracleRewriter has the policy and the database of the oracles.
func oracleRewriter(t testing.TB) *Rewriter {
	t.Helper()
	ctx := context.Background()
	lab, err := os.ReadFile("../testdata/oracle/lab/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, clustertest.DSN(t))
	if err := sample.Load(ctx, conn, sample.Options{Customers: 100}); err != nil {
		t.Fatal(err)
	}
	schema := string(lab)
	if version := conn.PgConn().ParameterStatus("server_version"); version < "15" { // types that elder servers do not have
		schema = strings.NewReplacer("numeric(4,-2)", "numeric(9)", "datemultirange", "text").Replace(schema)
	}
	if _, err := conn.PgConn().Exec(ctx, schema).ReadAll(); err != nil {
		t.Fatal(err)
	}
	snap, err := catalog.Load(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rules.LoadFile("../testdata/oracle/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rw, err := New(policy, snap, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rw
}

var directive = regexp.MustCompile(`(?m)^--!.*\n?`)

// oracleSQL reads the messages of the oracles' corpora.
func oracleSQL(t testing.TB) (texts []string) {
	t.Helper()
	for _, pattern := range []string{"*.sql", "attacks/*.sql"} {
		paths, err := filepath.Glob("../testdata/oracle/" + pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no corpus: %v", err)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, paragraph := range strings.Split(string(src), "\n\n") {
				texts = append(texts, strings.Split(directive.ReplaceAllString(paragraph, ""), "\n--;\n")...)
			}
		}
	}
	return texts
}
