-- What cannot be is refused at the door.  Each part is named after what it
-- guards against.
SET datestyle = ISO;
SET covenant.as_of = '2005-05-23';
\set SHOW_CONTEXT never
CREATE SCHEMA doors_test;
SET search_path = doors_test;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint, authorized bigint, outstanding bigint, multiple numeric);
CREATE TABLE notes (note int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
CREATE TABLE warrants (lot int PRIMARY KEY, deal text, buyer text, unexercised bigint);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', multiple => 'multiple'),
	covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate'),
	covenant.watch_warrants('warrants', 'deals', 'deal', 'unexercised', 'buyer');
-- 600 / 0.06 = 10,000 shares and 300 / 0.06 = 5,000, 1,000 warrants: 32,000 required of 100,000.
BEGIN;
INSERT INTO deals VALUES ('cb', 100000, 1000000, 0, 2);
INSERT INTO notes VALUES (1, 'cb', 'A', 600, 0.06, 0.1), (2, 'cb', 'B', 300, 0.06, 0.1);
INSERT INTO warrants VALUES (1, 'cb', 'A', 1000);
COMMIT;
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
-- What a statement gets: its SQLSTATE and message, or that it was taken; then it is undone.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text;
BEGIN
	BEGIN
		EXECUTE statement;
		PERFORM covenant.check('doors_test.deals');
		RAISE EXCEPTION 'taken' USING ERRCODE = 'P0099';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN CASE state WHEN 'P0099' THEN 'taken' ELSE state || ' ' || message END;
	END;
END $$;

-- closing_at_infinity: an event is of a day that calendars know.
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('cb', 'closing', 'infinity');
SELECT day, try(format('INSERT INTO deals_event (deal, kind, occurred_on) VALUES (''cb'', ''closing'', %L)', day)) AS closing,
	try(format('INSERT INTO deals_event (deal, kind, occurred_on) VALUES (''cb'', ''filing_due'', %L)', day)) AS filing_due
FROM unnest(ARRAY['-infinity', 'infinity', '0044-03-15 BC', '1950-01-01', '1970-12-31', '1971-01-01', '2199-12-31', '2200-01-01', '5874897-12-31']) day;
SELECT ref, try(format('INSERT INTO deals_event (deal, kind, ref) VALUES (''cb'', ''list_delivered'', %L)', ref)) AS list,
	try(format('INSERT INTO deals_event (deal, kind, ref) VALUES (''cb'', ''shareholder_approval'', %L)', 'shortfall ' || ref)) AS approval
FROM unnest(ARRAY['0001-01-31', '1970-12-31', '2005-04-30', '9999-12-31', '2005-99-99']) ref;
SELECT day, try(format('CALL covenant.close_month(''deals'', %L)', day)) AS close_month FROM unnest(ARRAY['-infinity', 'infinity', '1969-12-31']) day;
-- The views answer.
SELECT count(*) FROM deals_duty;

-- nan_amount: an amount is a finite number, with as many digits as money has.
SELECT amount, try(format('INSERT INTO deals_event (deal, kind, amount) VALUES (''cb'', ''invoice'', %L)', amount)) AS invoice,
	try(format('INSERT INTO deals_event (deal, kind, holder, amount) VALUES (''cb'', ''consent'', ''A'', %L)', amount)) AS consent
FROM unnest(ARRAY['NaN', 'Infinity', '-Infinity', '1e20', '99999999999999999999.99', '1e-21', '0.00000000000000000001']) amount;
SELECT count(*) FROM deals_damages;

-- number_picked: an event's number is the database's.
INSERT INTO deals_event (event_id, deal, kind) OVERRIDING SYSTEM VALUE VALUES (1000000, 'cb', 'closing');
INSERT INTO deals_event (event_id, deal, kind) VALUES (7, 'cb', 'closing');
INSERT INTO deals_event (event_id, deal, kind, occurred_on) OVERRIDING USER VALUE VALUES (7, 'cb', 'closing', '2005-05-23');
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('cb', 'closing', '2005-05-23'), ('cb', 'opinion_delivered', '2005-05-23');
INSERT INTO deals_event (event_id, deal, kind, ref) VALUES (DEFAULT, 'cb', 'retraction', (SELECT max(event_id) FROM deals_event));
SELECT event_id - min(event_id) OVER () AS place, kind FROM deals_event ORDER BY event_id;
-- Who may insert may not draw numbers.
CREATE ROLE doors_clerk;
GRANT USAGE ON SCHEMA doors_test TO doors_clerk;
GRANT SELECT, INSERT ON deals_event TO doors_clerk;
SET ROLE doors_clerk;
SELECT nextval('deals_event_seq');
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'press_release') RETURNING event_id > 3 AS numbered;
RESET ROLE;
-- A table that is not as covenant makes it says what is wrong.
CREATE TABLE unnumbered (event_id bigint, n int);
CREATE TRIGGER t BEFORE INSERT ON unnumbered FOR EACH ROW EXECUTE FUNCTION covenant_internal.number_event();
INSERT INTO unnumbered (n) VALUES (1);
ALTER TABLE unnumbered DROP event_id;
INSERT INTO unnumbered (n) VALUES (1);
DROP TABLE unnumbered;

-- consent_by_day: two days of one transaction are judged as one, and journaled
-- as they were judged.  Issued on one day and taken back on the next, 1,000
-- shares leave the reserve and go to nobody: one reduction, one consent.
CREATE VIEW entries AS SELECT seq, kind, effective_on AS day, reserved, outstanding FROM deals_journal
	WHERE (reserved <> 0 OR outstanding <> 0) AND effective_on > '2005-05-23' ORDER BY seq;
INSERT INTO deals_event (deal, kind, holder, amount) VALUES ('cb', 'consent', 'A', 1000), ('cb', 'consent', 'B', 1000);
BEGIN;
SET LOCAL covenant.as_of = '2005-05-24';
UPDATE deals SET reserved = reserved - 1000, outstanding = outstanding + 1000;
SET LOCAL covenant.as_of = '2005-05-25';
UPDATE deals SET outstanding = outstanding - 1000;
COMMIT;
SELECT * FROM entries;
BEGIN;
SET LOCAL covenant.as_of = '2005-05-24';
UPDATE deals SET reserved = reserved - 1000, outstanding = outstanding + 1000;
SET LOCAL covenant.as_of = '2005-05-25';
UPDATE deals SET outstanding = outstanding - 1000;
COMMIT;
-- Its mirror image takes no consent: reserved less on one day, outstanding more
-- on the next, for a note of which 60 were converted, 1,000 shares.
INSERT INTO deals_event (deal, kind, holder) VALUES ('cb', 'consent', 'A'), ('cb', 'consent', 'B');
BEGIN;
SET LOCAL covenant.as_of = '2005-05-26';
UPDATE deals SET reserved = reserved - 1000;
SET LOCAL covenant.as_of = '2005-05-27';
UPDATE deals SET outstanding = outstanding + 1000;
UPDATE notes SET balance = balance - 60 WHERE note = 1;
COMMIT;
SELECT * FROM entries WHERE day > '2005-05-25';
SELECT count(*) AS lacking FROM covenant_internal.consents_lacking('deals_reserve', 'cb', 5);
-- Nor does what comes to nothing over two days.
BEGIN;
SET LOCAL covenant.as_of = '2005-05-28';
UPDATE deals SET reserved = reserved - 500;
SET LOCAL covenant.as_of = '2005-05-29';
UPDATE deals SET reserved = reserved + 500;
COMMIT;
SELECT count(*) AS lacking FROM covenant_internal.consents_lacking('deals_reserve', 'cb', 5);
-- A part of it is issued, 42 / 0.06 = 700 shares and 1 for the note, on the day on
-- which both moved; the rest is a reduction, on the day on which the reserve fell.
BEGIN;
SET LOCAL covenant.as_of = '2005-05-30';
UPDATE deals SET reserved = reserved - 299;
SET LOCAL covenant.as_of = '2005-05-31';
UPDATE deals SET reserved = reserved - 701, outstanding = outstanding + 701;
UPDATE notes SET balance = balance - 42 WHERE note = 1;
COMMIT;
SELECT * FROM entries WHERE day > '2005-05-29';
SELECT string_agg(h, ', ') AS lacking FROM covenant_internal.consents_lacking('deals_reserve', 'cb', 5) h;

-- consent_as_of_commit: a consent of 10 June is none for an act of 5 June,
-- whenever that is committed, and one for an act of the 10th.
SET covenant.as_of = '2005-06-10';
INSERT INTO deals_event (deal, kind, holder) VALUES ('cb', 'consent', 'A'), ('cb', 'consent', 'B');
BEGIN;
SET LOCAL covenant.as_of = '2005-06-05';
UPDATE deals SET reserved = reserved - 1;
SET LOCAL covenant.as_of = '2005-06-10';
COMMIT;
BEGIN;
UPDATE deals SET reserved = reserved - 1;
SET LOCAL covenant.as_of = '2005-06-05';
COMMIT;
SELECT * FROM entries WHERE day > '2005-05-31';

-- issued_without_conversion: what is issued is what notes and warrants fell by,
-- and a share for each note changed.  Without consents on record:
SELECT string_agg(h, ', ') AS lacking FROM covenant_internal.consents_lacking('deals_reserve', 'cb', 1) h;
UPDATE deals SET reserved = reserved - 1000, outstanding = outstanding + 1000;
-- 60 at 0.06 are 1,000 shares; 1,001 with the note's one; 1,002 are not.
SELECT n, try(format('UPDATE notes SET balance = balance - 60 WHERE note = 1; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS one_note,
	try(format('UPDATE notes SET balance = balance - 30; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS two_notes
FROM unnest(ARRAY[1000, 1001, 1002, 1003]) n;
BEGIN;
UPDATE notes SET balance = balance - 60 WHERE note = 1;
UPDATE deals SET reserved = reserved - 1002, outstanding = outstanding + 1002;
COMMIT;
-- Reckoned at the price after the transaction, whichever came first: at 0.05
-- the balance of 498 is 9,960 shares and 438 are 8,760, so 60 are 1,200.
SELECT n, try(format('UPDATE notes SET price = 0.05 WHERE note = 1; UPDATE notes SET balance = balance - 60 WHERE note = 1; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS price_first,
	try(format('UPDATE notes SET balance = balance - 60 WHERE note = 1; UPDATE notes SET price = 0.05 WHERE note = 1; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS price_last,
	try(format('UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s; UPDATE notes SET balance = balance - 60, price = 0.05 WHERE note = 1', n)) AS together
FROM unnest(ARRAY[1201, 1202]) n;
-- Each note is rounded by itself: at 0.07, 498 are 7,114 shares and 438 are
-- 6,257, a fall of 857; in two steps of 30 the same.
SELECT n, try(format('UPDATE notes SET balance = balance - 60, price = 0.07 WHERE note = 1; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS once,
	try(format('UPDATE notes SET balance = balance - 30, price = 0.07 WHERE note = 1; UPDATE notes SET balance = balance - 30 WHERE note = 1; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS twice
FROM unnest(ARRAY[858, 859]) n;
-- A note that goes is converted whole: 498 at 0.06 are 8,300.
SELECT n, try(format('DELETE FROM notes WHERE note = 1; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS deleted,
	try(format('UPDATE warrants SET unexercised = unexercised - 300; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n - 8001)) AS exercised
FROM unnest(ARRAY[8301, 8302]) n;
-- A note written and written back has not changed, one that was only repriced
-- has not fallen, and what falls with one note and rises with another is not
-- issued: at 0.06, 60 from the one to the other.
SELECT try('UPDATE notes SET balance = balance - 60; UPDATE notes SET balance = balance + 60; UPDATE deals SET reserved = reserved - 1, outstanding = outstanding + 1') AS written_back,
	try('UPDATE notes SET price = 0.12; UPDATE deals SET reserved = reserved - 1, outstanding = outstanding + 1') AS repriced,
	try('UPDATE notes SET balance = balance + CASE note WHEN 1 THEN -60 ELSE 60 END; UPDATE deals SET reserved = reserved - 3, outstanding = outstanding + 3') AS moved,
	try('INSERT INTO notes VALUES (3, ''cb'', ''C'', 60, 0.06, 0.1); DELETE FROM notes WHERE note = 3; UPDATE deals SET reserved = reserved - 1, outstanding = outstanding + 1') AS came_and_went;
-- An override says that it has happened.
BEGIN;
SELECT covenant.override('deals', 'the transfer agent has issued them');
UPDATE deals SET reserved = reserved - 5, outstanding = outstanding + 5;
COMMIT;
SELECT kind, reserved, outstanding FROM deals_journal WHERE reserved = -5;

-- payment_in_shares: shares that the transaction records as paid are issued.
SELECT n, try(format('INSERT INTO deals_event (deal, kind, holder, shares, price) VALUES (''cb'', ''damages_paid'', ''A'', 500, 0.06), (''cb'', ''interest_paid'', ''B'', 100, 0.06); UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS paid,
	try(format('INSERT INTO deals_event (deal, kind, holder, amount) VALUES (''cb'', ''damages_paid'', ''A'', 30); UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS in_cash,
	try(format('DO $x$BEGIN BEGIN INSERT INTO deals_event (deal, kind, holder, shares, price) VALUES (''cb'', ''damages_paid'', ''A'', 600, 0.06); RAISE EXCEPTION ''undone''; EXCEPTION WHEN raise_exception THEN NULL; END; END$x$; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s', n)) AS undone
FROM unnest(ARRAY[600, 601]) n;
-- On record alone it moves nothing.
INSERT INTO deals_event (deal, kind, holder, amount, shares, price) VALUES ('cb', 'damages_paid', 'A', 30, 500, 0.06) RETURNING shares;
SELECT * FROM covenant.audit('deals');

-- null_price_leaves: what came in while triggers were off can be counted, mended
-- and deleted; a value that is missing counts 0 in a row as it was.
ALTER TABLE notes DISABLE TRIGGER USER;
ALTER TABLE warrants DISABLE TRIGGER USER;
ALTER TABLE deals DISABLE TRIGGER USER;
INSERT INTO notes VALUES (11, 'cb', 'C', 60, NULL, 0.1), (12, 'cb', NULL, 60, 0.06, NULL), (13, 'cb', 'C', NULL, 0.06, 0.1), (14, 'cb', 'C', 60, NULL, 0.1);
INSERT INTO warrants VALUES (11, 'cb', 'C', NULL);
UPDATE deals SET multiple = NULL;
ALTER TABLE notes ENABLE TRIGGER USER;
ALTER TABLE warrants ENABLE TRIGGER USER;
ALTER TABLE deals ENABLE TRIGGER USER;
SELECT covenant.rebuild('deals');
-- 180 more of principal, of which 60 have a price: 1,000 shares.
CREATE VIEW held AS SELECT principal, note_shares, warrant_shares, multiple FROM deals_reserve;
SELECT * FROM held;
-- What is written anew needs all its values.
UPDATE notes SET buyer = 'D' WHERE note = 11;
INSERT INTO notes VALUES (15, 'cb', 'C', 60, NULL, 0.1);
UPDATE notes SET price = 0.06 WHERE note = 11;
UPDATE notes SET buyer = 'C', rate = 0.1 WHERE note = 12;
UPDATE notes SET balance = 6 WHERE note = 13;
UPDATE warrants SET unexercised = 7 WHERE lot = 11;
UPDATE deals SET multiple = 3;
SELECT * FROM held;
DELETE FROM notes WHERE note = 14;
SELECT * FROM held;
SELECT * FROM covenant.audit('deals');
-- A price that is no number, and a negative one.
ALTER TABLE notes DISABLE TRIGGER USER;
INSERT INTO notes VALUES (16, 'cb', 'C', 0, 'NaN', 0.1), (17, 'cb', 'C', 0, -1, 0.1);
ALTER TABLE notes ENABLE TRIGGER USER;
UPDATE notes SET price = 0.06 WHERE note = 16;
DELETE FROM notes WHERE note IN (16, 17);
SELECT * FROM held;
-- TRUNCATE and unwatching let it go as well.
ALTER TABLE warrants DISABLE TRIGGER USER;
INSERT INTO warrants VALUES (12, 'cb', 'C', NULL);
ALTER TABLE warrants ENABLE TRIGGER USER;
BEGIN;
TRUNCATE warrants;
SELECT warrant_shares FROM deals_status;
ROLLBACK;
SELECT covenant.unwatch('warrants');
SELECT * FROM held;
DROP TABLE warrants;

-- partition_price_fall: a row that moves to another partition is one UPDATE there
-- as it is on a plain table: the price is a fact.  60 at 0.06 are 1,000 shares,
-- 2,000 of them reserved; at 0.05 they are 1,200.
CREATE TABLE split_notes (note int, region text, deal text, balance numeric, price numeric, PRIMARY KEY (note, region)) PARTITION BY LIST (region);
CREATE TABLE split_notes_e PARTITION OF split_notes FOR VALUES IN ('e');
CREATE TABLE split_notes_w PARTITION OF split_notes FOR VALUES IN ('w');
SELECT covenant.watch_notes('split_notes', 'deals', 'deal', 'balance', 'price', note => 'note');
INSERT INTO deals VALUES ('p', 2000, 1000000, 0, 2);
INSERT INTO split_notes VALUES (1, 'e', 'p', 60, 0.06);
UPDATE split_notes SET region = 'w', price = 0.05;
SELECT kind, principal, note_shares, slack FROM deals_journal WHERE deal = 'p' ORDER BY seq;
-- More principal in the same breath is an act.
UPDATE split_notes SET region = 'e', balance = 61;
SELECT * FROM covenant.audit('deals');

-- breach_numeric_3_2, breach_retyped: damages keep to the type of their column,
-- and days are days.  The notes are 504 + 300 + 60 + 60 = 924 from 06-10 on;
-- 3% a month for 10 days of June are 9.24, at 0.06 154 shares; up to 07-21 they
-- are 27.72 x (20/30 + 20/31) = 36.36, which numeric(3,2) does not hold.
CREATE TABLE breaches (id int PRIMARY KEY, deal text, section text, from_day date, to_day date, damages numeric(3,2), shares numeric(5,0));
SELECT covenant.watch_breaches('breaches', 'deals', 'deal', 'section', 'from_day', 'to_day', 'damages', 'shares');
INSERT INTO breaches VALUES (1, 'cb', '4(o)', '2005-06-11', '2005-06-21') RETURNING damages, shares;
INSERT INTO breaches VALUES (2, 'cb', '4(o)', '2005-06-11', '2005-07-21');
INSERT INTO breaches VALUES (3, 'cb', '4(o)', '2005-06-11', 'infinity');
INSERT INTO breaches VALUES (4, 'cb', '4(o)', '-infinity', NULL);
ALTER TABLE breaches ALTER to_day TYPE timestamp;
INSERT INTO breaches VALUES (5, 'cb', '4(o)', '2005-06-11', '2005-06-21 12:00');
\set VERBOSITY terse
SELECT * FROM covenant.audit('deals');
\set VERBOSITY default
ALTER TABLE breaches ALTER to_day TYPE date, ALTER damages TYPE text;
INSERT INTO breaches VALUES (6, 'cb', '4(o)', '2005-06-11', '2005-06-21');
ALTER TABLE breaches ALTER damages TYPE numeric(6,2) USING damages::numeric, ALTER shares TYPE covenant.shares;
INSERT INTO breaches VALUES (7, 'cb', '4(o)', '2005-06-11', '2005-07-21') RETURNING damages, shares;
DROP TABLE breaches;

-- future_quote, nan_quote: a quote is of a day that has come, and a price.
ALTER TABLE notes ADD security text, ADD terms covenant.conversion_terms;
CREATE TABLE quotes (security text, day date, low numeric, PRIMARY KEY (security, day));
INSERT INTO quotes VALUES ('S', '2199-01-01', 0.01);
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
DELETE FROM quotes;
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
SET covenant.as_of = '2005-05-31';
UPDATE notes SET security = 'S', terms = '50% of lowest of 2 days' WHERE note = 2;
SET covenant.as_of = '2005-06-10';
SELECT day, low, try(format('INSERT INTO quotes VALUES (''S'', %L, %L)', day, low)) AS inserted,
	try(format('INSERT INTO quotes VALUES (''S'', ''2005-06-01'', 0.1); UPDATE quotes SET day = %L, low = %L', day, low)) AS updated
FROM (VALUES ('2199-01-01', '0.1'), ('infinity', '0.1'), ('-infinity', '0.1'), ('1970-12-31', '0.1'), ('2200-01-01', '0.1'),
	('2005-06-02', 'NaN'), ('2005-06-02', 'Infinity'), ('2005-06-02', '-0.1'), ('2199-01-01', NULL), ('2005-06-02', '0.2')) AS q(day, low);
INSERT INTO quotes VALUES ('S', '2199-01-01', 0.01);
INSERT INTO quotes VALUES ('S', '2005-06-01', 0.12), ('S', '2005-06-02', 'NaN');
-- None is booked, and the next one is no correction: 50% of the lower of .12 and .11.
INSERT INTO quotes VALUES ('S', '2005-06-01', 0.12), ('S', '2005-06-02', 0.11);
INSERT INTO quotes VALUES ('S', '2005-06-03', 0.20);
SELECT price FROM notes WHERE note = 2;
SELECT count(*) AS ahead FROM deals_journal WHERE effective_on > '2005-06-10';

-- quote_after_conversion: it is the price after the transaction whoever set it.
-- The lower of .20 and .10 makes it 0.05: 300 are 6,000 shares, 285 are 5,700.
SELECT n, try(format('UPDATE notes SET balance = balance - 15 WHERE note = 2; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s WHERE deal = ''cb''; INSERT INTO quotes VALUES (''S'', ''2005-06-06'', 0.10)', n)) AS quote_last,
	try(format('INSERT INTO quotes VALUES (''S'', ''2005-06-06'', 0.10); UPDATE notes SET balance = balance - 15 WHERE note = 2; UPDATE deals SET reserved = reserved - %1$s, outstanding = outstanding + %1$s WHERE deal = ''cb''', n)) AS quote_first
FROM unnest(ARRAY[301, 302]) n;
BEGIN;
UPDATE notes SET balance = balance - 15 WHERE note = 2;
INSERT INTO quotes VALUES ('S', '2005-06-06', 0.10);
COMMIT;
SELECT balance, price FROM notes WHERE note = 2;
SELECT * FROM covenant.audit('deals');

-- quotes_unseen: a look-back uses all quotes or none.
CREATE ROLE doors_feed;
CREATE ROLE doors_owner;
GRANT ALL ON SCHEMA doors_test TO doors_feed, doors_owner;
CREATE TABLE feed (LIKE quotes INCLUDING ALL);
CREATE TABLE priced (note int PRIMARY KEY, deal text, balance numeric, price numeric, security text, terms covenant.conversion_terms);
CREATE TABLE own (deal text PRIMARY KEY, reserved bigint);
ALTER TABLE own OWNER TO doors_owner;
ALTER TABLE priced OWNER TO doors_owner;
SELECT covenant.watch_deals('own', 'deal', 'reserved'), covenant.watch_notes('priced', 'own', 'deal', 'balance', 'price');
INSERT INTO own VALUES ('d', 1000000);
INSERT INTO priced VALUES (1, 'd', 60, 0.06, 'S', '50% of lowest of 2 days');
-- Another's quotes, a member's that the owner of the notes may not read, and a
-- member's of whose rows that role sees some.
ALTER TABLE feed OWNER TO doors_feed;
SELECT covenant.watch_quotes('feed', 'security', 'day', 'low', 'priced', 'security', 'terms');
GRANT doors_owner TO doors_feed;
SELECT covenant.watch_quotes('feed', 'security', 'day', 'low', 'priced', 'security', 'terms');
GRANT SELECT ON feed TO doors_owner;
ALTER TABLE feed ENABLE ROW LEVEL SECURITY;
CREATE POLICY dear ON feed FOR SELECT USING (low > 0.3);
SELECT covenant.watch_quotes('feed', 'security', 'day', 'low', 'priced', 'security', 'terms');
ALTER TABLE feed DISABLE ROW LEVEL SECURITY;
SELECT covenant.watch_quotes('feed', 'security', 'day', 'low', 'priced', 'security', 'terms');
SET ROLE doors_feed;
INSERT INTO feed VALUES ('S', '2005-06-01', 0.36), ('S', '2005-06-02', 0.12);
SELECT price FROM priced;
-- Later it is the same: 50% of .12 is .06, of the dear ones alone it would be .18.
ALTER TABLE feed ENABLE ROW LEVEL SECURITY;
INSERT INTO feed VALUES ('S', '2005-06-03', 0.36);
ALTER TABLE feed DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON feed FROM doors_owner;
INSERT INTO feed VALUES ('S', '2005-06-03', 0.36);
RESET ROLE;
-- An owner sees all its rows, forced or not.
ALTER TABLE feed OWNER TO doors_owner;
ALTER TABLE feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE feed FORCE ROW LEVEL SECURITY;
INSERT INTO feed VALUES ('S', '2005-06-03', 0.40);
SELECT price FROM priced;

SET client_min_messages = warning;
DROP SCHEMA doors_test CASCADE;
DROP ROLE doors_clerk, doors_feed, doors_owner;
