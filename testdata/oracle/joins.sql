-- Joins of all kinds.

SELECT c.id, c.email, o.id, o.total FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id ORDER BY o.id

SELECT c.id, o.id FROM crm.customers c, crm.orders o WHERE c.id = o.customer_id AND o.total > 400 ORDER BY o.id

SELECT c.id, t.id, t.subject FROM crm.customers c LEFT JOIN crm.support_tickets t ON t.customer_id = c.id ORDER BY c.id, t.id

SELECT c.full_name, l.full_name, l.id FROM crm.customers c RIGHT JOIN crm.leads l ON l.customer_id = c.id ORDER BY l.id

SELECT c.id, l.id, l.email FROM crm.customers c FULL JOIN crm.leads l ON l.customer_id = c.id ORDER BY c.id, l.id

SELECT count(*) FROM crm.stores s CROSS JOIN crm.markets m

--! since 14
SELECT s.name, m.name FROM crm.stores s NATURAL JOIN (SELECT country, currency FROM crm.markets) m JOIN crm.markets USING (country) AS u (x) ORDER BY s.id

SELECT s.id, country, m.name FROM crm.stores s JOIN crm.markets m USING (country) ORDER BY s.id

SELECT customer_id, score, granted, source FROM crm.churn_scores JOIN crm.consents USING (customer_id) WHERE purpose = 'profiling' ORDER BY customer_id

SELECT j.customer_id, j.* FROM crm.churn_scores JOIN crm.consents USING (customer_id) AS j WHERE purpose = 'marketing' ORDER BY 1

SELECT * FROM crm.churn_scores NATURAL JOIN crm.consents

SELECT * FROM crm.leads NATURAL JOIN crm.customers

SELECT id, full_name, email FROM crm.leads NATURAL LEFT JOIN (SELECT full_name, email, native_name FROM crm.customers) c ORDER BY id

SELECT count(*), count(l.id) FROM crm.customers c LEFT JOIN crm.leads l ON l.email = c.email

SELECT count(*), count(l.id) FROM crm.customers c LEFT JOIN crm.leads l USING (full_name)

SELECT email, a.id, b.id FROM crm.customers a FULL JOIN crm.leads b USING (email) WHERE a.id < 20 OR b.id < 20 ORDER BY a.id, b.id, email

SELECT a.id, b.id FROM crm.customers a JOIN crm.customers b ON a.full_name = b.full_name AND a.id < b.id ORDER BY 1, 2 LIMIT 50

SELECT a.country, count(*) FROM crm.customers a JOIN crm.customers b ON a.birth_date = b.birth_date AND a.id <> b.id GROUP BY 1 ORDER BY 1

-- A column list names columns by position: a column that * leaves out would shift it.
--! refused 42501 analyst miner marketer support both
SELECT x.* FROM (crm.customers c JOIN crm.orders o ON o.customer_id = c.id) AS x (a, b, c, d) ORDER BY x.a LIMIT 0

SELECT x.id, x.total FROM (crm.orders o JOIN crm.stores s ON s.id = o.store_id) AS x (id, customer, store, status, at, total, address, store2, country) WHERE x.country = 'DE' ORDER BY x.id

SELECT c.id, o.n FROM crm.customers c, LATERAL (SELECT count(*) AS n FROM crm.orders o WHERE o.customer_id = c.id) o ORDER BY c.id

SELECT c.id, o.id, o.total FROM crm.customers c LEFT JOIN LATERAL (SELECT * FROM crm.orders o WHERE o.customer_id = c.id ORDER BY total DESC, id LIMIT 1) o ON true ORDER BY c.id

SELECT c.id, w FROM crm.customers c, regexp_split_to_table(c.full_name, ' ') AS w ORDER BY c.id, w

SELECT c.id, k, v FROM crm.customers c, LATERAL jsonb_each_text(c.preferences) AS p (k, v) ORDER BY c.id, k

SELECT c.id, g FROM crm.customers c CROSS JOIN LATERAL generate_series(1, length(c.city) % 4) AS g ORDER BY 1, 2

SELECT p."Id", t.tag, t.n FROM lab."Person" p, unnest(p.tags) WITH ORDINALITY AS t (tag, n) ORDER BY 1, 3

SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS r (x, y, z)

SELECT r.a, r.b FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS r (a int, b text)

SELECT p."Id", r.n, r.mail FROM lab."Person" p, LATERAL jsonb_to_record(p.props) AS r (n int, mail text) ORDER BY 1

SELECT c.id, x.what FROM crm.customers c CROSS JOIN LATERAL (VALUES (c.email), (c.phone), (c.full_name)) AS x (what) ORDER BY c.id, x.what

SELECT o.id, i.line, p.name, c.full_name FROM crm.orders o JOIN crm.order_items i ON i.order_id = o.id JOIN crm.products p ON p.id = i.product_id LEFT JOIN crm.customers c ON c.id = o.customer_id ORDER BY o.id, i.line LIMIT 300

SELECT o.id, count(i.*) FROM crm.order_items i LEFT JOIN crm.orders o ON o.id = i.order_id GROUP BY o.id ORDER BY o.id LIMIT 40

SELECT s.city, sum(o.total) FROM crm.stores s LEFT JOIN (crm.orders o JOIN crm.customers c ON c.id = o.customer_id AND c.segment = 'vip') ON s.id = o.store_id GROUP BY s.city ORDER BY s.city

SELECT c.country, m.name, s.name FROM crm.customers c JOIN crm.markets m ON m.country = c.country LEFT JOIN crm.stores s ON s.country = m.country WHERE c.id < 40 ORDER BY c.id, s.id

SELECT v.id, v.person, p."Id", p."Full Name" FROM lab.visits v LEFT JOIN lab."Person" p ON p."Id" = v.person ORDER BY v.id

SELECT v.id FROM lab.visits v LEFT JOIN lab."Person" p ON p."Id" = v.person WHERE p."Id" IS NULL ORDER BY v.id

SELECT p."Id", q."Id" FROM lab."Person" p JOIN lab."Person" q ON p."e-Mail" = q."e-Mail" AND p."Id" <= q."Id" ORDER BY 1, 2

SELECT p."Id", q."Id" FROM lab."Person" p JOIN lab."Person" q USING (num) ORDER BY 1, 2

SELECT p."Id", l.what, l.ok FROM lab."Person" p JOIN lab.consent_log l ON l.person = p."Id" ORDER BY 1, 2, 3

SELECT t.id, p.name AS parent, t.name FROM lab.tree t LEFT JOIN lab.tree p ON p.id = t.parent ORDER BY t.id

SELECT m."ID", m."Owner", m."order", p."Full Name" FROM lab."Mixed Case; DROP" m JOIN lab."Person" p ON p."Id" = m."Owner" ORDER BY m."ID"

SELECT u."straße", p.label FROM lab."übung" u JOIN lab.plain p ON p.id = u."größe" ORDER BY p.id

SELECT c.id FROM crm.customers c JOIN lab."Person" p ON p."Full Name" = c.full_name ORDER BY c.id

SELECT a.id, b.id FROM crm.customers AS a JOIN crm.customers AS b ON b.id = a.id + 1 WHERE a.segment <> b.segment ORDER BY a.id

SELECT count(*) FROM crm.customers a CROSS JOIN crm.markets b LEFT JOIN crm.stores c ON c.country = b.country AND c.country = a.country

SELECT c.id FROM crm.customers c WHERE (c.id, c.country) IN (SELECT o.customer_id, s.country FROM crm.orders o JOIN crm.stores s ON s.id = o.store_id) ORDER BY 1
