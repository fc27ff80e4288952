# In which order the facts of a deal are learnt does not matter: random worlds,
# whose facts are dated over two years, are recorded once in the order of their
# days and once in a random order that the past allows, by backdated writes and
# corrections.  History, holdings and notes are the same on every day, in both
# and in a model outside the database; and what was known before a fact was
# recorded is still to be had.
#
# COVENANT_WORLDS is the number of worlds, COVENANT_SEED repeats a run.

use strict;
use warnings;

use List::Util qw(shuffle);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $worlds = $ENV{COVENANT_WORLDS} // 200;
my $seed = $ENV{COVENANT_SEED} // time ^ $$;
srand($seed);
diag("COVENANT_SEED=$seed");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nsynchronous_commit = off");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION covenant');

my $days = 730;
my @orders = qw(by_day at_random);
for my $order (@orders)
{
	$node->safe_psql('postgres', qq{
CREATE SCHEMA $order;
SET search_path = $order;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (note text PRIMARY KEY, deal int NOT NULL, buyer text NOT NULL, balance numeric NOT NULL, price numeric NOT NULL, rate numeric NOT NULL);
CREATE TABLE warrants (warrant text PRIMARY KEY, deal int NOT NULL, buyer text NOT NULL, unexercised bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', authorized => 'authorized', outstanding => 'outstanding', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'unexercised', 'buyer')});
}

# ---------------------------------------------------------------------------
# A world: facts, each of a day of its own, in the shares of that day.  Prices
# are whole ten-thousandths, rates whole hundredths, shares are even, so that
# they stay whole through a split of two for one or one for two.
# ---------------------------------------------------------------------------

sub one_of { return $_[ int rand @_ ] }

sub world
{
	my ($deal) = @_;
	my @facts = ({ what => 'deal', day => 0, reserved => 2 * int(5e5 + rand 1e6), authorized => 200_000_000, outstanding => 50_000_000 });
	my @free = shuffle(1 .. $days);
	my (%prices, $buyers);
	my $price = sub { my ($note) = @_; my $p; do { $p = 4 * (25 + int rand 500) } while $prices{$note}{$p}++; return $p };
	for my $n (1 .. 2 + int rand 2)
	{
		my $note = "$deal.$n";
		my $first = one_of(0, 1 + int rand 300);
		push @facts, { what => 'note', id => $note, day => $first, holder => one_of(qw(alpha bristol)), principal => 1000 * (1 + int rand 500), price => $price->($note), rate => 5 };
		my $left = $facts[-1]{principal};
		my $rate = 5;
		for (1 .. 2 + int rand 6)
		{
			my ($day) = grep { $_ > $first } @free;
			@free = grep { $_ != $day } @free;
			my $kind = one_of(qw(principal principal price price rate holder conversion));
			if ($kind =~ /principal|conversion/)
			{
				my $less = int rand($left / 2);
				$left -= $less;
				push @facts, { what => $kind, id => $note, day => $day, change => $kind eq 'principal' && rand() < 0.3 ? $less : -$less, shares => 2 * int rand 1e4 };
				next;
			}
			push @facts, { what => $kind, id => $note, day => $day,
				$kind => $kind eq 'price' ? $price->($note) : $kind eq 'rate' ? ++$rate : 'fund ' . ++$buyers };
		}
	}
	push @facts, { what => 'warrant', id => "$deal.w", day => 0, holder => 'alpha', shares => 2000 + 2 * int rand 1e5 };
	for my $what (qw(warrant_change reserve reserve capital))
	{
		push @facts, { what => $what, ($what eq 'warrant_change' ? (id => "$deal.w") : ()), day => shift @free, shares => $what eq 'warrant_change' ? -2 * int(rand 500) : 2 * int(rand 1e5) };
	}
	if (rand() < 0.4)
	{
		my ($new, $old) = @{ one_of([ 2, 1 ], [ 1, 2 ]) };
		push @facts, { what => 'split', day => shift @free, new => $new, old => $old };
	}
	return sort { $a->{day} <=> $b->{day} } @facts;
}

# An order in which they may be learnt: the deal first, an instrument before
# what happens to it, and what happened before a split before the split.
sub order_allowed
{
	my (@facts) = @_;
	my ($deal) = grep { $_->{what} eq 'deal' } @facts;
	my ($split) = grep { $_->{what} eq 'split' } @facts;
	my @order = shuffle(grep { $_ != $deal } @facts);
	my (@born, %born);
	for my $fact (@order)
	{
		if (!defined $fact->{id})
		{
			push @born, $fact unless $fact->{what} eq 'split';
			next;
		}
		my ($birth) = grep { $_->{what} =~ /^(note|warrant)$/ && $_->{id} eq $fact->{id} } @facts;
		push @born, $birth unless $born{$birth}++;
		push @born, $fact unless $fact == $birth;
	}
	return ($deal, @born) unless $split;
	my @before = grep { $_->{day} <= $split->{day} } @born;	# an instrument may come on that very day
	my @after = grep { $_->{day} > $split->{day} } @born;
	# Of those after the split some are learnt before it is.
	my $early = int rand(1 + @after);
	my @mixed = (@before, @after[ 0 .. $early - 1 ]);
	my %mixed = map { $_ => 1 } @mixed;
	return ($deal, (grep { $mixed{$_} } @born), $split, @after[ $early .. $#after ]);
}

# ---------------------------------------------------------------------------
# What a user writes for a fact, knowing what is on record already
# ---------------------------------------------------------------------------

sub date_of { my ($day) = @_; return "(date '2005-01-01' + $day)" }

sub statements
{
	my ($deal, @order) = @_;
	my ($split) = grep { $_->{what} eq 'split' } @order;
	my (%last, $split_known, @sql);
	for my $fact (@order)
	{
		my ($what, $day, $id) = @$fact{qw(what day id)};
		# In the shares that the tables have when it is written.
		my ($new, $old) = $split && !$split_known && $day > $split->{day} ? ($split->{old}, $split->{new}) : (1, 1);
		my $shares = defined $fact->{shares} ? $fact->{shares} * $new / $old : 0;
		my $price = defined $fact->{price} ? $fact->{price} * $old / $new / 10000 : undef;
		my $rate = defined $fact->{rate} ? $fact->{rate} / 100 : undef;
		my $sql = $what eq 'deal' ? "INSERT INTO deals VALUES ($deal, $fact->{reserved}, $fact->{authorized}, $fact->{outstanding})"
		  : $what eq 'note' ? "INSERT INTO notes VALUES ('$id', $deal, '$fact->{holder}', $fact->{principal}, $price, $rate)"
		  : $what eq 'warrant' ? "INSERT INTO warrants VALUES ('$id', $deal, '$fact->{holder}', $shares)"
		  : $what eq 'principal' ? "UPDATE notes SET balance = balance + ($fact->{change}) WHERE note = '$id'"
		  : $what eq 'conversion' ? "UPDATE notes SET balance = balance + ($fact->{change}) WHERE note = '$id';
			UPDATE deals SET reserved = reserved - $shares, outstanding = outstanding + $shares WHERE deal = $deal"
		  : $what eq 'warrant_change' ? "UPDATE warrants SET unexercised = unexercised + ($shares) WHERE warrant = '$id'"
		  : $what eq 'reserve' ? "UPDATE deals SET reserved = reserved + $shares WHERE deal = $deal"
		  : $what eq 'capital' ? "UPDATE deals SET authorized = authorized + $shares WHERE deal = $deal"
		  : $what eq 'split' ? "SELECT covenant.split('deals', '{$deal}', $fact->{new}, $fact->{old}, " . date_of($day) . ", 'down')"
		  : undef;
		if (!$sql)
		{
			my $value = $what eq 'price' ? $price : $what eq 'rate' ? $rate : "'$fact->{holder}'";
			my $column = $what eq 'holder' ? 'buyer' : $what;
			$sql = ($last{$id}{$what} // -1) > $day
			  ? "SELECT covenant.correct('notes', '$id', " . date_of($day) . ", $what => $value, reason => 'learnt late')"
			  : "UPDATE notes SET $column = $value WHERE note = '$id'";
		}
		for (grep { defined $fact->{$_} } qw(price rate holder)) { $last{$id}{$_} = $day if ($last{$id}{$_} // -1) < $day }
		if ($what eq 'split')
		{
			$split_known = 1;
			for (values %last) { $_->{price} = $day if defined $_->{price} && $_->{price} < $day }
		}
		push @sql, "BEGIN; SELECT set_config('covenant.as_of', (" . date_of($day) . ")::text, true); $sql; COMMIT;";
	}
	return @sql;
}

# ---------------------------------------------------------------------------
# The model: from the facts in the order of their days to lines of the views
# ---------------------------------------------------------------------------

sub shares_of { use integer; my ($money, $price) = @_; return $money * 10000 / $price }

sub model
{
	my ($deal, @facts) = @_;
	my (%notes, %warrants, %deal, %lines);
	my (%shown, %stretch);
	for my $fact (@facts, undef)
	{
		my $ends = !defined $fact || $fact->{day} != ($shown{day} // 0);
		if ($ends && defined $shown{day}) { show($deal, $shown{day}, \%deal, \%notes, \%warrants, \%shown, \%stretch, \%lines) }
		last unless defined $fact;
		my ($what, $id) = @$fact{qw(what id)};
		$shown{day} = $fact->{day};
		if ($what eq 'deal') { @deal{qw(reserved authorized outstanding)} = @$fact{qw(reserved authorized outstanding)} }
		elsif ($what eq 'note') { $notes{$id} = { map { $_ => $fact->{$_} } qw(holder principal price rate) } }
		elsif ($what eq 'warrant') { $warrants{$id} = { holder => $fact->{holder}, shares => $fact->{shares} } }
		elsif ($what eq 'principal') { $notes{$id}{principal} += $fact->{change} }
		elsif ($what eq 'conversion') { $notes{$id}{principal} += $fact->{change}; $deal{reserved} -= $fact->{shares}; $deal{outstanding} += $fact->{shares} }
		elsif ($what eq 'warrant_change') { $warrants{$id}{shares} += $fact->{shares} }
		elsif ($what eq 'reserve') { $deal{reserved} += $fact->{shares} }
		elsif ($what eq 'capital') { $deal{authorized} += $fact->{shares} }
		elsif ($what eq 'split')
		{
			my ($new, $old) = @$fact{qw(new old)};
			$_->{price} = $_->{price} * $old / $new for values %notes;
			$_->{shares} = $_->{shares} * $new / $old for values %warrants;
			$_ = $_ * $new / $old for values %deal;
		}
		else { $notes{$id}{$what} = $fact->{$what} }
	}
	$lines{note} = [ sort @{ $lines{note} // [] }, map { "$_|" } values %stretch ];
	return \%lines;
}

# What a day left behind.
sub show
{
	my ($deal, $day, $capital, $notes, $warrants, $shown, $stretch, $lines) = @_;
	my (%sum, %holder);
	my $add = sub { my ($holder, %more) = @_; for (keys %more) { $sum{$_} += $more{$_}; $holder{$holder}{$_} += $more{$_} } };
	for my $id (sort keys %$notes)
	{
		my ($principal, $price, $rate, $holder) = @{ $notes->{$id} }{qw(principal price rate holder)};
		my $shares = shares_of($principal, $price);
		# In hundredths of a dollar.
		$add->($holder, principal => $principal, interest => $principal * $rate, note_shares => $shares,
			interest_shares => shares_of($principal * $rate, $price * 100));
		my $is = join '|', $holder, $principal, $price, $rate, $shares;
		my $was = $stretch->{$id};
		next if defined $was && $was =~ /^\S+ \d+\|\Q$is\E$/;
		push @{ $lines->{note} }, "$was|$day" if defined $was;
		delete $stretch->{$id};
		$stretch->{$id} = "$id $day|$is" if $principal;
	}
	$add->($_->{holder}, warrant_shares => $_->{shares}) for values %$warrants;
	my @sums = map { $sum{$_} // 0 } qw(principal note_shares warrant_shares interest_shares interest);
	my $issuable = $sums[1] + $sums[2];
	my $available = $capital->{authorized} - $capital->{outstanding};
	my $counted = $capital->{reserved} < $available ? $capital->{reserved} : $available;
	my $line = join '|', @sums, @$capital{qw(reserved authorized outstanding)}, 2 * $issuable, $available, $counted, $counted - 2 * $issuable;
	push @{ $lines->{history} }, "$day|$line" unless ($shown->{history} // '') eq $line;
	$shown->{history} = $line;
	for my $name (sort { $a cmp $b } keys %{ { %holder, %{ $shown->{holder} // {} } } })
	{
		my $of = join '|', map { $holder{$name}{$_} // 0 } qw(principal interest note_shares warrant_shares interest_shares);
		push @{ $lines->{holding} }, "$name|$day|$of" unless ($shown->{holder}{$name} // '0|0|0|0|0') eq $of;
		$shown->{holder}{$name} = $of;
	}
	return;
}

# The same lines from the views.
my %views = (
	history => q{SELECT deal, day - date '2005-01-01', trim_scale(principal), note_shares, warrant_shares, interest_shares, trim_scale(annual_interest * 100),
		reserved, authorized, outstanding, required, available, counted, slack FROM deals_history},
	holding => q{SELECT deal, holder, day - date '2005-01-01', trim_scale(principal), trim_scale(annual_interest * 100), note_shares, warrant_shares, interest_shares FROM deals_holding},
	note => q{SELECT deal, note || ' ' || (from_day - date '2005-01-01'), holder, trim_scale(principal), trim_scale(price * 10000), trim_scale(rate * 100), shares, to_day - date '2005-01-01' FROM deals_note});

sub told
{
	my ($order, $settings) = @_;
	my %told;
	for my $view (keys %views)
	{
		for (split /\n/, $node->safe_psql('postgres', 'SET search_path = ' . $order . '; ' . ($settings // '') . $views{$view}))
		{
			my ($deal, $line) = split /\|/, $_, 2;
			push @{ $told{$deal}{$view} }, $line;
		}
	}
	for my $deal (values %told) { $_ = [ sort @$_ ] for values %$deal }
	return \%told;
}

# ---------------------------------------------------------------------------
# The run
# ---------------------------------------------------------------------------

my (%model, %sql, $half, $before);
for my $deal (1 .. $worlds)
{
	my @facts = world($deal);
	# What came before anything else on a day comes first.
	my %rank = (deal => 0, note => 1, warrant => 1);
	@facts = sort { $a->{day} <=> $b->{day} || ($rank{ $a->{what} } // 2) <=> ($rank{ $b->{what} } // 2) } @facts;
	$model{$deal} = model($deal, @facts);
	for (values %{ $model{$deal} }) { $_ = [ sort @$_ ] }
	push @{ $sql{by_day} }, statements($deal, @facts);
	push @{ $sql{at_random} }, statements($deal, order_allowed(@facts));
}

for my $order (@orders)
{
	my @sql = @{ $sql{$order} };
	my $first = int(@sql / 2);
	my $run = sub { $node->safe_psql('postgres', join("\n", "SET search_path = $order, public;", "SET client_min_messages = error;", @_)) };
	$run->(@sql[ 0 .. $first - 1 ]);
	$before = told($order);
	$half = $node->safe_psql('postgres', 'SELECT pg_sleep(0.01); SELECT clock_timestamp()') =~ s/^\n//r;
	$run->(@sql[ $first .. $#sql ]);

	my $told = told($order);
	my @different = grep { !eq_hash($told->{$_}, $model{$_}) } sort { $a <=> $b } keys %model;
	is("@different", '', "$order: $worlds worlds, each as the model has it on every day");
	is_deeply($told->{ $different[0] }, $model{ $different[0] }, "$order: the first that differs") if @different;
	is($node->safe_psql('postgres', "SELECT * FROM covenant.audit('$order.deals')"), '', "$order: audit finds nothing");
	is_deeply(told($order, "SET covenant.known_at = '$half'; "), $before, "$order: what was known half way is known still");
}

$node->stop;
done_testing();
