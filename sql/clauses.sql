-- The agreement as data.  Sections and periods: Securities Purchase Agreement
-- of 23 May 2005, CalbaTech, Inc. and the AJW funds (a public filing).
SET datestyle = ISO;
\set VERBOSITY sqlstate
SELECT section, duty, owed_by, to_each_holder AS each, starts_on, subjects, period, unit, calendar, ends_on, remedy, rate, elector
FROM covenant.clauses('spa-2005') ORDER BY ord;
-- What this form leaves to the readings, and what it does not know.
SELECT count(*), count(DISTINCT ord), count(DISTINCT duty), count(words), count(roll), count(base), count(first_day_rate), count(cap) FROM covenant.clauses('spa-2005');
SELECT * FROM covenant.clauses('spa-2006');
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM covenant.clauses('spa-2006');

-- Every event kind that a clause names is one.
SELECT DISTINCT k FROM covenant.clauses('spa-2005'), unnest(ARRAY[starts_on, ends_on]) k
WHERE k <> ALL (covenant.event_kinds() || ARRAY['month_end', 'shortfall', 'vote_needed', 'last_note', 'lock_up']);

-- The dates that the agreement's own clauses give, from its own facts: closed
-- on 23 May 2005.  W is WEEKDAYS, F the Federal Reserve Bank of New York, E the
-- New York Stock Exchange, G New York General Construction Law.
SELECT c.section, c.duty, s.day, k.calendar, covenant.due_on(s.day, period, unit, coalesce(c.calendar, k.calendar)) AS stays,
	CASE unit WHEN 'days' THEN covenant.due_on(s.day, period, unit, coalesce(c.calendar, k.calendar), 'following') END AS moves
FROM covenant.clauses('spa-2005') c
JOIN (VALUES ('press release', date '2005-05-23'), ('key man insurance', '2005-05-23'), ('shareholder approval', '2005-05-23'),
	('shareholder approval', '2005-06-24'), ('no short sales', '2005-05-23'), ('filing tranche', '2005-07-01'), ('filing tranche', '2005-06-28')) s(duty, day) USING (duty)
CROSS JOIN (VALUES ('WEEKDAYS'), ('NYFD'), ('NYSE'), ('NYGCL')) k(calendar)
WHERE k.calendar = 'NYGCL' OR c.unit = 'business days'
ORDER BY c.ord, s.day, k.calendar;

-- The monthly list of every month of 2005: five business days after its end.
SELECT m::date AS month_end, covenant.due_on(m::date, 5, 'business days', 'WEEKDAYS') AS w,
	covenant.due_on(m::date, 5, 'business days', 'NYFD') AS f, covenant.due_on(m::date, 5, 'business days', 'NYSE') AS e,
	covenant.due_on(m::date, 5, 'business days', 'NYGCL') AS g
FROM generate_series(timestamp '2005-06-01', '2006-01-01', '1 month') n, LATERAL (SELECT n - interval '1 day') x(m);

-- Noon, Eastern Standard Time, on the day of the closing (Section 1(c)).
SELECT timestamptz '2005-05-23 12:00 EST' AT TIME ZONE 'UTC';

-- Months and years clamp to the end of the month; a roll needs a calendar.
SELECT covenant.due_on('2005-01-31', 1, 'months', NULL), covenant.due_on('2004-02-29', 1, 'years', NULL),
	covenant.due_on('2005-07-01', 1, 'days', 'NYSE', 'following'), covenant.due_on('2005-07-01', 0, 'days', NULL);
\set VERBOSITY sqlstate
SELECT covenant.due_on('2005-01-31', 1, 'weeks', NULL);
SELECT covenant.due_on('2005-01-31', 1, 'days', 'NYSE', 'preceding');
SELECT covenant.due_on('2005-01-31', 1, 'business days', 'XETRA');
