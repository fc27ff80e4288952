-- Dated facts: what is taken, what is refused, and what is always true.
SET datestyle = ISO;
SET covenant.as_of = '2005-06-30';
\set SHOW_CONTEXT never
CREATE SCHEMA event_test;
SET search_path = event_test;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}');
INSERT INTO deals VALUES (1, 0), (2, 0);

-- The day is covenant.as_of, the record is true whatever one writes.
INSERT INTO deals_event (deal, kind, recorded_at, recorded_by) VALUES (1, 'closing', '2005-05-23', 'somebody else')
RETURNING event_id, deal, kind, occurred_on, recorded_at > now() - interval '1 day' AS recorded_now, recorded_by = session_user AS by_me;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (1, 'opinion_delivered', '2005-06-20') RETURNING event_id, occurred_on;

-- Only ever added to.
\set VERBOSITY sqlstate
UPDATE deals_event SET note = 'x';
DELETE FROM deals_event WHERE false;
TRUNCATE deals_event;
INSERT INTO deals_event (event_id, deal, kind) VALUES (7, 1, 'closing');
-- A deal with facts on record keeps its row.
DELETE FROM deals WHERE deal_id = 1;
INSERT INTO deals_event (deal, kind) VALUES (3, 'closing');
INSERT INTO deals_event (deal) VALUES (1);
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (1, 'closing', NULL);
INSERT INTO deals_event (deal, kind) VALUES (NULL, 'closing');

-- What is wrong, what is known, what to do.
\set VERBOSITY default
INSERT INTO deals_event (deal, kind) VALUES (1, 'lunch');
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (1, 'closing', '2005-07-01');
INSERT INTO deals_event (deal, kind, section, choice) VALUES (1, 'election', '4(h)', 'cash');
INSERT INTO deals_event (deal, kind, section, choice) VALUES (1, 'election', '4(f)', 'cash');
INSERT INTO deals_event (deal, kind, section) VALUES (1, 'election', '4(o)');
INSERT INTO deals_event (deal, kind) VALUES (1, 'breach');
INSERT INTO deals_event (deal, kind, section) VALUES (1, 'breach', '9(a)');
INSERT INTO deals_event (deal, kind, section) VALUES (1, 'breach', 'Section 4(h)');
INSERT INTO deals_event (deal, kind, holder) VALUES (1, 'opinion_delivered', 'AJW Partner');
INSERT INTO deals_event (deal, kind, ref, occurred_on) VALUES (1, 'opinion_accepted', '2', '2005-06-19');
INSERT INTO deals_event (deal, kind, ref) VALUES (1, 'opinion_accepted', '1');
INSERT INTO deals_event (deal, kind, ref) VALUES (1, 'damages_agreed', '2005-05-30');
INSERT INTO deals_event (deal, kind, ref) VALUES (1, 'opinion_accepted', '02');
INSERT INTO deals_event (deal, kind, shares, price, amount) VALUES (1, 'damages_paid', 631250, 0.0151333333333333333333, 9552.90);

CREATE FUNCTION pg_temp.try(kind text, said jsonb = '{}') RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE state text; message text; amount text; holder text;
BEGIN
	BEGIN
		INSERT INTO event_test.deals_event (deal, kind, occurred_on, section, holder, subject, ref, amount, shares, price, from_day, to_day, choice, counterparty)
		SELECT r.* FROM jsonb_to_record(jsonb_build_object('deal', 1, 'kind', $1, 'occurred_on', '2005-06-30') || $2) AS r(deal int, kind text, occurred_on date,
			section text, holder text, subject text, ref text, amount numeric, shares bigint, price numeric, from_day date, to_day date, choice text, counterparty text)
		RETURNING deals_event.amount, deals_event.holder INTO amount, holder;
		RAISE EXCEPTION 'taken' USING ERRCODE = 'P0099';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN CASE state WHEN 'P0099' THEN concat_ws(' ', 'taken', amount, holder) ELSE state || ' ' || regexp_replace(message, '^ref "\d{3}"', 'ref "..."') END;
	END;
END $$;
CREATE FUNCTION pg_temp.say(VARIADIC words text[]) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_object(words) $$;

-- Days: of the event, of what it covers, of its ref.  Only a filing may be due later.
SELECT d, pg_temp.try('closing', pg_temp.say('occurred_on', d)) AS event, pg_temp.try('filing_due', pg_temp.say('occurred_on', d)) AS filing_due
FROM unnest(ARRAY['1970-12-31', '1971-01-01', '2005-06-30', '2005-07-01', '2199-12-31', '2200-01-01', 'infinity', '-infinity']) d;
SELECT f, t, pg_temp.try('closing', jsonb_strip_nulls(jsonb_build_object('from_day', f, 'to_day', t)))
FROM (VALUES ('2005-07-01', '2005-10-01'), ('2005-07-01', '2005-07-01'), ('2005-07-02', '2005-07-01'), (NULL, '2005-07-01'), ('2199-01-01', NULL), ('infinity', NULL), (NULL, '1970-01-01')) v(f, t);

-- Holders: who signed, or ever held something.
SELECT pg_temp.try('opinion_delivered', '{"holder": "A"}') AS nobody, pg_temp.try('signing', '{"holder": "A", "amount": 100}') AS signs, pg_temp.try('opinion_delivered', '{"holder": ""}') AS nameless,
	pg_temp.try('signing', '{"holder": " "}') AS blank, pg_temp.try('proceeds', '{}') AS unknown;
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES (1, 'signing', '2005-05-23', 'A'), (1, 'signing', '2005-05-23', 'Z') RETURNING event_id, holder;
INSERT INTO deals_event (deal, kind, ref) SELECT 1, 'retraction', max(event_id) FROM deals_event;
SELECT pg_temp.try('opinion_delivered', '{"holder": "A"}') AS signed, pg_temp.try('opinion_delivered', '{"holder": "a"}') AS misspelt, pg_temp.try('opinion_delivered', '{"holder": "Z"}') AS retracted,
	pg_temp.try('opinion_delivered', '{"holder": "A", "deal": 2}') AS of_another_deal;

-- Words.
SELECT pg_temp.try('filed', '{"subject": " "}') AS subject, pg_temp.try('closing', '{"section": ""}') AS section, pg_temp.try('closing', '{"counterparty": ""}') AS counterparty,
	pg_temp.try('closing', '{"section": "4(h)(i)"}') AS subsection, pg_temp.try('closing', '{"section": "4h"}') AS spelt_otherwise;
SELECT c, pg_temp.try('election', pg_temp.say('section', '4(o)', 'choice', c)) AS election, pg_temp.try('closing', pg_temp.say('choice', c)) AS closing FROM unnest(ARRAY['cash', 'shares', 'both', '']) c;
SELECT k, pg_temp.try(k, '{"amount": 1, "section": "4(h)"}') AS no_holder, pg_temp.try(k, '{"amount": 1, "section": "4(h)", "holder": "A"}') AS holder
FROM unnest(ARRAY['consent', 'waiver', 'interest_paid', 'damages_paid']) k;
SELECT pg_temp.try('list_delivered', '{"holder": "A"}') AS no_month, pg_temp.try('list_delivered', '{"holder": "A", "ref": "2005-05-31"}') AS month, pg_temp.try('list_delivered') AS to_all;

-- Amounts.
SELECT a, pg_temp.try('invoice', pg_temp.say('amount', a)) AS invoice, pg_temp.try('closing', pg_temp.say('amount', a)) AS closing
FROM unnest(ARRAY['NaN', 'Infinity', '-Infinity', '1e20', '99999999999999999999.99', '1e-21', '0.00000000000000000001', '1.0000000000000000000000000', '-1', '0', '0.01']) a;
SELECT k, pg_temp.try(k, '{"section": "4(o)", "holder": "A"}') AS none, pg_temp.try(k, '{"section": "4(o)", "holder": "A", "amount": 0}') AS zero, pg_temp.try(k, '{"section": "4(o)", "holder": "A", "amount": 0.01}') AS positive
FROM unnest(ARRAY['invoice', 'interest_paid', 'damages_paid', 'expenses_paid', 'damages_agreed', 'waiver', 'consent']) k;

-- Paid in shares: 631,250 at 227/15000 are 9,552.91666..., at a price that a
-- feed cuts at 20 decimals too; half a cent is rounded up.
SELECT s, p, a, pg_temp.try('damages_paid', jsonb_strip_nulls(jsonb_build_object('shares', s, 'price', p, 'amount', a)))
FROM (VALUES (631250, 0.01513333333333333333::numeric, NULL::numeric), (631250, 0.01513333333333333333, 9552.92), (631250, 0.01513333333333333333, 9552.91), (1, 0.125, NULL), (1, 0.124, NULL),
	(1, 0.115, 0.12), (1, 0.005, NULL), (1, 0.0049, NULL), (1000, NULL, 10), (NULL, 0.01, 10), (0, 0.01, NULL), (-5, 0.01, NULL), (5, 0, NULL), (5, -1, NULL), (5, 'NaN', NULL), (9223372036854775807, 100, NULL)) v(s, p, a);
SELECT pg_temp.try('consent', '{"holder": "A", "shares": 5}') AS consent, pg_temp.try('interest_paid', '{"shares": 100, "price": 0.06}') AS interest, pg_temp.try('tranche_closed', '{"price": 0}') AS price, pg_temp.try('tranche_closed', '{"shares": 5}') AS shares;

-- Refs are spelt as they print, and name what the event ends or is about.
SELECT r, pg_temp.try('list_delivered', pg_temp.say('ref', r)) AS list, pg_temp.try('shareholder_approval', pg_temp.say('ref', r)) AS approval, pg_temp.try('closing', pg_temp.say('ref', r)) AS closing
FROM unnest(ARRAY['2005-05-31', '2005-06-30', '2005-07-31', '2005-05-30', '2005-99-99', '2005-02-29', '2005-5-31', '+005-05-31', '1970-12-31', '9999-12-31', 'shortfall 2005-05-23', 'shortfall 2005-07-01', 'shortfall  2005-05-23', 'shortfall 2005-02-30', 'Shortfall 2005-05-23',
	'2', '02', '+2', ' 2', '99', '9223372036854775807', '9223372036854775808', 'May', '']) r;
SELECT pg_temp.try('retraction') AS none, pg_temp.try('retraction', '{"ref": "99"}') AS missing, pg_temp.try('retraction', '{"ref": "2005-05-31"}') AS not_an_event, pg_temp.try('retraction', '{"ref": "1"}') AS event;
SELECT pg_temp.try('retraction', pg_temp.say('ref', max(event_id)::text)) AS of_a_retraction FROM deals_event WHERE kind = 'retraction';
SELECT pg_temp.try('retraction', '{"ref": "1", "deal": 2}') AS of_another_deal;

-- A stop does not come before its start; a filing may come before it is due.
INSERT INTO deals_event (deal, kind, occurred_on, section, amount) VALUES (1, 'breach', '2005-06-10', '4(i)', NULL), (1, 'invoice', '2005-06-10', NULL, 5), (1, 'filing_due', '2005-08-15', NULL, NULL), (1, 'interest_paid', '2005-06-10', NULL, 5);
SELECT min(event_id) FILTER (WHERE kind = 'breach') AS breach, min(event_id) FILTER (WHERE kind = 'invoice') AS invoice, min(event_id) FILTER (WHERE kind = 'filing_due') AS filing, min(event_id) FILTER (WHERE kind = 'interest_paid') AS payment FROM deals_event \gset
SELECT d, pg_temp.try('cure', pg_temp.say('ref', :'breach', 'occurred_on', d)) AS cure, pg_temp.try('expenses_paid', pg_temp.say('ref', :'invoice', 'occurred_on', d)) AS expenses,
	pg_temp.try('filed', pg_temp.say('ref', :'filing', 'occurred_on', d)) AS filed, pg_temp.try('opinion_accepted', pg_temp.say('occurred_on', d)) AS names_none
FROM unnest(ARRAY['2005-06-09', '2005-06-10']) d;
-- What is about a clock names one, and may come before it; an opinion is not
-- accepted by the number of a breach.
SELECT k, pg_temp.try(k, said || pg_temp.say('ref', :'breach', 'occurred_on', '2005-06-01')) AS breach, pg_temp.try(k, said || '{"ref": "2005-05-31"}') AS list,
	pg_temp.try(k, said || '{"ref": "shortfall 2005-05-24"}') AS shortfall, pg_temp.try(k, said || pg_temp.say('ref', :'payment')) AS payment
FROM (VALUES ('waiver', '{"holder": "A"}'::jsonb), ('damages_agreed', '{}'), ('damages_adjudged', '{}'), ('damages_paid', '{"amount": 1}'), ('election', '{"choice": "cash"}'), ('election', '{"choice": "cash", "holder": "A"}'),
	('opinion_accepted', '{}'), ('breach', '{}'), ('breach', '{"section": "3(g)"}')) v(k, said);

-- Sections: a breach names its own, and the clause of its article answers.
SELECT k, pg_temp.try(k) AS none, pg_temp.try(k, '{"section": "9"}') AS other_article, pg_temp.try(k, '{"section": "4(i)"}') AS answered_by_4o, pg_temp.try(k, '{"section": "4(h)"}') AS itself, pg_temp.try(k, '{"section": "2(f)"}') AS of_its_own
FROM unnest(ARRAY['breach', 'cure', 'damages_agreed', 'damages_adjudged']) k;
SELECT s, pg_temp.try('cure', pg_temp.say('ref', :'breach', 'section', s)) AS cure, pg_temp.try('damages_agreed', pg_temp.say('ref', '2005-05-31', 'section', s)) AS list FROM unnest(ARRAY['4(i)', '4(o)', '4(h)', '3(z)']) s;
SELECT s, pg_temp.try('election', pg_temp.say('section', s, 'choice', 'cash')) AS company, pg_temp.try('election', pg_temp.say('section', s, 'choice', 'cash', 'holder', 'A')) AS holder
FROM unnest(ARRAY['2(f)', '3(g)', '4(f)', '4(h)', '4(i)', '4(l)', '4(o)']) s;
SELECT s, pg_temp.try('consent', pg_temp.say('section', s, 'holder', 'A')) FROM unnest(ARRAY['4(h)', '4(e)', 'h']) s;

-- Choices follow the clauses as amended: those of an amendment from a day on
-- beside those of before, those of one that holds always in their place.
SELECT covenant.amend('deals', 'any other covenant', '{"elector": "holder"}', from_day => '2005-06-01');
SELECT pg_temp.try('election', '{"section": "4(o)", "choice": "shares", "holder": "A"}') AS holder, pg_temp.try('election', '{"section": "4(o)", "choice": "shares"}') AS company;
SELECT covenant.amend('deals', 'any other covenant', '{"elector": "holder"}');
SELECT pg_temp.try('election', '{"section": "4(o)", "choice": "shares", "holder": "A"}') AS holder, pg_temp.try('election', '{"section": "4(o)", "choice": "shares"}') AS company;
SELECT covenant.amend('deals', 'any other covenant', '{"elector": "company"}', '1');
SELECT pg_temp.try('election', '{"section": "4(o)", "choice": "shares"}') AS of_1, pg_temp.try('election', '{"section": "4(o)", "choice": "shares", "deal": 2}') AS of_2;
-- Where a shortfall is a breach at once, it is the company that elects in that.
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "buyers", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}', '1');
SELECT pg_temp.try('election', '{"ref": "shortfall 2005-05-24", "choice": "shares"}') AS of_1, pg_temp.try('election', '{"ref": "shortfall 2005-05-24", "choice": "shares", "deal": 2}') AS of_2,
	pg_temp.try('election', '{"ref": "2005-05-31", "choice": "shares"}') AS list;

-- The vocabulary is open: kinds are what the deal's clauses start and end on.
SELECT k, pg_temp.try(k) FROM unnest(ARRAY['form_d_due', 'form_d', 'month_end', 'shortfall', 'last_note']) k;
SELECT covenant.amend('deals', 'Form D', '{"section": "4(b)", "starts_on": "form_d_due", "ends_on": "form_d", "period": 0, "unit": "days"}', '1');
SELECT k, pg_temp.try(k) AS of_1, pg_temp.try(k, '{"deal": 2}') AS of_2 FROM unnest(ARRAY['form_d_due', 'form_d', 'month_end', 'shortfall', 'last_note']) k;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (1, 'form_d_due', '2005-06-07') RETURNING event_id AS form_d \gset
SELECT pg_temp.try('form_d', pg_temp.say('ref', :'form_d')) AS ends_it, pg_temp.try('form_d', pg_temp.say('ref', :'form_d', 'occurred_on', '2005-06-06')) AS early, pg_temp.try('form_d', pg_temp.say('ref', :'breach')) AS another,
	pg_temp.try('cure', pg_temp.say('ref', :'form_d')) AS no_cure;
\set VERBOSITY default
INSERT INTO deals_event (deal, kind) VALUES (1, 'form_e');

-- Who holds something: now, before, or only in this transaction.  The only
-- holder need not be named.
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric);
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
BEGIN;
UPDATE deals SET reserved = 1000 WHERE deal_id = 2;
INSERT INTO notes VALUES (1, 2, 'B', 100, 1);
SELECT pg_temp.try('opinion_delivered', '{"deal": 2, "holder": "B"}') AS pending, pg_temp.try('opinion_delivered', '{"deal": 2, "holder": "C"}') AS nobody;
COMMIT;
SELECT pg_temp.try('consent', '{"deal": 2}') AS consent, pg_temp.try('waiver', '{"deal": 2, "section": "4(h)"}') AS waiver;
UPDATE notes SET buyer = 'C';
SELECT pg_temp.try('waiver', '{"deal": 2, "section": "4(h)"}') AS waiver, pg_temp.try('damages_paid', '{"deal": 2, "holder": "B", "amount": 1}') AS held_once;
INSERT INTO notes VALUES (2, 2, 'D', 100, 1);
SELECT pg_temp.try('waiver', '{"deal": 2, "section": "4(h)"}') AS waiver;
-- Notes without a holder column are held by who has no name.
CREATE TABLE bearer (id int PRIMARY KEY, deal int, balance numeric, price numeric);
SELECT covenant.watch_notes('bearer', 'deals', 'deal', 'balance', 'price');
BEGIN;
UPDATE deals SET reserved = 1000 WHERE deal_id = 1;
INSERT INTO bearer VALUES (1, 1, 100, 1);
SELECT pg_temp.try('opinion_delivered', '{"holder": ""}') AS pending;
COMMIT;
SELECT pg_temp.try('opinion_delivered', '{"holder": ""}') AS bearer, pg_temp.try('opinion_delivered', '{"deal": 2, "holder": ""}') AS of_another_deal;

-- What is on record counts, whatever one looks back to.
SET covenant.known_at = '2005-06-01 12:00:00Z';
SELECT pg_temp.try('cure', pg_temp.say('ref', :'breach')) AS cure, pg_temp.try('form_d') AS form_d, pg_temp.try('opinion_delivered', '{"holder": "A"}') AS holder;
RESET covenant.known_at;

-- A role that writes facts needs no right to read anything, its default of the
-- day apart; nor does row security hide what it is held against.
CREATE ROLE covenant_clerk;
GRANT USAGE ON SCHEMA event_test TO covenant_clerk;
GRANT INSERT ON deals_event TO covenant_clerk;
SET ROLE covenant_clerk;
INSERT INTO deals_event (deal, kind, section, holder) VALUES (2, 'breach', '3(g)', 'C');
\set VERBOSITY terse
INSERT INTO deals_event (deal, kind, section, holder) VALUES (2, 'breach', '3(g)', 'E');
SELECT kind FROM deals_event;
RESET ROLE;
SELECT kind, section, holder, recorded_by = session_user AS by_the_login FROM deals_event WHERE deal = 2;
ALTER TABLE deals_event ENABLE ROW LEVEL SECURITY; ALTER TABLE deals_event FORCE ROW LEVEL SECURITY;
CREATE POLICY blind ON deals_event FOR INSERT WITH CHECK (true);
SET ROLE covenant_clerk;
INSERT INTO deals_event (deal, kind, ref) VALUES (1, 'cure', :'breach');
RESET ROLE;
ALTER TABLE deals_event DISABLE ROW LEVEL SECURITY;

-- A table that is not as covenant made it says what is missing.
BEGIN; ALTER TABLE deals_event DROP subject CASCADE; INSERT INTO deals_event (deal, kind) VALUES (1, 'closing'); ROLLBACK;
BEGIN; ALTER TABLE deals_clause RENAME TO clauses; INSERT INTO deals_event (deal, kind, section) VALUES (1, 'breach', '4(i)'); ROLLBACK;

-- The clauses, the readings and the lists are append-only too.
\set VERBOSITY sqlstate
UPDATE deals_clause SET period = 60;
UPDATE deals_reading SET months = '30-day';
DELETE FROM deals_list;
SET client_min_messages = warning;
DROP SCHEMA event_test CASCADE;
DROP ROLE covenant_clerk;
