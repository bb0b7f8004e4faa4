-- Transactions, settings, several statements in a string.

BEGIN; SELECT count(*) FROM crm.customers; COMMIT

BEGIN
--;
SELECT email FROM crm.customers ORDER BY id LIMIT 1
--;
SAVEPOINT a
--;
SELECT nosuch FROM crm.customers
--;
SELECT 1
--;
ROLLBACK TO a
--;
SELECT count(*) FROM crm.customers
--;
RELEASE a
--;
COMMIT

BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY
--;
SELECT count(*) FROM crm.orders
--;
SHOW transaction_isolation
--;
COMMIT AND CHAIN
--;
SHOW transaction_read_only
--;
ROLLBACK

START TRANSACTION; SELECT 1; SELECT 1/0; SELECT 2
--;
SELECT 3
--;
END

SELECT 1; SELECT email FROM crm.customers ORDER BY id LIMIT 1; SELECT 'x'

SELECT 1; SELECT 1/0; SELECT 3

COMMIT

ROLLBACK

RELEASE nosuch

SAVEPOINT x

SET TRANSACTION READ ONLY

BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM crm.leads; ROLLBACK

SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY

SHOW search_path

SHOW server_version_num

SHOW TimeZone

SHOW ALL

SHOW nosuch

SHOW no.such

SET timezone = 'Asia/Tokyo'
--;
SELECT id, born_at FROM (SELECT "Id" AS id, born_at FROM lab."Person") x ORDER BY id LIMIT 3
--;
SELECT created_at FROM crm.customers ORDER BY id LIMIT 2
--;
RESET timezone

SET DateStyle = 'German, DMY'
--;
SELECT birth_date, created_at FROM crm.customers ORDER BY id LIMIT 3
--;
SELECT '1.2.2003'::date

SET intervalstyle = 'iso_8601'; SELECT interval '1 day 2 hours'

SET extra_float_digits = 0; SELECT score FROM crm.churn_scores ORDER BY customer_id LIMIT 3

SET bytea_output = 'escape'
--;
SELECT convert_to(email, 'UTF8') FROM crm.customers ORDER BY id LIMIT 2

SET lc_monetary = 'C'; SELECT monthly_income::money FROM crm.customers ORDER BY id LIMIT 3

SET LOCAL statement_timeout = '5s'

SET statement_timeout = 'nonsense'

SET nosuch = 1

SET application_name = 'Tableau'; SHOW application_name

SET enable_seqscan = off
--;
SELECT id, email FROM crm.customers WHERE email = '***@example.com' ORDER BY id

SET enable_hashjoin = off; SET enable_mergejoin = off
--;
SELECT c.id, o.id FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id AND o.ship_address > c.email ORDER BY 2

SET plan_cache_mode = force_generic_plan
--;
PREPARE p (int) AS SELECT email FROM crm.customers WHERE id = $1
--;
EXECUTE p (3)

SET my.own = 'x'
--;
SHOW my.own
--;
SELECT current_setting('my.own')

SELECT set_config('my.own', 'y', false)
--;
SHOW my.own

SET client_min_messages = warning

SET client_encoding = 'UTF8'

--! simple
SET client_encoding = 'UNICODE'; SHOW client_encoding; RESET client_encoding

SET NAMES 'UTF8'

SET standard_conforming_strings = on

RESET ALL

DISCARD PLANS

DISCARD SEQUENCES

LISTEN channel

UNLISTEN *

SELECT current_user, session_user, current_schema, current_catalog, user, version() IS NOT NULL

SELECT current_date = now()::date, current_timestamp = now(), localtime IS NOT NULL, pg_backend_pid() > 0

SELECT random() < 1, clock_timestamp() > '2020-01-01', gen_random_uuid() IS NOT NULL

SELECT generate_series(1, 5), unnest(ARRAY['a', 'b'])

SELECT pg_sleep(0)

SELECT pg_is_in_recovery(), txid_current() > 0, inet_client_addr() IS NULL

EXPLAIN SELECT 1

EXPLAIN (COSTS OFF) SELECT * FROM crm.stores

--! except dpo
--! refused 42501
EXPLAIN SELECT * FROM crm.customers

--! except dpo
--! refused 42501
EXPLAIN (ANALYZE, FORMAT json) SELECT count(*) FROM crm.customers WHERE email = 'x'

--! except dpo
--! refused 42501
EXPLAIN SELECT * FROM lab.people

SELECT xmlelement(name person, xmlattributes(id AS id), email)::text FROM crm.customers ORDER BY id LIMIT 3

SELECT xmlconcat(xmlcomment(email), '<x/>')::text, email IS DOCUMENT FROM (SELECT id, ('<a>' || id || '</a>')::xml AS email FROM crm.customers) x ORDER BY id LIMIT 3

SELECT OVERLAPS FROM crm.stores

SELECT (birth_date, birth_date + 1) OVERLAPS (date '1980-01-01', date '1990-01-01') FROM crm.customers ORDER BY id

SELECT EXTRACT(dow FROM created_at), created_at AT TIME ZONE 'UTC', timezone('Asia/Tokyo', created_at) FROM crm.customers ORDER BY id LIMIT 4

SELECT normalize(full_name), full_name IS NFC NORMALIZED, is_normalized(city) FROM crm.customers ORDER BY id LIMIT 4

SELECT f.* FROM (SELECT 'a' AS x) AS s, LATERAL unnest(string_to_array('a,b', ',')) WITH ORDINALITY AS f (v, i) ORDER BY i

SELECT to_tsvector('simple', full_name) @@ to_tsquery('simple', 'x'), ts_headline('simple', city, to_tsquery('simple', 'b')) FROM crm.customers ORDER BY id LIMIT 4

SELECT jsonb_path_query_array(preferences, '$.likes[*]'), preferences #- '{likes}', preferences || '{"x": 1}' FROM crm.customers ORDER BY id LIMIT 4

SELECT preferences['likes'][0], (preferences -> 'likes')[0] FROM crm.customers ORDER BY id LIMIT 4

SELECT tags[1:2], tags[2:], (ARRAY[1,2,3])[2], (ARRAY[[1,2],[3,4]])[2][1] FROM lab."Person" ORDER BY "Id" LIMIT 4

-- What pg_dump sets.

SET row_security = off
--;
SELECT id, email FROM crm.customers ORDER BY id LIMIT 3

SELECT set_config(name, 'view, foreign-table', false) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind'
--;
SELECT id, email FROM crm.customers ORDER BY id LIMIT 3

SELECT pg_catalog.set_config(name, 'x', true) AS s FROM pg_catalog.pg_settings WHERE name = 'application_name'
--;
SHOW application_name

SELECT set_config(name, 'x', false) FROM pg_settings WHERE name = 'no_such_setting'

BEGIN
--;
LOCK TABLE crm.stores, ONLY crm.customers, lab.visits IN ACCESS SHARE MODE
--;
COPY crm.orders_2024 (id, customer_id, total, ship_address) TO stdout;
