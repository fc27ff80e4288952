-- Dated facts: what is taken, what is refused, and what is always true.
SET datestyle = ISO;
SET covenant.as_of = '2005-05-23';
\set SHOW_CONTEXT never
CREATE SCHEMA event_test;
SET search_path = event_test;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts"}');
INSERT INTO deals VALUES (1, 0), (2, 0);

-- The day is covenant.as_of, the record is true whatever one writes.
INSERT INTO deals_event (deal, kind, recorded_at, recorded_by) VALUES (1, 'closing', '2005-05-23', 'somebody else')
RETURNING event_id, deal, kind, occurred_on, recorded_at > now() - interval '1 day' AS recorded_now, recorded_by = session_user AS by_me;
INSERT INTO deals_event (deal, kind, occurred_on) VALUES (1, 'opinion_delivered', '2005-05-20') RETURNING event_id, occurred_on;

-- Only ever added to.
\set VERBOSITY sqlstate
UPDATE deals_event SET note = 'x';
DELETE FROM deals_event WHERE false;
TRUNCATE deals_event;
INSERT INTO deals_event (event_id, deal, kind) VALUES (7, 1, 'closing');
-- A deal with facts on record keeps its row.
DELETE FROM deals WHERE deal_id = 1;
INSERT INTO deals_event (deal, kind) VALUES (3, 'closing');

\set VERBOSITY default
INSERT INTO deals_event (deal, kind) VALUES (1, 'lunch');
INSERT INTO deals_event (deal, kind, note) VALUES (1, 'election', '4(o) shares');
INSERT INTO deals_event (deal, kind, holder, note) VALUES (1, 'election', 'AJW', '4(o) shares');
INSERT INTO deals_event (deal, kind, note) VALUES (1, 'election', '4(h) cash');
INSERT INTO deals_event (deal, kind, holder, note) VALUES (1, 'election', 'AJW', '4(f) cash');
INSERT INTO deals_event (deal, kind) VALUES (1, 'breach');

-- What each kind needs.
CREATE FUNCTION pg_temp.try(kind text, occurred_on date = '2005-05-23', holder text = NULL, ref text = NULL, amount numeric = NULL, note text = NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text;
BEGIN
	BEGIN
		INSERT INTO event_test.deals_event (deal, kind, occurred_on, holder, ref, amount, note) VALUES (1, $1, $2, $3, $4, $5, $6);
		RAISE EXCEPTION 'taken' USING ERRCODE = 'P0099';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN CASE state WHEN 'P0099' THEN 'taken' ELSE state || ' ' || message END;
	END;
END $$;
SELECT pg_temp.try('closing', '2005-05-24') AS future, pg_temp.try('filing_due', '2005-08-15') AS known_before;
SELECT k, pg_temp.try(k, amount => 1, note => '4(h)') AS no_holder, pg_temp.try(k, amount => 1, holder => '', note => '4(h)') AS unnamed_holder
FROM unnest(ARRAY['consent', 'waiver', 'interest_paid', 'damages_paid']) k;
SELECT k, pg_temp.try(k, holder => 'A') AS none, pg_temp.try(k, holder => 'A', amount => 0) AS zero, pg_temp.try(k, holder => 'A', amount => 0.01) AS positive
FROM unnest(ARRAY['invoice', 'interest_paid', 'damages_paid']) k;
SELECT pg_temp.try('consent', holder => 'A', amount => -1) AS negative, pg_temp.try('expenses_paid', amount => 5) AS in_part, pg_temp.try('expenses_paid') AS in_full;
SELECT k, pg_temp.try(k) AS none, pg_temp.try(k, note => '5(a)') AS other_article, pg_temp.try(k, note => '4(i)') AS answered_by_4o, pg_temp.try(k, note => '4(h)') AS itself
FROM unnest(ARRAY['breach', 'cure', 'damages_agreed', 'damages_adjudged']) k;
SELECT n, pg_temp.try('election', holder => 'A', note => n) FROM unnest(ARRAY['4(h)', '4(h) cash or shares', '4(h) cash', 'shares', NULL]) n;
SELECT r, pg_temp.try('list_delivered', ref => r) AS list, pg_temp.try('shareholder_approval', ref => r) AS approval
FROM unnest(ARRAY['2005-04-30', '2005-04-29', 'shortfall 2005-05-23', '1', '99', 'May']) r;
SELECT pg_temp.try('list_delivered', holder => 'A') AS no_month, pg_temp.try('list_delivered', holder => 'A', ref => '2005-04-30') AS month;

-- A retraction points to an event of its deal, and is final.
SELECT pg_temp.try('retraction') AS none, pg_temp.try('retraction', ref => '99') AS missing, pg_temp.try('retraction', ref => '2005-04-30') AS not_an_event;
INSERT INTO deals_event (deal, kind, ref) VALUES (1, 'retraction', (SELECT max(event_id) FROM deals_event WHERE kind = 'opinion_delivered'));
SELECT pg_temp.try('retraction', ref => max(event_id)::text) FROM deals_event WHERE kind = 'retraction';
\set VERBOSITY sqlstate
INSERT INTO deals_event (deal, kind, ref) VALUES (2, 'retraction', '1');
SELECT kind FROM deals_fact ORDER BY event_id;

-- Who needs not be named: the only holder with a balance, asked of the journal.
CREATE TABLE notes (id int PRIMARY KEY, deal int, buyer text, balance numeric, price numeric);
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
BEGIN;
UPDATE deals SET reserved = 1000 WHERE deal_id = 2;
INSERT INTO notes VALUES (1, 2, 'A', 100, 1);
COMMIT;
INSERT INTO deals_event (deal, kind, note) VALUES (2, 'consent', NULL), (2, 'waiver', '4(h)') RETURNING kind, holder;
INSERT INTO notes VALUES (2, 2, 'B', 100, 1);
INSERT INTO deals_event (deal, kind, note) VALUES (2, 'waiver', '4(h)');

-- What is tied to a clock need not name its section: a breach, the
-- list of April, a shortfall.
INSERT INTO deals_event (deal, kind, note) VALUES (1, 'breach', '4(i)') RETURNING event_id AS breach \gset
SELECT k, pg_temp.try(k, ref => :'breach', holder => h, note => n) AS breach, pg_temp.try(k, ref => '2005-04-30', holder => h, note => n) AS list,
	pg_temp.try(k, ref => 'shortfall 2005-05-01', holder => h, note => n) AS shortfall
FROM (VALUES ('cure', NULL, NULL), ('waiver', 'A', NULL), ('damages_agreed', NULL, NULL), ('damages_adjudged', NULL, NULL),
	('election', NULL, 'cash'), ('election', 'A', 'cash'), ('breach', NULL, NULL)) v(k, h, n);
-- No clause is started by an interest payment.
INSERT INTO deals_event (deal, kind, amount) VALUES (1, 'interest_paid', 5) RETURNING event_id AS payment \gset
SELECT pg_temp.try('damages_agreed', ref => :'payment');

-- Choices follow the clauses as edited.
UPDATE deals_clause SET elector = 'holder' WHERE section = '4(o)';
SELECT pg_temp.try('election', holder => 'A', note => '4(o) shares') AS holder, pg_temp.try('election', note => '4(o) shares') AS company;

-- A role that writes facts needs to read them and the clauses, nothing more.
CREATE ROLE covenant_clerk;
GRANT USAGE ON SCHEMA event_test TO covenant_clerk;
GRANT SELECT, INSERT ON deals_event TO covenant_clerk;
GRANT SELECT ON deals_clause TO covenant_clerk;
SET ROLE covenant_clerk;
INSERT INTO deals_event (deal, kind, note) VALUES (2, 'breach', '3(g)') RETURNING kind, recorded_by = session_user AS by_the_login;
SELECT * FROM deals_fact;
RESET ROLE;

-- The readings and the lists are append-only too.
UPDATE deals_reading SET months = '30-day';
DELETE FROM deals_list;
SET client_min_messages = warning;
DROP SCHEMA event_test CASCADE;
DROP ROLE covenant_clerk;
