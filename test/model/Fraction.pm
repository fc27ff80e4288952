# Exact fractions: whole numbers of the machine while these suffice, else of any
# length (Math::BigInt).  Math::BigRat is a hundred times slower.

package Fraction;

use strict;
use warnings;

use Exporter 'import';
use Math::BigInt;
use overload
	'+' => sub { added($_[0], of($_[1])) },
	'-' => sub { my ($a, $b) = $_[2] ? (of($_[1]), $_[0]) : ($_[0], of($_[1])); added($a, negative($b)) },
	'*' => sub { multiplied($_[0], of($_[1])) },
	'/' => sub { my ($a, $b) = $_[2] ? (of($_[1]), $_[0]) : ($_[0], of($_[1])); multiplied($a, inverse($b)) },
	'<=>' => sub { my $sign = sign($_[0] - $_[1]); $_[2] ? -$sign : $sign },
	'abs' => sub { sign($_[0]) < 0 ? negative($_[0]) : $_[0] },
	'bool' => sub { sign($_[0]) != 0 },
	'""' => sub { "$_[0][0]/$_[0][1]" },
	'=' => sub { $_[0] };

our @EXPORT = qw(fraction floor_of money to_cents parts least most);

# Within these a product of the machine is exact.
use constant LIMIT => 9e18;

sub fits { return $_[0] < LIMIT && $_[0] > -(LIMIT) }
sub whole { return ref $_[0] ? $_[0] : Math::BigInt->new($_[0]) }
sub of { return ref $_[0] eq __PACKAGE__ ? $_[0] : fraction($_[0]) }
sub sign { my $n = $_[0][0]; return $n <=> 0 }
sub negative { return bless [ -$_[0][0], $_[0][1] ] }
sub inverse
{
	my ($n, $d) = @{ $_[0] };
	die "division by zero" if $n == 0;
	return $n < 0 ? bless [ -$d, -$n ] : bless [ $d, $n ];
}

sub product { my ($a, $b) = @_; my $p = $a * $b; return ref $p || fits($p) ? $p : whole($a) * $b }

sub reduced
{
	my ($n, $d) = @_;
	if (ref $n || ref $d)
	{
		($n, $d) = (whole($n), whole($d));
		my $divisor = Math::BigInt::bgcd($n, $d);
		($n, $d) = ($n / $divisor, $d / $divisor);
		($n, $d) = ($n->numify, $d->numify) if $n->length < 18 && $d->length < 18;
		return bless [ $n, $d ];
	}
	use integer;
	my ($a, $b) = ($n < 0 ? -$n : $n, $d);
	($a, $b) = ($b, $a % $b) while $b;
	return $a > 1 ? bless [ $n / $a, $d / $a ] : bless [ $n, $d ];
}

sub added
{
	my ($a, $b) = @_;
	return reduced(sum($a->[0], $b->[0]), $a->[1]) if $a->[1] == $b->[1];
	return reduced(sum(product($a->[0], $b->[1]), product($b->[0], $a->[1])), product($a->[1], $b->[1]));
}

sub sum { my ($a, $b) = @_; my $s = $a + $b; return ref $s || fits($s) ? $s : whole($a) + $b }

sub multiplied { my ($a, $b) = @_; return reduced(product($a->[0], $b->[0]), product($a->[1], $b->[1])) }

# A decimal number, or one whole number over another.
sub fraction
{
	my ($n, $d) = @_;
	if (!ref $n && $n =~ /^(-?)(\d*)\.(\d+)$/)
	{
		my ($sign, $digits, $scale) = ($1, $2 . $3, length $3);
		$n = Math::BigInt->new("$sign$digits");
		return reduced($n, Math::BigInt->new(10)->bpow($scale) * ($d // 1));
	}
	$n = Math::BigInt->new($n) if !ref $n && length $n > 18;
	return reduced($n, $d // 1);
}

# --------------------------------------------------------------------------
# Rounding and parting
# --------------------------------------------------------------------------

sub floor_of
{
	my ($n, $d) = @{ $_[0] };
	return reduced(whole($n) / $d, 1) if ref $n || ref $d;    # cut downwards
	use integer;
	my $q = $n / $d;
	$q-- if $n % $d < 0;
	return bless [ $q, 1 ];
}

sub least { my ($a, $b) = @_; return $a <= $b ? $a : $b }
sub most { my ($a, $b) = @_; return $a >= $b ? $a : $b }
sub half_up { my ($exact, $decimals) = @_; return floor_of($exact * (10**$decimals) + fraction(1, 2)) }
sub to_cents { return half_up($_[0], 2) / 100 }

# As it prints, with so many decimals.
sub money
{
	my ($amount, $decimals) = @_;
	$decimals //= 2;
	my $sign = $amount < 0 ? '-' : '';
	my $units = half_up(abs $amount, $decimals)->[0] . '';
	return $sign . $units if $decimals == 0;
	$units = '0' x ($decimals + 1 - length $units) . $units if length $units <= $decimals;
	substr($units, -$decimals, 0) = '.';
	return $sign . $units;
}

# A whole in parts: each cut to the unit, what is left to the largest
# remainders, of equal ones to the first.
sub parts
{
	my ($whole, $decimals, @weights) = @_;
	return $whole if @weights == 1;
	my $unit = fraction(1, 10**$decimals);
	my $sum = fraction(0);
	$sum += $_ for @weights;
	return ($whole, map { fraction(0) } 1 .. $#weights) if $sum == 0;
	my $units_of_one = $whole / $unit / $sum;
	my @exact = map { $units_of_one * $_ } @weights;
	my @units = map { floor_of($_) } @exact;
	my $left = $whole / $unit;
	$left -= $_ for @units;
	my @rest = map { $exact[$_] - $units[$_] } 0 .. $#weights;
	for my $i (sort { $rest[$b] <=> $rest[$a] || $a <=> $b } 0 .. $#weights)
	{
		last if $left <= 0;
		$units[$i] += 1;
		$left -= 1;
	}
	return map { $_ * $unit } @units;
}

1;
