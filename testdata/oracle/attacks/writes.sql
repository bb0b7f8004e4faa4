-- Writes that try to learn of hidden rows and masked cells. Each must end the same over both databases; all are rolled back.

--! simple
BEGIN; INSERT INTO lab.jobs (person, n) SELECT i, 77 FROM generate_series(1, 40) AS i WHERE i = 3
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs (person, n) VALUES (3, 1) ON CONFLICT DO NOTHING
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs (person, n) VALUES (11, 1) ON CONFLICT (person, n) DO UPDATE SET tries = 9 RETURNING *
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs (person, n) SELECT i, 1 FROM generate_series(1, 60) AS i ON CONFLICT DO NOTHING
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs (person, n, state) SELECT * FROM (VALUES (2, 9, 'x'), (10, 9, 'y'), (18, 9, 'z')) v
--;
ROLLBACK

--! simple
BEGIN; MERGE INTO lab.jobs j USING generate_series(1, 60) AS g (i) ON j.person = g.i AND j.n = 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN DO NOTHING
--;
ROLLBACK

--! simple
BEGIN; MERGE INTO lab.jobs j USING generate_series(1, 60) AS g (i) ON j.person = g.i AND j.n = 1 WHEN NOT MATCHED THEN INSERT (person, n) VALUES (g.i, 1)
--;
ROLLBACK

--! simple
BEGIN; MERGE INTO lab.jobs j USING (VALUES (11)) AS g (i) ON j.person = g.i AND j.n = 1 WHEN NOT MATCHED THEN INSERT (person, n) VALUES (g.i, 1)
--;
ROLLBACK

--! simple
BEGIN; MERGE INTO lab.jobs j USING crm.stores s ON 1 / (length(j.note) - 5) > s.id WHEN MATCHED THEN DO NOTHING
--;
ROLLBACK

--! simple
BEGIN; MERGE INTO lab.jobs j USING crm.stores s ON 1 / (j.tries - 5) > s.id WHEN MATCHED AND j.note = 'x' THEN DELETE
--;
ROLLBACK

--! simple
BEGIN; MERGE INTO lab.jobs j USING crm.stores s ON 1 / (j.tries - 5) > s.id WHEN MATCHED THEN UPDATE SET tries = 3
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.jobs SET tries = 1 WHERE 1 / (tries - 5) > -1 RETURNING person
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.jobs SET tries = 1 FROM crm.stores s WHERE 1 / (tries - 5) > s.id
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.jobs SET tries = 1 FROM crm.stores s WHERE note = s.name
--;
ROLLBACK

--! simple
BEGIN; DELETE FROM lab.jobs WHERE CASE WHEN state = 'nasty' THEN 1 / 0 > 0 ELSE state::int > 0 END
--;
ROLLBACK

--! simple
BEGIN; DELETE FROM lab.jobs WHERE (SELECT tries::text || state)::int > 0
--;
ROLLBACK

--! simple
BEGIN; WITH d AS (DELETE FROM lab.jobs WHERE 1 / (tries - 5) > 0 RETURNING tries) SELECT count(*) FROM d
--;
ROLLBACK

--! simple
BEGIN; SELECT person FROM lab.jobs WHERE 1 / (tries - 5) > -1 FOR UPDATE
--;
ROLLBACK

--! simple
BEGIN; SELECT person FROM lab.jobs, crm.stores s WHERE 1 / (tries - 5) > -1 AND s.id = n ORDER BY 1 / (tries - 5) LIMIT 1 FOR UPDATE OF jobs
--;
ROLLBACK

--! simple
BEGIN; SELECT person FROM lab.jobs JOIN crm.stores s ON 1 / (tries - 5) > s.id FOR UPDATE OF jobs
--;
ROLLBACK

--! simple
BEGIN; SELECT x.y FROM lab.jobs j, LATERAL (SELECT 1 / (j.tries - 5) AS y OFFSET 0) x WHERE state < 'x' FOR UPDATE OF j
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.diary (person, day, mood) SELECT person, day, mood FROM lab.diary ON CONFLICT DO NOTHING
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.diary SET mood = 1 WHERE 1 / (mood - 5) > 0
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.diary SET day = '2024-06-06'
--;
ROLLBACK

--! simple
BEGIN; DELETE FROM lab.diary_2024 WHERE 1 / extract(month FROM day) > 0 RETURNING person
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs (person, n) VALUES (NULL, 1)
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs SELECT 9999, 1
--;
ROLLBACK

--! simple
BEGIN; DELETE FROM lab.jobs WHERE ctid = '(0,1)'
--;
ROLLBACK

--! simple
BEGIN; DELETE FROM lab.jobs WHERE ctid = '(0,3)'
--;
ROLLBACK

--! simple
BEGIN; DELETE FROM lab.jobs USING (SELECT 1) AS ctid WHERE ctid = '(0,3)'
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.jobs SET tries = 1 WHERE EXISTS (SELECT 1 WHERE ctid = '(0,5)')
--;
ROLLBACK

--! simple
BEGIN; UPDATE lab.jobs SET tries = 1 RETURNING ctid
--;
ROLLBACK

--! simple
BEGIN; INSERT INTO lab.jobs (person, n) VALUES (2, 99) RETURNING ctid
--;
ROLLBACK
