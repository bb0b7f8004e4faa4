package oracle

import (
	"slices"
	"strings"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// coverage is what parse trees are made of: the fields and enum values that occur in them, by message.
type coverage struct {
	fields map[protoreflect.FullName]bool // of messages, a kind of node included
	values map[protoreflect.FullName]bool // of enums
}

// add notes what a parse tree has.
func (c *coverage) add(m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		c.fields[f.FullName()] = true
		each := func(v protoreflect.Value) {
			switch {
			case f.Message() != nil:
				c.add(v.Message())
			case f.Enum() != nil:
				if e := f.Enum().Values().ByNumber(v.Enum()); e != nil {
					c.values[e.FullName()] = true
				}
			}
		}
		if f.IsList() {
			for i := range v.List().Len() {
				each(v.List().Get(i))
			}
		} else {
			each(v)
		}
		return true
	})
}

// reachable walks what a message can hold, without the nodes and fields that no SELECT has.
func reachable(m protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, visit func(protoreflect.Descriptor)) {
	if seen[m.FullName()] {
		return
	}
	seen[m.FullName()] = true
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		if unreachable(f) != "" {
			continue
		}
		visit(f)
		if f.Message() != nil {
			reachable(f.Message(), seen, visit)
		}
		if f.Enum() != nil {
			for j := 1; j < f.Enum().Values().Len(); j++ { // the first is "undefined"
				if v := f.Enum().Values().Get(j); unreachable(v) == "" {
					visit(v)
				}
			}
		}
	}
}

// anyVersion is newer than every version of PostgreSQL.
const anyVersion = 1000

// TestCorpusCoversSelect parses the corpus and sees to it that it has each node, field and enum value that the grammar of
// SELECT can produce, and at least a thousand statements.
func TestCorpusCoversSelect(t *testing.T) {
	corpus := append(readCorpus(t, folder+"*.sql", anyVersion), readCorpus(t, folder+"attacks/*.sql", anyVersion)...)
	c := &coverage{map[protoreflect.FullName]bool{}, map[protoreflect.FullName]bool{}}
	for _, s := range corpus {
		for _, sql := range s.messages {
			if tree, err := pg_query.Parse(sql); err == nil {
				for _, raw := range tree.Stmts {
					c.addQueries(raw.Stmt)
				}
			}
		}
	}
	if len(corpus) < 1000 {
		t.Errorf("the corpus has %d statements, not 1,000", len(corpus))
	}
	total, missing := 0, []string{}
	seen := map[protoreflect.FullName]bool{}
	reachable((*pg_query.SelectStmt)(nil).ProtoReflect().Descriptor(), seen, func(d protoreflect.Descriptor) {
		total++
		if !c.fields[d.FullName()] && !c.values[d.FullName()] {
			missing = append(missing, strings.TrimPrefix(string(d.FullName()), "pg_query."))
		}
	})
	slices.Sort(missing)
	for _, m := range missing {
		t.Errorf("no statement of the corpus has %s", m)
	}
	t.Logf("%d statements have %d of the %d nodes, fields and values of SELECT", len(corpus), total-len(missing), total)
	for name, reason := range notOfSelect() {
		if strings.HasPrefix(reason, "a write") {
			continue
		}
		if c.fields[protoreflect.FullName("pg_query."+name)] || c.values[protoreflect.FullName("pg_query."+name)] {
			t.Errorf("%s is listed as none that SELECT has, but a statement has it", name)
		}
	}
}

// addQueries notes the queries of a statement.
func (c *coverage) addQueries(n *pg_query.Node) {
	switch x := n.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		c.add(x.SelectStmt.ProtoReflect())
	case *pg_query.Node_CopyStmt:
		c.addQueries(x.CopyStmt.Query)
	case *pg_query.Node_DeclareCursorStmt:
		c.addQueries(x.DeclareCursorStmt.Query)
	case *pg_query.Node_PrepareStmt:
		c.addQueries(x.PrepareStmt.Query)
	case *pg_query.Node_CreateTableAsStmt:
		c.addQueries(x.CreateTableAsStmt.Query)
	}
}

// unreachable says why no SELECT has a field or value, empty if one can.
func unreachable(d protoreflect.Descriptor) string {
	name := strings.TrimPrefix(string(d.FullName()), "pg_query.")
	if f, ok := d.(protoreflect.FieldDescriptor); ok && strings.HasSuffix(string(f.Name()), "location") {
		return "a place in the text, not a construct"
	}
	return notOfSelect()[name]
}
