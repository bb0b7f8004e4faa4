-- Subqueries, wherever one may stand.

SELECT id, (SELECT count(*) FROM crm.orders o WHERE o.customer_id = c.id) AS orders FROM crm.customers c ORDER BY id

SELECT id, (SELECT max(ship_address) FROM crm.orders o WHERE o.customer_id = c.id) FROM crm.customers c ORDER BY id

SELECT id FROM crm.customers WHERE id IN (SELECT customer_id FROM crm.orders WHERE total > 500) ORDER BY id

SELECT id FROM crm.customers WHERE id NOT IN (SELECT customer_id FROM crm.support_tickets) ORDER BY id

SELECT id FROM crm.customers c WHERE EXISTS (SELECT 1 FROM crm.orders o WHERE o.customer_id = c.id AND o.status = 'returned') ORDER BY id

SELECT id FROM crm.customers c WHERE NOT EXISTS (SELECT FROM crm.consents WHERE customer_id = c.id AND granted) ORDER BY id

SELECT id FROM crm.customers WHERE monthly_income > ALL (SELECT price FROM crm.products) ORDER BY id

SELECT id FROM crm.customers WHERE monthly_income >= ANY (SELECT max(monthly_income) FROM crm.customers GROUP BY country) ORDER BY id

SELECT id FROM crm.customers WHERE email IN (SELECT email FROM crm.leads) ORDER BY id

SELECT ARRAY(SELECT email FROM crm.customers WHERE country = 'DE' ORDER BY id)

SELECT (SELECT row_to_json(x) FROM (SELECT count(*) AS n, max(email) AS m FROM crm.customers) x)

SELECT x.email FROM (SELECT email, id FROM crm.customers WHERE id < 30) x ORDER BY x.id

SELECT x.a, x.b FROM (SELECT email, phone FROM crm.customers) AS x (a, b) ORDER BY 1, 2

SELECT x.* FROM (SELECT * FROM (SELECT c.* FROM crm.customers c) y) x

SELECT (SELECT (SELECT c.email)) FROM crm.customers c ORDER BY c.id

SELECT c.id FROM crm.customers c ORDER BY (SELECT count(*) FROM crm.orders o WHERE o.customer_id = c.id) DESC, c.id LIMIT 20

SELECT country, count(*) FROM crm.customers GROUP BY country HAVING count(*) > (SELECT count(*) / 20 FROM crm.customers) ORDER BY country

SELECT (SELECT c.country) AS k, count(*) FROM crm.customers c GROUP BY (SELECT c.country) ORDER BY 1

SELECT id, CASE WHEN EXISTS (SELECT FROM crm.leads l WHERE l.customer_id = c.id) THEN email ELSE 'no lead' END FROM crm.customers c ORDER BY id

SELECT (SELECT count(*) FROM crm.customers) AS a, (SELECT count(*) FROM crm.orders) AS b, (SELECT count(*) FROM lab.visits) AS c

SELECT sum((SELECT o.total)) FROM crm.orders o

SELECT c.id, (SELECT string_agg(t.subject, '; ' ORDER BY t.id) FROM crm.support_tickets t WHERE t.customer_id = c.id) FROM crm.customers c ORDER BY c.id

SELECT id FROM (VALUES (1), (2), (999)) AS v (id) WHERE id IN (SELECT id FROM crm.customers) ORDER BY id

SELECT v.id, (SELECT full_name FROM crm.customers c WHERE c.id = v.id) FROM (VALUES (1), (2), (3), (4), (999)) AS v (id) ORDER BY v.id

SELECT (SELECT x FROM (SELECT min(email) AS x FROM crm.customers WHERE country = m.country) s) FROM crm.markets m ORDER BY m.country

SELECT id FROM crm.customers c WHERE (SELECT count(*) FROM crm.orders o WHERE o.customer_id = c.id AND o.total > (SELECT avg(total) FROM crm.orders)) > 1 ORDER BY id

SELECT id FROM crm.customers WHERE (country, segment) = ANY (SELECT country, segment FROM crm.customers WHERE id < 4) ORDER BY id

SELECT (SELECT sum(a.monthly_income) FROM crm.customers b WHERE b.id = 1) FROM crm.customers a

SELECT p."Id", (SELECT count(*) FROM lab.visits v WHERE v.person = p."Id") FROM lab."Person" p ORDER BY 1

SELECT coalesce((SELECT "Full Name" FROM lab."Person" WHERE "Id" = 3), 'nobody')

SELECT EXISTS (SELECT FROM lab.vault), EXISTS (SELECT FROM lab.vault WHERE amount = 11), (SELECT count(*) FROM lab.vault WHERE id = 1)

SELECT x FROM (SELECT row_number() OVER (ORDER BY id) AS x, email FROM crm.customers) y WHERE x <= 5 ORDER BY x

SELECT * FROM (SELECT id, full_name FROM crm.customers ORDER BY id LIMIT 5) a, (SELECT id FROM crm.orders ORDER BY id OFFSET 10 LIMIT 2) b ORDER BY 1, 3

SELECT JSON_AGG(x ORDER BY x.id) FROM (SELECT id, email, monthly_income FROM crm.customers WHERE id < 12) x

SELECT id, (SELECT email) FROM crm.customers ORDER BY 1

SELECT id, (SELECT c.email UNION SELECT c.phone ORDER BY 1 LIMIT 1) FROM crm.customers c ORDER BY 1

SELECT id, (WITH w AS (SELECT c.email AS e) SELECT e FROM w) FROM crm.customers c ORDER BY 1

SELECT id, (VALUES (c.email)) FROM crm.customers c ORDER BY 1

SELECT 1 FROM crm.markets WHERE country = (SELECT country FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers WHERE country = 'DE'))

--! varies
SELECT (SELECT email FROM crm.customers)

SELECT (SELECT id, email FROM crm.customers)

SELECT id IN (SELECT id, email FROM crm.customers) FROM crm.customers
