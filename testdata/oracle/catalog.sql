-- What psql, drivers and BI tools ask the catalogs. Definitions are not masked: the database itself is the reference.

--! catalog
SELECT n.nspname as "Schema", c.relname as "Name", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END as "Type", pg_catalog.pg_get_userbyid(c.relowner) as "Owner" FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam WHERE c.relkind IN ('r','p','v','m','S','f','') AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2

--! catalog
SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(customers)$' COLLATE pg_catalog.default AND n.nspname OPERATOR(pg_catalog.~) '^(crm)$' COLLATE pg_catalog.default ORDER BY 2, 3

--! catalog
SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, c.relhastriggers, c.relrowsecurity, c.relforcerowsecurity, false AS relhasoids, c.relispartition, pg_catalog.array_to_string(c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', '), c.reltablespace, CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, c.relpersistence, c.relreplident, am.amname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid) LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid) WHERE c.oid = 'crm.customers'::regclass

--! catalog
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull, (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation, a.attidentity, a.attgenerated FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'lab."Person"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum

--! catalog
SELECT c2.relname, i.indisprimary, i.indisunique, i.indisclustered, i.indisvalid, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), pg_catalog.pg_get_constraintdef(con.oid, true), contype, condeferrable, condeferred, i.indisreplident, c2.reltablespace FROM pg_catalog.pg_class c, pg_catalog.pg_class c2, pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p','u','x')) WHERE c.oid = 'crm.customers'::regclass AND c.oid = i.indrelid AND i.indexrelid = c2.oid ORDER BY i.indisprimary DESC, c2.relname

--! catalog
SELECT n.nspname AS "Schema", p.proname AS "Name", pg_catalog.pg_get_function_result(p.oid), pg_catalog.pg_get_function_arguments(p.oid), CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'lab' ORDER BY 1, 2, 4

--! catalog
SELECT c.oid::pg_catalog.regclass, c.relkind, inhdetachpending, pg_catalog.pg_get_expr(c.relpartbound, c.oid) FROM pg_catalog.pg_class c, pg_catalog.pg_inherits i WHERE c.oid = i.inhrelid AND i.inhparent = 'crm.orders'::regclass ORDER BY pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.oid::pg_catalog.regclass::pg_catalog.text

--! catalog
SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema IN ('crm', 'lab') ORDER BY 1, 2

--! catalog
SELECT column_name, data_type, is_nullable, character_maximum_length, numeric_precision FROM information_schema.columns WHERE table_schema = 'crm' AND table_name = 'customers' ORDER BY ordinal_position

--! catalog
SELECT tc.constraint_name, tc.table_name, kcu.column_name, ccu.table_name, ccu.column_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name AND tc.table_schema = kcu.table_schema JOIN information_schema.constraint_column_usage ccu ON ccu.constraint_name = tc.constraint_name WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_schema = 'crm' ORDER BY 1, 2, 3, 4, 5

--! catalog
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME, CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema' WHEN true THEN 'SYSTEM' ELSE CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'v' THEN 'VIEW' ELSE NULL END END AS TABLE_TYPE, d.description AS REMARKS FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0 and d.classoid = 'pg_class'::regclass) WHERE c.relnamespace = n.oid AND n.nspname LIKE 'crm' ORDER BY TABLE_TYPE, TABLE_SCHEM, TABLE_NAME

--! catalog
SELECT t.oid, t.typname, t.typlen, t.typtype, t.typelem, t.typbasetype, e.enumlabel FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = 'lab'::regnamespace ORDER BY t.typname, e.enumsortorder

--! catalog
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1

--! catalog
SELECT datname, pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()

--! catalog
SELECT rolname, rolsuper, rolcanlogin FROM pg_roles WHERE rolname = current_user

--! catalog
SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'max_index_keys', 'standard_conforming_strings') ORDER BY 1

--! catalog
SELECT obj_description('crm.customers'::regclass), col_description('crm.customers'::regclass, 2), to_regclass('crm.customers'), to_regclass('nosuch')

--! catalog
SELECT pg_get_viewdef('lab.people'::regclass, true), pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'crm.customers'::regclass ORDER BY conname

--! catalog
SELECT has_table_privilege('crm.customers', 'SELECT'), has_schema_privilege('crm', 'USAGE'), pg_table_is_visible('crm.customers'::regclass)

--! catalog
SELECT schemaname, tablename, indexname FROM pg_indexes WHERE schemaname = 'crm' ORDER BY 1, 2, 3

--! catalog
SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname = 'lab' ORDER BY 2

--! catalog
SELECT matviewname, ispopulated FROM pg_matviews ORDER BY 1

--! catalog
SELECT sequence_schema, sequence_name, data_type FROM information_schema.sequences ORDER BY 1, 2

--! catalog
SELECT 'crm.customers'::regclass::oid = c.oid, c.relnatts FROM pg_class c WHERE c.oid = 'crm.customers'::regclass

--! catalog
SELECT a.attname, format_type(t.oid, a.atttypmod) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = 'crm.orders'::regclass AND attnum > 0 ORDER BY attnum

--! catalog
SELECT extname, extversion FROM pg_extension ORDER BY 1

--! catalog
SELECT collname FROM pg_collation WHERE collname IN ('C', 'POSIX', 'default') ORDER BY 1

--! catalog
SELECT count(*) > 100 FROM pg_timezone_names

--! catalog
SELECT c.relname, c.relkind FROM pg_class c WHERE c.relkind IN ('r', 'v') AND substring(c.relname, 1, 3) = 'cus' AND pg_table_is_visible(c.oid) ORDER BY 1 LIMIT 1000

--! catalog
SELECT t.tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t WHERE t.tgrelid = 'crm.stores'::regclass AND NOT tgisinternal

--! catalog
SELECT pol.polname FROM pg_catalog.pg_policy pol WHERE pol.polrelid = 'crm.customers'::regclass

--! catalog
SELECT current_schemas(false)

--! catalog
SELECT p.prosrc FROM pg_proc p WHERE p.proname = 'twice'

--! refused 42501
SELECT most_common_vals FROM pg_stats

--! refused 42501
SELECT * FROM pg_statistic

--! refused 42501
SELECT * FROM pg_authid

--! refused 42501
SELECT statement FROM pg_prepared_statements

--! refused 42501
SELECT * FROM pg_cursors

--! refused 42501
SELECT usename, passwd FROM pg_shadow
