-- The Conversion Price ----------------------------------------------------

CREATE TYPE covenant_internal.price_look_back;
CREATE FUNCTION covenant_internal.price_look_back_in(cstring) RETURNS covenant_internal.price_look_back
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_look_back_in';
COMMENT ON FUNCTION covenant_internal.price_look_back_in(cstring) IS
'Always an error (0A000): such states live inside of a query only';
CREATE FUNCTION covenant_internal.price_look_back_out(covenant_internal.price_look_back) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_look_back_out';
COMMENT ON FUNCTION covenant_internal.price_look_back_out(covenant_internal.price_look_back) IS
'price_look_back to text: the prices kept, how many were in the frame, the terms';
CREATE FUNCTION covenant_internal.price_look_back_recv(internal) RETURNS covenant_internal.price_look_back
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_look_back_in';
COMMENT ON FUNCTION covenant_internal.price_look_back_recv(internal) IS
'Always an error (0A000): such states live inside of a query only';
CREATE FUNCTION covenant_internal.price_look_back_send(covenant_internal.price_look_back) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_price_look_back_send';
COMMENT ON FUNCTION covenant_internal.price_look_back_send(covenant_internal.price_look_back) IS
'Binary output: the text';
CREATE TYPE covenant_internal.price_look_back (
	INPUT = covenant_internal.price_look_back_in, OUTPUT = covenant_internal.price_look_back_out,
	RECEIVE = covenant_internal.price_look_back_recv, SEND = covenant_internal.price_look_back_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE covenant_internal.price_look_back IS
'The running state of covenant.conversion_price: the terms and the last prices';

CREATE FUNCTION covenant_internal.conversion_price_enter(state covenant_internal.price_look_back, terms covenant.conversion_terms, price covenant.share_price)
RETURNS covenant_internal.price_look_back
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_conversion_price_enter';
COMMENT ON FUNCTION covenant_internal.conversion_price_enter(covenant_internal.price_look_back, covenant.conversion_terms, covenant.share_price) IS
'Transition of covenant.conversion_price: the next price; 22023 where the terms change';
CREATE FUNCTION covenant_internal.conversion_price_leave(state covenant_internal.price_look_back, terms covenant.conversion_terms, price covenant.share_price)
RETURNS covenant_internal.price_look_back
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_conversion_price_leave';
COMMENT ON FUNCTION covenant_internal.conversion_price_leave(covenant_internal.price_look_back, covenant.conversion_terms, covenant.share_price) IS
'Inverse transition of covenant.conversion_price over a moving frame: the oldest price leaves';
CREATE FUNCTION covenant_internal.conversion_price_final(state covenant_internal.price_look_back) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_conversion_price_final';
COMMENT ON FUNCTION covenant_internal.conversion_price_final(covenant_internal.price_look_back) IS
'Result of covenant.conversion_price; 22003 where the exact price is no share_price';

-- No COMBINEFUNC: which prices are the last n depends on their order, which
-- the parts of a parallel scan do not have.
CREATE AGGREGATE covenant.conversion_price(terms covenant.conversion_terms, price covenant.share_price) (
	SFUNC = covenant_internal.conversion_price_enter, STYPE = covenant_internal.price_look_back, SSPACE = 512,
	FINALFUNC = covenant_internal.conversion_price_final,
	MSFUNC = covenant_internal.conversion_price_enter, MINVFUNC = covenant_internal.conversion_price_leave,
	MSTYPE = covenant_internal.price_look_back, MSSPACE = 512,
	MFINALFUNC = covenant_internal.conversion_price_final,
	PARALLEL = safe
);
COMMENT ON AGGREGATE covenant.conversion_price(covenant.conversion_terms, covenant.share_price) IS
'Exact Conversion Price by these terms on these prices, in their order: give ORDER BY day, in the aggregate or in the window. A look-back of n days takes the last n prices; rows with a NULL price are skipped; NULL with fewer than n prices, or without rows. Terms must be the same in the whole group, else 22023; 22003 where the exact price is no share_price. Also over a moving window frame, such as ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING';
