# Random events, clauses, readings and corrections, with values at and beyond
# every limit: whatever the doors let in, no view of any deal fails or runs
# without end, on whatever day and as known at whatever moment it is asked; and
# what they refuse, they refuse with an error that is chosen.
#
# COVENANT_FUZZ_SEED repeats the statements of a run, COVENANT_FUZZ_EVENTS is
# their number.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{COVENANT_FUZZ_SEED} // time ^ $$;
my $attempts = $ENV{COVENANT_FUZZ_EVENTS} // 1500;
my $deals = int($attempts / 80) + 3;
my $longest = '60s';    # for one view of one deal
diag("COVENANT_FUZZ_SEED=$seed");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'client_min_messages = error');
$node->start;
$node->safe_psql('postgres', sprintf(<<'SQL', $seed % 1000003 / 1000003, $deals));
CREATE EXTENSION covenant;
CREATE TABLE deals (deal int PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int, holder text, principal numeric, price numeric, rate numeric);
CREATE TABLE warrants (warrant int PRIMARY KEY, deal int, holder text, shares bigint);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price', 'holder', rate => 'rate');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'shares', 'holder');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year"}', proceeds => '{"capital": 100}');

CREATE TABLE outcome (n serial, what text, state text, message text);
CREATE FUNCTION pick(VARIADIC c text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT c[1 + floor(random() * cardinality(c))::int] $$;
-- A day of the years of the deals, of a month end, or one at the end of what there is.
CREATE FUNCTION day() RETURNS date LANGUAGE sql VOLATILE AS $$
	SELECT CASE floor(random() * 12)::int WHEN 0 THEN pick('1971-01-01', '2199-12-31', '1970-12-31', '2200-01-01', 'infinity', '-infinity', '4713-01-01 BC')::date
		WHEN 1 THEN (date_trunc('month', timestamp '2005-01-01' + random() * interval '3 years') - interval '1 day')::date
		ELSE date '2005-05-01' + floor(random() * 900)::int END $$;
CREATE FUNCTION holder() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT pick(NULL, NULL, 'A', 'A', 'B', 'B', 'C', 'nobody', '', 'é') $$;
CREATE FUNCTION section() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT pick(NULL, NULL, '2(f)', '3(g)', '3(z)', '4(c)', '4(d)', '4(e)', '4(f)', '4(g)', '4(h)', '4(h) s. 4', '4(i)', '4(j)', '4(l)', '4(m)', '4(o)', '5', '6(a)', '7(h)', '4', '', 'x') $$;
CREATE FUNCTION money() RETURNS numeric LANGUAGE sql VOLATILE AS $$
	SELECT pick('1', '0.01', '100.005', '0', '-1', 'NaN', 'Infinity', '99999999999999999999', '99999999999999999999.99999999999999999999', '1e20', '1e-20', '1e-21', '1e131071', (random() * 100000)::text)::numeric $$;

CREATE PROCEDURE enter_event(d int) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO deals_event (deal, kind, occurred_on, section, holder, subject, ref, amount, shares, price, from_day, to_day, choice, counterparty, note)
	VALUES (d, pick(VARIADIC covenant.event_kinds() || ARRAY['breach', 'cure', 'waiver', 'list_delivered', 'a', 'b', 'month_end', '', NULL]),
		nullif(day(), '2005-05-05'), section(), holder(),
		pick(NULL, NULL, NULL, '8-K', '10-QSB 1', 'P', 'closing', 'filing tranche', 'effectiveness tranche', 'capital', 'loan', 'irrevocable instructions', '', repeat('s', 3000)),
		pick(NULL, NULL, NULL, NULL, '2005-05-31', '2005-06-30', '2005-02-30', 'shortfall ' || day(), 'shortfall ', '-', '0', '99999999999999999999', (SELECT e.event_id::text FROM deals_event e WHERE e.deal = d ORDER BY random() LIMIT 1)),
		CASE WHEN random() < 0.4 THEN money() END, CASE WHEN random() < 0.15 THEN pick('1', '100', '0', '-1', '9223372036854775807')::bigint END,
		CASE WHEN random() < 0.15 THEN pick('0.06', '0.06', '1/3', '0', 'NaN', '1e-19', '1e18', '9223372036854775807', '0.333333333333333333333')::covenant.share_price::numeric END,
		CASE WHEN random() < 0.15 THEN day() END, CASE WHEN random() < 0.15 THEN day() END, pick(NULL, NULL, 'cash', 'shares', 'x'), pick(NULL, NULL, 'Sub', ''), pick(NULL, 'n'));
END $$;
CREATE PROCEDURE enter_clause(d int) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.amend('deals', pick('monthly list', 'shareholder approval', 'any other covenant', 'timely filing', 'filing tranche', 'key man insurance', 'no short sales', 'right of first offer', 'new', 'other', ''),
		(SELECT coalesce(jsonb_object_agg(k, v), '{}') FROM (VALUES
			('section', to_jsonb(section())), ('owed_by', to_jsonb(pick('company', 'buyers', 'x'))), ('to_each_holder', to_jsonb(random() < 0.5)),
			('starts_on', to_jsonb(pick('month_end', 'shortfall', 'vote_needed', 'breach', 'a', 'filed', 'closing', 'signing', 'last_note', 'lock_up', 'retraction'))),
			('ends_on', to_jsonb(pick('b', 'cure', 'filed', 'list_delivered', 'last_note', 'lock_up', 'month_end'))),
			('period', to_jsonb(pick(NULL, '0', '5', '36525', '25000', '-1', '2147483647')::int)), ('unit', to_jsonb(pick(NULL, 'days', 'business days', 'months', 'years', 'promptly', 'closing', 'x'))),
			('calendar', to_jsonb(pick(NULL, 'NYSE', 'NYSE+NYFD', 'x'))), ('roll', to_jsonb(pick(NULL, 'none', 'following'))),
			('remedy', to_jsonb(pick('damages', 'interest', 'per day', 'none', 'injunction'))), ('rate', to_jsonb(pick(NULL, '0.03', '0', '1', '1e-20', '1e12')::numeric)),
			('first_day_rate', to_jsonb(pick(NULL, '0.1', '1')::numeric)), ('cap', to_jsonb(pick(NULL, '0', '0.1', '1000', '1e15')::numeric)),
			('elector', to_jsonb(pick(NULL, 'company', 'holder'))), ('base', to_jsonb(pick(NULL, 'own_notes', 'all_notes', 'affected_notes')))) c(k, v) WHERE random() < 0.3),
		deal => CASE WHEN random() < 0.9 THEN d::text END, from_day => CASE WHEN random() < 0.5 THEN day() END);
END $$;
CREATE PROCEDURE enter_reading(d int) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('deals', 'spa-2005', (SELECT jsonb_object_agg(reading, pick(VARIADIC choices)) FILTER (WHERE reading NOT IN ('calendar', 'promptly') AND (random() < 0.9 OR reading NOT IN ('lock_up_extends', 'amendment', 'majority')))
			FROM covenant.reading_choices()) || jsonb_build_object('calendar', pick('NYSE', 'NYGCL', 'WEEKDAYS', 'NYFD+NYSE', 'x'), 'promptly', pick('0', '5', '999', '1000', '-1')),
		deal => d::text, from_day => CASE WHEN random() < 0.5 THEN day() END, proceeds => pick(NULL, '{"capital": 1e15}', '{"P": 0.00000000000000000001}')::jsonb, subsidiaries => pick(NULL, '{Sub}', '{}')::text[]);
END $$;
CREATE PROCEDURE change_tables(d int) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('covenant.as_of', (date '2005-05-20' + floor(random() * 800)::int)::text, true);
	CASE floor(random() * 7)::int
		WHEN 0 THEN INSERT INTO notes VALUES (nextval('outcome_n_seq'), d, pick('A', 'B', 'C'), pick('1', '0.01', '100000.333333', '99999999999.99')::numeric, pick('0.06', '1', '0.000000001', '99999999')::numeric, pick('0', '0.1', '1')::numeric);
		WHEN 1 THEN UPDATE notes SET principal = principal / 2 WHERE deal = d;
		WHEN 2 THEN UPDATE notes SET price = price * pick('2', '0.5', '0.9')::numeric WHERE deal = d;
		WHEN 3 THEN UPDATE notes SET holder = pick('A', 'B', 'C') WHERE deal = d AND random() < 0.5;
		WHEN 4 THEN UPDATE deals SET reserved = reserved + 1000, authorized = authorized + 2000 WHERE deal = d;
		WHEN 5 THEN INSERT INTO warrants VALUES (nextval('outcome_n_seq'), d, pick('A', 'B', 'C'), pick('1', '1000000', '4611686018427387903')::bigint);
		ELSE DELETE FROM notes WHERE note = (SELECT note FROM notes WHERE deal = d ORDER BY random() LIMIT 1);
	END CASE;
	SET CONSTRAINTS ALL IMMEDIATE;
END $$;
CREATE PROCEDURE attempt(d int) LANGUAGE plpgsql AS $$
DECLARE
	what text := CASE WHEN random() < 0.75 THEN 'event' ELSE pick('clause', 'reading', 'tables', 'tables', 'tables') END;
	state text := 'taken';
	message text;
BEGIN
	BEGIN
		CASE what WHEN 'event' THEN CALL enter_event(d); WHEN 'clause' THEN CALL enter_clause(d); WHEN 'reading' THEN CALL enter_reading(d); ELSE CALL change_tables(d); END CASE;
		PERFORM covenant.check('deals');		-- what is refused at COMMIT, where it can be caught
	EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
	END;
	INSERT INTO outcome (what, state, message) VALUES (what, state, message);
END $$;
CREATE PROCEDURE attempts(n int) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM setseed(%s);
	FOR i IN 1 .. n LOOP
		PERFORM set_config('covenant.as_of', '2007-12-31', true);
		CALL attempt(1 + floor(random() * %2$s)::int);
		COMMIT;
	END LOOP;
END $$;

-- Each deal begins as one does.
SET covenant.as_of = '2005-05-20';
INSERT INTO deals SELECT d, 1000000, 10000000, 0 FROM generate_series(1, %2$s) d;
INSERT INTO notes SELECT 10 * d + h, d, chr(64 + h), 1000 * h, 0.06, 0.1 FROM generate_series(1, %2$s) d, generate_series(1, 2) h;
INSERT INTO deals_event (deal, kind, holder) SELECT d, 'signing', 'A' FROM generate_series(1, %2$s) d;
INSERT INTO deals_event (deal, kind) SELECT d, 'closing' FROM generate_series(1, %2$s) d WHERE d %% 5 > 0;
SQL

$node->safe_psql('postgres', "SET statement_timeout = '600s'; CALL attempts($attempts)");
my $taken = $node->safe_psql('postgres', q{SELECT count(*) FROM outcome WHERE state = 'taken'});
cmp_ok($taken, '>', $attempts / 20, "much of it is let in: $taken of $attempts");
is($node->safe_psql('postgres', q{SELECT what, state, min(message), count(*) FROM outcome
	WHERE state <> 'taken' AND state !~ '^(22003|22004|22008|22023|22P02|23502|23505|23514|42P01|55000)$' GROUP BY 1, 2}), '',
	'what is refused is refused with an error that is chosen');
is($node->safe_psql('postgres', q{SELECT what FROM outcome WHERE state = 'taken' GROUP BY what ORDER BY 1}),
	"clause\nevent\nreading\ntables", 'of each kind some is let in');

# Every view of every deal, on days between, as known at moments between.
$node->safe_psql('postgres', sprintf(<<'SQL', $deals));
CREATE TABLE failure (deal int, what text, state text, message text);
CREATE FUNCTION looked(d int, what text, query text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	state text;
	message text;
BEGIN
	EXECUTE query;
EXCEPTION WHEN OTHERS OR query_canceled THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
	INSERT INTO failure VALUES (d, what, state, message);
END $$;
SQL
my $views = $node->safe_psql('postgres', q{SELECT string_agg(viewname, ' ' ORDER BY viewname) FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'deals\_%'});
cmp_ok(scalar(my @views = split / /, $views), '>=', 15, 'there are views to look at');
for my $when ("SET covenant.as_of = '2009-12-31'", "SET covenant.as_of = '2006-03-31'", "SET covenant.as_of = '2007-12-31'",
	"SELECT set_config('covenant.known_at', (SELECT min(recorded_at) + (max(recorded_at) - min(recorded_at)) / 2 FROM deals_event)::text, false)")
{
	my $script = "SET timezone = 'UTC'; SET DateStyle = ISO; SET statement_timeout = '$longest'; $when;\n";
	for my $view (@views)
	{
		# every column is reckoned, none is left out by the planner
		$script .= "SELECT looked($_, '$view', 'SELECT count(v::text) FROM $view v WHERE deal = $_');\n" for 1 .. $deals;
	}
	for my $deal (1 .. $deals)
	{
		$script .= "SELECT looked($deal, 'explain $_', 'SELECT count(e::text) FROM covenant.explain(''deals'', ''$deal'', ''$_'') e');\n" for qw(status duty damages price);
	}
	$script .= "SELECT looked(NULL, 'readings', 'SELECT count(r::text) FROM covenant.readings(''deals'') r');\n";
	$script .= "SELECT looked(NULL, 'audit', 'SELECT count(a::text) FROM covenant.audit(''deals'') a');\n";
	$script .= "SELECT looked(NULL, 'close_month', 'CALL covenant.close_month(''deals'', ''2006-02-28'')');\n" if $when !~ /known_at/;
	$node->safe_psql('postgres', $script);
	is($node->safe_psql('postgres', 'SELECT what, state, min(message), min(deal), count(*) FROM failure GROUP BY 1, 2 ORDER BY 1, 2'), '', "every view answers: $when")
	  or last;
}
is($node->safe_psql('postgres', q{SELECT * FROM covenant.audit('deals')}), '', 'the books are right');

# What was let in can be taken along: the doors let nothing in that a dump cannot.
is($node->safe_psql('postgres', 'SELECT count(*) FROM deals_event WHERE amount IS NOT NULL AND NOT (abs(amount) < 1e20)'), '0', 'amounts are finite');

$node->stop;
done_testing();
