package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// Writable schemas (`schemas: {sandbox: {write: [role]}}`): there the roles make tables that last, and read and write those that
// `tables:` does not name. What is stored there is what somebody was shown, so that the roles share what each of them sees. For all others such a
// table is not there to be read, whatever `unlisted_tables` says.
//
// A caller may change these tables between any two statements, so their columns are never relied on: an item over one is open, and
// a name in it may always be one of a level around it.

// sandboxed reports whether a schema holds tables of callers.
func (b *binding) sandboxed(schema string) bool { return b.policy.Schema(schema) != nil }

// maySandbox reports whether the caller may make, read and write the tables of a schema for the present purpose.
func (r *run) maySandbox(schema string) bool {
	s := r.policy.Schema(schema)
	if s == nil || len(s.Purposes) > 0 && !slices.Contains(s.Purposes, r.out.Purpose) {
		return false
	}
	caller := newCaller(r.session.Roles, r.out.Purpose)
	return slices.ContainsFunc(r.policy.Participating(caller.Caller), func(role string) bool { return slices.Contains(s.Write, role) })
}

// sandbox finds a table of a writable schema that the caller may use, nil if a name means another relation. The reference is
// made to say its schema. The table may be one that the session has made since the catalog was read.
func (r *resolver) sandbox(rv *pg_query.RangeVar) *catalog.Relation {
	if rv.Catalogname != "" || r.maySandbox == nil {
		return nil
	}
	schemas := r.path
	if rv.Schemaname != "" {
		schemas = []string{rv.Schemaname}
	}
	for _, schema := range schemas {
		rel, fresh := r.snap.Relation(schema, rv.Relname), r.fresh.has(schema, rv.Relname)
		if rel == nil && fresh {
			rel = &catalog.Relation{Name: catalog.Name{Schema: schema, Name: rv.Relname}, Kind: catalog.Table}
		}
		if rel == nil || r.fresh.gone(schema, rv.Relname) {
			continue
		}
		if !r.isSandboxed(rel) || !r.maySandbox(schema) {
			return nil
		}
		switch {
		case fresh:
			r.made[rel.Name] = true
		case rv.Schemaname == "":
			r.found(rel, rv.Relname)
		default:
			r.found(rel, "")
		}
		r.visited[rv] = true
		r.relations[display(rel)] = true
		if r.personal == nil {
			r.personal = rel // it holds what somebody was shown
		}
		if rv.Schemaname == "" && !r.verifying {
			r.qualify(int(rv.Location), schema)
		}
		return rel
	}
	return nil
}

// isSandboxed reports whether a relation is a table of a writable schema that the policy does not name.
func (b *binding) isSandboxed(rel *catalog.Relation) bool {
	return b.sandboxed(rel.Name.Schema) && b.entries[rel.OID] == nil && rel.Kind == catalog.Table && rel.Extension == "" &&
		len(rel.Parents)+len(rel.Children) == 0 && !rel.Rules
}

// sandboxItem is the item of a table of a writable schema.
func sandboxItem(rel *catalog.Relation) *item {
	it := &item{name: rel.Name.Name, schema: rel.Name.Schema, open: true}
	for _, c := range rel.Columns {
		it.cols = append(it.cols, column{name: c.Name, guessed: true})
	}
	return it
}

// makes reports whether the caller may make a table that lasts where a statement says, which must name the schema.
func (r *run) makes(rv *pg_query.RangeVar) bool {
	return rv.GetRelpersistence() != "t" && rv.GetCatalogname() == "" && rv.GetSchemaname() != "" && r.maySandbox(rv.GetSchemaname())
}

// made notes a table that a statement makes in a writable schema, or drops.
func (r *run) made(kind EffectKind, tables ...catalog.Name) {
	if rel := r.snap.Relation(tables[0].Schema, tables[0].Name); rel != nil && !r.isSandboxed(rel) {
		r.refuse(&Refusal{Code: "42501", Message: "permission denied for table " + rel.Name.Name, Hint: "The policy names it, or it is no plain table."})
		return
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Schema + temporaryNames + t.Name
	}
	r.out.Effect = Effect{Kind: kind, Name: string(freshOf(names))}
}

// madeTable is made for a statement that makes a table, for which a purpose must be declared.
func (r *run) madeTable(rv *pg_query.RangeVar) {
	q := r.resolver()
	q.personal = &catalog.Relation{Name: catalog.Name{Schema: rv.Schemaname, Name: rv.Relname}}
	q.relations[display(q.personal)] = true
	r.conclude(q)
	r.made(EffectCreateTable, q.personal.Name)
}

// dropsMade handles DROP TABLE of tables in writable schemas, all of them named with their schema. It returns false if it is about others.
func (r *run) dropsMade(s *pg_query.DropStmt) bool {
	var tables []catalog.Name
	for _, n := range s.Objects {
		name, ok := names(n.GetList().GetItems())
		if !ok || len(name) != 2 || !r.maySandbox(name[0]) {
			return false
		}
		if rel := r.snap.Relation(name[0], name[1]); rel != nil && !r.isSandboxed(rel) {
			return false
		}
		tables = append(tables, catalog.Name{Schema: name[0], Name: name[1]})
	}
	if s.Behavior == pg_query.DropBehavior_DROP_CASCADE {
		r.refuse(&Refusal{Code: "0A000", Message: "DROP TABLE ... CASCADE is not supported by pgscrim", Hint: "Name every table."})
	}
	r.made(EffectDropTable, tables...)
	return true
}
