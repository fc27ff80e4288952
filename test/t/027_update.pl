# An extension that was updated is the same as one that was created anew: every
# object, its definition, its comment, its privileges.  The scripts of releases
# are in upgrade/; that the comparison sees a difference is shown with a next
# version made up here.

use strict;
use warnings;

use File::Basename qw(basename);
use File::Copy qw(copy);
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

sub content
{
	my ($file) = @_;
	return PostgreSQL::Test::Utils::slurp_file($file);
}

sub write_to
{
	my ($file, $text) = @_;
	open(my $handle, '>', $file) or die "$file: $!";
	print $handle $text;
	close $handle;
	return;
}

# A directory of extensions of our own, beside the installed library.
my $node = PostgreSQL::Test::Cluster->new('update');
$node->init;
$node->start;
my %setting = map { split /\|/, $_, 2 }
  split /\n/, $node->safe_psql('postgres', q{SELECT name, setting FROM pg_settings WHERE name IN ('extension_destdir', 'extension_control_path')});
my $share = $node->config_data('--sharedir');
my $root = PostgreSQL::Test::Utils::tempdir();
my ($from, $to, $line);
if (exists $setting{extension_destdir})
{
	($from, $to, $line) = ("$setting{extension_destdir}$share/extension", "$root$share/extension", "extension_destdir = '$root'");
}
elsif (exists $setting{extension_control_path})
{
	($from, $to, $line) = ("$share/extension", "$root/extension", "extension_control_path = '$root:\$system'");
}
else
{
	plan skip_all => 'this server reads extensions from one place only';
}
make_path($to);
my $control = content("$from/covenant.control");
my ($version) = $control =~ /^default_version *= *'(.*)'/m;
my $script = content("$from/covenant--$version.sql");
write_to("$to/covenant.control", $control);
write_to("$to/covenant--$version.sql", $script);
copy($_, "$to/" . basename($_)) for glob('upgrade/covenant--*.sql');
$node->append_conf('postgresql.conf', $line);
$node->restart;

# What an extension is.
my $members = q{
SELECT pg_describe_object(d.classid, d.objid, 0),
	CASE d.classid
	WHEN 'pg_proc'::regclass THEN (SELECT concat_ws(E'\n', CASE prokind WHEN 'a' THEN (
				SELECT concat_ws(' ', aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggtranstype::regtype, aggtransspace, agginitval, aggsortop::regoperator)
				FROM pg_aggregate WHERE aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END, proacl) FROM pg_proc p WHERE p.oid = d.objid)
	WHEN 'pg_class'::regclass THEN (SELECT concat_ws(E'\n', pg_get_viewdef(oid), reloptions, relacl) FROM pg_class WHERE oid = d.objid)
	WHEN 'pg_type'::regclass THEN (SELECT concat_ws(' ', typlen, typbyval, typcategory, typinput, typoutput, typreceive, typsend, typmodin, typmodout,
				typalign, typstorage, (SELECT string_agg(concat_ws(' ', attname, atttypid::regtype, col_description(attrelid, attnum)), ', ' ORDER BY attnum)
					FROM pg_attribute WHERE attrelid = typrelid), typacl) FROM pg_type WHERE oid = d.objid)
	WHEN 'pg_operator'::regclass THEN (SELECT concat_ws(' ', oprresult::regtype, oprcode, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin, oprcanhash, oprcanmerge)
				FROM pg_operator WHERE oid = d.objid)
	WHEN 'pg_cast'::regclass THEN (SELECT concat_ws(' ', castfunc::regprocedure, castcontext, castmethod) FROM pg_cast WHERE oid = d.objid)
	WHEN 'pg_namespace'::regclass THEN (SELECT nspacl::text FROM pg_namespace WHERE oid = d.objid)
	END,
	obj_description(d.objid, d.classid::regclass::name)
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'covenant'
UNION ALL
SELECT 'the extension', extversion || ' ' || extconfig::text, obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'covenant'
ORDER BY 1, 2};
my $databases = 0;

# The members of an extension made by some statements, by name.
sub members_after
{
	my (@statements) = @_;
	my $database = 'd' . $databases++;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	my %is;
	$is{ (split /\x1f/)[0] } .= $_ for split /\x1e/,
	  $node->safe_psql($database, join(";\n", @statements, $members), extra_params => [ '-F', "\x1f", '-R', "\x1e" ]);
	return \%is;
}

# The names of what differs.
sub differences
{
	my ($a, $b) = @_;
	my %all = (%$a, %$b);
	return [ sort grep { ($a->{$_} // '') ne ($b->{$_} // '') } keys %all ];
}

sub updated { my ($old, $new) = @_; return members_after("CREATE EXTENSION covenant VERSION '$old'", "ALTER EXTENSION covenant UPDATE TO '$new'"); }
sub created { my ($new) = @_; return members_after("CREATE EXTENSION covenant VERSION '$new'"); }

# Of every release.
my $fresh = created($version);
cmp_ok(scalar(keys %$fresh), '>', 200, 'an extension has members');
for my $update (sort glob("upgrade/covenant--*--$version.sql"))
{
	my ($old) = $update =~ /covenant--(.*)--/;
	is_deeply(differences(updated($old, $version), $fresh), [], "from $old to $version");
}

# Of a version that is made up: with a script that does all, and with those that
# forget a comment, a privilege, a definition, a function.
my $next = '99.0.0';
my @steps = (
	q{COMMENT ON FUNCTION covenant.as_of() IS 'another comment'},
	q{REVOKE EXECUTE ON FUNCTION covenant.as_of() FROM PUBLIC},
	q{ALTER FUNCTION covenant.as_of() COST 7},
	q{CREATE FUNCTION covenant.another() RETURNS int LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT 1'});
my @sees = ('function covenant.as_of()', 'function covenant.as_of()', 'function covenant.as_of()', 'function covenant.another()');
write_to("$to/covenant--$next.sql", join(";\n", $script, @steps, ''));
$fresh = created($next);
write_to("$to/covenant--$version--$next.sql", join(";\n", @steps, ''));
is_deeply(differences(updated($version, $next), $fresh), [], 'an update that does all gives what a new installation is');
for my $i (0 .. $#steps)
{
	write_to("$to/covenant--$version--$next.sql", join(";\n", @steps[ grep { $_ != $i } 0 .. $#steps ], ''));
	is_deeply(differences(updated($version, $next), $fresh), [ $sees[$i] ], "one that forgets: $steps[$i]");
}

# Nobody's tables are touched by an update that has nothing to do to them.
$node->safe_psql('postgres', qq{CREATE EXTENSION covenant VERSION '$version';
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved');
INSERT INTO deals VALUES ('a', 5);
ALTER EXTENSION covenant UPDATE TO '$next'});
is($node->safe_psql('postgres', q{UPDATE deals SET reserved = 6; SELECT deal, reserved FROM deals_reserve; SELECT * FROM covenant.audit('deals')}), 'a|6',
	'what was watched before the update is watched after it');

$node->stop;
done_testing();
