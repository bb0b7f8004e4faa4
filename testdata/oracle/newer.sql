-- What only the parsers of later servers know is refused by name where the server knows it; elsewhere the error is the server's own.
--! since 17
--! refused 0A000
SELECT * FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (a int PATH '$.a'))

--! before 17
SELECT * FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (a int PATH '$.a'))

--! since 17
--! refused 0A000
SELECT JSON_VALUE(c.email, '$.a' RETURNING int) FROM crm.customers c

--! since 17
--! refused 0A000
SELECT JSON_VALUE('{"a": 1}', '$.a'), JSON_EXISTS('{}', '$.b')

--! since 17
--! refused 0A000
MERGE INTO crm.stores s USING crm.customers c ON c.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE

--! before 15
MERGE INTO crm.stores s USING crm.customers c ON c.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE

--! since 17
--! refused 0A000
MERGE INTO crm.stores s USING crm.customers c ON c.id = s.id WHEN MATCHED THEN DELETE RETURNING s.*

--! since 17
--! refused 0A000
SELECT now() AT LOCAL

--! since 18
--! refused 0A000
CREATE TEMPORARY TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)

-- A later server still finds what is wrong before it finds out what is new.
SELECT 1; SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a int PATH '$.a')) WHERE; SELECT 2

SELECT email FROM crm.customers; SELEC 1

SELECT 'ünï', email FRM crm.customers

CREATE TABLE crm.stolen AS SELECT * FROM crm.customers; FROM

--! since 15
SELECT 1 WHERE 1a
