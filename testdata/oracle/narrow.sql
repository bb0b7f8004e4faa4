-- Conditions that are said again inside fences: the answer is that of the whole.

SELECT id, upper(full_name) FROM crm.customers WHERE id = 3

SELECT id, upper(full_name) FROM crm.customers WHERE 3 = id

SELECT id, upper(full_name) FROM crm.customers WHERE id IN (1, 3, 7, 7, 99999999999) ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id NOT IN (1, 3) AND id < 20 ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id BETWEEN 5 AND 9 ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id BETWEEN 9 AND 5 ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id BETWEEN SYMMETRIC 9 AND 5 ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id NOT BETWEEN 5 AND 9 AND 12 > id ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE NOT (id > 5) ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id = 5 OR id = 6 ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id > -1 AND id < 4 ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE id = NULL

SELECT id, upper(full_name) FROM crm.customers WHERE id = 3.0

SELECT id, upper(full_name) FROM crm.customers WHERE id = '3' AND country > 'A' AND country IN ('BR', 'DE', 'FR', 'CN', 'US')

SELECT id, upper(full_name) FROM crm.customers WHERE country = 'FR' ORDER BY id

SELECT id, upper(segment) FROM crm.customers WHERE segment = 'it''s\' OR segment = 'vip' ORDER BY id

SELECT id, upper(segment) FROM crm.customers WHERE segment = 'it''s\'

SELECT id, upper(full_name) FROM crm.customers WHERE created_at >= '2023-01-01' AND created_at < timestamptz '2024-01-01 00:00:00' ORDER BY id

SELECT id, upper(full_name) FROM crm.customers WHERE created_at >= date '2023-01-01' ORDER BY id

SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= '2024-03-01' AND ordered_at < '2024-06-01' ORDER BY id

--! args 3
SELECT id, upper(full_name) FROM crm.customers WHERE id = $1

--! args 3|8
SELECT id, upper(full_name) FROM crm.customers WHERE id >= $1 AND id <= $2 ORDER BY id

--! args {3,5,8}
SELECT id, upper(full_name) FROM crm.customers WHERE id = ANY ($1) ORDER BY id

--! args FR
SELECT id, upper(full_name) FROM crm.customers WHERE country = $1 ORDER BY id

--! args 3
SELECT c.id, upper(c.full_name), o.id FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id WHERE c.id = $1 ORDER BY o.id

--! args three
SELECT id, upper(full_name) FROM crm.customers WHERE id = $1

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id WHERE c.id IN (3, 4) ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id WHERE c.id IN (3, 4) ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id AND c.id IN (3, 4) WHERE c.id < 9 ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id AND o.customer_id = 3 WHERE c.id < 9 ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id WHERE o.customer_id = 3 ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.orders o RIGHT JOIN crm.customers c ON o.customer_id = c.id AND c.id = 3 WHERE c.id < 9 ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.orders o RIGHT JOIN crm.customers c ON o.customer_id = c.id AND o.id < 50 WHERE c.id < 9 ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c FULL JOIN crm.orders o ON o.customer_id = c.id AND c.id = 3 AND o.customer_id = 3 WHERE coalesce(c.id, 1) < 9 ORDER BY c.id, o.id

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c FULL JOIN crm.orders o ON o.customer_id = c.id WHERE c.id = 3 ORDER BY c.id, o.id

SELECT m.country, c.id, upper(c.full_name), o.id FROM crm.markets m LEFT JOIN (crm.customers c JOIN crm.orders o ON o.customer_id = c.id AND c.id = 3) ON c.country = m.country ORDER BY 1, 2, 4

SELECT c.id, t.id, upper(t.subject), o.id FROM crm.customers c LEFT JOIN crm.support_tickets t ON t.customer_id = c.id LEFT JOIN crm.orders o ON o.customer_id = t.customer_id WHERE c.id IN (3, 5, 10) ORDER BY 1, 2, 4

SELECT c.id, upper(c.full_name), o.id FROM crm.customers c JOIN crm.orders o USING (id) WHERE id IN (3, 5, 10) ORDER BY 1, 3

SELECT a.id, b.id, upper(b.full_name) FROM crm.customers a JOIN crm.customers b ON a.id = b.id WHERE a.id < 5 AND b.id > 2 ORDER BY 1

SELECT a.id, b.id, upper(b.full_name) FROM crm.customers a LEFT JOIN crm.customers b ON a.id = b.id AND b.id > 2 WHERE a.id < 5 ORDER BY 1

SELECT id, (SELECT count(*) FROM crm.orders o WHERE o.customer_id = c.id AND o.customer_id = 3 AND upper(o.status::text) <> '') FROM crm.customers c WHERE id < 6 ORDER BY id

SELECT i.order_id, upper(o.status::text) FROM crm.order_items i JOIN crm.orders o ON o.id = i.order_id WHERE i.order_id = 12 ORDER BY 1

SELECT s.id, o.id, upper(o.status::text) FROM crm.stores s LEFT JOIN crm.orders o ON o.store_id = s.id WHERE s.id = 1 ORDER BY 1, 2

SELECT count(*) FROM crm.orders a JOIN crm.orders b ON a.id = b.customer_id WHERE a.id = 3 AND upper(b.status::text) <> ''

SELECT g, c.id, upper(c.full_name) FROM generate_series(1, 5) g LEFT JOIN crm.customers c ON c.id = g AND c.id > 2 ORDER BY g

SELECT x.id, upper(x.full_name) FROM (SELECT * FROM crm.customers WHERE id < 30 ORDER BY id LIMIT 10) x WHERE x.id > 3 ORDER BY 1

SELECT id, sum(id) OVER (ORDER BY id), upper(full_name) FROM crm.customers WHERE id < 10 ORDER BY id

SELECT c.country, count(*) FROM crm.customers c WHERE c.country IN ('FR', 'BR') AND upper(segment) <> 'X' GROUP BY c.country HAVING c.country <> 'BR' ORDER BY 1

WITH w AS (SELECT id, country, upper(full_name) AS n FROM crm.customers WHERE id < 20) SELECT w.id, w.n, o.id FROM w JOIN crm.orders o ON o.customer_id = w.id WHERE w.id = 3 ORDER BY 1, 3

-- The answer to one text serves the next: not if its constant is not of the type.
SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= '2024-03-01' AND ordered_at < '2024-06-01' ORDER BY id
--;
SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= '2024-03-02' AND ordered_at < '2024-06-01' ORDER BY id
--;
SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= '2024-04-01' AND ordered_at < '2024-06-01' ORDER BY id
--;
SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= 'then' AND ordered_at < '2024-06-01' ORDER BY id
--;
SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= '2024-05-01' AND ordered_at < '2024-06-01' ORDER BY id
--;
SELECT id, upper(status::text) FROM crm.orders WHERE ordered_at >= '2024-02-30' AND ordered_at < '2024-06-01' ORDER BY id

-- Conditions on what a subquery gives.

SELECT * FROM (SELECT id, upper(full_name) AS n FROM crm.customers) t WHERE id = 3

SELECT * FROM (SELECT * FROM (SELECT * FROM crm.customers) i) t WHERE t.id IN (3, 4) AND lower(segment) <> 'x' ORDER BY id

SELECT * FROM (SELECT c.id, lower(c.segment) AS s, o.id AS o FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id) t (a, b, c) WHERE a = 3 AND b <> 'x' ORDER BY c

SELECT * FROM (SELECT c.id, lower(c.segment) AS s, o.id AS o FROM crm.customers c FULL JOIN crm.orders o ON o.customer_id = c.id) t WHERE o = 3 AND s <> 'x'

SELECT * FROM (SELECT id, rank() OVER (ORDER BY lower(segment), id) AS r FROM crm.customers) t WHERE id = 3

SELECT count(*) FROM (SELECT id, lower(segment) AS s FROM crm.customers ORDER BY id LIMIT 5) t WHERE id = 3

SELECT * FROM (SELECT DISTINCT ON (lower(segment)) id FROM crm.customers ORDER BY lower(segment), id) t WHERE id = 3

SELECT t.id, g FROM (SELECT id, generate_series(1, 3) AS g, lower(segment) AS s FROM crm.customers) t WHERE id = 3 ORDER BY g

SELECT count(*), count(t.id) FROM crm.orders o LEFT JOIN (SELECT id, lower(segment) AS s FROM crm.customers) t ON t.id = o.customer_id AND t.id = 3

WITH t AS (SELECT id, lower(segment) AS s FROM crm.customers) SELECT (SELECT count(*) FROM t), id FROM t WHERE id = 3

SELECT * FROM (SELECT * FROM (SELECT created_at AS a, id AS a, lower(segment) AS s FROM crm.customers) i) t (p, q) WHERE q = 3

-- A value of another type: there is no operator, and it is the caller's own comparison that says so.

SELECT id FROM crm.orders WHERE id = date '2024-01-01' AND 1 / (total - 7) IS NULL

SELECT o.id FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id AND c.created_at > uuid '55555555-5555-5555-5555-555555555555' WHERE 1 / (o.total - 7) IS NULL

SELECT id FROM crm.orders WHERE ordered_at < date '2024-06-01' AND ordered_at >= timestamp '2023-02-28 10:00' AND 1 / (total - 7) IS NOT NULL ORDER BY id

SELECT "Id" FROM lab."Person" WHERE "select" = bigint '3' AND "Id" < 17.5 AND upper("land") > 'A' ORDER BY 1
