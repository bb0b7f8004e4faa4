-- The scores of customers $1 to $2: every other one has one.
INSERT INTO crm.churn_scores
SELECT id, round((pg_temp.u(id, 90) * pg_temp.u(id, 91))::numeric, 4), 'churn-2026-06', '2026-06-28 03:00+00'
FROM generate_series($1::bigint, $2::bigint) AS id
WHERE id % 2 = 0;
