# DBD::Pg: prepared statements of both kinds, placeholders, savepoints, COPY, and its catalog methods.
use strict; use warnings; use DBI; use DBD::Pg qw(:async);
my ($part, $queries) = @ARGV;
my $dbh = DBI->connect("dbi:Pg:", undef, undef, {RaiseError => 1, PrintError => 0, AutoCommit => 1, pg_enable_utf8 => 0});
sub flat { my $v = shift; !defined $v ? "NULL" : ref $v eq 'ARRAY' ? '[' . join(',', map { flat($_) } @$v) . ']' : $v }
sub show { print join('|', map { flat($_) } @_), "\n" }
if ($part eq 'catalog') {
    for my $sth ($dbh->table_info(undef, 'crm', '%', undef), $dbh->column_info(undef, 'crm', '%', '%'), $dbh->primary_key_info(undef, 'crm', 'customers'),
        $dbh->foreign_key_info(undef, undef, undef, undef, 'crm', 'orders'), $dbh->statistics_info(undef, 'crm', 'stores', 0, 0)) {
        show(@{$sth->{NAME}}); show(@$_) for @{$sth->fetchall_arrayref};
    }
    show($dbh->tables('', 'crm', '%', 'TABLE')); show($dbh->type_info_all->[1][0]);
    exit;
}
open my $in, '<', $queries or die; my @all = <$in>; chomp @all;
for my $direct (0, 1) { for my $sql (@all) {
    my $sth = $dbh->prepare($sql, {pg_server_prepare => !$direct, pg_direct => $direct}); $sth->execute;
    show(@{$sth->{NAME}}); show(@{$sth->{TYPE}}); show($sth->rows); show(@$_) for @{$sth->fetchall_arrayref};
} }
my $sth = $dbh->prepare('SELECT id, email FROM crm.customers WHERE id = ? AND city <> $$x$$');
for (1 .. 5) { $sth->execute($_); show($sth->fetchrow_array) }
$dbh->begin_work; $dbh->pg_savepoint('s'); eval { $dbh->do("SELECT id,\n nosuch FROM crm.customers") }; show($dbh->state, $dbh->errstr); $dbh->pg_rollback_to('s');
show($dbh->selectrow_array('SELECT count(*) FROM crm.customers'));
$dbh->do('DECLARE c SCROLL CURSOR FOR SELECT id, email FROM crm.customers ORDER BY id'); show(@$_) for @{$dbh->selectall_arrayref('FETCH 5 FROM c')}; $dbh->commit;
$dbh->do('COPY (SELECT id, email FROM crm.customers ORDER BY id) TO STDOUT'); my $line; print $line while $dbh->pg_getcopydata($line) >= 0;
$dbh->do('CREATE TEMP TABLE upload (id int, name text)'); $dbh->do('COPY upload FROM STDIN'); $dbh->pg_putcopydata("$_\tn$_\n") for 1 .. 50; $dbh->pg_putcopyend;
show($dbh->selectrow_array('SELECT count(*), max(email) FROM upload JOIN crm.customers USING (id)'));
$dbh->do('SELECT pg_sleep(30)', {pg_async => PG_ASYNC}); $dbh->pg_cancel; show($dbh->selectrow_array('SELECT 1'));
