-- Dilution, resets and splits ---------------------------------------------

CREATE TYPE covenant_internal.dilution_line AS (
	decline numeric, price covenant.share_price, shares covenant.shares, pct_before numeric, pct_after numeric
);
COMMENT ON TYPE covenant_internal.dilution_line IS 'A line of the table that covenant.dilution makes';
COMMENT ON COLUMN covenant_internal.dilution_line.decline IS 'By how many per cent the price has declined';
COMMENT ON COLUMN covenant_internal.dilution_line.price IS 'The price then, dollars a share';
COMMENT ON COLUMN covenant_internal.dilution_line.shares IS 'Whole shares issued at that price, rounded down';
COMMENT ON COLUMN covenant_internal.dilution_line.pct_before IS 'These in per cent of the shares outstanding before the issue, half up to 4 decimals';
COMMENT ON COLUMN covenant_internal.dilution_line.pct_after IS 'These in per cent of the shares outstanding after the issue, half up to 4 decimals';

CREATE FUNCTION covenant.dilution(principal numeric, price covenant.share_price, outstanding covenant.shares,
	declines numeric[] = '{0,25,50,75}')
RETURNS SETOF covenant_internal.dilution_line
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	line covenant_internal.dilution_line;
	before numeric := outstanding::numeric;
	issued numeric;
BEGIN
	IF before <= 0 THEN
		RAISE EXCEPTION 'outstanding must be positive' USING
			ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', outstanding);
	END IF;
	FOREACH line.decline IN ARRAY declines LOOP
		IF line.decline IS NULL OR line.decline < 0 OR line.decline >= 100 THEN
			RAISE EXCEPTION 'a decline must be at least 0 and below 100 per cent' USING
				ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', coalesce(line.decline::text, 'NULL'));
		END IF;
		line.price := price OPERATOR(pg_catalog.*) ((100 - line.decline) * 0.01);
		line.shares := covenant.shares_issuable(principal, line.price);
		issued := line.shares::numeric;
		-- Rounded once, half up: floor((2 x 100 x 10^4 x issued + base) / (2 x base)).
		line.pct_before := div(issued * 2000000 + before, 2 * before) * 0.0001;
		line.pct_after := div(issued * 2000000 + before + issued, 2 * (before + issued)) * 0.0001;
		RETURN NEXT line;
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
