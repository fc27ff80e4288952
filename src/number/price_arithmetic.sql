
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

CREATE FUNCTION covenant.round(price covenant.share_price, decimals bigint) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_round';
COMMENT ON FUNCTION covenant.round(covenant.share_price, bigint) IS
'The price rounded half up to so many decimals, 0 to 18 (else 22023); not representable is 22003';
