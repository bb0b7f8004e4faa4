-- WITH: shadowing, recursion, materialization, search and cycle.

WITH c AS (SELECT * FROM crm.customers WHERE country = 'DE') SELECT id, email FROM c ORDER BY id

WITH c AS MATERIALIZED (SELECT id, email FROM crm.customers) SELECT email, count(*) FROM c GROUP BY email ORDER BY 1

WITH c AS NOT MATERIALIZED (SELECT id, email FROM crm.customers) SELECT a.id FROM c a JOIN c b ON b.id = a.id + 1 ORDER BY 1

WITH a AS (SELECT id, country FROM crm.customers), b AS (SELECT country, count(*) AS n FROM a GROUP BY country) SELECT * FROM b ORDER BY country

WITH c (x, y) AS (SELECT id, email FROM crm.customers) SELECT y FROM c WHERE x < 20 ORDER BY x

-- A WITH query that is called like a table shadows it, but not where the schema is named.
SET search_path = crm
--;
WITH customers AS (SELECT 1 AS id, 'cte' AS email) SELECT * FROM customers
--;
WITH customers AS (SELECT 1 AS id, 'cte' AS email) SELECT id, email FROM crm.customers ORDER BY id
--;
WITH customers AS (SELECT * FROM customers) SELECT id, email FROM customers ORDER BY id
--;
WITH orders AS (SELECT 1 AS id) SELECT o.id, c.id FROM orders o JOIN customers c ON c.id = o.id
--;
WITH RECURSIVE customers AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM customers WHERE id < 3) SELECT * FROM customers ORDER BY 1

SELECT (WITH c AS (SELECT max(email) AS m FROM crm.customers) SELECT m FROM c)

SELECT * FROM (WITH c AS (SELECT id FROM crm.customers) SELECT count(*) FROM c) x

WITH a AS (WITH b AS (SELECT id, phone FROM crm.customers) SELECT * FROM b WHERE id < 9) SELECT * FROM a ORDER BY id

WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n

WITH RECURSIVE t AS (SELECT id, name, parent, 1 AS depth FROM lab.tree WHERE parent IS NULL UNION ALL SELECT c.id, c.name, c.parent, t.depth + 1 FROM lab.tree c JOIN t ON c.parent = t.id) SELECT * FROM t ORDER BY id

WITH RECURSIVE t (id, path) AS (SELECT id, ARRAY[name] FROM lab.tree WHERE parent IS NULL UNION ALL SELECT c.id, path || c.name FROM lab.tree c, t WHERE c.parent = t.id) SELECT id, path FROM t ORDER BY id

WITH RECURSIVE t (id, parent) AS (SELECT id, parent FROM lab.tree WHERE parent IS NULL UNION ALL SELECT c.id, c.parent FROM lab.tree c, t WHERE c.parent = t.id) SEARCH DEPTH FIRST BY id SET ord SELECT id, ord FROM t ORDER BY ord

WITH RECURSIVE t (id, parent) AS (SELECT id, parent FROM lab.tree WHERE parent IS NULL UNION ALL SELECT c.id, c.parent FROM lab.tree c, t WHERE c.parent = t.id) SEARCH BREADTH FIRST BY id SET ord SELECT id FROM t ORDER BY ord

WITH RECURSIVE t (id, parent) AS (SELECT id, parent FROM lab.tree WHERE id = 1 UNION ALL SELECT c.id, c.parent FROM lab.tree c, t WHERE c.id = t.id) CYCLE id SET looped USING path SELECT id, looped, path FROM t ORDER BY id, looped

WITH RECURSIVE t (id, parent) AS (SELECT id, parent FROM lab.tree WHERE id = 1 UNION ALL SELECT c.id, c.parent FROM lab.tree c, t WHERE c.parent = t.id) CYCLE id SET looped TO 'y' DEFAULT 'n' USING path SELECT id, looped FROM t ORDER BY id

WITH RECURSIVE r AS (SELECT id FROM crm.customers WHERE id = 1 UNION SELECT c.id FROM crm.customers c JOIN r ON c.id = r.id + 1 WHERE c.id < 30) SELECT r.id, c.email FROM r JOIN crm.customers c USING (id) ORDER BY 1

WITH RECURSIVE b AS (SELECT * FROM a), a AS (SELECT min(id) AS id FROM crm.customers) SELECT * FROM b

WITH a AS (SELECT 1), b AS (SELECT email FROM crm.customers WHERE id = 1) SELECT * FROM a

WITH x AS (SELECT id, email, dense_rank() OVER (ORDER BY email) AS r FROM crm.customers) SELECT r, count(*) FROM x GROUP BY r ORDER BY r

WITH totals AS (SELECT customer_id, sum(total) AS t FROM crm.orders GROUP BY customer_id) SELECT c.country, sum(t), max(t) FROM totals JOIN crm.customers c ON c.id = customer_id GROUP BY c.country ORDER BY 1

WITH c AS (SELECT email FROM crm.customers) SELECT nosuch FROM c

WITH c AS (SELECT email FROM crm.customers) SELECT * FROM d

WITH c AS (SELECT 1), c AS (SELECT 2) SELECT * FROM c

WITH RECURSIVE r AS (SELECT id FROM crm.customers UNION ALL SELECT sum(id) FROM r) SELECT * FROM r
