-- Quotes reprice notes: the market as a fact.
SET covenant.as_of = '2005-07-29';

CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, balance numeric NOT NULL, price covenant.share_price NOT NULL,
					security text, terms covenant.conversion_terms);
CREATE TABLE quotes (security text, day date, low numeric(12,4), PRIMARY KEY (security, day));
SELECT covenant.watch_deals('deals', 'deal', 'reserved');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');  -- 55000: notes are not watched yet
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');

-- Misuse.
\set VERBOSITY sqlstate
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');  -- 42710
SELECT covenant.watch_quotes('quotes', 'security', 'date', 'low', 'notes', 'security', 'terms');  -- 42703
CREATE TABLE other_quotes (security int, day timestamptz, low text);
SELECT covenant.watch_quotes('other_quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');  -- 42804: a day is a date
SELECT covenant.watch_quotes('other_quotes', 'sec', 'day', 'low', 'notes', 'security', 'terms');  -- 42703
SELECT covenant.watch_quotes('other_quotes', 'security', NULL, 'low', 'notes', 'security', 'terms');  -- 22004
ALTER TABLE other_quotes ALTER day TYPE date, ALTER low TYPE numeric USING 0;
SELECT covenant.watch_quotes('other_quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');  -- 42804: integer against text
SELECT covenant.watch_quotes('other_quotes', 'security', 'day', 'low', 'notes', 'id', 'security');  -- 42804: terms are conversion_terms
-- quotes_without_index, second_quotes_table: one table of quotes for a table of notes, and it can be looked back in.
\set VERBOSITY default
\set SHOW_CONTEXT never
ALTER TABLE other_quotes ALTER security TYPE text;
CREATE INDEX ON other_quotes (day, security);
CREATE INDEX ON other_quotes (security, day) WHERE low > 0;
CREATE INDEX ON other_quotes (security) INCLUDE (day);
SELECT covenant.watch_quotes('other_quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
CREATE INDEX ON other_quotes (security, day DESC, low);
SELECT covenant.watch_quotes('other_quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
SELECT quotes, security, day, price, notes_security, terms FROM covenant_internal.repricing_of('notes');
-- second_reprice: a trigger that somebody adds by hand is refused at its first firing.
CREATE TRIGGER also AFTER INSERT ON quotes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.reprice('table=quotes', 'schema=public', 'notes=notes', 'security=security', 'day=day',
									  'price=low', 'notes_security=security', 'terms=terms');
INSERT INTO quotes VALUES ('S', '2005-07-01', .30);
DROP TRIGGER also ON quotes;
\set SHOW_CONTEXT errors

-- One note of $100 at 0.10 is 1,000 shares, twice that is reserved: slack 0.
-- Beside it a note with fixed terms, one of another security, one without terms.
INSERT INTO deals VALUES ('d', 2000), ('e', 100000);
INSERT INTO notes VALUES (1, 'd', 100, 0.10, 'S', '50% of average of lowest 2 of 3 days'),
						 (2, 'e', 100, 0.12, 'S', '0.12'),
						 (3, 'e', 100, 0.20, 'T', '50% of average of lowest 2 of 3 days'),
						 (4, 'e', 100, 0.20, 'S', NULL);
CREATE VIEW slack AS SELECT slack, shortfall_since FROM deals_status WHERE deal = 'd';

SET covenant.as_of = '2005-12-31';
-- Two quotes are fewer than the terms look back at; the third gives 50% of .20.
INSERT INTO quotes VALUES ('S', '2005-08-01', .30), ('S', '2005-08-02', .20);
INSERT INTO quotes VALUES ('S', '2005-08-03', .20);
SELECT id, price FROM notes ORDER BY id;
SELECT * FROM slack;
-- .20 .20 .18: 50% of .19 is .095, 100 / .095 = 1052.6, 2 x 1052 = 2104.
INSERT INTO quotes VALUES ('S', '2005-08-04', .18);
SELECT price FROM notes WHERE id = 1;
SELECT * FROM slack;
-- .20 .18 .30: the lowest two are the same.
INSERT INTO quotes VALUES ('S', '2005-08-05', .30);
SELECT * FROM slack;
-- .18 .30 .30: 50% of .24 is .12, 833 shares: the rise cures.
INSERT INTO quotes VALUES ('S', '2005-08-08', .30);
SELECT * FROM slack;

-- Three days at once leave the history of three nights:
-- .30 .30 .10 -> .10, slack 0; .30 .10 .10 -> .05, 2000 shares, slack -2000; .10 .10 .50 -> .05.
INSERT INTO quotes VALUES ('S', '2005-08-11', .50), ('S', '2005-08-09', .10), ('S', '2005-08-10', .10);
SELECT * FROM slack;
SELECT seq, kind, note_shares, slack, effective_on FROM deals_journal WHERE deal = 'd' ORDER BY seq;

-- A correction shows in the price as it is, dated with the corrected day:
-- .10 .20 .50 -> .075, 1333 shares, slack -666.
UPDATE quotes SET low = .20 WHERE day = '2005-08-10';
SELECT price FROM notes WHERE id = 1;
SELECT * FROM slack;
-- Without 08-09: .30 .20 .50 -> .125, 800 shares, slack 400.
DELETE FROM quotes WHERE day = '2005-08-09';
SELECT price FROM notes WHERE id = 1;
SELECT * FROM slack;

-- A fall and an issue in one transaction are judged together; the fall alone is a fact.
-- .20 .50 .01 -> 50% of .105 = .0525, 1904 shares, and one share of the new note.
BEGIN;
INSERT INTO quotes VALUES ('S', '2005-08-12', .01);
INSERT INTO notes VALUES (5, 'd', 1, 1, NULL, NULL);
COMMIT;
INSERT INTO quotes VALUES ('S', '2005-08-12', .01);
SELECT * FROM slack;
SELECT * FROM covenant.audit('deals');

-- NULL prices are no quotes; a quote without a day prices nothing.
INSERT INTO quotes VALUES ('S', '2005-08-15', NULL);
SELECT price FROM notes WHERE id = 1;
INSERT INTO quotes VALUES ('S', 'infinity', .01);

-- Whoever may write quotes need not be allowed to write notes.
CREATE ROLE regress_covenant_feed;
GRANT SELECT, INSERT, UPDATE ON quotes TO regress_covenant_feed;
SET ROLE regress_covenant_feed;
INSERT INTO quotes VALUES ('S', '2005-08-16', .50) ON CONFLICT DO NOTHING;
UPDATE notes SET price = 1;
RESET ROLE;
-- .50 .01 .50 -> 50% of .255 = .1275, 784 shares.
SELECT price, 100 / price::numeric FROM notes WHERE id = 1;

-- A stranger's quotes cannot reprice somebody's notes.
CREATE ROLE regress_covenant_stranger;
GRANT USAGE, CREATE ON SCHEMA public TO regress_covenant_stranger;
SET ROLE regress_covenant_stranger;
CREATE TABLE forged (security text, day date, low numeric);
CREATE TRIGGER t AFTER INSERT ON forged REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION covenant_internal.reprice('table=quotes', 'schema=public', 'notes=notes', 'security=security', 'day=day',
									  'price=low', 'notes_security=security', 'terms=terms');
INSERT INTO forged VALUES ('S', '2005-09-01', .0001);
RESET ROLE;
DROP TABLE forged;
REVOKE ALL ON SCHEMA public FROM regress_covenant_stranger;
DROP ROLE regress_covenant_stranger;

-- Ten thousand notes of a thousand deals: one statement on the notes.
INSERT INTO deals SELECT 'm' || g, 1000000 FROM generate_series(1, 1000) g;
INSERT INTO notes SELECT 100 + g, 'm' || (g % 1000 + 1), 10, 0.05, 'M', '50% of lowest of 1 days' FROM generate_series(1, 10000) g;
CREATE TABLE statements (n int);
CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO statements VALUES (1); RETURN NULL; END$$;
CREATE TRIGGER counted AFTER UPDATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION count_statement();
INSERT INTO quotes VALUES ('M', '2005-09-01', .08);
SELECT count(*) AS updates FROM statements;
SELECT price, count(*) FROM notes WHERE security = 'M' GROUP BY price;
SELECT count(*), min(note_shares), max(note_shares) FROM deals_status WHERE deal LIKE 'm%';
SELECT * FROM covenant.audit('deals');

-- Legs that look back differently: 100% of the last of .10 .20 .30, not of the first; then of .20 .30 .25.
INSERT INTO notes VALUES (6, 'e', 1, 1, 'L', 'greater of 100% of lowest of 1 day and 50% of lowest of 3 days');
INSERT INTO quotes VALUES ('L', '2005-08-01', .10), ('L', '2005-08-02', .20), ('L', '2005-08-03', .30);
SELECT price FROM notes WHERE id = 6;
INSERT INTO quotes VALUES ('L', '2005-08-04', .25);
SELECT price FROM notes WHERE id = 6;

-- Loading the same days again changes nothing, in the price or in the history.
CREATE VIEW history AS SELECT seq, kind, note_shares, slack, effective_on FROM deals_journal WHERE deal = 'h' ORDER BY seq;
SET covenant.as_of = '2005-01-03';
INSERT INTO deals VALUES ('h', 2000);
INSERT INTO notes VALUES (7, 'h', 100, 0.10, 'H', '50% of lowest of 2 days');
SET covenant.as_of = '2005-12-31';
-- .10, .10, .05 (2000 shares), .05, .05, .15 (666), .05, .05
INSERT INTO quotes SELECT 'H', date '2005-08-01' + n::int, p FROM unnest('{.20,.20,.10,.10,.30,.30,.10,.10}'::numeric[]) WITH ORDINALITY AS q(p, n);
SELECT * FROM history;
INSERT INTO quotes SELECT * FROM quotes WHERE security = 'H' ON CONFLICT (security, day) DO UPDATE SET low = excluded.low;
SELECT count(*) FROM history;
-- Two corrections at once: the one from beyond the look-back dates nothing.
-- .10 .08 -> .04, 2500 shares, 500 more from 08-09 on.
UPDATE quotes SET low = CASE day WHEN '2005-08-02' THEN .40 ELSE .08 END WHERE security = 'H' AND day IN ('2005-08-02', '2005-08-09');
SELECT * FROM history WHERE seq = (SELECT max(seq) FROM history);
SELECT slack, shortfall_since FROM deals_status WHERE deal = 'h';
-- Corrected up again, with a new day: .30 .10 -> .05, 2000 shares.
INSERT INTO quotes VALUES ('H', '2005-08-08', .30), ('H', '2005-08-09', .30), ('H', '2005-08-10', .10)
	ON CONFLICT (security, day) DO UPDATE SET low = excluded.low;
SELECT slack FROM deals_status WHERE deal = 'h';
-- A quote that moves to another security is taken from the one and given to the other.
UPDATE quotes SET security = 'L', day = '2005-08-05' WHERE security = 'H' AND day = '2005-08-10';
SELECT id, price FROM notes WHERE id IN (6, 7) ORDER BY id;
SELECT * FROM covenant.audit('deals');

-- A column that goes: 42703 at the next quote; watching again cures it.
ALTER TABLE notes RENAME terms TO formula;
INSERT INTO quotes VALUES ('S', '2005-08-17', .50);
SELECT covenant.unwatch('quotes');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'formula');
INSERT INTO quotes VALUES ('S', '2005-08-17', .50);
-- .01 .50 .50 (08-15 has no price)
SELECT price FROM notes WHERE id = 1;

-- Securities by number, prices in whole dollars; a price column of the notes with four decimals: 60% of (1 + 1 + 2) / 3, 10% of 7 / 3.
CREATE TABLE dollars (security int, day date, low int, PRIMARY KEY (security, day));
CREATE TABLE coarse (id int PRIMARY KEY, deal text, balance numeric NOT NULL, price numeric(12,4) NOT NULL, security int, terms covenant.conversion_terms);
SELECT covenant.watch_notes('coarse', 'deals', 'deal', 'balance', 'price');
SELECT covenant.watch_quotes('dollars', 'security', 'day', 'low', 'coarse', 'security', 'terms');
INSERT INTO coarse VALUES (1, 'e', 1, 1, 7, '60% of average of lowest 3 of 4 days'), (2, 'e', 1, 1, 8, '10% of average of lowest 3 of 3 days');
INSERT INTO dollars VALUES (7, '2005-08-01', 1), (7, '2005-08-02', 2), (7, '2005-08-03', 1), (7, '2005-08-04', 2), (8, '2005-08-01', 1), (8, '2005-08-02', 1), (8, '2005-08-03', 5);
SELECT id, price FROM coarse ORDER BY id;
SELECT * FROM covenant.audit('deals');
SELECT covenant.unwatch('coarse');
DROP TABLE dollars, coarse;

-- Quotes that logical replication applies: by row, and the notes, watched by statement, see a write of this server.
CREATE TABLE replica (LIKE quotes INCLUDING ALL);
SELECT covenant.unwatch('quotes');
SELECT covenant.watch_quotes('replica', 'security', 'day', 'low', 'notes', 'security', 'formula', mode => 'row');
INSERT INTO notes VALUES (8, 'e', 1, 1, 'R', '50% of lowest of 1 day');
SET session_replication_role = replica;
INSERT INTO replica VALUES ('R', '2005-08-18', .50);
RESET session_replication_role;
SELECT price FROM notes WHERE id = 8;
SELECT * FROM covenant.audit('deals');
SELECT covenant.unwatch('replica');
DROP TABLE replica;
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'formula');

-- Nobody's operators are used on the way, whatever the search_path.
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$;
CREATE FUNCTION hostile.trap(date, date) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$;
CREATE OPERATOR hostile.= (FUNCTION = hostile.trap, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR hostile.= (FUNCTION = hostile.trap, LEFTARG = date, RIGHTARG = date);
CREATE OPERATOR hostile.< (FUNCTION = hostile.trap, LEFTARG = date, RIGHTARG = date);
CREATE OPERATOR hostile.<= (FUNCTION = hostile.trap, LEFTARG = date, RIGHTARG = date);
CREATE OPERATOR hostile.> (FUNCTION = hostile.trap, LEFTARG = date, RIGHTARG = date);
SET search_path = hostile, pg_catalog, public;
INSERT INTO public.quotes VALUES ('S', '2005-08-18', .50), ('S', '2005-08-19', .50);
UPDATE public.quotes SET low = .40 WHERE day OPERATOR(pg_catalog.>) '2005-08-17' AND security OPERATOR(pg_catalog.=) 'S';
DELETE FROM public.quotes WHERE low OPERATOR(pg_catalog.=) .40 AND security OPERATOR(pg_catalog.=) 'S' AND day OPERATOR(pg_catalog.>) '2005-08-17';
RESET search_path;
\set VERBOSITY terse
DROP SCHEMA hostile CASCADE;
\set VERBOSITY default
SELECT price FROM notes WHERE id = 1;

-- By row: a partitioned table of quotes, written straight to a leaf.
SELECT covenant.unwatch('quotes');
CREATE TABLE market (security text, day date, low covenant.share_price, PRIMARY KEY (security, day)) PARTITION BY RANGE (day);
CREATE TABLE market_2005 PARTITION OF market FOR VALUES FROM ('2005-01-01') TO ('2006-01-01');
INSERT INTO market SELECT * FROM quotes WHERE low IS NOT NULL;
SELECT covenant.watch_quotes('market', 'security', 'day', 'low', 'notes', 'security', 'formula');
INSERT INTO market_2005 VALUES ('S', '2005-08-18', 0.02);
-- .50 .50 .02 -> 50% of .26 = .13
SELECT price FROM notes WHERE id = 1;
DELETE FROM market WHERE security = 'S' AND day = '2005-08-18';
SELECT price FROM notes WHERE id = 1;
SELECT * FROM covenant.audit('deals');

DROP TABLE quotes, other_quotes, market, statements;
DROP FUNCTION count_statement() CASCADE;
DROP VIEW slack, history, deals_status;
DROP TABLE deals, notes, deals_reserve, deals_position, deals_journal CASCADE;
DROP ROLE regress_covenant_feed;

-- The whole way from a quote to a breach: three months of quotes loaded on one
-- day.  50% of (.07 + .07 + .12) / 3 is .0433, and 2 x 2,000,000 / .0433 more
-- than the 90,953,246 reserved, from 09-13 on; (.07 + .07 + .13) / 3 is .09, half of it .045, 2 x 44,444,444 from 10-26 on.
SET datestyle = ISO;
CREATE SCHEMA market;
SET search_path = market;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint, authorized bigint, outstanding bigint);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price covenant.share_price, security text, terms covenant.conversion_terms);
CREATE TABLE quotes (security text, day date, low numeric, PRIMARY KEY (security, day));
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.watch_quotes('quotes', 'security', 'day', 'low', 'notes', 'security', 'terms');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYFD", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
SET covenant.as_of = '2005-05-23';
BEGIN;
INSERT INTO deals VALUES ('calbatech', 90953246, 200000000, 43980227);
INSERT INTO notes VALUES (1, 'calbatech', 'AJW Partners', 2000000, 0.06, 'CLBE', '50% of average of lowest 3 of 5 days');
INSERT INTO deals_event (deal, kind) VALUES ('calbatech', 'closing');
COMMIT;
SET covenant.as_of = '2005-10-31';
INSERT INTO quotes SELECT 'CLBE', d::date, CASE WHEN d < '2005-09-12' THEN 0.12 WHEN d < '2005-10-24' THEN 0.07 ELSE 0.13 END
FROM generate_series(timestamp '2005-08-01', '2005-10-28', '1 day') d WHERE covenant.is_business_day(d::date, 'NYSE');
SELECT day, slack FROM deals_history ORDER BY day;
SELECT DISTINCT section, from_day, to_day, ref FROM deals_breach WHERE ref LIKE 'shortfall%';
SELECT slack, shortfall_since FROM deals_status;
SELECT * FROM covenant.audit('deals');

-- A quote moves its own security: what quotes of another made of a note of the
-- same deal stands, also where both come in one statement.
CREATE TABLE deal (deal text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE note (id int PRIMARY KEY, deal text, balance numeric, price numeric, security text, terms covenant.conversion_terms);
CREATE TABLE quote (security text, day date, low numeric, PRIMARY KEY (security, day));
SELECT covenant.watch_deals('deal', 'deal', 'reserved'), covenant.watch_notes('note', 'deal', 'deal', 'balance', 'price'),
	covenant.watch_quotes('quote', 'security', 'day', 'low', 'note', 'security', 'terms');
SET covenant.as_of = '2005-01-03';
INSERT INTO deal VALUES ('d', 1000000);
INSERT INTO note VALUES (1, 'd', 100, 0.1, 'S', '50% of lowest of 1 day'), (2, 'd', 100, 0.1, 'T', '50% of lowest of 1 day');
RESET covenant.as_of;
INSERT INTO quote VALUES ('S', '2005-02-01', .30), ('S', '2005-02-10', .40), ('S', '2005-02-12', .50);
INSERT INTO quote VALUES ('T', '2005-02-11', .60);
CREATE VIEW prices AS SELECT note, from_day, trim_scale(price) AS price FROM deal_note ORDER BY note, from_day;
SELECT * FROM prices;
UPDATE quote SET low = .20 WHERE (security, day) = ('S', '2005-02-10');
INSERT INTO quote VALUES ('T', '2005-02-05', .70);
SELECT * FROM prices;
-- S moves from 02-12 on, T long before.
INSERT INTO quote VALUES ('T', '2005-01-31', .80), ('S', '2005-02-13', .54);
SELECT * FROM prices;
-- No quote is left: the price is again what it was before the first.
DELETE FROM quote WHERE security = 'T';
SELECT * FROM prices WHERE note = '2';
SELECT id, trim_scale(price) AS price FROM note ORDER BY id;
SELECT * FROM covenant.audit('deal');
-- A split and a quote after it in one transaction: 2 for 1 halves .27 to .135,
-- 50% of .30 is .15.
BEGIN;
SELECT covenant.split('deal', '{d}', 2, 1, '2005-02-14', 'down');
INSERT INTO quote VALUES ('S', '2005-02-15', .30);
COMMIT;
SELECT * FROM prices WHERE from_day >= '2005-02-13';
SELECT * FROM covenant.audit('deal');
SET client_min_messages = warning;
DROP SCHEMA market CASCADE;
