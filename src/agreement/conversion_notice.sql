
-- Notices of conversion ----------------------------------------------------------

CREATE FUNCTION covenant_internal.notice_of(
	ledger regclass, deal text, with_capital boolean, company text, holder text, amount numeric, owned bigint,
	cap_percent numeric, counted text, exchange_cap bigint, OUT requested bigint, OUT limited_by text, OUT shares bigint,
	OUT converted numeric, OUT left_over numeric, OUT slack bigint, OUT available bigint) RETURNS SETOF record
LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 1 COST 1000
AS 'MODULE_PATHNAME', 'covenant_notice_of';
COMMENT ON FUNCTION covenant_internal.notice_of(regclass, text, boolean, text, text, numeric, bigint, numeric, text, bigint) IS
'What covenant.conversion_notice gives, for a deal of a ledger, with its own capital or that of its company';

CREATE FUNCTION covenant.conversion_notice(
	deals regclass, deal text, holder text, amount numeric, owned covenant.shares = '0',
	cap_percent numeric = NULL, counted text = NULL, exchange_cap covenant.shares = NULL,
	OUT requested bigint, OUT limited_by text, OUT shares bigint, OUT converted numeric, OUT left_over numeric,
	OUT slack bigint, OUT available bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record;
	company_of text;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('deals', deals, 'deal', deal, 'holder', holder, 'amount', amount, 'owned', owned::bigint));
	IF cap_percent IS NOT NULL AND counted IS NULL THEN
		RAISE EXCEPTION 'argument "counted" must not be null'
			USING ERRCODE = 'null_value_not_allowed',
				  DETAIL = 'A cap is taken of the shares outstanding before the issue, or after it: the notes of this form do not agree.',
				  HINT = 'Say "before" or "after".';
	ELSIF exchange_cap::bigint < 0 OR owned::bigint < 0 THEN
		RAISE EXCEPTION '% must not be negative', CASE WHEN exchange_cap::bigint < 0 THEN 'exchange_cap' ELSE 'owned' END
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('It is %s.', CASE WHEN exchange_cap::bigint < 0 THEN exchange_cap ELSE owned END);
	END IF;
	SELECT b.ledger, b.key INTO books FROM covenant_internal.books_of(deals) b;
	PERFORM covenant_internal.require_deal(deals, books.key, deal);
	IF covenant_internal.watch_word(deals, 'company') IS NOT NULL THEN
		EXECUTE format('SELECT d.%I::text FROM %s d WHERE d.%I = $1::%s', covenant_internal.watch_word(deals, 'company'), deals, books.key,
			covenant_internal.key_type(books.ledger)) INTO company_of USING deal;
	END IF;
	SELECT n.* INTO requested, limited_by, shares, converted, left_over, slack, available
	FROM covenant_internal.notice_of(books.ledger, deal, covenant_internal.watch_word(deals, 'authorized') IS NOT NULL, company_of,
		holder, amount, owned::bigint, cap_percent, counted, exchange_cap::bigint) n;
END
$$;
COMMENT ON FUNCTION covenant.conversion_notice(regclass, text, text, numeric, covenant.shares, numeric, text, covenant.shares) IS
'What a notice to convert an amount of a holder''s notes comes to, as of covenant.as_of, with what this transaction has pending; writes nothing. Notes are taken oldest first (first day on record, then key: numbers by value), each at its price and rounding. requested: the shares that the amount would give. limited_by: the limit that cut them, the tightest, of equals the first of ownership (covenant.ownership_cap of the outstanding shares by cap_percent, owned and counted, before or after), exchange (exchange_cap: shares that may still be issued under the limit of an exchange) and authorized (authorized less outstanding, other reserves and what other deals of the company have reserved); NULL: none; the multiple of the reserve limits nothing (Section 3(e)). shares: the most that remain, of those that some amount in whole cents gives. converted: the least amount that gives them, to the cent; left_over: amount less converted. slack and available: as in <deals>_status, once the notes have fallen by converted and the shares are issued, out of the reserve as far as it goes; available NULL where no capital is known. Errors: 22004 an argument, or counted with a cap; 22003 amount or percent; 22023 a negative number, no such deal, more than the holder''s principal, another word; 55000 a cap where no capital is known, or not watched';
