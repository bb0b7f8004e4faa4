-- A masked column keeps its type, modifier and collation.

SELECT * FROM lab.types ORDER BY types

SELECT s, u, c, n, b, bits, vbits, t, tz, i, ts, tsz, m, o, x FROM lab.types ORDER BY types

SELECT j, jp, pt, r, mr, tv, tq, net, mac, rc, f, d, big, num, words, pairs, pair, list, grid, lsn FROM lab.types ORDER BY types

SELECT pg_collation_for(s), pg_collation_for(u), pg_collation_for(n) FROM lab.types WHERE types = 1

SELECT s < u FROM lab.types ORDER BY types

SELECT s || u FROM lab.types ORDER BY 1

SELECT types FROM lab.types ORDER BY s || u

SELECT max(s), min(u COLLATE "C") FROM lab.types

SELECT DISTINCT s, u FROM lab.types ORDER BY s DESC, u

SELECT s FROM lab.types UNION SELECT full_name FROM crm.customers WHERE id < 5 ORDER BY 1

SELECT t.s, t.u FROM lab.types AS t (s, u) ORDER BY 1

SELECT types.types, lab.types.s FROM lab.types ORDER BY types.types

SELECT types FROM lab.types types ORDER BY types

SELECT s.s, u.u, c.c FROM lab.types s JOIN lab.types u ON u.types = s.types JOIN lab.types c USING (types) ORDER BY s.types

SELECT s, id, c FROM lab.types JOIN lab.visits ON visits.person = types.person ORDER BY types, id

SELECT pg_typeof(bits), pg_typeof(i), pg_typeof(words), pg_typeof(pairs), pg_typeof(mr), pg_typeof(c), pg_typeof(num) FROM lab.types WHERE types = 1

SELECT num, num + 1, big, round(big / 7, 2), f * 2, d + f FROM lab.types ORDER BY types

SELECT (pair).a, (pair).b[1], pairs[1].a, (pairs[1]).b, words[1:2], list[1], grid[2][1] FROM lab.types ORDER BY types

SELECT w FROM lab.types, unnest(words) AS w WHERE types < 4 ORDER BY types, w

SELECT p.* FROM lab.types, unnest(pairs) AS p ORDER BY types

SELECT lower(r), isempty(r), mr @> date '2024-01-15', bits & B'100', length(vbits), tv @@ tq, net >> inet '10.1.1.1', trunc(mac) FROM lab.types ORDER BY types

SELECT ts + i, tsz - i, t + i, extract(hour FROM tz), m * 2, o::int, rc::text, x::text, j ->> 'a' FROM lab.types ORDER BY types

SELECT jsonb_path_query('{"a": 5}', jp), pt[0], lsn + 1, xpath('//a/text()', x) FROM lab.types ORDER BY types

SELECT array_agg(i ORDER BY types), sum(m), avg(i), range_agg(r) FROM lab.types

SELECT row_to_json(t) FROM lab.types t ORDER BY types

COPY lab.types TO STDOUT

COPY lab.types (types, s, ts, num, pair) TO STDOUT (FORMAT csv, HEADER)

COPY (SELECT types, bits, i, r, words, net FROM lab.types ORDER BY types) TO STDOUT (FORMAT binary)

PREPARE p AS SELECT types FROM lab.types WHERE ts < $1 AND i = $2 AND words = $3 AND s = $4 AND bits = $5
--;
EXECUTE p ('2030-01-01', '1 day', '{a}', 'x', '101')

--! args 1|{one,NULL,three}|[1,5)
SELECT types FROM lab.types WHERE types > $1 AND words IS DISTINCT FROM $2 AND r IS DISTINCT FROM $3 ORDER BY 1

SELECT types FROM lab.types WHERE ts > 'nonsense'

SELECT types FROM lab.types WHERE bits = 5

SELECT gone FROM lab.types

SELECT c.id, c.* FROM crm.customers c JOIN crm.leads l USING (id, full_name)

SELECT * FROM crm.leads JOIN crm.orders USING (id, customer_id) JOIN crm.support_tickets USING (id)

SELECT l.*, o.id FROM crm.leads l, LATERAL (SELECT * FROM crm.orders o WHERE o.customer_id = l.customer_id ORDER BY o.id LIMIT 1) o ORDER BY l.id

SELECT x.*, y.total FROM (SELECT * FROM crm.orders WHERE id < 9) x JOIN (TABLE crm.orders_2023) y USING (id) ORDER BY x.id

SELECT email AS full_name, full_name AS email FROM crm.customers ORDER BY full_name, email, id LIMIT 9

SELECT upper(email) AS email FROM crm.customers GROUP BY email ORDER BY email

SELECT c.id, c.city, rank() OVER (PARTITION BY c.country ORDER BY count(*) DESC, c.id) FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.city, c.id

SELECT DISTINCT c.country, c.email FROM crm.customers c GROUP BY c.id ORDER BY 1, 2

SELECT (SELECT c.full_name), c.email FROM crm.customers c GROUP BY c.id ORDER BY c.id

SELECT id, (SELECT max(o.total) FROM crm.orders o WHERE o.customer_id = c.id AND c.city IS NOT NULL) FROM crm.customers c GROUP BY c.id ORDER BY c.id

SELECT c.id FROM crm.customers c GROUP BY c.id HAVING max(c.email) = c.email AND c.notes IS NULL ORDER BY c.birth_date, c.id
