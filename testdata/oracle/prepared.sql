-- PREPARE and EXECUTE.

PREPARE p AS SELECT id, email FROM crm.customers ORDER BY id LIMIT 3
--;
EXECUTE p
--;
EXECUTE p
--;
DEALLOCATE p
--;
EXECUTE p

PREPARE q (bigint, text) AS SELECT id, email, $2 FROM crm.customers WHERE id <= $1 ORDER BY id
--;
EXECUTE q (5, 'x')
--;
EXECUTE q (2 + 1, upper('y'))
--;
EXECUTE q (1)
--;
EXECUTE q ('a', 'b')
--;
DEALLOCATE ALL

PREPARE v AS VALUES (1, 'a')
--;
EXECUTE v

PREPARE w (date) AS SELECT count(*) FROM crm.customers WHERE birth_date < $1
--;
EXECUTE w ('1980-01-01')
--;
EXECUTE w (NULL)
--;
EXECUTE w ('nonsense')

PREPARE "Mixed P" AS WITH c AS (SELECT full_name FROM crm.customers) SELECT count(*), count(DISTINCT full_name) FROM c
--;
EXECUTE "Mixed P"
--;
EXECUTE mixed

PREPARE twice AS SELECT 1
--;
PREPARE twice AS SELECT 2
--;
EXECUTE twice

PREPARE bad AS SELECT nosuch FROM crm.customers

PREPARE t (lab.level) AS SELECT count(*) FROM lab."Person" WHERE lvl = $1
--;
EXECUTE t ('mid')
--;
EXECUTE t ('nosuch')

EXECUTE nosuch

DEALLOCATE nosuch

PREPARE a AS SELECT email FROM crm.customers WHERE id = 1; EXECUTE a; DEALLOCATE a
