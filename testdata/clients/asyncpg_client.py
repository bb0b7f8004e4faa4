"""asyncpg: prepared statements with binary results only, introspection of types, cursors, COPY, timeouts, a pool."""
import asyncio, io, sys
import asyncpg

part, queries = sys.argv[1], sys.argv[2]


def show(*values):
    print(*[repr(v) for v in values])


async def main():
    conn = await asyncpg.connect()
    if part == "catalog":
        show(await conn.fetch("SELECT relname, relkind FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'crm' ORDER BY 1"))
        show(await conn.fetchval("SELECT s FROM crm.stores s ORDER BY id LIMIT 1"))
        await conn.reload_schema_state()
        return
    for sql in open(queries, encoding="utf8"):
        st = await conn.prepare(sql)
        show([(a.name, a.type.name, a.type.kind) for a in st.get_attributes()], st.get_parameters())
        show([tuple(r) for r in await st.fetch()])
    show(await conn.fetch("SELECT id, email FROM crm.customers WHERE id = ANY($1::bigint[]) AND birth_date < $2 ORDER BY id", [1, 2, 3, 4], __import__("datetime").date(2020, 1, 1)))
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        show([r["id"] async for r in conn.cursor("SELECT id, email FROM crm.customers ORDER BY id", prefetch=17)])
        cur = await conn.cursor("SELECT id, email FROM crm.customers ORDER BY id")
        show(await cur.fetch(3), await cur.forward(5), await cur.fetchrow())
        try:
            async with conn.transaction():
                await conn.execute("SELECT 1/0")
        except asyncpg.PostgresError as e:
            show(e.sqlstate, e.as_dict().get("position"))
        show(await conn.fetchval("SELECT count(*) FROM crm.customers"))
    out = io.BytesIO()
    show(await conn.copy_from_query("SELECT id, email FROM crm.customers WHERE id < $1 ORDER BY id", 20, output=out, format="csv"), out.getvalue())
    await conn.execute("CREATE TEMP TABLE upload (id bigint, name text, at date)")
    show(await conn.copy_records_to_table("upload", records=[(i, "n%d" % i, None) for i in range(50)]))
    await conn.executemany("INSERT INTO upload VALUES ($1, $2)", [(i, None) for i in range(50, 60)])
    show(await conn.fetch("SELECT count(*), sum(id), count(name) FROM upload"))
    for sql in "SELECT id,\n nosuch FROM crm.customers", "SELECT 'é', email::int FROM crm.customers WHERE id = 3", "SELECT 1; SELECT 1/0":
        try:
            await conn.execute(sql)
        except asyncpg.PostgresError as e:
            show(type(e).__name__, e.sqlstate, str(e), e.as_dict().get("position"))
    try:
        await conn.fetch("SELECT pg_sleep(30)", timeout=0.2)
    except asyncio.TimeoutError:
        show("timeout", await conn.fetchval("SELECT 1"))
    await conn.close()
    async with asyncpg.create_pool(min_size=2, max_size=3) as pool:
        show(await asyncio.gather(*[pool.fetchval("SELECT email FROM crm.customers WHERE id = $1", i) for i in range(20)]))


asyncio.run(main())
