
CREATE FUNCTION covenant_internal.say_terms(relation regclass) RETURNS void
LANGUAGE c VOLATILE STRICT
AS 'MODULE_PATHNAME', 'covenant_say_terms';
COMMENT ON FUNCTION covenant_internal.say_terms(regclass) IS
'Puts the terms of all notes of a watched table into what is pending; for its owner (42501); covenant.watch_quotes calls it';
