-- The consents of customers $1 to $2: a good half of those who were asked said yes; some of them changed their mind, for others it ran out.
INSERT INTO crm.consents
SELECT id, purpose,
       answer <> 'refused',
       asked,
       CASE WHEN answer = 'withdrawn' THEN asked + pg_temp.u(id, salt + 2) * interval '300 days' END,
       CASE WHEN answer = 'expired' THEN asked + interval '30 days' WHEN pg_temp.u(id, salt + 3) < 0.3 THEN timestamptz '2040-01-01 00:00+00' END,
       (ARRAY['web', 'web', 'store', 'call'])[1 + pg_temp.h(id, salt + 4) % 4]
FROM generate_series($1::bigint, $2::bigint) AS id,
     (VALUES ('profiling', 100), ('marketing', 200)) AS p (purpose, salt),
     LATERAL (SELECT CASE width_bucket(pg_temp.u(id, salt), ARRAY[0.45, 0.55, 0.65, 0.75]::double precision[])
                     WHEN 0 THEN 'given' WHEN 1 THEN 'refused' WHEN 2 THEN 'withdrawn' WHEN 3 THEN 'expired' END AS answer,
                     pg_temp.moment(pg_temp.u(id, salt + 1) * 0.97) AS asked) a
WHERE answer IS NOT NULL; -- the rest were never asked
