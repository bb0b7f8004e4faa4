-- Marketing events $1 to $2; $3 customers. Addresses are those that RFC 5737 sets aside for documentation.
INSERT INTO crm.marketing_events
SELECT id, 1 + floor(pg_temp.u(id, 80) * $3::bigint)::bigint,
       pg_temp.pick('{spring-sale,loyalty-week,black-friday,winback,new-in-garden}', id, 81),
       (ARRAY['sent', 'sent', 'sent', 'opened', 'opened', 'clicked', 'bought', 'unsubscribed'])[1 + pg_temp.h(id, 82) % 8],
       pg_temp.moment(0.03 + 0.97 * id / $3::bigint),
       CASE WHEN pg_temp.u(id, 83) < 0.7 THEN inet '198.51.100.0' + pg_temp.h(id, 84) % 256 END,
       jsonb_build_object('device', pg_temp.pick('{phone,tablet,desktop}', id, 85), 'ms', pg_temp.h(id, 86) % 90000)
FROM generate_series($1::bigint, $2::bigint) AS id;
