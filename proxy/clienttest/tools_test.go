package clienttest

import "testing"

// testTools runs what drivers, mappers and tools send of their own accord: when they connect, and to find their way.
func testTools(t *testing.T, s *site) {
	var commands []string
	for _, query := range []struct{ tool, sql string }{
		{"asyncpg, when a connection goes back to its pool", `SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;`},
		{"pgjdbc: getPrimaryKeys", `SELECT ct.relname, a.attname, (information_schema._pg_expandarray(i.indkey)).n AS key_seq, ci.relname FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid) JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (a.attrelid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) WHERE n.nspname = 'crm' AND i.indisprimary ORDER BY 1, 2, 3;`},
		{"pgjdbc: getIndexInfo", `SELECT tmp.index_name, trim(both '"' FROM pg_catalog.pg_get_indexdef(tmp.ci_oid, (tmp.keys).n, false)) AS column_name, tmp.am_name FROM (SELECT ci.relname AS index_name, (information_schema._pg_expandarray(i.indkey)) AS keys, ci.oid AS ci_oid, am.amname AS am_name FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (ct.oid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) WHERE n.nspname = 'crm' AND ct.relname = 'customers') AS tmp ORDER BY 1, 2;`},
		{"DBD::Pg: table_info", `SELECT c.relname, d.description FROM pg_catalog.pg_class AS c LEFT JOIN pg_catalog.pg_description AS d ON (c.oid = d.objoid AND c.tableoid = d.classoid AND d.objsubid = 0) JOIN pg_catalog.pg_namespace n ON (n.oid = c.relnamespace) WHERE n.nspname = 'crm' ORDER BY 1;`},
		{"Sequelize: describeTable", `SELECT c.column_name, pgd.description, st.relname FROM information_schema.columns c LEFT JOIN pg_catalog.pg_statio_all_tables st ON st.schemaname = c.table_schema AND st.relname = c.table_name LEFT JOIN pg_catalog.pg_description pgd ON pgd.objoid = st.relid AND pgd.objsubid = c.ordinal_position WHERE c.table_schema = 'crm' AND c.table_name = 'customers' ORDER BY c.ordinal_position;`},
		{"DataGrip", `SELECT T.relkind AS table_kind, T.relname AS table_name, T.oid AS table_id, T.xmin AS table_state_number, pg_catalog.pg_get_userbyid(T.relowner) AS owner FROM pg_catalog.pg_class T WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('r', 'm', 'v', 'f', 'p') ORDER BY table_id;`},
		{"DataGrip", `SELECT N.oid::bigint AS id, N.xmin AS state_number, nspname AS name, D.description FROM pg_catalog.pg_namespace N LEFT JOIN pg_catalog.pg_description D ON N.oid = D.objoid WHERE nspname !~ 'temp' ORDER BY N.oid;`},
		{"pgAdmin", `SELECT gss_authenticated, encrypted FROM pg_catalog.pg_stat_gssapi WHERE pid = pg_backend_pid();`},
		{"pgAdmin", `SELECT db.datname, db.datallowconn, pg_encoding_to_char(db.encoding) AS serverencoding, has_database_privilege(db.oid, 'CREATE') AS cancreate, datistemplate FROM pg_catalog.pg_database db WHERE db.datname = current_database();`},
		{"DBeaver", `SET extra_float_digits = 3; SET application_name = 'DBeaver - Main'; SHOW search_path; SELECT current_schema();`},
		{"DBeaver", `SELECT c.oid, c.*, d.description, pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS partition_expr, pg_catalog.pg_get_partkeydef(c.oid) AS partition_key FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass WHERE c.relname = 'stores';`},
		{"DBeaver", `SELECT c.relname, a.*, pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) AS def_value, dsc.description FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid = c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid = ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid = dsc.objoid AND a.attnum = dsc.objsubid) WHERE NOT a.attisdropped AND c.oid = 'crm.customers'::regclass ORDER BY a.attnum;`},
		{"Npgsql: types", `SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull FROM pg_type AS t JOIN pg_namespace AS ns ON (ns.oid = typnamespace) LEFT JOIN pg_class AS cls ON (cls.oid = t.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = t.typreceive WHERE t.typtype IN ('b', 'r', 'm', 'e', 'd') OR (t.typtype = 'c' AND relkind = 'c') ORDER BY t.oid;`},
		{"Npgsql: enums", `SELECT pg_type.oid, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid ORDER BY oid, enumsortorder;`},
		{"Power BI", `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.tables WHERE TABLE_SCHEMA NOT IN ('information_schema', 'pg_catalog') ORDER BY TABLE_SCHEMA, TABLE_NAME;`},
		{"Power BI", `SELECT COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, CASE WHEN (udt_schema <> 'pg_catalog' AND data_type = 'USER-DEFINED') THEN udt_name ELSE DATA_TYPE END AS DATA_TYPE FROM INFORMATION_SCHEMA.columns WHERE TABLE_SCHEMA = 'crm' AND TABLE_NAME = 'customers' ORDER BY ORDINAL_POSITION;`},
		{"Tableau", `BEGIN; DECLARE "SQL_CUR0x1" CURSOR WITH HOLD FOR SELECT "customers"."country" AS "country", COUNT(1) AS "n" FROM "crm"."customers" "customers" GROUP BY 1 ORDER BY 1; FETCH 5 IN "SQL_CUR0x1"; CLOSE "SQL_CUR0x1"; COMMIT;`},
		{"Tableau", `CREATE LOCAL TEMPORARY TABLE "#Tableau_1_1_Connect" ("COL" INTEGER) ON COMMIT PRESERVE ROWS; DROP TABLE "#Tableau_1_1_Connect";`},
		{"Metabase", `SELECT n.nspname, c.relname, stat.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid LEFT JOIN pg_stat_user_tables stat ON n.nspname = stat.schemaname AND c.relname = stat.relname WHERE n.nspname = 'crm' AND c.relkind IN ('r', 'p', 'v', 'f', 'm') ORDER BY 1, 2;`},
		{"Metabase", `WITH p AS (SELECT t.schemaname AS s, t.tablename AS t, pg_catalog.has_any_column_privilege(current_user, '"' || t.schemaname || '"."' || t.tablename || '"', 'select') AS sel FROM pg_catalog.pg_tables t) SELECT * FROM p WHERE s = 'crm' ORDER BY 1, 2;`},
		{"Rails", `SELECT a.attname FROM (SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx FROM pg_index WHERE indrelid = '"crm"."orders"'::regclass AND indisprimary) i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[i.idx] ORDER BY i.idx;`},
		{"postgres_fdw", `SET search_path = pg_catalog; SET timezone = 'GMT'; SET datestyle = ISO; SET intervalstyle = postgres; SET extra_float_digits = 3; START TRANSACTION ISOLATION LEVEL REPEATABLE READ; DECLARE c1 CURSOR FOR SELECT id, email FROM crm.customers ORDER BY id ASC NULLS LAST; FETCH 100 FROM c1; CLOSE c1; COMMIT TRANSACTION;`},
	} {
		commands = append(commands, "-- "+query.tool+"\n"+query.sql)
	}
	sameAnswers(t, s, commands)
}
