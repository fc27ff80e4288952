
-- The mean of share prices --------------------------------------------------

CREATE TYPE covenant_internal.price_average_state;

CREATE FUNCTION covenant_internal.price_average_state_in(cstring) RETURNS covenant_internal.price_average_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_average_state_in';
COMMENT ON FUNCTION covenant_internal.price_average_state_in(cstring) IS
'Text to price_average_state: rows, upper and lower half of the numerator, and of the denominator; anything else is 22P02';

CREATE FUNCTION covenant_internal.price_average_state_out(covenant_internal.price_average_state) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_average_state_out';
COMMENT ON FUNCTION covenant_internal.price_average_state_out(covenant_internal.price_average_state) IS
'price_average_state to text';

CREATE FUNCTION covenant_internal.price_average_state_recv(internal) RETURNS covenant_internal.price_average_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_average_state_recv';
COMMENT ON FUNCTION covenant_internal.price_average_state_recv(internal) IS
'Reads the numbers as bigint';

CREATE FUNCTION covenant_internal.price_average_state_send(covenant_internal.price_average_state) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_average_state_send';
COMMENT ON FUNCTION covenant_internal.price_average_state_send(covenant_internal.price_average_state) IS
'Writes the numbers as bigint';

CREATE TYPE covenant_internal.price_average_state (
	INPUT = covenant_internal.price_average_state_in,
	OUTPUT = covenant_internal.price_average_state_out,
	RECEIVE = covenant_internal.price_average_state_recv,
	SEND = covenant_internal.price_average_state_send,
	INTERNALLENGTH = 40,
	ALIGNMENT = double
);
COMMENT ON TYPE covenant_internal.price_average_state IS
'The running state of avg of share prices: the rows, and of their sum the numerator and the denominator in halves of 128 bits';

CREATE FUNCTION covenant_internal.share_price_accumulate(covenant_internal.price_average_state, covenant.share_price) RETURNS covenant_internal.price_average_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_accumulate';
COMMENT ON FUNCTION covenant_internal.share_price_accumulate(covenant_internal.price_average_state, covenant.share_price) IS
'Adds a price to a sum; more than 128 bits is 22003';

CREATE FUNCTION covenant_internal.share_price_combine(covenant_internal.price_average_state, covenant_internal.price_average_state) RETURNS covenant_internal.price_average_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_combine';
COMMENT ON FUNCTION covenant_internal.share_price_combine(covenant_internal.price_average_state, covenant_internal.price_average_state) IS
'Adds two sums of share prices; more than 128 bits is 22003';

CREATE FUNCTION covenant_internal.share_price_avg(covenant_internal.price_average_state) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_avg';
COMMENT ON FUNCTION covenant_internal.share_price_avg(covenant_internal.price_average_state) IS
'The mean that a state holds; not representable is 22003';

CREATE AGGREGATE pg_catalog.avg(covenant.share_price) (
	SFUNC = covenant_internal.share_price_accumulate, STYPE = covenant_internal.price_average_state,
	FINALFUNC = covenant_internal.share_price_avg, COMBINEFUNC = covenant_internal.share_price_combine,
	INITCOND = '0 0 0 0 1', PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.avg(covenant.share_price) IS
'The exact mean price; not representable is 22003, NULL of no rows';
