-- What a session can change: settings, transactions, prepared statements, purposes; and errors with their positions.

CREATE TEMP TABLE vault (id integer); SELECT 1 / 0
--;
SET search_path = lab
--;
SELECT count(*) FROM vault

BEGIN
--;
CREATE TEMP TABLE vault (id integer)
--;
ROLLBACK
--;
SET search_path = lab
--;
SELECT count(*) FROM vault

BEGIN
--;
SAVEPOINT a
--;
CREATE TEMP TABLE visits AS SELECT 1 AS note
--;
SET LOCAL search_path = lab
--;
SELECT note FROM visits ORDER BY 1 LIMIT 1
--;
ROLLBACK TO a
--;
SELECT count(*) FROM lab.visits
--;
SET LOCAL search_path = lab
--;
SELECT max(note) FROM visits
--;
COMMIT

BEGIN
--;
CREATE TEMP TABLE visits ON COMMIT DROP AS SELECT 1 AS note
--;
COMMIT
--;
SET search_path = lab
--;
SELECT max(note) FROM visits

CREATE TEMP TABLE visits AS SELECT 5 AS qty
--;
DISCARD TEMP
--;
SET search_path = lab
--;
SELECT count(*) FROM visits WHERE 1 / (qty - 5) >= 0

SET standard_conforming_strings = off

SET backslash_quote = on

SET escape_string_warning = off; SELECT 'a\'; SELECT count(*) FROM lab.vault -- '

SET client_encoding = 'LATIN1'

SET NAMES 'SJIS'

SET client_encoding TO DEFAULT

SET DateStyle = 'German, DMY'; SELECT max(day), max(day)::text FROM lab.visits

SET DateStyle = 'German'; SELECT "Id", geb::text, seen::text, born_at::text FROM lab."Person" ORDER BY 1

SET TimeZone = 'Pacific/Kiritimati'; SELECT "Id", born_at, born_at::date, seen, geb FROM lab."Person" ORDER BY 1

SET TimeZone = 'America/Adak'; SELECT opened_at, opened_at::date, count(*) FROM crm.support_tickets GROUP BY 1 ORDER BY 1

SET extra_float_digits = -15; SELECT "Id", score FROM lab."Person" ORDER BY 1

SET extra_float_digits = -15; SELECT f, d FROM lab.types ORDER BY types

SET bytea_output = 'escape'; SELECT b FROM lab.types ORDER BY types

SET IntervalStyle = 'iso_8601'; SELECT now() - now(), i FROM lab.types ORDER BY types

SET lc_monetary = 'C'; SELECT m FROM lab.types ORDER BY types

SET lc_messages = 'de_DE.UTF-8'; SELECT nosuch FROM lab.visits

SET xmlbinary = 'hex'; SELECT xmlforest(b) FROM lab.types ORDER BY types

SET default_text_search_config = 'german'; SELECT to_tsvector(note) FROM lab.visits ORDER BY id

SET plan_cache_mode = force_generic_plan
--;
PREPARE p AS SELECT id FROM lab.visits WHERE qty = $1 AND 1 / (qty - 5) >= 0 ORDER BY id
--;
EXECUTE p (5)
--;
EXECUTE p (3)

PREPARE p (lab.zip) AS SELECT count(*) FROM lab."Person" WHERE zip = $1
--;
EXECUTE p ('00997')
--;
EXECUTE p ('x')

PREPARE p (text) AS SELECT count(*) FROM lab.visits WHERE qty = $1

PREPARE p AS SELECT count(*) FROM lab.vault WHERE amount = $1 AND $1 > 3
--;
EXECUTE p (11)

PREPARE p AS INSERT INTO lab.vault VALUES ($1)

PREPARE p AS DELETE FROM lab.visits

SET jit = on; SET jit_above_cost = 0; SELECT count(*) FROM lab.visits WHERE 1 / (qty - 5) >= 0

SET force_parallel_mode = on

SET session_replication_role = replica

SET row_security = off

SET role = 'postgres'

SET SESSION AUTHORIZATION postgres

SET LOCAL ROLE postgres

RESET ROLE

SET temp_tablespaces = 'x'

SET default_tablespace = 'x'

SET default_table_access_method = heap

SET default_transaction_read_only = on
--;
SELECT count(*) FROM lab.vault
--;
CREATE TEMP TABLE t AS SELECT 1

SET log_statement = 'all'

SET log_min_messages = debug5

SET client_min_messages = debug1

SET client_min_messages = log

SELECT set_config('client_min_messages', 'debug5', false)

SET debug_print_parse = on

SET track_activities = off

SET allow_system_table_mods = on

SET local_preload_libraries = 'x'

SET session_preload_libraries = 'x'

SET dynamic_library_path = '/tmp'

SET zero_damaged_pages = on

SET ignore_checksum_failure = on

SET temp_file_limit = 0

SET plpgsql.variable_conflict = 'error'

SET pgscrim.key_inner = 'x'

SET pgscrim.caller = 'root'

SET pgscrim.roles = 'dba'

SET pgscrim.anything = 'x'

RESET pgscrim.key_inner

RESET ALL
--;
SELECT count(*) FROM crm.customers

SET LOCAL pgscrim.purpose = 'reporting'

SET pgscrim.purpose = 'nosuch'

SET pgscrim.purpose = ''
--;
SELECT count(*) FROM lab.visits

ALTER SYSTEM SET work_mem = '1MB'

ALTER ROLE postgres SET search_path = 'x'

ALTER DATABASE postgres SET search_path = 'x'

SHOW ALL

SHOW search_path

SHOW "pgscrim.key_inner"

SHOW pgscrim.KEY_INNER

SHOW TRANSACTION ISOLATION LEVEL

SELECT current_setting('PGSCRIM.key_inner', true)

SELECT current_setting(setting_name => 'pgscrim.key_inner')

SELECT current_setting(VARIADIC ARRAY['pgscrim.key_inner'])

SELECT x.current_setting FROM (SELECT 'pgscrim.key_inner'::text) x

SELECT ('pgscrim.key_inner'::text).current_setting

SELECT string_agg(current_setting(n), ',') FROM unnest(ARRAY['pgscrim.key_inner', 'pgscrim.key_outer']) n

SELECT start_value FROM information_schema.sequences

SELECT lo_get(1)

SELECT loread(lo_open(1, 1), 10)

SELECT dblink('x', 'y')

SELECT currtid2('lab.vault', '(0,1)')

SELECT view_definition FROM information_schema.views WHERE table_schema = 'lab' ORDER BY table_name

SELECT has_table_privilege('crm.customers', 'SELECT'), has_column_privilege('lab.vault', 'word', 'SELECT'), row_security_active('lab.vault')

SELECT obj_description('lab.vault'::regclass), col_description('lab.vault'::regclass, 1)

SELECT ts_lexize('simple', note), ts_headline(note, 'note'::tsquery), ts_debug(note) FROM lab.visits WHERE id < 5 ORDER BY id

SELECT * FROM ts_parse('default', (SELECT max(note) FROM lab.visits))

SELECT	'日本',	nosuch	FROM	lab.visits

SELECT '😀', 1 / (qty - 5), nosuch FROM lab.visits

SELECT 1;
SELECT '日本' AS "größe", lab.visits.nosuch
FROM lab.visits

/* ümlaut */ SELECT "größe", geb, nosuch FROM lab."Person" -- ß

SELECT note
  FROM lab.visits v
  WHERE v.note = 1

SELECT count(*) FROM lab.visits v JOIN lab.vault w ON v.id = w.word

SELECT v.note + 1 FROM lab.visits v

SELECT upper(v.qty) FROM lab.visits v

SELECT v.note FROM lab.visits v GROUP BY v.id, v.qty HAVING v.amount > 1

SELECT v.note, count(*) FROM lab.visits v

SELECT sum(count(*)) FROM lab.visits

SELECT rank() FROM lab.visits

SELECT id FROM lab.visits WHERE count(*) > 1

SELECT id FROM lab.visits WHERE row_number() OVER () > 1

SELECT (SELECT id, qty FROM lab.visits)

SELECT id IN (SELECT id, qty FROM lab.visits) FROM lab.visits

SELECT id FROM lab.visits UNION SELECT note FROM lab.visits

SELECT id, qty FROM lab.visits UNION SELECT id FROM lab.visits

SELECT CASE WHEN true THEN note ELSE 1 END FROM lab.visits

SELECT ARRAY[note, 1] FROM lab.visits

SELECT note COLLATE nosuch FROM lab.visits

SELECT max(note COLLATE "C") > max(note COLLATE "POSIX") FROM lab.visits

SELECT id FROM lab.visits ORDER BY note COLLATE "C" || note COLLATE "POSIX"

SELECT id FROM lab.visits LIMIT note

SELECT id FROM lab.visits LIMIT 'x'

SELECT DISTINCT id FROM lab.visits ORDER BY note

SELECT DISTINCT ON (id) note FROM lab.visits ORDER BY note

SELECT * FROM lab.visits v, lab.vault v

SELECT * FROM lab.visits JOIN lab.vault ON visits.nosuch = 1

SELECT * FROM lab.visits v CROSS JOIN LATERAL (SELECT w.id) x CROSS JOIN lab.vault w

SELECT * FROM lab.visits v, (SELECT v.id) x

SELECT nosuchfunc(note) FROM lab.visits

SELECT note::nosuchtype FROM lab.visits

SELECT note FROM lab.visits WHERE note = ANY (note)

SELECT (note).x FROM lab.visits

SELECT note[1] FROM lab.visits

SELECT (v).nosuch FROM lab.visits v

SELECT v.* AS x FROM lab.visits v

SELECT * FROM nosuch.visits

SELECT * FROM lab.nosuch

SELECT * FROM otherdb.lab.visits

SELECT lower(word, word) FROM lab.vault

SELECT 1 FROM lab.visits WINDOW w AS (ORDER BY nosuch)

SELECT sum(qty) OVER nosuch FROM lab.visits

SELECT 1 WHERE (SELECT note FROM lab.visits WHERE id = 3) > 1

SELECT 'note'::lab.zip

SELECT ''::integer FROM lab.vault

SELECT 1 FROM lab.visits WHERE day > '2024-13-45'

SELECT 1 FROM lab.visits WHERE id = 99999999999999999999

SELECT 1 FROM lab.visits WHERE qty = '5x'

--! args 5x
SELECT 1 FROM lab.visits WHERE qty = $1

--! args NULL
SELECT count(*) FROM lab.visits WHERE note = $1 OR $1 IS NULL

SELECT $1 FROM lab.visits

SELECT /*purpose='churn_model'*/ count(*) FROM lab.visits

/*purpose='reporting'*/ SELECT count(*) FROM lab.visits

/*purpose='nosuch'*/ SELECT count(*) FROM lab.visits

SELECT count(*) FROM lab.visits /*purpose='reporting'*/ /*purpose='churn_model'*/

SELECT count(*) FROM lab.visits -- /*purpose='churn_model'*/

SELECT '/*purpose=''campaign''*/', count(*) FROM lab.visits

/* /*purpose='campaign'*/ */ SELECT count(*) FROM lab.visits

/*purpose='report%69ng'*/ SELECT count(*) FROM lab.visits

/*purpose='reporting\',x=\'churn_model'*/ SELECT count(*) FROM lab.visits

SELECT 1 /*purpose='campaign'*/; SELECT count(*) FROM lab.visits

SELECT 1;
SELECT '日本' AS "größe", lab.visits.nosuch
FROM lab.visits

SELECT lab.visits.nosuch FROM lab.visits

SELECT {db}.lab.visits.nosuch, 1 FROM lab.visits

SELECT lab.visits.note FROM lab.visits GROUP BY id

SELECT 1 FROM lab.visits WHERE lab.visits.note = 1
