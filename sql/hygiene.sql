-- What every object of the extension must have, asked of the catalogue.  Each
-- query lists the offenders, so each must come back empty.
CREATE TEMP VIEW member AS
	SELECT classid, objid FROM pg_depend
	WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'covenant');
CREATE TEMP VIEW member_function AS
	SELECT p.*, p.oid::regprocedure AS signature, l.lanname
	FROM member JOIN pg_proc p ON objid = p.oid AND classid = 'pg_proc'::regclass
	JOIN pg_language l ON l.oid = p.prolang;

-- Functions that are not IMMUTABLE, since they depend on settings.  Those that
-- take a regclass work on the user's tables, and trigger functions on rows;
-- neither needs an entry.
CREATE TEMP TABLE depends_on_settings(name) AS VALUES ('as_of'), ('known_at');

-- The queries look at something.
SELECT count(*) > 0 AS members, count(*) FILTER (WHERE classid = 'pg_proc'::regclass) > 0 AS functions FROM member;

-- Everything has a comment, the schemas too, which are members.
SELECT count(*) AS schemas FROM member WHERE classid = 'pg_namespace'::regclass;
SELECT pg_describe_object(classid, objid, 0) AS "member without comment"
FROM member WHERE obj_description(objid, classid::regclass::name) IS NULL
AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT typarray FROM pg_type)) ORDER BY 1;	-- members since 17

-- So has every column of a view or of a composite type.
SELECT c.oid::regclass || '.' || attname AS "column without comment"
FROM member JOIN pg_class c ON (classid, objid) IN (('pg_class'::regclass, c.oid), ('pg_type'::regclass, c.reltype))
JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
WHERE col_description(c.oid, attnum) IS NULL ORDER BY 1;

-- Everything has one of the two schemas, but for what the parser looks for
-- without naming a schema: operators, and functions that bear a core name.
SELECT i.type, i.identity AS "in another schema"
FROM member, LATERAL pg_identify_object(classid, objid, 0) i
WHERE i.schema NOT IN ('covenant', 'covenant_internal') AND i.type <> 'operator'
AND NOT (i.schema = 'pg_catalog' AND i.type IN ('function', 'aggregate')
	AND i.identity ~ '^(pg_catalog\.)?(sum|min|max|avg|abs)\(') ORDER BY 2;
SELECT i.identity AS "operator outside pg_catalog"
FROM member, LATERAL pg_identify_object(classid, objid, 0) i WHERE i.type = 'operator' AND i.schema <> 'pg_catalog' ORDER BY 1;

-- Nothing that holds state; no implicit cast but those that were found to
-- leave other people's expressions alone.
SELECT c.relkind, c.oid::regclass AS "relation that holds state"
FROM member JOIN pg_class c ON objid = c.oid AND classid = 'pg_class'::regclass WHERE relkind NOT IN ('v', 'c') ORDER BY 2;
SELECT pg_describe_object(classid, objid, 0) AS "cast that is implicit and should not be"
FROM member JOIN pg_cast c ON objid = c.oid AND classid = 'pg_cast'::regclass
WHERE castcontext = 'i' AND castsource::regtype || ' to ' || casttarget::regtype NOT IN (
	'smallint to covenant.shares', 'integer to covenant.shares', 'bigint to covenant.shares', 'numeric to covenant.share_price') ORDER BY 1;

-- Views run with the rights of who asks.
SELECT c.oid::regclass AS "view that is not security_invoker"
FROM member JOIN pg_class c ON objid = c.oid AND classid = 'pg_class'::regclass
WHERE relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false) ORDER BY 1;

-- Base types have binary input and output.
SELECT t.oid::regtype AS "type without send or receive"
FROM member JOIN pg_type t ON objid = t.oid AND classid = 'pg_type'::regclass
WHERE typtype = 'b' AND (typsend = 0 OR typreceive = 0) ORDER BY 1;

-- Functions: volatility, parallel safety, search_path, rights, symbols.
SELECT signature AS "not immutable", provolatile FROM member_function
WHERE provolatile <> 'i' AND proname NOT IN (SELECT name FROM depends_on_settings)
AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) AND 'regclass'::regtype <> ALL (proargtypes) ORDER BY signature::text;
SELECT signature AS "immutable, not parallel safe", proparallel FROM member_function WHERE provolatile = 'i' AND proparallel <> 's' ORDER BY signature::text;
SELECT signature AS "search_path not fixed", proconfig FROM member_function
WHERE lanname NOT IN ('c', 'internal') AND proconfig[1] IS DISTINCT FROM 'search_path=pg_catalog, pg_temp' ORDER BY signature::text;
SELECT signature AS "security definer" FROM member_function WHERE prosecdef ORDER BY signature::text;
SELECT signature AS "trigger function closed to PUBLIC" FROM member_function
WHERE prorettype = 'trigger'::regtype AND NOT has_function_privilege('public', oid, 'EXECUTE') ORDER BY signature::text;
SELECT signature AS "C symbol without prefix", prosrc FROM member_function WHERE lanname = 'c' AND prosrc !~ '^covenant_' ORDER BY signature::text;

-- Aggregates run in parallel, on a state that can be stored and sent; but for
-- the one that depends on the order of its rows.
SELECT signature AS "aggregate that cannot run in parallel", aggtranstype::regtype
FROM member_function JOIN pg_aggregate ON aggfnoid = oid JOIN pg_type t ON t.oid = aggtranstype
WHERE (aggcombinefn = 0 AND proname <> 'conversion_price') OR typtype = 'p' ORDER BY signature::text;

-- Operators that compare tell the planner how; operator classes are complete.
SELECT o.oid::regoperator AS "comparison without commutator, negator or selectivity"
FROM member JOIN pg_operator o ON objid = o.oid AND classid = 'pg_operator'::regclass
WHERE oprresult = 'boolean'::regtype AND 0 IN (oprcom, oprnegate, oprrest, oprjoin) ORDER BY 1;
SELECT amname, opcname AS "invalid operator class"
FROM member JOIN pg_opclass c ON objid = c.oid AND classid = 'pg_opclass'::regclass JOIN pg_am a ON a.oid = opcmethod
WHERE NOT amvalidate(c.oid) ORDER BY 1, 2;

-- default_of_empty_string: the tables that are made for users have no column whose default is an empty
-- string, which says nothing and which tools take for no default at all.
CREATE SCHEMA hygiene;
SET search_path = hygiene;
SET client_min_messages = warning;
CREATE TABLE deals (deal text PRIMARY KEY, reserved bigint NOT NULL, authorized bigint, outstanding bigint, other bigint);
SELECT covenant.watch_deals('deals', 'deal', 'reserved', 'authorized', 'outstanding', 'other');
SELECT covenant.adopt('deals', 'spa-2005', '{"formula": "principal", "interest": "all_unpaid", "months": "calendar", "day_count": "ACT/365F", "calendar": "NYGCL", "base": "own_notes", "stacking": "each", "recovery": "restarts", "board_curable": "counts", "as": "company", "additional_notes": "counted", "sunday": "stays", "expenses_base": "total", "list_interest": "next_year", "majority": "purchased"}');
CREATE TEMP VIEW made AS
	SELECT c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid) AS given
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
	WHERE c.relnamespace = 'hygiene'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> 'deals';
SELECT count(DISTINCT relname) >= 7 AS relations, count(given) > 0 AS defaults FROM made;
SELECT relname, attname AS "column whose default is an empty string", given FROM made WHERE given ~ '^''''(::|$)' ORDER BY 1, 2;
DROP VIEW made;
DROP SCHEMA hygiene CASCADE;
RESET client_min_messages; RESET search_path;

DROP VIEW member_function, member;
