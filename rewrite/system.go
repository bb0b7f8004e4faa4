package rewrite

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// isSystem reports whether a relation is part of the system catalogs.
func isSystem(rel *catalog.Relation) bool {
	return rel.Name.Schema == "pg_catalog" || rel.Name.Schema == "information_schema"
}

// openCatalogs are the relations of pg_catalog that every caller may read: definitions and names, no values, no
// other session's statements, no secrets. What is not here is refused, so that a later version's catalogs are too.
var openCatalogs = set(
	"pg_aggregate", "pg_am", "pg_amop", "pg_amproc", "pg_attrdef", "pg_attribute", "pg_auth_members", "pg_available_extensions",
	"pg_available_extension_versions", "pg_cast", "pg_class", "pg_collation", "pg_constraint", "pg_conversion", "pg_database",
	"pg_db_role_setting", "pg_default_acl", "pg_depend", "pg_description", "pg_enum", "pg_event_trigger", "pg_extension",
	"pg_foreign_data_wrapper", "pg_foreign_server", "pg_foreign_table", "pg_group", "pg_index", "pg_indexes", "pg_inherits", "pg_init_privs",
	"pg_language", "pg_largeobject_metadata", "pg_matviews", "pg_namespace", "pg_opclass", "pg_operator", "pg_opfamily",
	"pg_parameter_acl", "pg_partitioned_table", "pg_policies", "pg_policy", "pg_proc", "pg_publication", "pg_publication_namespace",
	"pg_publication_rel", "pg_publication_tables", "pg_range", "pg_rewrite", "pg_roles", "pg_rules", "pg_seclabel", "pg_seclabels",
	"pg_sequence", "pg_settings", "pg_shdepend", "pg_shdescription", "pg_shseclabel", "pg_statistic_ext", "pg_tables", "pg_tablespace",
	"pg_timezone_abbrevs", "pg_timezone_names", "pg_transform", "pg_trigger", "pg_ts_config", "pg_ts_config_map", "pg_ts_dict",
	"pg_ts_parser", "pg_ts_template", "pg_type", "pg_user", "pg_views",
)

// countingView matches the views of what was done to relations and indexes, and by the server as a whole. Their rows are the same
// whatever was done.
var countingView = regexp.MustCompile(`^pg_stat(io)?_(all|sys|user|xact_all|xact_sys|xact_user)_(tables|indexes|sequences)$|` +
	`^pg_stat_(database|database_conflicts|bgwriter|checkpointer|wal|archiver|io|slru)$`)

// busyView matches the views that have a row for what is being done, or was done at all: by other sessions, and to rows that are
// hidden. Dashboards ask for them; nobody but the administrator misses the rows.
var busyView = regexp.MustCompile(`^pg_stat_progress_|^pg_stat_(xact_)?user_functions$|^pg_stat_(replication|replication_slots|wal_receiver|subscription)$|` +
	`^pg_(prepared_xacts|replication_slots)$`)

// systemRelation stands for a system catalog of which some columns or rows are not shown.
type systemRelation struct {
	rel *catalog.Relation
	// columns gives the expression that stands for a column; other columns are shown.
	columns   map[string]string
	condition string // named c1 for the expressions
	where     string
	// seldom is true if the catalog is left as it is where none of these columns is used.
	seldom bool
}

// protectSystem decides on a system catalog.
func (r *resolver) protectSystem(f *ref) bool {
	name := f.rel.Name.Name
	if f.rel.Name.Schema == "information_schema" {
		if name != "user_mapping_options" && name != "_pg_user_mappings" {
			return false
		}
	}
	switch {
	case name == "pg_class":
		condition, columns := r.rowCounts(f.rel)
		f.system = &systemRelation{rel: f.rel, columns: columns, condition: condition}
		return len(columns) > 0
	case name == "pg_attribute":
		// What rows have in a column that was added after them: a value of theirs.
		const missing = "CASE WHEN false THEN " + aliasSource + ".attmissingval END"
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{"attmissingval": missing}, seldom: true}
		return !r.verifying // which does not know of the columns yet
	case name == "pg_stat_activity", name == "pg_stat_ssl", name == "pg_stat_gssapi": // the session's own row
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{"query": "NULL::pg_catalog.text"},
			where: aliasSource + ".pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"}
		return true
	case name == "pg_locks":
		// Predicate locks tell which rows and pages a serializable transaction has read, hidden ones included.
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{"page": "NULL::pg_catalog.int4", "tuple": "NULL::pg_catalog.int2"},
			where: aliasSource + ".pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND " + aliasSource + ".mode OPERATOR(pg_catalog.<>) 'SIReadLock'"}
		return true
	case countingView.MatchString(name):
		// What identifies the relation is shown, what counts its rows is not.
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{}}
		for _, c := range f.rel.Columns {
			if c.TypeSQL != "pg_catalog.name" && c.TypeSQL != "pg_catalog.oid" {
				f.system.columns[c.Name] = "NULL::" + c.TypeSQL
			}
		}
		return true
	case busyView.MatchString(name):
		f.system = &systemRelation{rel: f.rel, where: "false"}
		return true
	case name == "pg_sequences":
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{"last_value": "NULL::pg_catalog.int8"}}
		return true
	case name == "pg_subscription":
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{"subconninfo": "NULL::pg_catalog.text"}}
		return true
	case name == "pg_user_mappings":
		f.system = &systemRelation{rel: f.rel, columns: map[string]string{"umoptions": "NULL::pg_catalog._text"}}
		return true
	case openCatalogs[name]:
		return false
	}
	r.refuse(f.at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for relation %s", display(f.rel)),
		Detail: "It may show values, other sessions' statements or the number of hidden rows.",
		Hint:   "Use the catalogs that describe relations, such as information_schema.columns."})
	return false
}

// rowCounts gives what stands for the columns of pg_class that tell how many rows a relation has, hidden ones included, and
// the condition that the caller may know them, which they name c1. These are all its numbers but those of attributes and
// checks, which are of type int2: a later version's counts, such as relallfrozen of PostgreSQL 18, are among them.
func (r *resolver) rowCounts(class *catalog.Relation) (condition string, columns map[string]string) {
	counted := r.counted(aliasSource + ".oid")
	if counted == "" {
		return "", nil
	}
	columns = map[string]string{}
	for _, c := range class.Columns {
		switch c.TypeSQL {
		case "pg_catalog.int4", "pg_catalog.int8", "pg_catalog.float4", "pg_catalog.float8":
			unknown := "0"
			if c.Name == "reltuples" {
				unknown = "-1"
			}
			columns[c.Name] = fmt.Sprintf("CASE WHEN %s.c1 THEN %s.%s ELSE '%s'::%s END", aliasCondition, aliasSource, c.Name, unknown, c.TypeSQL)
		}
	}
	return counted, columns
}

// firstUserOID is the first OID of an object that is not the system's own (FirstNormalObjectId in transam.h).
const firstUserOID = 16384

// valueCatalogs are the system's relations that hold values of others, and so grow with them, with their TOAST tables and indexes
// (pg_statistic.h, pg_statistic_ext_data.h, pg_largeobject.h).
const valueCatalogs = "2619, 2696, 2840, 2841, 3429, 3433, 3430, 3431, 2613, 2683"

// counted spells the condition that the caller may know the number of rows of the relation with an OID: it is the system's,
// or one whose rows and cells the caller sees as they are, or an index of one. It is empty if that is so for all.
func (r *resolver) counted(oid string) string {
	list, all := r.countable()
	if all {
		return ""
	}
	condition := fmt.Sprintf("%[1]s OPERATOR(pg_catalog.<) %[2]d::pg_catalog.oid AND %[1]s NOT IN (%[3]s)", oid, firstUserOID, valueCatalogs)
	if list != "" {
		condition += fmt.Sprintf(" OR %[1]s IN (%[2]s) OR EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid OPERATOR(pg_catalog.=) %[1]s AND i.indrelid IN (%[2]s))", oid, list)
	}
	return "(" + condition + ")"
}

// countable lists the OIDs of the relations of which the caller may know the number of rows; all is true if these are all.
func (r *resolver) countable() (list string, all bool) {
	if r.countables == nil {
		var known []string
		all := true
		r.snap.Relations(func(rel *catalog.Relation) {
			if isSystem(rel) || rel.Kind == catalog.View {
				return
			}
			e := r.entries[rel.OID]
			if e != nil && r.plan(e).trivial || e == nil && r.policy.UnlistedTables == rules.Show && rel.Kind == catalog.Table && !r.sandboxed(rel.Name.Schema) {
				known = append(known, fmt.Sprint(rel.OID))
			} else {
				all = false
			}
		})
		slices.Sort(known) // in any order, but always the same
		r.countables = &countables{strings.Join(known, ", "), all}
	}
	return r.countables.list, r.countables.all
}

type countables struct {
	list string
	all  bool
}

// fragment builds what stands for the catalog. Tools that read pg_class ask for its tableoid or xmin too, which a subquery has
// only if it gives them.
func (s *systemRelation) fragment(named func(string) bool) string {
	var cols []string
	for _, c := range s.rel.Columns {
		name := quote(c.Name)
		if x, hidden := s.columns[c.Name]; hidden {
			cols = append(cols, x+" AS "+name)
			continue
		}
		cols = append(cols, aliasSource+"."+name)
	}
	for _, name := range []string{"tableoid", "xmin", "ctid"} {
		if named(name) && s.rel.Kind == catalog.Table {
			cols = append(cols, aliasSource+"."+name)
		}
	}
	text := fmt.Sprintf("SELECT %s FROM %s AS %s", strings.Join(cols, ", "), qualified(s.rel.Name.Schema, s.rel.Name.Name), aliasSource)
	if s.condition != "" {
		text += fmt.Sprintf(" CROSS JOIN LATERAL (SELECT %s AS c1) AS %s", s.condition, aliasCondition)
	}
	if s.where != "" {
		text += " WHERE " + s.where
	}
	return text
}

// untouched reports whether a statement uses no column that the fragment would hide.
func (s *systemRelation) untouched(f *ref) bool {
	if !s.seldom || f.positional || f.complete {
		return false
	}
	for name := range s.columns {
		if f.names(name) || f.starred[name] {
			return false
		}
	}
	return true
}

// sizeFunctions tell how much room relations take, which tells how many rows are hidden. The
// caller gets NULL for a protected relation, and for a whole database or tablespace.
var sizeFunctions = map[string]sizeGuard{
	"pg_relation_size": byRelation, "pg_table_size": byRelation, "pg_indexes_size": byRelation, "pg_total_relation_size": byRelation,
	"pg_database_size": always, "pg_tablespace_size": always, "pg_stat_get_numscans": always,
}

type sizeGuard uint8

const (
	byRelation sizeGuard = iota + 1
	always
)

// guardSize makes a size function see NULL in place of what the caller may not know the size of.
func (r *resolver) guardSize(x *pg_query.FuncCall, guard sizeGuard) {
	if guard == always {
		r.guardArgument(x, "(SELECT NULL::pg_catalog.oid FROM (SELECT (", ") AS v) AS x)")
		return
	}
	if counted := r.counted("x.v::pg_catalog.oid"); counted != "" {
		r.guardArgument(x, "(SELECT x.v FROM (SELECT (", ")::pg_catalog.regclass AS v) AS x WHERE "+counted+")")
	}
}

// guardArgument puts text around the first argument of a call.
func (r *resolver) guardArgument(x *pg_query.FuncCall, before, after string) {
	name := r.p.tokenAt(int(x.Location))
	open := r.p.skip(r.p.qualifiedName(name), 1)
	end := r.p.closing(open)
	if r.p.is(name, pg_query.Token_TREAT) || open < 0 || end < 0 || len(x.Args) == 0 || x.FuncVariadic || x.Args[0].GetNamedArgExpr() != nil {
		r.unsupported(int(x.Location), unknownPart, "call")
		return
	}
	depth := 0
	for i := open; i < end; i++ { // the first comma outside inner brackets ends the argument
		switch r.p.tokens[i].kind {
		case pg_query.Token_ASCII_40, pg_query.Token_ASCII_91:
			depth++
		case pg_query.Token_ASCII_41, pg_query.Token_ASCII_93:
			depth--
		case pg_query.Token_ASCII_44:
			if depth == 1 {
				end = i
			}
		}
	}
	start, stop := r.p.tokens[open].end, r.p.tokens[end].start
	// A line break ends a comment of the caller's.
	r.edits = append(r.edits, edit{start, start, before}, edit{stop, stop, "\n" + after})
}
