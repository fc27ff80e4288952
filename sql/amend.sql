-- Amendments: the agreement by deal and by day, and what it said before.
SET datestyle = ISO;
SET covenant.as_of = '2006-06-30';
\set SHOW_CONTEXT never
CREATE SCHEMA amend_test;
SET search_path = amend_test;
CREATE TABLE deals (deal_id int PRIMARY KEY, reserved bigint NOT NULL);
SELECT covenant.watch_deals('deals', 'deal_id', 'reserved');
SELECT covenant.amend('deals', 'monthly list', '{"period": 10}');	-- nothing adopted
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}', '1');	-- nor for one deal first
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}', from_day => '2006-01-01');
INSERT INTO deals VALUES (1, 0), (2, 0);
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year", "majority": "purchased"}');
-- The form's clauses, for every deal and always.
SELECT count(*), count(deal), count(from_day), count(signed_by), bool_and(recorded_by = session_user) AS by_me, bool_and(recorded_at > now() - interval '1 day') AS now FROM deals_clause;
SELECT f.ord, f.section, f.duty FROM covenant.clauses('spa-2005') f
EXCEPT SELECT c.ord, c.section, c.duty FROM deals_clause c;

-- For one deal from one day on, then for all of them always; signatures are kept.
SELECT covenant.amend('deals', 'monthly list', '{"period": 10}', '1', '2006-03-01', ARRAY['CalbaTech', 'AJW Partners']);
SELECT covenant.amend('deals', 'monthly list', '{"rate": 0.02, "words": "two percent (2%)"}');
-- What holds on that day is what is changed: for deal 1 the ten days stay.
SELECT covenant.amend('deals', 'monthly list', '{"elector": "company"}', '1', '2006-05-01');
-- For deal 2, and for deal 1 before March, the clause of all deals is changed.
SELECT covenant.amend('deals', 'monthly list', '{"calendar": "NYSE"}', '2', '2006-05-01'), covenant.amend('deals', 'monthly list', '{"calendar": "NYFD"}', '1', '2006-02-01'),
	covenant.amend('deals', 'monthly list', '{"calendar": "WEEKDAYS"}', from_day => '2006-05-01');
SELECT deal, from_day, ord, section, duty, starts_on, period, unit, calendar, ends_on, remedy, rate, elector, signed_by FROM deals_clause WHERE duty = 'monthly list' ORDER BY clause_id;

-- Which one holds: the deal's own, then the later from_day, then the later recorded.
SELECT d AS deal, day, c.clause ->> 'deal' AS own, c.clause ->> 'from_day' AS from_day, c.clause ->> 'period' AS period, c.clause ->> 'calendar' AS calendar, c.clause ->> 'rate' AS rate, c.clause ->> 'elector' AS elector
FROM unnest(ARRAY[NULL, '1', '2']) d, unnest(ARRAY[NULL, '2006-01-31', '2006-02-01', '2006-03-01', '2006-05-01', '2006-06-01']::date[]) day,
	LATERAL (SELECT covenant_internal.clause_in_force('deals_clause', 'int', 'monthly list', d, day) AS clause) c ORDER BY 1 NULLS FIRST, 2 NULLS FIRST;

-- A duty that nobody knew: at the end of the order, with the remedy of its
-- article.  Article 5 has none; what the buyers owe costs the company nothing.
SELECT covenant.amend('deals', 'Form D', '{"section": "4(b)", "starts_on": "form_d_due", "ends_on": "form_d", "period": 0, "unit": "days"}', '1'),
	covenant.amend('deals', 'transfer agent instructions', '{"section": "5", "starts_on": "signing", "ends_on": "agent_instructed", "remedy": "injunction"}'),
	covenant.amend('deals', 'agent replaced', '{"section": "5", "starts_on": "agent_gone", "ends_on": "agent_instructed"}'),
	covenant.amend('deals', 'no hedging', '{"section": "4(n)", "starts_on": "signing", "ends_on": "last_note", "owed_by": "buyers", "period": 1, "unit": "years"}'),
	covenant.amend('deals', 'late shares', '{"section": "4(p)", "starts_on": "conversion_notice", "ends_on": "shares_delivered", "period": 2, "unit": "business days", "to_each_holder": true, "remedy": "per day", "rate": 2000, "cap": 100000, "elector": "holder"}'),
	covenant.amend('deals', 'registration', '{"section": "3(aa)", "starts_on": "demand", "ends_on": "registration_filed", "subjects": ["S-3", "SB-2"], "period": 30, "unit": "days", "roll": "none", "rate": 0.02, "first_day_rate": 0.015, "cap": 0.1, "base": "all_notes"}');
SELECT deal, ord, section, duty, owed_by, to_each_holder AS each, starts_on, subjects, period, unit, roll, ends_on, remedy, rate, first_day_rate AS first_day, cap, elector, base FROM deals_clause WHERE ord > 16 ORDER BY clause_id;
-- The same duty of another deal, and of all, keeps its place.
SELECT covenant.amend('deals', 'Form D', '{"section": "4(b)", "starts_on": "form_d_due", "ends_on": "form_d"}', '2'), covenant.amend('deals', 'Form D', '{"period": 1}', '1', '2006-01-01');
SELECT deal, from_day, ord, period, unit FROM deals_clause WHERE duty = 'Form D' ORDER BY clause_id;
-- Another remedy leaves the figures of the one before behind; null clears.
SELECT covenant.amend('deals', 'registration', '{"remedy": "none"}'), covenant.amend('deals', 'late shares', '{"remedy": "damages", "rate": 0.01}'), covenant.amend('deals', 'monthly list', '{"period": null, "unit": null}', '2');
SELECT deal, duty, period, unit, remedy, rate, first_day_rate AS first_day, cap, elector, base FROM deals_clause ORDER BY clause_id DESC LIMIT 3;

-- What cannot be said.
CREATE FUNCTION pg_temp.try(duty text, changes jsonb, deal text = NULL, from_day date = NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text;
BEGIN
	BEGIN
		PERFORM covenant.amend('amend_test.deals', duty, changes, deal, from_day);
		RAISE EXCEPTION 'taken' USING ERRCODE = 'P0099';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
		RETURN CASE state WHEN 'P0099' THEN 'taken' ELSE concat_ws(' ', state, message, nullif('(' || detail || ')', '(No clock can be run by such a clause.)')) END;
	END;
END $$;
SELECT changes, pg_temp.try('monthly list', changes) FROM unnest(ARRAY['{}', '[]', '{"duty": "x"}', '{"ord": 1}', '{"deal": 1}', '{"period": 6}', '{"period": "six"}', '{"period": 6.5}', '{"period": -1}', '{"period": 25000}', '{"period": 25001}', '{"period": null}', '{"unit": null}',
	'{"unit": "weeks"}', '{"unit": "months", "period": 1201}', '{"unit": "years", "period": 100}', '{"unit": "days", "period": 36526}', '{"calendar": "XETRA"}', '{"calendar": "NYSE+NYGCL"}', '{"roll": "preceding"}', '{"roll": "none"}', '{"owed_by": "nobody"}', '{"owed_by": null}',
	'{"remedy": "prison"}', '{"remedy": "damages", "rate": null}', '{"rate": 3}', '{"rate": 1}', '{"rate": -0.01}', '{"rate": "NaN"}', '{"rate": 0.000000000000000000001}', '{"rate": "3%"}', '{"cap": 1001}', '{"cap": 0}', '{"first_day_rate": 1.1}', '{"remedy": "interest", "rate": 0.15, "base": "all_notes"}',
	'{"remedy": "none", "rate": 0.03}', '{"elector": "nobody"}', '{"elector": null}', '{"base": "notes"}', '{"base": "affected_notes"}', '{"section": " "}', '{"section": "4(h) s. 7"}', '{"subjects": []}', '{"subjects": [""]}', '{"subjects": ["8-K", null]}', '{"subjects": "8-K"}', '{"to_each_holder": "perhaps"}']::jsonb[]) WITH ORDINALITY u(changes, n) ORDER BY n;
SELECT s, e, pg_temp.try('new', jsonb_build_object('section', '4(q)', 'starts_on', s, 'ends_on', e))
FROM (VALUES ('a', 'b'), ('a', 'a'), ('month_end', 'report'), ('shortfall', 'report'), ('a', 'month_end'), ('a', 'shortfall'), ('last_note', 'a'), ('a', 'last_note'), ('retraction', 'a'), ('a', 'waiver'), ('a', 'election'),
	('damages_paid', 'consent'), ('A', 'b'), ('a b', 'b'), ('', 'b'), ('1a', 'b'), (repeat('a', 64), 'b'), (repeat('a', 63), 'b_2')) v(s, e);
SELECT pg_temp.try('new', '{"section": "4(q)", "starts_on": "a"}') AS no_end, pg_temp.try('new', '{"section": null, "starts_on": "a", "ends_on": "b"}') AS no_section, pg_temp.try(' ', '{"section": "4(q)", "starts_on": "a", "ends_on": "b"}') AS blank,
	pg_temp.try('monthly lists', '{"period": 6}') AS misspelt;
SELECT pg_temp.try('monthly list', '{"period": 6}', '3') AS no_deal, pg_temp.try('monthly list', '{"period": 6}', 'x') AS no_key, pg_temp.try('monthly list', '{"period": 6}', '99999999999') AS no_int,
	pg_temp.try('monthly list', '{"period": 6}', from_day => '1970-12-31') AS before, pg_temp.try('monthly list', '{"period": 6}', from_day => 'infinity') AS never, pg_temp.try('monthly list', '{"period": 6}', from_day => '2199-12-31') AS last_day;
\set VERBOSITY sqlstate
SELECT covenant.amend(NULL, 'monthly list', '{"period": 6}');
SELECT covenant.amend('deals', NULL, '{"period": 6}');
SELECT covenant.amend('deals', 'monthly list', NULL);
\set VERBOSITY default
SELECT covenant.amend('deals', 'monthly list', '{"rate": 3}');
SELECT covenant.amend('deals', 'monthly lists', '{"period": 6}');
SELECT covenant.amend('deals', 'monthly list', '{"length": 6}');
SELECT covenant.amend('deals', 'monthly list', '{"period": 6}', '3');
-- The same is refused by the table itself, whoever writes there; times and names are true.
INSERT INTO deals_clause (ord, section, duty, owed_by, to_each_holder, starts_on, ends_on, remedy, rate) VALUES (1, '4(q)', 'by hand', 'company', false, 'a', 'b', 'damages', 3);
INSERT INTO deals_clause (ord, section, duty, owed_by, to_each_holder, starts_on, ends_on, remedy, recorded_at, recorded_by) VALUES (1, '4(q)', 'by hand', 'company', false, 'a', 'b', 'none', '-infinity', 'nobody')
RETURNING recorded_at > now() - interval '1 day' AS now, recorded_by = session_user AS by_me;

-- Readings in the same way.
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "buyers", "months": "30-day", "list_interest": "next_year", "majority": "purchased"}', '1', '2006-03-01');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "buyers", "months": "calendar", "list_interest": "past_year", "majority": "purchased"}', from_day => '2006-04-01');
SELECT deal, from_day, form, formula, months, list_interest, each_buyer FROM deals_reading ORDER BY reading_id;
SELECT d AS deal, day, covenant_internal.asks_all_buyers('deals_reserve', d, day) FROM unnest(ARRAY['1', '2']) d, unnest(ARRAY['2006-02-28', '2006-03-01', '2006-04-01']::date[]) day ORDER BY 1, 2;
\set VERBOSITY sqlstate
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "buyers", "months": "30-day", "list_interest": "next_year", "majority": "purchased"}', '3');
SELECT covenant.adopt('deals', 'spa-2005', '{"as": "buyers", "months": "30-day", "list_interest": "next_year", "majority": "purchased"}', from_day => '2200-01-01');

-- For the owner; the clauses are whoever's they belong to.
CREATE ROLE regress_amend_other;
GRANT ALL ON SCHEMA amend_test TO regress_amend_other;
GRANT ALL ON ALL TABLES IN SCHEMA amend_test TO regress_amend_other;
SET ROLE regress_amend_other;
SELECT covenant.amend('deals', 'monthly list', '{"period": 6}');
RESET ROLE;
ALTER TABLE deals_clause OWNER TO regress_amend_other;
SELECT covenant.amend('deals', 'monthly list', '{"period": 6}');
ALTER TABLE deals_clause OWNER TO CURRENT_USER;

-- purge takes what a deal has of its own along, and nothing of the others.
SELECT (SELECT count(*) FROM deals_clause WHERE deal = 1) > 0 AS clauses, (SELECT count(*) FROM deals_reading WHERE deal = 1) AS readings;
SELECT covenant.purge('deals', '1', 'a test');
SELECT (SELECT count(*) FROM deals_clause WHERE deal = 1) AS clauses, (SELECT count(*) FROM deals_reading WHERE deal = 1) AS readings,
	(SELECT count(*) FROM deals_clause WHERE deal IS NULL) > 16 AS of_all, (SELECT count(*) FROM deals_clause WHERE deal = 2) AS of_another;

SET client_min_messages = warning;
DROP SCHEMA amend_test CASCADE;
DROP ROLE regress_amend_other;
