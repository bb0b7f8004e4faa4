-- Partitions and inheritance children carry their parent's entry.

SELECT * FROM crm.orders_2024 ORDER BY id

SELECT count(*), sum(total) FROM crm.orders_2023 UNION ALL SELECT count(*), sum(total) FROM crm.orders_later

SELECT id, ship_address FROM crm.orders WHERE ordered_at >= '2025-01-01' ORDER BY id LIMIT 30

SELECT count(*) FROM ONLY crm.orders

SELECT * FROM lab.event ORDER BY id

SELECT * FROM ONLY lab.event ORDER BY id

SELECT * FROM lab.event_click ORDER BY id

SELECT url, payload FROM lab.event_click WHERE url LIKE '%1%' ORDER BY id

SELECT * FROM lab.event_call ORDER BY id

SELECT * FROM ONLY lab.event_call ORDER BY id

SELECT minutes, payload, person FROM lab.event_call_abroad ORDER BY id

SELECT kind, count(*) FROM lab.event * GROUP BY kind ORDER BY kind

SELECT e.id, c.url FROM lab.event e LEFT JOIN lab.event_click c USING (id) ORDER BY e.id

TABLE lab.event_click ORDER BY id

SELECT e.kind, p."Full Name" FROM lab.event e JOIN lab."Person" p ON p."Id" = e.person ORDER BY e.id

SELECT tableoid::regclass, count(*) FROM lab.event GROUP BY 1 ORDER BY 1

SELECT e.tableoid, e.id FROM lab.event AS e (id) WHERE e.tableoid = 'lab.event_click'::regclass ORDER BY e.id

SELECT (SELECT max(c.relname) FROM pg_class c WHERE c.oid = o.tableoid) AS part, sum(total) FROM crm.orders o GROUP BY o.tableoid ORDER BY 1

SELECT n, (SELECT tableoid = 'lab.event'::regclass) AS own FROM (SELECT 1 AS n) x, LATERAL (SELECT tableoid FROM lab.event ORDER BY id LIMIT 3) e

SELECT DISTINCT tableoid::regclass FROM ONLY lab.event

SELECT tableoid::regclass, day FROM lab.diary WHERE tableoid = 'lab.diary_2024'::regclass ORDER BY person, day

--! refused 42703
SELECT tableoid::regclass, * FROM lab.event ORDER BY id

SELECT * FROM crm.stores TABLESAMPLE SYSTEM (100) ORDER BY id

SELECT count(*) FROM crm.products TABLESAMPLE BERNOULLI (100) REPEATABLE (7)

SELECT count(*) FROM crm.products AS p TABLESAMPLE pg_catalog.bernoulli (100) WHERE p.price > 10

SELECT count(*) FROM lab.plain TABLESAMPLE SYSTEM (0)

SELECT * FROM crm.stores TABLESAMPLE SYSTEM (101)

SELECT * FROM crm.stores TABLESAMPLE nosuch (1)

--! refused 0A000 analyst miner marketer support both strict
SELECT count(*) FROM lab.visits TABLESAMPLE SYSTEM (100)

--! refused 0A000
SELECT count(*) FROM lab.people TABLESAMPLE SYSTEM (100)
