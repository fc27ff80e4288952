# What interrupts a transaction while it posts, or before, takes nothing with
# it that it should not: cancelled, timed out and ended sessions leave the books
# as they were, and the next transaction works; whether the books are written
# straight to the heap or through SPI.

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 10');
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (note serial PRIMARY KEY, deal int, buyer text, principal numeric, price numeric);
INSERT INTO deals VALUES (0, 1000), (1, 1000), (2, 1000), (3, 1000);
SELECT covenant.watch_deals('deals', 'deal', 'reserved'), covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'buyer');
});

my $insert = 'INSERT INTO notes (deal, buyer, principal, price) VALUES';

# The sums of the deals, the notes behind them, and both right?
sub books_are
{
	my ($expected, $when) = @_;
	is($node->safe_psql('postgres', q{SELECT string_agg(deal || ':' || principal, ' ' ORDER BY deal) FROM deals_reserve}),
		$expected, "the books $when");
	is($node->safe_psql('postgres', q{
SELECT * FROM covenant.audit('deals');
SELECT l.deal FROM deals_reserve l LEFT JOIN (SELECT deal, sum(principal) AS principal, count(DISTINCT seq) AS entries FROM deals_journal GROUP BY 1) j USING (deal)
WHERE (l.principal, l.entries) IS DISTINCT FROM (j.principal, j.entries)}), '', "agree $when");
	return;
}

# What a session that goes on after errors says, SQLSTATEs and all.
sub session
{
	my ($statements) = @_;
	my (undef, $output, $errors) = $node->psql('postgres', "\\set VERBOSITY verbose\n$statements", on_error_stop => 0);
	return "$output\n$errors";
}

# Runs statements in a session of their own until its COMMIT waits for a row of
# the ledger; does something to it then, and returns what the session said.
sub session_that_waits
{
	my ($statements, $then) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir() . '/waiter.sql';
	append_to_file($file, "\\set VERBOSITY verbose\nSET application_name = 'waiter';\n$statements\n");
	my $output = '';
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', $file ], '>', \$output, '2>&1');
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'waiter' AND wait_event_type = 'Lock'})
	  or die $output;
	$node->safe_psql('postgres', $then);
	$session->finish;
	return $output;
}

# A transaction that is prepared keeps the row of deal 1 in the ledger.
my $hold = "BEGIN; $insert (1, 'holder', 10, 0.1); PREPARE TRANSACTION 'holder'";
my $cancel = q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'waiter'};
my $terminate = q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waiter'};
my $kept = 0;
$node->safe_psql('postgres', $hold);

for my $run (map { ([ $_, 'on' ], [ $_, 'off' ]) } 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	my ($level, $direct) = @$run;
	local $ENV{PGOPTIONS} = "-c covenant.direct_posting=$direct";
	# The wait is for deal 1; deal 0 was posted before it and is undone with it.
	my $waits = "BEGIN ISOLATION LEVEL $level; $insert (0, 'waiter', 1, 0.1), (1, 'waiter', 1, 0.1), (2, 'waiter', 1, 0.1);";
	my $next = "$insert (2, 'waiter', 1, 0.1); SELECT 'next one done';";

	like(session_that_waits("$waits COMMIT; $next", $cancel),
		qr/ERROR:  57014: canceling statement due to user request\n.*next one done/s, "$level, direct posting $direct: COMMIT is cancelled, the next transaction works");
	like(session("SET lock_timeout = '50ms'; $waits COMMIT; $next"),
		qr/next one done.*ERROR:  55P03: canceling statement due to lock timeout/s, "$level: lock_timeout in COMMIT, the next transaction works");
	like(session("SET lock_timeout = '50ms'; $waits PREPARE TRANSACTION 'waiter'; $next"),
		qr/next one done.*ERROR:  55P03/s, "$level: lock_timeout in PREPARE, the next transaction works");
	like(session_that_waits("$waits COMMIT; $next", $terminate), qr/FATAL:  57P01/, "$level: the session is ended while COMMIT waits");
	$kept += 3;
	books_are("0:0 1:0 2:$kept 3:0", "at $level, direct posting $direct");
	is($node->safe_psql('postgres', 'SELECT gid FROM pg_prepared_xacts'), 'holder', 'nothing is left prepared');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM notes'), $kept, 'no note of an interrupted transaction is there');
}

# lock_timeout in COMMIT is all there is: statement_timeout does not run then.
like(session("SET statement_timeout = '50ms'; SET lock_timeout = '200ms'; $insert (1, 'waiter', 1, 0.1);"),
	qr/ERROR:  55P03/, 'lock_timeout ends a COMMIT that statement_timeout does not');

# An error that a procedure's COMMIT meets ends the call, and only that.
$node->safe_psql('postgres', q{
CREATE PROCEDURE two_steps() LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.notes (deal, buyer, principal, price) VALUES (3, 'first', 1, 0.1);
	COMMIT;
	INSERT INTO public.notes (deal, buyer, principal, price) VALUES (1, 'second', 1, 0.1);
	COMMIT;
	INSERT INTO public.notes (deal, buyer, principal, price) VALUES (3, 'third', 1, 0.1);
END $$});
like(session(q{SET lock_timeout = '50ms'; CALL two_steps(); SELECT 'goes on'}), qr/goes on.*ERROR:  55P03/s, 'a procedure is interrupted at its second COMMIT');
books_are("0:0 1:0 2:$kept 3:1", 'have its first step');

# idle_in_transaction: what is pending goes with its transaction, and holds
# nothing meanwhile.
my (undef, undef, $errors) = $node->psql('postgres', qq{
\\set VERBOSITY verbose
SET idle_in_transaction_session_timeout = '50ms';
BEGIN;
$insert (3, 'idle', 7, 0.1);
UPDATE deals SET reserved = 1 WHERE deal = 3;
\\! sleep 0.5
COMMIT}, on_error_stop => 0);
like($errors, qr/FATAL:  25P03/, 'idle in transaction with changes pending');
books_are("0:0 1:0 2:$kept 3:1", 'know nothing of an idle transaction');
$node->safe_psql('postgres', "$insert (3, 'next', 1, 0.1)");

# An open transaction that has not come to its COMMIT locks no row of the
# ledger.
is(session("BEGIN; $insert (3, 'open', 1, 0.1);\nSELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode <> 'AccessShareLock' AND relation IN ('deals_reserve'::regclass, 'deals_journal'::regclass); ROLLBACK;"),
	"0\n", 'what is pending locks nothing of the books');

# commit_prepared_after_restart: what was posted when it was prepared is not
# posted again, whatever the session has pending itself.
$node->restart;
is($node->safe_psql('postgres', 'SELECT gid FROM pg_prepared_xacts'), 'holder', 'what is prepared outlives a restart');
like(session("SET lock_timeout = '50ms'; $insert (1, 'waiter', 1, 0.1);"), qr/ERROR:  55P03/, 'and still has its row');
$node->safe_psql('postgres', "$insert (3, 'same session', 1, 0.1); COMMIT PREPARED 'holder'; $insert (1, 'same session', 1, 0.1);");
books_are("0:0 1:11 2:$kept 3:3", 'have what was prepared once');
is($node->safe_psql('postgres', q{SELECT count(*), sum(principal) FROM deals_position WHERE holder = 'holder'}), '1|10', 'in one entry of the journal');

# A session that waits for a prepared transaction is judged on what that left.
$node->safe_psql('postgres', "BEGIN; $insert (2, 'holder', 26, 0.1); PREPARE TRANSACTION 'second'");
$node->stop('immediate');
$node->start;
like(session_that_waits("$insert (2, 'waiter', 10, 0.1);", q{COMMIT PREPARED 'second'}), qr/ERROR:  23514: reserved amount of deal "2"/,
	'a waiter is judged on what was prepared');
$node->safe_psql('postgres', "BEGIN; $insert (1, 'holder', 35, 0.1); PREPARE TRANSACTION 'third'");
$node->restart;
is(session_that_waits("$insert (1, 'waiter', 10, 0.1);", q{ROLLBACK PREPARED 'third'}), '', 'or on what was not');
books_are('0:0 1:21 2:' . ($kept + 26) . ' 3:3', 'at the end');

$node->stop;
done_testing();
