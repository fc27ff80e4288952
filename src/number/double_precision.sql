
-- Casts from and to double precision, all of them written -------------------

CREATE FUNCTION covenant_internal.share_price(double precision) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_double_to_share_price';
COMMENT ON FUNCTION covenant_internal.share_price(double precision) IS
'The price that the shortest decimal stands for which reads back as the number; no price is 22003';

CREATE FUNCTION covenant_internal.float8(covenant.share_price) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_to_double';
COMMENT ON FUNCTION covenant_internal.float8(covenant.share_price) IS
'The nearest double precision number';

CREATE FUNCTION covenant_internal.shares(double precision) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_double_to_shares';
COMMENT ON FUNCTION covenant_internal.shares(double precision) IS
'The same number; a fraction, NaN or a number out of range is 22003';

CREATE FUNCTION covenant_internal.float8(covenant.shares) RETURNS double precision
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'i8tod';
COMMENT ON FUNCTION covenant_internal.float8(covenant.shares) IS
'The nearest double precision number';

CREATE CAST (double precision AS covenant.share_price)
WITH FUNCTION covenant_internal.share_price(double precision);
COMMENT ON CAST (double precision AS covenant.share_price) IS
'The price that the shortest decimal stands for which reads back as the number; no price is 22003';

CREATE CAST (covenant.share_price AS double precision)
WITH FUNCTION covenant_internal.float8(covenant.share_price);
COMMENT ON CAST (covenant.share_price AS double precision) IS 'The nearest double precision number';

CREATE CAST (double precision AS covenant.shares)
WITH FUNCTION covenant_internal.shares(double precision);
COMMENT ON CAST (double precision AS covenant.shares) IS
'The same number; a fraction, NaN or a number out of range is 22003';

CREATE CAST (covenant.shares AS double precision)
WITH FUNCTION covenant_internal.float8(covenant.shares);
COMMENT ON CAST (covenant.shares AS double precision) IS 'The nearest double precision number';
