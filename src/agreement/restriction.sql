
-- Restrictions on transfer (Section 2(f)) --------------------------------------------

CREATE FUNCTION covenant.transfer_bases(OUT basis text, OUT evidence text, OUT section text) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 6
AS 'MODULE_PATHNAME', 'covenant_transfer_bases';
COMMENT ON FUNCTION covenant.transfer_bases() IS
'On what securities may be transferred: basis, the kind of event that it rests on (NULL: none), and its section. registered needs a registration_effective by that day and no sales_suspended that lasts; of opinion, affiliate and regulation s the event is named, as evidence; a pledge is free, its foreclosure is a transfer again';

CREATE FUNCTION covenant_internal.restriction_of(ledger regclass, deal text, with_capital boolean, holder text, basis text, on_day date,
	evidence text, OUT message text, OUT reason text, OUT hint text) RETURNS SETOF record
LANGUAGE c STABLE ROWS 1 COST 3000
AS 'MODULE_PATHNAME', 'covenant_restriction_of';
COMMENT ON FUNCTION covenant_internal.restriction_of(regclass, text, boolean, text, text, date, text) IS
'What is to be said of a transfer that is not allowed, by what had happened by its day, as known at covenant.known_at: the refusal, the reason, the way out; no row where it is allowed. 22008 a day that no calendar knows';

CREATE FUNCTION covenant_internal.restriction_now(ledger regclass, deal text, holder text, basis text, on_day date, evidence text, rule text,
	OUT message text, OUT detail text, OUT hint text) RETURNS SETOF record
LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp SET covenant.known_at = ''
AS $$
	SELECT r.message, upper(left(r.reason, 1)) || substr(r.reason, 2) || '.', r.hint
	FROM covenant_internal.restriction_of(ledger, deal, false, holder, basis, on_day, evidence) AS r
	WHERE rule = 'transfer_restriction'
$$;
COMMENT ON FUNCTION covenant_internal.restriction_now(regclass, text, text, text, date, text, text) IS
'The same as all is on record now, by the only rule that there is, the reason as a sentence';

CREATE FUNCTION covenant.transfer_restriction(deals regclass, deal text, holder text, basis text, on_day date, evidence text = NULL) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass;
	reason text;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('deals', deals, 'deal', deal, 'holder', holder, 'on_day', on_day));
	ledger := covenant_internal.adopted_books(deals);
	PERFORM covenant_internal.require_deal(deals, (covenant_internal.books_of(deals)).key, deal);
	SELECT r.reason INTO reason FROM covenant_internal.restriction_of(ledger, deal, false, holder, basis, on_day, evidence) AS r;
	RETURN reason;
END
$$;
COMMENT ON FUNCTION covenant.transfer_restriction(regclass, text, text, text, date, text) IS
'Why a holder may not transfer securities of a deal on a day on a basis of covenant.transfer_bases(); NULL: it may (Section 2(f)). By what had happened by that day, as known at covenant.known_at. evidence is the event_id of an event of the kind that the basis needs, of that day or before, that names this holder or nobody. Errors: 22004 a null argument; 22023 no such deal; 22008 a day that no calendar knows; 55000 nothing adopted';
