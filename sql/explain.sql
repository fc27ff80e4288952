-- Why this number.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA explain_test;
SET search_path = explain_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('explain_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM explain_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO explain_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO explain_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a');
SET covenant.as_of = '2005-06-15';
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('a', 'closing', '2005-05-23'), ('a', 'press_release', '2005-05-24'), ('a', 'press_release_sent', '2005-05-24');
INSERT INTO deals_event (deal, kind, occurred_on, holder, ref) VALUES ('a', 'list_delivered', '2005-06-03', 'AJW Offshore', '2005-05-31');
CREATE FUNCTION pg_temp.tell(what text, ref text = NULL) RETURNS TABLE (line int, label text, value text, how text, clause text) LANGUAGE sql AS $$
	SELECT e.line, repeat('  ', e.depth) || e.label, e.value, e.how, e.clause FROM covenant.explain('explain_test.deals', 'a', what, ref) e ORDER BY e.line
$$;
SELECT * FROM pg_temp.tell('status');
SELECT * FROM pg_temp.tell('duty', '2005-05-31');
SELECT * FROM pg_temp.tell('damages', '2005-05-31');
SELECT * FROM pg_temp.tell('price', '1');
SELECT count(*) > 10 AS all_duties FROM pg_temp.tell('duty');
SELECT t.value, t.how FROM pg_temp.tell('duty') t WHERE t.clause = '4(e)' AND t.label ~ 'due on';
-- The clause is that of the start, as it was known: an amendment of 1 June says
-- nothing of the list of May, whose damages begin later; one that is recorded
-- later was not known before.
SELECT covenant.amend('deals', 'monthly list', '{"rate": 0.01, "words": "within ten business days", "period": 10}', from_day => '2005-06-01');
SELECT label, value, how FROM pg_temp.tell('damages', '2005-05-31') WHERE label ~ 'words|Partners';
SELECT clock_timestamp() AS before \gset
SELECT covenant.amend('deals', 'monthly list', '{"rate": 0.02, "words": "within six business days", "period": 6}');
SELECT label, value, how FROM pg_temp.tell('damages', '2005-05-31') WHERE label ~ 'words|Partners';
SELECT label, value, how FROM pg_temp.tell('duty', '2005-05-31') WHERE label ~ 'words|due on';
SET covenant.known_at = :'before';
SELECT label, value, how FROM pg_temp.tell('damages', '2005-05-31') WHERE label ~ 'words|Partners';
SELECT label, value, how FROM pg_temp.tell('duty', '2005-05-31') WHERE label ~ 'words|due on';
RESET covenant.known_at;
-- What is due promptly is due as that is read.
CALL pg_temp.read('{"promptly": 5}');
SELECT label, value, how FROM pg_temp.tell('duty') WHERE clause = '4(i)' AND label ~ 'due on';
\set VERBOSITY terse
SELECT * FROM covenant.explain('deals', 'a', 'weather');
SELECT * FROM covenant.explain('deals', 'z', 'status');
\set VERBOSITY default
-- A price that quotes make, with the days that count.
CREATE TABLE quotes (security text, day date, low numeric, PRIMARY KEY (security, day));
CREATE TABLE paper (id int PRIMARY KEY, deal text, balance numeric, price covenant.share_price, security text, terms covenant.conversion_terms);
SELECT covenant.watch_notes('paper', 'deals', 'deal', 'balance', 'price');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'paper', 'security', 'terms');
SET covenant.as_of = '2005-06-13';
INSERT INTO paper VALUES (1, 'a', 1000, 0.1, 'CLBT', '55% of average of lowest 3 of 4 days');
SET covenant.as_of = '2005-06-17';
INSERT INTO quotes VALUES ('CLBT', '2005-06-14', 0.0151), ('CLBT', '2005-06-15', 0.0160), ('CLBT', '2005-06-16', 0.0152), ('CLBT', '2005-06-17', 0.0152);
SELECT label, value, how FROM pg_temp.tell('price') WHERE label !~ 'AJW|Millennium';
DROP SCHEMA explain_test CASCADE;
