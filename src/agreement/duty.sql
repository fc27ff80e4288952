
-- Duties and breaches -----------------------------------------------------------

CREATE FUNCTION covenant_internal.duty_views()
RETURNS TABLE (ord int, suffix text, keys text, body text, about text, columns text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $f$
VALUES (40, 'clock', NULL, $v$
	SELECT d.deal, c.*
	FROM (SELECT r.deal FROM {ledger} r UNION SELECT e.deal FROM {event} e) d
	CROSS JOIN LATERAL covenant_internal.clocks_of({ledger_literal}, d.deal::text) c
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
	['waived', 'Whether every holder concerned has waived it', 'boolean'],
	['unserved', 'Where each holder is to be served: those at its start who have not been; NULL: none', 'text[]'],
	['reading_id', 'How it is read: the adoption for the day of its start', 'bigint']]),

(50, 'duty', NULL, $v$
	SELECT c.deal, c.section, c.duty, c.started_on, c.due_on, c.done_on,
		CASE WHEN c.waived OR c.broken_from IS NULL OR c.broken_from > covenant.as_of() THEN 0
			ELSE greatest(least(coalesce(c.done_on, covenant.as_of()), covenant.as_of())
				- coalesce(c.due_on, c.started_on), 0) END AS days_late,
		CASE WHEN c.waived THEN 'waived'
			WHEN c.ends_on = 'last_note' THEN CASE WHEN c.done_on IS NULL THEN 'pending' ELSE 'met' END
			WHEN c.done_on < c.broken_from THEN 'met'
			WHEN c.done_on IS NOT NULL THEN 'late'
			WHEN c.broken_from <= covenant.as_of() THEN 'overdue'
			ELSE 'pending' END AS state,
		c.owed_by, c.holder, c.ref, c.unserved
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
	['ref', 'What an event is tied to this duty by'],
	['unserved', 'Where each holder is to be served: those at its start who have not been; NULL: none']]),

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
