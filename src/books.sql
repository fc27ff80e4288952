
-- The books --------------------------------------------------------------

CREATE FUNCTION covenant.watch_word(relation regclass, word text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_watch_word';
COMMENT ON FUNCTION covenant.watch_word(regclass, text) IS
'One argument of the trigger by which a table is watched: table (deals, notes or warrants), schema and ledger (its books), rounding, or what a column is (deal, principal, price, ...); NULL where there is none';

CREATE FUNCTION covenant.books_of(deals regclass, OUT ledger regclass, OUT journal regclass, OUT key name)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    schema_name text := covenant.watch_word(deals, 'schema');
    ledger_name text := covenant.watch_word(deals, 'ledger');
BEGIN
    IF covenant.watch_word(deals, 'table') IS DISTINCT FROM 'deals' THEN
        RAISE EXCEPTION 'table "%" is not watched as a deals table', deals
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Watch it with covenant.watch_deals first.';
    END IF;
    ledger := to_regclass(format('%I.%I', schema_name, ledger_name));
    journal := to_regclass(format('%I.%I', schema_name, regexp_replace(ledger_name, '_reserve$', '_journal')));
    key := covenant.watch_word(deals, 'deal');
    IF ledger IS NULL OR journal IS NULL THEN
        RAISE EXCEPTION 'the books "%.%" do not exist', schema_name, ledger_name
            USING ERRCODE = 'undefined_table',
                  DETAIL = 'They were dropped, renamed or moved.',
                  HINT = format('Put them back under that name, or call covenant.unwatch(%L) and watch the table again.', deals);
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.books_of(regclass) IS
'The books beside a watched deals table: ledger (one row a deal), journal (append-only), and the key column of the deals table; 55000 where the table is not watched, 42P01 where the books are gone';

CREATE FUNCTION covenant.append_only() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'table "%" is append-only', TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state',
              SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
              DETAIL = format('%s would change what is on record.', TG_OP),
              HINT = 'Record a correction instead; the record of what was believed before stays.';
END
$$;
COMMENT ON FUNCTION covenant.append_only() IS
'Trigger function: refuses UPDATE, DELETE and TRUNCATE of a table that is a record (55000)';

CREATE FUNCTION covenant.check_watch(relation regclass) RETURNS void
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_check_watch';
COMMENT ON FUNCTION covenant.check_watch(regclass) IS
'Raises what the next write to a watched table would find wrong: books gone (42P01), columns gone (42703) or of a type that does not suit (42804), rights (42501); 55000 where the table is not watched';

CREATE FUNCTION covenant.word_of(arguments bytea, word text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_word_of';
COMMENT ON FUNCTION covenant.word_of(bytea, text) IS
'The value of a word=value argument of a trigger of covenant, from pg_trigger.tgargs; NULL where there is none';

CREATE FUNCTION covenant.comment_relation(relation regclass, about text, columns text[]) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pair text[];
BEGIN
    EXECUTE format('COMMENT ON %s %s IS %L',
        (SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END FROM pg_class WHERE oid = relation), relation, about);
    FOREACH pair SLICE 1 IN ARRAY columns LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', relation, pair[1], pair[2]);
    END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.comment_relation(regclass, text, text[]) IS
'Puts comments on a table or view and on its columns; columns is a list of pairs, name and comment';
