-- SELECT in its shapes.
CREATE TABLE emp (id int PRIMARY KEY, name text NOT NULL, dept int, salary numeric(10,2), hired date);
CREATE TABLE dept (id int PRIMARY KEY, name text UNIQUE, boss int);
INSERT INTO dept VALUES (1, 'sales', 1), (2, 'research', 3), (3, 'empty', NULL);
INSERT INTO emp SELECT i, 'emp ' || i, CASE WHEN i % 5 = 0 THEN NULL ELSE 1 + i % 2 END, 1000 + i * 10.5, date '2020-01-01' + i FROM generate_series(1, 20) AS i

CREATE TABLE emp2 (LIKE emp INCLUDING ALL)

INSERT INTO emp2 SELECT * FROM emp WHERE id <= 3

SELECT * FROM emp ORDER BY id

SELECT

SELECT FROM emp

SELECT 1, 1 AS one, 'x', "name" FROM emp WHERE id = 1

SELECT nosuch FROM emp

SELECT emp.nosuch FROM emp

SELECT e.id FROM emp

SELECT * FROM nosuch

SELECT * FROM nosuch.emp

SELECT id FROM emp, dept

SELECT emp

SELECT * FROM emp WHERE name = 5

SELECT nosuch(1)

SELECT 'ä', nosuch FROM emp

SELECT DISTINCT dept FROM emp ORDER BY dept NULLS FIRST

SELECT DISTINCT ON (dept) dept, id, name FROM emp ORDER BY dept, salary DESC

SELECT dept, count(*), sum(salary), avg(salary), min(name), max(hired), array_agg(id ORDER BY id DESC), string_agg(name, ',' ORDER BY id) FROM emp GROUP BY dept ORDER BY dept

SELECT dept, name FROM emp GROUP BY dept

SELECT count(*) FILTER (WHERE salary > 1100), count(DISTINCT dept), bool_and(salary > 0) FROM emp

SELECT dept, extract(month FROM hired) AS m, count(*) FROM emp GROUP BY ROLLUP (1, 2) ORDER BY 1, 2

SELECT dept, grouping(dept), sum(salary) FROM emp GROUP BY CUBE (dept) ORDER BY 1, 2

SELECT dept, id, sum(salary) FROM emp WHERE id < 4 GROUP BY GROUPING SETS ((dept), (id), ()) ORDER BY 1, 2

SELECT dept FROM emp GROUP BY dept HAVING count(*) > 5 ORDER BY dept

SELECT count(*) FROM emp WHERE count(*) > 1

SELECT e.name, d.name FROM emp e JOIN dept d ON d.id = e.dept ORDER BY e.id

SELECT * FROM emp e LEFT JOIN dept d ON d.id = e.dept WHERE e.id < 6 ORDER BY e.id

SELECT * FROM emp FULL JOIN dept USING (id) ORDER BY id

SELECT * FROM emp NATURAL JOIN emp2 ORDER BY id

SELECT count(*) FROM emp CROSS JOIN dept

SELECT d.name, x.n FROM dept d, LATERAL (SELECT count(*) AS n FROM emp e WHERE e.dept = d.id) x ORDER BY 1

SELECT name FROM emp JOIN dept ON true

SELECT * FROM (SELECT id, name FROM emp) AS s (a) WHERE a < 3 ORDER BY 1

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)

VALUES (1, 'x'), (2, 'y') ORDER BY 1 DESC

VALUES (1), (1, 2)

SELECT id, (SELECT name FROM dept WHERE id = emp.dept) FROM emp WHERE id < 4 ORDER BY id

SELECT (SELECT id FROM emp)

SELECT (SELECT id, name FROM emp LIMIT 1)

SELECT id FROM emp WHERE dept IN (SELECT id FROM dept WHERE name LIKE 's%') ORDER BY id

SELECT id FROM emp WHERE NOT EXISTS (SELECT 1 FROM dept WHERE boss = emp.id) ORDER BY id LIMIT 3

SELECT id FROM emp WHERE salary > ALL (SELECT salary FROM emp2) ORDER BY id OFFSET 5 ROWS FETCH FIRST 2 ROWS ONLY

SELECT id FROM emp ORDER BY salary DESC FETCH FIRST 3 ROWS WITH TIES

SELECT id FROM emp LIMIT -1

SELECT id FROM emp ORDER BY nosuch

SELECT id FROM emp UNION SELECT id FROM dept ORDER BY 1

SELECT id FROM emp UNION ALL SELECT id FROM dept ORDER BY id LIMIT 4

SELECT id FROM emp INTERSECT SELECT id FROM dept ORDER BY 1

SELECT id FROM emp EXCEPT ALL SELECT id FROM dept ORDER BY 1

SELECT id FROM emp UNION SELECT name FROM dept

SELECT 1 UNION SELECT 1, 2

WITH a AS (SELECT id FROM emp WHERE id < 4), b (x) AS (SELECT id + 1 FROM a) SELECT * FROM a JOIN b ON a.id = b.x ORDER BY 1

WITH RECURSIVE t (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n), count(*) FROM t

WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 4) SEARCH DEPTH FIRST BY n SET o SELECT * FROM t

WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n % 3 + 1 FROM t) CYCLE n SET c USING p SELECT * FROM t

WITH RECURSIVE t AS (SELECT n FROM t) SELECT * FROM t

WITH x AS MATERIALIZED (SELECT 1) SELECT * FROM x

WITH d AS (DELETE FROM emp2 WHERE id = 3 RETURNING *) SELECT * FROM d

WITH i AS (INSERT INTO emp2 VALUES (30, 'new', 1, 1, '2024-01-01') RETURNING id) SELECT * FROM i, emp2 ORDER BY 2

SELECT id, rank() OVER w, lag(salary) OVER w, sum(salary) OVER (PARTITION BY dept ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM emp WINDOW w AS (PARTITION BY dept ORDER BY salary DESC) ORDER BY id

SELECT ntile(3) OVER (ORDER BY id), first_value(name) OVER (ORDER BY id RANGE UNBOUNDED PRECEDING), nth_value(id, 2) OVER (ORDER BY id GROUPS 1 PRECEDING EXCLUDE TIES) FROM emp ORDER BY id LIMIT 5

SELECT rank() FROM emp

SELECT sum(rank() OVER ()) FROM emp

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY salary), mode() WITHIN GROUP (ORDER BY dept), rank(1100) WITHIN GROUP (ORDER BY salary) FROM emp

SELECT CASE id WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END, COALESCE(dept, -1), NULLIF(dept, 1), GREATEST(1, 3, 2), LEAST('b', 'a') FROM emp ORDER BY id LIMIT 3

SELECT name LIKE 'emp 1%', name ILIKE 'EMP%', name SIMILAR TO 'emp [12]', name ~ '^emp \d$', id BETWEEN 2 AND 3, id BETWEEN SYMMETRIC 3 AND 2, dept IS NULL, dept IS DISTINCT FROM 1, id IN (1, 2) FROM emp ORDER BY id LIMIT 4

SELECT substring('abcdef' FROM 2 FOR 3), position('c' IN 'abc'), trim(both 'x' FROM 'xxaxx'), overlay('abcdef' PLACING 'XX' FROM 2), upper('ß'), initcap('hello world'), format('%s-%I-%L', 1, 'A b', 'it''s')

SELECT substring('abc' FROM 'x('), 1

SELECT 'abc' ~ '('

SELECT regexp_replace('foobar', 'o(.)', '<\1>', 'g'), regexp_split_to_array('a,b;c', '[,;]'), regexp_matches('abcabc', 'b(c)', 'g')

SELECT to_char(1234567.891, 'FM9,999,999.00'), to_char(date '2024-02-29', 'Day DD Mon YYYY'), to_date('29.02.2024', 'DD.MM.YYYY'), to_number('1,234.5', '9,999.9')

SELECT to_date('2024-13-01', 'YYYY-MM-DD')

SELECT date_trunc('month', timestamp '2024-02-29 12:00'), age(timestamp '2024-02-29', timestamp '2020-01-01'), extract(epoch FROM interval '1 day'), date_part('dow', date '2024-02-29'), timestamp '2024-01-01' AT TIME ZONE 'UTC'

SELECT date_trunc('fortnight', timestamp '2024-02-29')

SELECT generate_series(1, 3), generate_series(1, 2)

SELECT * FROM generate_series(1, 3) WITH ORDINALITY AS g (v, o)

SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b','c']) AS u (a, b)

SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY['x'])) AS r (a, b)

SELECT * FROM json_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS j (a int, b text)

SELECT jsonb_pretty('{"a": {"b": [1]}}'), '{"a": {"b": 1}}'::jsonb #>> '{a,b}', '{"a": 1}'::jsonb || '{"b": 2}', jsonb_set('{"a": 1}', '{a}', '2'), '{"a": 1}'::jsonb ? 'a'

SELECT JSON_OBJECT('a': 1, 'b': 'x'), JSON_ARRAY(1, 2)

SELECT '{"a": 1}' IS JSON OBJECT

SELECT JSON_VALUE('{"a": 1}', '$.a'), JSON_QUERY('{"a": [1]}', '$.a'), JSON_EXISTS('{"a": 1}', '$.b')

SELECT * FROM JSON_TABLE('[{"a": 1}, {"a": 2}]', '$[*]' COLUMNS (n FOR ORDINALITY, a int PATH '$.a'))

SELECT any_value(dept) IS NULL FROM emp WHERE dept IS NULL

SELECT * FROM emp TABLESAMPLE BERNOULLI (100) WHERE id = 1

SELECT ctid, tableoid::regclass, id FROM emp WHERE id < 3 ORDER BY id

SELECT (emp).name, (emp.*)::text FROM emp WHERE id = 1

SELECT * FROM emp WHERE id = 1 FOR UPDATE OF emp SKIP LOCKED

SELECT count(*) FROM emp FOR UPDATE

SELECT id INTO emp3 FROM emp WHERE id < 5

SELECT 1 AS "select", 2 AS "Mixed Case", 3 AS """quoted"""

SELECT /* a comment /* nested */ */ 1 -- to the end

SELECT $$dollar 'quoted'$$, $x$ $$ $x$, E'\u0041', 0x1F

SELECT 1_000

SELECT 'unterminated

SELECT "unterminated

SELECT 1 /* unterminated

SELECT $$ unterminated

SELECT 1 1

SELEC 1

SELECT 1 +

SELECT ((1)

SELECT * FROM

EXPLAIN (COSTS OFF) SELECT * FROM emp e JOIN dept d ON d.id = e.dept WHERE e.salary > 1100 ORDER BY e.id

EXPLAIN (COSTS OFF, FORMAT json) SELECT count(*) FROM emp

EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF, BUFFERS OFF) SELECT * FROM emp WHERE id = 3

EXPLAIN (NOSUCH) SELECT 1

SELECT repeat('x', 300000) || 'end'

SELECT g, repeat(chr(97 + g % 26), 1000) FROM generate_series(1, 3000) AS g

SELECT count(*), sum(length(x)) FROM (SELECT repeat('y', 100000) AS x FROM generate_series(1, 20)) s

SELECT i, i * 2, i::text, NULL FROM generate_series(1, 20000) AS i

SELECT i / (i - 5000) FROM generate_series(1, 10000) AS i
