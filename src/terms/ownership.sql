
-- Caps on what a holder may own, and cashless exercise ----------------------

CREATE FUNCTION covenant.ownership_cap(outstanding covenant.shares, percent numeric, counted text, owned covenant.shares = '0')
RETURNS covenant.shares
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held CONSTANT numeric := owned::numeric;
	base CONSTANT numeric := outstanding::numeric;
BEGIN
	IF base < 0 OR held < 0 OR held > base THEN
		RAISE EXCEPTION 'owned shares must be part of the outstanding ones'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('%s are owned, %s outstanding.', owned, outstanding);
	ELSIF NOT (percent > 0 AND percent < 100) THEN
		RAISE EXCEPTION 'percent must be above 0 and below 100'
			USING ERRCODE = 'numeric_value_out_of_range',
				  DETAIL = format('It is %s.', percent);
	END IF;
	-- owned + x <= percent of outstanding, or of outstanding + x
	RETURN CASE counted
		WHEN 'before' THEN greatest(floor(percent * base / 100) - held, 0)
		WHEN 'after' THEN greatest(div(percent * base - 100 * held, 100 - percent), 0)
		ELSE covenant_internal.unknown_count(counted) END::bigint::covenant.shares;
END
$$;
COMMENT ON FUNCTION covenant.ownership_cap(covenant.shares, numeric, text, covenant.shares) IS
'The most shares that a holder who owns so many of those outstanding (with affiliates) may get without owning more than percent (4.99 is 4.99 %) of the shares outstanding before the issue, or after it: counted is before or after, for the notes of this form do not agree. Whole shares, rounded down, never below 0. Errors: 22003 percent, 22023 another word, or owned more than outstanding';

CREATE FUNCTION covenant_internal.unknown_count(counted text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'unknown way to count "%"', counted
		USING ERRCODE = 'invalid_parameter_value',
			  HINT = 'Known are "before" and "after": the shares outstanding before the issue, or after it.';
END
$$;
COMMENT ON FUNCTION covenant_internal.unknown_count(text) IS
'Raises 22023: a word that ownership_cap does not know';

CREATE FUNCTION covenant.cashless_exercise(shares covenant.shares, market covenant.share_price, exercise covenant.share_price)
RETURNS covenant.shares
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	surrendered CONSTANT numeric := shares::numeric;
	a CONSTANT numeric[] := string_to_array(covenant_internal.price_fraction(market), '/')::numeric[];
	b CONSTANT numeric[] := string_to_array(covenant_internal.price_fraction(exercise), '/')::numeric[];
BEGIN
	IF surrendered < 0 THEN
		RAISE EXCEPTION 'shares must not be negative'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('They are %s.', shares);
	END IF;
	-- Y x (A - B) / A with A = a1/a2, B = b1/b2: Y x (a1 b2 - b1 a2) / (a1 b2)
	RETURN CASE WHEN a[1] * b[2] <= b[1] * a[2] THEN 0
		ELSE div(surrendered * (a[1] * b[2] - b[1] * a[2]), a[1] * b[2]) END::bigint::covenant.shares;
END
$$;
COMMENT ON FUNCTION covenant.cashless_exercise(covenant.shares, covenant.share_price, covenant.share_price) IS
'Shares issued when warrants for so many shares are exercised without cash: shares x (market - exercise) / market, rounded down; 0 where the market price does not exceed the exercise price. Prices in dollars a share. 22023: negative shares';

CREATE FUNCTION covenant_internal.price_fraction(price covenant.share_price) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN strpos(price::text, '/') > 0 THEN price::text ELSE price::text || '/1' END
$$;
COMMENT ON FUNCTION covenant_internal.price_fraction(covenant.share_price) IS
'A price as numerator/denominator; the numerator is a decimal where the price is one';
