-- Expressions that fail, count or reach further, in every place and spelling: SQL's own function syntax, type input functions, aggregates,
-- windows, limits, random numbers.

SELECT count(*) FROM lab.types v WHERE v.types > 0 AND v.hash_record IS NULL

SELECT count(*) FROM crm.customers c WHERE c.to_jsonb IS NULL

SELECT count(*) FROM lab.types v WHERE types BETWEEN 3 AND 3 AND v.hash_record IS NULL

SELECT v.types FROM lab.types v WHERE v.person = 5000009 AND v.hash_record IS NULL

SELECT v FROM lab.types v ORDER BY v

SELECT DISTINCT v FROM lab.types v

SELECT v.types FROM lab.types v WHERE v IS NOT NULL AND types = 3

SELECT attname, attmissingval FROM pg_attribute WHERE attmissingval IS NOT NULL

SELECT array_in('{12345}'::cstring, 'lab.zip'::regtype, -1)

SELECT domain_in('x'::cstring, 'lab.zip'::regtype, -1)

SELECT record_in('(x,1)'::cstring, 'lab.address'::regtype, -1)

SELECT count(*) FROM lab.visits WHERE TREAT(note AS pg_read_file) = 'x'

SELECT TREAT('pgscrim.key_' || 'inner' AS current_setting)

SELECT TREAT('pgscrim.key_inner' AS current_setting)

SELECT TREAT('lab.vault'::regclass AS pg_relation_size)

SELECT TREAT(1.5 AS int8)

SELECT count(*) FROM lab.visits WHERE TREAT(note AS int4) = 1

SELECT COLLATION FOR (note) FROM lab.visits LIMIT 1

SELECT XMLPARSE(CONTENT note) IS NULL FROM lab.visits WHERE id < 3 ORDER BY id

SELECT count(*) FROM lab.visits WHERE XMLPARSE(DOCUMENT note) IS NULL AND id < 3

SELECT count(*) FROM lab.visits WHERE note IS DOCUMENT

SELECT count(*) FROM lab.visits WHERE note IS NFKD NORMALIZED

SELECT count(*) FROM lab.visits WHERE normalize(note, NFC) = note

SELECT count(*) FROM lab.visits WHERE OVERLAY(note PLACING 'x' FROM qty - 5) = 'x'

SELECT count(*) FROM lab.visits WHERE SUBSTRING(note FROM 1 FOR qty - 6) = 'x'

SELECT count(*) FROM lab.visits WHERE SUBSTRING(note SIMILAR 'a#"b' ESCAPE '#') IS NULL

SELECT count(*) FROM lab.visits WHERE POSITION('x' IN note) > 1 / (qty - 5)

SELECT count(*) FROM lab.visits WHERE EXTRACT(nosuch FROM day) = 1

SELECT count(*) FROM lab.visits WHERE EXTRACT(timezone FROM day) = 1

SELECT count(*) FROM lab.visits WHERE (day, day + qty * 1000000) OVERLAPS (day, day)

SELECT count(*) FROM lab.visits WHERE day::timestamp AT TIME ZONE note IS NULL

SELECT count(*) FROM lab.visits WHERE note IS JSON

SELECT count(*) FROM lab.visits WHERE note IS JSON OBJECT WITH UNIQUE KEYS

SELECT JSON_OBJECT(note : 1) FROM lab.visits ORDER BY id

SELECT JSON_OBJECTAGG(note : 1 WITH UNIQUE KEYS) FROM lab.visits

SELECT JSON_ARRAYAGG(note ORDER BY id) FROM lab.visits

SELECT JSON_ARRAY(SELECT note FROM lab.visits ORDER BY id)

SELECT jsonb_object_agg(note, 1) FROM lab.visits

SELECT json_object_agg(note, 1 ORDER BY id) FROM lab.visits

SELECT count(*) FROM lab.visits WHERE num_nonnulls(VARIADIC ARRAY[note]) / (qty - 5) > 0

SELECT sum(big) FROM (SELECT 9223372036854775807 / (qty - 5) AS big FROM lab.visits WHERE qty <> 5) x

SELECT sum(qty * 2000000000::bigint * 1000000000) FROM lab.visits

SELECT sum(amount * 1e5000) FROM lab.visits

SELECT avg(('1e300'::float8 * qty) * ('1e' || 3 * qty)::float8) FROM lab.visits

SELECT var_pop(qty * 1e300::float8) FROM lab.visits

SELECT stddev(qty * 1e200::float8) FROM lab.visits

SELECT count(*) FROM lab.visits WHERE factorial(qty - 5) > 0

SELECT array_agg(ARRAY[1, NULL][1:qty]) FROM lab.visits

SELECT array_agg(string_to_array(note, ' ')) FROM lab.visits

SELECT count(*) FROM lab.visits WHERE (ARRAY[1, 2])[qty / (qty - 5)] IS NULL

SELECT count(*) FROM lab.visits WHERE ('{"a": 1}'::jsonb)[note] IS NULL

SELECT count(*) FROM lab.visits WHERE jsonb_set('{}', ARRAY[note], 'null') IS NULL

SELECT count(*) FROM lab.visits WHERE jsonb_path_query_first('{}', note::jsonpath) IS NULL

SELECT count(*) FROM lab.visits WHERE note::regclass IS NULL

SELECT count(*) FROM lab.visits WHERE note::regproc IS NULL

SELECT count(*) FROM lab.visits WHERE note::regtype IS NULL

SELECT count(*) FROM lab.visits WHERE to_regclass(note) IS NULL

SELECT count(*) FROM lab.visits WHERE note::name = 'x'

SELECT count(*) FROM lab.visits WHERE note::"char" = 'n'

SELECT count(*) FROM lab.visits WHERE note::bytea IS NULL

SELECT count(*) FROM lab.visits WHERE note::bit(3) IS NULL

SELECT count(*) FROM lab.visits WHERE note::money IS NULL

SELECT count(*) FROM lab.visits WHERE note::interval IS NULL

SELECT count(*) FROM lab.visits WHERE note::inet IS NULL

SELECT count(*) FROM lab.visits WHERE note::uuid IS NULL

SELECT count(*) FROM lab.visits WHERE note::tsquery IS NULL

SELECT count(*) FROM lab.visits WHERE note::tsvector IS NULL

SELECT count(*) FROM lab.visits WHERE to_tsquery(note) IS NULL

SELECT count(*) FROM lab.visits WHERE to_tsvector(note::regconfig, 'x') IS NULL

SELECT count(*) FROM lab.visits WHERE note::int4range IS NULL

SELECT count(*) FROM lab.visits WHERE int4range(qty, 5 - qty) IS NULL

SELECT count(*) FROM lab.visits WHERE numrange(amount, 5) IS NULL

SELECT count(*) FROM lab.visits WHERE daterange(day, '2024-02-01') @> day

SELECT count(*) FROM lab.visits WHERE int4multirange(int4range(qty, 5)) @> qty

SELECT range_agg(int4range(qty, 5)) FROM lab.visits

SELECT range_agg(int4range(5, qty)) FROM lab.visits

SELECT count(*) FROM lab.visits WHERE note::point IS NULL

SELECT count(*) FROM lab.visits WHERE circle(point(0, 0), qty - 5.0) IS NULL

SELECT count(*) FROM lab.visits WHERE 'x' ~ note

SELECT count(*) FROM lab.visits WHERE regexp_count('x', note) > 0

SELECT count(*) FROM lab.visits WHERE note LIKE note || '\'

SELECT count(*) FROM lab.visits WHERE note LIKE 'x' ESCAPE note

SELECT count(*) FROM lab.visits WHERE note ILIKE '%\'

SELECT count(*) FROM lab.visits WHERE 'x' SIMILAR TO note

SELECT count(*) FROM lab.visits WHERE set_bit('\x00', qty * 3, 1) IS NULL

SELECT count(*) FROM lab.visits WHERE get_byte('\x00', qty - 5) IS NULL

SELECT count(*) FROM lab.visits WHERE set_byte(note::bytea, 19, 1) IS NULL

SELECT count(*) FROM lab.visits WHERE to_char(amount, note) = 'x'

SELECT count(*) FROM lab.visits WHERE to_date(note, 'YYYY') IS NULL

SELECT count(*) FROM lab.visits WHERE to_number(note, '9') IS NULL

SELECT count(*) FROM lab.visits WHERE make_time(qty * 6, 0, 0) IS NULL

SELECT count(*) FROM lab.visits WHERE make_interval(qty * 1000000000) IS NULL

SELECT count(*) FROM lab.visits WHERE date_part(note, day) IS NULL

SELECT count(*) FROM lab.visits WHERE date_trunc(note, day) IS NULL

SELECT count(*) FROM lab.visits WHERE generate_series(1, 2, qty - 5) IS NULL

SELECT generate_series(1, 2, qty - 5) FROM lab.visits ORDER BY 1

SELECT count(*) FROM lab.visits, generate_series(1, 2, qty - 5)

SELECT count(*) FROM lab.visits v JOIN generate_series(1, 200) g ON g = v.id AND 1 / (v.qty - 5) >= g

SELECT g FROM generate_series(1, 200) g WHERE NOT EXISTS (SELECT FROM lab.visits v WHERE v.id = g AND 1 / (v.qty - 5) >= 0)

SELECT percentile_cont(1.0 / (qty - 5)) WITHIN GROUP (ORDER BY amount) FROM lab.visits GROUP BY qty

SELECT percentile_cont(ARRAY[0.1, 2]) WITHIN GROUP (ORDER BY amount) FROM lab.vault

SELECT nth_value(note, qty - 5) OVER (ORDER BY id) FROM lab.visits

SELECT ntile(qty - 5) OVER (ORDER BY id) FROM lab.visits

SELECT lag(note, qty, note) OVER (ORDER BY id) FROM lab.visits ORDER BY id

SELECT sum(qty) OVER (ORDER BY id ROWS BETWEEN qty PRECEDING AND CURRENT ROW) FROM lab.visits

SELECT sum(qty) OVER (ORDER BY id ROWS BETWEEN (SELECT count(*) FROM lab.vault) - 5 PRECEDING AND CURRENT ROW) FROM lab.visits ORDER BY id

SELECT sum(qty) OVER (ORDER BY id ROWS BETWEEN (SELECT -1 FROM lab.vault LIMIT 1) PRECEDING AND CURRENT ROW) FROM lab.visits ORDER BY id

SELECT sum(qty) OVER (ORDER BY amount RANGE BETWEEN 5 PRECEDING AND CURRENT ROW), id FROM lab.visits ORDER BY id

SELECT sum(qty) OVER (ORDER BY day RANGE BETWEEN '1000000 years' PRECEDING AND CURRENT ROW), id FROM lab.visits ORDER BY id

SELECT id FROM lab.visits ORDER BY id LIMIT (SELECT count(*) - 5 FROM lab.vault)

SELECT id FROM lab.visits ORDER BY id OFFSET (SELECT amount FROM lab.vault LIMIT 1)

SELECT id FROM lab.visits ORDER BY qty FETCH FIRST (SELECT count(*) + 3 FROM lab.vault) ROWS WITH TIES

SELECT 1 FROM lab.visits LIMIT -1

SELECT 1 FROM lab.vault LIMIT -1

SELECT (SELECT 1 FROM lab.vault LIMIT -1)

SELECT random() < 2 FROM lab.visits ORDER BY id

SELECT setseed(0.5)
--;
SELECT count(*) FROM lab.visits WHERE random() < 2
--;
SELECT random()

SELECT setseed(0.5)
--;
SELECT random() FROM lab.visits LIMIT 5
--;
SELECT random()

SELECT setseed(0.5)
--;
SELECT count(random()) FROM crm.customers WHERE country = 'DE'
--;
SELECT random()

-- Calls alone, without an operator, of columns in which hidden rows have the divisor and visible ones never do.

SELECT person FROM lab.jobs WHERE int4eq(int4div(1, int4mi(tries, 5)), 7)

SELECT person FROM lab.jobs WHERE bool(int4div(1, int4mi(tries, 5)))

SELECT count(*) FROM lab.jobs j JOIN crm.stores s ON int4eq(int4div(1, int4mi(j.tries, 5)), s.id)

SELECT j.person FROM crm.stores s LEFT JOIN lab.jobs j ON int4lt(int4div(10, int4mi(j.tries, 5)), s.id) ORDER BY 1

SELECT id FROM crm.orders WHERE numeric_eq(numeric_div(1, numeric_sub(total, 5)), 7)

SELECT id FROM crm.customers WHERE texteq(repeat(segment, length(segment) * 100000000), 'x')

SELECT id FROM lab.vault WHERE int4eq(int4div(1, int4mi(amount, 5)), 7)
