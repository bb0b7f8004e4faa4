-- Schema lab: whatever is nasty about names, types and views, small enough to read. It stands beside the sample CRM.

CREATE SCHEMA lab;

CREATE TYPE lab.level AS ENUM ('low', 'mid', 'high');
CREATE TYPE lab.address AS (street text, house integer);
CREATE DOMAIN lab.zip AS varchar(10) CHECK (VALUE ~ '^[0-9]{5}$');
CREATE DOMAIN lab.zip_plus AS lab.zip;

-- People are the subjects here: quoted and Unicode names, and a column of each type that masks treat differently.
CREATE TABLE lab."Person" (
    "Id"        integer PRIMARY KEY,
    "land"      char(2),                       -- in lower case: the region is an expression over it
    "Full Name" text NOT NULL,
    "e-Mail"    varchar(40) UNIQUE,
    "größe"     numeric(6,2),
    geb         date,
    born_at     timestamptz,
    seen        timestamp,
    code        char(10),
    lvl         lab.level,
    tags        text[],
    props       jsonb,
    home        lab.address,
    score       double precision,
    zip         lab.zip,
    zip2        lab.zip_plus,
    uid         uuid,
    num         integer,
    big         bigint,
    small       smallint,
    "日本"       text,
    "a""b"      text,
    "select"    integer,
    active      boolean,
    secret      text                           -- denied, and left out of *
);
INSERT INTO lab."Person"
SELECT i, (ARRAY['de', 'fr', 'cn', 'us', 'br', 'gb', NULL, 'zz'])[1 + i % 8],
       (ARRAY['Zoë', 'Ömer', '王伟', 'Ann-Marie', 'José', 'O''Neil', 'Łukasz', 'a b c d'])[1 + i % 8] || ' ' || i,
       CASE WHEN i % 9 <> 0 THEN 'p' || i || '@' || (ARRAY['example.com', 'büro.example', 'x.org'])[1 + i % 3] ELSE 'no-at-' || i END,
       CASE WHEN i % 7 <> 0 THEN i * 97.31 - 900 END,
       CASE WHEN i % 11 = 0 THEN NULL WHEN i = 13 THEN date 'infinity' WHEN i = 14 THEN date '0044-03-15 BC' ELSE date '1950-01-31' + i * 379 END,
       timestamptz '1980-12-31 23:30:00-05' + i * interval '37 days 5 hours',
       CASE WHEN i % 5 <> 0 THEN timestamp '2020-02-29 12:00:00' + i * interval '11 days' END,
       (ARRAY['ab', 'abcdefghij', '', 'x  y'])[1 + i % 4],
       (ARRAY['low', 'mid', 'high', NULL])[1 + i % 4]::lab.level,
       CASE WHEN i % 6 <> 0 THEN ARRAY['t' || i % 3, NULL, 'with "quotes", {braces}'] END,
       jsonb_build_object('n', i % 5, 'mail', 'p' || i || '@example.com', 'deep', jsonb_build_object('k', i)),
       CASE WHEN i % 4 <> 0 THEN ROW('Street ' || i, i)::lab.address END,
       CASE WHEN i = 16 THEN 'NaN' WHEN i = 17 THEN '-Infinity'::float8 WHEN i % 8 = 0 THEN NULL ELSE i * 13.37 - 200 END::float8,
       lpad((i * 997)::text, 5, '0'), lpad((i * 31)::text, 5, '0'),
       CASE WHEN i % 10 <> 0 THEN md5(i::text)::uuid END,
       i * 1000003, -i * 10000000019::bigint, CASE WHEN i % 3 <> 0 THEN i * 100 - 2000 END,
       'ひ' || i, 'q"' || i, i % 4, i % 3 <> 0, 'TOP-' || i
FROM generate_series(1, 40) AS i;

-- Consents without a unique key: several answers a person and purpose, some of them in force.
CREATE TABLE lab.consent_log (person integer, what text, ok boolean, at timestamptz NOT NULL DEFAULT '2024-01-01 00:00+00', channel text);
INSERT INTO lab.consent_log (person, what, ok, channel)
SELECT i, w, (i + length(w) + n) % 3 = 0, 'ch' || n
FROM generate_series(1, 40) AS i, unnest(ARRAY['marketing', 'profiling']) AS w, generate_series(1, 1 + i % 3) AS n WHERE i % 5 <> 1;

-- Visits: of some rows the person does not exist, or is not known. No visible one has a quantity of 5, as hidden ones of a twin do.
CREATE TABLE lab.visits (
    id      integer PRIMARY KEY,
    person  integer,
    amount  numeric(8,2),
    qty     integer NOT NULL,
    note    varchar(20),
    day     date,
    doubled integer GENERATED ALWAYS AS (qty * 2) STORED
);
INSERT INTO lab.visits (id, person, amount, qty, note, day)
SELECT i, CASE WHEN i % 12 = 0 THEN NULL WHEN i % 12 = 1 THEN 9000 + i ELSE 1 + i % 40 END, CASE WHEN i % 6 <> 0 THEN (i * 3.57)::numeric(8,2) END,
       i % 4 + 1, CASE WHEN i % 4 <> 0 THEN 'note ' || i END, date '2024-01-01' + i
FROM generate_series(1, 120) AS i;

-- A generated column that repeats what is masked.
CREATE TABLE lab.shout (id integer PRIMARY KEY, person integer, word text, loud text GENERATED ALWAYS AS (upper(word) || '!') STORED);
INSERT INTO lab.shout (id, person, word) SELECT i, i, 'word' || i FROM generate_series(1, 20) AS i;

-- Inheritance: children carry their parent's entry; one has columns of its own.
CREATE TABLE lab.event (id integer, person integer, kind text, payload text);
CREATE TABLE lab.event_click (url text) INHERITS (lab.event);
CREATE TABLE lab.event_call (minutes integer) INHERITS (lab.event);
CREATE TABLE lab.event_call_abroad () INHERITS (lab.event_call);
INSERT INTO lab.event SELECT i, 1 + i % 40, 'plain', 'payload ' || i FROM generate_series(1, 15) AS i;
INSERT INTO lab.event_click SELECT 100 + i, 1 + i % 40, 'click', 'clicked ' || i, 'https://example.com/' || i FROM generate_series(1, 15) AS i;
INSERT INTO lab.event_call SELECT 200 + i, 1 + i % 40, 'call', 'called ' || i, i FROM generate_series(1, 15) AS i;
INSERT INTO lab.event_call_abroad SELECT 300 + i, 1 + i % 40, 'abroad', 'called ' || i, i FROM generate_series(1, 5) AS i;

-- A column of each type, some with modifiers or a collation of their own; one has been dropped, others are called like what fragments are made of.
CREATE TYPE lab.pair AS (a lab.level, b numeric(5,1)[]);
CREATE DOMAIN lab.names AS varchar(8)[];
CREATE TABLE lab.types (
    types integer PRIMARY KEY, gone integer, s text COLLATE "C", u varchar(12) COLLATE "POSIX", c "char", n name, b bytea, bits bit(3), vbits varbit(5),
    t time(2), tz timetz, i interval day to second(1), ts timestamp(3), tsz timestamptz(0), m money, o oid, x xml, j json, jp jsonpath, pt point,
    r int4range, mr datemultirange, tv tsvector, tq tsquery, net cidr, mac macaddr, rc regclass, f real, d double precision, big numeric,
    num numeric(4,-2), words varchar(5)[], pairs lab.pair[], pair lab.pair, list lab.names, grid integer[][], lsn pg_lsn, person integer);
ALTER TABLE lab.types DROP COLUMN gone;
INSERT INTO lab.types
SELECT i, 'Straße ' || i, 'u' || i, 'c', 'name' || i, '\x00ff', '101', '10101', '12:34:56.789', '12:34:56+02', '1 day 2:03:04.56', '2024-02-29 12:00:00.123456',
    '2024-02-29 12:00:00.6+00', 12.34, 16384 + i, '<a>x</a>', '{"a": 1}', '$.a', '(1,2)', '[1,5)', '{[2024-01-01,2024-02-01)}', 'a b', 'a & b', '10.0.0.0/8',
    '08:00:2b:01:02:03', 'pg_class', i / 7.0, i / 7.0, i * 123456789.123456789, i * 1234, ARRAY['one', NULL, 'three'], ARRAY[ROW('low', ARRAY[1.25, i])::lab.pair],
    ROW('mid', ARRAY[i])::lab.pair, ARRAY['a', 'b'], ARRAY[[1, i], [3, 4]], '0/1', i
FROM generate_series(1, 16) AS i;

-- Names that are easy to get wrong.
CREATE TABLE lab."Mixed Case; DROP" ("ID" integer PRIMARY KEY, "Owner" integer, "User" text, "order" integer, "pin" text);
INSERT INTO lab."Mixed Case; DROP" SELECT i, 1 + i % 40, 'user' || i, i % 7, '00' || i FROM generate_series(1, 25) AS i;
CREATE TABLE lab."übung" ("größe" integer, "straße" text);
INSERT INTO lab."übung" SELECT i, 'Weg ' || i FROM generate_series(1, 5) AS i;

-- Nothing personal, wholly hidden, not named, and a tree.
CREATE TABLE lab.plain (id integer PRIMARY KEY, label text, n numeric, arr integer[], f real);
INSERT INTO lab.plain SELECT i, 'label ' || i, i / 4.0, ARRAY[i, i * 2], i / 3.0 FROM generate_series(1, 12) AS i;
CREATE TABLE lab.vault (id integer PRIMARY KEY, amount integer, word text);
INSERT INTO lab.vault SELECT i, i * 10 + 1, 'vault ' || i FROM generate_series(1, 10) AS i;
CREATE TABLE lab.unlisted (id integer, email text);
INSERT INTO lab.unlisted VALUES (1, 'hidden@example.com');
CREATE TABLE lab.tree (id integer PRIMARY KEY, parent integer, name text, person integer);
INSERT INTO lab.tree SELECT i, NULLIF(i / 2, 0), 'node ' || i, i FROM generate_series(1, 31) AS i;
CREATE TABLE lab.empty_row ();
CREATE SEQUENCE lab.seq;
SELECT nextval('lab.seq');

-- Tables that callers may write: a queue of jobs about people, and a partitioned diary. Keys contain the subject.
CREATE TABLE lab.jobs (person integer REFERENCES lab."Person", n integer DEFAULT 1, state text DEFAULT 'new', tries integer, note text, PRIMARY KEY (person, n));
INSERT INTO lab.jobs SELECT i, n, (ARRAY['new', 'done', 'failed'])[1 + (i + n) % 3], i % 4, 'note ' || i || n FROM generate_series(1, 40) AS i, generate_series(1, 2) AS n;
CREATE TABLE lab.diary (person integer, day date, entry text, mood integer, PRIMARY KEY (person, day)) PARTITION BY RANGE (day);
CREATE TABLE lab.diary_2024 PARTITION OF lab.diary FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE lab.diary_later PARTITION OF lab.diary DEFAULT;
INSERT INTO lab.diary SELECT i, date '2024-06-01' + 20 * i, 'entry ' || i, i % 5 FROM generate_series(1, 40) AS i;

-- Where callers make tables.
CREATE SCHEMA sandbox;

-- Views over all that.
CREATE VIEW lab.people AS SELECT "Id" AS id, upper("land") AS land, "Full Name" AS name, "e-Mail" AS mail, geb, num FROM lab."Person";
CREATE VIEW lab.people_again AS SELECT p.id, p.name || ' <' || p.mail || '>' AS label, p.geb FROM lab.people p WHERE p.id < 30;
CREATE VIEW lab.guarded WITH (security_barrier) AS SELECT "Id" AS id, "e-Mail" AS mail, "select" AS pick FROM lab."Person" WHERE active;
CREATE VIEW lab.per_person AS
    SELECT p."Id", p."Full Name", p.lvl, count(v.id) AS visits, sum(v.amount) AS spent
    FROM lab."Person" p LEFT JOIN lab.visits v ON v.person = p."Id" GROUP BY p."Id";
CREATE VIEW lab.renamed (a, b, "C c") AS SELECT v.id, v.person, v.note FROM lab.visits v;
CREATE RECURSIVE VIEW lab.paths (id, path, depth) AS
    SELECT id, name, 1 FROM lab.tree WHERE parent IS NULL
    UNION ALL SELECT t.id, p.path || '/' || t.name, p.depth + 1 FROM lab.tree t JOIN paths p ON t.parent = p.id;
CREATE VIEW lab.unioned AS SELECT id, person, note AS what FROM lab.visits UNION ALL SELECT id, person, payload FROM lab.event;
CREATE VIEW lab.secrets AS SELECT "Id" AS id, secret FROM lab."Person";
CREATE VIEW lab.constants AS SELECT 1 AS one, 'two'::text AS two;
CREATE VIEW lab.over_unlisted AS SELECT * FROM lab.unlisted;
CREATE MATERIALIZED VIEW lab.totals AS SELECT day, count(*) AS n FROM lab.visits GROUP BY day;
CREATE MATERIALIZED VIEW lab.mail_list AS SELECT "Id" AS id, "e-Mail" AS mail FROM lab."Person";

-- Functions: one that the policy allows, and some that would tell.
CREATE FUNCTION lab.twice(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i * 2';
CREATE FUNCTION lab.mail_of(i integer) RETURNS text LANGUAGE sql STABLE AS 'SELECT "e-Mail" FROM lab."Person" WHERE "Id" = i';
CREATE FUNCTION lab.all_people() RETURNS SETOF lab."Person" LANGUAGE sql STABLE AS 'SELECT * FROM lab."Person"';
CREATE FUNCTION lab.peek(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek %', t; RETURN true; END $$;
CREATE FUNCTION lab.email(v lab.visits) RETURNS text LANGUAGE sql STABLE AS 'SELECT "e-Mail" FROM lab."Person" WHERE "Id" = v.person';
CREATE FUNCTION lab.sees(a text, b text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sees %', a; RETURN true; END $$;
CREATE OPERATOR lab.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = lab.sees);
CREATE AGGREGATE lab.gather(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
