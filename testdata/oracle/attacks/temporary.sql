-- What is stored and copied: temporary tables of every form, and COPY.

CREATE TEMP TABLE t (n serial, id integer)
--;
INSERT INTO t (id) SELECT id FROM crm.customers WHERE country <> 'XX' ORDER BY id
--;
SELECT max(n), count(*) FROM t

CREATE TEMP TABLE t (n integer GENERATED ALWAYS AS IDENTITY, id integer)
--;
INSERT INTO t (id) SELECT id FROM lab.visits ORDER BY id
--;
SELECT max(n), count(*), max(id) FROM t

CREATE TEMP TABLE t (n serial)
--;
SELECT nextval('t_n_seq') FROM lab.vault

CREATE TEMP TABLE t AS SELECT amount, qty FROM lab.visits
--;
CREATE INDEX ON t ((1 / (qty - 5)))

CREATE TEMP TABLE t AS SELECT * FROM lab.vault
--;
ANALYZE t
--;
SELECT reltuples, relpages FROM pg_class WHERE oid = 'pg_temp.t'::regclass
--;
SELECT pg_relation_size('pg_temp.t')

CREATE TEMP TABLE t (x bigint DEFAULT pg_relation_size('lab.vault'))

CREATE TEMP TABLE t (x text DEFAULT current_setting('pgscrim.key_inner'))

CREATE TEMP TABLE t (x text DEFAULT (SELECT word FROM lab.vault))

CREATE TEMP TABLE t (x integer REFERENCES lab.vault)

CREATE TEMP TABLE t () INHERITS (lab.vault)

CREATE TEMP TABLE t PARTITION OF crm.orders DEFAULT

CREATE TEMP TABLE t (LIKE crm.customers INCLUDING ALL)

CREATE TEMP TABLE t OF lab.address

CREATE TEMP TABLE t (x integer, EXCLUDE USING gist (x WITH =))

CREATE TEMP TABLE t (x lab.visits, y lab.zip[])
--;
INSERT INTO t VALUES (NULL, '{12345,nozip}')

CREATE TEMP TABLE t USING heap AS SELECT 1

CREATE TEMP VIEW v AS SELECT * FROM lab.vault

CREATE TEMP SEQUENCE s

CREATE TEMP TABLE t AS EXECUTE p

CREATE TEMP TABLE t AS TABLE lab.vault
--;
TABLE t

SELECT * INTO TEMP t FROM lab.vault
--;
SELECT count(*) FROM t

COPY lab.visits TO STDOUT (HEADER, FORMAT csv, FORCE_QUOTE *)

COPY lab.visits (note, id) TO STDOUT (DELIMITER '|', NULL 'x')

COPY lab.visits (note, nosuch) TO STDOUT

COPY lab.visits TO STDOUT (ENCODING 'LATIN1')

COPY (SELECT note FROM lab.visits ORDER BY id) TO STDOUT (ENCODING 'SQL_ASCII')

COPY (SELECT '日本', "日本" FROM lab."Person" ORDER BY "Id") TO STDOUT (ENCODING 'LATIN1')

COPY lab.event TO STDOUT

COPY crm.orders TO STDOUT

COPY lab.people TO STDOUT

COPY lab.visits TO STDOUT WHERE id > 1

COPY lab."Person" (secret) TO STDOUT

COPY lab.shout TO STDOUT (FORMAT binary)

COPY lab.visits TO '/tmp/x'

COPY lab.visits TO PROGRAM 'cat'

COPY (SELECT 1) TO STDOUT (FORMAT nosuch)

COPY crm.stores TO STDOUT (DELIMITER E'\n')
