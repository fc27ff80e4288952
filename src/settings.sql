
-- Settings ---------------------------------------------------------------

CREATE FUNCTION covenant.as_of() RETURNS date
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_as_of';
COMMENT ON FUNCTION covenant.as_of() IS
'The day as of which covenant records and reports: the setting covenant.as_of, else today in covenant.time_zone (Section 8(a))';
