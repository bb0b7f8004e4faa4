-- What analysts, miners and their scripts send.

--! session analyst psql: first look
SELECT * FROM crm.customers ORDER BY id LIMIT 10

SELECT count(*), count(email), count(DISTINCT email), min(created_at), max(created_at) FROM crm.customers

TABLE crm.markets

SELECT * FROM crm.customer_orders ORDER BY order_id LIMIT 20

--! session analyst psql: retention by cohort
WITH firsts AS (SELECT customer_id, date_trunc('month', min(ordered_at)) AS cohort FROM crm.orders GROUP BY 1), activity AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at) AS month FROM crm.orders) SELECT cohort::date, (extract(year from age(month, cohort)) * 12 + extract(month from age(month, cohort)))::int AS n, count(*) FROM firsts JOIN activity USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2

--! session analyst psql: a campaign's funnel
SELECT campaign, count(*) FILTER (WHERE event = 'sent') AS sent, count(*) FILTER (WHERE event = 'opened') AS opened, count(*) FILTER (WHERE event = 'clicked') AS clicked, round(100.0 * count(*) FILTER (WHERE event = 'clicked') / nullif(count(*) FILTER (WHERE event = 'sent'), 0), 1) AS ctr FROM crm.marketing_events GROUP BY 1 ORDER BY 1

SELECT s.customer_id, min(b.occurred_at - s.occurred_at) FROM crm.marketing_events s JOIN crm.marketing_events b ON b.customer_id = s.customer_id AND b.campaign = s.campaign AND b.event = 'bought' AND b.occurred_at > s.occurred_at WHERE s.event = 'sent' GROUP BY 1 ORDER BY 1

--! session analyst mining: extract by COPY
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

COPY (SELECT c.id, c.segment, c.monthly_income, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.segment, c.monthly_income ORDER BY c.id) TO STDOUT WITH (FORMAT csv, HEADER)

COPY (SELECT id, birth_date, created_at FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)

COMMIT

--! session analyst mining: scores by way of a temporary table
CREATE TEMP TABLE scored (customer_id bigint PRIMARY KEY, score float8 NOT NULL)

--! stdin 1\t0.5\n2\t0.25\n3\t0.9\n7\t0.1
COPY scored FROM STDIN

ANALYZE scored

SELECT width_bucket(score, 0, 1, 4) AS bucket, count(*), max(c.email) FROM scored s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

UPDATE scored s SET score = 0 FROM crm.customers c WHERE c.id = s.customer_id AND c.segment = 'new'

DELETE FROM scored WHERE score = 0

SELECT * FROM scored ORDER BY 1

DROP TABLE scored

--! session analyst psycopg2: a named cursor
BEGIN

DECLARE "walk" CURSOR WITHOUT HOLD FOR SELECT id, email, birth_date FROM crm.customers ORDER BY id

--! simple
FETCH FORWARD 50 FROM "walk"

--! simple
FETCH FORWARD 50 FROM "walk"

CLOSE "walk"

COMMIT

--! session miner psql: first look
SELECT * FROM crm.customers ORDER BY id LIMIT 10

SELECT count(*), count(email), count(DISTINCT email), min(created_at), max(created_at) FROM crm.customers

TABLE crm.markets

SELECT * FROM crm.customer_orders ORDER BY order_id LIMIT 20

--! session miner psql: retention by cohort
WITH firsts AS (SELECT customer_id, date_trunc('month', min(ordered_at)) AS cohort FROM crm.orders GROUP BY 1), activity AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at) AS month FROM crm.orders) SELECT cohort::date, (extract(year from age(month, cohort)) * 12 + extract(month from age(month, cohort)))::int AS n, count(*) FROM firsts JOIN activity USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2

--! session miner psql: a campaign's funnel
SELECT campaign, count(*) FILTER (WHERE event = 'sent') AS sent, count(*) FILTER (WHERE event = 'opened') AS opened, count(*) FILTER (WHERE event = 'clicked') AS clicked, round(100.0 * count(*) FILTER (WHERE event = 'clicked') / nullif(count(*) FILTER (WHERE event = 'sent'), 0), 1) AS ctr FROM crm.marketing_events GROUP BY 1 ORDER BY 1

SELECT s.customer_id, min(b.occurred_at - s.occurred_at) FROM crm.marketing_events s JOIN crm.marketing_events b ON b.customer_id = s.customer_id AND b.campaign = s.campaign AND b.event = 'bought' AND b.occurred_at > s.occurred_at WHERE s.event = 'sent' GROUP BY 1 ORDER BY 1

--! session miner mining: extract by COPY
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

COPY (SELECT c.id, c.segment, c.monthly_income, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.segment, c.monthly_income ORDER BY c.id) TO STDOUT WITH (FORMAT csv, HEADER)

COPY (SELECT id, birth_date, created_at FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)

COMMIT

--! session miner mining: scores by way of a temporary table
CREATE TEMP TABLE scored (customer_id bigint PRIMARY KEY, score float8 NOT NULL)

--! stdin 1\t0.5\n2\t0.25\n3\t0.9\n7\t0.1
COPY scored FROM STDIN

ANALYZE scored

SELECT width_bucket(score, 0, 1, 4) AS bucket, count(*), max(c.email) FROM scored s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

UPDATE scored s SET score = 0 FROM crm.customers c WHERE c.id = s.customer_id AND c.segment = 'new'

DELETE FROM scored WHERE score = 0

SELECT * FROM scored ORDER BY 1

DROP TABLE scored

--! session miner psycopg2: a named cursor
BEGIN

DECLARE "walk" CURSOR WITHOUT HOLD FOR SELECT id, email, birth_date FROM crm.customers ORDER BY id

--! simple
FETCH FORWARD 50 FROM "walk"

--! simple
FETCH FORWARD 50 FROM "walk"

CLOSE "walk"

COMMIT

--! session marketer psql: first look
SELECT * FROM crm.customers ORDER BY id LIMIT 10

SELECT count(*), count(email), count(DISTINCT email), min(created_at), max(created_at) FROM crm.customers

TABLE crm.markets

SELECT * FROM crm.customer_orders ORDER BY order_id LIMIT 20

--! session marketer psql: retention by cohort
WITH firsts AS (SELECT customer_id, date_trunc('month', min(ordered_at)) AS cohort FROM crm.orders GROUP BY 1), activity AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at) AS month FROM crm.orders) SELECT cohort::date, (extract(year from age(month, cohort)) * 12 + extract(month from age(month, cohort)))::int AS n, count(*) FROM firsts JOIN activity USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2

--! session marketer psql: a campaign's funnel
SELECT campaign, count(*) FILTER (WHERE event = 'sent') AS sent, count(*) FILTER (WHERE event = 'opened') AS opened, count(*) FILTER (WHERE event = 'clicked') AS clicked, round(100.0 * count(*) FILTER (WHERE event = 'clicked') / nullif(count(*) FILTER (WHERE event = 'sent'), 0), 1) AS ctr FROM crm.marketing_events GROUP BY 1 ORDER BY 1

SELECT s.customer_id, min(b.occurred_at - s.occurred_at) FROM crm.marketing_events s JOIN crm.marketing_events b ON b.customer_id = s.customer_id AND b.campaign = s.campaign AND b.event = 'bought' AND b.occurred_at > s.occurred_at WHERE s.event = 'sent' GROUP BY 1 ORDER BY 1

--! session marketer mining: extract by COPY
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

COPY (SELECT c.id, c.segment, c.monthly_income, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.segment, c.monthly_income ORDER BY c.id) TO STDOUT WITH (FORMAT csv, HEADER)

COPY (SELECT id, birth_date, created_at FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)

COMMIT

--! session marketer mining: scores by way of a temporary table
CREATE TEMP TABLE scored (customer_id bigint PRIMARY KEY, score float8 NOT NULL)

--! stdin 1\t0.5\n2\t0.25\n3\t0.9\n7\t0.1
COPY scored FROM STDIN

ANALYZE scored

SELECT width_bucket(score, 0, 1, 4) AS bucket, count(*), max(c.email) FROM scored s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

UPDATE scored s SET score = 0 FROM crm.customers c WHERE c.id = s.customer_id AND c.segment = 'new'

DELETE FROM scored WHERE score = 0

SELECT * FROM scored ORDER BY 1

DROP TABLE scored

--! session marketer psycopg2: a named cursor
BEGIN

DECLARE "walk" CURSOR WITHOUT HOLD FOR SELECT id, email, birth_date FROM crm.customers ORDER BY id

--! simple
FETCH FORWARD 50 FROM "walk"

--! simple
FETCH FORWARD 50 FROM "walk"

CLOSE "walk"

COMMIT

--! session support psql: first look
SELECT * FROM crm.customers ORDER BY id LIMIT 10

SELECT count(*), count(email), count(DISTINCT email), min(created_at), max(created_at) FROM crm.customers

TABLE crm.markets

SELECT * FROM crm.customer_orders ORDER BY order_id LIMIT 20

--! session support psql: retention by cohort
WITH firsts AS (SELECT customer_id, date_trunc('month', min(ordered_at)) AS cohort FROM crm.orders GROUP BY 1), activity AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at) AS month FROM crm.orders) SELECT cohort::date, (extract(year from age(month, cohort)) * 12 + extract(month from age(month, cohort)))::int AS n, count(*) FROM firsts JOIN activity USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2

--! session support psql: a campaign's funnel
SELECT campaign, count(*) FILTER (WHERE event = 'sent') AS sent, count(*) FILTER (WHERE event = 'opened') AS opened, count(*) FILTER (WHERE event = 'clicked') AS clicked, round(100.0 * count(*) FILTER (WHERE event = 'clicked') / nullif(count(*) FILTER (WHERE event = 'sent'), 0), 1) AS ctr FROM crm.marketing_events GROUP BY 1 ORDER BY 1

SELECT s.customer_id, min(b.occurred_at - s.occurred_at) FROM crm.marketing_events s JOIN crm.marketing_events b ON b.customer_id = s.customer_id AND b.campaign = s.campaign AND b.event = 'bought' AND b.occurred_at > s.occurred_at WHERE s.event = 'sent' GROUP BY 1 ORDER BY 1

--! session support mining: extract by COPY
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

COPY (SELECT c.id, c.segment, c.monthly_income, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.segment, c.monthly_income ORDER BY c.id) TO STDOUT WITH (FORMAT csv, HEADER)

COPY (SELECT id, birth_date, created_at FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)

COMMIT

--! session support mining: scores by way of a temporary table
CREATE TEMP TABLE scored (customer_id bigint PRIMARY KEY, score float8 NOT NULL)

--! stdin 1\t0.5\n2\t0.25\n3\t0.9\n7\t0.1
COPY scored FROM STDIN

ANALYZE scored

SELECT width_bucket(score, 0, 1, 4) AS bucket, count(*), max(c.email) FROM scored s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

UPDATE scored s SET score = 0 FROM crm.customers c WHERE c.id = s.customer_id AND c.segment = 'new'

DELETE FROM scored WHERE score = 0

SELECT * FROM scored ORDER BY 1

DROP TABLE scored

--! session support psycopg2: a named cursor
BEGIN

DECLARE "walk" CURSOR WITHOUT HOLD FOR SELECT id, email, birth_date FROM crm.customers ORDER BY id

--! simple
FETCH FORWARD 50 FROM "walk"

--! simple
FETCH FORWARD 50 FROM "walk"

CLOSE "walk"

COMMIT

--! session dpo psql: first look
SELECT * FROM crm.customers ORDER BY id LIMIT 10

SELECT count(*), count(email), count(DISTINCT email), min(created_at), max(created_at) FROM crm.customers

TABLE crm.markets

SELECT * FROM crm.customer_orders ORDER BY order_id LIMIT 20

--! session dpo psql: retention by cohort
WITH firsts AS (SELECT customer_id, date_trunc('month', min(ordered_at)) AS cohort FROM crm.orders GROUP BY 1), activity AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at) AS month FROM crm.orders) SELECT cohort::date, (extract(year from age(month, cohort)) * 12 + extract(month from age(month, cohort)))::int AS n, count(*) FROM firsts JOIN activity USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2

--! session dpo psql: a campaign's funnel
SELECT campaign, count(*) FILTER (WHERE event = 'sent') AS sent, count(*) FILTER (WHERE event = 'opened') AS opened, count(*) FILTER (WHERE event = 'clicked') AS clicked, round(100.0 * count(*) FILTER (WHERE event = 'clicked') / nullif(count(*) FILTER (WHERE event = 'sent'), 0), 1) AS ctr FROM crm.marketing_events GROUP BY 1 ORDER BY 1

SELECT s.customer_id, min(b.occurred_at - s.occurred_at) FROM crm.marketing_events s JOIN crm.marketing_events b ON b.customer_id = s.customer_id AND b.campaign = s.campaign AND b.event = 'bought' AND b.occurred_at > s.occurred_at WHERE s.event = 'sent' GROUP BY 1 ORDER BY 1

--! session dpo mining: extract by COPY
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

COPY (SELECT c.id, c.segment, c.monthly_income, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.segment, c.monthly_income ORDER BY c.id) TO STDOUT WITH (FORMAT csv, HEADER)

COPY (SELECT id, birth_date, created_at FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)

COMMIT

--! session dpo mining: scores by way of a temporary table
CREATE TEMP TABLE scored (customer_id bigint PRIMARY KEY, score float8 NOT NULL)

--! stdin 1\t0.5\n2\t0.25\n3\t0.9\n7\t0.1
COPY scored FROM STDIN

ANALYZE scored

SELECT width_bucket(score, 0, 1, 4) AS bucket, count(*), max(c.email) FROM scored s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

UPDATE scored s SET score = 0 FROM crm.customers c WHERE c.id = s.customer_id AND c.segment = 'new'

DELETE FROM scored WHERE score = 0

SELECT * FROM scored ORDER BY 1

DROP TABLE scored

--! session dpo psycopg2: a named cursor
BEGIN

DECLARE "walk" CURSOR WITHOUT HOLD FOR SELECT id, email, birth_date FROM crm.customers ORDER BY id

--! simple
FETCH FORWARD 50 FROM "walk"

--! simple
FETCH FORWARD 50 FROM "walk"

CLOSE "walk"

COMMIT

--! session analyst psql: recency, frequency, value
WITH r AS (SELECT customer_id, max(ordered_at) AS last, count(*) AS n, sum(total) AS v FROM crm.orders GROUP BY 1), q AS (SELECT customer_id, ntile(5) OVER (ORDER BY last, customer_id) AS r, ntile(5) OVER (ORDER BY n, customer_id) AS f, ntile(5) OVER (ORDER BY v, customer_id) AS m FROM r) SELECT r, f, m, count(*) FROM q GROUP BY 1, 2, 3 ORDER BY 1, 2, 3

--! session analyst psql: a pivot by CASE
SELECT country, sum(CASE WHEN segment = 'new' THEN 1 ELSE 0 END) AS new, sum(CASE WHEN segment = 'regular' THEN 1 ELSE 0 END) AS regular, sum(CASE WHEN segment = 'loyal' THEN 1 ELSE 0 END) AS loyal, sum(CASE WHEN segment = 'vip' THEN 1 ELSE 0 END) AS vip FROM crm.customers GROUP BY ROLLUP (country) ORDER BY country NULLS LAST

--! session analyst psql: percentiles
SELECT segment, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY monthly_income) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT mode() WITHIN GROUP (ORDER BY city), percentile_disc(0.9) WITHIN GROUP (ORDER BY monthly_income) FROM crm.customers

--! session analyst psql: a calendar
SELECT d::date, count(o.id), coalesce(sum(o.total), 0) FROM generate_series(date '2024-01-01', date '2024-03-31', interval '1 day') d LEFT JOIN crm.orders o ON o.ordered_at >= d AND o.ordered_at < d + interval '1 day' GROUP BY 1 ORDER BY 1

--! session analyst psql: gaps and islands
WITH m AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at)::date AS month FROM crm.orders), g AS (SELECT *, month - (row_number() OVER (PARTITION BY customer_id ORDER BY month) * interval '1 month') AS island FROM m) SELECT customer_id, min(month), max(month), count(*) FROM g GROUP BY customer_id, island HAVING count(*) > 1 ORDER BY 1, 2

--! session analyst psql: moving averages
SELECT day, n, avg(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), n - lag(n) OVER (ORDER BY day) AS change, first_value(n) OVER w, last_value(n) OVER w FROM (SELECT ordered_at::date AS day, count(*) AS n FROM crm.orders GROUP BY 1) d WINDOW w AS (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY day

--! session analyst psql: a JSON report
SELECT jsonb_pretty(jsonb_agg(jsonb_build_object('country', country, 'customers', n, 'domains', domains) ORDER BY country)) FROM (SELECT country, count(*) AS n, jsonb_agg(DISTINCT split_part(email, '@', 2)) AS domains FROM crm.customers GROUP BY 1) x

SELECT json_object_agg(segment, n ORDER BY segment) FROM (SELECT segment, count(*) AS n FROM crm.customers GROUP BY 1) x

--! session analyst psql: a hierarchy
WITH RECURSIVE t AS (SELECT 1 AS level, min(id) AS id FROM crm.customers UNION ALL SELECT level + 1, (SELECT min(c.id) FROM crm.customers c WHERE c.id > t.id) FROM t WHERE level < 8) SELECT t.level, t.id, c.email FROM t JOIN crm.customers c USING (id) ORDER BY 1

--! session analyst psql: full-text search
SELECT id, ts_rank(to_tsvector('english', subject), q) FROM crm.support_tickets, plainto_tsquery('english', 'delivery') q WHERE to_tsvector('english', subject) @@ q ORDER BY 2 DESC, 1

SELECT ts_headline('english', subject, to_tsquery('english', 'order | refund')) FROM crm.support_tickets ORDER BY id LIMIT 20

SELECT count(*) FROM crm.support_tickets WHERE to_tsvector('simple', body) @@ to_tsquery('simple', 'redacted')

--! session analyst psql: cleaning by regular expressions
SELECT id, regexp_replace(phone, '\D', '', 'g'), initcap(city), trim(both ' ' from lower(email)) FROM crm.customers ORDER BY id

SELECT (regexp_match(email, '@(.+)$'))[1] AS domain, count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT id, word FROM crm.support_tickets, regexp_split_to_table(subject, '\s+') AS word WHERE id < 20 ORDER BY 1, 2

--! session analyst psql: duplicates
SELECT email, count(*), array_agg(id ORDER BY id) FROM crm.customers GROUP BY email HAVING count(*) > 1 ORDER BY 1

SELECT a.id, b.id FROM crm.customers a JOIN crm.customers b ON a.full_name = b.full_name AND a.id < b.id ORDER BY 1, 2

SELECT l.id, c.id FROM crm.leads l JOIN crm.customers c ON c.email = l.email AND c.full_name = l.full_name ORDER BY 1, 2

--! session analyst psql: a sample
SELECT id, email FROM crm.customers WHERE mod(hashint8(id)::bigint + 2147483648, 10) = 3 ORDER BY id

SELECT id, city FROM crm.customers ORDER BY md5(id::text || 'seed') LIMIT 20

--! session analyst psql: market basket
SELECT a.product_id, b.product_id, count(*) AS together FROM crm.order_items a JOIN crm.order_items b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 3 DESC, 1, 2 LIMIT 30

--! session analyst psql: Pareto
SELECT customer_id, spent, sum(spent) OVER (ORDER BY spent DESC, customer_id) / sum(spent) OVER () AS share FROM (SELECT customer_id, sum(total) AS spent FROM crm.orders GROUP BY 1) x ORDER BY spent DESC, customer_id LIMIT 50

--! session analyst psql: correlation and regression
SELECT round(corr(c.monthly_income, o.spent)::numeric, 6), round(regr_slope(o.spent, c.monthly_income)::numeric, 6), regr_count(o.spent, c.monthly_income) FROM crm.customers c JOIN (SELECT customer_id, sum(total) AS spent FROM crm.orders GROUP BY 1) o ON o.customer_id = c.id

--! session analyst psql: ages
SELECT width_bucket(extract(year from age(date '2025-01-01', birth_date)), 0, 100, 10) * 10 AS up_to, count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT extract(isodow from birth_date), to_char(birth_date, 'YYYY Mon DD'), count(*) FROM crm.customers GROUP BY 1, 2 ORDER BY 1, 2

--! session analyst psql: grouping sets
SELECT country, segment, count(*), grouping(country, segment) FROM crm.customers GROUP BY GROUPING SETS ((country, segment), (country), ()) ORDER BY 4, 1, 2

SELECT country, segment, sum(monthly_income) FROM crm.customers GROUP BY CUBE (country, segment) ORDER BY 1, 2

--! session analyst psql: the last order of each
SELECT DISTINCT ON (customer_id) customer_id, id, status, total FROM crm.orders ORDER BY customer_id, ordered_at DESC, id

SELECT c.id, x.id, x.total FROM crm.customers c CROSS JOIN LATERAL (SELECT id, total FROM crm.orders o WHERE o.customer_id = c.id ORDER BY ordered_at DESC, id LIMIT 2) x ORDER BY 1, 2

--! session analyst psql: who never ordered
SELECT c.id, c.email FROM crm.customers c WHERE NOT EXISTS (SELECT FROM crm.orders o WHERE o.customer_id = c.id) ORDER BY 1

SELECT id FROM crm.customers EXCEPT SELECT customer_id FROM crm.orders ORDER BY 1

SELECT id FROM crm.customers WHERE id NOT IN (SELECT customer_id FROM crm.support_tickets) ORDER BY 1

--! session analyst psql: tickets and times
SELECT channel, count(*), avg(closed_at - opened_at), max(closed_at - opened_at) FROM crm.support_tickets GROUP BY 1 ORDER BY 1

SELECT date_trunc('month', opened_at), count(*) FILTER (WHERE closed_at IS NULL) FROM crm.support_tickets GROUP BY 1 ORDER BY 1

--! session analyst psql: consents
SELECT purpose, granted, source, count(*), count(withdrawn_at) FROM crm.consents GROUP BY 1, 2, 3 ORDER BY 1, 2, 3

SELECT c.segment, avg((k.granted)::int) FROM crm.customers c LEFT JOIN crm.consents k ON k.customer_id = c.id AND k.purpose = 'marketing' GROUP BY 1 ORDER BY 1

--! session analyst psql: other purposes
SET timezone = 'Asia/Tokyo'

SELECT id, created_at, created_at::date, created_at AT TIME ZONE 'UTC' FROM crm.customers ORDER BY id LIMIT 20

SHOW timezone

RESET timezone

--! session analyst psql: search_path
SET search_path = crm, public

SELECT count(*) FROM customers

SELECT c.segment, o.status, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1, 2 ORDER BY 1, 2

SELECT 'shipped'::order_status

RESET search_path

--! session analyst psql: a transaction with savepoints
BEGIN

CREATE TEMP TABLE picked ON COMMIT DROP AS SELECT id, email FROM crm.customers WHERE segment = 'vip'

SAVEPOINT a

DELETE FROM picked

ROLLBACK TO SAVEPOINT a

SELECT * FROM picked ORDER BY id

RELEASE SAVEPOINT a

COMMIT

--! session analyst psql: SQL PREPARE
PREPARE by_country (text) AS SELECT id, email FROM crm.customers WHERE country = $1 ORDER BY id

EXECUTE by_country('DE')

EXECUTE by_country('BR')

DEALLOCATE by_country

--! session analyst psql: cursors that scroll
BEGIN

DECLARE c SCROLL CURSOR FOR SELECT id, full_name FROM crm.customers ORDER BY id

--! simple
FETCH LAST FROM c

--! simple
FETCH ABSOLUTE 3 FROM c

--! simple
FETCH BACKWARD 2 FROM c

MOVE FORWARD 5 FROM c

--! simple
FETCH NEXT FROM c

COMMIT

--! session analyst psql: a cursor with hold
DECLARE h CURSOR WITH HOLD FOR SELECT id, phone FROM crm.customers ORDER BY id

--! simple
FETCH 5 FROM h

--! simple
FETCH ALL FROM h

CLOSE h

--! session analyst psql: CREATE TABLE AS and SELECT INTO
SELECT id, email, country INTO TEMP mine FROM crm.customers WHERE country IN ('DE', 'FR')

UPDATE mine SET email = split_part(email, '@', 2)

CREATE UNIQUE INDEX ON mine (id)

SELECT email AS domain, count(*) FROM mine GROUP BY 1 ORDER BY 1

TRUNCATE mine

SELECT count(*) FROM mine

DROP TABLE mine

--! session analyst psql: upsert into a temporary table
CREATE TEMP TABLE seen (country text PRIMARY KEY, n int DEFAULT 1)

INSERT INTO seen (country) SELECT DISTINCT country FROM crm.customers WHERE country IS NOT NULL

INSERT INTO seen VALUES ('DE', 1) ON CONFLICT (country) DO UPDATE SET n = seen.n + excluded.n

SELECT * FROM seen ORDER BY 1

--! session analyst notebook: orders by hour
SELECT extract(hour from ordered_at) AS h, count(*) FROM crm.orders GROUP BY 1 ORDER BY 1

SELECT /* again */ extract(hour from ordered_at) AS h, count(*) FROM crm.orders GROUP BY 1 ORDER BY 1

--! session analyst notebook: returns
SELECT p.category, count(*) FILTER (WHERE o.status = 'returned')::float / count(*) AS rate FROM crm.orders o JOIN crm.order_items i ON i.order_id = o.id JOIN crm.products p ON p.id = i.product_id GROUP BY 1 ORDER BY 1

SELECT /* again */ p.category, count(*) FILTER (WHERE o.status = 'returned')::float / count(*) AS rate FROM crm.orders o JOIN crm.order_items i ON i.order_id = o.id JOIN crm.products p ON p.id = i.product_id GROUP BY 1 ORDER BY 1

--! session analyst notebook: sales of stores
SELECT s.name, s.country, sum(o.total) FROM crm.stores s LEFT JOIN crm.orders o ON o.store_id = s.id GROUP BY s.id, s.name, s.country ORDER BY 3 DESC NULLS LAST, 1

SELECT /* again */ s.name, s.country, sum(o.total) FROM crm.stores s LEFT JOIN crm.orders o ON o.store_id = s.id GROUP BY s.id, s.name, s.country ORDER BY 3 DESC NULLS LAST, 1

--! session analyst notebook: year over year
SELECT extract(year from month) AS y, sum(revenue), lag(sum(revenue)) OVER (ORDER BY extract(year from month)) FROM crm.monthly_sales GROUP BY 1 ORDER BY 1

SELECT /* again */ extract(year from month) AS y, sum(revenue), lag(sum(revenue)) OVER (ORDER BY extract(year from month)) FROM crm.monthly_sales GROUP BY 1 ORDER BY 1

--! session analyst notebook: the overview
SELECT * FROM crm.country_overview ORDER BY country NULLS FIRST

SELECT /* again */ * FROM crm.country_overview ORDER BY country NULLS FIRST

--! session analyst notebook: time between orders
SELECT customer_id, avg(gap) FROM (SELECT customer_id, ordered_at - lag(ordered_at) OVER (PARTITION BY customer_id ORDER BY ordered_at, id) AS gap FROM crm.orders) x GROUP BY 1 HAVING avg(gap) IS NOT NULL ORDER BY 1

SELECT /* again */ customer_id, avg(gap) FROM (SELECT customer_id, ordered_at - lag(ordered_at) OVER (PARTITION BY customer_id ORDER BY ordered_at, id) AS gap FROM crm.orders) x GROUP BY 1 HAVING avg(gap) IS NOT NULL ORDER BY 1

--! session analyst notebook: leads that convert
SELECT source, count(*), count(customer_id), round(count(customer_id) * 100.0 / count(*), 1) FROM crm.leads GROUP BY 1 ORDER BY 1

SELECT /* again */ source, count(*), count(customer_id), round(count(customer_id) * 100.0 / count(*), 1) FROM crm.leads GROUP BY 1 ORDER BY 1

--! session analyst notebook: names by initial
SELECT left(full_name, 1), count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT /* again */ left(full_name, 1), count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

--! session analyst notebook: postal areas
SELECT country, postal_code, count(*) FROM crm.customers GROUP BY 1, 2 ORDER BY 1, 2

SELECT /* again */ country, postal_code, count(*) FROM crm.customers GROUP BY 1, 2 ORDER BY 1, 2

--! session analyst notebook: incomes by step
SELECT trunc(monthly_income, -3), count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT /* again */ trunc(monthly_income, -3), count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

--! session analyst notebook: a union of contacts
SELECT 'customer' AS kind, id, email FROM crm.customers UNION ALL SELECT 'lead', id, email FROM crm.leads ORDER BY 1, 2

SELECT /* again */ 'customer' AS kind, id, email FROM crm.customers UNION ALL SELECT 'lead', id, email FROM crm.leads ORDER BY 1, 2

--! session analyst notebook: intersection
SELECT email FROM crm.leads INTERSECT SELECT email FROM crm.customers ORDER BY 1

SELECT /* again */ email FROM crm.leads INTERSECT SELECT email FROM crm.customers ORDER BY 1

--! session analyst notebook: unsubscribed
SELECT c.id, c.email FROM crm.customers c WHERE c.id IN (SELECT customer_id FROM crm.marketing_events WHERE event = 'unsubscribed') ORDER BY c.id

SELECT /* again */ c.id, c.email FROM crm.customers c WHERE c.id IN (SELECT customer_id FROM crm.marketing_events WHERE event = 'unsubscribed') ORDER BY c.id

--! session analyst notebook: an ORM's exists
SELECT EXISTS (SELECT 1 FROM crm.customers c WHERE c.email ILIKE '%@example.net') AS a

SELECT /* again */ EXISTS (SELECT 1 FROM crm.customers c WHERE c.email ILIKE '%@example.net') AS a

--! session analyst notebook: strings and padding
SELECT id, lpad(id::text, 8, '0') || '-' || coalesce(country, '??') AS code, format('%s (%s)', full_name, city) FROM crm.customers ORDER BY id LIMIT 40

SELECT /* again */ id, lpad(id::text, 8, '0') || '-' || coalesce(country, '??') AS code, format('%s (%s)', full_name, city) FROM crm.customers ORDER BY id LIMIT 40

--! session analyst notebook: keyset pagination
SELECT id, created_at FROM crm.customers WHERE (created_at, id) > ('2024-01-01', 0) ORDER BY created_at, id LIMIT 25

SELECT /* again */ id, created_at FROM crm.customers WHERE (created_at, id) > ('2024-01-01', 0) ORDER BY created_at, id LIMIT 25

--! session analyst notebook: deep pages
SELECT id, email FROM crm.customers ORDER BY created_at DESC, id OFFSET 60 ROWS FETCH NEXT 20 ROWS ONLY

SELECT /* again */ id, email FROM crm.customers ORDER BY created_at DESC, id OFFSET 60 ROWS FETCH NEXT 20 ROWS ONLY

--! session analyst notebook: ties
SELECT segment, id FROM crm.customers ORDER BY segment FETCH FIRST 1 ROWS WITH TIES

SELECT /* again */ segment, id FROM crm.customers ORDER BY segment FETCH FIRST 1 ROWS WITH TIES

--! session analyst notebook: share of total
SELECT segment, round(count(*) * 100.0 / sum(count(*)) OVER (), 2) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT /* again */ segment, round(count(*) * 100.0 / sum(count(*)) OVER (), 2) FROM crm.customers GROUP BY 1 ORDER BY 1

--! session analyst notebook: rank in a country
SELECT country, id, rank() OVER (PARTITION BY country ORDER BY monthly_income DESC NULLS LAST), cume_dist() OVER (PARTITION BY country ORDER BY monthly_income) FROM crm.customers ORDER BY 1, 3, 2

SELECT /* again */ country, id, rank() OVER (PARTITION BY country ORDER BY monthly_income DESC NULLS LAST), cume_dist() OVER (PARTITION BY country ORDER BY monthly_income) FROM crm.customers ORDER BY 1, 3, 2

--! session analyst notebook: JSON of events
SELECT e.id, e.detail ->> 'link', jsonb_typeof(e.detail) FROM crm.marketing_events e ORDER BY e.id LIMIT 30

SELECT /* again */ e.id, e.detail ->> 'link', jsonb_typeof(e.detail) FROM crm.marketing_events e ORDER BY e.id LIMIT 30

--! session analyst notebook: values as a table
SELECT v.code, count(c.id) FROM (VALUES ('DE', 1), ('FR', 2), ('XX', 3)) v(code, n) LEFT JOIN crm.customers c ON c.country = v.code GROUP BY 1, v.n ORDER BY v.n

SELECT /* again */ v.code, count(c.id) FROM (VALUES ('DE', 1), ('FR', 2), ('XX', 3)) v(code, n) LEFT JOIN crm.customers c ON c.country = v.code GROUP BY 1, v.n ORDER BY v.n

--! session analyst notebook: arrays
SELECT country, (array_agg(city ORDER BY id))[1:3], cardinality(array_agg(id)) FROM crm.customers WHERE city = ANY (ARRAY(SELECT city FROM crm.stores)) OR country IS NOT NULL GROUP BY 1 ORDER BY 1

SELECT /* again */ country, (array_agg(city ORDER BY id))[1:3], cardinality(array_agg(id)) FROM crm.customers WHERE city = ANY (ARRAY(SELECT city FROM crm.stores)) OR country IS NOT NULL GROUP BY 1 ORDER BY 1

--! session analyst notebook: XML for a partner
SELECT xmlelement(name customers, xmlagg(xmlelement(name c, xmlattributes(id AS id), city) ORDER BY id))::text FROM crm.customers WHERE id < 20

SELECT /* again */ xmlelement(name customers, xmlagg(xmlelement(name c, xmlattributes(id AS id), city) ORDER BY id))::text FROM crm.customers WHERE id < 20

--! session analyst notebook: bool_and and friends
SELECT segment, bool_and(phone IS NOT NULL), bool_or(notes IS NOT NULL), every(id > 0), bit_and(id::int) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT /* again */ segment, bool_and(phone IS NOT NULL), bool_or(notes IS NOT NULL), every(id > 0), bit_and(id::int) FROM crm.customers GROUP BY 1 ORDER BY 1

--! session analyst notebook: churn
SELECT c.segment, avg(s.score), round(stddev_samp(s.score)::numeric, 6), count(*) FROM crm.churn_scores s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

SELECT /* again */ c.segment, avg(s.score), round(stddev_samp(s.score)::numeric, 6), count(*) FROM crm.churn_scores s JOIN crm.customers c ON c.id = s.customer_id GROUP BY 1 ORDER BY 1

--! session analyst notebook: a view of orders
SELECT country, status, count(*), sum(total) FROM crm.customer_orders GROUP BY 1, 2 ORDER BY 1, 2

SELECT /* again */ country, status, count(*), sum(total) FROM crm.customer_orders GROUP BY 1, 2 ORDER BY 1, 2

--! session analyst notebook: full join
SELECT coalesce(s.country, m.country) AS country, count(s.id), m.currency FROM crm.stores s FULL JOIN crm.markets m ON m.country = s.country GROUP BY 1, m.currency ORDER BY 1

SELECT /* again */ coalesce(s.country, m.country) AS country, count(s.id), m.currency FROM crm.stores s FULL JOIN crm.markets m ON m.country = s.country GROUP BY 1, m.currency ORDER BY 1

--! session analyst notebook: natural join
SELECT country, currency, count(*) FROM crm.customers NATURAL JOIN (SELECT country, currency FROM crm.markets) m GROUP BY 1, 2 ORDER BY 1

SELECT /* again */ country, currency, count(*) FROM crm.customers NATURAL JOIN (SELECT country, currency FROM crm.markets) m GROUP BY 1, 2 ORDER BY 1

--! session analyst notebook: partitions
SELECT tableoid::regclass::text AS part, count(*) FROM crm.order_items GROUP BY 1 ORDER BY 1

SELECT /* again */ tableoid::regclass::text AS part, count(*) FROM crm.order_items GROUP BY 1 ORDER BY 1

--! session analyst notebook: a date spine by week
SELECT w::date, (SELECT count(*) FROM crm.customers c WHERE c.created_at < w) AS customers FROM generate_series(timestamptz '2024-01-01', '2024-12-30', '1 week') w ORDER BY 1

SELECT /* again */ w::date, (SELECT count(*) FROM crm.customers c WHERE c.created_at < w) AS customers FROM generate_series(timestamptz '2024-01-01', '2024-12-30', '1 week') w ORDER BY 1

--! session analyst notebook: nulls
SELECT count(*) - count(phone) AS phone, count(*) - count(birth_date) AS born, count(*) - count(monthly_income) AS income, num_nulls(1, NULL) FROM crm.customers

SELECT /* again */ count(*) - count(phone) AS phone, count(*) - count(birth_date) AS born, count(*) - count(monthly_income) AS income, num_nulls(1, NULL) FROM crm.customers

--! session support service desk: look up a customer
--! args 3
SELECT id, full_name, email, phone, city FROM crm.customers WHERE id = $1

--! args 3
SELECT id, status, total, ship_address FROM crm.orders WHERE customer_id = $1 ORDER BY ordered_at DESC, id

--! args 3
SELECT id, subject, opened_at, closed_at FROM crm.support_tickets WHERE customer_id = $1 ORDER BY id

--! session support service desk: search by name
--! args %a%
SELECT id, full_name, email FROM crm.customers WHERE full_name ILIKE $1 ORDER BY full_name, id LIMIT 20

--! session dpo service desk: look up a customer
--! args 3
SELECT id, full_name, email, phone, city FROM crm.customers WHERE id = $1

--! args 3
SELECT id, status, total, ship_address FROM crm.orders WHERE customer_id = $1 ORDER BY ordered_at DESC, id

--! args 3
SELECT id, subject, opened_at, closed_at FROM crm.support_tickets WHERE customer_id = $1 ORDER BY id

--! session dpo service desk: search by name
--! args %a%
SELECT id, full_name, email FROM crm.customers WHERE full_name ILIKE $1 ORDER BY full_name, id LIMIT 20

--! session marketer mailing: audience
SELECT c.id, c.email FROM crm.customers c WHERE c.segment IN ('loyal', 'vip') AND NOT EXISTS (SELECT FROM crm.marketing_events e WHERE e.customer_id = c.id AND e.event = 'unsubscribed') ORDER BY c.id

COPY (SELECT email FROM crm.customers ORDER BY id) TO STDOUT WITH CSV

--! session both a wide view
SELECT country, count(*), count(email IS NULL) FROM (SELECT country, id, '' AS email FROM crm.customers) x GROUP BY 1 ORDER BY 1
