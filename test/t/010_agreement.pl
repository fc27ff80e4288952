# An adopted agreement goes through pg_dump and comes back: the same facts, the
# same answers, a second dump that is the first one again, and a record that
# still only grows.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

$node->safe_psql('postgres', q{CREATE ROLE issuer; CREATE ROLE clerk; CREATE DATABASE origin; CREATE DATABASE copy});
$node->safe_psql(
	'origin', q{
CREATE EXTENSION covenant;
CREATE SCHEMA deal AUTHORIZATION issuer;
SET ROLE issuer;
SET search_path = deal;
CREATE TABLE deals (deal_id uuid PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal_id uuid, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal_plus_interest", "interest": "during_breach",
	"months": "anniversary", "day_count": "30/360", "calendar": "NYFD+NYSE", "base": "own_notes", "stacking": "one",
	"recovery": "continues", "board_curable": "excluded",
	"as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
GRANT USAGE ON SCHEMA deal TO clerk;
GRANT SELECT, INSERT ON deals_event TO clerk;
SELECT covenant.amend('deals', 'press release', '{"rate": 0.02}'), covenant.amend('deals', 'Form D', '{"section": "4(b)", "starts_on": "form_d_due", "ends_on": "form_d"}');
SET covenant.as_of = '2005-05-23';
BEGIN;
INSERT INTO deals VALUES ('c0ffee00-0000-0000-0000-000000000001', 100000000);
INSERT INTO notes VALUES (1, 'c0ffee00-0000-0000-0000-000000000001', 'A', 1500000, 0.06, 0.10),
	(2, 'c0ffee00-0000-0000-0000-000000000001', 'B', 500000, 0.06, 0.10);
INSERT INTO deals_event (deal, kind) SELECT deal_id, 'closing' FROM deals;
COMMIT;
SET covenant.as_of = '2005-06-15';
UPDATE notes SET price = 0.03;
UPDATE notes SET balance = 400000 WHERE id = 2;
SET ROLE clerk;
SET covenant.as_of = '2005-06-20';
INSERT INTO deal.deals_event (deal, kind) SELECT deal, 'list_delivered' FROM deal.deals_event;
SET ROLE issuer;
CALL covenant.close_month('deals', '2005-05-31');
});

my $answers = q{
SET covenant.as_of = '2005-09-01';
SELECT v::text FROM deal.deals_event v ORDER BY 1;
SELECT v::text FROM deal.deals_reading v ORDER BY 1;
SELECT v::text FROM deal.deals_list v ORDER BY 1;
SELECT v::text FROM deal.deals_clause v ORDER BY 1;
SELECT v::text FROM deal.deals_history v ORDER BY 1;
SELECT v::text FROM deal.deals_duty v ORDER BY 1;
SELECT v::text FROM deal.deals_breach v ORDER BY 1;
SELECT v::text FROM deal.deals_damages v ORDER BY 1;
SELECT v::text FROM deal.deals_monthly_list v ORDER BY 1;
SELECT v::text FROM covenant.readings('deal.deals') v ORDER BY 1;
};
my $answers_of_origin = $node->safe_psql('origin', $answers);
like($answers_of_origin, qr/monthly list/, 'there are answers');

# A dump as text, without the random words that newer pg_dumps put around it.
sub dump_of
{
	my ($database) = @_;
	my ($dump, $errors) = run_command([ 'pg_dump', '-d', $node->connstr($database) ]);
	is($errors, '', "pg_dump of $database warns of nothing");
	return $dump =~ s/^\\(un)?restrict .*\n//mgr;
}

my $directory = $node->backup_dir;
mkdir $directory;
$node->command_ok([ 'pg_dump', '-d', $node->connstr('origin'), '-f', "$directory/plain.sql" ], 'dump as text');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('copy'), '-f', "$directory/plain.sql" ],
	'restore from text');
is($node->safe_psql('copy', $answers), $answers_of_origin, 'the same facts and the same answers');
is(dump_of('copy'), dump_of('origin'), 'its dump is the dump it came from');

# The record goes on where it stopped, and only grows.
is($node->safe_psql('copy', q{SET ROLE clerk; INSERT INTO deal.deals_event (deal, kind) SELECT deal, 'insurance_obtained'
	FROM deal.deals_event WHERE kind = 'closing' RETURNING event_id}), '3', 'the next event takes the next number');
for my $statement (q{UPDATE deal.deals_event SET note = 'x'}, q{DELETE FROM deal.deals_list}, q{TRUNCATE deal.deals_reading})
{
	my (undef, undef, $errors) = $node->psql('copy', "\\set VERBOSITY verbose\n$statement");
	like($errors, qr/ERROR: +55000/, "refused: $statement");
}

$node->stop;
done_testing();
