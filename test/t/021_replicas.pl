# Copies of a watched database: a base backup that is promoted, a subscriber
# that gets the books, and one that keeps books of its own.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 10');
$node->start;
my $tables = q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note_id int PRIMARY KEY, deal_id int, buyer text, amount numeric(20,2), price covenant.share_price);
};
my $watch = q{
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal_id', 'amount', 'price', 'buyer');
};
$node->safe_psql('postgres', $tables . q{
INSERT INTO deals VALUES (1, 1000), (2, 1000);
INSERT INTO notes VALUES (1, 1, 'alpha', 10, '0.1');
} . $watch);

sub audit_is_empty
{
	my ($where, $when) = @_;
	is($where->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', $where->name . ": audit finds nothing $when");
	return;
}
my $ledger = 'SELECT deal, principal, note_shares, reserved FROM deals_reserve ORDER BY deal';
my $journal = 'SELECT j.deal, j.seq, p.holder, j.kind, j.principal, j.slack, p.price, p.price_divisor FROM deals_journal j LEFT JOIN deals_position p USING (deal, seq) ORDER BY 1, 2, 3';

# base_backup, promotion
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->safe_psql('postgres', q{
UPDATE notes SET price = '0.05';
INSERT INTO notes VALUES (2, 2, 'bristol', 7, '1/3');
BEGIN; INSERT INTO notes VALUES (3, 2, 'bristol', 1, '1/3'); PREPARE TRANSACTION 'handed over'});
$node->wait_for_catchup($standby, 'replay');
audit_is_empty($standby, 'while it follows');
is($standby->safe_psql('postgres', 'SELECT deal, issuable, slack FROM deals_status ORDER BY deal'), "1|200|600\n2|21|958", 'the status view answers on a standby');
my (undef, undef, $refused) = $standby->psql('postgres', q{SELECT covenant.rebuild('deals')});
like($refused, qr/read-only transaction|during recovery/, 'rebuild does not write there');
$standby->promote;
$standby->safe_psql('postgres', q{COMMIT PREPARED 'handed over'; INSERT INTO notes VALUES (4, 1, 'alpha', 1, '0.1')});
audit_is_empty($standby, 'after the promotion');
is($standby->safe_psql('postgres', $ledger), "1|11|210|1000\n2|8|24|1000", 'what was prepared before counts once');
(undef, undef, $refused) = $standby->psql('postgres', q{INSERT INTO notes VALUES (5, 1, 'alpha', 1000, '0.1')});
like($refused, qr/reserved amount of deal "1" is not covered/, 'and the guard stands');
$standby->stop;
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'handed over'});

# subscriber_with_books: the books are published with the tables; the triggers
# there sleep while changes are applied, so nothing counts twice.
my $reader = PostgreSQL::Test::Cluster->new('reader');
$reader->init;
$reader->start;
$reader->safe_psql('postgres', $tables . $watch);
$node->safe_psql('postgres', 'CREATE PUBLICATION everything FOR TABLE deals, notes, deals_reserve, deals_journal, deals_position');
my $from = $node->connstr . ' dbname=postgres';
$reader->safe_psql('postgres', "CREATE SUBSCRIPTION everything CONNECTION '$from' PUBLICATION everything WITH (binary = true)");
$reader->wait_for_subscription_sync($node, 'everything');
$node->safe_psql('postgres', q{
BEGIN; INSERT INTO notes VALUES (6, 1, 'alpha', 3, '0.1'), (7, 2, 'bristol', 3, '2/3'); UPDATE deals SET reserved = 900; COMMIT;
DELETE FROM notes WHERE note_id = 2;
INSERT INTO deals VALUES (3, 5)});
$node->wait_for_catchup('everything');
is($reader->safe_psql('postgres', $ledger), $node->safe_psql('postgres', $ledger), 'a subscriber to the books has the same ledger');
is($reader->safe_psql('postgres', $journal), $node->safe_psql('postgres', $journal), 'and the same journal');
audit_is_empty($reader, 'after logical replication of the books');
is($reader->safe_psql('postgres', 'SELECT deal, slack FROM deals_status ORDER BY deal'), $node->safe_psql('postgres', 'SELECT deal, slack FROM deals_status ORDER BY deal'), 'and the same status');

# subscriber_in_row_mode: tables alone are published; row triggers that always
# fire keep books of the subscriber's own, which records and refuses nothing.
my $keeper = PostgreSQL::Test::Cluster->new('keeper');
$keeper->init;
$keeper->start;
$keeper->safe_psql('postgres', $tables . q{
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved', on_breach => 'record', mode => 'row'),
	covenant.watch_notes('notes', 'deals', 'deal_id', 'amount', 'price', 'buyer', mode => 'row')});
$node->safe_psql('postgres', 'CREATE PUBLICATION tables FOR TABLE deals, notes');
$keeper->safe_psql('postgres', "CREATE SUBSCRIPTION tables CONNECTION '$from' PUBLICATION tables");
$keeper->wait_for_subscription_sync($node, 'tables');
audit_is_empty($keeper, 'after the first copy');
is($keeper->safe_psql('postgres', $ledger), $node->safe_psql('postgres', $ledger), 'books of its own say the same');
$node->safe_psql('postgres', q{
BEGIN; UPDATE notes SET deal_id = 2, amount = amount + 1 WHERE note_id = 6; UPDATE notes SET price = '1/7' WHERE note_id = 7; COMMIT;
BEGIN; SAVEPOINT a; INSERT INTO notes VALUES (8, 1, 'alpha', 9, '0.1'); ROLLBACK TO a; INSERT INTO notes VALUES (9, 1, 'alpha', 2, '0.1'); COMMIT;
DELETE FROM notes WHERE note_id = 1;
UPDATE deals SET reserved = 2000 WHERE deal_id = 3});
$node->wait_for_catchup('tables');
is($keeper->safe_psql('postgres', $ledger), $node->safe_psql('postgres', $ledger), 'after inserts, updates and deletes too');
audit_is_empty($keeper, 'after them');
$node->safe_psql('postgres', 'TRUNCATE notes');
$node->safe_psql('postgres', q{INSERT INTO notes VALUES (10, 3, 'alpha', 2, '0.1')});
$node->wait_for_catchup('tables');
is($keeper->safe_psql('postgres', $ledger), $node->safe_psql('postgres', $ledger), 'after a TRUNCATE');
audit_is_empty($keeper, 'after that');
is($keeper->safe_psql('postgres', q{SELECT count(*) FROM deals_journal WHERE recorded_by <> current_user}), '0', 'recorded by the owner of the subscription');
$keeper->safe_psql('postgres', q{INSERT INTO notes VALUES (11, 3, 'beta', 5, '0.1')});
audit_is_empty($keeper, 'after a write of its own');

$_->stop for $keeper, $reader, $node;
done_testing();
