# A standby of a watched database answers questions, refuses what writes, and
# once promoted goes on judging where the primary stopped.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', 'max_prepared_transactions = 10');
$primary->start;
$primary->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int, buyer text, principal numeric, price covenant.share_price);
INSERT INTO deals VALUES (1, 1000), (2, 1000);
INSERT INTO notes VALUES (1, 1, 'alpha', 10, '0.1');
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'buyer');
});
$primary->backup('base');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

my $status = 'SELECT deal, principal, issuable, required, slack FROM deals_status ORDER BY deal';
my $audit = q{SELECT * FROM covenant.audit('deals')};

$primary->safe_psql('postgres', q{
UPDATE notes SET price = '0.05';
INSERT INTO notes VALUES (2, 2, 'bristol', 7, '1/3');
BEGIN;
INSERT INTO notes VALUES (3, 2, 'bristol', 1, '1/3');
PREPARE TRANSACTION 'handed over'});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

is($standby->safe_psql('postgres', $status), "1|10|200|400|600\n2|7|21|42|958", 'the status is there to be read on the standby');
is($standby->safe_psql('postgres', $status), $primary->safe_psql('postgres', $status), 'and is that of the primary');
is($standby->safe_psql('postgres', $audit), '', 'audit runs there and finds nothing');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM deals_journal}), $primary->safe_psql('postgres', q{SELECT count(*) FROM deals_journal}),
	'the journal is there');
is($standby->safe_psql('postgres', q{SELECT covenant.check('deals')}), '', 'check runs there');
for my $statement (
	q{INSERT INTO notes VALUES (9, 1, 'alpha', 1, '0.1')}, q{SELECT covenant.rebuild('deals')},
	q{SELECT covenant.unwatch('notes')})
{
	my (undef, undef, $errors) = $standby->psql('postgres', "\\set VERBOSITY verbose\n$statement");
	like($errors, qr/ERROR:  (25006|55000): .*(read-only transaction|during recovery)/, "refused while it follows: $statement");
}

$primary->stop('immediate');
$standby->promote;

$standby->safe_psql('postgres', q{
COMMIT PREPARED 'handed over';
INSERT INTO notes VALUES (4, 1, 'alpha', 1, '0.1');
UPDATE notes SET principal = 8 WHERE note = 2});
is($standby->safe_psql('postgres', $status), "1|11|210|420|580\n2|9|27|54|946", 'after the promotion writes count, what was prepared before once');
is($standby->safe_psql('postgres', $audit), '', 'audit finds nothing');
is($standby->safe_psql('postgres', q{
SELECT l.deal FROM deals_reserve l LEFT JOIN (SELECT deal, sum(note_shares) AS shares, count(DISTINCT seq) AS entries FROM deals_journal GROUP BY 1) j USING (deal)
WHERE (l.note_shares, l.entries) IS DISTINCT FROM (j.shares, j.entries)}), '', 'ledger and journal agree');
my (undef, undef, $errors) = $standby->psql('postgres', q{INSERT INTO notes VALUES (5, 1, 'alpha', 1000, '0.1')});
like($errors, qr/reserved amount of deal "1" is not covered/, 'the next write is judged');

$standby->stop;
done_testing();
