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

-- Comparisons of masked columns: what is said of the stored value must not choose the rows on which something that tells is run.

SELECT id FROM crm.customers WHERE birth_date >= '1980-06-15' AND 1 / (CASE WHEN id = 5 THEN 0 ELSE 1 END) = 1

SELECT id FROM crm.customers WHERE birth_date < '1980-06-15' AND id / (id - 7) > 0

SELECT id FROM crm.customers WHERE birth_date BETWEEN '1980-03-01' AND '1980-10-01' AND 1 / (id % 3) = 0

SELECT count(*) FROM (SELECT id, birth_date AS b FROM crm.customers) t WHERE b > '1979-07-01' AND 1 / (id - 7) < 2

SELECT id FROM crm.customers WHERE email = 'person5@example.com' AND 1 / (id - 5) > -2

SELECT id FROM crm.customers WHERE email IN ('a@example.com', 'b@example.com') AND left('x', (id - 5)::int) = 'x'

SELECT 1 / (count(*) - 1) FROM crm.customers WHERE email = 'person5@example.com'

SELECT count(*), 1 / count(*) FROM crm.customers WHERE birth_date = '1980-01-01'

SELECT id, 1 / (id - 5) FROM crm.customers WHERE birth_date > '1980-06-15' ORDER BY id

SELECT id, (SELECT 1 / (id - 5)) FROM crm.customers WHERE birth_date > '1980-06-15'

SELECT DISTINCT 1 / (id - 5) FROM crm.customers WHERE email = 'person5@example.com'

SELECT sum(1 / (id - 5)) FROM crm.customers WHERE birth_date > '1980-06-15'

SELECT rank() OVER (ORDER BY 1 / (id - 5)) FROM crm.customers WHERE birth_date > '1980-06-15'

SELECT c.id FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id AND 1 / (o.id - 5) > -2 WHERE c.birth_date > '1980-06-15'

SELECT c.id FROM crm.customers c, LATERAL (SELECT 1 / (c.id - 5) AS x) l WHERE c.birth_date > '1980-06-15' AND l.x > -2

SELECT c.id FROM crm.customers c WHERE c.birth_date > '1980-06-15' AND EXISTS (SELECT 1 FROM crm.orders o WHERE o.customer_id = c.id AND 1 / (c.id - 5) > -2)

SELECT id FROM crm.customers WHERE birth_date > '1980-06-15' AND nextval('pg_temp.none') > 0

SELECT id FROM crm.customers WHERE birth_date > '294276-01-01' OR birth_date < '4713-01-01 BC'

SELECT id FROM crm.customers WHERE birth_date > '1978-12-30' AND id = 37 AND 1 / (id - 37) > 0

SELECT id FROM crm.customers WHERE birth_date > '1981-12-30' AND id = 4 AND 1 / (id - 4) > 0

SELECT count(*) FROM (SELECT id, birth_date AS b FROM crm.customers) t WHERE b > '1978-12-30' AND id = 37 AND 1 / (id - 37) > 0

SELECT id FROM crm.customers WHERE email = 'jack.taylor37@example.net' AND 1 / (id - 37) > 0

SELECT id FROM crm.customers WHERE full_name LIKE '\' AND birth_date > '1978-12-30' AND id = 37

SELECT id FROM crm.customers WHERE full_name LIKE '\' AND birth_date > '1978-12-30' AND birth_date < '1979-01-01' AND id = 37

SELECT count(*) FROM (SELECT id, birth_date AS b, full_name AS n FROM crm.customers) t WHERE n LIKE '\' AND b > '1978-12-30' AND id = 37
