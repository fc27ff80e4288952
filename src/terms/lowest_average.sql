-- The mean of the lowest prices -------------------------------------------

CREATE TYPE covenant_internal.lowest_prices;
CREATE FUNCTION covenant_internal.lowest_prices_in(cstring) RETURNS covenant_internal.lowest_prices
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_prices_in';
COMMENT ON FUNCTION covenant_internal.lowest_prices_in(cstring) IS
'Text to lowest_prices: "3: 0.0151 0.0152"; anything else is 22P02';
CREATE FUNCTION covenant_internal.lowest_prices_out(covenant_internal.lowest_prices) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_prices_out';
COMMENT ON FUNCTION covenant_internal.lowest_prices_out(covenant_internal.lowest_prices) IS
'lowest_prices to text: k, a colon, the prices';
CREATE FUNCTION covenant_internal.lowest_prices_recv(internal) RETURNS covenant_internal.lowest_prices
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_prices_recv';
COMMENT ON FUNCTION covenant_internal.lowest_prices_recv(internal) IS
'Binary input: the text, validated as lowest_prices_in does';
CREATE FUNCTION covenant_internal.lowest_prices_send(covenant_internal.lowest_prices) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_prices_send';
COMMENT ON FUNCTION covenant_internal.lowest_prices_send(covenant_internal.lowest_prices) IS
'Binary output: the text';
CREATE TYPE covenant_internal.lowest_prices (
	INPUT = covenant_internal.lowest_prices_in, OUTPUT = covenant_internal.lowest_prices_out,
	RECEIVE = covenant_internal.lowest_prices_recv, SEND = covenant_internal.lowest_prices_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE covenant_internal.lowest_prices IS
'The running state of covenant.lowest_average: k and the prices kept so far';

CREATE FUNCTION covenant_internal.lowest_average_step(state covenant_internal.lowest_prices, price covenant.share_price, k integer)
RETURNS covenant_internal.lowest_prices
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_average_step';
COMMENT ON FUNCTION covenant_internal.lowest_average_step(covenant_internal.lowest_prices, covenant.share_price, integer) IS
'Transition of covenant.lowest_average: keeps the k lowest prices; 22023 where k is not 1 to 250 or changes';
CREATE FUNCTION covenant_internal.lowest_average_combine(state covenant_internal.lowest_prices, part covenant_internal.lowest_prices)
RETURNS covenant_internal.lowest_prices
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_average_combine';
COMMENT ON FUNCTION covenant_internal.lowest_average_combine(covenant_internal.lowest_prices, covenant_internal.lowest_prices) IS
'Puts two parts of a covenant.lowest_average together; 22023 where their k differ';
CREATE FUNCTION covenant_internal.lowest_average_enter(state covenant_internal.lowest_prices, price covenant.share_price, k integer)
RETURNS covenant_internal.lowest_prices
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_average_enter';
COMMENT ON FUNCTION covenant_internal.lowest_average_enter(covenant_internal.lowest_prices, covenant.share_price, integer) IS
'Transition of covenant.lowest_average over a moving frame: a price enters';
CREATE FUNCTION covenant_internal.lowest_average_leave(state covenant_internal.lowest_prices, price covenant.share_price, k integer)
RETURNS covenant_internal.lowest_prices
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_average_leave';
COMMENT ON FUNCTION covenant_internal.lowest_average_leave(covenant_internal.lowest_prices, covenant.share_price, integer) IS
'Inverse transition of covenant.lowest_average over a moving frame: the oldest price leaves';
CREATE FUNCTION covenant_internal.lowest_average_final(state covenant_internal.lowest_prices) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_lowest_average_final';
COMMENT ON FUNCTION covenant_internal.lowest_average_final(covenant_internal.lowest_prices) IS
'Result of covenant.lowest_average; 22003 where the mean is no share_price';

CREATE AGGREGATE covenant.lowest_average(price covenant.share_price, k integer) (
	SFUNC = covenant_internal.lowest_average_step, STYPE = covenant_internal.lowest_prices, SSPACE = 128,
	FINALFUNC = covenant_internal.lowest_average_final, COMBINEFUNC = covenant_internal.lowest_average_combine,
	INITCOND = '0:',
	MSFUNC = covenant_internal.lowest_average_enter, MINVFUNC = covenant_internal.lowest_average_leave,
	MSTYPE = covenant_internal.lowest_prices, MSSPACE = 1024,
	MFINALFUNC = covenant_internal.lowest_average_final, MINITCOND = '0:',
	PARALLEL = safe
);
COMMENT ON AGGREGATE covenant.lowest_average(covenant.share_price, integer) IS
'Exact mean of the k lowest prices (k prices, not k different prices), k 1 to 250 and the same in the whole group, else 22023. Rows with a NULL price or k are skipped; NULL with fewer than k prices; 22003 where the mean is no share_price. Also over a moving window frame';
