\echo Use "CREATE EXTENSION covenant" to load this file. \quit

COMMENT ON SCHEMA covenant IS
'Types, functions and triggers that hold the promises of a convertible-note Securities Purchase Agreement';

-- What is here is for everybody to use; what protects the books is the check
-- at every firing of a trigger.
GRANT USAGE ON SCHEMA covenant TO PUBLIC;
