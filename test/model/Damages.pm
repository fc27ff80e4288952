# From breaches to damages, for the model of an agreement: each holder's days of
# each breach, cut where something changes, in cents, settled and paid.

package Damages;

use strict;
use warnings;

use Exporter 'import';
use Clocks;
use Days;
use Fraction;
use Holdings;
use List::Util qw(min max);

our @EXPORT = qw(find_damages shares_for elected months_of);

# --------------------------------------------------------------------------
# Payments: to whom
# --------------------------------------------------------------------------

# The decimals of an amount, two at least.
sub decimals_of { my ($amount) = @_; for (2 .. 20) { return $_ if floor_of($amount * 10**$_) / 10**$_ == $amount } return 20 }

sub set_of { my ($reading) = @_; return $reading->{additional_notes} }

# To nobody in particular: by principal, after the last note by what it last was.
sub part_payment
{
	my ($world, $fact) = @_;
	my $set = set_of(Clocks::reading_on($world, $fact->{day}));
	my $first = $world->{lines}{$set}[0]{day} // return;
	my $day = $fact->{day};
	$day-- while $day >= $first && Holdings::principal_cents($world, '', $day, $set) <= 0;
	return if $day < $first;
	my @holders = holders($world);
	my @weights = map { fraction(Holdings::principal_cents($world, $_, $day, $set)) } @holders;
	my @amounts = parts($fact->{amount}, decimals_of($fact->{amount}), @weights);
	my @shares = parts(fraction($fact->{shares} // 0), 0, @weights);
	push @{ $world->{payments} }, map { +{ fact => $fact, holder => $holders[$_], amount => $amounts[$_], shares => $shares[$_] } } grep { $weights[$_] != 0 } 0 .. $#holders;
}

sub find_payments
{
	my ($world) = @_;
	$world->{payments} = [];
	for my $fact (grep { $_->{kind} =~ /^(damages|interest)_paid$/ } @{ $world->{facts} })
	{
		my $on_invoice = grep { $_->{remedy} eq 'interest' && !defined $_->{holder} && tied_to($fact, $_) } @{ $world->{clocks} };
		if (defined $fact->{holder} || $on_invoice)
		{
			push @{ $world->{payments} }, { fact => $fact, holder => $fact->{holder}, amount => $fact->{amount}, shares => fraction($fact->{shares} // 0) };
		}
		else { part_payment($world, $fact) }
	}
}

# --------------------------------------------------------------------------
# Claims: a holder's days of a breach
# --------------------------------------------------------------------------

sub base_of
{
	my ($clock) = @_;
	my $base = $clock->{clause}{base} // $clock->{reading}{base};
	return $base ne 'affected_notes' || ($clock->{clause}{starts_on} eq 'opinion_delivered' && defined $clock->{fact}{amount}) ? $base : 'own_notes';
}

# A set of days as pieces without a gap: [from, to).
sub pieces
{
	my ($days) = @_;
	my @pieces;
	for my $day (sort { $a <=> $b } keys %$days)
	{
		if (@pieces && $pieces[-1][1] == $day) { $pieces[-1][1]++ }
		else { push @pieces, [ $day, $day + 1 ] }
	}
	return @pieces;
}

sub days_claimed
{
	my ($world, $clock, $holder) = @_;
	my $done = done_towards($world, $clock, $holder);
	my $to = defined $done ? day_after_stop($clock, $done) : $world->{as_of};
	return {} if defined $done && $to <= $clock->{broken_from};
	my %days = map { $_ => 1 } $clock->{costs_from} .. $to - 1;
	return \%days unless defined $holder;
	for my $waiver (grep { $_->{kind} eq 'waiver' && ($_->{holder} // '') eq $holder && !defined $_->{amount} } @{ $world->{facts} })
	{
		next unless defined $waiver->{from_day} || defined $waiver->{to_day};
		next if (defined $clock->{holder} && $clock->{holder} ne $holder) || !names($world, $waiver, $clock);
		delete @days{ grep { $_ >= ($waiver->{from_day} // -1e9) && $_ < ($waiver->{to_day} // 1e9) } keys %days };
	}
	return \%days;
}

sub claim
{
	my ($world, $clock, $holder) = @_;
	my $days = days_claimed($world, $clock, $holder);
	push @{ $world->{claims} }, { clock => $clock, holder => $holder, days => $days } if %$days;
}

sub claim_all
{
	my ($world) = @_;
	$world->{claims} = [];
	for my $clock (@{ $world->{clocks} })
	{
		next if $clock->{remedy} !~ /^(damages|per day|interest)$/ || $clock->{owed_by} eq 'buyers' || $clock->{waived};
		next if !defined $clock->{broken_from} || $clock->{broken_from} > $world->{as_of};
		if ($clock->{remedy} eq 'interest')
		{
			claim($world, $clock, $clock->{holder})
				if $clock->{fact} && defined $clock->{fact}{amount} && !(defined $clock->{holder} && $clock->{waivers}{ $clock->{holder} });
			next;
		}
		for my $holder (grep { ever_owed($world, $_) && !$clock->{waivers}{$_} && (!defined $clock->{holder} || $clock->{holder} eq $_) } holders($world))
		{
			claim($world, $clock, $holder);
		}
	}
}

# Where a limb of its own costs, the clause for all else does not.
sub prefer_specific
{
	my ($world) = @_;
	my @limbs = grep { $_->{clock}{clause}{starts_on} ne 'breach' } @{ $world->{claims} };
	for my $claim (grep { $_->{clock}{reading}{stacking} eq 'specific' && $_->{clock}{clause}{starts_on} eq 'breach' && defined $_->{clock}{broken} } @{ $world->{claims} })
	{
		for my $limb (grep { $_->{clock}{section} eq $claim->{clock}{broken} && (!defined $_->{holder} || $_->{holder} eq $claim->{holder}) } @limbs)
		{
			delete @{ $claim->{days} }{ keys %{ $limb->{days} } };
		}
	}
}

# Each claim's pieces, with the days from which its months and interest run and
# on which they end.
sub pieces_of_each
{
	my ($claim) = @_;
	my @pieces = pieces($claim->{days});
	return map { +{ %$claim, from => $_->[0], to => $_->[1], run_from => $claim->{clock}{costs_from}, run_to => $pieces[-1][1], begins => $_->[0] == $claim->{clock}{costs_from} } } @pieces;
}

sub ref_order
{
	my ($a, $b) = map { $_->{clock}{ref} } @_;
	my ($x, $y) = map { /^\d+$/ ? $_ : 0 } $a, $b;
	return $x <=> $y || $a cmp $b;
}

# Simultaneous breaches cost once: a day belongs to what began first, and runs
# are of all days without a gap.
sub cost_once
{
	my ($holder, @pieces) = @_;
	@pieces = sort { $a->{from} <=> $b->{from} || $a->{clock}{clause}{ord} <=> $b->{clock}{clause}{ord} || ref_order($a, $b) } @pieces;
	my %owner;
	for my $i (0 .. $#pieces)
	{
		$owner{$_} //= $i for $pieces[$i]{from} .. $pieces[$i]{to} - 1;
	}
	my @result;
	for my $run (pieces(\%owner))
	{
		my ($from, $to) = @$run;
		for (my $day = $from; $day < $to;)
		{
			my $i = $owner{$day};
			my $end = $day;
			$end++ while $end < $to && $owner{$end} == $i;
			push @result, { %{ $pieces[$i] }, from => $day, to => $end, run_from => $from, run_to => $to, begins => $pieces[$i]{begins} && $pieces[$i]{from} == $day };
			$day = $end;
		}
	}
	return @result;
}

sub find_claims
{
	my ($world) = @_;
	claim_all($world);
	prefer_specific($world);
	my (@pieces, %once);
	for my $piece (map { pieces_of_each($_) } @{ $world->{claims} })
	{
		if ($piece->{clock}{remedy} eq 'damages' && $piece->{clock}{reading}{stacking} eq 'one') { push @{ $once{ $piece->{holder} } }, $piece }
		else { push @pieces, $piece }
	}
	return (@pieces, map { cost_once($_, @{ $once{$_} }) } sort keys %once);
}

# --------------------------------------------------------------------------
# Rows: what a piece comes to while nothing changes
# --------------------------------------------------------------------------

sub settles { my ($world, $fact, $clock) = @_; return $fact->{kind} =~ /^damages_(agreed|adjudged)$/ && names($world, $fact, $clock) }

sub cuts
{
	my ($world, $piece) = @_;
	my $clock = $piece->{clock};
	my @days = map { $_->{day} } grep { settles($world, $_, $clock) } @{ $world->{facts} };
	if ($clock->{remedy} ne 'interest') { push @days, moves($world, set_of($clock->{reading})) }
	elsif ($clock->{reading}{expenses_base} eq 'unpaid') { push @days, map { $_->{day} } @{ $clock->{paid} } }
	my %days = map { $_ => 1 } grep { $_ > $piece->{from} && $_ < $piece->{to} } @days;
	return (sort { $a <=> $b } keys %days), $piece->{to};
}

sub dollars { my ($world, @of) = @_; return fraction(Holdings::principal_cents($world, @of), 100) }

# What is owed of an invoice on a day.
sub debt_on
{
	my ($clock, $day) = @_;
	my $owed = $clock->{fact}{amount};
	return $owed if $clock->{reading}{expenses_base} eq 'total';
	$owed -= $_->{amount} for grep { $_->{day} <= $day } @{ $clock->{paid} };
	return $owed;
}

# What the rate is taken of; nothing where the holder has no claim then.
sub principal_of
{
	my ($world, $row) = @_;
	my $clock = $row->{clock};
	my $set = set_of($clock->{reading});
	if ($clock->{remedy} eq 'interest') { my $debt = debt_on($clock, $row->{from}); return $debt > 0 ? $debt : undef }
	my $own = $row->{own} = dollars($world, $row->{holder}, $row->{from}, $set);
	my $total = dollars($world, '', $row->{from}, $set);
	my $base = base_of($clock);
	return undef if $own <= 0 && ($clock->{remedy} eq 'per day' || $base eq 'all_notes');
	return $own if $clock->{remedy} eq 'per day' || $base eq 'own_notes';
	return $total if $base eq 'all_notes';
	my $affected = $clock->{fact}{amount};
	$affected = $total > 0 ? $affected * $own / $total : fraction(0) unless defined $clock->{holder};
	return least($affected, $own);
}

sub interest_paid_to
{
	my ($world, $holder, $day) = @_;
	my $sum = fraction(0);
	$sum += $_->{amount} for grep { $_->{fact}{kind} eq 'interest_paid' && $_->{fact}{day} <= $day && ($holder eq '' || ($_->{holder} // '') eq $holder) } @{ $world->{payments} };
	return $sum;
}

# The interest that enters: what is unpaid at the row's end, or what of that
# accrued during the breach.
sub interest_of
{
	my ($world, $row) = @_;
	my ($clock, $reading) = ($row->{clock}, $row->{clock}{reading});
	my $base = base_of($clock);
	my ($holder, $set, $count) = ($base eq 'all_notes' ? '' : $row->{holder}, set_of($reading), $reading->{day_count});
	my $unpaid = interest_accrued($world, $holder, $set, undef, $row->{to}, $count) - interest_paid_to($world, $holder, $row->{to});
	my $interest = $reading->{interest} eq 'all_unpaid' ? $unpaid :
		least(interest_accrued($world, $holder, $set, $row->{run_from}, $row->{to}, $count), $unpaid);
	$interest = most($interest, fraction(0));
	return $base eq 'affected_notes' && $row->{own} > 0 ? $interest * $row->{principal} / $row->{own} : $interest;
}

# What accrues from one of a row's days up to another; the interest that is added
# with the last day, what the first day costs besides with the first.
sub exact_of
{
	my ($row, $from, $to) = @_;
	my ($clock, $clause, $reading) = ($row->{clock}, $row->{clock}{clause}, $row->{clock}{reading});
	return $clause->{rate} * ($to - $from) if $clock->{remedy} eq 'per day';
	return $row->{principal} * $clause->{rate} * years_between($from, $to, $reading->{day_count}) if $clock->{remedy} eq 'interest';
	my $base = $row->{principal};
	$base += $row->{interest} if $reading->{formula} =~ /and_interest/;
	my $months = months_between($row->{run_from}, $to, $reading->{months}) - months_between($row->{run_from}, $from, $reading->{months});
	my $exact = $clause->{rate} * $base * $months;
	$exact += $row->{interest} if $row->{ends} && $to == $row->{to} && $reading->{formula} =~ /plus_interest/;
	$exact += $clause->{first_day_rate} * $base if $row->{begins} && $from == $row->{from} && defined $clause->{first_day_rate};
	return $exact;
}

sub cut_piece
{
	my ($world, $piece) = @_;
	my ($clock, $from) = ($piece->{clock}, $piece->{from});
	my @rows;
	for my $to (cuts($world, $piece))
	{
		my $row = { %$piece, from => $from, to => $to, ends => $to == $piece->{run_to}, begins => $piece->{begins} && $from == $piece->{from},
			interest => fraction(0), released => fraction(0), paid => fraction(0), paid_shares => fraction(0), status => 'asserted' };
		$from = $to;
		$row->{principal} = principal_of($world, $row);
		next unless defined $row->{principal};
		my $formula = $clock->{reading}{formula};
		$row->{interest} = interest_of($world, $row)
			if $clock->{remedy} eq 'damages' && ($formula =~ /and_interest/ || ($formula =~ /plus_interest/ && $row->{ends}));
		$row->{exact} = exact_of($row, @$row{qw(from to)});
		push @rows, $row if $row->{exact} > 0;
	}
	return @rows;
}

# --------------------------------------------------------------------------
# Cents
# --------------------------------------------------------------------------

# The most that a breach costs; undefined: no limit.
sub limit_of
{
	my ($world, $clock) = @_;
	my $cap = $clock->{clause}{cap};
	return $cap if !defined $cap || $clock->{remedy} eq 'per day';
	return $cap * $clock->{fact}{amount} if $clock->{remedy} eq 'interest';
	my $principal = dollars($world, base_of($clock) eq 'all_notes' ? '' : $clock->{holder} // '', $clock->{costs_from}, set_of($clock->{reading}));
	$principal = least($principal, $clock->{fact}{amount}) if base_of($clock) eq 'affected_notes';
	return $cap * $principal;
}

sub limited
{
	my ($left, $exact) = @_;
	my $amount = to_cents($exact);
	return $amount unless defined $$left;
	$amount = floor_of($$left * 100) / 100 if $amount > $$left;
	$$left -= $amount;
	return $amount;
}

# The rows of a breach with the same days are parts of one whole; on all notes
# each holder has the whole.
sub round_group
{
	my ($clock, $left, @rows) = @_;
	if ($clock->{remedy} eq 'damages' && base_of($clock) eq 'all_notes')
	{
		$_->{amount} = limited(\($left->{ $_->{holder} }), $_->{exact}) for @rows;
		return;
	}
	my $per_day = $clock->{remedy} eq 'per day';
	my $whole = fraction(0);
	$whole = $per_day ? $_->{exact} : $whole + $_->{exact} for @rows;
	my @amounts = parts(limited(\($left->{''}), $whole), 2, map { $per_day ? $_->{principal} : $_->{exact} } @rows);
	$rows[$_]{amount} = $amounts[$_] for 0 .. $#rows;
}

sub round_amounts
{
	my ($world, @rows) = @_;
	my (%of, @result);
	push @{ $of{ $_->{clock} } }, $_ for @rows;
	for my $clock (grep { $of{$_} } @{ $world->{clocks} })
	{
		my $cap = limit_of($world, $clock);
		my $left = { map { $_ => $cap } '', holders($world) };
		my %groups;
		push @{ $groups{ sprintf '%06d %06d %06d', @$_{qw(from to run_from)} } }, $_ for @{ $of{$clock} };
		for my $key (sort keys %groups)
		{
			my @group = sort { ($a->{holder} // '') cmp ($b->{holder} // '') } @{ $groups{$key} };
			round_group($clock, $left, @group);
			push @result, grep { $_->{amount} > 0 } @group;
		}
	}
	return @result;
}

# --------------------------------------------------------------------------
# Settlements, releases, payments
# --------------------------------------------------------------------------

sub settle
{
	my ($world, @rows) = @_;
	for my $fact (grep { $_->{kind} =~ /^damages_(agreed|adjudged)$/ } @{ $world->{facts} })
	{
		my @settled = grep { $_->{to} <= $fact->{day} && (!defined $fact->{holder} || $fact->{holder} eq ($_->{holder} // '')) && settles($world, $fact, $_->{clock}) } @rows;
		$_->{status} = $fact->{kind} eq 'damages_agreed' ? 'agreed' : 'adjudged' for @settled;
		next unless @settled && defined $fact->{amount};
		my @amounts = parts(to_cents($fact->{amount}), 2, map { $_->{amount} } @settled);
		$settled[$_]{amount} = $amounts[$_] for 0 .. $#settled;
	}
}

sub balance { my ($row) = @_; return $row->{amount} - $row->{paid} - $row->{released} }

# Oldest first; of a payment what is too much stands against the last.
sub credit
{
	my ($amount, $shares, $what, @rows) = @_;
	my @given;
	for my $row (@rows)
	{
		my $part = most(least($amount, balance($row)), fraction(0));
		$amount -= $part;
		$part += $amount if $what eq 'paid' && $row == $rows[-1];
		push @given, $part;
		$row->{$what} += $part;
	}
	return unless @rows && $shares && $shares > 0;
	my @shares = parts($shares, 0, @given);
	$rows[$_]{paid_shares} += $shares[$_] for 0 .. $#rows;
}

sub release
{
	my ($world, $waiver, @rows) = @_;
	my $days = defined $waiver->{from_day} || defined $waiver->{to_day};
	credit($waiver->{amount}, undef, 'released', grep {
		($_->{holder} // '') eq $waiver->{holder} && names($world, $waiver, $_->{clock}) && ($days ?
				($waiver->{from_day} // -1e9) < $_->{to} && $_->{from} < ($waiver->{to_day} // 1e9) :
				defined $waiver->{ref} || $_->{clock}{started_on} <= $waiver->{day})
	} @rows);
}

sub released_and_paid
{
	my ($world, @rows) = @_;
	my @order = sort { $rows[$a]{from} <=> $rows[$b]{from} || $rows[$a]{clock}{clause}{ord} <=> $rows[$b]{clock}{clause}{ord} || $a <=> $b } 0 .. $#rows;
	my @oldest = @rows[@order];
	release($world, $_, @oldest) for grep { $_->{kind} eq 'waiver' && defined $_->{amount} && defined $_->{holder} } @{ $world->{facts} };
	my @later;
	for my $payment (grep { $_->{fact}{kind} eq 'damages_paid' } @{ $world->{payments} })
	{
		my @own = grep { ($_->{holder} // '') eq ($payment->{holder} // '') } @oldest;
		my @named = grep { names($world, $payment->{fact}, $_->{clock}) } @own;
		if (defined $payment->{fact}{ref} && @named) { credit(@$payment{qw(amount shares)}, 'paid', @named) }
		else { push @later, [ $payment, defined $payment->{fact}{ref} ? @own : @named ] }
	}
	credit(@{ shift @$_ }{qw(amount shares)}, 'paid', @$_) for @later;
}

# --------------------------------------------------------------------------
# Elections and shares
# --------------------------------------------------------------------------

# By whom the clause gives the choice, the last one; one of that clock first.
sub elected
{
	my ($world, $row) = @_;
	my $clock = $row->{clock};
	my $elector = $clock->{clause}{elector} or return undef;
	my @elections = grep {
		my $days = defined $_->{from_day} || defined $_->{to_day};
		$_->{kind} eq 'election' && (defined $_->{holder}) == ($elector eq 'holder') && (!defined $_->{holder} || $_->{holder} eq ($row->{holder} // ''))
			&& names($world, $_, $clock) && (defined $_->{ref} || $days || $clock->{started_on} <= $_->{day})
			&& (!$days || (($_->{from_day} // -1e9) <= $row->{from} && $row->{from} < ($_->{to_day} // 1e9)))
	} @{ $world->{facts} };
	my @tied = grep { defined $_->{ref} } @elections;
	my $last = @tied ? $tied[-1] : $elections[-1];
	return $last && $last->{choice};
}

# The balance in whole shares at the one price of the holder's notes.
sub shares_for
{
	my ($world, $row) = @_;
	return undef unless $row->{clock}{clause}{elector} && defined $row->{holder};
	my @notes = notes_of($world, $row->{holder}, $world->{as_of});
	my @outstanding = grep { $_->{principal} > 0 } @notes;
	my %prices = map { $_->{price} => 1 } @outstanding ? @outstanding : @notes;
	my ($price, @others) = keys %prices;
	return undef if !defined $price || @others;
	return money(floor_of(most(balance($row), fraction(0)) * Holdings::PRICE_UNIT / $price), 0);
}

# A row's amount over the months that it covers, as it accrued.
sub months_of
{
	my ($row) = @_;
	my @days = ($row->{from});
	push @days, month_end($days[-1]) + 1 while month_end($days[-1]) + 1 < $row->{to};
	my @ends = (@days[ 1 .. $#days ], $row->{to});
	my @amounts = parts($row->{amount}, 2, map { most(exact_of($row, $days[$_], $ends[$_]), fraction(0)) } 0 .. $#days);
	return map { +{ row => $row, month => month_start($days[$_]), amount => $amounts[$_] } } 0 .. $#days;
}

sub find_damages
{
	my ($world) = @_;
	find_payments($world);
	my @rows = round_amounts($world, map { cut_piece($world, $_) } find_claims($world));
	settle($world, @rows);
	released_and_paid($world, @rows);
	return @rows;
}

1;
