"""psycopg 3: server-side parameters, prepared statements, binary results, pipelines, COPY by rows, server cursors."""
import sys, threading
import psycopg
from psycopg.rows import dict_row

part, queries = sys.argv[1], sys.argv[2]
conn = psycopg.connect("", client_encoding="utf8")


def show(*values):
    print(*[repr(v) for v in values])


def failing(sql, *args):
    try:
        conn.execute(sql, *args)
        show("no error", sql)
    except psycopg.Error as e:
        show(type(e).__name__, e.sqlstate, e.diag.message_primary, e.diag.statement_position)
        conn.rollback()


if part == "catalog":
    from psycopg.types import TypeInfo
    from psycopg.types.enum import EnumInfo
    from psycopg.types.composite import CompositeInfo
    from psycopg.types.range import RangeInfo
    show(TypeInfo.fetch(conn, "text").oid, TypeInfo.fetch(conn, "nosuch"), EnumInfo.fetch(conn, "crm.order_status").labels)
    show(CompositeInfo.fetch(conn, "crm.stores").field_names, RangeInfo.fetch(conn, "int4range").subtype_oid)
    sys.exit()

for binary in False, True:
    for sql in open(queries, encoding="utf8"):
        if binary and "interval" in sql:
            sql = sql.replace("interval '1 day 02:03:04'", "interval '26:03:04'")
        cur = conn.execute(sql, binary=binary) if not binary else conn.cursor(binary=True).execute(sql)
        show([(d.name, d.type_code, d.display_size, d.precision, d.scale) for d in cur.description if d.type_code < 16384], cur.statusmessage)
        show(cur.fetchall())
conn.commit()
for i in range(12):
    show(conn.execute("SELECT id, email, birth_date FROM crm.customers WHERE id = %s AND created_at > %s", (i, "2001-01-01"), prepare=i > 2).fetchone())
with conn.transaction():
    try:
        with conn.transaction():
            conn.execute("SELECT 1/0")
    except psycopg.Error as e:
        show(e.sqlstate)
    show(conn.execute("SELECT count(*) FROM crm.customers").fetchone())
with conn.cursor("walk", row_factory=dict_row, scrollable=True) as cur:
    cur.itersize = 11
    cur.execute("SELECT id, email FROM crm.customers WHERE id > %s ORDER BY id", (5,))
    show(cur.fetchmany(3), [r["id"] for r in cur])
    cur.scroll(2, mode="absolute")
    show(cur.fetchone())
with conn.cursor() as cur:
    with cur.copy("COPY (SELECT id, email, birth_date FROM crm.customers ORDER BY id) TO STDOUT") as copy:
        copy.set_types(["int8", "text", "date"])
        show(list(copy.rows()))
    with cur.copy("COPY crm.stores TO STDOUT (FORMAT binary)") as copy:
        show(b"".join(bytes(b) for b in copy))
    cur.execute("CREATE TEMP TABLE upload (id int8 PRIMARY KEY, name text)")
    with cur.copy("COPY upload FROM STDIN") as copy:
        for i in range(100):
            copy.write_row((i, "n%d" % i))
    with cur.copy("COPY upload FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int8", "text"])
        copy.write_row((1000, "binary"))
    cur.executemany("INSERT INTO upload VALUES (%s, %s)", [(i, None) for i in range(200, 220)])
    show(cur.rowcount, cur.execute("SELECT count(*), sum(u.id), max(c.email) FROM upload u LEFT JOIN crm.customers c USING (id)").fetchone())
conn.commit()
with conn.pipeline():
    curs = [conn.execute("SELECT email FROM crm.customers WHERE id = %s", (i,)) for i in range(20)]
show([c.fetchone() for c in curs])
try:
    with conn.pipeline() as p:
        conn.execute("SELECT 1")
        conn.execute("SELECT nosuch FROM crm.customers")
        conn.execute("SELECT 2")
except psycopg.Error as e:
    show(e.sqlstate, e.diag.statement_position)
conn.rollback()
failing("SELECT id,\n nosuch FROM crm.customers")
failing("SELECT 'é', email::int FROM crm.customers WHERE id = 3")
failing("SELECT %s::int", ("x",))
failing("INSERT INTO upload VALUES (1)")
threading.Timer(0.3, conn.cancel).start()
failing("SELECT pg_sleep(30)")
notices = []
conn.add_notice_handler(lambda d: notices.append((d.severity, d.message_primary)))
conn.execute("DROP TABLE IF EXISTS pg_temp.nosuch")
show(notices)
for row in conn.cursor().stream("SELECT id, city FROM crm.customers ORDER BY id LIMIT 5"):
    show(row)
