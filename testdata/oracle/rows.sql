-- Whole rows, composite values and functions that take them.

SELECT row_to_json(c) FROM crm.customers c ORDER BY c.id LIMIT 20

SELECT to_jsonb(c) - 'id' FROM crm.customers c ORDER BY c.id LIMIT 20

SELECT c::text FROM crm.customers c ORDER BY c.id LIMIT 20

SELECT json_agg(o ORDER BY o.id) FROM crm.orders o WHERE o.id < 20

SELECT (c).email, (c).id FROM crm.customers c ORDER BY c.id LIMIT 5

SELECT (c).* FROM crm.customers c WHERE id < 3

SELECT email(c), c.id FROM crm.customers c ORDER BY c.id LIMIT 5

SELECT (x.c).email FROM (SELECT c FROM crm.customers c) x ORDER BY 1

SELECT (SELECT c.email FROM (SELECT x.*) c) FROM crm.customers x ORDER BY x.id LIMIT 3

SELECT count(c), count(DISTINCT c) FROM crm.customers c

SELECT c IS NULL, c IS NOT NULL, count(*) FROM crm.customers c GROUP BY 1, 2 ORDER BY 1, 2

SELECT a.id FROM crm.customers a JOIN crm.customers b ON a = b ORDER BY 1 LIMIT 5

SELECT c = c FROM crm.stores c ORDER BY c.id LIMIT 2

SELECT max(id) FROM (SELECT DISTINCT c, c.id FROM crm.leads c) x

SELECT id FROM crm.leads l ORDER BY l LIMIT 4

SELECT s FROM crm.stores s ORDER BY s.id LIMIT 3

--! record
SELECT c FROM crm.customers c ORDER BY c.id LIMIT 3

--! record
SELECT p FROM lab."Person" p ORDER BY p."Id" LIMIT 3

--! record
SELECT customers FROM crm.customers ORDER BY id LIMIT 3

SELECT jsonb_object_keys(to_jsonb(c)) AS k FROM crm.customers c WHERE c.id = 1 ORDER BY k

SELECT jsonb_pretty(to_jsonb(p)) FROM lab."Person" p WHERE "Id" = 5

SELECT row_to_json(row(c.id, c.email)) FROM crm.customers c ORDER BY c.id LIMIT 3

SELECT ROW(c.*) FROM crm.customers c ORDER BY c.id LIMIT 3

SELECT ROW(c.*, 1) IS NULL FROM crm.leads c ORDER BY c.id LIMIT 3

SELECT (ROW(1, 'x')::lab.address).street, ('(a,5)'::lab.address).house, (home).house FROM lab."Person" ORDER BY "Id" LIMIT 3

SELECT p."Id", p.home = ROW('Street 3', 3)::lab.address FROM lab."Person" p ORDER BY 1

SELECT array_agg(home ORDER BY "Id") FROM lab."Person" WHERE "Id" < 5

--! refused 42703 analyst miner marketer support dpo both strict
SELECT (array_agg(p ORDER BY p."Id"))[1]."e-Mail" FROM lab."Person" p

SELECT to_json(array_agg(p.home ORDER BY p."Id")) FROM lab."Person" p

SELECT v."Id" FROM lab."Person" v WHERE v IS NOT DISTINCT FROM v ORDER BY 1

SELECT length(t::text) FROM lab.people t ORDER BY t.id LIMIT 3

SELECT json_build_object('c', c.email, 'all', c) FROM crm.leads c ORDER BY c.id LIMIT 3

--! varies
SELECT hstore(c) FROM crm.leads c

--! record
SELECT row(c) FROM crm.leads c ORDER BY c.id LIMIT 1

--! record
SELECT t, n FROM lab.tree t, LATERAL (SELECT t.name AS n) x ORDER BY t.id LIMIT 3

SELECT row_to_json(x) FROM (SELECT c.id, o.total FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id ORDER BY o.id LIMIT 5) x

SELECT pg_typeof((c).email), pg_typeof((c).monthly_income) FROM crm.customers c LIMIT 1

SELECT x.* FROM crm.leads l, LATERAL json_populate_record(NULL::lab.address, json_build_object('street', l.email, 'house', l.id)) x ORDER BY l.id LIMIT 3

SELECT (jsonb_populate_record(NULL::crm.stores, to_jsonb(s))).name FROM crm.stores s ORDER BY s.id LIMIT 3

SELECT c.tableoid FROM crm.stores c LIMIT 1

--! refused 42703
SELECT c.ctid FROM crm.customers c ORDER BY id LIMIT 1

SELECT c.tableoid::regclass FROM crm.orders c ORDER BY id LIMIT 1

--! refused 42703
SELECT xmin FROM crm.customers
