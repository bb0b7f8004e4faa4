package rewrite

import (
	"slices"
	"strings"
)

// A statement may call those functions of pg_catalog that PostgreSQL marks immutable, which compute from their arguments, and those
// of the others that stand in safeFunctions. So what a later version brings is refused until somebody has thought about it;
// testdata/catalog lists what is decided about each function of each version.

// safeFunctions are the stable and volatile functions of pg_catalog that neither read what a policy may protect, nor run a text as
// SQL, nor reach another session, the server's files or its state, in groups that share a reason. Not here, because no statement
// needs them by name, are the functions for input and selectivity and those that only the server itself calls.
var safeFunctions = set(slices.Concat(
	// Dates, numbers and money under the settings of time zone and locale.
	words(`age date date_add date_part date_subtract date_trunc extract generate_series interval_pl_timestamptz make_timestamptz money mxid_age numeric
			overlaps time timestamp timestamptz timestamptz_mi_interval timestamptz_pl_interval timetz timezone to_char to_date to_number to_timestamp`),
	words(`date_cmp_timestamptz date_eq_timestamptz date_ge_timestamptz date_gt_timestamptz date_le_timestamptz date_lt_timestamptz date_ne_timestamptz
			timestamp_cmp_timestamptz timestamp_eq_timestamptz timestamp_ge_timestamptz timestamp_gt_timestamptz timestamp_le_timestamptz
			timestamp_lt_timestamptz timestamp_ne_timestamptz timestamptz_cmp_date timestamptz_cmp_timestamp timestamptz_eq_date
			timestamptz_eq_timestamp timestamptz_ge_date timestamptz_ge_timestamp timestamptz_gt_date timestamptz_gt_timestamp timestamptz_le_date
			timestamptz_le_timestamp timestamptz_lt_date timestamptz_lt_timestamp timestamptz_ne_date timestamptz_ne_timestamp in_range`),
	words(`clock_timestamp now statement_timestamp timeofday transaction_timestamp pg_postmaster_start_time pg_conf_load_time`),
	// Texts, under the database's encoding and the output functions of their types.
	words(`anytextcat bpcharsend concat concat_ws convert convert_from convert_to format length quote_literal quote_nullable textanycat textsend
			array_out array_send array_to_string bpcharrecv date_out enum_out enum_send namesend range_out range_send record_out record_send timestamptz_out varcharsend`),
	// JSON, XML and arrays. What turns JSON into a row's type is checked where the type is named.
	words(`array_sample array_shuffle array_to_json enum_first enum_last enum_range json_agg json_agg_strict json_build_array json_build_object
			json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict json_populate_record json_populate_recordset
			json_to_record json_to_recordset json_to_tsvector jsonb_agg jsonb_agg_strict jsonb_build_array jsonb_build_object
			jsonb_path_exists_tz jsonb_path_match_tz
			jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_record_valid
			jsonb_populate_recordset jsonb_to_record jsonb_to_recordset jsonb_to_tsvector row_to_json to_json to_jsonb xml xml_is_well_formed xml_send`),
	// Full-text search: dictionaries and configurations are the database's definitions.
	words(`get_current_ts_config phraseto_tsquery plainto_tsquery to_tsquery to_tsvector ts_debug ts_headline ts_match_tq ts_match_tt ts_parse
			ts_token_type websearch_to_tsquery`),
	// Chance.
	words(`gen_random_uuid random random_normal setseed uuidv4 uuidv7`),
	// The session, its user and its transaction.
	words(`current_database current_schema current_schemas current_user getpgusername inet_client_addr inet_client_port inet_server_addr
			inet_server_port pg_backend_pid pg_client_encoding pg_current_snapshot pg_current_xact_id pg_current_xact_id_if_assigned
			pg_is_other_temp_schema pg_listening_channels pg_my_temp_schema pg_trigger_depth session_user system_user txid_current
			txid_current_if_assigned txid_current_snapshot`),
	words(`pg_advisory_unlock pg_advisory_unlock_all pg_sleep pg_sleep_for pg_sleep_until`),
	// Privileges.
	words(`aclexplode has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege
			has_language_privilege has_largeobject_privilege has_parameter_privilege has_schema_privilege has_sequence_privilege has_server_privilege
			has_table_privilege has_tablespace_privilege has_type_privilege pg_get_acl pg_has_role row_security_active`),
	// Definitions and names of objects, as the open catalogs have them.
	words(`col_description format_type obj_description oidvectortypes pg_available_extension_versions pg_available_extensions pg_basetype
			pg_char_to_encoding pg_collation_actual_version pg_collation_for pg_collation_is_visible pg_column_is_updatable
			pg_conversion_is_visible pg_database_collation_actual_version pg_describe_object pg_encoding_to_char pg_extension_update_paths
			pg_filenode_relation pg_function_is_visible pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr
			pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result
			pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_object_address pg_get_partition_constraintdef
			pg_get_partkeydef pg_get_publication_tables pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence
			pg_get_statisticsobjdef pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions pg_get_triggerdef pg_get_userbyid
			pg_get_viewdef pg_identify_object pg_identify_object_as_address pg_index_column_has_property pg_index_has_property
			pg_indexam_has_property pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_options_to_table
			pg_partition_ancestors pg_partition_tree pg_relation_filenode pg_relation_filepath pg_relation_is_publishable
			pg_relation_is_updatable pg_sequence_parameters pg_settings_get_flags pg_show_all_settings pg_statistics_obj_is_visible
			pg_table_is_visible pg_tablespace_databases pg_tablespace_location pg_timezone_abbrevs pg_timezone_abbrevs_abbrevs
			pg_timezone_abbrevs_zone pg_timezone_names pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible
			pg_ts_template_is_visible pg_type_is_visible pg_typeof shobj_description to_regclass to_regcollation to_regnamespace to_regoper
			to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_regtypemod regclass`),
	// How a value that the caller sees is stored; not pg_column_toast_chunk_id, an OID that counts what was stored before.
	words(`pg_column_compression pg_column_size`),
	// The server: what it is, and whether it follows another.
	words(`getdatabaseencoding pg_backup_start_time pg_blocking_pids pg_get_wait_events pg_get_wal_replay_pause_state pg_is_in_backup pg_is_in_recovery
			pg_is_wal_replay_paused pg_jit_available pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp
			pg_notification_queue_usage pg_numa_available pg_split_walfile_name version`),
)...)

// refusedFunctions says why functions are refused that one may well try.
var refusedFunctions = map[string]string{
	"ts_stat":                       "it runs a query given as text",
	"ts_rewrite":                    "it runs a query given as text",
	"query_to_xml":                  "it runs a query given as text",
	"query_to_xmlschema":            "it runs a query given as text",
	"query_to_xml_and_xmlschema":    "it runs a query given as text",
	"cursor_to_xml":                 "it reads a cursor by name",
	"cursor_to_xmlschema":           "it reads a cursor by name",
	"table_to_xml":                  "it reads a relation by name",
	"table_to_xmlschema":            "it reads a relation by name",
	"table_to_xml_and_xmlschema":    "it reads a relation by name",
	"schema_to_xml":                 "it reads relations by name",
	"schema_to_xmlschema":           "it reads relations by name",
	"schema_to_xml_and_xmlschema":   "it reads relations by name",
	"database_to_xml":               "it reads relations by name",
	"database_to_xmlschema":         "it reads relations by name",
	"database_to_xml_and_xmlschema": "it reads relations by name",
	"pg_prepared_statement":         "it shows rewritten statements",
	"pg_cursor":                     "it shows rewritten statements",
	"pg_mcv_list_items":             "it shows column values",
	"pg_sequence_last_value":        "it tells how many rows were written",
}

// words are the names in a text.
func words(text string) []string { return strings.Fields(text) }

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
