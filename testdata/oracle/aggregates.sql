-- Aggregates, grouping sets and what may stand beside them.

SELECT count(*), count(email), count(DISTINCT email), min(email), max(full_name) FROM crm.customers

SELECT country, count(*), round(avg(monthly_income), 2), min(birth_date), max(birth_date) FROM crm.customers GROUP BY country ORDER BY country

SELECT country, segment, count(*) FROM crm.customers GROUP BY country, segment HAVING count(*) > 2 ORDER BY 1, 2

SELECT country, segment, count(*), grouping(country, segment) FROM crm.customers GROUP BY ROLLUP (country, segment) ORDER BY 1, 2, 4

SELECT country, segment, sum(monthly_income) FROM crm.customers GROUP BY CUBE (country, segment) ORDER BY 1, 2, 3

SELECT birth_date, segment, count(*) FROM crm.customers GROUP BY GROUPING SETS ((birth_date), (segment), ()) ORDER BY 1, 2, 3

SELECT country, segment, city, count(*) FROM crm.customers GROUP BY country, ROLLUP (segment), GROUPING SETS ((city), ()) ORDER BY 1, 2, 3, 4

SELECT segment, count(*) FROM crm.customers GROUP BY DISTINCT ROLLUP (segment, country), ROLLUP (segment) ORDER BY 1, 2

SELECT id, email, full_name, count(*) FROM crm.customers GROUP BY id ORDER BY id

SELECT c.id, c.email, c.phone, sum(o.total) FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id

SELECT c.*, count(o.id) FROM crm.customers c LEFT JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id

SELECT c.id, c.email || c.country, upper(c.city), count(*) FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id GROUP BY c.id HAVING c.country <> 'DE' ORDER BY c.email, c.id

SELECT p."Id", p."Full Name", p.lvl, count(v.id) FROM lab."Person" p LEFT JOIN lab.visits v ON v.person = p."Id" GROUP BY p."Id" ORDER BY 1

SELECT order_id, line, quantity FROM crm.order_items GROUP BY order_id, line ORDER BY 1, 2 LIMIT 20

SELECT email, count(*) FROM crm.customers GROUP BY full_name

SELECT id, o.total FROM crm.orders o GROUP BY id ORDER BY 1

SELECT country, array_agg(email ORDER BY id), string_agg(segment, ',' ORDER BY id) FROM crm.customers WHERE id < 60 GROUP BY country ORDER BY country

SELECT country, json_object_agg(id, email ORDER BY id), jsonb_agg(birth_date ORDER BY id) FROM crm.customers WHERE id < 60 GROUP BY country ORDER BY country

SELECT country, count(*) FILTER (WHERE email LIKE '%.com'), sum(monthly_income) FILTER (WHERE segment = 'vip') FROM crm.customers GROUP BY country ORDER BY country

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY monthly_income), percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY birth_date), mode() WITHIN GROUP (ORDER BY email) FROM crm.customers

SELECT rank(2000) WITHIN GROUP (ORDER BY monthly_income), cume_dist('1980-01-01'::date) WITHIN GROUP (ORDER BY birth_date) FROM crm.customers

SELECT bool_or(monthly_income > 5000), every(email IS NOT NULL), bit_and(id), bit_or(id) FROM crm.customers

SELECT round(stddev(monthly_income), 4), round(var_pop(monthly_income), 4), round(corr(monthly_income, extract(year from birth_date)::float8)::numeric, 6) FROM crm.customers

SELECT regr_count(monthly_income, id), round(regr_slope(monthly_income, id)::numeric, 6) FROM crm.customers

SELECT sum(DISTINCT monthly_income), count(DISTINCT (country, segment)), array_agg(DISTINCT segment ORDER BY segment) FROM crm.customers

SELECT date_trunc('month', ordered_at) AS m, count(*), sum(total) FROM crm.orders GROUP BY m ORDER BY m

SELECT extract(year FROM birth_date) AS y, count(*) FROM crm.customers GROUP BY 1 ORDER BY y NULLS FIRST

SELECT width_bucket(monthly_income, 0, 10000, 5) AS b, count(*) FROM crm.customers GROUP BY b ORDER BY b

SELECT monthly_income / 1000 AS k, count(*) FROM crm.customers GROUP BY monthly_income / 1000 ORDER BY 1

SELECT split_part(email, '@', 2) AS domain, count(*) FROM crm.customers GROUP BY domain ORDER BY count(*) DESC, domain

SELECT count(*) FROM (SELECT DISTINCT full_name, birth_date FROM crm.customers) x

SELECT max(count(*)) OVER (), country FROM crm.customers GROUP BY country ORDER BY country

SELECT country, sum(sum(monthly_income)) OVER (ORDER BY country) FROM crm.customers GROUP BY country ORDER BY country

SELECT lvl, count(*), max("größe"), min(geb), array_agg(num ORDER BY num) FROM lab."Person" GROUP BY lvl ORDER BY lvl

SELECT tags, count(*) FROM lab."Person" GROUP BY tags ORDER BY tags

SELECT home, count(*) FROM lab."Person" GROUP BY home ORDER BY home

SELECT props, count(*) FROM lab."Person" GROUP BY props ORDER BY props::text

SELECT zip, zip2, count(*) FROM lab."Person" GROUP BY 1, 2 ORDER BY 1, 2

SELECT xmlagg(xmlelement(name n, "select") ORDER BY "Id")::text FROM lab."Person" WHERE "Id" < 9

SELECT kind, count(*), max(payload) FROM lab.event GROUP BY kind ORDER BY kind

SELECT count(*) FROM crm.customers HAVING count(*) > 10

SELECT 1 FROM crm.customers HAVING true

SELECT avg(total)::numeric(10,2), sum(total) FILTER (WHERE ship_address LIKE '(%') FROM crm.orders

SELECT count(*) AS email FROM crm.customers GROUP BY country ORDER BY email, country

SELECT sum(email) FROM crm.customers

SELECT country, email FROM crm.customers GROUP BY country

SELECT country FROM crm.customers WHERE count(*) > 1

SELECT count(count(*)) FROM crm.customers

SELECT count(*) FILTER (WHERE nosuch) FROM crm.customers

SELECT customer_id FROM crm.orders GROUP BY 2

SELECT country, count(*) FROM crm.customers GROUP BY 1 HAVING email > ''
