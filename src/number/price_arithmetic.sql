
-- Arithmetic of share prices ---------------------------------------------

CREATE FUNCTION covenant_internal.share_price_plus(covenant.share_price, covenant.share_price) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_plus';
COMMENT ON FUNCTION covenant_internal.share_price_plus(covenant.share_price, covenant.share_price) IS
'The exact sum of two prices; not representable is 22003';

CREATE OPERATOR pg_catalog.+ (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_plus, COMMUTATOR = OPERATOR(pg_catalog.+)
);
COMMENT ON OPERATOR pg_catalog.+ (covenant.share_price, covenant.share_price) IS
'The exact sum of two prices; not representable is 22003';

CREATE FUNCTION covenant_internal.share_price_minus(covenant.share_price, covenant.share_price) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_minus';
COMMENT ON FUNCTION covenant_internal.share_price_minus(covenant.share_price, covenant.share_price) IS
'The exact difference of two prices; negative or not representable is 22003';

CREATE OPERATOR pg_catalog.- (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_minus
);
COMMENT ON OPERATOR pg_catalog.- (covenant.share_price, covenant.share_price) IS
'The exact difference of two prices; negative or not representable is 22003';

CREATE FUNCTION covenant_internal.share_price_times(covenant.share_price, numeric) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_times';
COMMENT ON FUNCTION covenant_internal.share_price_times(covenant.share_price, numeric) IS
'The exact product, for a percentage of a price; negative or not representable is 22003';

CREATE OPERATOR pg_catalog.* (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_times
);
COMMENT ON OPERATOR pg_catalog.* (covenant.share_price, numeric) IS
'The exact product, for a percentage of a price; negative or not representable is 22003';

CREATE FUNCTION covenant_internal.share_price_over(covenant.share_price, numeric) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_over';
COMMENT ON FUNCTION covenant_internal.share_price_over(covenant.share_price, numeric) IS
'The exact quotient; by zero is 22012, negative or not representable is 22003';

CREATE OPERATOR pg_catalog./ (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_over
);
COMMENT ON OPERATOR pg_catalog./ (covenant.share_price, numeric) IS
'The exact quotient; by zero is 22012, negative or not representable is 22003';

CREATE FUNCTION covenant_internal.shares_value(covenant.shares, covenant.share_price) RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_value';
COMMENT ON FUNCTION covenant_internal.shares_value(covenant.shares, covenant.share_price) IS
'What shares are worth in dollars: the exact decimal where it ends, else rounded half up to 20 decimals';

CREATE OPERATOR pg_catalog.* (
	LEFTARG = covenant.shares, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.shares_value
);
COMMENT ON OPERATOR pg_catalog.* (covenant.shares, covenant.share_price) IS
'What shares are worth in dollars: the exact decimal where it ends, else rounded half up to 20 decimals';

-- The average of share prices, exact.

CREATE FUNCTION covenant_internal.share_price_accumulate(bigint[], covenant.share_price) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_accumulate';
COMMENT ON FUNCTION covenant_internal.share_price_accumulate(bigint[], covenant.share_price) IS
'Adds a price to a sum: {rows, numerator, denominator}, the last two in halves of 128 bits; more is 22003';

CREATE FUNCTION covenant_internal.share_price_combine(bigint[], bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_combine';
COMMENT ON FUNCTION covenant_internal.share_price_combine(bigint[], bigint[]) IS
'Adds two sums of share prices; more than 128 bits is 22003';

CREATE FUNCTION covenant_internal.share_price_avg(bigint[]) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_avg';
COMMENT ON FUNCTION covenant_internal.share_price_avg(bigint[]) IS
'The mean that a state holds; not representable is 22003';

CREATE AGGREGATE pg_catalog.avg(covenant.share_price) (
	SFUNC = covenant_internal.share_price_accumulate, STYPE = bigint[],
	FINALFUNC = covenant_internal.share_price_avg, COMBINEFUNC = covenant_internal.share_price_combine,
	INITCOND = '{0,0,0,0,1}', PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.avg(covenant.share_price) IS
'The exact mean price; not representable is 22003, NULL of no rows';
