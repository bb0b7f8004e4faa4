-- Tables in a writable schema: they store what the caller sees.

--! simple
--! refused 42501 support strict
BEGIN; CREATE TABLE sandbox.people AS SELECT "Id" AS id, "Full Name" AS name, "e-Mail" AS mail FROM lab."Person"
--;
SELECT * FROM sandbox.people ORDER BY id
--;
INSERT INTO sandbox.people (id, mail) SELECT id + 1000, upper(email) FROM crm.customers WHERE id < 20; UPDATE sandbox.people SET name = mail WHERE id > 1000; DELETE FROM sandbox.people p USING lab."Person" q WHERE p.id = q."Id" AND q."select" = 1
--;
CREATE UNIQUE INDEX ON sandbox.people (id); ALTER TABLE sandbox.people ADD COLUMN n int DEFAULT 7; ANALYZE sandbox.people
--;
SELECT p.id, p.name, p.mail, p.n, c.city FROM sandbox.people p LEFT JOIN crm.customers c ON c.id = p.id - 1000 ORDER BY p.id

--! refused 42501 support strict
BEGIN
--;
SELECT person, n INTO sandbox.picked FROM lab.jobs WHERE state = 'new'
--;
SELECT count(*), sum(n) FROM sandbox.picked
--;
TRUNCATE sandbox.picked
--;
DROP TABLE sandbox.picked
--;
SELECT 1

--! refused 42501
CREATE TABLE crm.people AS SELECT 1

