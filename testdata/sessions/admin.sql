-- What programs for administrators and developers ask: trees of objects, properties, dashboards.

--! session analyst,dpo pgAdmin: the dashboard
--! varies
/*pga4dash*/
SELECT 'session_stats' AS chart_name, pg_catalog.row_to_json(t) AS chart_data
FROM (SELECT
   (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Total",
   (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5))  AS "Active",
   (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE state = 'idle' AND datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5))  AS "Idle"
) t
UNION ALL
SELECT 'tps_stats' AS chart_name, pg_catalog.row_to_json(t) AS chart_data
FROM (SELECT
   (SELECT sum(xact_commit) + sum(xact_rollback) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Transactions",
   (SELECT sum(xact_commit) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Commits",
   (SELECT sum(xact_rollback) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Rollbacks"
) t
UNION ALL
SELECT 'ti_stats' AS chart_name, pg_catalog.row_to_json(t) AS chart_data
FROM (SELECT
   (SELECT sum(tup_inserted) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Inserts",
   (SELECT sum(tup_updated) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Updates",
   (SELECT sum(tup_deleted) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Deletes"
) t
UNION ALL
SELECT 'bio_stats' AS chart_name, pg_catalog.row_to_json(t) AS chart_data
FROM (SELECT
   (SELECT sum(blks_read) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Reads",
   (SELECT sum(blks_hit) FROM pg_catalog.pg_stat_database WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5)) AS "Hits"
) t

--! varies
/*pga4dash*/
SELECT pid, datname, usename, application_name, client_addr, pg_catalog.to_char(backend_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS backend_start, state, wait_event_type || ': ' || wait_event AS wait_event, array_to_string(pg_catalog.pg_blocking_pids(pid), ', ') AS blocking_pids, query, pg_catalog.to_char(state_change, 'YYYY-MM-DD HH24:MI:SS TZ') AS state_change, pg_catalog.to_char(query_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS query_start, pg_catalog.to_char(xact_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS xact_start, backend_type, CASE WHEN state = 'active' THEN ROUND((extract(epoch from now() - query_start) / 60)::numeric, 2) ELSE 0 END AS active_since FROM pg_catalog.pg_stat_activity WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5) ORDER BY pid

--! varies
SELECT pid, locktype, datname, relation::regclass, page, tuple, virtualxid transactionid, classid::regclass, objid, objsubid, virtualtransaction, mode, granted, fastpath FROM pg_catalog.pg_locks l LEFT OUTER JOIN pg_catalog.pg_database d ON (l.database = d.oid) WHERE datname = (SELECT datname FROM pg_catalog.pg_database WHERE oid = 5) ORDER BY pid, locktype

--! varies
SELECT gid, database, owner, transaction, prepared FROM pg_catalog.pg_prepared_xacts ORDER BY gid, database, owner

--! varies
SELECT name, category, setting, unit, short_desc FROM pg_catalog.pg_settings ORDER BY category

--! varies
SELECT pid, usename, application_name, state, sync_state FROM pg_catalog.pg_stat_replication ORDER BY pid

--! varies
SELECT slot_name, plugin, slot_type, active FROM pg_catalog.pg_replication_slots

--! session analyst,dpo pgAdmin: a database's properties and statistics
--! varies
SELECT db.oid AS did, db.datname AS name, db.dattablespace AS spcoid, spcname, datallowconn, pg_catalog.pg_encoding_to_char(encoding) AS encoding, pg_catalog.pg_get_userbyid(datdba) AS datowner, (select pg_catalog.current_setting('lc_collate', true)) as datcollate, (select pg_catalog.current_setting('lc_ctype', true)) as datctype, datconnlimit, pg_catalog.has_database_privilege(db.oid, 'CREATE') AS cancreate, pg_catalog.current_setting('default_tablespace') AS default_tablespace, descr.description AS comments, db.datistemplate AS is_template, datacl FROM pg_catalog.pg_database db LEFT OUTER JOIN pg_catalog.pg_tablespace ta ON db.dattablespace=ta.OID LEFT OUTER JOIN pg_catalog.pg_shdescription descr ON (db.oid=descr.objoid AND descr.classoid='pg_database'::regclass) WHERE db.datname = current_database() ORDER BY datname

--! varies
SELECT db.datname AS "Database", numbackends AS "Backends", xact_commit AS "Xact committed", blks_read, tup_returned, stats_reset, pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(slave.datid)) AS "Size" FROM pg_catalog.pg_stat_database slave JOIN pg_catalog.pg_database db ON db.oid=slave.datid WHERE db.datname = current_database()

--! varies
SELECT seq_scan AS "Sequential scans", seq_tup_read, idx_scan, n_tup_ins, n_live_tup, n_dead_tup, heap_blks_read, heap_blks_hit, last_vacuum, last_analyze, pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(stat.relid) + CASE WHEN cl.reltoastrelid = 0 THEN 0 ELSE pg_catalog.pg_relation_size(cl.reltoastrelid) + COALESCE((SELECT SUM(pg_catalog.pg_relation_size(indexrelid)) FROM pg_catalog.pg_index WHERE indrelid=cl.reltoastrelid)::int8, 0) END + COALESCE((SELECT SUM(pg_catalog.pg_relation_size(indexrelid)) FROM pg_catalog.pg_index WHERE indrelid=stat.relid)::int8, 0)) AS "Total Size" FROM pg_catalog.pg_stat_all_tables stat JOIN pg_catalog.pg_statio_all_tables statio ON stat.relid = statio.relid JOIN pg_catalog.pg_class cl ON cl.oid=stat.relid WHERE stat.relid = 'crm.customers'::regclass::oid

--! session analyst,dpo pgAdmin: the browser's tree
SELECT c.oid, c.relname AS name, CASE WHEN c.relkind = 'p' THEN true ELSE false END, (SELECT count(*) FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1) as is_inherits, (SELECT count(*) FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid LIMIT 1) as is_inherited, (select count(*) FROM pg_trigger WHERE tgrelid=c.oid AND tgisinternal = FALSE AND tgenabled = 'O') AS has_enable_triggers, (CASE WHEN (length(spc.spcname::text) > 0 OR c.relkind = 'p') THEN spc.spcname ELSE (SELECT sp.spcname FROM pg_catalog.pg_database dtb JOIN pg_catalog.pg_tablespace sp ON dtb.dattablespace=sp.oid WHERE dtb.datname = current_database()) END) as spcname, (CASE c.relreplident WHEN 'd' THEN 'default' END) as replica_identity, (select nspname FROM pg_catalog.pg_namespace WHERE oid = 'crm'::regnamespace) as schema, pg_catalog.pg_get_userbyid(c.relowner) IS NOT NULL AS relowner, c.relispartition, c.relhassubclass, c.relhasoids, con.conname, con.conkey, EXISTS(select 1 FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_proc pt ON pt.oid=tgfoid AND pt.proname='logtrigger' JOIN pg_catalog.pg_proc pc ON pc.pronamespace=pt.pronamespace AND pc.proname='slonyversion' WHERE tgrelid=c.oid) AS isrepl, substring(pg_catalog.array_to_string(c.reloptions, ',') FROM 'fillfactor=([0-9]*)') AS fillfactor, substring(pg_catalog.array_to_string(tst.reloptions, ',') FROM 'autovacuum_enabled=([a-z|0-9]*)'), c.relpersistence, (CASE WHEN c.relkind='p' THEN pg_catalog.pg_get_partkeydef(c.oid::oid) ELSE '' END) AS partition_scheme, (SELECT c.oid <= d.datlastsysoid FROM (SELECT 0::oid AS datlastsysoid) d) AS is_sys_table, (SELECT pg_catalog.array_agg(provider || '=' || label) FROM pg_catalog.pg_seclabels sl1 WHERE sl1.objoid=c.oid AND sl1.objsubid=0) AS seclabels FROM (SELECT *, false AS relhasoids FROM pg_catalog.pg_class) c LEFT OUTER JOIN pg_catalog.pg_tablespace spc on spc.oid=c.reltablespace LEFT OUTER JOIN pg_catalog.pg_constraint con ON con.conrelid=c.oid AND con.contype='p' LEFT OUTER JOIN pg_catalog.pg_class tst ON tst.oid = c.reltoastrelid WHERE c.relkind IN ('r','s','t','p') AND c.relnamespace = 'crm'::regnamespace::oid AND NOT c.relispartition ORDER BY c.relname

SELECT DISTINCT att.attname as name, att.attnum as OID, pg_catalog.format_type(ty.oid,NULL) AS datatype, pg_catalog.format_type(ty.oid,att.atttypmod) AS displaytypname, att.attnotnull as not_null, CASE WHEN att.atthasdef OR att.attidentity != '' OR ty.typdefault IS NOT NULL THEN True ELSE False END as has_default_val, des.description, seq.seqtypid FROM pg_catalog.pg_attribute att JOIN pg_catalog.pg_type ty ON ty.oid=atttypid JOIN pg_catalog.pg_namespace tn ON tn.oid=ty.typnamespace JOIN pg_catalog.pg_class cl ON cl.oid=att.attrelid JOIN pg_catalog.pg_namespace na ON na.oid=cl.relnamespace LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=ty.typelem LEFT OUTER JOIN pg_catalog.pg_attrdef def ON adrelid=att.attrelid AND adnum=att.attnum LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid=att.attrelid AND des.objsubid=att.attnum AND des.classoid='pg_class'::regclass) LEFT OUTER JOIN (pg_catalog.pg_depend JOIN pg_catalog.pg_class cs ON classid='pg_class'::regclass AND objid=cs.oid AND cs.relkind='S') ON refobjid=att.attrelid AND refobjsubid=att.attnum LEFT OUTER JOIN pg_catalog.pg_namespace ns ON ns.oid=cs.relnamespace LEFT OUTER JOIN pg_catalog.pg_index pi ON pi.indrelid=att.attrelid AND indisprimary LEFT OUTER JOIN pg_catalog.pg_sequence seq ON cs.oid=seq.seqrelid WHERE att.attrelid = 'crm.customers'::regclass::oid AND att.attnum > 0 AND att.attisdropped IS FALSE ORDER BY att.attnum

WITH INH_TABLES AS (SELECT at.attname AS name, ph.inhparent AS inheritedid, ph.inhseqno, pg_catalog.concat(nmsp_parent.nspname, '.',parent.relname ) AS inheritedfrom FROM pg_catalog.pg_attribute at JOIN pg_catalog.pg_inherits ph ON ph.inhparent = at.attrelid AND ph.inhrelid = 'crm.orders_2024'::regclass::oid JOIN pg_catalog.pg_class parent ON ph.inhparent = parent.oid JOIN pg_catalog.pg_namespace nmsp_parent ON nmsp_parent.oid = parent.relnamespace GROUP BY at.attname, ph.inhparent, ph.inhseqno, inheritedfrom ORDER BY at.attname, ph.inhparent, ph.inhseqno, inheritedfrom) SELECT DISTINCT ON (att.attnum) att.attname as name, att.atttypid, att.attlen, att.attnum, att.attndims, att.atttypmod, att.attacl, att.attnotnull, att.attoptions, att.attfdwoptions, att.attstattarget, att.attstorage, att.attidentity, pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS defval, pg_catalog.format_type(ty.oid,NULL) AS typname, pg_catalog.format_type(ty.oid,att.atttypmod) AS displaytypname, pg_catalog.format_type(CASE WHEN ty.typelem > 0 THEN ty.typelem ELSE ty.oid END, NULL) AS cltype, inh.inheritedfrom, inh.inheritedid, CASE WHEN ty.typelem > 0 THEN et.typname ELSE ty.typname END as elemtypname, ns.nspname AS sernspname, ty.typstorage AS defaultstorage, cl.relname, na.nspname, (CASE WHEN (length(coll.collname::text) > 0 AND length(nspc.nspname::text) > 0) THEN pg_catalog.concat(pg_catalog.quote_ident(nspc.nspname),'.',pg_catalog.quote_ident(coll.collname)) ELSE '' END) AS collspcname, (CASE WHEN att.attnum < 1 THEN true ElSE false END) AS is_sys_column FROM pg_catalog.pg_attribute att JOIN pg_catalog.pg_type ty ON ty.oid=atttypid JOIN pg_catalog.pg_namespace tn ON tn.oid=ty.typnamespace JOIN pg_catalog.pg_class cl ON cl.oid=att.attrelid JOIN pg_catalog.pg_namespace na ON na.oid=cl.relnamespace LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=ty.typelem LEFT OUTER JOIN pg_catalog.pg_attrdef def ON adrelid=att.attrelid AND adnum=att.attnum LEFT OUTER JOIN (pg_catalog.pg_depend JOIN pg_catalog.pg_class cs ON classid='pg_class'::regclass AND objid=cs.oid AND cs.relkind='S') ON refobjid=att.attrelid AND refobjsubid=att.attnum LEFT OUTER JOIN pg_catalog.pg_namespace ns ON ns.oid=cs.relnamespace LEFT OUTER JOIN pg_catalog.pg_collation coll ON att.attcollation=coll.oid LEFT OUTER JOIN pg_catalog.pg_namespace nspc ON coll.collnamespace=nspc.oid LEFT OUTER JOIN INH_TABLES as inh ON att.attname = inh.name WHERE att.attrelid = 'crm.orders_2024'::regclass::oid AND att.attnum > 0 AND att.attisdropped IS FALSE ORDER BY att.attnum

SELECT DISTINCT ON(cls.relname) cls.oid, cls.relname as name, (SELECT (CASE WHEN count(i.inhrelid) > 0 THEN true ELSE false END) FROM pg_inherits i WHERE i.inhrelid = cls.oid) as is_inherited, indkey, indisclustered, indisunique, indisprimary, n.nspname, indnatts, cls.reltablespace AS spcoid, CASE WHEN length(spcname::text) > 0 THEN spcname ELSE 'x' END, contype, desp.description, pg_catalog.pg_get_expr(indpred, indrelid, true) AS indconstraint, substring(pg_catalog.array_to_string(cls.reloptions, ',') from 'fillfactor=([0-9]*)') AS fillfactor, am.amname FROM pg_catalog.pg_index idx JOIN pg_catalog.pg_class cls ON cls.oid=indexrelid JOIN pg_catalog.pg_class tab ON tab.oid=indrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ta on ta.oid=cls.reltablespace JOIN pg_catalog.pg_namespace n ON n.oid=tab.relnamespace JOIN pg_catalog.pg_am am ON am.oid=cls.relam LEFT JOIN pg_catalog.pg_depend dep ON (dep.classid = cls.tableoid AND dep.objid = cls.oid AND dep.refobjsubid = '0' AND dep.refclassid=(SELECT oid FROM pg_catalog.pg_class WHERE relname='pg_constraint') AND dep.deptype='i') LEFT OUTER JOIN pg_catalog.pg_constraint con ON (con.tableoid = dep.refclassid AND con.oid = dep.refobjid) LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid=cls.oid AND des.classoid='pg_class'::regclass) LEFT OUTER JOIN pg_catalog.pg_description desp ON (desp.objoid=con.oid AND desp.objsubid = 0 AND desp.classoid='pg_constraint'::regclass) WHERE indrelid = 'crm.customers'::regclass::oid AND conname is NULL ORDER BY cls.relname

SELECT at.attname, at.attnum, ty.typname FROM pg_catalog.pg_attribute at LEFT JOIN pg_catalog.pg_type ty ON (ty.oid = at.atttypid) WHERE attrelid='crm.customers'::regclass::oid AND attnum = ANY ((SELECT con.conkey FROM pg_catalog.pg_class rel LEFT OUTER JOIN pg_catalog.pg_constraint con ON con.conrelid=rel.oid AND con.contype='p' WHERE rel.relkind IN ('r','s','t','p') AND rel.oid = 'crm.customers'::regclass::oid)::oid[])

SELECT COALESCE(gt.rolname, 'PUBLIC') IS NOT NULL AS grantee, g.rolname IS NOT NULL AS grantor, pg_catalog.array_agg(b.privilege_type) AS privileges, pg_catalog.array_agg(b.is_grantable) AS grantable FROM (SELECT (d).grantee AS grantee, (d).grantor AS grantor, (d).is_grantable AS is_grantable, CASE (d).privilege_type WHEN 'CONNECT' THEN 'c' WHEN 'CREATE' THEN 'C' WHEN 'DELETE' THEN 'd' WHEN 'SELECT' THEN 'r' ELSE 'UNKNOWN' END AS privilege_type FROM (SELECT pg_catalog.aclexplode(relacl) as d FROM pg_catalog.pg_class WHERE relname = 'stores') a) b LEFT JOIN pg_catalog.pg_roles g ON (b.grantor = g.oid) LEFT JOIN pg_catalog.pg_roles gt ON (b.grantee = gt.oid) GROUP BY g.rolname, gt.rolname ORDER BY 3

SELECT DISTINCT dep.deptype, dep.refclassid, cl.relkind, ad.adbin IS NOT NULL, pg_catalog.pg_get_expr(ad.adbin, ad.adrelid) as adsrc, CASE WHEN cl.relkind IS NOT NULL THEN CASE WHEN cl.relkind = 'r' THEN cl.relkind::text || COALESCE(dep.refobjsubid::character varying, '') ELSE cl.relkind::text END WHEN tg.oid IS NOT NULL THEN 'T'::text WHEN ty.oid IS NOT NULL AND ty.typbasetype = 0 THEN 'y'::text WHEN ns.oid IS NOT NULL THEN 'n'::text WHEN pr.oid IS NOT NULL AND prtyp.typname = 'trigger' THEN 't'::text WHEN pr.oid IS NOT NULL THEN 'P'::text WHEN la.oid IS NOT NULL THEN 'l'::text WHEN rw.oid IS NOT NULL THEN 'R'::text WHEN co.oid IS NOT NULL THEN 'C'::text || contype::text WHEN ad.oid IS NOT NULL THEN 'A'::text WHEN fs.oid IS NOT NULL THEN 'F'::text WHEN fdw.oid IS NOT NULL THEN 'f'::text ELSE '' END AS type, COALESCE(coc.relname, clrw.relname) AS ownertable, CASE WHEN cl.relname IS NOT NULL AND att.attname IS NOT NULL THEN cl.relname || COALESCE('.' || att.attname, '') ELSE COALESCE(cl.relname, co.conname, pr.proname, tg.tgname, ty.typname, la.lanname, rw.rulename, ns.nspname, fs.srvname, fdw.fdwname) END AS refname, COALESCE(nsc.nspname, nso.nspname, nsp.nspname, nst.nspname, nsrw.nspname) AS nspname FROM pg_catalog.pg_depend dep LEFT JOIN pg_catalog.pg_class cl ON dep.refobjid=cl.oid LEFT JOIN pg_catalog.pg_attribute att ON dep.refobjid=att.attrelid AND dep.refobjsubid=att.attnum LEFT JOIN pg_catalog.pg_namespace nsc ON cl.relnamespace=nsc.oid LEFT JOIN pg_catalog.pg_proc pr ON dep.refobjid=pr.oid LEFT JOIN pg_catalog.pg_namespace nsp ON pr.pronamespace=nsp.oid LEFT JOIN pg_catalog.pg_trigger tg ON dep.refobjid=tg.oid LEFT JOIN pg_catalog.pg_type ty ON dep.refobjid=ty.oid LEFT JOIN pg_catalog.pg_namespace nst ON ty.typnamespace=nst.oid LEFT JOIN pg_catalog.pg_constraint co ON dep.refobjid=co.oid LEFT JOIN pg_catalog.pg_class coc ON co.conrelid=coc.oid LEFT JOIN pg_catalog.pg_namespace nso ON co.connamespace=nso.oid LEFT JOIN pg_catalog.pg_rewrite rw ON dep.refobjid=rw.oid LEFT JOIN pg_catalog.pg_class clrw ON clrw.oid=rw.ev_class LEFT JOIN pg_catalog.pg_namespace nsrw ON clrw.relnamespace=nsrw.oid LEFT JOIN pg_catalog.pg_language la ON dep.refobjid=la.oid LEFT JOIN pg_catalog.pg_namespace ns ON dep.refobjid=ns.oid LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid=att.attrelid AND ad.adnum=att.attnum LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid=dep.refobjid LEFT JOIN pg_catalog.pg_foreign_data_wrapper fdw ON fdw.oid=dep.refobjid LEFT JOIN pg_catalog.pg_type prtyp ON prtyp.oid = pr.prorettype WHERE dep.objid = 'crm.customers'::regclass::oid AND dep.refclassid IN (SELECT oid FROM pg_catalog.pg_class WHERE relname IN ('pg_class', 'pg_constraint', 'pg_conversion', 'pg_language', 'pg_proc', 'pg_rewrite', 'pg_namespace', 'pg_trigger', 'pg_type', 'pg_attrdef', 'pg_event_trigger', 'pg_foreign_server', 'pg_foreign_data_wrapper')) ORDER BY dep.refclassid, cl.relkind, 6, 8

SELECT pl.oid, pl.polname AS name FROM pg_catalog.pg_policy pl WHERE pl.polrelid = 'crm.customers'::regclass::oid ORDER BY pl.polname

SELECT rw.oid, rw.rulename AS name, CASE WHEN rw.ev_enabled != 'D' THEN True ELSE False END AS enabled, rw.ev_enabled, pg_catalog.pg_get_ruledef(rw.oid, true) AS definition FROM pg_catalog.pg_rewrite rw WHERE rw.ev_class = 'crm.customer_orders'::regclass::oid ORDER BY rw.rulename

SELECT r.oid, r.*, r.rolsuper as user_can_login, pg_catalog.shobj_description(r.oid, 'pg_authid') AS description, ARRAY(SELECT CASE WHEN am.admin_option THEN '1' ELSE '0' END || rm.rolname FROM (SELECT * FROM pg_catalog.pg_auth_members WHERE member = r.oid) am LEFT JOIN pg_catalog.pg_roles rm ON (rm.oid = am.roleid)) rolmembership, (SELECT pg_catalog.array_agg(provider || '=' || label) FROM pg_catalog.pg_seclabels sl1 WHERE sl1.objoid=r.oid) AS seclabels FROM pg_catalog.pg_roles r WHERE r.rolname LIKE 'pg\_%' ORDER BY r.rolcanlogin, r.rolname

SELECT pg_catalog.has_table_privilege(current_user, 'crm.stores', 'SELECT'), roles.oid as id, roles.rolname IS NOT NULL as name, roles.rolsuper as is_superuser, CASE WHEN roles.rolsuper THEN true ELSE roles.rolcreaterole END as can_create_role, CASE WHEN roles.rolsuper THEN true ELSE roles.rolcreatedb END as can_create_db, CASE WHEN 'pg_signal_backend'=ANY(ARRAY(WITH RECURSIVE cte AS (SELECT pg_roles.oid,pg_roles.rolname FROM pg_roles WHERE pg_roles.oid = roles.oid UNION ALL SELECT m.roleid,pgr.rolname FROM cte cte_1 JOIN pg_auth_members m ON m.member = cte_1.oid JOIN pg_roles pgr ON pgr.oid = m.roleid) SELECT rolname FROM cte)) THEN True ELSE False END as can_signal_backend FROM pg_catalog.pg_roles as roles WHERE rolname = current_user

SELECT CASE WHEN usesuper THEN pg_catalog.pg_is_in_recovery() ELSE FALSE END as inrecovery, CASE WHEN usesuper AND pg_catalog.pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE FALSE END as isreplaypaused FROM pg_catalog.pg_user WHERE usename=current_user

SELECT gss_authenticated, encrypted FROM pg_catalog.pg_stat_gssapi WHERE pid = pg_backend_pid()

SELECT at.attnum, at.attname FROM pg_attribute at WHERE at.attrelid = 'crm.orders'::regclass AND at.attnum = ANY(string_to_array('1,2', ',')::int[]) ORDER BY 1

SELECT oid, pub.pubname AS name FROM pg_catalog.pg_publication pub ORDER BY 2

SELECT sub.oid, sub.subname AS name FROM pg_catalog.pg_subscription sub WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())

SELECT e.oid, e.evtname AS name FROM pg_catalog.pg_event_trigger e ORDER BY e.evtname

SELECT x.oid, pg_catalog.pg_get_userbyid(extowner) IS NOT NULL AS owner, x.extname AS name, n.nspname AS schema, x.extrelocatable AS relocatable, x.extversion AS version, e.comment FROM pg_catalog.pg_extension x LEFT JOIN pg_catalog.pg_namespace n ON x.extnamespace=n.oid JOIN pg_catalog.pg_available_extensions() e(name, default_version, comment) ON x.extname=e.name ORDER BY x.extname

--! session analyst,dpo DBeaver: sessions, statistics and roles
--! varies
SELECT sa.* FROM pg_catalog.pg_stat_activity sa

--! varies
SELECT oid, * FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate OR datname = '{db}' ORDER BY datname

--! varies
SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datname='postgres'

SELECT count(*) >= 0 FROM pg_catalog.pg_class c, pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace AND pg_catalog.pg_total_relation_size(c.oid) IS NULL

SELECT c.oid,c.relname,c.relkind,c.relhasindex,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass WHERE c.relnamespace='crm'::regnamespace AND c.relkind not in ('i','I','c') ORDER BY 2

SELECT c.relname,a.attname,a.attnum,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid WHERE NOT a.attisdropped AND c.relkind not in ('i','I','c') AND c.oid='crm.customers'::regclass ORDER BY a.attnum

--! varies
select c.oid,pg_catalog.pg_total_relation_size(c.oid) as total_rel_size,pg_catalog.pg_relation_size(c.oid) as rel_size FROM pg_class c WHERE c.relnamespace='crm'::regnamespace

SELECT a.oid,a.* FROM pg_catalog.pg_roles a WHERE rolname LIKE 'pg\_%' ORDER BY a.rolname

SELECT a.*, pg_catalog.shobj_description(a.oid, 'pg_authid') FROM pg_catalog.pg_roles a WHERE rolname = 'pg_monitor'

--! varies
SELECT setdatabase, setrole, setconfig FROM pg_catalog.pg_db_role_setting

SELECT e.oid, e.extname, e.extversion, n.nspname as schema_name FROM pg_catalog.pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 2

SELECT p.oid,p.*,pg_catalog.pg_get_expr(p.proargdefaults, 0) as arg_defaults,d.description FROM pg_catalog.pg_proc p LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid AND d.objsubid = 0 WHERE p.pronamespace='crm'::regnamespace ORDER BY p.proname

SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'crm'::regnamespace ORDER BY proname

SELECT DISTINCT dep.deptype, dep.classid, cl.relkind, attr.attname, pg_catalog.pg_get_expr(ad.adbin,ad.adrelid) adefval, CASE WHEN cl.relkind IS NOT NULL THEN cl.relkind::text || COALESCE(dep.objsubid::text, '') WHEN tg.oid IS NOT NULL THEN 'T'::text ELSE '' END AS type, COALESCE(coc.relname, clrw.relname) AS ownertable FROM pg_depend dep LEFT JOIN pg_class cl ON dep.objid=cl.oid LEFT JOIN pg_attribute attr ON attr.attrelid=dep.objid AND attr.attnum = dep.objsubid LEFT JOIN pg_trigger tg ON dep.objid=tg.oid LEFT JOIN pg_constraint co ON dep.objid=co.oid LEFT JOIN pg_class coc ON co.conrelid=coc.oid LEFT JOIN pg_rewrite rw ON dep.objid=rw.oid LEFT JOIN pg_class clrw ON clrw.oid=rw.ev_class LEFT JOIN pg_attrdef ad ON ad.oid=dep.objid WHERE dep.refobjid='crm.customers'::regclass::oid ORDER BY 1, 2, 3, 4, 5, 6, 7

EXPLAIN (FORMAT XML) SELECT * FROM crm.stores

SELECT x.*, x.ctid FROM crm.stores x ORDER BY x.id LIMIT 20

--! session analyst,miner DataGrip: introspection in levels
--! varies
select current_database() as current_database, current_schema() as current_schema, current_user as current_user, session_user, pg_catalog.pg_is_in_recovery() as is_in_recovery, version()

--! varies
select L.transactionid::varchar::bigint as transaction_id from pg_catalog.pg_locks L where L.transactionid is not null order by pg_catalog.age(L.transactionid) desc limit 1

--! varies
select case when pg_catalog.pg_is_in_recovery() then null else (pg_catalog.txid_current() % 4294967296)::varchar::bigint end as current_txid

--! varies
select N.oid::bigint as id, datname as name, D.description, datistemplate as is_template, datallowconn as allow_connections, pg_catalog.pg_get_userbyid(N.datdba) as "owner" from pg_catalog.pg_database N left join pg_catalog.pg_shdescription D on N.oid = D.objoid order by case when datname = pg_catalog.current_database() then -1::bigint else N.oid::bigint end

--! varies
select N.oid::bigint as id, N.xmin as state_number, nspname as name, D.description, pg_catalog.pg_get_userbyid(N.nspowner) as "owner" from pg_catalog.pg_namespace N left join pg_catalog.pg_description D on N.oid = D.objoid order by case when nspname = pg_catalog.current_schema() then -1::bigint else N.oid::bigint end

--! varies
select U.oid as schema_id, U.rolname, U.rolsuper is_super, U.rolinherit is_inherit, U.rolcreaterole, U.rolcreatedb, U.rolcanlogin, U.rolreplication, U.rolconnlimit, U.rolvaliduntil, U.rolbypassrls, U.rolconfig, D.description from pg_catalog.pg_roles U left join pg_catalog.pg_shdescription D on U.oid = D.objoid

--! varies
select T.oid::bigint as id, T.spcname as name, T.xmin as state_number, pg_catalog.pg_get_userbyid(T.spcowner) as owner, pg_catalog.pg_tablespace_location(T.oid) as location, T.spcoptions as options, D.description as comment from pg_catalog.pg_tablespace T left join pg_catalog.pg_shdescription D on D.objoid = T.oid

--! varies
select member id, roleid role_id, admin_option from pg_catalog.pg_auth_members order by id, roleid::text

with languages as (select oid as lang_oid, lanname as lang from pg_catalog.pg_language), routines as (select proname as r_name, prolang as lang_oid, oid as r_id, xmin as r_state_number, proargnames as arg_names, proargmodes as arg_modes, proargtypes::int[] as in_arg_types, proallargtypes::int[] as all_arg_types, pg_catalog.pg_get_expr(proargdefaults, 0) as arg_defaults, provariadic as arg_variadic_id, prorettype as ret_type_id, proretset as ret_set, prokind as kind, provolatile as volatile_kind, proisstrict as is_strict, prosecdef as is_security_definer, proconfig as configuration_parameters, procost as cost, pg_catalog.pg_get_userbyid(proowner) as "owner", prorows as rows, proleakproof as is_leakproof, proparallel as concurrency_kind from pg_catalog.pg_proc where pronamespace = 'crm'::regnamespace and not (prokind = 'a')) select r_name, lang, arg_names, in_arg_types, arg_defaults, kind, volatile_kind, cost, rows from routines natural join languages order by r_name

select T.relkind as table_kind, T.relname as table_name, T.oid as table_id, T.xmin is not null as table_state_number, false as table_with_oids, T.reltablespace as tablespace_id, T.reloptions as options, T.relpersistence as persistence, (select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where T.oid = inhrelid) as ancestors, (select pg_catalog.array_agg(inhrelid::bigint order by inhrelid)::varchar from pg_catalog.pg_inherits where T.oid = inhparent) as successors, T.relispartition as is_partition, pg_catalog.pg_get_partkeydef(T.oid) as partition_key, pg_catalog.pg_get_expr(T.relpartbound, T.oid) as partition_expression, T.relam am_id, pg_catalog.pg_get_userbyid(T.relowner) is not null as "owner" from pg_catalog.pg_class T where relnamespace = 'crm'::regnamespace::oid and relkind in ('r', 'm', 'v', 'f', 'p') order by table_kind, table_id

--! varies
select T.relname from pg_catalog.pg_class T where relnamespace = 'crm'::regnamespace::oid and pg_catalog.age(T.xmin) <= coalesce(nullif(greatest(pg_catalog.age('3'::varchar::xid), -1), -1), 2147483647)

with T as (select distinct T.oid as table_id from pg_catalog.pg_class T, pg_catalog.pg_attribute A where T.relnamespace = 'crm'::regnamespace::oid and T.relkind in ('r', 'm', 'v', 'f', 'p') and A.attrelid = T.oid and pg_catalog.age(A.xmin) <= coalesce(nullif(greatest(pg_catalog.age('3'::varchar::xid), -1), -1), 2147483647)) select T.table_id, C.attnum as column_position, C.attname as column_name, C.xmin is not null as column_state_number, C.atttypmod as type_mod, C.attndims as dimensions_number, pg_catalog.format_type(C.atttypid, C.atttypmod) as type_spec, C.atttypid as type_id, C.attnotnull as mandatory, pg_catalog.pg_get_expr(D.adbin, T.table_id) as column_default_expression, not C.attislocal as column_is_inherited, C.attfdwoptions as options, C.attisdropped as is_dropped, C.attidentity as identity_kind, C.attgenerated as generated from T join pg_catalog.pg_attribute C on T.table_id = C.attrelid left join pg_catalog.pg_attrdef D on (C.attrelid, C.attnum) = (D.adrelid, D.adnum) where attnum > 0 order by table_id, attnum

select tab.oid table_id, tab.relkind table_kind, ind_stor.relname index_name, ind_head.indexrelid index_id, ind_stor.xmin is not null state_number, ind_head.indisunique is_unique, ind_head.indisprimary is_primary, false nulls_not_distinct, pg_catalog.pg_get_expr(ind_head.indpred, ind_head.indrelid) as condition, (select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where ind_stor.oid = inhrelid) as ancestors, ind_stor.reltablespace tablespace_id, opcmethod as access_method_id from pg_catalog.pg_class tab join pg_catalog.pg_index ind_head on ind_head.indrelid = tab.oid join pg_catalog.pg_class ind_stor on tab.relnamespace = ind_stor.relnamespace and ind_stor.oid = ind_head.indexrelid left join pg_catalog.pg_opclass on pg_opclass.oid = indclass[0] where tab.relnamespace = 'crm'::regnamespace::oid and tab.relkind in ('r', 'm', 'v', 'p') and ind_stor.relkind in ('i', 'I') order by 3

select ind_head.indexrelid index_id, k col_idx, k <= indnkeyatts in_key, ind_head.indkey[k-1] column_position, ind_head.indoption[k-1] column_options, ind_head.indcollation[k-1] as collation, colln.nspname as collation_schema, collname as collation_str, ind_head.indclass[k-1] as opclass, case when opcdefault then null else opcn.nspname end as opclass_schema, case when opcdefault then null else opcname end as opclass_str, case when indexprs is null then null when ind_head.indkey[k-1] = 0 then chr(27) || pg_catalog.pg_get_indexdef(ind_head.indexrelid, k::int, true) else pg_catalog.pg_get_indexdef(ind_head.indexrelid, k::int, true) end as expression, amcanorder can_order from pg_catalog.pg_index ind_head join pg_catalog.pg_class ind_stor on ind_stor.oid = ind_head.indexrelid cross join unnest(ind_head.indkey) with ordinality u(u, k) left join pg_catalog.pg_collation on pg_collation.oid = ind_head.indcollation[k-1] left join pg_catalog.pg_namespace colln on collnamespace = colln.oid cross join pg_catalog.pg_indexam_has_property(ind_stor.relam, 'can_order') amcanorder left join pg_catalog.pg_opclass on pg_opclass.oid = ind_head.indclass[k-1] left join pg_catalog.pg_namespace opcn on opcnamespace = opcn.oid where ind_stor.relnamespace = 'crm'::regnamespace::oid and ind_stor.relkind in ('i', 'I') order by index_id, k

select T.oid table_id, relkind table_kind, C.oid::bigint con_id, C.xmin::varchar::bigint > 0 con_state_id, conname con_name, contype con_kind, conkey con_columns, conindid index_id, confrelid ref_table_id, confkey ref_columns, condeferrable is_deferrable, condeferred is_init_deferred, confupdtype on_update, confdeltype on_delete, connoinherit no_inherit, pg_catalog.pg_get_expr(conbin, T.oid) con_expression, conexclop::int[] exclusion_operators from pg_catalog.pg_constraint C join pg_catalog.pg_class T on C.conrelid = T.oid where relkind in ('r', 'v', 'f', 'p') and relnamespace = 'crm'::regnamespace::oid and contype in ('p', 'u', 'f', 'c', 'x') and connamespace = 'crm'::regnamespace::oid order by con_id

with all_names as (select T.oid as id, 'relation' from pg_catalog.pg_class T) select D.objoid id, case when 'pg_catalog.pg_class'::regclass = classoid then C.relkind end as kind, D.objsubid sub_id, D.description from pg_catalog.pg_description D join pg_catalog.pg_class C on D.objoid = C.oid where C.relnamespace = 'crm'::regnamespace::oid and C.relkind != 'c' order by objoid, objsubid

--! varies
select D.objid as dependent_id, D.refobjid as owner_id, D.refobjsubid as owner_subobject_id from pg_depend D join pg_class C_SEQ on D.objid = C_SEQ.oid and D.classid = 'pg_class'::regclass::oid join pg_class C_TAB on D.refobjid = C_TAB.oid and D.refclassid = 'pg_class'::regclass::oid where C_SEQ.relkind = 'S' and C_TAB.relkind = 'r' and D.refobjsubid <> 0 and (D.deptype = 'a' or D.deptype = 'i') order by owner_id

select O.oid, oprname, oprkind from pg_operator O where oprnamespace = 'crm'::regnamespace order by 2

--! varies
select collname, collencoding, collcollate, collctype, collprovider, collversion from pg_catalog.pg_collation where collnamespace = 'pg_catalog'::regnamespace

--! varies
SELECT usename, pid, query FROM pg_stat_activity

--! session analyst,dpo pg_activity and Grafana: statistics
--! varies
SELECT version() AS server_version

--! varies
SELECT sum(xact_commit)::BIGINT AS xact_commit, sum(xact_rollback)::BIGINT AS xact_rollback, sum(tup_inserted)::BIGINT AS insert, extract(epoch from now()) AS epoch FROM pg_stat_database

--! varies
SELECT datname, numbackends, blks_hit / nullif(blks_hit + blks_read, 0) FROM pg_stat_database WHERE datname = current_database()

--! varies
SELECT checkpoints_timed, checkpoints_req, buffers_clean FROM pg_stat_bgwriter

--! varies
SELECT schemaname, relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY n_dead_tup DESC NULLS LAST

--! varies
SELECT relname, indexrelname, idx_scan FROM pg_stat_user_indexes WHERE idx_scan = 0

--! varies
SELECT locktype, mode, count(*) FROM pg_locks GROUP BY 1, 2

--! varies
SELECT blocked_locks.pid AS blocked_pid, blocking_locks.pid AS blocking_pid FROM pg_catalog.pg_locks blocked_locks JOIN pg_catalog.pg_stat_activity blocked_activity ON blocked_activity.pid = blocked_locks.pid JOIN pg_catalog.pg_locks blocking_locks ON blocking_locks.locktype = blocked_locks.locktype AND blocking_locks.database IS NOT DISTINCT FROM blocked_locks.database AND blocking_locks.pid != blocked_locks.pid WHERE NOT blocked_locks.granted

--! varies
SELECT * FROM pg_stat_archiver

--! varies
SELECT * FROM pg_stat_wal

--! varies
SELECT funcname, calls FROM pg_stat_user_functions

--! varies
SELECT pid, phase FROM pg_stat_progress_vacuum

--! varies
SELECT age(datfrozenxid), datname FROM pg_database ORDER BY 1 DESC

--! varies
SELECT c.relname, age(c.relfrozenxid) FROM pg_class c WHERE relkind = 'r' ORDER BY 2 DESC LIMIT 5

--! varies
SELECT pg_size_pretty(pg_database_size(current_database())), pg_postmaster_start_time(), pg_is_in_recovery()

--! since 16
--! varies
SELECT * FROM pg_stat_io
