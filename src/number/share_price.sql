
-- share_price ------------------------------------------------------------

CREATE TYPE covenant.share_price;

CREATE FUNCTION covenant_internal.share_price_in(cstring) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_in';
COMMENT ON FUNCTION covenant_internal.share_price_in(cstring) IS
'Reads a decimal (0.1647, 5e-05) or a fraction (1001/120000); more than 18 decimals are taken for a rounded fraction; anything else is 22P02';

CREATE FUNCTION covenant_internal.share_price_out(covenant.share_price) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_out';
COMMENT ON FUNCTION covenant_internal.share_price_out(covenant.share_price) IS
'Writes the exact decimal where it ends and reads back as the same price, else the fraction';

CREATE FUNCTION covenant_internal.share_price_recv(internal) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_recv';
COMMENT ON FUNCTION covenant_internal.share_price_recv(internal) IS
'Reads numerator and denominator as two bigint; other than a fraction in lowest terms is 22P03';

CREATE FUNCTION covenant_internal.share_price_send(covenant.share_price) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_send';
COMMENT ON FUNCTION covenant_internal.share_price_send(covenant.share_price) IS
'Writes numerator and denominator as two bigint';

CREATE TYPE covenant.share_price (
	INPUT = covenant_internal.share_price_in,
	OUTPUT = covenant_internal.share_price_out,
	RECEIVE = covenant_internal.share_price_recv,
	SEND = covenant_internal.share_price_send,
	INTERNALLENGTH = 16,
	ALIGNMENT = double,
	CATEGORY = 'N'
);
COMMENT ON TYPE covenant.share_price IS
'An exact price per share in dollars, not negative: a fraction in lowest terms, numerator and denominator up to 9223372036854775807';

-- Casts: from numeric implicitly, from integers and to numeric by assignment.

CREATE FUNCTION covenant_internal.share_price(numeric) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_numeric_to_share_price';
COMMENT ON FUNCTION covenant_internal.share_price(numeric) IS
'The exact price of up to 18 decimals; more are taken for a rounded fraction, of which it is the simplest. Negative, NaN, infinite or not representable, a rounded fraction of more than 37 digits or off by more than 1e-9 of it is 22003';

CREATE FUNCTION covenant_internal.share_price(smallint) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_smallint_to_share_price';
COMMENT ON FUNCTION covenant_internal.share_price(smallint) IS
'A price of whole dollars; negative is 22003';

CREATE FUNCTION covenant_internal.share_price(integer) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_integer_to_share_price';
COMMENT ON FUNCTION covenant_internal.share_price(integer) IS
'A price of whole dollars; negative is 22003';

CREATE FUNCTION covenant_internal.share_price(bigint) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_bigint_to_share_price';
COMMENT ON FUNCTION covenant_internal.share_price(bigint) IS
'A price of whole dollars; negative is 22003';

CREATE FUNCTION covenant_internal."numeric"(covenant.share_price) RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_to_numeric';
COMMENT ON FUNCTION covenant_internal."numeric"(covenant.share_price) IS
'The exact decimal where it ends, else rounded half up to 20 decimals or as many more as the last needs not to be 0';

CREATE FUNCTION covenant_internal.json(covenant.share_price) RETURNS json
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_to_json';
COMMENT ON FUNCTION covenant_internal.json(covenant.share_price) IS
'The price as a JSON number, rounded half up to 20 decimals where the decimals do not end';

CREATE CAST (numeric AS covenant.share_price)
WITH FUNCTION covenant_internal.share_price(numeric) AS IMPLICIT;
COMMENT ON CAST (numeric AS covenant.share_price) IS
'Exact up to 18 decimals; more are taken for a rounded fraction, 0.06666666666666666667 for 1/15; no price is 22003';

CREATE CAST (smallint AS covenant.share_price)
WITH FUNCTION covenant_internal.share_price(smallint) AS ASSIGNMENT;
COMMENT ON CAST (smallint AS covenant.share_price) IS 'Whole dollars; negative is 22003';

CREATE CAST (integer AS covenant.share_price)
WITH FUNCTION covenant_internal.share_price(integer) AS ASSIGNMENT;
COMMENT ON CAST (integer AS covenant.share_price) IS 'Whole dollars; negative is 22003';

CREATE CAST (bigint AS covenant.share_price)
WITH FUNCTION covenant_internal.share_price(bigint) AS ASSIGNMENT;
COMMENT ON CAST (bigint AS covenant.share_price) IS 'Whole dollars; negative is 22003';

CREATE CAST (covenant.share_price AS numeric)
WITH FUNCTION covenant_internal."numeric"(covenant.share_price) AS ASSIGNMENT;
COMMENT ON CAST (covenant.share_price AS numeric) IS
'The exact decimal where it ends, else rounded half up to 20 decimals or as many more as the last needs not to be 0';

CREATE CAST (covenant.share_price AS json)
WITH FUNCTION covenant_internal.json(covenant.share_price);
COMMENT ON CAST (covenant.share_price AS json) IS
'A JSON number, rounded half up to 20 decimals where the decimals do not end';
