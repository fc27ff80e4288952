# The postmaster is killed while clients write, twice; after each restart the
# books agree with the tables, as if nothing had happened.  What was prepared
# before is committed afterwards and counts.  At the second crash the books were
# being written through SPI, at the first straight to the heap.

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 10\nfsync = on\nfull_page_writes = on\n");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note_id bigserial PRIMARY KEY, deal_id int, buyer text, amount numeric(20,2), price covenant.share_price);
INSERT INTO deals SELECT i, 1000000000 FROM generate_series(1, 21) i;
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal_id', 'amount', 'price', 'buyer');
});

my $script = PostgreSQL::Test::Utils::tempdir() . '/load.sql';
append_to_file(
	$script, q{
\set deal random(1, 20)
\set other random(1, 20)
\set amount random(1, 1000)
BEGIN;
INSERT INTO notes (deal_id, buyer, amount, price) VALUES (:deal, 'alpha', :amount, '1001/120000'), (:other, 'bristol', :amount, '0.06');
UPDATE notes SET price = '0.05' WHERE note_id = (SELECT max(note_id) FROM notes WHERE deal_id = :other);
UPDATE deals SET reserved = reserved + 1 WHERE deal_id = :deal;
COMMIT;
});

# What must be true of the books at any time.
sub books_are_right
{
	my ($when) = @_;
	is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', "audit finds nothing $when");
	is($node->safe_psql('postgres', q{
SELECT deal, l.note_shares, n.shares, l.entries, j.entries FROM deals_reserve l
LEFT JOIN (SELECT deal_id AS deal, sum(div(amount, CASE price::text WHEN '0.06' THEN 0.06 WHEN '0.05' THEN 0.05 ELSE 1001::numeric / 120000 END)) AS shares FROM notes GROUP BY 1) n USING (deal)
LEFT JOIN (SELECT deal, count(DISTINCT seq) AS entries FROM deals_journal GROUP BY 1) j USING (deal)
WHERE l.note_shares <> coalesce(n.shares, 0) OR l.entries IS DISTINCT FROM j.entries}), '', "nor does plain SQL");
	return;
}

my @load = ('pgbench', '-n', '-c', '4', '-T', '60', '-f', $script, $node->connstr('postgres'));
for my $crash (1, 2)
{
	my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM notes');
	$node->safe_psql('postgres', q{BEGIN; INSERT INTO notes (deal_id, buyer, amount, price) VALUES (21, 'prepared', 5, '0.05'); PREPARE TRANSACTION 'waits'})
	  if $crash == 2;
	my ($out, $waits) = ('', 0);
	local $ENV{PGOPTIONS} = '-c covenant.direct_posting=' . ($crash == 1 ? 'on' : 'off');
	my $load = IPC::Run::start(\@load, '>', \$out, '2>', \$out);
	$load->pump_nb, sleep 0.1 until $node->safe_psql('postgres', 'SELECT count(*) FROM notes') > $before + 200 or ++$waits > 300;
	$node->kill9;
	$load->finish;
	unlike($out, qr/ERROR/, 'the load ran without an error until then');
	# The children see that the postmaster is gone and leave, one after the other.
	my $started = 0;
	for (1 .. 50)
	{
		last if $started = $node->start(fail_ok => 1);
		sleep 0.2;
		$node->stop('fast', fail_ok => 1);
	}
	ok($started, "the server comes up after crash $crash");
	cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM notes'), '>', $before, 'and has what was committed');
	books_are_right("after crash $crash");
}

# commit_prepared_after_restart: what was posted before the crash becomes
# visible with the rest of its transaction.
is($node->safe_psql('postgres', q{SELECT count(*) FROM notes WHERE buyer = 'prepared'}), '0', 'the prepared note is not there yet');
$node->safe_psql('postgres', q{COMMIT PREPARED 'waits'});
is($node->safe_psql('postgres', q{SELECT sum(j.principal), sum(j.note_shares) FROM deals_journal j JOIN deals_position p USING (deal, seq) WHERE p.holder = 'prepared'}), '5|100', 'COMMIT PREPARED brings it with its entry');
books_are_right('after COMMIT PREPARED');

# The next write is judged.
my ($status, undef, $errors) = $node->psql('postgres', q{INSERT INTO notes (deal_id, buyer, amount, price) VALUES (1, 'alpha', 100000000, '0.05')});
like($errors, qr/reserved amount of deal "1" is not covered/, 'and the guard stands');

$node->stop;
done_testing();
