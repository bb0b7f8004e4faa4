<?php // PDO and the pgsql extension: emulated and real prepared statements, cursors, COPY, metadata.
[$_, $part, $queries] = $argv;
$db = new PDO(sprintf('pgsql:host=%s;port=%s;dbname=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE')), getenv('PGUSER'), getenv('PGPASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
function show(...$values) { foreach ($values as $v) { echo serialize($v), "\n"; } }
$pg = pg_connect('');
if ($part === 'catalog') {
    show(pg_meta_data($pg, 'crm.customers', true), pg_meta_data($pg, 'crm.stores'));
    show($db->query("SELECT * FROM information_schema.table_constraints WHERE table_schema = 'crm' ORDER BY constraint_name")->fetchAll(PDO::FETCH_NUM));
    exit;
}
foreach ([false, true] as $emulate) {
    foreach (file($queries) as $sql) {
        $s = $db->prepare(str_replace('?', '??', $sql), [PDO::ATTR_EMULATE_PREPARES => $emulate]);
        $s->execute();
        $meta = [];
        for ($i = 0; $i < $s->columnCount(); $i++) { $m = $s->getColumnMeta($i); $meta[] = [$m['name'], $m['native_type'], $m['precision']]; }
        show($meta, $s->rowCount(), array_map(fn ($r) => array_map(fn ($x) => is_resource($x) ? stream_get_contents($x) : $x, $r), $s->fetchAll(PDO::FETCH_NUM)));
    }
    $s = $db->prepare('SELECT id, email FROM crm.customers WHERE id = :id OR city = :city ORDER BY id', [PDO::ATTR_EMULATE_PREPARES => $emulate]);
    foreach ([1, 2, 3] as $id) { $s->execute(['id' => $id, 'city' => "o'hara"]); show($s->fetchAll(PDO::FETCH_ASSOC)); }
}
$db->beginTransaction();
$s = $db->prepare('SELECT id, email FROM crm.customers ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
$s->execute();
show($s->fetch(PDO::FETCH_NUM), $s->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST), $s->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 5));
$db->commit();
$db->exec('CREATE TEMP TABLE upload (id int, name text)');
show($db->pgsqlCopyFromArray('upload', ["1\ta", "2\tb"]), $db->query('SELECT u.id, email FROM upload u JOIN crm.customers USING (id) ORDER BY 1')->fetchAll(PDO::FETCH_NUM));
foreach (["SELECT id,\n nosuch FROM crm.customers", 'SELECT email::int FROM crm.customers WHERE id = 3'] as $sql) {
    try { $db->query($sql); } catch (PDOException $e) { show($e->errorInfo); }
}
show(pg_fetch_all(pg_query_params($pg, 'SELECT id, email, birth_date FROM crm.customers WHERE id < $1 ORDER BY id', [10])));
show(pg_copy_to($pg, 'crm.stores'), pg_field_table(pg_query($pg, 'SELECT id FROM crm.stores LIMIT 1'), 0));
pg_prepare($pg, 'p', 'SELECT count(*) FROM crm.orders WHERE total > $1');
show(pg_fetch_row(pg_execute($pg, 'p', [100])));
