package rewrite

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/proto"
)

// freeSettings are the run-time parameters that a caller may set: they change formats, time limits and plans, but not
// what a statement means or who runs it. row_security and restrict_nonsystem_relation_kind, which pg_dump sets, only make statements fail that
// read certain relations, whatever is in them. Not among them, on purpose: role, session_authorization, those that change how text is read (backslash_quote, transform_null_equals, standard_conforming_strings other than on), and
// temp_file_limit, by which a join over hidden rows fails or does not.
var freeSettings = set(
	"application_name", "array_nulls", "bytea_output", "check_function_bodies", "client_connection_check_interval",
	"commit_delay", "commit_siblings", "constraint_exclusion", "cpu_index_tuple_cost", "cpu_operator_cost", "cpu_tuple_cost",
	"cursor_tuple_fraction", "datestyle", "deadlock_timeout", "default_statistics_target", "default_text_search_config",
	"default_toast_compression", "default_transaction_deferrable", "default_transaction_isolation", "default_transaction_read_only",
	"effective_cache_size", "effective_io_concurrency", "escape_string_warning", "extra_float_digits", "from_collapse_limit",
	"geqo", "geqo_effort", "geqo_generations", "geqo_pool_size", "geqo_seed", "geqo_selection_bias", "geqo_threshold",
	"gin_fuzzy_search_limit", "gin_pending_list_limit", "hash_mem_multiplier", "idle_in_transaction_session_timeout",
	"idle_session_timeout", "intervalstyle", "jit", "jit_above_cost", "jit_inline_above_cost", "jit_optimize_above_cost",
	"join_collapse_limit", "lc_messages", "lc_monetary", "lc_numeric", "lc_time", "lock_timeout", "logical_decoding_work_mem",
	"maintenance_work_mem", "max_parallel_maintenance_workers", "max_parallel_workers", "max_parallel_workers_per_gather",
	"min_parallel_index_scan_size", "min_parallel_table_scan_size", "parallel_leader_participation", "parallel_setup_cost",
	"parallel_tuple_cost", "plan_cache_mode", "quote_all_identifiers", "random_page_cost", "recursive_worktable_factor",
	"restrict_nonsystem_relation_kind", "row_security", "seed",
	"seq_page_cost", "statement_timeout", "synchronize_seqscans", "synchronous_commit", "tcp_keepalives_count", "tcp_keepalives_idle",
	"tcp_keepalives_interval", "tcp_user_timeout", "temp_buffers", "timezone", "timezone_abbreviations",
	"transaction_deferrable", "transaction_isolation", "transaction_read_only", "transaction_timeout", "work_mem", "xmlbinary", "xmloption",
)

// freeSetting reports whether a caller may set a run-time parameter to any value (name in any case). The settings that
// the rewriter follows, client_encoding and standard_conforming_strings are looked at on their own.
func freeSetting(name string) bool {
	name = strings.ToLower(name)
	return freeSettings[name] || strings.HasPrefix(name, "enable_")
}

// followed reports whether the rewriter follows a setting.
func followed(name string) bool {
	switch name {
	case SettingSearchPath, SettingPurpose, SettingReason, SettingNotices:
		return true
	}
	return false
}

// readableSetting reports whether a caller may read a setting: all but those that carry the mask key.
func readableSetting(name string) bool {
	name = strings.ToLower(name)
	if !strings.HasPrefix(name, "pgscrim.") {
		return true
	}
	return followed(name) || name == SettingCaller || name == SettingRoles || name == SettingPolicy
}

// checkSetting decides whether the caller may give a setting a value. name is in lower case.
func (r *run) checkSetting(name, value string, isDefault bool) *Refusal {
	switch {
	case name == SettingPurpose:
		if value == "" || isDefault || r.policy.MayDeclare(r.session.Roles, value) {
			return nil
		}
		return r.purposeRefused(value)
	case name == SettingReason:
		return nil
	case name == SettingNotices:
		if isDefault || value == "on" || value == "off" || value == "verbose" {
			return nil
		}
		return &Refusal{Code: "22023", Message: fmt.Sprintf("invalid value for parameter %q: %q", name, value), Hint: "Available values: off, on, verbose."}
	case name == SettingSearchPath:
		if _, ok := r.snap.Path(value); ok || isDefault {
			return nil
		}
		return &Refusal{Code: "0A000", Message: "this search_path is not supported by pgscrim",
			Hint: "Leave pg_temp out, and pg_catalog too or name it first."}
	case strings.HasPrefix(name, "pgscrim."):
		return &Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to set parameter %q", name),
			Hint: "You may set pgscrim.purpose, pgscrim.reason and pgscrim.notices."}
	case name == "client_encoding":
		if isDefault || utf8Name(value) {
			return nil
		}
		return &Refusal{Code: "0A000", Message: fmt.Sprintf("client_encoding %q is not supported by pgscrim", value), Hint: "Use UTF8."}
	case name == "standard_conforming_strings":
		if isDefault || isOn(value) {
			return nil
		}
		return &Refusal{Code: "0A000", Message: "standard_conforming_strings = off is not supported by pgscrim", Hint: "Write E'...' for strings with escapes."}
	case (name == "default_tablespace" || name == "temp_tablespaces") && value == "":
		return nil // as in the head of each script that pg_dump writes
	case name == "client_min_messages":
		if isDefault || quietMessages[strings.ToLower(value)] {
			return nil
		}
		return &Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to set parameter %q to %q", name, value),
			Detail: "The server's log lines would show rewritten statements.", Hint: "Use notice, warning or error."}
	case freeSetting(name):
		return nil
	case isDefault && (name == "role" || name == "session_authorization"):
		return nil // back to the role that the session runs as anyway
	case name == "role" || name == "session_authorization": // pg_settings does not list them
	case !r.snap.HasSetting(name):
		prefix, _, custom := strings.Cut(name, ".")
		if !custom {
			return &Refusal{Code: "42704", Message: fmt.Sprintf("unrecognized configuration parameter %q", name)}
		}
		// A custom setting of the client's own is free, an extension's is not.
		if !r.snap.HasExtension(prefix) && !strings.HasPrefix(prefix, "pl") {
			return nil
		}
	}
	return &Refusal{Code: "42501", Message: fmt.Sprintf("permission denied to set parameter %q", name),
		Hint: "It would change what statements mean, or who runs them."}
}

// quietMessages are the values of client_min_messages that keep the server's log lines away from the client.
var quietMessages = set("notice", "warning", "error")

func utf8Name(value string) bool {
	v := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(value))
	return v == "utf8" || v == "unicode"
}

func isOn(value string) bool {
	switch strings.ToLower(value) {
	case "on", "true", "yes", "1", "t", "y", "tru", "ye", "tr":
		return true
	}
	return false
}

// set handles SET and RESET.
func (r *run) set(s *pg_query.VariableSetStmt) {
	name := strings.ToLower(s.Name)
	switch s.Kind {
	case pg_query.VariableSetKind_VAR_RESET_ALL:
		r.out.Kind, r.out.Effect = "RESET", Effect{Kind: EffectResetAll}
		return
	case pg_query.VariableSetKind_VAR_SET_MULTI:
		r.out.Kind = "SET"
		if name != "transaction" && name != "session characteristics" {
			r.refuse(&Refusal{Code: "0A000", Message: "SET " + s.Name + " is not supported by pgscrim"})
		}
		return
	case pg_query.VariableSetKind_VAR_SET_VALUE, pg_query.VariableSetKind_VAR_SET_DEFAULT, pg_query.VariableSetKind_VAR_RESET:
	default: // SET ... FROM CURRENT is for functions
		r.refuse(&Refusal{Code: "0A000", Message: "this form of SET is not supported by pgscrim"})
		return
	}
	r.out.Kind = "SET"
	if s.Kind == pg_query.VariableSetKind_VAR_RESET {
		r.out.Kind = "RESET"
	}
	var values []string
	for _, a := range s.Args {
		if cast := a.GetTypeCast(); cast != nil { // SET TIME ZONE INTERVAL '...'
			r.visited[cast.TypeName] = true
		}
		v, ok := r.p.settingConstant(a)
		if !ok && followed(name) {
			r.refuse(&Refusal{Code: "0A000", Message: fmt.Sprintf("this value of %q is not supported by pgscrim", name)})
			return
		}
		if name == SettingSearchPath {
			v = quote(v) // each argument is one identifier, taken as it is
		}
		values = append(values, v)
	}
	isDefault := s.Kind != pg_query.VariableSetKind_VAR_SET_VALUE
	if isDefault && s.IsLocal && followed(name) {
		// A later RESET ALL would leave the setting alone, but not what it was before the transaction (guc.c).
		r.refuse(&Refusal{Code: "0A000", Message: fmt.Sprintf("SET LOCAL %s TO DEFAULT is not supported by pgscrim", name), Hint: "Name the value."})
		return
	}
	r.setEffect(name, strings.Join(values, ", "), s.IsLocal, isDefault)
}

// setEffect checks a change of a setting and notes it if the rewriter follows that setting.
func (r *run) setEffect(name, value string, local, isDefault bool) {
	if refusal := r.checkSetting(name, value, isDefault); refusal != nil {
		r.refuse(refusal)
		return
	}
	if followed(name) {
		r.out.Effect = Effect{Kind: EffectSet, Name: name, Value: value, Local: local, Default: isDefault}
	}
}

// setConfig recognizes SELECT set_config('name', 'value', is_local) [, ...] with nothing else in the statement. One of the calls may be
// of a setting that the rewriter follows.
func (r *run) setConfig(s *pg_query.SelectStmt) bool {
	if r.setIfKnown(s) {
		return true
	}
	// Nothing else may stand in the statement: it is compared with one that has only the calls.
	bare := &pg_query.SelectStmt{TargetList: s.TargetList, LimitOption: s.LimitOption, Op: s.Op}
	if len(s.TargetList) == 0 || !proto.Equal(s, bare) {
		return false
	}
	calls := make([]settingCall, len(s.TargetList))
	for i, n := range s.TargetList {
		var ok bool
		if calls[i], ok = r.settingCall(n.GetResTarget()); !ok {
			return false
		}
	}
	r.visited[s] = true
	for _, c := range calls {
		if followed(c.name) && r.out.Effect.Kind != NoEffect {
			r.refuse(&Refusal{Code: "0A000", Message: fmt.Sprintf("set_config of %q beside %q is not supported by pgscrim", c.name, r.out.Effect.Name), Hint: "Use SET."})
		}
		r.visitCall(c)
		r.setEffect(c.name, c.value, c.local, false)
	}
	return true
}

// setIfKnown recognizes SELECT set_config(name, 'value', is_local) FROM pg_settings WHERE name = 'a name', by which pg_dump and
// pgAdmin set what only some versions of PostgreSQL have.
func (r *run) setIfKnown(s *pg_query.SelectStmt) bool {
	bare := &pg_query.SelectStmt{TargetList: s.TargetList, FromClause: s.FromClause, WhereClause: s.WhereClause, LimitOption: s.LimitOption, Op: s.Op}
	if len(s.TargetList) != 1 || len(s.FromClause) != 1 || !proto.Equal(s, bare) {
		return false
	}
	from, where := s.FromClause[0].GetRangeVar(), s.WhereClause.GetAExpr()
	if from.GetRelname() != "pg_settings" || from.Catalogname != "" || from.Alias != nil || where.GetKind() != pg_query.A_Expr_Kind_AEXPR_OP {
		return false
	}
	operator, _ := names(where.Name)
	name, named := r.p.textConstant(where.Rexpr)
	if len(operator) != 1 || operator[0] != "=" || !named || !isNamed(where.Lexpr, "name") {
		return false
	}
	name = strings.ToLower(name)
	call, ok := r.settingCallOf(s.TargetList[0].GetResTarget(), func(n *pg_query.Node) (string, bool) { return name, isNamed(n, "name") })
	q := r.resolver()
	if rel := q.find(from.Schemaname, from.Relname); !ok || followed(name) || rel == nil || rel.Name.Schema != "pg_catalog" {
		return false
	}
	q.query(&pg_query.SelectStmt{FromClause: s.FromClause, WhereClause: s.WhereClause}, nil, nil, true)
	r.conclude(q)
	r.visited[s] = true
	r.visitCall(call)
	if r.snap.HasSetting(name) || strings.Contains(name, ".") { // else no row has it, so there is no call
		r.setEffect(name, call.value, call.local, false)
	}
	return true
}

// isNamed reports whether an expression is a column of that name.
func isNamed(n *pg_query.Node, column string) bool {
	name, ok := names(n.GetColumnRef().GetFields())
	return ok && len(name) == 1 && name[0] == column
}

// visitCall notes that a call of set_config has been looked at.
func (r *run) visitCall(c settingCall) {
	r.writes = true
	r.visited[c.call] = true
	if cast := c.call.Args[2].GetTypeCast(); cast != nil {
		r.visited[cast.TypeName] = true
	}
}

// settingCall is a call of set_config with constants.
type settingCall struct {
	call        *pg_query.FuncCall
	name, value string // the name in lower case
	local       bool
}

// settingCall reads a target that is nothing but a call of set_config.
func (r *run) settingCall(t *pg_query.ResTarget) (c settingCall, ok bool) {
	return r.settingCallOf(t, func(n *pg_query.Node) (string, bool) {
		setting, ok := r.p.textConstant(n)
		return strings.ToLower(setting), ok
	})
}

// settingCallOf reads a call of set_config whose first argument names a setting in the given way.
func (r *run) settingCallOf(t *pg_query.ResTarget, nameOf func(*pg_query.Node) (string, bool)) (c settingCall, ok bool) {
	f := t.GetVal().GetFuncCall()
	plain := &pg_query.FuncCall{Funcname: f.GetFuncname(), Args: f.GetArgs(), Funcformat: f.GetFuncformat(), Location: f.GetLocation()}
	if f == nil || !proto.Equal(f, plain) || len(t.Indirection) > 0 {
		return c, false
	}
	name, ok := names(f.GetFuncname())
	if !ok || len(f.GetArgs()) != 3 || name[len(name)-1] != "set_config" || len(name) == 2 && name[0] != "pg_catalog" || len(name) > 2 {
		return c, false
	}
	setting, named := nameOf(f.Args[0])
	value, given := r.p.textConstant(f.Args[1])
	isLocal, known := r.p.flagConstant(f.Args[2])
	return settingCall{f, setting, value, isLocal}, named && given && known
}

// show handles SHOW.
func (r *run) show(s *pg_query.VariableShowStmt) {
	r.out.Kind = "SHOW"
	switch name := strings.ToLower(s.Name); {
	case !readableSetting(name):
		r.refuse(&Refusal{Code: "42704", Message: fmt.Sprintf("unrecognized configuration parameter %q", s.Name)})
	case name == SettingPolicy:
		// The policy in force, not the one that the session started with.
		start, end := r.p.extent(r.raw)
		r.replace(edit{start, end, fmt.Sprintf("SELECT %s::pg_catalog.text AS %s", literal(r.policy.Name+" "+r.policy.Digest), quote(SettingPolicy))})
		r.out.CommandTag = "SHOW"
	}
}
