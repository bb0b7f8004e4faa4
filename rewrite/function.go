package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// functionRefused says why a function may not be called, nil if it may.
func (r *resolver) functionRefused(f *catalog.Function) *Refusal {
	if r.functions[f.Name] || f.Extension != "" && r.trusted[f.Extension] {
		return nil
	}
	refusal := &Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for function %s.%s", f.Name.Schema, f.Name.Name)}
	if f.Name.Schema == "information_schema" && f.Volatile != 'v' {
		return nil // helpers of its views, which compute from their arguments
	}
	if f.Name.Schema != "pg_catalog" || f.OID >= firstUserOID {
		refusal.Hint = fmt.Sprintf("Only functions that the policy allows may be called: ask its owner (%s) to name it in functions.allow.", r.owner())
		return refusal
	}
	if guarded(f.Name.Name) {
		return nil // its arguments are looked at where it is called
	}
	if reason, refused := refusedFunctions[f.Name.Name]; refused || f.Volatile != 'i' && !safeFunctions[f.Name.Name] {
		refusal.Detail = reason
		if refusal.Detail == "" {
			refusal.Detail = "It changes or shows a state beyond its arguments."
		}
		return refusal
	}
	return nil
}

// guarded reports whether a function of pg_catalog is allowed only with a look at its arguments.
func guarded(name string) bool {
	_, size := sizeFunctions[name]
	return size || name == "current_setting" || name == "set_config" || name == "pg_input_is_valid" || name == "pg_input_error_info"
}

// functionName is the name of the function that a call means. EXTRACT is date_part before PostgreSQL 14.
func (b *binding) functionName(x *pg_query.FuncCall, name string) string {
	if name == "extract" && x.Funcformat == pg_query.CoercionForm_COERCE_SQL_SYNTAX && b.snap.ServerVersion < 140000 {
		return "date_part"
	}
	return name
}

// functionCall checks and walks a call.
func (r *resolver) functionCall(x *pg_query.FuncCall, sc *scope) uint32 {
	r.visited[x] = true
	at := int(x.Location)
	name, ok := names(x.Funcname)
	if !ok || len(name) == 0 {
		r.unsupported(at, unknownPart, "function call")
		return 0
	}
	name[len(name)-1] = r.functionName(x, name[len(name)-1])
	candidates := r.functionsNamed(name)
	short := name[len(name)-1]
	for _, f := range candidates {
		if refusal := r.functionRefused(f); refusal != nil {
			r.refuse(at, *refusal)
			return 0
		}
		r.volatile = r.volatile || f.Volatile == 'v'
	}
	if len(candidates) == 0 && len(x.Args) == 1 && r.isTypeName(name) {
		// f(x) is also a cast to a type of that name.
		r.typeName(&pg_query.TypeName{Names: x.Funcname, Location: x.Location})
		r.leak(sc)
		r.expr(x.Args[0], sc)
		return 0
	}
	if len(name) == 2 && !r.snap.HasSchema(name[0]) {
		r.refuse(at, Refusal{Code: "3F000", Message: fmt.Sprintf("schema %q does not exist", name[0])})
		return 0
	}
	if len(candidates) == 0 && !r.projection(x, short, sc) {
		r.missingFunction(x, dotted(name), sc)
		return 0
	}
	switch {
	case len(candidates) == 0 || candidates[0].Name.Schema != "pg_catalog":
	case short == "current_setting":
		r.settingRead(x, at)
	case strings.HasPrefix(short, "pg_input_"):
		r.inputType(x, at)
	case short == "set_config" && r.setsFreely(x):
	case short == "set_config":
		r.refuse(at, Refusal{Code: "0A000", Message: "set_config is supported only as a statement of its own: SELECT set_config('name', 'value', is_local)", Hint: "Use SET."})
	default:
		if guard, wrapped := sizeFunctions[short]; wrapped {
			r.guardSize(x, guard)
		}
	}
	switch {
	case r.harmless(x, candidates):
	case x.Over != nil, len(x.AggOrder) > 0, x.AggDistinct:
		r.leaky = true // sorted early, perhaps
	default:
		r.leak(sc)
	}
	r.arguments(x, candidates, sc)
	if len(candidates) > 0 && counting[short] && candidates[0].Name.Schema == "pg_catalog" {
		return typeInt8
	}
	return 0
}

// counting are the aggregates and window functions that give a bigint whatever their arguments.
var counting = set("count", "rank", "dense_rank", "row_number")

// arguments walks the arguments of a call. An aggregate does not look at the statistics of its own.
func (r *resolver) arguments(x *pg_query.FuncCall, candidates []*catalog.Function, sc *scope) {
	n := &pg_query.Node{Node: &pg_query.Node_FuncCall{FuncCall: x}}
	if !isAggregate(candidates) || x.Over != nil {
		r.children(n, sc)
		return
	}
	sc.inAggregate++
	kids, _ := children(n)
	for _, k := range kids {
		if slices.Contains(x.Args, k) {
			r.operand(k, sc)
		} else {
			r.expr(k, sc)
		}
	}
	sc.inAggregate--
}

// missingFunction gives PostgreSQL's own error for a function that does not exist, with the types of the arguments where
// they are known.
func (r *resolver) missingFunction(x *pg_query.FuncCall, name string, sc *scope) {
	if syntax := newCall(name); syntax != "" && r.snap.ServerVersion >= 170000 {
		r.refuse(int(x.Location), unknownSyntax(syntax, 0))
		return
	}
	var types []string
	for _, a := range x.Args {
		t := r.snap.Type(r.expr(a, sc))
		if t == nil {
			types = nil
			break
		}
		types = append(types, displayType(t))
	}
	if len(types) == len(x.Args) {
		name += "(" + strings.Join(types, ", ") + ")"
	}
	r.refuse(int(x.Location), Refusal{Code: "42883", Message: fmt.Sprintf("function %s does not exist", name),
		Hint: "No function matches the given name and argument types. You might need to add explicit type casts."})
}

// displayType spells a type as PostgreSQL's messages do (format_type).
func displayType(t *catalog.Type) string {
	if t.Name.Schema == "pg_catalog" {
		if spelled, ok := sqlTypeNames[t.Name.Name]; ok {
			return spelled
		}
	}
	return t.Name.Name
}

var sqlTypeNames = map[string]string{
	"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "bool": "boolean",
	"varchar": "character varying", "bpchar": "character", "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
	"timetz": "time with time zone", "time": "time without time zone", "varbit": "bit varying",
}

// isTypeName reports whether a name is that of a type.
func (r *resolver) isTypeName(name []string) bool {
	if len(name) == 2 {
		return r.snap.TypeByName(name[0], name[1]) != nil
	}
	return len(name) == 1 && slices.ContainsFunc(r.path, func(schema string) bool { return r.snap.TypeByName(schema, name[0]) != nil })
}

// functionsNamed finds the functions that a name can mean: along the search path if it is not qualified.
func (r *resolver) functionsNamed(name []string) (out []*catalog.Function) {
	for _, f := range r.snap.Functions(name[len(name)-1]) {
		if len(name) == 1 && slices.Contains(r.path, f.Name.Schema) || len(name) == 2 && f.Name.Schema == name[0] {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b *catalog.Function) int {
		return slices.Index(r.path, a.Name.Schema) - slices.Index(r.path, b.Name.Schema)
	})
	return out
}

func isAggregate(candidates []*catalog.Function) bool {
	return slices.ContainsFunc(candidates, func(f *catalog.Function) bool { return f.Kind == 'a' })
}

// harmless reports whether a call cannot tell of a row: all its arguments are constants, so that an immutable
// function is evaluated when the statement is planned, or it gathers plain columns of rows that have passed every filter.
func (r *resolver) harmless(x *pg_query.FuncCall, candidates []*catalog.Function) bool {
	for _, f := range candidates {
		if f.Name.Schema != "pg_catalog" {
			return false
		}
		switch {
		case f.Name.Name == "now":
		case f.Kind == 'a', f.Kind == 'w':
			if !plainColumns(x.Args) || !plainColumns(x.AggOrder) || !plainWindow(x.Over) {
				return false
			}
		case x.Over != nil, f.Volatile != 'i', f.Kind != 'f', f.Set, slices.ContainsFunc(x.Args, func(a *pg_query.Node) bool { return a.GetAConst() == nil }):
			return false
		}
	}
	return true
}

// plainColumns reports whether expressions, or what is sorted by, are columns.
func plainColumns(nodes []*pg_query.Node) bool {
	return !slices.ContainsFunc(nodes, func(n *pg_query.Node) bool {
		if s := n.GetSortBy(); s != nil {
			n = s.Node
		}
		return !isColumn(n)
	})
}

// plainWindow reports whether a window is that of plain columns: others may be computed early, to be sorted.
func plainWindow(w *pg_query.WindowDef) bool {
	return w == nil || plainColumns(w.PartitionClause) && plainColumns(w.OrderClause) && w.StartOffset == nil && w.EndOffset == nil
}

// projection reports whether f(x) is another spelling of x.f, and notes the column.
func (r *resolver) projection(x *pg_query.FuncCall, name string, sc *scope) bool {
	if len(x.Args) != 1 || len(x.Funcname) != 1 {
		return false
	}
	ref := x.Args[0].GetColumnRef()
	if ref == nil || len(ref.Fields) != 1 {
		return false
	}
	it, _ := sc.byName("", fieldName(ref.Fields[0]))
	if it == nil || it.column(name) == nil {
		return false
	}
	r.mark([]column{*it.column(name)}, int(x.Location))
	return true
}

// inputType checks a call that runs the input function of a type which its second argument names: a domain's may run any function.
func (r *resolver) inputType(x *pg_query.FuncCall, at int) {
	if len(x.Args) == 2 {
		name, _ := r.p.textConstant(x.Args[1])
		name, _, _ = strings.Cut(strings.ToLower(name), "(")
		name = strings.TrimSpace(name)
		for internal, spelled := range sqlTypeNames {
			if name == spelled {
				name = internal
			}
		}
		if r.snap.TypeByName("pg_catalog", name) != nil {
			return
		}
	}
	r.refuse(at, Refusal{Code: "42501", Message: "permission denied for a call of pg_input_is_valid or pg_input_error_info with this type",
		Detail: "It runs the input function of the type.", Hint: "Name a type of pg_catalog, as a constant."})
}

// setsFreely reports whether a call of set_config gives a constant to a setting that a caller may set to anything.
func (r *resolver) setsFreely(x *pg_query.FuncCall) bool {
	if len(x.Args) != 3 || x.Args[1].GetAConst() == nil {
		return false
	}
	name, ok := r.p.textConstant(x.Args[0])
	return ok && freeSetting(name)
}

// settingRead checks current_setting: the mask key is in a setting. One that is named by an expression is read only if it
// is not of ours.
func (r *resolver) settingRead(x *pg_query.FuncCall, at int) {
	if len(x.Args) > 0 {
		if name, ok := r.p.textConstant(x.Args[0]); ok {
			if !readableSetting(name) {
				r.refuse(at, Refusal{Code: "42704", Message: fmt.Sprintf("unrecognized configuration parameter %q", name)})
			}
			return
		}
	}
	r.guardArgument(x, "(SELECT x.v FROM (SELECT (", ")::pg_catalog.text AS v) AS x WHERE pg_catalog.strpos(pg_catalog.translate(x.v, 'PGSCRIM', 'pgscrim'), 'pgscrim.') OPERATOR(pg_catalog.=) 0)")
}

// pureExtensions are extensions, of PostgreSQL's own distribution and well known, whose operators and casts compute from their operands.
// They are allowed whether the policy trusts the extension's functions or not: hstore, say, has an operator =, which a search_path
// makes part of every comparison, and a cast to json.
var pureExtensions = set("btree_gin", "btree_gist", "citext", "cube", "earthdistance", "hstore", "intarray", "isn", "ltree", "pg_trgm", "postgis", "seg", "uuid-ossp", "vector")

// operatorName refuses operators that call a function which the policy does not allow.
func (r *resolver) operatorName(name []string, at int) {
	if len(r.snap.Operators(name[len(name)-1])) == 0 && name[len(name)-1] != "!=" {
		r.refuse(at, Refusal{Code: "42883", Message: fmt.Sprintf("operator does not exist: %s", dotted(name)),
			Hint: "No operator matches the given name and argument types. You might need to add explicit type casts."})
		return
	}
	for _, o := range r.snap.Operators(name[len(name)-1]) {
		if o.Name.Schema == "pg_catalog" || o.Extension != "" && (r.trusted[o.Extension] || pureExtensions[o.Extension]) {
			continue
		}
		if len(name) == 1 && slices.Contains(r.path, o.Name.Schema) || len(name) == 2 && o.Name.Schema == name[0] {
			r.refuse(at, Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for operator %s.%s", o.Name.Schema, o.Name.Name),
				Hint: fmt.Sprintf("Write OPERATOR(pg_catalog.%s), or ask the policy's owner (%s) to trust the extension.", o.Name.Name, r.owner())})
			return
		}
	}
}

// temporaryType reports whether a name is that of the row type of a temporary table, which comes before every other type of that
// name. What its columns may be was decided when the table was made.
func (r *resolver) temporaryType(name []string) bool {
	_, known := r.temp.find(name[len(name)-1])
	return known && (len(name) == 1 || len(name) == 2 && name[0] == temporarySchema)
}

// serial are the names that CREATE TABLE takes for types.
var serial = set("serial", "serial2", "serial4", "serial8", "smallserial", "bigserial")

// missingType is PostgreSQL's error for a type that there is not.
func (r *resolver) missingType(name []string, array bool) Refusal {
	if len(name) == 2 && !r.snap.HasSchema(name[0]) {
		return Refusal{Code: "3F000", Message: fmt.Sprintf("schema %q does not exist", name[0])}
	}
	text := dotted(name)
	if array {
		text += "[]"
	}
	return Refusal{Code: "42704", Message: fmt.Sprintf("type %q does not exist", text)}
}

// typeName checks a type and returns its OID, 0 if it is not known or an array.
func (r *resolver) typeName(t *pg_query.TypeName) uint32 {
	if t == nil {
		return 0
	}
	r.visited[t] = true
	name, ok := names(t.Names)
	if !ok || len(name) == 0 || t.PctType {
		r.unsupported(int(t.GetLocation()), unknownPart, "type name")
		return 0
	}
	if r.temporaryType(name) {
		return 0
	}
	var found *catalog.Type
	switch len(name) {
	case 1:
		for _, s := range r.path {
			if found = r.snap.TypeByName(s, name[0]); found != nil {
				break
			}
		}
	case 2:
		found = r.snap.TypeByName(name[0], name[1])
	}
	if found == nil {
		if !serial[name[len(name)-1]] {
			r.refuse(int(t.Location), r.missingType(name, len(t.ArrayBounds) > 0))
		}
		return 0
	}
	base := r.snap.BaseType(found.OID)
	if base != nil && base.Kind == 'b' && base.Category == 'A' {
		base = r.snap.Within(base)
	}
	if base != nil && base.Kind == 'c' && base.Name.Schema != "pg_catalog" && r.snap.Checked {
		r.unsupported(int(t.Location), compositeCast)
	}
	if base != nil && base.Name.Schema != "pg_catalog" && base.Kind == 'b' && !r.trusted[base.Extension] {
		r.refuse(int(t.Location), Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for type %s.%s", base.Name.Schema, base.Name.Name),
			Hint: fmt.Sprintf("Ask the policy's owner (%s) to trust the extension that it belongs to.", r.owner())})
	}
	for d := found; d != nil; d = r.snap.Within(d) {
		for _, oid := range d.Calls {
			if f := r.snap.Function(oid); f != nil && !pureExtensions[f.Extension] && r.functionRefused(f) != nil {
				r.refuse(int(t.Location), Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for type %s.%s: a cast to it may call function %s.%s",
					found.Name.Schema, found.Name.Name, f.Name.Schema, f.Name.Name),
					Hint: fmt.Sprintf("Ask the policy's owner (%s) to name the function in functions.allow.", r.owner())})
			}
		}
	}
	if len(t.ArrayBounds) > 0 || t.Setof {
		return 0
	}
	return found.OID
}
