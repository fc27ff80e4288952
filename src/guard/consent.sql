
-- Consent to a reduction of the reserve (Section 4(h), second sentence) --------

CREATE FUNCTION covenant_internal.events_of(ledger regclass) RETURNS regclass
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_events_of';
COMMENT ON FUNCTION covenant_internal.events_of(regclass) IS
'The table of events beside a ledger, which belongs to the ledger''s owner and has the trigger that covenant.adopt gave it; NULL where nothing is adopted; 55000 where an agreement is and the table is not where it belongs';

CREATE FUNCTION covenant_internal.ledger_of_events(events regclass) RETURNS regclass
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_ledger_of_events';
COMMENT ON FUNCTION covenant_internal.ledger_of_events(regclass) IS
'The ledger whose events a table holds, as the arguments of its trigger have it; NULL where there is none, or it belongs to another role';

CREATE FUNCTION covenant_internal.holders(ledger regclass, deal text) RETURNS SETOF text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.require_types(ledger);
	RETURN QUERY EXECUTE format($q$
		SELECT DISTINCT i.holder::text
		FROM (SELECT sum(p.principal) AS principal, sum(p.warrant_shares) AS warrant_shares,
				coalesce((array_agg(p.holder ORDER BY p.effective_on DESC, p.seq DESC, p.line DESC)
					FILTER (WHERE p.holder IS NOT NULL))[1], '') AS holder
			FROM %s p WHERE p.deal = $1::%s GROUP BY p.source, p.instrument) i
		WHERE i.principal > 0 OR i.warrant_shares > 0
		ORDER BY i.holder::text
		$q$, covenant_internal.require_vouched(ledger, 'position'), covenant_internal.key_type(ledger)) USING deal;
END
$$;
COMMENT ON FUNCTION covenant_internal.holders(regclass, text) IS
'Who holds notes or warrants of a deal now, as its positions have it; an empty name where the tables have no holder column';

CREATE FUNCTION covenant_internal.buyers(ledger regclass, deal text) RETURNS SETOF text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.require_types(ledger);
	RETURN QUERY EXECUTE format($q$
		SELECT e.holder FROM %1$s e
		WHERE e.deal = $1::%3$s AND e.kind = 'signing' AND e.holder IS NOT NULL
			AND NOT EXISTS (SELECT FROM %1$s r
				WHERE r.deal = e.deal AND r.kind = 'retraction' AND r.ref = e.event_id::text)
		UNION SELECT p.holder FROM %2$s p WHERE p.deal = $1::%3$s AND p.holder IS NOT NULL
		UNION SELECT '' FROM %2$s p WHERE p.deal = $1::%3$s
			GROUP BY p.source, p.instrument HAVING count(p.holder) = 0
		ORDER BY 1
		$q$, covenant_internal.adopted_table(ledger, 'event'), covenant_internal.require_vouched(ledger, 'position'),
		covenant_internal.key_type(ledger)) USING deal;
END
$$;
COMMENT ON FUNCTION covenant_internal.buyers(regclass, text) IS
'Who has signed the agreement of a deal or ever held notes or warrants of it; an empty name where the tables have no holder column';

CREATE FUNCTION covenant_internal.asks_all_buyers(ledger regclass, deal text, on_day date) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asks boolean;
BEGIN
	EXECUTE format($q$
		SELECT r.each_buyer = 'all_purchasers' FROM %s r
		WHERE (r.deal IS NULL OR r.deal = $1::%s) AND (r.from_day IS NULL OR r.from_day <= $2)
		ORDER BY r.deal IS NULL, r.from_day DESC NULLS LAST, r.recorded_at DESC, r.reading_id DESC LIMIT 1
		$q$, covenant_internal.adopted_table(ledger, 'reading'), covenant_internal.key_type(ledger)) INTO asks USING deal, on_day;
	RETURN asks;
END
$$;
COMMENT ON FUNCTION covenant_internal.asks_all_buyers(regclass, text, date) IS
'Whether each Buyer of Section 4(h), second sentence, is everyone who ever was one, by the readings of the deal on a day; else those who hold something now';

CREATE FUNCTION covenant_internal.consents_lacking(ledger regclass, deal text, shares numeric, on_day date = covenant.as_of())
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
	PERFORM covenant_internal.require_types(ledger);
	-- A consent is good for one reduction, the first one posted after it whose
	-- acts lower the reserve, over all their days.  This transaction's own
	-- entries are not an earlier one.
	RETURN QUERY EXECUTE format($q$
		WITH reduction AS (
			SELECT j.recorded_at FROM %2$s j
			WHERE j.deal = $2::%3$s AND j.kind = 'act' AND j.transaction <> pg_current_xact_id()::text::bigint
			GROUP BY j.transaction, j.recorded_at HAVING sum(j.reserved) < 0)
		SELECT h.holder
		FROM covenant_internal.%4$s($1, $2) AS h(holder)
		WHERE NOT EXISTS (SELECT FROM %1$s c
			WHERE c.deal = $2::%3$s AND c.kind = 'consent' AND coalesce(c.section, '4(h)') = '4(h)' AND c.holder = h.holder
				AND (c.amount IS NULL OR c.amount >= $3) AND c.occurred_on <= $4
				AND NOT EXISTS (SELECT FROM %1$s r
					WHERE r.deal = c.deal AND r.kind = 'retraction' AND r.ref = c.event_id::text)
				AND NOT EXISTS (SELECT FROM reduction used WHERE used.recorded_at > c.recorded_at))
	$q$, covenant_internal.adopted_table(ledger, 'event'), covenant_internal.require_vouched(ledger, 'journal'), covenant_internal.key_type(ledger),
		CASE WHEN covenant_internal.asks_all_buyers(ledger, deal, on_day) THEN 'buyers' ELSE 'holders' END)
	USING ledger, deal, shares, on_day;
END
$$;
COMMENT ON FUNCTION covenant_internal.consents_lacking(regclass, text, numeric, date) IS
'The holders with a balance now, or all who ever were buyers where the deal is so read, whose consent to a reduction of the deal''s reserve (Section 4(h)) by so many shares on a day is not on record: given by that day, unretracted, of at least that amount where it gives one, and not used by an earlier reduction. ledger: the books that covenant.watch_deals returned. No rows before covenant.adopt; 55000 where the events are not where they belong';
