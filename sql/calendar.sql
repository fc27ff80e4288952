-- Business days: published holidays, every rule to 2199, and counting.
SET datestyle = 'ISO, MDY';

CREATE FUNCTION pg_temp.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

--
-- Published holidays.  The lists hold the weekdays on which nobody was there.
--
-- NYFD: 1971 to 2014 from release H.10 of the Federal Reserve, the noon buying
-- rates of the Federal Reserve Bank of New York (days marked ND).  Left out are
-- days without a market or of the Board in Washington alone: 1971-08-16 to 30,
-- 1971-12-20, 1977-07-14, 2001-09-11, 2010-12-24 and 31, 2014-12-26; three days
-- of 2007 on which the rate of the day before is repeated are put in.
-- 2015 to 2030 from release K.8, "Holidays Observed by the Federal Reserve
-- System" (federalreserve.gov/aboutthefed/k8.htm and its earlier editions).
--
-- NYSE: the Exchange's list of holidays and special closings since 1885, and its
-- "Holidays & Trading Hours" to 2028; 2029 and 2030 by its Rule 7.2.
--
CREATE TEMP TABLE published (calendar text, year int, closed text);
INSERT INTO published VALUES
('NYFD', 1971, '0101 0212 0215 0531 0705 0906 1011 1025 1102 1125'),
('NYFD', 1972, '0221 0529 0704 0904 1009 1023 1107 1123 1225'),
('NYFD', 1973, '0101 0212 0219 0528 0704 0903 1008 1022 1106 1122 1225'),
('NYFD', 1974, '0101 0212 0218 0527 0704 0902 1014 1105 1111 1128 1225'),
('NYFD', 1975, '0101 0212 0217 0526 0704 0901 1013 1104 1111 1127 1225'),
('NYFD', 1976, '0101 0212 0216 0531 0705 0906 1011 1102 1111 1125'),
('NYFD', 1977, '0221 0530 0704 0905 1010 1108 1111 1124 1226'),
('NYFD', 1978, '0102 0213 0220 0530 0704 0904 1009 1107 1123 1225'),
('NYFD', 1979, '0101 0212 0219 0530 0704 0903 1008 1106 1112 1122 1225'),
('NYFD', 1980, '0101 0212 0218 0526 0704 0901 1013 1104 1111 1127 1225'),
('NYFD', 1981, '0101 0212 0216 0525 0907 1012 1103 1111 1126 1225'),
('NYFD', 1982, '0101 0212 0215 0531 0705 0906 1011 1102 1111 1125'),
('NYFD', 1983, '0221 0530 0704 0905 1010 1108 1111 1124 1226'),
('NYFD', 1984, '0102 0213 0220 0528 0704 0903 1008 1106 1112 1122 1225'),
('NYFD', 1985, '0101 0121 0212 0218 0527 0704 0902 1014 1111 1128 1225'),
('NYFD', 1986, '0101 0120 0217 0526 0704 0901 1013 1111 1127 1225'),
('NYFD', 1987, '0101 0119 0216 0525 0907 1012 1111 1126 1225'),
('NYFD', 1988, '0101 0118 0215 0530 0704 0905 1010 1111 1124 1226'),
('NYFD', 1989, '0102 0116 0220 0529 0704 0904 1009 1123 1225'),
('NYFD', 1990, '0101 0115 0219 0528 0704 0903 1008 1112 1122 1225'),
('NYFD', 1991, '0101 0121 0218 0527 0704 0902 1014 1111 1128 1225'),
('NYFD', 1992, '0101 0120 0217 0525 0907 1012 1111 1126 1225'),
('NYFD', 1993, '0101 0118 0215 0531 0705 0906 1011 1111 1125'),
('NYFD', 1994, '0117 0221 0530 0704 0905 1010 1111 1124 1226'),
('NYFD', 1995, '0102 0116 0220 0529 0704 0904 1009 1123 1225'),
('NYFD', 1996, '0101 0115 0219 0527 0704 0902 1014 1111 1128 1225'),
('NYFD', 1997, '0101 0120 0217 0526 0704 0901 1013 1111 1127 1225'),
('NYFD', 1998, '0101 0119 0216 0525 0907 1012 1111 1126 1225'),
('NYFD', 1999, '0101 0118 0215 0531 0705 0906 1011 1111 1125'),
('NYFD', 2000, '0117 0221 0529 0704 0904 1009 1123 1225'),
('NYFD', 2001, '0101 0115 0219 0528 0704 0903 1008 1112 1122 1225'),
('NYFD', 2002, '0101 0121 0218 0527 0704 0902 1014 1111 1128 1225'),
('NYFD', 2003, '0101 0120 0217 0526 0704 0901 1013 1111 1127 1225'),
('NYFD', 2004, '0101 0119 0216 0531 0705 0906 1011 1111 1125'),
('NYFD', 2005, '0117 0221 0530 0704 0905 1010 1111 1124 1226'),
('NYFD', 2006, '0102 0116 0220 0529 0704 0904 1009 1123 1225'),
('NYFD', 2007, '0101 0115 0219 0528 0704 0903 1008 1112 1122 1225'),
('NYFD', 2008, '0101 0121 0218 0526 0704 0901 1013 1111 1127 1225'),
('NYFD', 2009, '0101 0119 0216 0525 0907 1012 1111 1126 1225'),
('NYFD', 2010, '0101 0118 0215 0531 0705 0906 1011 1111 1125'),
('NYFD', 2011, '0117 0221 0530 0704 0905 1010 1111 1124 1226'),
('NYFD', 2012, '0102 0116 0220 0528 0704 0903 1008 1112 1122 1225'),
('NYFD', 2013, '0101 0121 0218 0527 0704 0902 1014 1111 1128 1225'),
('NYFD', 2014, '0101 0120 0217 0526 0704 0901 1013 1111 1127 1225'),
('NYFD', 2015, '0101 0119 0216 0525 0907 1012 1111 1126 1225'),
('NYFD', 2016, '0101 0118 0215 0530 0704 0905 1010 1111 1124 1226'),
('NYFD', 2017, '0102 0116 0220 0529 0704 0904 1009 1123 1225'),
('NYFD', 2018, '0101 0115 0219 0528 0704 0903 1008 1112 1122 1225'),
('NYFD', 2019, '0101 0121 0218 0527 0704 0902 1014 1111 1128 1225'),
('NYFD', 2020, '0101 0120 0217 0525 0907 1012 1111 1126 1225'),
('NYFD', 2021, '0101 0118 0215 0531 0705 0906 1011 1111 1125'),
('NYFD', 2022, '0117 0221 0530 0620 0704 0905 1010 1111 1124 1226'),
('NYFD', 2023, '0102 0116 0220 0529 0619 0704 0904 1009 1123 1225'),
('NYFD', 2024, '0101 0115 0219 0527 0619 0704 0902 1014 1111 1128 1225'),
('NYFD', 2025, '0101 0120 0217 0526 0619 0704 0901 1013 1111 1127 1225'),
('NYFD', 2026, '0101 0119 0216 0525 0619 0907 1012 1111 1126 1225'),
('NYFD', 2027, '0101 0118 0215 0531 0705 0906 1011 1111 1125'),
('NYFD', 2028, '0117 0221 0529 0619 0704 0904 1009 1123 1225'),
('NYFD', 2029, '0101 0115 0219 0528 0619 0704 0903 1008 1112 1122 1225'),
('NYFD', 2030, '0101 0121 0218 0527 0619 0704 0902 1014 1111 1128 1225'),
('NYSE', 1971, '0101 0215 0409 0531 0705 0906 1125 1224'),
('NYSE', 1972, '0221 0331 0529 0704 0904 1107 1123 1225 1228'),
('NYSE', 1973, '0101 0125 0219 0420 0528 0704 0903 1122 1225'),
('NYSE', 1974, '0101 0218 0412 0527 0704 0902 1128 1225'),
('NYSE', 1975, '0101 0217 0328 0526 0704 0901 1127 1225'),
('NYSE', 1976, '0101 0216 0416 0531 0705 0906 1102 1125 1224'),
('NYSE', 1977, '0221 0408 0530 0704 0714 0905 1124 1226'),
('NYSE', 1978, '0102 0220 0324 0529 0704 0904 1123 1225'),
('NYSE', 1979, '0101 0219 0413 0528 0704 0903 1122 1225'),
('NYSE', 1980, '0101 0218 0404 0526 0704 0901 1104 1127 1225'),
('NYSE', 1981, '0101 0216 0417 0525 0703 0907 1126 1225'),
('NYSE', 1982, '0101 0215 0409 0531 0705 0906 1125 1224'),
('NYSE', 1983, '0221 0401 0530 0704 0905 1124 1226'),
('NYSE', 1984, '0102 0220 0420 0528 0704 0903 1122 1225'),
('NYSE', 1985, '0101 0218 0405 0527 0704 0902 0927 1128 1225'),
('NYSE', 1986, '0101 0217 0328 0526 0704 0901 1127 1225'),
('NYSE', 1987, '0101 0216 0417 0525 0703 0907 1126 1225'),
('NYSE', 1988, '0101 0215 0401 0530 0704 0905 1124 1226'),
('NYSE', 1989, '0102 0220 0324 0529 0704 0904 1123 1225'),
('NYSE', 1990, '0101 0219 0413 0528 0704 0903 1122 1225'),
('NYSE', 1991, '0101 0218 0329 0527 0704 0902 1128 1225'),
('NYSE', 1992, '0101 0217 0417 0525 0703 0907 1126 1225'),
('NYSE', 1993, '0101 0215 0409 0531 0705 0906 1125 1224'),
('NYSE', 1994, '0221 0401 0427 0530 0704 0905 1124 1226'),
('NYSE', 1995, '0102 0220 0414 0529 0704 0904 1123 1225'),
('NYSE', 1996, '0101 0219 0405 0527 0704 0902 1128 1225'),
('NYSE', 1997, '0101 0217 0328 0526 0704 0901 1127 1225'),
('NYSE', 1998, '0101 0119 0216 0410 0525 0703 0907 1126 1225'),
('NYSE', 1999, '0101 0118 0215 0402 0531 0705 0906 1125 1224'),
('NYSE', 2000, '0117 0221 0421 0529 0704 0904 1123 1225'),
('NYSE', 2001, '0101 0115 0219 0413 0528 0704 0903 0911 0912 0913 0914 1122 1225'),
('NYSE', 2002, '0101 0121 0218 0329 0527 0704 0902 1128 1225'),
('NYSE', 2003, '0101 0120 0217 0418 0526 0704 0901 1127 1225'),
('NYSE', 2004, '0101 0119 0216 0409 0531 0611 0705 0906 1125 1224'),
('NYSE', 2005, '0117 0221 0325 0530 0704 0905 1124 1226'),
('NYSE', 2006, '0102 0116 0220 0414 0529 0704 0904 1123 1225'),
('NYSE', 2007, '0101 0102 0115 0219 0406 0528 0704 0903 1122 1225'),
('NYSE', 2008, '0101 0121 0218 0321 0526 0704 0901 1127 1225'),
('NYSE', 2009, '0101 0119 0216 0410 0525 0703 0907 1126 1225'),
('NYSE', 2010, '0101 0118 0215 0402 0531 0705 0906 1125 1224'),
('NYSE', 2011, '0117 0221 0422 0530 0704 0905 1124 1226'),
('NYSE', 2012, '0102 0116 0220 0406 0528 0704 0903 1029 1030 1122 1225'),
('NYSE', 2013, '0101 0121 0218 0329 0527 0704 0902 1128 1225'),
('NYSE', 2014, '0101 0120 0217 0418 0526 0704 0901 1127 1225'),
('NYSE', 2015, '0101 0119 0216 0403 0525 0703 0907 1126 1225'),
('NYSE', 2016, '0101 0118 0215 0325 0530 0704 0905 1124 1226'),
('NYSE', 2017, '0102 0116 0220 0414 0529 0704 0904 1123 1225'),
('NYSE', 2018, '0101 0115 0219 0330 0528 0704 0903 1122 1205 1225'),
('NYSE', 2019, '0101 0121 0218 0419 0527 0704 0902 1128 1225'),
('NYSE', 2020, '0101 0120 0217 0410 0525 0703 0907 1126 1225'),
('NYSE', 2021, '0101 0118 0215 0402 0531 0705 0906 1125 1224'),
('NYSE', 2022, '0117 0221 0415 0530 0620 0704 0905 1124 1226'),
('NYSE', 2023, '0102 0116 0220 0407 0529 0619 0704 0904 1123 1225'),
('NYSE', 2024, '0101 0115 0219 0329 0527 0619 0704 0902 1128 1225'),
('NYSE', 2025, '0101 0109 0120 0217 0418 0526 0619 0704 0901 1127 1225'),
('NYSE', 2026, '0101 0119 0216 0403 0525 0619 0703 0907 1126 1225'),
('NYSE', 2027, '0101 0118 0215 0326 0531 0618 0705 0906 1125 1224'),
('NYSE', 2028, '0117 0221 0414 0529 0619 0704 0904 1123 1225'),
('NYSE', 2029, '0101 0115 0219 0330 0528 0619 0704 0903 1122 1225'),
('NYSE', 2030, '0101 0121 0218 0419 0527 0619 0704 0902 1128 1225');

CREATE TEMP TABLE published_day AS
SELECT calendar, to_date(year || d, 'YYYYMMDD') AS d
FROM published, regexp_split_to_table(closed, ' ') d;

-- every weekday of those years, open or closed, as published
SELECT p.calendar, min(d) AS first, max(d) AS last, count(*) AS weekdays,
	count(*) FILTER (WHERE NOT covenant.is_business_day(d, p.calendar)) AS closed,
	count(*) FILTER (WHERE covenant.is_business_day(d, p.calendar) = EXISTS (SELECT FROM published_day x WHERE x.calendar = p.calendar AND x.d = g.d)) AS wrong
FROM published p, LATERAL (SELECT generate_series(make_date(year, 1, 1), make_date(year, 12, 31), '1 day')::date AS d) g
WHERE extract(isodow FROM d) < 6 GROUP BY 1 ORDER BY 1;
SELECT count(*) AS published, sum((extract(isodow FROM d) < 6)::int) AS weekdays FROM published_day;

-- days on which others were closed, or the Exchange for some hours only
SELECT d, covenant.is_business_day(d, 'NYSE') AS session
FROM unnest('{1971-12-31,1973-11-12,1978-02-07,1978-05-30,1982-11-02,1984-11-06,1996-01-08,1997-01-20,2021-06-18,2021-12-31}'::date[]) d;

-- with their names: a year with a special closing, holidays on weekends, what
-- is listed twice, and the state's holidays
SELECT * FROM covenant.holidays('NYSE', 2001);
SELECT * FROM covenant.holidays('NYFD', 2027);
SELECT * FROM covenant.holidays('NYFD', 1978);
SELECT * FROM covenant.holidays('NYGCL', 2005);
SELECT * FROM covenant.holidays('NYGCL', 2023) WHERE to_char(day, 'MM') IN ('01', '02', '06', '11');
SELECT * FROM covenant.holidays('NYSE+NYFD', 2026) WHERE to_char(day, 'MM') IN ('05', '06', '07', '10');
SELECT name, array_agg(to_char(day, 'YYYY-MM-DD') ORDER BY day) AS days
FROM generate_series(1971, 2199) y, covenant.holidays('NYSE', y)
WHERE name ~ 'mourning|Hurricane|Attacks|blackout|Election' GROUP BY 1 ORDER BY min(day);
SELECT count(*) FROM covenant.holidays('WEEKDAYS', 2005);

--
-- Every year to 2199 against the rules written down a second time, in SQL: n-th
-- weekdays by counting, Easter by the "anonymous" algorithm of 1876.
--
CREATE FUNCTION pg_temp.nth(y int, m int, isodow int, n int) RETURNS date LANGUAGE sql AS $$
	SELECT d::date FROM generate_series(make_date(y, m, 1), make_date(y, m, 1) + interval '1 month - 1 day', '1 day') d
	WHERE extract(isodow FROM d) = isodow ORDER BY CASE WHEN n > 0 THEN d END, d DESC OFFSET abs(n) - 1 LIMIT 1 $$;
CREATE FUNCTION pg_temp.easter(y int) RETURNS date LANGUAGE sql AS $$
	SELECT make_date(y, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1)
	FROM (SELECT y % 19 AS a, y / 100 AS b, y % 100 AS c) s1,
	LATERAL (SELECT b / 4 AS d, b % 4 AS e, (b + 8) / 25 AS f) s2,
	LATERAL (SELECT (19 * a + b - d - (b - f + 1) / 3 + 15) % 30 AS h, c / 4 AS i, c % 4 AS k) s3,
	LATERAL (SELECT (32 + 2 * e + 2 * i - h - k) % 7 AS l) s4,
	LATERAL (SELECT (a + 11 * h + 22 * l) / 451 AS m) s5 $$;
CREATE TEMP TABLE rule_day AS
SELECT DISTINCT calendar, CASE
	WHEN moves IN ('sunday', 'nearest', 'new year') AND dow = 7 THEN d + 1
	WHEN moves = 'nearest' AND dow = 6 THEN d - 1
	WHEN moves = 'new year' AND dow = 6 THEN NULL
	WHEN moves = 'both' AND dow = 7 THEN d + 1 ELSE d END AS d
FROM generate_series(1971, 2199) y, LATERAL (VALUES
	('NYFD', 1971, 'sunday', make_date(y, 1, 1)), ('NYSE', 1971, 'new year', make_date(y, 1, 1)), ('NYGCL', 1971, 'both', make_date(y, 1, 1)),
	('NYFD', 1985, '', pg_temp.nth(y, 1, 1, 3)), ('NYSE', 1998, '', pg_temp.nth(y, 1, 1, 3)), ('NYGCL', 1985, '', pg_temp.nth(y, 1, 1, 3)),
	('NYFD', -1985, 'sunday', make_date(y, 2, 12)), ('NYGCL', 1971, 'both', make_date(y, 2, 12)),
	('NYFD', 1971, '', pg_temp.nth(y, 2, 1, 3)), ('NYSE', 1971, '', pg_temp.nth(y, 2, 1, 3)), ('NYGCL', 1971, '', pg_temp.nth(y, 2, 1, 3)),
	('NYSE', 1971, '', pg_temp.easter(y) - 2), ('NYSE', 1971, '', pg_temp.nth(y, 5, 1, -1)),
	('NYFD', 1971, '', CASE WHEN y IN (1978, 1979) THEN make_date(y, 5, 30) ELSE pg_temp.nth(y, 5, 1, -1) END),
	('NYGCL', 1971, '', CASE WHEN y IN (1978, 1979) THEN make_date(y, 5, 30) ELSE pg_temp.nth(y, 5, 1, -1) END),
	('NYFD', 2021, 'sunday', make_date(y, 6, 19)), ('NYSE', 2022, 'nearest', make_date(y, 6, 19)), ('NYGCL', 2021, 'both', make_date(y, 6, 19)),
	('NYFD', 1971, 'sunday', make_date(y, 7, 4)), ('NYSE', 1971, 'nearest', make_date(y, 7, 4)), ('NYGCL', 1971, 'both', make_date(y, 7, 4)),
	('NYFD', 1971, '', pg_temp.nth(y, 9, 1, 1)), ('NYSE', 1971, '', pg_temp.nth(y, 9, 1, 1)), ('NYGCL', 1971, '', pg_temp.nth(y, 9, 1, 1)),
	('NYFD', 1971, '', pg_temp.nth(y, 10, 1, 2)), ('NYGCL', 1971, '', pg_temp.nth(y, 10, 1, 2)),
	('NYFD', -1984, '', pg_temp.nth(y, 11, 1, 1) + 1), ('NYGCL', 1971, '', pg_temp.nth(y, 11, 1, 1) + 1),
	('NYFD', -1973, '', pg_temp.nth(y, 10, 1, 4)), ('NYGCL', -1973, '', pg_temp.nth(y, 10, 1, 4)),
	('NYFD', 1974, 'sunday', make_date(y, 11, 11)), ('NYGCL', 1974, 'both', make_date(y, 11, 11)),
	('NYFD', 1971, '', pg_temp.nth(y, 11, 4, 4)), ('NYSE', 1971, '', pg_temp.nth(y, 11, 4, 4)), ('NYGCL', 1971, '', pg_temp.nth(y, 11, 4, 4)),
	('NYFD', 1971, 'sunday', make_date(y, 12, 25)), ('NYSE', 1971, 'nearest', make_date(y, 12, 25)), ('NYGCL', 1971, 'both', make_date(y, 12, 25))
) r(calendar, since, moves, d), LATERAL (SELECT extract(isodow FROM d) AS dow) w
WHERE (since > 0 AND y >= since) OR (since < 0 AND y <= -since);
INSERT INTO rule_day SELECT 'NYSE', unnest('{1972-11-07,1972-12-28,1973-01-25,1976-11-02,1977-07-14,1980-11-04,1985-09-27,1994-04-27,2001-09-11,2001-09-12,2001-09-13,2001-09-14,2004-06-11,2007-01-02,2012-10-29,2012-10-30,2018-12-05,2025-01-09}'::date[]);
CREATE TEMP TABLE open_day AS
SELECT c AS calendar, d
FROM unnest('{WEEKDAYS,NYFD,NYSE,NYGCL,NYFD+NYSE,NYGCL+WEEKDAYS+NYSE}'::text[]) c,
	(SELECT d::date FROM generate_series(date '1971-01-01', '2199-12-31', '1 day') d WHERE extract(isodow FROM d) < 6) g
WHERE NOT EXISTS (SELECT FROM rule_day r WHERE r.d = g.d AND r.calendar = ANY (string_to_array(c, '+')));
CREATE INDEX ON open_day (calendar, d);
ANALYZE open_day;

SELECT calendar, count(*) AS days, count(*) FILTER (WHERE open) AS open,
	count(*) FILTER (WHERE open <> EXISTS (SELECT FROM open_day o WHERE o.calendar = c.calendar AND o.d = g.d)) AS wrong
FROM (SELECT DISTINCT calendar FROM open_day) c,
	(SELECT d::date FROM generate_series(date '1971-01-01', '2199-12-31', '1 day') d) g,
	LATERAL (SELECT covenant.is_business_day(d, calendar) AS open) b
GROUP BY 1 ORDER BY 1;

--
-- Counting, against a walk from day to day over those open days.
--
SELECT setseed(0.20050523);
CREATE TEMP TABLE question AS
SELECT q, (array['WEEKDAYS', 'NYFD', 'NYSE', 'NYGCL', 'NYFD+NYSE', 'NYGCL+WEEKDAYS+NYSE'])[1 + q % 6] AS calendar,
	day, (random() * 400 - 200)::int AS n, day + (random() * 800 - 400)::int AS b,
	ARRAY(SELECT day + (random() * 300 - 150)::int FROM generate_series(1, q % 9)) AS closed
FROM generate_series(1, 3000) q, LATERAL (SELECT date '1973-01-01' + (random() * 81000 + q * 0)::int AS day) d;
CREATE FUNCTION pg_temp.walk(day date, n int, cal text, closed date[]) RETURNS date LANGUAGE sql AS $$
	SELECT CASE WHEN n = 0 THEN day
		WHEN n > 0 THEN (SELECT o.d FROM open_day o WHERE o.calendar = cal AND o.d > day AND o.d <> ALL (closed) ORDER BY o.d OFFSET n - 1 LIMIT 1)
		ELSE (SELECT o.d FROM open_day o WHERE o.calendar = cal AND o.d < day AND o.d <> ALL (closed) ORDER BY o.d DESC OFFSET -n - 1 LIMIT 1) END $$;
CREATE FUNCTION pg_temp.walked(a date, b date, cal text, closed date[]) RETURNS bigint LANGUAGE sql AS $$
	SELECT (SELECT count(*) FROM open_day o WHERE o.calendar = cal AND o.d > a AND o.d <= b AND o.d <> ALL (closed))
		- (SELECT count(*) FROM open_day o WHERE o.calendar = cal AND o.d > b AND o.d <= a AND o.d <> ALL (closed)) $$;
SELECT count(*) AS asked, count(*) FILTER (WHERE closed <> '{}') AS with_closings, count(*) FILTER (WHERE n < 0) > 1000 AS backwards,
	count(*) FILTER (WHERE covenant.business_days_after(day, n, calendar, closed) IS DISTINCT FROM pg_temp.walk(day, n, calendar, closed)) AS wrong_after,
	count(*) FILTER (WHERE covenant.business_days_between(day, b, calendar, closed) IS DISTINCT FROM pg_temp.walked(day, b, calendar, closed)) AS wrong_between,
	count(*) FILTER (WHERE covenant.business_days_between(b, day, calendar, closed) <> -covenant.business_days_between(day, b, calendar, closed)) AS not_antisymmetric,
	count(*) FILTER (WHERE n >= 0 AND covenant.business_days_between(day, covenant.business_days_after(day, n, calendar, closed), calendar, closed) <> n) AS not_inverse,
	count(*) FILTER (WHERE covenant.is_business_day(day, calendar, closed) <> (covenant.is_business_day(day, calendar) AND day <> ALL (closed))) AS wrong_open
FROM question;

-- none after a day is the day; a Saturday's next and last business day
SELECT covenant.business_days_after('2005-06-04', 0, 'NYSE'), covenant.business_days_after('2005-06-04', 1, 'NYSE'), covenant.business_days_after('2005-06-04', -1, 'NYSE'),
	covenant.business_days_between('2005-06-04', '2005-06-06', 'NYSE'), covenant.business_days_between('2005-06-04', '2005-06-03', 'NYSE'), covenant.business_days_between('2005-06-03', '2005-06-04', 'NYSE');
-- closings: repeated, in any order, on a weekend, before the day, the day itself, the first day found, two dimensions
SELECT covenant.business_days_after('2005-06-03', 1, 'NYSE', '{2005-06-07,2005-06-06,2005-06-06,2005-06-05,2005-06-02,2005-06-03}'),
	covenant.business_days_after('2005-06-06', -1, 'NYSE', '{2005-06-03,2005-06-02,2005-06-06,2005-06-07}'),
	covenant.business_days_between('2005-06-03', '2005-06-10', 'NYSE', '{{2005-06-06,2005-06-10},{2005-06-03,2005-06-11}}'),
	covenant.is_business_day('2005-06-06', 'NYSE', '{2005-06-05}'), covenant.is_business_day('2005-06-06', 'NYSE', '{2005-06-05,2005-06-06}');
-- a calendar joined with itself, or with weekdays, is itself; the order is free
SELECT count(*) FROM generate_series(date '2020-01-01', '2024-12-31', '1 day') g, LATERAL (SELECT g::date AS d) x
WHERE covenant.is_business_day(d, 'NYFD+NYSE') <> covenant.is_business_day(d, 'NYSE+NYFD+NYSE+WEEKDAYS')
	OR covenant.is_business_day(d, 'NYFD+NYSE+NYGCL') <> (covenant.is_business_day(d, 'NYFD') AND covenant.is_business_day(d, 'NYSE') AND covenant.is_business_day(d, 'NYGCL'));

-- calendars and closings that change from row to row, and in PL/pgSQL, which keeps the state of an expression
SELECT calendar, covenant.business_days_after('2005-11-07', 1, calendar, closed) AS after, covenant.business_days_between('2005-11-07', '2005-11-14', calendar, closed) AS between, covenant.is_business_day('2005-11-09', calendar, closed) AS open
FROM (VALUES ('WEEKDAYS', '{}'::date[]), ('NYGCL', '{}'), ('NYSE', '{2005-11-08}'), ('NYFD', '{2005-11-09,2005-11-10}'), ('WEEKDAYS', '{}')) v(calendar, closed);
DO $$
DECLARE
	c text;
	k date[];
BEGIN
	FOR c, k IN VALUES ('WEEKDAYS', '{}'::date[]), ('NYGCL', '{}'), ('NYSE', '{2005-11-08}'), ('NYFD', '{2005-11-09,2005-11-10}'), ('WEEKDAYS', '{}') LOOP
		RAISE NOTICE '% % % %', c, covenant.business_days_after('2005-11-07', 1, c, k), covenant.business_days_between('2005-11-07', '2005-11-14', c, k), covenant.is_business_day('2005-11-09', c, k);
	END LOOP;
END $$;

-- where there is no query around the call: a generated column, a CHECK, an index
CREATE TEMP TABLE list (month_end date CHECK (NOT covenant.is_business_day(month_end + 1, 'WEEKDAYS', '{2005-06-01,2005-07-01}')),
	due date GENERATED ALWAYS AS (covenant.business_days_after(month_end, 5, 'NYGCL')) STORED);
CREATE INDEX ON list (covenant.business_days_between(month_end, due, 'WEEKDAYS'));
INSERT INTO list VALUES ('2005-05-31'), ('2005-06-30'), ('2005-12-31');
SELECT *, covenant.business_days_between(month_end, due, 'WEEKDAYS') AS weekdays FROM list ORDER BY 1;
INSERT INTO list VALUES ('2005-07-31');

--
-- Dates of the agreement, closed on 2005-05-23; the day of the event is not counted.
--
SELECT calendar, covenant.business_days_after('2005-05-23', 2, calendar) AS "4(c) press release", covenant.business_days_after('2005-05-23', 5, calendar) AS "4(m) insurance",
	covenant.business_days_after('2005-06-17', 3, calendar) AS "2(f) opinion of Jun 17"
FROM unnest('{WEEKDAYS,NYFD,NYSE,NYGCL}'::text[]) calendar;
-- Section 4(h): the list of each month end is due five business days later
SELECT month_end, covenant.business_days_after(month_end, 5, 'WEEKDAYS') AS "WEEKDAYS", covenant.business_days_after(month_end, 5, 'NYFD') AS "NYFD",
	covenant.business_days_after(month_end, 5, 'NYSE') AS "NYSE", covenant.business_days_after(month_end, 5, 'NYGCL') AS "NYGCL"
FROM generate_series(0, 7) m, LATERAL (SELECT (date '2005-06-01' + m * interval '1 month' - interval '1 day')::date AS month_end) e;
-- Section 4(l), five days: filed on 2005-06-28 that is a Sunday before a holiday, and moves (General Construction Law, Section 25); filed on 2005-07-01 it does not
SELECT filed, filed + 5 AS fifth_day, covenant.business_days_after(filed + 4, 1, 'NYGCL') AS due FROM unnest('{2005-06-28,2005-07-01}'::date[]) filed;
-- calendar days: 30 from a shortfall at closing (4(h)), 270 and 180 of the lock-up (4(e)), two years (4(n))
SELECT date '2005-05-23' + 30, date '2005-05-23' + 270, date '2005-08-21' + 180, date '2005-08-22' + 180, date '2005-11-01' + 180, date '2005-11-01' + 180 + 45,
	greatest(date '2005-05-23' + 270, date '2005-06-01' + 180 + 45), greatest(date '2005-05-23' + 270, date '2005-06-01' + 180) + 45, (date '2005-05-23' + interval '2 years')::date;

--
-- Limits and errors.
--
SELECT covenant.business_days_after('1971-01-01', 1, 'NYFD'), covenant.business_days_after('1971-01-05', -1, 'NYFD'), covenant.business_days_after('2199-12-30', 1, 'NYSE'), covenant.business_days_after('1971-01-01', 59741, 'WEEKDAYS'), covenant.business_days_between('1971-01-01', '2199-12-31', 'WEEKDAYS');
SELECT covenant.is_business_day('2005-05-31', 'NYC');
SELECT covenant.is_business_day('1970-12-31', 'NYSE');
SELECT covenant.business_days_after('2199-12-31', 1, 'NYSE');
SELECT covenant.is_business_day('2005-05-31', 'NYSE', '{2005-06-01,NULL}');
SELECT s, pg_temp.sqlstate_of(s) FROM unnest(ARRAY[
	$$SELECT covenant.is_business_day('2005-05-31', 'nyse')$$,
	$$SELECT covenant.is_business_day('2005-05-31', '')$$,
	$$SELECT covenant.is_business_day('2005-05-31', 'NYSE+')$$,
	$$SELECT covenant.is_business_day('2005-05-31', 'NYFD + NYSE')$$,
	$$SELECT covenant.is_business_day('2200-01-01', 'NYSE')$$,
	$$SELECT covenant.is_business_day('infinity', 'NYSE')$$,
	$$SELECT covenant.is_business_day('-infinity', 'NYSE')$$,
	$$SELECT covenant.is_business_day('2005-05-31', 'NYSE', '{1970-12-31}')$$,
	$$SELECT covenant.is_business_day('2005-05-31', 'NYSE', '{infinity}')$$,
	$$SELECT covenant.business_days_after('1970-12-31', 1, 'NYSE')$$,
	$$SELECT covenant.business_days_after('2200-01-01', -1, 'NYSE')$$,
	$$SELECT covenant.business_days_after('1970-12-31', 0, 'NYSE')$$,
	$$SELECT covenant.business_days_after('1971-01-04', -1, 'NYSE')$$,
	$$SELECT covenant.business_days_after('2005-05-31', 2147483647, 'NYSE')$$,
	$$SELECT covenant.business_days_after('2005-05-31', -2147483648, 'NYSE')$$,
	$$SELECT covenant.business_days_after('2005-05-31', 1, 'LSE')$$,
	$$SELECT covenant.business_days_between('2005-05-31', '2200-01-01', 'NYSE')$$,
	$$SELECT covenant.business_days_between('infinity', '2005-05-31', 'NYSE')$$,
	$$SELECT covenant.holidays('NYSE', 1970)$$,
	$$SELECT covenant.holidays('NYSE', 2200)$$,
	$$SELECT covenant.holidays('LSE', 2005)$$]) s;
SELECT covenant.is_business_day(NULL, 'NYSE'), covenant.business_days_after('2005-05-31', NULL, 'NYSE'), covenant.business_days_between('2005-05-31', '2005-06-30', NULL), covenant.is_business_day('2005-05-31', 'NYSE', NULL);
SELECT count(*) FROM covenant.holidays(NULL, 2005);
