-- Views show what their tables show.

SELECT * FROM crm.customer_orders ORDER BY order_id

SELECT email, sum(total) FROM crm.customer_orders GROUP BY email ORDER BY email

SELECT full_name, ship_address FROM crm.customer_orders WHERE country = 'DE' ORDER BY order_id

SELECT * FROM crm.country_overview ORDER BY country

SELECT o.country FROM crm.country_overview o WHERE o.oldest < '1960-01-01' ORDER BY 1

SELECT * FROM lab.people ORDER BY id

SELECT mail, num FROM lab.people WHERE land = 'DE' ORDER BY id

SELECT * FROM lab.people_again ORDER BY id

SELECT label FROM lab.people_again WHERE label LIKE '%@%' ORDER BY id

SELECT * FROM lab.guarded ORDER BY id

SELECT pick, count(*) FROM lab.guarded WHERE mail LIKE '%example%' GROUP BY pick ORDER BY pick

SELECT * FROM lab.per_person ORDER BY "Id"

SELECT "Full Name", spent FROM lab.per_person WHERE visits > 2 ORDER BY "Id"

SELECT lvl, sum(visits) FROM lab.per_person GROUP BY lvl ORDER BY lvl

SELECT a, "C c" FROM lab.renamed WHERE b < 10 ORDER BY a

SELECT x, y, "C c" FROM lab.renamed AS r (x, y) ORDER BY x

SELECT * FROM lab.paths ORDER BY id

SELECT max(depth), count(*) FROM lab.paths WHERE path LIKE '%\_%'

SELECT * FROM lab.unioned ORDER BY id, what

SELECT count(*) FROM lab.unioned u JOIN lab.people p ON p.id = u.person

SELECT * FROM lab.constants

SELECT row_to_json(p) FROM lab.people p ORDER BY id LIMIT 4

SELECT p.name FROM lab.people p WHERE p.id IN (SELECT person FROM lab.renamed r JOIN lab.visits v ON v.id = r.a) ORDER BY p.id

WITH people AS (SELECT * FROM lab.people_again) SELECT count(*), max(label) FROM people

SELECT lab.people.name FROM lab.people ORDER BY lab.people.id LIMIT 3

SELECT {db}.lab.people.name FROM lab.people ORDER BY id LIMIT 3

SELECT p.id, lp.label FROM lab.people p LEFT JOIN lab.people_again lp USING (id) ORDER BY p.id

--! refused 42501 strict
SELECT * FROM lab.totals ORDER BY day

--! refused 42501 strict
SELECT t.n, v.id FROM lab.totals t JOIN lab.visits v USING (day) ORDER BY v.id

SELECT nosuch FROM lab.people

SELECT one / 0 FROM lab.constants

--! refused 42501 analyst miner marketer support both strict
SELECT id FROM lab.secrets ORDER BY id

--! refused 42501 analyst miner marketer support both strict
SELECT * FROM lab.secrets ORDER BY id

--! refused 42501 analyst miner marketer support both dpo
SELECT * FROM lab.over_unlisted

--! refused 42501
SELECT * FROM lab.mail_list ORDER BY id

SELECT table_name, view_definition IS NULL FROM information_schema.views WHERE table_schema = 'nosuch'
