-- What somebody would write by hand to get the sample's policy without pgscrim: one schema of views for each role, all
-- else left to the database. {schema} and {options} are filled in: the same views are made once as they are and once
-- with security_barrier. Part one is the analyst's (reporting), part two the marketer's (campaign).

CREATE SCHEMA {analyst};

CREATE VIEW {analyst}.customers {options} AS
SELECT c.id, c.country,
       CASE WHEN k.known THEN left(encode(sha256({outer} || sha256({inner} || convert_to('reporting' || chr(31) || c.full_name, 'UTF8'))), 'hex'), 24) END AS full_name,
       CASE WHEN k.known THEN CASE WHEN strpos(c.email, '@') > 0 THEN '***@' || reverse(split_part(reverse(c.email), '@', 1)) ELSE '***' END END AS email,
       CASE WHEN k.known THEN repeat('*', greatest(length(c.phone) - 3, 0)) || right(c.phone, 3) END AS phone,
       date_trunc('year', c.birth_date)::date AS birth_date,
       CASE WHEN c.country IN ({europe}) THEN floor(c.monthly_income / 2500) * 2500 ELSE floor(c.monthly_income / 1000) * 1000 END::numeric(12,2) AS monthly_income,
       c.city, left(c.postal_code, 2) AS postal_code, c.segment, c.created_at
FROM crm.customers c
CROSS JOIN LATERAL (SELECT c.country IN ({europe}, {elsewhere}) AS known) k;

CREATE VIEW {analyst}.orders {options} AS
SELECT id, customer_id, store_id, status, ordered_at, total, '(withheld)'::text AS ship_address FROM crm.orders;

CREATE VIEW {analyst}.support_tickets {options} AS
SELECT id, customer_id, opened_at, closed_at, channel, subject, '***'::text AS body FROM crm.support_tickets;

CREATE VIEW {analyst}.marketing_events {options} AS
SELECT id, customer_id, campaign, event, occurred_at, NULL::inet AS ip_address, NULL::jsonb AS detail FROM crm.marketing_events;

CREATE SCHEMA {marketer};

CREATE VIEW {marketer}.customers {options} AS
SELECT c.id, c.country,
       CASE WHEN k.known THEN left(encode(sha256({outer} || sha256({inner} || convert_to('campaign' || chr(31) || c.full_name, 'UTF8'))), 'hex'), 24) END AS full_name,
       c.email, c.phone, c.segment, c.created_at
FROM crm.customers c
CROSS JOIN LATERAL (SELECT c.country IN ({europe}, {elsewhere}) AS known) k
JOIN crm.consents g ON g.customer_id = c.id AND g.purpose = 'marketing'
WHERE g.granted AND g.withdrawn_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > now());

CREATE VIEW {marketer}.orders {options} AS
SELECT o.* FROM crm.orders o
JOIN crm.consents g ON g.customer_id = o.customer_id AND g.purpose = 'marketing'
WHERE g.granted AND g.withdrawn_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > now());

CREATE VIEW {marketer}.marketing_events {options} AS
SELECT e.id, e.customer_id, e.campaign, e.event, e.occurred_at FROM crm.marketing_events e
JOIN crm.consents g ON g.customer_id = e.customer_id AND g.purpose = 'marketing'
WHERE g.granted AND g.withdrawn_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > now());
