
-- Settings ---------------------------------------------------------------

CREATE FUNCTION covenant.as_of() RETURNS date
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_as_of';
COMMENT ON FUNCTION covenant.as_of() IS
'The day as of which covenant records and reports: the setting covenant.as_of, else today in covenant.time_zone (Section 8(a))';

CREATE FUNCTION covenant.known_at() RETURNS timestamptz
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_known_at';
COMMENT ON FUNCTION covenant.known_at() IS
'The moment up to which reports know what was recorded: the setting covenant.known_at, YYYY-MM-DD HH:MM:SS+HH:MM; infinity where it is unset, that is everything on record';
