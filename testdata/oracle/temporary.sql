-- Temporary tables: they hold what the caller has read, and shadow what they are named like.

CREATE TEMPORARY TABLE t AS SELECT id, email, full_name FROM crm.customers
--;
SELECT * FROM t ORDER BY id
--;
SELECT count(*) FROM t JOIN crm.customers c USING (id) WHERE t.email = c.email
--;
DROP TABLE t
--;
SELECT * FROM t

SET search_path = crm
--;
CREATE TEMP TABLE customers AS SELECT 1 AS id, 'mine' AS email
--;
SELECT email FROM customers
--;
SELECT email FROM pg_temp.customers
--;
SELECT email FROM crm.customers ORDER BY id LIMIT 3
--;
DROP TABLE customers
--;
SELECT email FROM customers ORDER BY id LIMIT 3

SELECT id, phone INTO TEMP mine FROM crm.customers WHERE country = 'DE'
--;
SELECT max(phone), count(*) FROM mine

CREATE TEMP TABLE pairs (a, b) AS VALUES (1, 'x'), (2, 'y')
--;
SELECT b FROM pairs ORDER BY a DESC

BEGIN
--;
CREATE TEMP TABLE brief ON COMMIT DROP AS SELECT count(*) AS n FROM crm.orders
--;
SELECT n FROM brief
--;
COMMIT
--;
SELECT n FROM brief

BEGIN
--;
CREATE TEMP TABLE gone AS SELECT 1 AS one
--;
ROLLBACK
--;
SELECT one FROM gone

CREATE TEMP TABLE typed (id int, mail text)
--;
INSERT INTO typed SELECT id, email FROM crm.customers WHERE id < 9
--;
INSERT INTO typed VALUES (100, 'x')
--;
SELECT * FROM typed ORDER BY id
--;
UPDATE typed SET mail = upper(mail) WHERE id < 5
--;
DELETE FROM typed WHERE mail IS NULL
--;
SELECT count(*), min(mail) FROM typed

CREATE TEMP TABLE IF NOT EXISTS people AS SELECT * FROM lab.people WITH NO DATA
--;
SELECT * FROM people

CREATE TEMP TABLE bad AS SELECT nosuch FROM crm.customers

CREATE TEMP TABLE secretly AS SELECT email::integer FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers)

--! refused 42501 analyst miner marketer support both
CREATE TEMP TABLE denied AS SELECT national_id FROM crm.customers

CREATE TEMP TABLE a AS SELECT 1 AS x; SELECT x FROM a; DROP TABLE a

CREATE TEMP TABLE t AS SELECT id, email FROM crm.customers WHERE id < 9
--;
ALTER TABLE t ADD COLUMN n int DEFAULT 3 CHECK (n > 0), ADD PRIMARY KEY (id)
--;
ALTER TABLE t ALTER COLUMN n TYPE text USING n || '!', ALTER email SET DEFAULT 'none', ADD UNIQUE (email, n)
--;
INSERT INTO t (id, n) VALUES (100, 'x')
--;
ALTER TABLE t RENAME COLUMN email TO mail
--;
ALTER TABLE t DROP COLUMN n, ALTER id DROP NOT NULL
--;
SELECT id, mail, (SELECT email FROM crm.customers c WHERE c.id = t.id) FROM t ORDER BY id

CREATE TEMP TABLE t (id int)
--;
ALTER TABLE t ADD COLUMN id int
--;
ALTER TABLE t RENAME COLUMN nosuch TO x
--;
ALTER TABLE t DROP COLUMN nosuch
--;
VACUUM t
--;
SELECT * FROM t

SET search_path = crm
--;
CREATE TEMP TABLE t AS SELECT 1 AS id, 'mine' AS email
--;
ALTER TABLE t RENAME TO customers
--;
SELECT email FROM customers
--;
SELECT count(*), max(email) FROM crm.customers
--;
SELECT * FROM t

-- LIKE copies definitions.

CREATE TEMP TABLE a (id int PRIMARY KEY, x text DEFAULT 'q' NOT NULL, y int GENERATED ALWAYS AS IDENTITY)
--;
CREATE TEMP TABLE b (LIKE a INCLUDING ALL, more date)
--;
INSERT INTO b (id, more) VALUES (1, '2024-01-01'), (2, NULL) RETURNING *
--;
INSERT INTO b (id) VALUES (1), (3) ON CONFLICT DO NOTHING RETURNING *

CREATE TEMP TABLE stage (LIKE lab.jobs)
--;
INSERT INTO stage SELECT * FROM lab.jobs ORDER BY person, n LIMIT 5
--;
SELECT * FROM stage ORDER BY person, n

CREATE TEMP TABLE stage (first int, LIKE crm.stores INCLUDING COMMENTS INCLUDING STORAGE, last text)
--;
INSERT INTO stage SELECT 1, o.*, 'x' FROM crm.stores o ORDER BY o.id LIMIT 5
--;
SELECT s.id, s.city, s.last, stage.first FROM stage, stage s ORDER BY s.id, stage.id

--! refused 0A000 support
SET search_path = lab
--;
CREATE TEMP TABLE stage (LIKE jobs INCLUDING DEFAULTS EXCLUDING CONSTRAINTS)
--;
INSERT INTO stage (person) VALUES (1) RETURNING *

CREATE TEMP TABLE stage (LIKE lab.no_such_table)

--! refused 42501 analyst miner marketer support both
CREATE TEMP TABLE stage (LIKE crm.customers)

--! refused 0A000 analyst marketer support both strict dpo miner
CREATE TEMP TABLE stage (LIKE crm.orders INCLUDING ALL)

--! refused 42501 analyst miner marketer support both dpo
CREATE TEMP TABLE stage (LIKE lab.unlisted)

--! refused 42501
CREATE TEMP TABLE stage (LIKE pg_catalog.pg_authid)

--! refused 42501
CREATE TABLE stage (LIKE crm.stores)
