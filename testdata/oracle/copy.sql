-- COPY ... TO STDOUT in its formats.

COPY crm.customers TO STDOUT

COPY crm.customers (id, email, birth_date) TO STDOUT

COPY crm.customers (email, id) TO STDOUT (FORMAT csv, HEADER, DELIMITER ';', QUOTE '"', NULL 'NULL', FORCE_QUOTE *)

COPY crm.customers TO STDOUT WITH CSV HEADER

COPY crm.customers (id, full_name, monthly_income, created_at) TO STDOUT (FORMAT binary)

COPY (SELECT id, email FROM crm.customers ORDER BY id) TO STDOUT

COPY (SELECT id, email, preferences FROM crm.customers WHERE country = 'DE' ORDER BY id) TO STDOUT (FORMAT csv, HEADER true)

COPY (SELECT id, email FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)

COPY (WITH c AS (SELECT full_name FROM crm.customers) SELECT full_name, count(*) FROM c GROUP BY 1 ORDER BY 1) TO STDOUT (DELIMITER '|')

COPY (VALUES (1, 'a'), (2, NULL)) TO STDOUT (NULL '(null)')

COPY (TABLE lab.people) TO STDOUT

COPY (SELECT * FROM lab."Person" ORDER BY "Id") TO STDOUT

--! except strict
COPY lab.visits TO STDOUT

COPY lab.visits (id, note) TO STDOUT CSV

--! except strict
COPY lab.visits (id, doubled) TO STDOUT

COPY lab."Mixed Case; DROP" ("ID", "User") TO STDOUT (FORMAT csv, HEADER)

COPY lab.event TO STDOUT

COPY lab.event_click (url, payload) TO STDOUT

COPY lab.plain TO STDOUT (FORMAT csv)

COPY crm.stores TO STDOUT

COPY crm.orders_2024 TO STDOUT

COPY crm.orders TO STDOUT

COPY lab.people TO STDOUT

--! refused 42501 strict
COPY lab.totals TO STDOUT

COPY crm.customers (nosuch) TO STDOUT

COPY crm.nosuch TO STDOUT

COPY (SELECT nosuch FROM crm.customers) TO STDOUT

COPY crm.customers (email, email) TO STDOUT

COPY crm.customers TO STDOUT (FORMAT nosuch)

COPY crm.customers TO STDOUT (FORMAT csv, DELIMITER 'xx')

COPY crm.customers (email) TO STDOUT (ENCODING 'UTF8')

COPY (SELECT 1000 / (monthly_income - 2000) FROM crm.customers WHERE monthly_income = 2000) TO STDOUT

SELECT 1; COPY (SELECT email FROM crm.customers ORDER BY id LIMIT 2) TO STDOUT; SELECT 2

--! refused 42501
COPY crm.customers FROM STDIN

--! refused 42501
COPY crm.customers TO '/tmp/out'

--! refused 42501
COPY crm.customers TO PROGRAM 'cat'

--! refused 42501
COPY (DELETE FROM crm.customers RETURNING email) TO STDOUT

--! refused 42501 analyst miner marketer support both
COPY crm.customers (national_id) TO STDOUT

--! refused 42501 analyst miner marketer support both strict
COPY lab."Mixed Case; DROP" TO STDOUT

--! refused 42501 analyst miner marketer support both dpo
COPY lab.unlisted TO STDOUT
