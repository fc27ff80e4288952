# A watched table of transfers goes through pg_dump and comes back, and goes on
# refusing what Section 2(f) restricts; a prepared transaction is judged before it
# is prepared; what a crash leaves is what was let through.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 5');
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE issuer; CREATE ROLE registrar; CREATE DATABASE origin; CREATE DATABASE plain; CREATE DATABASE custom');

# An opinion is accepted; the transfers are partitioned by year, and a registrar
# who may do nothing else writes them.  An override has let one through.
$node->safe_psql(
	'origin', q{
CREATE EXTENSION covenant;
CREATE SCHEMA deal AUTHORIZATION issuer;
SET ROLE issuer;
SET search_path = deal;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal_id text, buyer text, balance numeric, price numeric);
CREATE TABLE transfers (deal_id text, "from" text, basis text, day date NOT NULL, evidence bigint) PARTITION BY RANGE (day);
CREATE TABLE transfers_2005 PARTITION OF transfers FOR VALUES FROM ('2005-01-01') TO ('2006-01-01');
CREATE TABLE transfers_later PARTITION OF transfers DEFAULT;
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}');
SELECT covenant.watch_transfers('transfers', 'deals', 'deal_id', 'from', 'basis', 'day', 'evidence');
GRANT USAGE ON SCHEMA deal TO registrar;
GRANT INSERT, UPDATE, SELECT ON transfers TO registrar;
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('calbatech', 100000000);
INSERT INTO notes VALUES (1, 'calbatech', 'A', 1500000, 0.06), (2, 'calbatech', 'B', 500000, 0.06);
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'closing');
RESET covenant.as_of;
INSERT INTO deals_event (deal, kind, holder, occurred_on) VALUES ('calbatech', 'opinion_accepted', 'A', '2005-08-21');
SET ROLE registrar;
INSERT INTO transfers VALUES ('calbatech', 'A', 'opinion', '2005-09-01', 2);
SET ROLE issuer;
BEGIN;
SELECT covenant.override('deals', 'done already');
INSERT INTO transfers VALUES ('calbatech', 'B', 'opinion', '2005-09-02', 2);
COMMIT;
});

my $answers = q{
SELECT t::text FROM deal.transfers t ORDER BY 1;
SELECT e::text FROM deal.deals_event e ORDER BY 1;
SELECT d::text FROM deal.deals_duty d ORDER BY 1;
SELECT a::text FROM covenant.audit('deal.deals') a ORDER BY 1;
};
my $answers_of_origin = $node->safe_psql('origin', $answers);
like($answers_of_origin, qr/breach,2005-09-02,"2\(f\)",B,/, 'what an override let through is on record');

sub refused
{
	my ($database, $statement, $what) = @_;
	my ($status, undef, $errors) = $node->psql($database, "\\set VERBOSITY verbose\nSET ROLE registrar; SET search_path = deal;\n$statement");
	like($errors, qr/ERROR: +23514: /, "$database: $what is refused");
	like($errors, qr/CONSTRAINT NAME: +transfer_restriction/, 'under the name of the rule');
	return;
}

sub dump_of
{
	my ($database) = @_;
	my ($dump, $errors) = run_command([ 'pg_dump', '-d', $node->connstr($database) ]);
	is($errors, '', "pg_dump of $database warns of nothing");
	return $dump =~ s/^\\(un)?restrict .*\n//mgr;
}

# Alive: judged as before, and no breach is recorded by the restore itself.
sub judge
{
	my ($database) = @_;
	is($node->safe_psql($database, $answers), $answers_of_origin, "$database: transfers, events and answers are the same");
	is(dump_of($database), dump_of('origin'), "$database: its dump is the dump it came from");
	refused($database, q{INSERT INTO transfers VALUES ('calbatech', 'B', 'opinion', '2005-10-01', 2);}, q{another's opinion});
	refused($database, q{COPY transfers (deal_id, "from", basis, day) FROM stdin;
calbatech	A	registered	2006-10-01
\.
}, 'a sale without an effective registration statement');
	refused($database, q{UPDATE transfers SET day = '2005-08-20' WHERE "from" = 'A';}, 'a transfer before the opinion');
	$node->safe_psql($database, q{SET ROLE registrar; INSERT INTO deal.transfers VALUES ('calbatech', 'A', 'opinion', '2006-10-01', 2)});
	is($node->safe_psql($database, q{SELECT count(*) FROM deal.deals_event WHERE kind = 'breach'}), '1', "$database: no breach was added");
	return;
}

my $directory = $node->backup_dir;
mkdir $directory;
my $from = $node->connstr('origin');
$node->command_ok([ 'pg_dump', '-d', $from, '-f', "$directory/plain.sql" ], 'dump as text');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'), '-f', "$directory/plain.sql" ], 'restore from text');
judge('plain');
$node->command_ok([ 'pg_dump', '-d', $from, '-Fc', '-f', "$directory/custom" ], 'dump in the custom format');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--single-transaction', '-d', $node->connstr('custom'), "$directory/custom" ], 'restore in one transaction');
judge('custom');

# Two phases: the verdict falls before the first one ends.
refused('origin', q{BEGIN; INSERT INTO transfers VALUES ('calbatech', 'A', 'gift', '2005-10-01'); PREPARE TRANSACTION 'gift';}, 'a prepared transaction');
is($node->safe_psql('origin', 'SELECT count(*) FROM pg_prepared_xacts'), '0', 'and is not prepared');
$node->safe_psql('origin', q{BEGIN; INSERT INTO deal.transfers VALUES ('calbatech', 'A', 'pledge', '2005-10-01'); PREPARE TRANSACTION 'pledge'});
$node->stop('immediate');
$node->start;
$node->safe_psql('origin', q{COMMIT PREPARED 'pledge'});
is($node->safe_psql('origin', q{SELECT count(*) FROM deal.transfers WHERE basis = 'pledge'}), '1', 'what was let through survives a crash');

# DROP EXTENSION is told of the trigger; CASCADE leaves the table.
my (undef, undef, $errors) = $node->psql('origin', 'DROP EXTENSION covenant');
like($errors, qr/trigger covenant_transfer on table deal\.transfers depends/, 'the extension knows of the table');
$node->safe_psql('origin', 'DROP EXTENSION covenant CASCADE');
is($node->safe_psql('origin', 'SELECT count(*) FROM deal.transfers'), '3', 'and leaves its rows');

$node->stop;
done_testing();
