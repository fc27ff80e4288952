
-- Shares issuable, and the reserve they require ----------------------------

CREATE FUNCTION covenant.shares_issuable(amount numeric, price covenant.share_price, rounding text DEFAULT 'down')
RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_shares_issuable';
COMMENT ON FUNCTION covenant.shares_issuable(numeric, covenant.share_price, text) IS
'amount / price in whole shares, rounded once: down, up, half_up or half_even; 22023 negative amount or unknown rounding, 22012 price of zero, 22003 out of range (Section 3(c))';

CREATE FUNCTION covenant.reserved_amount(issuable covenant.shares, multiple numeric DEFAULT 2)
RETURNS covenant.shares
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_reserved_amount';
COMMENT ON FUNCTION covenant.reserved_amount(covenant.shares, numeric) IS
'The Reserved Amount: multiple x issuable, rounded up to whole shares; 22023 for a negative argument, 22003 out of range (Section 4(h))';

CREATE FUNCTION covenant.breakeven_price(principal numeric, warrants covenant.shares, counted covenant.shares, multiple numeric DEFAULT 2)
RETURNS covenant.share_price
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_breakeven_price';
COMMENT ON FUNCTION covenant.breakeven_price(numeric, covenant.shares, covenant.shares, numeric) IS
'principal / (floor(counted / multiple) - warrants + 1): above this price the reserve holds, the principal taken as one note; NULL where the warrants alone break it, 0 where the multiple is 0; 22023 for a negative argument, 22003 out of range (Section 4(h))';
