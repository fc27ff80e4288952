# Nobody's word is believed.  mallory has a schema of her own and no right on
# anybody's books.  She makes every claim that covenant could take for true:
# tables, views, triggers and keys that name the books of others.  A probe that
# runs in all of them records as whom; it must never be anybody but her, and
# nothing may fail for anybody else, or wait for her.

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $db = 'postgres';

my $readings = q{'{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD",
	"base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts",
	"as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}'};

sub ok_as
{
	my ($role, $sql, $name) = @_;
	my ($status, $output, $errors) = $node->psql($db, "SET ROLE $role; SET lock_timeout = '5s'; SET statement_timeout = '60s'; $sql");
	is("$status $errors" =~ s/^(?:psql:<stdin>:\d+: )?(?:WARNING|DETAIL|HINT|NOTICE|CONTEXT).*\n?//mgr, '0 ', "$role: $name");
	return $output;
}

# An error is what mallory, or whoever tries what is not allowed, gets.
sub refused
{
	my ($role, $state, $sql, $name) = @_;
	my ($status, $output, $errors) = $node->psql($db, "\\set VERBOSITY sqlstate\nSET ROLE $role; SET lock_timeout = '5s'; $sql");
	like($errors, qr/ERROR:  $state$/m, "$role, $state: $name");
	return;
}

# As whom the probe ran.
sub nobody_else
{
	my ($name) = @_;
	is($node->safe_psql($db, q{SELECT string_agg(DISTINCT who, ' ') FROM evil.seen WHERE who <> 'mallory'}), '', "$name: her functions ran as nobody else");
	return;
}

# What the books of the house say.
sub books
{
	return $node->safe_psql($db, q{
SELECT l::text FROM house.deals_reserve l ORDER BY deal; SELECT j::text FROM house.deals_journal j ORDER BY deal, seq;
SELECT p::text FROM house.deals_position p ORDER BY deal, seq, line; SELECT e::text FROM house.deals_event e ORDER BY event_id;
SELECT count(*) FROM house.deals_reading; SELECT count(*) FROM house.deals_clause; SELECT l::text FROM house.deals_list l ORDER BY 1;
SELECT tgrelid::regclass, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'house'::regnamespace AND NOT tgisinternal ORDER BY 1, 2});
}

# The house, its people, and a hall where everybody may put things.
$node->safe_psql(
	$db, q{
CREATE EXTENSION covenant;
-- the superuser, who has the name of whoever runs this
SELECT 'CREATE ROLE postgres SUPERUSER' WHERE to_regrole('postgres') IS NULL \gexec
CREATE ROLE owner; CREATE ROLE officer; CREATE ROLE clerk; CREATE ROLE mallory;
GRANT owner TO officer;
CREATE SCHEMA house AUTHORIZATION owner; GRANT USAGE ON SCHEMA house TO PUBLIC;
CREATE SCHEMA evil AUTHORIZATION mallory; GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE SCHEMA hall; GRANT USAGE, CREATE ON SCHEMA hall TO owner, mallory;
SET ROLE owner;
SET search_path = house;
SET covenant.as_of = '2005-05-23';
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, outstanding bigint NOT NULL, authorized bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price covenant.share_price, rate numeric, security text, terms covenant.conversion_terms);
CREATE TABLE quotes (security text, day date, low numeric, PRIMARY KEY (security, day));
CREATE TABLE breaches (id int PRIMARY KEY, deal text, section text, since date, cured date, damages numeric, shares bigint);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding'), covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate'),
	covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
INSERT INTO deals VALUES ('a', 1000000, 500000, 10000000);
INSERT INTO notes VALUES (1, 'a', 'alpha', 10000, 0.10, 0.1, 'S', '50% of average of lowest 2 of 3 days'), (2, 'a', 'beta', 5000, 0.10, 0.1, NULL, NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes, deals TO clerk;
GRANT INSERT, SELECT ON quotes TO clerk;
});
ok_as('owner', "SELECT covenant.adopt('house.deals', 'spa-2005', $readings)", 'adopts');
ok_as('owner', q{SELECT covenant.watch_breaches('house.breaches', 'house.deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares')}, 'watches breaches');
ok_as('owner', q{CREATE TABLE house.offerings (deal text, name text, kind text, agreed date, closes date)}, 'has financings');
ok_as('owner', q{SELECT covenant.watch_offerings('house.offerings', 'house.deals', 'deal', 'name', 'kind', 'agreed', 'closes')}, 'watches them');
ok_as('owner', q{CREATE TABLE house.transfers (deal text, holder text, basis text, day date)}, 'has transfers');
ok_as('owner', q{SELECT covenant.watch_transfers('house.transfers', 'house.deals', 'deal', 'holder', 'basis', 'day')}, 'watches them too');
$node->safe_psql($db, q{SET ROLE owner; GRANT SELECT, INSERT ON house.deals_event TO clerk});

# The probe, in every form in which something of hers could run.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
CREATE TABLE seen (who text, what text); GRANT INSERT, SELECT ON seen TO PUBLIC;
CREATE FUNCTION saw(what text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN INSERT INTO evil.seen VALUES (current_user, what); RETURN true; END$$;
CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM evil.saw(TG_OP || ' on ' || TG_TABLE_NAME); IF current_user <> 'mallory' THEN RAISE 'stolen'; END IF; RETURN NEW; END$$;
CREATE FUNCTION lie_text() RETURNS text LANGUAGE sql AS $$SELECT CASE WHEN evil.saw('text') THEN 'a' END$$;
CREATE FUNCTION lie_number() RETURNS numeric LANGUAGE sql AS $$SELECT CASE WHEN evil.saw('number') THEN 1000000 END$$;
-- a type that runs her function when it is cast
CREATE TYPE coin AS (amount numeric);
CREATE FUNCTION to_numeric(coin) RETURNS numeric LANGUAGE plpgsql AS $$BEGIN PERFORM evil.saw('cast to numeric'); RETURN ($1).amount; END$$;
CREATE FUNCTION to_text(coin) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM evil.saw('cast to text'); RETURN 'a'; END$$;
CREATE FUNCTION to_bigint(coin) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN PERFORM evil.saw('cast to bigint'); RETURN 1; END$$;
CREATE FUNCTION to_price(coin) RETURNS covenant.share_price LANGUAGE plpgsql AS $$BEGIN PERFORM evil.saw('cast to price'); RETURN 1; END$$;
CREATE CAST (coin AS numeric) WITH FUNCTION to_numeric(coin) AS IMPLICIT;
CREATE CAST (coin AS text) WITH FUNCTION to_text(coin) AS IMPLICIT;
CREATE CAST (coin AS bigint) WITH FUNCTION to_bigint(coin) AS IMPLICIT;
CREATE CAST (coin AS covenant.share_price) WITH FUNCTION to_price(coin) AS IMPLICIT;
});

# forged_breach_table: with honest types, and with hers; and one that nobody may read.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
CREATE TABLE breach_honest (deal text, section text, since date, cured date, damages numeric, shares bigint);
INSERT INTO breach_honest VALUES ('a', '4(h)', '2005-06-08', '2005-07-20', 1, 1);
CREATE TABLE breach_cast (deal coin, section coin, since date, cured date, damages coin, shares coin);
INSERT INTO breach_cast VALUES (ROW(1), ROW(1), '2005-06-08', '2005-07-20', ROW(1), ROW(1));
CREATE VIEW breach_view AS SELECT lie_text() AS deal, '4(h)'::text AS section, date '2005-06-08' AS since, date '2005-07-20' AS cured, lie_number() AS damages, 1::bigint AS shares;
CREATE TABLE breach_hidden (LIKE breach_honest); REVOKE ALL ON breach_hidden FROM PUBLIC;
CREATE TABLE breach_parted (LIKE breach_honest) PARTITION BY LIST (deal); CREATE TABLE breach_part PARTITION OF breach_parted FOR VALUES IN ('a');
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY '{breach_honest, breach_cast, breach_hidden, breach_parted}'::text[] LOOP
		EXECUTE format($f$CREATE TRIGGER covenant_breach BEFORE INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION covenant_internal.breach(
			'table=breaches', 'schema=house', 'ledger=deals_reserve', 'deal=deal', 'section=section', 'from_day=since', 'to_day=cured', 'amount=damages', 'shares=shares')$f$, t);
	END LOOP;
END $$;
CREATE TRIGGER covenant_breach INSTEAD OF INSERT OR UPDATE ON breach_view FOR EACH ROW EXECUTE FUNCTION covenant_internal.breach(
	'table=breaches', 'schema=house', 'ledger=deals_reserve', 'deal=deal', 'section=section', 'from_day=since', 'to_day=cured', 'amount=damages', 'shares=shares');
ALTER TABLE breach_honest ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON breach_honest USING (saw('policy')); GRANT SELECT ON breach_honest, breach_cast, breach_view, breach_parted TO PUBLIC;
});

# forged_offerings: what they hold would be barred, and a breach; with honest types, and with hers.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
CREATE TABLE offering_honest (deal text, name text, kind text, agreed date, closes date);
INSERT INTO offering_honest VALUES ('a', 'X', 'warrants', '2005-06-01', '2005-06-02');
CREATE TABLE offering_cast (deal coin, name coin, kind coin, agreed date, closes date);
INSERT INTO offering_cast VALUES (ROW(1), ROW(1), ROW(1), '2005-06-01', '2005-06-02');
CREATE TABLE offering_hidden (LIKE offering_honest); REVOKE ALL ON offering_hidden FROM PUBLIC;
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY '{offering_honest, offering_cast, offering_hidden}'::text[] LOOP
		EXECUTE format($f$CREATE CONSTRAINT TRIGGER covenant_offering AFTER INSERT OR UPDATE ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION covenant_internal.offering(
			'table=offerings', 'schema=house', 'ledger=deals_reserve', 'deal=deal', 'offering=name', 'kind=kind', 'agreed_on=agreed', 'closes_on=closes')$f$, t);
	END LOOP;
END $$;
ALTER TABLE offering_honest ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON offering_honest USING (saw('policy')); GRANT SELECT ON offering_honest, offering_cast TO PUBLIC;
});

# forged_transfers: likewise.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
CREATE TABLE transfer_honest (deal text, holder text, basis text, day date);
INSERT INTO transfer_honest VALUES ('a', 'alpha', 'gift', '2005-06-01');
CREATE TABLE transfer_cast (deal coin, holder coin, basis coin, day date);
INSERT INTO transfer_cast VALUES (ROW(1), ROW(1), ROW(1), '2005-06-01');
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY '{transfer_honest, transfer_cast}'::text[] LOOP
		EXECUTE format($f$CREATE CONSTRAINT TRIGGER covenant_transfer AFTER INSERT OR UPDATE ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION covenant_internal.transfer(
			'table=transfers', 'schema=house', 'ledger=deals_reserve', 'deal=deal', 'holder=holder', 'basis=basis', 'on_day=day')$f$, t);
	END LOOP;
END $$;
ALTER TABLE transfer_honest ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON transfer_honest USING (saw('policy')); GRANT SELECT ON transfer_honest, transfer_cast TO PUBLIC;
});
refused('mallory', '42501', $_, $_) foreach (q{INSERT INTO evil.transfer_honest VALUES ('a', 'alpha', 'gift', '2005-06-01')}, q{UPDATE evil.transfer_cast SET day = '2005-06-03'});
refused('mallory', '42501', $_, $_) foreach (q{INSERT INTO evil.offering_honest VALUES ('a', 'X', 'warrants', '2005-06-01')}, q{UPDATE evil.offering_cast SET agreed = '2005-06-03'});

# forged_quotes_table: triggers of hers on it; of every shape.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
DO $$
DECLARE
	t text;
	words text := $w$'table=quotes', 'schema=house', 'notes=notes', 'security=security', 'day=day', 'price=low', 'notes_security=security', 'terms=terms'$w$;
BEGIN
	FOREACH t IN ARRAY '{quotes_by_row, quotes_by_statement, quotes_of_words}'::text[] LOOP
		EXECUTE format('CREATE TABLE %I (security text, day date, low numeric, PRIMARY KEY (security, day))', t);
		EXECUTE format('INSERT INTO %I VALUES (''S'', ''2005-06-01'', 0.01)', t);
		EXECUTE format('GRANT ALL ON %I TO PUBLIC', t);
		EXECUTE format('CREATE TRIGGER a BEFORE INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION steal()', t);
	END LOOP;
	EXECUTE 'CREATE TRIGGER covenant_reprice AFTER INSERT OR UPDATE OR DELETE ON quotes_by_row FOR EACH ROW EXECUTE FUNCTION covenant_internal.reprice(' || words || ')';
	EXECUTE 'CREATE TRIGGER covenant_reprice_update AFTER UPDATE ON quotes_by_statement REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.reprice(' || words || ')';
	EXECUTE 'CREATE TRIGGER covenant_reprice AFTER INSERT OR UPDATE OR DELETE ON quotes_of_words FOR EACH ROW EXECUTE FUNCTION covenant_internal.reprice(' || replace(words, 'price=low', 'price=nonsense') || ')';
END $$;
});

# forged_capture, capture_on_a_view: notes and deals of her own that claim to count.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
CREATE TABLE claim_notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric); INSERT INTO claim_notes VALUES (1, 'a', 'mallory', 1000000, 0.01);
CREATE TABLE claim_cast (note int PRIMARY KEY, deal coin, buyer coin, balance coin, price coin); INSERT INTO claim_cast VALUES (1, ROW(1), ROW(1), ROW(1), ROW(1));
CREATE TABLE claim_deals (deal text PRIMARY KEY, reserved bigint, outstanding bigint, authorized bigint); INSERT INTO claim_deals VALUES ('a', 1, 1, 1);
CREATE TABLE claim_child (x int) INHERITS (claim_notes);
CREATE TABLE claim_parted (note int, deal text, buyer text, balance numeric, price numeric) PARTITION BY LIST (deal); CREATE TABLE claim_part PARTITION OF claim_parted DEFAULT;
CREATE VIEW claim_view AS SELECT 1 AS note, lie_text() AS deal, lie_text() AS buyer, lie_number() AS balance, lie_number() AS price;
GRANT ALL ON claim_notes, claim_cast, claim_deals, claim_child, claim_parted, claim_part, claim_view TO PUBLIC;
DO $$
DECLARE
	t text;
	words text := $w$'schema=house', 'ledger=deals_reserve', 'source=notes', 'key=note', 'deal=deal', 'principal=balance', 'price=price', 'holder=buyer'$w$;
BEGIN
	FOREACH t IN ARRAY '{claim_notes, claim_cast, claim_child, claim_parted}'::text[] LOOP
		EXECUTE format('CREATE TRIGGER covenant_row AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture(''table=notes'', %s)', t, words);
	END LOOP;
	EXECUTE 'CREATE TRIGGER covenant_row INSTEAD OF INSERT OR UPDATE OR DELETE ON claim_view FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture(''table=notes'', ' || words || ')';
	CREATE TRIGGER covenant_row AFTER INSERT OR UPDATE OR DELETE ON claim_deals FOR EACH ROW EXECUTE FUNCTION
		covenant_internal.capture('table=deals', 'schema=house', 'ledger=deals_reserve', 'deal=deal', 'reserved=reserved', 'authorized=authorized', 'outstanding=outstanding');
END $$;
});

# Books, events and views of hers, in her schema, under the names of others', with triggers that name them.
$node->safe_psql(
	$db, q{
SET ROLE mallory;
SET search_path = evil;
CREATE TABLE deals_event (event_id bigint, deal text, kind text, occurred_on date, holder text, ref text, amount numeric, note text, recorded_at timestamptz, recorded_by text);
CREATE TRIGGER covenant_check BEFORE INSERT ON deals_event FOR EACH ROW EXECUTE FUNCTION covenant_internal.check_event('schema=house', 'ledger=deals_reserve');
CREATE TRIGGER covenant_stamp BEFORE INSERT ON deals_event FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
CREATE TABLE plain (id int PRIMARY KEY, deal text, section text, since date, cured date, damages numeric, shares bigint); CREATE TABLE quotes_plain (security text, day date, low numeric, PRIMARY KEY (security, day));
CREATE TABLE deals_journal (deal text); CREATE TABLE deals_reserve (deal text PRIMARY KEY); CREATE TABLE deals_reading (x int);
CREATE TRIGGER covenant_stamp BEFORE INSERT ON deals_reading FOR EACH ROW EXECUTE FUNCTION covenant_internal.stamp();
});

# She keeps all of it locked, and what she could guess of locks besides.
my $output = '';
my $locks = PostgreSQL::Test::Utils::tempdir() . '/locks.sql';
append_to_file($locks, q{
SET ROLE mallory;
BEGIN;
DO $$DECLARE t text; BEGIN FOR t IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'evil'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname <> 'seen' LOOP
	EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', t); END LOOP; END$$;
SELECT pg_advisory_lock(hashtextextended('S', 'house.quotes'::regclass::bigint)), pg_advisory_lock(hashtextextended('a', 'house.deals_reserve'::regclass::bigint)),
	pg_advisory_lock('house.quotes'::regclass::bigint), pg_advisory_lock('house.deals_reserve'::regclass::bigint), pg_advisory_lock('house.deals'::regclass::bigint);
SELECT pg_sleep(600);
});
my $locker = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr($db), '-f', $locks ], '>', \$output, '2>&1');
$node->poll_query_until($db, q{SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'}) or die 'mallory does not lock';

# Everything that others do still works, and says what it said before.
my $before = books();
foreach my $role ('owner', 'officer', 'postgres')
{
	is(ok_as($role, q{SELECT * FROM covenant.audit('house.deals')}, 'audits'), '', 'and finds nothing');
	is(ok_as($role, q{SELECT deal, principal, slack FROM house.deals_status}, 'reads the status'), 'a|15000|700000', 'which is right');
	is(ok_as($role, q{SELECT * FROM covenant.what_if('house.deals', 0.05)}, 'asks what if'), 'a|300000|600000|1000000|400000|60.00', 'and is told');
	ok_as($role, q{SELECT * FROM covenant.breakeven('house.deals'); SELECT * FROM covenant.readings('house.deals'); SELECT * FROM house.deals_duty; SELECT * FROM house.deals_damages},
		'reads the rest');
	ok_as($role, q{BEGIN; UPDATE house.notes SET balance = balance + 1; SELECT covenant.check('house.deals'); ROLLBACK}, 'checks');
	ok_as($role, q{SELECT covenant.rebuild('house.deals')}, 'rebuilds');
}
is(books(), $before, 'the books are as before');
nobody_else('reading');
is(ok_as('owner', q{SELECT covenant_internal.watched_with('house.deals_reserve')}, 'asks who counts'), "house.deals\nhouse.notes", 'nobody else counts');
is(ok_as('owner', q{SELECT quotes FROM covenant_internal.repricing_of('house.notes')}, 'asks who reprices'), 'house.quotes', 'nobody else does');
is(ok_as('owner', q{SELECT relation FROM covenant_internal.breach_tables('house.deals_reserve')}, 'asks for breaches'), 'house.breaches', 'there are no others');
is(ok_as('owner', q{SELECT relation FROM covenant_internal.offering_tables('house.deals_reserve')}, 'asks for offerings'), 'house.offerings', 'nor others of these');
is(ok_as('owner', q{SELECT relation FROM covenant_internal.transfer_tables('house.deals_reserve')}, 'asks for transfers'), 'house.transfers', 'nor of those');

# Quotes, by somebody who may write quotes and nothing else of these.
$node->safe_psql($db, q{REVOKE UPDATE ON house.notes FROM clerk});
ok_as('clerk', q{INSERT INTO house.quotes VALUES ('S', '2005-06-01', 0.30), ('S', '2005-06-02', 0.20), ('S', '2005-06-03', 0.10)}, 'brings quotes');
is(ok_as('owner', 'SELECT price FROM house.notes WHERE note = 1', 'looks'), '0.075', 'notes are repriced');
nobody_else('repricing');

# A split, by owner and officer.
ok_as('officer', q{SELECT covenant.split('house.deals', '{a}', 2, 1, '2005-06-10', 'down')}, 'splits');
ok_as('owner', q{SELECT covenant.split('house.deals', '{a}', 1, 2, '2005-06-11', 'down')}, 'splits back');
is(ok_as('owner', q{SELECT note, price FROM house.notes ORDER BY note}, 'looks'), "1|0.075\n2|0.1", 'prices are back');
nobody_else('a split');

# A reduction: refused without consent, whatever is in her events; allowed with it.
refused('owner', '23514', q{UPDATE house.deals SET reserved = reserved - 1}, 'no reduction without consent');
refused('clerk', '23514', q{UPDATE house.deals SET reserved = reserved - 1}, 'no reduction without consent');
ok_as('clerk', q{INSERT INTO house.deals_event (deal, kind, occurred_on, holder) VALUES ('a', 'consent', '2005-06-11', 'alpha'), ('a', 'consent', '2005-06-11', 'beta')}, 'records consents');
# event_id_of_a_clerk: nobody takes the number that another's event is about to get
refused('clerk', '428C9', q{INSERT INTO house.deals_event (event_id, deal, kind, occurred_on) OVERRIDING SYSTEM VALUE VALUES (7, 'a', 'closing', '2005-05-23')}, 'no number of his own');
ok_as('clerk', q{UPDATE house.deals SET reserved = reserved - 1}, 'a reduction with consent');
refused('clerk', '23514', q{UPDATE house.deals SET reserved = reserved - 1}, 'once');
nobody_else('a reduction');

# Damages, lists, the end of the watch and its beginning.
ok_as('owner', q{INSERT INTO house.breaches VALUES (1, 'a', '4(h)', '2005-06-08', '2005-07-20')}, 'records a breach');
ok_as('owner', q{INSERT INTO house.deals_event (deal, kind, occurred_on) VALUES ('a', 'closing', '2005-05-23')}, 'records a closing');
ok_as('owner', q{CALL covenant.close_month('house.deals', '2005-06-30')}, 'closes a month');
is(ok_as('owner', q{SELECT count(*) FROM house.deals_list}, 'looks'), 2, 'two lists');
ok_as('owner', q{SELECT covenant.unwatch('house.breaches'), covenant.unwatch('house.offerings'), covenant.unwatch('house.transfers'), covenant.unwatch('house.quotes'), covenant.unwatch('house.notes')}, 'unwatches');
ok_as('owner', q{SELECT covenant.unwatch('house.deals')}, 'unwatches the deals');
ok_as('owner', q{SELECT covenant.watch_deals('house.deals', 'deal', 'reserved', 'authorized', 'outstanding'),
	covenant.watch_notes('house.notes', 'house.deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate'),
	covenant.watch_quotes('house.quotes', 'security', 'day', 'low', 'house.notes', 'security', 'terms')}, 'watches again');
ok_as('owner', "SELECT covenant.adopt('house.deals', 'spa-2005', $readings)", 'adopts other readings');
is(ok_as('owner', q{SELECT * FROM covenant.audit('house.deals')}, 'audits'), '', 'and finds nothing');
nobody_else('watching');

# What she tries herself, and on whose behalf.
$before = books();
$node->safe_psql($db, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'});
$locker->finish;
refused('mallory', '42501', $_, $_) foreach (
	q{SELECT * FROM covenant.audit('house.deals')}, q{SELECT * FROM covenant.audit('evil.claim_deals')}, q{SELECT covenant.rebuild('house.deals')},
	q{SELECT covenant.rebuild('evil.claim_deals')}, q{SELECT covenant.split('house.deals', '{a}', 2, 1, '2005-06-10', 'down')},
	q{SELECT covenant.split('evil.claim_deals', '{a}', 2, 1, '2005-06-10', 'down')}, q{SELECT covenant.override('house.deals', 'because')},
	q{SELECT covenant.override('evil.claim_deals', 'because')}, qq{SELECT covenant.adopt('house.deals', 'spa-2005', $readings)},
	qq{SELECT covenant.adopt('evil.claim_deals', 'spa-2005', $readings)}, q{CALL covenant.close_month('evil.claim_deals', '2005-05-31')},
	q{SELECT covenant.check('evil.claim_deals')}, q{SELECT * FROM covenant.what_if('evil.claim_deals', 1::numeric)}, q{SELECT covenant.unwatch('house.notes')},
	q{SELECT covenant.watch_notes('evil.plain', 'house.deals', 'deal', 'damages', 'damages', note => 'id')},
	q{SELECT covenant.watch_quotes('evil.quotes_plain', 'security', 'day', 'low', 'house.notes', 'security', 'terms')},
	q{SELECT covenant.watch_quotes('house.quotes', 'security', 'day', 'low', 'house.notes', 'security', 'terms')},
	q{SELECT covenant.watch_breaches('evil.plain', 'house.deals', 'deal', 'section', 'since', 'cured', 'damages', 'shares')},
	q{SELECT covenant.correct('house.notes', '1', '2005-06-01', price => 1::numeric)}, q{INSERT INTO evil.claim_notes VALUES (9, 'a', 'x', 1, 1)},
	q{INSERT INTO evil.claim_deals VALUES ('z', 1, 1, 1)}, q{INSERT INTO evil.claim_part VALUES (9, 'a', 'x', 1, 1)}, q{INSERT INTO evil.breach_honest VALUES ('a', '4(h)', '2005-06-08', '2005-07-20', 1, 1)},
	q{INSERT INTO evil.quotes_by_row VALUES ('S', '2005-06-02', 0.01)},
	q{SELECT covenant_internal.rebuild_books('house.deals_reserve')}, q{SELECT covenant_internal.split_books('house.deals_reserve', '{a}', 2, 1, '2005-06-01', 'down')},
	q{SELECT covenant_internal.override_books('house.deals_reserve', 'because')}, q{SELECT covenant_internal.close_table('house.notes')},
	q{SELECT covenant_internal.watch_table('house.notes', '{}', '{}', NULL)}, q{SELECT covenant_internal.lock_table('house.notes')}, q{SELECT covenant_internal.say_terms('house.notes')},
	q{SELECT covenant_internal.drop_triggers('house.notes')}, q{SELECT covenant_internal.balance_ledger('house.deals_reserve')},
	q{SELECT covenant_internal.make_history_views('house.deals_reserve')}, q{SELECT covenant_internal.change_words('house.notes', '{"price": "rate"}')});

# Events of hers: none of the house's, whoever writes them.
refused('mallory', '42P01', q{INSERT INTO evil.deals_event VALUES (1, 'a', 'consent', '2005-06-01', 'alpha')}, 'no event of the house in her table');
$node->safe_psql($db, q{
SET ROLE mallory;
CREATE TABLE evil.paid_event (deal text, kind text, shares bigint); GRANT ALL ON evil.paid_event TO PUBLIC;
CREATE TRIGGER covenant_paid AFTER INSERT ON evil.paid_event FOR EACH ROW EXECUTE FUNCTION covenant_internal.record_payment();
CREATE TRIGGER covenant_check BEFORE UPDATE ON evil.paid_event FOR EACH ROW EXECUTE FUNCTION covenant_internal.check_event('schema=house', 'ledger=deals_reserve')});
ok_as($_, q{INSERT INTO evil.paid_event VALUES ('a', 'damages_paid', 1000000)}, 'writes into her table') foreach ('mallory', 'officer');
refused('officer', '23514', q{BEGIN; INSERT INTO evil.paid_event VALUES ('a', 'damages_paid', 1000000); UPDATE house.deals SET reserved = reserved - 1, outstanding = outstanding + 1; COMMIT}, 'it is no payment');

# Every function that there is, with whatever its arguments may be: nothing happens, and nobody falls over.
$node->safe_psql(
	$db, q{
CREATE FUNCTION public.call_everything(sample jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	f record; arguments text; calls bigint := 0;
BEGIN
	FOR f IN SELECT p.oid::regprocedure AS name, p.proname, n.nspname, p.proargtypes::oid[] AS types
			 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
			 WHERE n.nspname IN ('covenant', 'covenant_internal') AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
			   AND NOT p.proargtypes::oid[] && ARRAY['internal', 'cstring']::regtype[]::oid[] ORDER BY p.oid LOOP
		SELECT string_agg(coalesce(sample ->> t::regtype::text, 'NULL') || '::' || t::regtype, ', ' ORDER BY n) INTO arguments FROM unnest(f.types) WITH ORDINALITY AS a(t, n);
		BEGIN
			EXECUTE format('SELECT count(*) FROM (SELECT %I.%I(%s)) AS x', f.nspname, f.proname, arguments);
			calls := calls + 1;
		EXCEPTION WHEN others THEN
			IF SQLSTATE LIKE 'XX%' THEN RAISE WARNING '% %: % %', f.name, arguments, SQLSTATE, SQLERRM; END IF;
		END;
	END LOOP;
	RETURN calls;
END $$;
GRANT EXECUTE ON FUNCTION public.call_everything(jsonb) TO PUBLIC;
});
my $rest = q{"name": "'deal'", "text[]": "'{a}'", "bigint": "1", "integer": "1", "numeric": "1", "date": "'2005-06-01'", "boolean": "true", "jsonb": "'{}'", "name[]": "'{a}'", "covenant.share_price": "1", "covenant.shares": "1"};
my %samples = ('nothing' => '{}', 'the relation 0' => qq({"regclass": "0", "text": "'a'", $rest}), 'the notes' => qq({"regclass": "'house.notes'", "text": "'a'", $rest}),
	'the ledger' => qq({"regclass": "'house.deals_reserve'", "text": "'a'", $rest}), 'a view' => qq({"regclass": "'house.deals_status'", "text": "'event'", $rest}),
	'an index' => qq({"regclass": "'house.deals_pkey'", "text": "'event'", $rest}), 'her deals' => qq({"regclass": "'evil.claim_deals'", "text": "'reserved'", $rest}));
foreach my $what (sort keys %samples)
{
	my ($status, $calls, $errors) = $node->psql($db, "SET client_min_messages = warning; SET ROLE mallory; SELECT public.call_everything(\$json\$$samples{$what}\$json\$)");
	is("$status $errors", '0 ', "mallory calls every function with $what");
	cmp_ok($calls, '>', 50, 'some of them do something');
}
is(books(), $before, 'the books are as before');
nobody_else('calling everything');

# A schema in which she may make things too: what she put there first is in the way, and says so; it is never taken for the books.
$node->safe_psql(
	$db, q{
SET ROLE owner;
CREATE TABLE hall.deals (deal text PRIMARY KEY, reserved bigint NOT NULL); CREATE TABLE hall.notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
});
foreach my $suffix ('reserve', 'journal', 'position', 'status', 'history', 'holding', 'note', 'event', 'clause', 'reading', 'list', 'duty', 'breach', 'damages', 'damages_month', 'payment', 'monthly_list', 'upcoming', 'unmatched')
{
	my $kind = $suffix =~ /^(?:reserve|journal|position|event|reading)$/ ? 'TABLE' : 'VIEW';
	$node->safe_psql($db, $kind eq 'TABLE' ?
		  qq{SET ROLE mallory; CREATE TABLE hall.deals_$suffix (deal text, on_breach text, kind text, holder text, amount numeric); GRANT ALL ON hall.deals_$suffix TO PUBLIC; INSERT INTO hall.deals_$suffix VALUES ('a'); CREATE TRIGGER steal BEFORE INSERT OR UPDATE OR DELETE ON hall.deals_$suffix FOR EACH ROW EXECUTE FUNCTION evil.steal()} :
		  qq{SET ROLE mallory; CREATE VIEW hall.deals_$suffix AS SELECT evil.lie_text() AS deal, evil.lie_text() AS kind, evil.lie_text() AS holder, evil.lie_number() AS amount; GRANT ALL ON hall.deals_$suffix TO PUBLIC});
	foreach my $role ('owner', 'postgres')
	{
		my ($status, undef, $errors) = $node->psql($db, "\\set VERBOSITY verbose\nSET ROLE $role; BEGIN; SELECT covenant.watch_deals('hall.deals', 'deal', 'reserved'), covenant.watch_notes('hall.notes', 'hall.deals', 'deal', 'balance', 'price', 'buyer'), covenant.adopt('hall.deals', 'spa-2005', $readings)");
		like($errors, qr/ERROR:  42P07: .*"hall\.deals_$suffix" is in the way/, "$role: hall.deals_$suffix is in the way");
	}
	$node->safe_psql($db, "SET ROLE mallory; DROP $kind hall.deals_$suffix");
}
nobody_else('adopting beside what she made');

# event_table_of_a_stranger: where nothing is adopted, her events do not count, nor is her view asked.
ok_as('owner', q{SELECT covenant.watch_deals('hall.deals', 'deal', 'reserved'), covenant.watch_notes('hall.notes', 'hall.deals', 'deal', 'balance', 'price', 'buyer')}, 'watches in the hall');
$node->safe_psql($db, q{SET ROLE owner; SET covenant.as_of = '2005-06-01'; INSERT INTO hall.deals VALUES ('a', 1000); INSERT INTO hall.notes VALUES (1, 'a', 'alpha', 10, 0.1)});
$node->safe_psql($db, q{SET ROLE mallory; CREATE VIEW hall.deals_event AS SELECT 1::bigint AS event_id, evil.lie_text() AS deal, evil.lie_text() AS kind, current_date AS occurred_on, evil.lie_text() AS holder, NULL::text AS ref, evil.lie_number() AS amount, now() AS recorded_at; GRANT ALL ON hall.deals_event TO PUBLIC});
ok_as($_, q{UPDATE hall.deals SET reserved = reserved - 1}, 'a reduction where nothing is adopted') foreach ('owner', 'postgres');
refused('owner', '42P07', "SELECT covenant.adopt('hall.deals', 'spa-2005', $readings)", 'her view is in the way');
$node->safe_psql($db, q{SET ROLE mallory; DROP VIEW hall.deals_event});
ok_as('owner', "SELECT covenant.adopt('hall.deals', 'spa-2005', $readings)", 'adopts');
refused('owner', '23514', q{UPDATE hall.deals SET reserved = reserved - 1}, 'no reduction without consent');
# moved_events, and hers in their place
$node->safe_psql($db, q{SET ROLE owner; ALTER TABLE hall.deals_event RENAME TO old_events; SET ROLE mallory; CREATE TABLE hall.deals_event (event_id bigint, deal text, kind text, occurred_on date, holder text, ref text, amount numeric, note text, recorded_at timestamptz, recorded_by text);
INSERT INTO hall.deals_event SELECT 1, 'a', 'consent', '2005-06-01', h, NULL, NULL, NULL, 'infinity', 'x' FROM unnest('{alpha, ""}'::text[]) AS h; GRANT ALL ON hall.deals_event TO PUBLIC; CREATE TRIGGER steal BEFORE INSERT ON hall.deals_event FOR EACH ROW EXECUTE FUNCTION evil.steal()});
refused('owner', '55000', q{UPDATE hall.deals SET reserved = reserved - 1}, 'no reduction while the events are not where they belong');
refused('owner', '55000', "SELECT covenant.adopt('hall.deals', 'spa-2005', $readings)", 'nor can an agreement be adopted');
$node->safe_psql($db, q{SET ROLE mallory; DROP TABLE hall.deals_event; SET ROLE owner; ALTER TABLE hall.old_events RENAME TO deals_event});
refused('owner', '23514', q{UPDATE hall.deals SET reserved = reserved - 1}, 'no reduction without consent');
nobody_else('events of hers');

# event_key_in_text: keys and holders that would be code or names, were they put into a statement.
my $keys = q{'a{event}', 'x{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}', ''' OR true --', '$1', '%s', '%1$I', '{ledger}', '"; DROP TABLE house.notes; --', E'\\\\', '{key}', '(evil.saw(''key''))'};
ok_as('owner', qq{SET covenant.as_of = '2005-06-01'; INSERT INTO hall.deals SELECT k, 1000 FROM unnest(ARRAY[$keys]) AS k;
INSERT INTO hall.notes SELECT 100 + n, k, k, 10, 0.1 FROM unnest(ARRAY[$keys]) WITH ORDINALITY AS u(k, n)}, 'enters deals with strange keys');
is(ok_as('owner', qq{SELECT count(*) FROM hall.deals WHERE deal = ANY (ARRAY[$keys])}, 'counts them'), 11, 'eleven');
foreach my $n (1 .. 11)
{
	refused('owner', '23514', qq{UPDATE hall.deals SET reserved = 999 WHERE deal = (ARRAY[$keys])[$n]}, "no reduction of strange key $n without consent");
}
ok_as('owner', qq{INSERT INTO hall.deals_event (deal, kind, occurred_on, holder) SELECT k, 'consent', '2005-06-02', k FROM unnest(ARRAY[$keys]) AS k; UPDATE hall.deals SET reserved = 999 WHERE deal <> 'a'},
	'reduces them with consent');
ok_as('owner', qq{SELECT covenant.split('hall.deals', ARRAY[$keys, 'a'], 2, 1, '2005-06-03', 'down'); SELECT * FROM hall.deals_duty; SELECT * FROM hall.deals_damages; SELECT * FROM covenant.readings('hall.deals')}, 'splits and reads');
is(ok_as('owner', q{SELECT * FROM covenant.audit('hall.deals')}, 'audits'), '', 'and finds nothing');
nobody_else('strange keys');

# books_of_a_strange_type: books of her own, whose columns have a type that becomes a number by a function of hers.
$node->safe_psql($db, q{SET ROLE mallory; SET search_path = evil; CREATE TABLE own (deal text PRIMARY KEY, reserved bigint NOT NULL); CREATE TABLE own_notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('own', 'deal', 'reserved'), covenant.watch_notes('own_notes', 'own', 'deal', 'balance', 'price', 'buyer');
INSERT INTO own VALUES ('a', 1000); INSERT INTO own_notes VALUES (1, 'a', 'alpha', 10, 0.1);
DROP VIEW own_status, own_history, own_holding, own_note;});
foreach my $column ('own_reserve.principal', 'own_journal.principal', 'own_position.principal', 'own_position.rate')
{
	my ($book, $name) = split /\./, $column;
	$node->safe_psql($db, "SET ROLE mallory; ALTER TABLE evil.$book ALTER $name DROP DEFAULT, ALTER $name TYPE evil.coin USING ROW($name)::evil.coin");
	refused('postgres', '42804', $_, "$column: $_") foreach (q{SELECT * FROM covenant.audit('evil.own')}, q{SELECT covenant.rebuild('evil.own')},
		q{SELECT * FROM covenant_internal.history_of('evil.own_reserve', 'a', false, NULL)}, q{SELECT covenant_internal.holders('evil.own_reserve', 'a')},
		q{SELECT covenant.split('evil.own', '{a}', 2, 1, '2005-06-10', 'down')});
	$node->safe_psql($db, "SET ROLE mallory; ALTER TABLE evil.$book ALTER $name TYPE numeric USING ($name).amount");
}
nobody_else('books of a strange type');

# tables_of_an_agreement_of_a_strange_type: the same of events, clauses and readings.
$node->safe_psql($db, q{SET ROLE mallory; SET search_path = evil; CREATE TABLE mine (deal text PRIMARY KEY, reserved bigint NOT NULL); CREATE TABLE my_notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('mine', 'deal', 'reserved'), covenant.watch_notes('my_notes', 'mine', 'deal', 'balance', 'price', 'buyer'); INSERT INTO mine VALUES ('a', 1000); INSERT INTO my_notes VALUES (1, 'a', 'alpha', 10, 0.1)});
ok_as('mallory', "SELECT covenant.adopt('evil.mine', 'spa-2005', $readings)", 'adopts for her own');
$node->safe_psql($db, q{SET ROLE mallory; SET client_min_messages = warning; DO $$DECLARE v text; BEGIN
	FOR v IN SELECT format('evil.%I', relname) FROM pg_class WHERE relnamespace = 'evil'::regnamespace AND relname LIKE 'mine_%' AND relkind = 'v' LOOP EXECUTE format('DROP VIEW IF EXISTS %s CASCADE', v); END LOOP; END$$});
foreach my $column ('event.amount numeric', 'event.deal text', 'reading.each_buyer text', 'reading.from_day date', 'clause.rate numeric', 'clause.duty text', 'clause.subjects text[]')
{
	my ($book, $name, $type) = $column =~ /(\w+)\.(\w+) (.*)/;
	$node->safe_psql($db, "SET ROLE mallory; BEGIN; ALTER TABLE evil.mine_$book DROP $name CASCADE; ALTER TABLE evil.mine_$book ADD $name evil.coin; COMMIT");
	refused('postgres', '42804', $_, "$column: $_") foreach ($book eq 'clause' ? q{SELECT covenant.amend('evil.mine', 'monthly list', '{"period": 6}')} :
		(q{SELECT * FROM covenant_internal.consents_lacking('evil.mine_reserve', 'a', 1)}, q{UPDATE evil.mine SET reserved = reserved - 1}));
	refused('mallory', '42804', $_, "$column: $_") foreach ($book eq 'clause' ? q{INSERT INTO evil.mine_event (deal, kind, section) VALUES ('a', 'breach', '4(i)')} : ());
	$node->safe_psql($db, "SET ROLE mallory; BEGIN; ALTER TABLE evil.mine_$book DROP $name; ALTER TABLE evil.mine_$book ADD $name $type; COMMIT");
}
nobody_else('tables of an agreement of a strange type');

# statement_as_fact: the roads by which a member of the owner's role could have a statement, or numbers, of his own count as facts.
is($node->safe_psql($db, q{SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE pronamespace IN ('covenant'::regnamespace, 'covenant_internal'::regnamespace)
	AND proname IN ('write_as_fact', 'book_difference', 'book_instrument', 'book_table', 'split_said', 'split_moved', 'split_table', 'split_quotes')}), '', 'there are none');
is(books(), $before, 'all that time the books of the house were left alone');
is($node->safe_psql($db, q{SET ROLE mallory; SELECT evil.lie_text(); SELECT DISTINCT who FROM evil.seen}), "a\nmallory", 'and the probe works');

$node->stop;
done_testing();
