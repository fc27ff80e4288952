-- Writes doc/reference.md from the comments in the catalog of a database with
-- the extension:  psql -X -q -At -f doc/reference.sql.  A test compares the two.
\set ON_ERROR_STOP on
\pset pager off
\set QUIET on
SET client_min_messages = error;
SET search_path = pg_catalog, pg_temp;
SET DateStyle = ISO;

-- What a deals table gets beside it: books, tables and views.
CREATE SCHEMA reference;
CREATE TABLE reference.companies (company text PRIMARY KEY, authorized bigint NOT NULL, outstanding bigint NOT NULL);
CREATE TABLE reference.deals (deal text PRIMARY KEY, reserved bigint NOT NULL, company text);
\o /dev/null
SELECT covenant.watch_deals('reference.deals', 'deal', 'reserved', company => 'company');
SELECT covenant.watch_capital('reference.companies', 'reference.deals', 'company', 'authorized', 'outstanding');
SELECT covenant.adopt('reference.deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year"}');
\o
-- Text as it stands in a table of Markdown.
CREATE FUNCTION pg_temp.cell(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT replace(replace(replace(coalesce(t, ''), '|', '\|'), '<', '&lt;'), E'\n', ' ') $$;
CREATE FUNCTION pg_temp.arguments(function oid) RETURNS text LANGUAGE sql STABLE AS $$
SELECT regexp_replace(pg_get_function_arguments(function), ' DEFAULT (NULL|''[^'']*''|[^,:]+)(::[a-z_. ]+(\[\])?)?', ' = \1', 'g') $$;
CREATE FUNCTION pg_temp.items(relation oid) RETURNS text LANGUAGE sql STABLE AS $$
SELECT string_agg(format('| `%s` | %s | %s |', attname, replace(format_type(atttypid, NULL), 'timestamp with time zone', 'timestamptz'),
	pg_temp.cell(col_description(attrelid, attnum))), E'\n' ORDER BY attnum) FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped $$;

SELECT '# Reference

This page is made from the comments in the catalog, by `./dev.sh reference`, and tested against them: what `\df+ covenant.*`
and `\d+ deals_status` show in psql is what stands here. The agreement''s sections are those of the Securities Purchase
Agreement of 23 May 2005. What types and numbers do is on [a page of its own](types.md), and so are [the errors](errors.md).

* [Functions](#functions)
* [Aggregates](#aggregates)
* [Types](#types)
* [Settings](#settings)
* [Views and tables beside a deals table](#views-and-tables-beside-a-deals-table)
* [Kinds of events](#kinds-of-events)
* [Clauses](#clauses)
* [Readings](#readings)
* [Conditions of the closings](#conditions-of-the-closings)

## Functions
';
SELECT format(E'### `%s`\n\n`%s(%s)`%s\n\n%s\n', min(p.proname), min(p.proname), string_agg(pg_temp.arguments(p.oid), E')`<br>`' || p.proname || '(' ORDER BY pg_temp.arguments(p.oid)),
	CASE min(p.prokind) WHEN 'p' THEN ', a procedure' ELSE ' → `' || string_agg(DISTINCT coalesce(pg_get_function_result(p.oid), ''), '`, `') || '`' END,
	string_agg(DISTINCT replace(obj_description(p.oid, 'pg_proc'), '<', '&lt;'), E'\n\n'))
FROM pg_proc p WHERE p.pronamespace = 'covenant'::regnamespace AND p.prokind <> 'a' GROUP BY p.proname ORDER BY p.proname;
SELECT '## Aggregates

| aggregate | gives |
|---|---|';
SELECT format('| `%s(%s)` | %s |', p.proname, pg_get_function_arguments(p.oid), pg_temp.cell(obj_description(p.oid, 'pg_proc')))
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'covenant' WHERE p.prokind = 'a' AND p.pronamespace <> 'covenant_internal'::regnamespace
ORDER BY p.proname, pg_get_function_arguments(p.oid);
SELECT '
## Types

| type | is |
|---|---|';
SELECT format('| `%s` | %s |', format_type(t.oid, NULL), pg_temp.cell(obj_description(t.oid, 'pg_type')))
FROM pg_type t WHERE t.typnamespace = 'covenant'::regnamespace AND t.typelem = 0 AND t.typtype = 'b' ORDER BY t.typname;
SELECT '
## Settings

| setting | is | default |
|---|---|---|';
SELECT format('| `%s` | %s | %s |', name, pg_temp.cell(short_desc || coalesce(' ' || extra_desc, '')), coalesce(nullif(boot_val, ''), 'unset'))
FROM pg_settings WHERE name LIKE 'covenant.%' ORDER BY name;
SELECT '
## Views and tables beside a deals table

They are in the schema of the deals table and begin with its name; `<deals>` stands for it here.
';
SELECT format(E'### `<deals>%s`\n\n%s, a %s.\n\n| column | type | is |\n|---|---|---|\n%s\n', substr(c.relname, 6), replace(rtrim(obj_description(c.oid, 'pg_class'), '. '), '<', '&lt;'),
	CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, pg_temp.items(c.oid))
FROM pg_class c WHERE c.relnamespace = 'reference'::regnamespace AND c.relname LIKE 'deals\_%' AND c.relkind IN ('r', 'v')
ORDER BY c.relkind = 'r', c.relname;
SELECT '## Kinds of events

Besides what a clause of the deal starts or ends on: ' || string_agg(format('`%s`', k), ', ' ORDER BY n) || '.'
FROM unnest(covenant.event_kinds()) WITH ORDINALITY u(k, n);
SELECT '
## Clauses

Those of the form `spa-2005`, as rows of `<deals>_clause`; [amendments](clocks-and-damages.md#amendments) change them.

| section | duty | owed by | starts on | time | ends on | remedy |
|---|---|---|---|---|---|---|';
SELECT format('| %s | %s | %s%s | %s%s | %s | %s | %s |', section, duty, owed_by, CASE WHEN to_each_holder THEN ', to each holder' ELSE '' END,
	starts_on, coalesce(' (' || array_to_string(subjects, ', ') || ')', ''), coalesce(period || ' ' || unit, unit, 'none'), ends_on,
	CASE remedy WHEN 'damages' THEN format('%s a month, elected by the %s', rate, elector) WHEN 'interest' THEN format('interest of %s a year', rate) ELSE remedy END)
FROM covenant.clauses('spa-2005') ORDER BY ord;
SELECT '
## Readings

| reading | question | of | choices | the company''s | the buyers'' |
|---|---|---|---|---|---|';
SELECT format('| `%s` | %s | %s | %s | %s | %s |', reading, question, clause, array_to_string(choices, ', '), coalesce(company, '–'), coalesce(buyers, '–'))
FROM covenant.reading_choices();
SELECT '
## Conditions of the closings

| closing | section | for the benefit of | condition |
|---|---|---|---|';
SELECT format('| %s | %s | %s | %s |', closing, section, benefit, condition) FROM covenant.conditions('spa-2005');
DROP SCHEMA reference CASCADE;
