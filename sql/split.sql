-- Splits in the middle of a look-back, and their way into the books.
\set SHOW_CONTEXT never
SET covenant.as_of = '2006-01-31';

CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, balance numeric NOT NULL, price covenant.share_price NOT NULL,
					security text, terms covenant.conversion_terms);
CREATE TABLE warrants (id int PRIMARY KEY, deal text, unexercised int NOT NULL);
CREATE TABLE quotes (security text, day date, low covenant.share_price, PRIMARY KEY (security, day));
SELECT covenant.watch_deals('deals', 'deal', 'reserved', authorized => 'authorized', outstanding => 'outstanding');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price');
SELECT covenant.watch_warrants('warrants', 'deals', 'deal', 'unexercised');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');

INSERT INTO deals VALUES ('r', 1000000, 10000000, 2000000), ('f', 1000000, 10000000, 2000000), ('u', 1000, 10000, 1000);
INSERT INTO warrants VALUES (1, 'r', 12345), (2, 'f', 12345);
INSERT INTO notes VALUES (1, 'r', 10000, 0.05, 'R', 'lesser of 0.12 and 50% of average of lowest 3 of 4 days'),
						 (2, 'f', 10000, 0.05, 'F', 'lesser of 0.12 and 50% of average of lowest 3 of 4 days'),
						 (3, 'u', 10, 0.10, 'U', '0.10');
INSERT INTO quotes SELECT s, d, p FROM unnest(ARRAY['R', 'F']) s,
	(VALUES (date '2006-02-01', 0.10), ('2006-02-02', 0.11), ('2006-02-03', 0.12)) q(d, p);

SET covenant.as_of = '2006-03-01';
-- 1 for 50 on 2006-02-06: prices x 50, shares / 50 rounded down:
-- reserve 20,000, authorized 200,000, outstanding 40,000, warrants 246.9 -> 246,
-- fixed leg .12 -> 6, price .05 -> 2.50, 10000 / 2.50 = 4000 shares.
SELECT covenant.split('deals', '{r}', 1, 50, '2006-02-06', 'down');
SELECT * FROM deals WHERE deal = 'r';
SELECT price, terms FROM notes WHERE id = 1;
SELECT unexercised FROM warrants WHERE id = 1;
SELECT day, low FROM quotes WHERE security = 'R' ORDER BY day;
SELECT note_shares, warrant_shares, required, reserved, available FROM deals_status WHERE deal = 'r';
-- The first quote after it: 5 5.5 6 4.7 -> lowest 3: 4.7 5 5.5, mean 76/15, half 38/15.
INSERT INTO quotes VALUES ('R', '2006-02-06', 4.70);
SELECT price FROM notes WHERE id = 1;
-- Then 5.5 6 4.7 4.8: mean of 4.7 4.8 5.5 = 5, half 2.5.
INSERT INTO quotes VALUES ('R', '2006-02-07', 4.80);
SELECT price FROM notes WHERE id = 1;

-- 3 for 2: prices x 2/3, shares x 3/2: reserve 1,500,000, warrants 18,517.5,
-- fixed leg .12 -> .08, price .05 -> 1/30, 300,000 shares.
SELECT covenant.split('deals', '{f}', 3, 2, '2006-02-06', 'half_even');
SELECT * FROM deals WHERE deal = 'f';
SELECT price, terms FROM notes WHERE id = 2;
SELECT unexercised FROM warrants WHERE id = 2;
SELECT day, low FROM quotes WHERE security = 'F' ORDER BY day;
SELECT note_shares, warrant_shares FROM deals_status WHERE deal = 'f';
-- 1/15 11/150 2/25 and .06: lowest 3 sum to .06 + 1/15 + 11/150 = .2, half of the third is 1/30.
INSERT INTO quotes VALUES ('F', '2006-02-06', 0.06);
SELECT price FROM notes WHERE id = 2;

-- It is a fact of its day: no act, whatever it does to the reserve.
SELECT deal, seq, kind, note_shares, warrant_shares, reserved, authorized, outstanding, effective_on
FROM deals_journal WHERE kind <> 'act' ORDER BY deal, seq;
SELECT * FROM covenant.audit('deals');

-- All deals of the company, or none: the quotes are theirs too.
INSERT INTO notes VALUES (4, 'u', 1, 0.10, 'R', '0.10');
SELECT covenant.split('deals', '{r}', 2, 1, '2006-02-08', 'down');
SELECT covenant.split('deals', '{r,u}', 2, 1, '2006-02-08', 'down');
SELECT deal, reserved FROM deals ORDER BY deal;
SELECT * FROM covenant.audit('deals');

-- Two tables of notes priced by the same quotes: these adjust once.  1 for 2: 0.06 becomes 0.12.
CREATE TABLE more_notes (id int PRIMARY KEY, deal text, balance numeric NOT NULL, price numeric NOT NULL, security text, terms covenant.conversion_terms);
SELECT covenant.watch_notes('more_notes', 'deals', 'deal', 'balance', 'price');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'more_notes', 'security', 'terms');
INSERT INTO more_notes VALUES (1, 'f', 1, 1, 'F', '100% of lowest of 1 day');
SELECT covenant.split('deals', '{f}', 1, 2, '2006-02-08', 'down');
SELECT day, low FROM quotes WHERE security = 'F' ORDER BY day;
SELECT n.price AS note, m.price AS other FROM notes n, more_notes m WHERE n.id = 2;
-- And if the other table's notes belong to another deal, or to other deals altogether, these have to be named.
UPDATE more_notes SET deal = 'u';
SELECT covenant.split('deals', '{f}', 1, 2, '2006-02-08', 'down');
SELECT covenant.unwatch('more_notes');
CREATE TABLE funds (deal text PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('funds', 'deal', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('more_notes', 'funds', 'deal', 'balance', 'price');
UPDATE more_notes SET deal = 'f';
SELECT covenant.split('deals', '{f}', 1, 2, '2006-02-08', 'down');
DROP VIEW funds_status;
DROP TABLE more_notes, funds, funds_reserve, funds_position, funds_journal CASCADE;
SELECT covenant.unwatch('quotes');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
SELECT * FROM covenant.audit('deals');

-- forged_quotes_table: a stranger's, whose triggers name these notes, is not adjusted; nothing of hers runs, and nothing fails.
CREATE ROLE regress_covenant_forger;
CREATE SCHEMA forgery AUTHORIZATION regress_covenant_forger; GRANT USAGE ON SCHEMA forgery TO PUBLIC;
SET ROLE regress_covenant_forger;
CREATE TABLE forgery.ran (who text); GRANT INSERT ON forgery.ran TO PUBLIC;
CREATE FUNCTION forgery.run() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO forgery.ran VALUES (current_user); RETURN NEW; END$$;
CREATE TABLE forgery.quotes (security text, day date, low numeric, PRIMARY KEY (security, day)); GRANT ALL ON forgery.quotes TO PUBLIC;
INSERT INTO forgery.quotes VALUES ('F', '2006-01-02', 1);
CREATE TRIGGER a BEFORE UPDATE ON forgery.quotes FOR EACH STATEMENT EXECUTE FUNCTION forgery.run();
CREATE TRIGGER covenant_reprice AFTER INSERT OR UPDATE OR DELETE ON forgery.quotes FOR EACH ROW
	EXECUTE FUNCTION covenant_internal.reprice('table=quotes', 'schema=public', 'notes=notes', 'security=security', 'day=day',
									  'price=low', 'notes_security=security', 'terms=terms');
CREATE TABLE forgery.nonsense (security text);
CREATE TRIGGER covenant_reprice AFTER INSERT OR UPDATE OR DELETE ON forgery.nonsense FOR EACH ROW
	EXECUTE FUNCTION covenant_internal.reprice('table=quotes', 'schema=public', 'notes=notes', 'security=no"such', 'day=day',
									  'price=low', 'notes_security=security', 'terms=terms');
RESET ROLE;
SELECT quotes FROM covenant_internal.repricing_of('notes');
SELECT covenant.split('deals', '{f}', 2, 1, '2006-02-08', 'down');
SELECT covenant.split('deals', '{f}', 1, 2, '2006-02-08', 'down');
SELECT low, (SELECT count(*) FROM forgery.ran) AS ran FROM forgery.quotes;
SELECT * FROM covenant.audit('deals');
DROP OWNED BY regress_covenant_forger CASCADE;
DROP ROLE regress_covenant_forger;

\set VERBOSITY sqlstate
SELECT covenant.split('deals', '{r,u}', 0, 1, '2006-02-08', 'down');  -- 22023
SELECT covenant.split('deals', '{r,u}', 2, 1, '2006-03-02', 'down');  -- 22023: after covenant.as_of
SELECT covenant.split('deals', '{r,u}', 2, 1, '2006-02-08', 'nearest');  -- 22023
SELECT covenant.split('notes', '{r,u}', 2, 1, '2006-02-08', 'down');  -- 55000
CREATE ROLE regress_covenant_holder;
GRANT ALL ON deals, notes, warrants, quotes TO regress_covenant_holder;
SET ROLE regress_covenant_holder;
SELECT covenant.split('deals', '{r,u}', 2, 1, '2006-02-08', 'down');  -- 42501
RESET ROLE;
\set VERBOSITY default
SELECT count(*) FROM notes;

DROP VIEW deals_status;
DROP TABLE deals, notes, warrants, quotes, deals_reserve, deals_position, deals_journal CASCADE;
DROP ROLE regress_covenant_holder;

-- splits_and_back: the manual's tables and its quotes, with prices in columns
-- of three types; 3 for 1, 3 for 2, 7 for 1, 1 for 50, each of them and back.
-- numeric keeps the exact price although it writes 20 decimals, numeric(12,6)
-- where six decimals are enough, as for 1 for 50 and not for 3 for 1.
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.set_up(price_type text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	CREATE SCHEMA splits_and_back;
	SET search_path = splits_and_back;
	CREATE TABLE deals (deal_id text PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan_reserved bigint NOT NULL, reserved_shares bigint NOT NULL);
	CREATE TABLE notes (note_id integer PRIMARY KEY, deal_id text REFERENCES deals, buyer text, balance numeric NOT NULL, conversion_price numeric NOT NULL);
	CREATE TABLE warrants (warrant_id integer PRIMARY KEY, deal_id text REFERENCES deals, buyer text, unexercised bigint NOT NULL);
	PERFORM covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares', authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved');
	PERFORM covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id', principal => 'balance', price => 'conversion_price', holder => 'buyer');
	PERFORM covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id', shares => 'unexercised', holder => 'buyer');
	INSERT INTO deals VALUES ('cb', 2100000000, 21000000, 2100000, 1050000000);
	INSERT INTO notes VALUES (1, 'cb', 'alpha', 1500000, 0.06), (2, 'cb', 'beta', 500000, 0.06);
	INSERT INTO warrants VALUES (1, 'cb', 'alpha', 10500000);
	EXECUTE format('ALTER TABLE notes ALTER conversion_price TYPE %s', price_type);
	ALTER TABLE notes ADD security text, ADD terms covenant.conversion_terms;
	UPDATE notes SET security = 'CLBT', terms = 'lesser of 0.12 and 60% of average of lowest 3 of 20 days';
	CREATE TABLE quotes (security text, day date, low numeric NOT NULL, PRIMARY KEY (security, day));
	EXECUTE format('ALTER TABLE quotes ALTER low TYPE %s', price_type);
	PERFORM covenant.watch_quotes('quotes', security => 'security', day => 'day', price => 'low', notes => 'notes', notes_security => 'security', terms => 'terms');
	INSERT INTO quotes SELECT 'CLBT', day, 0.0991 + 0.0007 * extract(day FROM day) FROM generate_series('2006-01-03', '2006-02-28', interval '1 day') AS day;
END $$;
-- What there is now, and whether it is what is known: the lowest of the last 20 quotes, .1054 .1061 .1068, 60 % of
-- whose mean is 3183/50000 = .06366, all times old / new; notes rounded down one by one.
CREATE FUNCTION pg_temp.found(new int, old int, OUT price text, OUT quote text, OUT exact text, OUT note_shares bigint, OUT others text, OUT wrong bigint) LANGUAGE plpgsql AS $$
DECLARE
	terms_known covenant.conversion_terms := format('lesser of %s/%s and 60%% of average of lowest 3 of 20 days', 12 * old, 100 * new);
	shares_known numeric := div(1500000 * 50000::numeric * new, 3183 * old) + div(500000 * 50000::numeric * new, 3183 * old);
BEGIN
	SELECT n.conversion_price, q.low, concat_ws(' ', CASE WHEN n.conversion_price::covenant.share_price = (3183 * old || '/' || 50000 * new)::covenant.share_price THEN 'price' END,
			CASE WHEN q.low::covenant.share_price = (1054 * old || '/' || 10000 * new)::covenant.share_price THEN 'quote' END,
			CASE WHEN n.terms = terms_known THEN 'terms' END, CASE WHEN s.note_shares = shares_known THEN 'shares' END,
			CASE WHEN s.note_shares = (SELECT sum(covenant.shares_issuable(balance, conversion_price)::bigint) FROM notes) THEN 'functions' END),
		s.note_shares, concat_ws(' ', s.warrant_shares, s.reserved, s.available)
	INTO price, quote, exact, note_shares, others FROM notes n, quotes q, deals_status s WHERE note_id = 1 AND day = '2006-02-09';
	SELECT count(*) INTO wrong FROM covenant.audit('deals');
END $$;
CREATE FUNCTION pg_temp.there_and_back(new int, old int, day date) RETURNS TABLE (split text, price text, quote text, exact text, note_shares bigint, others text, wrong bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.split('deals', '{cb}', new, old, day, 'down');
	RETURN QUERY SELECT format('%s for %s', new, old), f.* FROM pg_temp.found(new, old) f;
	PERFORM covenant.split('deals', '{cb}', old, new, day + 1, 'down');
	RETURN QUERY SELECT 'and back', f.* FROM pg_temp.found(1, 1) f;
END $$;
SELECT format(statement, t) FROM unnest('{numeric,"numeric(12,6)",covenant.share_price}'::text[]) WITH ORDINALITY t (t, n), unnest(ARRAY[
	'SET covenant.as_of = ''2006-01-02''', 'SELECT pg_temp.set_up(%L)', 'SET covenant.as_of = ''2006-03-31''', 'SELECT * FROM pg_temp.found(1, 1)', 'SELECT * FROM pg_temp.there_and_back(1, 50, ''2006-03-01'')', 'SELECT * FROM pg_temp.there_and_back(3, 1, ''2006-03-03'')',
	'SELECT * FROM pg_temp.there_and_back(3, 2, ''2006-03-05'')', 'SELECT * FROM pg_temp.there_and_back(7, 1, ''2006-03-07'')', 'DROP SCHEMA splits_and_back CASCADE']) WITH ORDINALITY s (statement, m) ORDER BY n, m \gexec

-- What the transaction has said of later days is not on record yet, and is not
-- split: it has to be committed first. On the split's own day it is.
SET client_min_messages = warning;
CREATE SCHEMA split_pending;
SET search_path = split_pending;
SET DateStyle = ISO;
SET covenant.as_of = '2006-01-02';
CREATE TABLE companies (company text PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE deals (deal int PRIMARY KEY, company text, reserved bigint NOT NULL);
CREATE TABLE notes (note int PRIMARY KEY, deal int, principal numeric NOT NULL, price numeric NOT NULL);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', company => 'company', on_breach => 'record') \g /dev/null
SELECT covenant.watch_capital('companies', 'deals', 'company', 'authorized', 'outstanding') \g /dev/null
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'principal', 'price') \g /dev/null
INSERT INTO companies VALUES ('acme', 10000, 2000);
INSERT INTO deals VALUES (1, 'acme', 1000);
INSERT INTO notes VALUES (1, 1, 1000, 2);
SET covenant.as_of = '2006-03-01';
BEGIN;
UPDATE notes SET price = 4;
SELECT covenant.split('deals', '{1}', 2, 1, '2006-02-01', 'down');
ROLLBACK;
BEGIN;
UPDATE companies SET authorized = 12000;
SELECT covenant.split('deals', '{1}', 2, 1, '2006-02-01', 'down');
ROLLBACK;
BEGIN;
UPDATE deals SET reserved = 1500;
SAVEPOINT deeper;
SELECT covenant.split('deals', '{1}', 2, 1, '2006-02-01', 'down');
ROLLBACK;
BEGIN;
UPDATE notes SET price = 4;
UPDATE deals SET reserved = 1500;
SELECT covenant.split('deals', '{1}', 2, 1, '2006-03-01', 'down');
COMMIT;
-- 1000 / 4 = 250 before the split, 1000 / 2 = 500 after it; 1500 x 2 = 3000
SELECT day, note_shares, reserved, authorized FROM deals_history ORDER BY day;
SELECT * FROM covenant.audit('deals');
DROP SCHEMA split_pending CASCADE;
