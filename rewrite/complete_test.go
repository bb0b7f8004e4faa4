package rewrite

import (
	"strings"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// TestMissed leaves out of a walk each node in turn that has to be looked at.
func TestMissed(t *testing.T) {
	tree, err := pg_query.Parse("WITH c AS (SELECT a FROM t) SELECT max(x::int) + 1 FROM c, LATERAL (SELECT * FROM u WHERE b IN (SELECT 1)) s WHERE EXISTS (TABLE v)")
	if err != nil {
		t.Fatal(err)
	}
	root := tree.Stmts[0].Stmt
	all := visited{}
	var walk func(m protoreflect.Message)
	walk = func(m protoreflect.Message) {
		all[m.Interface()] = true
		m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			switch {
			case f.Message() == nil:
			case f.IsList():
				for i := range v.List().Len() {
					walk(v.List().Get(i).Message())
				}
			default:
				walk(v.Message())
			}
			return true
		})
	}
	walk(root.ProtoReflect())
	if missed := all.missed(root); missed != "" {
		t.Errorf("missed %s", missed)
	}
	kinds := map[string]int{}
	for node := range all {
		name := string(node.ProtoReflect().Descriptor().Name())
		switch name {
		case "RangeVar", "FuncCall", "SelectStmt", "A_Expr", "TypeName":
		default:
			continue
		}
		kinds[name]++
		delete(all, node)
		if missed := all.missed(root); !strings.Contains(missed, name) {
			t.Errorf("a %s that was passed over is not missed: %q", name, missed)
		}
		all[node] = true
	}
	if len(kinds) != 5 {
		t.Errorf("the statement has only %v", kinds)
	}
}
