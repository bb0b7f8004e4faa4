-- What tools send: when they connect, to find their way, and for the pictures that they draw.

--! session analyst Tableau: connect and aggregate
--! simple
SET DateStyle = 'ISO';SET extra_float_digits = 2;show transaction_isolation

SELECT current_schema()

select n.nspname, c.relname, c.relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where c.relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = c.relnamespace order by nspname, relname

SELECT * FROM "crm"."customers" "customers" LIMIT 0

SELECT "customers"."country" AS "country", COUNT(DISTINCT "customers"."id") AS "ctd:id:ok", AVG(CAST("customers"."monthly_income" AS DOUBLE PRECISION)) AS "avg:income:ok" FROM "crm"."customers" "customers" GROUP BY 1 ORDER BY 1

--! session analyst Tableau: cursor in a transaction
--! simple
BEGIN;declare "SQL_CUR0x7f2" cursor with hold for SELECT "orders"."status" AS "status", SUM("orders"."total") AS "sum:total:ok", CAST(DATE_TRUNC('MONTH', CAST("orders"."ordered_at" AS DATE)) AS DATE) AS "tmn:ordered_at:ok" FROM "crm"."orders" "orders" GROUP BY 1, 3 ORDER BY 1, 3

--! simple
fetch 2048 in "SQL_CUR0x7f2"

--! simple
close "SQL_CUR0x7f2";COMMIT

--! session analyst Tableau: a temporary table for a filter
CREATE LOCAL TEMPORARY TABLE "#Tableau_5_1_Filter" ("X__alias__0" TEXT) ON COMMIT PRESERVE ROWS

INSERT INTO "#Tableau_5_1_Filter" VALUES ('DE'), ('BR')

SELECT "customers"."segment" AS "segment", SUM(1) AS "n" FROM "crm"."customers" "customers" INNER JOIN "#Tableau_5_1_Filter" "t0" ON ("customers"."country" IS NOT DISTINCT FROM "t0"."X__alias__0") GROUP BY 1 HAVING (COUNT(1) > 0) ORDER BY 1

DROP TABLE "#Tableau_5_1_Filter"

--! session analyst Tableau: a level-of-detail expression
SELECT "t0"."country" AS "country", AVG("t0"."x_measure__0") AS "TEMP" FROM (SELECT "customers"."country" AS "country", "orders"."customer_id" AS "customer_id", SUM("orders"."total") AS "x_measure__0" FROM "crm"."orders" "orders" INNER JOIN "crm"."customers" "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1, 2) "t0" GROUP BY 1 ORDER BY 1 NULLS FIRST

--! session analyst Tableau: top N in a set
SELECT "orders"."customer_id" AS "customer_id", SUM("orders"."total") AS "$__alias__0" FROM "crm"."orders" "orders" GROUP BY 1 ORDER BY 2 DESC, 1 ASC LIMIT 10

SELECT CASE WHEN ("customers"."birth_date" < DATE '1970-01-01') THEN 'older' WHEN NOT ("customers"."birth_date" < DATE '1970-01-01') THEN 'younger' ELSE NULL END AS "Calculation_1", COUNT("customers"."email") AS "cnt" FROM "crm"."customers" "customers" GROUP BY 1 ORDER BY 1

--! session dpo Tableau: columns and keys
SELECT "t1"."conname", "t2"."relname" FROM "pg_catalog"."pg_constraint" "t1" JOIN "pg_catalog"."pg_class" "t2" ON "t2"."oid" = "t1"."conrelid" WHERE "t1"."contype" = 'f' ORDER BY 1, 2

select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull from pg_attribute a where a.attrelid = '"crm"."orders"'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum

--! session analyst Power BI (Npgsql): loading types
SELECT version()

SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid FROM (SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind, elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind, CASE WHEN elemproc.proname = 'array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype FROM (SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid, CASE WHEN proc.proname = 'array_recv' THEN 'a' ELSE typ.typtype END AS typtype, CASE WHEN proc.proname = 'array_recv' THEN typ.typelem WHEN typ.typtype = 'r' THEN rngsubtype WHEN typ.typtype = 'd' THEN typ.typbasetype END AS elemtypoid FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid)) AS typ LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemtypoid LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid) LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive) AS t JOIN pg_namespace AS ns ON (ns.oid = typnamespace) WHERE typtype IN ('b', 'r', 'm', 'e', 'd') OR (typtype = 'c' AND relkind = 'c') OR (typtype = 'p' AND typname IN ('record', 'void')) ORDER BY t.oid

SELECT typ.oid, att.attname, att.atttypid FROM pg_type AS typ JOIN pg_namespace AS ns ON (ns.oid = typ.typnamespace) JOIN pg_class AS cls ON (cls.oid = typ.typrelid) JOIN pg_attribute AS att ON (att.attrelid = typ.typrelid) WHERE (typ.typtype = 'c' AND cls.relkind = 'c') AND attnum > 0 AND NOT attisdropped ORDER BY typ.oid, att.attnum

SELECT pg_type.oid, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid ORDER BY oid, enumsortorder

--! session analyst Power BI: the navigator
SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.tables WHERE TABLE_SCHEMA NOT IN ('information_schema', 'pg_catalog') ORDER BY TABLE_SCHEMA, TABLE_NAME

SELECT ii.relname AS CONSTRAINT_NAME, a.attname AS COLUMN_NAME, a.attnum FROM pg_class i JOIN pg_index x ON x.indrelid = i.oid JOIN pg_class ii ON ii.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = ii.oid JOIN pg_namespace n ON n.oid = i.relnamespace WHERE n.nspname = 'crm' AND i.relname = 'orders' ORDER BY 1, 3

select "$Table"."id" as "id", "$Table"."country" as "country", "$Table"."full_name" as "full_name", "$Table"."email" as "email" from "crm"."customers" "$Table" order by "$Table"."id" limit 1000

--! session analyst Power BI: folded steps
select "rows"."segment" as "segment", sum("rows"."monthly_income") as "income" from (select "_"."segment", "_"."monthly_income" from "crm"."customers" "_" where "_"."country" = 'DE' and "_"."country" is not null) "rows" group by "segment" order by "segment"

select "$Outer"."order_id", "$Inner"."name" from (select "_"."order_id", "_"."product_id" from "crm"."order_items" "_") "$Outer" left outer join "crm"."products" "$Inner" on ("$Outer"."product_id" = "$Inner"."id") order by 1, 2 limit 200

--! session analyst Power BI: DirectQuery
SELECT "basetable0"."c3" AS "c1", COUNT(DISTINCT "basetable0"."c1") AS "a0" FROM (select "$Table"."id" as "c1", "$Table"."city" as "c3" from "crm"."customers" "$Table") AS "basetable0" GROUP BY "basetable0"."c3" ORDER BY 2 DESC, 1 LIMIT 1001

--! session analyst Metabase: sync
SELECT NULL AS "TABLE_CAT", n.nspname AS "TABLE_SCHEM", c.relname AS "TABLE_NAME", CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema' WHEN true THEN 'SYSTEM' ELSE CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END END AS "TABLE_TYPE", d.description AS "REMARKS" FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass) WHERE c.relnamespace = n.oid AND n.nspname = 'crm' ORDER BY 4, 2, 3

SELECT "c"."column_name" AS "name", CASE WHEN "c"."udt_schema" IN ('public', 'pg_catalog') THEN FORMAT('%s', "c"."udt_name") ELSE FORMAT('"%s"."%s"', "c"."udt_schema", "c"."udt_name") END AS "database-type", "c"."ordinal_position" - 1 AS "database-position", "c"."table_schema" AS "table-schema", "c"."table_name" AS "table-name", "pk"."column_name" IS NOT NULL AS "pk?", COL_DESCRIPTION(CAST(CAST(FORMAT('%I.%I', CAST("c"."table_schema" AS text), CAST("c"."table_name" AS text)) AS regclass) AS oid), "c"."ordinal_position") AS "field-comment" FROM "information_schema"."columns" AS "c" LEFT JOIN (SELECT "tc"."table_schema", "tc"."table_name", "kc"."column_name" FROM "information_schema"."table_constraints" AS "tc" INNER JOIN "information_schema"."key_column_usage" AS "kc" ON ("tc"."constraint_name" = "kc"."constraint_name") AND ("tc"."table_schema" = "kc"."table_schema") AND ("tc"."table_name" = "kc"."table_name") WHERE "tc"."constraint_type" = 'PRIMARY KEY') AS "pk" ON ("c"."table_schema" = "pk"."table_schema") AND ("c"."table_name" = "pk"."table_name") AND ("c"."column_name" = "pk"."column_name") WHERE c.table_schema !~ '^information_schema|catalog_history|pg_' AND ("c"."table_schema" IN ('crm')) ORDER BY "table-schema", "table-name", "database-position"

--! session analyst Metabase: fingerprints
-- Metabase:: userID: 1 queryType: MBQL queryHash: 2f3a
SELECT "source"."substring1" AS "substring1", "source"."country" AS "country" FROM (SELECT SUBSTRING("crm"."customers"."email" FROM 1 FOR 1234) AS "substring1", "crm"."customers"."country" AS "country", "crm"."customers"."id" FROM "crm"."customers") AS "source" ORDER BY "source"."id" LIMIT 10000

--! args 2024-01-01 00:00:00+00|2025-01-01 00:00:00+00
-- Metabase:: userID: 1 queryType: MBQL
SELECT DATE_TRUNC('month', "crm"."orders"."ordered_at") AS "ordered_at", COUNT(*) AS "count", SUM("crm"."orders"."total") AS "sum" FROM "crm"."orders" WHERE ("crm"."orders"."ordered_at" >= $1::timestamptz) AND ("crm"."orders"."ordered_at" < $2::timestamptz) GROUP BY DATE_TRUNC('month', "crm"."orders"."ordered_at") ORDER BY DATE_TRUNC('month', "crm"."orders"."ordered_at") ASC

--! session analyst Metabase: bins and distinct values
SELECT FLOOR(("crm"."customers"."monthly_income" / 1250.0)) * 1250.0 AS "monthly_income", COUNT(*) AS "count" FROM "crm"."customers" GROUP BY FLOOR(("crm"."customers"."monthly_income" / 1250.0)) * 1250.0 ORDER BY 1 ASC

SELECT "crm"."customers"."city" AS "city" FROM "crm"."customers" GROUP BY "crm"."customers"."city" ORDER BY "crm"."customers"."city" ASC LIMIT 1001

SELECT "source"."status", "source"."count", "Q"."name" FROM (SELECT "crm"."orders"."status" AS "status", COUNT(*) AS "count", MIN("crm"."orders"."store_id") AS "s" FROM "crm"."orders" GROUP BY 1) AS "source" LEFT JOIN "crm"."stores" AS "Q" ON "source"."s" = "Q"."id" ORDER BY 1

--! session analyst Metabase: privileges
with table_privileges as (select NULL as role, t.schemaname as schema, t.objectname as table, pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'update') as update, pg_catalog.has_table_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'SELECT') as select from (select schemaname, tablename as objectname from pg_catalog.pg_tables union select schemaname, viewname as objectname from pg_catalog.pg_views union select schemaname, matviewname as objectname from pg_catalog.pg_matviews) t where t.schemaname !~ '^pg_' and t.schemaname <> 'information_schema' and pg_catalog.has_schema_privilege(current_user, t.schemaname, 'usage')) select t.* from table_privileges t order by 2, 3

--! session analyst Superset: dataset
SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY nspname

SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'crm' AND c.relkind in ('r', 'p') ORDER BY 1

SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef) AS DEFAULT, a.attnotnull, a.attrelid as table_oid, pgd.description as comment, a.attgenerated as generated, (SELECT json_build_object('always', a.attidentity = 'a') WHERE a.attidentity <> '') as identity_options FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_description pgd ON (pgd.objoid = a.attrelid AND pgd.objsubid = a.attnum) WHERE a.attrelid = 'crm.customers'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum

--! session analyst Superset: charts
SELECT DATE_TRUNC('week', ordered_at) AS __timestamp, status AS status, count(*) AS count, SUM(total) AS "SUM(total)" FROM crm.orders JOIN (SELECT status AS status__, count(*) AS mme_inner__ FROM crm.orders WHERE ordered_at >= TO_TIMESTAMP('2024-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY status ORDER BY mme_inner__ DESC, 1 LIMIT 3) AS anon_1 ON status = status__ GROUP BY status, DATE_TRUNC('week', ordered_at) ORDER BY 1, 2 LIMIT 50000

SELECT country AS country, AVG(monthly_income) AS "AVG(monthly_income)", COUNT(DISTINCT email) FROM crm.customers WHERE segment IN ('vip', 'loyal') GROUP BY country ORDER BY "AVG(monthly_income)" DESC NULLS LAST, 1 LIMIT 100

SELECT * FROM (SELECT c.segment, o.total FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id) AS virtual_table ORDER BY 1, 2 LIMIT 101

--! session analyst Looker: an explore
SELECT customers.country AS "customers.country", TO_CHAR(DATE_TRUNC('month', orders.ordered_at), 'YYYY-MM') AS "orders.ordered_month", COALESCE(SUM(orders.total), 0) AS "orders.total", COUNT(DISTINCT customers.id) AS "customers.count" FROM crm.orders AS orders LEFT JOIN crm.customers AS customers ON orders.customer_id = customers.id WHERE ((orders.ordered_at >= (DATE_TRUNC('day', TIMESTAMPTZ '2024-06-01')) AND orders.ordered_at < (TIMESTAMPTZ '2024-06-01' + INTERVAL '180 day'))) GROUP BY 1, 2 ORDER BY 2 DESC, 1 LIMIT 500

SELECT COALESCE(COALESCE(CAST((SUM(DISTINCT (CAST(FLOOR(COALESCE(orders.total, 0) * (1000000 * 1.0)) AS DECIMAL(65, 0))) + ('x' || MD5(orders.id::varchar))::bit(64)::bigint::DECIMAL(65) * 18446744073709551616 + ('x' || SUBSTR(MD5(orders.id::varchar), 17))::bit(64)::bigint::DECIMAL(65)) - SUM(DISTINCT ('x' || MD5(orders.id::varchar))::bit(64)::bigint::DECIMAL(65) * 18446744073709551616 + ('x' || SUBSTR(MD5(orders.id::varchar), 17))::bit(64)::bigint::DECIMAL(65))) AS DOUBLE PRECISION) / CAST((1000000 * 1.0) AS DOUBLE PRECISION), 0), 0) AS "orders.total" FROM crm.order_items AS items LEFT JOIN crm.orders AS orders ON items.order_id = orders.id

--! session analyst Looker: a derived table
CREATE TEMPORARY TABLE "lr$tmp_facts" AS SELECT customer_id, count(*) AS lifetime_orders, sum(total) AS lifetime_value, min(ordered_at) AS first_order FROM crm.orders GROUP BY 1

CREATE INDEX ON "lr$tmp_facts" (customer_id)

ANALYZE "lr$tmp_facts"

SELECT CASE WHEN f.lifetime_orders >= 10 THEN '10 or Above' WHEN f.lifetime_orders >= 5 THEN '5 to 9' ELSE 'Below 5' END AS tier, COUNT(*) AS n, AVG(f.lifetime_value) FROM "lr$tmp_facts" f JOIN crm.customers c ON c.id = f.customer_id GROUP BY 1 ORDER BY 1

--! session analyst Looker: pivots and totals
SELECT * FROM (SELECT *, DENSE_RANK() OVER (ORDER BY z___min_rank) AS z___pivot_row_rank, RANK() OVER (PARTITION BY z__pivot_col_rank ORDER BY z___min_rank) AS z__pivot_col_ordering FROM (SELECT *, MIN(z___rank) OVER (PARTITION BY "country") AS z___min_rank FROM (SELECT *, RANK() OVER (ORDER BY "country", z__pivot_col_rank) AS z___rank FROM (SELECT *, DENSE_RANK() OVER (ORDER BY CASE WHEN "segment" IS NULL THEN 1 ELSE 0 END, "segment") AS z__pivot_col_rank FROM (SELECT country AS "country", segment AS "segment", COUNT(*) AS "n" FROM crm.customers GROUP BY 1, 2) ww) bb WHERE z__pivot_col_rank <= 16384) aa) xx) zz ORDER BY z___pivot_row_rank, z__pivot_col_rank

--! session analyst Qlik: load script
SELECT "id", "country", "city", "segment", "created_at" FROM "crm"."customers" ORDER BY "id"

SELECT "id", "customer_id", "status", "ordered_at", "total" FROM "crm"."orders" WHERE "ordered_at" >= '2024-01-01' ORDER BY "id"

SELECT max("id") FROM "crm"."orders"

--! session analyst DBeaver: connect
SET extra_float_digits = 3

SET application_name = 'DBeaver 23.3.0 - Main'

SHOW search_path

SELECT current_schema(), session_user IS NOT NULL

SELECT n.oid, n.*, d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid = n.oid AND d.objsubid = 0 AND d.classoid = 'pg_namespace'::regclass WHERE nspname = 'crm' ORDER BY nspname

SELECT t.oid, t.*, c.relkind, format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid = t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid = t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid = d.objoid WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') ORDER BY t.oid, d.description

--! session analyst DBeaver: the data editor
SELECT x.* FROM crm.customers x ORDER BY x.id LIMIT 200

SELECT x.* FROM crm.customers x WHERE x.segment = 'vip' ORDER BY x.email, x.id

SELECT count(*) FROM crm.customers x

--! session analyst DBeaver: constraints and indexes
SELECT c.oid, c.*, t.relname as tabrelname, rt.relnamespace as refnamespace, d.description, case when c.contype = 'c' then substring(pg_get_constraintdef(c.oid), 7) else null end consrc_copy FROM pg_catalog.pg_constraint c INNER JOIN pg_catalog.pg_class t ON t.oid = c.conrelid LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid = c.confrelid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_constraint'::regclass WHERE c.conrelid = 'crm.orders'::regclass ORDER BY c.oid

SELECT i.*, i.indkey as keys, c.relname, c.relnamespace, c.relam, c.reltablespace, tc.relname as tabrelname, dsc.description, pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr, pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr FROM pg_catalog.pg_index i INNER JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid INNER JOIN pg_catalog.pg_class tc ON tc.oid = i.indrelid LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid = dsc.objoid WHERE i.indrelid = 'crm.stores'::regclass ORDER BY tabrelname, c.relname

--! session analyst DataGrip: introspection
select current_database() = '{db}' as a, current_schema() as b, current_user = session_user as c

select N.oid::bigint as id, datname is not null as x from pg_catalog.pg_database N where datname = current_database()

select T.oid as table_id, C.attnum as column_position, C.attname as column_name, C.atttypmod as type_mod, C.attndims as dimensions_number, pg_catalog.format_type(C.atttypid, C.atttypmod) as type_spec, C.atttypid as type_id, C.attnotnull as mandatory, pg_catalog.pg_get_expr(D.adbin, T.oid) as column_default_expression, not C.attislocal as column_is_inherited, C.attisdropped as column_is_dropped from pg_catalog.pg_class T join pg_catalog.pg_attribute C on T.oid = C.attrelid left join pg_catalog.pg_attrdef D on (C.attrelid, C.attnum) = (D.adrelid, D.adnum) where T.relkind in ('r', 'm', 'v', 'f', 'p') and T.relnamespace = 'crm'::regnamespace and attnum > 0 order by table_id, attnum

select t.* from crm.customers t order by id limit 501

--! session analyst DataGrip: views and rules
select T.oid::bigint as view_id, pg_catalog.pg_get_viewdef(T.oid, true) as source_text from pg_catalog.pg_class T join pg_catalog.pg_namespace N on T.relnamespace = N.oid where N.nspname = 'crm' and T.relkind in ('m', 'v') order by 1

--! session analyst pgAdmin: connect
--! simple
SET DateStyle=ISO; SET client_min_messages=notice; SET bytea_output='escape'; SET client_encoding='UTF-8';

SELECT roles.rolname IS NOT NULL as name, pg_catalog.pg_is_in_recovery() as recovery FROM pg_catalog.pg_roles as roles WHERE rolname = current_user

SELECT nsp.oid, nsp.nspname as name, pg_catalog.has_schema_privilege(nsp.oid, 'CREATE') as can_create, pg_catalog.has_schema_privilege(nsp.oid, 'USAGE') as has_usage, des.description FROM pg_catalog.pg_namespace nsp LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid = nsp.oid AND des.classoid = 'pg_namespace'::regclass) WHERE nspname NOT LIKE E'pg\\_%' AND nsp.nspname <> 'information_schema' ORDER BY nspname

SELECT rel.oid, rel.relname AS name, (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid = rel.oid AND tgisinternal = FALSE) AS triggercount, rel.relispartition AS is_partitioned FROM pg_catalog.pg_class rel WHERE rel.relkind IN ('r', 's', 't', 'p') AND rel.relnamespace = 'crm'::regnamespace AND NOT rel.relispartition ORDER BY rel.relname

--! session analyst pgAdmin: view data
SELECT * FROM crm.orders ORDER BY id ASC, ordered_at ASC LIMIT 100

--! session analyst Grafana: a dashboard
SELECT quote_ident(table_name) FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog', '_timescaledb_cache', '_timescaledb_catalog') AND table_type = 'BASE TABLE' ORDER BY 1

SELECT floor(extract(epoch from ordered_at) / 86400) * 86400 AS "time", status::text AS metric, count(*) AS "value" FROM crm.orders WHERE ordered_at BETWEEN '2024-03-01T00:00:00Z' AND '2024-09-30T00:00:00Z' GROUP BY 1, 2 ORDER BY 1, 2

SELECT extract(epoch from created_at) AS "time", count(id) OVER (ORDER BY created_at, id) FROM crm.customers WHERE extract(epoch from created_at) > 0 ORDER BY 1, id

SELECT DISTINCT country AS __text, country AS __value FROM crm.customers ORDER BY 1

--! session analyst Redash: schema and query
SELECT s.nspname as table_schema, c.relname as table_name, a.attname as column_name, null as data_type FROM pg_class c JOIN pg_namespace s ON c.relnamespace = s.oid AND s.nspname NOT IN ('pg_catalog', 'information_schema') JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relkind IN ('m', 'f', 'p') ORDER BY 1, 2, a.attnum

/* Username: a@b.c, Query ID: adhoc, Queue: queries, Job ID: 1, Query Hash: 9, Scheduled: False */ SELECT segment, count(*) FROM crm.customers GROUP BY segment ORDER BY 2 DESC, 1

--! session analyst Excel (ODBC)
--! simple
SET DateStyle = 'ISO';SET extra_float_digits = 2;select oid, typbasetype from pg_type where typname = 'lo'

SELECT "customers"."id", "customers"."full_name", "customers"."city" FROM "crm"."customers" "customers" WHERE ("customers"."city" LIKE 'B%') ORDER BY "customers"."id"

select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.oid = relnamespace order by nspname, relname

--! session analyst Excel (ODBC): columns
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname like 'cust%' and n.nspname like 'crm') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum

--! session analyst LibreOffice Base
SELECT "crm"."customers".* FROM "crm"."customers" WHERE ( 0 = 1 )

SELECT * FROM "crm"."customers" ORDER BY "id"

SELECT "segment", COUNT( "id" ) AS "n" FROM "crm"."customers" GROUP BY "segment" ORDER BY "segment" ASC

--! session analyst dbt: docs and tests
begin

/* {"app": "dbt", "dbt_version": "1.7.4", "profile_name": "crm", "target_name": "dev", "connection_name": "list_crm"} */ select '{db}' = current_database() as database, tablename as name, schemaname as schema, 'table' as type from pg_tables where schemaname ilike 'crm' union all select true, viewname as name, schemaname as schema, 'view' as type from pg_views where schemaname ilike 'crm' union all select true, matviewname as name, schemaname as schema, 'materialized_view' as type from pg_matviews where schemaname ilike 'crm' order by 2

select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from (select id as unique_field, count(*) as n_records from crm.customers where id is not null group by id having count(*) > 1) dbt_internal_test

select count(*) as failures from (with child as (select customer_id as from_field from crm.orders where customer_id is not null), parent as (select id as to_field from crm.customers) select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null) dbt_internal_test

with all_values as (select segment as value_field, count(*) as n_records from crm.customers group by segment) select * from all_values where value_field not in ('new', 'regular', 'loyal', 'vip')

rollback

--! session analyst dbt: an ephemeral model as a temporary table
begin

create temporary table "stg_orders__dbt_tmp" as (with src as (select * from crm.orders) select id as order_id, customer_id, total, ordered_at::date as day from src)

select day, sum(total) from "stg_orders__dbt_tmp" group by day order by day

commit

--! session miner Airbyte: discover and read
SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'crm' AND a.attnum > 0 ORDER BY 1, 2, a.attnum

SELECT (SELECT COUNT(*) FROM "crm"."customers" WHERE "created_at" IS NULL) > 0 AS null_cursor

BEGIN READ ONLY

SELECT "id", "country", "email", "created_at" FROM "crm"."customers" WHERE "created_at" > '2024-01-01' ORDER BY "created_at" ASC, "id"

COMMIT

--! session miner Fivetran: incremental
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ

SELECT MAX("ordered_at"), COUNT(*) FROM "crm"."orders"

SELECT "id", "customer_id", "total", "ordered_at" FROM "crm"."orders" WHERE "ordered_at" >= '2024-05-01' AND "ordered_at" < '2024-09-01' ORDER BY "ordered_at", "id" LIMIT 5000

--! session analyst Jupyter: pandas and SQLAlchemy
select pg_catalog.version()

show standard_conforming_strings

BEGIN

SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace WHERE pg_catalog.pg_class.relname = 'customers' AND pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'

SELECT id, monthly_income, birth_date, extract(year from age(timestamp '2025-01-01', birth_date)) AS age, segment FROM crm.customers ORDER BY id

ROLLBACK

--! session analyst R: dbplyr
SELECT * FROM "crm"."customers" AS "q01" WHERE (0 = 1)

SELECT "segment", AVG("monthly_income") AS "income", PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY "monthly_income") AS "median", COUNT(*) AS "n" FROM "crm"."customers" GROUP BY "segment" ORDER BY "segment"

SELECT "LHS"."id" AS "id", "country", "total" FROM "crm"."customers" AS "LHS" LEFT JOIN "crm"."orders" AS "RHS" ON ("LHS"."id" = "RHS"."customer_id") ORDER BY 1, 3 LIMIT 11

SELECT "country", "email", "q01" FROM (SELECT "country", "email", "id", ROW_NUMBER() OVER (PARTITION BY "country" ORDER BY "id") AS "q01" FROM "crm"."customers") AS "q02" WHERE ("q01" <= 2) ORDER BY "country", "q01"

CREATE TEMPORARY TABLE "dbplyr_001" AS SELECT "id", CASE WHEN ("monthly_income" > 3000.0) THEN 'high' WHEN NOT ("monthly_income" > 3000.0) THEN 'low' END AS "class" FROM "crm"."customers"

ANALYZE "dbplyr_001"

SELECT "class", COUNT(*) AS "n" FROM "dbplyr_001" GROUP BY "class" ORDER BY 1

--! session analyst R: RPostgres reads in chunks
--! simple
BEGIN; DECLARE rs CURSOR FOR SELECT id, email FROM crm.customers ORDER BY id

--! simple
FETCH 100 FROM rs

--! simple
FETCH 100 FROM rs

--! simple
CLOSE rs; COMMIT

--! session analyst Hex: a cell
/* Project: churn, Cell: 3 */
with base as (select c.id, c.segment, max(o.ordered_at) as last_order from crm.customers c left join crm.orders o on o.customer_id = c.id group by 1, 2) select segment, count(*) filter (where last_order < timestamptz '2025-01-01') as lapsed, count(*) as all from base group by 1 order by 1

--! session analyst Mode: a report
SELECT DATE_TRUNC('quarter', ordered_at)::date AS quarter, COUNT(DISTINCT customer_id) AS buyers, ROUND(SUM(total) / COUNT(DISTINCT customer_id), 2) AS per_buyer FROM crm.orders WHERE status NOT IN ('cancelled', 'returned') GROUP BY 1 ORDER BY 1
-- {% form %}

--! session analyst Sigma: a workbook
with Q1 as (select COUNTRY C0, SEGMENT S1, MONTHLY_INCOME M2 from CRM.CUSTOMERS), Q2 as (select C0, S1, sum(M2) SUM_3, count(1) COUNT_4 from Q1 group by C0, S1) select C0 "Country", S1 "Segment", SUM_3 "Sum of Income", COUNT_4 from Q2 order by C0 asc nulls last, S1 limit 10001

--! session analyst QuickSight: a direct query
SELECT "country", "Day" AS "d", SUM("total") AS "s" FROM (SELECT c."country", date_trunc('day', o."ordered_at") AS "Day", o."total" FROM "crm"."orders" AS o INNER JOIN "crm"."customers" AS c ON o."customer_id" = c."id") AS "t" GROUP BY "country", "Day" ORDER BY "country" NULLS LAST, 2 LIMIT 2500

--! session analyst ThoughtSpot: embrace
SELECT "ta_1"."segment" "ca_1", CASE WHEN sum("ta_1"."monthly_income") IS NOT NULL THEN sum("ta_1"."monthly_income") ELSE 0 END "ca_2" FROM "crm"."customers" "ta_1" GROUP BY "ca_1" ORDER BY "ca_1"

--! session analyst Hasura: introspection
SELECT COALESCE(Json_agg(Row_to_json(info)), '[]' :: json) AS tables FROM (SELECT pgn.nspname AS table_schema, pgc.relname AS table_name, CASE WHEN pgc.relkind = 'r' THEN 'TABLE' WHEN pgc.relkind = 'v' THEN 'VIEW' WHEN pgc.relkind = 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS table_type, obj_description(pgc.oid) AS comment, COALESCE(json_agg(DISTINCT row_to_json(isc) :: jsonb || jsonb_build_object('comment', col_description(pgc.oid, isc.ordinal_position))) filter (WHERE isc.column_name IS NOT NULL), '[]' :: json) AS columns FROM pg_class as pgc INNER JOIN pg_namespace as pgn ON pgc.relnamespace = pgn.oid LEFT OUTER JOIN information_schema.columns AS isc ON isc.table_schema = pgn.nspname AND isc.table_name = pgc.relname WHERE pgc.relkind IN ('r', 'v', 'm', 'p') AND pgn.nspname = 'crm' GROUP BY pgc.oid, pgn.nspname, pgc.relname, pgc.relkind ORDER BY pgc.relname) AS info

--! session analyst Hasura: a GraphQL query
SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.base"."email" AS "email", "_root.ar.root.orders"."orders" AS "orders") AS "_e")) AS "root" FROM (SELECT * FROM "crm"."customers" WHERE ('true') ORDER BY "id" ASC LIMIT 5) AS "_root.base" LEFT OUTER JOIN LATERAL (SELECT coalesce(json_agg("orders" ORDER BY "root.or.orders.pg.id"), '[]') AS "orders" FROM (SELECT "_root.or.orders.base"."id" AS "root.or.orders.pg.id", row_to_json((SELECT "_e" FROM (SELECT "_root.or.orders.base"."id" AS "id", "_root.or.orders.base"."total" AS "total") AS "_e")) AS "orders" FROM (SELECT * FROM "crm"."orders" WHERE (("_root.base"."id") = ("customer_id"))) AS "_root.or.orders.base") AS "_root.or.orders") AS "_root.ar.root.orders" ON ('true') ORDER BY "_root.base"."id" ASC) AS "_root"

--! session analyst PostgREST: a request
BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY

select set_config('search_path', '"crm", "public"', true), set_config('request.jwt.claims', '{"role": "anon"}', true), set_config('request.method', 'GET', true), set_config('request.path', '/customers', true), set_config('request.headers', '{"host": "localhost:3000"}', true), set_config('request.cookies', '{}', true)

WITH pgrst_source AS (SELECT "crm"."customers"."id", "crm"."customers"."email" FROM "crm"."customers" WHERE "crm"."customers"."segment" = 'vip' ORDER BY "crm"."customers"."id" LIMIT 10) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status FROM (SELECT * FROM pgrst_source) _postgrest_t

COMMIT

--! session dpo pg_dump: data only, of some tables
BEGIN

SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

SELECT pg_catalog.set_config('search_path', '', false)

SET DATESTYLE = ISO

SET INTERVALSTYLE = POSTGRES

SET extra_float_digits TO 3

SET synchronize_seqscans TO off

COPY crm.stores (id, country, city, name, opened_on) TO stdout;

COPY crm.customers (id, country, full_name, email) TO stdout;

COPY crm.orders_2024 (id, customer_id, store_id, status, ordered_at, total, ship_address) TO stdout;

COMMIT

--! session analyst postgres_fdw: a foreign table
SET search_path = pg_catalog

SET timezone = 'UTC'

SET datestyle = ISO

SET intervalstyle = postgres

SET extra_float_digits = 3

START TRANSACTION ISOLATION LEVEL REPEATABLE READ

DECLARE c1 CURSOR FOR SELECT id, email, monthly_income FROM crm.customers WHERE ((segment = 'vip'::text)) ORDER BY id ASC NULLS LAST

--! simple
FETCH 100 FROM c1

CLOSE c1

SELECT count(*), sum(r2.total) FROM (crm.customers r1 INNER JOIN crm.orders r2 ON (((r1.id = r2.customer_id)))) WHERE ((r1.country = 'DE'::text))

COMMIT TRANSACTION

--! session analyst postgres_fdw: IMPORT FOREIGN SCHEMA
SET search_path = pg_catalog

SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attgenerated, collname, collnsp.nspname FROM pg_class c JOIN pg_namespace n ON relnamespace = n.oid LEFT JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped LEFT JOIN pg_attrdef ad ON adrelid = c.oid AND adnum = attnum LEFT JOIN pg_collation coll ON coll.oid = attcollation LEFT JOIN pg_namespace collnsp ON collnsp.oid = collnamespace WHERE c.relkind IN ('r', 'v', 'f', 'm', 'p') AND n.nspname = 'crm' AND (NOT c.relispartition) ORDER BY c.relname, a.attnum

--! session analyst Django: inspectdb
SELECT c.relname, CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END, obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v') AND n.nspname NOT IN ('pg_catalog', 'pg_toast') AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1

SELECT c.conname, array(SELECT attname FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx) JOIN pg_attribute AS ca ON cols.colid = ca.attnum WHERE ca.attrelid = c.conrelid ORDER BY cols.arridx), c.contype, (SELECT fkc.relname || '.' || fka.attname FROM pg_attribute AS fka JOIN pg_class AS fkc ON fka.attrelid = fkc.oid WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]), cl.reloptions FROM pg_constraint AS c JOIN pg_class AS cl ON c.conrelid = cl.oid WHERE cl.relname = 'orders' ORDER BY 1

--! session analyst Rails: Active Record
SET client_min_messages TO 'warning'

SET standard_conforming_strings = on

SET SESSION timezone TO 'UTC'

SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype FROM pg_type as t LEFT JOIN pg_range as r ON oid = rngtypid WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool') ORDER BY t.oid

--! args 1|10
SELECT "crm"."customers".* FROM "crm"."customers" WHERE "crm"."customers"."id" > $1 ORDER BY "crm"."customers"."id" ASC LIMIT $2

--! session analyst Hibernate: entities
--! args DE
select c1_0.id, c1_0.email, c1_0.full_name, o1_0.id, o1_0.total from crm.customers c1_0 left join crm.orders o1_0 on c1_0.id = o1_0.customer_id where c1_0.country = $1 order by c1_0.id, o1_0.id fetch first 50 rows only

--! session analyst Prisma: findMany
--! args 10|0
SELECT "crm"."customers"."id", "crm"."customers"."email" FROM "crm"."customers" WHERE 1=1 ORDER BY "crm"."customers"."id" ASC LIMIT $1 OFFSET $2

--! args 1|2
SELECT "crm"."orders"."id", "crm"."orders"."customer_id" FROM "crm"."orders" WHERE "crm"."orders"."customer_id" IN ($1, $2) ORDER BY 1 OFFSET 0

--! session analyst HikariCP: a pool
SELECT 1

SET application_name = 'pool-1'

BEGIN READ ONLY

SELECT count(*) FROM crm.leads

ROLLBACK

--! session analyst PgBouncer: between clients
SELECT email FROM crm.leads ORDER BY id LIMIT 5

--! simple
DISCARD ALL

SELECT full_name FROM crm.leads ORDER BY id LIMIT 5

--! session analyst Kettle: step by step
SELECT * FROM crm.products ORDER BY id

--! args 5
SELECT name FROM crm.products WHERE id = $1

--! session analyst Zeppelin: a paragraph
SELECT segment, date_part('year', created_at) AS y, count(1) AS n FROM crm.customers GROUP BY segment, y ORDER BY segment, y

--! session analyst Spark (JDBC): a table in parts
SELECT * FROM (SELECT id, email, city FROM crm.customers) spark_gen_alias WHERE 1=0

SELECT "id","email","city" FROM (SELECT id, email, city FROM crm.customers) spark_gen_alias WHERE "id" < 60 or "id" is null ORDER BY 1

SELECT "id","email","city" FROM (SELECT id, email, city FROM crm.customers) spark_gen_alias WHERE "id" >= 60 AND "id" < 120 ORDER BY 1

--! session miner sqlx: a worker
BEGIN

--! args 2|100
SELECT id, email FROM crm.leads WHERE id BETWEEN $1 AND $2 ORDER BY id

ROLLBACK
