// node-postgres with its cursors and streams, and postgres.js.
const fs = require('fs')
const { pipeline } = require('stream/promises')
const { Client, Pool } = require('pg')
const Cursor = require('pg-cursor')
const QueryStream = require('pg-query-stream')
const copy = require('pg-copy-streams')
const postgres = require('postgres')
const [part, queries] = process.argv.slice(2)
const show = (...values) => console.log(...values.map(v => JSON.stringify(v)))
const told = e => [e.code, e.message, e.position, e.severity]

async function main() {
  const client = new Client()
  await client.connect()
  const sql = postgres({ max: 2, onnotice: () => {}, idle_timeout: 1 })
  if (part === 'catalog') {
    show((await client.query(`SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'crm' ORDER BY 1, ordinal_position`)).rows)
    show(await sql`SELECT typname, typelem, typarray FROM pg_type WHERE typcategory = 'A' AND typname LIKE '_int%' ORDER BY 1`)
  } else {
    for (const [i, line] of fs.readFileSync(queries, 'utf8').trim().split('\n').entries()) {
      for (const query of [{ text: line }, { text: line, name: 'n' + i }, { text: line, rowMode: 'array', queryMode: 'extended' }, { text: line, name: 'n' + i }]) {
        const result = await client.query(query)
        show(result.command, result.rowCount, result.fields.map(f => [f.name, f.dataTypeID < 16384 && f.dataTypeID, f.dataTypeModifier]), result.rows)
      }
      show(await sql.unsafe(line), (await sql.unsafe(line).describe()).columns.map(c => c.name))
    }
    show((await client.query('SELECT id, email FROM crm.customers WHERE id = ANY($1) AND birth_date < $2 ORDER BY id', [[1, 2, 3], new Date(Date.UTC(2030, 0, 1))])).rows)
    show((await client.query('SELECT 1 AS a; SELECT email FROM crm.customers ORDER BY id LIMIT 2; SELECT 3')).map(r => r.rows))
    const cursor = client.query(new Cursor('SELECT id, email FROM crm.customers WHERE id > $1 ORDER BY id', [5]))
    show(await cursor.read(3), await cursor.read(100))
    await cursor.close()
    const stream = client.query(new QueryStream('SELECT id, birth_date FROM crm.customers ORDER BY id', [], { batchSize: 7 }))
    for await (const row of stream) show(row)
    for (const format of ['CSV HEADER', 'BINARY']) {
      const chunks = []
      await pipeline(client.query(copy.to(`COPY (SELECT id, email FROM crm.customers ORDER BY id) TO STDOUT ${format}`)), async s => { for await (const c of s) chunks.push(c) })
      show(Buffer.concat(chunks).toString('base64'))
    }
    await client.query('CREATE TEMP TABLE upload (id int PRIMARY KEY, name text)')
    await pipeline(async function * () { for (let i = 0; i < 500; i++) yield Buffer.from(`${i}\tn${i}\n`) }, client.query(copy.from('COPY upload FROM STDIN')))
    show((await client.query('SELECT count(*), max(email) FROM upload JOIN crm.customers USING (id)')).rows)
    await client.query('BEGIN')
    await client.query('SAVEPOINT s')
    for (const bad of ['SELECT id,\n nosuch FROM crm.customers', `SELECT 'é', email::int FROM crm.customers WHERE id = 3`, 'SELEC 1', 'INSERT INTO upload VALUES (1)']) {
      for (const values of [undefined, []]) {
        await client.query({ text: bad, values }).then(() => show('no error'), e => show(told(e)))
        await client.query('ROLLBACK TO s')
      }
    }
    await client.query('COMMIT')
    await client.query(`SELECT $1::int`, ['x']).catch(e => show(told(e)))
    await client.query({ text: 'SELECT nosuch', values: [] }).catch(e => show(told(e)))
    const notices = []
    client.on('notice', n => notices.push([n.severity, n.message]))
    await client.query('DROP TABLE IF EXISTS pg_temp.nosuch')
    show(notices)
    show(await sql`SELECT id, email, created_at, ${sql.array([1, 2])}::int[] AS list FROM crm.customers WHERE id IN ${sql([1, 2, 3])} ORDER BY id`)
    for await (const rows of sql`SELECT id, email FROM crm.customers ORDER BY id`.cursor(25)) show(rows.length, rows[0])
    show(await sql.begin('read only', async tx => {
      await tx.savepoint(s => s`SELECT nosuch()`).catch(e => show(told(e)))
      return tx`SELECT count(*) FROM crm.customers`
    }))
    const out = []
    for await (const chunk of await sql`COPY (SELECT id, email FROM crm.customers ORDER BY id LIMIT 5) TO STDOUT`.readable()) out.push(chunk)
    show(Buffer.concat(out).toString())
    const slow = sql`SELECT pg_sleep(30)`.execute()
    setTimeout(() => slow.cancel(), 300)
    await slow.catch(e => show(told(e)))
    const pool = new Pool({ max: 4, statement_timeout: 200 })
    show((await Promise.all([...Array(20).keys()].map(i => pool.query('SELECT email FROM crm.customers WHERE id = $1', [i])))).map(r => r.rows))
    await pool.query('SELECT pg_sleep(30)').catch(e => show(told(e)))
    await pool.end()
  }
  await sql.end()
  await client.end()
}
main().catch(e => { console.error(e); process.exit(1) })
