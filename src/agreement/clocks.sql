
-- The walk from the facts of a deal to its clocks ------------------------------

CREATE FUNCTION covenant_internal.clocks_of(
	ledger regclass, deal text, OUT ord integer, OUT ref text, OUT section text, OUT duty text, OUT owed_by text,
	OUT starts_on text, OUT ends_on text, OUT remedy text, OUT rate numeric, OUT elector text, OUT holder text,
	OUT amount numeric, OUT note text, OUT started_on date, OUT due_on date, OUT done_on date, OUT broken_from date,
	OUT waivers text[], OUT waived boolean, OUT unserved text[], OUT reading_id bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 60 COST 1000
AS 'MODULE_PATHNAME', 'covenant_clocks_of';
COMMENT ON FUNCTION covenant_internal.clocks_of(regclass, text) IS
'Every clock of a deal that a fact, a month end or a shortfall started, as of covenant.as_of and known at covenant.known_at, each by the clause in force on the day of its start and as read then; the view <deals>_clock asks it';

CREATE FUNCTION covenant_internal.claims_of(
	ledger regclass, deal text, OUT ord integer, OUT ref text, OUT section text, OUT duty text, OUT elector text,
	OUT rate numeric, OUT holder text, OUT from_day date, OUT to_day date, OUT reading_id bigint) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 100 COST 1000
AS 'MODULE_PATHNAME', 'covenant_claims_of';
COMMENT ON FUNCTION covenant_internal.claims_of(regclass, text) IS
'What each holder may claim of the breaches of a deal: the days of each, without those whom it does not concern, who have waived or who have been served';

CREATE FUNCTION covenant_internal.unmatched_of(ledger regclass, deal text, OUT event_id bigint, OUT kind text) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_unmatched_of';
COMMENT ON FUNCTION covenant_internal.unmatched_of(regclass, text) IS
'The stops and waivers of a deal that end or waive nothing';
