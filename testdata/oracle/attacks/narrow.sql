-- Conditions that are said again inside a fence: they must not raise, tell or mean anything else there than where they stand.

SELECT id, 1 / (amount - 5) FROM lab.vault WHERE id = 1

SELECT id, 1 / (amount - 5) FROM lab.vault WHERE id IN (1, 2, 3, 99999999999)

SELECT id FROM lab.vault WHERE 1 / (amount - 5) = 0 AND id BETWEEN 1 AND 1000

SELECT count(*) FROM lab.vault WHERE amount = 5 AND word LIKE '_\'

SELECT count(*) FROM lab.vault WHERE word = 'x' AND word LIKE '__\'

SELECT id FROM crm.customers WHERE id = 3 AND 1 / (monthly_income - 5) IS NULL

SELECT id FROM crm.customers WHERE id = 99999999999999999999 AND 1 / (monthly_income - 5) IS NULL

SELECT id FROM crm.customers WHERE id = 'three' AND 1 / (monthly_income - 5) IS NULL

SELECT id FROM crm.customers WHERE id = '3' AND upper(full_name) <> '' AND created_at >= 'yesterday-ish'

SELECT id FROM crm.customers WHERE created_at >= '2024-02-30' AND upper(full_name) <> ''

SELECT id FROM crm.customers WHERE created_at >= '2024-02-28 25:00:00' AND upper(full_name) <> ''

SELECT id FROM crm.customers WHERE email = '5' AND 1 / (monthly_income - 5) IS NULL

SELECT id FROM crm.customers WHERE email IN ('5', '6') AND id IN (1, 2, 3) AND 1 / (monthly_income - 5) IS NULL

SELECT id FROM crm.customers WHERE id < 100 AND city LIKE '______\'

SELECT id FROM crm.customers WHERE country = 'CN' AND notes::integer > 0

SELECT o.id FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id WHERE c.id = 3 AND 1 / (c.monthly_income - 5) > 0

SELECT o.id FROM crm.orders o LEFT JOIN crm.customers c ON c.id = o.customer_id AND 1 / (c.monthly_income - 5) > 0 WHERE o.customer_id = 3

SELECT c.id FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id AND o.customer_id = 3 WHERE 1 / coalesce(o.total, 1) > 0

SELECT c.id FROM crm.customers c FULL JOIN crm.orders o ON o.customer_id = c.id AND c.id = 3 WHERE o.total / 5 > 0

SELECT v.id FROM lab.visits v WHERE v.id = 2 AND 10 / (qty - 5) < 100

SELECT v.id FROM lab.visits v JOIN lab.vault w ON w.id = v.id AND w.id = 2 WHERE 1 / (w.amount - 5) = 0

SELECT v.id FROM lab.visits v LEFT JOIN lab.vault w ON w.id = v.id WHERE w.id = 2 AND w.word::integer = 1

--! args 3
SELECT id FROM crm.customers WHERE id = $1 AND 1 / (monthly_income - 5) IS NULL

--! args three
SELECT id FROM crm.customers WHERE id = $1 AND 1 / (monthly_income - 5) IS NULL

--! args 99999999999
SELECT o.id FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id WHERE c.id = $1 AND 1 / (c.monthly_income - 5) IS NULL

--! args {1,2,3}
SELECT id FROM crm.customers WHERE id = ANY ($1) AND 1 / (monthly_income - 5) IS NULL

--! args {1,x}
SELECT id FROM crm.customers WHERE id = ANY ($1) AND 1 / (monthly_income - 5) IS NULL

--! args 5
SELECT count(*) FROM lab.vault WHERE amount = $1 AND word LIKE '_\'

SELECT sum(total) OVER (ORDER BY id) FROM crm.orders WHERE customer_id = 3 AND 1 / (total - 5) IS NOT NULL

SELECT (SELECT count(*) FROM lab.vault w WHERE w.id = v.id AND 1 / (w.amount - 5) = 0) FROM lab.visits v WHERE v.id = 2

WITH x AS (SELECT id, word FROM lab.vault WHERE id = 1) SELECT count(*) FROM x WHERE word::integer = 5

PREPARE p(integer) AS SELECT id FROM crm.customers WHERE id = $1 AND 1 / (monthly_income - 5) IS NULL; EXECUTE p(3)

PREPARE q(text) AS SELECT count(*) FROM lab.vault WHERE word = $1 AND word LIKE '__\'; EXECUTE q('secret')

-- The same on what a subquery gives.

SELECT * FROM (SELECT id, 1 / (amount - 5) AS x FROM lab.vault) t WHERE id = 1

SELECT * FROM (SELECT id, 1 / (amount - 5) AS x FROM lab.vault LIMIT 1) t WHERE id = 1

SELECT * FROM (SELECT id, word::integer AS x FROM lab.vault WHERE word LIKE '_\') t (a, b) WHERE a IN (1, 2) AND b > 0

SELECT * FROM (SELECT amount AS id, id AS amount, 1 / (amount - 5) AS x FROM lab.vault) t WHERE id = 5

SELECT * FROM (SELECT * FROM (SELECT amount AS a, id AS a, 1 / (amount - 5) AS x FROM lab.vault) i) t (p, q) WHERE q = 1

SELECT id, n FROM (SELECT id, count(*) OVER () AS n, 1 / (amount - 5) AS x FROM lab.vault) t WHERE id = 1

SELECT t.id FROM crm.customers c LEFT JOIN (SELECT id, 1 / (amount - 5) AS x FROM lab.vault) t ON t.id = c.id AND t.id = 1 WHERE coalesce(t.x, 0) = 0

SELECT t.id FROM (SELECT id, 1 / (monthly_income - 5) AS x FROM crm.customers) t WHERE id = 'three'

SELECT t.id FROM (SELECT email, 1 / (monthly_income - 5) AS x, id FROM crm.customers) t WHERE email = '5'

--! args three
SELECT t.id FROM (SELECT id, 1 / (monthly_income - 5) AS x FROM crm.customers) t WHERE id = $1
