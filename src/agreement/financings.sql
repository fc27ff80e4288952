
-- A table of financings that exists already ----------------------------------------

CREATE FUNCTION covenant_internal.offering() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_offering';
COMMENT ON FUNCTION covenant_internal.offering() IS
'Trigger function of a table of financings: refuses, at the end of the transaction, what breaks the limits of Section 4(e), or records it as a breach; its arguments are word=name, made by covenant.watch_offerings';

CREATE FUNCTION covenant_internal.check_offering_columns(offerings regclass, ledger regclass, deal name, texts name[], days name[], prices name[]) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_column(offerings, deal);
	PERFORM covenant_internal.check_deal_column(offerings, deal, ledger);
	PERFORM covenant_internal.check_column(offerings, c, '{text, varchar}') FROM unnest(texts) c WHERE c IS NOT NULL;
	PERFORM covenant_internal.check_column(offerings, c, '{date}') FROM unnest(days) c;
	PERFORM covenant_internal.check_column(offerings, c, '{numeric, covenant.share_price}') FROM unnest(prices) c WHERE c IS NOT NULL;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_offering_columns(regclass, regclass, name, name[], name[], name[]) IS
'Raises 42703 where a column of a table of financings does not exist and 42804 where it is of another type';

CREATE FUNCTION covenant.watch_offerings(offerings regclass, deals regclass, deal name, offering name, kind name, agreed_on name, closes_on name,
	price name = NULL, market_price name = NULL, exception name = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ledger regclass;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('offerings', offerings, 'deals', deals, 'deal', deal,
		'offering', offering, 'kind', kind, 'agreed_on', agreed_on, 'closes_on', closes_on));
	ledger := covenant_internal.adopted_books(deals);
	PERFORM covenant_internal.check_acts(offerings, deals, ledger, 'covenant_internal.offering'::regproc, 'offerings');
	PERFORM covenant_internal.require_spread_by(offerings, deal, deals);
	PERFORM covenant_internal.check_offering_columns(offerings, ledger, deal, ARRAY[offering, kind, exception], ARRAY[agreed_on, closes_on],
													 ARRAY[price, market_price]);
	PERFORM covenant_internal.watch_acts(offerings, deals, 'covenant_internal.offering'::regproc, 'offerings', ARRAY[['deal', deal],
		['offering', offering], ['kind', kind], ['agreed_on', agreed_on], ['closes_on', closes_on], ['price', price],
		['market_price', market_price], ['exception', exception], ['spread', covenant_internal.spread_by(offerings)]]);
END
$$;
COMMENT ON FUNCTION covenant.watch_offerings(regclass, regclass, name, name, name, name, name, name, name, name) IS
'Brings a table of financings under watch (Section 4(e)). Columns: deal points to the key of a watched deals table, offering names the financing (the subject of its events), kind is common stock, common stock and warrants, fixed convertible, variable convertible, warrants or straight debt, agreed_on and closes_on (NULL: not yet, and not judged yet) are days, price is net of the value of warrants that come with the stock, market_price that of the day of issuance, exception underwritten, strategic transaction, existing securities, shareholder-approved plan or this agreement (NULL: none). At COMMIT it refuses (23514), by constraint lock_up, what is agreed in the Lock-up Period and is common stock below market, convertible into an indeterminate number of shares, or has warrants, unless a majority-in-interest has consented by then (events consent, section 4(e), subject the offering), and by constraint right_of_first_offer every kind but straight debt that closes before <deals>_offering allows; where deals are watched to record or warn, or under covenant.override, it lets that through and records a breach of 4(e). A row without a deal is not judged. Errors: 42501, 42703, 42804, 42809, 42710, 55000 nothing adopted; of a row: 23502, 22023 another word, 22008 a day that no calendar knows';

CREATE FUNCTION covenant_internal.offering_tables(ledger regclass, OUT relation regclass, OUT deal name, OUT offering name, OUT kind name,
	OUT agreed_on name, OUT closes_on name, OUT price name, OUT market_price name, OUT exception name) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_offering_tables';
COMMENT ON FUNCTION covenant_internal.offering_tables(regclass) IS
'The tables of financings that are held to the limits of these books, with their columns, known from their triggers: ordinary or partitioned tables of members of the role that owns the books';

CREATE FUNCTION covenant_internal.what_breaks(ledger regclass, deal text, offering text, kind text, agreed_on date, closes_on date,
	price covenant.share_price, market_price covenant.share_price, exception text, limit_name text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	message text;
BEGIN
	SELECT b.message INTO message FROM covenant_internal.broken_limit(ledger, deal, false, offering, kind, agreed_on, closes_on,
		price, market_price, exception, limit_name) AS b;
	RETURN CASE WHEN NOT covenant_internal.act_is_recorded(ledger, deal, '4(e)', NULL, offering, agreed_on, message) THEN message END;
EXCEPTION
	WHEN null_value_not_allowed OR not_null_violation OR invalid_parameter_value OR datetime_field_overflow THEN
		RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION covenant_internal.what_breaks(regclass, text, text, text, date, date, covenant.share_price, covenant.share_price, text, text) IS
'What a financing breaks of which no breach is on record, or why that cannot be told; NULL: nothing';

CREATE FUNCTION covenant_internal.audit_offerings(ledger regclass, OUT deal text, OUT what text, OUT books numeric, OUT tables numeric) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	watched record;
	offering text;
	kind text;
	agreed_on date;
	closes_on date;
	price covenant.share_price;
	market_price covenant.share_price;
	exception_given text;
	limit_name text;
BEGIN
	books := 0;
	tables := 1;
	FOR watched IN SELECT * FROM covenant_internal.offering_tables(ledger) LOOP
		PERFORM covenant_internal.check_offering_columns(watched.relation, ledger, watched.deal, ARRAY[watched.offering, watched.kind, watched.exception],
			ARRAY[watched.agreed_on, watched.closes_on], ARRAY[watched.price, watched.market_price]);
		-- row by row: they may be on other nodes, which are asked from here
		FOR deal, offering, kind, agreed_on, closes_on, price, market_price, exception_given IN EXECUTE format(
				'SELECT %1$I::text, %2$I::text, %3$I::text, %4$I, %5$I, %7$s::covenant.share_price, %8$s::covenant.share_price, %9$s::text FROM %10$s %6$s WHERE %1$I IS NOT NULL',
				watched.deal, watched.offering, watched.kind, watched.agreed_on, watched.closes_on, watched.relation,
				coalesce(quote_ident(watched.price), 'NULL'), coalesce(quote_ident(watched.market_price), 'NULL'),
				coalesce(quote_ident(watched.exception), 'NULL'), covenant_internal.only_itself(watched.relation)) LOOP
			FOREACH limit_name IN ARRAY ARRAY['lock_up', 'right_of_first_offer'] LOOP
				what := covenant_internal.what_breaks(ledger, deal, offering, kind, agreed_on, closes_on, price, market_price, exception_given, limit_name);
				CONTINUE WHEN what IS NULL;
				RETURN NEXT;
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.audit_offerings(regclass) IS
'Financings in watched tables that break a limit of Section 4(e), as all is on record now, without a breach on record: 0 in the books, 1 in the tables';
