# Deals live on three nodes, and writes go straight to the node; a router with
# postgres_fdw reads over all of them, and has the nodes do the work.  The
# router is the manual's, so that what stands there is what is tried here.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

open(my $file, '<', 'doc/scale-out.md') or die "doc/scale-out.md: $!";
my $section = do { local $/; <$file> };
close $file;
my ($place, $routing, $questions) = $section =~ /^```\n(.*?)^```/msg;
ok($questions, 'the manual has a node, a router and questions');

my %cluster;
for my $name (qw(n0 n1 n2 router))
{
	$cluster{$name} = PostgreSQL::Test::Cluster->new($name);
	$cluster{$name}->init;
	$cluster{$name}->start;
	$cluster{$name}->safe_psql('postgres', 'CREATE DATABASE deals');
	$cluster{$name}->safe_psql('postgres', 'ALTER DATABASE deals SET search_path = public, covenant');
}
my ($router, @nodes) = @cluster{qw(router n0 n1 n2)};

for my $i (0 .. 2)
{
	(my $here = $place) =~ s/, 3, 0,/, 3, $i,/;
	$nodes[$i]->safe_psql(
		'deals', qq{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal_id text PRIMARY KEY, reserved covenant.shares NOT NULL);
CREATE TABLE notes (deal_id text REFERENCES deals, buyer text, balance numeric NOT NULL,
	conversion_price covenant.share_price NOT NULL, PRIMARY KEY (deal_id, buyer));
CREATE TABLE warrants (deal_id text REFERENCES deals, buyer text, unexercised covenant.shares NOT NULL,
	PRIMARY KEY (deal_id, buyer));
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.watch_notes('notes', 'deals', 'deal_id', 'balance', 'conversion_price', 'buyer');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal_id', 'unexercised', 'buyer');
$here});
	my ($host, $port) = ($nodes[$i]->host, $nodes[$i]->port);
	$routing =~ s/host 'n$i', port '5432'/host '$host', port '$port'/;
}
$router->safe_psql('deals', $routing);

# Sixty deals, each written to the node that the router names.  What they add
# up to is known beforehand: a deal k has 40 notes of 25 k at 1/3, that is 3000 k
# shares, 40 times one warrant, and a reserve of twice that and k to spare.
my ($ask) = $questions =~ /^(SELECT n FROM .*)$/m;
$ask =~ s/'calbatech'/'deal-' || k/;
$ask =~ s/;$//;
my @deals_of = ([], [], []);
for (split /\n/, $router->safe_psql('deals', "SELECT k, n FROM generate_series(1, 60) AS k CROSS JOIN LATERAL ($ask) AS place"))
{
	my ($k, $n) = split /\|/;
	push @{ $deals_of[$n] }, $k;
}
is(scalar(map { @$_ } @deals_of), 60, 'every deal has one place');
is(scalar(grep { @$_ > 3 } @deals_of), 3, 'every node has deals');

for my $i (0 .. 2)
{
	my $funds = q{generate_series(1, 40) AS fund};
	my $ks = join(', ', @{ $deals_of[$i] });
	$nodes[$i]->safe_psql(
		'deals', qq{
BEGIN;
INSERT INTO deals SELECT 'deal-' || k, 2 * (3000 * k + 40) + k FROM unnest(ARRAY[$ks]) AS k;
INSERT INTO notes SELECT 'deal-' || k, 'fund-' || fund, 25 * k, '1/3' FROM unnest(ARRAY[$ks]) AS k, $funds;
INSERT INTO warrants SELECT 'deal-' || k, 'fund-' || fund, 1 FROM unnest(ARRAY[$ks]) AS k, $funds;
COMMIT;
ANALYZE});
}

my (undef, undef, $errors) = $nodes[0]->psql('deals', "INSERT INTO deals VALUES ('deal-$deals_of[1][0]', 0)");
like($errors, qr/violates check constraint/, 'a node refuses a deal of another node');

# What each node tells of itself, and the sum of what all tell.
my @amounts = qw(principal note_shares warrant_shares issuable required reserved slack);
my $totals = 'SELECT ' . join(', ', map { "sum($_)" } @amounts) . ' FROM deals_status';

sub sum_of_nodes
{
	my @sum;
	for my $node (@nodes)
	{
		my @row = split /\|/, $node->safe_psql('deals', $totals);
		$sum[$_] += $row[$_] for 0 .. $#row;
	}
	return join('|', @sum);
}

my $ks = 60 * 61 / 2;
my $expected = join('|', 1000 * $ks, 3000 * $ks, 2400, 3000 * $ks + 2400, 6000 * $ks + 4800, 6001 * $ks + 4800, $ks);
is(sum_of_nodes(), $expected, 'the nodes have booked what was written to them');
is($router->safe_psql('deals', $totals), $expected, 'the router totals the status of all nodes');
is($router->safe_psql('deals', 'SELECT tableoid::regclass, count(*) FROM deals_status GROUP BY 1 ORDER BY 1'),
	join("\n", map { "n$_.deals_status|" . @{ $deals_of[$_] } } 0 .. 2),
	'the status views are partitions, each with the deals of its node');

# The questions of the manual run, and the nodes do the work.  Everything that
# a query does on the router stands outside of the Remote SQL.
sub plan_of
{
	my ($query, $settings) = (@_, '');
	my $plan = $router->safe_psql('deals', "$settings EXPLAIN (VERBOSE, COSTS OFF) $query");
	my @remote = $plan =~ /^ *Remote SQL: (.*)$/mg;
	(my $local = $plan) =~ s/^ *(Remote SQL|Output|Relations): .*$//mg;
	return (\@remote, $local);
}

sub pushed_down
{
	my ($query, $remote_sql, $name, @settings) = @_;
	my ($remote, $local) = plan_of($query, @settings);
	is(scalar(grep { $_ =~ $remote_sql } @$remote), 3, "$name: on each node")
	  or diag(join("\n", @$remote));
	unlike($local, qr/Filter:|Group Key|HashAggregate|Join|Nested Loop/m, "$name: nothing of it on the router");
	return $local;
}

my ($filter, $group, $grand) = $questions =~ /^(SELECT (?:deal|deal_id|sum)\b[^;]*);/mg;
pushed_down($filter, qr/WHERE \(\(slack < 0\)\)/, 'filter on the status');
is($router->safe_psql('deals', $filter), '', 'no deal is short');

my $local = pushed_down($group, qr/^SELECT deal_id, sum\(covenant\.shares_issuable\(balance, conversion_price, 'down'::text\)\) FROM public\.notes GROUP BY 1$/,
	'sum(shares) of a function by deal');
unlike($local, qr/Aggregate|Group Key/, 'the router only appends');
like($local, qr/^ *->  Async Foreign Scan$/m, 'and asks the nodes at once');
is($router->safe_psql('deals', "SELECT count(*), sum(sum), bool_and(sum = 3000 * substr(deal_id, 6)::bigint) FROM ($group) AS of_deal"),
	'60|' . 3000 * $ks . '|t', 'every deal has its shares');

pushed_down($grand, qr/^SELECT deal_id, sum\(unexercised\) FROM public\.warrants GROUP BY 1$/, 'grand total in two steps');
is($router->safe_psql('deals', $grand), '2400', 'the grand total');

pushed_down(q{SELECT deal_id, buyer FROM notes WHERE covenant.shares_issuable(balance, conversion_price) * 2 > 8700},
	qr/WHERE \(\(\(covenant\.shares_issuable\(balance, conversion_price, 'down'::text\) \* 2::bigint\) > '?8700/,
	'functions and operators of shares in WHERE');
is($router->safe_psql('deals', q{SELECT count(*) FROM notes WHERE covenant.shares_issuable(balance, conversion_price) * 2 > 8700}),
	'80', 'the notes of two deals');    # 2 x 75 k > 8700 for 59 and 60
pushed_down(q{SELECT deal_id FROM notes WHERE conversion_price < 0.5 AND conversion_price > '333/1000'},
	qr/<.*>/, 'operators of prices in WHERE');
pushed_down(q{SELECT deal_id, min(conversion_price), max(unexercised), avg(unexercised) FROM notes JOIN warrants USING (deal_id, buyer) GROUP BY deal_id},
	qr/min\(.*max\(.*avg\(.* INNER JOIN .*GROUP BY/, 'aggregates over a join by deal');
$local = pushed_down(q{SELECT deal_id, conversion_price FROM notes ORDER BY conversion_price},
	qr/ORDER BY conversion_price ASC NULLS LAST$/, 'order of prices', 'SET enable_sort = off;');
unlike($local, qr/^ *(?:->)? *Sort$/m, 'the router only merges');

# One deal is one node's, and the router knows which.
my ($remote) = plan_of(q{SELECT slack FROM deals_status WHERE deal = 'deal-7'});
is(scalar @$remote, 1, 'a question about one deal goes to one node');
is($router->safe_psql('deals', q{SELECT required, slack FROM deals_status WHERE deal = 'deal-7'}), '42080|7', 'and is answered there');

# The other way round: from a server that was not told of the extension every
# row is fetched.
$router->safe_psql('deals', 'ALTER SERVER n0 OPTIONS (DROP extensions)');
($remote) = plan_of($group);
is(scalar(grep { /sum\(/ } @$remote), 2, 'without the option extensions a node only hands out rows');
$router->safe_psql('deals', q{ALTER SERVER n0 OPTIONS (ADD extensions 'covenant')});

# A broken reserve is the affair of one node: it alone refuses.
sub act
{
	my ($i, $sql) = @_;
	my (undef, undef, $err) = $nodes[$i]->psql('deals', "\\set VERBOSITY verbose\n$sql", on_error_stop => 1);
	return $err =~ /ERROR:  (\w{5}): (.*)/ ? "$1 $2" : $err;
}

my $warrants = 'UPDATE warrants SET unexercised = unexercised';
my @first = map { $_->[0] } @deals_of;
is(act(0, "UPDATE deals SET reserved = reserved + 5 WHERE deal_id = 'deal-$first[0]'"), '', 'first node: five shares more in reserve');
is(act(1, "$warrants + 100000 WHERE deal_id = 'deal-$first[1]'"), qq{23514 reserved amount of deal "deal-$first[1]" is not covered},
	'second node: the reserve does not suffice');
is(act(2, "$warrants - 1 WHERE deal_id = 'deal-$first[2]' AND buyer = 'fund-1'"), '', 'third node: one warrant fewer');
$expected = join('|', 1000 * $ks, 3000 * $ks, 2399, 3000 * $ks + 2399, 6000 * $ks + 4798, 6001 * $ks + 4805, $ks + 7);
is(sum_of_nodes(), $expected, 'the nodes have what was let in');
is($router->safe_psql('deals', $totals), $expected, 'and the router tells it');

# A fact on one node is seen by the router at once.
is(act(1, "UPDATE notes SET conversion_price = '1/4' WHERE deal_id = 'deal-$first[1]'"), '', 'a price is a fact');
is($router->safe_psql('deals', $totals), sum_of_nodes(), 'it goes into the totals');
is($router->safe_psql('deals', $filter), "deal-$first[1]", 'and into the list of those that are short');

# The router writes nothing.
(undef, undef, $errors) = $router->psql('deals', "$warrants + 1");
like($errors, qr/does not allow updates/, 'no UPDATE through the router');
(undef, undef, $errors) = $router->psql('deals', q{INSERT INTO warrants VALUES ('deal-1', 'beta', 1)});
like($errors, qr/does not allow inserts/, 'no INSERT through the router');

is($_->safe_psql('deals', q{SELECT * FROM covenant.audit('deals')}), '', 'audit of ' . $_->name) for @nodes;

$_->stop for values %cluster;
done_testing();
