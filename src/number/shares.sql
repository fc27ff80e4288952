
-- shares -----------------------------------------------------------------

-- The representation is that of bigint: what bigint does the same way is
-- declared on bigint's own functions.

CREATE TYPE covenant.shares;

CREATE FUNCTION covenant_internal.shares_in(cstring) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_in';
COMMENT ON FUNCTION covenant_internal.shares_in(cstring) IS
'Reads digits, or digits with thousands commas (90,953,246); anything else is 22P02';

CREATE FUNCTION covenant_internal.shares_out(covenant.shares) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8out';
COMMENT ON FUNCTION covenant_internal.shares_out(covenant.shares) IS
'Writes digits';

CREATE FUNCTION covenant_internal.shares_recv(internal) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8recv';
COMMENT ON FUNCTION covenant_internal.shares_recv(internal) IS
'Reads a bigint';

CREATE FUNCTION covenant_internal.shares_send(covenant.shares) RETURNS bytea
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8send';
COMMENT ON FUNCTION covenant_internal.shares_send(covenant.shares) IS
'Writes a bigint';

CREATE TYPE covenant.shares (
	INPUT = covenant_internal.shares_in,
	OUTPUT = covenant_internal.shares_out,
	RECEIVE = covenant_internal.shares_recv,
	SEND = covenant_internal.shares_send,
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

CREATE FUNCTION covenant_internal.shares(smallint) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int28';
COMMENT ON FUNCTION covenant_internal.shares(smallint) IS
'The same number';

CREATE FUNCTION covenant_internal.shares(integer) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int48';
COMMENT ON FUNCTION covenant_internal.shares(integer) IS
'The same number';

CREATE FUNCTION covenant_internal.shares(numeric) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_numeric_to_shares';
COMMENT ON FUNCTION covenant_internal.shares(numeric) IS
'The same number; a fraction, NaN or a number out of range is 22003';

CREATE FUNCTION covenant_internal.int2(covenant.shares) RETURNS smallint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int82';
COMMENT ON FUNCTION covenant_internal.int2(covenant.shares) IS
'The same number; out of range is 22003';

CREATE FUNCTION covenant_internal.int4(covenant.shares) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int84';
COMMENT ON FUNCTION covenant_internal.int4(covenant.shares) IS
'The same number; out of range is 22003';

CREATE FUNCTION covenant_internal."numeric"(covenant.shares) RETURNS numeric
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8_numeric';
COMMENT ON FUNCTION covenant_internal."numeric"(covenant.shares) IS
'The same number';

CREATE FUNCTION covenant_internal.json(covenant.shares) RETURNS json
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_to_json';
COMMENT ON FUNCTION covenant_internal.json(covenant.shares) IS
'The number of shares as a JSON number';

CREATE CAST (smallint AS covenant.shares)
WITH FUNCTION covenant_internal.shares(smallint) AS IMPLICIT;
COMMENT ON CAST (smallint AS covenant.shares) IS 'The same number';

CREATE CAST (integer AS covenant.shares)
WITH FUNCTION covenant_internal.shares(integer) AS IMPLICIT;
COMMENT ON CAST (integer AS covenant.shares) IS 'The same number';

CREATE CAST (numeric AS covenant.shares)
WITH FUNCTION covenant_internal.shares(numeric) AS ASSIGNMENT;
COMMENT ON CAST (numeric AS covenant.shares) IS 'The same number; a fraction, NaN or a number out of range is 22003';

CREATE CAST (covenant.shares AS smallint)
WITH FUNCTION covenant_internal.int2(covenant.shares) AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS smallint) IS 'The same number; out of range is 22003';

CREATE CAST (covenant.shares AS integer)
WITH FUNCTION covenant_internal.int4(covenant.shares) AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS integer) IS 'The same number; out of range is 22003';

CREATE CAST (covenant.shares AS numeric)
WITH FUNCTION covenant_internal."numeric"(covenant.shares) AS ASSIGNMENT;
COMMENT ON CAST (covenant.shares AS numeric) IS 'The same number';

CREATE CAST (covenant.shares AS json)
WITH FUNCTION covenant_internal.json(covenant.shares);
COMMENT ON CAST (covenant.shares AS json) IS 'The number of shares as a JSON number';

-- Comparisons.

CREATE FUNCTION covenant_internal.shares_lt(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8lt';
COMMENT ON FUNCTION covenant_internal.shares_lt(covenant.shares, covenant.shares) IS
'Is the left number lower?';

CREATE OPERATOR pg_catalog.< (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_lt,
	COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (covenant.shares, covenant.shares) IS 'Is the left number lower?';

CREATE FUNCTION covenant_internal.shares_le(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8le';
COMMENT ON FUNCTION covenant_internal.shares_le(covenant.shares, covenant.shares) IS
'Is the left number lower or the same?';

CREATE OPERATOR pg_catalog.<= (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_le,
	COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (covenant.shares, covenant.shares) IS 'Is the left number lower or the same?';

CREATE FUNCTION covenant_internal.shares_eq(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8eq';
COMMENT ON FUNCTION covenant_internal.shares_eq(covenant.shares, covenant.shares) IS
'Are the numbers the same?';

CREATE OPERATOR pg_catalog.= (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_eq,
	COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (covenant.shares, covenant.shares) IS 'Are the numbers the same?';

CREATE FUNCTION covenant_internal.shares_ne(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8ne';
COMMENT ON FUNCTION covenant_internal.shares_ne(covenant.shares, covenant.shares) IS
'Are the numbers different?';

CREATE OPERATOR pg_catalog.<> (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_ne,
	COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (covenant.shares, covenant.shares) IS 'Are the numbers different?';

CREATE FUNCTION covenant_internal.shares_ge(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8ge';
COMMENT ON FUNCTION covenant_internal.shares_ge(covenant.shares, covenant.shares) IS
'Is the left number higher or the same?';

CREATE OPERATOR pg_catalog.>= (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_ge,
	COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (covenant.shares, covenant.shares) IS 'Is the left number higher or the same?';

CREATE FUNCTION covenant_internal.shares_gt(covenant.shares, covenant.shares) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int8gt';
COMMENT ON FUNCTION covenant_internal.shares_gt(covenant.shares, covenant.shares) IS
'Is the left number higher?';

CREATE OPERATOR pg_catalog.> (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_gt,
	COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (covenant.shares, covenant.shares) IS 'Is the left number higher?';

CREATE FUNCTION covenant_internal.shares_cmp(covenant.shares, covenant.shares) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'btint8cmp';
COMMENT ON FUNCTION covenant_internal.shares_cmp(covenant.shares, covenant.shares) IS
'-1, 0 or 1 as the left number is lower, the same or higher';

CREATE FUNCTION covenant_internal.shares_sortsupport(internal) RETURNS void
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint8sortsupport';
COMMENT ON FUNCTION covenant_internal.shares_sortsupport(internal) IS
'Sorts shares as bigint is sorted';

CREATE FUNCTION covenant_internal.shares_hash(covenant.shares) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8';
COMMENT ON FUNCTION covenant_internal.shares_hash(covenant.shares) IS
'Hash value of a number of shares';

CREATE FUNCTION covenant_internal.shares_hash_extended(covenant.shares, bigint) RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8extended';
COMMENT ON FUNCTION covenant_internal.shares_hash_extended(covenant.shares, bigint) IS
'Hash value of a number of shares, with a seed';

CREATE FUNCTION covenant_internal.in_range(covenant.shares, covenant.shares, covenant.shares, boolean, boolean) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'in_range_int8_int8';
COMMENT ON FUNCTION covenant_internal.in_range(covenant.shares, covenant.shares, covenant.shares, boolean, boolean) IS
'Does a row lie within the RANGE of a window frame?';

CREATE OPERATOR FAMILY covenant_internal.shares_ops USING btree;
COMMENT ON OPERATOR FAMILY covenant_internal.shares_ops USING btree IS 'Numbers of shares in order';
CREATE OPERATOR CLASS covenant_internal.shares_ops
DEFAULT FOR TYPE covenant.shares USING btree FAMILY covenant_internal.shares_ops AS
	OPERATOR 1 pg_catalog.<,
	OPERATOR 2 pg_catalog.<=,
	OPERATOR 3 pg_catalog.=,
	OPERATOR 4 pg_catalog.>=,
	OPERATOR 5 pg_catalog.>,
	FUNCTION 1 covenant_internal.shares_cmp(covenant.shares, covenant.shares),
	FUNCTION 2 covenant_internal.shares_sortsupport(internal),
	FUNCTION 3 covenant_internal.in_range(covenant.shares, covenant.shares, covenant.shares, boolean, boolean),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS covenant_internal.shares_ops USING btree IS 'Numbers of shares in order';

CREATE OPERATOR FAMILY covenant_internal.shares_ops USING hash;
COMMENT ON OPERATOR FAMILY covenant_internal.shares_ops USING hash IS 'Numbers of shares by hash';
CREATE OPERATOR CLASS covenant_internal.shares_ops
DEFAULT FOR TYPE covenant.shares USING hash FAMILY covenant_internal.shares_ops AS
	OPERATOR 1 pg_catalog.=,
	FUNCTION 1 covenant_internal.shares_hash(covenant.shares),
	FUNCTION 2 covenant_internal.shares_hash_extended(covenant.shares, bigint);
COMMENT ON OPERATOR CLASS covenant_internal.shares_ops USING hash IS 'Numbers of shares by hash';

-- Arithmetic; a result out of range is 22003.

CREATE FUNCTION covenant_internal.shares_plus(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_plus';
COMMENT ON FUNCTION covenant_internal.shares_plus(covenant.shares, covenant.shares) IS
'Shares taken together; out of range is 22003';

CREATE OPERATOR pg_catalog.+ (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_plus, COMMUTATOR = OPERATOR(pg_catalog.+)
);
COMMENT ON OPERATOR pg_catalog.+ (covenant.shares, covenant.shares) IS 'Shares taken together; out of range is 22003';

CREATE FUNCTION covenant_internal.shares_minus(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_minus';
COMMENT ON FUNCTION covenant_internal.shares_minus(covenant.shares, covenant.shares) IS
'The difference in shares; out of range is 22003';

CREATE OPERATOR pg_catalog.- (
	LEFTARG = covenant.shares, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_minus
);
COMMENT ON OPERATOR pg_catalog.- (covenant.shares, covenant.shares) IS 'The difference in shares; out of range is 22003';

CREATE FUNCTION covenant_internal.shares_negate(covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_negate';
COMMENT ON FUNCTION covenant_internal.shares_negate(covenant.shares) IS
'The opposite number; out of range is 22003';

CREATE OPERATOR pg_catalog.- (
	RIGHTARG = covenant.shares, FUNCTION = covenant_internal.shares_negate
);
COMMENT ON OPERATOR pg_catalog.- (NONE, covenant.shares) IS 'The opposite number; out of range is 22003';

CREATE FUNCTION pg_catalog.abs(covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_abs';
COMMENT ON FUNCTION pg_catalog.abs(covenant.shares) IS
'The number without its sign; out of range is 22003';

CREATE FUNCTION covenant_internal.shares_times(covenant.shares, bigint) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_times';
COMMENT ON FUNCTION covenant_internal.shares_times(covenant.shares, bigint) IS
'Shares times a whole number; out of range is 22003';

CREATE OPERATOR pg_catalog.* (
	LEFTARG = covenant.shares, RIGHTARG = bigint, FUNCTION = covenant_internal.shares_times,
	COMMUTATOR = OPERATOR(pg_catalog.*)
);
COMMENT ON OPERATOR pg_catalog.* (covenant.shares, bigint) IS 'Shares times a whole number; out of range is 22003';

CREATE FUNCTION covenant_internal.times_shares(bigint, covenant.shares) RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_times';
COMMENT ON FUNCTION covenant_internal.times_shares(bigint, covenant.shares) IS
'A whole number times shares; out of range is 22003';

CREATE OPERATOR pg_catalog.* (
	LEFTARG = bigint, RIGHTARG = covenant.shares, FUNCTION = covenant_internal.times_shares,
	COMMUTATOR = OPERATOR(pg_catalog.*)
);
COMMENT ON OPERATOR pg_catalog.* (bigint, covenant.shares) IS 'A whole number times shares; out of range is 22003';

-- Aggregates; sum and avg are in shares_sum.sql.

CREATE FUNCTION covenant_internal.shares_smaller(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8smaller';
COMMENT ON FUNCTION covenant_internal.shares_smaller(covenant.shares, covenant.shares) IS
'The lower number';

CREATE FUNCTION covenant_internal.shares_larger(covenant.shares, covenant.shares) RETURNS covenant.shares
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8larger';
COMMENT ON FUNCTION covenant_internal.shares_larger(covenant.shares, covenant.shares) IS
'The higher number';

CREATE AGGREGATE pg_catalog.min(covenant.shares) (
	SFUNC = covenant_internal.shares_smaller, STYPE = covenant.shares,
	COMBINEFUNC = covenant_internal.shares_smaller,
	SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.min(covenant.shares) IS 'The lowest number; NULL of no rows';

CREATE AGGREGATE pg_catalog.max(covenant.shares) (
	SFUNC = covenant_internal.shares_larger, STYPE = covenant.shares,
	COMBINEFUNC = covenant_internal.shares_larger,
	SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.max(covenant.shares) IS 'The highest number; NULL of no rows';
