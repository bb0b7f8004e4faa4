package rewrite

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// alterable resolves a table that may be altered: one of the session's temporary tables, whose columns are followed, or one of a
// writable schema. It refuses all others.
func (r *run) alterable(q *resolver, rv *pg_query.RangeVar) (columns []column, isTemporary, ok bool) {
	if columns, ok = q.temporary(rv); ok {
		return columns, true, true
	}
	if q.sandbox(rv) != nil {
		return nil, false, true
	}
	r.refuse(&Refusal{Code: "42501", Message: "permission denied to alter " + rv.GetRelname(),
		Hint: "Only temporary tables, and those of a schema in which the policy lets you make tables, can be altered."})
	return nil, false, false
}

// alters notes what a statement makes of a temporary table.
func (r *run) alters(rv *pg_query.RangeVar, name string, columns []column) {
	r.out.Effect = Effect{Kind: EffectAlterTemporary, Name: rv.Relname, Value: temporaryEntry(name, columns)}
}

// alterTable handles the plain changes of a table's columns and constraints.
func (r *run) alterTable(s *pg_query.AlterTableStmt) {
	r.out.Kind = "ALTER TABLE"
	q := r.resolver()
	columns, isTemporary, ok := r.alterable(q, s.Relation)
	if !ok {
		return
	}
	if s.Objtype != pg_query.ObjectType_OBJECT_TABLE {
		q.unsupported(-1, alterForm)
	}
	for _, n := range s.Cmds {
		c := n.GetAlterTableCmd()
		named := func(own column) bool { return own.name == c.Name }
		switch c.Subtype {
		case pg_query.AlterTableType_AT_AddColumn, pg_query.AlterTableType_AT_AlterColumnType:
			d := c.Def.GetColumnDef()
			q.typeName(d.GetTypeName())
			q.expr(d.GetRawDefault(), &scope{exempt: true, items: []*item{{open: true}}}) // USING
			for _, k := range d.GetConstraints() {
				q.constraint(k.GetConstraint())
			}
			added := func(own column) bool { return own.name == d.GetColname() }
			if c.Subtype == pg_query.AlterTableType_AT_AddColumn && !slices.ContainsFunc(columns, added) {
				columns = append(columns, column{name: d.GetColname()})
			}
		case pg_query.AlterTableType_AT_ColumnDefault:
			q.expr(c.Def, &scope{exempt: true})
		case pg_query.AlterTableType_AT_AddConstraint:
			q.constraint(c.Def.GetConstraint())
		case pg_query.AlterTableType_AT_DropColumn:
			columns = slices.DeleteFunc(columns, named)
		case pg_query.AlterTableType_AT_DropConstraint, pg_query.AlterTableType_AT_SetNotNull, pg_query.AlterTableType_AT_DropNotNull:
		default:
			q.unsupported(-1, alterForm)
		}
		if c.Behavior == pg_query.DropBehavior_DROP_CASCADE {
			q.unsupported(-1, alterCascade)
		}
	}
	r.conclude(q)
	if isTemporary {
		r.alters(s.Relation, s.Relation.Relname, columns)
	}
}

// rename handles new names of tables and their columns.
func (r *run) rename(s *pg_query.RenameStmt) {
	ofColumn := s.RenameType == pg_query.ObjectType_OBJECT_COLUMN && s.RelationType == pg_query.ObjectType_OBJECT_TABLE
	if !ofColumn && s.RenameType != pg_query.ObjectType_OBJECT_TABLE {
		r.refuse(&Refusal{Code: "0A000", Message: "ALTER ... RENAME is supported by pgscrim only for tables and their columns"})
		return
	}
	r.out.Kind = "ALTER TABLE"
	q := r.resolver()
	columns, isTemporary, ok := r.alterable(q, s.Relation)
	switch {
	case !ok:
		return
	case !ofColumn && !isTemporary:
		q.unsupported(-1, alterRename)
	case s.Behavior == pg_query.DropBehavior_DROP_CASCADE:
		q.unsupported(-1, alterCascade)
	}
	r.conclude(q)
	switch {
	case !isTemporary:
	case ofColumn:
		for i := range columns {
			if columns[i].name == s.Subname {
				columns[i].name = s.Newname
			}
		}
		r.alters(s.Relation, s.Relation.Relname, columns)
	case r.mayName(s.Newname):
		r.alters(s.Relation, s.Newname, columns)
	}
}

// temporaryEntry is a table as temporary holds it.
func temporaryEntry(name string, columns []column) string {
	parts := []string{name}
	for _, c := range columns {
		if c.guessed {
			c.name = temporaryGuessed + c.name
		}
		parts = append(parts, c.name)
	}
	return strings.Join(parts, temporaryNames)
}
