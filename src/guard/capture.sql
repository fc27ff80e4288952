
-- The guard --------------------------------------------------------------

CREATE FUNCTION covenant_internal.capture() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_capture';
COMMENT ON FUNCTION covenant_internal.capture() IS
'Trigger function of watched tables: turns the rows of a write into pending changes, which are posted and judged just before commit; its arguments are word=name, made by covenant.watch_deals, watch_notes and watch_warrants';

CREATE FUNCTION covenant_internal.say_terms(relation regclass) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_say_terms';
COMMENT ON FUNCTION covenant_internal.say_terms(regclass) IS
'Puts the terms of all notes of a watched table into what is pending; for its owner (42501); covenant.watch_quotes calls it';
