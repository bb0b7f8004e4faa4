package rewrite

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// visited remembers the parse tree nodes that a resolver has looked at, so that one that it has passed over is found: a
// subquery in a place that the walk does not know would else run as it is.
type visited map[proto.Message]bool

// missed walks a parse tree without knowing its grammar and names the first node that has to be looked at and was
// not, empty if there is none.
func (v visited) missed(root proto.Message) string {
	var missed string
	var walk func(m protoreflect.Message)
	walk = func(m protoreflect.Message) {
		switch x := m.Interface().(type) {
		case *pg_query.RangeVar, *pg_query.FuncCall, *pg_query.SelectStmt, *pg_query.A_Expr, *pg_query.TypeName:
			if !v[x] {
				missed = fmt.Sprintf("%T", x)
				return
			}
		}
		m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
			switch {
			case field.Message() == nil:
			case field.IsList():
				for i, list := 0, value.List(); i < list.Len() && missed == ""; i++ {
					walk(list.Get(i).Message())
				}
			default:
				walk(value.Message())
			}
			return missed == ""
		})
	}
	walk(root.ProtoReflect())
	return missed
}

// incomplete refuses a statement of which a part was not looked at.
func incomplete(missed string) *Refusal {
	return &Refusal{Code: "0A000", Message: "a part of this statement is not understood by pgscrim", Detail: fmt.Sprintf("It is in a place where %s is not expected.", missed),
		Hint: "Please report the statement to the developers of pgscrim."}
}
