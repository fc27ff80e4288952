-- Simple interest by ISDA day counts.
SET datestyle = 'ISO, MDY';
CREATE FUNCTION pg_temp.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- $2,000,000 at 10 %: one year, a leap year, and the 58 and 42 days from the closing and from 2005-06-08 to 2005-07-20
SELECT day_count,
	covenant.accrued_interest(2000000, 0.10, '2005-05-23', '2006-05-23', day_count) AS year,
	covenant.accrued_interest(2000000, 0.10, '2003-11-01', '2004-11-01', day_count) AS leap_year,
	covenant.accrued_interest(2000000, 0.10, '2005-05-23', '2005-07-20', day_count) AS days_58,
	covenant.accrued_interest(2000000, 0.10, '2005-06-08', '2005-07-20', day_count) AS days_42
FROM unnest('{ACT/365F,ACT/360,ACT/ACT ISDA,30/360,30E/360}'::text[]) WITH ORDINALITY d(day_count, o) ORDER BY o;

-- 30/360 and 30E/360: the numerators at month ends, worked out by ISDA 2006, 4.16(f) and (g)
SELECT f, t, covenant.accrued_interest(360, 1, f, t, '30/360') = n AS "30/360", covenant.accrued_interest(360, 1, f, t, '30E/360') = e AS "30E/360"
FROM (VALUES ('2005-01-30'::date, '2005-01-31'::date, 0, 0), ('2005-01-31', '2005-03-31', 60, 60), ('2005-01-29', '2005-01-31', 2, 1), ('2005-02-28', '2005-03-31', 33, 32), ('2005-01-31', '2005-02-28', 28, 28),
	('2004-02-29', '2004-03-31', 32, 31), ('2004-01-31', '2004-02-29', 29, 29), ('2005-12-31', '2006-12-31', 360, 360), ('2005-03-30', '2005-05-31', 60, 60), ('2005-01-15', '2005-01-31', 16, 15), ('2005-05-31', '2005-06-01', 1, 1)) v(f, t, n, e);

-- ACT/ACT: two days of each year at its turn, the leap day, years BC, four centuries
SELECT covenant.accrued_interest(365 * 366, 1, '2003-12-30', '2004-01-03', 'ACT/ACT ISDA') AS two_and_two, 2 * 366 + 2 * 365 AS expected,
	covenant.accrued_interest(365 * 366, 1, '2004-02-29', '2004-03-01', 'ACT/ACT ISDA') AS leap_day,
	covenant.accrued_interest(1, 1, '1600-01-01', '2000-01-01', 'ACT/ACT ISDA') AS centuries,
	covenant.accrued_interest(1, 1, '4713-01-01 BC', '0001-01-01', 'ACT/ACT ISDA') AS before_christ,
	covenant.accrued_interest(1, 1, '1900-02-01', '1900-03-01', 'ACT/ACT ISDA') = round(28.0 / 365, 10) AS not_leap;

-- one rounding, half up, to 10 decimals; a negative rate is a rate, and halves then go away from zero
SELECT covenant.accrued_interest(365, 0.00000000005, '2005-01-01', '2005-01-02', 'ACT/365F') AS half, covenant.accrued_interest(365, 0.000000000049999, '2005-01-01', '2005-01-02', 'ACT/365F') AS below,
	covenant.accrued_interest(365, -0.00000000005, '2005-01-01', '2005-01-02', 'ACT/365F') AS negative_half, covenant.accrued_interest(1000, -0.01, '2005-01-01', '2006-01-01', 'ACT/365F') AS negative,
	covenant.accrued_interest(100, 0.1, '2005-01-01', '2005-01-01', '30/360') AS empty, covenant.accrued_interest(0, 0.1, '2005-01-01', '2006-01-01', 'ACT/360') AS nothing, covenant.accrued_interest(5, 0, '2005-01-01', '2006-01-01', 'ACT/360') AS free;

-- numbers beyond 128 bits, and periods to the ends of the calendar
SELECT covenant.accrued_interest(123456789012345678901234567890123456789.123456789, 0.123456789012345678901, '2005-01-01', '2006-01-01', 'ACT/365F') = round(123456789012345678901234567890123456789.123456789 * 0.123456789012345678901, 10) AS wide,
	covenant.accrued_interest(1e45, 1e-40, '2005-01-01', '2006-01-01', 'ACT/365F') AS far_apart,
	covenant.accrued_interest(1, 1, '4714-11-24 BC', '5874897-12-31', 'ACT/365F') = round(2147483493.0 / 365, 10) AS all_days,
	covenant.accrued_interest(1, 1, '4714-11-24 BC', '5874897-12-31', '30E/360') = round(((5874897 + 4713) * 360.0 + 30 + 6) / 360, 10) AS all_months;

--
-- 20,000 random cases against the definitions in plain numeric SQL.  Adding,
-- multiplying and div() are exact: N / D is cut after a half was added.
--
CREATE FUNCTION pg_temp.fraction(f date, t date, day_count text, OUT num bigint, OUT den bigint) LANGUAGE plpgsql AS $$
DECLARE
	y1 int := extract(year FROM f); m1 int := extract(month FROM f); d1 int := extract(day FROM f);
	y2 int := extract(year FROM t); m2 int := extract(month FROM t); d2 int := extract(day FROM t);
BEGIN
	den := CASE day_count WHEN 'ACT/365F' THEN 365 WHEN 'ACT/ACT ISDA' THEN 365 * 366 ELSE 360 END;
	IF day_count = 'ACT/ACT ISDA' THEN
		-- year by year
		SELECT sum((least(t, make_date(y + 1, 1, 1)) - greatest(f, make_date(y, 1, 1)))
			* CASE make_date(y + 1, 1, 1) - make_date(y, 1, 1) WHEN 366 THEN 365 ELSE 366 END)
		INTO num FROM generate_series(y1, y2) y;
	ELSIF day_count LIKE 'ACT%' THEN
		num := t - f;
	ELSE
		IF d1 = 31 THEN d1 := 30; END IF;
		IF d2 = 31 AND (day_count = '30E/360' OR d1 = 30) THEN d2 := 30; END IF;
		num := 360 * (y2 - y1) + 30 * (m2 - m1) + (d2 - d1);
	END IF;
END $$;
SELECT setseed(0.31780);
CREATE TEMP TABLE loan AS
SELECT q, (array['ACT/365F', 'ACT/360', 'ACT/ACT ISDA', '30/360', '30E/360'])[1 + q % 5] AS day_count,
	CASE q % 7
		WHEN 0 THEN round((random() * 1e9)::numeric, 2)
		WHEN 1 THEN round((random() * 1e15)::numeric) * 1e17 + round((random() * 1e14)::numeric, 3)	-- wide
		WHEN 2 THEN round((random() * 1e6)::numeric, 9) / 1e12
		WHEN 3 THEN round((random() * 1e5)::numeric) * 365
		ELSE round((random() * 1e7)::numeric) END AS principal,
	CASE q % 11
		WHEN 0 THEN -round((random() * 0.1)::numeric, 5)
		WHEN 1 THEN round((random())::numeric, 15)
		WHEN 2 THEN round((random() * 1e5)::numeric) / 1e27
		WHEN 3 THEN 0.0000005 * round((random() * 10)::numeric)
		ELSE round((random() * 0.4)::numeric, 4) END AS rate,
	least(a, b) AS f, greatest(a, b) AS t
FROM generate_series(1, 20000) q,
	LATERAL (SELECT date '1850-01-01' + (random() * 100000)::int + q * 0 AS a0, (random() * 3000)::int AS l) r,
	LATERAL (SELECT CASE WHEN q % 13 = 0 THEN (date_trunc('month', a0) + interval '1 month - 1 day')::date ELSE a0 END AS a,
		CASE WHEN q % 17 = 0 THEN (date_trunc('month', a0 + l) + interval '1 month - 1 day')::date ELSE a0 + l END AS b) s;
SELECT count(*) AS cases,
	count(*) FILTER (WHERE interest IS DISTINCT FROM expected) AS wrong,
	count(*) FILTER (WHERE numeric_send(interest) IS DISTINCT FROM numeric_send(expected)) AS otherwise_stored
FROM loan, pg_temp.fraction(f, t, day_count),
	LATERAL (SELECT covenant.accrued_interest(principal, rate, f, t, day_count) AS interest,
		sign(principal * rate) * div(2 * abs(principal * rate) * num * 1e10 + den, 2 * den) * 1e-10 AS expected) x;

-- errors
SELECT covenant.accrued_interest(100, 0.1, '2005-01-01', '2006-01-01', 'ACT/365');
SELECT covenant.accrued_interest(100, 0.1, '2006-01-01', '2005-12-31', '30/360');
SELECT s, pg_temp.sqlstate_of(s) FROM unnest(ARRAY[
	$$SELECT covenant.accrued_interest(-1, 0.1, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(-1e50, 0.1, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest('NaN', 0.1, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest('Infinity', 0.1, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest('-Infinity', 0.1, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, 'NaN', '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, '-Infinity', '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, 0.1, '-infinity', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, 0.1, '2005-01-01', 'infinity', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, 8, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, 1.00000000000000000000000000000000000000000000001, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1e60, 8, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1e131071, 1, '2005-01-01', '2006-01-01', '30/360')$$,
	$$SELECT covenant.accrued_interest(1, 0.1, '2005-01-01', '2006-01-01', '')$$,
	$$SELECT covenant.accrued_interest(1, 0.1, '2005-01-01', '2006-01-01', 'act/360')$$]) s;
SELECT covenant.accrued_interest(NULL, 0.1, '2005-01-01', '2006-01-01', '30/360') IS NULL AS null_in_null_out;
-- from columns, where short values have short headers
CREATE TEMP TABLE note (principal numeric, rate numeric);
INSERT INTO note VALUES (2000000, 0.10), (1e60 + 0.5, 1e-55), ('NaN', 0.1);
SELECT covenant.accrued_interest(principal, rate, '2005-05-23', '2006-05-23', 'ACT/365F') FROM note WHERE principal <> 'NaN';
SELECT covenant.accrued_interest(principal, rate, '2005-05-23', '2006-05-23', 'ACT/365F') FROM note WHERE principal = 'NaN';
