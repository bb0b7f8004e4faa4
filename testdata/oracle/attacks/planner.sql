-- What the planner moves: expressions that run before a row rule, or on the values in statistics.

SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0; SET enable_hashjoin = off; SET enable_mergejoin = off; SELECT id FROM crm.customers ORDER BY 1 / (monthly_income - 5), id LIMIT 1

SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT DISTINCT 1 / (total - 5) FROM crm.orders ORDER BY 1 LIMIT 1

SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT row_number() OVER (ORDER BY 1 / (total - 5)) FROM crm.orders ORDER BY 1 LIMIT 1

SELECT count(*) FROM lab.vault v, (SELECT 'x'::text COLLATE "C" AS k, 'y'::text COLLATE "POSIX" AS l) q WHERE CASE WHEN v.amount IN (0, 5) THEN q.k END = q.l

SELECT count(*) FROM lab.vault WHERE CASE WHEN amount IN (0, 5) THEN 1e30::money END IS NOT NULL

SELECT count(*) FROM lab.vault v, (SELECT jsonb_object_keys('[]')) k WHERE v.amount IN (0, 5)

SELECT count(*) FROM lab.vault WHERE word LIKE '_\'

SELECT count(*) FROM lab.vault WHERE word LIKE '%\'

SELECT count(*) FROM lab.vault WHERE word ~ '^n' AND word LIKE '__\'

SELECT count(*) FROM crm.customers WHERE city LIKE '______\'

SELECT count(*) FROM crm.customers WHERE city LIKE '_____\' AND false

PREPARE p AS SELECT $1::timestamptz, count(*) FROM lab.vault WHERE CASE WHEN amount IN (0, 5) THEN DATE '5874897-12-31' ELSE $1 END IS NOT NULL; EXECUTE p('2026-01-01 00:00:00+00')

SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT store_id, sum(total), count(DISTINCT customer_id) FROM crm.orders GROUP BY store_id ORDER BY 1

SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT id, sum(total) OVER (PARTITION BY store_id ORDER BY id), rank() OVER (ORDER BY id) FROM crm.orders ORDER BY id LIMIT 3

SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY segment ORDER BY id) AS n FROM crm.customers) t WHERE n <= 2 ORDER BY id

SELECT sum(amount), min(word), max(id), bool_and(amount > 5) FROM lab.vault

SELECT max(amount) FILTER (WHERE id = 1), string_agg(word, ',' ORDER BY id) FROM lab.vault

SELECT count(*) FILTER (WHERE 1 / (amount - 5) > 0) FROM lab.vault

SELECT sum(1 / (amount - 5)) OVER () FROM lab.vault

SELECT count(*) OVER (ORDER BY 1 / (amount - 5)) FROM lab.vault

SELECT sum(n) FROM (SELECT customer_id, count(*) AS n FROM crm.orders GROUP BY customer_id) t WHERE n > 2

-- Hidden texts begin with "long", no visible one does: tried on one of them, in statistics, the pattern fails.

SELECT count(*) FROM crm.customers WHERE city LIKE 'lon_\'

SELECT count(*) FROM crm.customers WHERE segment LIKE 'lon_\'

SELECT count(*) FROM lab.jobs WHERE state LIKE 'lon_\'

SELECT count(*) FROM lab.jobs j JOIN lab."Person" p ON p."Id" = j.person AND j.state LIKE 'lon_\' WHERE p."select" < 9

SELECT count(*) FROM (SELECT model AS m FROM crm.churn_scores) s WHERE m LIKE 'lon_\'

SELECT count(*) FROM crm.support_tickets WHERE channel LIKE 'lon_\' OR subject LIKE 'lon_\'
