# The SQL of the README runs as it stands there, in its order, on an empty
# database; where a line says what it gives, it gives that.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

open(my $file, '<', 'README.md') or die "README.md: $!";
my $readme = do { local $/; <$file> };
close $file;
my @blocks = $readme =~ /^```sql\n(.*?)^```/msg;
cmp_ok(scalar @blocks, '>', 15, 'the README has its SQL');

# What the README supposes to be there: other tables and roles, and after the
# tables are watched the agreement's closing (Sections 1 and 3(c)).
$blocks[0] .= q{
CREATE TABLE bridge_notes (bridge_id int PRIMARY KEY, deal_id text, balance numeric, conversion_price numeric, convertible boolean);
CREATE TABLE mirrors (deal_id uuid PRIMARY KEY, reserved_shares integer NOT NULL, multiple numeric NOT NULL);
CREATE TABLE breaches (deal_id text, section text, from_day date, to_day date, damages numeric, shares bigint);
CREATE TABLE feed AS SELECT 'CLBT'::text AS security, day::date, 0.11 AS low
	FROM generate_series(timestamp '2005-04-01', '2005-05-20', '1 day') AS day WHERE extract(isodow FROM day) < 6;
CREATE ROLE clerk;
CREATE ROLE analyst;
};
$blocks[1] .= q{
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('calbatech', 200000000, 43980227, 380000, 90953246);
INSERT INTO notes VALUES (1, 'calbatech', 'alpha', 1500000, 0.06), (2, 'calbatech', 'beta', 500000, 0.06);
INSERT INTO warrants VALUES (1, 'calbatech', 'alpha', 12143290);
};

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

my ($status, $output, $errors) = $node->psql('postgres', join('', @blocks), on_error_stop => 1);
is($status, 0, 'every block runs') or diag($errors);
is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', 'and the audit finds nothing');

# "SELECT ...;  -- 42" on one line.
my $sql = join('', @blocks);
while ($sql =~ /^(SELECT [^\n]*;) +-- ([0-9{][^\n]*)$/mg)
{
	my ($query, $promised) = ($1, $2);
	$promised =~ s/ \| /|/g;
	is($node->safe_psql('postgres', $query), $promised, $query);
}

# Answers that stand below a query as a table in comments.
for my $answer ([ 'SELECT duty, started_on', "monthly list|2005-05-31|2005-06-07|2005-06-20|13|late" ],
	[ 'SELECT holder, from_day', "alpha|2005-06-08|2005-06-20|12|1500000|18000.00\nbeta|2005-06-08|2005-06-20|12|500000|6000.00" ],
	[ 'SELECT * FROM covenant.dilution', "25|0.123525|16191054|36.8144|26.9083\n50|0.08235|24286581|55.2216|35.5760\n75|0.041175|48573163|110.4432|52.4812" ])
{
	my ($query, $rows) = @$answer;
	like($output, qr/^\Q$rows\E$/m, "$query gives what the README says");
}

# The reference lists what schema covenant has, and that schema has nothing else.
my ($reference) = $readme =~ /^## Reference\n(.*?)^## /ms;
my %listed;
for my $row ($reference =~ /^\| (`.*?) \|/mg)
{
	$listed{$_} = 1 for $row =~ /`(\w+)\(/g;
}
is( join(' ', sort keys %listed),
	$node->safe_psql('postgres', q{SELECT string_agg(DISTINCT proname, ' ' ORDER BY proname)
		FROM pg_proc WHERE pronamespace = 'covenant'::regnamespace}),
	'the reference lists every function of covenant, and no other');

$node->stop;
done_testing();
