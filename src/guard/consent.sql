
-- Consent to a reduction of the reserve (Section 4(h), second sentence) --------

CREATE FUNCTION covenant_internal.consents_lacking(ledger regclass, deal text, shares numeric)
RETURNS SETOF text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass(covenant_internal.fill_in(ledger, '{event}')) IS NULL THEN
		RETURN;					-- nothing adopted: consents cannot be recorded
	END IF;
	-- A consent is good for one reduction, the first act after it that lowers
	-- the reserve.  This transaction's own entries are not an earlier one.
	RETURN QUERY EXECUTE covenant_internal.fill_in(ledger, format($q$
		SELECT h.holder
		FROM covenant_internal.holding_of($1, %1$L) h
		WHERE h.next_day IS NULL AND (h.principal > 0 OR h.warrant_shares > 0)
			AND NOT EXISTS (SELECT FROM {event} c
				WHERE c.deal = %1$L AND c.kind = 'consent' AND c.holder = h.holder
					AND (c.amount IS NULL OR c.amount >= %2$s)
					AND c.occurred_on <= covenant.as_of()
					AND NOT EXISTS (SELECT FROM {event} r
						WHERE r.deal = %1$L AND r.kind = 'retraction' AND r.ref = c.event_id::text)
					AND NOT EXISTS (SELECT FROM {journal} used
						WHERE used.deal = %1$L AND used.kind = 'act' AND used.reserved < 0
							AND used.recorded_at > c.recorded_at
							AND used.transaction <> pg_current_xact_id()::text::bigint))
		ORDER BY h.holder
	$q$, deal, shares)) USING ledger;
END
$$;
COMMENT ON FUNCTION covenant_internal.consents_lacking(regclass, text, numeric) IS
'The holders with a balance whose consent to a reduction of the deal''s reserve by so many shares is not on record: unretracted, of at least that amount where it gives one, and not used by an earlier reduction. ledger: the books that covenant.watch_deals returned. No rows before covenant.adopt';
