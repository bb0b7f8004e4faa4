-- Errors: of the parser, with their positions in the client's text, and of the rows, with the values that the caller may see.

SELEC 1

SELECT email, nosuchcol FROM crm.customers

SELECT 'é日本' AS x, nosuchcol FROM crm.customers

SELECT email FROM crm.customers WHERE nosuch > 1

SELECT c.nosuch FROM crm.customers c

SELECT x.email FROM crm.customers c

SELECT email FROM crm.nosuch

SELECT email FROM nosuch.customers

SELECT email FROM crm.customers c, crm.orders c

SELECT email FROM crm.customers GROUP BY

SELECT FROM FROM crm.customers

SELECT email FROM crm.customers WHERE email = 5

SELECT email FROM crm.customers WHERE id = 'x'

SELECT email + 1 FROM crm.customers

SELECT 'ü' || email, phone - email FROM crm.customers

--! varies
SELECT nosuch(email) FROM crm.customers

SELECT upper(email, 1) FROM crm.customers

SELECT email::nosuch FROM crm.customers

SELECT email::date::integer FROM crm.customers

SELECT id FROM crm.customers WHERE email

SELECT id FROM crm.customers LIMIT email

SELECT id FROM crm.customers LIMIT -1

SELECT id FROM crm.customers ORDER BY 7

SELECT DISTINCT id FROM crm.customers ORDER BY email

SELECT DISTINCT ON (email) id FROM crm.customers ORDER BY id

SELECT id FROM crm.customers WHERE id = (SELECT o.nosuch FROM crm.orders o WHERE o.customer_id = customers.id)

SELECT 1 / 0

SELECT 1 / 0 FROM crm.customers WHERE false

SELECT 'x'::integer

SELECT 'x'::integer FROM crm.customers

SELECT 1::integer + 2147483647

--! varies
SELECT email::integer FROM crm.customers

--! varies
SELECT id FROM crm.customers WHERE email::integer = 1

SELECT full_name::date FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers)

SELECT email::uuid FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers WHERE country = 'US')

SELECT id / (id - id) FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers)

SELECT id, 100 / (monthly_income - 1000) FROM crm.customers ORDER BY id

--! varies
SELECT id FROM crm.customers WHERE 100 / (monthly_income - 2000) > 0

SELECT 1 / (total - 50) FROM crm.orders WHERE id = 1

SELECT (monthly_income * 1e10)::integer FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers WHERE monthly_income > 0)

SELECT repeat(email, -1), chr(0) FROM crm.customers WHERE id = 1

SELECT sqrt(-1 - id) FROM crm.customers

SELECT preferences::text::integer FROM crm.customers WHERE id < 0

SELECT lvl::text::lab.address FROM lab."Person" WHERE "Id" = 1

SELECT 'nosuch'::lab.level

SELECT lvl = 'nosuch' FROM lab."Person"

SELECT 'x'::lab.zip

SELECT zip::integer FROM lab."Person" WHERE "Id" = 5

SELECT "e-Mail"::varchar(3), code::integer FROM lab."Person" WHERE "Id" = 1

SELECT tags[1]::integer FROM lab."Person" WHERE "Id" = 3

SELECT (home).nosuch FROM lab."Person"

SELECT home.street FROM lab."Person"

SELECT to_date(full_name, 'YYYY') FROM crm.customers WHERE id = 5

SELECT regexp_match(email, '(') FROM crm.customers WHERE id = (SELECT min(id) FROM crm.customers)

SELECT json(email) FROM crm.customers

SELECT generate_series(1, 3) IN (SELECT 1)

SELECT count(*) OVER (), nosuch FROM crm.customers

SELECT email AS a FROM crm.customers WHERE a > ''

SELECT email AS a, phone AS a FROM crm.customers ORDER BY a

SELECT current_setting('no.such')

SELECT current_setting('no.such', true), current_setting('TimeZone')

SELECT lab.twice(2147483647)

SELECT lab.twice("Id"), lab.twice(num % 5) FROM lab."Person" ORDER BY "Id"

SELECT lab.twice(email) FROM crm.customers

SELECT $1 FROM crm.customers

SELECT email FROM crm.customers FOR UPDATE SKIP

SELECT email FROM crm.customers; SELECT nosuch FROM crm.customers

SELECT 1; SELEC 2

''

;

;;

-- nothing but a comment
--;
SELECT 1;

SELECT email FROM crm.customers ORDER BY id LIMIT 1;

SELECT interval '1 day' * monthly_income / 1000, make_date(1, 2, 30) FROM crm.customers WHERE id = 1

WITH x AS (SELECT 1/0) SELECT 1

SELECT CASE WHEN false THEN 1/0 ELSE 1 END

--! varies
SELECT pg_catalog.nosuch(1)

SELECT nosuch.f(1)

SELECT 1 <-> 2

SELECT OPERATOR(nosuch.+) 1

SELECT ROW(1, 2) = ROW(1)

SELECT (1, 2) IN ((1, 2), (3))

SELECT ARRAY[1, 'x']

SELECT * FROM

SELECT *

SELECT x.* FROM crm.customers

SELECT crm.nosuch.* FROM crm.customers

SELECT 'unterminated

SELECT "unterminated FROM crm.customers

SELECT $$unterminated

SELECT /* unterminated

SELECT E'\u00' FROM crm.customers

SELECT E'\xff'

SELECT '' AS ""

--! since 15
SELECT 1a

SELECT :x

-- What is no query opens its relations by themselves, and says first that a schema is missing.

COPY nosuch.t TO STDOUT

COPY nosuch.t (a, b) TO STDOUT (FORMAT csv)

COPY crm.nosuch FROM STDIN

COPY nosuch.t FROM STDIN

TRUNCATE nosuch.t

TRUNCATE crm.nosuch

TRUNCATE nosuch

BEGIN
--;
LOCK TABLE nosuch.t IN ACCESS SHARE MODE

BEGIN
--;
LOCK TABLE crm.nosuch

INSERT INTO nosuch.t VALUES (1)

UPDATE nosuch.t SET a = 1

SELECT NULL::nosuch

SELECT NULL::nosuch[]

SELECT NULL::nosuch.t

SELECT NULL::nosuch.t[]

SELECT CAST('1' AS crm.nosuch[][])

SELECT nosuch.t '1'

SELECT lab.integer('a' COLLATE nosuch)::twice
