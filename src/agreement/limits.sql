
-- The limits on raising capital (Section 4(e)) --------------------------------------

CREATE FUNCTION covenant_internal.broken_limit(ledger regclass, deal text, with_capital boolean, offering text, kind text,
	agreed_on date, closes_on date, price covenant.share_price, market_price covenant.share_price, exception text, limit_name text,
	OUT broken text, OUT message text, OUT detail text, OUT hint text) RETURNS SETOF record
LANGUAGE c STABLE ROWS 1 COST 3000
SET covenant.as_of = '' SET covenant.known_at = ''
AS 'MODULE_PATHNAME', 'covenant_broken_limit';
COMMENT ON FUNCTION covenant_internal.broken_limit(regclass, text, boolean, text, text, date, date, covenant.share_price, covenant.share_price, text, text) IS
'What is to be said of a financing that breaks a limit, lock_up or right_of_first_offer, by what had happened by the day on which it is agreed or closes, as all of that is on record now; no row where it does not. 22023 an unknown kind or exception, 23502 a price that is needed and not known, 22008 a day that no calendar knows';

CREATE FUNCTION covenant_internal.limit_is_recorded(ledger regclass, deal text, offering text, on_day date, message text) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	recorded boolean;
BEGIN
	EXECUTE format($q$
		SELECT EXISTS (SELECT FROM %1$s b
			WHERE b.deal = $1::%2$s AND b.kind = 'breach' AND b.section = '4(e)' AND b.subject = $2 AND b.occurred_on = $3
				AND (b.note = $4 OR starts_with(b.note, $4 || ': '))
				AND NOT EXISTS (SELECT FROM %1$s r WHERE r.deal = b.deal AND r.kind = 'retraction' AND r.ref = b.event_id::text))
		$q$, covenant_internal.adopted_table(ledger, 'event'), covenant_internal.key_type(ledger))
		INTO recorded USING deal, offering, on_day, message;
	RETURN recorded;
END
$$;
COMMENT ON FUNCTION covenant_internal.limit_is_recorded(regclass, text, text, date, text) IS
'Whether a breach of Section 4(e) is on record, of an offering, on a day, of which just that is said';

CREATE FUNCTION covenant_internal.record_limit(ledger regclass, deal text, offering text, on_day date, message text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp SET covenant.as_of = ''
AS $$
BEGIN
	-- Several writes of one row, or the same row once more, are one breach.
	IF NOT covenant_internal.limit_is_recorded(ledger, deal, offering, on_day, message) THEN
		EXECUTE format('INSERT INTO %s (deal, kind, occurred_on, section, subject, note) VALUES ($1::%s, $2, $3, $4, $5, $6)',
			covenant_internal.adopted_table(ledger, 'event'), covenant_internal.key_type(ledger))
			USING deal, 'breach'::text, on_day, '4(e)'::text, offering, concat_ws(': ', message, reason);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.record_limit(regclass, text, text, date, text, text) IS
'Records a breach of Section 4(e), of an offering, on a day, with what is said of it and why it was let through (NULL: the deals are watched so), unless just that is on record';
