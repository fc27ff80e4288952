# Two-phase commit: PREPARE TRANSACTION posts and judges, so that what is
# prepared can be committed, also after a restart.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

$ENV{PGOPTIONS} = '-c covenant.as_of=2005-05-23';
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 10');
$node->start;

$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved int);
CREATE TABLE notes (note int PRIMARY KEY, deal int, principal int, price int);
CREATE TABLE warrants (deal int, shares int, warrant serial PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price'),
	covenant.watch_warrants('warrants', 'deals', 'deal', 'shares');
INSERT INTO deals VALUES (1, 100), (2, 100);
});

my $prepared = q{SELECT string_agg(gid, ' ' ORDER BY gid) FROM pg_prepared_xacts};

sub status_is
{
	my ($expected, $name) = @_;
	is($node->safe_psql('postgres', q{SELECT string_agg(concat_ws(' ', deal, principal, warrant_shares, slack), ', ' ORDER BY deal) FROM deals_status}),
		$expected, $name);
	is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', 'and audit finds nothing');
	return;
}

# What a session says to these statements, with SQLSTATE and all fields.
sub errors_of
{
	my ($statements) = @_;
	my ($status, $output, $errors) = $node->psql('postgres', "\\set VERBOSITY verbose\n$statements", on_error_stop => 0);
	return $errors;
}

# A violation fails at PREPARE, at every level, and leaves nothing prepared;
# the session goes on.
foreach my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	my $errors = errors_of(qq{
BEGIN ISOLATION LEVEL $level;
INSERT INTO notes VALUES (1, 1, 51, 1);
PREPARE TRANSACTION 'too much';
INSERT INTO notes VALUES (1, 1, 1, 1);
DELETE FROM notes;
});
	like($errors, qr/^psql:<stdin>:\d+: ERROR:  23514: reserved amount of deal "1" is not covered$/m, "$level: PREPARE refuses a violation");
	like($errors, qr/^DETAIL:  2 x 51 issuable shares require 102; 100 are authorized and reserved, 2 too few\.$/m, 'with the numbers');
	like($errors, qr/^SCHEMA NAME:  public\nTABLE NAME:  deals_reserve\nCONSTRAINT NAME:  reserved_amount$/m, 'and the names');
	is(() = $errors =~ /ERROR/g, 1, 'the session goes on');
	is($node->safe_psql('postgres', $prepared), '', 'nothing is prepared');
	status_is('1 0 0 100, 2 0 0 100', 'nothing is booked');
}

# COMMIT says the same, with the same fields
like(errors_of('INSERT INTO notes VALUES (1, 1, 51, 1);'),
	qr/ERROR:  23514: .*\nDETAIL: .*\nHINT: .*\nSCHEMA NAME:  public\nTABLE NAME:  deals_reserve\nCONSTRAINT NAME:  reserved_amount\n/,
	'a violation at COMMIT carries the same fields');

# What fits is posted at PREPARE, with savepoints and with what deferred
# triggers write; to others it shows when it is committed.
$node->safe_psql(
	'postgres', q{
CREATE FUNCTION warrant_for_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.warrants VALUES (new.deal, new.principal);
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warrant_for_note();
BEGIN;
INSERT INTO notes VALUES (1, 1, 10, 1), (2, 2, 20, 1);
SAVEPOINT one;
INSERT INTO notes VALUES (3, 1, 1000, 1);
ROLLBACK TO one;
PREPARE TRANSACTION 'fits';
});
is($node->safe_psql('postgres', $prepared), 'fits', 'what fits is prepared');
status_is('1 0 0 100, 2 0 0 100', 'others do not see it yet');

# In the session that prepared nothing is pending any more
is( $node->safe_psql(
		'postgres', q{
BEGIN;
INSERT INTO deals VALUES (3, 100);
PREPARE TRANSACTION 'third deal';
SELECT count(*) FROM deals_status;
SELECT count(*) FROM covenant_internal.pending_deals('deals_reserve');
SELECT covenant.check('deals')}),
	"2\n0\n", 'nothing is pending after PREPARE');

# Others wait for it, and may give up waiting
like(errors_of(q{SET lock_timeout = '100ms'; INSERT INTO notes VALUES (4, 2, 15, 1);}),
	qr/ERROR:  55P03: canceling statement due to lock timeout/, 'the room that is prepared is not given away');

# It lasts: over a restart, and over a crash
$node->restart;
is($node->safe_psql('postgres', $prepared), 'fits third deal', 'both are there after a restart');
$node->safe_psql('postgres', q{COMMIT PREPARED 'fits'});
status_is('1 10 10 60, 2 20 20 20', 'committed after a restart it is in the books');
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT concat_ws(' ', effective_on, kind), ', ') FROM deals_journal WHERE note_shares > 1}),
	'2005-05-23 act', 'with the day on which it was made');
like(errors_of('INSERT INTO notes VALUES (4, 2, 15, 1);'), qr/ERROR:  23514/, 'who comes then is refused by what is left');

$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $prepared), 'third deal', 'the other is there after a crash');
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'third deal'});
status_is('1 10 10 60, 2 20 20 20', 'rolled back it leaves no trace');

# Two prepared for different deals, committed in the other order by other sessions
$node->safe_psql('postgres', qq{BEGIN; UPDATE notes SET principal = principal + $_ WHERE deal = $_; PREPARE TRANSACTION 'p$_'}) for (1, 2);
$node->safe_psql('postgres', "COMMIT PREPARED 'p$_'") for (2, 1);
status_is('1 11 10 58, 2 22 20 16', 'two prepared transactions, committed in the other order');

# Watching and its end can be prepared, too
$node->safe_psql('postgres', q{
BEGIN;
SELECT covenant.unwatch('warrants');
PREPARE TRANSACTION 'unwatch'});
$node->safe_psql('postgres', q{COMMIT PREPARED 'unwatch'});
status_is('1 11 0 78, 2 22 0 56', 'the end of a watch, prepared');
$node->safe_psql('postgres', q{
BEGIN;
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares');
PREPARE TRANSACTION 'watch'});
$node->safe_psql('postgres', q{COMMIT PREPARED 'watch'});
status_is('1 11 10 58, 2 22 20 16', 'a watch, prepared');
like(errors_of('INSERT INTO warrants VALUES (2, 10)'), qr/ERROR:  23514/, 'and it guards');

# As the nodes of Citus are written: its setting is on while covenant posts, and
# a lock is waited for but shortly, for Citus sees no deadlock among prepared
# transactions; the user's own lock_timeout is kept.
$node->safe_psql(
	'postgres', q{
CREATE TABLE seen (nested text, lock_timeout text);
CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.seen VALUES (current_setting('citus.allow_nested_distributed_execution', true), current_setting('lock_timeout'));
	RETURN NEW;
END $$;
CREATE TRIGGER spy BEFORE INSERT OR UPDATE ON deals_reserve FOR EACH ROW EXECUTE FUNCTION spy();
CREATE TRIGGER spy BEFORE INSERT ON deals_journal FOR EACH ROW EXECUTE FUNCTION spy();
});

sub seen_while
{
	my ($statements) = @_;
	return $node->safe_psql('postgres', "TRUNCATE seen; SET citus.allow_nested_distributed_execution = off;\n$statements;\n" .
		  'SELECT DISTINCT nested, lock_timeout FROM seen; SHOW citus.allow_nested_distributed_execution; SHOW lock_timeout');
}

foreach my $statements (
	'INSERT INTO notes VALUES (10, 1, 1, 1)', 'UPDATE notes SET principal = 2 WHERE note = 10',
	'DELETE FROM notes WHERE note = 10; UPDATE deals SET reserved = reserved + 1',
	'MERGE INTO notes n USING (VALUES (11, 1)) s(n, d) ON n.note = s.n WHEN NOT MATCHED THEN INSERT VALUES (s.n, s.d, 1, 1)',
	'SAVEPOINT a; INSERT INTO notes VALUES (12, 1, 1, 1); ROLLBACK TO a; INSERT INTO notes VALUES (13, 1, 1, 1); RELEASE a',
	'TRUNCATE notes; INSERT INTO notes VALUES (1, 1, 1, 1)')
{
	is(seen_while("BEGIN; $statements; PREPARE TRANSACTION 'node'; COMMIT PREPARED 'node'"), "on|100ms\noff\n0", "prepared on a node: $statements");
}
is(seen_while("SET lock_timeout = '7s'; BEGIN; INSERT INTO notes VALUES (14, 2, 1, 1); PREPARE TRANSACTION 'node'; COMMIT PREPARED 'node'"),
	"on|7s\noff\n7s", "the user's own lock_timeout is kept");
$node->safe_psql('postgres', 'DROP TRIGGER spy ON deals_reserve; DROP TRIGGER spy ON deals_journal');
# a warrant came with each of the five notes that stayed or were deleted later
status_is('1 1 14 71, 2 1 21 57', 'and all of it is in the books');

$node->stop;
done_testing();
