
-- Share prices in order -----------------------------------------------------

CREATE FUNCTION covenant_internal.share_price_lt(covenant.share_price, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_lt';
COMMENT ON FUNCTION covenant_internal.share_price_lt(covenant.share_price, covenant.share_price) IS 'Is the left price lower?';
CREATE OPERATOR pg_catalog.< (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_lt,
	COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (covenant.share_price, covenant.share_price) IS 'Is the left price lower?';

CREATE FUNCTION covenant_internal.share_price_le(covenant.share_price, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_le';
COMMENT ON FUNCTION covenant_internal.share_price_le(covenant.share_price, covenant.share_price) IS 'Is the left price lower or the same?';
CREATE OPERATOR pg_catalog.<= (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_le,
	COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (covenant.share_price, covenant.share_price) IS 'Is the left price lower or the same?';

CREATE FUNCTION covenant_internal.share_price_eq(covenant.share_price, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_eq';
COMMENT ON FUNCTION covenant_internal.share_price_eq(covenant.share_price, covenant.share_price) IS 'Are the prices the same?';
CREATE OPERATOR pg_catalog.= (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_eq,
	COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (covenant.share_price, covenant.share_price) IS 'Are the prices the same?';

CREATE FUNCTION covenant_internal.share_price_ne(covenant.share_price, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_ne';
COMMENT ON FUNCTION covenant_internal.share_price_ne(covenant.share_price, covenant.share_price) IS 'Are the prices different?';
CREATE OPERATOR pg_catalog.<> (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_ne,
	COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (covenant.share_price, covenant.share_price) IS 'Are the prices different?';

CREATE FUNCTION covenant_internal.share_price_ge(covenant.share_price, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_ge';
COMMENT ON FUNCTION covenant_internal.share_price_ge(covenant.share_price, covenant.share_price) IS 'Is the left price higher or the same?';
CREATE OPERATOR pg_catalog.>= (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_ge,
	COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (covenant.share_price, covenant.share_price) IS 'Is the left price higher or the same?';

CREATE FUNCTION covenant_internal.share_price_gt(covenant.share_price, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_gt';
COMMENT ON FUNCTION covenant_internal.share_price_gt(covenant.share_price, covenant.share_price) IS 'Is the left price higher?';
CREATE OPERATOR pg_catalog.> (
	LEFTARG = covenant.share_price, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_gt,
	COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (covenant.share_price, covenant.share_price) IS 'Is the left price higher?';

CREATE FUNCTION covenant_internal.share_price_cmp(covenant.share_price, covenant.share_price) RETURNS integer
LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_cmp';
COMMENT ON FUNCTION covenant_internal.share_price_cmp(covenant.share_price, covenant.share_price) IS
'-1, 0 or 1 as the left price is lower, the same or higher';

CREATE FUNCTION covenant_internal.share_price_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_sortsupport';
COMMENT ON FUNCTION covenant_internal.share_price_sortsupport(internal) IS
'Sorts share prices by one-word keys';

CREATE FUNCTION covenant_internal.share_price_hash(covenant.share_price) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_hash';
COMMENT ON FUNCTION covenant_internal.share_price_hash(covenant.share_price) IS 'Hash value of a share price';

CREATE FUNCTION covenant_internal.share_price_hash_extended(covenant.share_price, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_hash_extended';
COMMENT ON FUNCTION covenant_internal.share_price_hash_extended(covenant.share_price, bigint) IS
'Hash value of a share price, with a seed';

CREATE OPERATOR FAMILY covenant_internal.share_price_ops USING btree;
COMMENT ON OPERATOR FAMILY covenant_internal.share_price_ops USING btree IS 'Share prices in order';
CREATE OPERATOR CLASS covenant_internal.share_price_ops
DEFAULT FOR TYPE covenant.share_price USING btree FAMILY covenant_internal.share_price_ops AS
	OPERATOR 1 pg_catalog.<,
	OPERATOR 2 pg_catalog.<=,
	OPERATOR 3 pg_catalog.=,
	OPERATOR 4 pg_catalog.>=,
	OPERATOR 5 pg_catalog.>,
	FUNCTION 1 covenant_internal.share_price_cmp(covenant.share_price, covenant.share_price),
	FUNCTION 2 covenant_internal.share_price_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS covenant_internal.share_price_ops USING btree IS 'Share prices in order';

CREATE OPERATOR FAMILY covenant_internal.share_price_ops USING hash;
COMMENT ON OPERATOR FAMILY covenant_internal.share_price_ops USING hash IS 'Share prices by hash';
CREATE OPERATOR CLASS covenant_internal.share_price_ops
DEFAULT FOR TYPE covenant.share_price USING hash FAMILY covenant_internal.share_price_ops AS
	OPERATOR 1 pg_catalog.=,
	FUNCTION 1 covenant_internal.share_price_hash(covenant.share_price),
	FUNCTION 2 covenant_internal.share_price_hash_extended(covenant.share_price, bigint);
COMMENT ON OPERATOR CLASS covenant_internal.share_price_ops USING hash IS 'Share prices by hash';

CREATE FUNCTION covenant_internal.share_price_smaller(covenant.share_price, covenant.share_price) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_smaller';
COMMENT ON FUNCTION covenant_internal.share_price_smaller(covenant.share_price, covenant.share_price) IS 'The lower price';

CREATE FUNCTION covenant_internal.share_price_larger(covenant.share_price, covenant.share_price) RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_larger';
COMMENT ON FUNCTION covenant_internal.share_price_larger(covenant.share_price, covenant.share_price) IS 'The higher price';

CREATE AGGREGATE pg_catalog.min(covenant.share_price) (
	SFUNC = covenant_internal.share_price_smaller, STYPE = covenant.share_price,
	COMBINEFUNC = covenant_internal.share_price_smaller,
	SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.min(covenant.share_price) IS 'The lowest price; NULL of no rows';

CREATE AGGREGATE pg_catalog.max(covenant.share_price) (
	SFUNC = covenant_internal.share_price_larger, STYPE = covenant.share_price,
	COMBINEFUNC = covenant_internal.share_price_larger,
	SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE pg_catalog.max(covenant.share_price) IS 'The highest price; NULL of no rows';
