-- Customers $1 to $2 of $3, in the order in which they came.
INSERT INTO crm.customers
SELECT id, m.country,
       CASE WHEN m.family_first AND m.native_given IS NULL THEN last || ' ' || first ELSE first || ' ' || last END,
       CASE WHEN m.family_first THEN m.native_family[f] || CASE WHEN m.country = 'JP' THEN ' ' ELSE '' END || m.native_given[g] ELSE m.native_given[g] || ' ' || m.native_family[f] END,
       pg_temp.ascii(first) || '.' || pg_temp.ascii(last) || id || '@' || (ARRAY['example.com', 'example.org', 'example.net'])[1 + pg_temp.h(id, 5) % 3],
       CASE WHEN pg_temp.u(id, 6) < 0.93 THEN pg_temp.number(m.phone, m.phones, id, 7) END,
       -- From 18 to 90 years, fewer the older.
       CASE WHEN pg_temp.u(id, 8) < 0.97 THEN date '2008-01-01' - (pg_temp.u(id, 9) * (0.4 + 0.6 * pg_temp.u(id, 10)) * 26000)::integer END,
       CASE WHEN pg_temp.u(id, 11) < 0.6 THEN to_char(
           CASE WHEN m.country IN ('BR', 'JP') THEN number * 10 + pg_temp.wrong_check_digit(number) ELSE number END, m.national_id) END,
       -- About log-normal around the market's median.
       CASE WHEN pg_temp.u(id, 12) < 0.85 THEN round((m.income * exp(
           0.9 * (pg_temp.u(id, 13) + pg_temp.u(id, 14) + pg_temp.u(id, 15) + pg_temp.u(id, 16) - 2)))::numeric, 2) END,
       pg_temp.pick(m.cities, id, 17),
       pg_temp.number(m.postal_code, m.postal_codes, id, 18),
       CASE WHEN id % 50 = 17 THEN 'vip' WHEN id % 7 = 3 THEN 'loyal' WHEN id > 0.9 * $3::bigint THEN 'new' ELSE 'regular' END,
       jsonb_build_object('language', m.language, 'newsletter', pg_temp.u(id, 19) < 0.5, 'shoe_size', 35 + pg_temp.h(id, 20) % 13,
           'likes', (ARRAY['["shoes"]', '["kitchen", "garden"]', '["toys"]', '[]', '["beauty", "outerwear"]'])[1 + pg_temp.h(id, 21) % 5]::jsonb),
       CASE pg_temp.h(id, 22) % 20
           WHEN 0 THEN 'Met ' || first || ' at the trade fair, prefers to be called in the evening.'
           WHEN 1 THEN 'Gift card for ' || last || ' family, two children, birthday party in May.'
           WHEN 2 THEN 'Asked not to be addressed as ' || last || ' any more; new name to follow.'
           WHEN 3 THEN 'Second address: ' || pg_temp.ascii(last) || '@example.org, use it when the first one bounces.'
       END,
       pg_temp.moment((id - pg_temp.u(id, 23)) / $3::bigint)
FROM generate_series($1::bigint, $2::bigint) AS id
JOIN market m ON m.country IS NOT DISTINCT FROM pg_temp.country(id),
LATERAL (SELECT (1 + pg_temp.h(id, 24) % 16)::integer AS g, (1 + pg_temp.h(id, 25) % 16)::integer AS f, id * 48271 % 1000000 AS number) n,
LATERAL (SELECT m.given[g] AS first, m.family[f] AS last) p;
