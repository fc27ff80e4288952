# pg_upgrade takes a database with watched tables along; and parallel plans give
# what serial ones give.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old = PostgreSQL::Test::Cluster->new('old');
$old->init;
$old->start;
$old->safe_psql('postgres', 'ALTER DATABASE postgres SET search_path = public, covenant');
$old->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding covenant.shares NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal text, buyer text, principal numeric, price covenant.share_price NOT NULL,
	shares covenant.shares GENERATED ALWAYS AS (covenant.shares_issuable(principal, price)) STORED);
CREATE INDEX ON notes (price);
INSERT INTO deals VALUES ('a', 10000, 100000, 7), ('b', 10000, 100000, 8);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'buyer');
INSERT INTO notes VALUES (1, 'a', 'alpha', 4, '1001/120000'), (2, 'b', 'bristol', 5, '0.06');
UPDATE notes SET price = '1/300' WHERE note = 2;
});

# Parallel plans: every aggregate of the types, serial first.
$old->safe_psql('postgres', q{
CREATE TABLE many AS SELECT i, (i % 977)::bigint::covenant.shares - 400 AS s, ((i % 911) || '/' || (i % 7 + 1))::covenant.share_price AS p
FROM generate_series(1, 50000) i;
ANALYZE many});
my $aggregates = q{SELECT pg_catalog.sum(s), pg_catalog.min(s), pg_catalog.max(s), pg_catalog.avg(s), pg_catalog.min(p), pg_catalog.max(p),
	pg_catalog.avg(p), covenant.lowest_average(p, 3), covenant.lowest_average(p, 250), count(DISTINCT p) FROM many WHERE i % 3 > 0};
(my $splittable = $aggregates) =~ s/, count\(DISTINCT p\)//;
my $sorted = 'SELECT md5(string_agg(x, $$,$$)) FROM (SELECT p::text || s::text AS x FROM many ORDER BY p, s, i) v';
my $joined = 'SELECT count(*), pg_catalog.sum(a.s) FROM many a JOIN many b ON a.p = b.p AND a.s = b.s WHERE b.i < 5000';
my $parallel = q{SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 4;
SET enable_nestloop = off;};
my $serial = q{SET max_parallel_workers_per_gather = 0;};

like($old->safe_psql('postgres', "$parallel EXPLAIN (COSTS OFF) $splittable"), qr/Finalize Aggregate.*Gather.*Partial Aggregate.*Parallel Seq Scan/s,
	'the aggregates are computed in parts');
like($old->safe_psql('postgres', "$parallel EXPLAIN (COSTS OFF) $sorted"), qr/Gather Merge/, 'rows are sorted in parts');
for my $query ($splittable, $aggregates, $sorted, $joined, "$splittable AND covenant.shares_issuable(100, p + '0.01') > 50")
{
	my $expected = $old->safe_psql('postgres', "$serial $query");
	isnt($expected, '', 'there is a result');
	is($old->safe_psql('postgres', "$parallel $query"), $expected, 'and the parallel plan gives the same');
}

# Plain SQL as the oracle.
is($old->safe_psql('postgres', "$parallel SELECT pg_catalog.sum(s), pg_catalog.min(s), pg_catalog.max(s), pg_catalog.max(p), covenant.lowest_average(p, 50) FROM many"),
	$old->safe_psql('postgres', 'SELECT sum(i % 977 - 400), min(i % 977 - 400), max(i % 977 - 400), max((i % 911) / (i % 7 + 1)), 0 FROM many'),
	'which is that of plain numbers');

# What is read in workers: the status of the deals.
my $status = 'SELECT deal, principal, issuable, required, counted, slack FROM deals_status ORDER BY deal';
my $expected = $old->safe_psql('postgres', "$serial $status");
my $forced = $old->safe_psql('postgres', q{SELECT name FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query')});	# renamed with 16
is($old->safe_psql('postgres', "$parallel SET $forced = on; $status"), $expected, 'the status is the same with parallel plans');
like($old->safe_psql('postgres', "$parallel BEGIN; INSERT INTO notes VALUES (9, 'a', 'alpha', 1, '0.01'); $status"), qr/^a\|5\|579\|1158\|/m,
	'also with what is pending, which only the leader knows');

# pg_upgrade between two clusters of the same binaries.  It starts them itself
# with the configuration that they have.
my $new = PostgreSQL::Test::Cluster->new('new');
$new->init;
my $bin = $old->config_data('--bindir');
my $books = 'SELECT r::text FROM deals_reserve r ORDER BY 1; SELECT j::text FROM deals_journal j ORDER BY 1;' . $status;
my $books_of_old = $old->safe_psql('postgres', $books);
$old->stop;
my @upgrade = ('pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $bin, '-B', $bin,
	'-s', $new->host, '-p', $old->port, '-P', $new->port);
chdir(PostgreSQL::Test::Utils::tempdir()) or die $!;
command_ok([ @upgrade, '--check' ], 'pg_upgrade --check finds nothing in the way');
command_ok(\@upgrade, 'pg_upgrade');
$new->start;
is($new->safe_psql('postgres', $books), $books_of_old, 'books and status are the same');
is($new->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', 'audit finds nothing');
my (undef, undef, $errors) = $new->psql('postgres', q{INSERT INTO notes VALUES (3, 'a', 'alpha', 1000, '0.1')});
like($errors, qr/reserved amount of deal "a" is not covered/, 'the next write is judged');
$new->safe_psql('postgres', q{INSERT INTO notes VALUES (3, 'a', 'alpha', 1, '0.1')});
is($new->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', 'or booked');

# What looks at ALTER TABLE came along, and is the extension's still.
is($new->safe_psql('postgres', q{SELECT evtname FROM pg_depend JOIN pg_event_trigger e ON e.oid = objid
	WHERE classid = 'pg_event_trigger'::regclass AND refclassid = 'pg_extension'::regclass AND deptype = 'e'}), 'covenant_rewrite', 'the event trigger is a member');
$new->safe_psql('postgres', 'ALTER TABLE deals ALTER reserved TYPE bigint USING reserved + 1');
(undef, undef, $errors) = $new->psql('postgres', 'UPDATE deals SET outstanding = 6');
like($errors, qr/table "deals" was rewritten since covenant last knew it/, 'and does its work');

$new->stop;
done_testing();
