
-- Share prices compared with numbers -----------------------------------------

-- Integers come here through their implicit cast to numeric.

CREATE FUNCTION covenant_internal.share_price_lt_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_lt_support';
COMMENT ON FUNCTION covenant_internal.share_price_lt_support(internal) IS
'Planner support: a price < a constant number is a comparison of two prices';

CREATE FUNCTION covenant_internal.share_price_lt(covenant.share_price, numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_lt_support
AS 'MODULE_PATHNAME', 'covenant_share_price_lt_number';
COMMENT ON FUNCTION covenant_internal.share_price_lt(covenant.share_price, numeric) IS 'Is the price lower, compared with the number?';
CREATE OPERATOR pg_catalog.< (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_lt,
	COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (covenant.share_price, numeric) IS 'Is the price lower, compared with the number?';

CREATE FUNCTION covenant_internal.share_price_lt(numeric, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_lt_support
AS 'MODULE_PATHNAME', 'covenant_number_lt_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_lt(numeric, covenant.share_price) IS 'Is the number lower, compared with the price?';
CREATE OPERATOR pg_catalog.< (
	LEFTARG = numeric, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_lt,
	COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (numeric, covenant.share_price) IS 'Is the number lower, compared with the price?';

CREATE FUNCTION covenant_internal.share_price_le_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_le_support';
COMMENT ON FUNCTION covenant_internal.share_price_le_support(internal) IS
'Planner support: a price <= a constant number is a comparison of two prices';

CREATE FUNCTION covenant_internal.share_price_le(covenant.share_price, numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_le_support
AS 'MODULE_PATHNAME', 'covenant_share_price_le_number';
COMMENT ON FUNCTION covenant_internal.share_price_le(covenant.share_price, numeric) IS 'Is the price lower or the same, compared with the number?';
CREATE OPERATOR pg_catalog.<= (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_le,
	COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (covenant.share_price, numeric) IS 'Is the price lower or the same, compared with the number?';

CREATE FUNCTION covenant_internal.share_price_le(numeric, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_le_support
AS 'MODULE_PATHNAME', 'covenant_number_le_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_le(numeric, covenant.share_price) IS 'Is the number lower or the same, compared with the price?';
CREATE OPERATOR pg_catalog.<= (
	LEFTARG = numeric, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_le,
	COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (numeric, covenant.share_price) IS 'Is the number lower or the same, compared with the price?';

CREATE FUNCTION covenant_internal.share_price_eq_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_eq_support';
COMMENT ON FUNCTION covenant_internal.share_price_eq_support(internal) IS
'Planner support: a price = a constant number is a comparison of two prices';

CREATE FUNCTION covenant_internal.share_price_eq(covenant.share_price, numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_eq_support
AS 'MODULE_PATHNAME', 'covenant_share_price_eq_number';
COMMENT ON FUNCTION covenant_internal.share_price_eq(covenant.share_price, numeric) IS 'Do price and number come to the same?';
CREATE OPERATOR pg_catalog.= (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_eq,
	COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (covenant.share_price, numeric) IS 'Do price and number come to the same?';

CREATE FUNCTION covenant_internal.share_price_eq(numeric, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_eq_support
AS 'MODULE_PATHNAME', 'covenant_number_eq_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_eq(numeric, covenant.share_price) IS 'Do price and number come to the same?';
CREATE OPERATOR pg_catalog.= (
	LEFTARG = numeric, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_eq,
	COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (numeric, covenant.share_price) IS 'Do price and number come to the same?';

CREATE FUNCTION covenant_internal.share_price_ne_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_ne_support';
COMMENT ON FUNCTION covenant_internal.share_price_ne_support(internal) IS
'Planner support: a price <> a constant number is a comparison of two prices';

CREATE FUNCTION covenant_internal.share_price_ne(covenant.share_price, numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_ne_support
AS 'MODULE_PATHNAME', 'covenant_share_price_ne_number';
COMMENT ON FUNCTION covenant_internal.share_price_ne(covenant.share_price, numeric) IS 'Do price and number differ?';
CREATE OPERATOR pg_catalog.<> (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_ne,
	COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (covenant.share_price, numeric) IS 'Do price and number differ?';

CREATE FUNCTION covenant_internal.share_price_ne(numeric, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_ne_support
AS 'MODULE_PATHNAME', 'covenant_number_ne_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_ne(numeric, covenant.share_price) IS 'Do price and number differ?';
CREATE OPERATOR pg_catalog.<> (
	LEFTARG = numeric, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_ne,
	COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (numeric, covenant.share_price) IS 'Do price and number differ?';

CREATE FUNCTION covenant_internal.share_price_ge_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_ge_support';
COMMENT ON FUNCTION covenant_internal.share_price_ge_support(internal) IS
'Planner support: a price >= a constant number is a comparison of two prices';

CREATE FUNCTION covenant_internal.share_price_ge(covenant.share_price, numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_ge_support
AS 'MODULE_PATHNAME', 'covenant_share_price_ge_number';
COMMENT ON FUNCTION covenant_internal.share_price_ge(covenant.share_price, numeric) IS 'Is the price higher or the same, compared with the number?';
CREATE OPERATOR pg_catalog.>= (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_ge,
	COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (covenant.share_price, numeric) IS 'Is the price higher or the same, compared with the number?';

CREATE FUNCTION covenant_internal.share_price_ge(numeric, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_ge_support
AS 'MODULE_PATHNAME', 'covenant_number_ge_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_ge(numeric, covenant.share_price) IS 'Is the number higher or the same, compared with the price?';
CREATE OPERATOR pg_catalog.>= (
	LEFTARG = numeric, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_ge,
	COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (numeric, covenant.share_price) IS 'Is the number higher or the same, compared with the price?';

CREATE FUNCTION covenant_internal.share_price_gt_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_gt_support';
COMMENT ON FUNCTION covenant_internal.share_price_gt_support(internal) IS
'Planner support: a price > a constant number is a comparison of two prices';

CREATE FUNCTION covenant_internal.share_price_gt(covenant.share_price, numeric) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_gt_support
AS 'MODULE_PATHNAME', 'covenant_share_price_gt_number';
COMMENT ON FUNCTION covenant_internal.share_price_gt(covenant.share_price, numeric) IS 'Is the price higher, compared with the number?';
CREATE OPERATOR pg_catalog.> (
	LEFTARG = covenant.share_price, RIGHTARG = numeric, FUNCTION = covenant_internal.share_price_gt,
	COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (covenant.share_price, numeric) IS 'Is the price higher, compared with the number?';

CREATE FUNCTION covenant_internal.share_price_gt(numeric, covenant.share_price) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SUPPORT covenant_internal.share_price_gt_support
AS 'MODULE_PATHNAME', 'covenant_number_gt_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_gt(numeric, covenant.share_price) IS 'Is the number higher, compared with the price?';
CREATE OPERATOR pg_catalog.> (
	LEFTARG = numeric, RIGHTARG = covenant.share_price, FUNCTION = covenant_internal.share_price_gt,
	COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (numeric, covenant.share_price) IS 'Is the number higher, compared with the price?';

-- Of no operator class, but rows can be compared: (deal, price) = ('acme', 0.06).

CREATE FUNCTION covenant_internal.share_price_cmp(covenant.share_price, numeric) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_share_price_cmp_number';
COMMENT ON FUNCTION covenant_internal.share_price_cmp(covenant.share_price, numeric) IS
'-1, 0 or 1 as the price is lower than the number, the same or higher';

CREATE FUNCTION covenant_internal.share_price_cmp(numeric, covenant.share_price) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_number_cmp_share_price';
COMMENT ON FUNCTION covenant_internal.share_price_cmp(numeric, covenant.share_price) IS
'-1, 0 or 1 as the number is lower than the price, the same or higher';

CREATE OPERATOR FAMILY covenant_internal.price_number_ops USING btree;
COMMENT ON OPERATOR FAMILY covenant_internal.price_number_ops USING btree IS 'Share prices and numbers in order';
ALTER OPERATOR FAMILY covenant_internal.price_number_ops USING btree ADD
	OPERATOR 1 pg_catalog.< (covenant.share_price, numeric),
	OPERATOR 2 pg_catalog.<= (covenant.share_price, numeric),
	OPERATOR 3 pg_catalog.= (covenant.share_price, numeric),
	OPERATOR 4 pg_catalog.>= (covenant.share_price, numeric),
	OPERATOR 5 pg_catalog.> (covenant.share_price, numeric),
	FUNCTION 1 (covenant.share_price, numeric) covenant_internal.share_price_cmp(covenant.share_price, numeric),
	OPERATOR 1 pg_catalog.< (numeric, covenant.share_price),
	OPERATOR 2 pg_catalog.<= (numeric, covenant.share_price),
	OPERATOR 3 pg_catalog.= (numeric, covenant.share_price),
	OPERATOR 4 pg_catalog.>= (numeric, covenant.share_price),
	OPERATOR 5 pg_catalog.> (numeric, covenant.share_price),
	FUNCTION 1 (numeric, covenant.share_price) covenant_internal.share_price_cmp(numeric, covenant.share_price);
