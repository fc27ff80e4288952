# The files of the project agree with each other: one version everywhere,
# every file of a topic in the list of topics, the rules of the install script,
# and no C symbol given away that could meet another library's.

use strict;
use warnings;

use File::Basename qw(basename);
use JSON::PP ();
use Test::More;

sub slurp
{
	my ($file) = @_;
	open(my $handle, '<', $file) or die "$file: $!";
	local $/ = undef;
	return scalar <$handle>;
}

# Versions
my ($version) = slurp('covenant.control') =~ /^default_version *= *'(.*)'/m;
my $meta = JSON::PP->new->decode(slurp('META.json'));
like($version, qr/^\d+\.\d+\.\d+$/, 'the version has three parts');
is($meta->{version}, $version, 'META.json has the version');
is($meta->{provides}{covenant}{version}, $version, 'so has what it provides');
is(slurp('src/covenant.c') =~ /COVENANT_MODULE\("(.*)"\)/ && $1,
	$version, 'so has the module');
like(slurp('CHANGELOG.md'), qr/^## \[\Q$version\E\]/m, 'so has the changelog');
for my $file (grep { defined } @{ $meta->{provides}{covenant} }{qw(file docfile)})
{
	ok(-f $file, "META.json names $file, which exists");
}

# Topics and rooms
my @rooms = qw(number calendar terms guard agreement);
my $makefile = slurp('Makefile');
$makefile =~ s/\\\n//g;
my %room_of;
for my $list ('DOOR', (map { uc } @rooms), 'WHOLE')
{
	my ($topics) = $makefile =~ /^$list = (.*)$/m;
	$room_of{$_} = lc $list for split(' ', $topics);
}
is_deeply(
	[
		grep { !$room_of{ basename($_) =~ s/(?:_\d)?\..*//r } }
		  glob('src/*.c src/*/*.c src/*.sql src/*/*.sql sql/*.sql expected/*.out')
	],
	[],
	'every file of a topic is built or run');
is_deeply(
	[
		grep { my ($room, $topic) = m{^src/(.*)/(.*)\.}; $room_of{$topic} ne $room }
		  glob('src/*/*.c src/*/*.sql')
	],
	[],
	'every topic is in its room');

# No file includes one of a room above its own; within a room, no circle.
my %height = map { $rooms[$_] => $_ } 0 .. $#rooms;
my %includes;
for my $source (glob('src/*/*.[ch]'))
{
	my ($room) = $source =~ m{^src/(.*)/};
	push @{ $includes{ $source =~ s/\.[ch]$//r } },
	  grep { -f "$_.h" } map { "src/$_" } slurp($source) =~ m{^#include "(\w+/\w+)\.h"}mg;
	is_deeply([ grep { ($height{$_} // -1) > $height{$room} } slurp($source) =~ m{^#include "(\w+)/}mg ],
		[], "$source looks at no room above its own");
}
my %state;
sub circle
{
	my ($topic, @way) = @_;
	return join(' -> ', @way, $topic) if ($state{$topic} // '') eq 'open';
	return '' if $state{$topic}++;
	$state{$topic} = 'open';
	for my $next (grep { $_ ne $topic } @{ $includes{$topic} // [] })
	{
		my $found = circle($next, @way, $topic);
		return $found if $found;
	}
	$state{$topic} = 'done';
	return '';
}
is(join('; ', grep { $_ } map { circle($_) } sort keys %includes), '', 'no circle of includes');
is_deeply([ grep { !-f "expected/" . basename($_) =~ s/sql$/out/r } glob('sql/*.sql') ],
	[], 'every regression test has its expected output');

# Sources
for my $part (sort glob('src/*.sql src/*/*.sql'))
{
	unlike(slurp($part), qr/^CREATE\b.*\b(OR REPLACE|IF NOT EXISTS)\b/mi,
		"$part adopts no object that it did not make");
}
is_deeply(
	[ grep { $_ ne 'src/compat.h' && slurp($_) =~ /PG_VERSION_NUM/ } glob('src/*.[ch] src/*/*.[ch]') ],
	[], 'compat.h alone asks for the release of PostgreSQL');

is_deeply([ grep { slurp($_) =~ /^\t* {4}/m } glob('src/*.sql src/*/*.sql sql/*.sql demo/*.sql bench/*.sql') ],
	[], 'SQL is indented with tabs');

# Nothing is longer than can be read at once.  What is data within a function, a
# list of VALUES or a template between dollar signs, does not count.
sub lines_of { return scalar(() = $_[0] =~ /\n/g) }
is_deeply(
	[ grep { lines_of(slurp($_)) > 600 } glob('src/*.[ch] src/*.sql src/*/*.[ch] src/*/*.sql sql/*.sql demo/*.sql bench/*.sql') ],
	[], 'no file has more than 600 lines');
my @long;
for my $source (glob('src/*.c src/*/*.[ch]'))
{
	my $text = slurp($source);
	push @long, "$source: $1" while $text =~ /^(\w+)\([^;]*?\)\n(?=\{\n(?:(?!\}).*\n){61,})/mg;
}
for my $part (glob('src/*.sql src/*/*.sql'))
{
	my $text = slurp($part);
	while ($text =~ /^CREATE FUNCTION (\S+?)\(.*?^AS (\$\w*\$)\n(.*?)\n\2;/msg)
	{
		my ($function, $body) = ($1, $3);
		$body =~ s/\(VALUES\n.*?\)\)\n//sg;
		$body =~ s/(\$\w+\$).*?\1//sg;
		push @long, "$part: $function" if lines_of($body) >= 60;
	}
}
is_deeply(\@long, [], 'no function has more than 60 lines');

# server_of_another_user: the server may run as one who cannot write where the tests are.
is_deeply([ grep { slurp($_) =~ /^\h*(step\h+\w+\h*\{\h*)?COPY\b.*\b(TO|FROM)\h+(:?'|PROGRAM\b)|\bpg_(read|ls|stat)_\w+\(|\blo_(im|ex)port\(/mi } glob('sql/*.sql test/specs/*.spec') ],
	[], 'no regression test has the server open a file');

# Programs of npm: the drivers' are the dashboard's, and whoever installs them chooses where from.
my %lock = map { $_ => slurp("$_/package-lock.json") } qw(dashboard test/drivers);
my ($dashboard, $drivers) = map { JSON::PP->new->canonical->decode($lock{$_})->{packages} } sort keys %lock;
is_deeply([ grep { $_ ne '' && $drivers->{$_}{integrity} ne ($dashboard->{$_}{integrity} // '') } sort keys %$drivers ],
	[], 'the drivers are tested with the packages of the dashboard');
is_deeply([ grep { $lock{$_} =~ m{"resolved"|https?://\S*\.tgz} } sort keys %lock ], [], 'no lock file says where to fetch from');

# Symbols: what SQL calls, and what every module has.
my $library = ($ENV{TESTDIR} // "$ENV{TESTDATADIR}/..") . '/covenant.so';	# a name that changed with 16
my @exported = map { (split)[2] // () } qx{nm --dynamic --defined-only "$library"};
ok(@exported > 0, 'the library exports something');
is_deeply(
	[ grep { !/^(pg_finfo_)?covenant_|^_PG_init$|^Pg_magic_func$/ } @exported ],
	[], 'and nothing without the prefix covenant_');

done_testing();
