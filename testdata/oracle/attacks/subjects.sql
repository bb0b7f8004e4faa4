-- Whose row it is: consents, regions, missing subjects, self joins, the policy's clock; and views of all kinds.

SELECT * FROM crm.customers c JOIN crm.consents k ON k.customer_id = c.id AND k.granted AND 1 / (c.monthly_income - 5) >= 0

SELECT count(*) FROM crm.consents WHERE customer_id NOT IN (SELECT id FROM crm.customers)

SELECT c.id FROM crm.customers c WHERE NOT EXISTS (SELECT FROM crm.consents k WHERE k.customer_id = c.id) ORDER BY 1

SELECT a.id FROM crm.customers a JOIN crm.customers b ON a.email = b.email AND a.id < b.id ORDER BY 1

SELECT a."Id", b."Id" FROM lab."Person" a JOIN lab."Person" b USING (num) ORDER BY 1, 2

SELECT person, array_agg(DISTINCT what ORDER BY what) FROM lab.consent_log GROUP BY person ORDER BY 1

SELECT count(*) FROM lab.visits WHERE person IS NULL

SELECT count(*) FROM lab.visits v LEFT JOIN lab."Person" p ON p."Id" = v.person WHERE p."Id" IS NULL

SELECT v.id FROM lab.visits v LEFT JOIN lab."Person" p ON p."Id" = v.person WHERE p."Id" IS NULL AND v.person IS NOT NULL ORDER BY 1

SELECT land, count(*) FROM lab."Person" GROUP BY land ORDER BY 1

SELECT upper(land), count(*) FROM lab."Person" GROUP BY 1 HAVING count(*) > 0 ORDER BY 1

BEGIN
--;
SELECT count(*) FROM crm.consents WHERE expires_at > now()
--;
SELECT count(*) FROM crm.customers WHERE id IN (SELECT customer_id FROM crm.consents WHERE expires_at < now())
--;
COMMIT

SET TimeZone = 'Pacific/Kiritimati'; SELECT count(*) FROM crm.customers

SET TimeZone = 'Etc/GMT+12'; SELECT count(*) FROM crm.customers

BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
--;
SELECT count(*), max(note) FROM lab.visits
--;
SET LOCAL pgscrim.purpose = 'reporting'
--;
SELECT count(*), max(note) FROM lab.visits
--;
COMMIT

SELECT crm.customers.email AS id FROM crm.customers ORDER BY id

SELECT email || '' AS email FROM crm.customers ORDER BY email || '', email

SELECT c.* FROM crm.customers c WHERE c = (SELECT d FROM crm.customers d WHERE d.id = c.id) ORDER BY id

SELECT count(*) FROM (SELECT DISTINCT email, phone FROM crm.customers) x

SELECT (SELECT count(*) FROM crm.orders o WHERE o.customer_id = c.id AND o.total > c.monthly_income), c.id FROM crm.customers c ORDER BY 2

SELECT id FROM crm.orders WHERE total > ALL (SELECT total FROM crm.orders WHERE customer_id = 4) ORDER BY 1

SELECT id, total - lag(total) OVER (PARTITION BY customer_id ORDER BY ordered_at, id) FROM crm.orders ORDER BY id

SELECT count(*) FROM lab.people p JOIN lab.people_again q ON q.id = p.id WHERE 1 / (p.num - 5) = 0

SELECT count(*) FROM lab.guarded g WHERE 1 / (g.pick - 2) >= 0

SELECT count(*) FROM lab.per_person WHERE spent / (visits - visits) > 0

SELECT * FROM lab.paths p WHERE 1 / (p.depth - 3) >= 0 ORDER BY id

SELECT count(*) FROM lab.unioned u JOIN lab.people p ON p.id = u.person AND u.what > p.mail

SELECT count(*) FROM crm.customer_orders o WHERE o.total::int % 0 = 1

SELECT * FROM crm.country_overview ORDER BY 1

SELECT x FROM lab.people x ORDER BY x.id

SELECT p.* FROM lab.renamed AS p (x, y, z) ORDER BY x

SELECT "C c" FROM lab.renamed NATURAL JOIN (SELECT 3 AS a) q

SELECT renamed."C c", lab.renamed.a FROM lab.renamed ORDER BY a

SELECT count(*) FROM ONLY lab.people

SELECT ctid FROM lab.people

SELECT xmin FROM lab.guarded
