package rewrite

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// newestVersion is the newest major version of PostgreSQL that decisions are written down for.
const newestVersion = 18

// TestFunctionDecisions holds what is decided about each function of pg_catalog that does not merely compute from its arguments to
// the list that people have read, for the server's version.
func TestFunctionDecisions(t *testing.T) {
	rw, conn := setup(t)
	rows, err := conn.Query(context.Background(), `SELECT DISTINCT proname::text FROM pg_catalog.pg_proc
		WHERE pronamespace = 'pg_catalog'::regnamespace AND (provolatile <> 'i' OR prokind NOT IN ('f', 'a', 'w'))`)
	if err != nil {
		t.Fatal(err)
	}
	r := &resolver{views: &views{binding: rw.binding}}
	got := map[string]string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		got[name] = "allow"
		for _, f := range rw.snap.Functions(name) {
			switch {
			case f.Name.Schema != "pg_catalog":
			case r.functionRefused(f) != nil:
				got[name] = "refuse"
			case guarded(name):
				got[name] = "guard" // its arguments are looked at
			}
		}
		if got[name] == "allow" && !safeFunctions[name] {
			t.Errorf("function %s is allowed and not among the safe ones", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, volatile := range []byte("sv") {
		later := &catalog.Function{Name: catalog.Name{Schema: "pg_catalog", Name: "of_a_later_version"}, Kind: 'f', Volatile: volatile}
		if r.functionRefused(later) == nil {
			t.Errorf("an unknown function that is %c is allowed", volatile)
		}
	}
	sameDecisions(t, "functions.txt", rw.snap.ServerVersion, got)
}

// TestInputTypes names types in a text, which a server runs the input function of since PostgreSQL 16.
func TestInputTypes(t *testing.T) {
	rw, _ := setup(t)
	if rw.snap.ServerVersion < 160000 {
		return
	}
	for typ, allowed := range map[string]bool{
		"'integer'": true, "'numeric(3,1)'": true, "'Timestamp with time zone'": true, "'crm.customers'": false, "'zip'": false, "email": false, "'int' || '4'": false, "NULL": false,
	} {
		a := rw.Rewrite("SELECT pg_input_is_valid(email, "+typ+") FROM customers", rw.as("analyst"))
		if got := a.Statements[0].Refusal == nil; got != allowed {
			t.Errorf("%s: allowed %v, want %v", typ, got, allowed)
		}
	}
}

// TestRelationDecisions does the same for the relations of pg_catalog and information_schema.
func TestRelationDecisions(t *testing.T) {
	rw, _ := setup(t)
	got := map[string]string{}
	rw.snap.Relations(func(rel *catalog.Relation) {
		if !isSystem(rel) {
			return
		}
		name := rel.Name.Schema + "." + rel.Name.Name
		switch a := rw.Rewrite("SELECT 1 FROM "+name, rw.as("analyst")); {
		case a.Refusal != nil || a.Statements[0].Refusal != nil:
			got[name] = "refuse"
		case a.Statements[0].Decision == Rewrite:
			got[name] = "part" // some rows or columns of it
		default:
			got[name] = "allow"
		}
	})
	sameDecisions(t, "relations.txt", rw.snap.ServerVersion, got)
}

// sameDecisions compares decisions, by name, with those of a file for the server's version. What the file does not name must be
// refused: a version newer than all of the file's has it, or a minor version (15.20 brought a function).
func sameDecisions(t *testing.T, file string, serverVersion int, got map[string]string) {
	t.Helper()
	path := "../testdata/catalog/" + file
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	major := serverVersion / 10000
	ledger := ledgerOf(t, string(text))
	if *update {
		for k := range ledger {
			delete(ledger[k], major)
		}
		for name, decision := range got {
			key := [2]string{name, decision}
			if ledger[key] == nil {
				ledger[key] = map[int]bool{}
			}
			ledger[key][major] = true
		}
		if err := os.WriteFile(path, spell(ledger), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := map[string]string{}
	for key, versions := range ledger {
		if versions[min(major, newestVersion)] {
			want[key[0]] = key[1]
		}
	}
	for name, decision := range got {
		if w, known := want[name]; w != decision && (known || decision != "refuse") {
			t.Errorf("%s of PostgreSQL %d: %s, want %s", name, major, decision, cmp.Or(w, "a line in "+file))
		}
	}
	for name := range want {
		if got[name] == "" && major <= newestVersion && want[name] != "refuse" {
			t.Errorf("%s has %s, which PostgreSQL %d has not", file, name, major)
		}
	}
}

// ledgerOf reads lines of a name, a decision and the major versions that it is about.
func ledgerOf(t *testing.T, text string) map[[2]string]map[int]bool {
	t.Helper()
	ledger := map[[2]string]map[int]bool{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			t.Fatalf("a line without name, decision and versions: %q", line)
		}
		versions := map[int]bool{}
		for _, v := range fields[2:] {
			var n int
			if _, err := fmt.Sscan(v, &n); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			versions[n] = true
		}
		ledger[[2]string{fields[0], fields[1]}] = versions
	}
	return ledger
}

func spell(ledger map[[2]string]map[int]bool) []byte {
	var b bytes.Buffer
	for _, key := range slices.SortedFunc(maps.Keys(ledger), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		if len(ledger[key]) > 0 {
			versions := fmt.Sprint(slices.Sorted(maps.Keys(ledger[key])))
			fmt.Fprintf(&b, "%s %s %s\n", key[0], key[1], strings.Trim(versions, "[]"))
		}
	}
	return b.Bytes()
}
