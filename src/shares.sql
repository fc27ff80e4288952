
-- shares -----------------------------------------------------------------

-- The representation is that of bigint: what bigint does the same way is
-- declared on bigint's own functions.

CREATE TYPE covenant.shares;

CREATE FUNCTION covenant.shares_in(cstring) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_in';
COMMENT ON FUNCTION covenant.shares_in(cstring) IS
'Reads digits, or digits with thousands commas (90,953,246); anything else is 22P02';

CREATE FUNCTION covenant.shares_out(covenant.shares) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8out';
COMMENT ON FUNCTION covenant.shares_out(covenant.shares) IS
'Writes digits';

CREATE FUNCTION covenant.shares_recv(internal) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8recv';
COMMENT ON FUNCTION covenant.shares_recv(internal) IS
'Reads a bigint';

CREATE FUNCTION covenant.shares_send(covenant.shares) RETURNS bytea
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8send';
COMMENT ON FUNCTION covenant.shares_send(covenant.shares) IS
'Writes a bigint';

CREATE TYPE covenant.shares (
	INPUT = covenant.shares_in,
	OUTPUT = covenant.shares_out,
	RECEIVE = covenant.shares_recv,
	SEND = covenant.shares_send,
	LIKE = bigint,
	CATEGORY = 'N'
);
COMMENT ON TYPE covenant.shares IS
'A whole number of shares, -9223372036854775808 to 9223372036854775807; a difference of shares is shares too';

-- Casts: from integers implicitly, from numeric and outwards by assignment.

CREATE CAST (bigint AS covenant.shares) WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (bigint AS covenant.shares) IS 'The same number';

CREATE CAST (covenant.shares AS bigint) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS bigint) IS 'The same number';

CREATE FUNCTION covenant.shares(smallint) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int28';
COMMENT ON FUNCTION covenant.shares(smallint) IS
'The same number';

CREATE FUNCTION covenant.shares(integer) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int48';
COMMENT ON FUNCTION covenant.shares(integer) IS
'The same number';

CREATE FUNCTION covenant.shares(numeric) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_numeric_to_shares';
COMMENT ON FUNCTION covenant.shares(numeric) IS
'The same number; a fraction, NaN or a number out of range is 22003';

CREATE FUNCTION covenant.int2(covenant.shares) RETURNS smallint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int82';
COMMENT ON FUNCTION covenant.int2(covenant.shares) IS
'The same number; out of range is 22003';

CREATE FUNCTION covenant.int4(covenant.shares) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int84';
COMMENT ON FUNCTION covenant.int4(covenant.shares) IS
'The same number; out of range is 22003';

CREATE FUNCTION covenant."numeric"(covenant.shares) RETURNS numeric
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8_numeric';
COMMENT ON FUNCTION covenant."numeric"(covenant.shares) IS
'The same number';

CREATE FUNCTION covenant.json(covenant.shares) RETURNS json
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_to_json';
COMMENT ON FUNCTION covenant.json(covenant.shares) IS
'The number of shares as a JSON number';

CREATE CAST (smallint AS covenant.shares)
WITH FUNCTION covenant.shares(smallint) AS IMPLICIT;
COMMENT ON CAST (smallint AS covenant.shares) IS 'The same number';

CREATE CAST (integer AS covenant.shares)
WITH FUNCTION covenant.shares(integer) AS IMPLICIT;
COMMENT ON CAST (integer AS covenant.shares) IS 'The same number';

CREATE CAST (numeric AS covenant.shares)
WITH FUNCTION covenant.shares(numeric) AS ASSIGNMENT;
COMMENT ON CAST (numeric AS covenant.shares) IS 'The same number; a fraction, NaN or a number out of range is 22003';

CREATE CAST (covenant.shares AS smallint)
WITH FUNCTION covenant.int2(covenant.shares) AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS smallint) IS 'The same number; out of range is 22003';

CREATE CAST (covenant.shares AS integer)
WITH FUNCTION covenant.int4(covenant.shares) AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS integer) IS 'The same number; out of range is 22003';

CREATE CAST (covenant.shares AS numeric)
WITH FUNCTION covenant."numeric"(covenant.shares) AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS numeric) IS 'The same number';

CREATE CAST (covenant.shares AS json)
WITH FUNCTION covenant.json(covenant.shares);
COMMENT ON CAST (covenant.shares AS json) IS 'The number of shares as a JSON number';

-- Comparisons.

CREATE FUNCTION covenant.shares_lt(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8lt';
COMMENT ON FUNCTION covenant.shares_lt(covenant.shares, covenant.shares) IS
'Is the left number lower?';

CREATE OPERATOR covenant.< (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_lt,
	COMMUTATOR = OPERATOR(covenant.>), NEGATOR = OPERATOR(covenant.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR covenant.< (covenant.shares, covenant.shares) IS 'Is the left number lower?';

CREATE FUNCTION covenant.shares_le(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8le';
COMMENT ON FUNCTION covenant.shares_le(covenant.shares, covenant.shares) IS
'Is the left number lower or the same?';

CREATE OPERATOR covenant.<= (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_le,
	COMMUTATOR = OPERATOR(covenant.>=), NEGATOR = OPERATOR(covenant.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR covenant.<= (covenant.shares, covenant.shares) IS 'Is the left number lower or the same?';

CREATE FUNCTION covenant.shares_eq(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8eq';
COMMENT ON FUNCTION covenant.shares_eq(covenant.shares, covenant.shares) IS
'Are the numbers the same?';

CREATE OPERATOR covenant.= (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_eq,
	COMMUTATOR = OPERATOR(covenant.=), NEGATOR = OPERATOR(covenant.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR covenant.= (covenant.shares, covenant.shares) IS 'Are the numbers the same?';

CREATE FUNCTION covenant.shares_ne(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8ne';
COMMENT ON FUNCTION covenant.shares_ne(covenant.shares, covenant.shares) IS
'Are the numbers different?';

CREATE OPERATOR covenant.<> (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_ne,
	COMMUTATOR = OPERATOR(covenant.<>), NEGATOR = OPERATOR(covenant.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR covenant.<> (covenant.shares, covenant.shares) IS 'Are the numbers different?';

CREATE FUNCTION covenant.shares_ge(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8ge';
COMMENT ON FUNCTION covenant.shares_ge(covenant.shares, covenant.shares) IS
'Is the left number higher or the same?';

CREATE OPERATOR covenant.>= (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_ge,
	COMMUTATOR = OPERATOR(covenant.<=), NEGATOR = OPERATOR(covenant.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR covenant.>= (covenant.shares, covenant.shares) IS 'Is the left number higher or the same?';

CREATE FUNCTION covenant.shares_gt(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8gt';
COMMENT ON FUNCTION covenant.shares_gt(covenant.shares, covenant.shares) IS
'Is the left number higher?';

CREATE OPERATOR covenant.> (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_gt,
	COMMUTATOR = OPERATOR(covenant.<), NEGATOR = OPERATOR(covenant.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR covenant.> (covenant.shares, covenant.shares) IS 'Is the left number higher?';

CREATE FUNCTION covenant.shares_cmp(covenant.shares, covenant.shares) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'btint8cmp';
COMMENT ON FUNCTION covenant.shares_cmp(covenant.shares, covenant.shares) IS
'-1, 0 or 1 as the left number is lower, the same or higher';

CREATE FUNCTION covenant.shares_sortsupport(internal) RETURNS void
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint8sortsupport';
COMMENT ON FUNCTION covenant.shares_sortsupport(internal) IS
'Sorts shares as bigint is sorted';

CREATE FUNCTION covenant.shares_hash(covenant.shares) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8';
COMMENT ON FUNCTION covenant.shares_hash(covenant.shares) IS
'Hash value of a number of shares';

CREATE FUNCTION covenant.shares_hash_extended(covenant.shares, bigint) RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8extended';
COMMENT ON FUNCTION covenant.shares_hash_extended(covenant.shares, bigint) IS
'Hash value of a number of shares, with a seed';

CREATE FUNCTION covenant.in_range(covenant.shares, covenant.shares, covenant.shares, boolean, boolean) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'in_range_int8_int8';
COMMENT ON FUNCTION covenant.in_range(covenant.shares, covenant.shares, covenant.shares, boolean, boolean) IS
'Does a row lie within the RANGE of a window frame?';

CREATE OPERATOR FAMILY covenant.shares_ops USING btree;
COMMENT ON OPERATOR FAMILY covenant.shares_ops USING btree IS 'Numbers of shares in order';
CREATE OPERATOR CLASS covenant.shares_ops
DEFAULT FOR TYPE covenant.shares USING btree FAMILY covenant.shares_ops AS
	OPERATOR 1 covenant.<,
	OPERATOR 2 covenant.<=,
	OPERATOR 3 covenant.=,
	OPERATOR 4 covenant.>=,
	OPERATOR 5 covenant.>,
	FUNCTION 1 covenant.shares_cmp(covenant.shares, covenant.shares),
	FUNCTION 2 covenant.shares_sortsupport(internal),
	FUNCTION 3 covenant.in_range(covenant.shares, covenant.shares, covenant.shares, boolean, boolean),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS covenant.shares_ops USING btree IS 'Numbers of shares in order';

CREATE OPERATOR FAMILY covenant.shares_ops USING hash;
COMMENT ON OPERATOR FAMILY covenant.shares_ops USING hash IS 'Numbers of shares by hash';
CREATE OPERATOR CLASS covenant.shares_ops
DEFAULT FOR TYPE covenant.shares USING hash FAMILY covenant.shares_ops AS
	OPERATOR 1 covenant.=,
	FUNCTION 1 covenant.shares_hash(covenant.shares),
	FUNCTION 2 covenant.shares_hash_extended(covenant.shares, bigint);
COMMENT ON OPERATOR CLASS covenant.shares_ops USING hash IS 'Numbers of shares by hash';

-- Arithmetic; a result out of range is 22003.

CREATE FUNCTION covenant.shares_plus(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_plus';
COMMENT ON FUNCTION covenant.shares_plus(covenant.shares, covenant.shares) IS
'Shares taken together; out of range is 22003';

CREATE OPERATOR covenant.+ (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_plus, COMMUTATOR = OPERATOR(covenant.+)
);
COMMENT ON OPERATOR covenant.+ (covenant.shares, covenant.shares) IS 'Shares taken together; out of range is 22003';

CREATE FUNCTION covenant.shares_minus(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_minus';
COMMENT ON FUNCTION covenant.shares_minus(covenant.shares, covenant.shares) IS
'The difference in shares; out of range is 22003';

CREATE OPERATOR covenant.- (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant.shares_minus
);
COMMENT ON OPERATOR covenant.- (covenant.shares, covenant.shares) IS 'The difference in shares; out of range is 22003';

CREATE FUNCTION covenant.shares_negate(covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_negate';
COMMENT ON FUNCTION covenant.shares_negate(covenant.shares) IS
'The opposite number; out of range is 22003';

CREATE OPERATOR covenant.- (
	RIGHTARG = covenant.shares, FUNCTION = covenant.shares_negate
);
COMMENT ON OPERATOR covenant.- (NONE, covenant.shares) IS 'The opposite number; out of range is 22003';

CREATE FUNCTION covenant.shares_times(covenant.shares, bigint) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_times';
COMMENT ON FUNCTION covenant.shares_times(covenant.shares, bigint) IS
'Shares times a whole number; out of range is 22003';

CREATE OPERATOR covenant.* (
	LEFTARG = covenant.shares, RIGHTARG = bigint, FUNCTION = covenant.shares_times,
	COMMUTATOR = OPERATOR(covenant.*)
);
COMMENT ON OPERATOR covenant.* (covenant.shares, bigint) IS 'Shares times a whole number; out of range is 22003';

CREATE FUNCTION covenant.times_shares(bigint, covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_times';
COMMENT ON FUNCTION covenant.times_shares(bigint, covenant.shares) IS
'A whole number times shares; out of range is 22003';

CREATE OPERATOR covenant.* (
	LEFTARG = bigint, RIGHTARG = covenant.shares, FUNCTION = covenant.times_shares,
	COMMUTATOR = OPERATOR(covenant.*)
);
COMMENT ON OPERATOR covenant.* (bigint, covenant.shares) IS 'A whole number times shares; out of range is 22003';

-- Aggregates.

CREATE FUNCTION covenant.shares_accumulate(bigint[], covenant.shares) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_accumulate';
COMMENT ON FUNCTION covenant.shares_accumulate(bigint[], covenant.shares) IS
'Adds a row to a sum of shares: {rows, upper half, lower half}';

CREATE FUNCTION covenant.shares_discharge(bigint[], covenant.shares) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_discharge';
COMMENT ON FUNCTION covenant.shares_discharge(bigint[], covenant.shares) IS
'Takes a row out of a sum of shares';

CREATE FUNCTION covenant.shares_combine(bigint[], bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_combine';
COMMENT ON FUNCTION covenant.shares_combine(bigint[], bigint[]) IS
'Adds two sums of shares';

CREATE FUNCTION covenant.shares_sum(bigint[]) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_sum';
COMMENT ON FUNCTION covenant.shares_sum(bigint[]) IS
'The sum that a state holds; out of range is 22003';

CREATE FUNCTION covenant.shares_avg(bigint[]) RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_avg';
COMMENT ON FUNCTION covenant.shares_avg(bigint[]) IS
'The mean that a state holds';

CREATE AGGREGATE covenant.sum(covenant.shares) (
	SFUNC = covenant.shares_accumulate, STYPE = bigint[],
	FINALFUNC = covenant.shares_sum, COMBINEFUNC = covenant.shares_combine,
	INITCOND = '{0,0,0}',
	MSFUNC = covenant.shares_accumulate, MINVFUNC = covenant.shares_discharge,
	MSTYPE = bigint[], MFINALFUNC = covenant.shares_sum, MINITCOND = '{0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE covenant.sum(covenant.shares) IS
'The sum of shares; NULL of no rows, only a sum out of range is 22003';

CREATE AGGREGATE covenant.avg(covenant.shares) (
	SFUNC = covenant.shares_accumulate, STYPE = bigint[],
	FINALFUNC = covenant.shares_avg, COMBINEFUNC = covenant.shares_combine,
	INITCOND = '{0,0,0}',
	MSFUNC = covenant.shares_accumulate, MINVFUNC = covenant.shares_discharge,
	MSTYPE = bigint[], MFINALFUNC = covenant.shares_avg, MINITCOND = '{0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE covenant.avg(covenant.shares) IS
'The mean number of shares: the exact decimal where it ends, else rounded half up to 20 decimals; NULL of no rows';

CREATE FUNCTION covenant.shares_smaller(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8smaller';
COMMENT ON FUNCTION covenant.shares_smaller(covenant.shares, covenant.shares) IS
'The lower number';

CREATE FUNCTION covenant.shares_larger(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8larger';
COMMENT ON FUNCTION covenant.shares_larger(covenant.shares, covenant.shares) IS
'The higher number';

CREATE AGGREGATE covenant.min(covenant.shares) (
	SFUNC = covenant.shares_smaller, STYPE = covenant.shares,
	COMBINEFUNC = covenant.shares_smaller,
	SORTOP = OPERATOR(covenant.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE covenant.min(covenant.shares) IS 'The lowest number; NULL of no rows';

CREATE AGGREGATE covenant.max(covenant.shares) (
	SFUNC = covenant.shares_larger, STYPE = covenant.shares,
	COMBINEFUNC = covenant.shares_larger,
	SORTOP = OPERATOR(covenant.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE covenant.max(covenant.shares) IS 'The highest number; NULL of no rows';
