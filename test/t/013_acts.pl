# Watched tables of acts, financings and transfers, go through pg_dump and come
# back, and go on refusing what Sections 4(e) and 2(f) bar; a prepared transaction
# is judged before it is prepared; what a crash leaves is what was let through.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 5');
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE issuer; CREATE ROLE treasurer; CREATE DATABASE origin; CREATE DATABASE plain; CREATE DATABASE custom');

# The closing; the registration statement is effective; offerings and transfers
# are partitioned by year, and a treasurer who may do nothing else writes them.
# Overrides have let something through.
$node->safe_psql(
	'origin', q{
CREATE EXTENSION covenant;
CREATE SCHEMA deal AUTHORIZATION issuer;
SET ROLE issuer;
SET search_path = deal;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal_id text, buyer text, balance numeric, price numeric);
CREATE TABLE offerings (deal_id text, name text, kind text, agreed date NOT NULL, closes date, price covenant.share_price, market numeric, "why not" text) PARTITION BY RANGE (agreed);
CREATE TABLE offerings_2005 PARTITION OF offerings FOR VALUES FROM ('2005-01-01') TO ('2006-01-01');
CREATE TABLE offerings_later PARTITION OF offerings DEFAULT;
CREATE TABLE transfers (deal_id text, "from" text, basis text, day date NOT NULL, evidence bigint) PARTITION BY RANGE (day);
CREATE TABLE transfers_2005 PARTITION OF transfers FOR VALUES FROM ('2005-01-01') TO ('2006-01-01');
CREATE TABLE transfers_later PARTITION OF transfers DEFAULT;
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}');
SELECT covenant.watch_offerings('offerings', 'deals', 'deal_id', 'name', 'kind', 'agreed', 'closes', 'price', 'market', 'why not');
SELECT covenant.watch_transfers('transfers', 'deals', 'deal_id', 'from', 'basis', 'day', 'evidence');
GRANT USAGE ON SCHEMA deal TO treasurer;
GRANT INSERT, UPDATE, SELECT ON offerings, transfers TO treasurer;
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('calbatech', 100000000);
INSERT INTO notes VALUES (1, 'calbatech', 'A', 1500000, 0.06), (2, 'calbatech', 'B', 500000, 0.06);
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'closing');
RESET covenant.as_of;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('calbatech', 'registration_effective', '2005-08-21');
INSERT INTO deals_event (deal, kind, section, holder, subject, occurred_on) VALUES ('calbatech', 'consent', '4(e)', 'A', 'Bridge', '2005-09-01');
INSERT INTO deals_event (deal, kind, holder, occurred_on) VALUES ('calbatech', 'opinion_accepted', 'A', '2005-08-21');
SET ROLE treasurer;
INSERT INTO offerings VALUES ('calbatech', 'Bridge', 'warrants', '2005-09-01');
INSERT INTO transfers VALUES ('calbatech', 'A', 'opinion', '2005-09-01', 4);
SET ROLE issuer;
BEGIN;
SELECT covenant.override('deals', 'done already');
INSERT INTO offerings VALUES ('calbatech', 'Gap', 'variable convertible', '2005-09-02');
INSERT INTO transfers VALUES ('calbatech', 'B', 'opinion', '2005-09-02', 4);
COMMIT;
});

my $answers = q{
SELECT o::text FROM deal.offerings o ORDER BY 1;
SELECT e::text FROM deal.deals_event e ORDER BY 1;
SELECT d::text FROM deal.deals_duty d ORDER BY 1;
SELECT o::text FROM deal.deals_offering o ORDER BY 1;
SELECT t::text FROM deal.transfers t ORDER BY 1;
SELECT a::text FROM covenant.audit('deal.deals') a ORDER BY 1;
};
my $answers_of_origin = $node->safe_psql('origin', $answers);
like($answers_of_origin, qr/breach,2005-09-02,"4\(e\)",,Gap/, 'what an override let through is on record');
like($answers_of_origin, qr/breach,2005-09-02,"2\(f\)",B,/, 'of a transfer as well');

sub refused
{
	my ($database, $statement, $constraint, $what) = @_;
	my ($status, undef, $errors) = $node->psql($database, "\\set VERBOSITY verbose\nSET ROLE treasurer; SET search_path = deal;\n$statement");
	like($errors, qr/ERROR: +23514: /, "$database: $what is refused");
	like($errors, qr/CONSTRAINT NAME: +$constraint/, 'under the name of the rule');
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
	is($node->safe_psql($database, $answers), $answers_of_origin, "$database: acts, events and answers are the same");
	is(dump_of($database), dump_of('origin'), "$database: its dump is the dump it came from");
	refused($database, q{INSERT INTO offerings VALUES ('calbatech', 'Two', 'warrants', '2005-10-01');}, 'lock_up', 'what is agreed in the Lock-up Period');
	refused($database, q{COPY offerings (deal_id, name, kind, agreed, closes) FROM stdin;
calbatech	Three	common stock	2006-10-01	2006-11-01
\.
}, 'right_of_first_offer', 'what closes without notices');
	refused($database, q{UPDATE offerings SET agreed = '2005-08-31' WHERE name = 'Bridge';}, 'lock_up', 'an agreement before the consent');
	refused($database, q{INSERT INTO transfers VALUES ('calbatech', 'B', 'opinion', '2005-10-01', 4);}, 'transfer_restriction', q{another's opinion});
	refused($database, q{COPY transfers (deal_id, "from", basis, day) FROM stdin;
calbatech	A	registered	2005-08-20
\.
}, 'transfer_restriction', 'a sale before the registration statement is effective');
	refused($database, q{UPDATE transfers SET day = '2005-08-20' WHERE "from" = 'A';}, 'transfer_restriction', 'a transfer before the opinion');
	$node->safe_psql($database, q{SET ROLE treasurer; INSERT INTO deal.offerings VALUES ('calbatech', 'Two', 'warrants', '2006-10-01')});
	$node->safe_psql($database, q{SET ROLE treasurer; INSERT INTO deal.transfers VALUES ('calbatech', 'A', 'opinion', '2006-10-01', 4)});
	is($node->safe_psql($database, q{SELECT count(*) FROM deal.deals_event WHERE kind = 'breach'}), '2', "$database: no breach was added");
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
refused('origin', q{BEGIN; INSERT INTO offerings VALUES ('calbatech', 'Four', 'warrants', '2005-10-01'); PREPARE TRANSACTION 'four';}, 'lock_up', 'a prepared transaction');
refused('origin', q{BEGIN; INSERT INTO transfers VALUES ('calbatech', 'A', 'gift', '2005-10-01'); PREPARE TRANSACTION 'gift';}, 'transfer_restriction', 'and another');
is($node->safe_psql('origin', 'SELECT count(*) FROM pg_prepared_xacts'), '0', 'and neither is prepared');
$node->safe_psql('origin', q{BEGIN; INSERT INTO deal.offerings VALUES ('calbatech', 'Five', 'straight debt', '2005-10-01'); INSERT INTO deal.transfers VALUES ('calbatech', 'A', 'pledge', '2005-10-01'); PREPARE TRANSACTION 'five'});
$node->stop('immediate');
$node->start;
$node->safe_psql('origin', q{COMMIT PREPARED 'five'});
is($node->safe_psql('origin', q{SELECT count(*) FROM deal.offerings WHERE name = 'Five'}), '1', 'what was let through survives a crash');
is($node->safe_psql('origin', q{SELECT count(*) FROM deal.transfers WHERE basis = 'pledge'}), '1', 'both of it');

# DROP EXTENSION is told of the triggers; CASCADE leaves the tables.
my (undef, undef, $errors) = $node->psql('origin', 'DROP EXTENSION covenant');
like($errors, qr/trigger covenant_offering on table deal\.offerings depends/, 'the extension knows of the financings');
like($errors, qr/trigger covenant_transfer on table deal\.transfers depends/, 'and of the transfers');
$node->safe_psql('origin', 'DROP EXTENSION covenant CASCADE');
is($node->safe_psql('origin', 'SELECT count(*) FROM deal.offerings'), '3', 'and leaves their rows');
is($node->safe_psql('origin', 'SELECT count(*) FROM deal.transfers'), '3', 'all of them');

$node->stop;
done_testing();
