-- Set operations, VALUES and TABLE.

SELECT email FROM crm.customers UNION SELECT email FROM crm.leads ORDER BY email

SELECT email FROM crm.customers UNION ALL SELECT email FROM crm.leads

SELECT email FROM crm.customers INTERSECT SELECT email FROM crm.leads ORDER BY 1

SELECT email FROM crm.leads EXCEPT SELECT email FROM crm.customers ORDER BY 1

SELECT email FROM crm.leads EXCEPT ALL SELECT email FROM crm.customers

SELECT full_name, birth_date FROM crm.customers INTERSECT ALL SELECT full_name, birth_date FROM crm.leads

(SELECT id, email FROM crm.customers ORDER BY id LIMIT 3) UNION ALL (SELECT id, email FROM crm.leads ORDER BY id LIMIT 3)

SELECT id FROM crm.customers UNION SELECT id FROM crm.leads EXCEPT SELECT customer_id FROM crm.orders ORDER BY 1 LIMIT 30 OFFSET 2

(SELECT 1 UNION SELECT 2) INTERSECT SELECT 2

SELECT 'customers', count(*) FROM crm.customers UNION ALL SELECT 'orders', count(*) FROM crm.orders UNION ALL SELECT 'leads', count(*) FROM crm.leads ORDER BY 1

SELECT id AS x, full_name AS y FROM crm.customers WHERE id < 10 UNION SELECT id, label FROM lab.plain ORDER BY y, x

SELECT NULL AS e UNION SELECT email FROM crm.customers WHERE id < 20 ORDER BY e NULLS LAST

SELECT * FROM crm.orders_2023 UNION ALL SELECT * FROM crm.orders_2024

SELECT a.n FROM (SELECT count(*) AS n FROM crm.customers UNION SELECT count(*) FROM crm.leads) a ORDER BY 1

SELECT "Full Name" FROM lab."Person" UNION SELECT full_name FROM crm.customers WHERE id < 30 ORDER BY 1

SELECT zip FROM lab."Person" UNION SELECT postal_code FROM crm.customers WHERE id < 30 ORDER BY 1

SELECT id, email FROM crm.customers UNION SELECT id FROM crm.leads

SELECT email FROM crm.customers UNION SELECT birth_date FROM crm.leads

VALUES (1, 'a'), (2, 'b') ORDER BY 1 DESC

VALUES ((SELECT count(*) FROM crm.customers), (SELECT max(email) FROM crm.customers))

SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS v (n, name) JOIN crm.customers c ON c.id = v.n ORDER BY n

SELECT * FROM (VALUES ((SELECT min(email) FROM crm.customers)), ('x')) AS v (e) ORDER BY e

VALUES (1), (2, 3)

TABLE crm.customers

TABLE crm.stores ORDER BY id LIMIT 3

TABLE lab."Person"

TABLE ONLY lab.event ORDER BY id

TABLE lab.people ORDER BY id

SELECT count(*) FROM (TABLE crm.customers) t

TABLE crm.leads UNION TABLE crm.leads

WITH c AS (TABLE crm.customers) SELECT id FROM c ORDER BY id LIMIT 3

TABLE lab.nosuch
