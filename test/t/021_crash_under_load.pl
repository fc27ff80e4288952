# The postmaster is killed while clients write, twice.  After each restart what
# was committed is there, and the tables, the ledger and the journal agree; a
# transaction that was prepared before is finished afterwards and counts once.

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 10\nfsync = on\n");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (note bigserial PRIMARY KEY, deal int, buyer text, principal numeric(20,2), price numeric);
INSERT INTO deals SELECT i, 100000000, 400000000, 1000 FROM generate_series(1, 20) i;
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'buyer');
});

# Two deals in one transaction, a note and its new price, a conversion, and a
# savepoint that is rolled back.
my $script = PostgreSQL::Test::Utils::tempdir() . '/load.sql';
append_to_file(
	$script, q{
\set deal random(1, 20)
\set other random(1, 20)
\set principal random(2, 1000)
BEGIN;
INSERT INTO notes (deal, buyer, principal, price) VALUES (:deal, 'alpha', :principal, 0.07), (:other, 'bristol', :principal, 0.06);
SAVEPOINT a;
INSERT INTO notes (deal, buyer, principal, price) VALUES (:deal, 'lost', 1000, 0.07);
ROLLBACK TO a;
UPDATE notes SET price = 0.05 WHERE note = (SELECT max(note) FROM notes WHERE deal = :other);
UPDATE notes SET principal = principal - 1 WHERE note = (SELECT max(note) FROM notes WHERE deal = :deal);
UPDATE deals SET reserved = reserved - 14, outstanding = outstanding + 14 WHERE deal = :deal;
COMMIT;
});

# What must be true of the books at any time: for audit, and in plain SQL that
# knows nothing of covenant.
sub books_are_right
{
	my ($when) = @_;
	is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', "audit finds nothing $when");
	is($node->safe_psql('postgres', q{
SELECT l.deal, l.principal, n.principal, l.note_shares, n.shares, j.shares, l.reserved, d.reserved, l.entries, j.entries
FROM deals_reserve l JOIN deals d USING (deal)
LEFT JOIN (SELECT deal, sum(principal) AS principal, sum(div(principal, price)) AS shares FROM notes GROUP BY 1) n USING (deal)
LEFT JOIN (SELECT deal, sum(principal) AS principal, sum(note_shares) AS shares, sum(reserved) AS reserved,
	sum(outstanding) AS outstanding, count(DISTINCT seq) AS entries, max(seq) AS last FROM deals_journal GROUP BY 1) j USING (deal)
WHERE (l.principal, l.note_shares, l.reserved, l.outstanding) IS DISTINCT FROM
		(coalesce(n.principal, 0), coalesce(n.shares, 0), d.reserved, d.outstanding)
	OR (l.principal, l.note_shares, l.reserved, l.outstanding, l.entries, l.entries) IS DISTINCT FROM
		(j.principal, j.shares, j.reserved, j.outstanding, j.entries, j.last)}),
		'', "tables, ledger and journal agree $when");
	return;
}

# Starts the server, which it may not before the killed one is gone for good and
# its backends have noticed.
sub starts_again
{
	my ($postmaster) = @_;
	for (1 .. 300)
	{
		if (!kill(0, $postmaster))
		{
			return 1 if $node->start(fail_ok => 1);
			$node->stop('fast', fail_ok => 1);
		}
		sleep 0.1;
	}
	return 0;
}

for my $crash (1, 2)
{
	my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM deals_journal');
	$node->safe_psql('postgres', q{
BEGIN;
INSERT INTO notes (deal, buyer, principal, price) VALUES (21, 'prepared', 1, 0.05);
INSERT INTO deals VALUES (21, 1000, 10000, 0);
PREPARE TRANSACTION 'waits'}) if $crash == 2;

	my $out = '';
	my $load = IPC::Run::start([ 'pgbench', '-n', '-c', '4', '-T', '60', '-f', $script, $node->connstr('postgres') ], '>', \$out, '2>&1');
	$node->poll_query_until('postgres', "SELECT count(*) > $before + 1000 FROM deals_journal") or die $out;
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	$node->kill9;
	$load->finish;
	ok(starts_again($postmaster), "the server comes up after crash $crash");
	cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM deals_journal'), '>', $before + 1000, 'with what was committed before');
	is($node->safe_psql('postgres', 'SELECT gid FROM pg_prepared_xacts'), $crash == 2 ? 'waits' : '', 'nothing is prepared but what somebody prepared');
	is($node->safe_psql('postgres', q{SELECT count(*) FROM notes WHERE buyer = 'lost'}), '0', 'nothing of what was rolled back');
	books_are_right("after crash $crash");
}

is($node->safe_psql('postgres', q{SELECT count(*) FROM deals_reserve WHERE deal = 21}), '0', 'what is prepared does not show');
$node->safe_psql('postgres', q{COMMIT PREPARED 'waits'});
is($node->safe_psql('postgres', q{SELECT principal, note_shares, reserved, entries FROM deals_reserve WHERE deal = 21}),
	'1|20|1000|1', 'until it is committed');
books_are_right('after COMMIT PREPARED');

my (undef, undef, $errors) = $node->psql('postgres', q{INSERT INTO notes (deal, buyer, principal, price) VALUES (21, 'alpha', 25, 0.05)});
like($errors, qr/reserved amount of deal "21" is not covered/, 'the next write is judged');

$node->stop;
done_testing();
