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

# Topics
my $makefile = slurp('Makefile');
$makefile =~ s/\\\n//g;
my ($list) = $makefile =~ /^TOPICS = (.*)$/m;
my %topic = map { $_ => 1 } split(' ', $list);
is_deeply(
	[
		grep { !$topic{ basename($_) =~ s/\..*//r } } glob(
			'src/*.c src/*.sql sql/*.sql expected/*.out')
	],
	[],
	'every file of a topic is built or run');
is_deeply([ grep { !-f "expected/" . basename($_) =~ s/sql$/out/r } glob('sql/*.sql') ],
	[], 'every regression test has its expected output');

# Sources
for my $part (sort glob('src/*.sql'))
{
	unlike(slurp($part), qr/^CREATE\b.*\b(OR REPLACE|IF NOT EXISTS)\b/mi,
		"$part adopts no object that it did not make");
}
is_deeply(
	[ grep { $_ ne 'src/compat.h' && slurp($_) =~ /PG_VERSION_NUM/ } glob('src/*.[ch]') ],
	[], 'compat.h alone asks for the release of PostgreSQL');

# Symbols: what SQL calls, and what every module has.
my $library = "$ENV{TESTDIR}/covenant.so";
my @exported = map { (split)[2] // () } qx{nm --dynamic --defined-only "$library"};
ok(@exported > 0, 'the library exports something');
is_deeply(
	[ grep { !/^(pg_finfo_)?covenant_|^_PG_init$|^Pg_magic_func$/ } @exported ],
	[], 'and nothing without the prefix covenant_');

done_testing();
