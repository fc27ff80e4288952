# Watched tables and their books go through pg_dump and come back: in every
# format the books are the same, the triggers are there, the next write is
# judged as before, and a second dump is the first one again.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# The agreement at its closing, Sections 1 and 3(c): the reserve just suffices.
# The tables belong to an issuer who is no superuser, a clerk may write notes
# but not the books, and the notes are partitioned, so that both kinds of
# trigger are dumped.
$node->safe_psql('postgres', q{CREATE ROLE issuer; CREATE ROLE clerk; CREATE DATABASE origin});
$node->safe_psql(
	'origin', q{
CREATE EXTENSION covenant;
GRANT USAGE ON SCHEMA covenant TO issuer, clerk;
CREATE SCHEMA deal AUTHORIZATION issuer;
SET ROLE issuer;
SET search_path = deal, covenant;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved_shares bigint NOT NULL,
	authorized bigint NOT NULL, outstanding covenant.shares NOT NULL, plan_reserved bigint NOT NULL);
CREATE TABLE notes (note_id int, deal_id text REFERENCES deals, PRIMARY KEY (note_id, deal_id), buyer text, balance numeric(20,2) NOT NULL,
	conversion_price covenant.share_price NOT NULL CHECK (conversion_price > '0'),
	shares covenant.shares GENERATED ALWAYS AS (covenant.shares_issuable(balance, conversion_price)) STORED
) PARTITION BY LIST (deal_id);
CREATE TABLE notes_1 PARTITION OF notes FOR VALUES IN ('calbatech');
CREATE TABLE notes_2 PARTITION OF notes DEFAULT;
CREATE INDEX ON notes (conversion_price);
CREATE TABLE warrants (warrant_id int PRIMARY KEY, deal_id text, buyer text, unexercised covenant.shares);
GRANT USAGE ON SCHEMA deal TO clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON notes, warrants TO clerk;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227, 380000), ('other', 1000, 100000, 5000, 0);
INSERT INTO warrants VALUES (1, 'calbatech', 'alpha', 9107467), (2, 'calbatech', 'stonestreet', 3035823);
SELECT covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares', authorized => 'authorized',
	outstanding => 'outstanding', other_reserved => 'plan_reserved');
SELECT covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id', principal => 'balance',
	price => 'conversion_price', holder => 'buyer');
SELECT covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id', shares => 'unexercised', holder => 'buyer');
SET ROLE clerk;
INSERT INTO notes VALUES (1, 'calbatech', 'alpha', 1500000, '0.06'), (2, 'calbatech', 'stonestreet', 500000, '0.06');
INSERT INTO notes VALUES (3, 'other', 'alpha', 4, '1001/120000');
UPDATE notes SET conversion_price = '0.05' WHERE note_id = 2;
UPDATE notes SET conversion_price = '0.06' WHERE note_id = 2;
});

my $books = q{
SELECT r::text FROM deal.deals_reserve r ORDER BY 1;
SELECT j::text FROM deal.deals_journal j ORDER BY 1;
SELECT p::text FROM deal.deals_position p ORDER BY 1;
SELECT s::text FROM deal.deals_status s ORDER BY 1;
SELECT h::text FROM deal.deals_history h ORDER BY 1;
SELECT h::text FROM deal.deals_holding h ORDER BY 1;
SELECT n::text FROM deal.deals_note n ORDER BY 1;
SELECT n::text FROM deal.notes n ORDER BY 1;
};
my $books_of_origin = $node->safe_psql('origin', $books);
is($node->safe_psql('origin', q{SELECT required, counted, slack FROM deal.deals_status WHERE deal = 'calbatech'}),
	'90953246|90953246|0', 'the Reserved Amount of Section 3(c), to the share');

# A dump as text, without the random words that newer pg_dumps put around it.
sub dump_of
{
	my ($database) = @_;
	my ($dump, $errors) = run_command(
		[ 'pg_dump', '-d', $node->connstr($database) ]);
	is($errors, '', "pg_dump of $database warns of nothing");
	return $dump =~ s/^\\(un)?restrict .*\n//mgr;
}

sub audit_is_empty
{
	my ($database, $when) = @_;
	is($node->safe_psql($database, q{SELECT * FROM covenant.audit('deal.deals')}),
		'', "$database: audit finds nothing $when");
}

# One restored database: the same as the original, and alive.
sub judge
{
	my ($database) = @_;
	is($node->safe_psql($database, $books), $books_of_origin, "$database: tables, books and status are the same");
	audit_is_empty($database, 'after the restore');
	is(dump_of($database), dump_of('origin'), "$database: its dump is the dump it came from");

	my ($status, undef, $errors) = $node->psql($database, q{
\set VERBOSITY verbose
SET ROLE clerk;
INSERT INTO deal.notes VALUES (4, 'calbatech', 'alpha', 1, '0.06')});
	isnt($status, 0, "$database: a note too many is refused");
	like($errors, qr/ERROR: +23514: reserved amount of deal "calbatech" is not covered/, 'as the reserve is not covered');
	like($errors, qr/CONSTRAINT NAME: +reserved_amount/, 'under the name of the rule');

	$node->safe_psql($database, q{
SET search_path = deal, covenant;
BEGIN;
UPDATE deals SET reserved_shares = reserved_shares + 32 WHERE deal_id = 'calbatech';
SET LOCAL ROLE clerk;
INSERT INTO notes VALUES (4, 'calbatech', 'alpha', 1, '0.06');
UPDATE warrants SET unexercised = unexercised - 1 WHERE warrant_id = 2;
COMMIT;
INSERT INTO deals VALUES ('third', 10, 1000, 100, 0);
DELETE FROM notes WHERE note_id = 3});
	is($node->safe_psql($database, q{SELECT required, slack FROM deal.deals_status WHERE deal = 'calbatech'}),
		'90953276|2', "$database: what is covered is written");
	audit_is_empty($database, 'after more writes');
	$node->safe_psql($database, q{SELECT covenant.unwatch('deal.warrants'), covenant.unwatch('deal.notes'), covenant.unwatch('deal.deals')});
	return;
}

# Plain text, as psql restores it.
my $directory = $node->backup_dir;
mkdir $directory;
my $from = $node->connstr('origin');
$node->safe_psql('postgres', "CREATE DATABASE $_")
  for qw(plain custom parallel sections data_only awake);

$node->command_ok([ 'pg_dump', '-d', $from, '-f', "$directory/plain.sql" ], 'dump as text');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain'), '-f', "$directory/plain.sql" ],
	'restore from text');
judge('plain');

# The custom format, in one transaction: what it commits is not judged twice.
$node->command_ok([ 'pg_dump', '-d', $from, '-Fc', '-f', "$directory/custom" ], 'dump in the custom format');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--single-transaction', '-d', $node->connstr('custom'), "$directory/custom" ],
	'restore in one transaction');
judge('custom');

# A directory, by two workers.
$node->command_ok([ 'pg_dump', '-d', $from, '-Fd', '-j2', '-f', "$directory/parallel" ], 'dump by two workers');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-j2', '-d', $node->connstr('parallel'), "$directory/parallel" ],
	'restore by two workers');
judge('parallel');

# Section by section.
for my $section (qw(pre-data data post-data))
{
	$node->command_ok([ 'pg_restore', '--exit-on-error', "--section=$section", '-d', $node->connstr('sections'), "$directory/custom" ],
		"restore of $section");
}
judge('sections');

# Data into tables that are watched already: the triggers must sleep, for the
# books come with the data.
$node->command_ok([ 'pg_restore', '--exit-on-error', '--schema-only', '-d', $node->connstr('data_only'), "$directory/custom" ],
	'restore of the schema alone');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--data-only', '--disable-triggers', '-d', $node->connstr('data_only'), "$directory/custom" ],
	'then of the data alone, with triggers disabled');
judge('data_only');

# With triggers awake the tables write books of their own beside those of the
# dump: that is refused, loudly, and what is left of both is no books at all.
$node->command_ok([ 'pg_restore', '--exit-on-error', '--schema-only', '-d', $node->connstr('awake'), "$directory/custom" ],
	'the schema alone once more');
my (undef, $refused) = run_command([ 'pg_restore', '--data-only', '-d', $node->connstr('awake'), "$directory/custom" ]);
like($refused, qr/duplicate key value violates unique constraint "deals_\w+_pkey"/, 'two sets of books are refused');
isnt($node->safe_psql('awake', q{SELECT * FROM covenant.audit('deal.deals')}), '', 'and audit tells of what is left of them');

$node->stop;
done_testing();
