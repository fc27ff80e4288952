
-- What falls due, what costs how much in which month, what ties to nothing -------

CREATE FUNCTION covenant_internal.month_weights(from_day date, to_day date, months text) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- By calendar months a day counts as its part of its month, else as a day.
	SELECT array_agg(CASE months WHEN 'calendar' THEN d.days::numeric / d.length ELSE d.days END ORDER BY d.month)
	FROM (SELECT m.month, least((m.month + interval '1 month')::date, to_day) - greatest(m.month, from_day) AS days,
			(m.month + interval '1 month')::date - m.month AS length
		FROM (SELECT g::date AS month FROM generate_series(date_trunc('month', from_day::timestamp),
			(to_day - 1)::timestamp, interval '1 month') g) m) d
$$;
COMMENT ON FUNCTION covenant_internal.month_weights(date, date, text) IS
'How the days from one up to another, itself not counted, weigh in the calendar months that they cover, in order';

CREATE FUNCTION covenant_internal.outlook_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (100, 'damages_month', NULL, $v$
	SELECT d.deal, (date_trunc('month', d.from_day::timestamp) + (p.n - 1) * interval '1 month')::date AS month,
		d.holder, d.section, d.duty, p.amount, d.ref
	FROM {damages} d
	CROSS JOIN LATERAL (SELECT r.months FROM {reading} r
		WHERE (r.deal IS NULL OR r.deal = d.deal) AND (r.from_day IS NULL OR r.from_day <= d.from_day) AND r.recorded_at <= covenant.known_at()
		ORDER BY r.deal IS NULL, r.from_day DESC NULLS LAST, r.recorded_at DESC, r.reading_id DESC LIMIT 1) r
	CROSS JOIN LATERAL unnest(covenant.allocate(d.amount, covenant_internal.month_weights(d.from_day, d.to_day, r.months), 2))
		WITH ORDINALITY p(amount, n)
	WHERE d.to_day > d.from_day
$v$, 'Damages by calendar month: each row of the damages split over the months that it covers, to the cent; the parts sum to it', ARRAY[
	['deal', 'The deal'],
	['month', 'The first day of the month'],
	['holder', 'The holder to whom it is owed; empty where the notes have no holder column'],
	['section', 'Section of the agreement that was broken'],
	['duty', 'What was to be done'],
	['amount', 'Damages of the month, in the currency of the notes'],
	['ref', 'What an event is tied to this breach by']]),

(110, 'upcoming', NULL, $v$
	-- Pending duties, and the month ends that will come while notes or warrants
	-- are outstanding as they are now.
	SELECT d.deal, d.due_on, d.section, d.duty, d.owed_by, d.holder, d.ref, true AS started
	FROM {duty} d
	WHERE d.state = 'pending' AND d.due_on > covenant.as_of() AND d.due_on <= covenant.as_of() + 366
	UNION ALL
	SELECT h.deal, due.on_day, c.section, c.duty, c.owed_by, NULL, to_char(m.day, 'YYYY-MM-DD'), false
	FROM {history} h
	CROSS JOIN LATERAL (SELECT (g + interval '1 month' - interval '1 day')::date AS day
		FROM generate_series(date_trunc('month', covenant.as_of()::timestamp), covenant.as_of() + 366, interval '1 month') g) m
	CROSS JOIN LATERAL (SELECT DISTINCT ON (k.duty) k.* FROM {clause} k
		WHERE (k.deal IS NULL OR k.deal = h.deal) AND (k.from_day IS NULL OR k.from_day <= m.day) AND k.recorded_at <= covenant.known_at()
		ORDER BY k.duty, k.deal IS NULL, k.from_day DESC NULLS LAST, k.recorded_at DESC, k.clause_id DESC) c
	CROSS JOIN LATERAL (SELECT k.calendar FROM {reading} k
		WHERE (k.deal IS NULL OR k.deal = h.deal) AND (k.from_day IS NULL OR k.from_day <= m.day) AND k.recorded_at <= covenant.known_at()
		ORDER BY k.deal IS NULL, k.from_day DESC NULLS LAST, k.recorded_at DESC, k.reading_id DESC LIMIT 1) r
	CROSS JOIN LATERAL (SELECT covenant.due_on(m.day, c.period, c.unit, coalesce(c.calendar, r.calendar), 'none') AS on_day) due
	WHERE due.on_day <= covenant.as_of() + 366 AND h.next_day IS NULL AND (h.principal > 0 OR h.warrant_shares > 0) AND c.starts_on = 'month_end' AND c.period IS NOT NULL
		AND m.day > covenant.as_of() AND m.day < '2199-12-01'
		AND EXISTS (SELECT FROM {fact} f WHERE f.deal = h.deal AND f.kind = 'closing')
$v$, 'What falls due within the next 366 days: duties that are pending, and the month ends that will surely come with their lists', ARRAY[
	['deal', 'The deal'],
	['due_on', 'The last day in time'],
	['section', 'Section of the agreement'],
	['duty', 'What is to be done'],
	['owed_by', 'Who owes it: company or buyers'],
	['holder', 'The holder whom it concerns; NULL: every holder'],
	['ref', 'What an event is, or will be, tied to it by'],
	['started', 'Whether its clock runs already']]),

(120, 'unmatched', NULL, $v$
	SELECT f.deal, f.event_id, f.kind, f.occurred_on, f.section, f.holder, f.subject, f.ref, f.amount, f.note
	FROM {fact} f
	WHERE f.event_id IN (SELECT u.event_id FROM covenant_internal.unmatched_of({ledger_literal}, f.deal::text) u)
		OR f.kind = 'damages_paid' AND NOT EXISTS (SELECT FROM {damages} d
			WHERE d.deal = f.deal AND (f.holder IS NULL OR d.holder = f.holder) AND (f.ref IS NULL OR d.ref = f.ref))
		OR f.kind = 'election' AND NOT EXISTS (SELECT FROM {breach} b
			WHERE b.deal = f.deal AND coalesce(f.section, b.section) = b.section AND (f.ref IS NULL OR b.ref = f.ref))
$v$, 'Facts that tie to nothing: stops that end nothing, payments that pay nothing, waivers and elections of nothing', ARRAY[
	['deal', 'The deal'],
	['event_id', 'Number of the event'],
	['kind', 'Kind of fact'],
	['occurred_on', 'The day on which it happened'],
	['section', 'Section of the agreement'],
	['holder', 'The holder whom it concerns'],
	['subject', 'What a filing or document is'],
	['ref', 'What it is tied to'],
	['amount', 'Amount in the currency of the notes'],
	['note', 'Free text']])
$f$;
COMMENT ON FUNCTION covenant_internal.outlook_views() IS
'Templates of the views that look ahead, by month, and for what is lost: damages_month, upcoming, unmatched';
