-- The formula of a Conversion Price ---------------------------------------

CREATE TYPE covenant.conversion_terms;

CREATE FUNCTION covenant_internal.conversion_terms_in(cstring) RETURNS covenant.conversion_terms
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_conversion_terms_in';
COMMENT ON FUNCTION covenant_internal.conversion_terms_in(cstring) IS
'Text to conversion_terms; bad text is 22P02 with the position and what was expected there';
CREATE FUNCTION covenant_internal.conversion_terms_out(covenant.conversion_terms) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'textout';
COMMENT ON FUNCTION covenant_internal.conversion_terms_out(covenant.conversion_terms) IS
'conversion_terms to text, in the one canonical form';
CREATE FUNCTION covenant_internal.conversion_terms_recv(internal) RETURNS covenant.conversion_terms
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_conversion_terms_recv';
COMMENT ON FUNCTION covenant_internal.conversion_terms_recv(internal) IS
'Binary input: the text, validated as conversion_terms_in does';
CREATE FUNCTION covenant_internal.conversion_terms_send(covenant.conversion_terms) RETURNS bytea
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'textsend';
COMMENT ON FUNCTION covenant_internal.conversion_terms_send(covenant.conversion_terms) IS
'Binary output: the canonical text';

CREATE TYPE covenant.conversion_terms (
	INPUT = covenant_internal.conversion_terms_in, OUTPUT = covenant_internal.conversion_terms_out,
	RECEIVE = covenant_internal.conversion_terms_recv, SEND = covenant_internal.conversion_terms_send,
	INTERNALLENGTH = VARIABLE, STORAGE = extended
);
COMMENT ON TYPE covenant.conversion_terms IS
'How a Conversion Price follows from market prices: "0.12", "75% of lowest of 20 days", "60% of average of lowest 3 of 20 days", "lesser of" and "greater of" two such, parentheses, and "rounded down (up, half up, half even) to 4 decimals" of the whole or of what stands in parentheses. Percentages above 0 and up to 1000, 1 to 250 days, fixed prices above zero, at most 32 parts. Equality and order are those of the canonical text';

-- Comparison: of the canonical text, byte by byte

CREATE FUNCTION covenant_internal.conversion_terms_lt(covenant.conversion_terms, covenant.conversion_terms) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'bytealt';
COMMENT ON FUNCTION covenant_internal.conversion_terms_lt(covenant.conversion_terms, covenant.conversion_terms) IS 'implementation of <';
CREATE OPERATOR pg_catalog.< (
	FUNCTION = covenant_internal.conversion_terms_lt, LEFTARG = covenant.conversion_terms, RIGHTARG = covenant.conversion_terms,
	COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (covenant.conversion_terms, covenant.conversion_terms) IS 'less in the order of the canonical text';

CREATE FUNCTION covenant_internal.conversion_terms_le(covenant.conversion_terms, covenant.conversion_terms) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteale';
COMMENT ON FUNCTION covenant_internal.conversion_terms_le(covenant.conversion_terms, covenant.conversion_terms) IS 'implementation of <=';
CREATE OPERATOR pg_catalog.<= (
	FUNCTION = covenant_internal.conversion_terms_le, LEFTARG = covenant.conversion_terms, RIGHTARG = covenant.conversion_terms,
	COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (covenant.conversion_terms, covenant.conversion_terms) IS 'less or equal in the order of the canonical text';

CREATE FUNCTION covenant_internal.conversion_terms_eq(covenant.conversion_terms, covenant.conversion_terms) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteaeq';
COMMENT ON FUNCTION covenant_internal.conversion_terms_eq(covenant.conversion_terms, covenant.conversion_terms) IS 'implementation of =';
CREATE OPERATOR pg_catalog.= (
	FUNCTION = covenant_internal.conversion_terms_eq, LEFTARG = covenant.conversion_terms, RIGHTARG = covenant.conversion_terms,
	COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (covenant.conversion_terms, covenant.conversion_terms) IS 'the same terms';

CREATE FUNCTION covenant_internal.conversion_terms_ne(covenant.conversion_terms, covenant.conversion_terms) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteane';
COMMENT ON FUNCTION covenant_internal.conversion_terms_ne(covenant.conversion_terms, covenant.conversion_terms) IS 'implementation of <>';
CREATE OPERATOR pg_catalog.<> (
	FUNCTION = covenant_internal.conversion_terms_ne, LEFTARG = covenant.conversion_terms, RIGHTARG = covenant.conversion_terms,
	COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (covenant.conversion_terms, covenant.conversion_terms) IS 'other terms';

CREATE FUNCTION covenant_internal.conversion_terms_ge(covenant.conversion_terms, covenant.conversion_terms) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteage';
COMMENT ON FUNCTION covenant_internal.conversion_terms_ge(covenant.conversion_terms, covenant.conversion_terms) IS 'implementation of >=';
CREATE OPERATOR pg_catalog.>= (
	FUNCTION = covenant_internal.conversion_terms_ge, LEFTARG = covenant.conversion_terms, RIGHTARG = covenant.conversion_terms,
	COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (covenant.conversion_terms, covenant.conversion_terms) IS 'greater or equal in the order of the canonical text';

CREATE FUNCTION covenant_internal.conversion_terms_gt(covenant.conversion_terms, covenant.conversion_terms) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteagt';
COMMENT ON FUNCTION covenant_internal.conversion_terms_gt(covenant.conversion_terms, covenant.conversion_terms) IS 'implementation of >';
CREATE OPERATOR pg_catalog.> (
	FUNCTION = covenant_internal.conversion_terms_gt, LEFTARG = covenant.conversion_terms, RIGHTARG = covenant.conversion_terms,
	COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (covenant.conversion_terms, covenant.conversion_terms) IS 'greater in the order of the canonical text';

CREATE FUNCTION covenant_internal.conversion_terms_cmp(covenant.conversion_terms, covenant.conversion_terms) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteacmp';
COMMENT ON FUNCTION covenant_internal.conversion_terms_cmp(covenant.conversion_terms, covenant.conversion_terms) IS '-1, 0 or 1 by the canonical text';

CREATE FUNCTION covenant_internal.conversion_terms_hash(covenant.conversion_terms) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'hashvarlena';
COMMENT ON FUNCTION covenant_internal.conversion_terms_hash(covenant.conversion_terms) IS 'hash of the canonical text';

CREATE FUNCTION covenant_internal.conversion_terms_hash_extended(covenant.conversion_terms, bigint) RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'hashvarlenaextended';
COMMENT ON FUNCTION covenant_internal.conversion_terms_hash_extended(covenant.conversion_terms, bigint) IS 'seeded hash of the canonical text';

CREATE OPERATOR FAMILY covenant_internal.conversion_terms_ops USING btree;
COMMENT ON OPERATOR FAMILY covenant_internal.conversion_terms_ops USING btree IS 'conversion_terms in the order of their canonical text';
CREATE OPERATOR CLASS covenant_internal.conversion_terms_ops
DEFAULT FOR TYPE covenant.conversion_terms USING btree FAMILY covenant_internal.conversion_terms_ops AS
	OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=,
	OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
	FUNCTION 1 covenant_internal.conversion_terms_cmp(covenant.conversion_terms, covenant.conversion_terms);
COMMENT ON OPERATOR CLASS covenant_internal.conversion_terms_ops USING btree IS 'conversion_terms in the order of their canonical text';
CREATE OPERATOR FAMILY covenant_internal.conversion_terms_ops USING hash;
COMMENT ON OPERATOR FAMILY covenant_internal.conversion_terms_ops USING hash IS 'conversion_terms by their canonical text';
CREATE OPERATOR CLASS covenant_internal.conversion_terms_ops
DEFAULT FOR TYPE covenant.conversion_terms USING hash FAMILY covenant_internal.conversion_terms_ops AS
	OPERATOR 1 pg_catalog.=,
	FUNCTION 1 covenant_internal.conversion_terms_hash(covenant.conversion_terms),
	FUNCTION 2 covenant_internal.conversion_terms_hash_extended(covenant.conversion_terms, bigint);
COMMENT ON OPERATOR CLASS covenant_internal.conversion_terms_ops USING hash IS 'conversion_terms by their canonical text';

-- What is in them

CREATE FUNCTION covenant.look_back(terms covenant.conversion_terms) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_look_back';
COMMENT ON FUNCTION covenant.look_back(covenant.conversion_terms) IS
'How many trading days of prices the terms need: the largest n of "of n days"; 0 for terms without a market price, whose price is fixed';

CREATE FUNCTION covenant.is_fixed(terms covenant.conversion_terms) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT covenant.look_back($1) = 0 $$;
COMMENT ON FUNCTION covenant.is_fixed(covenant.conversion_terms) IS
'Do the terms give a price without any market price?';

CREATE FUNCTION covenant_internal.terms_parts(
	terms covenant.conversion_terms,
	OUT part integer, OUT belongs_to integer, OUT kind text, OUT terms_of_part covenant.conversion_terms,
	OUT percentage numeric, OUT lowest integer, OUT days integer)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 3
AS 'MODULE_PATHNAME', 'covenant_terms_parts';
COMMENT ON FUNCTION covenant_internal.terms_parts(covenant.conversion_terms) IS
'The parts of the terms, each of which is terms itself: number; number of the part it belongs to (NULL: the whole, which comes last); kind fixed, quote, lesser, greater or rounded; and of a quote the percentage, and how many lowest prices of how many days';
