package rewritetest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rewrite/rewritetest"
	"github.com/pgscrim/pgscrim/rules"
)

// What is put into each constant and comment of a text.
const (
	wordMark   = "zqxw"
	numberMark = "7700"
)

// markable finds parameters and names with digits, which stay as they are, strings and numbers.
var markable = regexp.MustCompile(`\$\d+|"[^"]*"|[A-Za-z_]\w*|'[^']*'|\d+`)

// marked puts marks into the constants of a text, and comments with marks around it.
func marked(sql string) string {
	body := markable.ReplaceAllStringFunc(sql, func(word string) string {
		switch {
		case word[0] == '\'':
			return word[:len(word)-1] + wordMark + "'"
		case word[0] >= '0' && word[0] <= '9':
			return numberMark + word
		}
		return word
	})
	return "-- " + wordMark + "\n/* " + wordMark + " */ " + body + " /* " + wordMark + " */"
}

// TestLiterals has the golden statements, and what is left of them when they are cut off, with a mark in each constant: no mark may come
// through to what is recorded of a statement or of its refusal.
func TestLiterals(t *testing.T) {
	schema, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	snap, err := catalog.Load(t.Context(), connect(t, clustertest.DSN(t, string(schema)), nil))
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
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	runner := &rewritetest.Runner{Rewriter: rw}
	readable, unreadable := 0, 0
	for _, mode := range []string{"hash", "drop"} {
		l, err := rewrite.ParseLiterals(mode)
		if err != nil {
			t.Fatal(err)
		}
		l = l.WithKey([]byte("the mask key of the golden files"))
		check := func(recorded, sql string) {
			if strings.Contains(recorded, wordMark) || strings.Contains(recorded, numberMark) {
				t.Errorf("%s\nis recorded as\n%s", sql, recorded)
			}
		}
		refused := func(r *rewrite.Refusal, text, sql string) {
			if r != nil {
				check(l.Message(r.Message, l.Statement(text)), sql)
			}
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			file, err := rewritetest.Parse(filepath.Base(path), string(src))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range file.Cases {
				c.SQL = marked(c.SQL)
			}
			for _, r := range runner.Run(file) {
				sql := r.Case.SQL
				refused(r.Answer.Refusal, sql, sql)
				for _, st := range r.Answer.Statements {
					check(l.Statement(st.Text), sql)
					check(l.Statement(st.Rewritten), sql)
					refused(st.Refusal, st.Text, sql)
					if strings.Contains(l.Statement(st.Rewritten), "cannot be told") {
						t.Errorf("%s\nis not recorded", st.Rewritten)
					}
				}
				for n := range sql {
					cut := l.Statement(sql[:n])
					check(cut, sql[:n])
					if strings.Contains(cut, "cannot be told") {
						unreadable++
					} else {
						readable++
					}
				}
			}
		}
	}
	if readable < 10_000 || unreadable < 1000 {
		t.Errorf("%d texts were readable, %d were not: the test has lost its meaning", readable, unreadable)
	}
	t.Logf("%d texts were readable, %d were not", readable, unreadable)
}
