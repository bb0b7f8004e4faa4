-- An error is one bit of the row that raised it. Hidden rows hold zero divisors, texts that are no numbers, and overlong ones.

SELECT id FROM crm.orders WHERE 1 / (total - 5) > 0 OR true ORDER BY id

SELECT id FROM crm.orders WHERE 1 / total IS NOT NULL ORDER BY id

SELECT id FROM crm.customers WHERE 1 / (monthly_income - 5) IS NULL ORDER BY id

SELECT id, 1 / (monthly_income - 5) FROM crm.customers ORDER BY id

SELECT 1 / (qty - 5) FROM lab.visits

SELECT id FROM lab.visits WHERE 10 / (qty - 5) < 100

SELECT id FROM lab.visits WHERE 10 / qty < 100 AND note IS NOT NULL

SELECT id FROM lab.vault WHERE 1 / (amount - 5) = 0

SELECT id FROM lab.vault WHERE word::integer = 1

SELECT count(*) FILTER (WHERE 1 / (amount - 5) > 0) FROM lab.vault

SELECT sum(1 / amount) FROM lab.vault

SELECT 1 FROM lab.vault GROUP BY 1 / (amount - 5)

SELECT 1 FROM lab.vault HAVING sum(1 / (amount - 5)) > 0

SELECT max(amount) FROM lab.vault HAVING 1 / count(*) > 0

SELECT id FROM lab.vault ORDER BY 1 / (amount - 5)

SELECT DISTINCT ON (1 / (amount - 5)) id FROM lab.vault

SELECT row_number() OVER (ORDER BY 1 / (amount - 5)) FROM lab.vault

SELECT sum(id) OVER (PARTITION BY word::integer) FROM lab.vault

SELECT CASE WHEN amount = 5 THEN 1 / 0 ELSE 1 END FROM lab.vault

SELECT id FROM lab.vault WHERE CASE WHEN word > 'm' THEN 1 / 0 ELSE 1 END = 1

SELECT id FROM lab.vault LIMIT (SELECT 1 / count(*) FROM lab.vault)

SELECT id FROM crm.markets m JOIN lab.vault v ON 1 / (v.amount - 5) = 0

SELECT v.id, w.id FROM lab.visits v LEFT JOIN lab.vault w ON w.word::integer = v.id ORDER BY 1

SELECT v.id FROM lab.visits v LEFT JOIN (SELECT id, 1 / (amount - 5) AS x FROM lab.vault) w ON w.id = v.id AND w.x > 0 ORDER BY 1

SELECT v.id FROM lab.visits v FULL JOIN lab.vault w ON w.id = v.id AND 1 / w.amount = 0 ORDER BY 1

SELECT v.id FROM lab.visits v, LATERAL (SELECT 1 / (w.amount - 5) FROM lab.vault w WHERE w.id = v.id) x ORDER BY 1

SELECT v.id FROM lab.visits v, LATERAL generate_series(1, 1 / (v.qty - 5)) g ORDER BY 1

SELECT id FROM lab.visits WHERE id IN (SELECT 1 / (amount - 5) FROM lab.vault)

SELECT EXISTS (SELECT 1 / (amount - 5) FROM lab.vault)

SELECT EXISTS (SELECT FROM lab.vault WHERE 1 / (amount - 5) > 0)

SELECT (SELECT word::integer FROM lab.vault WHERE id = 3)

SELECT (SELECT amount FROM lab.vault)

SELECT ARRAY(SELECT 1 / (amount - 5) FROM lab.vault)

SELECT id = ALL (SELECT 1 / amount FROM lab.vault) FROM crm.stores ORDER BY id

SELECT 1 UNION ALL SELECT 1 / (amount - 5) FROM lab.vault

SELECT amount FROM lab.vault UNION SELECT 1 / (id - 1) FROM lab.visits

SELECT word::integer FROM lab.vault INTERSECT SELECT 1

SELECT id FROM crm.stores EXCEPT SELECT 1 / (amount - 5) FROM lab.vault ORDER BY 1

WITH x AS MATERIALIZED (SELECT 1 / (amount - 5) AS y FROM lab.vault) SELECT count(*) FROM x

WITH x AS NOT MATERIALIZED (SELECT 1 / (amount - 5) AS y FROM lab.vault) SELECT y FROM x

WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT r.n + 1 / (v.amount - 5) FROM r JOIN lab.vault v ON v.id = r.n) SELECT * FROM r

VALUES ((SELECT 1 / (amount - 5) FROM lab.vault WHERE id = 1))

--! varies
SELECT id FROM crm.customers WHERE email::integer = 1 AND country = 'CN'

SELECT id FROM crm.customers WHERE full_name::date > now() ORDER BY id

SELECT id FROM crm.customers WHERE notes::integer = 5

SELECT id FROM crm.customers WHERE (preferences ->> 'n')::integer / 0 > 1

SELECT id FROM crm.customers WHERE jsonb_array_length(preferences) > 0

--! varies
SELECT id FROM crm.customers WHERE phone::numeric(3) > 1

SELECT id FROM crm.customers WHERE email::varchar(40)::char(3) = '***' ORDER BY id

SELECT id FROM crm.customers WHERE birth_date + 100000000 > now()

SELECT id FROM crm.customers WHERE make_date(extract(year from birth_date)::int, 2, extract(day from birth_date)::int) IS NOT NULL

SELECT id FROM crm.customers WHERE sqrt(monthly_income - 10) > 1

SELECT id FROM crm.customers WHERE ln(monthly_income) > 1

SELECT id FROM crm.customers WHERE power(monthly_income, 100) > 1

SELECT id FROM crm.customers WHERE (monthly_income * 1e300 * 1e300) IS NOT NULL

SELECT id FROM crm.customers WHERE chr(length(notes) - 20) = 'a'

SELECT id FROM crm.customers WHERE repeat(notes, 2000000000) = ''

SELECT id FROM crm.customers WHERE notes ~ notes

SELECT id FROM crm.customers WHERE regexp_replace(notes, notes, '(') = 'x'

SELECT id FROM crm.customers WHERE notes SIMILAR TO '5' ESCAPE notes

SELECT id FROM crm.customers WHERE to_timestamp(city, 'HH24') > now()

SELECT id FROM crm.customers WHERE ip_address IS NULL

SELECT id FROM crm.marketing_events WHERE host(ip_address)::inet <<= '10.0.0.0/8' ORDER BY id

SELECT id FROM crm.marketing_events WHERE set_masklen(ip_address, 33) IS NOT NULL

SELECT id FROM crm.marketing_events WHERE (detail -> 0)::int = 1 OR jsonb_object_keys(detail) = 'x'

SELECT id FROM crm.marketing_events WHERE jsonb_path_exists(detail, '$.n ? (@ > 1)') ORDER BY id

SELECT id FROM crm.orders WHERE ship_address::integer = 5

SELECT id FROM crm.support_tickets WHERE opened_at - interval '1000000 years' > now()

SELECT customer_id FROM crm.churn_scores WHERE 1 / (score - 5) > 0 ORDER BY 1

SELECT "Id" FROM lab."Person" WHERE "größe"::smallint > 0 AND tags[1]::integer > 0

SELECT "Id" FROM lab."Person" WHERE (home).house / ((home).house - 5) > 0

SELECT "Id" FROM lab."Person" WHERE num * 1000000 > 0

SELECT "Id" FROM lab."Person" WHERE small * 30000::smallint > 0

SELECT "Id" FROM lab."Person" WHERE uid::text::integer > 0

SELECT "Id" FROM lab."Person" WHERE zip::lab.zip_plus IS NOT NULL ORDER BY 1

SELECT "Id" FROM lab."Person" WHERE "日本"::lab.zip IS NOT NULL

SELECT "Id" FROM lab."Person" WHERE lvl::text::lab.level = 'low' AND "a""b"::lab.level = 'low'

SELECT "Id" FROM lab."Person" WHERE score::numeric::integer > 0

SELECT "Id" FROM lab."Person" WHERE score::real > 0 ORDER BY 1

SELECT "Id" FROM lab."Person" WHERE big::integer > 0

SELECT "Id" FROM lab."Person" WHERE props::text::integer > 0

SELECT "Id" FROM lab."Person" WHERE date_bin('0 days', seen, born_at::timestamp) IS NULL

SELECT p."Id" FROM lab."Person" p JOIN lab.visits v ON v.person = p."Id" AND 1 / (v.qty - 5) = p.num ORDER BY 1

SELECT id FROM lab.people WHERE 1 / (num - 5) > 0

SELECT id FROM lab.people_again WHERE label::integer > 0

SELECT id FROM lab.guarded WHERE mail::integer > 0

SELECT "Id" FROM lab.per_person WHERE 1 / (spent - 5) > 0

SELECT "Id" FROM lab.per_person WHERE 1 / visits > 0

SELECT a FROM lab.renamed WHERE "C c"::integer > 0

SELECT id FROM lab.unioned WHERE what::integer > 0

SELECT order_id FROM crm.customer_orders WHERE 1 / (total - 5) > 0 ORDER BY 1

SELECT country FROM crm.country_overview WHERE 1 / (customers - 5) >= 0 ORDER BY 1

SELECT id FROM lab.event WHERE payload::integer > 0

SELECT id FROM lab.event_call WHERE 1 / (minutes - 5) >= 0 ORDER BY 1

SELECT "ID" FROM lab."Mixed Case; DROP" WHERE 1 / ("order" - 5) >= 0 ORDER BY 1

SELECT id FROM lab.tree WHERE name::integer > 0 OR true

SELECT current_setting(CASE WHEN amount = 5 THEN 'no.such' ELSE 'TimeZone' END) FROM lab.vault

SELECT id FROM lab.vault WHERE amount = 5 AND current_setting('no.such') = 'x'

SELECT id FROM crm.orders WHERE total = 5 AND current_setting('no.such') = 'x'

SELECT id FROM crm.orders WHERE total < 0 OR (total = 5 AND set_config('application_name', 'leak', false) = 'leak')

SELECT id FROM lab.vault WHERE amount = 5 AND pg_sleep(0.03) IS NOT NULL

SELECT count(*) FROM crm.customers WHERE national_id::integer > 0

SELECT id FROM lab.vault WHERE lab.twice(amount * 1000000000) > 0

SELECT id FROM lab.vault WHERE word LIKE '%\'

SELECT id FROM lab.visits WHERE note = ANY (ARRAY['x', 1 / (qty - 5)::text])

SELECT id FROM lab.visits WHERE (id, 1 / (qty - 5)) IN ((1, 1))

SELECT id FROM lab.visits WHERE id BETWEEN 1 / (qty - 5) AND 100 ORDER BY 1

SELECT id FROM lab.visits WHERE NULLIF(1 / (qty - 5), 0) IS NULL ORDER BY 1

SELECT id FROM lab.visits WHERE COALESCE(note, (1 / (qty - 5))::text) = 'x'

SELECT id FROM lab.visits WHERE GREATEST(1, 1 / (qty - 5)) > 1

SELECT id FROM lab.visits WHERE day + qty * 1000000000 > now()

SELECT id FROM lab.visits WHERE qty = 1::oid::int

SELECT id FROM lab.visits WHERE qty::oid = 1

SELECT id FROM lab.visits WHERE (-qty)::oid = 1

SELECT id FROM lab.visits WHERE person::smallint = 9001::smallint

SELECT id FROM lab.visits WHERE amount = 1e308::numeric * amount

SELECT id FROM lab.visits WHERE amount::float4 * 1e38::float4 * 10::float4 > 0

SELECT id FROM lab.visits WHERE note = convert_from(note::bytea, 'LATIN1')

SELECT id FROM lab.visits WHERE encode(decode(note, 'hex'), 'hex') = note

SELECT id FROM lab.visits WHERE xmlparse(document note) IS NOT NULL

SELECT id FROM lab.visits WHERE note::json IS NOT NULL

SELECT id FROM lab.visits WHERE array_fill(1, ARRAY[qty - 5]) IS NOT NULL

SELECT id FROM lab.visits WHERE width_bucket(qty, 1, 1, qty) > 0

SELECT id FROM lab.visits TABLESAMPLE SYSTEM (100 / (1 - 1))

--! args 5
SELECT id FROM lab.visits WHERE 1 / (qty - $1::int) >= 0 ORDER BY 1

--! args 5
SELECT count(*) FROM lab.vault WHERE 1 / (amount - $1::int) >= 0

PREPARE p (int) AS SELECT count(*) FROM lab.vault WHERE 1 / (amount - $1) >= 0
--;
EXECUTE p (5)
--;
EXECUTE p ((SELECT max(amount) FROM lab.vault))

BEGIN
--;
DECLARE c CURSOR FOR SELECT 1 / (amount - 5) FROM lab.vault
--;
FETCH ALL c
--;
MOVE BACKWARD ALL IN c
--;
ROLLBACK

COPY (SELECT 1 / (amount - 5) FROM lab.vault) TO STDOUT

COPY (SELECT id FROM lab.visits WHERE 1 / (qty - 5) >= 0 ORDER BY id) TO STDOUT

COPY lab.vault TO STDOUT (FORMAT binary)

SELECT 1; SELECT count(*) FROM lab.vault WHERE 1 / (amount - 5) >= 0; SELECT 2

SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off
--;
SELECT v.id FROM lab.visits v LEFT JOIN lab.vault w ON w.id = v.id AND 1 / (w.amount - 5) >= 0 ORDER BY 1

SET default_transaction_isolation = 'serializable'
--;
SELECT id FROM lab.visits WHERE 1 / (qty - 5) >= 0 ORDER BY 1
