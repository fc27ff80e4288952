
-- The guard --------------------------------------------------------------

CREATE FUNCTION covenant_internal.capture() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_capture';
COMMENT ON FUNCTION covenant_internal.capture() IS
'Trigger function of watched tables: turns the rows of a write into pending changes, which are posted and judged just before commit; its arguments are word=name, made by covenant.watch_deals, watch_notes and watch_warrants';
