package rewrite

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// goldenSQL reads the SQL texts of the golden files.
func goldenSQL(t testing.TB) (texts []string) {
	t.Helper()
	paths, err := filepath.Glob("../testdata/rewrite/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range strings.Split(string(src), "\n=== ")[1:] {
			_, rest, _ := strings.Cut(c, "\n\n")
			sql, _, found := strings.Cut(rest, "\n----")
			if !found {
				t.Fatalf("%s: no SQL in %.40q", path, c)
			}
			texts = append(texts, sql)
		}
	}
	return texts
}

var fuzzRoles = [][]string{{"analyst"}, {"marketer"}, {"support"}, {"chief"}, {"analyst", "support"}, {"guest"}, nil}

// FuzzRewrite rewrites any text for any caller.
func FuzzRewrite(f *testing.F) {
	for i, sql := range goldenSQL(f) {
		f.Add(sql, uint8(i))
	}
	rw, _ := setup(f)
	f.Fuzz(func(t *testing.T, sql string, caller uint8) {
		s := rw.as(fuzzRoles[int(caller)%len(fuzzRoles)]...)
		if fault := checkAnswer(rw, sql, s); fault != "" {
			t.Error(fault)
		}
	})
}

// TestGoldensKeepInvariants checks every golden for every caller.
func TestGoldensKeepInvariants(t *testing.T) {
	rw, _ := setup(t)
	for _, sql := range goldenSQL(t) {
		for _, roles := range fuzzRoles {
			if fault := checkAnswer(rw, sql, rw.as(roles...)); fault != "" {
				t.Errorf("%v: %s: %s", roles, sql, fault)
			}
		}
	}
}

// checkAnswer says what is wrong with the answer to a text, whatever the text.
func checkAnswer(rw *Rewriter, sql string, s Session) string {
	a := rw.Rewrite(sql, s)
	fresh, _, _ := rw.answer(sql, s)
	fresh.Policy, fresh.Catalog = rw.Versions()
	if !reflect.DeepEqual(a, fresh) {
		return "the cached answer differs from a fresh one"
	}
	switch {
	case a.Unknown != nil && (a.Refusal == nil || a.SQL != `SELECT "`+unparsedMarker+`".x; `+sql):
		return fmt.Sprintf("a text for the server's parser is sent as %q", a.SQL)
	case a.Refusal != nil && (a.Unknown == nil && a.SQL != refusedText || len(a.Statements) != 0 || a.Refusal.Code == ""):
		return fmt.Sprintf("a refusal of the whole is sent as %q", a.SQL)
	case a.Refusal != nil:
		if a.Refusal.Code == "XX000" {
			return "the rewriter has found a fault of its own: " + a.Refusal.Detail
		}
		return ""
	case !a.Changed && a.SQL != sql:
		return fmt.Sprintf("unchanged, but sent as %q", a.SQL)
	}
	before, refusal := parse(sql, defaultMaxStatementBytes)
	if refusal != nil {
		return "what does not parse is answered"
	}
	after, refusal := parse(a.SQL, 1<<30)
	if refusal != nil {
		return fmt.Sprintf("%q does not parse: %s", a.SQL, refusal.Message)
	}
	sent := 0
	for i := range a.Statements {
		sent += max(1, a.Statements[i].Steps.Sent)
	}
	if len(before.stmts) != len(a.Statements) || sent != len(after.stmts) {
		return fmt.Sprintf("%d statements become %d, described are %d as %d", len(before.stmts), len(after.stmts), len(a.Statements), sent)
	}
	inside, rest := spans(a.edits), after.stmts
	for i := range a.Statements {
		st := &a.Statements[i]
		own := rest[:max(1, st.Steps.Sent)]
		rest = rest[len(own):]
		switch {
		case st.Refusal != nil:
			if !strings.Contains(st.Rewritten, st.Refusal.Marker) || st.Refusal.Marker == "" || st.Effect != (Effect{}) || st.Decision == Pass || st.Decision == Rewrite {
				return fmt.Sprintf("statement %d is refused as %+v", i+1, st)
			}
			continue
		case st.Decision == Deny || st.Decision == Error:
			return fmt.Sprintf("statement %d is %s without a refusal", i+1, st.Decision)
		case st.Text != st.Rewritten && !a.Changed:
			return "a statement is changed in an unchanged string"
		}
		if w, g := parameters(before, before.stmts[i]), parameters(after, own[0]); len(own) == 1 && !slices.Equal(w, g) {
			return fmt.Sprintf("parameters %v become %v", w, g)
		}
		for _, raw := range own {
			if name := rw.unprotected(raw, inside, s, st); name != "" {
				return fmt.Sprintf("%s is read outside a fragment: %s", name, a.SQL)
			}
		}
	}
	return ""
}

// parameters lists the parameters of a statement.
func parameters(p *parsed, raw *pg_query.RawStmt) (out []string) {
	from, to := p.bounds(raw)
	for _, t := range p.tokens {
		if name := p.src[t.start:t.end]; t.kind == pg_query.Token_PARAM && t.start >= from && t.end <= to && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// unprotected walks the whole parse tree, whatever its nodes, and names a relation outside the fragments that the policy
// changes for the caller. It knows nothing of how the rewriter walks.
func (r *Rewriter) unprotected(raw *pg_query.RawStmt, inside [][2]int, s Session, st *Statement) (found string) {
	var relations []*pg_query.RangeVar
	written := map[*pg_query.RangeVar]bool{} // what a statement writes stands there itself
	ctes := map[string]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() {
				return
			}
			switch x := v.Interface().(type) {
			case *pg_query.LockStmt: // reads nothing
				return
			case *pg_query.RangeVar:
				relations = append(relations, x)
			case *pg_query.CommonTableExpr:
				ctes[x.Ctename] = true
			case *pg_query.InsertStmt:
				written[x.Relation] = true
			case *pg_query.UpdateStmt:
				written[x.Relation] = true
			case *pg_query.DeleteStmt:
				written[x.Relation] = true
			case *pg_query.MergeStmt:
				written[x.Relation] = true
			}
			walk(v.Elem())
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		default: // values
		}
	}
	walk(reflect.ValueOf(raw))
	plan := r.planFor(newCaller(s.Roles, st.Purpose))
	for _, rv := range relations {
		at := int(rv.Location)
		if written[rv] || rv.Schemaname == "" && ctes[rv.Relname] || slices.ContainsFunc(inside, func(s [2]int) bool { return s[0] <= at && at < s[1] }) {
			continue
		}
		for _, schema := range []string{rv.Schemaname, "crm", "staff", "public"} {
			rel := r.snap.Relation(schema, rv.Relname)
			if rel == nil || rv.Schemaname != "" && schema != rv.Schemaname {
				continue
			}
			if e := r.entries[rel.OID]; e != nil && !plan(e).trivial && slices.Contains(st.Relations, display(rel)) {
				return display(rel)
			}
		}
	}
	return ""
}
