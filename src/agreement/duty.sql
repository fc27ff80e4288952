
-- Duties and breaches -----------------------------------------------------------

-- The views of an adopted agreement ask a function of one deal for each deal of
-- the ledger: what is asked of one deal costs no more than it.

CREATE FUNCTION covenant_internal.duty_of(ledger regclass, deal text, with_capital boolean,
	OUT section text, OUT duty text, OUT started_on date, OUT due_on date, OUT done_on date, OUT days_late int, OUT state text,
	OUT owed_by text, OUT holder text, OUT ref text, OUT unserved text[]) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 60 COST 2000
AS 'MODULE_PATHNAME', 'covenant_duty_of';
COMMENT ON FUNCTION covenant_internal.duty_of(regclass, text, boolean) IS
'The clocks of a deal, as of covenant.as_of, as known at covenant.known_at; the view <deals>_duty asks it';

CREATE FUNCTION covenant_internal.breach_of(ledger regclass, deal text, with_capital boolean,
	OUT section text, OUT duty text, OUT from_day date, OUT to_day date, OUT elector text, OUT cause text,
	OUT holder text, OUT ref text, OUT unserved text[], OUT promise text) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 20 COST 2000
AS 'MODULE_PATHNAME', 'covenant_breach_of';
COMMENT ON FUNCTION covenant_internal.breach_of(regclass, text, boolean) IS
'The breaches of a deal, as of covenant.as_of, as known at covenant.known_at; the view <deals>_breach asks it';

CREATE FUNCTION covenant_internal.make_duty_views(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'duty',
		'covenant_internal.duty_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'What the agreement asks to be done by when, and whether it was, as of covenant.as_of; one row a clock',
		ARRAY[['deal', 'The deal'],
			  ['section', 'Section of the agreement'],
			  ['duty', 'What is to be done'],
			  ['started_on', 'The day of the event that starts the clock, which is not counted'],
			  ['due_on', 'The last day in time; of a restriction (Sections 4(e), 4(n)) the day on which it ends, at the earliest; NULL for a breach, which has no time allowed, and after the last day that the calendars know'],
			  ['done_on', 'The day on which it was done, towards each holder where it is owed to each; NULL: not yet'],
			  ['days_late', 'Calendar days after due_on, up to done_on or covenant.as_of; 0 in time'],
			  ['state', 'pending: time remains; met: done in time; late: done out of time; overdue: out of time and not done; waived: by all who had a balance while it ran'],
			  ['owed_by', 'Who owes it: company or buyers'],
			  ['holder', 'The holder whom it concerns; NULL: every holder'],
			  ['ref', 'What an event is tied to this duty by'],
			  ['unserved', 'The holders towards whom it is not done yet, where it is done for each by itself; NULL: nobody']]);
	SELECT covenant_internal.make_history_view(ledger, 'breach',
		'covenant_internal.breach_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'Promises of the company broken, as of covenant.as_of, one row a clock; where the agreement names no remedy for lateness (best efforts, the buyers'' duties) the duty view alone tells it',
		ARRAY[['deal', 'The deal'],
			  ['section', 'Section of the agreement that answers for it'],
			  ['duty', 'What was to be done'],
			  ['from_day', 'First day of the breach: the day after the due date'],
			  ['to_day', 'The day from which it is no longer counted: the day of cure, or by the reading cure_day the day after; NULL: open'],
			  ['elector', 'Who elects cash or shares: company or holder; NULL: no choice'],
			  ['cause', 'What started the clock, when it was due and when it was done; of a breach its note'],
			  ['holder', 'The holder whom it concerns; NULL: every holder'],
			  ['ref', 'What an event is tied to this breach by'],
			  ['unserved', 'The holders towards whom it is not cured yet, where it is cured for each by itself; NULL: nobody'],
			  ['promise', 'Section of the promise that was broken: 4(i) of a breach for which 4(o) answers']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_duty_views(regclass) IS
'Makes <deals>_duty and <deals>_breach';
