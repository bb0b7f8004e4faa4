"""psycopg2: client-side parameters, named cursors, COPY, savepoints, errors, cancellation, and what it reads from the catalog."""
import io, sys, threading
import psycopg2, psycopg2.extras, psycopg2.extensions

conn = psycopg2.connect("")
part, queries = sys.argv[1], sys.argv[2]
cur = conn.cursor()


def show(*values):
    print(*[repr(v) for v in values])


def failing(sql, *args):
    try:
        cur.execute(sql, *args)
        show("no error", sql)
    except psycopg2.Error as e:
        show(type(e).__name__, e.pgcode, e.diag.message_primary, e.diag.statement_position, e.diag.severity)
        conn.rollback()


if part == "catalog":
    from psycopg2.extras import HstoreAdapter, register_composite
    show(HstoreAdapter.get_oids(conn))
    cur.execute("CREATE TEMP TABLE pair AS SELECT 1 AS a, 'x'::text AS b")
    show(register_composite("pair", conn).attnames)
    cur.execute("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'crm' ORDER BY 1, ordinal_position")
    show(cur.fetchall())
    sys.exit()

for sql in open(queries, encoding="utf8"):
    cur.execute(sql)
    show([d[:2] + d[3:6] for d in cur.description if d.type_code < 16384], cur.rowcount, cur.statusmessage)
    show([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cur])
conn.commit()
cur.execute("SELECT id, email FROM crm.customers WHERE id = ANY(%s) AND segment <> %(none)s" .replace("%s", "%(ids)s"), {"ids": [3, 1, 2], "none": "o'hara"})
show(sorted(cur.fetchall()))
psycopg2.extras.execute_values(cur, "SELECT * FROM (VALUES %s) v(a, b) ORDER BY a", [(1, "x"), (2, None)])
show(cur.fetchall())
with conn.cursor("named", withhold=True, scrollable=True) as named:
    named.itersize = 7
    named.execute("SELECT id, email, birth_date FROM crm.customers ORDER BY id")
    show(named.fetchmany(5))
    conn.commit()
    named.scroll(3)
    show(named.fetchone())
    named.scroll(0, mode="absolute")
    show(len(list(named)))
conn.commit()
with conn.cursor("walk") as named:
    named.itersize = 50
    named.execute("SELECT id, city FROM crm.customers ORDER BY id")
    show([row for row in named])
conn.commit()
for copy in "COPY (SELECT id, email, phone FROM crm.customers ORDER BY id LIMIT 30) TO STDOUT WITH CSV HEADER", "COPY (SELECT id, birth_date FROM crm.customers ORDER BY id) TO STDOUT (FORMAT binary)":
    out = io.BytesIO()
    cur.copy_expert(copy, out)
    show(out.getvalue())
cur.execute("CREATE TEMP TABLE upload (id int PRIMARY KEY, name text, at timestamptz DEFAULT '2024-01-01')")
cur.copy_expert("COPY upload (id, name) FROM STDIN WITH CSV", io.StringIO('1,a\n2,"b,c"\n'))
show(cur.rowcount)
cur.copy_from(io.StringIO("7\tseven\n8\t\\N\n"), "upload", columns=("id", "name"))
psycopg2.extras.execute_batch(cur, "INSERT INTO upload VALUES (%s, %s)", [(i, "n%d" % i) for i in range(10, 40)])
cur.execute("SELECT u.id, u.name, c.email FROM upload u LEFT JOIN crm.customers c USING (id) ORDER BY 1")
show(cur.fetchall())
conn.commit()
failing("SELECT id,\n nosuch FROM crm.customers")
failing("SELECT 'é', email::int FROM crm.customers WHERE id = 3")
failing("INSERT INTO upload VALUES (%s, 'again')", (1,))
failing("SELECT 1/0")
failing("SELEC 1")
cur.execute("SAVEPOINT s")
try:
    cur.execute("SELECT nosuch()")
except psycopg2.Error as e:
    show(e.pgcode, conn.info.transaction_status)
    cur.execute("ROLLBACK TO s; SELECT count(*) FROM crm.customers")
    show(cur.fetchone(), conn.info.transaction_status)
conn.rollback()
threading.Timer(0.3, conn.cancel).start()
failing("SELECT pg_sleep(30)")
cur.execute("SET statement_timeout = '100ms'")
failing("SELECT pg_sleep(30)")
conn.set_session(isolation_level="REPEATABLE READ", readonly=True, deferrable=False)
cur.execute("SELECT count(*), current_setting('transaction_isolation') FROM crm.orders")
show(cur.fetchall())
conn.rollback()
conn.set_session(autocommit=True)
cur.execute("DROP TABLE IF EXISTS pg_temp.nosuch")
show(conn.notices)
conn.set_client_encoding("UTF8")
dicts = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
dicts.execute("TABLE crm.stores ORDER BY 1 LIMIT 2")
show([dict(r) for r in dicts])
