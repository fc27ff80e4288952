
-- Duties and breaches -----------------------------------------------------------

CREATE FUNCTION covenant.duty_views()
RETURNS TABLE (ord int, suffix text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (40, 'clock', $v$
	WITH
	reading AS (
		SELECT r.* FROM {reading} r WHERE r.recorded_at <= covenant.known_at()
		ORDER BY r.reading_id DESC LIMIT 1),

	-- Days on which the 30 days of Section 4(h) run: counted below required,
	-- and, where that is the reading, more than the board alone can cure.
	short_day AS (
		SELECT h.deal, h.day,
			h.slack < 0 AND (r.board_curable = 'counts' OR h.available IS NULL OR h.available < h.required) AS short
		FROM {history} h CROSS JOIN reading r),
	edge AS (
		SELECT s.deal, s.day, s.short,
			s.short <> lag(s.short, 1, false) OVER (PARTITION BY s.deal ORDER BY s.day) AS turns
		FROM short_day s),
	spell AS (
		SELECT e.deal, e.day, e.short, lead(e.day) OVER (PARTITION BY e.deal ORDER BY e.day) AS ended_on
		FROM edge e WHERE e.turns),
	-- Where a recovery does not restart the 30 days, they run from the first
	-- spell after the last approval.
	shortfall AS (
		SELECT s.deal, s.day, s.ended_on,
			CASE r.recovery WHEN 'restarts' THEN s.day
				ELSE min(s.day) OVER (PARTITION BY s.deal,
					(SELECT count(*) FROM {fact} f WHERE f.deal = s.deal
						AND f.kind = 'shareholder_approval' AND f.occurred_on <= s.day)) END AS clock_from
		FROM spell s CROSS JOIN reading r WHERE s.short),

	-- Month ends from the closing on, while there is something to list.
	month_end AS (
		SELECT c.deal, (m.first_day + interval '1 month' - interval '1 day')::date AS day
		FROM (SELECT f.deal, min(f.occurred_on) AS day FROM {fact} f WHERE f.kind = 'closing' GROUP BY f.deal) c
		CROSS JOIN LATERAL generate_series(date_trunc('month', c.day::timestamp),
			covenant.as_of()::timestamp, interval '1 month') m(first_day)),
	listed AS (
		SELECT m.deal, m.day FROM month_end m
		JOIN {history} h ON h.deal = m.deal AND h.day <= m.day AND (h.next_day IS NULL OR h.next_day > m.day)
		WHERE m.day <= covenant.as_of() AND (h.principal > 0 OR h.warrant_shares > 0)),
	last_note AS (
		SELECT h.deal, max(h.next_day) FILTER (WHERE h.principal > 0) AS day,
			bool_or(h.next_day IS NULL AND h.principal > 0) AS outstanding
		FROM {history} h GROUP BY h.deal),

	-- Everything that starts a clock.  A breach is answered by the clause of
	-- its article; it is matched by the section that its note names.
	start AS (
		SELECT f.deal, c.ord, f.event_id::text AS ref, f.occurred_on AS started_on,
			f.occurred_on AS clock_from, NULL::date AS ended_on, f.holder, f.amount,
			CASE f.kind WHEN 'breach' THEN f.section ELSE '' END AS named, f.note
		FROM {fact} f
		JOIN {clause} c ON c.starts_on = f.kind AND (f.kind <> 'breach'
			OR split_part(c.section, '(', 1) = split_part(f.section, '(', 1))
		UNION ALL
		SELECT s.deal, c.ord, 'shortfall ' || to_char(s.day, 'YYYY-MM-DD'), s.day, s.clock_from, s.ended_on,
			NULL, NULL, '', NULL
		FROM shortfall s JOIN {clause} c ON c.starts_on = 'shortfall'
		UNION ALL
		SELECT l.deal, c.ord, to_char(l.day, 'YYYY-MM-DD'), l.day, l.day, NULL,
			NULL, NULL, '', NULL
		FROM listed l JOIN {clause} c ON c.starts_on = 'month_end'),

	-- Stops that name their start.  Expenses are reimbursed when they are in
	-- full, a list is delivered when every holder has it.
	tied AS (
		SELECT s.deal, s.ord, s.ref, min(f.occurred_on) AS day
		FROM start s JOIN {clause} c ON c.ord = s.ord AND c.starts_on <> 'shortfall'
		JOIN {fact} f ON f.deal = s.deal AND f.kind = c.ends_on AND f.ref = s.ref
		WHERE (f.holder IS NULL OR s.holder IS NOT NULL OR c.starts_on <> 'month_end')
			AND (c.ends_on <> 'expenses_paid' OR f.amount IS NULL OR s.amount <=
				(SELECT sum(p.amount) FROM {fact} p WHERE p.deal = f.deal AND p.kind = f.kind
					AND p.ref = f.ref AND p.occurred_on <= f.occurred_on))
		GROUP BY s.deal, s.ord, s.ref
		UNION ALL
		SELECT s.deal, s.ord, s.ref, max(d.day)
		FROM start s JOIN {clause} c ON c.ord = s.ord AND c.starts_on = 'month_end'
		JOIN {holding} h ON h.deal = s.deal AND h.day <= s.started_on
			AND (h.next_day IS NULL OR h.next_day > s.started_on)
			AND (h.principal > 0 OR h.warrant_shares > 0)
		LEFT JOIN LATERAL (SELECT min(f.occurred_on) AS day FROM {fact} f
			WHERE f.deal = s.deal AND f.kind = c.ends_on AND f.ref = s.ref AND f.holder = h.holder) d ON true
		GROUP BY s.deal, s.ord, s.ref
		HAVING count(*) = count(d.day)),

	-- The other stops end the earliest clock that is open on their day: the
	-- starts and the stops of one kind stand in line.  A stop that finds no
	-- open clock (there are no more starts by then than stops that found one)
	-- is lost.  A filing may come before the day on which it is due.
	waiting AS (
		SELECT s.deal, s.ord, coalesce(s.holder, '') AS holder, s.named, s.ref,
			row_number() OVER (PARTITION BY s.deal, s.ord, coalesce(s.holder, ''), s.named
				ORDER BY s.started_on, length(s.ref), s.ref) AS place
		FROM start s JOIN {clause} c ON c.ord = s.ord
		WHERE c.starts_on <> 'shortfall'
			AND NOT EXISTS (SELECT FROM tied t WHERE t.deal = s.deal AND t.ord = s.ord AND t.ref = s.ref)),
	arrival AS (
		SELECT f.deal, c.ord, coalesce(f.holder, '') AS holder,
			CASE c.starts_on WHEN 'breach' THEN f.section ELSE '' END AS named, f.occurred_on AS day, f.event_id
		FROM {fact} f JOIN {clause} c ON c.ends_on = f.kind AND c.starts_on <> 'shortfall'
			AND (c.starts_on <> 'breach' OR split_part(c.section, '(', 1) = split_part(f.section, '(', 1))
		WHERE f.ref IS NULL),
	counted AS (
		SELECT a.*,
			row_number() OVER (PARTITION BY a.deal, a.ord, a.holder, a.named ORDER BY a.day, a.event_id) AS arrived,
			(SELECT count(*) FROM waiting w
				JOIN start s ON s.deal = w.deal AND s.ord = w.ord AND s.ref = w.ref
				JOIN {clause} c ON c.ord = w.ord
				WHERE w.deal = a.deal AND w.ord = a.ord AND w.holder = a.holder AND w.named = a.named
					AND (s.started_on <= a.day OR c.starts_on = 'filing_due')) AS opened
		FROM arrival a),
	queue AS (
		SELECT c.*, max(c.arrived - c.opened) OVER (PARTITION BY c.deal, c.ord, c.holder, c.named
			ORDER BY c.arrived) AS lost
		FROM counted c),
	untied AS (
		SELECT q.deal, q.ord, q.holder, q.named, q.arrived - greatest(q.lost, 0) AS place, min(q.day) AS day
		FROM queue q GROUP BY q.deal, q.ord, q.holder, q.named, q.arrived - greatest(q.lost, 0)),

	stopped AS (
		SELECT s.*, CASE WHEN c.starts_on = 'shortfall'
			THEN (SELECT least(min(f.occurred_on), s.ended_on) FROM {fact} f
				WHERE f.deal = s.deal AND f.kind = c.ends_on AND (f.ref = s.ref OR f.ref IS NULL
					AND f.occurred_on >= s.started_on AND (s.ended_on IS NULL OR f.occurred_on < s.ended_on)))
			ELSE coalesce(t.day, u.day) END AS done_on
		FROM start s JOIN {clause} c ON c.ord = s.ord
		LEFT JOIN (SELECT t.deal, t.ord, t.ref, min(t.day) AS day FROM tied t GROUP BY t.deal, t.ord, t.ref) t
			ON t.deal = s.deal AND t.ord = s.ord AND t.ref = s.ref
		LEFT JOIN waiting w ON w.deal = s.deal AND w.ord = s.ord AND w.ref = s.ref
		LEFT JOIN untied u ON u.deal = w.deal AND u.ord = w.ord AND u.holder = w.holder
			AND u.named = w.named AND u.place = w.place),
	due AS (
		SELECT s.*, c.section, c.duty, c.owed_by, c.starts_on, c.ends_on, c.remedy, c.rate, c.elector,
			CASE WHEN c.ends_on = 'last_note'
				THEN greatest(covenant.due_on(s.clock_from, c.period, c.unit, coalesce(c.calendar, r.calendar), c.roll),
					n.day)
				WHEN c.period IS NOT NULL
				THEN covenant.due_on(s.clock_from, c.period, c.unit, coalesce(c.calendar, r.calendar), c.roll)
				END AS due_on,
			coalesce(n.outstanding, false) AS outstanding
		FROM stopped s JOIN {clause} c ON c.ord = s.ord CROSS JOIN reading r
		LEFT JOIN last_note n ON n.deal = s.deal)
	SELECT d.deal, d.ord, d.ref, d.section, d.duty, d.owed_by, d.starts_on, d.ends_on, d.remedy, d.rate, d.elector,
		d.holder, d.amount, d.note, d.started_on, d.due_on,
		CASE WHEN d.ends_on <> 'last_note' THEN d.done_on
			WHEN d.due_on <= covenant.as_of() AND NOT d.outstanding THEN d.due_on END AS done_on,
		CASE WHEN d.ends_on <> 'last_note' THEN greatest(d.due_on + 1, d.started_on) END AS broken_from,
		-- Waived: each Buyer concerned signs for itself (Section 8(e)).
		EXISTS (SELECT FROM {fact} f WHERE f.deal = d.deal AND f.kind = 'waiver' AND f.section = d.section
			AND (f.ref = d.ref OR f.ref IS NULL AND f.occurred_on >= d.started_on))
		AND NOT EXISTS (SELECT FROM {holding} h
			WHERE h.deal = d.deal AND h.next_day IS NULL AND (h.principal > 0 OR h.warrant_shares > 0)
				AND (d.holder IS NULL OR d.holder = h.holder)
				AND NOT EXISTS (SELECT FROM {fact} f WHERE f.deal = d.deal AND f.kind = 'waiver'
					AND f.section = d.section AND f.holder = h.holder
					AND (f.ref = d.ref OR f.ref IS NULL AND f.occurred_on >= d.started_on))) AS waived
	FROM due d
$v$, 'Every clock that a fact started, with its clause and what ended it; the ground of duties, breaches and damages', ARRAY[
	['deal', 'The deal'],
	['ord', 'The clause, by its place in the clause table'],
	['ref', 'What ties an event to this clock: the event_id of its start, a month end, or shortfall and its first day'],
	['section', 'Section of the agreement'],
	['duty', 'What is to be done'],
	['owed_by', 'Who owes it: company or buyers'],
	['starts_on', 'What starts such a clock: an event kind, month_end or shortfall'],
	['ends_on', 'What ends it: an event kind, or last_note'],
	['remedy', 'What lateness costs: damages, interest or none'],
	['rate', 'Rate of the remedy: a month for damages, a year for interest'],
	['elector', 'Who elects cash or shares: company or holder; NULL: no choice'],
	['holder', 'The holder whom it concerns; NULL: every holder'],
	['amount', 'Amount of the event that started it'],
	['note', 'Note of the event that started it'],
	['started_on', 'The day of the start'],
	['due_on', 'The last day in time; NULL: a breach is broken from its start'],
	['done_on', 'The day on which it was done; NULL: not yet. A shortfall is also done when it ends'],
	['broken_from', 'The first day out of time'],
	['waived', 'Whether every holder concerned has waived it']]),

(50, 'duty', $v$
	SELECT c.deal, c.section, c.duty, c.started_on, c.due_on, c.done_on,
		CASE WHEN c.waived OR c.broken_from IS NULL THEN 0
			ELSE greatest(least(coalesce(c.done_on, covenant.as_of()), covenant.as_of())
				- coalesce(c.due_on, c.started_on), 0) END AS days_late,
		CASE WHEN c.waived THEN 'waived'
			WHEN c.ends_on = 'last_note' THEN CASE WHEN c.done_on IS NULL THEN 'pending' ELSE 'met' END
			WHEN c.done_on < c.broken_from THEN 'met'
			WHEN c.done_on IS NOT NULL THEN 'late'
			WHEN c.broken_from <= covenant.as_of() THEN 'overdue'
			ELSE 'pending' END AS state,
		c.owed_by, c.holder, c.ref
	FROM {clock} c
$v$, 'What the agreement asks to be done by when, and whether it was, as of covenant.as_of', ARRAY[
	['deal', 'The deal'],
	['section', 'Section of the agreement'],
	['duty', 'What is to be done'],
	['started_on', 'The day of the event that starts the clock, which is not counted'],
	['due_on', 'The last day in time; of a restriction (Section 4(n)) the day on which it ends, at the earliest; NULL for a breach, which has no time allowed'],
	['done_on', 'The day on which it was done; NULL: not yet'],
	['days_late', 'Calendar days after due_on, up to done_on or covenant.as_of; 0 in time'],
	['state', 'pending: time remains; met: done in time; late: done out of time; overdue: out of time and not done; waived: by every holder concerned'],
	['owed_by', 'Who owes it: company or buyers'],
	['holder', 'The holder whom it concerns; NULL: every holder'],
	['ref', 'What an event is tied to this duty by']]),

(60, 'breach', $v$
	SELECT c.deal, c.section, c.duty, c.broken_from AS from_day, c.done_on AS to_day, c.elector,
		CASE WHEN c.due_on IS NULL THEN coalesce(c.note, 'breach')
			ELSE c.starts_on || ' of ' || to_char(c.started_on, 'YYYY-MM-DD')
				|| ', due ' || to_char(c.due_on, 'YYYY-MM-DD')
				|| CASE WHEN c.done_on IS NULL THEN ', not done'
					ELSE ', done ' || to_char(c.done_on, 'YYYY-MM-DD') END END AS cause,
		c.holder, c.ref
	FROM {clock} c
	WHERE c.remedy <> 'none' AND NOT c.waived AND c.broken_from <= covenant.as_of()
		AND (c.done_on IS NULL OR c.done_on > c.broken_from)
$v$, 'Promises broken, as of covenant.as_of; where the agreement names no remedy for lateness (best efforts, the buyers'' duties) the duty view alone tells it', ARRAY[
	['deal', 'The deal'],
	['section', 'Section of the agreement'],
	['duty', 'What was to be done'],
	['from_day', 'First day of the breach: the day after the due date'],
	['to_day', 'The day of cure, no longer a day of the breach; NULL: open'],
	['elector', 'Who elects cash or shares: company or holder; NULL: no choice'],
	['cause', 'What started the clock, when it was due and when it was done; of a breach its note'],
	['holder', 'The holder whom it concerns; NULL: every holder'],
	['ref', 'What an event is tied to this breach by']])
$f$;
COMMENT ON FUNCTION covenant.duty_views() IS
'Templates of the views from clauses and facts to breaches: clock, duty, breach';
