-- What is refused, and to whom. The last words of a policy: denied columns and what nobody named.

--! refused 42501 analyst miner marketer support both
SELECT national_id FROM crm.customers

--! refused 42501 analyst miner marketer support both
SELECT id FROM crm.customers WHERE national_id = '123'

--! refused 42501 analyst miner marketer support both
SELECT count(national_id) FROM crm.customers

--! refused 42501 analyst miner marketer support both
SELECT id FROM crm.customers ORDER BY national_id, id

--! refused 42501 analyst miner marketer support both
SELECT 1 FROM crm.customers GROUP BY national_id

--! refused 42501 analyst miner marketer support both
SELECT c.id FROM crm.customers c JOIN crm.leads l ON l.full_name = c.national_id

--! refused 42501 analyst miner marketer support both
SELECT (c).national_id FROM crm.customers c

--! refused 42501 analyst miner marketer support both
SELECT national_id(c) FROM crm.customers c

--! refused 42501 analyst miner marketer support both
SELECT h FROM crm.customers AS x (a, b, c, d, e, f, g, h)

--! refused 42501 analyst miner marketer support both
SELECT a.id FROM crm.customers a JOIN crm.customers b USING (national_id)

--! refused 42501 analyst miner marketer support both
WITH c AS (SELECT national_id AS x FROM crm.customers) SELECT x FROM c

--! refused 42501 analyst miner marketer support both strict
SELECT secret FROM lab."Person"

--! refused 42501 analyst miner marketer support both strict
SELECT * FROM lab."Mixed Case; DROP"

--! refused 42501 analyst miner marketer support both strict
SELECT m FROM lab."Mixed Case; DROP" m

--! refused 42501 analyst miner marketer support both strict
SELECT m.* FROM lab."Mixed Case; DROP" m

--! refused 42501 analyst miner marketer support both strict
SELECT count(*) FROM lab."Mixed Case; DROP" WHERE pin = '001'

SELECT count(*), max("order") FROM lab."Mixed Case; DROP"

--! refused 42501 analyst miner marketer support both dpo
SELECT * FROM lab.unlisted

--! refused 42501 analyst miner marketer support both dpo
SELECT count(*) FROM lab.unlisted

--! refused 42501
SELECT last_value FROM lab.seq

--! refused 42501
SELECT nextval('lab.seq')

--! refused 42501
SELECT lab.mail_of(1)

--! refused 42501
SELECT * FROM lab.all_people()

--! refused 42501
SELECT lab.peek(email) FROM crm.customers

--! refused 42501
SET search_path = lab
--;
SELECT v.email FROM lab.visits v

--! refused 42501
SET search_path = lab
--;
SELECT email(v) FROM lab.visits v

--! refused 42501
SELECT id FROM crm.customers WHERE email OPERATOR(lab.===) 'x'

--! refused 42501
SELECT lab.gather("e-Mail") FROM lab."Person"

--! refused 42501
SELECT email FROM crm.customers FOR UPDATE

--! refused 42501
INSERT INTO crm.customers (id) VALUES (1)

--! refused 42501
UPDATE crm.customers SET email = 'x'

--! refused 42501
DELETE FROM crm.customers

--! refused 42501
MERGE INTO crm.stores s USING crm.customers c ON s.id = c.id WHEN MATCHED THEN DO NOTHING

--! refused 42501
TRUNCATE crm.customers

--! refused 42501
CREATE TABLE x AS SELECT * FROM crm.customers

--! refused 42501
SELECT email INTO x FROM crm.customers

--! refused 0A000
CREATE TEMP VIEW v AS SELECT email FROM crm.customers

--! refused 0A000
DO $$ BEGIN NULL; END $$

--! refused 42501
WITH d AS (DELETE FROM crm.customers RETURNING *) SELECT * FROM d

--! refused 42501
LOCK crm.customers

--! refused 0A000
NOTIFY channel, 'x'

--! refused 42501
VACUUM crm.customers

--! refused 42501
ANALYZE crm.customers

--! refused 0A000
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'

--! refused 0A000
GRANT SELECT ON crm.customers TO public

--! refused 42501
SET ROLE postgres

--! refused 42501
SET SESSION AUTHORIZATION postgres

--! refused 42501
SELECT set_config(name, 'postgres', false) FROM pg_settings WHERE name = 'session_replication_role'

-- pg_settings has no row of it.

SELECT set_config(name, 'postgres', false) FROM pg_settings WHERE name = 'role'

--! refused 0A000
SELECT set_config(name, 'campaign', false) FROM pg_settings WHERE name = 'pgscrim.purpose'

--! refused 0A000
SELECT set_config(name, email, false) FROM pg_settings, crm.customers WHERE name = 'application_name'

--! refused 0A000
SELECT set_config(name, setting, false) FROM pg_settings WHERE name = 'application_name'

--! refused 42501
SET default_tablespace = 'pg_default'

--! refused 42501
SET temp_tablespaces = 'elsewhere'

--! refused 42501
SET default_table_access_method = 'other'
