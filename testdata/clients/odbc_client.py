"""psqlODBC by way of pyodbc: with and without UseDeclareFetch, catalog functions, parameters, transactions, errors."""
import os, sys
import pyodbc

part, queries = sys.argv[1], sys.argv[2]
pyodbc.pooling = False


def show(*values):
    print(*[repr(v) for v in values])


def connect(**settings):
    e = os.environ
    text = "DRIVER={PostgreSQL Unicode};SERVER=%s;PORT=%s;DATABASE=%s;UID=%s;PWD=%s;" % (e["PGHOST"], e["PGPORT"], e["PGDATABASE"], e["PGUSER"], e["PGPASSWORD"])
    return pyodbc.connect(text + "".join("%s=%s;" % s for s in settings.items()))


if part == "catalog":
    cur = connect().cursor()
    for rows in (cur.tables(schema="crm"), cur.columns(schema="crm"), cur.primaryKeys("customers", schema="crm"), cur.foreignKeys("orders", schema="crm"), cur.foreignKeys(foreignTable="orders", foreignSchema="crm"),
                 cur.statistics("stores", schema="crm"), cur.rowIdColumns("customers", schema="crm"), cur.rowVerColumns("stores", schema="crm"), cur.procedures(schema="crm"), cur.getTypeInfo(), cur.tables(catalog="%")):
        show([d[:2] for d in rows.description])
        show([tuple(r) for r in rows])
    sys.exit()

for settings in ({}, {"UseDeclareFetch": 1, "Fetch": 7}, {"UseServerSidePrepare": 0}, {"UseServerSidePrepare": 1, "Protocol": "7.4-2"}, {"Protocol": "7.4-0", "BoolsAsChar": 0, "ByteaAsLongVarBinary": 1, "UpdatableCursors": 1}, {"UseDeclareFetch": 1, "Parse": 1, "DisallowPremature": 1}):
    show(settings)
    conn = connect(**settings)
    cur = conn.cursor()
    for sql in open(queries, encoding="utf8"):
        sql = sql.replace(", 'NaN'::numeric", "")  # which pyodbc cannot read
        cur.execute(sql)
        show([d[:2] + d[3:6] for d in cur.description])  # whether it may be NULL is looked up by the column's origin
        show([tuple(r) for r in cur.fetchall()])
    for i in range(4):
        cur.execute("SELECT id, email, birth_date FROM crm.customers WHERE id > ? AND city <> ? ORDER BY id", i * 20, "o'hara")
        show([tuple(r) for r in cur.fetchmany(5)], [tuple(r) for r in cur.fetchall()])
    cur.execute("CREATE TEMP TABLE upload (id int PRIMARY KEY, name text)")
    cur.executemany("INSERT INTO upload VALUES (?, ?)", [(i, "n%d" % i) for i in range(20)])
    cur.execute("SELECT count(*), max(email) FROM upload JOIN crm.customers USING (id)")
    show([tuple(r) for r in cur])
    conn.commit()
    for sql in "SELECT id,\n nosuch FROM crm.customers", "SELECT email::int FROM crm.customers WHERE id = 3", "INSERT INTO upload VALUES (1)", "SELEC 1":
        try:
            cur.execute(sql)
            show("no error", cur.fetchall())
        except pyodbc.Error as e:
            show(e.args)
            conn.rollback()
    cur.execute("SELECT 1; SELECT email FROM crm.customers ORDER BY id LIMIT 2")
    show([tuple(r) for r in cur], cur.nextset(), [tuple(r) for r in cur])
    conn.close()
