-- Parameters, suspended portals, and what only the extended protocol says.
-- bind: 41
SELECT $1::int + 1

-- bind: 1, two, 3.5, 2024-02-29, t
SELECT $1::int, $2::text, $3::numeric, $4::date, $5::bool

-- bind: NULL
SELECT $1::text IS NULL, $1

-- bind: x
SELECT $1::int

-- bind: 1, 2
SELECT $1::int

SELECT $1::int

-- bind: 1
SELECT $2::int

-- bind: {1;2;3}
SELECT $1

-- bind: 5
SELECT i FROM generate_series(1, $1::int) AS i

-- rows: 2
SELECT i FROM generate_series(1, 5) AS i

-- rows: 5
SELECT i FROM generate_series(1, 5) AS i

-- rows: 1
SELECT 1/(2-i) FROM generate_series(1, 5) AS i

-- rows: 1
VALUES (1), (2), (3)

CREATE TABLE e (a int PRIMARY KEY, b text)

-- bind: 1, one
INSERT INTO e VALUES ($1, $2)

-- bind: 1, one
INSERT INTO e VALUES ($1, $2)

-- bind: 2, two
INSERT INTO e VALUES ($1, $2) RETURNING *

-- bind: 1
UPDATE e SET b = b || '!' WHERE a = $1 RETURNING a, b

-- rows: 1
UPDATE e SET b = 'all' RETURNING a

-- rows: 1
DELETE FROM e RETURNING *

-- bind: e
SELECT count(*) FROM pg_class WHERE relname = $1

-- bind: pg_class
SELECT $1::regclass

-- bind: 1
SELECT * FROM e WHERE a = $1 AND b = $1

-- bind: 1
SELECT $1 + $1

-- bind: 1
SELECT nosuch($1)

-- bind: %a%
SELECT relname FROM pg_class WHERE relname LIKE $1 ORDER BY oid LIMIT 3

-- bind: 3
SELECT i FROM generate_series(1, 10) AS i ORDER BY i DESC LIMIT $1

-- bind: 3
CREATE TABLE f (a int DEFAULT $1)

-- bind: 3
SHOW work_mem

-- bind: 8MB
SET work_mem = $1

-- rows: 1
SELECT name, setting FROM pg_settings WHERE name LIKE 'enable%' ORDER BY name

-- rows: 1
EXPLAIN (COSTS OFF) SELECT * FROM e WHERE a = 1

-- rows: 1
COPY e TO STDOUT

-- rows: 1
BEGIN

-- rows: 1
SELECT i FROM generate_series(1, 3) AS i

-- rows: 1
COMMIT

-- bind: a, b
SELECT ROW($1::text, $2::text), ARRAY[$1, $2]

-- bind: {"a": [1, 2]}
SELECT $1::jsonb -> 'a', jsonb_array_length($1::jsonb -> 'a')

-- bind: \x0001
SELECT $1::bytea

SELECT 1 AS a; SELECT 2

SELECT

-- nothing

PREPARE s AS SELECT $1::int

EXECUTE s (1)

-- bind: 1
EXECUTE s ($1)

DEALLOCATE s
