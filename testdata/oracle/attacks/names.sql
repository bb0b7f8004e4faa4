-- What a name means decides what is masked: WITH queries, search_path, temporary tables, spellings, aliases, whole rows, denied columns.

WITH customers AS (SELECT 1 AS id, 'x'::text AS email) SELECT (SELECT count(*) FROM crm.customers), c.* FROM customers c

WITH visits AS (SELECT * FROM lab.visits) SELECT count(*) FROM visits, LATERAL (WITH visits AS (SELECT 1 / (qty - 5) AS y) SELECT y FROM visits) z

WITH a AS (WITH visits AS (SELECT 5 AS qty) SELECT qty FROM visits UNION ALL SELECT qty FROM lab.visits) SELECT count(*) FROM a WHERE 1 / (qty - 5) >= 0

WITH RECURSIVE vault AS (SELECT id, amount FROM lab.vault UNION ALL SELECT v.id + 1, v.amount FROM vault v WHERE v.id < 20) SELECT count(*) FROM vault

WITH RECURSIVE a AS (SELECT id FROM b), b AS (SELECT id, note FROM lab.visits) SELECT count(*) FROM a

WITH RECURSIVE t(id, parent, name, depth) AS (SELECT id, parent, name, 0 FROM lab.tree WHERE parent IS NULL UNION ALL SELECT x.id, x.parent, x.name, t.depth + 1 FROM lab.tree x JOIN t ON x.parent = t.id) SEARCH DEPTH FIRST BY id SET ord CYCLE id SET seen USING way SELECT id, name, depth, ord, seen, way FROM t ORDER BY ord

WITH x AS (SELECT * FROM lab.visits) TABLE x ORDER BY id

SELECT * FROM (WITH x AS (SELECT note FROM lab.visits ORDER BY id) SELECT * FROM x) y (n) WHERE n::integer > 0

WITH x AS (SELECT 1) SELECT (WITH x AS (SELECT count(*) FROM lab.vault) SELECT * FROM x), * FROM x

WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT count(*) FROM lab.vault)) SELECT count(*) FROM r

WITH d AS (DELETE FROM lab.vault RETURNING word) SELECT * FROM d

SET search_path = lab, crm
--;
SELECT count(*), max(note) FROM visits
--;
SELECT count(*) FROM "visits" WHERE 1 / (qty - 5) >= 0

SET search_path = "$user", lab
--;
SELECT word FROM vault
--;
SELECT level FROM (SELECT lvl::level AS level FROM "Person" ORDER BY "Id") x

SET search_path = lab
--;
CREATE TEMP TABLE visits AS SELECT 1 AS id
--;
SELECT * FROM visits
--;
SELECT count(*), max(note) FROM lab.visits
--;
DROP TABLE visits
--;
SELECT count(*), max(note) FROM visits

SET search_path = lab
--;
CREATE TEMP TABLE level (a integer)
--;
SELECT "Id", lvl::level FROM lab."Person" WHERE lvl::level IS NOT NULL ORDER BY 1

SET search_path = lab
--;
CREATE TEMP TABLE zip (a integer)
--;
SELECT "Id" FROM lab."Person" WHERE zip::zip IS NULL

SET search_path = pg_temp, lab

SET search_path = lab, pg_temp

SET search_path TO 'lab, crm'
--;
SELECT * FROM visits

SELECT set_config('search_path', 'lab, pg_temp', false)

SELECT set_config('search_path', 'lab', true), count(*) FROM lab.vault

SET search_path = nosuch, lab; SELECT count(*) FROM vault; RESET search_path; SELECT count(*) FROM vault

BEGIN; SET LOCAL search_path = lab; SELECT count(*), max(note) FROM visits; ROLLBACK; SELECT count(*) FROM visits

CREATE TEMP TABLE text (a integer)

CREATE TEMP TABLE int8 (a integer); SELECT id FROM lab.visits WHERE qty::int8 = 5

CREATE TEMP TABLE pg_class (oid integer)

CREATE TEMP TABLE "_text" (a integer)

CREATE TEMP TABLE own (a integer, b text)
--;
INSERT INTO own VALUES (1, 'x')
--;
SELECT (ROW(2, 'y')::own).b, (o).b, o::text, (NULL::pg_temp.own).a FROM own o

CREATE TEMP TABLE t (a integer)
--;
CREATE INDEX pg_class ON t (a)
--;
SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'vault'

SELECT U&"\0065mail" FROM crm.customers ORDER BY id

SELECT U&"!0065mail" UESCAPE '!' FROM crm.customers ORDER BY id

SELECT U&"e-\004Dail", "größe", U&"gr\00F6\00DFe" FROM lab."Person" ORDER BY "Id"

SELECT c.U&"\0065mail" FROM U&"crm".U&"custom\0065rs" c ORDER BY id

SELECT EMAIL, "email", CRM.Customers.Email FROM CRM.CUSTOMERS ORDER BY ID

SELECT "EMAIL" FROM crm.customers

SELECT {db}.crm.customers.email FROM crm.customers ORDER BY id

SELECT "{db}".crm.customers.* FROM "{db}".crm.customers ORDER BY id

SELECT other.crm.customers.email FROM crm.customers

SELECT customers.email FROM crm.customers c

SELECT c.email FROM crm.customers AS "c" ("id", "country", "email") ORDER BY 1

SELECT crm.customers FROM crm.customers ORDER BY 1

SELECT lab.visits.note, visits.qty, lab.visits.* FROM lab.visits ORDER BY 1, 2, 3

SELECT v.note FROM ONLY lab.visits AS v ORDER BY v.id

SELECT count(*) FROM ONLY (lab.event)

SELECT payload FROM lab.event * ORDER BY id

SELECT url FROM lab.event_click ORDER BY id

SELECT minutes, payload FROM lab.event_call * ORDER BY id

SELECT payload FROM lab.event_call_abroad ORDER BY id

SELECT tableoid::regclass, count(*) FROM lab.event GROUP BY 1

SELECT e.tableoid FROM lab.event_click e

TABLE lab.visits ORDER BY id

TABLE ONLY lab.event ORDER BY id

(TABLE lab.vault) UNION ALL (TABLE lab.vault)

SELECT x.* FROM (lab.visits v CROSS JOIN lab.vault w) AS x ORDER BY 1

SELECT x FROM (lab.visits v JOIN lab.shout s USING (id)) AS x ORDER BY 1

SELECT j.id, v.note, s.word FROM lab.visits v JOIN lab.shout s USING (id) AS j ORDER BY 1

SELECT j FROM lab.visits v JOIN lab.shout s USING (id, person) AS j ORDER BY 1

SELECT * FROM lab.visits NATURAL JOIN lab.shout ORDER BY 1

SELECT * FROM lab.visits NATURAL LEFT JOIN (SELECT id, note FROM lab.visits) x ORDER BY 1, 2, 3

SELECT count(*) FROM crm.customers NATURAL JOIN crm.leads

SELECT note FROM lab.visits, lab.renamed

SELECT note FROM lab.visits v, lab.visits w

SELECT (SELECT note) FROM lab.visits ORDER BY id

SELECT (SELECT max(note) FROM lab.vault) FROM lab.visits ORDER BY id

SELECT (SELECT word FROM lab.visits LIMIT 1) FROM lab.vault

SELECT (SELECT v.note FROM lab.vault w) FROM lab.visits v ORDER BY id

SELECT v.id, (SELECT string_agg(note, ',' ORDER BY w.id) FROM lab.visits w WHERE w.person = v.person AND w.note <> v.note) FROM lab.visits v ORDER BY 1

SELECT * FROM lab.visits v, LATERAL (SELECT note AS inner_note, v.note || '!' AS more) x ORDER BY v.id

SELECT * FROM lab.visits v LEFT JOIN LATERAL (SELECT s.word FROM lab.shout s WHERE s.id = v.id AND s.word > v.note) x ON true ORDER BY v.id

SELECT nosuch FROM lab.visits

SELECT v.nosuch FROM lab.visits v

SELECT v.nots FROM lab.visits v

SELECT emial FROM crm.customers

SELECT w.note FROM lab.visits v

SELECT lab.vault.note FROM lab.visits

SELECT note FROM lab.visit

SELECT * FROM lab.visits v JOIN lab.shout s USING (note)

SELECT * FROM lab.visits v JOIN lab.shout v USING (id)

SELECT id AS note FROM lab.visits ORDER BY note

SELECT id AS note FROM lab.visits ORDER BY note || ''

SELECT qty AS note, count(*) FROM lab.visits GROUP BY note ORDER BY 1, 2

SELECT note AS n, count(*) FROM lab.visits GROUP BY n HAVING n > 'a' ORDER BY 1

SELECT note AS n, count(*) FROM lab.visits GROUP BY n ORDER BY 1

SELECT note FROM lab.visits GROUP BY 1, 2

SELECT note FROM lab.visits ORDER BY 2

SELECT DISTINCT ON (person) person, note FROM lab.visits ORDER BY person, id

SELECT DISTINCT ON (note) note, qty FROM lab.visits ORDER BY qty

SELECT id, rank() OVER w, sum(amount) OVER (w ROWS UNBOUNDED PRECEDING) FROM lab.visits WINDOW w AS (PARTITION BY person ORDER BY note, id) ORDER BY id

SELECT GROUPING(person, note), person, note, count(*) FROM lab.visits GROUP BY CUBE (person, note) ORDER BY 1, 2, 3

SELECT GROUPING(note) FROM lab.visits GROUP BY person

SELECT "Id", "Full Name", num FROM lab."Person" GROUP BY "Id" ORDER BY 1

SELECT p."Id", p.* FROM lab."Person" p GROUP BY p."Id" ORDER BY 1

SELECT p FROM lab."Person" p GROUP BY p."Id" ORDER BY p."Id"

SELECT id, email FROM crm.customers GROUP BY id HAVING email > '' ORDER BY id

SELECT id, (SELECT c.email || count(*) FROM crm.orders o WHERE o.customer_id = c.id) FROM crm.customers c GROUP BY id ORDER BY id

SELECT customer_id, email FROM crm.orders JOIN crm.customers c ON c.id = customer_id GROUP BY customer_id ORDER BY 1

SELECT v FROM lab.visits v ORDER BY v.id

SELECT v.* FROM lab.visits v ORDER BY v

SELECT v::text FROM lab.visits v ORDER BY id

SELECT (v.*)::text FROM lab.visits v ORDER BY id

SELECT (v).note, (v).*, (v).id FROM lab.visits v ORDER BY id

SELECT ((v)).note, ((v).*).note FROM lab.visits v ORDER BY id

SELECT note(v), qty(v) FROM lab.visits v ORDER BY id

SELECT count(v), count(v.*), count((v).note), count(DISTINCT v) FROM lab.visits v

SELECT v.count FROM lab.visits v

SELECT v.to_json FROM lab.visits v ORDER BY id

SELECT v.row_to_json, v.to_jsonb, v.pg_typeof, v.num_nulls FROM lab.visits v ORDER BY id

SELECT v.text FROM lab.visits v

SELECT v.name FROM lab.visits v

SELECT text(v), name(v) FROM lab.visits v

SELECT count(*) FROM lab.visits v WHERE v IS NULL

SELECT count(*) FROM lab.visits v WHERE v IS NOT NULL

SELECT count(*) FROM lab.visits v WHERE v.note IS DISTINCT FROM NULL AND v IS DISTINCT FROM NULL

SELECT count(*) FROM lab.visits v, lab.visits w WHERE v = w

SELECT count(*) FROM lab.visits v, lab.visits w WHERE v < w

SELECT v.id FROM lab.visits v WHERE v = ANY (SELECT w FROM lab.visits w WHERE w.note > 'm') ORDER BY 1

SELECT v.id FROM lab.visits v WHERE v IN (SELECT ROW(w.*) FROM lab.visits w) ORDER BY 1

SELECT v.id FROM lab.visits v WHERE (v.*) = (SELECT w FROM lab.visits w ORDER BY id LIMIT 1) ORDER BY 1

SELECT ROW(v.*), ROW(v), ROW(v.note, 1) FROM lab.visits v ORDER BY id

SELECT ROW(v.*) = ROW(v.*) FROM lab.visits v

SELECT array_agg(v ORDER BY id) FROM lab.visits v

SELECT (array_agg(v ORDER BY id))[1] FROM lab.visits v

SELECT ARRAY(SELECT v FROM lab.visits v ORDER BY id)

SELECT json_agg(v ORDER BY id), jsonb_object_agg(id, v) FROM lab.visits v

SELECT to_jsonb(v) - 'id' ->> 'note' FROM lab.visits v ORDER BY id

SELECT x.* FROM lab.visits v, jsonb_each_text(to_jsonb(v)) x ORDER BY v.id, 1

SELECT x.* FROM lab.visits v, jsonb_to_record(to_jsonb(v)) AS x(note text, amount numeric) ORDER BY v.id

SELECT (jsonb_populate_record(v, '{"qty": 7}')).* FROM lab.visits v ORDER BY 1

SELECT jsonb_populate_record(NULL::lab.visits, to_jsonb(v)) FROM lab.visits v ORDER BY id

SELECT (v::lab.visits).note FROM lab.visits v ORDER BY id

SELECT NULL::crm.customers, (NULL::crm.customers).email

SELECT v FROM lab.visits v UNION SELECT v FROM lab.visits v ORDER BY 1

SELECT v FROM lab.visits v INTERSECT SELECT ROW(1, 2, 3::numeric, 4, 'x'::varchar, DATE '2020-01-01', 5)

SELECT coalesce(v, v) FROM lab.visits v ORDER BY id

SELECT CASE WHEN v IS NULL THEN v ELSE v END FROM lab.visits v ORDER BY id

SELECT concat(v), concat_ws(',', v, v.id), format('%s', v) FROM lab.visits v ORDER BY id

SELECT quote_literal(v), quote_nullable(v) FROM lab.visits v ORDER BY id

SELECT hash_record(v), hash_record_extended(v, 7) FROM lab.visits v ORDER BY id

SELECT record_send(v), record_out(v) FROM lab.visits v ORDER BY id

SELECT pg_column_size(v), pg_typeof(v.*) FROM lab.visits v ORDER BY id

SELECT md5(textin(record_out(c))) FROM crm.customers c ORDER BY id

SELECT p FROM lab."Person" p ORDER BY p."Id"

SELECT row_to_json(p) FROM lab."Person" p ORDER BY p."Id"

SELECT (p).secret FROM lab."Person" p

SELECT (p.*).secret FROM lab."Person" p

SELECT secret(p) FROM lab."Person" p

SELECT p.secret IS NULL FROM lab."Person" p

SELECT x.secret FROM (SELECT p.* FROM lab."Person" p) x

SELECT (x.p).secret FROM (SELECT p FROM lab."Person" p) x

SELECT (x).y.secret FROM (SELECT p AS y FROM lab."Person" p) x

SELECT secret FROM lab.secrets

SELECT id FROM lab.secrets ORDER BY id

SELECT p."Id" FROM lab."Person" p ORDER BY secret

SELECT count(*) FROM lab."Person" NATURAL JOIN (SELECT 'TOP-1'::text AS secret) x

SELECT count(*) FROM lab."Person" JOIN (SELECT 'TOP-1'::text AS secret) x USING (secret)

SELECT to_jsonb(p) ->> 'secret' FROM lab."Person" p ORDER BY "Id"

SELECT to_jsonb(p) -> 'pin' FROM lab."Mixed Case; DROP" p

SELECT "ID", "User" FROM lab."Mixed Case; DROP" ORDER BY 1

SELECT m.* FROM lab."Mixed Case; DROP" m

SELECT count(m) FROM lab."Mixed Case; DROP" m

SELECT max(m."order") FROM lab."Mixed Case; DROP" AS m ("ID", "Owner", "User", "order")

SELECT national_id FROM crm.customers

SELECT c.national_id FROM crm.customers AS c (a, b, d)

SELECT x FROM crm.customers AS c (a, b, d, e, f, g, h, x)

SELECT count(national_id) FROM crm.customers

SELECT 1 FROM crm.customers ORDER BY national_id

SELECT 1 FROM crm.customers GROUP BY national_id

SELECT EXISTS (SELECT national_id FROM crm.customers)

SELECT id FROM crm.customers c WHERE (c).national_id = 'x'

SELECT * FROM crm.customers c JOIN crm.leads l USING (id, national_id)

SELECT national_id FROM crm.customers c, LATERAL (SELECT c.national_id) x

SELECT (SELECT national_id FROM crm.stores s LIMIT 1) FROM crm.customers

SELECT c.U&"n!006fte" UESCAPE '!' FROM lab.U&"vis!0069ts" UESCAPE '!' c ORDER BY id

SELECT U&"l!0061b" UESCAPE '!'.visits.note FROM U&"l!0061b" UESCAPE '!'.visits ORDER BY id

SELECT v.types FROM lab.types v WHERE v.types = 2 AND v.hash_record IS NULL
