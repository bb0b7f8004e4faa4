-- Orders $1 to $2 of five times $3 customers, in the order of time, ever more of them.
INSERT INTO crm.orders
SELECT o.id, customer, s.id,
       CASE WHEN share > 0.995 THEN (ARRAY['placed', 'paid', 'shipped'])[1 + pg_temp.h(o.id, 41) % 3]
            ELSE (ARRAY['delivered', 'delivered', 'delivered', 'delivered', 'delivered', 'delivered', 'delivered', 'delivered', 'returned', 'cancelled'])[1 + pg_temp.h(o.id, 42) % 10]
       END::crm.order_status,
       pg_temp.moment(share),
       round((8 + 12 * exp(3 * pg_temp.u(o.id, 43)))::numeric, 2),
       CASE WHEN s.id IS NULL THEN (1 + pg_temp.h(customer, 44) % 120) || ' ' || pg_temp.pick(m.streets, customer, 45) || ', ' || pg_temp.pick(m.cities, customer, 17) END
FROM (SELECT id, share,
             -- Of those who are customers by then: half of the orders are anyone's, the other half come from a seventh and a fiftieth of them.
             CASE WHEN pg_temp.u(id, 46) < 0.5 THEN 1 + floor(pg_temp.u(id, 47) * n)::bigint
                  WHEN pg_temp.u(id, 46) < 0.8 THEN 3 + 7 * floor(pg_temp.u(id, 48) * floor((n - 3) / 7))::bigint
                  ELSE 17 + 50 * floor(pg_temp.u(id, 49) * floor((n - 17) / 50))::bigint
             END AS customer
      FROM generate_series($1::bigint, $2::bigint) AS id,
           LATERAL (SELECT (0.02 + 0.98 * sqrt((id - pg_temp.u(id, 40)) / (5.0::double precision * $3::bigint))) AS share) t,
           LATERAL (SELECT greatest(67, floor(share * $3::bigint)) AS n) c) o
JOIN market m ON m.country IS NOT DISTINCT FROM pg_temp.country(customer)
LEFT JOIN store s ON s.country = m.country AND s.n = pg_temp.h(o.id, 50) % (3 * s.stores);
