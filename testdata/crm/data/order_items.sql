-- The items of orders $1 to $2: one, two or three each, 1.5 on average.
INSERT INTO crm.order_items
SELECT o.id, o.ordered_at, line, p.id, 1 + (pg_temp.u(o.id, line + 60) * pg_temp.u(o.id, line + 63) * 4)::smallint, p.price
FROM crm.orders o
CROSS JOIN LATERAL generate_series(1, CASE WHEN pg_temp.u(o.id, 66) < 0.6 THEN 1 WHEN pg_temp.u(o.id, 66) < 0.9 THEN 2 ELSE 3 END) AS line
JOIN crm.products p ON p.id = 1 + floor(pg_temp.u(o.id, line + 67) ^ 2 * 300)::integer
WHERE o.id BETWEEN $1::bigint AND $2::bigint;
