-- What jobs send: extracts, staging, scores, and the frameworks that run them.

--! session miner mining: a staging table like the target
CREATE TEMP TABLE stage (LIKE lab.jobs INCLUDING DEFAULTS)

--! stdin 2\t71\tnew\t\N\t\N
COPY stage FROM STDIN

INSERT INTO stage (person, n, tries) SELECT person, n + 70, tries FROM lab.jobs WHERE n = 1

SELECT count(*), min(tries), max(state) FROM stage

DROP TABLE stage

--! session analyst mining: a staging table with keys, and what is new
CREATE TEMPORARY TABLE new_orders (LIKE crm.orders_2024 INCLUDING COMMENTS EXCLUDING INDEXES, loaded_at date) ON COMMIT PRESERVE ROWS

INSERT INTO new_orders SELECT o.*, date '2024-12-31' FROM crm.orders_2024 o WHERE o.status <> 'returned'

CREATE UNIQUE INDEX ON new_orders (id)

ANALYZE new_orders

SELECT o.status, count(*), count(n.id) FROM crm.orders_2024 o LEFT JOIN new_orders n USING (id) GROUP BY 1 ORDER BY 1

--! session analyst,miner,marketer,dpo partitions: rows by child
SELECT tableoid::regclass AS partition, count(*), sum(total) FROM crm.orders GROUP BY tableoid ORDER BY 1

SELECT tableoid::regclass AS partition, max(ordered_at) FROM crm.orders WHERE status = 'returned' GROUP BY 1 ORDER BY 1

--! session analyst pg_restore: the head of a script
SET statement_timeout = 0

SET lock_timeout = 0

SET idle_in_transaction_session_timeout = 0

SET client_encoding = 'UTF8'

SET standard_conforming_strings = on

SELECT pg_catalog.set_config('search_path', '', false)

SET check_function_bodies = false

SET xmloption = content

SET client_min_messages = warning

SET row_security = off

SET default_tablespace = ''

CREATE TEMPORARY TABLE restored (
    id integer NOT NULL,
    name text
)

--! stdin 1\tone\n2\t\N
COPY restored (id, name) FROM STDIN

ALTER TABLE ONLY restored
    ADD CONSTRAINT restored_pkey PRIMARY KEY (id)

SELECT * FROM restored ORDER BY id

--! session miner pg_dump: how it connects
SELECT set_config(name, 'view, foreign-table', false) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind'

SELECT pg_catalog.pg_is_in_recovery()

SELECT pg_catalog.set_config('search_path', '', false)

BEGIN

SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

SET row_security = off

LOCK TABLE crm.stores, crm.orders_2024 IN ACCESS SHARE MODE

COPY crm.orders_2024 (id, customer_id, store_id, status, ordered_at, total, ship_address) TO stdout;

COMMIT

--! session analyst R (RPostgres): dbWriteTable and dbReadTable
BEGIN

SAVEPOINT dbplyr

CREATE TEMPORARY TABLE "mtcars_x" ("row_names" TEXT, "mpg" DOUBLE PRECISION, "country" TEXT)

--! stdin "a"\t21.5\tDE\n"b"\t22.8\tBR
COPY "mtcars_x" ("row_names", "mpg", "country") FROM STDIN

RELEASE SAVEPOINT dbplyr

SELECT * FROM "mtcars_x" ORDER BY 1

SELECT "country", COUNT(*) AS "n" FROM "crm"."customers" AS "c" WHERE EXISTS (SELECT 1 FROM "mtcars_x" AS "m" WHERE "m"."country" = "c"."country") GROUP BY "country" ORDER BY 1

COMMIT

--! session miner Python: pandas.to_sql and read_sql in chunks
SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace WHERE pg_catalog.pg_class.relname = 'frame' AND pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'

BEGIN

CREATE TEMPORARY TABLE frame (index BIGINT, customer_id BIGINT, score FLOAT(53), label TEXT)

CREATE INDEX ix_frame_index ON frame (index)

INSERT INTO frame (index, customer_id, score, label) VALUES (0, 1, 0.5, 'low'), (1, 2, 0.75, NULL), (2, 3, 'NaN', 'high')

DECLARE "c_7f_1" CURSOR WITHOUT HOLD FOR SELECT f.index, f.score, c.country, c.segment FROM frame f LEFT JOIN crm.customers c ON c.id = f.customer_id ORDER BY f.index

FETCH FORWARD 2 FROM "c_7f_1"

FETCH FORWARD 2 FROM "c_7f_1"

CLOSE "c_7f_1"

COMMIT

--! session analyst Julia: LibPQ loads by a prepared statement
BEGIN

CREATE TEMPORARY TABLE obs (id int, x double precision)

PREPARE ins (int, double precision) AS INSERT INTO obs VALUES ($1, $2)

EXECUTE ins (1, 0.25)

EXECUTE ins (2, 1e-3)

COMMIT

SELECT o.id, o.x, c.country FROM obs o JOIN crm.customers c ON c.id = o.id ORDER BY 1

--! session miner Spark: the schema, the bounds, the parts
SELECT * FROM (SELECT id, country, segment, monthly_income FROM crm.customers) spark_gen_1 WHERE 1=0

SELECT min(id), max(id) FROM (SELECT id, country, segment FROM crm.customers) bounds

SELECT "id","country","segment" FROM (SELECT id, country, segment FROM crm.customers) spark_gen_1 WHERE "id" < 60 or "id" is null ORDER BY 1

SELECT "id","country","segment" FROM (SELECT id, country, segment FROM crm.customers) spark_gen_1 WHERE "id" >= 60 AND "id" < 120 ORDER BY 1

--! session analyst Airflow: a sensor, and a transfer
SELECT 1

SELECT COUNT(*) FROM crm.orders WHERE ordered_at::date = DATE '2024-03-01'

COPY (SELECT o.id, o.total, c.country FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id WHERE o.ordered_at >= '2024-03-01' AND o.ordered_at < '2024-04-01' ORDER BY o.id) TO STDOUT WITH CSV HEADER

--! session analyst Great Expectations: a column's profile
SELECT count(*) AS element_count, sum(CASE WHEN (email IS NULL) THEN 1 ELSE 0 END) AS null_count FROM crm.customers

SELECT count(*) FROM (SELECT email FROM crm.customers WHERE email IS NOT NULL GROUP BY email HAVING count(email) > 1) AS anon_1

SELECT sum(CASE WHEN (monthly_income IS NOT NULL AND NOT (monthly_income BETWEEN 0 AND 100000)) THEN 1 ELSE 0 END) AS unexpected FROM crm.customers

SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY monthly_income), percentile_disc(0.5) WITHIN GROUP (ORDER BY monthly_income) FROM crm.customers

--! session analyst Soda: checks of freshness and validity
SELECT max(created_at) < now() AS fresh, count(*) FROM crm.customers

--! since 15
SELECT count(CASE WHEN NOT (email IS NULL) AND NOT (REGEXP_LIKE(email, '^[^@]+@[^@]+$')) THEN 1 END) FROM crm.leads

--! session miner scikit-learn: a feature matrix
SELECT c.id, c.segment = 'vip' AS vip, COALESCE(EXTRACT(year FROM age(timestamp '2025-01-01', c.birth_date::timestamp)), -1)::int AS age, ln(1 + COALESCE(c.monthly_income, 0)) AS income, count(o.id) AS orders, COALESCE(avg(o.total), 0) AS mean_total FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.segment, c.birth_date, c.monthly_income ORDER BY c.id

SELECT width_bucket(COALESCE(monthly_income, 0), 0, 10000, 8) AS b, count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT id, ntile(10) OVER (ORDER BY id) % 10 = 0 AS held_out FROM crm.customers ORDER BY id

--! session analyst Debezium and friends: what is there to read
SELECT t.schemaname, t.tablename FROM pg_catalog.pg_tables t WHERE t.schemaname = 'crm' ORDER BY 1, 2

SELECT COUNT(1) FROM pg_publication WHERE pubname = 'dbz_publication'

SHOW wal_level

SELECT count(*) FROM pg_replication_slots

--! session marketer Braze: an audience by pages
SELECT id, email, country FROM crm.customers WHERE id > 0 AND email IS NOT NULL ORDER BY id LIMIT 50

SELECT id, email, country FROM crm.customers WHERE id > 50 AND email IS NOT NULL ORDER BY id LIMIT 50

SELECT DISTINCT lower(split_part(email, '@', 2)) AS domain FROM crm.customers ORDER BY 1

--! session support Zendesk: a ticket's context
SELECT t.id, t.subject, t.channel, c.full_name FROM crm.support_tickets t JOIN crm.customers c ON c.id = t.customer_id WHERE t.closed_at IS NULL ORDER BY t.opened_at, t.id LIMIT 20

SELECT o.id, o.status, o.total FROM crm.orders o WHERE o.customer_id = (SELECT customer_id FROM crm.support_tickets ORDER BY id LIMIT 1) ORDER BY o.ordered_at DESC, o.id
