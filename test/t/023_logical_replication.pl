# Logical replication of a watched database: to a subscriber that gets the
# books with the tables, and to one that gets the tables alone and keeps books
# of its own.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $tables = q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int, buyer text, principal numeric, price covenant.share_price);
};
my $watch = q{
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'buyer');
};

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
$publisher->safe_psql('postgres', $tables . q{
INSERT INTO deals VALUES (1, 1000), (2, 1000);
INSERT INTO notes VALUES (1, 1, 'alpha', 10, '0.1');
} . $watch);
my $from = $publisher->connstr . ' dbname=postgres';

# A node on which the tables are made, watched and subscribed to.
sub subscriber
{
	my ($name, $watch_there, $published, $options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->start;
	$node->safe_psql('postgres', $tables . $watch_there);
	$publisher->safe_psql('postgres', "CREATE PUBLICATION $name FOR TABLE $published");
	$node->safe_psql('postgres', "CREATE SUBSCRIPTION $name CONNECTION '$from' PUBLICATION $name $options");
	$node->wait_for_subscription_sync($publisher, $name);
	return $node;
}

my $ledger = 'SELECT deal, principal, note_shares, reserved FROM deals_reserve ORDER BY deal';
my $journal = 'SELECT deal, seq, holder, kind, principal, note_shares, slack, recorded_at FROM deals_journal ORDER BY 1, 2, 3';
my $status = 'SELECT deal, issuable, slack FROM deals_status ORDER BY deal';

sub same_there
{
	my ($node, $query, $what) = @_;
	is($node->safe_psql('postgres', $query), $publisher->safe_psql('postgres', $query), $node->name . ": $what");
	return;
}

sub audit_is_empty
{
	my ($node, $when) = @_;
	is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', $node->name . ": audit finds nothing $when");
	return;
}

# Both at once: the books published, in binary; the tables alone, row triggers
# that always fire, and nothing refused.
my $reader = subscriber('reader', $watch, 'deals, notes, deals_reserve, deals_journal', 'WITH (binary = true)');
my $keeper = subscriber('keeper', q{
SELECT covenant.watch_deals('deals', 'deal', 'reserved', on_breach => 'record', mode => 'row'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'buyer', mode => 'row')},
	'deals, notes', '');
is($reader->safe_psql('postgres', q{SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgname LIKE 'covenant_%'}), 'O',
	'reader: the triggers are those of an ordinary watch');

sub caught_up
{
	my ($when) = @_;
	$publisher->wait_for_catchup($_) for qw(reader keeper);
	same_there($_, $ledger, "the same ledger $when") for $reader, $keeper;
	same_there($_, $status, "the same status $when") for $reader, $keeper;
	same_there($reader, $journal, "the same journal $when");
	audit_is_empty($_, $when) for $reader, $keeper;
	return;
}
caught_up('after the first copy');

$publisher->safe_psql('postgres', q{
BEGIN;
INSERT INTO notes VALUES (6, 1, 'alpha', 3, '0.1'), (7, 2, 'bristol', 3, '2/3');
UPDATE deals SET reserved = 900;
COMMIT;
DELETE FROM notes WHERE note = 1;
INSERT INTO deals VALUES (3, 500);
BEGIN;
UPDATE notes SET deal = 2, principal = principal + 1 WHERE note = 6;
UPDATE notes SET price = '1/7' WHERE note = 7;
UPDATE notes SET note = 70 WHERE note = 7;
COMMIT;
BEGIN;
SAVEPOINT a;
INSERT INTO notes VALUES (8, 1, 'alpha', 9, '0.1');
ROLLBACK TO a;
INSERT INTO notes VALUES (9, 1, 'alpha', 2, '0.1');
COMMIT});
caught_up('after inserts, updates, deletes and savepoints');

$publisher->safe_psql('postgres', q{TRUNCATE notes; INSERT INTO notes VALUES (10, 3, 'alpha', 20, '0.1')});
$publisher->wait_for_catchup($_) for qw(reader keeper);
audit_is_empty($_, 'after a TRUNCATE') for $reader, $keeper;
same_there($_, $ledger, 'the same ledger after a TRUNCATE') for $reader, $keeper;

# A fact on the publisher, the fall of a price, and an act that is let through
# there: a violation where it is applied, which is recorded and stops nothing.
$publisher->safe_psql('postgres', q{
UPDATE notes SET price = '0.05' WHERE note = 10;
BEGIN;
SELECT covenant.override('deals', 'it has happened');
INSERT INTO notes VALUES (11, 3, 'bristol', 10, '0.05');
COMMIT;
INSERT INTO notes VALUES (12, 1, 'alpha', 1, '0.1')});
caught_up('after a violation');
is($keeper->safe_psql('postgres', 'SELECT slack FROM deals_status WHERE deal = 3'), '-700', 'keeper: the shortfall is in its books');
is($keeper->safe_psql('postgres', q{SELECT kind, holder, note_shares, slack FROM deals_journal WHERE deal = 3 ORDER BY seq DESC LIMIT 1}),
	'act|bristol|200|-700', 'keeper: and in its journal');

# What the subscribers write themselves is judged and booked as ever.
$keeper->safe_psql('postgres', q{INSERT INTO notes VALUES (101, 3, 'own', 5, '0.1')});
audit_is_empty($keeper, 'after a write of its own');
my (undef, undef, $errors) = $reader->psql('postgres', q{INSERT INTO notes VALUES (101, 3, 'own', 5, '0.1')});
like($errors, qr/reserved amount of deal "3" is not covered/, 'reader: its own write is refused');

# Where the subscriber refuses, the violation stops its worker, as any
# constraint of its own would; it goes on when the reserve is there.
$keeper->safe_psql('postgres', q{UPDATE deals_reserve SET on_breach = 'refuse' WHERE deal = 3});
my $log = -s $keeper->logfile;
$publisher->safe_psql('postgres', q{
BEGIN;
SELECT covenant.override('deals', 'it has happened');
INSERT INTO notes VALUES (13, 3, 'bristol', 1, '0.05');
COMMIT});
$keeper->wait_for_log(qr/ERROR:  reserved amount of deal "3" is not covered/, $log);
$keeper->safe_psql('postgres', q{UPDATE deals SET reserved = 5000 WHERE deal = 3});
$publisher->wait_for_catchup('keeper');
is($keeper->safe_psql('postgres', q{SELECT count(*) FROM deals_journal WHERE deal = 3 AND holder = 'bristol' AND note_shares = 20}), '1',
	'keeper: what it refused first is applied once');
audit_is_empty($keeper, 'at the end');

$_->stop for $keeper, $reader, $publisher;
done_testing();
