-- Long scripts of analysts and miners.

--! session analyst,miner,marketer,dpo funnels: from the first mail to the order
WITH RECURSIVE steps(step, event) AS (VALUES (1, 'sent'), (2, 'opened'), (3, 'clicked'), (4, 'bought')),
reached AS (
  SELECT e.campaign, e.customer_id, s.step, min(e.occurred_at) AS at
  FROM crm.marketing_events e JOIN steps s USING (event) GROUP BY 1, 2, 3),
walk AS (
  SELECT campaign, customer_id, step, at FROM reached WHERE step = 1
  UNION ALL
  SELECT r.campaign, r.customer_id, r.step, r.at FROM walk w JOIN reached r
    ON r.campaign = w.campaign AND r.customer_id = w.customer_id AND r.step = w.step + 1 AND r.at >= w.at),
counts AS (SELECT campaign, step, count(DISTINCT customer_id) AS n FROM walk GROUP BY 1, 2)
SELECT c.campaign, s.step, s.event, coalesce(c.n, 0) AS n,
  round(100.0 * c.n / first_value(c.n) OVER (PARTITION BY c.campaign ORDER BY s.step), 2) AS of_first,
  round(100.0 * c.n / nullif(lag(c.n) OVER (PARTITION BY c.campaign ORDER BY s.step), 0), 2) AS of_previous
FROM steps s LEFT JOIN counts c USING (step) ORDER BY 1 NULLS LAST, 2

--! session analyst,miner,marketer,dpo cohorts: retention as a matrix
WITH first_order AS (
  SELECT customer_id, date_trunc('quarter', min(ordered_at)) AS cohort FROM crm.orders GROUP BY customer_id),
months AS (
  SELECT f.cohort, o.customer_id, (extract(year FROM o.ordered_at) - extract(year FROM f.cohort)) * 4 + (extract(quarter FROM o.ordered_at) - extract(quarter FROM f.cohort)) AS age
  FROM crm.orders o JOIN first_order f USING (customer_id)),
size AS (SELECT cohort, count(*) AS n FROM first_order GROUP BY cohort)
SELECT cohort::date, n,
  count(DISTINCT customer_id) FILTER (WHERE age = 0) AS q0, count(DISTINCT customer_id) FILTER (WHERE age = 1) AS q1,
  count(DISTINCT customer_id) FILTER (WHERE age = 2) AS q2, count(DISTINCT customer_id) FILTER (WHERE age = 3) AS q3,
  round(count(DISTINCT customer_id) FILTER (WHERE age BETWEEN 1 AND 4)::numeric / n, 3) AS kept
FROM months JOIN size USING (cohort) GROUP BY cohort, n ORDER BY cohort

--! session analyst,miner,marketer,dpo sessions: half an hour of silence ends one
WITH marked AS (
  SELECT customer_id, occurred_at, event, CASE WHEN occurred_at - lag(occurred_at) OVER w > interval '30 minutes' OR lag(occurred_at) OVER w IS NULL THEN 1 ELSE 0 END AS new
  FROM crm.marketing_events WINDOW w AS (PARTITION BY customer_id ORDER BY occurred_at, id)),
numbered AS (SELECT *, sum(new) OVER (PARTITION BY customer_id ORDER BY occurred_at ROWS UNBOUNDED PRECEDING) AS n FROM marked)
SELECT customer_id, n, min(occurred_at), max(occurred_at) - min(occurred_at) AS length, count(*), string_agg(event, '>' ORDER BY occurred_at, event)
FROM numbered GROUP BY customer_id, n HAVING count(*) >= 1 ORDER BY customer_id, n LIMIT 200

--! session analyst,miner,marketer,dpo gaps and islands: streaks of months with orders
WITH months AS (SELECT DISTINCT customer_id, date_trunc('month', ordered_at)::date AS m FROM crm.orders),
islands AS (SELECT customer_id, m, (extract(year FROM m) * 12 + extract(month FROM m))::int - row_number() OVER (PARTITION BY customer_id ORDER BY m)::int AS grp FROM months)
SELECT customer_id, min(m) AS since, max(m) AS until, count(*) AS months FROM islands GROUP BY customer_id, grp HAVING count(*) > 1 ORDER BY months DESC, customer_id, since LIMIT 50

--! session analyst,miner,marketer,dpo percentiles and outliers
WITH stats AS (
  SELECT status, percentile_cont(0.25) WITHIN GROUP (ORDER BY total) AS q1, percentile_cont(0.75) WITHIN GROUP (ORDER BY total) AS q3, percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY total) AS d
  FROM crm.orders GROUP BY status)
SELECT o.status, s.d, count(*) FILTER (WHERE o.total > s.q3 + 1.5 * (s.q3 - s.q1)) AS high, count(*) FILTER (WHERE o.total < s.q1 - 1.5 * (s.q3 - s.q1)) AS low, width_bucket(avg(o.total), 0, 500, 10)
FROM crm.orders o JOIN stats s ON s.status = o.status GROUP BY o.status, s.d ORDER BY o.status

SELECT rank(100) WITHIN GROUP (ORDER BY total), dense_rank(100) WITHIN GROUP (ORDER BY total), round(percent_rank(100) WITHIN GROUP (ORDER BY total)::numeric, 4), round(cume_dist(100) WITHIN GROUP (ORDER BY total)::numeric, 4) FROM crm.orders

--! session analyst,miner,marketer,dpo pivots: by CASE, FILTER and jsonb
SELECT c.country, sum(CASE o.status WHEN 'paid' THEN o.total ELSE 0 END) AS paid, sum(o.total) FILTER (WHERE o.status = 'shipped') AS shipped, sum(o.total) FILTER (WHERE o.status IN ('returned', 'cancelled')) AS lost
FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.country ORDER BY c.country NULLS FIRST

SELECT country, jsonb_object_agg(segment, n ORDER BY segment) AS by_segment FROM (SELECT country, segment, count(*) AS n FROM crm.customers GROUP BY 1, 2) x GROUP BY country ORDER BY country NULLS LAST

SELECT country, (j ->> 'vip')::int AS vip, coalesce((j ->> 'new')::int, 0) AS new, j ? 'loyal' AS has_loyal FROM (SELECT country, jsonb_object_agg(segment, n) AS j FROM (SELECT country, segment, count(*) AS n FROM crm.customers GROUP BY 1, 2) x GROUP BY country) y ORDER BY country NULLS LAST

--! session analyst,miner,marketer,dpo JSON: documents of customers
SELECT jsonb_build_object('id', c.id, 'name', c.full_name, 'mail', lower(c.email), 'orders', coalesce((SELECT jsonb_agg(jsonb_build_object('id', o.id, 'total', o.total, 'items', (SELECT count(*) FROM crm.order_items i WHERE i.order_id = o.id AND i.ordered_at = o.ordered_at)) ORDER BY o.ordered_at, o.id) FROM crm.orders o WHERE o.customer_id = c.id), '[]'::jsonb)) AS doc
FROM crm.customers c WHERE c.id <= 20 ORDER BY c.id

SELECT json_agg(x) FROM (SELECT id, city FROM crm.customers ORDER BY id LIMIT 3) x

SELECT row_to_json(r) FROM (SELECT segment, count(*) AS n, array_agg(DISTINCT country ORDER BY country) AS countries FROM crm.customers GROUP BY segment ORDER BY segment) r ORDER BY r.segment

SELECT key, count(*) FROM crm.customers, jsonb_each_text(preferences) GROUP BY key ORDER BY key

SELECT value ->> 0, count(*) FROM crm.customers, jsonb_path_query(preferences, '$.*') WITH ORDINALITY AS p(value, n) GROUP BY 1 ORDER BY 1 NULLS FIRST

--! session analyst,miner,marketer,dpo recursion: calendars, trees and paths
WITH RECURSIVE tree(id, parent, name) AS (VALUES (1, NULL::int, 'all'), (2, 1, 'europe'), (3, 1, 'americas'), (4, 2, 'DE'), (5, 2, 'FR'), (6, 3, 'BR')),
down AS (SELECT id, name, ARRAY[name] AS path, 0 AS depth FROM tree WHERE parent IS NULL UNION ALL SELECT t.id, t.name, d.path || t.name, d.depth + 1 FROM tree t JOIN down d ON t.parent = d.id)
SELECT repeat('  ', depth) || d.name AS node, array_to_string(path, '/') AS path, (SELECT count(*) FROM crm.customers c WHERE c.country = d.name) AS n FROM down d ORDER BY path

--! since 14
WITH RECURSIVE t(n, f) AS (SELECT 1, 1::numeric UNION ALL SELECT n + 1, f * (n + 1) FROM t WHERE n < 20) SEARCH DEPTH FIRST BY n SET o SELECT n, f FROM t ORDER BY o

--! since 14
WITH RECURSIVE g(a, b) AS (SELECT DISTINCT o1.product_id, o2.product_id FROM crm.order_items o1 JOIN crm.order_items o2 ON o1.order_id = o2.order_id AND o1.ordered_at = o2.ordered_at AND o1.product_id < o2.product_id), r(a, b, depth) AS (SELECT a, b, 1 FROM g WHERE a = 1 UNION SELECT r.a, g.b, r.depth + 1 FROM r JOIN g ON g.a = r.b WHERE r.depth < 2) CYCLE b SET looped USING path SELECT depth, count(DISTINCT b) FROM r WHERE NOT looped GROUP BY 1 ORDER BY 1

--! session analyst,miner,marketer,dpo full-text search over tickets
SELECT id, ts_rank(to_tsvector('english', subject), q) > 0 AS hit FROM crm.support_tickets, websearch_to_tsquery('english', 'refund or delivery') q WHERE to_tsvector('english', subject || ' ' || body) @@ q ORDER BY id

SELECT subject, ts_headline('english', subject, plainto_tsquery('english', 'order')) FROM crm.support_tickets WHERE to_tsvector('english', subject) @@ plainto_tsquery('english', 'order') ORDER BY id

SELECT word, count(*) FROM crm.support_tickets, unnest(tsvector_to_array(to_tsvector('simple', subject))) AS word GROUP BY word ORDER BY 2 DESC, 1 LIMIT 20

SELECT setweight(to_tsvector('simple', subject), 'A') || setweight(to_tsvector('simple', body), 'D') FROM crm.support_tickets ORDER BY id LIMIT 5

--! session analyst,miner,marketer,dpo geography: distances and boxes
WITH places(city, lat, lon) AS (VALUES ('Berlin', 52.52, 13.405), ('Paris', 48.857, 2.352), ('Munich', 48.137, 11.575), ('Tokyo', 35.68, 139.69))
SELECT a.city, b.city, round((2 * 6371 * asin(sqrt(power(sin(radians(b.lat - a.lat) / 2), 2) + cos(radians(a.lat)) * cos(radians(b.lat)) * power(sin(radians(b.lon - a.lon) / 2), 2))))::numeric, 1) AS km, (SELECT count(*) FROM crm.customers c WHERE c.city IN (a.city, b.city)) AS n
FROM places a JOIN places b ON a.city < b.city ORDER BY km, 1, 2

SELECT point(1, 2) <-> point(4, 6), box(point(0, 0), point(1, 1)) @> point(0.5, 0.5), circle(point(0, 0), 2), path '((0,0),(1,1),(2,0))' ?# path '((0,0),(1,1))' FROM crm.stores WHERE false

SELECT lseg(point(0, 0), point(3, 4)), @-@ lseg '[(0,0),(3,4)]', area(box '((0,0),(2,3))'), center(circle '<(1,2),3>')

--! session analyst,miner,marketer,dpo windows: every frame
--! since 14
SELECT id, customer_id, total,
  sum(total) OVER (PARTITION BY customer_id ORDER BY ordered_at, id) AS running,
  avg(total) OVER (PARTITION BY customer_id ORDER BY ordered_at, id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS around,
  count(*) OVER (ORDER BY ordered_at RANGE BETWEEN '7 days' PRECEDING AND CURRENT ROW) AS week,
  max(total) OVER (ORDER BY ordered_at::date GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) AS groups,
  nth_value(total, 2) OVER w, ntile(4) OVER w, lead(total, 2, 0) OVER w, percent_rank() OVER w
FROM crm.orders WINDOW w AS (PARTITION BY customer_id ORDER BY total DESC, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id LIMIT 300

--! session analyst,miner,marketer,dpo LATERAL: the last three orders of each
SELECT c.id, c.segment, o.id AS order_id, o.total, i.n FROM crm.customers c CROSS JOIN LATERAL (SELECT id, total, ordered_at FROM crm.orders WHERE customer_id = c.id ORDER BY ordered_at DESC, id DESC FETCH FIRST 3 ROWS ONLY) o LEFT JOIN LATERAL (SELECT count(*) AS n FROM crm.order_items i WHERE i.order_id = o.id AND i.ordered_at = o.ordered_at) i ON true WHERE c.id < 40 ORDER BY c.id, o.ordered_at DESC, o.id DESC

SELECT s.name, t.* FROM crm.stores s LEFT JOIN LATERAL (SELECT o.status, count(*) AS n FROM crm.orders o WHERE o.store_id = s.id GROUP BY o.status ORDER BY n DESC, o.status LIMIT 1) t ON true ORDER BY s.id

SELECT c.id, x.part, x.ordinality FROM crm.customers c, LATERAL regexp_split_to_table(c.full_name, '\s+') WITH ORDINALITY AS x(part, ordinality) WHERE c.id < 15 ORDER BY 1, 3

--! session analyst,miner,marketer,dpo calendars by generate_series
WITH days AS (SELECT d::date AS day, extract(isodow FROM d) AS dow, to_char(d, 'IYYY-IW') AS week FROM generate_series(timestamp '2024-02-26', '2024-03-10', '1 day') d)
SELECT days.*, dow IN (6, 7) AS weekend, count(o.id) AS n, coalesce(sum(o.total), 0) AS total FROM days LEFT JOIN crm.orders o ON o.ordered_at::date = days.day GROUP BY 1, 2, 3 ORDER BY 1

SELECT to_char(m, 'Mon YYYY') AS month, (m + interval '1 month - 1 day')::date AS last_day, count(c.id) FROM generate_series(date '2024-01-31', date '2024-12-31', '1 month') m LEFT JOIN crm.customers c ON date_trunc('month', c.created_at) = date_trunc('month', m) GROUP BY m ORDER BY m

SELECT count(*), min(d), max(d) FROM (SELECT generate_series(min(ordered_at)::date, max(ordered_at)::date, '1 week') AS d FROM crm.orders) x

--! session analyst,miner,marketer,dpo dates: arithmetic
SELECT id, birth_date, age(date '2025-06-30', birth_date), justify_days(interval '1 day' * (date '2025-06-30' - birth_date)), extract(doy FROM birth_date), make_date(2025, extract(month FROM birth_date)::int, 1), birth_date + 30, birth_date - interval '1 year', (birth_date, date '2025-01-01') OVERLAPS (date '1990-01-01', date '2000-01-01') FROM crm.customers WHERE birth_date IS NOT NULL ORDER BY id LIMIT 60

--! since 14
SELECT date_bin('15 minutes', ordered_at, timestamptz '2024-01-01 00:00+00'), count(*) FROM crm.orders GROUP BY 1 ORDER BY 1 LIMIT 40

SELECT to_char(sum(closed_at - opened_at), 'HH24:MI:SS') FROM crm.support_tickets

SELECT extract(epoch FROM ordered_at)::bigint / 3600 % 24 AS h, count(*), to_timestamp(min(extract(epoch FROM ordered_at)))::date FROM crm.orders GROUP BY 1 ORDER BY 1

SELECT id, ordered_at AT TIME ZONE 'America/Sao_Paulo', timezone('Asia/Tokyo', ordered_at)::date, isfinite(ordered_at), date_part('week', ordered_at) FROM crm.orders ORDER BY id LIMIT 30

--! since 14
SELECT tstzrange(min(ordered_at), max(ordered_at), '[]') @> timestamptz '2024-06-01', daterange('2024-01-01', '2024-02-01') * daterange('2024-01-15', NULL), range_agg(daterange(ordered_at::date, ordered_at::date + 1)) IS NOT NULL FROM crm.orders

--! session analyst,miner,marketer,dpo arrays
SELECT customer_id, array_agg(DISTINCT status ORDER BY status) AS states, array_length(array_agg(id), 1), array_position(array_agg(status::text ORDER BY ordered_at, id), 'paid'), (array_agg(total ORDER BY total DESC, id))[1:2], array_remove(array_agg(store_id ORDER BY id), NULL) FROM crm.orders GROUP BY 1 ORDER BY 1 LIMIT 60

SELECT c.id FROM crm.customers c WHERE c.country = ANY ('{DE,FR,IT}') AND c.segment <> ALL (ARRAY['new', 'regular']) AND ARRAY[c.city] && ARRAY(SELECT city FROM crm.stores) ORDER BY 1

SELECT unnest(string_to_array(lower(full_name), ' ')) AS word, count(*) FROM crm.customers GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 20

--! since 14
SELECT a || b, a @> b, cardinality(a), array_fill(0, ARRAY[2, 2]), trim_array(a, 1), array_dims(a) FROM (VALUES (ARRAY[1, 2, 3], ARRAY[2])) v(a, b)

SELECT s.i, (ARRAY['a', 'b'])[s.i] FROM generate_subscripts(ARRAY['a', 'b'], 1) AS s(i) ORDER BY 1

--! session analyst,miner,marketer,dpo regular expressions: cleaning
SELECT id, regexp_replace(phone, '[^0-9+]', '', 'g'), phone ~ '^\+\d+', substring(email FROM '@(.+)$'), split_part(email, '@', 2), translate(upper(city), 'AEIOU', '*****'), initcap(lower(full_name)), regexp_match(email, '^(.)[^@]*@([^.]+)\.(.+)$') FROM crm.customers ORDER BY id LIMIT 50

--! since 15
SELECT regexp_count(body, '\d'), regexp_instr(subject, 'o'), regexp_substr(subject, '\w+', 1, 2), regexp_like(subject, 'ORDER', 'i') FROM crm.support_tickets ORDER BY id LIMIT 20

SELECT id, m[1] FROM crm.customers, regexp_matches(email, '([a-z]+)', 'g') m WHERE id < 6 ORDER BY id, m[1]

SELECT email SIMILAR TO '%@example.(com|net)', email LIKE '%\_%', email ILIKE ANY (ARRAY['%.COM', '%.org']), overlay(coalesce(phone, '') PLACING 'XX' FROM 1 FOR 2), position('@' IN email), btrim(full_name, 'A'), reverse(city), md5(email) = md5(email), encode(sha256(email::bytea), 'hex') IS NOT NULL FROM crm.customers ORDER BY id LIMIT 30

--! session analyst,miner,marketer,dpo DISTINCT ON and GROUPING SETS
SELECT DISTINCT ON (customer_id) customer_id, id, total, status FROM crm.orders ORDER BY customer_id, ordered_at DESC, id DESC

SELECT country, segment, count(*), GROUPING(country, segment), round(avg(monthly_income), 2) FROM crm.customers GROUP BY GROUPING SETS ((country, segment), (country), (segment), ()) ORDER BY 4, 1 NULLS FIRST, 2 NULLS FIRST

SELECT date_trunc('year', ordered_at)::date AS y, status, count(*) FROM crm.orders GROUP BY CUBE (1, 2) ORDER BY 1 NULLS LAST, 2 NULLS LAST

--! since 14
SELECT segment, country, count(*) FROM crm.customers GROUP BY DISTINCT ROLLUP (segment, country), ROLLUP (segment) ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3

--! session analyst,miner,marketer,dpo sets and subqueries
SELECT id FROM crm.customers EXCEPT SELECT customer_id FROM crm.orders ORDER BY 1

(SELECT country FROM crm.customers INTERSECT ALL SELECT country FROM crm.stores) UNION (SELECT country FROM crm.markets ORDER BY country LIMIT 2) ORDER BY 1 NULLS LAST

SELECT c.segment, c.id FROM crm.customers c WHERE c.monthly_income > (SELECT avg(d.monthly_income) FROM crm.customers d WHERE d.segment = c.segment) ORDER BY 1, 2

SELECT count(*) FROM crm.orders o WHERE (o.customer_id, o.total) IN (SELECT customer_id, max(total) FROM crm.orders GROUP BY 1) AND o.total >= ALL (SELECT p.price FROM crm.products p WHERE p.price < 10)

SELECT EXISTS (SELECT FROM crm.customers WHERE email IS NULL) OR NOT EXISTS (TABLE crm.markets) AS odd

WITH a AS MATERIALIZED (SELECT * FROM crm.orders WHERE total > 100), b AS NOT MATERIALIZED (SELECT * FROM a WHERE status = 'paid') SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT max(id) FROM b)

VALUES (1, (SELECT count(*) FROM crm.customers)), (2, (SELECT count(*) FROM crm.orders))

--! session analyst,miner,marketer,dpo temporary tables: made, indexed, analysed, joined
BEGIN

SET LOCAL work_mem = '64MB'

SET LOCAL statement_timeout = '60s'

CREATE TEMP TABLE base ON COMMIT PRESERVE ROWS AS SELECT c.id, c.country, c.segment, c.monthly_income, count(o.id) AS orders, coalesce(sum(o.total), 0) AS spent FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id, c.country, c.segment, c.monthly_income

CREATE UNIQUE INDEX base_id ON base (id)

CREATE INDEX base_country ON base USING hash (country)

CREATE INDEX ON base (spent DESC NULLS LAST) WHERE orders > 0

CREATE INDEX ON base ((lower(segment)), country)

ANALYZE base

SELECT b.segment, count(*), sum(b.spent), min(e.occurred_at) FROM base b LEFT JOIN crm.marketing_events e ON e.customer_id = b.id GROUP BY 1 ORDER BY 1

CREATE TEMP TABLE tiers AS SELECT id, ntile(10) OVER (ORDER BY spent DESC, id) AS tier FROM base

UPDATE base SET segment = 'top' FROM tiers WHERE tiers.id = base.id AND tiers.tier = 1

INSERT INTO base (id, country, segment, orders, spent) SELECT -id, country, 'store', 0, 0 FROM crm.stores

SELECT segment, count(*), sum(spent) FROM base GROUP BY ROLLUP (segment) ORDER BY 1 NULLS LAST

DELETE FROM base USING tiers WHERE tiers.id = base.id AND tiers.tier > 5

COMMIT

SELECT count(*), sum(id) FROM base

DROP TABLE IF EXISTS base, tiers

--! session analyst,miner,marketer,dpo cursors: held, scrolled, binary
BEGIN

DECLARE big NO SCROLL CURSOR WITH HOLD FOR SELECT o.id, o.total, c.email FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id ORDER BY o.id

COMMIT

--! simple
FETCH FORWARD 100 FROM big

--! simple
FETCH FORWARD 100 FROM big

--! simple
MOVE FORWARD ALL IN big

--! simple
FETCH NEXT FROM big

CLOSE big

BEGIN

DECLARE s INSENSITIVE SCROLL CURSOR FOR SELECT id, full_name FROM crm.customers WHERE segment = 'vip' ORDER BY id

--! simple
FETCH LAST FROM s

--! simple
FETCH PRIOR FROM s

--! simple
FETCH RELATIVE -2 FROM s

--! simple
FETCH ABSOLUTE 1 FROM s

--! simple
FETCH BACKWARD ALL FROM s

CLOSE ALL

ROLLBACK

--! session analyst,miner,marketer,dpo savepoints: something goes on
BEGIN ISOLATION LEVEL REPEATABLE READ

SAVEPOINT one

CREATE TEMP TABLE t (id int PRIMARY KEY, v text) ON COMMIT DROP

SAVEPOINT two

INSERT INTO t SELECT id::int, email FROM crm.customers WHERE id < 5 RETURNING id

ROLLBACK TO two

SELECT count(*) FROM t

RELEASE SAVEPOINT one

INSERT INTO t VALUES (1, 'a'), (2, DEFAULT) RETURNING *

COMMIT AND CHAIN

SELECT count(*) FROM crm.customers

ROLLBACK

--! session analyst,miner,marketer,dpo prepared statements: types and NULLs
PREPARE p (bigint, text, date, numeric, text[], boolean, timestamptz, jsonb, interval) AS SELECT id, country FROM crm.customers WHERE ($1 IS NULL OR id > $1) AND ($2 IS NULL OR country = $2) AND ($3 IS NULL OR birth_date > $3) AND ($4 IS NULL OR monthly_income >= $4) AND ($5 IS NULL OR segment = ANY ($5)) AND ($6 IS NULL OR (phone IS NULL) = $6) AND ($7 IS NULL OR created_at > $7) AND ($8 IS NULL OR preferences @> $8) AND ($9 IS NULL OR created_at < now() - $9) ORDER BY id

EXECUTE p (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)

EXECUTE p (5, 'DE', NULL, 100, '{vip,loyal,new}', false, NULL, NULL, '1 day')

EXECUTE p (5, 'DE', '1960-01-01', NULL::numeric, ARRAY['vip'], NULL, '2020-01-01', '{}', NULL)

DEALLOCATE ALL

--! args NULL|10
SELECT id, city FROM crm.customers WHERE (nullif($1::text, 'NULL') IS NULL OR country = $1) ORDER BY id LIMIT $2::int

--! args {1,2,3,4}|vip
SELECT id, segment = $2 FROM crm.customers WHERE id = ANY ($1::bigint[]) ORDER BY array_position($1::bigint[], id)

--! args 2024-01-01|1 year
SELECT count(*), sum(total) FROM crm.orders WHERE ordered_at >= $1::date AND ordered_at < $1::date + $2::interval

--! session analyst,miner,marketer,dpo COPY: three formats and a way back
COPY (SELECT id, email, notes, created_at FROM crm.customers ORDER BY id) TO STDOUT WITH (FORMAT text, NULL '<null>', DELIMITER '|')

COPY (SELECT * FROM crm.stores ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER true, FORCE_QUOTE (name), QUOTE '"', ESCAPE '\', ENCODING 'UTF8')

COPY (SELECT id, total, ordered_at FROM crm.orders ORDER BY id LIMIT 100) TO STDOUT WITH BINARY

COPY crm.products TO STDOUT (DELIMITER ';', FORMAT csv)

COPY (WITH x AS (SELECT country, count(*) AS n FROM crm.customers GROUP BY 1) TABLE x ORDER BY 1) TO STDOUT CSV HEADER

CREATE TEMP TABLE upload (id int, name text DEFAULT 'none', at date)

--! stdin 1,"a, b",2024-01-01\n2,,\n3,c,2024-02-03
COPY upload (id, name, at) FROM STDIN WITH (FORMAT csv, NULL '', FORCE_NOT_NULL (name))

--! since 15
--! stdin id|at\n4|2024-05-06
COPY upload (id, at) FROM STDIN WITH (HEADER true, DELIMITER '|')

SELECT * FROM upload ORDER BY id

COPY upload TO STDOUT

--! session analyst,miner,marketer,dpo settings of a session
SET work_mem TO '32MB'

SET SESSION statement_timeout TO 30000

SET lock_timeout = '5s'

SET idle_in_transaction_session_timeout = '10min'

SET TIME ZONE 'Europe/Berlin'

SET datestyle TO 'SQL, DMY'

SELECT id, created_at, birth_date FROM crm.customers ORDER BY id LIMIT 5

SET intervalstyle = 'iso_8601'

SELECT max(closed_at - opened_at) FROM crm.support_tickets

SET bytea_output = 'escape'

SET enable_seqscan = off

SET max_parallel_workers_per_gather = 0

SET jit = off

SET random_page_cost = 1.1

SET default_transaction_read_only = on

SHOW default_transaction_read_only

SET default_transaction_read_only = off

SHOW work_mem

SELECT current_setting('work_mem'), name, setting FROM pg_settings WHERE name IN ('work_mem', 'statement_timeout') ORDER BY name

RESET ALL

SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED

SET NAMES 'UTF8'

SET client_encoding TO 'UNICODE'

SET row_security = on

SET application_name TO 'report; nightly'

--! session analyst,miner,marketer,dpo basket analysis
WITH pairs AS (SELECT a.product_id AS p, b.product_id AS q, count(*) AS n FROM crm.order_items a JOIN crm.order_items b ON a.order_id = b.order_id AND a.ordered_at = b.ordered_at AND a.product_id < b.product_id GROUP BY 1, 2), singles AS (SELECT product_id, count(DISTINCT order_id) AS n FROM crm.order_items GROUP BY 1), total AS (SELECT count(DISTINCT order_id)::numeric AS n FROM crm.order_items)
SELECT x.name, y.name, pairs.n, round(pairs.n / total.n, 5) AS support, round(pairs.n::numeric / s.n, 5) AS confidence, round(pairs.n * total.n / (s.n * t.n), 4) AS lift FROM pairs JOIN singles s ON s.product_id = p JOIN singles t ON t.product_id = q JOIN crm.products x ON x.id = p JOIN crm.products y ON y.id = q CROSS JOIN total WHERE pairs.n > 1 ORDER BY lift DESC, 1, 2 LIMIT 30

--! session analyst,miner,marketer,dpo Pareto and ABC classes
WITH revenue AS (SELECT i.product_id, sum(i.quantity * i.unit_price) AS r FROM crm.order_items i GROUP BY 1), cumulated AS (SELECT product_id, r, sum(r) OVER (ORDER BY r DESC, product_id) / sum(r) OVER () AS share FROM revenue) SELECT CASE WHEN share <= 0.8 THEN 'A' WHEN share <= 0.95 THEN 'B' ELSE 'C' END AS class, count(*), sum(r), round(max(share), 4) FROM cumulated GROUP BY 1 ORDER BY 1

--! session analyst,miner,marketer,dpo features for a model
SELECT c.id, c.segment, extract(epoch FROM timestamptz '2025-01-01' - max(o.ordered_at)) / 86400 AS recency, count(o.id) AS frequency, avg(o.total) AS monetary, stddev_pop(o.total), regr_slope(o.total, extract(epoch FROM o.ordered_at)::float8) IS NULL AS flat, count(DISTINCT o.store_id), coalesce(bool_or(o.status = 'returned'), false) AS returned, (SELECT count(*) FROM crm.support_tickets t WHERE t.customer_id = c.id AND t.opened_at > timestamptz '2024-01-01') AS tickets, (SELECT string_agg(DISTINCT e.event, ',' ORDER BY e.event) FROM crm.marketing_events e WHERE e.customer_id = c.id) AS events FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id AND o.ordered_at < timestamptz '2025-01-01' GROUP BY c.id, c.segment ORDER BY c.id

SELECT corr(o.total::float8, i.n::float8) IS NOT NULL, covar_samp(o.total::float8, i.n) IS NOT NULL, regr_count(o.total::float8, i.n) FROM crm.orders o JOIN (SELECT order_id, count(*) AS n FROM crm.order_items GROUP BY 1) i ON i.order_id = o.id

SELECT id, abs(hashtext(id::text)) % 10 < 8 AS train, hashtextextended(id::text, 42) % 5 FROM crm.customers ORDER BY id

--! session analyst,miner,marketer,dpo one-hot encodings and bins
SELECT id, (segment = 'vip')::int AS vip, (segment = 'new')::int AS new, (country = 'DE')::int AS de, width_bucket(coalesce(monthly_income, 0), 0, 10000, 5), width_bucket(monthly_income, ARRAY[1000, 2000, 5000]::numeric[]), greatest(monthly_income, 100), nullif(monthly_income, 0), ln(1 + coalesce(monthly_income, 0)), sqrt(coalesce(monthly_income, 0))::numeric(10, 3), sign(monthly_income), mod(id, 7), id % 2 = 0, trunc(monthly_income, -2), ceil(monthly_income / 7), div(monthly_income, 3) FROM crm.customers ORDER BY id

--! session analyst,miner,marketer,dpo comparisons between periods
SELECT m.month, sum(m.revenue) AS revenue, sum(p.revenue) AS last_year, round(100 * (sum(m.revenue) / nullif(sum(p.revenue), 0) - 1), 1) AS growth, sum(sum(m.revenue)) OVER (PARTITION BY extract(year FROM m.month) ORDER BY m.month) AS ytd FROM crm.monthly_sales m LEFT JOIN crm.monthly_sales p ON p.month = (m.month - interval '1 year')::date AND p.country IS NOT DISTINCT FROM m.country GROUP BY m.month ORDER BY m.month

SELECT * FROM (SELECT date_trunc('month', ordered_at) AS m, status, sum(total) AS s, lag(sum(total)) OVER (PARTITION BY status ORDER BY date_trunc('month', ordered_at)) AS before FROM crm.orders GROUP BY 1, 2) x WHERE before > s ORDER BY m, status

--! session analyst,miner,marketer,dpo data quality
SELECT 'customers' AS t, count(*) AS n, count(*) FILTER (WHERE email !~ '^[^@]+@[^@]+\.[^@]+$') AS bad_mail, count(*) FILTER (WHERE phone IS NULL) AS no_phone, count(*) - count(DISTINCT lower(email)) AS doubles FROM crm.customers UNION ALL SELECT 'leads', count(*), count(*) FILTER (WHERE email NOT LIKE '%@%'), count(*) FILTER (WHERE phone IS NULL), count(*) - count(DISTINCT lower(email)) FROM crm.leads ORDER BY 1

SELECT o.id FROM crm.orders o LEFT JOIN crm.customers c ON c.id = o.customer_id WHERE c.id IS NULL ORDER BY 1

SELECT o.id, o.total, sum(i.quantity * i.unit_price) AS items FROM crm.orders o JOIN crm.order_items i ON i.order_id = o.id AND i.ordered_at = o.ordered_at GROUP BY o.id, o.total HAVING abs(o.total - sum(i.quantity * i.unit_price)) > 100 ORDER BY o.id LIMIT 50

SELECT a.id, b.id, a.city FROM crm.customers a JOIN crm.customers b ON a.id < b.id AND a.birth_date = b.birth_date AND a.country = b.country ORDER BY 1, 2 LIMIT 40

SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'crm' AND table_name = 'customers' ORDER BY ordinal_position

--! session analyst,miner,marketer,dpo leads: match and merge
SELECT l.id, c.id, l.email FROM crm.leads l LEFT JOIN crm.customers c ON c.email = l.email ORDER BY l.id, c.id

SELECT l.source, count(*), avg(c.created_at - l.created_at), count(*) FILTER (WHERE c.segment = 'vip') FROM crm.leads l JOIN crm.customers c ON c.id = l.customer_id GROUP BY 1 ORDER BY 1

SELECT coalesce(l.full_name, c.full_name) AS name, l.id, c.id FROM crm.leads l FULL JOIN (SELECT * FROM crm.customers WHERE id < 10) c ON c.id = l.customer_id ORDER BY l.id NULLS LAST, c.id LIMIT 60

SELECT * FROM crm.leads ORDER BY created_at DESC, id LIMIT 10

--! session analyst,miner,marketer,dpo tickets: response times by channel
SELECT t.channel, c.segment, count(*) FROM crm.support_tickets t JOIN crm.customers c ON c.id = t.customer_id GROUP BY CUBE (t.channel, c.segment) ORDER BY 1 NULLS LAST, 2 NULLS LAST

SELECT width, count(*) FROM (SELECT width_bucket(length(body), 0, 500, 5) AS width FROM crm.support_tickets) x GROUP BY 1 ORDER BY 1

--! since 14
SELECT channel, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - opened_at), max(age(closed_at, opened_at)), count(*) FILTER (WHERE closed_at IS NULL), round(avg(extract(epoch FROM closed_at - opened_at)) / 3600, 2) AS hours FROM crm.support_tickets GROUP BY channel ORDER BY channel

--! session analyst,miner,marketer,dpo text in reports
SELECT string_agg(format('%-12s|%8s', segment, n), E'\n' ORDER BY segment) FROM (SELECT segment, count(*) AS n FROM crm.customers GROUP BY 1) x

SELECT to_char(total, 'FM999,990.00'), to_char(ordered_at, 'Day DD Month YYYY HH12:MI AM'), to_char(id, '000000'), total::money::text IS NOT NULL, total::text, quote_literal(status::text), format('%s-%L-%I', id, status, status) FROM crm.orders ORDER BY id LIMIT 20

SELECT concat_ws(', ', full_name, city, country), left(email, 3) || '...', rpad(segment, 10, '.'), ascii(city), chr(65), strpos(email, '@'), starts_with(email, 'a'), char_length(full_name), octet_length(full_name), unaccent FROM crm.customers, (SELECT 'x' AS unaccent) u ORDER BY id LIMIT 20

SELECT email COLLATE "C" FROM crm.customers ORDER BY email COLLATE "C", id LIMIT 20

SELECT U&'\00e9' || E'\u00e9' || $$é$$ AS e FROM crm.stores LIMIT 1

--! session analyst,miner,marketer,dpo VALUES, ROW, and constructs that are seldom seen
SELECT (c).id, (c).city FROM (SELECT c FROM crm.customers c WHERE id < 5) x ORDER BY 1

SELECT ROW(id, segment) < ROW(10, 'x'), (id, segment) = (1, 'vip'), id IN (VALUES (1), (2)) FROM crm.customers ORDER BY id LIMIT 5

SELECT CASE segment WHEN 'vip' THEN 1 WHEN 'new' THEN 2 END, coalesce(NULL, segment), id BETWEEN SYMMETRIC 10 AND 1, segment IS DISTINCT FROM 'vip', NOT (id > 3) IS TRUE, (id = 1) IS UNKNOWN IS FALSE FROM (SELECT id, segment, true FROM crm.customers WHERE false) x

SELECT xmlforest(id AS "Id", city), xmlserialize(CONTENT xmlelement(NAME a, city) AS text) FROM crm.customers ORDER BY id LIMIT 3

SELECT x.* FROM crm.orders o, ROWS FROM (unnest(ARRAY[1, 2]), generate_series(1, 3)) AS x(a, b) WHERE o.id = 1 ORDER BY 2

SELECT * FROM json_to_recordset('[{"id": 1, "x": "a"}, {"id": 2}]') AS j(id bigint, x text) JOIN crm.customers c USING (id) ORDER BY id

SELECT *, count(*) OVER () AS full_count FROM crm.stores ORDER BY id OFFSET 1 LIMIT 2

SELECT DISTINCT segment FROM crm.customers ORDER BY segment DESC LIMIT ALL

SELECT ALL count(*) FROM ONLY crm.customers

SELECT i.line, p.* FROM crm.order_items i INNER JOIN crm.products p ON p.id = i.product_id WHERE i.order_id = 1 ORDER BY i.line

SELECT status, count(*) FROM crm.orders WHERE status > 'paid' AND status IN ('shipped', 'delivered') GROUP BY status ORDER BY status

SELECT enum_range(NULL::crm.order_status), enum_first(NULL::crm.order_status), 'paid'::crm.order_status < 'shipped'

SELECT id FROM crm.customers FETCH FIRST 0 ROWS ONLY

SELECT ip_address << inet '10.0.0.0/8', host(ip_address), family(ip_address), masklen(ip_address) FROM crm.marketing_events ORDER BY id LIMIT 20

SELECT detail -> 'a' -> 'b', detail #>> '{link,0}', detail @? '$.link', jsonb_strip_nulls(detail), detail || '{"a": 1}', detail - 'link', jsonb_set(detail, '{x}', '1') FROM crm.marketing_events ORDER BY id LIMIT 20

SELECT gen_random_uuid() IS NOT NULL, random() < 1, now() = transaction_timestamp(), clock_timestamp() >= now(), current_date <= current_timestamp, localtime IS NOT NULL, current_user IS NOT NULL, current_catalog = '{db}', pg_typeof(1)::text
