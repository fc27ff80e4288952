# From facts to damages: random worlds - notes of several holders, changes of the
# tables that are learnt of late, amendments, readings of a deal and of a day,
# stops, waivers, settlements, elections and payments - and a model outside the
# database, in fractions, written from the agreement and not from the engine.
# Every row of duties, breaches, lists, damages and their months is the same to the
# cent, at the end, and either on a day in the middle or as it was known before
# half of it was recorded.  Which days are no business days is all that the model
# is told.
#
# COVENANT_WORLDS is the number of worlds, COVENANT_SEED repeats a run.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../model";

use Clocks;
use Damages;
use Days;
use Fraction;
use Holdings;
use JSON::PP;
use Lists;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use World;

my $worlds = $ENV{COVENANT_WORLDS} // 50;
my $seed = $ENV{COVENANT_SEED} // time ^ $$;
srand($seed);
diag("COVENANT_SEED=$seed");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nsynchronous_commit = off");
$node->start;

# A script, whose statements may be refused: what each of them came to.
sub outcomes
{
	my (@statements) = @_;
	my $script = join '', "SET search_path = world;\n\\set VERBOSITY sqlstate\n\\o /dev/null\n", map { "$_;\n\\echo :SQLSTATE\n" } @statements;
	my ($out) = ('');
	$node->psql('postgres', $script, stdout => \$out, stderr => \my $errors, on_error_stop => 0);
	return split /\n/, $out;
}

sub rows
{
	my ($query, %settings) = @_;
	my $set = join '', map { "SET covenant.$_ = '$settings{$_}'; " } grep { defined $settings{$_} } keys %settings;
	return map { decode_json($_) } split /\n/, $node->safe_psql('postgres', "SET search_path = world; $set SELECT row_to_json(r) FROM ($query) r");
}

# --------------------------------------------------------------------------
# The worlds
# --------------------------------------------------------------------------

$node->safe_psql('postgres', World::set_up());
my %others = (calendar => [qw(NYGCL WEEKDAYS NYFD NYSE NYFD+NYSE)], promptly => [ 2, 5, '' ]);
my %choices = map { $_->{reading} => $others{ $_->{reading} } // $_->{choices} }
	rows('SELECT reading, choices FROM covenant.reading_choices()');
$node->safe_psql('postgres', q{SET search_path = world; SELECT covenant.adopt('deals', 'spa-2005',
	'{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}')});
my %offset = map { $_ => int rand 60 } sort keys %choices;
my @worlds = map { { deal => $_, number => $_, offset => \%offset } } 1 .. $worlds;

for my $calendar (qw(WEEKDAYS NYFD NYSE NYGCL))
{
	set_holidays($calendar, map { day_of($_->{d}) } rows(qq{SELECT d::date FROM generate_series(timestamp '2005-01-01', '2009-12-31', '1 day') d
		WHERE NOT covenant.is_business_day(d::date, '$calendar')}));
}

# What goes through is true of the world.
sub change_tables
{
	my ($world) = @_;
	my @changes = table_changes($world);
	my @came_to = outcomes(map { ("SET covenant.as_of = '" . date_of($_->{day}) . "'", $_->{sql}) } @changes);
	my %left;
	for my $n (0 .. $#changes)
	{
		my $change = $changes[$n];
		next if $came_to[ 2 * $n + 1 ] ne '00000';
		my $of = $change->{of};
		my @said = $change->{gone} ? { principal => -($left{$of} // 0) } : @{ $change->{said} };
		$left{$of} += $_->{principal} // 0 for @said;
		push @{ $of->{said} }, map { { %$_, day => $change->{day}, said => $n } } @said;
	}
	$_ = [ grep { @{ $_->{said} } } @$_ ] for @$world{qw(notes warrants)};
	$world->{capital} = $world->{capital}{said};
	return scalar @changes, scalar grep { $_ ne '00000' } @came_to;
}

my ($written, $refused, $unread) = (0, 0, 0);
for my $world (@worlds)
{
	my ($n, $not) = change_tables($world);
	$written += $n;
	$refused += $not;
	$unread += grep { $_ ne '00000' } outcomes(readings($world, \%choices));
	outcomes(amendments($world), starts($world));
}
my $known_at = $node->safe_psql('postgres', 'SELECT clock_timestamp()');
outcomes(map { (amendments($_), World::readings($_, \%choices)) } grep { $_->{number} % 3 == 0 } @worlds);
my %clocks;
push @{ $clocks{ $_->{deal} } }, $_ for rows('SELECT deal, section, duty, started_on, ref FROM deals_duty ORDER BY deal, started_on, section, duty, ref', as_of => '2006-11-01');
outcomes(map { World::follow_ups($_, @{ $clocks{ $_->{deal} } // [] }) } @worlds);
my %events;
push @{ $events{ $_->{deal} } }, $_ for rows(q{SELECT deal, event_id FROM deals_event WHERE kind NOT IN ('closing', 'signing') ORDER BY event_id});
outcomes(map { my $deal = $_->{deal}; map { World::event($_[0], 'retraction', day_of('2006-12-01'), ref => $_->{event_id}) =~ s/VALUES \(\d*/VALUES ($deal/r }
			grep { World::chance(0.03) } @{ $events{$deal} // [] } } @worlds);

# --------------------------------------------------------------------------
# What the model says
# --------------------------------------------------------------------------

my (%clauses, %readings, %facts);
sub known { my ($then, @all) = @_; return grep { !$then || $_->{known} } @all }
sub of_deal { my ($all, $deal, $then) = @_; return [ known($then, map { @{ $all->{$_} // [] } } '', $deal) ] }
sub exact { my ($row, @columns) = @_; $row->{$_} = fraction($row->{$_}) for grep { defined $row->{$_} } @columns }
sub days { my ($row, @columns) = @_; $row->{$_} = day_of($row->{$_}) for @columns }

for my $clause (rows("SELECT clause_id AS id, deal, from_day, ord, section, duty, owed_by, to_each_holder, starts_on, subjects, period, unit, calendar, roll, ends_on, remedy,
	rate::text, first_day_rate::text, cap::text, elector, base, recorded_at <= '$known_at' AS known FROM deals_clause"))
{
	exact($clause, qw(rate first_day_rate cap));
	days($clause, 'from_day');
	push @{ $clauses{ $clause->{deal} // '' } }, $clause;
}
for my $reading (rows("SELECT *, reading_id AS id, recorded_at <= '$known_at' AS known FROM deals_reading"))
{
	days($reading, 'from_day');
	push @{ $readings{ $reading->{deal} // '' } }, $reading;
}
for my $fact (rows("SELECT deal, event_id AS id, kind, occurred_on AS day, section, holder, subject, ref, amount::text, shares, from_day, to_day, choice, recorded_at <= '$known_at' AS known FROM deals_event"))
{
	exact($fact, 'amount');
	days($fact, qw(day from_day to_day));
	push @{ $facts{ $fact->{deal} } }, $fact;
}

sub known_facts
{
	my ($world, $then) = @_;
	my @all = known($then, @{ $facts{ $world->{deal} } // [] });
	my %retracted = map { $_->{ref} => 1 } grep { $_->{kind} eq 'retraction' } @all;
	return sort { $a->{day} <=> $b->{day} || $a->{id} <=> $b->{id} }
		grep { !$retracted{ $_->{id} } && $_->{kind} ne 'retraction' && ($_->{day} <= $world->{as_of} || $_->{kind} eq 'filing_due') } @all;
}

sub line { return join ' | ', map { $_ // '' } @_ }

sub unserved
{
	my ($world, $clock) = @_;
	return undef if defined $clock->{done_on} || !($clock->{clause}{to_each_holder} || grep { defined } values %{ $clock->{served} });
	my @names = grep { $clock->{concerned}{$_} && !defined $clock->{served}{$_} } holders($world);
	return @names ? join(',', @names) : undef;
}

sub duty_line
{
	my ($world, $clock) = @_;
	my ($broken, $done) = @$clock{qw(broken_from done_on)};
	my $broken_yet = defined $broken && $broken <= $world->{as_of};
	my $in_time = !defined $broken || (defined $done && $done < $broken);
	my $state = $clock->{waived} ? 'waived' : defined $done ? $in_time ? 'met' : 'late' : $broken_yet ? 'overdue' : 'pending';
	my $late = $state eq 'late' || $state eq 'overdue' ? ($done // $world->{as_of}) - ($clock->{due_on} // $clock->{started_on}) : 0;
	return line(@$clock{qw(section duty)}, date_of($clock->{started_on}), date_of($clock->{due_on}), date_of($done), $late, $state, @$clock{qw(owed_by holder ref)}, unserved($world, $clock));
}

sub breach_line
{
	my ($world, $clock) = @_;
	my $to = defined $clock->{done_on} ? day_after_stop($clock, $clock->{done_on}) : undef;
	return line(@$clock{qw(section duty)}, date_of($clock->{broken_from}), date_of($to), $clock->{clause}{elector}, @$clock{qw(holder ref)}, unserved($world, $clock), $clock->{broken} // $clock->{section});
}

sub damages_line
{
	my ($world, $row) = @_;
	my $clock = $row->{clock};
	return line(@$clock{qw(section duty)}, $row->{holder}, date_of($row->{from}), date_of($row->{to}), money($row->{principal}, 12), money($row->{interest}, 10), money($row->{amount}),
		shares_for($world, $row), $clock->{clause}{elector}, elected($world, $row), money($row->{paid}), money($row->{amount} - $row->{paid} - $row->{released}), $row->{status},
		$clock->{ref}, money($row->{released}), money($row->{paid_shares}, 0));
}

sub month_line
{
	my ($part) = @_;
	my $row = $part->{row};
	return line(date_of($part->{month}), $row->{holder}, @{ $row->{clock} }{qw(section duty)}, money($part->{amount}), $row->{clock}{ref}, $row->{status});
}

sub list_line
{
	my ($list) = @_;
	return line(date_of($list->{month_end}), $list->{holder}, money($list->{reserved}, 0), @$list{qw(conversion warrants interest total)}, date_of($list->{due_on}), date_of($list->{delivered_on}),
		$list->{days_late});
}

sub model
{
	my ($world, %settings) = @_;
	$world->{as_of} = day_of($settings{as_of});
	@$world{qw(clauses readings)} = map { of_deal($_, $world->{deal}, $settings{known_at}) } \%clauses, \%readings;
	$world->{facts} = [ known_facts($world, $settings{known_at}) ];
	find_holdings($world);
	find_clocks($world);
	my @clocks = @{ $world->{clocks} };
	my @rows = find_damages($world);
	return (
		duty => [ map { duty_line($world, $_) } @clocks ],
		breach => [ map { breach_line($world, $_) } grep { is_breach($world, $_) } @clocks ],
		monthly_list => [ map { list_line($_) } find_lists($world) ],
		damages => [ map { damages_line($world, $_) } @rows ],
		$world->{number} % 10 || $settings{known_at} ? () : (damages_month => [ map { month_line($_) } map { months_of($_) } @rows ]));    # slow
}

# --------------------------------------------------------------------------
# The same
# --------------------------------------------------------------------------

my %columns = (
	duty => [qw(section duty started_on due_on done_on days_late state owed_by holder ref unserved)],
	breach => [qw(section duty from_day to_day elector holder ref unserved promise)],
	damages => [qw(section duty holder from_day to_day principal interest amount shares elector election paid balance status ref released paid_shares)],
	monthly_list => [qw(month_end holder reserved_for_holder conversion_shares warrant_shares interest_shares total due_on delivered_on days_late)],
	damages_month => [qw(month holder section duty amount ref status)]);
my @looks = ({ as_of => '2006-02-14' }, { as_of => '2006-11-01', known_at => $known_at }, { as_of => '2006-11-01' });
my %spelt = (unserved => q{array_to_string(unserved, ',')}, principal => 'round(principal, 12)::text', interest => 'round(interest, 10)::text', map { $_ => "$_\::text" } qw(amount paid balance released));

my %seen;
for my $look (@looks)
{
	for my $view (sort keys %columns)
	{
		my $columns = join ', ', map { ($spelt{$_} // $_) . " AS $_" } @{ $columns{$view} };
		push @{ $seen{$look}{ $_->{deal} }{$view} }, line(@$_{ @{ $columns{$view} } }) for rows("SELECT deal, $columns FROM deals_$view", %$look);
	}
}

my (%total, $differ);
sub compare
{
	my ($world, $look, $view, $model, $shown) = @_;
	$total{$view} += @$model;
	my ($a, $b) = map { join "\n", sort @$_ } $model, $shown;
	return if $a eq $b || $differ++ > 3;
	my %in;
	$in{$_}++ for @$shown;
	my @missing = grep { !$in{$_} || !$in{$_}-- } @$model;
	diag("deal $world->{deal}, $view, ", join(' ', %$look), ": the model alone has\n  ", join("\n  ", @missing), "\nand the view alone\n  ",
		join("\n  ", map { ($_) x $in{$_} } sort keys %in));
}

for my $world (@worlds)
{
	for my $look ($looks[ $world->{number} % 2 ], $looks[2])
	{
		my %model = model($world, %$look);
		compare($world, $look, $_, $model{$_}, $seen{$look}{ $world->{deal} }{$_} // []) for sort keys %model;
	}
}
is($differ // 0, 0, "the views of $worlds worlds are those of the model");
cmp_ok($total{$_}, q{>}, $worlds, "rows of $_: $total{$_}") for sort keys %total;
is($unread, 0, 'every reading is adopted');
cmp_ok($refused, '<', $written / 3, "$refused of $written changes of the tables were refused");

$node->stop;
done_testing();
