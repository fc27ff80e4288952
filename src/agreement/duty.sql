
-- Duties and breaches -----------------------------------------------------------

CREATE FUNCTION covenant_internal.end_clocks(words text[], refs text[], holders text[], open_from date[], owed numeric[],
	stop_words text[], stop_refs text[], stop_holders text[], stop_days date[], stop_amounts numeric[])
RETURNS date[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ends date[] := array_fill(NULL::date, ARRAY[cardinality(words)]);
	remaining numeric;
BEGIN
	FOR stop IN 1 .. cardinality(stop_words) LOOP
		remaining := stop_amounts[stop];
		-- A stop of one holder, or of nobody in particular, goes to a clock of
		-- the same, else to any that it may concern.
		<<line>>
		FOR pass IN 1 .. 2 LOOP
			FOR i IN 1 .. cardinality(words) LOOP
				CONTINUE WHEN ends[i] IS NOT NULL OR words[i] <> stop_words[stop]
					OR stop_refs[stop] <> refs[i]
					OR stop_refs[stop] IS NULL AND open_from[i] > stop_days[stop]
					OR pass = 1 AND holders[i] IS DISTINCT FROM stop_holders[stop]
					OR holders[i] <> stop_holders[stop];
				IF remaining < owed[i] THEN
					owed[i] := owed[i] - remaining;
					EXIT line;
				END IF;
				ends[i] := stop_days[stop];
				remaining := remaining - owed[i];
				EXIT line WHEN coalesce(remaining, 0) = 0;
			END LOOP;
		END LOOP;
	END LOOP;
	RETURN ends;
END
$$;
COMMENT ON FUNCTION covenant_internal.end_clocks(text[], text[], text[], date[], numeric[], text[], text[], text[], date[], numeric[]) IS
'The days on which clocks end, NULL for those that run on. Clocks and stops come in order; a stop ends the first clock of its words that is open on its day, of its own ref and holder where it has them. Where a clock says what is owed, a stop with an amount pays so much, and what is left over goes to the next; one without an amount pays one clock in full. A stop that finds no open clock is lost';

CREATE FUNCTION covenant_internal.duty_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (40, 'clock', '(SELECT r.deal FROM {ledger} r UNION SELECT e.deal FROM {event} e)', $v$
	WITH
	reading AS (
		SELECT r.* FROM {reading} r WHERE r.recorded_at <= covenant.known_at()
		ORDER BY r.reading_id DESC LIMIT 1),
	fact AS MATERIALIZED (SELECT f.* FROM {fact} f WHERE f.deal = $1),
	history AS MATERIALIZED (SELECT h.* FROM {history} h WHERE h.deal = $1),
	holding AS MATERIALIZED (SELECT h.* FROM {holding} h WHERE h.deal = $1 AND (h.principal > 0 OR h.warrant_shares > 0)),

	-- Days on which the 30 days of Section 4(h) run: counted below required,
	-- and, where that is the reading, more than the board alone can cure.
	short_day AS (
		SELECT h.day, h.slack < 0
			AND (r.board_curable = 'counts' OR h.available IS NULL OR h.available < h.required) AS short
		FROM history h CROSS JOIN reading r),
	edge AS (
		SELECT s.day, s.short, s.short <> lag(s.short, 1, false) OVER (ORDER BY s.day) AS turns FROM short_day s),
	spell AS (
		SELECT e.day, e.short, lead(e.day) OVER (ORDER BY e.day) AS ended_on FROM edge e WHERE e.turns),
	-- Where a recovery does not restart the 30 days, they run from the first
	-- spell after the last approval.
	shortfall AS (
		SELECT s.day, s.ended_on, CASE r.recovery WHEN 'restarts' THEN s.day
			ELSE min(s.day) OVER (PARTITION BY (SELECT count(*) FROM fact f
				WHERE f.kind = 'shareholder_approval' AND f.occurred_on <= s.day)) END AS clock_from
		FROM spell s CROSS JOIN reading r WHERE s.short),

	-- Month ends from the closing on, while there is something to list.
	month_end AS (
		SELECT (m.first_day + interval '1 month' - interval '1 day')::date AS day
		FROM generate_series(
			date_trunc('month', (SELECT min(f.occurred_on) FROM fact f WHERE f.kind = 'closing')::timestamp),
			covenant.as_of()::timestamp, interval '1 month') m(first_day)),
	listed AS (
		SELECT m.day FROM month_end m
		JOIN history h ON h.day <= m.day AND (h.next_day IS NULL OR h.next_day > m.day)
		WHERE m.day <= covenant.as_of() AND (h.principal > 0 OR h.warrant_shares > 0)),
	last_note AS (
		SELECT max(h.next_day) FILTER (WHERE h.principal > 0) AS day,
			coalesce(bool_or(h.next_day IS NULL AND h.principal > 0), false) AS outstanding
		FROM history h),

	-- Everything that starts a clock.  A breach is answered by the clause of
	-- its article; it is matched by the section that its note names.
	start AS (
		SELECT c.ord, f.event_id::text AS ref, f.occurred_on AS started_on, f.occurred_on AS clock_from,
			NULL::date AS ended_on, f.holder, f.amount, f.note,
			CASE f.kind WHEN 'breach' THEN f.section ELSE '' END AS named
		FROM fact f
		JOIN {clause} c ON (c.starts_on = f.kind OR c.starts_on = 'signing' AND f.kind = 'closing'
				AND NOT EXISTS (SELECT FROM fact s WHERE s.kind = 'signing'))
			AND (f.kind <> 'breach' OR split_part(c.section, '(', 1) = split_part(f.section, '(', 1))
			AND (c.subjects IS NULL OR f.subject ^@ ANY (c.subjects))
		UNION ALL
		SELECT c.ord, 'shortfall ' || to_char(s.day, 'YYYY-MM-DD'), s.day, s.clock_from, s.ended_on,
			NULL, NULL, NULL, ''
		FROM shortfall s JOIN {clause} c ON c.starts_on = 'shortfall'
		UNION ALL
		SELECT c.ord, to_char(m.day, 'YYYY-MM-DD'), m.day, m.day, NULL, NULL, NULL, NULL, ''
		FROM listed m JOIN {clause} c ON c.starts_on = 'month_end'),

	-- Stops that name their start.  A list is delivered when every holder has it.
	named_stop AS (
		SELECT s.ord, s.ref, min(f.occurred_on) AS day
		FROM start s JOIN {clause} c ON c.ord = s.ord AND c.starts_on <> 'shortfall' AND c.ends_on <> 'expenses_paid'
		JOIN fact f ON f.kind = c.ends_on AND f.ref = s.ref
		WHERE f.holder IS NULL OR c.starts_on <> 'month_end'
		GROUP BY s.ord, s.ref
		UNION ALL
		SELECT s.ord, s.ref, max(d.day)
		FROM start s JOIN {clause} c ON c.ord = s.ord AND c.starts_on = 'month_end'
		JOIN holding h ON h.day <= s.started_on AND (h.next_day IS NULL OR h.next_day > s.started_on)
		LEFT JOIN LATERAL (SELECT min(f.occurred_on) AS day FROM fact f
			WHERE f.kind = c.ends_on AND f.ref = s.ref AND f.holder = h.holder) d ON true
		GROUP BY s.ord, s.ref
		HAVING count(*) = count(d.day)),
	tied AS (
		SELECT n.ord, n.ref, min(n.day) AS day FROM named_stop n GROUP BY n.ord, n.ref),

	-- The other stops, and all payments of expenses, go to the earliest clock
	-- that is open on their day.  One start is one place in line, however many
	-- clauses it starts.  A filing may come before the day on which it is due.
	waiting AS (
		SELECT c.ends_on, s.ref, s.named, s.holder, s.amount, min(s.started_on) AS started_on,
			min(CASE c.starts_on WHEN 'filing_due' THEN '-infinity'::date ELSE s.started_on END) AS open_from
		FROM start s JOIN {clause} c ON c.ord = s.ord
		WHERE c.starts_on <> 'shortfall'
			AND NOT EXISTS (SELECT FROM tied t WHERE t.ord = s.ord AND t.ref = s.ref)
		GROUP BY c.ends_on, s.ref, s.named, s.holder, s.amount),
	arrival AS (
		SELECT DISTINCT f.kind, f.ref, f.holder, f.amount, f.occurred_on AS day, f.event_id,
			CASE c.starts_on WHEN 'breach' THEN f.section ELSE '' END AS named
		FROM fact f JOIN {clause} c ON c.ends_on = f.kind AND c.starts_on <> 'shortfall'
			AND (c.starts_on <> 'breach' OR split_part(c.section, '(', 1) = split_part(f.section, '(', 1))
		WHERE f.ref IS NULL OR f.kind = 'expenses_paid'),
	line AS (
		SELECT array_agg(w.ends_on || ' ' || w.named ORDER BY w.started_on, length(w.ref), w.ref) AS words,
			array_agg(w.ref ORDER BY w.started_on, length(w.ref), w.ref) AS refs,
			array_agg(w.holder ORDER BY w.started_on, length(w.ref), w.ref) AS holders,
			array_agg(w.open_from ORDER BY w.started_on, length(w.ref), w.ref) AS open_from,
			array_agg(CASE w.ends_on WHEN 'expenses_paid' THEN w.amount END
				ORDER BY w.started_on, length(w.ref), w.ref) AS owed
		FROM waiting w),
	untied AS (
		SELECT split_part(e.word, ' ', 1) AS ends_on, split_part(e.word, ' ', 2) AS named, e.ref, e.day
		FROM line l
		CROSS JOIN (SELECT array_agg(a.kind || ' ' || a.named ORDER BY a.day, a.event_id) AS words,
				array_agg(a.ref ORDER BY a.day, a.event_id) AS refs,
				array_agg(a.holder ORDER BY a.day, a.event_id) AS holders,
				array_agg(a.day ORDER BY a.day, a.event_id) AS days,
				array_agg(a.amount ORDER BY a.day, a.event_id) AS amounts
			FROM arrival a) a
		CROSS JOIN LATERAL unnest(l.words, l.refs, covenant_internal.end_clocks(l.words, l.refs, l.holders, l.open_from, l.owed,
			a.words, a.refs, a.holders, a.days, a.amounts)) e(word, ref, day)
		WHERE e.day IS NOT NULL),

	-- A shortfall ends by itself or by the approval that comes while it lasts.
	stopped AS (
		SELECT s.*, CASE WHEN c.starts_on = 'shortfall'
			THEN (SELECT least(min(f.occurred_on), s.ended_on) FROM fact f
				WHERE f.kind = c.ends_on AND (f.ref = s.ref OR f.ref IS NULL AND f.occurred_on >= s.started_on
					AND (s.ended_on IS NULL OR f.occurred_on < s.ended_on)))
			ELSE coalesce(t.day, u.day) END AS done_on
		FROM start s JOIN {clause} c ON c.ord = s.ord
		LEFT JOIN tied t ON t.ord = s.ord AND t.ref = s.ref
		LEFT JOIN untied u ON u.ends_on = c.ends_on AND u.ref = s.ref AND u.named = s.named),
	due AS (
		SELECT s.*, c.section, c.duty, c.owed_by, c.starts_on, c.ends_on, c.remedy, c.rate, c.elector,
			n.outstanding, CASE WHEN c.period IS NOT NULL THEN greatest(
				covenant.due_on(s.clock_from, c.period, c.unit, coalesce(c.calendar, r.calendar),
					coalesce(c.roll, CASE WHEN c.unit = 'days' AND r.sunday = 'moves' THEN 'following' ELSE 'none' END)),
				CASE c.ends_on WHEN 'last_note' THEN n.day END) END AS due_on
		FROM stopped s JOIN {clause} c ON c.ord = s.ord CROSS JOIN reading r CROSS JOIN last_note n),
	-- Waived: each Buyer signs for itself (Section 8(e)).
	waived AS (
		SELECT DISTINCT d.ord, d.ref, f.holder
		FROM due d JOIN fact f ON f.kind = 'waiver' AND coalesce(f.section, d.section) = d.section
			AND (f.ref = d.ref OR f.ref IS NULL AND f.occurred_on >= d.started_on))
	SELECT d.ord, d.ref, d.section, d.duty, d.owed_by, d.starts_on, d.ends_on, d.remedy, d.rate, d.elector,
		d.holder, d.amount, d.note, d.started_on, d.due_on,
		CASE WHEN d.ends_on <> 'last_note' THEN d.done_on
			WHEN d.due_on <= covenant.as_of() AND NOT d.outstanding THEN d.due_on END AS done_on,
		CASE WHEN d.ends_on <> 'last_note' THEN greatest(d.due_on + 1, d.started_on) END AS broken_from,
		w.waivers, w.waivers IS NOT NULL AND NOT EXISTS (SELECT FROM holding h
			WHERE h.next_day IS NULL AND (d.holder IS NULL OR d.holder = h.holder)
				AND h.holder <> ALL (w.waivers)) AS waived
	FROM due d
	LEFT JOIN (SELECT w.ord, w.ref, array_agg(w.holder ORDER BY w.holder) AS waivers FROM waived w GROUP BY w.ord, w.ref) w
		ON w.ord = d.ord AND w.ref = d.ref
$v$, 'Every clock that a fact started, with its clause and what ended it; the ground of duties, breaches and damages', ARRAY[
	['deal', 'The deal', NULL],
	['ord', 'The clause, by its place in the clause table', 'integer'],
	['ref', 'What ties an event to this clock: the event_id of its start, a month end, or shortfall and its first day', 'text'],
	['section', 'Section of the agreement', 'text'],
	['duty', 'What is to be done', 'text'],
	['owed_by', 'Who owes it: company or buyers', 'text'],
	['starts_on', 'What starts such a clock: an event kind, month_end or shortfall', 'text'],
	['ends_on', 'What ends it: an event kind, or last_note', 'text'],
	['remedy', 'What lateness costs: damages, interest or none', 'text'],
	['rate', 'Rate of the remedy: a month for damages, a year for interest', 'numeric'],
	['elector', 'Who elects cash or shares: company or holder; NULL: no choice', 'text'],
	['holder', 'The holder whom it concerns; NULL: every holder', 'text'],
	['amount', 'Amount of the event that started it', 'numeric'],
	['note', 'Note of the event that started it', 'text'],
	['started_on', 'The day of the start', 'date'],
	['due_on', 'The last day in time; NULL: a breach is broken from its start', 'date'],
	['done_on', 'The day on which it was done; NULL: not yet. A shortfall is also done when it ends', 'date'],
	['broken_from', 'The first day out of time', 'date'],
	['waivers', 'The holders who have waived it; NULL: nobody', 'text[]'],
	['waived', 'Whether every holder concerned has waived it', 'boolean']]),

(50, 'duty', NULL, $v$
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

(60, 'breach', NULL, $v$
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
COMMENT ON FUNCTION covenant_internal.duty_views() IS
'Templates of the views from clauses and facts to breaches: clock, duty, breach';
