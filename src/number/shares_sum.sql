
-- Sum and mean of shares ----------------------------------------------------

CREATE TYPE covenant_internal.shares_sum_state;

CREATE FUNCTION covenant_internal.shares_sum_state_in(cstring) RETURNS covenant_internal.shares_sum_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_sum_state_in';
COMMENT ON FUNCTION covenant_internal.shares_sum_state_in(cstring) IS
'Text to shares_sum_state: rows, upper half, lower half; anything else is 22P02';

CREATE FUNCTION covenant_internal.shares_sum_state_out(covenant_internal.shares_sum_state) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_sum_state_out';
COMMENT ON FUNCTION covenant_internal.shares_sum_state_out(covenant_internal.shares_sum_state) IS
'shares_sum_state to text';

CREATE FUNCTION covenant_internal.shares_sum_state_recv(internal) RETURNS covenant_internal.shares_sum_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_sum_state_recv';
COMMENT ON FUNCTION covenant_internal.shares_sum_state_recv(internal) IS
'Reads the numbers as bigint';

CREATE FUNCTION covenant_internal.shares_sum_state_send(covenant_internal.shares_sum_state) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_sum_state_send';
COMMENT ON FUNCTION covenant_internal.shares_sum_state_send(covenant_internal.shares_sum_state) IS
'Writes the numbers as bigint';

CREATE TYPE covenant_internal.shares_sum_state (
	INPUT = covenant_internal.shares_sum_state_in,
	OUTPUT = covenant_internal.shares_sum_state_out,
	RECEIVE = covenant_internal.shares_sum_state_recv,
	SEND = covenant_internal.shares_sum_state_send,
	INTERNALLENGTH = 24,
	ALIGNMENT = double
);
COMMENT ON TYPE covenant_internal.shares_sum_state IS
'The running state of sum and avg of shares: the rows, and the halves of their 128-bit sum';

CREATE FUNCTION covenant_internal.shares_accumulate(covenant_internal.shares_sum_state, covenant.shares) RETURNS covenant_internal.shares_sum_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_accumulate';
COMMENT ON FUNCTION covenant_internal.shares_accumulate(covenant_internal.shares_sum_state, covenant.shares) IS
'Adds a row to a sum of shares';

CREATE FUNCTION covenant_internal.shares_discharge(covenant_internal.shares_sum_state, covenant.shares) RETURNS covenant_internal.shares_sum_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_discharge';
COMMENT ON FUNCTION covenant_internal.shares_discharge(covenant_internal.shares_sum_state, covenant.shares) IS
'Takes a row out of a sum of shares';

CREATE FUNCTION covenant_internal.shares_combine(covenant_internal.shares_sum_state, covenant_internal.shares_sum_state) RETURNS covenant_internal.shares_sum_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_combine';
COMMENT ON FUNCTION covenant_internal.shares_combine(covenant_internal.shares_sum_state, covenant_internal.shares_sum_state) IS
'Adds two sums of shares';

CREATE FUNCTION covenant_internal.shares_sum(covenant_internal.shares_sum_state) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_sum';
COMMENT ON FUNCTION covenant_internal.shares_sum(covenant_internal.shares_sum_state) IS
'The sum that a state holds; out of range is 22003';

CREATE FUNCTION covenant_internal.shares_avg(covenant_internal.shares_sum_state) RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_avg';
COMMENT ON FUNCTION covenant_internal.shares_avg(covenant_internal.shares_sum_state) IS
'The mean that a state holds';

CREATE AGGREGATE pg_catalog.sum(covenant.shares) (
	SFUNC = covenant_internal.shares_accumulate, STYPE = covenant_internal.shares_sum_state,
	FINALFUNC = covenant_internal.shares_sum, COMBINEFUNC = covenant_internal.shares_combine,
	INITCOND = '0 0 0',
	MSFUNC = covenant_internal.shares_accumulate, MINVFUNC = covenant_internal.shares_discharge,
	MSTYPE = covenant_internal.shares_sum_state, MFINALFUNC = covenant_internal.shares_sum, MINITCOND = '0 0 0',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.sum(covenant.shares) IS
'The sum of shares; NULL of no rows, only a sum out of range is 22003';

CREATE AGGREGATE pg_catalog.avg(covenant.shares) (
	SFUNC = covenant_internal.shares_accumulate, STYPE = covenant_internal.shares_sum_state,
	FINALFUNC = covenant_internal.shares_avg, COMBINEFUNC = covenant_internal.shares_combine,
	INITCOND = '0 0 0',
	MSFUNC = covenant_internal.shares_accumulate, MINVFUNC = covenant_internal.shares_discharge,
	MSTYPE = covenant_internal.shares_sum_state, MFINALFUNC = covenant_internal.shares_avg, MINITCOND = '0 0 0',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.avg(covenant.shares) IS
'The mean number of shares: the exact decimal where it ends, else rounded half up to 20 decimals; NULL of no rows';
