# Twenty thousand random statements by four clients at once, among them every way
# of writing a table, savepoints, two-phase commit, clients that are terminated
# and one crash of the server.  Two of the clients write the books through SPI,
# two straight to the heap; one set of tables has statement triggers, the other
# row triggers.  Afterwards audit finds nothing, and a model that shares nothing
# with the extension - whole numbers of any length in Perl, from the rows that
# are left - agrees with ledger, journal and positions to the share.
#
# COVENANT_FUZZ_SEED repeats the statements of a run, COVENANT_FUZZ_STATEMENTS
# is their number.

use strict;
use warnings;

use Math::BigInt;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $seed = $ENV{COVENANT_FUZZ_SEED} // time ^ $$;
my $statements = $ENV{COVENANT_FUZZ_STATEMENTS} // 20000;
my $clients = 4;
my $chunk = 125;    # statements that go over one connection
diag("COVENANT_FUZZ_SEED=$seed");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
max_prepared_transactions = 20
deadlock_timeout = 20ms
lock_timeout = 300ms
statement_timeout = 5s
restart_after_crash = on
client_min_messages = warning
});
$node->start;

# Two sets of books, one of which refuses what breaks the reserve.
$node->safe_psql('postgres', 'CREATE EXTENSION covenant');
my %on_breach = (lenient => 'record', strict => 'refuse');
my %mode = (lenient => $seed % 2 ? 'row' : 'statement', strict => $seed % 2 ? 'statement' : 'row');
for my $schema (sort keys %on_breach)
{
	$node->safe_psql(
		'postgres', qq{
CREATE SCHEMA $schema;
SET search_path = $schema, covenant;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, other bigint NOT NULL);
CREATE TABLE plain (id int PRIMARY KEY, deal_id int REFERENCES deals ON DELETE CASCADE ON UPDATE CASCADE, buyer text NOT NULL,
	amount numeric(20,2) NOT NULL, price numeric NOT NULL, rate numeric NOT NULL, live boolean);
CREATE TABLE parts (id int, bucket int, deal_id bigint, buyer text NOT NULL, amount numeric NOT NULL, price share_price NOT NULL, PRIMARY KEY (bucket, id)) PARTITION BY LIST (bucket);
CREATE TABLE parts_0 (gone int, price share_price NOT NULL, amount numeric NOT NULL, bucket int NOT NULL, buyer text NOT NULL, id int NOT NULL, deal_id bigint);
ALTER TABLE parts_0 DROP gone;
ALTER TABLE parts ATTACH PARTITION parts_0 FOR VALUES IN (0);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
CREATE SEQUENCE family_rows;
CREATE TABLE family (id int, deal_id int, amount bigint NOT NULL, price numeric NOT NULL, row bigint PRIMARY KEY DEFAULT nextval('$schema.family_rows'));
CREATE TABLE family_child (more text, PRIMARY KEY (row)) INHERITS (family);
CREATE TABLE warrants (id int PRIMARY KEY, deal_id int, buyer text NOT NULL, n shares NOT NULL);
INSERT INTO deals SELECT i, 40000000, 400000000, 100000000, 1000000 FROM generate_series(1, 8) i;
SELECT watch_deals('deals', 'deal_id', 'reserved', 'authorized', 'outstanding', 'other', on_breach => '$on_breach{$schema}', mode => '$mode{$schema}'),
	watch_notes('plain', 'deals', 'deal_id', 'amount', 'price', 'buyer', 'half_up', 'live', 'rate', mode => '$mode{$schema}'),
	watch_notes('parts', 'deals', 'deal_id', 'amount', 'price', 'buyer', 'down'),
	watch_notes('family', 'deals', 'deal_id', 'amount', 'price', rounding => 'half_even', note => 'row'),
	watch_warrants('warrants', 'deals', 'deal_id', 'n', 'buyer', mode => '$mode{$schema}');
CREATE PROCEDURE in_pieces(first int, deal int) LANGUAGE plpgsql AS \$\$
BEGIN
	FOR i IN 1 .. 3 LOOP
		INSERT INTO $schema.family VALUES (first + i, deal, 100 * i, 0.07);
		IF i = 2 THEN ROLLBACK; ELSE COMMIT; END IF;
	END LOOP;
END \$\$;
});
}

# ---------------------------------------------------------------------------
# Random statements
# ---------------------------------------------------------------------------

sub one_of { return $_[ int rand @_ ] }
sub id { return 1 + int rand 60 }
sub deal { return one_of(1 .. 8, 1, 2, 'NULL') }
sub buyer { return one_of(qw('alpha' 'stonestreet' 'bristol')) }
sub amount { return one_of(0, 1, 0.01, 99.99, 1000, 250000, int(rand 1e6) / 100, int(rand 1e6)) }
sub whole { return one_of(0, 1, 7, 1000, int(rand 1e6)) }
sub price { return one_of(0.0114, 0.06, 0.1647, 0.3, 1, 7, 3.5, 0.000003 + int(rand 1e4) / 1e4) }
sub fraction { return one_of("'1/3'", "'1001/120000'", "'0.06'", "'" . (1 + int rand 1000) . '/' . (1 + int rand 90000) . "'") }
sub range { my $from = id(); return "BETWEEN $from AND " . ($from + int rand 15) }

# A row of each table, and a change to its columns.
my %row = (
	plain => sub { join ', ', id(), deal(), buyer(), amount(), price(), one_of(0, 0.05, '-0.01', 0.08), one_of(qw(true true true false NULL)) },
	parts => sub { join ', ', id(), int(rand 4), deal(), buyer(), amount(), fraction() },
	family => sub { join ', ', id(), deal(), whole(), price() },
	warrants => sub { join ', ', id(), deal(), buyer(), whole() });
my %change = (
	plain => sub { one_of('amount = ' . amount(), 'price = ' . price(), 'amount = amount / 2, price = price * 2', 'deal_id = ' . deal(), 'live = NOT live', 'rate = rate + 0.01', 'buyer = ' . buyer(), 'amount = amount') },
	parts => sub { one_of('amount = amount + ' . amount(), 'price = ' . fraction(), 'deal_id = ' . deal() . ', bucket = ' . int(rand 4), 'bucket = (bucket + 1) % 4', 'bucket = ' . int(rand 4) . ', amount = ' . amount() . ', price = ' . fraction(), 'buyer = ' . buyer()) },
	family => sub { one_of('amount = ' . whole(), 'price = ' . price(), 'deal_id = ' . deal(), 'id = ' . id() . ', amount = amount + 1') },
	warrants => sub { one_of('n = ' . whole(), 'deal_id = ' . deal(), 'buyer = ' . buyer()) });
my %key = (plain => 'id', parts => 'bucket, id', warrants => 'id');
my %aim = (plain => ['plain'], parts => [qw(parts parts parts_0 parts_1 parts_rest)], family => [qw(family family family_child), 'ONLY family'], warrants => ['warrants']);

# Lines to be copied in a file of their own: psql since 16 takes those that
# follow a COPY that fails for statements.
my $directory = PostgreSQL::Test::Utils::tempdir();
my $files = 0;
sub file_of { my $file = "$directory/$$." . ++$files . '.copy'; append_to_file($file, join("\n", @_, '')); return $file }
sub rows { my ($table) = @_; return join ', ', map { '(' . $row{$table}->() . ')' } 1 .. 1 + int rand 4 }

# What a client may do with a table of a schema ($s): name => [ weight, SQL ].
my %kinds = (
	insert => [ 20, sub { my ($s, $t) = @_; "INSERT INTO $s.$t VALUES " . rows($t) } ],
	insert_child => [ 4, sub { my ($s) = @_; "INSERT INTO $s.family_child (id, deal_id, amount, price, more) VALUES (" . $row{family}->() . ", 'x')" } ],
	insert_leaf => [ 4, sub { my ($s) = @_; "INSERT INTO $s.parts_0 (id, bucket, deal_id, buyer, amount, price) VALUES (" . (id() =~ s/$/, 0, /r) . join(', ', deal(), buyer(), amount(), fraction()) . ')' } ],
	insert_select => [ 5, sub { my ($s) = @_; "INSERT INTO $s.plain SELECT i, " . deal() . ', ' . buyer() . ", i * 10.01, " . price() . ", 0, true FROM generate_series(" . id() . ', ' . (20 + id()) . ', 3) i ON CONFLICT DO NOTHING' } ],
	on_conflict => [ 12, sub { my ($s, $t) = @_; $t = one_of(qw(plain parts warrants)); "INSERT INTO $s.$t VALUES (" . $row{$t}->() . ") ON CONFLICT ($key{$t}) DO UPDATE SET " . ($t eq 'warrants' ? 'n = excluded.n' : 'amount = excluded.amount, price = excluded.price') . ', deal_id = excluded.deal_id' } ],
	update => [ 25, sub { my ($s, $t) = @_; "UPDATE " . (one_of(@{ $aim{$t} }) =~ s/(\w+)$/$s.$1/r) . ' SET ' . $change{$t}->() . ' WHERE id ' . range() } ],
	update_from => [ 3, sub { my ($s, $t) = @_; "UPDATE $s.$t t SET deal_id = d.deal_id FROM $s.deals d WHERE d.deal_id = t.deal_id % 8 + 1 AND t.id " . range() } ],
	delete => [ 12, sub { my ($s, $t) = @_; "DELETE FROM " . (one_of(@{ $aim{$t} }) =~ s/(\w+)$/$s.$1/r) . ' WHERE id ' . range() } ],
	merge => [ 12, sub { my ($s) = @_; my $t = one_of(qw(plain parts)); my $on = join ' AND ', map { "t.$_ = s.$_" } split /, /, $key{$t};
		"MERGE INTO $s.$t t USING (VALUES " . rows($t) . ') AS s(' . ($t eq 'plain' ? 'id, deal_id, buyer, amount, price, rate, live' : 'id, bucket, deal_id, buyer, amount, price') . ") ON $on "
		. one_of('WHEN MATCHED AND t.amount > 500 THEN DELETE ', 'WHEN MATCHED AND t.amount = 0 THEN DO NOTHING ') . 'WHEN MATCHED THEN UPDATE SET amount = s.amount, deal_id = t.deal_id'
		. ($t eq 'parts' ? one_of(', bucket = (t.bucket + 1) % 4', '') : '') . ' WHEN NOT MATCHED THEN INSERT VALUES (' . ($t eq 'plain' ? 's.id, s.deal_id::int, s.buyer, s.amount, s.price, s.rate, s.live::boolean' : 's.id, s.bucket, s.deal_id::bigint, s.buyer, s.amount, s.price::covenant.share_price') . ')' } ],
	copy => [ 5, sub { my ($s, $t) = @_; my @lines = map { $row{$t}->() =~ s/, /\t/gr =~ s/'//gr =~ s/NULL/\\N/gr } 1 .. 3; "\\copy $s.$t" . ($t eq 'family' ? ' (id, deal_id, amount, price)' : '') . " FROM '" . file_of(@lines) . "'" } ],
	move => [ 5, sub { my ($s) = @_; "WITH gone AS (DELETE FROM $s.plain WHERE id " . range() . " RETURNING *), repriced AS (UPDATE $s.parts SET price = " . fraction() . " WHERE id = " . id() . ") INSERT INTO $s.warrants SELECT id, deal_id, buyer, 5 FROM gone ON CONFLICT (id) DO NOTHING" } ],
	deals => [ 12, sub { my ($s) = @_; "UPDATE $s.deals SET " . one_of('reserved = reserved + ' . whole(), 'reserved = reserved - 1000, outstanding = outstanding + 1000', 'authorized = authorized + 1', 'other = ' . whole(), 'reserved = 40000000', 'deal_id = deal_id') . ' WHERE deal_id ' . range() } ],
	new_deal => [ 2, sub { my ($s) = @_; "INSERT INTO $s.deals VALUES (" . (1 + int rand 9) . ", 1000000, 2000000, 0, 0) ON CONFLICT (deal_id) DO UPDATE SET reserved = $s.deals.reserved + 1" } ],
	cascade => [ 2, sub { my ($s) = @_; one_of("DELETE FROM $s.deals WHERE deal_id = " . deal(), "UPDATE $s.deals SET deal_id = 9 WHERE deal_id = " . deal()) } ],
	truncate => [ 1, sub { my ($s) = @_; 'TRUNCATE ' . one_of("$s.plain", "$s.parts", "$s.parts_1", "$s.parts_rest", "$s.family", "ONLY $s.family", "$s.warrants, $s.family_child") } ],
	caught => [ 6, sub { my ($s, $t) = @_; "DO \$\$ BEGIN INSERT INTO $s.$t VALUES " . rows($t) . "; BEGIN UPDATE $s.$t SET " . $change{$t}->() . " WHERE id " . range() . "; PERFORM 1 / " . one_of(0, 1) . "; EXCEPTION WHEN division_by_zero OR unique_violation THEN DELETE FROM $s.$t WHERE id = " . id() . '; END; END $$' } ],
	procedure => [ 1, sub { my ($s) = @_; "CALL $s.in_pieces(" . id() . ', ' . deal() . ')' } ],
	ask => [ 5, sub { my ($s) = @_; one_of("SELECT covenant.check('$s.deals')", "SELECT count(*) FROM $s.deals_status WHERE slack < 0", "SELECT count(*) FROM covenant.audit('$s.deals')") } ],
	override => [ 1, sub { my ($s) = @_; "SELECT covenant.override('$s.deals', 'fuzz')" } ],
	day => [ 1, sub { "SET LOCAL covenant.as_of = '2005-0" . (1 + int rand 9) . "-01'" } ]);
my @bag = map { my $kind = $_; ($kind) x $kinds{$kind}[0] } sort keys %kinds;

sub statement
{
	my $sql = $kinds{ one_of(@bag) }[1]->(one_of(sort keys %on_breach), one_of(sort keys %row));
	return $sql =~ /^\\/ ? $sql : "$sql;";
}

# A transaction of some statements, with savepoints.
sub transaction
{
	my ($client) = @_;
	return statement() if rand() < 0.4;
	my @lines = ('BEGIN ISOLATION LEVEL ' . one_of('READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE') . ';');
	my @savepoints;
	for (1 .. 1 + int rand 7)
	{
		my $dice = rand;
		if ($dice < 0.15) { push @savepoints, 's' . int rand 3; push @lines, "SAVEPOINT $savepoints[-1];" }
		elsif ($dice < 0.25 && @savepoints) { push @lines, 'ROLLBACK TO ' . one_of(@savepoints) . ';' }
		elsif ($dice < 0.30 && @savepoints) { push @lines, 'RELEASE ' . pop(@savepoints) . ';' }
		else { push @lines, statement() }
	}
	my $end = rand;
	my $gid = "'fuzz $client " . int(rand 1e9) . "'";
	push @lines, $end < 0.7 ? 'COMMIT;' : $end < 0.85 ? 'ROLLBACK;'
	  : ("PREPARE TRANSACTION $gid;", one_of('COMMIT', 'COMMIT', 'ROLLBACK') . " PREPARED $gid;");
	return @lines;
}

# ---------------------------------------------------------------------------
# The run
# ---------------------------------------------------------------------------

# One client: its statements in chunks, each over a connection of its own,
# whatever becomes of that.
sub client
{
	my ($number) = @_;
	srand($seed + $number);
	local $ENV{PGOPTIONS} = '-c covenant.direct_posting=' . ($number % 2 ? 'on' : 'off');
	my $left = $statements / $clients;
	for (my $part = 0; $left > 0; $part++)
	{
		my @lines;
		push @lines, transaction($number) while @lines < $chunk && @lines < $left;
		$left -= @lines;
		my $file = "$directory/$number.$part.sql";
		append_to_file($file, join("\n", "SET application_name = 'fuzz';", @lines, ''));
		my @psql = ('psql', '-X', '-q', '-At', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres'));
		for (1 .. 100)
		{
			last if system("@psql[0..3] -d \"\$DB\" -c '' >/dev/null 2>&1") == 0;
			sleep 0.1;    # the server recovers
		}
		system("psql -X -q -At -v VERBOSITY=verbose -d \"\$DB\" -f $file >/dev/null 2>>$directory/$number.errors");
	}
	POSIX::_exit(0);
}

$ENV{DB} = $node->connstr('postgres');
my %running;
my $begin = time;
for my $number (1 .. $clients)
{
	my $process = fork // die "fork: $!";
	client($number) if $process == 0;
	$running{$process} = $number;
}

# Meanwhile clients are terminated, prepared transactions that one of them left
# behind are ended, and once the server crashes.
srand($seed);
my ($terminated, $crashes) = (0, 0);
while (%running)
{
	sleep 0.25;
	while ((my $process = waitpid(-1, POSIX::WNOHANG())) > 0) { delete $running{$process} }
	$node->psql('postgres', q{SELECT format('%s PREPARED %L', CASE WHEN random() < 0.5 THEN 'COMMIT' ELSE 'ROLLBACK' END, gid)
		FROM pg_prepared_xacts WHERE prepared < clock_timestamp() - interval '0.5 s' \gexec});
	next if rand() < 0.5;
	my (undef, $pid) = $node->psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE application_name = 'fuzz' ORDER BY random() LIMIT 1});
	next unless $pid;
	if (!$crashes && time - $begin > 2)
	{
		# A backend that dies by itself takes the others with it: crash and recovery.
		$crashes += kill 'QUIT', $pid;
		next;
	}
	$node->psql('postgres', "SELECT pg_terminate_backend($pid)");
	$terminated++;
}
$node->poll_query_until('postgres', 'SELECT true') or die 'the server did not come back';
$node->safe_psql('postgres', "COMMIT PREPARED '$_'") for split /\n/, $node->safe_psql('postgres', 'SELECT gid FROM pg_prepared_xacts');
my $seconds = time - $begin;

# The statements did something.
my $written = $node->safe_psql('postgres', 'SELECT count(*) FROM lenient.deals_journal') + $node->safe_psql('postgres', 'SELECT count(*) FROM strict.deals_journal');
cmp_ok($written, '>', $statements / 5, 'the clients got through');

# Errors are part of the game, but only those that such statements may get.
my (%errors, %about_books);
for my $number (1 .. $clients)
{
	next unless -e "$directory/$number.errors";
	my $log = slurp_file("$directory/$number.errors");
	$log =~ s/^.*XX000: +unknown action in MERGE WHEN clause$//mg;	# what older minor releases say of DO NOTHING in a race
	$errors{$_}++ for $log =~ /(?:ERROR|FATAL|PANIC): +(\w{5}):/g;
	$about_books{$_}++ for $log =~ /^.*(?:ERROR:.*deals_(?:reserve|journal|position)|changed by hand).*$/mg;
}
diag(sprintf '%d statements in %.0f s, %d clients terminated, %d crash, %d entries; %s', $statements, $seconds, $terminated, $crashes, $written,
	join(', ', map { "$_ $errors{$_}" } sort keys %errors));
my %foreseen = map { $_ => 1 } qw(
  22008 22012 22023 23502 23503 23505 23514 21000 25001 25P01 25P02 3B001 2D000 40001 40P01 42704 55000 55P03 57014 57P01 57P02 57P03 0A000);
is_deeply([ grep { !$foreseen{$_} } sort keys %errors ], [], 'no error that a user could not have foreseen');
is_deeply(\%about_books, {}, 'nor one about the books themselves');
ok(($errors{23514} // 0) > 0, 'some transactions were refused');

# ---------------------------------------------------------------------------
# The model
# ---------------------------------------------------------------------------

# A decimal or a fraction as two whole numbers.
sub rational
{
	my ($text) = @_;
	return map { Math::BigInt->new($_) } split m{/}, $text if $text =~ m{/};
	my ($sign, $whole, $decimals) = $text =~ /^(-?)(\d*)\.?(\d*)$/ or die "no number: $text";
	return (Math::BigInt->new("$sign$whole$decimals"), Math::BigInt->new(10)**length $decimals);
}

# The same in lowest terms, as text.
sub lowest
{
	my ($n, $d) = map { rational($_) } @_;
	return '0' if $n->is_zero;
	my $common = Math::BigInt::bgcd($n, $d);
	return ($n / $common) . '/' . ($d / $common);
}

# amount / price in whole shares, by the table's rounding.
sub shares
{
	my ($n, $d, $price, $rounding) = @_;
	return Math::BigInt->new(0) if $n->is_zero;
	my ($p, $q) = rational($price);
	my $divisor = $d * $p;
	my ($shares, $rest) = ($n * $q)->copy->bdiv($divisor);
	my $half = ($rest * 2)->bcmp($divisor);
	my $up = $rounding eq 'half_up' ? $half >= 0 : $rounding eq 'half_even' ? $half > 0 || $half == 0 && $shares->is_odd : 0;
	return $up ? $shares + 1 : $shares;
}

# Money as a whole number of trillionths.
sub money { my ($n, $d) = @_; my $m = $n * Math::BigInt->new(10)**12; die 'too many decimals' unless ($m % $d)->is_zero; return $m / $d }

my @sums = qw(principal annual_interest note_shares interest_shares warrant_shares reserved authorized outstanding other_reserved);

for my $schema (sort keys %on_breach)
{
	my (%deal, %holder, %instrument);
	my $add = sub {
		my ($deal, $holder, %sum) = @_;
		for my $sum (keys %sum)
		{
			$_ = ($_ // Math::BigInt->new(0)) + $sum{$sum} for $deal{$deal}{$sum}, $holder{"$deal of $holder"}{$sum};
		}
	};
	my $rows = sub { return map { [ split /\|/, $_, -1 ] } split /\n/, $node->safe_psql('postgres', "SELECT $_[0]") };

	for ($rows->("deal_id, buyer, amount, price, rate, id FROM $schema.plain WHERE deal_id IS NOT NULL AND live"))
	{
		my ($deal, $buyer, $amount, $price, $rate, $key) = @$_;
		my ($n, $d) = rational($amount);
		my ($r, $e) = rational($rate);
		$instrument{"$deal plain $key"} = [ lowest($amount), 0, lowest($price), lowest($rate), $buyer ];
		my $interest = $r->is_neg ? Math::BigInt->new(0) : $n * $r;
		$add->($deal, $buyer, principal => money($n, $d), annual_interest => money($n * $r, $d * $e),
			note_shares => shares($n, $d, $price, 'half_up'), interest_shares => shares($interest, $d * $e, $price, 'half_up'));
	}
	for ($rows->("deal_id, buyer, amount, price, 'down', 'parts (' || bucket || ',' || id || ')' FROM $schema.parts WHERE deal_id IS NOT NULL"),
		$rows->("deal_id, '', amount, price, 'half_even', 'family ' || row FROM $schema.family WHERE deal_id IS NOT NULL"))
	{
		my ($deal, $buyer, $amount, $price, $rounding, $key) = @$_;
		my ($n, $d) = rational($amount);
		$instrument{"$deal $key"} = [ lowest($amount), 0, lowest($price), 0, $buyer ];
		$add->($deal, $buyer, principal => money($n, $d), note_shares => shares($n, $d, $price, $rounding));
	}
	for ($rows->("deal_id, buyer, n, id FROM $schema.warrants WHERE deal_id IS NOT NULL"))
	{
		my ($deal, $buyer, $n, $key) = @$_;
		$instrument{"$deal warrants $key"} = [ 0, $n, 0, 0, $buyer ];
		$add->($deal, $buyer, warrant_shares => Math::BigInt->new($n));
	}
	for ($rows->("deal_id, reserved, authorized, outstanding, other FROM $schema.deals"))
	{
		my ($deal, @capital) = @$_;
		$add->($deal, '', map { ($sums[ 5 + $_ ] => Math::BigInt->new($capital[$_])) } 0 .. 3);
	}

	# A line of sums by deal, or by deal and holder, of model and of books; what
	# is all zeros is not worth a line.
	my $expected = sub {
		my ($model) = @_;
		my %line = map { my $sum = $model->{$_}; $_ => join '|', map { $sum->{$_} // 0 } @sums } keys %$model;
		return { map { $_ => $line{$_} } grep { $line{$_} =~ /[1-9]/ } keys %line };
	};
	my $told = sub {
		my ($columns, $from) = @_;
		my %told;
		for ($rows->("$columns, " . join(', ', map { /principal|annual/ ? "trim_scale($_ * 1e12)" : $_ } @sums) . " FROM $from"))
		{
			my ($key, @values) = @$_;
			$told{$key} = join '|', @values if grep { $_ ne '0' } @values;
		}
		return \%told;
	};

	is_deeply($told->('deal', "$schema.deals_reserve"), $expected->(\%deal), "$schema: the ledger agrees with the model to the share");
	is_deeply($told->('deal', "(SELECT deal, " . join(', ', map { "sum($_) AS $_" } @sums) . " FROM $schema.deals_journal GROUP BY deal) j"),
		$expected->(\%deal), "$schema: so does the journal");
	# Each instrument as its positions leave it; what has no amount is not worth
	# a line, nor are the holders of a table that names none.
	my %positions;
	for ($rows->(qq{deal || ' ' || source || ' ' || instrument, sum(principal), sum(warrant_shares),
		(array_agg(price::text || ' ' || price_divisor ORDER BY effective_on DESC, seq DESC, line DESC) FILTER (WHERE price IS NOT NULL))[1],
		(array_agg(rate ORDER BY effective_on DESC, seq DESC, line DESC) FILTER (WHERE rate IS NOT NULL))[1],
		(array_agg(holder ORDER BY effective_on DESC, seq DESC, line DESC) FILTER (WHERE holder IS NOT NULL))[1]
		FROM $schema.deals_position GROUP BY deal, source, instrument HAVING sum(principal) <> 0 OR sum(warrant_shares) <> 0}))
	{
		my ($key, $principal, $warrants, $price, $rate, $holder) = @$_;
		my ($over, $under) = split / /, $price || '0 1';
		my ($n, $d) = rational($over);
		my ($m, $e) = rational($under || 1);
		$positions{$key} = [ lowest($principal), $warrants, lowest($n * $e . '/' . $d * $m), $key =~ / plain / ? lowest($rate) : 0, $holder ];
	}
	my %held = map { $_ => $instrument{$_} } grep { $instrument{$_}[0] || $instrument{$_}[1] } keys %instrument;
	cmp_ok(scalar keys %held, q{>}, 20, "$schema: instruments are left");
	is_deeply(\%positions, \%held, "$schema: so do the positions of every instrument");
	is($node->safe_psql('postgres', "SELECT * FROM covenant.audit('$schema.deals')"), '', "$schema: audit finds nothing");
	is($node->safe_psql('postgres', qq{
SELECT deal, l.entries, j.entries, j.last FROM $schema.deals_reserve l
FULL JOIN (SELECT deal, count(DISTINCT seq) AS entries, max(seq) AS last FROM $schema.deals_journal GROUP BY deal) j USING (deal)
WHERE (l.entries, l.entries) IS DISTINCT FROM (coalesce(j.entries, 0), coalesce(j.last, 0))}), '', "$schema: no entry is missing");
	is($node->safe_psql('postgres', qq{
SELECT deal, s.slack, j.slack FROM $schema.deals_status s JOIN $schema.deals_reserve l USING (deal) JOIN $schema.deals_journal j USING (deal)
WHERE j.seq = l.entries AND j.slack <> s.slack}), '', "$schema: the last entry has the slack of today");
}

$node->stop;
done_testing();
