# A dump restores into a database where an administrator has made the extension,
# in one transaction, by an owner who is no superuser: tables, books and views,
# and whatever the parser looks for an operator for without naming its schema.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE issuer LOGIN; CREATE ROLE reader');

# extension_of_an_administrator: a database of the issuer's, with the extension in it.
sub make_database
{
	my ($name) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name OWNER issuer");
	$node->safe_psql($name, 'CREATE EXTENSION covenant');
	return;
}

sub as_issuer
{
	my ($database, $sql) = @_;
	return $node->safe_psql($database, $sql, extra_params => [ '-U', 'issuer' ]);
}

make_database('origin');

# Watched tables with an adopted agreement, and one that ALTER TABLE wrote anew
# past its triggers, which still says so after the restore.
as_issuer('origin', q{
CREATE SCHEMA deal;
SET search_path = deal;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding covenant.shares NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal_id text REFERENCES deals, buyer text, balance numeric NOT NULL, price covenant.share_price NOT NULL);
CREATE TABLE warrants (id int PRIMARY KEY, deal_id text, unexercised bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved', 'authorized', 'outstanding'),
	covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'price', 'buyer'),
	covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts",
	"as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
INSERT INTO deals VALUES ('calbatech', 1000, 100000, 5000);
INSERT INTO notes VALUES (1, 'calbatech', 'alpha', 4, '1001/120000');
INSERT INTO warrants VALUES (1, 'calbatech', 10);
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'closing');
ALTER TABLE warrants ALTER unexercised TYPE bigint USING unexercised + 1;
});

# operators_by_name: every place where an operator is found by the search path alone, or by none.
my %typed = (
	distinct_trigger => q{CREATE TRIGGER changed BEFORE UPDATE ON lot FOR EACH ROW WHEN (OLD.p IS DISTINCT FROM NEW.p OR NEW.s IS NOT DISTINCT FROM OLD.s) EXECUTE FUNCTION note_change()},
	nullif_check => q{ALTER TABLE lot ADD CONSTRAINT nullif_check CHECK (NULLIF(s, t) IS NULL OR NULLIF(p, '7') IS NOT NULL)},
	distinct_check => q{ALTER TABLE lot ADD CONSTRAINT distinct_check CHECK (p IS DISTINCT FROM '7')},
	case_check => q{ALTER TABLE lot ADD CONSTRAINT case_check CHECK (CASE p WHEN '7' THEN false WHEN '1/3' THEN true ELSE true END)},
	in_check => q{ALTER TABLE lot ADD CONSTRAINT in_check CHECK (s IN (1, 2, 3) AND p NOT IN ('7', '8') AND s = ANY (ARRAY[1, 2, 3]::covenant.shares[]))},
	between_check => q{ALTER TABLE lot ADD CONSTRAINT between_check CHECK (p BETWEEN '0' AND '9'), ADD CONSTRAINT order_check CHECK (p < 9.5 AND p >= 0 AND GREATEST(s, t) >= LEAST(s, t))},
	generated => q{ALTER TABLE lot ADD differs boolean GENERATED ALWAYS AS (s IS DISTINCT FROM t) STORED, ADD other covenant.shares GENERATED ALWAYS AS (NULLIF(s, t)) STORED,
		ADD said text GENERATED ALWAYS AS (CASE s WHEN 1 THEN 'one' WHEN t THEN 'the same' ELSE 'many' END) STORED},
	default_value => q{ALTER TABLE lot ADD d covenant.share_price DEFAULT NULLIF('0.5'::covenant.share_price, '1/2')},
	domain => q{CREATE DOMAIN positive AS covenant.shares CHECK (NULLIF(VALUE, 0) IS NOT NULL) CHECK (VALUE IS DISTINCT FROM 13) CHECK (CASE VALUE WHEN 14 THEN false ELSE true END); CREATE TABLE of_domain (a positive)},
	partial_index => q{CREATE INDEX lot_partial ON lot (p) WHERE s IS DISTINCT FROM t AND NULLIF(p, '7') IS NOT NULL AND s IN (1, 2)},
	expression_index => q{CREATE INDEX lot_expression ON lot (NULLIF(s, t), (CASE p WHEN '7' THEN 1 ELSE 2 END))},
	policy => q{CREATE POLICY lot_policy ON lot USING (p IS DISTINCT FROM '0.25' AND s IN (SELECT s FROM part)) WITH CHECK (NULLIF(s, t) IS NOT NULL); ALTER TABLE lot ENABLE ROW LEVEL SECURITY; GRANT SELECT ON lot, part TO reader; GRANT USAGE ON SCHEMA deal TO reader},
	rule => q{CREATE TABLE log (was covenant.share_price); CREATE RULE lot_rule AS ON DELETE TO lot WHERE OLD.p IS DISTINCT FROM '1/3' AND OLD.s IN (SELECT s FROM part) DO ALSO INSERT INTO log VALUES (NULLIF(OLD.p, '7'))},
	atomic_function => q{CREATE FUNCTION counted(covenant.shares) RETURNS bigint LANGUAGE sql BEGIN ATOMIC
		SELECT count(*) FROM (SELECT s, p FROM lot) AS l NATURAL JOIN part WHERE s IS DISTINCT FROM $1 AND (s, p) IN (SELECT s, p FROM part) AND NULLIF(s, 99) IS NOT NULL AND CASE s WHEN 98 THEN false ELSE true END; END},
	atomic_procedure => q{CREATE PROCEDURE mark(covenant.share_price) LANGUAGE sql BEGIN ATOMIC UPDATE part SET p = $1 WHERE p IS NOT DISTINCT FROM $1; END},
	natural_view => q{CREATE VIEW natural_view AS SELECT * FROM (SELECT s, p FROM lot) AS l NATURAL JOIN part},
	using_view => q{CREATE VIEW using_view AS SELECT s, lot.p, part.p AS part_p FROM lot JOIN part USING (s) FULL JOIN (SELECT s FROM part) AS more USING (s)},
	in_view => q{CREATE VIEW in_view AS SELECT s FROM lot WHERE s IN (SELECT s FROM part) AND p IN ('1/3', '0.5') AND (s, p) IN (SELECT s, p FROM part) AND s > ALL (SELECT 0::bigint::covenant.shares)},
	case_view => q{CREATE VIEW case_view AS SELECT CASE p WHEN '1/3' THEN 'third' ELSE 'other' END AS said, NULLIF(s, t) AS n, p IS DISTINCT FROM d AS differs, (s, p) IS DISTINCT FROM (t, d) AS rows_differ, (s, p) < (t, d) AS less FROM lot},
	sorted_view => q{CREATE VIEW sorted_view AS SELECT DISTINCT ON (p) p, s, rank() OVER (PARTITION BY s ORDER BY p DESC) AS r FROM lot ORDER BY p USING <, s DESC},
	summed_view => q{CREATE VIEW summed_view AS SELECT s, sum(t) AS t, max(p) AS p, avg(p) AS a, abs(min(t)) AS m, covenant.round(max(p), 2) AS cents FROM lot GROUP BY s HAVING NULLIF(sum(t), 0) IS NOT NULL UNION SELECT s, s, p, p, s, p FROM part},
	materialized_view => q{CREATE MATERIALIZED VIEW stored_view AS SELECT * FROM (SELECT s, p FROM lot) AS l NATURAL JOIN part WHERE p IS DISTINCT FROM '7'},
	statistics => q{CREATE STATISTICS lot_statistics ON NULLIF(s, t), (CASE p WHEN '7' THEN 1 ELSE 2 END) FROM lot},
	partitioned => q{CREATE TABLE parted (p covenant.share_price, s covenant.shares) PARTITION BY RANGE (p); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('0') TO ('1/3') PARTITION BY LIST (s);
		CREATE TABLE parted_2 PARTITION OF parted DEFAULT; CREATE TABLE parted_3 PARTITION OF parted_1 FOR VALUES IN (1, 2); INSERT INTO parted VALUES ('0.1', 2), ('0.5', 7)},
	foreign_key => q{CREATE TABLE refers (s covenant.shares REFERENCES part (s)); INSERT INTO refers VALUES (1)},
);
as_issuer('origin', join(";\n", q{SET search_path = deal, covenant;
CREATE TABLE lot (s covenant.shares, t covenant.shares, p covenant.share_price);
CREATE TABLE part (s covenant.shares UNIQUE, p covenant.share_price);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.t := 99; RETURN NEW; END';
INSERT INTO lot VALUES (1, 1, '1/3'), (2, 1, '0.5'), (3, 4, '0.25');
INSERT INTO part VALUES (1, '1/3'), (2, '1/7'), (5, '0.5')}, map { $typed{$_} } sort { ($b eq 'default_value') - ($a eq 'default_value') || $a cmp $b } keys %typed));

my $contents = q{
SELECT d::text FROM deal.deals_reserve d; SELECT j::text FROM deal.deals_journal j ORDER BY 1; SELECT p::text FROM deal.deals_position p ORDER BY 1;
SELECT s::text FROM deal.deals_status s; SELECT e::text FROM deal.deals_event e;
SELECT l::text FROM deal.lot l ORDER BY 1; SELECT v::text FROM deal.natural_view v ORDER BY 1; SELECT v::text FROM deal.using_view v ORDER BY 1;
SELECT v::text FROM deal.in_view v ORDER BY 1; SELECT v::text FROM deal.case_view v ORDER BY 1; SELECT v::text FROM deal.sorted_view v;
SELECT v::text FROM deal.summed_view v ORDER BY 1; SELECT v::text FROM deal.stored_view v ORDER BY 1; SELECT deal.counted(2); SELECT tableoid::regclass, p::text FROM deal.parted ORDER BY 2;
};
my $origin = as_issuer('origin', $contents);
like($origin, qr/^\(third,,f,t,t\)$|^\(third,,t,t,\)$/m, 'the original says something');

# A dump as text, without the random words that newer pg_dumps put around it.
sub dump_of
{
	my ($database) = @_;
	my ($dump, $errors) = run_command([ 'pg_dump', '-U', 'issuer', '-d', $node->connstr($database) ]);
	is($errors, '', "pg_dump of $database warns of nothing");
	return $dump =~ s/^\\(un)?restrict .*\n//mgr;
}
my $dump = dump_of('origin');
unlike($dump, qr/SCHEMA covenant|EVENT TRIGGER|ON EXTENSION/, 'what belongs to the extension is left to the extension');

# What is restored lives: operators are found where nobody says where they are.
sub judge
{
	my ($database) = @_;
	is(as_issuer($database, $contents), $origin, "$database: everything is there");
	is(dump_of($database), $dump, "$database: its dump is the dump it came from");
	is(as_issuer($database, q{SET search_path = ''; UPDATE deal.lot SET p = '0.75' WHERE s = 1; SELECT t FROM deal.lot WHERE s = 1}), '99', 'a trigger with a condition fires');
	is(as_issuer($database, q{SET search_path = ''; DELETE FROM deal.lot WHERE s = 2; SELECT was FROM deal.log}), '0.5', 'a rule with a condition applies');
	is($node->safe_psql($database, q{SET ROLE reader; SET search_path = ''; SELECT s FROM deal.lot}), '1', 'a policy hides');
	for my $bad (q{INSERT INTO deal.lot VALUES (1, 2, '7')}, q{INSERT INTO deal.of_domain VALUES (13)}, q{INSERT INTO deal.refers VALUES (4)})
	{
		my ($status) = $node->psql($database, "SET search_path = ''; $bad");
		isnt($status, 0, "$bad is refused");
	}

	my (undef, undef, $errors) = $node->psql($database, q{INSERT INTO deal.warrants VALUES (2, 'calbatech', 1)}, extra_params => [ '-U', 'issuer' ]);
	like($errors, qr/table "warrants" was rewritten since covenant last knew it/, 'a table that was rewritten before the dump is known as such');
	as_issuer($database, q{SELECT covenant.rebuild('deal.deals'); INSERT INTO deal.warrants VALUES (2, 'calbatech', 1)});
	is(as_issuer($database, q{SELECT * FROM covenant.audit('deal.deals')}), '', 'and rebuilt');
	as_issuer($database, q{ALTER TABLE deal.notes ALTER balance TYPE numeric USING balance * 2});
	(undef, undef, $errors) = $node->psql($database, q{DELETE FROM deal.notes}, extra_params => [ '-U', 'issuer' ]);
	like($errors, qr/table "notes" was rewritten since covenant last knew it/, 'one that is rewritten now as well');
	return;
}

my $directory = $node->backup_dir;
mkdir $directory;
my $from = $node->connstr('origin');

make_database('plain');
$node->command_ok([ 'pg_dump', '-U', 'issuer', '-d', $from, '-f', "$directory/plain.sql" ], 'dump as text, by the owner');
$node->command_ok([ 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-U', 'issuer', '-d', $node->connstr('plain'), '-f', "$directory/plain.sql" ],
	'restored by the owner, in one transaction');
judge('plain');

make_database('custom');
$node->command_ok([ 'pg_dump', '-d', $from, '-Fc', '-f', "$directory/custom" ], 'dump in the custom format, by a superuser');
$node->command_ok([ 'pg_restore', '-1', '--exit-on-error', '-U', 'issuer', '-d', $node->connstr('custom'), "$directory/custom" ],
	'restored by the owner, in one transaction');
judge('custom');

make_database('workers');
$node->command_ok([ 'pg_restore', '-j2', '--exit-on-error', '-U', 'issuer', '-d', $node->connstr('workers'), "$directory/custom" ],
	'restored by the owner with two workers');
judge('workers');

$node->stop;
done_testing();
