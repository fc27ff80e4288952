# The SQL of the manual runs as it stands there, page after page, on an empty
# database; where a line says what it gives, it gives that.  Links lead somewhere,
# and the reference says what the catalog says.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The README first, then the pages in the order in which they build on each other.
my @pages = ('README.md', map { "doc/$_.md" } qw(watching the-past clocks-and-damages the-rest-of-the-agreement pools-and-tests conversion-price types
	roles bi-tools scale-out errors limits));
my (%text, @blocks);
for my $page (@pages, 'doc/reference.md')
{
	open(my $file, '<', $page) or die "$page: $!";
	local $/ = undef;
	$text{$page} = <$file>;
	close $file;
}
push @blocks, $text{$_} =~ /^```sql\n(.*?)^```/msg for @pages;
cmp_ok(scalar @blocks, '>', 30, 'the manual has its SQL');
is_deeply([ grep { !$text{$_} } glob('doc/*.md') ], [], 'and every page is looked at');

# Links: to pages that there are, and headings on them.
for my $page (sort keys %text)
{
	my %heading;
	for my $other (keys %text)
	{
		$heading{$other}{ lc($_) =~ s/[^\w\s-]//gr =~ s/\s/-/gr } = 1 for $text{$other} =~ /^#+ +(.*)$/mg;
	}
	for my $link ($text{$page} =~ /\]\(([^)\s]+)\)/g)
	{
		next if $link =~ m{^https?://};
		my ($to, $anchor) = $link =~ /^([^#]*)#?(.*)$/;
		my $file = $to eq '' ? $page : $page eq 'README.md' ? $to : $to =~ m{^\.\./(.*)} ? $1 : "doc/$to";
		ok(-e $file && ($anchor eq '' || $heading{$file}{$anchor}), "$page: $link");
	}
}

# What the manual supposes to be there: other tables and roles, and after the
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
	like($output, qr/^\Q$rows\E$/m, "$query gives what the manual says");
}

# The reference is what the catalog says.
$node->safe_psql('postgres', 'CREATE DATABASE reference');
$node->safe_psql('reference', 'CREATE EXTENSION covenant');
my ($made, $complaints) = run_command([ 'psql', '-X', '-q', '-At', '-d', $node->connstr('reference'), '-f', 'doc/reference.sql' ]);
is($complaints, '', 'the reference is written');
ok("$made\n" eq $text{'doc/reference.md'}, 'doc/reference.md is what ./dev.sh reference writes')
  or diag('write it again');
is($node->safe_psql('reference', q{SELECT string_agg(DISTINCT proname, ' ') FROM pg_proc
	WHERE pronamespace = 'covenant'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL}), '', 'every function has a comment');

$node->stop;
done_testing();
