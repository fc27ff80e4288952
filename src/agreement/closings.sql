
-- Closings (Sections 1(a) to 1(c), 3(c), 4(l), 6 and 7) ---------------------------

CREATE FUNCTION covenant_internal.closing_of(ledger regclass, deal text, with_capital boolean,
	OUT closing text, OUT holder text, OUT opened_on date, OUT due_on date, OUT ready boolean, OUT open_conditions text, OUT closed_on date) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 12 COST 2000
AS 'MODULE_PATHNAME', 'covenant_closing_of';
COMMENT ON FUNCTION covenant_internal.closing_of(regclass, text, boolean) IS
'The closing and the tranches of a deal, Buyer by Buyer, as of covenant.as_of, as known at covenant.known_at; the view <deals>_closing asks it';

CREATE FUNCTION covenant_internal.issued_at(ledger regclass, deal text, with_capital boolean, closing text,
	OUT holder text, OUT source text, OUT instrument text, OUT is_note boolean, OUT principal numeric, OUT warrants bigint, OUT rate numeric) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 10 COST 2000
AS 'MODULE_PATHNAME', 'covenant_issued_at';
COMMENT ON FUNCTION covenant_internal.issued_at(regclass, text, boolean, text) IS
'The notes and warrants of a deal whose first day is that of a closing, as they were on it; 22023: no such closing';

CREATE FUNCTION covenant_internal.make_closing_views(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'condition',
		'covenant_internal.condition_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'The checklist of the closings: one row for each condition and Buyer, from signing on, as of covenant.as_of (Sections 4(l), 6 and 7). A Buyer is who has signed or ever held a note or a warrant',
		ARRAY[['deal', 'The deal'],
			  ['closing', 'closing, filing tranche or effectiveness tranche'],
			  ['section', 'Section of the condition'],
			  ['holder', 'The Buyer towards whom it is one; empty where the notes have no holder column'],
			  ['benefit', 'For whose sole benefit it is, and who alone may waive it: company or buyer'],
			  ['condition', 'What must be so'],
			  ['state', 'open: nothing is on record of it; satisfied or failed: what the latest fact says; waived, which stands whatever comes later'],
			  ['since', 'The day of the fact from which it has been so; NULL where it is open']]);
	SELECT covenant_internal.make_history_view(ledger, 'closing',
		'covenant_internal.closing_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL)',
		'The closing and the two tranches of Section 4(l), one row a Buyer, as of covenant.as_of: their obligations are several, and one may close while another waits',
		ARRAY[['deal', 'The deal'],
			  ['closing', 'closing, filing tranche or effectiveness tranche'],
			  ['holder', 'The Buyer; empty where the notes have no holder column'],
			  ['opened_on', 'From when it may close: the signing; the filing of the Registration Statement; its effectiveness; NULL: not yet'],
			  ['due_on', 'The last day of a tranche (Section 4(l)); NULL: not open yet, or the closing, which has no day but the one agreed'],
			  ['ready', 'Whether every condition is satisfied or waived, both sides''s'],
			  ['open_conditions', 'The sections of the conditions that are open or failed; NULL: none'],
			  ['closed_on', 'The day on which it closed (closing; tranche_closed); NULL: not yet']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_closing_views(regclass) IS
'Makes <deals>_condition and <deals>_closing';

CREATE FUNCTION covenant_internal.issued_terms(ledger regclass, deal text, closing text, OUT what text, OUT said text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE covenant_internal.fill_in(ledger, format($q$
		SELECT u.what || i.source || ' ' || i.instrument, u.said
		FROM covenant_internal.issued_at(%L::regclass, $1, false, $2) i
		LEFT JOIN LATERAL (SELECT p.terms FROM {position} p WHERE p.deal = $1::%s AND p.source = i.source AND p.instrument = i.instrument
			AND p.recorded_at <= covenant.known_at() ORDER BY p.effective_on, p.seq, p.line LIMIT 1) t ON true
		CROSS JOIN LATERAL (VALUES ('rate of ', trim_scale(i.rate)::text), ('terms of ', t.terms)) u(what, said)
		WHERE i.is_note $q$, ledger, covenant_internal.key_type(ledger))) USING deal, closing;
END
$$;
COMMENT ON FUNCTION covenant_internal.issued_terms(regclass, text, text) IS
'The rate and the conversion terms with which each note of a closing was issued; terms NULL where quotes do not reprice it';

CREATE FUNCTION covenant_internal.signed_for(ledger regclass, deal text, OUT holder text, OUT principal numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE covenant_internal.fill_in(ledger, format($q$
		SELECT e.holder, sum(e.amount) FROM {event} e
		WHERE e.deal = $1::%s AND e.kind = 'signing' AND e.holder IS NOT NULL AND e.amount IS NOT NULL
			AND e.occurred_on <= covenant.as_of() AND e.recorded_at <= covenant.known_at()
			AND NOT EXISTS (SELECT FROM {event} r WHERE r.deal = e.deal AND r.kind = 'retraction' AND r.ref = e.event_id::text
				AND r.recorded_at <= covenant.known_at())
		GROUP BY e.holder $q$, covenant_internal.key_type(ledger))) USING deal;
END
$$;
COMMENT ON FUNCTION covenant_internal.signed_for(regclass, text) IS
'The principal under the name of each Buyer on the signature pages: the amounts of its signings, as of covenant.as_of';

CREATE FUNCTION covenant.check_closing(deals regclass, deal text, closing text, principal numeric, warrants bigint,
	OUT what text, OUT wanted text, OUT found text) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	ledger CONSTANT regclass := covenant_internal.adopted_books(deals);
BEGIN
	IF deal IS NULL OR closing IS NULL THEN
		RAISE EXCEPTION 'a deal and a closing must be named'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	RETURN QUERY
	WITH bought AS (
		SELECT i.holder, sum(i.principal) AS principal, sum(i.warrants) AS warrants
		FROM covenant_internal.issued_at(ledger, check_closing.deal, false, check_closing.closing) i GROUP BY i.holder
	), first_notes AS (
		SELECT split_part(t.what, ' ', 1) AS term, t.said
		FROM covenant_internal.issued_terms(ledger, check_closing.deal, 'closing') t WHERE check_closing.closing <> 'closing'
	), of_all AS (
		SELECT coalesce(sum(b.principal), 0) AS principal, coalesce(sum(b.warrants), 0) AS warrants FROM bought b
	)
	SELECT 'principal', trim_scale(check_closing.principal)::text, trim_scale(a.principal)::text FROM of_all a WHERE a.principal <> check_closing.principal
	UNION ALL
	SELECT 'warrants', check_closing.warrants::text, a.warrants::text FROM of_all a WHERE a.warrants <> check_closing.warrants
	UNION ALL
	(SELECT 'principal of ' || holder, trim_scale(s.principal)::text, trim_scale(coalesce(b.principal, 0))::text
	FROM covenant_internal.signed_for(ledger, check_closing.deal) s LEFT JOIN bought b USING (holder)
	WHERE check_closing.closing = 'closing' AND s.principal <> coalesce(b.principal, 0) ORDER BY holder)
	UNION ALL
	(SELECT 'warrants of ' || b.holder, round(a.warrants * b.principal / a.principal)::text, b.warrants::text
	FROM bought b, of_all a
	WHERE a.principal > 0 AND abs(b.warrants * a.principal - a.warrants * b.principal) >= a.principal ORDER BY b.holder)
	UNION ALL
	(SELECT t.what, (SELECT string_agg(DISTINCT coalesce(f.said, 'none'), ', ') FROM first_notes f WHERE f.term = split_part(t.what, ' ', 1)),
		coalesce(t.said, 'none')
	FROM covenant_internal.issued_terms(ledger, check_closing.deal, check_closing.closing) t
	WHERE EXISTS (SELECT FROM first_notes)
		AND NOT EXISTS (SELECT FROM first_notes f WHERE f.term = split_part(t.what, ' ', 1) AND f.said IS NOT DISTINCT FROM t.said)
	ORDER BY t.what);
END
$$;
COMMENT ON FUNCTION covenant.check_closing(regclass, text, text, numeric, bigint) IS
'What differs between the notes and warrants of a closing and the agreement (Sections 1(a), 1(b) and 4(l)), as of covenant.as_of: no row where nothing does. closing: closing, filing tranche or effectiveness tranche; compared are the notes and warrants whose first day is that on which it closed for their holder. principal and warrants: the aggregates of the agreement, NULL: not compared. Each Buyer''s principal must be what it signed for (the amounts of its signings), its warrants the same for each dollar as those of all, within one share of rounding; the notes of a tranche have the rate and the conversion terms of some note of the closing. Figures are text. 22004 no deal or closing named, 22023 no such closing, 55000 no agreement adopted';

CREATE FUNCTION covenant.bring_down(deals regclass, deal text, signed_on date, closed_on date,
	OUT figure text, OUT at_signing bigint, OUT at_closing bigint, OUT difference bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	ledger CONSTANT regclass := covenant_internal.adopted_books(deals);
BEGIN
	PERFORM covenant_internal.require_day(signed_on, 'signed_on');
	PERFORM covenant_internal.require_day(closed_on, 'closed_on');
	RETURN QUERY EXECUTE covenant_internal.fill_in(ledger, replace($q$
		WITH day AS (
			SELECT d.n, ARRAY[h.authorized, h.outstanding, h.reserved, h.authorized - h.outstanding - h.available] AS figures
			FROM (VALUES (1, $2), (2, $3)) d(n, day) JOIN {history} h ON h.deal = $1::{key_type} AND h.day <= d.day AND (h.next_day IS NULL OR h.next_day > d.day)
		)
		SELECT v.figure, s.figures[v.n], c.figures[v.n], c.figures[v.n] - s.figures[v.n]
		FROM (VALUES (1, 'authorized'), (2, 'outstanding'), (3, 'reserved for this deal'), (4, 'reserved elsewhere')) v(n, figure)
		LEFT JOIN day s ON s.n = 1 LEFT JOIN day c ON c.n = 2
		ORDER BY v.n $q$, '{key_type}', covenant_internal.key_type(ledger)::text)) USING deal, signed_on, closed_on;
END
$$;
COMMENT ON FUNCTION covenant.bring_down(regclass, text, date, date) IS
'Brings the figures of Section 3(c) down to the closing, as the certificate of Section 7(i) wants: authorized shares, outstanding shares, shares reserved for this deal, and elsewhere, at the end of both days, and closing less signing. NULL for a day before the books begin, or where the capital is not known. 22008 a day that no calendar knows, 55000 no agreement adopted';
