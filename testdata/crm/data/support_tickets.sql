-- Tickets $1 to $2; $3 customers. What people write about themselves does not keep to columns.
INSERT INTO crm.support_tickets
SELECT t.id, c.id, opened,
       CASE WHEN pg_temp.u(t.id, 71) < 0.9 THEN opened + pg_temp.u(t.id, 72) * interval '9 days' END,
       pg_temp.pick('{mail,phone,chat}', t.id, 73),
       pg_temp.pick('{Where is my parcel?,Return,Wrong invoice,Change of address,Delete my account,Question about an instalment plan}', t.id, 74),
       CASE WHEN c.country IN ('DE') THEN format('Guten Tag, mein Name ist %s. Bitte rufen Sie mich unter %s an oder schreiben Sie an %s.', c.full_name, coalesce(c.phone, '030 23125 000'), c.email)
            WHEN c.country IN ('FR') THEN format('Bonjour, je m''appelle %s. Mon colis n''est pas arrivé. Répondez-moi à %s, s''il vous plaît.', c.full_name, c.email)
            WHEN c.country IN ('BR') THEN format('Olá, sou %s, documento %s. Quero trocar o tamanho. Meu e-mail: %s', c.full_name, coalesce(c.national_id, '(não informado)'), c.email)
            WHEN c.country IN ('JP') THEN format('%s です。電話 %s、メール %s までご連絡ください。', c.native_name, coalesce(c.phone, '(なし)'), c.email)
            WHEN c.country IN ('CN') THEN format('我是%s，请回复邮箱 %s，或致电 %s。', c.native_name, c.email, coalesce(c.phone, '(无)'))
            WHEN t.id % 3 = 0 THEN format('Hi, this is %s. Please call me back on %s after 6 pm, my card ends in %s.', c.full_name, coalesce(c.phone, 'my landline'), to_char(pg_temp.h(t.id, 75) % 10000, 'FM0000'))
            WHEN t.id % 3 = 1 THEN format('My order has not arrived. I am %s, born %s, and you can reach me at %s.', c.full_name, coalesce(to_char(c.birth_date, 'DD Mon YYYY'), 'long ago'), c.email)
            ELSE format('You asked for my number again: %s. Send the invoice to %s and nobody else.', coalesce(c.national_id, '(none)'), c.email)
       END
FROM generate_series($1::bigint, $2::bigint) AS t (id)
JOIN crm.customers c ON c.id = 1 + floor(pg_temp.u(t.id, 70) * $3::bigint)::bigint,
LATERAL (SELECT pg_temp.moment(0.03 + 0.97 * t.id / ($3::bigint / 5 + 1)) AS opened) o;
