
-- The kinds of dated facts ---------------------------------------------------------

CREATE FUNCTION covenant.event_kinds() RETURNS text[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_event_kinds';
COMMENT ON FUNCTION covenant.event_kinds() IS
'The kinds of dated facts that covenant knows by itself; an event table also takes those that a clause of its deal names in starts_on or ends_on';
