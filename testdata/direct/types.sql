-- Values of every type, in and out.
SELECT true, false, NULL::bool, 't'::bool, 'yes'::bool, 'off'::bool

SELECT 'maybe'::bool

SELECT 1::int2, -32768::int2, 32767::int2, 2147483647, -2147483648, 9223372036854775807, -9223372036854775808

SELECT 32768::int2

SELECT 2147483647 + 1

SELECT '12x'::int

SELECT 1/0

SELECT 1.5::numeric, 'NaN'::numeric, 1e100::numeric, 0.000000000000001::numeric(20,15), -12345.678::numeric(10,2)

SELECT 12345.678::numeric(5,2)

SELECT 1.1::float4, 1.1::float8, 'Infinity'::float8, '-Infinity'::float4, 'NaN'::float8, 1e308::float8, 1e-40::float4

SELECT 1e39::float4

SELECT 'a'::text, ''::text, 'ünïcödé ☃ 𝄞'::text, E'tab\tnewline\nbackslash\\quote\'', U&'\0061\+01F600'

SELECT 'abc'::char(5), 'abc'::varchar(2), 'abcdef'::varchar(10), 'x'::"char", 'name'::name

SELECT 'abc'::char(2)

INSERT INTO pg_temp.none VALUES (1)

SELECT '\x00ff10'::bytea, E'\\000\\377'::bytea, ''::bytea

SET bytea_output = escape

SELECT '\x00ff4142'::bytea

RESET bytea_output

SELECT '2024-02-29'::date, 'infinity'::date, '-infinity'::date, '0044-03-15 BC'::date, '5874897-12-31'::date

SELECT '2023-02-29'::date

SELECT '12:34:56.789'::time, '24:00:00'::time, '12:34:56+05:30'::timetz, time(2) '01:02:03.456'

SELECT '2024-02-29 12:34:56.123456'::timestamp, '2024-02-29 12:34:56+02'::timestamptz, 'infinity'::timestamptz

SET timezone = 'Asia/Kathmandu'

SELECT '2024-02-29 12:34:56+02'::timestamptz, extract(timezone FROM '2024-02-29 12:34:56+02'::timestamptz)

SET datestyle = 'German, DMY'

SELECT '29.02.2024'::date, '2024-02-29 12:34:56+02'::timestamptz

SET datestyle = 'SQL, MDY'

SELECT '02/03/2024'::date, '2024-02-29 12:34:56'::timestamp

RESET datestyle; RESET timezone

SELECT interval '1 year 2 months 3 days 04:05:06.789', interval '-1 day', interval '1' year, interval '3 4:05' day to minute

SET intervalstyle = iso_8601

SELECT interval '1 year 2 months 3 days 04:05:06.789'

SET intervalstyle = sql_standard; SELECT interval '1 year 2 months'; RESET intervalstyle

SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'::uuid

SELECT 'a0eebc99'::uuid

SELECT '{"b": 1, "a": [1, 2.50, null, true]}'::json, '{"b": 1, "a": [1, 2.50, null, true], "b": 2}'::jsonb

SELECT '{"a": }'::json

SELECT '[1, 2'::jsonb

SELECT '$.a[*] ? (@ > 1)'::jsonpath, jsonb_path_query('{"a": [1, 2, 3]}', '$.a[*] ? (@ > 1)')

SELECT '$.a['::jsonpath

SELECT '<a b="c">d</a>'::xml, xmlelement(name foo, xmlattributes(1 AS bar), 'x'), xmlforest(1 AS a, 'b' AS b)

SELECT '<a>'::xml

SELECT '{1,2,NULL}'::int[], '{{1,2},{3,4}}'::int[], '[0:1]={1,2}'::int[], '{"a,b","c\"d",NULL,"NULL"}'::text[], '{}'::int[]

SELECT '{1,2'::int[]

SELECT ARRAY[[1,2],[3]]

SELECT ROW(1, 'a', NULL), ROW(1, ROW(2, 'x y')), ROW()

SELECT '[1,5)'::int4range, 'empty'::int8range, '(,2024-01-01]'::daterange, '[1.5,2.5]'::numrange, tsrange('2024-01-01', NULL)

SELECT '[5,1]'::int4range

SELECT '{[1,3),[5,7)}'::int4multirange

SELECT '(1,2)'::point, '[(0,0),(1,1)]'::lseg, '(1,1),(0,0)'::box, '((0,0),(1,1),(2,0))'::path, '((0,0),(1,1),(2,0))'::polygon, '<(0,0),5>'::circle, '{1,2,3}'::line

SELECT '192.168.0.1/24'::inet, '::1'::inet, '10.0.0.0/8'::cidr, '08:00:2b:01:02:03'::macaddr, '08:00:2b:ff:fe:01:02:03'::macaddr8

SELECT '10.0.0.1/8'::cidr

SELECT B'101', X'1F', '10101'::varbit(5), '101'::bit(3)

SELECT '101'::bit(4)

SELECT 12.34::money, '-1.5'::money

SELECT 'a fat cat'::tsvector, 'fat & (cat | rat)'::tsquery, to_tsvector('simple', 'A fat cat'), to_tsquery('english', 'cats')

SELECT 'fat &'::tsquery

SELECT 'pg_class'::regclass, 'int4'::regtype, '+(int4,int4)'::regoperator, 'now'::regproc, 'pg_catalog'::regnamespace, 'english'::regconfig

SELECT 'nosuch'::regclass

SELECT 26::oid, '0/16B3748'::pg_lsn, '(0,1)'::tid, '5'::xid, '7'::cid, '10:20:10,14,15'::txid_snapshot, '1 2 3'::oidvector, '1 2'::int2vector

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')

SELECT 'ok'::mood, enum_range(NULL::mood), 'ok' < 'happy'::mood

SELECT 'angry'::mood

CREATE TYPE pair AS (a int, b text)

SELECT ROW(1, 'x')::pair, (ROW(1, 'x')::pair).b, '(2,"y z")'::pair, NULL::pair, ARRAY[ROW(1, 'x')::pair]

SELECT '(1)'::pair

CREATE DOMAIN posint AS int CHECK (VALUE > 0) NOT NULL

SELECT 5::posint

SELECT 0::posint

SELECT NULL::posint

CREATE TYPE floatrange AS RANGE (subtype = float8, subtype_diff = float8mi)

SELECT '[1.1,2.2)'::floatrange, floatrange(1, 2) @> 1.5::float8

CREATE TABLE everything (b bool, i2 int2, i4 int4, i8 int8, n numeric(8,3), f4 float4, f8 float8, t text, c char(4), v varchar(7), by bytea, d date, ti time(1), tz timetz, ts timestamp(3), tstz timestamptz, iv interval, u uuid, j json, jb jsonb, x xml, a int[], r int4range, p point, ip inet, bi bit(3), vb varbit, m mood, pr pair, dom posint DEFAULT 1, mo money, q tsquery, tv tsvector)

INSERT INTO everything VALUES (true, 1, 2, 3, 4.5, 5.5, 6.5, 't', 'c', 'v', '\x01', '2024-01-02', '03:04:05.67', '01:02:03+04', '2024-01-02 03:04:05.678', '2024-01-02 03:04:05+06', '1 mon', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{}', '[]', '<x/>', '{1}', '[1,2)', '(1,2)', '::1', '101', '10', 'ok', '(1,a)', 7, 1.23, 'a', 'b')

INSERT INTO everything DEFAULT VALUES

TABLE everything

SELECT everything FROM everything

SELECT row_to_json(e), to_jsonb(e) - 'x' FROM everything e

INSERT INTO everything (v) VALUES ('too long for it')

INSERT INTO everything (i2) VALUES (99999)

INSERT INTO everything (dom) VALUES (-1)

INSERT INTO everything (nosuch) VALUES (1)

COPY everything TO STDOUT

COPY everything TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)

COPY everything (b, i2, i4, i8, n, f4, f8, t, by, d, ts, iv, u, jb, a) TO STDOUT (FORMAT binary)
