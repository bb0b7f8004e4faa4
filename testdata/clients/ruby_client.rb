# Ruby's pg: type maps, prepared statements, binary results, single-row mode, pipelines, COPY, cancellation.
require 'pg'
part, queries = ARGV
conn = PG.connect
def show(*v) = puts(v.map(&:inspect).join(' '))
if part == 'catalog'
  show PG::BasicTypeRegistry.new.register_default_types.class, PG::BasicTypeMapForResults.new(conn).class
  show conn.exec("SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = '\"crm\".\"stores\"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum").values
  exit
end
File.foreach(queries) do |sql|
  [0, 1].each do |format|
    r = conn.exec_params(sql, [], format)
    show r.fields, r.nfields.times.map { |i| [r.fmod(i), r.fsize(i), r.fformat(i)] }, r.cmd_tuples, r.values
  end
end
conn.type_map_for_results = PG::BasicTypeMapForResults.new(conn)
conn.prepare('p', 'SELECT id, email, birth_date, created_at FROM crm.customers WHERE id > $1::int ORDER BY id')
3.times { |i| show conn.exec_prepared('p', [i * 30]).to_a }
d = conn.describe_prepared('p')
show d.nparams, d.paramtype(0), d.fields
conn.send_query('SELECT id, email FROM crm.customers ORDER BY id')
conn.set_single_row_mode
conn.get_result.stream_each { |row| show row }
nil while conn.get_result
conn.copy_data('COPY (SELECT id, email FROM crm.customers ORDER BY id) TO STDOUT') { while (row = conn.get_copy_data); show row; end }
conn.exec('CREATE TEMP TABLE upload (id int, name text)')
conn.copy_data('COPY upload FROM STDIN') { 20.times { |i| conn.put_copy_data("#{i}\tx\n") } }
show conn.exec('SELECT count(*), max(email) FROM upload JOIN crm.customers USING (id)').values
conn.transaction { |c| show c.exec('SELECT count(*) FROM crm.customers').getvalue(0, 0) }
["SELECT id,\n nosuch FROM crm.customers", "SELECT 'é', email::int FROM crm.customers WHERE id = 3"].each do |sql|
  conn.exec(sql)
rescue PG::Error => e
  show e.class, e.result.error_field(PG::PG_DIAG_SQLSTATE), e.message, e.result.error_field(PG::PG_DIAG_STATEMENT_POSITION)
end
conn.send_query('SELECT pg_sleep(30)')
sleep 0.2
conn.cancel
begin; conn.get_last_result; rescue PG::Error => e then show e.class; end
conn.set_notice_processor { |m| show m }
conn.exec('DROP TABLE IF EXISTS pg_temp.nosuch')
