# From dated facts to duties and breaches, for the model of an agreement.
#
# A clock starts by a fact, a month end or a shortfall, runs by the clause and
# the reading in force on that day, and is done by what its clause says.  An
# undefined day has not come.

package Clocks;

use strict;
use warnings;

use Exporter 'import';
use Days;
use Fraction;
use Holdings;
use List::Util qw(min max);

our @EXPORT = qw(find_clocks names tied_to section_names done_towards day_after_stop earlier is_breach);

# The earlier of two days, either of which may not have come.
sub earlier { my @days = grep { defined } @_; return @days ? min(@days) : undef }

# --------------------------------------------------------------------------
# Terms
# --------------------------------------------------------------------------

# In force on a day: the deal's own first, then the later day, then the later recorded.
sub in_force
{
	my ($day, @versions) = @_;
	my ($first) = sort { defined $b->{deal} <=> defined $a->{deal} || ($b->{from_day} // -1e9) <=> ($a->{from_day} // -1e9) || $b->{id} <=> $a->{id} }
		grep { !defined $_->{from_day} || $_->{from_day} <= $day } @versions;
	return $first;
}

sub reading_on { my ($world, $day) = @_; return $world->{terms}{reading}{$day} //= in_force($day, @{ $world->{readings} }) }

sub clause_on
{
	my ($world, $duty, $day) = @_;
	my $of = $world->{terms}{of_duty}{$duty} //= [ grep { $_->{duty} eq $duty } @{ $world->{clauses} } ];
	return $world->{terms}{clause}{$duty}{$day} //= in_force($day, @$of);
}

sub duties
{
	my ($world) = @_;
	my %ord = map { $_->{duty} => $_->{ord} } @{ $world->{clauses} };
	return @{ $world->{terms}{duties} //= [ sort { $ord{$a} <=> $ord{$b} || $a cmp $b } keys %ord ] };
}

sub article { my ($section) = @_; return $section =~ s/[( ].*//r }

# Who answers for the breach of a section: its own clause of breaches, else that
# of its article; and the buyers' clause, where they alone owe what is broken.
sub answering
{
	my ($world, $section, $day) = @_;
	my @clauses = grep { $_ } map { clause_on($world, $_, $day) } duties($world);
	my @same = grep { $_->{section} eq $section } @clauses;
	my ($buyers) = (grep { $_->{owed_by} eq 'company' } @same) ? () : @same;
	my ($own) = grep { $_->{starts_on} eq 'breach' } @same;
	my ($of_article) = grep { $_->{starts_on} eq 'breach' && $_->{owed_by} eq 'company' && article($_->{section}) eq article($section) } @clauses;
	return ($own // $of_article, $buyers);
}

# --------------------------------------------------------------------------
# Starts
# --------------------------------------------------------------------------

sub start
{
	my ($world, $clause, $day, %more) = @_;
	my $reading = reading_on($world, $day) or return;
	my $clock = {
		clause => $clause, reading => $reading, section => $clause->{section}, duty => $clause->{duty}, remedy => $clause->{remedy},
		owed_by => $clause->{owed_by}, started_on => $day, counted_from => $day, served => {}, paid => [], %more };
	$clock->{concerned} = { map { $_ => 1 } grep { defined $clock->{holder} ? $_ eq $clock->{holder} : holds_something($world, $_, $day) } holders($world) };
	push @{ $world->{clocks} }, $clock;
	return $clock;
}

sub start_by_facts
{
	my ($world, $duty) = @_;
	my ($closing) = grep { $_->{kind} eq 'closing' } @{ $world->{facts} };
	my ($hereof) = ((grep { $_->{kind} eq 'signing' } @{ $world->{facts} }), $closing);
	for my $fact (@{ $world->{facts} })
	{
		my $clause = clause_on($world, $duty, $fact->{day}) or next;
		next unless $clause->{starts_on} eq 'signing' ? $fact == ($hereof // 0) : $clause->{starts_on} eq $fact->{kind};
		next if $clause->{ends_on} eq 'lock_up' && $fact != $closing;
		next if $clause->{subjects} && !grep { index($fact->{subject} // '', $_) == 0 } @{ $clause->{subjects} };
		my %more = (ref => $fact->{id}, fact => $fact, holder => $fact->{holder});
		if ($fact->{kind} eq 'breach')
		{
			my ($answers, $buyers) = answering($world, $fact->{section}, $fact->{day});
			next unless $answers && $answers == $clause;
			$more{broken} = $fact->{section};
			@more{qw(section owed_by remedy)} = ($buyers->{section}, 'buyers', 'none') if $buyers;
		}
		start($world, $clause, $fact->{day}, %more);
	}
}

# From the closing on, while somebody holds something.
sub start_by_month_ends
{
	my ($world, $duty) = @_;
	my ($closing) = grep { $_->{kind} eq 'closing' } @{ $world->{facts} } or return;
	for (my $day = month_end($closing->{day}); $day <= $world->{as_of}; $day = month_end($day + 1))
	{
		my $clause = clause_on($world, $duty, $day);
		start($world, $clause, $day, ref => date_of($day))
			if $clause && $clause->{starts_on} eq 'month_end' && holds_something($world, '', $day);
	}
}

# The thirty days of a spell; where they go on after a recovery by price alone,
# from the spell before it.
sub find_spells
{
	my ($world) = @_;
	my @spells = spells($world, sub { (reading_on($world, $_[0]) // return 0)->{board_curable} eq 'excluded' });
	my $before;
	for my $spell (@spells)
	{
		my $reading = $spell->{reading} = reading_on($world, $spell->{from});
		$spell->{counted_from} = $spell->{from};
		my $approved = $before && $reading->{approval} ne 'reserve_restored'
			&& grep { $_->{kind} eq 'shareholder_approval' && $_->{day} >= $before->{from} && $_->{day} <= $spell->{from} } @{ $world->{facts} };
		$spell->{counted_from} = $before->{counted_from}
			if $before && $reading->{recovery} eq 'continues' && !$before->{cured} && !$approved;
		$before = $spell;
	}
	return @spells;
}

sub start_by_spells
{
	my ($world, $duty) = @_;
	for my $spell (find_spells($world))
	{
		my $clause = clause_on($world, $duty, $spell->{from});
		next unless $clause && $clause->{starts_on} eq 'shortfall';
		next if $spell->{reading}{board_curable} eq 'from_shortfall' && !defined $spell->{vote};
		start($world, $clause, $spell->{from}, ref => 'shortfall ' . date_of($spell->{from}), spell => $spell, counted_from => $spell->{counted_from});
	}
}

# The meeting, from the day on which the board alone could not cure a shortfall.
sub start_by_votes
{
	my ($world, $duty) = @_;
	for my $spell (grep { defined $_->{vote} } spells($world, sub { 0 }))
	{
		my $clause = clause_on($world, $duty, $spell->{vote});
		start($world, $clause, $spell->{vote}, ref => 'shortfall ' . date_of($spell->{from}), spell => $spell) if $clause && $clause->{starts_on} eq 'vote_needed';
	}
}

# A shortfall as a breach of 4(h) itself.
sub start_at_once
{
	my ($world) = @_;
	for my $spell (spells($world, sub { 0 }))
	{
		my $reading = reading_on($world, $spell->{from});
		my ($limb) = grep { $_ && $_->{starts_on} eq 'shortfall' } map { clause_on($world, $_, $spell->{from}) } duties($world);
		next unless $limb && $reading && $reading->{shortfall} eq 'at_once';
		my ($answers) = answering($world, $limb->{section}, $spell->{from});
		start($world, $answers, $spell->{from}, ref => 'shortfall ' . date_of($spell->{from}), spell => $spell, broken => $limb->{section}, derived => 1)
			if $answers;
	}
}

# --------------------------------------------------------------------------
# What names a clock
# --------------------------------------------------------------------------

sub tied_to
{
	my ($fact, $clock) = @_;
	my $ref = $fact->{ref};
	return 0 unless defined $ref;
	if ($ref =~ /^shortfall (.*)/)
	{
		my $spell = $clock->{spell} or return 0;
		my $day = day_of($1);
		return $spell->{from} <= $day && (!defined $spell->{to} || $day < $spell->{to});
	}
	return $ref eq $clock->{ref};
}

# The clause's section, or the one that was broken; without a ref a section with
# clauses of its own means these.  What has no due day is none, nor is a
# restriction of capital raising: what breaks it is a breach for which 4(o) answers.
sub section_names
{
	my ($world, $fact, $clock) = @_;
	my $section = $fact->{section};
	return 1 if !defined $section || $section eq $clock->{section};
	return 0 unless defined $clock->{broken} && $section eq $clock->{broken};
	return defined $fact->{ref} || !grep { $_->{section} eq $section && $_->{ends_on} ne 'lock_up' && defined $_->{period} } @{ $world->{clauses} };
}

sub names
{
	my ($world, $fact, $clock) = @_;
	return (!defined $fact->{ref} || tied_to($fact, $clock)) && section_names($world, $fact, $clock);
}

# --------------------------------------------------------------------------
# Stops
# --------------------------------------------------------------------------

sub same_holder { my ($a, $b) = @_; return defined $a ? defined $b && $a eq $b : !defined $b }
sub concerns { my ($clock, $holder) = @_; return !defined $clock->{holder} || !defined $holder || $clock->{holder} eq $holder }
sub is_debt { my ($clock) = @_; return $clock->{remedy} eq 'interest' && !$clock->{derived} && $clock->{fact} && defined $clock->{fact}{amount} }

sub stop
{
	my ($clock, $fact) = @_;
	my $day = !defined $fact->{holder} || same_holder($fact->{holder}, $clock->{holder}) ? \$clock->{stopped} : \$clock->{served}{ $fact->{holder} };
	$$day = earlier($$day, $fact->{day});
}

sub all_served
{
	my ($clock) = @_;
	my @concerned = keys %{ $clock->{concerned} };
	return @concerned && !grep { !defined $clock->{served}{$_} } @concerned;
}

sub is_open
{
	my ($clock, $fact) = @_;
	return 0 if defined $clock->{stopped};
	return 0 if $clock->{started_on} > $fact->{day} && $clock->{clause}{starts_on} ne 'filing_due';
	return !all_served($clock) if !defined $fact->{holder} || same_holder($fact->{holder}, $clock->{holder});
	return !defined $clock->{served}{ $fact->{holder} } && (!$clock->{clause}{to_each_holder} || $clock->{concerned}{ $fact->{holder} });
}

# How well a stop without a ref suits a clock, best first; nothing: not at all.
sub suits
{
	my ($clock, $fact) = @_;
	return unless concerns($clock, $fact->{holder});
	my ($waits_for, $has) = ($clock->{fact} && $clock->{fact}{subject}, $fact->{subject});
	my $other_subject = defined $waits_for || defined $has;
	if (defined $waits_for && defined $has)
	{
		return if $waits_for ne $has;
		$other_subject = 0;
	}
	return if $other_subject && $fact->{kind} eq 'filed';
	my $other_section = 0;
	if ($clock->{clause}{starts_on} eq 'breach' && defined $fact->{section} && $fact->{section} ne ($clock->{broken} // ''))
	{
		return if $fact->{section} ne $clock->{section};
		$other_section = 1;
	}
	return [ $other_subject ? 1 : 0, $other_section, same_holder($fact->{holder}, $clock->{holder}) ? 0 : 1, $clock->{started_on}, $clock->{ref} =~ /^\d+$/ ? $clock->{ref} : 0 ];
}

sub in_order { my ($a, $b) = @_; for (0 .. $#$a) { return $a->[$_] <=> $b->[$_] if $a->[$_] != $b->[$_] } return 0 }

sub stop_next
{
	my ($fact, @clocks) = @_;
	my @suit = grep { $_->[0] && is_open($_->[1], $fact) } map { [ suits($_, $fact), $_ ] } @clocks;
	my ($best) = sort { in_order($a->[0], $b->[0]) } grep { @$_ == 2 } @suit;
	return unless $best;
	stop($_, $fact) for grep { $_->{ref} eq $best->[1]{ref} } @clocks;
}

# Expenses: so much, to what is next in line, or one of them in full.
sub pay_debts
{
	my ($fact, @debts) = @_;
	my $left = $fact->{amount};
	while (1)
	{
		my ($debt) = sort { same_holder($fact->{holder}, $b->{holder}) <=> same_holder($fact->{holder}, $a->{holder}) || $a->{started_on} <=> $b->{started_on} || $a->{ref} <=> $b->{ref} }
			grep { !defined $_->{stopped} && concerns($_, $fact->{holder}) && (defined $fact->{ref} ? tied_to($fact, $_) : $_->{started_on} <= $fact->{day}) } @debts;
		return unless $debt;
		my $owed = $debt->{fact}{amount};
		$owed -= $_->{amount} for @{ $debt->{paid} };
		my $part = defined $left ? least($left, $owed) : $owed;
		push @{ $debt->{paid} }, { day => $fact->{day}, amount => $part };
		$debt->{stopped} = $fact->{day} if $part == $owed;
		return if !defined $left || $part < $owed || ($left -= $part) == 0;
	}
}

sub stop_shortfall
{
	my ($world, $clock) = @_;
	my $to = $clock->{stopped} = $clock->{spell}{to};
	return if $clock->{derived} || ($clock->{clause}{starts_on} eq 'shortfall' && $clock->{reading}{approval} eq 'reserve_restored');
	for my $fact (grep { $_->{kind} eq $clock->{clause}{ends_on} } @{ $world->{facts} })
	{
		stop($clock, $fact)
			if defined $fact->{ref} ? tied_to($fact, $clock) : $fact->{day} >= $clock->{started_on} && (!defined $to || $fact->{day} < $to);
	}
}

# What is broken from its start on and is no breach lasts until it ends, however
# often it was said to have begun.
sub is_state { my ($clock) = @_; my $clause = $clock->{clause}; return !defined $clause->{unit} && $clause->{starts_on} ne 'breach' && $clock->{remedy} ne 'none' }

sub stop_clocks
{
	my ($world) = @_;
	my @clocks = grep { !$_->{spell} && !$_->{derived} } @{ $world->{clocks} };
	stop_shortfall($world, $_) for grep { $_->{spell} } @{ $world->{clocks} };
	my %duties;
	push @{ $duties{ $_->{clause}{ends_on} } }, $_ for grep { !is_debt($_) } @clocks;
	my %debts;
	push @{ $debts{ $_->{clause}{ends_on} } }, $_ for grep { is_debt($_) } @clocks;
	for my $fact (grep { defined $_->{ref} } @{ $world->{facts} })
	{
		stop($_, $fact) for grep { tied_to($fact, $_) && concerns($_, $fact->{holder}) } @{ $duties{ $fact->{kind} } // [] };
	}
	for my $fact (@{ $world->{facts} })
	{
		my @ended = @{ $duties{ $fact->{kind} } // [] };
		stop_next($fact, grep { !is_state($_) } @ended) unless defined $fact->{ref};
		stop($_, $fact) for grep { is_state($_) && !defined $fact->{ref} && $_->{started_on} <= $fact->{day} && concerns($_, $fact->{holder}) } @ended;
		pay_debts($fact, @{ $debts{ $fact->{kind} } // [] });
	}
}

# When it was done towards a holder.  Who held nothing at its start has what
# those have from whom the notes came; without notes from anybody, no claim.
sub through_others
{
	my ($world, $clock, $holder, $before) = @_;
	my $served = $clock->{started_on};
	for my $note (@{ $world->{notes} }, @{ $world->{warrants} })
	{
		my $had;
		for my $said (grep { defined $_->{holder} } @{ $note->{said} })
		{
			my ($from, $day) = ($had, $said->{day});
			last if $day > $world->{as_of};
			$had = $said->{holder};
			next if !defined $from || $from eq $had || $had ne $holder || $day <= $clock->{started_on} || (defined $before && $day >= $before);
			my $his = $clock->{concerned}{$from} ? $clock->{served}{$from} : through_others($world, $clock, $from, $day);
			return undef unless defined $his;
			$served = max($served, $his);
		}
	}
	return $served;
}

sub done_towards
{
	my ($world, $clock, $holder) = @_;
	return $clock->{done_on} unless defined $holder;
	my $own = $clock->{served}{$holder};
	$own = through_others($world, $clock, $holder)
		if !defined $own && $clock->{clause}{to_each_holder} && !defined $clock->{holder} && !$clock->{concerned}{$holder};
	return earlier($own, $clock->{done_on});
}

sub day_after_stop { my ($clock, $day) = @_; return $day + ($clock->{reading}{cure_day} eq 'included' ? 1 : 0) }

# --------------------------------------------------------------------------
# Judging
# --------------------------------------------------------------------------

sub due_on
{
	my ($clock, $from) = @_;
	my $clause = $clock->{clause};
	$from //= $clock->{counted_from};
	my $calendar = $clause->{calendar} // $clock->{reading}{calendar};
	my ($n, $unit) = @$clause{qw(period unit)};
	if ($unit eq 'promptly')
	{
		$n = $clock->{reading}{promptly} // return undef;
		$unit = 'business days';
	}
	my $due = $unit eq 'business days' ? business_day_after($calendar, $from, $n) : $unit eq 'days' ? $from + $n : months_after($from, $unit eq 'years' ? 12 * $n : $n);
	my $rolls = defined $clause->{roll} ? $clause->{roll} eq 'following' : $unit eq 'days' && $clock->{reading}{sunday} eq 'moves';
	return $rolls && !business_day($calendar, $due) ? business_day_after($calendar, $due, 1) : $due;
}

# 4(n): until the last note is gone, and for its period at least.
sub judge_restriction
{
	my ($world, $clock) = @_;
	$clock->{due_on} = due_on($clock);
	return if (holding($world, '', $world->{as_of}) // {})->{principal};
	my @gone = map { $_->{day} } @{ $world->{lines}{counted} };
	pop @gone while @gone > 1 && !((holding($world, '', $gone[-2]) // {})->{principal});
	$clock->{due_on} = max($clock->{due_on}, $gone[-1] // 0);
	$clock->{done_on} = $clock->{due_on} if $clock->{due_on} <= $world->{as_of};
}

# The days on which sales could not be made, and whether that lasts.
sub unsaleable
{
	my ($world) = @_;
	my (@spans, %days);
	for my $fact (@{ $world->{facts} })
	{
		push @spans, { from => $fact->{day} } if $fact->{kind} eq 'sales_suspended';
		next unless $fact->{kind} eq 'sales_resumed';
		my ($first) = grep { !defined $_->{to} } @spans;
		$first->{to} = $fact->{day} if $first;
	}
	$days{$_} = 1 for map { $_->{from} .. ($_->{to} // $world->{as_of} + 1) - 1 } @spans;
	return (\%days, scalar grep { !defined $_->{to} } @spans);
}

# 4(e): until the end of the Lock-up Period, or its time after that.  The period
# is open while no registration statement is effective - 270 days are the least -
# or sales cannot be made; such days in it make it longer.
sub judge_lock_up
{
	my ($world, $clock) = @_;
	my ($effective) = map { $_->{day} } grep { $_->{kind} eq 'registration_effective' } @{ $world->{facts} };
	my ($last, $open) = ($clock->{started_on} + 270, 1);
	if (defined $effective)
	{
		(my $days, $open) = unsaleable($world);
		my $both = $clock->{reading}{lock_up_extends} eq 'both';
		my $basis = $both ? max($last, $effective + 180) : $effective + 180;
		my ($end, $more) = ($basis, 0);
		while ((my $count = grep { $_ >= $effective && $_ <= $end } keys %$days) > $more) { $end = $basis + ($more = $count) }
		$open &&= grep { $_ > $world->{as_of} } $end;
		$last = max($last, $end);
	}
	$clock->{due_on} = defined $clock->{clause}{period} ? due_on($clock, $last) : $last;
	$clock->{done_on} = $clock->{due_on} if !$open && $clock->{due_on} <= $world->{as_of};
}

sub first_day_that_costs
{
	my ($clock) = @_;
	my $reading = $clock->{reading};
	my $starts_on = $clock->{clause}{starts_on};
	return $clock->{broken_from} unless defined $clock->{due_on};
	return $reading->{board_curable} eq 'from_shortfall' ? max($clock->{started_on}, $clock->{spell}{vote}) : $clock->{started_on}
		if $starts_on eq 'shortfall' && $reading->{accrual} eq 'from_start';
	return $clock->{started_on} if $starts_on eq 'month_end' && $reading->{list_accrual} eq 'from_month_end';
	return { from_invoice => $clock->{started_on}, from_due_date => $clock->{due_on}, after_due_date => $clock->{broken_from} }->{ $reading->{expenses} }
		if $clock->{clause}{remedy} eq 'interest';
	return $clock->{broken_from};
}

# So long as a Buyer owns any of the Securities (4(c), 4(g), 4(i)); so long as
# anybody does (4(j)).
sub end_with_securities
{
	my ($world, $clock) = @_;
	my $section = $clock->{broken} // $clock->{section};
	my $started = $clock->{started_on};
	if ($section =~ /^4\([cgi]\)$/)
	{
		my $any = %{ $clock->{concerned} };
		for my $fact (grep { $_->{kind} eq 'securities_disposed' && defined $_->{holder} } @{ $world->{facts} })
		{
			my $holder = $fact->{holder};
			delete $clock->{concerned}{$holder} if $fact->{day} <= $started;
			$clock->{served}{$holder} = earlier($clock->{served}{$holder}, max($fact->{day}, $started));
		}
		$clock->{stopped} = $started if $any && !%{ $clock->{concerned} };
	}
	elsif ($section eq '4(j)')
	{
		my @days = map { $_->{day} } @{ $world->{lines}{counted} };
		my @held = grep { holds_something($world, '', $_) } @days;
		my ($gone) = @held ? grep { $_ > $held[-1] } @days : ();
		$clock->{stopped} = earlier($clock->{stopped}, max($gone, $started)) if defined $gone;
	}
}

sub closing_from
{
	my ($world, $day) = @_;
	my ($closing) = grep { $_->{kind} eq 'closing' } @{ $world->{facts} };
	return $closing ? max($closing->{day}, $day) : undef;
}

sub judge
{
	my ($world, $clock) = @_;
	return judge_restriction($world, $clock) if $clock->{clause}{ends_on} eq 'last_note';
	return judge_lock_up($world, $clock) if $clock->{clause}{ends_on} eq 'lock_up';
	end_with_securities($world, $clock);
	my @served = map { $clock->{served}{$_} } keys %{ $clock->{concerned} };
	$clock->{done_on} = earlier($clock->{stopped}, all_served($clock) ? max(@served) : undef);
	$clock->{broken_from} = $clock->{started_on};
	if (defined $clock->{clause}{unit} && !$clock->{derived})
	{
		$clock->{due_on} = $clock->{clause}{unit} eq 'closing' ? closing_from($world, $clock->{counted_from}) : due_on($clock);
		return delete $clock->{broken_from} unless defined $clock->{due_on};
		$clock->{broken_from} = max($clock->{due_on} + 1, $clock->{started_on});
	}
	$clock->{broken_from} = max($clock->{broken_from}, $clock->{spell}{vote})
		if $clock->{clause}{starts_on} eq 'shortfall' && $clock->{reading}{board_curable} eq 'from_shortfall';
	$clock->{costs_from} = first_day_that_costs($clock);
}

# Expenses paid late may be a breach of their own, beside the interest.
sub break_by_expenses
{
	my ($world, $debt) = @_;
	my $from = $debt->{broken_from};
	return unless $debt->{clause}{remedy} eq 'interest' && !$debt->{derived} && $debt->{reading}{expenses_breach} eq 'also_damages';
	return if $from > $world->{as_of} || (defined $debt->{done_on} && $debt->{done_on} < $from);
	my ($answers) = answering($world, $debt->{section}, $from);
	return unless $answers;
	my $clock = start($world, $answers, $from, ref => $debt->{ref}, fact => $debt->{fact}, holder => $debt->{holder}, broken => $debt->{section}, derived => 1) or return;
	@$clock{qw(stopped done_on broken_from costs_from)} = (@$debt{qw(done_on done_on)}, $from, $from);
}

# --------------------------------------------------------------------------
# Waivers
# --------------------------------------------------------------------------

sub waive
{
	my ($world, $waiver, $clock) = @_;
	return if defined $waiver->{amount} || !defined $waiver->{holder} || (defined $clock->{holder} && $clock->{holder} ne $waiver->{holder}) || !names($world, $waiver, $clock);
	my $all;
	if (defined $waiver->{from_day} || defined $waiver->{to_day})
	{
		$all = ($waiver->{from_day} // -1e9) <= $clock->{started_on} && $clock->{started_on} < ($waiver->{to_day} // 1e9);
	}
	else
	{
		my $done = earlier($clock->{done_on}, $clock->{served}{ $waiver->{holder} });
		$all = defined $waiver->{ref} || ($clock->{started_on} <= $waiver->{day} && (!defined $done || $done >= $waiver->{day}));
	}
	$clock->{waivers}{ $waiver->{holder} } = 1 if $all;
}

sub judge_waived
{
	my ($world, $clock) = @_;
	return unless $clock->{waivers};
	my $to = max($clock->{done_on} // $world->{as_of} + 1, $clock->{started_on} + 1);
	$clock->{waived} = defined $clock->{holder} ? $clock->{waivers}{ $clock->{holder} } :
		!grep { !$clock->{waivers}{$_} && held_between($world, $_, $clock->{started_on}, $to) } holders($world);
}

sub is_breach
{
	my ($world, $clock) = @_;
	return $clock->{remedy} ne 'none' && !$clock->{waived} && defined $clock->{broken_from} && $clock->{broken_from} <= $world->{as_of}
		&& (!defined $clock->{done_on} || day_after_stop($clock, $clock->{done_on}) > $clock->{broken_from});
}

sub find_clocks
{
	my ($world) = @_;
	$world->{clocks} = [];
	$world->{terms} = {};
	for my $duty (duties($world))
	{
		start_by_facts($world, $duty);
		start_by_month_ends($world, $duty);
		start_by_spells($world, $duty);
		start_by_votes($world, $duty);
	}
	start_at_once($world);
	stop_clocks($world);
	my @clocks = @{ $world->{clocks} };
	judge($world, $_) for @clocks;
	break_by_expenses($world, $_) for @clocks;
	for my $waiver (grep { $_->{kind} eq 'waiver' } @{ $world->{facts} })
	{
		waive($world, $waiver, $_) for @{ $world->{clocks} };
	}
	judge_waived($world, $_) for @{ $world->{clocks} };
}

1;
