
-- Consent to a reduction of the reserve (Section 4(h), second sentence) --------

CREATE FUNCTION covenant_internal.events_of(ledger regclass) RETURNS regclass
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_events_of';
COMMENT ON FUNCTION covenant_internal.events_of(regclass) IS
'The table of events beside a ledger, which belongs to the ledger''s owner and has the trigger that covenant.adopt gave it; NULL where nothing is adopted; 55000 where an agreement is and the table is not where it belongs';

CREATE FUNCTION covenant_internal.names_ledger(events regclass, ledger regclass) RETURNS boolean
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_names_ledger';
COMMENT ON FUNCTION covenant_internal.names_ledger(regclass, regclass) IS
'Do the arguments of the trigger on a table of events name this ledger?';

CREATE FUNCTION covenant_internal.consents_lacking(ledger regclass, deal text, shares numeric)
RETURNS SETOF text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	events CONSTANT regclass := covenant_internal.events_of(ledger);
BEGIN
	IF events IS NULL THEN
		RETURN;					-- nothing adopted: consents cannot be recorded
	END IF;
	-- A consent is good for one reduction, the first act after it that lowers
	-- the reserve.  This transaction's own entries are not an earlier one.
	RETURN QUERY EXECUTE format($q$
		SELECT h.holder
		FROM covenant_internal.holding_of($1, $2) h
		WHERE h.next_day IS NULL AND (h.principal > 0 OR h.warrant_shares > 0)
			AND NOT EXISTS (SELECT FROM %1$s c
				WHERE c.deal = $2::%3$s AND c.kind = 'consent' AND c.holder = h.holder
					AND (c.amount IS NULL OR c.amount >= $3)
					AND c.occurred_on <= covenant.as_of()
					AND NOT EXISTS (SELECT FROM %1$s r
						WHERE r.deal = $2::%3$s AND r.kind = 'retraction' AND r.ref = c.event_id::text)
					AND NOT EXISTS (SELECT FROM %2$s used
						WHERE used.deal = $2::%3$s AND used.kind = 'act' AND used.reserved < 0
							AND used.recorded_at > c.recorded_at
							AND used.transaction <> pg_current_xact_id()::text::bigint))
		ORDER BY h.holder
	$q$, events, covenant_internal.require_vouched(ledger, 'journal'), covenant_internal.key_type(ledger))
	USING ledger, deal, shares;
END
$$;
COMMENT ON FUNCTION covenant_internal.consents_lacking(regclass, text, numeric) IS
'The holders with a balance whose consent to a reduction of the deal''s reserve by so many shares is not on record: unretracted, of at least that amount where it gives one, and not used by an earlier reduction. ledger: the books that covenant.watch_deals returned. No rows before covenant.adopt; 55000 where the events are not where they belong';
