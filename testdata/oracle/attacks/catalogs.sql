-- The system's own relations and functions: statistics, sizes and counts, other sessions, files, settings.

SELECT pg_catalog.current_setting(x) FROM (VALUES ('pgscrim.key_inner'), ('TimeZone')) v(x)

SELECT name, setting FROM pg_settings WHERE name ~ 'scrim|key_'

SELECT * FROM pg_show_all_settings() WHERE name ~ 'scrim'

SELECT * FROM pg_file_settings

SELECT * FROM pg_hba_file_rules

SELECT * FROM pg_shadow

SELECT * FROM pg_authid

SELECT * FROM pg_user_mapping

SELECT umoptions FROM pg_user_mappings

SELECT count(*) FROM pg_stat_activity

SELECT query, state FROM pg_stat_activity

SELECT pg_stat_get_activity(NULL)

SELECT * FROM pg_stat_progress_copy

SELECT * FROM pg_stat_wal

SELECT * FROM pg_stat_bgwriter

SELECT * FROM pg_stat_replication

SELECT * FROM pg_replication_slots

SELECT * FROM pg_backend_memory_contexts

SELECT * FROM pg_shmem_allocations

SELECT * FROM pg_statistic_ext_data

SELECT * FROM pg_stats_ext_exprs

SELECT stxname FROM pg_statistic_ext

SELECT * FROM pg_prepared_xacts

SELECT pg_current_wal_lsn()

SELECT pg_current_wal_insert_lsn()

SELECT pg_stat_get_db_tuples_fetched(oid) FROM pg_database WHERE datname = current_database()

SELECT pg_stat_get_tuples_inserted('lab.vault'::regclass)

SELECT pg_stat_get_xact_numscans('lab.vault'::regclass)

SELECT n_live_tup, n_dead_tup FROM pg_stat_user_tables ORDER BY relname

SELECT heap_blks_read FROM pg_statio_user_tables ORDER BY relname

SELECT seq_scan, idx_scan FROM pg_stat_xact_all_tables WHERE relname = 'vault'

SELECT idx_tup_read FROM pg_stat_user_indexes ORDER BY indexrelname

SELECT * FROM pg_statio_user_sequences

SELECT * FROM pg_stat_user_functions

SELECT last_value FROM pg_sequences

SELECT relallvisible, reltuples FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indrelid = 'crm.customers'::regclass

SELECT (SELECT reltuples FROM pg_class WHERE oid = t.oid) FROM (SELECT 'lab.vault'::regclass::oid AS oid) t

SELECT reltuples FROM pg_class c, LATERAL (SELECT c.reltuples AS x) y WHERE c.relname = 'vault'

SELECT pg_class.reltuples, pg_catalog.pg_class.relpages FROM pg_catalog.pg_class WHERE relname = 'vault'

SELECT reltuples(c) FROM pg_class c WHERE relname = 'vault'

SELECT c.reltuples FROM ONLY pg_class c NATURAL JOIN (SELECT 'vault'::name AS relname) x

SELECT to_jsonb(c) -> 'reltuples' FROM pg_class c WHERE relname IN ('vault', 'customers') ORDER BY relname

COPY pg_statistic TO STDOUT

COPY pg_attribute (attmissingval) TO STDOUT

TABLE pg_stats

SELECT pg_relation_size(oid), pg_table_size(oid::regclass), pg_indexes_size(oid) FROM pg_class WHERE relname IN ('vault', 'visits') ORDER BY oid

SELECT pg_relation_size(relation => 'lab.vault')

SELECT (SELECT pg_relation_size(x) FROM (SELECT 'lab.vault'::regclass) t(x))

SELECT x.pg_relation_size FROM (SELECT 'lab.vault'::regclass AS y) x

SELECT pg_total_relation_size(c.reltoastrelid) FROM pg_class c WHERE c.relname = 'customers'

SELECT pg_relation_size(/* a comment -- */ 'lab.vault' -- another
, 'main')

SELECT pg_database_size('{db}') IS NULL, pg_database_size(oid) IS NULL FROM pg_database WHERE datname = current_database()

SELECT pg_tablespace_size('pg_default')

SELECT relname FROM pg_class WHERE pg_relation_size(oid) > 100000 AND relnamespace = 'lab'::regnamespace

SELECT chunk_data FROM pg_toast.pg_toast_1234

SELECT * FROM pg_largeobject

SELECT pg_ls_waldir()

SELECT pg_read_binary_file('PG_VERSION')

SELECT pg_stat_file('PG_VERSION')

SELECT pg_current_logfile()

SELECT pg_export_snapshot()

SELECT pg_logical_emit_message(false, 'x', 'y')

SELECT pg_create_restore_point('x')

SELECT pg_switch_wal()

SELECT pg_reload_conf()

SELECT pg_cancel_backend(pg_backend_pid())

SELECT pg_stat_reset()

SELECT pg_stat_get_backend_activity(1)

SELECT pg_lock_status()

SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'lab.shout'::regclass

SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'crm.orders_2024'::regclass ORDER BY conname

SELECT pg_get_partition_constraintdef('crm.orders_2024'::regclass)

SELECT prosrc FROM pg_proc WHERE proname = 'mail_of'

SELECT definition FROM pg_views WHERE schemaname = 'lab' ORDER BY viewname

SELECT pg_describe_object('pg_class'::regclass, 'lab.vault'::regclass, 1)

SELECT age(relfrozenxid) IS NULL FROM pg_class WHERE relname = 'vault'

SELECT pg_my_temp_schema() = 0, pg_is_other_temp_schema(pg_my_temp_schema())

SELECT pg_input_is_valid('x', 'lab.zip')

SELECT pg_relation_size('pg_statistic'), pg_table_size('pg_statistic'), pg_total_relation_size('pg_catalog.pg_statistic'), pg_indexes_size('pg_statistic')

SELECT relname, relpages, reltuples FROM pg_class WHERE relname LIKE 'pg_statistic%' OR relname IN ('pg_toast_2619', 'pg_toast_3429', 'pg_largeobject') ORDER BY 1

SELECT pg_relation_size('pg_toast.pg_toast_2619'), pg_relation_size('pg_toast.pg_toast_2619_index')

SELECT pg_relation_size('pg_attribute') > 0, pg_table_size('pg_class') > 0

SELECT relname, relpages, reltuples FROM pg_class WHERE relnamespace = 'pg_toast'::regnamespace AND relname NOT IN ('pg_toast_1255', 'pg_toast_2618') ORDER BY 1
