-- A view is transparent to pgscrim: it shows what its tables show. A materialized view holds a copy, so a policy has to name it.

CREATE VIEW crm.customer_orders AS
SELECT o.id AS order_id, o.ordered_at, o.status, o.total, c.id AS customer_id, c.full_name, c.email, c.country, o.ship_address
FROM crm.orders o
JOIN crm.customers c ON c.id = o.customer_id;
COMMENT ON VIEW crm.customer_orders IS 'Orders with the customer beside them';

CREATE VIEW crm.country_overview AS
SELECT c.country, count(*) AS customers, round(avg(c.monthly_income), 2) AS average_income, min(c.birth_date) AS oldest
FROM crm.customers c
GROUP BY c.country;
COMMENT ON VIEW crm.country_overview IS 'Customers per country';

CREATE MATERIALIZED VIEW crm.monthly_sales AS
SELECT date_trunc('month', o.ordered_at, 'UTC')::date AS month, s.country, count(*) AS orders, sum(o.total) AS revenue
FROM crm.orders o
LEFT JOIN crm.stores s ON s.id = o.store_id
WHERE o.status NOT IN ('cancelled', 'returned')
GROUP BY 1, 2;
CREATE UNIQUE INDEX ON crm.monthly_sales (month, country);
COMMENT ON MATERIALIZED VIEW crm.monthly_sales IS 'Sales per month and country of the store, NULL for online ones; holds no personal data';
