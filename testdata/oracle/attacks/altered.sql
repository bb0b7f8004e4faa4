-- Temporary tables that change their names and columns, so that a name means what is protected after all.

SET search_path = crm
--;
BEGIN
--;
CREATE TEMP TABLE t AS SELECT 1 AS id, 'mine' AS email
--;
ALTER TABLE t RENAME TO customers
--;
SELECT email FROM customers
--;
ROLLBACK
--;
SELECT email FROM customers ORDER BY id

SET search_path = crm
--;
BEGIN; CREATE TEMP TABLE customers AS SELECT 1 AS id, 'mine' AS email; SAVEPOINT a
--;
ALTER TABLE customers RENAME TO t
--;
SELECT email FROM customers ORDER BY id LIMIT 1
--;
ROLLBACK TO a
--;
SELECT email FROM customers
--;
DROP TABLE customers
--;
SELECT email FROM customers ORDER BY id LIMIT 1
--;
ROLLBACK
--;
SELECT email FROM customers ORDER BY id LIMIT 1

CREATE TEMP TABLE t (email text, n int)
--;
ALTER TABLE t DROP COLUMN email
--;
SELECT (SELECT email FROM t) FROM crm.customers ORDER BY 1
--;
SELECT id FROM crm.customers WHERE EXISTS (SELECT FROM t RIGHT JOIN (VALUES (1)) v ON true WHERE email LIKE 'a%') ORDER BY id

CREATE TEMP TABLE t (n int)
--;
INSERT INTO t VALUES (1)
--;
ALTER TABLE t RENAME COLUMN n TO email
--;
ALTER TABLE t RENAME COLUMN email TO m
--;
SELECT id FROM crm.customers WHERE EXISTS (SELECT FROM t WHERE email LIKE 'a%') ORDER BY id

CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1)
--;
ALTER TABLE t ALTER COLUMN n TYPE text USING (SELECT min(email) FROM crm.customers)
--;
ALTER TABLE t ADD COLUMN e text DEFAULT (SELECT email FROM crm.customers LIMIT 1)
--;
ALTER TABLE t ALTER COLUMN n SET DEFAULT (SELECT 1 / id FROM crm.customers LIMIT 1)
--;
SELECT * FROM t

CREATE TEMP TABLE t (n int)
--;
ALTER TABLE t RENAME TO pg_class
--;
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES crm.customers
--;
ALTER TABLE t INHERIT crm.customers
--;
ALTER TABLE crm.customers INHERIT t
--;
SELECT * FROM t
