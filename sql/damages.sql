-- Liquidated damages: four formulas, four month rules, one rounding.
SET datestyle = 'ISO, MDY';
CREATE FUNCTION pg_temp.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

--
-- The five readings of Section 2(f) by the four month rules: $2,000,000 at 10 %
-- from 2005-05-23 (actual / 365), a breach from 2005-06-08 up to 2005-07-20.
--   R1 3 % of P a month                  R2 R1 + all unpaid interest
--   R3 R1 + the interest of the breach   R4 3 % of P + I a month    R5 R4 + I
-- Beside each the same from fractions: 23/30 + 19/31, 1 + 12/31, 42/30, 504/365
-- months; 2,000,000 x 10 % x 58/365 or 42/365 of interest.
--
WITH interest AS (
	SELECT covenant.accrued_interest(2000000, 0.10, '2005-05-23', '2005-07-20', 'ACT/365F') AS all_unpaid,
		covenant.accrued_interest(2000000, 0.10, '2005-06-08', '2005-07-20', 'ACT/365F') AS during_breach
), reading AS (
	SELECT r, m, o, covenant.liquidated_damages(2000000, i, '2005-06-08', '2005-07-20', formula, m) AS amount,
		round(0.03 * (2000000 + CASE WHEN base THEN exact / 365 ELSE 0 END) * months + CASE WHEN plus THEN exact / 365 ELSE 0 END, 2) AS expected
	FROM interest, LATERAL (VALUES
		('R1', 'principal', 0, 0.0, false, false), ('R2', 'principal_plus_interest', all_unpaid, 11600000.0, false, true),
		('R3', 'principal_plus_interest', during_breach, 8400000.0, false, true), ('R4', 'principal_and_interest', all_unpaid, 11600000.0, true, false),
		('R5', 'principal_and_interest_plus_interest', all_unpaid, 11600000.0, true, true)) f(r, formula, i, exact, base, plus),
	(VALUES (1, 'calendar', 23.0 / 30 + 19.0 / 31), (2, 'anniversary', 43.0 / 31), (3, '30-day', 1.4), (4, '365-day', 504.0 / 365)) k(o, m, months)
)
SELECT r, max(amount) FILTER (WHERE o = 1) AS calendar, max(amount) FILTER (WHERE o = 2) AS anniversary, max(amount) FILTER (WHERE o = 3) AS "30-day",
	max(amount) FILTER (WHERE o = 4) AS "365-day", bool_and(amount = expected) AS as_expected
FROM reading GROUP BY r ORDER BY r;

-- the list of May 2005, due 2005-06-07 (Section 4(h)), delivered 2005-06-20: damages for 06-08 to 06-19
SELECT m, covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-06-20', 'principal', m) FROM unnest('{calendar,anniversary,30-day,365-day}'::text[]) WITH ORDINALITY x(m, o) ORDER BY o;

--
-- Months of a period, by rule: of 1 at 100 % a month, the amount is m.
-- Month ends, leap years, the same day, one day, years.
--
CREATE FUNCTION pg_temp.m(f date, t date, rule text) RETURNS numeric LANGUAGE sql AS
	$$ SELECT covenant.liquidated_damages(1, 0, f, t, 'principal', rule, 1, 12) $$;
SELECT f, t, pg_temp.m(f, t, 'calendar') AS calendar, pg_temp.m(f, t, 'anniversary') AS anniversary, pg_temp.m(f, t, '30-day') AS "30-day", pg_temp.m(f, t, '365-day') AS "365-day"
FROM (VALUES ('2005-01-31'::date, '2005-02-28'::date), ('2005-01-31', '2005-03-01'), ('2005-01-31', '2005-03-31'), ('2004-01-31', '2004-02-29'), ('2004-01-30', '2004-02-28'), ('2004-02-29', '2005-02-28'), ('2004-02-29', '2005-03-01'),
	('2005-02-28', '2005-03-28'), ('2005-02-28', '2005-03-31'), ('2005-06-08', '2005-06-08'), ('2005-06-30', '2005-07-01'), ('2005-06-01', '2005-07-01'), ('2005-12-31', '2006-01-01'), ('2005-05-23', '2007-05-23'), ('1999-12-31', '2000-02-29'), ('1900-01-31', '1900-02-28')) v(f, t);
-- periods end to end: calendar, 30-day and 365-day months add up (to the last digit, which is rounded)
SELECT rule, count(*) FILTER (WHERE abs(pg_temp.m(a, b, rule) + pg_temp.m(b, c, rule) - pg_temp.m(a, c, rule)) > 0.000000000001) AS do_not_add_up
FROM unnest('{calendar,30-day,365-day}'::text[]) rule, generate_series(0, 400) i, LATERAL (SELECT date '2003-11-17' + i AS a, date '2003-11-17' + i + i % 37 AS b, date '2003-11-17' + 2 * i + 40 AS c) x GROUP BY rule ORDER BY rule;

-- nothing accrues in no time, but interest that is added is added
SELECT f, covenant.liquidated_damages(2000000, 31780.8219178082, '2005-06-08', '2005-06-08', f, 'anniversary') FROM unnest('{principal,principal_plus_interest,principal_and_interest,principal_and_interest_plus_interest}'::text[]) f;
-- one rounding, half up; scale; a negative rate is a rate, halves then away from zero; nothing owed
SELECT covenant.liquidated_damages(0.5, 0, '2005-06-01', '2005-07-01', 'principal', 'calendar', 0.01) AS half, covenant.liquidated_damages(0.4999999, 0, '2005-06-01', '2005-07-01', 'principal', 'calendar', 0.01) AS below,
	covenant.liquidated_damages(0.5, 0, '2005-06-01', '2005-07-01', 'principal', 'calendar', -0.01) AS negative_half, covenant.liquidated_damages(0.2, 0.004, '2005-06-01', '2005-07-01', 'principal_plus_interest', 'calendar', 0.005) AS not_rounded_twice,
	covenant.liquidated_damages(100, 0.02, '2005-06-01', '2005-07-01', 'principal_plus_interest', 'calendar', -0.01) AS both_signs,
	covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', scale => 0) AS dollars, covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', scale => 20) AS all_decimals,
	covenant.liquidated_damages(0, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar') AS nothing, covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 0) AS free;
-- beyond 128 bits, and to the ends of the calendar
SELECT covenant.liquidated_damages(123456789012345678901234567890123456789.12, 0.000000000000000000000000000000000000000001, '2005-06-01', '2005-07-01', 'principal_plus_interest', 'calendar') = round(123456789012345678901234567890123456789.12 * 0.03, 2) AS wide,
	covenant.liquidated_damages(1e40, 1e40 + 0.5, '2005-06-01', '2005-07-01', 'principal_and_interest_plus_interest', 'calendar') = round(2e40 * 0.03 + 0.015 + 1e40 + 0.5, 2) AS both,
	covenant.liquidated_damages(1, 0, '4714-11-24 BC', '5874897-12-31', 'principal', 'calendar', 1, 10) = round((5874897 + 4713) * 12 + 1 + 30 / 31.0 - 23 / 30.0, 10) AS all_months,
	covenant.liquidated_damages(1, 0, '4714-11-24 BC', '5874897-12-31', 'principal', 'anniversary', 1, 10) = round((5874897 + 4713) * 12 + 1 + 7 / 31.0, 10) AS all_anniversaries,
	covenant.liquidated_damages(1, 0, '4714-11-24 BC', '4714-11-30 BC', 'principal', 'anniversary', 1, 10) = round(6 / 30.0, 10) AS first_days;

--
-- 20,000 random cases against the definitions in plain numeric SQL.  Months
-- over one denominator: 377580 = lcm(28, 29, 30, 31) for the calendar.
--
CREATE FUNCTION pg_temp.months(f date, t date, rule text, OUT num bigint, OUT den bigint) LANGUAGE plpgsql AS $$
DECLARE
	whole int := 0;
	b date;
	e date;
BEGIN
	IF rule = '30-day' THEN
		num := t - f; den := 30;
	ELSIF rule = '365-day' THEN
		num := (t - f) * 12; den := 365;
	ELSIF rule = 'calendar' THEN
		-- month by month
		den := 377580;
		SELECT coalesce(sum((least(t, first_of_next) - greatest(f, first)) * (377580 / (first_of_next - first))), 0) INTO num
		FROM generate_series(date_trunc('month', f::timestamp), t::timestamp, '1 month') g,
			LATERAL (SELECT g::date AS first, (g + interval '1 month')::date AS first_of_next) m;
	ELSE
		WHILE (f + make_interval(months => whole + 1))::date <= t LOOP
			whole := whole + 1;
		END LOOP;
		b := f + make_interval(months => whole);
		e := f + make_interval(months => whole + 1);
		den := e - b;
		num := whole * den + (t - b);
	END IF;
END $$;
SELECT setseed(0.82774);
CREATE TEMP TABLE breach AS
SELECT q, (array['principal', 'principal_plus_interest', 'principal_and_interest', 'principal_and_interest_plus_interest'])[1 + q % 4] AS formula,
	(array['calendar', 'anniversary', '30-day', '365-day'])[1 + q / 4 % 4] AS rule, q / 16 % 21 AS scale,
	CASE q % 7
		WHEN 0 THEN round((random() * 1e15)::numeric) * 1e19 + round((random() * 1e14)::numeric, 3)	-- wide
		WHEN 1 THEN round((random() * 1e6)::numeric, 9) / 1e14
		WHEN 2 THEN round((random() * 1e5)::numeric) * 31
		WHEN 3 THEN round((random() * 1e7)::numeric)
		ELSE round((random() * 1e8)::numeric, 2) END AS principal,
	CASE q % 5
		WHEN 0 THEN 0
		WHEN 1 THEN round((random() * 1e12)::numeric, 3) * 1e17 + round((random() * 1e10)::numeric, 5) / 1e13
		ELSE round((random() * 1e5)::numeric, 10) END AS interest,
	CASE q % 11
		WHEN 0 THEN -round((random() * 0.1)::numeric, 3)
		WHEN 1 THEN round(random()::numeric, 15)
		WHEN 2 THEN 0.005
		ELSE 0.03 END AS rate,
	f, greatest(f, t) AS t
FROM generate_series(1, 20000) q,
	LATERAL (SELECT date '1890-01-01' + (random() * 80000)::int + q * 0 AS d, (random() * (array[40, 400, 1500])[1 + q % 3])::int AS l) r,
	LATERAL (SELECT CASE WHEN q % 13 = 0 THEN (date_trunc('month', d) + interval '1 month - 1 day')::date ELSE d END AS f,
		CASE WHEN q % 19 = 0 THEN (date_trunc('month', d + l) + interval '1 month - 1 day')::date ELSE d + l END AS t) s;
SELECT count(*) AS cases,
	count(*) FILTER (WHERE damages IS DISTINCT FROM expected) AS wrong,
	count(*) FILTER (WHERE numeric_send(damages) IS DISTINCT FROM numeric_send(expected)) AS otherwise_stored
FROM breach, pg_temp.months(f, t, rule) m,
	LATERAL (SELECT covenant.liquidated_damages(principal, interest, f, t, formula, rule, rate, breach.scale) AS damages,
		rate * CASE WHEN formula ~ '_and_' THEN principal + interest ELSE principal END * num + CASE WHEN formula ~ 'plus' THEN interest * den ELSE 0 END AS n) x,
	LATERAL (SELECT sign(n) * div(2 * abs(n) * ('1e' || breach.scale)::numeric + den, 2 * den) * ('1e-' || breach.scale)::numeric AS expected) y;

-- formulas and month rules that change in PL/pgSQL, which keeps the state of an expression
DO $$
DECLARE
	f text;
	m text;
BEGIN
	FOR f, m IN VALUES ('principal', 'calendar'), ('principal', 'anniversary'), ('principal_plus_interest', '30-day'), ('principal_and_interest', '365-day'), ('principal', 'calendar') LOOP
		RAISE NOTICE '% % %', f, m, covenant.liquidated_damages(2000000, 31780.8219178082, '2005-06-08', '2005-07-20', f, m);
	END LOOP;
END $$;

-- the same months for all dates of PostgreSQL: the calendar told by extract(), one month and the clamped day by its interval
SELECT setseed(0.5);
SELECT count(*) > 4900 AS dates, count(*) FILTER (WHERE pg_temp.m(d, d + 1000, 'calendar') <> round((extract(year FROM e) - extract(year FROM d)) * 12 + extract(month FROM e) - extract(month FROM d)
		+ (extract(day FROM e) - 1) / extract(day FROM date_trunc('month', e::timestamp) + interval '1 month - 1 day') - (extract(day FROM d) - 1) / extract(day FROM date_trunc('month', d::timestamp) + interval '1 month - 1 day'), 12)) AS wrong_calendar,
	count(*) FILTER (WHERE pg_temp.m(d, (d::timestamp + interval '7 months')::date, 'anniversary') <> 7) AS wrong_anniversary
FROM generate_series(1, 5000) q, LATERAL (SELECT date '4713-01-01 BC' + (random() * CASE WHEN q % 5 = 0 THEN 2e6 ELSE 1e8 END)::int + q * 0 AS d) r, LATERAL (SELECT d + 1000 AS e) s
WHERE extract(year FROM d) > 0 OR extract(year FROM e) < 0;

-- errors
SELECT covenant.liquidated_damages(2000000, -0.01, '2005-06-08', '2005-07-20', 'principal', 'calendar');
SELECT covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'three percent', 'calendar');
SELECT covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'principal', 'months');
SELECT covenant.liquidated_damages(2000000, 0, '2005-07-20', '2005-06-08', 'principal', 'calendar');
SELECT covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 0.03, 21);
SELECT covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 3);	-- rate_in_percent
SELECT s, pg_temp.sqlstate_of('SELECT covenant.liquidated_damages(' || s || ')') FROM unnest(ARRAY[
	$$-1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar'$$,
	$$2000000, -0.01, '2005-06-08', '2005-07-20', 'principal', 'calendar'$$,
	$$-1e60, 1e60, '2005-06-08', '2005-07-20', 'principal_and_interest', 'calendar'$$,
	$$'NaN', 0, '2005-06-08', '2005-07-20', 'principal', 'calendar'$$,
	$$1, 'NaN', '2005-06-08', '2005-07-20', 'principal', 'calendar'$$,
	$$1, 'Infinity', '2005-06-08', '2005-07-20', 'principal', 'calendar'$$,
	$$'-Infinity', 0, '2005-06-08', '2005-07-20', 'principal', 'calendar'$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 'NaN'$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 'Infinity'$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 3$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 1$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 1.0000000000000000000000000000000000000000001$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', 'calendar', 0.03, -1$$,
	$$1, 0, '-infinity', '2005-07-20', 'principal', 'calendar'$$,
	$$1, 0, '2005-06-08', 'infinity', 'principal', '30-day'$$,
	$$1e131071, 0, '2005-06-08', '2305-07-20', 'principal', 'calendar'$$,
	$$1, 0, '2005-06-08', '2005-07-20', '', 'calendar'$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'Principal', 'calendar'$$,
	$$1, 0, '2005-06-08', '2005-07-20', 'principal', '30 days'$$]) s;
-- no default reading, and nothing of nothing
SELECT pg_temp.sqlstate_of($$SELECT covenant.liquidated_damages(2000000, 0, '2005-06-08', '2005-07-20')$$) ~ '^42883' AS formula_and_months_are_asked_for;
SELECT covenant.liquidated_damages(2000000, NULL, '2005-06-08', '2005-07-20', 'principal', 'calendar') IS NULL AS null_in_null_out;
-- from columns, where short values have short headers
CREATE TEMP TABLE owed (principal numeric, interest numeric, rate numeric);
INSERT INTO owed VALUES (2000000, 0.01, 0.03), (1e60 + 0.5, 1e50, 1e-55), (1, -0.01, 0.03);
SELECT covenant.liquidated_damages(principal, interest, '2005-06-01', '2005-07-01', 'principal_plus_interest', 'calendar', rate) FROM owed WHERE interest > 0;
SELECT covenant.liquidated_damages(principal, interest, '2005-06-01', '2005-07-01', 'principal_plus_interest', 'calendar', rate) FROM owed WHERE interest < 0;
