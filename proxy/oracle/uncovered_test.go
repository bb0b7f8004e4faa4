package oracle

import "strings"

// notOfSelect are the kinds of node, fields and values that no parse tree of a SELECT has, and why. The protocol buffers describe
// all nodes of PostgreSQL, those of other statements and of later stages included.
func notOfSelect() map[string]string {
	out := map[string]string{}
	for _, group := range []struct{ reason, nodes string }{
		{"another statement", `access_priv alter_collation_stmt alter_database_refresh_coll_stmt alter_database_set_stmt alter_database_stmt
			alter_default_privileges_stmt alter_domain_stmt alter_enum_stmt alter_event_trig_stmt alter_extension_contents_stmt alter_extension_stmt
			alter_fdw_stmt alter_foreign_server_stmt alter_function_stmt alter_object_depends_stmt alter_object_schema_stmt alter_op_family_stmt
			alter_operator_stmt alter_owner_stmt alter_policy_stmt alter_publication_stmt alter_role_set_stmt alter_role_stmt alter_seq_stmt alter_stats_stmt
			alter_subscription_stmt alter_system_stmt alter_table_cmd alter_table_move_all_stmt alter_table_space_options_stmt alter_table_stmt
			alter_tsconfiguration_stmt alter_tsdictionary_stmt alter_type_stmt alter_user_mapping_stmt call_context call_stmt check_point_stmt
			close_portal_stmt cluster_stmt comment_stmt composite_type_stmt constraint constraints_set_stmt copy_stmt create_am_stmt create_cast_stmt
			create_conversion_stmt create_domain_stmt create_enum_stmt create_event_trig_stmt create_extension_stmt create_fdw_stmt
			create_foreign_server_stmt create_foreign_table_stmt create_function_stmt create_op_class_item create_op_class_stmt create_op_family_stmt
			create_plang_stmt create_policy_stmt create_publication_stmt create_range_stmt create_role_stmt create_schema_stmt create_seq_stmt
			create_stats_stmt create_stmt create_subscription_stmt create_table_as_stmt create_table_space_stmt create_transform_stmt create_trig_stmt
			create_user_mapping_stmt createdb_stmt deallocate_stmt declare_cursor_stmt def_elem define_stmt discard_stmt do_stmt drop_owned_stmt
			drop_role_stmt drop_stmt drop_subscription_stmt drop_table_space_stmt drop_user_mapping_stmt dropdb_stmt execute_stmt explain_stmt fetch_stmt
			function_parameter grant_role_stmt grant_stmt import_foreign_schema_stmt index_elem index_stmt inline_code_block listen_stmt load_stmt lock_stmt
			notify_stmt object_with_args partition_bound_spec partition_cmd partition_elem partition_range_datum partition_spec plassign_stmt
			prepare_stmt publication_obj_spec publication_table raw_stmt reassign_owned_stmt refresh_mat_view_stmt reindex_stmt rename_stmt
			replica_identity_stmt return_stmt role_spec rule_stmt sec_label_stmt stats_elem table_like_clause transaction_stmt trigger_transition
			truncate_stmt unlisten_stmt vacuum_relation vacuum_stmt variable_set_stmt variable_show_stmt view_stmt`},
		{"a write, which in WITH is refused", `insert_stmt update_stmt delete_stmt merge_stmt merge_when_clause infer_clause on_conflict_clause
			multi_assign_ref set_to_default current_of_expr`},
		{"made by parse analysis, rewriting or planning", `aggref alternative_sub_plan array_coerce_expr array_expr case_test_expr coerce_to_domain
			coerce_to_domain_value coerce_via_io collate_expr convert_rowtype_expr distinct_expr field_select field_store from_expr func_expr inference_elem
			int_list json_constructor_expr merge_action next_value_expr null_if_expr oid_list on_conflict_expr op_expr param query range_tbl_entry
			range_tbl_function range_tbl_ref relabel_type row_compare_expr rtepermission_info scalar_array_op_expr set_operation_stmt sort_group_clause
			sub_plan subscripting_ref table_func table_sample_clause target_entry var window_clause window_func with_check_option`},
		{"held by its own field, not as one of a list of nodes", `alias ctecycle_clause ctesearch_clause into_clause json_agg_constructor json_format
			json_output json_returning type_name with_clause boolean float bit_string`},
	} {
		for _, name := range strings.Fields(group.nodes) {
			out["Node."+name] = group.reason
		}
	}
	for _, group := range []struct{ reason, names string }{
		{"made by parse analysis, rewriting or planning", `BoolExpr.xpr BooleanTest.xpr CaseExpr.casecollid CaseExpr.casetype CaseExpr.xpr CaseWhen.xpr
			CoalesceExpr.coalescecollid CoalesceExpr.coalescetype CoalesceExpr.xpr COERCE_EXPLICIT_CAST CTE_SUBLINK CTECycleClause.cycle_mark_collation
			CTECycleClause.cycle_mark_neop CTECycleClause.cycle_mark_type CTECycleClause.cycle_mark_typmod CommonTableExpr.ctecolcollations
			CommonTableExpr.ctecolnames CommonTableExpr.ctecoltypes CommonTableExpr.ctecoltypmods CommonTableExpr.cterecursive CommonTableExpr.cterefcount
			GROUPING_SET_SIMPLE GroupingFunc.agglevelsup GroupingFunc.refs GroupingFunc.xpr IS_XMLSERIALIZE JOIN_ANTI JOIN_RIGHT_ANTI JOIN_SEMI
			JOIN_UNIQUE_INNER JOIN_UNIQUE_OUTER JS_FORMAT_JSONB JoinExpr.rtindex JsonReturning.typid JsonReturning.typmod JsonValueExpr.formatted_expr
			LCS_NONE MULTIEXPR_SUBLINK MinMaxExpr.inputcollid MinMaxExpr.minmaxcollid MinMaxExpr.minmaxtype MinMaxExpr.xpr 
			NamedArgExpr.xpr NullTest.argisrow NullTest.xpr Node.row_mark_clause ROWCOMPARE_SUBLINK RowExpr.colnames RowExpr.row_typeid RowExpr.xpr
			SQLValueFunction.type SQLValueFunction.xpr SubLink.sub_link_id SubLink.xpr TypeName.type_oid XmlExpr.arg_names XmlExpr.indent XmlExpr.type
			XmlExpr.typmod XmlExpr.xpr`},
		{"of a column in CREATE TABLE", `ColumnDef.coll_oid ColumnDef.compression ColumnDef.constraints ColumnDef.cooked_default ColumnDef.fdwoptions
			ColumnDef.generated ColumnDef.identity ColumnDef.identity_sequence ColumnDef.inhcount ColumnDef.is_from_type ColumnDef.is_not_null
			ColumnDef.raw_default ColumnDef.storage ColumnDef.storage_name`},
		{"of CREATE TABLE AS", `IntoClause.access_method IntoClause.col_names IntoClause.options IntoClause.skip_data IntoClause.table_space_name
			IntoClause.view_query ONCOMMIT_DELETE_ROWS ONCOMMIT_DROP ONCOMMIT_PRESERVE_ROWS`},
		{"of a target of INSERT or UPDATE", "ResTarget.indirection"},
		{"of a function's argument", "TypeName.pct_type"},
	} {
		for _, name := range strings.Fields(group.names) {
			out[name] = group.reason
		}
	}
	return out
}
