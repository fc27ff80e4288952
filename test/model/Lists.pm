# The monthly lists of Section 4(h), for the model of an agreement.

package Lists;

use strict;
use warnings;

use Exporter 'import';
use Clocks;
use Days;
use Fraction;
use Holdings;
use List::Util qw(max sum0);

our @EXPORT = qw(find_lists);

# A year before a day, on the last of the month where it has no such day.
sub year_before { my ($day) = @_; return months_after($day, -12) }

# What a note bore in the year before a day, for each stretch of constant yearly
# interest by itself.
sub borne
{
	my ($note, $day, $count) = @_;
	my $from = year_before($day);
	my ($sum, $begun, $yearly) = (fraction(0), undef, undef);
	my $close = sub {
		my ($end) = @_;
		my $begin = max($begun, $from);
		$sum += fraction($yearly, 10_000) * years_between($begin, $end, $count) if $begin < $end && $yearly;
	};
	my %days = map { $_->{day} => 1 } grep { $_->{day} < $day } @{ $note->{said} };
	for my $change (sort { $a <=> $b } keys %days)
	{
		my $state = Holdings::state_on($note, $change);
		my $now = $state->{principal} * ($state->{rate} // 0);
		next if defined $yearly && $now == $yearly;
		$close->($change) if defined $yearly;
		($begun, $yearly) = ($change, $now);
	}
	$close->($day) if defined $yearly;
	return $sum;
}

# The shares that would pay a year's interest on a holder's notes, each rounded down.
sub interest_shares
{
	my ($world, $clock, $holder) = @_;
	my ($day, $reading) = ($clock->{started_on}, $clock->{reading});
	my %tranche = map { $_->{day} => 1 } grep { $_->{kind} eq 'tranche_closed' } @{ $world->{facts} };
	my $shares = 0;
	for my $note (@{ $world->{notes} })
	{
		next if $reading->{additional_notes} eq 'not_counted' && $tranche{ $note->{said}[0]{day} };
		my $state = Holdings::state_on($note, $day);
		next unless $state && $state->{holder} eq $holder && $state->{principal} > 0;
		my $interest = $reading->{list_interest} eq 'past_year' ? borne($note, $day, $reading->{day_count}) :
			fraction($state->{principal} * ($state->{rate} // 0), 10_000);
		$shares += floor_of($interest * Holdings::PRICE_UNIT / $state->{price})->[0];
	}
	return $shares;
}

# The reserve is parted as the holders' issuable shares are.
sub find_lists
{
	my ($world) = @_;
	my @lists;
	for my $clock (grep { $_->{clause}{starts_on} eq 'month_end' } @{ $world->{clocks} })
	{
		my $day = $clock->{started_on};
		my @had = map { holding($world, $_, $day, $clock->{reading}{additional_notes}) // {} } holders($world);
		my @issuable = map { ($_->{shares} // 0) + ($_->{warrants} // 0) } @had;
		my @reserved = parts(fraction(max(Holdings::capital_on($world, $day)->{counted}, 0)), 0, map { fraction($_) } @issuable);
		my @names = holders($world);
		for my $n (grep { $issuable[$_] > 0 } 0 .. $#names)
		{
			my $interest = interest_shares($world, $clock, $names[$n]);
			my $delivered = earlier($clock->{served}{ $names[$n] }, $clock->{stopped});
			my $late = defined $clock->{due_on} ? max((defined $delivered ? $delivered : $world->{as_of}) - $clock->{due_on}, 0) : 0;
			push @lists, { month_end => $day, holder => $names[$n], reserved => $reserved[$n], conversion => $had[$n]{shares} // 0, warrants => $had[$n]{warrants} // 0,
				interest => $interest, total => $issuable[$n] + $interest, due_on => $clock->{due_on}, delivered_on => $delivered, days_late => $late };
		}
	}
	return @lists;
}

1;
