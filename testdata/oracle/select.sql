-- Target lists, conditions, sorting and limits over one relation.

SELECT * FROM crm.customers

SELECT * FROM lab."Person"

SELECT id, email FROM crm.customers ORDER BY id LIMIT 20

SELECT id, email, phone FROM crm.customers WHERE id BETWEEN 10 AND 60 ORDER BY id DESC

SELECT DISTINCT country FROM crm.customers ORDER BY country NULLS FIRST

SELECT DISTINCT email FROM crm.customers

SELECT DISTINCT ON (country) country, id, full_name FROM crm.customers ORDER BY country, id

SELECT id FROM crm.customers WHERE email = '***@example.com' ORDER BY id

SELECT id FROM crm.customers WHERE email LIKE '%example.org' ORDER BY id

SELECT count(*) FROM crm.customers WHERE email ~ '^[a-z.]+[0-9]+@'

SELECT id, full_name FROM crm.customers ORDER BY full_name, id LIMIT 10

SELECT id, birth_date FROM crm.customers WHERE birth_date < '1980-06-15' ORDER BY birth_date DESC, id OFFSET 3 ROWS FETCH NEXT 12 ROWS ONLY

SELECT monthly_income, count(*) FROM crm.customers GROUP BY monthly_income ORDER BY monthly_income FETCH FIRST 3 ROWS WITH TIES

SELECT monthly_income FROM crm.customers WHERE monthly_income IS NOT NULL ORDER BY monthly_income FETCH FIRST 3 ROWS WITH TIES

SELECT id, monthly_income FROM crm.customers WHERE monthly_income > 2500 AND country IN ('DE', 'FR', 'GB', 'US') ORDER BY id

SELECT id, monthly_income * 12 AS yearly, monthly_income + 0.5, -monthly_income, monthly_income % 700 FROM crm.customers ORDER BY id

SELECT id, CASE WHEN monthly_income > 3000 THEN 'rich' WHEN monthly_income IS NULL THEN 'unknown' ELSE 'poor' END FROM crm.customers ORDER BY id

SELECT id, CASE country WHEN 'DE' THEN full_name WHEN 'US' THEN email ELSE coalesce(native_name, notes, '-') END AS mixed FROM crm.customers ORDER BY id

SELECT id, coalesce(phone, email), nullif(city, 'Berlin'), greatest(city, country), least(full_name, city) FROM crm.customers ORDER BY id

SELECT id, preferences ->> 'language' AS language, preferences -> 'likes' AS likes, preferences #>> '{likes,0}' FROM crm.customers ORDER BY id

SELECT id FROM crm.customers WHERE preferences @> '{"newsletter": true}' ORDER BY id

SELECT id, upper(city), length(full_name), md5(email), substr(phone, 2, 4), position('@' in email) FROM crm.customers ORDER BY id

SELECT id, substring(email from '@(.*)$'), overlay(city placing 'xx' from 1 for 2), trim(both '*' from city), extract(year from birth_date) FROM crm.customers ORDER BY id

SELECT id, age(timestamp '2026-01-01', birth_date), birth_date + 30, date_trunc('decade', birth_date) FROM crm.customers ORDER BY id

SELECT id, email || ' ' || coalesce(phone, '?') AS "e-mail & phone" FROM crm.customers ORDER BY 2, 1

SELECT id, city COLLATE "C" FROM crm.customers ORDER BY city COLLATE "C" DESC, id

SELECT id, (email, phone) FROM crm.customers WHERE (email, id) > ('***@example.net', 100) ORDER BY id

SELECT id, ROW(id, full_name, NULL) FROM crm.customers ORDER BY id LIMIT 5

SELECT id, ARRAY[email, full_name, country] FROM crm.customers ORDER BY id LIMIT 30

SELECT id FROM crm.customers WHERE country IS DISTINCT FROM 'DE' AND notes IS NULL ORDER BY id

SELECT id FROM crm.customers WHERE full_name = ANY (ARRAY['x', '[redacted]']) OR id = ANY ('{1,2,3}') ORDER BY id

SELECT id FROM crm.customers WHERE city NOT IN ('Berlin', 'Paris', 'B****n') ORDER BY id

SELECT id FROM crm.customers WHERE city SIMILAR TO '(B|P)%' OR city ILIKE 'm%' ORDER BY id

SELECT id, birth_date BETWEEN SYMMETRIC '2000-01-01' AND '1970-01-01' FROM crm.customers ORDER BY id

SELECT id, email IS NULL AS "no mail", phone IS NOT NULL AND birth_date IS NULL FROM crm.customers ORDER BY id

SELECT id, segment = 'vip' IS TRUE, (monthly_income > 100) IS UNKNOWN FROM crm.customers ORDER BY id

SELECT 1 AS one, 'two' AS two, NULL AS three, true, 1.5, 1e3, B'101', x'ff', E'a\tb', $$dollar$$, $q$it's$q$

SELECT

SELECT FROM crm.customers WHERE id < 5

SELECT WHERE false

SELECT 1 WHERE EXISTS (SELECT FROM crm.customers WHERE email = '***@example.com')

SELECT ALL id FROM crm.customers c ORDER BY id LIMIT ALL

SELECT id FROM crm.customers ORDER BY id LIMIT (SELECT count(*) / 10 FROM crm.customers)

SELECT id FROM crm.customers ORDER BY id OFFSET (SELECT 3) LIMIT 2 + 3

SELECT id, email FROM crm.customers ORDER BY email USING >, id

SELECT id AS email, email AS id FROM crm.customers ORDER BY id, email

SELECT lower(full_name) AS n FROM crm.customers GROUP BY n ORDER BY n

SELECT status, total, ship_address FROM crm.orders WHERE total > 100 ORDER BY id

SELECT status, count(*), sum(total), avg(total) FROM crm.orders GROUP BY status ORDER BY status

SELECT o.status::text || '!' FROM crm.orders o WHERE status >= 'shipped' ORDER BY o.id

SELECT ship_address, ordered_at::date FROM crm.orders WHERE ordered_at >= '2024-06-01' AND ordered_at < '2024-07-01' ORDER BY id

SELECT * FROM crm.leads

SELECT id, full_name, email, phone, birth_date FROM crm.leads WHERE customer_id IS NULL ORDER BY id

SELECT * FROM crm.support_tickets

SELECT id, opened_at, body FROM crm.support_tickets WHERE body LIKE '%a%' ORDER BY opened_at, id

SELECT * FROM crm.marketing_events

SELECT event, count(ip_address), count(*), host(max(ip_address)) FROM crm.marketing_events GROUP BY event ORDER BY event

SELECT * FROM crm.churn_scores

SELECT * FROM crm.consents

SELECT purpose, granted, count(*) FROM crm.consents GROUP BY purpose, granted ORDER BY 1, 2

SELECT * FROM crm.products ORDER BY id

SELECT s.name, s.opened_on FROM crm.stores s WHERE s.country = 'DE' ORDER BY s.id

SELECT * FROM crm.monthly_sales ORDER BY month, country

SELECT * FROM lab.visits

SELECT id, doubled, note, amount FROM lab.visits WHERE amount > 100 ORDER BY id

SELECT * FROM lab.consent_log

SELECT * FROM lab.shout ORDER BY id

SELECT * FROM lab.vault

SELECT count(*), sum(amount), max(word) FROM lab.vault

SELECT * FROM lab.tree ORDER BY id

SELECT * FROM lab.plain ORDER BY id

SELECT count(*) FROM lab.empty_row

SELECT * FROM lab."übung" ORDER BY "größe"

SELECT "Id", "größe", "größe" * 2, round("größe"), "größe"::text FROM lab."Person" ORDER BY "Id"

SELECT "Id", geb, born_at, seen, geb + interval '1 day' FROM lab."Person" ORDER BY "Id"

SELECT "Id", born_at AT TIME ZONE 'Asia/Tokyo', extract(epoch from born_at), to_char(seen, 'YYYY "Q"Q') FROM lab."Person" ORDER BY "Id"

SELECT "Id", code, length(code), code || '|', code = 'ab', octet_length(code) FROM lab."Person" ORDER BY "Id"

SELECT "Id", lvl, lvl > 'low', lvl::text, enum_range(lvl) FROM lab."Person" ORDER BY "Id"

SELECT "Id", tags, tags[1], array_length(tags, 1), 't1' = ANY (tags), tags || 'x'::text, cardinality(tags) FROM lab."Person" ORDER BY "Id"

SELECT "Id", props, props -> 'deep' ->> 'k', jsonb_typeof(props), props ? 'mail' FROM lab."Person" ORDER BY "Id"

SELECT "Id", home, (home).street, (home).house + 1, home IS NULL FROM lab."Person" ORDER BY "Id"

SELECT "Id", (home).* FROM lab."Person" ORDER BY "Id"

SELECT "Id", round(score::numeric, 2), score > 100, score = 'NaN' FROM lab."Person" ORDER BY "Id"

SELECT "Id", zip, zip2, left(zip, 1), zip || zip2, zip LIKE '0%' FROM lab."Person" ORDER BY "Id"

SELECT "Id", uid, uid::text, num, big, small, num % 10, big / 3, small + 1::smallint FROM lab."Person" ORDER BY "Id"

SELECT num, count(*) FROM lab."Person" GROUP BY num ORDER BY num LIMIT 5

SELECT "日本", "a""b", "select", active FROM lab."Person" ORDER BY "Id"

SELECT "select", count(*) FILTER (WHERE active), bool_and(active) FROM lab."Person" GROUP BY "select" ORDER BY "select"

SELECT pg_typeof("größe"), pg_typeof(code), pg_typeof("e-Mail"), pg_typeof(lvl), pg_typeof(tags), pg_typeof(home), pg_typeof(uid), pg_typeof(small) FROM lab."Person" LIMIT 1

SELECT pg_typeof(email), pg_typeof(birth_date), pg_typeof(monthly_income), pg_typeof(preferences) FROM crm.customers LIMIT 1

--! args 42
SELECT id, email FROM crm.customers WHERE id <= $1 ORDER BY id

--! args ***@example.com|5
SELECT id FROM crm.customers WHERE email = $1 ORDER BY id LIMIT $2

--! args {1,2,3,4,5,6,7,8,9}
SELECT id, phone FROM crm.customers WHERE id = ANY ($1) ORDER BY id

--! args NULL
SELECT id, coalesce($1, full_name) FROM crm.customers ORDER BY id

--! args 7
SELECT $1::int + 1, $1

--! args DE|1980-01-01
SELECT count(*) FROM crm.customers WHERE country = $1 AND birth_date >= $2

--! args high
SELECT count(*) FROM lab."Person" WHERE lvl = $1

--! args x
SELECT $1

--! args 1
SELECT id FROM crm.customers WHERE id = $2

-- Comparisons of masked columns, about which something is said of the stored values.

SELECT id, birth_date FROM crm.customers WHERE birth_date = '1980-01-01' ORDER BY id

SELECT id, birth_date FROM crm.customers WHERE birth_date BETWEEN '1975-06-01' AND '1985-06-30' ORDER BY id

SELECT id FROM crm.customers WHERE birth_date <= '1970-01-01' AND birth_date > '1950-12-31' ORDER BY id

--! args 1980-01-01|1990-01-01
SELECT id FROM crm.customers WHERE birth_date >= $1 AND birth_date < $2 ORDER BY id

SELECT id, email FROM crm.customers WHERE email IN ('jack.taylor37@example.net', '***@example.net', 'x') ORDER BY id

SELECT id, full_name FROM crm.customers WHERE full_name = 'Jack Taylor' ORDER BY id

SELECT id FROM crm.customers WHERE full_name = ANY ('{Jack Taylor,Anna Lehmann}') ORDER BY id

SELECT id, phone FROM crm.customers WHERE phone >= '+' AND phone = '***' ORDER BY id

SELECT id, postal_code FROM crm.customers WHERE postal_code = '10' OR postal_code = '10115' ORDER BY id

SELECT id, city FROM crm.customers WHERE city = 'Berlin' OR city IN ('B****n', 'M***d') ORDER BY id

SELECT id, city FROM crm.customers WHERE city IN ('B****n', 'Berlin', 'M****d') ORDER BY id

SELECT id FROM crm.customers WHERE postal_code IN ('10115', '10') ORDER BY id

SELECT count(*) FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id WHERE c.birth_date < '1970-01-01'

SELECT b, count(*) FROM (SELECT id, birth_date AS b FROM crm.customers) t WHERE b < '1970-01-01' GROUP BY b ORDER BY b

SELECT id FROM crm.customers WHERE birth_date > 'infinity' OR birth_date = '-infinity' ORDER BY id
