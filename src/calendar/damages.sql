
-- Damages ----------------------------------------------------------------

CREATE FUNCTION covenant.liquidated_damages(principal numeric, interest numeric, from_date date, to_date date,
	formula text, months text, monthly_rate numeric DEFAULT 0.03, scale integer DEFAULT 2)
RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_liquidated_damages';
COMMENT ON FUNCTION covenant.liquidated_damages(numeric, numeric, date, date, text, text, numeric, integer) IS
'Standard Liquidated Damages Amount (Section 2(f)) for the days from from_date up to, not including, to_date; with P principal, I interest, r monthly rate, m months. Formulas: principal r P m; principal_plus_interest r P m + I; principal_and_interest r (P + I) m; principal_and_interest_plus_interest r (P + I) m + I. Months: calendar, anniversary, 30-day, 365-day. Exact, rounded once, half up (a negative result: half away from zero), to scale decimals (0 to 20, else 22003). Negative amounts, a rate above 1, a period that ends before it begins, unknown words 22023; infinite date 22008; NaN or infinity 22003';
