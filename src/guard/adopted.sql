
-- The tables of an adopted agreement -------------------------------------------------

CREATE FUNCTION covenant_internal.adopted_table(ledger regclass, suffix text) RETURNS regclass
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_adopted_table';
COMMENT ON FUNCTION covenant_internal.adopted_table(regclass, text) IS
'The table (event, clause, reading, list) of an agreement beside a ledger, which stays as it is until the transaction ends; else why it cannot be read: lost (42P01), a column that is gone (42703) or has another type than covenant gave it (42804)';
