-- The right of first offer of Section 4(e), worked by hand.
SET datestyle = ISO;
\set SHOW_CONTEXT never
CREATE SCHEMA offerings_test;
SET search_path = offerings_test;
CREATE TABLE deals (id text PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, deal text, buyer text, balance numeric, price numeric);
SELECT covenant.watch_deals('deals', 'id', 'reserved', on_breach => 'record');
SELECT covenant.watch_notes('notes', 'deals', 'deal', 'balance', 'price', 'buyer');
SELECT '{"as": "company", "formula": "principal", "interest": "all_unpaid", "months": "calendar", "calendar": "NYGCL", "additional_notes": "counted", "list_interest": "next_year", "lock_up_extends": "effectiveness", "majority": "purchased", "amendment": "options_only", "sunday": "moves"}' AS readings \gset
SELECT covenant.adopt('deals', 'spa-2005', :'readings');

-- Four Buyers: 13 %, 51.39 %, 34.71 % and 0.9 % of $2,000,000.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('cb', 0);
INSERT INTO notes VALUES (1, 'cb', 'AJW', 260000, 0.06), (2, 'cb', 'Offshore', 1027800, 0.06), (3, 'cb', 'Qualified', 694200, 0.06), (4, 'cb', 'Millennium', 18000, 0.06);
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'closing');

-- The restrictions run from the closing; until the registration statement is
-- effective their end is open, and may be as early as 2006-02-17.
SELECT section, duty, started_on, due_on, done_on, state, owed_by, holder FROM deals_duty WHERE section = '4(e)';
SET covenant.as_of = '2005-08-21';
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'registration_effective');
SELECT duty, due_on, state FROM deals_duty WHERE section = '4(e)';
SET covenant.as_of = '2006-02-16';
SELECT duty, due_on, state FROM deals_duty WHERE section = '4(e)';
SELECT due_on, duty, owed_by FROM deals_upcoming WHERE section = '4(e)';
-- Sales are suspended on the last day: while that lasts the end moves with the
-- days; when it is over it is known.
SET covenant.as_of = '2006-02-17';
INSERT INTO deals_event (deal, kind, subject) VALUES ('cb', 'sales_suspended', 'restated accounts');
SELECT duty, due_on, done_on, state FROM deals_duty WHERE section = '4(e)';
SET covenant.as_of = '2006-02-25';
INSERT INTO deals_event (deal, kind, subject) VALUES ('cb', 'sales_suspended', 'stop order'), ('cb', 'sales_resumed', 'restated accounts');
SELECT duty, due_on, state FROM deals_duty WHERE section = '4(e)';
SET covenant.as_of = '2006-02-27';
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'sales_resumed'), ('cb', 'sales_resumed');
-- 8 days and 2 days: 2006-02-27, and two years later.
SELECT duty, due_on, done_on, state FROM deals_duty WHERE section = '4(e)';
SELECT kind, occurred_on, why FROM deals_unmatched;

-- What each has converted or passed on since does not matter.
SET covenant.as_of = '2006-06-01';
UPDATE notes SET balance = 0 WHERE id = 4;
UPDATE notes SET balance = 500000, buyer = 'Stonestreet' WHERE id = 2;

-- The offering, and notices on four days: Monday 2006-07-03, Thursday 07-06 ...
SET covenant.as_of = '2006-07-03';
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'AJW', 'Series B');
SET covenant.as_of = '2006-07-06';
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'Offshore', 'Series B');
SELECT * FROM deals_offering ORDER BY holder;
-- AJW takes its part; Millennium waives; Qualified has no notice yet.
SET covenant.as_of = '2006-07-10';
INSERT INTO deals_event (deal, kind, holder, subject, amount) VALUES ('cb', 'option_exercised', 'AJW', 'Series B', 130000);
INSERT INTO deals_event (deal, kind, holder, section, subject) VALUES ('cb', 'waiver', 'Millennium', '4(e)', 'Series B');
SELECT holder, first_notice_on, option_expires_on, exercised, waived, earliest_closing FROM deals_offering ORDER BY holder;
-- It gets one on 2006-07-11.  The last of the first notices is then of that day:
-- the 20th business day after it is 2006-08-08; its option ends on 2006-07-26.
SET covenant.as_of = '2006-07-11';
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'Qualified', 'Series B');
SELECT holder, last_notice_on, option_expires_on, earliest_closing FROM deals_offering ORDER BY holder;
SELECT count(*) FILTER (WHERE covenant.is_business_day(d::date, 'NYGCL')) AS business_days FROM generate_series(timestamp '2006-07-12', '2006-08-08', '1 day') d;
SELECT due_on, duty, owed_by, holder, started_on FROM deals_upcoming WHERE section = '4(e)' ORDER BY due_on, holder;

-- Offshore is too late by a day.
SET covenant.as_of = '2006-07-22';
INSERT INTO deals_event (deal, kind, holder, subject, amount) VALUES ('cb', 'option_exercised', 'Offshore', 'Series B', 513901);
SELECT holder, option_expires_on, exercised FROM deals_offering WHERE holder = 'Offshore';
SELECT kind, holder, subject, amount, why FROM deals_unmatched WHERE kind = 'option_exercised';

-- The terms are amended on 2006-08-01: everybody but Millennium needs a notice
-- anew, and AJW's exercise was of the old terms.
SET covenant.as_of = '2006-08-01';
INSERT INTO deals_event (deal, kind, subject) VALUES ('cb', 'offering_amended', 'Series B');
SELECT holder, last_notice_on, exercised, earliest_closing FROM deals_offering ORDER BY holder;
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'AJW', 'Series B'), ('cb', 'offering_notice', 'Qualified', 'Series B');
SET covenant.as_of = '2006-08-04';
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'Offshore', 'Series B');
-- The fifteenth day after 2006-08-04 is Saturday 08-19: the option lasts until
-- Monday 08-21, or ends on the Saturday.  By options_only the closing may come
-- on the day after, since 08-08 is over before; by restarts_both on the 20th
-- business day after 08-04, which is 2006-09-01.
CREATE VIEW worked AS SELECT holder, first_notice_on, last_notice_on, option_expires_on, earliest_closing FROM deals_offering ORDER BY holder;
SELECT * FROM worked;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"sunday": "stays"}');
SELECT holder, option_expires_on, earliest_closing FROM worked;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"sunday": "stays", "amendment": "restarts_both"}');
SELECT holder, option_expires_on, earliest_closing FROM worked;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"amendment": "restarts_both"}');
SELECT holder, option_expires_on, earliest_closing FROM worked;
SELECT count(*) FILTER (WHERE covenant.is_business_day(d::date, 'NYGCL')) AS business_days FROM generate_series(timestamp '2006-08-05', '2006-09-01', '1 day') d;
SELECT covenant.adopt('deals', 'spa-2005', :'readings');
-- On Monday 08-21 Offshore still may; on Tuesday it may not.
SET covenant.as_of = '2006-08-21';
INSERT INTO deals_event (deal, kind, holder, subject, amount) VALUES ('cb', 'option_exercised', 'Offshore', 'Series B', 513000), ('cb', 'option_exercised', 'Offshore', 'Series B', 901);
SET covenant.as_of = '2006-08-22';
INSERT INTO deals_event (deal, kind, holder, subject, amount) VALUES ('cb', 'option_exercised', 'Offshore', 'Series B', 1);
SELECT holder, exercised FROM deals_offering ORDER BY holder;
SELECT holder, amount, why FROM deals_unmatched WHERE kind = 'option_exercised' ORDER BY event_id;

-- 1,000,001 units by principal purchased.
SELECT u.* FROM (SELECT array_agg(holder ORDER BY holder) AS holders, array_agg(pro_rata ORDER BY holder) AS parts
	FROM deals_offering WHERE offering = 'Series B') o, unnest(o.holders, o.parts, covenant.allocate(1000001, o.parts)) AS u(holder, pro_rata, units);

-- Everybody waives another offering: it may close when the last has.
INSERT INTO deals_event (deal, kind, holder, section, subject, occurred_on) SELECT 'cb', 'waiver', holder, '4(e)', 'Bridge', date '2006-08-10' + n::int
FROM (SELECT holder, row_number() OVER (ORDER BY holder) AS n FROM deals_offering) o;
SELECT * FROM deals_offering WHERE offering = 'Bridge' ORDER BY holder;
-- That waives the offering and nothing else: the restriction stands.
SELECT duty, state FROM deals_duty WHERE section = '4(e)';
SELECT kind, why FROM deals_unmatched WHERE kind = 'waiver';

-- Effective early, with 45 days of suspension in the summer: the reading decides.
SET covenant.as_of = '2006-08-22';
INSERT INTO deals VALUES ('summer', 0);
INSERT INTO deals_event (deal, kind, occurred_on) VALUES ('summer', 'closing', '2005-05-23'), ('summer', 'registration_effective', '2005-06-01'),
	('summer', 'sales_suspended', '2005-07-01'), ('summer', 'sales_resumed', '2005-08-15');
SELECT duty, due_on FROM deals_duty WHERE section = '4(e)' AND deal = 'summer';
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"lock_up_extends": "both"}', deal => 'summer');
SELECT deal, duty, due_on FROM deals_duty WHERE section = '4(e)' ORDER BY deal, due_on;

-- As of the day before the amendment.
SET covenant.as_of = '2006-07-31';
SELECT holder, last_notice_on, exercised, earliest_closing FROM deals_offering ORDER BY holder;

-- Additional Notes count by the reading: $600,000 more for Stonestreet.
SET covenant.as_of = '2006-08-22';
INSERT INTO notes VALUES (5, 'cb', 'Stonestreet', 600000, 0.06);
INSERT INTO deals_event (deal, kind, subject) VALUES ('cb', 'tranche_closed', 'filing tranche');
SELECT holder, pro_rata FROM deals_offering WHERE offering = 'Bridge' ORDER BY holder;
SELECT covenant.adopt('deals', 'spa-2005', :'readings'::jsonb || '{"additional_notes": "not_counted"}');
SELECT holder, pro_rata FROM deals_offering WHERE offering = 'Bridge' ORDER BY holder;

-- A note that was issued on another day, or to whom it was assigned, purchased nothing.
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'Stonestreet', 'Series B');
SELECT kind, holder, why FROM deals_unmatched WHERE kind = 'offering_notice';

-- Against a model in plain SQL: 200 offerings, one a deal, three Buyers each, with
-- notices, amendments, exercises and waivers on days of their own, by every reading.
CREATE TABLE many (id int PRIMARY KEY, reserved bigint NOT NULL);
CREATE TABLE many_notes (deal int, buyer text, balance numeric, price numeric, PRIMARY KEY (deal, buyer));
SELECT covenant.watch_deals('many', 'id', 'reserved', on_breach => 'record'), covenant.watch_notes('many_notes', 'many', 'deal', 'balance', 'price', 'buyer');
SELECT covenant.adopt('many', 'spa-2005', :'readings');
SELECT setseed(0.17);
SET covenant.as_of = '2005-05-23';
INSERT INTO many SELECT n, 0 FROM generate_series(1, 200) n;
INSERT INTO many_notes SELECT n, b, 1 + (random() * 1000)::int, 1 FROM generate_series(1, 200) n, unnest(ARRAY['A', 'B', 'C']) b;
INSERT INTO many_event (deal, kind) SELECT n, 'closing' FROM generate_series(1, 200) n;
SET covenant.as_of = '2006-12-31';
CREATE TABLE said AS SELECT n AS deal, k.kind, CASE WHEN k.kind <> 'offering_amended' THEN b END AS holder,
	date '2006-06-01' + 4 * (random() * 30)::int + k.day AS day, CASE k.kind WHEN 'option_exercised' THEN 1 + (random() * 100)::int END AS units
FROM generate_series(1, 200) n, unnest(ARRAY['A', 'B', 'C']) b,
	(VALUES ('offering_notice', 0, 1.6), ('offering_amended', 3, 0.1), ('option_exercised', 1, 0.7), ('waiver', 2, 0.3)) k(kind, day, often), generate_series(1, 3) g
WHERE random() * 2 + 0 * (n + g + length(b)) < k.often;
INSERT INTO many_event (deal, kind, holder, section, subject, amount, occurred_on) SELECT deal, kind, holder, CASE kind WHEN 'waiver' THEN '4(e)' END, 'X', units, day FROM said ORDER BY random();
CREATE FUNCTION pg_temp.option_end(day date, moves boolean) RETURNS date LANGUAGE sql AS $$
	SELECT CASE WHEN moves AND NOT covenant.is_business_day(day + 15, 'NYGCL') THEN covenant.business_days_after(day + 15, 1, 'NYGCL') ELSE day + 15 END
$$;
CREATE FUNCTION pg_temp.model(moves boolean, restarts boolean) RETURNS TABLE (deal int, holder text, first_notice date, last_notice date, option_end date, exercised numeric, waived boolean, earliest date)
LANGUAGE sql AS $$
	WITH amended AS (SELECT s.deal, max(s.day) AS day FROM said s WHERE s.kind = 'offering_amended' GROUP BY s.deal),
	buyer AS (
		SELECT n.deal, n.buyer AS holder, min(s.day) FILTER (WHERE s.kind = 'offering_notice') AS first_n, max(s.day) FILTER (WHERE s.kind = 'offering_notice') AS last_n,
			min(s.day) FILTER (WHERE s.kind = 'waiver') AS waived_on, a.day AS amended_on
		FROM many_notes n LEFT JOIN amended a USING (deal) LEFT JOIN said s ON s.deal = n.deal AND s.holder = n.buyer GROUP BY n.deal, n.buyer, a.day),
	taken AS (
		SELECT e.deal, e.holder, sum(e.units) AS units FROM said e LEFT JOIN amended a USING (deal)
		WHERE e.kind = 'option_exercised' AND (a.day IS NULL OR e.day >= a.day)
			AND e.day <= pg_temp.option_end((SELECT max(s.day) FROM said s WHERE s.deal = e.deal AND s.holder = e.holder AND s.kind = 'offering_notice' AND s.day <= e.day), moves)
		GROUP BY e.deal, e.holder),
	closing AS (
		SELECT b.deal, CASE
			WHEN bool_or(b.waived_on IS NULL AND (b.last_n IS NULL OR b.last_n < b.amended_on)) THEN NULL
			WHEN bool_and(b.waived_on IS NOT NULL) THEN max(b.waived_on)
			ELSE greatest(covenant.business_days_after(max(CASE WHEN restarts THEN b.last_n ELSE b.first_n END) FILTER (WHERE b.waived_on IS NULL), 20, 'NYGCL'),
				max(pg_temp.option_end(b.last_n, moves)) FILTER (WHERE b.waived_on IS NULL) + 1) END AS day
		FROM buyer b GROUP BY b.deal)
	SELECT b.deal, b.holder, b.first_n, b.last_n, pg_temp.option_end(b.last_n, moves), coalesce(t.units, 0), b.waived_on IS NOT NULL, c.day
	FROM buyer b JOIN closing c USING (deal) LEFT JOIN taken t USING (deal, holder) WHERE b.deal IN (SELECT s.deal FROM said s)
$$;
CREATE FUNCTION pg_temp.differences(readings jsonb, sunday text, amendment text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	differ int;
	days int;
	open int;
BEGIN
	PERFORM covenant.adopt('many', 'spa-2005', readings || jsonb_build_object('sunday', sunday, 'amendment', amendment));
	CREATE TEMP TABLE shown ON COMMIT DROP AS SELECT o.deal, o.holder, o.first_notice_on, o.last_notice_on, o.option_expires_on, o.exercised, o.waived, o.earliest_closing FROM many_offering o;
	SELECT count(*) INTO differ FROM ((TABLE shown EXCEPT SELECT * FROM pg_temp.model(sunday = 'moves', amendment = 'restarts_both'))
		UNION ALL (SELECT * FROM pg_temp.model(sunday = 'moves', amendment = 'restarts_both') EXCEPT TABLE shown)) d;
	SELECT count(DISTINCT earliest_closing), count(DISTINCT deal) FILTER (WHERE earliest_closing IS NULL) INTO days, open FROM shown;
	RETURN format('%s differ, of %s rows; more than 20 days: %s, more than 20 open: %s', differ, (SELECT count(*) FROM shown), days > 20, open > 20);
END
$$;

SELECT pg_temp.differences(:'readings', 'moves', 'options_only');
SELECT pg_temp.differences(:'readings', 'moves', 'restarts_both');
SELECT pg_temp.differences(:'readings', 'stays', 'options_only');
SELECT pg_temp.differences(:'readings', 'stays', 'restarts_both');

-- What says nothing of an offering is refused.
\set VERBOSITY terse
INSERT INTO deals_event (deal, kind, holder) VALUES ('cb', 'offering_notice', 'AJW');
INSERT INTO deals_event (deal, kind, subject) VALUES ('cb', 'offering_notice', 'Series C');
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_notice', 'nobody', 'Series C');
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'offering_amended', 'AJW', 'Series C');
INSERT INTO deals_event (deal, kind) VALUES ('cb', 'offering_amended');
INSERT INTO deals_event (deal, kind, holder, subject) VALUES ('cb', 'option_exercised', 'AJW', 'Series C');
INSERT INTO deals_event (deal, kind, holder, subject, amount) VALUES ('cb', 'option_exercised', 'AJW', 'Series C', 0);
\set VERBOSITY default
SELECT count(*) AS undescribed FROM pg_attribute a WHERE a.attrelid = 'deals_offering'::regclass AND a.attnum > 0 AND col_description(a.attrelid, a.attnum) IS NULL;
SET client_min_messages = warning;
DROP SCHEMA offerings_test CASCADE;
