-- Leads $1 to $2 out of a fair of $3 customers; every third one became a customer.
INSERT INTO crm.leads
SELECT l.id, CASE WHEN l.id % 3 = 0 THEN c.id END,
       coalesce(c.full_name, first || ' ' || last),
       coalesce(c.email, pg_temp.ascii(first) || '_' || pg_temp.ascii(last) || l.id || '@example.net'),
       CASE WHEN l.id % 4 > 0 THEN coalesce(c.phone, pg_temp.number(m.phone, m.phones, l.id, 32)) END,
       coalesce(c.birth_date, date '2004-01-01' - (pg_temp.u(l.id, 33) * 18000)::integer),
       m.country,
       pg_temp.pick('{fair,web,referral,store,partner}', l.id, 34),
       pg_temp.moment(pg_temp.u(l.id, 35))
FROM generate_series($1::bigint, $2::bigint) AS l (id)
JOIN market m ON m.country IS NOT DISTINCT FROM pg_temp.country(l.id)
LEFT JOIN crm.customers c ON c.id = l.id AND l.id % 3 = 0 AND l.id <= $3::bigint,
LATERAL (SELECT pg_temp.pick(m.given, l.id, 30) AS first, pg_temp.pick(m.family, l.id, 31) AS last) p;
