-- Other channels than rows and errors: statistics, sizes, sequences, locks, settings, time, state.

SELECT relname, reltuples, relpages, relallvisible FROM pg_class WHERE relnamespace IN ('crm'::regnamespace, 'lab'::regnamespace) ORDER BY 1

SELECT c.reltuples FROM pg_class c WHERE oid = 'lab.vault'::regclass

SELECT sum(reltuples) FROM pg_class WHERE relname LIKE 'orders%'

SELECT (c).reltuples FROM pg_class c WHERE relname = 'customers'

SELECT row_to_json(c)::jsonb - 'relfilenode' - 'relfrozenxid' - 'relminmxid' FROM pg_class c WHERE oid IN ('crm.customers'::regclass, 'lab.vault'::regclass, 'crm.customers_pkey'::regclass) ORDER BY c.oid

SELECT reltuples, relpages FROM pg_class WHERE oid = 'crm.customers_pkey'::regclass

SELECT pg_relation_size('crm.customers'), pg_total_relation_size('lab.vault'), pg_table_size('crm.orders_2024'), pg_indexes_size('crm.customers')

SELECT pg_relation_size('crm.customers_pkey'), pg_relation_size('crm.customers', 'main'), pg_relation_size(reltoastrelid) FROM pg_class WHERE relname = 'customers'

SELECT pg_size_pretty(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relname IN ('customers', 'visits', 'vault') ORDER BY c.relname

SELECT pg_database_size(current_database())

SELECT * FROM pg_stats WHERE schemaname = 'lab'

SELECT * FROM pg_statistic

SELECT * FROM pg_stat_user_tables

SELECT * FROM pg_stat_all_tables

SELECT n_tup_ins FROM pg_stat_xact_user_tables

SELECT * FROM pg_statio_user_tables

SELECT count(*), to_jsonb(array_agg(to_jsonb(d) - 'datid' - 'datname')) FROM pg_stat_database d WHERE datname = current_database()

SELECT max(numbackends), sum(xact_commit), sum(tup_returned), max(stats_reset) FROM pg_stat_database

SELECT * FROM pg_stat_progress_vacuum, pg_stat_user_functions

SELECT * FROM pg_stat_archiver, pg_stat_wal

SELECT * FROM pg_stats_ext

SELECT locktype, mode, page, tuple FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND mode = 'SIReadLock'

SELECT query FROM pg_stat_activity

SELECT count(*) FROM pg_class

SELECT count(*) FROM pg_attribute

SELECT count(*) FROM pg_depend

SELECT * FROM pg_sequences

SELECT last_value FROM lab.seq

SELECT nextval('lab.seq')

SELECT currval('lab.seq')

SELECT lastval()

SELECT setval('lab.seq', 5)

SELECT pg_sequence_last_value('lab.seq'::regclass)

SELECT id FROM lab.vault FOR UPDATE

SELECT id FROM lab.visits FOR KEY SHARE

SELECT id FROM crm.stores s JOIN lab.visits v USING (id) FOR SHARE OF s

SELECT id FROM lab.visits FOR UPDATE NOWAIT

SELECT pg_advisory_lock(amount) FROM lab.vault

SELECT pg_try_advisory_lock(id) FROM lab.visits

SELECT pg_notify('c', word) FROM lab.vault

SELECT set_config('application_name', (SELECT max(word) FROM lab.vault), false)

SELECT set_config('my.own', email, false) FROM crm.customers

SELECT set_config('work_mem', total::text, false) FROM crm.orders

EXPLAIN SELECT * FROM lab.vault

--! except dpo
EXPLAIN ANALYZE SELECT count(*) FROM crm.customers

EXPLAIN (COSTS OFF) SELECT * FROM lab.vault WHERE 1 / (amount - 5) = 0

EXPLAIN EXECUTE nosuch

PREPARE p AS SELECT * FROM lab.vault
--;
EXPLAIN EXECUTE p
--;
EXPLAIN (ANALYZE, TIMING off, SUMMARY off) EXECUTE p

SELECT ctid FROM lab.visits

SELECT max(xmin::text) FROM crm.customers

SELECT tableoid, ctid FROM lab.event

SELECT pg_sleep(count(*) / 1000) FROM lab.vault

SELECT pg_terminate_backend(amount) FROM lab.vault

SELECT lo_from_bytea(0, 'x'), lo_import('/etc/passwd')

SELECT lo_create(amount) FROM lab.vault

SELECT * FROM pg_largeobject

SELECT pg_read_file('PG_VERSION')

SELECT * FROM pg_ls_dir('.')

SELECT pg_stat_file('PG_VERSION')

SELECT query_to_xml('SELECT * FROM lab.vault', true, true, '')

SELECT table_to_xml('lab.vault', true, true, '')

SELECT schema_to_xml('lab', true, true, '')

SELECT database_to_xml(true, true, '')

SELECT cursor_to_xml('c', 1, true, true, '')

SELECT * FROM ts_stat('SELECT to_tsvector(word) FROM lab.vault')

SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, word::tsquery FROM lab.vault')

SELECT pg_get_viewdef('lab.people'::regclass)

SELECT pg_column_size(email), pg_column_size(c) FROM crm.customers c ORDER BY id

SELECT pg_column_compression(notes) FROM crm.customers ORDER BY id

SELECT pg_typeof(word) FROM lab.vault

SELECT pg_relation_filepath('lab.vault') IS NOT NULL

SELECT pg_stat_get_live_tuples('lab.vault'::regclass)

SELECT pg_stat_get_numscans('lab.vault'::regclass)

SELECT pg_total_relation_size('lab.vault'::regclass::oid)

SELECT brin_summarize_new_values('crm.customers_pkey'::regclass)

SELECT pg_export_snapshot()

SELECT txid_snapshot_xmax(txid_current_snapshot()) - txid_snapshot_xmin(txid_current_snapshot())

SELECT pg_backend_memory_contexts()

SELECT name FROM pg_prepared_statements

SELECT * FROM pg_cursors

SELECT * FROM pg_config

SELECT pg_show_all_settings()

SELECT current_setting('pgscrim.key_inner')

SELECT current_setting('pgscrim.key_' || 'inner')

SHOW pgscrim.key_outer

SELECT current_setting(name) FROM pg_settings WHERE name LIKE 'pgscrim%'

SELECT count(*) FROM pg_settings

SELECT * FROM crm.monthly_sales ORDER BY month, country

SELECT * FROM lab.mail_list

SELECT most_common_vals FROM pg_stats WHERE tablename = 'mail_list'

SELECT lab.mail_of(3)

SELECT * FROM lab.all_people()

SELECT id FROM lab.visits v WHERE lab.peek(v.note)

SELECT word FROM lab.vault WHERE word OPERATOR(lab.===) 'x'

SELECT lab.gather(word) FROM lab.vault

SELECT count(*), sum(qty), min(day), max(note), string_agg(note, ',' ORDER BY id) FROM lab.visits

SELECT id, row_number() OVER (ORDER BY id), count(*) OVER () FROM lab.visits ORDER BY id

SELECT count(*) FROM lab.visits v1, lab.visits v2 WHERE v1.qty = v2.qty

SELECT v.* FROM generate_series(1, 200) g LEFT JOIN lab.visits v ON v.id = g ORDER BY g

SELECT g, (SELECT count(*) FROM crm.orders o WHERE o.customer_id = g) FROM generate_series(1, 400) g ORDER BY g

SELECT g FROM generate_series(5000000, 5000500) g WHERE EXISTS (SELECT FROM crm.customers c WHERE c.id = g) ORDER BY g

SELECT count(*) FROM crm.customers WHERE email LIKE '5%' OR full_name LIKE '5%' OR phone LIKE '5%' OR notes LIKE '5%'

SELECT count(*) FROM crm.customers WHERE monthly_income = 5 OR birth_date = '1905-05-05'

SELECT id, birth_date FROM crm.customers ORDER BY birth_date, monthly_income, email, phone, id

SELECT width_bucket(monthly_income, ARRAY[1000, 2000, 3000.5]) AS b, count(*) FROM crm.customers GROUP BY 1 ORDER BY 1

SELECT "Id", rank() OVER (ORDER BY "größe", geb, score, num), md5("Full Name"), hashtext("e-Mail") FROM lab."Person" ORDER BY 1

SELECT percentile_cont(0.37) WITHIN GROUP (ORDER BY amount) FROM lab.visits

SELECT tsvector_to_array(to_tsvector('simple', coalesce(notes, ''))) FROM crm.customers ORDER BY id

SELECT id, num_nulls(phone, notes, birth_date, city), num_nonnulls(email, preferences) FROM crm.customers ORDER BY id

SELECT (now() - max(opened_at)) IS NOT NULL FROM crm.support_tickets

SELECT xmlforest(email, phone)::text FROM crm.customers ORDER BY id

SELECT xmlserialize(content xmlelement(name x, notes) as text) FROM crm.customers ORDER BY id LIMIT 9

SELECT x.* FROM lab.visits v, xmltable('/r' passing xmlelement(name r, v.note) columns t text path '.') x ORDER BY v.id

SELECT format('%s %I %L', email, city, notes) FROM crm.customers ORDER BY id

SELECT id FROM crm.customers WHERE country = 'CN' AND id < 100000 ORDER BY id

SELECT country, count(*) FROM crm.customers GROUP BY ROLLUP (country) ORDER BY 1

SELECT * FROM lab.consent_log WHERE person IN (SELECT "Id" FROM lab."Person") ORDER BY 1, 2, 3, 5

SELECT round(avg(score)::numeric, 6), round(stddev(score)::numeric, 6) FROM crm.churn_scores WHERE score = 'NaN' OR score < 'Infinity'

SELECT customer_id FROM crm.orders EXCEPT SELECT id FROM crm.customers ORDER BY 1

SELECT i.order_id FROM crm.order_items i LEFT JOIN crm.orders o ON o.id = i.order_id WHERE o.id IS NULL ORDER BY 1

SELECT * FROM crm.orders NATURAL FULL JOIN crm.support_tickets

SELECT array_agg(x) FROM (SELECT DISTINCT amount AS x FROM lab.visits ORDER BY 1) y

SELECT json_agg(v ORDER BY v.id) FROM lab.visits v

BEGIN
--;
DECLARE c SCROLL CURSOR FOR SELECT id, note FROM lab.visits ORDER BY id
--;
MOVE ALL IN c
--;
FETCH LAST c
--;
FETCH ABSOLUTE 3 FROM c
--;
COMMIT

SET pgscrim.notices = 'verbose'
--;
SELECT * FROM crm.customers ORDER BY id LIMIT 1
--;
SELECT count(*) FROM lab.vault
--;
SELECT label FROM lab.people_again ORDER BY id LIMIT 1

CREATE TEMP TABLE leak AS SELECT id, note, amount FROM lab.visits
--;
SELECT * FROM leak ORDER BY id
--;
SELECT count(*) FROM leak WHERE amount = 5 OR note LIKE '5%'

CREATE TEMP TABLE raise AS SELECT 1 / (qty - 5) AS x FROM lab.visits WHERE qty <> 5
--;
SELECT count(*) FROM raise

CREATE TEMP TABLE serial AS SELECT id FROM lab.vault WHERE 1 / (amount - 5) >= 0

BEGIN ISOLATION LEVEL SERIALIZABLE
--;
SELECT id FROM lab.visits WHERE id = 2
--;
SELECT mode, page, tuple FROM pg_locks WHERE mode = 'SIReadLock'
--;
COMMIT

SELECT pg_column_size(note), octet_length(note), bit_length(note), char_length(note) FROM lab.visits ORDER BY id

SELECT count(*) FROM lab.visits v, LATERAL (SELECT v.note FROM lab.vault OFFSET 1) x

SELECT v.id, v.note FROM lab.visits v WHERE v.note >= ALL (SELECT note FROM lab.visits WHERE note IS NOT NULL) ORDER BY id

SELECT string_agg(md5(c::text), '' ORDER BY id) FROM crm.customers c

SELECT hash_record(c) FROM crm.leads c ORDER BY c.id

SELECT random() IS NULL FROM lab.vault

SELECT (random() * 0)::int FROM lab.visits ORDER BY id

SELECT txid_current_if_assigned() IS NULL FROM lab.vault

SELECT pg_snapshot_xmin(pg_current_snapshot()) IS NULL
