-- From PostgreSQL 18 on, old and new stand for the row in RETURNING, though no FROM item has these names.

--! since 18
--! refused 42501 support
--! refused 0A000
UPDATE lab.jobs SET state = 'x' RETURNING old.*

--! since 18
--! refused 42501 support
--! refused 0A000
UPDATE lab.jobs SET state = 'x' RETURNING old

--! since 18
--! refused 42501 support
--! refused 0A000
UPDATE lab.jobs SET state = 'x' RETURNING (new).note

--! since 18
--! refused 42501 support
--! refused 0A000
DELETE FROM lab.jobs RETURNING OLD.note

--! since 18
--! refused 42501 support
--! refused 0A000
DELETE FROM lab.jobs AS j RETURNING (SELECT a FROM (SELECT to_jsonb(old) AS a) AS x)

--! since 18
--! refused 42501 support
--! refused 0A000
INSERT INTO lab.jobs (person, n) VALUES (1, 1) ON CONFLICT (person, n) DO UPDATE SET state = 'x' RETURNING old.note

--! since 18
--! refused 42501 support
--! refused 0A000
WITH w AS (UPDATE lab.jobs SET state = 'x' RETURNING jobs.n, old) SELECT * FROM w

--! since 18
--! refused 42501 support
--! refused 0A000
PREPARE p AS DELETE FROM lab.jobs RETURNING new."note"

--! refused 42501 support
DELETE FROM lab.jobs USING crm.stores AS old WHERE old.id = n AND false RETURNING old.id, person

--! before 18
--! refused 42501 support
UPDATE lab.jobs AS new SET state = 'x' WHERE false RETURNING new.state, old.state

--! since 18
--! refused 42501 support
--! refused 0A000
UPDATE lab.jobs AS new SET state = 'x' WHERE false RETURNING new.state, old.state
