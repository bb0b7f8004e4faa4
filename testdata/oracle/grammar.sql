-- What gram.y lets a SELECT be made of, in its order, over relations with hidden rows and masked cells: each alternative once.

(SELECT id, email FROM crm.customers ORDER BY id LIMIT 3)

((SELECT id FROM crm.customers WHERE email LIKE '%.org' ORDER BY id LIMIT 3))

(SELECT id FROM crm.customers) ORDER BY id DESC LIMIT 4

((SELECT id FROM crm.customers ORDER BY id LIMIT 5) UNION ALL (SELECT id FROM crm.leads ORDER BY id LIMIT 5)) ORDER BY id

WITH c AS (SELECT id, phone FROM crm.customers) (SELECT * FROM c ORDER BY id LIMIT 3)

WITH c AS (SELECT id, phone FROM crm.customers), d AS (SELECT * FROM c WHERE id < 20) SELECT c.id, d.phone FROM c LEFT JOIN d USING (id) WHERE c.id BETWEEN 15 AND 25 ORDER BY c.id

WITH RECURSIVE r AS (SELECT min(id) AS n FROM crm.customers UNION ALL SELECT n + 1 FROM r WHERE n < 8) SELECT r.n, c.email FROM r LEFT JOIN crm.customers c ON c.id = r.n ORDER BY r.n

WITH RECURSIVE t (id, parent, name) AS (SELECT id, parent, name FROM lab.tree WHERE parent IS NULL UNION SELECT c.id, c.parent, c.name FROM lab.tree c JOIN t ON t.id = c.parent) SEARCH DEPTH FIRST BY name, id SET ordering SELECT id, name FROM t ORDER BY ordering

WITH RECURSIVE t (id, name) AS (SELECT id, name FROM lab.tree WHERE parent IS NULL UNION ALL SELECT c.id, c.name FROM lab.tree c JOIN t ON t.id = c.parent) SEARCH BREADTH FIRST BY id SET ordering SELECT id, name FROM t ORDER BY ordering

WITH RECURSIVE t (id, name) AS (SELECT id, name FROM lab.tree WHERE id < 4 UNION ALL SELECT c.id, c.name FROM lab.tree c JOIN t ON t.id = c.parent OR c.id = t.id) CYCLE id SET again USING path SELECT id, name, again, path FROM t ORDER BY id, again, path

WITH RECURSIVE t (id, name) AS (SELECT id, name FROM lab.tree WHERE id < 3 UNION ALL SELECT c.id, c.name FROM lab.tree c JOIN t ON c.id = t.id) CYCLE id, name SET again TO 'yes'::text DEFAULT 'no' USING path SELECT id, name, again FROM t ORDER BY id, again

WITH RECURSIVE t (id, n) AS (SELECT id, 1 FROM lab.tree WHERE id < 3 UNION ALL SELECT c.id, n + 1 FROM lab.tree c JOIN t ON c.id = t.id WHERE n < 3) SEARCH DEPTH FIRST BY id SET o CYCLE id, n SET again TO 1 DEFAULT 0 USING path SELECT id, n, again FROM t ORDER BY o

WITH c AS MATERIALIZED (SELECT full_name FROM crm.customers) SELECT count(DISTINCT full_name) FROM c

WITH c AS NOT MATERIALIZED (SELECT full_name FROM crm.customers) SELECT count(DISTINCT full_name) FROM c

SELECT ALL id, city FROM crm.customers ORDER BY id LIMIT 6

SELECT DISTINCT city, segment FROM crm.customers ORDER BY city, segment

SELECT DISTINCT ON (city, segment) city, segment, id FROM crm.customers ORDER BY city, segment, id

SELECT

SELECT FROM crm.customers WHERE id < 10

SELECT WHERE EXISTS (SELECT FROM crm.customers WHERE email = '***@example.com')

VALUES (1, 'a'), (2, (SELECT max(city) FROM crm.customers))

VALUES (DEFAULT)

TABLE lab.event

TABLE ONLY lab.event

TABLE lab.visits ORDER BY id FETCH FIRST 3 ROWS ONLY

SELECT city FROM crm.customers UNION SELECT city FROM crm.stores ORDER BY 1

SELECT city FROM crm.customers UNION DISTINCT SELECT city FROM crm.stores ORDER BY 1

SELECT city FROM crm.customers UNION ALL SELECT city FROM crm.stores ORDER BY 1

SELECT email FROM crm.customers INTERSECT SELECT email FROM crm.leads ORDER BY 1

SELECT email FROM crm.customers INTERSECT ALL SELECT email FROM crm.leads ORDER BY 1

SELECT email FROM crm.customers EXCEPT SELECT email FROM crm.leads ORDER BY 1

SELECT email FROM crm.customers EXCEPT ALL SELECT email FROM crm.leads ORDER BY 1

SELECT id FROM crm.customers WHERE id < 9 EXCEPT (SELECT id FROM crm.leads UNION SELECT 3) ORDER BY 1

SELECT id, total FROM crm.orders ORDER BY total ASC, id DESC LIMIT 5

SELECT id, total FROM crm.orders ORDER BY total DESC NULLS LAST, id ASC NULLS FIRST OFFSET 3 LIMIT 5

SELECT id, total FROM crm.orders ORDER BY total USING >, id USING < LIMIT 5

SELECT id, total FROM crm.orders ORDER BY total USING OPERATOR(pg_catalog.<) NULLS LAST, id LIMIT 5

SELECT id FROM crm.orders ORDER BY id LIMIT ALL OFFSET 100

SELECT id FROM crm.orders ORDER BY id LIMIT NULL OFFSET NULL

SELECT id FROM crm.orders ORDER BY id OFFSET 2 ROWS FETCH FIRST ROW ONLY

SELECT id FROM crm.orders ORDER BY id OFFSET 1 ROW FETCH NEXT (1 + 2) ROWS ONLY

SELECT birth_date FROM crm.customers WHERE birth_date IS NOT NULL ORDER BY birth_date FETCH FIRST 2 ROWS WITH TIES

SELECT id FROM crm.orders FETCH FIRST 2 ROWS WITH TIES

SELECT id FROM crm.orders ORDER BY id LIMIT (SELECT count(*) FROM crm.customers WHERE city LIKE 'B%')

SELECT country, city, count(*) FROM crm.customers GROUP BY country, city ORDER BY 1, 2

SELECT count(*) FROM crm.customers GROUP BY () ORDER BY 1

SELECT country, city, count(*), grouping(country, city) FROM crm.customers GROUP BY ROLLUP (country, city) ORDER BY 1, 2, 4, 3

SELECT country, city, count(*), grouping(city) FROM crm.customers GROUP BY CUBE (country, (city)) ORDER BY 1, 2, 4, 3

SELECT country, segment, count(*) FROM crm.customers GROUP BY GROUPING SETS (country, (segment, country), (), ROLLUP (segment)) ORDER BY 1, 2, 3

SELECT country, segment, count(*) FROM crm.customers GROUP BY ALL ROLLUP (country), CUBE (segment) ORDER BY 1, 2, 3

SELECT country, segment, count(*) FROM crm.customers GROUP BY DISTINCT ROLLUP (country), ROLLUP (country, segment) ORDER BY 1, 2, 3

SELECT (country, city), count(*) FROM crm.customers GROUP BY (country, city) ORDER BY 1

SELECT country FROM crm.customers GROUP BY country HAVING min(birth_date) < '1970-01-01' ORDER BY 1

SELECT id, row_number() OVER w, sum(total) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM crm.orders WHERE id < 40 WINDOW w AS (PARTITION BY store_id ORDER BY id) ORDER BY id

SELECT id, sum(total) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING), count(*) OVER (ORDER BY total RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM crm.orders WHERE id < 40 ORDER BY id

SELECT id, count(*) OVER (ORDER BY total RANGE BETWEEN 50 PRECEDING AND 50 FOLLOWING EXCLUDE CURRENT ROW), count(*) OVER (ORDER BY total GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP) FROM crm.orders WHERE id < 60 ORDER BY id

SELECT id, count(*) OVER (ORDER BY total GROUPS 2 PRECEDING EXCLUDE TIES), count(*) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING EXCLUDE NO OTHERS) FROM crm.orders WHERE id < 60 ORDER BY id

SELECT id, count(*) OVER (ORDER BY birth_date RANGE BETWEEN interval '5 years' PRECEDING AND interval '5 years' FOLLOWING) FROM crm.customers WHERE id < 50 ORDER BY id

SELECT id, first_value(email) OVER w, nth_value(email, 2) OVER w, lag(full_name) OVER v FROM crm.customers WHERE id < 30 WINDOW v AS (ORDER BY id), w AS (v ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id

SELECT c.id FROM crm.customers c FOR UPDATE OF nosuch

SELECT o.id FROM crm.orders * AS o ORDER BY o.id LIMIT 3

SELECT o.id FROM ONLY crm.orders AS o ORDER BY o.id LIMIT 3

SELECT o.id FROM ONLY (crm.orders_2024) o ORDER BY o.id LIMIT 3

SELECT a, b FROM crm.stores AS s (a, b) ORDER BY a LIMIT 3

SELECT a, b FROM (SELECT id, email FROM crm.customers) s (a, b) ORDER BY a LIMIT 3

SELECT a.id, b.email FROM crm.orders a CROSS JOIN (SELECT email FROM crm.customers ORDER BY id LIMIT 2) b WHERE a.id < 4 ORDER BY 1, 2

SELECT a.id, b.email FROM crm.orders a INNER JOIN crm.customers b ON b.id = a.customer_id WHERE a.id < 30 ORDER BY 1

SELECT a.id, b.email FROM crm.customers b RIGHT OUTER JOIN crm.orders a ON b.id = a.customer_id WHERE a.id < 30 ORDER BY 1

SELECT a.id, b.id FROM crm.customers b FULL OUTER JOIN crm.leads a ON b.email = a.email AND b.id = a.customer_id WHERE a.id < 20 OR b.id < 20 ORDER BY 1, 2

SELECT id, x.id, a.email FROM crm.customers a JOIN crm.leads b USING (id) AS x WHERE id < 20 ORDER BY 1

SELECT j.n, j.m FROM (crm.stores a JOIN crm.markets b USING (country)) AS j (n, m) ORDER BY 1, 2 LIMIT 5

SELECT * FROM (SELECT country, city FROM crm.customers) a NATURAL JOIN (SELECT country, name FROM crm.markets) b ORDER BY 1, 2, 3 LIMIT 20

SELECT * FROM (SELECT country, city FROM crm.customers WHERE id < 9) a NATURAL LEFT JOIN (SELECT country, name FROM crm.markets) b ORDER BY 1, 2, 3

SELECT c.id, o.total FROM crm.customers c LEFT JOIN LATERAL (SELECT total FROM crm.orders WHERE customer_id = c.id ORDER BY id LIMIT 1) o ON true WHERE c.id < 15 ORDER BY c.id

SELECT c.id, f.n FROM crm.customers c, LATERAL generate_series(1, c.id) AS f (n) WHERE c.id < 6 ORDER BY 1, 2

SELECT c.id, w.word, w.n FROM crm.customers c, string_to_table(c.email, '.') WITH ORDINALITY AS w (word, n) WHERE c.id < 10 ORDER BY 1, 3

SELECT c.id, r.* FROM crm.customers c, LATERAL ROWS FROM (generate_series(1, 2), string_to_table(c.email, '@')) WITH ORDINALITY AS r (a, b, c) WHERE c.id < 6 ORDER BY c.id, r.a, r.c

SELECT c.id, r.a, r.b FROM crm.customers c, ROWS FROM (jsonb_to_recordset(jsonb_build_array(jsonb_build_object('a', c.id, 'b', c.email))) AS (a integer, b text COLLATE "C"), generate_series(1, 1)) AS r WHERE c.id < 6 ORDER BY 1

SELECT c.id, r.a FROM crm.customers c, jsonb_to_record(jsonb_build_object('a', ARRAY[c.id])) AS r (a integer[]) WHERE c.id < 6 ORDER BY 1

SELECT c.id, r.x FROM crm.customers c CROSS JOIN jsonb_to_record(jsonb_build_object('x', c.email)) AS (x varchar(5)) WHERE c.id < 6 ORDER BY 1

SELECT c.id, x.n, x.mail, x.d FROM crm.customers c, LATERAL XMLTABLE('/r' PASSING xmlelement(NAME r, xmlattributes(c.email AS m)) COLUMNS n FOR ORDINALITY, mail text PATH '@m' NOT NULL, d text PATH 'nosuch' DEFAULT 'none') AS x WHERE c.id < 8 ORDER BY 1

SELECT t.* FROM XMLTABLE(XMLNAMESPACES('http://x' AS x), '/x:r/x:i' PASSING xmlparse(DOCUMENT '<r xmlns="http://x"><i>1</i><i>2</i></r>') COLUMNS i integer PATH '.') AS t ORDER BY 1

SELECT id FROM crm.stores TABLESAMPLE BERNOULLI (100) ORDER BY id

SELECT id FROM crm.stores AS s TABLESAMPLE pg_catalog.system (100) REPEATABLE (1) ORDER BY id

SELECT id FROM crm.customers WHERE CURRENT OF c

SELECT CAST(email AS varchar(7)), email::char(4), varchar 'x', birth_date::text COLLATE "C" FROM crm.customers WHERE id < 10 ORDER BY id

SELECT id::int4[], ARRAY[id]::int[][], ARRAY[id]::bigint ARRAY, ARRAY[id]::bigint ARRAY[3] FROM crm.customers WHERE id < 4 ORDER BY id

SELECT ARRAY[id]::int[], ARRAY[email]::text[], ARRAY[ARRAY[id, 1], ARRAY[2, 3]]::bigint[][] FROM crm.customers WHERE id < 5 ORDER BY id

SELECT CAST(1 AS SETOF integer)

SELECT total::numeric(6,1), total::float(10), total::real, total::dec(5), total::double precision, total::bit(3) FROM crm.orders WHERE id < 5

SELECT total::numeric(8,1), total::float(10), total::real, total::decimal(9,3), total::double precision FROM crm.orders WHERE id < 15 ORDER BY id

SELECT '101'::bit(3), B'11'::bit varying(5), X'1f', 'a'::character varying, 'b'::national character(2), N'c', 'd'::nchar varying(3)

SELECT ordered_at::timestamp(0) without time zone, ordered_at::timestamp with time zone, ordered_at::time(1), ordered_at::timetz(0) FROM crm.orders WHERE id < 9 ORDER BY id

SELECT interval '1' year, interval '1-2' year to month, interval '3' day, interval '3 4:05' day to minute, interval '5.678' second(1), interval(2) '1.234 s', '2 days'::interval day to hour

SELECT ordered_at AT TIME ZONE 'Asia/Tokyo', ordered_at AT TIME ZONE interval '2 hours' FROM crm.orders WHERE id < 9 ORDER BY id

SELECT +id, -id, @ -id, id + 1, id - 1, id * 2, id / 2, id % 3, id ^ 2, id | 1, id & 3, id # 2, ~id, id << 1, id >> 1 FROM crm.customers WHERE id < 9 ORDER BY id

SELECT id FROM crm.customers WHERE id < 20 AND (email < 'M' OR email > 'm' OR email <= '***@a' OR email >= 'z' OR email <> 'x' OR email != 'y') ORDER BY id

SELECT id FROM crm.customers WHERE NOT city = 'Berlin' AND (birth_date < '1980-01-01') IS NOT UNKNOWN ORDER BY id LIMIT 20

SELECT id, (city = 'Berlin') IS TRUE, (city = 'Berlin') IS NOT TRUE, (city = 'Berlin') IS FALSE, (city = 'Berlin') IS NOT FALSE, (city = 'Berlin') IS UNKNOWN, (city = 'Berlin') IS NOT UNKNOWN FROM crm.customers ORDER BY id LIMIT 30

SELECT id FROM crm.customers WHERE email LIKE '%@example.org' AND email NOT LIKE '%x%' AND email ILIKE '%ORG' AND email NOT ILIKE 'B%' ORDER BY id

SELECT id FROM crm.customers WHERE email LIKE '*#*%' ESCAPE '#' OR email NOT LIKE '%#_%' ESCAPE '#' ORDER BY id LIMIT 9

SELECT id FROM crm.customers WHERE email SIMILAR TO '%(com|org)' AND city NOT SIMILAR TO '[A-M]%' ESCAPE '#' ORDER BY id LIMIT 9

SELECT id FROM crm.customers WHERE city IS NULL OR phone IS NOT NULL AND notes ISNULL OR segment NOTNULL ORDER BY id LIMIT 9

SELECT id FROM crm.customers WHERE city IS DISTINCT FROM 'Berlin' AND country IS NOT DISTINCT FROM 'DE' ORDER BY id

SELECT id FROM crm.customers WHERE monthly_income BETWEEN 1000 AND 3000 AND id NOT BETWEEN 20 AND 30 AND birth_date BETWEEN SYMMETRIC '1990-01-01' AND '1960-01-01' AND id NOT BETWEEN SYMMETRIC 50 AND 40 AND id BETWEEN ASYMMETRIC 1 AND 99 ORDER BY id

SELECT id FROM crm.customers WHERE country IN ('DE', 'FR') AND city NOT IN ('Berlin', 'Paris') ORDER BY id

SELECT id FROM crm.customers WHERE id IN (SELECT customer_id FROM crm.orders) AND email NOT IN (SELECT email FROM crm.leads) ORDER BY id LIMIT 20

SELECT id FROM crm.customers WHERE email = ANY (SELECT email FROM crm.leads) OR id > ALL (SELECT customer_id FROM crm.orders) OR id < SOME (SELECT 3) ORDER BY id LIMIT 20

SELECT id FROM crm.customers WHERE city = ANY (ARRAY['Berlin', 'Lyon']) OR city <> ALL ('{Berlin,Lyon}') AND id < 9 OR id = SOME (ARRAY[3, 4]) ORDER BY id

SELECT id FROM crm.customers WHERE email LIKE ANY (ARRAY['%com', '%net']) AND email NOT LIKE ALL (ARRAY['a%', 'b%']) AND email ILIKE SOME (ARRAY['%COM']) AND city NOT ILIKE ALL (ARRAY['b%']) ORDER BY id LIMIT 20

SELECT id FROM crm.customers WHERE email OPERATOR(pg_catalog.~~) '%org' AND id OPERATOR(pg_catalog.=) ANY (ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9]) ORDER BY id

SELECT id FROM crm.customers WHERE (city, country) = ('Berlin', 'DE') OR ROW (id, 1) < ROW (5, 2) OR ROW () IS NULL ORDER BY id

SELECT id FROM crm.customers WHERE (id, email) IN (SELECT id, email FROM crm.customers WHERE city LIKE 'B%') AND (id, 1) >= ANY (SELECT id, 1 FROM crm.leads) ORDER BY id LIMIT 20

SELECT id FROM crm.customers c WHERE (city, country) = (SELECT max(city), 'DE' FROM crm.customers WHERE country = 'DE') ORDER BY id

SELECT id FROM crm.customers WHERE (birth_date, date '1990-01-01') OVERLAPS (date '1970-01-01', interval '10 years') ORDER BY id LIMIT 20

SELECT id FROM crm.customers WHERE EXISTS (SELECT FROM crm.orders o WHERE o.customer_id = customers.id AND o.total > 100) ORDER BY id LIMIT 20

SELECT id, ARRAY(SELECT total FROM crm.orders o WHERE o.customer_id = c.id ORDER BY 1) FROM crm.customers c WHERE id < 9 ORDER BY id

SELECT id FROM crm.customers WHERE email IS NORMALIZED AND full_name IS NFC NORMALIZED AND full_name IS NOT NFKD NORMALIZED ORDER BY id LIMIT 5

SELECT xmlelement(NAME c, email) IS DOCUMENT, '<a/>x'::xml IS NOT DOCUMENT FROM crm.customers WHERE id < 9 ORDER BY id

SELECT CASE WHEN id < 5 THEN email WHEN id < 7 THEN phone END, CASE city WHEN 'Berlin' THEN 1 ELSE 2 END, CASE WHEN true THEN 1 END FROM crm.customers WHERE id < 12 ORDER BY id

SELECT COALESCE(phone, city, '-'), NULLIF(country, 'DE'), GREATEST(city, country), LEAST(id, 5, NULL) FROM crm.customers WHERE id < 12 ORDER BY id

SELECT (ARRAY[email, city])[1], (ARRAY[email, city])[2:], (ARRAY[email, city])[:1], (ARRAY[email, city])[1:2], (ARRAY[1, 2])[:] FROM crm.customers WHERE id < 5 ORDER BY id

SELECT (p.home).street, ((p).home).house, (p).geb, (ROW(p."Id", p.num)).f1 FROM lab."Person" p ORDER BY p."Id" LIMIT 5

SELECT (preferences)['language'], preferences['a']['b'] FROM crm.customers WHERE id < 5 ORDER BY id

SELECT ((SELECT c FROM crm.stores c WHERE id = 1)).city, (crm.stores).id, stores.* FROM crm.stores WHERE id = 1

SELECT count(*), count(ALL email), count(DISTINCT email), count(email) FILTER (WHERE city LIKE 'B%') FROM crm.customers

SELECT string_agg(email, ',' ORDER BY id DESC), array_agg(DISTINCT city ORDER BY city NULLS FIRST), array_agg(city ORDER BY city USING <, id) FROM crm.customers WHERE id < 30

SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY birth_date), mode() WITHIN GROUP (ORDER BY city), rank(1000) WITHIN GROUP (ORDER BY monthly_income DESC) FILTER (WHERE id < 100) FROM crm.customers

SELECT concat_ws(VARIADIC ARRAY['-', email, city]), num_nulls(VARIADIC ARRAY[email, phone]), format('%s %s', VARIADIC ARRAY[city, country]) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT make_interval(days => id::int, hours => 2), make_date(year := 2020, month := 2, day := 3), make_interval(1, days => 4) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT coalesce(sum(total) OVER (), 0), row_number() OVER (ORDER BY id) FROM crm.orders WHERE id < 9 ORDER BY id

SELECT extract(year FROM birth_date), extract('month' FROM birth_date), date_part('day', birth_date), extract(epoch FROM interval '1 day') FROM crm.customers WHERE id < 9 ORDER BY id

SELECT position('@' IN email), substring(email FROM 2 FOR 3), substring(email FROM '[a-z]+'), substring(email FOR 2), substring(email FROM 3), substring(email SIMILAR '%#"e%#"' ESCAPE '#'), substring(email, 2, 1) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT overlay(email PLACING '##' FROM 2), overlay(email PLACING '##' FROM 2 FOR 4), trim(email), trim(BOTH FROM email), trim(LEADING '*' FROM email), trim(TRAILING 'm' FROM email), trim('*' FROM email), trim(BOTH '*', email) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT normalize(full_name), normalize(full_name, NFKC), collation for (full_name), treat(id AS bigint) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT current_date = current_date, current_timestamp = now(), current_timestamp(0) IS NULL, current_time IS NULL, current_time(1) IS NULL, localtime IS NULL, localtime(2) IS NULL, localtimestamp IS NULL, localtimestamp(3) IS NULL, current_schema, current_catalog = current_database() FROM crm.stores WHERE id = 1

SELECT current_user = user, session_user = current_user, current_role = current_user FROM crm.stores WHERE id < 3

SELECT xmlconcat(xmlelement(NAME a, email), xmlcomment('c')), xmlforest(email AS e, city), xmlparse(CONTENT '<a/>'), xmlparse(DOCUMENT '<a/>' PRESERVE WHITESPACE), xmlparse(CONTENT 'x' STRIP WHITESPACE) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT xmlpi(NAME php, email), xmlroot(xmlelement(NAME a, city), VERSION '1.1', STANDALONE YES), xmlroot('<b/>'::xml, VERSION NO VALUE), xmlserialize(CONTENT xmlelement(NAME c, email) AS text), xmlserialize(DOCUMENT '<d/>'::xml AS varchar(10)) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT xmlexists('/a' PASSING xmlelement(NAME a, email)), xmlexists('/b' PASSING BY REF xmlelement(NAME a, email) BY REF) FROM crm.customers WHERE id < 9 ORDER BY id

SELECT xmlserialize(CONTENT xmlelement(NAME c, email) AS text INDENT) FROM crm.customers WHERE id < 3

SELECT xmlserialize(CONTENT xmlelement(NAME c, city) AS text NO INDENT) FROM crm.customers WHERE id < 3

--! except strict
SELECT lab.twice(i => 4), lab.twice(person) FROM lab.visits WHERE id < 9 ORDER BY id

SELECT 1 AS "select", 2 AS from_, 3 year, 4 AS year, email mail, email AS "Mail", U&"d\0061t" FROM (SELECT email, city AS dat FROM crm.customers WHERE id = 3) x

SELECT U&'d!0061t' UESCAPE '!', E'\x41\u00e9', $$a$$, $x$b$x$, 'a'
'b', 1e3, .5, 0.5e-2, 12345678901234567890, TRUE, NULL, B'01', X'AF'

SELECT crm.customers.id, customers.email, id AS i FROM crm.customers WHERE customers.id < 5 ORDER BY crm.customers.id

SELECT {db}.crm.stores.id FROM {db}.crm.stores WHERE id < 3 ORDER BY 1

SELECT customers.*, crm.customers.id FROM crm.customers WHERE id < 5 ORDER BY id

SELECT $1::int, email FROM crm.customers WHERE id = $1

--! args 3|{4,5}
SELECT $1::int, id, email FROM crm.customers WHERE id = $1 OR id = ANY ($2::bigint[]) ORDER BY id

SELECT GROUPING(country), country FROM crm.customers GROUP BY GROUPING SETS ((country), ()) ORDER BY 1, 2

SELECT json_object('a' : id) FROM crm.customers WHERE id < 3

SELECT json_object('a' VALUE email, 'b' VALUE city ABSENT ON NULL WITH UNIQUE KEYS RETURNING jsonb) FROM crm.customers WHERE id < 3

SELECT json_object('a' : email FORMAT JSON ENCODING UTF8 RETURNING text FORMAT JSON) FROM crm.customers WHERE id < 3

SELECT json_object('a' : email::bytea FORMAT JSON ENCODING UTF16), json_object('a' : email::bytea FORMAT JSON ENCODING UTF32) FROM crm.customers WHERE id < 3

SELECT json_array(id, email ABSENT ON NULL RETURNING jsonb), json_array(city NULL ON NULL) FROM crm.customers WHERE id < 3

SELECT json_array(SELECT email FROM crm.customers WHERE id < 5 ORDER BY id RETURNING jsonb), json_array(SELECT phone FROM crm.customers FORMAT JSON) FROM crm.stores WHERE id = 1

SELECT json_objectagg(id : email ABSENT ON NULL WITH UNIQUE KEYS RETURNING jsonb) FILTER (WHERE id < 9), json_objectagg(id VALUE city) OVER () FROM crm.customers WHERE id < 5

SELECT json_arrayagg(email ORDER BY id NULL ON NULL RETURNING jsonb) FILTER (WHERE id < 9), json_arrayagg(city ABSENT ON NULL) OVER () FROM crm.customers WHERE id < 5

SELECT notes IS JSON, notes IS NOT JSON, notes IS JSON VALUE, notes IS JSON ARRAY, notes IS JSON OBJECT WITH UNIQUE KEYS, notes IS JSON SCALAR WITHOUT UNIQUE FROM crm.customers WHERE id < 3

SELECT id, email INTO TEMP kept FROM crm.customers WHERE id < 9
--;
SELECT * FROM kept ORDER BY id
--;
SELECT city INTO TEMPORARY TABLE cities FROM crm.customers GROUP BY city
--;
SELECT city FROM cities ORDER BY 1
--;
SELECT 1 AS one INTO LOCAL TEMP TABLE other
--;
TABLE other

--! refused 42501
SELECT email INTO crm.copied FROM crm.customers

--! refused 42501
SELECT email INTO UNLOGGED copied FROM crm.customers

SELECT id, email FROM crm.customers WHERE id < 5 ORDER BY id; SELECT count(*) FROM crm.leads; VALUES (1)

;SELECT id FROM crm.stores WHERE id < 3 ORDER BY id;;
