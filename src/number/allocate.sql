
-- Dividing a whole so that the parts add up ---------------------------------

CREATE FUNCTION covenant.allocate(total covenant.shares, weights numeric[])
RETURNS covenant.shares[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_allocate_shares';
COMMENT ON FUNCTION covenant.allocate(covenant.shares, numeric[]) IS
'Divides shares in proportion to the weights by largest remainder, ties to the earlier; the parts sum to the total exactly, and a negative total is the mirror image of the positive one; 22023 for a negative weight or weights that are all zero, 22004 for a NULL weight (Section 1(a))';

CREATE FUNCTION covenant.allocate(total numeric, weights numeric[], scale integer)
RETURNS numeric[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_allocate_amount';
COMMENT ON FUNCTION covenant.allocate(numeric, numeric[], integer) IS
'Divides dollars in proportion to the weights into parts of scale (0 to 1000) decimals by largest remainder, ties to the earlier; the parts sum to the total exactly, and a negative total is the mirror image of the positive one; 22023 also for a total with more decimals (Section 1(a))';
