\echo Use "CREATE EXTENSION covenant" to load this file. \quit

COMMENT ON SCHEMA covenant IS
'Types, functions and triggers that hold the promises of a convertible-note Securities Purchase Agreement';
