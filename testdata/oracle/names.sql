-- Names: quoted, folded, qualified, escaped, shadowed; comments and odd spacing.

SELECT "id", "email" FROM "crm"."customers" WHERE "id" < 5 ORDER BY "id"

SELECT ID, Email FROM CRM.Customers WHERE iD < 5 ORDER BY Id

SELECT "Email" FROM crm.customers

SELECT email FROM crm."Customers"

SELECT c."email" FROM crm.customers AS "c" ORDER BY c.id LIMIT 3

SELECT crm.customers.email FROM crm.customers ORDER BY crm.customers.id LIMIT 3

SELECT crm.customers.* FROM crm.customers WHERE crm.customers.id < 4

SELECT customers.email, customers.id FROM crm.customers ORDER BY customers.id LIMIT 3

SELECT {db}.crm.customers.email FROM {db}.crm.customers ORDER BY {db}.crm.customers.id LIMIT 3

SELECT {db}.crm.customers.* FROM {db}.crm.customers WHERE id < 4

SELECT email FROM other.crm.customers

SELECT other.crm.customers.email FROM crm.customers

SELECT crm.customers.email FROM crm.customers c

SELECT public.customers.email FROM crm.customers

SELECT U&"\0065mail" FROM crm.customers ORDER BY id LIMIT 3

SELECT U&"e!006Dail" UESCAPE '!' FROM U&"\0063rm".U&"customer\0073" ORDER BY id LIMIT 3

SELECT p.U&"Full\0020Name" FROM lab.U&"\0050erson" p ORDER BY "Id" LIMIT 3

SELECT "Full Name", "e-Mail" FROM lab."Person" ORDER BY "Id" LIMIT 3

SELECT lab."Person"."e-Mail" FROM lab."Person" ORDER BY lab."Person"."Id" LIMIT 3

SELECT "Person"."Full Name" FROM lab."Person" ORDER BY "Id" LIMIT 3

SELECT "a""b", "日本" AS "日本語 ""x""" FROM lab."Person" ORDER BY "Id" LIMIT 3

SELECT "order", "User" FROM lab."Mixed Case; DROP" ORDER BY "ID" LIMIT 3

SELECT lab."Mixed Case; DROP"."User" FROM lab."Mixed Case; DROP" ORDER BY lab."Mixed Case; DROP"."ID"

SELECT "größe" FROM lab.übung ORDER BY größe

SELECT "GRÖßE" FROM lab."übung"

SELECT größe, übung."straße" FROM lab.übung ORDER BY 1

SELECT full_name "full" , email as "as", id "select" FROM crm.customers ORDER BY id LIMIT 2

SELECT c.email e, c.id i FROM crm.customers c WHERE c.id < 3 ORDER BY i

--! refused 42501 analyst miner marketer support both
SELECT a.b, a.c FROM crm.customers AS a (b, c, d) ORDER BY a.b LIMIT 5

--! refused 42501 analyst miner marketer support both
SELECT b, d, email FROM crm.customers AS a (b, c, d) ORDER BY b LIMIT 5

--! refused 42501 analyst miner marketer support both
SELECT email, phone, id FROM crm.customers AS c (phone, email, id) ORDER BY phone LIMIT 5

--! refused 42501 analyst miner marketer support both strict
SELECT * FROM lab."Person" AS p (a, b, c, d) WHERE a < 3

--! refused 42501 analyst miner marketer support both
SELECT full_name FROM crm.customers AS a (b, c, d)

--! refused 42501 analyst miner marketer support both
SELECT 1 FROM crm.customers AS a (a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12, a13, a14, a15, a16)

/* before */ SELECT /* in */ email -- to the end
FROM crm.customers /* nested /* comment */ with ; and ' */ ORDER BY id LIMIT 2 -- last

-- Metabase:: userID: 1 queryType: native
SELECT email
  FROM crm . customers -- a comment between
 ORDER BY id
 LIMIT 2

select email from crm/**/./**/customers order by id limit 2

SELECT email FROM crm.customers--comment
ORDER BY id LIMIT 2--comment without an end of line

SELECT'a'||email"e"FROM"crm"."customers"WHERE"id"=1

SELECT email FROM crm.customers WHERE full_name <> 'O''Neil; DROP TABLE x; --' ORDER BY id LIMIT 2

SELECT E'\'; SELECT 1; --', email FROM crm.customers ORDER BY id LIMIT 1

SELECT U&'\00e9' || email, U&'d!0061t' UESCAPE '!' FROM crm.customers ORDER BY id LIMIT 1

SELECT $x$ ; ' -- $x$, email FROM crm.customers ORDER BY id LIMIT 1

SELECT 'ü' AS "ü", email AS "émail" FROM crm.customers ORDER BY id LIMIT 2

SELECT email FROM ONLY crm.customers ORDER BY id LIMIT 2

SELECT email FROM ONLY (crm.customers) ORDER BY id LIMIT 2

SELECT email FROM crm.customers * ORDER BY id LIMIT 2

SELECT email FROM crm.customers * AS c ORDER BY c.id LIMIT 2

SELECT ((((email)))) FROM (((crm.customers))) ORDER BY id LIMIT 2

((SELECT email FROM crm.customers ORDER BY id LIMIT 2))

SELECT email FROM (crm.customers JOIN crm.markets USING (country)) ORDER BY id LIMIT 2

SELECT x.email FROM (crm.customers CROSS JOIN crm.markets) AS x ORDER BY 1 LIMIT 2

SELECT count(*) FROM crm.customers customers, crm.customers orders WHERE customers.id = orders.id

SELECT customers.id FROM crm.customers, crm.customers

SELECT id FROM crm.customers, crm.orders

SELECT c.id FROM crm.customers c JOIN crm.orders o ON c.id = x.id

SELECT email.x FROM crm.customers

SELECT (email).x FROM crm.customers

SELECT "Full Name" AS "aVeryLongNameThatIsLongerThanSixtyThreeBytesSoThatPostgreSQLHasToCutItOff" FROM lab."Person" ORDER BY "Id" LIMIT 1

SELECT pg_catalog.upper(email), OPERATOR(pg_catalog.-) id, id OPERATOR(pg_catalog.+) 1 FROM crm.customers ORDER BY id LIMIT 2

SELECT email::pg_catalog.text, CAST(email AS character varying(5)), text 'x', varchar(3) 'abcdef' FROM crm.customers ORDER BY id LIMIT 2

SET search_path = crm, lab
--;
SELECT email FROM customers ORDER BY id LIMIT 2
--;
SELECT customers.email, crm.customers.id FROM customers ORDER BY id LIMIT 2
--;
SELECT label FROM plain ORDER BY id LIMIT 2
--;
SET search_path = lab
--;
SELECT email FROM customers
--;
SET search_path TO DEFAULT
--;
SELECT email FROM customers

BEGIN
--;
SET LOCAL search_path TO "crm"
--;
SELECT count(*) FROM customers WHERE email LIKE '***%'
--;
ROLLBACK
--;
SELECT count(*) FROM customers

--! refused 0A000
SELECT set_config('search_path', 'crm, pg_catalog', false)

SET search_path = 'crm', public; SELECT count(*) FROM customers; SELECT email FROM customers ORDER BY id LIMIT 1

SET search_path = ''
--;
SELECT count(*) FROM crm.customers
--;
SELECT count(*) FROM customers
