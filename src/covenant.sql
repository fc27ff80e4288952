\echo Use "CREATE EXTENSION covenant" to load this file. \quit

-- Both schemas are members of the extension, so that a dump of a database
-- leaves making them to CREATE EXTENSION.  What is in them is for everybody to
-- use; what protects the books is the check at every firing of a trigger.

CREATE SCHEMA covenant;
COMMENT ON SCHEMA covenant IS
'Types and functions that hold the promises of a convertible-note Securities Purchase Agreement: what a user calls, and nothing else';
GRANT USAGE ON SCHEMA covenant TO PUBLIC;

CREATE SCHEMA covenant_internal;
COMMENT ON SCHEMA covenant_internal IS
'What the extension covenant needs for itself: support of its types, trigger functions, helpers of its views. Nothing here is meant to be called';
GRANT USAGE ON SCHEMA covenant_internal TO PUBLIC;

-- A dump repeats the comment of an extension, which only the extension's owner
-- may make: whoever is no superuser could not restore in one transaction into
-- a database where an administrator made the extension.  What the extension is
-- stands in pg_available_extensions, from the control file.
COMMENT ON EXTENSION covenant IS NULL;
