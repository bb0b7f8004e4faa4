package rewrite

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	pg_query "github.com/pganalyze/pg_query_go/v5"
)

var update = flag.Bool("update", false, "write docs/sql.md")

// referencePath is the page that says what becomes of each kind of statement.
const referencePath = "../docs/sql.md"

// TestReference keeps the manual's page equal to the tables in the code.
func TestReference(t *testing.T) {
	want := reference()
	if *update {
		if err := os.WriteFile(referencePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(have)); diff != "" {
		t.Errorf("%s lags the code; go test ./rewrite -run TestReference -update writes it (-want +have):\n%s", referencePath, diff)
	}
}

// TestEveryKind checks that the table of statement kinds has each statement of the grammar once.
func TestEveryKind(t *testing.T) {
	counts := map[string]int{"rawstmt": 1, "setoperationstmt": 1, "returnstmt": 1, "plassignstmt": 1, "replicaidentitystmt": 1} // parts of others
	for _, k := range StatementKinds() {
		counts[strings.ToLower(strings.TrimPrefix(k.node.Elem().Name(), "Node_"))]++
		if (k.handle == nil) != (k.Treatment == Refused) {
			t.Errorf("%s: a kind is refused if, and only if, nothing handles it", k.Name)
		}
		if k.Treatment == Refused && k.Remark == "" {
			t.Errorf("%s: refused without a reason", k.Name)
		}
	}
	nodes := (&pg_query.Node{}).ProtoReflect().Descriptor().Oneofs().Get(0).Fields()
	for i := range nodes.Len() {
		name := strings.ToLower(string(nodes.Get(i).Message().Name()))
		if strings.HasSuffix(name, "stmt") && counts[name] != 1 {
			t.Errorf("%s is %d times in the table of statement kinds", nodes.Get(i).Message().Name(), counts[name])
		}
	}
}

// constructs are all constructs that are refused: TestEveryConstruct sees to it that none is left out.
func constructs() []construct {
	return []construct{
		unknownPart, sampleHere, sampleMethod, sampleHidden, sampleExpression, columnReference,
		tableSpelling, compositeCast, lockingView, selectInside, expressionKind, alterForm,
		alterCascade, alterRename, likeNoTable, likeSandbox, likeDefault, tableConstraint, tableUnnamed, lockNoTable,
		lockView, lockJoin, lockCondition, cursorRow, writeView, writeRules,
		writeUnique, writeForeignKey, writeReferenced, writeSubject, writeNoSubject, writeWith,
		truncateHidden, truncateCascade, copyNoSubject, copyTaken, copyCondition,
	}
}

func TestEveryConstruct(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "construct.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == gotoken.VAR {
			n += len(g.Specs)
		}
	}
	if n != len(constructs()) {
		t.Errorf("construct.go has %d constructs, the manual's page %d", n, len(constructs()))
	}
	for _, c := range constructs() {
		if c.what == "" || c.why == "" {
			t.Errorf("%+v has no reason", c)
		}
	}
}

func reference() string {
	var b strings.Builder
	b.WriteString(`# What becomes of each statement

This page is written from the tables in package rewrite by ` + "`go test ./rewrite -run TestReference -update`" + `, and a test keeps it so.
It is about callers whose roles are not ` + "`access: direct`" + `: for those nothing is rewritten or refused. A refusal has SQLSTATE 0A000 (not
supported) or 42501 (by policy), says why in its DETAIL and what to do instead in its HINT. What is not on this page is refused.

## Kinds of statement

| statement | what becomes of it | how, or why not | instead |
|---|---|---|---|
`)
	treatments := map[Treatment]string{Refused: "refused", Rewritten: "rewritten", Granted: "where granted", Followed: "sent, and followed"}
	for _, k := range StatementKinds() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", k.Name, treatments[k.Treatment], k.Remark, k.Instead)
	}
	b.WriteString("\n## Parts of statements\n\nThese are refused wherever they stand; the verbs stand for names.\n\n| part | why not | instead |\n|---|---|---|\n")
	for _, c := range constructs() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.what, c.why, c.instead)
	}
	b.WriteString(`
## Other entrances

| entrance | what becomes of it |
|---|---|
| function call messages of the protocol | refused: they call a function by its number. Call it in a SELECT. |
| replication connections (` + "`replication=`" + ` at startup) | refused: a second entrance for SQL, and the whole database's changes. |
| large objects (` + "`lo_*`" + `, pg_largeobject) | refused: what is in them belongs to no relation of the policy. |
| two statements in one message of the extended protocol | PostgreSQL's own error. |
| text that the parser, which is PostgreSQL 16's, does not know | the server's parser judges it, without running any of it: its syntax error, or 0A000 with the construct's name. |
`)
	list := func(title, text string, names []string) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", title, text)
		slices.Sort(names)
		b.WriteString("`" + strings.Join(names, "`, `") + "`\n")
	}
	list("Functions", "Functions of pg_catalog that PostgreSQL marks immutable, which compute from their arguments, may be called, and of the others these. "+
		"Functions elsewhere need the policy's `functions`: named, or of a trusted extension.", slices.Collect(maps.Keys(safeFunctions)))
	b.WriteString("\nAmong those that are refused are these:\n\n| function | why it is refused |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(refusedFunctions)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, refusedFunctions[name])
	}
	list("Settings", "`SET` and `set_config` may change these run-time parameters, `enable_*`, names with a prefix of the client's own, `search_path` (without pg_temp), `client_encoding` (to UTF8), `standard_conforming_strings` (to on), `default_tablespace` and `temp_tablespaces` (to an empty string), "+
		"`client_min_messages` (to notice, warning or error), `pgscrim.purpose`, `pgscrim.reason` and `pgscrim.notices`. All others are refused: they would change what statements mean, or who runs them.",
		slices.Collect(maps.Keys(freeSettings)))
	list("System catalogs", "These are shown as they are; views of sessions, locks and cumulative statistics show the session's own rows and no counts of rows. Those of what the server is doing (progress, replication, prepared transactions) show no rows. All others of pg_catalog are refused: they hold values, statements of other sessions, or secrets.",
		slices.Collect(maps.Keys(openCatalogs)))
	return b.String()
}
