-- Transactions, cursors, prepared statements, settings, notices, notifications.
BEGIN

SELECT 1

COMMIT

COMMIT

ROLLBACK

BEGIN; BEGIN

ROLLBACK

BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE

CREATE TABLE t (a int)

SELECT 1

ROLLBACK

START TRANSACTION READ WRITE

CREATE TABLE t (a int PRIMARY KEY)

SAVEPOINT one

INSERT INTO t VALUES (1)

SAVEPOINT two

INSERT INTO t VALUES (1)

SELECT * FROM t

ROLLBACK TO two

SELECT * FROM t

RELEASE one

RELEASE one

COMMIT AND CHAIN

ROLLBACK AND CHAIN

ROLLBACK

SAVEPOINT outside

ROLLBACK TO outside

ABORT

SELECT 1; SELECT 2; SELECT 'three'

SELECT 1; SELECT 1/0; SELECT 3

INSERT INTO t VALUES (7); SELECT 1/0

SELECT * FROM t

BEGIN; INSERT INTO t VALUES (8); COMMIT; INSERT INTO t VALUES (9); SELECT 1/0

SELECT * FROM t ORDER BY a

CREATE TABLE u (a int); INSERT INTO u VALUES (1), (2); SELECT * FROM u; DROP TABLE u

;

;;  ;

-- nothing but a comment

SELECT 1;;SELECT 2

SET TRANSACTION ISOLATION LEVEL REPEATABLE READ

BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SHOW transaction_isolation; COMMIT

BEGIN; SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT

ROLLBACK

BEGIN; SET CONSTRAINTS ALL DEFERRED; COMMIT

PREPARE TRANSACTION 'gid'

BEGIN; PREPARE TRANSACTION 'gid'

ROLLBACK PREPARED 'nosuch'

DECLARE c CURSOR FOR SELECT 1

BEGIN

DECLARE c SCROLL CURSOR FOR SELECT i, 'row ' || i FROM generate_series(1, 10) AS i

FETCH c

FETCH 3 FROM c

FETCH BACKWARD 2 FROM c

FETCH LAST FROM c

FETCH ABSOLUTE 5 FROM c

FETCH RELATIVE -2 FROM c

MOVE FORWARD 2 IN c

FETCH ALL FROM c

FETCH c

CLOSE c

CLOSE c

FETCH c

ROLLBACK

BEGIN; DECLARE h CURSOR WITH HOLD FOR SELECT * FROM generate_series(1, 3); COMMIT

FETCH 2 FROM h

SELECT name, statement, is_holdable FROM pg_cursors

CLOSE ALL

BEGIN; DECLARE b BINARY CURSOR FOR SELECT 1::int4, 'x'::text; FETCH b; COMMIT

BEGIN; DECLARE n NO SCROLL CURSOR FOR SELECT 1; FETCH n

FETCH PRIOR FROM n

COMMIT

BEGIN; DECLARE w CURSOR FOR SELECT a FROM t ORDER BY a FOR UPDATE; FETCH w; UPDATE t SET a = a + 100 WHERE CURRENT OF w; COMMIT

SELECT * FROM t ORDER BY a

UPDATE t SET a = 0 WHERE CURRENT OF nosuch

PREPARE p (int, text) AS SELECT $1 + 1, $2 || '!'

EXECUTE p (1, 'a')

EXECUTE p (1)

EXECUTE p ('x', 'a')

EXECUTE nosuch

PREPARE p AS SELECT 1

PREPARE q AS INSERT INTO t VALUES ($1) RETURNING *

EXECUTE q (500)

EXECUTE q (500)

EXPLAIN (COSTS OFF) EXECUTE p (1, 'b')

SELECT name, statement, parameter_types, from_sql FROM pg_prepared_statements ORDER BY name

DEALLOCATE p

DEALLOCATE p

DEALLOCATE ALL

SHOW work_mem

SET work_mem = '8MB'

SHOW work_mem

SET work_mem = 'lots'

SET work_mem = 1

SET nosuch = 1

SET my.setting = 'x'

SHOW my.setting

SHOW nosuch.setting

SELECT current_setting('my.setting'), current_setting('nosuch.setting', true)

RESET work_mem

SET LOCAL work_mem = '9MB'

BEGIN; SET LOCAL work_mem = '9MB'; SHOW work_mem; ROLLBACK; SHOW work_mem

SET application_name = 'ünïcode'

SET application_name TO DEFAULT

SELECT set_config('application_name', 'other', false)

BEGIN; SET timezone = 'Europe/Berlin'; ROLLBACK

SET client_encoding = LATIN1

SELECT 'x', upper('a'), length('abc')

SELECT chr(8364)

SET client_encoding = SJIS

SELECT 'abc'

RESET client_encoding

SET standard_conforming_strings = off

SELECT 'a\nb', E'a\nb'

SET escape_string_warning = off; SELECT 'a\\b'

RESET standard_conforming_strings

SET datestyle = 'nonsense'

SET search_path = nosuch, public

SHOW search_path

SELECT current_schemas(true)

RESET search_path

SET ROLE nosuch

CREATE ROLE direct_role

SET ROLE direct_role

SELECT current_user, session_user

SELECT * FROM t

CREATE TABLE mine (a int)

RESET ROLE

SET SESSION AUTHORIZATION direct_role

SELECT current_user, session_user

RESET SESSION AUTHORIZATION

DROP ROLE direct_role

SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE

SHOW timezone

SET statement_timeout = 50

SELECT pg_sleep(5)

RESET statement_timeout

LISTEN ch

NOTIFY ch

NOTIFY ch, 'payload'

SELECT pg_notify('ch', 'by function')

BEGIN; NOTIFY ch, 'late'; SELECT 1; COMMIT

SELECT pg_listening_channels()

UNLISTEN ch

NOTIFY ch, 'unheard'

UNLISTEN *

DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE WARNING 'a warning' USING DETAIL = 'd', HINT = 'h', ERRCODE = '01234'; RAISE INFO 'info'; RAISE LOG 'log'; END $$

SET client_min_messages = debug1

DO $$ BEGIN RAISE DEBUG 'debug'; END $$

RESET client_min_messages

SET client_min_messages = error; DO $$ BEGIN RAISE WARNING 'unheard'; END $$; RESET client_min_messages

DO $$ BEGIN RAISE EXCEPTION 'an exception %', 42 USING ERRCODE = 'P1234', DETAIL = 'detail', HINT = 'hint', COLUMN = 'c', TABLE = 't', SCHEMA = 's', DATATYPE = 'ty', CONSTRAINT = 'co'; END $$

DO $$ BEGIN PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN RAISE NOTICE 'caught %', SQLERRM; END $$

DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM nosuch LOOP END LOOP; END $$

DO $$ BEGIN syntax error END $$

DO LANGUAGE nosuch 'x'

DISCARD PLANS

DISCARD SEQUENCES

DISCARD TEMP

DISCARD ALL

SELECT pg_advisory_lock(1), pg_try_advisory_lock(1), pg_advisory_unlock(1)

SELECT pg_advisory_unlock(77)

LOCK TABLE t

BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE NOWAIT; COMMIT

CHECKPOINT

VACUUM

BEGIN; VACUUM; COMMIT

ROLLBACK

ANALYZE t

VACUUM (ANALYZE) t, t (a)

VACUUM nosuch

SELECT 1; VACUUM

SELECT lo_from_bytea(4242, '\x414243'), lo_get(4242), lo_unlink(4242)

BEGIN; SELECT lo_creat(-1) > 0; SELECT lo_open(4243, 131072); COMMIT

ROLLBACK

LOAD 'nosuch'

SELECT pg_read_file('nosuch')

ALTER SYSTEM SET nosuch = 1

SELECT pg_terminate_backend(0)

SELECT version() = version(), current_database(), current_user, pg_backend_pid() > 0
