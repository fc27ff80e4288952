-- What starts a clock, by which clause, and whose duty it is.
SET datestyle = ISO;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA starts_test;
SET search_path = starts_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint NOT NULL, outstanding bigint NOT NULL, plan bigint NOT NULL);
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deal text, buyer text, balance numeric, price numeric, rate numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', 'plan', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer', rate => 'rate');
SELECT '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased", "stacking": "each", "board_curable": "counts", "additional_notes": "counted", "interest": "all_unpaid", "expenses_base": "total"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- Adopts the same readings with changes.
CREATE PROCEDURE pg_temp.read(change jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.adopt('starts_test.deals', 'spa-2005', (SELECT to_jsonb(r) - ARRAY['reading_id', 'deal', 'from_day', 'form', 'recorded_at', 'recorded_by']
		FROM starts_test.deals_reading r ORDER BY r.reading_id LIMIT 1) || change);
END $$;
-- A deal of the four funds: $2,000,000 at 0.06, so that 66,666,666 shares are required.
CREATE PROCEDURE pg_temp.close(deal text, shares bigint = 66666666) LANGUAGE sql AS $$
	INSERT INTO starts_test.deals VALUES (deal, shares, 200000000, 43980227, 380000);
	INSERT INTO starts_test.notes (deal, buyer, balance, price, rate) SELECT deal, b, p, 0.06, 0.10
	FROM (VALUES ('AJW Partners', 260000), ('AJW Offshore', 1027800), ('AJW Qualified', 694200), ('New Millennium', 18000)) v(b, p);
$$;
SET covenant.as_of = '2005-05-23';
CALL pg_temp.close('a'); CALL pg_temp.close('b'); CALL pg_temp.close('c'); CALL pg_temp.close('d');

-- a: what the buyers break is a duty of theirs, and costs the company nothing.
SET covenant.as_of = '2005-06-30';
INSERT INTO deals_event (deal, kind, occurred_on, section, holder, note) VALUES ('a', 'breach', '2005-06-10', '4(n)', 'AJW Offshore', 'short sales'),
	('a', 'breach', '2005-06-11', '4(l)', NULL, 'Buyers did not purchase'), ('a', 'breach', '2005-06-12', '4(i)', NULL, 'delisted');
INSERT INTO deals_event (deal, kind, occurred_on, section, holder) VALUES ('a', 'cure', '2005-06-20', '4(n)', 'AJW Offshore');
SELECT section, duty, started_on, done_on, state, owed_by, holder FROM deals_duty WHERE deal = 'a' ORDER BY started_on;
SELECT section, promise, cause FROM deals_breach WHERE deal = 'a';
SELECT section, sum(amount), round(60000 * 18 / 30.0, 2) AS by_hand FROM deals_damages WHERE deal = 'a' GROUP BY 1;

-- b: "the date hereof" is the signing, not the closing.  Five business days after
-- 23 May (Memorial Day is the 30th) end on 31 May; two years on 23 May 2007.
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES ('b', 'signing', '2005-05-24', 'AJW Offshore'), ('b', 'signing', '2005-05-23', 'AJW Partners');
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('b', 'closing', '2005-06-10');
SELECT section, started_on, due_on, state FROM deals_duty WHERE deal = 'b' AND section IN ('4(m)', '4(n)') ORDER BY 1;
-- The end of the restriction does not drift while notes are outstanding.
SET covenant.as_of = '2008-03-10';
UPDATE notes SET balance = balance - 1000 WHERE deal = 'b' AND buyer = 'AJW Offshore';
SELECT due_on, done_on, state FROM deals_duty WHERE deal = 'b' AND section = '4(n)';
SET covenant.as_of = '2008-04-10';
DELETE FROM notes WHERE deal = 'b';
SELECT due_on, done_on, state FROM deals_duty WHERE deal = 'b' AND section = '4(n)';

-- c: what an amendment of March 2006 says of a shortfall of May, and not of one of
-- February; of this deal alone; and what was known before it was recorded.  45 days
-- from 10 May end on a Saturday; 30 days on a Friday.
SET covenant.as_of = '2006-02-10';
UPDATE notes SET price = 0.05 WHERE deal IN ('c', 'd');
SET covenant.as_of = '2006-02-20';
UPDATE deals SET reserved = 90953246 WHERE id IN ('c', 'd');
SET covenant.as_of = '2006-05-10';
UPDATE notes SET price = 0.02 WHERE deal IN ('c', 'd');
SET covenant.as_of = '2006-05-31';
SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.USOF') AS before \gset
SELECT covenant.amend('deals', 'shareholder approval', '{"period": 45, "rate": 0.02}', deal => 'c', from_day => '2006-03-01', signed_by => ARRAY['AJW Partners']);
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"sunday": "stays"}', deal => 'd', from_day => '2006-05-01');
SELECT deal, started_on, due_on, started_on + 45 AS in_45_days FROM deals_duty WHERE section = '4(h)' AND deal IN ('c', 'd') ORDER BY 1, 2;
SET covenant.known_at = :'before';
SELECT deal, started_on, due_on FROM deals_duty WHERE section = '4(h)' AND deal IN ('c', 'd') ORDER BY 1, 2;
RESET covenant.known_at;
SET covenant.as_of = '2006-07-01';
SELECT from_day, to_day, sum(amount), round(2000000 * 0.02 * 4 / 30, 2) AS by_hand FROM deals_damages WHERE deal = 'c' GROUP BY 1, 2;

-- d: other agreements of the form: a lump on the first day, a limit, an amount per
-- day, an injunction, a duty of one's own.
SELECT covenant.amend('deals', 'any other covenant', '{"first_day_rate": 0.02, "cap": 0.025}', deal => 'd');
SELECT covenant.amend('deals', 'deliver shares', '{"section": "4(p)", "starts_on": "conversion_notice", "ends_on": "shares_delivered", "period": 2, "unit": "business days", "remedy": "per day", "rate": 2000, "cap": 7000}', deal => 'd');
SELECT covenant.amend('deals', 'instructions', '{"section": "5", "starts_on": "transfer_refused", "ends_on": "transfer_made", "remedy": "injunction"}', deal => 'd');
INSERT INTO deals_event (deal, kind, occurred_on, section) VALUES ('d', 'breach', '2006-04-01', '4(i)'), ('d', 'cure', '2006-04-04', '4(i)'),
	('d', 'breach', '2006-04-11', '4(j)'), ('d', 'cure', '2006-04-21', '4(j)');
INSERT INTO deals_event (deal, kind, occurred_on, holder) VALUES ('d', 'conversion_notice', '2006-04-03', 'AJW Offshore'), ('d', 'shares_delivered', '2006-04-08', 'AJW Offshore'),
	('d', 'conversion_notice', '2006-04-10', NULL), ('d', 'shares_delivered', '2006-04-20', NULL), ('d', 'transfer_refused', '2006-04-10', 'AJW Offshore');
SELECT section, from_day, to_day, sum(amount) FROM deals_damages WHERE deal = 'd' AND section <> '4(h)' GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT round(2000000 * (0.02 + 0.03 * 3 / 30), 2) AS with_lump, 2000000 * 0.025 AS "limit", 2 * 2000 AS two_days, 7000 AS limit_per_day;
SELECT holder, amount FROM deals_damages WHERE deal = 'd' AND section = '4(p)' AND from_day = '2006-04-13' ORDER BY 1;
SELECT section, from_day, to_day, holder FROM deals_breach WHERE deal = 'd' AND section = '5';
-- What may be a breach by what it is may start a duty as well.
SELECT covenant.amend('deals', 'tell the buyers', '{"section": "5", "starts_on": "agent_instructed", "ends_on": "buyers_told", "period": 3, "unit": "days", "remedy": "none"}', deal => 'd');
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('d', 'agent_instructed', '2006-04-10');
SELECT started_on, due_on, state FROM deals_duty WHERE deal = 'd' AND duty = 'tell the buyers';

DROP SCHEMA starts_test CASCADE;
