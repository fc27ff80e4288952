# Days, months, years and business days.  A day is the number of days since 1
# January 1970.

package Days;

use strict;
use warnings;

use Exporter 'import';
use List::Util qw(min max);
use Fraction;

our @EXPORT = qw(day_of date_of month_start month_end months_after months_between years_between
	business_day business_day_after set_holidays);

# --------------------------------------------------------------------------
# Days
# --------------------------------------------------------------------------

# Counted from 1 March, so that the leap day comes last.
sub number_of
{
	my ($y, $m, $d) = @_;
	($y, $m) = $m > 2 ? ($y, $m - 3) : ($y - 1, $m + 9);
	return 365 * $y + int($y / 4) - int($y / 100) + int($y / 400) + int((153 * $m + 2) / 5) + $d - 1 - 719468;
}

sub day_of { my ($text) = @_; return defined $text && $text =~ /^(\d+)-(\d+)-(\d+)/ ? number_of($1, $2, $3) : undef }

my %ymd;
sub ymd
{
	my ($day) = @_;
	$ymd{$day} //= do { my @t = gmtime($day * 86400); [ $t[5] + 1900, $t[4] + 1, $t[3] ] };
	return @{ $ymd{$day} };
}

sub date_of { my ($day) = @_; return defined $day ? sprintf('%04d-%02d-%02d', ymd($day)) : undef }

sub month_start { my ($y, $m) = ymd($_[0]); return number_of($y, $m, 1) }
sub next_month { my ($y, $m) = ymd($_[0]); return $m == 12 ? number_of($y + 1, 1, 1) : number_of($y, $m + 1, 1) }
sub month_end { return next_month($_[0]) - 1 }

# The day of the same number so many months later, or the last of its month.
sub months_after
{
	my ($day, $n) = @_;
	my ($y, $m, $d) = ymd($day);
	my $months = 12 * $y + $m - 1 + $n;
	my $first = number_of(int($months / 12), $months % 12 + 1, 1);
	return min($first + $d - 1, month_end($first));
}

# --------------------------------------------------------------------------
# Months and years from one day up to another, that one not counted
# --------------------------------------------------------------------------

sub calendar_months
{
	my ($from, $to) = @_;
	my $sum = fraction(0);
	for (my $day = $from; $day < $to; $day = next_month($day))
	{
		my $length = next_month($day) - month_start($day);
		$sum += fraction(min($to, next_month($day)) - $day, $length);
	}
	return $sum;
}

# Whole months from the first day, and of the running one the days that are over.
sub anniversary_months
{
	my ($from, $to) = @_;
	my $whole = 0;
	$whole++ while months_after($from, $whole + 1) <= $to;
	my $begun = months_after($from, $whole);
	return fraction($whole) + fraction($to - $begun, months_after($from, $whole + 1) - $begun);
}

my %months;
sub months_between
{
	my ($from, $to, $rule) = @_;
	return $months{"$from $to $rule"} //=
		$rule eq 'calendar' ? calendar_months($from, $to) :
		$rule eq 'anniversary' ? anniversary_months($from, $to) :
		$rule eq '30-day' ? fraction($to - $from, 30) : fraction(12 * ($to - $from), 365);
}

# 2006 ISDA Definitions, 4.16 (f) and (g).
sub thirty
{
	my ($from, $to, $european) = @_;
	my ($y1, $m1, $d1) = ymd($from);
	my ($y2, $m2, $d2) = ymd($to);
	$d1 = 30 if $d1 == 31;
	$d2 = 30 if $d2 == 31 && ($european || $d1 == 30);
	return fraction(360 * ($y2 - $y1) + 30 * ($m2 - $m1) + $d2 - $d1, 360);
}

sub actual
{
	my ($from, $to) = @_;
	my $sum = fraction(0);
	while ($from < $to)
	{
		my ($y) = ymd($from);
		my $next = number_of($y + 1, 1, 1);
		$sum += fraction(min($to, $next) - $from, $next - number_of($y, 1, 1));
		$from = $next;
	}
	return $sum;
}

my %years;
sub years_between
{
	my ($from, $to, $count) = @_;
	return $years{"$from $to $count"} //=
		$count eq 'ACT/365F' ? fraction($to - $from, 365) :
		$count eq 'ACT/360' ? fraction($to - $from, 360) :
		$count eq 'ACT/ACT ISDA' ? actual($from, $to) : thirty($from, $to, $count eq '30E/360');
}

# --------------------------------------------------------------------------
# Business days; which days are none is known from without
# --------------------------------------------------------------------------

my %closed;
sub set_holidays { my ($calendar, @days) = @_; $closed{$calendar}{$_} = 1 for @days }
sub business_day { my ($calendar, $day) = @_; return !grep { $closed{$_}{$day} } split /\+/, $calendar }

sub business_day_after
{
	my ($calendar, $day, $n) = @_;
	while ($n > 0) { $n-- if business_day($calendar, ++$day) }
	return $day;
}

1;
