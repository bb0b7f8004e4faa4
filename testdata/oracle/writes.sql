-- Writes, in transactions that are rolled back: lab.jobs by most callers, lab.diary by the miner and the DPO. What is written is read back. Nothing that is read
-- back is masked in lab.jobs but note.

--! refused 42501 support
BEGIN
--;
INSERT INTO lab.jobs (person, n, state, tries) SELECT "Id", 3, 'more', "select" FROM lab."Person" WHERE "Id" < 30
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
INSERT INTO lab.jobs (person, n, state) SELECT person, 10 + n, state FROM lab.jobs ON CONFLICT DO NOTHING
--;
INSERT INTO lab.jobs AS j (person, n, state) SELECT person, n, state FROM lab.jobs WHERE n < 3 ON CONFLICT (person, n) DO UPDATE SET state = excluded.state || j.n, tries = j.tries + 1 WHERE j.tries > 0 RETURNING person, j.n, state
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
INSERT INTO lab.jobs (person, n, tries) (SELECT person, n + 5, tries FROM lab.jobs UNION SELECT person, n + 7, 0 FROM lab.jobs ORDER BY 1, 2 LIMIT 5)
--;
INSERT INTO lab.jobs (n, person) SELECT 50 + row_number() OVER (ORDER BY person, n), person FROM lab.jobs
--;
INSERT INTO lab.jobs (n, person) SELECT 200 + count(*), max(person) FROM lab.jobs GROUP BY person / 10
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
UPDATE lab.jobs SET state = upper(state), tries = 10 / (tries + 1) WHERE 12 / (tries + 1) > 3 RETURNING person, n, state, tries
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
UPDATE lab.jobs SET tries = 0 WHERE 12 / (tries - 7) < 3
--;
UPDATE lab.jobs j SET (state, tries) = (SELECT p."Full Name", p."select" FROM lab."Person" p WHERE p."Id" = j.person) FROM crm.stores s WHERE s.id = j.n AND j.state LIKE 'n%'
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
DELETE FROM lab.jobs USING lab."Person" p WHERE p."Id" = person AND p."select" > 1 AND length(state) > 3 RETURNING n, state
--;
SELECT count(*) FROM lab.jobs
--;
DELETE FROM lab.jobs
--;
SELECT count(*) FROM lab.jobs

--! refused 42501 support
BEGIN
--;
WITH gone AS (DELETE FROM lab.jobs WHERE state = 'done' RETURNING person, n, tries), again AS (INSERT INTO lab.jobs (person, n, state, tries) SELECT person, n + 2, 'again', tries FROM gone RETURNING person) SELECT count(*), (SELECT count(*) FROM lab.jobs) FROM again
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
WITH u AS (UPDATE lab.jobs SET tries = tries + 1 WHERE n = 1 AND 1 / (tries + 1) >= 0 RETURNING n) DELETE FROM lab.jobs USING (SELECT "Id" FROM lab."Person") p WHERE n = 2 AND "Id" = person
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
UPDATE lab.jobs SET state = 'taken' WHERE (person, n) IN (SELECT person, n FROM lab.jobs WHERE state = 'new' AND tries > 0 ORDER BY person, n LIMIT 3 FOR UPDATE SKIP LOCKED) RETURNING person, n
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
MERGE INTO lab.jobs j USING lab."Person" p ON j.person = p."Id" AND j.n = 1 WHEN MATCHED AND p."select" = 0 THEN DELETE WHEN MATCHED AND j.tries > 1 THEN UPDATE SET tries = 100 / p."select", state = j.state || '!' WHEN NOT MATCHED THEN INSERT (person, n) VALUES (p."Id", 1)
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2
--;
MERGE INTO lab.jobs USING (SELECT "Id", "select" FROM lab."Person" WHERE "Id" % 2 = 0) p ON person = "Id" AND n = 1 AND 1 / (tries + 1) >= 0 WHEN NOT MATCHED AND "select" < 3 THEN INSERT VALUES ("Id", 1, 'merged', "select") WHEN MATCHED THEN DO NOTHING
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
BEGIN
--;
MERGE INTO lab.jobs j USING lab.jobs k ON j.person = k.person AND j.n <> k.n WHEN MATCHED THEN UPDATE SET tries = coalesce(k.tries, 0) + j.n
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
MERGE INTO lab.jobs j USING crm.stores s ON j.n < 3 AND s.id < 3 WHEN MATCHED THEN DELETE

WITH x AS (SELECT 1) SELECT * FROM (WITH d AS (DELETE FROM lab.jobs) SELECT 1) y

--! refused 42501 support analyst marketer both strict
BEGIN
--;
INSERT INTO lab.diary (person, day) SELECT person, day + 300 FROM lab.diary
--;
UPDATE lab.diary SET day = day + 700, entry = 'moved' WHERE extract(year FROM day) = 2024 RETURNING person, day
--;
DELETE FROM lab.diary_later WHERE day > '2025-12-01'
--;
DELETE FROM ONLY lab.diary
--;
SELECT person, day FROM lab.diary ORDER BY 1, 2

--! refused 0A000
INSERT INTO lab.people (id) VALUES (1)

--! refused 42501 support
--! simple
BEGIN
--;
PREPARE w (int) AS UPDATE lab.jobs SET tries = $1 WHERE tries < $1 RETURNING person, n
--;
EXECUTE w (2)
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2


-- Values of other types than the columns': assigned as PostgreSQL does, of whatever form the source is.

--! refused 42501 support
INSERT INTO lab.jobs (person, n) VALUES (5::text, 7)

--! refused 42501 support
INSERT INTO lab.jobs (person, n) VALUES (1, 7), (true, 7)

--! refused 42501 support
INSERT INTO lab.jobs (person, n) SELECT '5', 77 ORDER BY 1

--! refused 42501 support
INSERT INTO lab.jobs (person, n, state) SELECT x.i, x.k, count(*) FROM (SELECT 4 AS i, 5 AS k) x

--! refused 42501 support
INSERT INTO lab.jobs SELECT *, 'x' FROM (SELECT person, n + 50, state FROM lab.jobs) j

--! refused 42501 support
BEGIN
--;
INSERT INTO lab.jobs SELECT *, '7' FROM (SELECT person, n + 50, state FROM lab.jobs) j RETURNING person, n, state, tries
--;
INSERT INTO lab.jobs (n, tries, state, person) SELECT '90', NULL, j.* FROM (SELECT DISTINCT 'new' AS s, person FROM lab.jobs) j
--;
INSERT INTO lab.jobs (person, n, tries, state) SELECT person::bigint, '95', count(*), max(state) FROM lab.jobs GROUP BY person HAVING count(*) > 0
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2

--! refused 42501 support
--! simple
BEGIN
--;
PREPARE w AS INSERT INTO lab.jobs SELECT *, $1 FROM (SELECT person, n + 50, state FROM lab.jobs WHERE n < $2) j RETURNING person, n, tries
--;
EXECUTE w ('5', 2)
--;
PREPARE v AS INSERT INTO lab.jobs (person, n) SELECT $1, $2 FROM crm.stores LIMIT 1
--;
EXECUTE v ((SELECT min(person) FROM lab.jobs), 44)
--;
SELECT person, n, state, tries FROM lab.jobs ORDER BY 1, 2
