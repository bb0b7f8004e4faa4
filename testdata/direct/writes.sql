-- INSERT, UPDATE, DELETE, MERGE and what constraints say.
CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE, qty int CHECK (qty >= 0), note text DEFAULT 'none')

CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY, parent int NOT NULL REFERENCES parent ON DELETE RESTRICT, val numeric, twice numeric GENERATED ALWAYS AS (val * 2) STORED)

INSERT INTO parent VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)

INSERT INTO parent VALUES (1, 'x', 1)

INSERT INTO parent VALUES (4, 'a', 1)

INSERT INTO parent VALUES (4, 'd', -1)

INSERT INTO parent VALUES (NULL, 'd', 1)

INSERT INTO parent VALUES (4, 'd', 1, 'n', 'too many')

INSERT INTO parent (id, code) VALUES (4)

INSERT INTO parent (id, id) VALUES (4, 4)

INSERT INTO parent (id, qty) VALUES (5, 'five')

INSERT INTO parent VALUES (4, 'd', 4) RETURNING *, id + 1 AS next, 'x' || note

INSERT INTO parent SELECT i, 'code ' || i, i FROM generate_series(10, 14) AS i

INSERT INTO parent VALUES (1, 'x', 9) ON CONFLICT DO NOTHING

INSERT INTO parent VALUES (1, 'x', 9) ON CONFLICT (id) DO UPDATE SET qty = parent.qty + excluded.qty, note = DEFAULT WHERE parent.qty < 100 RETURNING *

INSERT INTO parent VALUES (1, 'x', 9) ON CONFLICT (note) DO NOTHING

INSERT INTO parent VALUES (20, 'z', 1), (20, 'zz', 1) ON CONFLICT (id) DO UPDATE SET qty = 0

INSERT INTO child (parent, val) VALUES (1, 1.5), (2, 2.5) RETURNING *

INSERT INTO child (parent, val) VALUES (99, 1)

INSERT INTO child (id, parent) VALUES (5, 1)

INSERT INTO child (id, parent) OVERRIDING SYSTEM VALUE VALUES (50, 1)

INSERT INTO child (parent, twice) VALUES (1, 3)

INSERT INTO child DEFAULT VALUES

UPDATE parent SET qty = qty + 1 WHERE id < 3

UPDATE parent SET (qty, note) = (SELECT 7, 'seven') WHERE id = 2 RETURNING *

UPDATE parent p SET note = c.val::text FROM child c WHERE c.parent = p.id RETURNING p.id, p.note, c.id

UPDATE parent SET qty = -1

UPDATE parent SET id = 1 WHERE id = 2

UPDATE parent SET nosuch = 1

UPDATE parent SET qty = DEFAULT WHERE false

UPDATE child SET twice = 1

UPDATE nosuch SET x = 1

DELETE FROM parent WHERE id = 1

DELETE FROM parent USING child WHERE child.parent = parent.id AND parent.id = 3

DELETE FROM child WHERE id = 50 RETURNING *

DELETE FROM child RETURNING twice

DELETE FROM parent WHERE id >= 10

MERGE INTO parent p USING (VALUES (1, 100), (77, 1)) v (id, q) ON p.id = v.id WHEN MATCHED THEN UPDATE SET qty = v.q WHEN NOT MATCHED THEN INSERT (id, qty) VALUES (v.id, v.q)

MERGE INTO parent p USING parent q ON p.id = q.id WHEN MATCHED AND p.id = 77 THEN DELETE WHEN MATCHED THEN DO NOTHING

MERGE INTO parent p USING (VALUES (1)) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET note = 'm' RETURNING merge_action(), p.*

MERGE INTO parent p USING (VALUES (1)) v (id) ON p.id = v.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET note = 'gone'

UPDATE parent SET qty = 5 WHERE id = 1 RETURNING OLD.qty, NEW.qty

TRUNCATE parent

TRUNCATE parent, child RESTART IDENTITY

TRUNCATE parent CASCADE

SELECT * FROM parent ORDER BY id

CREATE TABLE deferred (id int PRIMARY KEY, next int REFERENCES deferred DEFERRABLE INITIALLY DEFERRED)

BEGIN

INSERT INTO deferred VALUES (1, 2)

INSERT INTO deferred VALUES (2, 3)

COMMIT

INSERT INTO deferred VALUES (1, 2), (2, 1)

CREATE TABLE booking (room int, during tsrange, EXCLUDE USING gist (during WITH &&))

INSERT INTO booking VALUES (1, '[2024-01-01,2024-01-03)'), (2, '[2024-01-05,2024-01-06)')

INSERT INTO booking VALUES (1, '[2024-01-02,2024-01-04)')

CREATE TABLE parted (k int, v text) PARTITION BY RANGE (k)

CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)

CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)

INSERT INTO parted VALUES (5, 'five'), (15, 'fifteen')

INSERT INTO parted VALUES (25, 'none')

INSERT INTO parted_1 VALUES (15, 'wrong')

UPDATE parted SET k = k + 10 WHERE k = 5 RETURNING tableoid::regclass, *

SELECT tableoid::regclass, * FROM parted ORDER BY k, v

CREATE VIEW small AS SELECT * FROM parent WHERE qty < 10 WITH CHECK OPTION

INSERT INTO small VALUES (100, 'big', 1000)

INSERT INTO small VALUES (100, 'small', 5)

UPDATE small SET qty = 99

CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% % %', TG_OP, TG_TABLE_NAME, COALESCE(NEW::text, OLD::text); RETURN COALESCE(NEW, OLD); END $$

CREATE TRIGGER tell BEFORE INSERT OR UPDATE OR DELETE ON parent FOR EACH ROW EXECUTE FUNCTION tell()

INSERT INTO parent VALUES (200, 'told', 1), (201, 'told too', 2)

UPDATE parent SET qty = qty + 1 WHERE id >= 200

DELETE FROM parent WHERE id = 201

CREATE RULE quiet AS ON DELETE TO parent DO INSTEAD NOTHING

DELETE FROM parent

CREATE TEMPORARY TABLE t (a int) ON COMMIT DELETE ROWS

INSERT INTO t VALUES (1); SELECT * FROM t

SELECT * FROM t

CREATE TABLE big (i int, t text)

INSERT INTO big SELECT i, repeat(i::text, 10) FROM generate_series(1, 10000) AS i

UPDATE big SET t = upper(t) WHERE i % 2 = 0

DELETE FROM big WHERE i % 3 = 0 RETURNING i
