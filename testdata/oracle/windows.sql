-- Window functions.

SELECT id, row_number() OVER (ORDER BY id), rank() OVER (PARTITION BY country ORDER BY monthly_income, id) FROM crm.customers ORDER BY id

SELECT id, email, dense_rank() OVER (ORDER BY email), count(*) OVER (PARTITION BY email) FROM crm.customers ORDER BY id

SELECT id, lag(full_name) OVER w, lead(birth_date, 2) OVER w, first_value(email) OVER w, nth_value(city, 2) OVER w FROM crm.customers WINDOW w AS (PARTITION BY country ORDER BY id) ORDER BY id

SELECT id, sum(total) OVER (PARTITION BY customer_id ORDER BY ordered_at, id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM crm.orders ORDER BY id

SELECT id, count(*) OVER (ORDER BY monthly_income RANGE BETWEEN 1000 PRECEDING AND 1000 FOLLOWING) FROM crm.customers WHERE monthly_income IS NOT NULL ORDER BY id

SELECT id, count(*) OVER (ORDER BY birth_date RANGE BETWEEN '1 year' PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM crm.customers ORDER BY id

SELECT id, sum(monthly_income) OVER (ORDER BY birth_date GROUPS 1 PRECEDING EXCLUDE GROUP) FROM crm.customers ORDER BY id

SELECT id, ntile(4) OVER (ORDER BY id), percent_rank() OVER (ORDER BY country), cume_dist() OVER (ORDER BY country) FROM crm.customers ORDER BY id

SELECT id, avg(monthly_income) FILTER (WHERE segment = 'vip') OVER (PARTITION BY country) FROM crm.customers ORDER BY id

SELECT * FROM (SELECT id, email, row_number() OVER (PARTITION BY email ORDER BY id) AS n FROM crm.customers) x WHERE n = 1 ORDER BY email

SELECT id, rank() OVER (w ORDER BY total DESC, id) FROM crm.orders WINDOW w AS (PARTITION BY status) ORDER BY id LIMIT 50

SELECT p."Id", max("größe") OVER (PARTITION BY lvl), string_agg("a""b", ',') OVER (ORDER BY "Id" ROWS 1 PRECEDING) FROM lab."Person" p ORDER BY 1

SELECT DISTINCT country, count(*) OVER (PARTITION BY country) FROM crm.customers ORDER BY 1

SELECT id FROM crm.customers ORDER BY row_number() OVER (ORDER BY full_name, id) LIMIT 5

SELECT id, sum(n) OVER (ORDER BY id) FROM lab.plain ORDER BY id

SELECT id, row_number() OVER (PARTITION BY nosuch) FROM crm.customers

SELECT id FROM crm.customers WHERE row_number() OVER () = 1

SELECT sum(id) OVER nosuch FROM crm.customers
