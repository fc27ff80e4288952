-- The Lock-up Period of Section 4(e), from the closing on 23 May 2005.
SET datestyle = ISO;
SELECT extends, effective, days, covenant.lock_up_end('2005-05-23', effective, days, extends),
	(covenant.lock_up_end('2005-05-23', effective, days, extends) + interval '2 years')::date AS right_of_first_offer_ends
FROM (VALUES (date '2005-08-21', 0), ('2005-08-22', 0), ('2005-11-01', 0), ('2005-11-01', 45), ('2005-06-01', 45), (NULL, 0)) v(effective, days)
CROSS JOIN (VALUES ('effectiveness'), ('both')) e(extends) ORDER BY effective, days, extends DESC;

-- The same from the days themselves: 45 of them, in one suspension, in two that
-- overlap, or in two apart.
SELECT extends, effective, suspended, covenant.lock_up_end('2005-05-23', effective, suspended::datemultirange, extends)
FROM (VALUES
	(date '2005-08-21', '{}'), ('2005-08-22', '{}'), ('2005-11-01', '{}'), (NULL, '{}'),
	('2005-11-01', '{[2005-12-01,2006-01-15)}'),
	('2005-11-01', '{[2005-12-01,2006-01-10),[2005-12-20,2006-01-15)}'),
	('2005-11-01', '{[2005-12-01,2005-12-11),[2006-02-01,2006-03-08)}'),
	('2005-06-01', '{[2005-07-01,2005-08-15)}')) v(effective, suspended)
CROSS JOIN (VALUES ('effectiveness'), ('both')) e(extends) ORDER BY effective, suspended, extends DESC;

-- Which days count.  None before effectiveness; the last day of the period still
-- does, and moves the end; the day after it does not.
SELECT note, covenant.lock_up_end('2005-05-23', '2005-11-01', suspended::datemultirange, 'effectiveness') AS effectiveness,
	covenant.lock_up_end('2005-05-23', '2005-06-01', suspended::datemultirange, 'both') AS both
FROM (VALUES (1, 'before', '{[2005-05-23,2005-06-01)}'), (2, 'ten of them before', '{[2005-10-22,2005-11-11)}'),
	(3, 'on the last day', '{[2006-04-30,2006-05-04)}'), (4, 'after it', '{[2006-05-01,2006-05-04)}'),
	(5, 'moved inside by the first', '{[2006-04-30,2006-05-04),[2006-05-04,2006-05-05)}'),
	(6, 'all of the time', '{[2005-01-01,2007-01-01)}')) v(n, note, suspended) ORDER BY n;

-- Open while a suspension lasts that began inside; one that began after the end
-- is of no account.
SELECT covenant.lock_up_end('2005-05-23', '2005-08-21', '{[2006-02-17,)}'::datemultirange, 'both') AS lasts,
	covenant.lock_up_end('2005-05-23', '2005-08-21', '{[2006-02-17,infinity)}'::datemultirange, 'both') AS lasts_too,
	covenant.lock_up_end('2005-05-23', '2005-08-21', '{[2006-02-18,)}'::datemultirange, 'both') AS came_too_late,
	covenant.lock_up_end('2005-05-23', '2005-08-21', '{(,2005-08-23)}'::datemultirange, 'both') AS two_days,
	covenant.lock_up_end('2005-05-23', NULL, '{}'::datemultirange, 'both') AS not_effective;

-- Day by day it comes to the same: 4,000 periods with up to three suspensions.
SELECT setseed(0.41);
CREATE FUNCTION pg_temp.by_days(closed date, effective date, suspended datemultirange, extends text) RETURNS date LANGUAGE plpgsql AS $$
DECLARE
	stop date := CASE extends WHEN 'both' THEN greatest(closed + 270, effective + 180) ELSE effective + 180 END;
	day date := effective;
BEGIN
	WHILE day <= stop LOOP
		IF day <@ suspended THEN
			stop := stop + 1;
		END IF;
		day := day + 1;
	END LOOP;
	RETURN greatest(closed + 270, stop);
END
$$;
WITH cases AS MATERIALIZED (
	SELECT effective, (SELECT range_agg(daterange(a, a + (random() * 60)::int))
			FROM (SELECT date '2005-05-01' + (random() * 500)::int + 0 * k AS a FROM generate_series(1, 1 + n % 3) k OFFSET 0) r) AS suspended, extends
	FROM generate_series(1, 2000) n, LATERAL (SELECT date '2005-05-23' + (random() * 300)::int + 0 * n AS effective) e,
		(VALUES ('effectiveness'), ('both')) x(extends))
SELECT count(*) AS cases, count(*) FILTER (WHERE covenant.lock_up_end('2005-05-23', effective, suspended, extends)
	IS DISTINCT FROM pg_temp.by_days('2005-05-23', effective, suspended, extends)) AS otherwise,
	count(DISTINCT covenant.lock_up_end('2005-05-23', effective, suspended, extends)) > 100 AS many
FROM cases;

\set VERBOSITY sqlstate
SELECT covenant.lock_up_end('2005-05-23', '2005-06-01', -1, 'both');
SELECT covenant.lock_up_end('2005-05-23', '2005-06-01', 1, 'neither');
SELECT covenant.lock_up_end('2005-05-23', '2005-06-01', '{}'::datemultirange, 'neither');
SELECT covenant.lock_up_end('infinity', '2005-06-01', '{}'::datemultirange, 'both');
SELECT covenant.lock_up_end('2005-05-23', '2205-06-01', '{}'::datemultirange, 'both');
SELECT covenant.lock_up_end('2005-05-23', '2005-06-01', '{[2005-06-02,2205-06-02)}'::datemultirange, 'both');
