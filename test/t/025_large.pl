# Large transactions: many deals, many statements, many savepoints.  They cost
# in proportion, and one for which there is no memory fails cleanly.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_wal_size = 4GB\nlog_statement = none\n");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note bigserial PRIMARY KEY, deal int, principal bigint, price numeric);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price');
INSERT INTO deals SELECT i, 1000000000 FROM generate_series(1, 10) i;
});

sub books_agree
{
	my ($when) = @_;
	is($node->safe_psql('postgres', q{
SELECT l.deal FROM deals_reserve l FULL JOIN (SELECT deal, sum(principal) AS principal FROM notes GROUP BY 1) n USING (deal)
	FULL JOIN (SELECT deal, sum(principal) AS principal, sum(note_shares) AS shares FROM deals_journal GROUP BY 1) j USING (deal)
WHERE (l.principal, l.principal) IS DISTINCT FROM (coalesce(n.principal, 0), j.principal) OR l.note_shares <> j.shares;
SELECT * FROM covenant.audit('deals')}), '', "the books agree $when");
	return;
}

# 100,000 statements, the time of the second half beside that of the first.
$node->safe_psql('postgres', q{
CREATE FUNCTION write_notes(n int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz := clock_timestamp();
BEGIN
	FOR i IN 1 .. n LOOP
		INSERT INTO public.notes (deal, principal, price) VALUES (i % 10 + 1, 1, 0.05);
	END LOOP;
	RETURN extract(epoch FROM clock_timestamp() - start);
END $$});
my ($first, $second) = split /\n/, $node->safe_psql('postgres', 'BEGIN; SELECT write_notes(50000); SELECT write_notes(50000); COMMIT');
note("100,000 statements: $first s, then $second s");
cmp_ok($second, '<', 3 * $first, 'the second 50,000 statements take no longer than the first');
is($node->safe_psql('postgres', 'SELECT sum(note_shares) FROM deals_reserve'), '2000000', 'all of them count');

# 10,000 blocks with an exception handler, each a savepoint; every other one is
# rolled back.
($first, $second) = split /\n/, $node->safe_psql('postgres', q{
CREATE FUNCTION write_in_blocks(n int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz := clock_timestamp();
BEGIN
	FOR i IN 1 .. n LOOP
		BEGIN
			INSERT INTO public.notes (deal, principal, price) VALUES (i % 10 + 1, 1, 0.05);
			PERFORM 1 / (i % 2);
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
	END LOOP;
	RETURN extract(epoch FROM clock_timestamp() - start);
END $$;
BEGIN; SELECT write_in_blocks(5000); SELECT write_in_blocks(5000); COMMIT});
note("10,000 blocks: $first s, then $second s");
cmp_ok($second, '<', 3 * $first, 'the second 5,000 blocks take no longer than the first');
is($node->safe_psql('postgres', 'SELECT sum(note_shares) FROM deals_reserve'), '2100000', 'half of them count');

# 2,000 savepoints, one within the other, none released before COMMIT.
my $nested = join('', map { "SAVEPOINT s$_; INSERT INTO notes (deal, principal, price) VALUES (1, 1, 0.05);\n" } 1 .. 2000);
is($node->safe_psql('postgres', "BEGIN;\n$nested ROLLBACK TO s1001; SELECT principal - 10000 FROM deals_status WHERE deal = 1; COMMIT"), '1000',
	'of 2,000 savepoints a half is rolled back');
books_agree('after many statements and savepoints');

# Each of 100,000 deals, in one statement; what is pending for them is in
# memory, and is given back.
my ($pending, $after) = split /\n/, $node->safe_psql('postgres', q{
BEGIN;
INSERT INTO deals SELECT i, 1000 FROM generate_series(101, 100100) i;
INSERT INTO notes (deal, principal, price) SELECT i, 1, 0.05 FROM generate_series(101, 100100) i;
SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name LIKE 'covenant%';
COMMIT;
SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name LIKE 'covenant pending%';
});
note("100,000 deals pending: $pending bytes");
cmp_ok($pending / 100000, '<', 2000, 'what is pending takes less than 2 kB a deal');
is($after, '0', 'and is given back at COMMIT');
is($node->safe_psql('postgres', 'SELECT count(*), sum(note_shares) FROM deals_reserve WHERE deal > 100'), '100000|2000000', '100,000 deals are posted');
books_agree('after a transaction on 100,000 deals');

SKIP:
{
	skip 'needs /proc', 1 if !-r '/proc/self/status';
	my $peak = q{\! awk '/^VmPeak/ {print $2}' /proc/$BACKEND/status};
	($pending, $after) = split /\n/, $node->safe_psql('postgres', qq{
SELECT pg_backend_pid() AS pid \\gset
\\setenv BACKEND :pid
BEGIN;
INSERT INTO notes (deal, principal, price) SELECT i, 1, 0.05 FROM generate_series(101, 100100) i;
$peak
COMMIT;
$peak});
	cmp_ok($after - $pending, '<', 40000, 'what posting a deal takes is given back before the next: ' . ($after - $pending) . ' kB for all');
}

# 200,000 notes of two deals, at the least work_mem: what is said of them waits
# in a file, and COMMIT goes through it a note at a time.  In memory they would
# take 16 MB.  A small transaction that does the same comes first, so that what
# a session keeps of tables and functions is not counted.
SKIP:
{
	skip 'needs /proc', 5 if !-r '/proc/self/status';
	my $peak = q{\! awk '/^VmPeak/ {print $2}' /proc/$BACKEND/status};
	my ($contexts, $files, $before, $after, $left) = split /\n/, $node->safe_psql('postgres', qq{
SELECT pg_backend_pid() AS pid \\gset
\\setenv BACKEND :pid
SET work_mem = '64kB';
SET covenant.as_of = '2026-01-01';
INSERT INTO deals VALUES (51, 100000000), (52, 100000000), (53, 100000000), (54, 100000000);
INSERT INTO notes (deal, principal, price) SELECT 53 + i % 2, 1, 0.05 FROM generate_series(1, 20000) i;
BEGIN;
INSERT INTO notes (deal, principal, price) SELECT 51 + i % 2, 1, 0.05 FROM generate_series(1, 200000) i;
SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name LIKE 'covenant%pending%';
SELECT count(*) > 0 FROM pg_ls_tmpdir();
$peak
COMMIT;
$peak
SELECT count(*) FROM pg_ls_tmpdir()});
	is("$files $left", 't 0', 'the file is there until COMMIT');
	cmp_ok($contexts, '<', 256 * 1024, "200,000 notes pending take little memory: $contexts bytes");
	cmp_ok($after - $before, '<', 8000, 'and little more when they are posted: ' . ($after - $before) . ' kB');
	($before, $after) = split /\n/, $node->safe_psql('postgres', qq{
SELECT pg_backend_pid() AS pid \\gset
\\setenv BACKEND :pid
SET work_mem = '64kB';
SET covenant.as_of = '2026-01-02';
UPDATE notes SET price = 0.1 WHERE deal IN (51, 53, 54) AND note % 1000 = 0;
SET covenant.as_of = '2026-01-01';
UPDATE notes SET principal = 2 WHERE deal IN (53, 54);
BEGIN;
UPDATE notes SET principal = 2 WHERE deal = 51;
$peak
COMMIT;
$peak});
	cmp_ok($after - $before, '<', 8000, 'and as little when they are posted late: ' . ($after - $before) . ' kB');
	books_agree('after what waited in a file');
}

my (undef, undef, $errors) = $node->psql('postgres', q{
INSERT INTO notes (deal, principal, price) SELECT i, CASE i WHEN 99999 THEN 25 ELSE 1 END, 0.05 FROM generate_series(90001, 100100) i});
like($errors, qr/reserved amount of deal "99999" is not covered/, 'one deal of many refuses all');
is($node->safe_psql('postgres', 'SELECT sum(principal) FROM deals_reserve WHERE deal > 90000'), '20200', 'and nothing of it is booked');

# Out of memory: the session's address space is limited to a little more than it
# has, and set free again afterwards.
SKIP:
{
	skip 'needs prlimit and /proc', 5 if !-r '/proc/self/status' || system('prlimit --as >/dev/null 2>&1') != 0;

	my $limit = q{\! prlimit --pid $BACKEND --as=$((($(awk '/^VmSize/ {print $2}' /proc/$BACKEND/status) + %d) * 1024)):};
	my $free = q{\! prlimit --pid $BACKEND --as=unlimited:};
	my $many = 'INSERT INTO notes (deal, principal, price) SELECT i, 1, 0.05 FROM generate_series(200001, 500000) i';
	my $next = q{INSERT INTO notes (deal, principal, price) VALUES (%d, 1, 0.05); SELECT 'the next one is done';};
	my $session = "\\set VERBOSITY verbose\nSELECT pg_backend_pid() AS pid \\gset\n\\setenv BACKEND :pid\n";

	my (undef, $output, $errors) = $node->psql('postgres', join("\n", $session, sprintf($limit, 30000), "$many;", $free, sprintf($next, 2)), on_error_stop => 0);
	like($errors, qr/ERROR:  53200: out of memory/, 'no memory for what is pending');
	is($output, 'the next one is done', 'and the next transaction works');

	(undef, $output, $errors) = $node->psql('postgres', join("\n", $session, sprintf($limit, 30000),
		"DO \$\$ BEGIN INSERT INTO notes (deal, principal, price) VALUES (3, 1, 0.05); BEGIN $many; EXCEPTION WHEN out_of_memory THEN NULL; END; END \$\$;",
		$free, sprintf($next, 3)), on_error_stop => 0);
	is("$errors$output", 'the next one is done', 'an exception block catches it, and the rest counts');

	# more than malloc has left over from the statement
	(undef, $output, $errors) = $node->psql('postgres', join("\n", $session, 'BEGIN;', "$many;", sprintf($limit, 1000), 'COMMIT;', $free, sprintf($next, 4)), on_error_stop => 0);
	like("$errors$output", qr/ERROR:  53200: out of memory\n.*the next one is done/s, 'no memory at COMMIT, and the next transaction works');
	books_agree('after running out of memory');
}

$node->stop;
done_testing();
