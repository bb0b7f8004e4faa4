package catalog

// The queries work on PostgreSQL 13 and later. Each is ordered, so that equal catalogs give equal digests.

// namesSQL lists the schemas that the role may use (0: a search_path passes over others), extensions (1) and settings (2).
const namesSQL = `
SELECT 0, nspname::text FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_(temp|toast_temp)_' AND pg_catalog.has_schema_privilege(oid, 'USAGE')
UNION ALL SELECT 1, extname::text FROM pg_catalog.pg_extension
UNION ALL SELECT 2, lower(name) FROM pg_catalog.pg_settings
ORDER BY 1, 2`

// typesSQL spells a type with its modifier as schema.name(modifier), which no search_path can change.
const typesSQL = `
SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::"char", t.typcategory::"char", t.typbasetype,
       CASE WHEN t.typtype = 'd' THEN
           pg_catalog.quote_ident(bn.nspname) || '.' || pg_catalog.quote_ident(b.typname)
               || coalesce(substring(pg_catalog.format_type(t.typbasetype, t.typtypmod) FROM '\([^)]*\)'), '')
       ELSE '' END,
       coalesce(e.extname::text, ''),
       ARRAY(SELECT l.enumlabel::text FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder),
       ARRAY(SELECT c.castfunc FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
             WHERE c.casttarget = t.oid AND p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
             UNION SELECT f.refobjid FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_depend f
                 ON f.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND f.objid = k.oid AND f.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
             WHERE k.contypid = t.oid ORDER BY 1),
       CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_namespace bn ON bn.oid = b.typnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE n.nspname !~ '^pg_(temp|toast)'
ORDER BY t.oid`

const relationsSQL = `
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::"char",
       coalesce('security_barrier=true' = ANY (c.reloptions) OR 'security_barrier=on' = ANY (c.reloptions)
           OR 'security_barrier=1' = ANY (c.reloptions) OR 'security_barrier=yes' = ANY (c.reloptions), false),
       coalesce(e.extname::text, ''),
       CASE WHEN c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
           THEN coalesce(pg_catalog.pg_get_viewdef(c.oid), '') ELSE '' END,
       coalesce(w.xmin::text, ''), coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND w.rulename = '_RETURN'
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_toast'
ORDER BY c.oid`

const columnsSQL = `
SELECT a.attrelid, a.attnum, a.attname::text, a.atttypid, a.atttypmod,
       CASE WHEN t.oid = 'pg_catalog.interval'::pg_catalog.regtype THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
       ELSE pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname)
           || coalesce(substring(pg_catalog.format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)'), '') END,
       a.attgenerated <> '', a.attgenerated = 'v',
       CASE WHEN a.attgenerated = '' THEN NULL ELSE ARRAY(
           SELECT DISTINCT f.attname::text FROM pg_catalog.pg_depend d
           JOIN pg_catalog.pg_attribute f ON f.attrelid = d.refobjid AND f.attnum = d.refobjsubid
           LEFT JOIN pg_catalog.pg_attrdef x ON x.adrelid = a.attrelid AND x.adnum = a.attnum
           WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid AND d.refobjsubid <> a.attnum
             AND (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum
               OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = x.oid) ORDER BY 1) END,
       coalesce(pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname), '')
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
ORDER BY a.attrelid, a.attnum`

const keysSQL = `
SELECT i.indrelid, i.indisprimary, i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL,
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey[0:i.indnkeyatts - 1]) k(attnum)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
FROM pg_catalog.pg_index i
WHERE i.indisunique
ORDER BY i.indexrelid`

const constraintsSQL = `
SELECT c.conrelid, c.contype = 'x', c.confrelid,
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(c.conkey) k(attnum)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(c.confkey) k(attnum)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum),
       c.confupdtype NOT IN ('a', 'r', ' ') OR c.confdeltype NOT IN ('a', 'r', ' '),
       c.convalidated AND NOT c.condeferrable
FROM pg_catalog.pg_constraint c
WHERE c.contype IN ('f', 'x')
ORDER BY c.oid`

// writesSQL gives what happens when a row is written: the columns that are computed on together (0: by constraints, generated
// columns, expressions and predicates of indexes, partition keys; 1: by constraints that rows may violate already), the functions outside pg_catalog
// that run (2: of triggers, defaults, and of all those), and rules (3).
const writesSQL = `
SELECT c.conrelid, CASE WHEN c.convalidated THEN 0 ELSE 1 END,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.conrelid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attnum = ANY (c.conkey) OR 0 = ANY (c.conkey)) ORDER BY a.attnum), 0::oid
FROM pg_catalog.pg_constraint c WHERE c.contype = 'c' AND c.conrelid <> 0
UNION ALL
SELECT i.indrelid, 0,
       ARRAY(SELECT DISTINCT a.attname::text FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
               AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid ORDER BY 1), 0
FROM pg_catalog.pg_index i WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
UNION ALL
SELECT g.attrelid, 0,
       ARRAY(SELECT DISTINCT a.attname::text FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = g.attrelid AND a.attnum = d.refobjsubid
             WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = g.attrelid AND d.refobjsubid <> g.attnum
               AND (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = g.attrelid AND d.objsubid = g.attnum
                 OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid) ORDER BY 1), 0
FROM pg_catalog.pg_attribute g JOIN pg_catalog.pg_attrdef f ON f.adrelid = g.attrelid AND f.adnum = g.attnum WHERE g.attgenerated <> ''
UNION ALL
SELECT p.partrelid, 0,
       ARRAY(SELECT DISTINCT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs) ORDER BY 1), 0
FROM pg_catalog.pg_partitioned_table p
UNION ALL
SELECT o.relation, 2, '{}', p.oid
FROM (SELECT t.tgrelid, t.tgfoid FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
      UNION
      SELECT coalesce(f.adrelid, c.conrelid, i.indrelid, CASE WHEN d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid > 0 THEN d.objid END), coalesce(op.oprcode::oid, d.refobjid)
      FROM pg_catalog.pg_depend d
      LEFT JOIN pg_catalog.pg_attrdef f ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND f.oid = d.objid
      LEFT JOIN pg_catalog.pg_constraint c ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND c.oid = d.objid
      LEFT JOIN pg_catalog.pg_index i ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND i.indexrelid = d.objid
      LEFT JOIN pg_catalog.pg_operator op ON d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND op.oid = d.refobjid
      WHERE d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass)) o (relation, function)
JOIN pg_catalog.pg_proc p ON p.oid = o.function AND p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
WHERE o.relation IS NOT NULL
UNION ALL
SELECT w.ev_class, 3, '{}', 0 FROM pg_catalog.pg_rewrite w WHERE w.ev_type <> '1'
ORDER BY 1, 2, 3, 4`

const functionsSQL = `
SELECT p.oid, n.nspname::text, p.proname::text, p.prokind::"char", p.provolatile::"char", p.proleakproof, p.proretset, coalesce(e.extname::text, '')
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
ORDER BY p.oid`

const operatorsSQL = `
SELECT n.nspname::text, o.oprname::text, o.oprleft, o.oprright, coalesce(p.proleakproof, false), coalesce(e.extname::text, '')
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND d.objid = o.oid AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
ORDER BY o.oid`

const fingerprintSQL = `
SELECT pg_catalog.string_agg(t.c, ',') FROM (
SELECT 1 AS o, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) AS c FROM pg_catalog.pg_class
UNION ALL SELECT 2, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_attribute
UNION ALL SELECT 3, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_proc
UNION ALL SELECT 4, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_rewrite
UNION ALL SELECT 5, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_inherits
UNION ALL SELECT 6, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_namespace
UNION ALL SELECT 7, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_type
UNION ALL SELECT 8, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_operator
UNION ALL SELECT 9, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_index
UNION ALL SELECT 13, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_cast
UNION ALL SELECT 14, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_enum
UNION ALL SELECT 15, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_auth_members
UNION ALL SELECT 12, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_constraint
UNION ALL SELECT 10, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_extension
UNION ALL SELECT 11, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_db_role_setting
UNION ALL SELECT 14, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_trigger
UNION ALL SELECT 15, count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_attrdef
ORDER BY o) t`
