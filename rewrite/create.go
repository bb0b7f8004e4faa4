package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// A session may make temporary tables. What it stores there is what it was shown, so they are as free as any result.

// isTemporary reports whether a table that is to be created is a temporary one.
func isTemporary(rv *pg_query.RangeVar) bool {
	return rv.GetRelpersistence() == "t" && (rv.GetSchemaname() == "" || rv.GetSchemaname() == temporarySchema) ||
		rv.GetSchemaname() == temporarySchema
}

// notTemporary refuses to create what lasts.
func (r *run) notTemporary() {
	refusal := &Refusal{Code: "42501", Message: r.out.Kind + " is allowed only for temporary tables"}
	if strings.HasPrefix(r.out.Kind, "CREATE TABLE") || r.out.Kind == "SELECT INTO" {
		refusal.Hint = "Write CREATE TEMPORARY TABLE."
	}
	r.refuse(refusal)
}

func (r *run) createTable(s *pg_query.CreateStmt) {
	r.out.Kind = "CREATE TABLE"
	lasts := r.makes(s.Relation)
	if !lasts && !isTemporary(s.Relation) {
		r.notTemporary()
		return
	}
	if len(s.InhRelations) > 0 || s.Partbound != nil || s.Partspec != nil || s.OfTypename != nil || s.Tablespacename != "" || s.AccessMethod != "" {
		r.refuse(&Refusal{Code: "0A000", Message: "a table of this form is not supported by pgscrim", Hint: "List its columns."})
		return
	}
	r.visited[s.Relation] = true
	q := r.resolver()
	var columns []string
	for _, n := range append(slices.Clip(s.TableElts), s.Constraints...) {
		switch x := n.Node.(type) {
		case *pg_query.Node_ColumnDef:
			columns = append(columns, x.ColumnDef.Colname)
			q.typeName(x.ColumnDef.TypeName)
			for _, c := range x.ColumnDef.Constraints {
				q.constraint(c.GetConstraint())
			}
		case *pg_query.Node_Constraint:
			q.constraint(x.Constraint)
		case *pg_query.Node_TableLikeClause:
			columns = append(columns, q.like(x.TableLikeClause, r)...)
		default:
			q.unsupported(-1, unknownPart, "element of a table")
		}
	}
	r.conclude(q)
	if lasts {
		r.madeTable(s.Relation)
		return
	}
	r.creates(s.Relation, columns, s.Oncommit)
}

// constraint walks the expressions of a column's or table's constraint.
func (r *resolver) constraint(c *pg_query.Constraint) {
	if c.GetContype() == pg_query.ConstrType_CONSTR_FOREIGN || len(c.GetExclusions()) > 0 || c.GetIndexspace() != "" {
		r.unsupported(int(c.GetLocation()), tableConstraint)
		return
	}
	// A column of the table itself cannot be resolved yet: only functions, operators and types are looked at.
	r.expr(c.GetRawExpr(), &scope{exempt: true, items: []*item{{open: true}}})
}

// mayName reports whether a temporary table may have a name. Temporary tables and their row types come before those of pg_catalog,
// which definitions of views and expressions of the policy name without their schema: such names are refused.
func (r *run) mayName(name string) bool {
	if r.snap.Relation("pg_catalog", name) == nil && r.snap.TypeByName("pg_catalog", name) == nil {
		return true
	}
	r.refuse(&Refusal{Code: "42501", Message: fmt.Sprintf("a temporary table may not be named %q as a relation or type of pg_catalog", name), Hint: "Choose another name."})
	return false
}

// creates notes the table that a statement makes.
func (r *run) creates(rv *pg_query.RangeVar, columns []string, onCommit pg_query.OnCommitAction) {
	if !r.mayName(rv.Relname) {
		return
	}
	r.out.Effect = Effect{
		Kind: EffectCreateTemporary, Name: rv.Relname, Value: strings.Join(columns, temporaryNames),
		Local: onCommit == pg_query.OnCommitAction_ONCOMMIT_DROP,
	}
}

func (r *run) createTableAs(s *pg_query.CreateTableAsStmt) {
	r.out.Kind = "CREATE TABLE AS"
	if s.Objtype != pg_query.ObjectType_OBJECT_TABLE || !isTemporary(s.Into.GetRel()) && !r.makes(s.Into.GetRel()) {
		r.notTemporary()
		return
	}
	query := s.Query.GetSelectStmt()
	if query == nil {
		r.refuse(&Refusal{Code: "0A000", Message: "CREATE TABLE AS EXECUTE is not supported by pgscrim", Hint: "Write the query in place of EXECUTE."})
		return
	}
	r.storeQuery(query, s.Into)
}

// selectInto handles SELECT ... INTO.
func (r *run) selectInto(s *pg_query.SelectStmt) {
	r.out.Kind = "SELECT INTO"
	if !isTemporary(s.IntoClause.GetRel()) && !r.makes(s.IntoClause.GetRel()) {
		r.notTemporary()
		return
	}
	r.storeQuery(s, s.IntoClause)
}

func (r *run) storeQuery(s *pg_query.SelectStmt, into *pg_query.IntoClause) {
	if into.TableSpaceName != "" || into.AccessMethod != "" {
		r.refuse(&Refusal{Code: "0A000", Message: "a temporary table of this form is not supported by pgscrim"})
		return
	}
	r.visited[into.Rel] = true
	q := r.resolver()
	q.mayInto = s.IntoClause != nil
	cols, open := q.query(s, nil, nil, true)
	if !isTemporary(into.Rel) {
		r.conclude(q)
		r.madeTable(into.Rel)
		return
	}
	cols = renameColumns(cols, into.ColNames, open)
	if open {
		q.unsupported(int(into.Rel.Location), tableUnnamed)
	}
	r.conclude(q)
	var columns []string
	for _, c := range cols {
		if len(c.origins) > 0 && q.leftOut(c) {
			continue
		}
		name := c.name
		if c.guessed {
			name = temporaryGuessed + name
		}
		columns = append(columns, name)
	}
	r.creates(into.Rel, columns, into.OnCommit)
}

// leftOut reports whether a column that `*` would give is left out of the fragment.
func (r *resolver) leftOut(c column) bool {
	return slices.ContainsFunc(c.origins, func(o origin) bool {
		p := o.ref.plan
		return p != nil && !p.stands(o.name)
	})
}

// dropTable handles DROP TABLE of temporary tables. The parse tree does not say where the names stand, so the tokens are read:
// DROP TABLE [ IF EXISTS ] name [, ...] [ CASCADE | RESTRICT ].
func (r *run) dropTable(s *pg_query.DropStmt) {
	r.out.Kind = "DROP TABLE"
	if s.RemoveType != pg_query.ObjectType_OBJECT_TABLE {
		r.out.Kind = "DROP"
		r.notTemporary()
		return
	}
	if r.dropsMade(s) {
		return
	}
	start, _ := r.p.extent(r.raw)
	i := r.p.skip(r.p.tokenAt(start), 1) // TABLE
	i = r.p.skip(i, 1)
	if r.p.is(i, pg_query.Token_IF_P) {
		i = r.p.skip(r.p.skip(i, 1), 1)
	}
	var dropped []string
	for _, n := range s.Objects {
		name, ok := names(n.GetList().GetItems())
		last := name[len(name)-1]
		_, known := r.values.Temporary.find(last)
		switch {
		case !ok || i < 0 || len(name) > 2 || len(name) == 2 && name[0] != temporarySchema || !known && !s.MissingOk:
			r.refuse(&Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to drop %s: it is no temporary table of this session", dotted(name))})
			return
		case len(name) == 1:
			r.replace(edit{r.p.tokens[i].start, r.p.tokens[i].start, temporarySchema + "."})
		}
		dropped = append(dropped, last)
		i = r.p.skip(r.p.skip(r.p.qualifiedName(i), 1), 1) // over the comma
	}
	r.out.Decision = Pass
	r.out.Effect = Effect{Kind: EffectDropTemporary, Name: strings.Join(dropped, temporaryNames)}
}

// createIndex handles CREATE INDEX on temporary tables.
func (r *run) createIndex(s *pg_query.IndexStmt) {
	r.out.Kind = "CREATE INDEX"
	q := r.resolver()
	columns, ok := q.temporary(s.Relation)
	it := &item{name: s.Relation.Relname, cols: columns}
	if rel := q.sandbox(s.Relation); !ok && rel != nil {
		it, ok = sandboxItem(rel), true
	}
	if !ok || s.TableSpace != "" {
		r.notTemporary()
		return
	}
	sc := &scope{items: []*item{it}, exempt: true}
	for _, n := range append(slices.Clip(s.IndexParams), s.IndexIncludingParams...) {
		q.expr(n.GetIndexElem().GetExpr(), sc)
	}
	q.expr(s.WhereClause, sc)
	r.conclude(q)
}

// analyze handles ANALYZE of temporary tables and those of writable schemas, and VACUUM of temporary tables.
func (r *run) analyze(s *pg_query.VacuumStmt) {
	r.out.Kind = "ANALYZE"
	if s.IsVacuumcmd {
		r.out.Kind = "VACUUM"
	}
	q := r.resolver()
	for _, n := range s.Rels {
		if _, ok := q.temporary(n.GetVacuumRelation().GetRelation()); !ok && (s.IsVacuumcmd || q.sandbox(n.GetVacuumRelation().GetRelation()) == nil) {
			r.notTemporary()
		}
	}
	if len(s.Rels) == 0 {
		r.notTemporary()
	}
	r.conclude(q)
}
