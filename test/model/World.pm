# Random worlds for the model of an agreement: what happens to the tables of a
# deal, how its agreement is read and amended, and what is recorded of it.

package World;

use strict;
use warnings;

use Exporter 'import';
use Days;
use List::Util qw(shuffle uniq);

our @EXPORT = qw(one_of chance set_up table_changes readings amendments starts follow_ups);

use constant FIRST => day_of('2005-05-23');
use constant SPAN => 500;    # days in which things happen

my @funds = ('Millennium', 'Offshore', 'Partners', 'Qualified');
my @assignees = map { "Assignee $_" } 1 .. 9;

sub one_of { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }
sub some_day { return FIRST + int rand SPAN }
sub quoted { my ($text) = @_; return defined $text ? "'" . ($text =~ s/'/''/gr) . "'" : 'NULL' }

# --------------------------------------------------------------------------
# Tables
# --------------------------------------------------------------------------

sub set_up
{
	return q{
CREATE EXTENSION covenant;
CREATE SCHEMA world;
SET search_path = world;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int NOT NULL, buyer text NOT NULL, balance numeric NOT NULL, price numeric NOT NULL, rate numeric NOT NULL);
CREATE TABLE warrants (warrant int PRIMARY KEY, deal int NOT NULL, buyer text NOT NULL, n bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', authorized => 'authorized', outstanding => 'outstanding', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'n', 'buyer');
};
}

# Money in cents, prices in ten-millionths, rates in hundredths; each price of a
# note and each holder but once.
sub price { my ($world) = @_; my $p; do { $p = 50_000 + int rand 950_000 } while $world->{prices}{$p}++; return $p }
sub dollars { my ($cents) = @_; return sprintf '%s%d.%02d', $cents < 0 ? '-' : '', int(abs($cents) / 100), abs($cents) % 100 }

# A change: its SQL, and what it says of which instrument, if it goes through.
sub new_note
{
	my ($world, $day, $holder) = @_;
	my $note = { id => $world->{deal} * 1000 + ++$world->{instruments}, said => [] };
	my %is = (principal => 100 * int(rand 1_000_000) + int(rand 100), price => price($world), rate => one_of(0, 8, 10, 10), holder => $holder);
	push @{ $world->{notes} }, $note;
	$note->{used}{$holder} = 1;
	return { day => $day, of => $note, said => [\%is], sql => sprintf "INSERT INTO notes VALUES (%d, %d, '%s', %s, %s, %s)",
		$note->{id}, $world->{deal}, $holder, dollars($is{principal}), $is{price} / 1e7, $is{rate} / 100 };
}

sub new_warrant
{
	my ($world, $day, $holder) = @_;
	my $warrant = { id => $world->{deal} * 1000 + ++$world->{instruments}, said => [] };
	my $n = int rand 2_000_000;
	push @{ $world->{warrants} }, $warrant;
	return { day => $day, of => $warrant, said => [ { warrants => $n, holder => $holder } ],
		sql => "INSERT INTO warrants VALUES ($warrant->{id}, $world->{deal}, '$holder', $n)" };
}

sub update { my ($note, $day, $set, %said) = @_; return { day => $day, of => $note, said => [ {%said} ], sql => "UPDATE notes SET $set WHERE note = $note->{id}" } }

sub capital_change
{
	my ($world, $day, $what, $change) = @_;
	return { day => $day, of => $world->{capital}, said => [ { $what => $change } ], sql => "UPDATE deals SET $what = $what + $change WHERE deal = $world->{deal}" };
}

sub change_of_note
{
	my ($world, $note, $day) = @_;
	my $kind = one_of(qw(price price price less less more holder rate));
	if ($kind eq 'price') { my $p = price($world); return update($note, $day, 'price = ' . $p / 1e7, price => $p) }
	if ($kind eq 'less' || $kind eq 'more')
	{
		my $cents = ($kind eq 'less' ? -1 : 1) * (100 * int(rand 150_000) + int(rand 100));
		return update($note, $day, 'balance = balance + ' . dollars($cents), principal => $cents);
	}
	if ($kind eq 'rate') { my $rate = ++$world->{rates} % 40 + 1; return update($note, $day, 'rate = ' . $rate / 100, rate => $rate) }
	my ($to) = grep { !$note->{used}{$_}++ } shuffle(@funds, @assignees);
	return defined $to ? update($note, $day, "buyer = '$to'", holder => $to) : ();
}

# What a setting was from a day until the next one on record.
sub correction
{
	my ($world, $note, $day) = @_;
	my $kind = one_of(qw(price price holder rate));
	my ($argument, %said);
	if ($kind eq 'price') { my $p = price($world); ($argument, %said) = ("'" . $p / 1e7 . "'", price => $p) }
	elsif ($kind eq 'rate') { my $rate = ++$world->{rates} % 40 + 1; ($argument, %said) = ($rate / 100, rate => $rate) }
	else
	{
		my ($to) = grep { !$note->{used}{$_}++ } shuffle(@funds, @assignees);
		return unless defined $to;
		($argument, %said) = ("'$to'", holder => $to);
	}
	return { day => $day, of => $note, said => [ {%said} ],
		sql => sprintf "SELECT covenant.correct('notes', '%d', '%s', %s => %s, reason => 'learnt of late')", $note->{id}, date_of($day), $kind, $argument };
}

# All of what a note has left, as the table knows it then; what that is the
# answer tells.
sub gone { my ($note, $day) = @_; return { day => $day, of => $note, gone => 1, sql => "UPDATE notes SET balance = 0 WHERE note = $note->{id}" } }

sub table_changes
{
	my ($world) = @_;
	$world->{$_} = [] for qw(notes warrants);
	$world->{capital} = { said => [] };
	my @holders = (shuffle @funds)[ 0 .. int rand 4 ];
	my %capital = (reserved => 20_000_000 + int(rand 100_000_000), authorized => 200_000_000, outstanding => one_of(50_000_000, 110_000_000));
	my @changes = { day => FIRST, of => $world->{capital}, said => [ {%capital} ],
		sql => "INSERT INTO deals VALUES ($world->{deal}, $capital{reserved}, $capital{authorized}, $capital{outstanding})" };
	push @changes, new_note($world, FIRST, $_) for @holders, chance(0.4) ? one_of(@holders) : ();
	push @changes, new_warrant($world, FIRST, $_) for chance(0.7) ? @holders : ();
	my @later;
	my @notes = @{ $world->{notes} };
	push @later, change_of_note($world, one_of(@notes), some_day()) for 1 .. 6 + int rand 12;
	push @later, map { my $p = price($world); my $day = some_day(); map { update($_, $day, 'price = ' . ($p + $_->{id}) / 1e7, price => $p + $_->{id}) } @notes } 1 .. int rand 4;
	push @later, capital_change($world, some_day(), one_of('reserved', 'authorized'), 1000 * int rand 50_000) for 1 .. int rand 4;
	push @later, capital_change($world, some_day(), 'outstanding', 1000 * int rand 20_000) if chance(0.3);
	push @later, new_note($world, $world->{tranche} = some_day(), one_of(@funds)) if chance(0.4);
	push @later, gone(one_of(@notes), FIRST + SPAN - int rand 200) if chance(0.3);
	@later = sort { $a->{day} <=> $b->{day} } @later;
	my @late = grep { chance(0.25) } @later;    # learnt of afterwards
	my %late = map { $_ => 1 } @late;
	my @corrections = map { correction($world, one_of(@notes), some_day()) } 1 .. int rand 4;
	return @changes, (grep { !$late{$_} } @later), shuffle(@late, @corrections);
}

# --------------------------------------------------------------------------
# Terms
# --------------------------------------------------------------------------

sub json { my (%is) = @_; return '{' . join(', ', map { "\"$_\": $is{$_}" } sort keys %is) . '}' }

# Of each reading a choice, so that many worlds have them all.
sub readings
{
	my ($world, $choices) = @_;
	my $json = sub { my ($choice) = @_; return $choice =~ /^\d+$/ ? $choice : "\"$choice\"" };
	my %is = map { $_ => $json->($choices->{$_}[ ($world->{number} + $world->{offset}{$_}) % @{ $choices->{$_} } ]) } keys %$choices;
	my $said = sub { return json(map { $_ => $is{$_} } grep { $is{$_} ne '""' } keys %is) };    # some may be left out
	my @sql = sprintf "SELECT covenant.adopt('deals', 'spa-2005', '%s', deal => '%d')", $said->(), $world->{deal};
	if (chance(0.3))
	{
		$is{$_} = $json->(one_of(@{ $choices->{$_} })) for sort keys %is;
		push @sql, sprintf "SELECT covenant.adopt('deals', 'spa-2005', '%s', deal => '%d', from_day => '%s')", $said->(), $world->{deal}, date_of(some_day());
	}
	return @sql;
}

sub amendments
{
	my ($world) = @_;
	my @may = (
		[ 'monthly list', { period => one_of(2, 3, 10) } ], [ 'monthly list', { base => one_of('"own_notes"', '"all_notes"'), rate => one_of(0.02, 0.015) } ],
		[ 'shareholder approval', { period => one_of(10, 45, 60) } ], [ 'shareholder approval', { period => 1, unit => '"months"', roll => one_of('"none"', '"following"') } ],
		[ 'any other covenant', { cap => one_of(0.01, 0.025), first_day_rate => 0.005 } ], [ 'representations and warranties', { first_day_rate => 0.01 } ],
		[ 'press release', { remedy => '"per day"', rate => 250, cap => one_of('null', 4000) } ], [ 'accept an opinion of counsel', { base => '"affected_notes"', rate => 0.0123 } ],
		[ 'copies of reports', { period => 4, unit => '"business days"', calendar => '"WEEKDAYS"' } ], [ 'reimburse expenses', { rate => 0.18, period => 7, unit => '"days"', cap => one_of('null', 0.02) } ],
		[ 'timely filing', { remedy => '"injunction"', rate => 'null' } ], [ 'key man insurance', { remedy => '"damages"', rate => 0.01 } ],
		[ 'Form D', { section => '"4(b)"', starts_on => '"form_d_due"', ends_on => '"form_d"', period => 0, unit => '"days"' } ]);
	return map { sprintf "SELECT covenant.amend('deals', '%s', '%s', deal => '%d', from_day => %s)", $_->[0], json(%{ $_->[1] }), $world->{deal}, chance(0.5) ? 'NULL' : quoted(date_of(some_day())) }
		grep { chance(0.25) } @may;
}

# --------------------------------------------------------------------------
# Facts
# --------------------------------------------------------------------------

sub event
{
	my ($world, $kind, $day, %is) = @_;
	my @columns = sort keys %is;
	return sprintf 'INSERT INTO deals_event (%s) VALUES (%s)', join(', ', qw(deal kind occurred_on), @columns),
		join ', ', $world->{deal}, quoted($kind), quoted(date_of($day)), map { quoted($is{$_}) } @columns;
}

sub buyer { my ($world) = @_; return one_of(map { sort keys %{ $_->{used} } } @{ $world->{notes} }) }
sub perhaps { my ($p, %is) = @_; return chance($p) ? %is : () }

sub filings
{
	my ($world) = @_;
	my @events;
	for my $n (1 .. int rand 4)
	{
		my ($due, %is) = (some_day(), subject => one_of('10-QSB', '8-K', '10-KSB', 'NT 10-Q') . " $n");
		push @events, event($world, 'filing_due', $due, %is) if chance(0.8);
		push @events, event($world, 'filed', $due + int(rand 20) - 5, chance(0.9) ? %is : ()) if chance(0.8);
		push @events, event($world, 'report_sent', $due + int(rand 40), perhaps(0.6, %is), perhaps(0.5, holder => buyer($world))) for 1 .. int rand 4;
	}
	return @events;
}

sub starts
{
	my ($world) = @_;
	my @events = event($world, 'closing', FIRST + one_of(0, 0, 0, 12));
	push @events, event($world, 'signing', FIRST) if chance(0.5);
	push @events, event($world, 'press_release', FIRST + int rand 8) if chance(0.8);
	push @events, event($world, 'press_release_sent', FIRST + int rand 12, perhaps(0.5, holder => buyer($world))) for 1 .. int rand 3;
	push @events, event($world, 'insurance_obtained', FIRST + int rand 20) if chance(0.5);
	push @events, filings($world);
	for (1 .. int rand 5)
	{
		my $day = some_day();
		my $section = one_of('3(g)', '3(z)', '4(i)', '4(o)', '4(d)', '4(c)', '4(h)', '4(n)', '4(l)', '4(f)', '4(e)', '4(j)', '2(f)');
		push @events, event($world, 'breach', $day, section => $section, perhaps(0.3, holder => buyer($world)), note => 'random');
		push @events, event($world, 'cure', $day + int rand 60, section => one_of($section, $section, '4(o)', '3(z)'), perhaps(0.3, holder => buyer($world))) if chance(0.7);
	}
	for (1 .. int rand 3)
	{
		my $day = some_day();
		push @events, event($world, 'opinion_delivered', $day, perhaps(0.6, holder => buyer($world)), perhaps(0.6, amount => int rand 500_000));
		push @events, event($world, 'opinion_accepted', $day + int rand 30, perhaps(0.3, holder => buyer($world))) if chance(0.7);
		push @events, event($world, 'invoice', some_day(), amount => dollars(int rand 5_000_000), perhaps(0.4, holder => buyer($world)));
		push @events, event($world, 'expenses_paid', some_day(), perhaps(0.6, amount => dollars(int rand 4_000_000)), perhaps(0.3, holder => buyer($world))) if chance(0.8);
	}
	push @events, event($world, 'tranche_closed', $world->{tranche}) if $world->{tranche} && chance(0.8);
	push @events, event($world, one_of('registration_filed', 'registration_effective'), some_day()) if chance(0.4);
	push @events, event($world, one_of('sales_suspended', 'sales_resumed'), some_day()) for 1 .. int rand 4;
	push @events, event($world, one_of(qw(listed delisted delisted existence_lost existence_restored meeting_called agent_instructed)), some_day()) for 1 .. int rand 4;
	for my $what (grep { chance(0.2) } qw(eligibility_notice shareholder_notice))
	{
		my $day = some_day();
		push @events, event($world, $what, $day), map { event($world, $what . '_sent', $day + int rand 10, perhaps(0.6, holder => buyer($world))) } 1 .. int rand 4;
	}
	push @events, event($world, 'securities_disposed', some_day(), holder => buyer($world)) if chance(0.3);
	push @events, event($world, one_of('form_d_due', 'form_d'), some_day()) for 1 .. int rand 3;
	push @events, event($world, 'shareholder_approval', some_day()) if chance(0.3);
	return shuffle @events;
}

my %stop = (
	'monthly list' => 'list_delivered', 'shareholder approval' => 'shareholder_approval', 'copies of reports' => 'report_sent', 'copies of press releases' => 'press_release_sent',
	'accept an opinion of counsel' => 'opinion_accepted', 'reimburse expenses' => 'expenses_paid', 'any other covenant' => 'cure', 'representations and warranties' => 'cure', 'timely filing' => 'filed');

sub about
{
	my ($world, $clock, $day) = @_;
	my ($section, $ref) = @$clock{qw(section ref)};
	my %which = chance(0.6) ? (ref => $ref) : (section => chance(0.8) ? $section : one_of('4(h)', '4(o)', '3(z)'));
	my $kind = one_of(qw(waiver waiver waiver election election damages_agreed damages_adjudged damages_paid damages_paid));
	return event($world, $kind, $day, %which, choice => one_of('cash', 'shares'), perhaps(0.5, holder => buyer($world)), perhaps(0.2, from_day => date_of($day))) if $kind eq 'election';
	return event($world, $kind, $day, %which, perhaps(0.4, holder => buyer($world)), perhaps(0.5, amount => dollars(int rand 3_000_000))) if $kind =~ /agreed|adjudged/;
	return event($world, $kind, $day, perhaps(0.8, %which), perhaps(0.6, holder => buyer($world)),
		chance(0.3) ? (shares => int(rand 3_000_000), price => int(rand 2000) / 1e5 + 0.01) : (amount => dollars(int rand 3_000_000))) if $kind eq 'damages_paid';
	my @days = ($day - int rand 40, $day + int rand 60);
	return event($world, $kind, $day, %which, holder => buyer($world), chance(0.3) ? (perhaps(0.7, from_day => date_of($days[0])), perhaps(0.7, to_day => date_of($days[1]))) : (),
		perhaps(0.2, amount => dollars(int rand 500_000)));
}

# What ends, waives, settles and pays the clocks that there are.
sub follow_ups
{
	my ($world, @clocks) = @_;
	my @events;
	for my $clock (shuffle @clocks)
	{
		my $started = day_of($clock->{started_on});
		my $stop = $stop{ $clock->{duty} };
		push @events, event($world, $stop, $started + int rand(chance(0.6) ? 12 : 80), perhaps(0.7, ref => $clock->{ref}), perhaps(0.3, holder => buyer($world)), $stop eq 'cure' ? (section => $clock->{section}) : ())
			if $stop && chance($clock->{duty} eq 'monthly list' ? 0.85 : 0.4);
		push @events, about($world, $clock, $started + int rand 100) if chance(0.25);
	}
	push @events, event($world, 'interest_paid', some_day(), amount => dollars(int rand 2_000_000), perhaps(0.5, holder => buyer($world))) for 1 .. int rand 3;
	if (my ($clock) = grep { $_->{duty} eq 'monthly list' } shuffle @clocks)
	{
		my $day = day_of($clock->{started_on}) + 3;    # all waive
		push @events, map { event($world, 'waiver', $day, ref => $clock->{ref}, holder => $_) } uniq(map { sort keys %{ $_->{used} } } @{ $world->{notes} }) if chance(0.5);
	}
	return @events;
}

1;
