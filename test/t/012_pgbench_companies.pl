# Eight clients over five companies with four deals each, in random order: what
# they reserve, issue and authorize is often refused, but nobody is a victim of
# anybody's lock, and afterwards books and tables agree to the share.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "deadlock_timeout = 100ms\n");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE companies (company int PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL, other bigint NOT NULL);
CREATE TABLE deals (deal int PRIMARY KEY, company int NOT NULL REFERENCES companies, reserved bigint NOT NULL);
CREATE TABLE notes (note bigserial PRIMARY KEY, deal int NOT NULL, principal numeric, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', company => 'company'),
	covenant.watch_capital('companies', 'deals', 'company', 'authorized', 'outstanding', 'other'),
	covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price');
INSERT INTO companies SELECT c, 1000000, 100000, 1000 FROM generate_series(0, 4) c;
INSERT INTO deals SELECT d, d % 5, 100000 FROM generate_series(0, 19) d;
});

# A user's own row of a deal or a company is locked by whoever writes it first:
# in the order of keys, so that a deadlock could only come from the books.
my $script = $node->basedir . '/writes.sql';
append_to_file(
	$script, q{
\set a random(0, 18)
\set b random(:a + 1, 19)
\set company random(0, 4)
\set amount random(-3000, 4000)
\set n random(1, 500)
BEGIN;
INSERT INTO notes (deal, principal, price) VALUES (:b, :n, 0.5), (:a, :n, 0.1);
UPDATE deals SET reserved = greatest(reserved + :amount, 0) WHERE deal = :a;
UPDATE deals SET reserved = greatest(reserved - :amount / 2, 0) WHERE deal = :b;
UPDATE companies SET outstanding = outstanding + :n, authorized = authorized + :n / 2 WHERE company = :company;
DELETE FROM notes WHERE note = (SELECT note FROM notes WHERE deal = :b ORDER BY note LIMIT 1 FOR UPDATE SKIP LOCKED);
COMMIT;
});
for my $direct ('on', 'off')
{
	my %errors;
	my $before = $node->safe_psql('postgres', 'SELECT sum(entries) FROM deals_capital');
	for my $level ('read committed', 'repeatable read')
	{
		# A client that meets an error ends; the script goes on for the others.
		local $ENV{PGOPTIONS} = "-c covenant.direct_posting=$direct -c default_transaction_isolation=" . ($level =~ s/ /\\ /r);
		for (1 .. 6)
		{
			my (undef, $said) = run_command([ 'pgbench', '-n', '-c', 8, '-j', 2, '-t', 40, '-f', $script, $node->connstr('postgres') ]);
			$errors{$1}++ while $said =~ /ERROR:  (.*)/g;
		}
	}
	is_deeply([ grep { !/^(?:authorized shares are exceeded|reserved amount of deal|could not serialize access due to concurrent (?:update|delete))/ } sort keys %errors ],
		[], "direct posting $direct: nothing but refusals, and at REPEATABLE READ rows of the tables themselves");
	cmp_ok($node->safe_psql('postgres', 'SELECT sum(entries) FROM deals_capital'), '>', $before + 50, "direct posting $direct: transactions got through");
	is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', "direct posting $direct: audit finds nothing");
	is($node->safe_psql('postgres', q{
SELECT c.company FROM deals_capital c JOIN companies t USING (company)
JOIN (SELECT company, sum(reserved) AS reserved FROM deals GROUP BY company) d USING (company)
WHERE (c.authorized, c.outstanding, c.other_reserved, c.reserved) IS DISTINCT FROM (t.authorized, t.outstanding, t.other, d.reserved)
OR c.reserved > c.authorized - c.outstanding - c.other_reserved}), '', "direct posting $direct: plain SQL neither, and no company has promised more than it has");
}

# The books outlive a dump.
$node->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'the database is dumped');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $node->connstr('restored') ], 'and restored');
is($node->safe_psql('restored', q{SELECT * FROM covenant.audit('deals')}), '', 'where audit finds nothing');
my (undef, undef, $refused) = $node->psql('restored', 'UPDATE companies SET authorized = 1 WHERE company = 1');
like($refused, qr/authorized shares are exceeded by company "1"/, 'and the guard stands');

$node->stop;
done_testing();
