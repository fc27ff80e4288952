
-- What falls due, and what ties to nothing -------------------------------------

CREATE FUNCTION covenant_internal.upcoming_of(ledger regclass, deal text, with_capital boolean,
	OUT due_on date, OUT section text, OUT duty text, OUT owed_by text, OUT holder text, OUT ref text,
	OUT started boolean, OUT started_on date) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 20 COST 2000
AS 'MODULE_PATHNAME', 'covenant_upcoming_of';
COMMENT ON FUNCTION covenant_internal.upcoming_of(regclass, text, boolean) IS
'What falls due for a deal within 366 days of covenant.as_of; the view <deals>_upcoming asks it';

CREATE FUNCTION covenant_internal.unmatched_of(ledger regclass, deal text, with_capital boolean,
	OUT event_id bigint, OUT kind text, OUT occurred_on date, OUT section text, OUT holder text, OUT subject text,
	OUT ref text, OUT amount numeric, OUT note text, OUT why text) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 5 COST 3000
AS 'MODULE_PATHNAME', 'covenant_unmatched_of';
COMMENT ON FUNCTION covenant_internal.unmatched_of(regclass, text, boolean) IS
'The facts of a deal that tie to nothing; the view <deals>_unmatched asks it';

CREATE FUNCTION covenant_internal.make_upcoming_views(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'upcoming',
		'covenant_internal.upcoming_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'What falls due within 366 days of covenant.as_of: clocks that run, the lists of the month ends to come while there is something to list, and the ends of the options that notices of offerings give (Section 4(e))',
		ARRAY[['deal', 'The deal'],
			  ['due_on', 'The last day in time; of a restriction the day on which it ends, at the earliest'],
			  ['section', 'Section of the agreement'],
			  ['duty', 'What is to be done'],
			  ['owed_by', 'Who owes it: company or buyers'],
			  ['holder', 'The holder whom it concerns; NULL: every holder'],
			  ['ref', 'What an event is, or will be, tied to it by'],
			  ['started', 'Whether its clock runs already'],
			  ['started_on', 'The day from which the clock runs, or will']]);
	SELECT covenant_internal.make_history_view(ledger, 'unmatched',
		'covenant_internal.unmatched_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'Facts that tie to nothing: stops that end, payments that pay, waivers that waive and elections that choose nothing, options that are exercised when they are over',
		ARRAY[['deal', 'The deal'],
			  ['event_id', 'Number of the event'],
			  ['kind', 'Kind of fact'],
			  ['occurred_on', 'The day on which it happened'],
			  ['section', 'Section that it names'],
			  ['holder', 'Holder that it names'],
			  ['subject', 'What a filing or document is'],
			  ['ref', 'What it is tied to'],
			  ['amount', 'Amount in the currency of the notes'],
			  ['note', 'Free text'],
			  ['why', 'What it does not do']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_upcoming_views(regclass) IS
'Makes <deals>_upcoming and <deals>_unmatched';
