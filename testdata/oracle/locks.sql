-- Locking clauses, by those who may write the relation (lab.jobs) and by those who may not.

--! refused 42501 support
SELECT person, n FROM lab.jobs FOR UPDATE

--! refused 42501 support
SELECT * FROM lab.jobs WHERE tries > 1 ORDER BY person, n LIMIT 3 FOR NO KEY UPDATE SKIP LOCKED

--! refused 42501 support
SELECT person, note FROM lab.jobs j WHERE note IS NOT NULL AND state = 'new' FOR SHARE NOWAIT

--! refused 42501 support
SELECT j.person, p."Full Name" FROM lab.jobs j JOIN lab."Person" p ON p."Id" = j.person WHERE upper(j.state) = 'NEW' ORDER BY 1, 2, j.n FOR UPDATE OF j

--! refused 42501 support
SELECT j.person FROM lab.jobs j, lab.jobs k WHERE j.person = k.person AND j.n < k.n AND 1 / (j.tries + 1) >= 0 FOR KEY SHARE

--! refused 42501 support
SELECT p."Id" FROM lab."Person" p WHERE p."Id" IN (SELECT person FROM lab.jobs WHERE tries < 2 ORDER BY person, n LIMIT 4 FOR UPDATE SKIP LOCKED)

--! refused 42501 support
WITH picked AS (SELECT person, n FROM lab.jobs WHERE state = 'new' ORDER BY 1, 2 LIMIT 2 FOR UPDATE) SELECT * FROM picked ORDER BY 1, 2

--! refused 42501 support
SELECT p."Id", x.n FROM lab."Person" p LEFT JOIN LATERAL (SELECT j.n FROM lab.jobs j WHERE j.person = p."Id" AND j.tries > 0 ORDER BY n LIMIT 1 FOR UPDATE) x ON true ORDER BY 1, 2

--! refused 42501 support
SELECT p."Id" FROM lab."Person" p LEFT JOIN lab.jobs j ON j.person = p."Id" FOR UPDATE OF j

--! refused 42501 support
SELECT count(*) FROM lab.jobs FOR UPDATE

--! refused 42501 support
SELECT DISTINCT person FROM lab.jobs FOR UPDATE

SELECT person FROM lab.jobs FOR UPDATE OF nobody

--! args 7|new
--! refused 42501 support
SELECT n, state FROM lab.jobs WHERE person = $1 AND state = $2 FOR UPDATE

--! refused 42501
SELECT p."Id" FROM lab."Person" p FOR SHARE

--! refused 42501 support
BEGIN
--;
SELECT 1 FROM lab.jobs WHERE 1 / (tries - 1) > 0 FOR UPDATE
--;
COMMIT

--! simple
--! refused 42501 support
BEGIN; DECLARE c CURSOR FOR SELECT person, n, tries FROM lab.jobs WHERE tries > 0 ORDER BY person, n FOR UPDATE
--;
FETCH 3 FROM c
--;
FETCH 2 FROM c

--! refused 42501
SELECT s.id FROM crm.stores s JOIN lab.jobs j ON j.n = s.id FOR SHARE OF s

