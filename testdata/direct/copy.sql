-- COPY both ways, in all formats, and what breaks it.
CREATE TABLE c (i int PRIMARY KEY, t text, n numeric DEFAULT 5)

COPY c FROM STDIN
<<<
1	one	1.5
2	two	\N
3	tab\tnewline\nback\\slash	3

COPY c (i, t) FROM STDIN (FORMAT csv, HEADER)
<<<
i,t
10,"quoted, with comma"
11,"with ""quotes"""
12,

COPY c FROM STDIN WITH (DELIMITER '|', NULL 'null')
<<<
20|x|null
21|null|1

SELECT * FROM c ORDER BY i

COPY c FROM STDIN
<<<
x	not a number	1

COPY c FROM STDIN
<<<
1	duplicate	1

COPY c FROM STDIN
<<<
30	too few

COPY c FROM STDIN
<<<
30	too	1	many

COPY c FROM STDIN (FORMAT csv)
<<<
30,"unterminated

COPY c FROM STDIN (FORMAT csv, HEADER MATCH)
<<<
i,wrong,n
30,a,1

COPY c FROM STDIN (FORMAT binary)
<<<
not the signature

COPY c FROM STDIN (ON_ERROR ignore)
<<<
40	ok	1
bad	row	2

COPY c FROM STDIN WHERE i > 50
<<<
50	left out	1
51	taken	1

COPY c FROM STDIN
<<< the client has changed its mind

COPY c FROM STDIN (FREEZE)
<<<
60	x	1

COPY c (i, nosuch) FROM STDIN
<<<
1	2

COPY nosuch FROM STDIN
<<<
1

COPY c FROM STDIN (NOSUCH)
<<<
1

COPY c TO STDOUT

COPY c (t, i) TO STDOUT (FORMAT csv, HEADER, DELIMITER ';', QUOTE '''', ESCAPE '\', NULL 'nil')

COPY c TO STDOUT (FORMAT binary)

COPY (SELECT i, t FROM c ORDER BY i DESC) TO STDOUT

COPY (SELECT i / (i - 2) FROM c ORDER BY i) TO STDOUT

COPY (VALUES (1, 'a'), (2, NULL)) TO STDOUT (FORMAT csv, FORCE_QUOTE *)

COPY (INSERT INTO c VALUES (70, 'seventy') RETURNING *) TO STDOUT

COPY (SELECT i, repeat('z', 500) FROM generate_series(1, 5000) AS i) TO STDOUT

COPY (SELECT 1) FROM STDIN

COPY c TO '/nosuch/file'

COPY c FROM '/nosuch/file'

COPY c FROM PROGRAM 'exit 3'

COPY c TO PROGRAM 'cat >/dev/null'

COPY c TO STDOUT; SELECT 1; COPY c (i) TO STDOUT

COPY c (i) FROM STDIN; SELECT count(*) FROM c
<<<
80
81

BEGIN

COPY c (i) FROM STDIN
<<<
90

COPY c (i) FROM STDIN
<<<
90

SELECT 1

ROLLBACK

SELECT count(*) FROM c

CREATE VIEW v AS SELECT * FROM c

COPY v TO STDOUT

COPY v FROM STDIN
<<<
1	a	2

CREATE TABLE p (k int) PARTITION BY LIST (k)

COPY p TO STDOUT

COPY p FROM STDIN
<<<
1

CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a * 2) STORED)

COPY g FROM STDIN
<<<
1
2

COPY g TO STDOUT

COPY g (b) TO STDOUT

SET client_encoding = LATIN1

COPY (SELECT 'caf' || chr(233)) TO STDOUT

COPY (SELECT chr(8364)) TO STDOUT

RESET client_encoding

CREATE TEMPORARY TABLE wide (a text)

COPY wide FROM STDIN (ENCODING 'LATIN1')
<<<
é

SELECT a, length(a) FROM wide
