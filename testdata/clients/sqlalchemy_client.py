"""SQLAlchemy: the inspector over all of a schema, reflection, server-side cursors; and pandas on top of it."""
import sys
import pandas
import sqlalchemy as sa

part = sys.argv[1]
engine = sa.create_engine("postgresql+psycopg2://")


def show(*values):
    print(*[repr(v) for v in values])


if part == "catalog":
    inspector = sa.inspect(engine)
    show(inspector.get_schema_names(), inspector.default_schema_name)
    show(sorted(inspector.get_table_names("crm")), sorted(inspector.get_view_names("crm")), inspector.get_enums("crm"))
    show(inspector.get_sequence_names("crm"))
    for table in sorted(inspector.get_table_names("crm")):
        show(table, inspector.get_columns(table, "crm"), inspector.get_pk_constraint(table, "crm"), inspector.get_foreign_keys(table, "crm"))
        show(inspector.get_indexes(table, "crm"), inspector.get_unique_constraints(table, "crm"), inspector.get_check_constraints(table, "crm"), inspector.get_table_comment(table, "crm"))
    for view in sorted(inspector.get_view_names("crm")):
        show(inspector.get_view_definition(view, "crm"), inspector.get_columns(view, "crm"))
    meta = sa.MetaData(schema="crm")
    meta.reflect(engine, views=True)
    show([(t.name, [str(c.type) for c in t.columns]) for t in meta.sorted_tables])
    sys.exit()

meta = sa.MetaData(schema="crm")
cust = sa.Table("customers", meta, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("email", sa.Text), sa.Column("country", sa.Text), sa.Column("birth_date", sa.Date))
orders = sa.Table("orders", meta, sa.Column("id", sa.BigInteger), sa.Column("customer_id", sa.BigInteger), sa.Column("total", sa.Numeric), sa.Column("ordered_at", sa.DateTime(timezone=True)))
with engine.connect() as conn:
    show(conn.execute(sa.select(cust).where(cust.c.email.ilike("%example%")).order_by(cust.c.id)).fetchall())
    show(conn.execute(sa.select(cust.c.country, sa.func.sum(orders.c.total)).join_from(cust, orders, cust.c.id == orders.c.customer_id).group_by(cust.c.country).having(sa.func.count() > 2).order_by(cust.c.country)).fetchall())
    rows = conn.execution_options(stream_results=True, max_row_buffer=13).execute(sa.select(cust.c.id, cust.c.email).order_by(cust.c.id))
    show(rows.fetchall())
    frame = pandas.read_sql("SELECT id, email, birth_date, monthly_income, created_at FROM crm.customers ORDER BY id", conn, parse_dates=["birth_date"])
    print(frame.dtypes, frame.describe(include="all", datetime_is_numeric=True).to_csv(), frame.to_csv())
    for chunk in pandas.read_sql(sa.text("SELECT customer_id, total FROM crm.orders WHERE total > :low ORDER BY id"), conn, params={"low": 50}, chunksize=100):
        show(chunk.shape)
with engine.begin() as conn:
    conn.execute(sa.text("CREATE TEMP TABLE scored (id bigint, score float8)"))
    pandas.DataFrame({"id": [1, 2, 3], "score": [0.5, None, 0.25]}).to_sql("scored", conn, if_exists="append", index=False, method="multi")
    show(conn.execute(sa.text("SELECT * FROM scored JOIN crm.customers USING (id) ORDER BY id")).fetchall())
