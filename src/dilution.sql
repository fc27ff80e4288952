-- Dilution, resets and splits ---------------------------------------------

CREATE FUNCTION covenant.dilution(principal numeric, price covenant.share_price, outstanding covenant.shares,
	declines numeric[] = '{0,25,50,75}')
RETURNS TABLE (decline numeric, price_then covenant.share_price, issued covenant.shares, pct_before numeric, pct_after numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF outstanding::bigint <= 0 THEN
		RAISE EXCEPTION 'outstanding must be positive' USING
			ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', outstanding);
	END IF;
	FOREACH decline IN ARRAY declines LOOP
		IF decline IS NULL OR decline < 0 OR decline >= 100 THEN
			RAISE EXCEPTION 'a decline must be at least 0 and below 100 per cent' USING
				ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', coalesce(decline::text, 'NULL'));
		END IF;
		price_then := price OPERATOR(covenant.*) ((100 - decline) * 0.01);
		issued := covenant.shares_issuable(principal, price_then);
		-- One rounding, half up: 2 x 100 x 10^4 x issued against 2 x the base.
		pct_before := div(issued::numeric * 2000000 + outstanding::numeric, 2 * outstanding::numeric) * 0.0001;
		pct_after := div(issued::numeric * 2000000 + outstanding::numeric + issued::numeric,
			2 * (outstanding::numeric + issued::numeric)) * 0.0001;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.dilution(numeric, covenant.share_price, covenant.shares, numeric[]) IS
'The table of a prospectus: what converting the principal (in dollars) issues when the price has declined by so many per cent (0 to below 100): the price then, the whole shares issued (rounded down), and these in per cent, rounded half up to 4 decimals, of the shares outstanding before and after the issue. Outstanding not positive or a decline out of range: 22023; price zero: 22012';

CREATE FUNCTION covenant.full_ratchet(fixed covenant.share_price, new_issue covenant.share_price) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_smaller';
COMMENT ON FUNCTION covenant.full_ratchet(covenant.share_price, covenant.share_price) IS
'The fixed price after shares were issued at new_issue: the lower of the two';

CREATE FUNCTION covenant.weighted_average(fixed covenant.share_price, outstanding covenant.shares, new_issue covenant.share_price, issued covenant.shares)
RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_weighted_average';
COMMENT ON FUNCTION covenant.weighted_average(covenant.share_price, covenant.shares, covenant.share_price, covenant.shares) IS
'The fixed price after shares were issued at new_issue below it: (fixed x outstanding + new_issue x issued) / (outstanding + issued), exactly; the fixed price itself where new_issue is not below it. Broad based or narrow by what is passed as outstanding before the issue. Negative shares: 22023; no share_price: 22003';
CREATE FUNCTION covenant.weighted_average(fixed covenant.share_price, outstanding covenant.shares, new_issue covenant.share_price, issued covenant.shares, decimals integer, rounding text)
RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_weighted_average_rounded';
COMMENT ON FUNCTION covenant.weighted_average(covenant.share_price, covenant.shares, covenant.share_price, covenant.shares, integer, text) IS
'The same, rounded once to so many decimals (0 to 18) by the rounding down, up, half_up or half_even; others: 22023';

CREATE FUNCTION covenant.split_price(price covenant.share_price, new integer, old integer) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_split_price';
COMMENT ON FUNCTION covenant.split_price(covenant.share_price, integer, integer) IS
'A price before a split, in shares after it: price x old / new, exactly. new = 3, old = 2 is a 3-for-2 split; new = 1, old = 50 a 1-for-50 reverse split. Not positive: 22023; no share_price: 22003';
CREATE FUNCTION covenant.split_shares(shares covenant.shares, new integer, old integer, rounding text) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_split_shares';
COMMENT ON FUNCTION covenant.split_shares(covenant.shares, integer, integer, text) IS
'Shares after a split: shares x new / old in whole shares, by the rounding down, up, half_up or half_even. Negative shares, new or old not positive, unknown rounding: 22023; above the range of shares: 22003';
CREATE FUNCTION covenant.split_terms(terms covenant.conversion_terms, new integer, old integer) RETURNS covenant.conversion_terms
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_split_terms';
COMMENT ON FUNCTION covenant.split_terms(covenant.conversion_terms, integer, integer) IS
'Terms after a split: their fixed prices x old / new, exactly; percentages, days and roundings stay. Prices in the look-back from before the split need covenant.split_price. Not positive: 22023; no share_price: 22003';
