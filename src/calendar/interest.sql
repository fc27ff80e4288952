
-- Interest ---------------------------------------------------------------

CREATE FUNCTION covenant.accrued_interest(principal numeric, rate numeric, from_date date, to_date date, day_count text)
RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_accrued_interest';
COMMENT ON FUNCTION covenant.accrued_interest(numeric, numeric, date, date, text) IS
'Simple interest on principal at a yearly rate (0.10 is 10 %) for the days from from_date up to, not including, to_date: exact, rounded half up to 10 decimals (a negative result: half away from zero). Day counts as ISDA names them: ACT/365F, ACT/360, ACT/ACT ISDA, 30/360, 30E/360. Negative principal, a rate above 1, a period that ends before it begins, an unknown day count 22023; infinite date 22008; NaN or infinity 22003';
