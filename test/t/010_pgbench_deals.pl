# Eight clients write five of ten deals in each transaction, in random order:
# no deadlock and nothing to retry, and afterwards the books agree to the share.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint);
CREATE TABLE notes (deal int, client int, principal numeric, price numeric, PRIMARY KEY (deal, client));
CREATE TABLE warrants (deal int, client int, shares int, warrant bigserial PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'client'),
	covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'client');
INSERT INTO deals SELECT n, 1000000000000 FROM generate_series(0, 9) n;
INSERT INTO notes SELECT d, c, 1000, 0.7 FROM generate_series(0, 9) d, generate_series(0, 7) c;
});

# Each client has its notes, so that only the books are written by several.
# A stride without a common divisor with ten gives five different deals.
my $writes = q{
\set start random(0, 9)
\set choice random(0, 3)
\set stride case when :choice = 0 then 1 when :choice = 1 then 3 when :choice = 2 then 7 else 9 end
\set d1 :start
\set d2 (:start + :stride) % 10
\set d3 (:start + 2 * :stride) % 10
\set d4 (:start + 3 * :stride) % 10
\set d5 (:start + 4 * :stride) % 10
\set amount random(1, 1000)
BEGIN ISOLATION LEVEL :level;
UPDATE notes SET principal = :amount WHERE deal = :d1 AND client = :client_id;
UPDATE notes SET price = 0.5 + :amount / 10000.0 WHERE deal = :d2 AND client = :client_id;
INSERT INTO warrants VALUES (:d3, :client_id, :amount);
SAVEPOINT one;
UPDATE notes SET principal = principal + 1, price = price * 1.01 WHERE deal = :d4 AND client = :client_id;
ROLLBACK TO one;
UPDATE notes SET principal = principal + 1 WHERE deal = :d4 AND client = :client_id;
DELETE FROM warrants WHERE deal = :d5 AND client = :client_id;
COMMIT;
};

foreach my $level ('READ COMMITTED', 'REPEATABLE READ')
{
	my $script = $node->basedir . '/writes.sql';
	(my $text = $writes) =~ s/:level/$level/;
	open my $file, '>', $script or die $!;
	print $file $text;
	close $file;

	my ($output, $errors) = run_command(
		[ 'pgbench', '-n', '-c', 8, '-j', 2, '-T', 4, '--failures-detailed',
			'-f', $script, $node->connstr('postgres') ]);
	is($?, 0, "$level: pgbench ends well");
	unlike($errors, qr/ERROR|aborted/, "$level: no client sees an error");
	like($output, qr/^number of failed transactions: 0 /m, "$level: no transaction fails");
	my ($done) = $output =~ /^number of transactions actually processed: (\d+)/m;
	cmp_ok($done, '>', 8, "$level: transactions get through");

	is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}),
		'', "$level: audit finds nothing");
	is( $node->safe_psql(
			'postgres', q{
SELECT count(*) FROM deals_status s JOIN
	(SELECT d.deal, (SELECT sum(principal) FROM notes n WHERE n.deal = d.deal) AS principal,
		(SELECT sum(div(principal, price)) FROM notes n WHERE n.deal = d.deal) AS note_shares,
		(SELECT coalesce(sum(shares), 0) FROM warrants w WHERE w.deal = d.deal) AS warrant_shares FROM deals d) o
	USING (deal, principal, note_shares, warrant_shares)
WHERE s.slack = 1000000000000 - 2 * (o.note_shares + o.warrant_shares)}),
		10, "$level: the books say what plain numeric SQL says");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM deals_reserve l WHERE l.entries <> (SELECT count(DISTINCT seq) FROM deals_journal j WHERE j.deal = l.deal)}),
		0, "$level: the journal has no gap");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM (SELECT slack - lag(slack) OVER (PARTITION BY deal ORDER BY seq) - reserved + 2 * shares AS off
	FROM (SELECT deal, seq, min(slack) AS slack, sum(reserved) AS reserved, sum(note_shares + warrant_shares) AS shares FROM deals_journal GROUP BY deal, seq) j) o WHERE off <> 0}),
		0, "$level: each entry's slack follows from the one before");
}

$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pgbench'});
is($node->safe_psql('postgres', q{SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'}),
	0, 'no deadlock was counted');
unlike(slurp_file($node->logfile), qr/deadlock detected|could not serialize/, 'nor logged');

$node->stop;
done_testing();
