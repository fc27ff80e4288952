# Who held what on which day, and when the reserve was short, for the model of
# an agreement.
#
# A note is a list of what was said of it, each from a day on: a change of its
# principal (cents), or its price, rate or holder from then on.  A world knows
# its notes, warrants and capital, and the day up to which it is looked at.

package Holdings;

use strict;
use warnings;

use Exporter 'import';
use Days;
use Fraction;
use List::Util qw(min max sum0);

our @EXPORT = qw(find_holdings holding holds_something held_between ever_owed moves notes_of interest_accrued spells holders);

use constant PRICE_UNIT => 10_000_000;

# --------------------------------------------------------------------------
# Instruments
# --------------------------------------------------------------------------

# What was said up to a day, in the order of the days and of being said.
sub state_on
{
	my ($instrument, $day) = @_;
	my %state = (principal => 0, warrants => 0);
	my $any;
	for my $said (@{ $instrument->{said} })
	{
		last if $said->{day} > $day;
		$any = 1;
		$state{$_} += $said->{$_} // 0 for qw(principal warrants);
		$state{$_} = $said->{$_} // $state{$_} for qw(price rate holder);
	}
	return $any ? \%state : undef;
}

sub shares_of
{
	my ($state) = @_;
	return 0 unless $state->{price};
	use integer;
	return $state->{principal} * (PRICE_UNIT / 100) / $state->{price};    # down
}

sub by_day { return sort { $a->{day} <=> $b->{day} || $a->{said} <=> $b->{said} } @_ }

# --------------------------------------------------------------------------
# Lines: what each holder had, from each day on which something changed
# --------------------------------------------------------------------------

sub add_to
{
	my ($sums, $state) = @_;
	$sums->{principal} += $state->{principal};
	$sums->{yearly} += $state->{principal} * ($state->{rate} // 0);    # of a cent, in hundredths
	$sums->{warrants} += $state->{warrants};
	$sums->{shares} += shares_of($state);
}

sub lines_of
{
	my ($world, @instruments) = @_;
	my %days = map { $_->{day} => 1 } map { @{ $_->{said} } } @instruments;
	my @lines;
	for my $day (grep { $_ <= $world->{as_of} } sort { $a <=> $b } keys %days)
	{
		my %of = ('' => {});
		for my $instrument (@instruments)
		{
			my $state = state_on($instrument, $day) or next;
			add_to($of{$_} //= {}, $state) for '', $state->{holder};
		}
		push @lines, { day => $day, of => \%of };
	}
	return \@lines;
}

# Notes whose first day is one of a tranche's closing are Additional Notes.
sub find_holdings
{
	my ($world) = @_;
	for my $instrument (@{ $world->{notes} }, @{ $world->{warrants} })
	{
		$instrument->{said} = [ by_day(@{ $instrument->{said} }) ];
	}
	my %tranche = map { $_->{day} => 1 } grep { $_->{kind} eq 'tranche_closed' } @{ $world->{facts} };
	my @all = (@{ $world->{notes} }, @{ $world->{warrants} });
	$world->{lines}{counted} = lines_of($world, @all);
	$world->{lines}{not_counted} = %tranche ? lines_of($world, grep { !$tranche{ $_->{said}[0]{day} } } @all) : $world->{lines}{counted};
	my %names = map { $_ => 1 } map { keys %{ $_->{of} } } @{ $world->{lines}{counted} };
	$names{ $_->{holder} // '' } = 1 for @{ $world->{facts} };
	delete $names{''};
	$world->{holders} = [ sort keys %names ];
	delete $world->{found};
}

sub holders { return @{ $_[0]{holders} } }

# What a holder ('': all) had at the end of a day; undef: nothing was there yet.
sub holding
{
	my ($world, $holder, $day, $set) = @_;
	$set //= 'counted';
	my $found = $world->{found}{$set}{$day} //= [ grep { $_->{day} <= $day } @{ $world->{lines}{$set} } ];
	return @$found ? $found->[-1]{of}{$holder} : undef;
}

sub principal_cents { my $had = holding(@_); return $had ? $had->{principal} // 0 : 0 }
sub holds_something { my $had = holding(@_); return $had && (($had->{principal} // 0) > 0 || ($had->{warrants} // 0) > 0) }

sub held_between
{
	my ($world, $holder, $from, $to) = @_;
	return scalar grep { holds_something($world, $holder, $_) } $from .. $to - 1;
}

sub ever_owed
{
	my ($world, $holder) = @_;
	return scalar grep { ($_->{of}{$holder}{principal} // 0) > 0 } @{ $world->{lines}{counted} };
}

# Days on which the principal of some holder became another.
sub moves
{
	my ($world, $set) = @_;
	my @days;
	my $before = { of => {} };
	for my $line (@{ $world->{lines}{$set} })
	{
		push @days, $line->{day}
			if grep { ($line->{of}{$_}{principal} // 0) != ($before->{of}{$_}{principal} // 0) } holders($world);
		$before = $line;
	}
	return @days;
}

sub notes_of
{
	my ($world, $holder, $day) = @_;
	return grep { $_ && $_->{holder} eq $holder } map { state_on($_, $day) } @{ $world->{notes} };
}

# --------------------------------------------------------------------------
# Interest
# --------------------------------------------------------------------------

# From one day up to another, for each stretch of constant balance by itself.
sub interest_accrued
{
	my ($world, $holder, $set, $from, $to, $count) = @_;
	my ($sum, $begun, $last) = (fraction(0), undef, undef);
	my $close = sub {
		my ($end) = @_;
		my ($a, $b) = (max($begun, $from // $begun), min($end, $to));
		$sum += fraction($last->{yearly} // 0, 10_000) * years_between($a, $b, $count) if $a < $b && $last->{yearly};
	};
	for my $line (@{ $world->{lines}{$set} })
	{
		my $had = $line->{of}{$holder} // {};
		next if $last && ($had->{principal} // 0) == ($last->{principal} // 0) && ($had->{yearly} // 0) == ($last->{yearly} // 0);
		$close->($line->{day}) if $last;
		($begun, $last) = ($line->{day}, $had);
	}
	$close->($to) if $last;
	return $sum;
}

# --------------------------------------------------------------------------
# Shortfalls
# --------------------------------------------------------------------------

sub capital_on
{
	my ($world, $day) = @_;
	my %sums = (reserved => 0, authorized => 0, outstanding => 0);
	for my $change (grep { $_->{day} <= $day } @{ $world->{capital} })
	{
		$sums{$_} += $change->{$_} // 0 for keys %sums;
	}
	my $had = holding($world, '', $day) // {};
	$sums{warrants} = $had->{warrants} // 0;
	$sums{principal} = $had->{principal} // 0;
	$sums{required} = 2 * (($had->{shares} // 0) + $sums{warrants});
	$sums{available} = $sums{authorized} - $sums{outstanding};
	$sums{counted} = min($sums{reserved}, $sums{available});
	return \%sums;
}

# Was the reserve helped by more than a price?
sub helped
{
	my ($before, $after) = @_;
	return $after->{counted} > $before->{counted} || $after->{available} > $before->{available}
		|| $after->{principal} < $before->{principal} || $after->{warrants} < $before->{warrants};
}

# Stretches of days on which it was short, and where $voted says so of a day,
# only those on which the board could not have cured it.
sub spells
{
	my ($world, $voted) = @_;
	my %days = map { $_->{day} => 1 } @{ $world->{lines}{counted} }, @{ $world->{capital} };
	my (@spells, $open, $before, $first);
	for my $day (grep { $_ <= $world->{as_of} } sort { $a <=> $b } keys %days)
	{
		my $now = capital_on($world, $day);
		my $vote = $now->{available} < $now->{required};
		my $short = $now->{counted} < $now->{required};
		$first = $short ? $first // $day : undef;    # of the whole shortfall, as which it is read
		$short &&= $vote || !$voted->($first);
		if ($short && !$open) { push @spells, $open = { from => $day } }
		$open->{vote} //= $day if $short && $vote;
		if (!$short && $open)
		{
			@$open{qw(to cured)} = ($day, helped($before, $now));
			undef $open;
		}
		$before = $now;
	}
	return @spells;
}

1;
