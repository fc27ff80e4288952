
-- Month end: the list of Section 4(h) -------------------------------------------

CREATE FUNCTION covenant_internal.list_of(ledger regclass, deal text, with_capital boolean, month_end date,
	OUT month_end date, OUT holder text, OUT reserved_for_holder bigint, OUT conversion_shares bigint, OUT warrant_shares bigint,
	OUT interest_shares bigint, OUT total bigint, OUT due_on date, OUT delivered_on date, OUT days_late int) RETURNS SETOF record
LANGUAGE c STABLE PARALLEL SAFE ROWS 100 COST 2000
AS 'MODULE_PATHNAME', 'covenant_list_of';
COMMENT ON FUNCTION covenant_internal.list_of(regclass, text, boolean, date) IS
'The monthly lists of a deal, as of covenant.as_of, as known at covenant.known_at; with a month end (the argument) its list alone, for which nothing that is later is read; the view <deals>_monthly_list asks it';

CREATE FUNCTION covenant_internal.make_list_view(ledger regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.make_history_view(ledger, 'monthly_list',
		'covenant_internal.list_of(%L::regclass, l.deal::text, l.authorized IS NOT NULL, NULL)',
		'What Section 4(h) has the company list at every month end, for each holder, with the day by which the list is due and the day of its delivery',
		ARRAY[['deal', 'The deal'],
			  ['month_end', 'The month end that the list is about; the balances are those at its end'],
			  ['holder', 'The holder; empty where the tables have no holder column'],
			  ['reserved_for_holder', 'Shares authorized and reserved, parted in proportion to the holders'' issuable shares, largest remainder: the parts sum to the whole'],
			  ['conversion_shares', 'Shares issuable on conversion of the holder''s notes'],
			  ['warrant_shares', 'Shares issuable on exercise of the holder''s warrants'],
			  ['interest_shares', 'Shares that would pay one year''s interest on the holder''s notes: the next or the past one, by the reading list_interest'],
			  ['total', 'conversion_shares + warrant_shares + interest_shares: item (2) of the list'],
			  ['due_on', 'The last day in time: five business days after the month end'],
			  ['delivered_on', 'The day of delivery; NULL: not yet'],
			  ['days_late', 'Calendar days after due_on, up to delivered_on or covenant.as_of; 0 in time']]);
$$;
COMMENT ON FUNCTION covenant_internal.make_list_view(regclass) IS
'Makes <deals>_monthly_list';

CREATE PROCEDURE covenant.close_month(deals regclass, month_end date)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger CONSTANT regclass := covenant_internal.adopted_books(deals);
BEGIN
	PERFORM covenant_internal.require_day(month_end, 'the month end');
	IF month_end IS NULL OR extract(day FROM month_end + 1) <> 1 THEN
		RAISE EXCEPTION '% is no month end', coalesce(month_end::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'A list is about the last day of a month.';
	ELSIF month_end > covenant.as_of() THEN
		RAISE EXCEPTION 'the month that ends on % has not ended', month_end
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('covenant.as_of is %s.', covenant.as_of());
	END IF;
	EXECUTE covenant_internal.fill_in(ledger, $q$
		INSERT INTO {list} (deal, month_end, holder, reserved_for_holder, conversion_shares,
			warrant_shares, interest_shares, total)
		SELECT m.deal, m.month_end, m.holder, m.reserved_for_holder, m.conversion_shares,
			m.warrant_shares, m.interest_shares, m.total
		FROM (SELECT l.deal, f.* FROM {ledger} l
			CROSS JOIN LATERAL covenant_internal.list_of({ledger_literal}, l.deal::text, l.authorized IS NOT NULL, $1) f) m
		ON CONFLICT DO NOTHING
	$q$, jsonb_build_object('ledger_literal', format('%L::regclass', ledger))) USING month_end;
END
$$;
COMMENT ON PROCEDURE covenant.close_month(regclass, date) IS
'Stores the lists of a month end (Section 4(h)) as the content that is delivered; takes the month end, so that a late run gives the same numbers; a second run adds only deals that have none yet. 22023: no month end, or one that covenant.as_of has not reached; 22008: one that no calendar knows';

CREATE FUNCTION covenant_internal.audit_lists(ledger regclass, OUT deal text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp SET covenant.as_of = '' SET covenant.known_at = ''
AS $$
BEGIN
	IF covenant_internal.events_of(ledger) IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE covenant_internal.fill_in(ledger, $q$
		WITH stored AS (
			SELECT s.deal::text AS deal, s.month_end, s.holder, s.reserved_for_holder, s.conversion_shares, s.warrant_shares, s.interest_shares FROM {list} s),
		anew AS (
			SELECT l.deal::text AS deal, n.month_end, n.holder, n.reserved_for_holder, n.conversion_shares, n.warrant_shares, n.interest_shares
			FROM {ledger} l CROSS JOIN LATERAL covenant_internal.list_of({ledger_literal}, l.deal::text, l.authorized IS NOT NULL, NULL) n
			WHERE l.deal IN (SELECT s.deal FROM {list} s)
			AND EXISTS (SELECT FROM {list} s WHERE s.deal = l.deal AND s.month_end = n.month_end))
		SELECT deal, format('%s in the list of %s for "%s"', f.what, to_char(month_end, 'YYYY-MM-DD'), holder), f.books::numeric, f.tables::numeric
		FROM anew a FULL JOIN stored s USING (deal, month_end, holder)
		CROSS JOIN LATERAL (VALUES
			('reserved_for_holder', coalesce(a.reserved_for_holder, 0), coalesce(s.reserved_for_holder, 0)),
			('conversion_shares', coalesce(a.conversion_shares, 0), coalesce(s.conversion_shares, 0)),
			('warrant_shares', coalesce(a.warrant_shares, 0), coalesce(s.warrant_shares, 0)),
			('interest_shares', coalesce(a.interest_shares, 0), coalesce(s.interest_shares, 0))) f(what, books, tables)
	$q$, jsonb_build_object('ledger_literal', format('%L::regclass', ledger)));
END
$$;
COMMENT ON FUNCTION covenant_internal.audit_lists(regclass) IS
'The figures of the monthly lists as they are now (books) against those that close_month stored (tables), one row a month end, holder and figure, by all that is on record; 0 for a holder who is not in one of them';
