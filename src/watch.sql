
-- Watching tables --------------------------------------------------------

CREATE FUNCTION covenant.check_watchable(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class;
BEGIN
    SELECT * INTO class FROM pg_class WHERE oid = relation;
    IF class.relkind NOT IN ('r', 'p') OR class.relpersistence <> 'p' THEN
        RAISE EXCEPTION '"%" cannot be watched', relation
            USING ERRCODE = 'wrong_object_type',
                  DETAIL = CASE WHEN class.relpersistence = 't' THEN 'It is temporary, and the books would outlive it.'
                                WHEN class.relpersistence = 'u' THEN 'It is unlogged: a crash would empty it, but not the books.'
                                WHEN class.relkind = 'f' THEN 'It is a foreign table: its rows change without a trigger here.'
                                ELSE 'It is not a table.' END,
                  HINT = CASE WHEN class.relkind = 'f' THEN 'Watch the table on the server that holds it.'
                              ELSE 'Watch an ordinary table.' END;
    END IF;
    IF NOT pg_has_role(class.relowner, 'USAGE') THEN
        RAISE EXCEPTION 'must be owner of table "%"', relation
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.check_watchable(regclass) IS
'Raises why a table cannot come under watch or leave it: not an ordinary permanent table (42809), not owned by the caller (42501)';

CREATE FUNCTION covenant.is_broken(relation regclass) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM covenant.check_watch(relation);
    RETURN false;
EXCEPTION WHEN undefined_column OR datatype_mismatch THEN
    RETURN true;
END
$$;
COMMENT ON FUNCTION covenant.is_broken(regclass) IS
'Does a watched table lack a watched column, or has one a type that does not suit? Then watching it again puts it right';

CREATE FUNCTION covenant.members(relation regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE member(oid) AS (
        SELECT relation::oid
        UNION
        SELECT i.inhrelid FROM member m JOIN pg_inherits i ON i.inhparent = m.oid
    )
    SELECT oid::regclass FROM member ORDER BY oid <> relation, oid
$$;
COMMENT ON FUNCTION covenant.members(regclass) IS
'A table with its partitions or the tables that inherit from it, itself first';

CREATE FUNCTION covenant.drop_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trigger record;
BEGIN
    FOR trigger IN
        SELECT t.tgname, t.tgrelid::regclass AS relation
        FROM covenant.members(relation) AS member JOIN pg_trigger t ON t.tgrelid = member
        WHERE t.tgfoid = 'covenant.capture()'::regprocedure AND t.tgparentid = 0
        ORDER BY 2, 1
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', trigger.tgname, trigger.relation);
    END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.drop_triggers(regclass) IS
'Drops the triggers by which a table is watched';

CREATE FUNCTION covenant.watch_mode(relation regclass, mode text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    in_tree boolean := EXISTS (SELECT FROM pg_class WHERE oid = relation AND (relkind = 'p' OR relispartition))
                       OR EXISTS (SELECT FROM pg_inherits WHERE relation IN (inhparent, inhrelid));
BEGIN
    IF mode IS NOT NULL AND mode NOT IN ('statement', 'row') THEN
        RAISE EXCEPTION 'unknown mode "%"', mode
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Known are "statement" and "row"; without one covenant takes the one that suits the table.';
    END IF;
    IF mode = 'statement' AND in_tree THEN
        RAISE EXCEPTION '"%" cannot be watched by statement', relation
            USING ERRCODE = 'wrong_object_type',
                  DETAIL = 'It is partitioned or part of an inheritance tree, where a statement on one table changes rows of another.',
                  HINT = 'Leave out the mode, or use mode => ''row''.';
    END IF;
    RETURN coalesce(mode, CASE WHEN in_tree THEN 'row' ELSE 'statement' END);
END
$$;
COMMENT ON FUNCTION covenant.watch_mode(regclass, text) IS
'Whether a table is watched by statement triggers or by row triggers: row for partitioned and inherited tables, or where asked for; 22023 for another word, 42809 for statement triggers on such a table';

CREATE FUNCTION covenant.make_triggers(relation regclass, words jsonb, mode text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    partitioned boolean := (SELECT relkind = 'p' FROM pg_class WHERE oid = relation);
    arguments text;
    statement_events text[] := ARRAY[
        ['insert', 'AFTER INSERT', 'REFERENCING NEW TABLE AS new_rows'],
        ['update', 'AFTER UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'],
        ['delete', 'AFTER DELETE', 'REFERENCING OLD TABLE AS old_rows']];
    event text[];
    member regclass;
BEGIN
    SELECT string_agg(quote_literal(key || '=' || value), ', '
                      ORDER BY array_position(ARRAY['table', 'schema', 'ledger', 'deal'], key), key) INTO arguments
    FROM jsonb_each_text(words);
    FOR member IN SELECT covenant.members(relation) LOOP
        EXECUTE format('CREATE TRIGGER covenant_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION covenant.capture(%s)',
                       member, arguments);
        CONTINUE WHEN partitioned AND member <> relation;  -- row triggers reach partitions by themselves
        IF covenant.watch_mode(relation, mode) = 'row' THEN
            EXECUTE format('CREATE TRIGGER covenant_row AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION covenant.capture(%s)',
                           member, arguments);
        ELSE
            FOREACH event SLICE 1 IN ARRAY statement_events LOOP
                EXECUTE format('CREATE TRIGGER covenant_%s %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION covenant.capture(%s)',
                               event[1], event[2], member, event[3], arguments);
            END LOOP;
        END IF;
    END LOOP;
    IF mode = 'row' THEN
        PERFORM covenant.enable_always(relation);
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.make_triggers(regclass, jsonb, text) IS
'Makes the triggers by which a table is watched, with word=name arguments; the mode row, where it was asked for, also fires for changes that logical replication applies';

CREATE FUNCTION covenant.enable_always(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trigger record;
BEGIN
    FOR trigger IN
        SELECT t.tgname, t.tgrelid::regclass AS relation
        FROM covenant.members(relation) AS member JOIN pg_trigger t ON t.tgrelid = member
        WHERE t.tgfoid = 'covenant.capture()'::regprocedure
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', trigger.relation, trigger.tgname);
    END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.enable_always(regclass) IS
'Lets the triggers of a watched table fire also for changes that logical replication applies';

CREATE FUNCTION covenant.refuse_nulls(relation regclass, columns jsonb) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tests text;
    nulls bigint;
BEGIN
    SELECT string_agg(format('%I IS NULL', value), ' OR ') INTO tests
    FROM jsonb_each_text(columns) WHERE key NOT IN ('deal', 'only_when');
    EXECUTE format('SELECT count(*) FROM %s WHERE %I IS NOT NULL %s AND (%s)', relation, columns->>'deal',
                   'AND ' || quote_ident(columns->>'only_when'), tests) INTO nulls;
    IF nulls > 0 THEN
        RAISE EXCEPTION 'table "%" has watched columns that are null', relation
            USING ERRCODE = 'not_null_violation',
                  DETAIL = format('%s rows with a deal have a null in a watched column.', nulls),
                  HINT = 'Fill them in, or set their deal to null.';
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.refuse_nulls(regclass, jsonb) IS
'Raises 23502, with their number, where rows that would count have a null in a watched column';

CREATE FUNCTION covenant.book_tables(relation regclass, sign integer) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    member regclass;
BEGIN
    FOR member IN SELECT covenant.members(relation) LOOP
        PERFORM covenant.book_table(member, sign);
        EXIT WHEN (SELECT relkind = 'p' FROM pg_class WHERE oid = relation);  -- a partitioned table's sum has it all
    END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.book_tables(regclass, integer) IS
'Books the opening (1) or closing (-1) entries of a table and those that inherit from it';

CREATE FUNCTION covenant.watch_table(relation regclass, words jsonb, columns jsonb, mode text) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    again boolean := covenant.watch_word(relation, 'table') IS NOT NULL;
BEGIN
    IF again AND NOT covenant.is_broken(relation) THEN
        RAISE EXCEPTION 'table "%" is watched already', relation
            USING ERRCODE = 'duplicate_object',
                  HINT = format('To watch it differently, call covenant.unwatch(%L) first.', relation);
    END IF;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    PERFORM covenant.drop_triggers(relation);
    PERFORM covenant.make_triggers(relation, words || columns, mode);
    PERFORM covenant.check_watch(relation);
    PERFORM covenant.refuse_nulls(relation, columns);
    IF NOT again THEN
        PERFORM covenant.book_tables(relation, 1);
    END IF;
    RETURN again;
END
$$;
COMMENT ON FUNCTION covenant.watch_table(regclass, jsonb, jsonb, text) IS
'Hangs the triggers on a table and books what it holds; true where the table was watched before and broken, so that covenant.rebuild has to find what changed; 42710 where it is watched already';

CREATE FUNCTION covenant.check_key(deals regclass, key name) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    attribute pg_attribute;
BEGIN
    SELECT * INTO attribute FROM pg_attribute
    WHERE attrelid = deals AND attname = key AND attnum > 0 AND NOT attisdropped;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'column "%" of table "%" does not exist', key, deals
            USING ERRCODE = 'undefined_column';
    END IF;
    IF NOT attribute.attnotnull OR NOT EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = deals AND indisunique AND indisvalid AND indpred IS NULL
          AND indnkeyatts = 1 AND indkey[0] = attribute.attnum) THEN
        RAISE EXCEPTION 'column "%" of table "%" does not identify a deal', key, deals
            USING ERRCODE = 'invalid_foreign_key',
                  DETAIL = 'The key of a deals table must be NOT NULL and UNIQUE by itself.',
                  HINT = 'Declare it PRIMARY KEY, or NOT NULL and UNIQUE.';
    END IF;
    IF EXISTS (SELECT FROM pg_collation WHERE oid = attribute.attcollation AND NOT collisdeterministic) THEN
        RAISE EXCEPTION 'column "%" of table "%" has a nondeterministic collation', key, deals
            USING ERRCODE = 'datatype_mismatch',
                  DETAIL = 'Two spellings of one key would be two deals in the books.',
                  HINT = 'Use a deterministic collation for the key.';
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.check_key(regclass, name) IS
'Raises why a column cannot be the key of a deals table: missing (42703), not NOT NULL and UNIQUE (42830), nondeterministic collation (42804)';

CREATE FUNCTION covenant.make_books(deals regclass, key name, has_outstanding boolean, has_authorized boolean,
                                    on_breach text, OUT schema_name name, OUT ledger_name name)
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    table_name text;
    owner regrole;
    key_type text;
    ledger text;
    journal text;
BEGIN
    SELECT n.nspname, c.relname, c.relowner::regrole,
           format_type(a.atttypid, a.atttypmod)
             || CASE WHEN a.attcollation <> 0 THEN format(' COLLATE %s', a.attcollation::regcollation) ELSE '' END
    INTO schema_name, table_name, owner, key_type
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = key
    WHERE c.oid = deals;
    IF octet_length(table_name) > 63 - octet_length('_monthly_list') THEN
        RAISE EXCEPTION 'the name of table "%" is too long', deals
            USING ERRCODE = 'name_too_long',
                  DETAIL = 'The books and views beside it are called after it, and a name has at most 63 bytes.',
                  HINT = 'A deals table may have a name of up to 50 bytes.';
    END IF;
    ledger_name := table_name || '_reserve';
    ledger := format('%I.%I', schema_name, ledger_name);
    journal := format('%I.%I', schema_name, table_name || '_journal');

    IF to_regclass(ledger) IS NULL THEN
        EXECUTE format($ddl$
            CREATE TABLE %s (
                deal %s PRIMARY KEY,
                principal numeric NOT NULL DEFAULT 0,
                note_shares bigint NOT NULL DEFAULT 0,
                warrant_shares bigint NOT NULL DEFAULT 0,
                interest_shares bigint NOT NULL DEFAULT 0,
                annual_interest numeric NOT NULL DEFAULT 0,
                reserved bigint NOT NULL DEFAULT 0,
                authorized bigint, outstanding bigint, other_reserved bigint,
                multiple numeric NOT NULL DEFAULT 2,
                on_breach text NOT NULL CHECK (on_breach = 'refuse' OR on_breach = 'record' OR on_breach = 'warn'),
                entries bigint NOT NULL DEFAULT 0
            ) WITH (fillfactor = 50)$ddl$, ledger, key_type);
        EXECUTE format('ALTER TABLE %s OWNER TO %s', ledger, owner);
    END IF;
    IF to_regclass(journal) IS NULL THEN
        EXECUTE format($ddl$
            CREATE TABLE %s (
                deal %s NOT NULL,
                seq bigint NOT NULL,
                holder text NOT NULL DEFAULT '',
                kind text NOT NULL,
                principal numeric NOT NULL,
                note_shares bigint NOT NULL,
                warrant_shares bigint NOT NULL,
                interest_shares bigint NOT NULL,
                annual_interest numeric NOT NULL,
                reserved bigint NOT NULL,
                authorized bigint NOT NULL,
                outstanding bigint NOT NULL,
                other_reserved bigint NOT NULL,
                multiple numeric NOT NULL,
                slack bigint NOT NULL,
                effective_on date NOT NULL,
                recorded_at timestamptz NOT NULL,
                recorded_by text NOT NULL,
                transaction bigint NOT NULL,
                note text,
                PRIMARY KEY (deal, seq, holder)
            )$ddl$, journal, key_type);
        EXECUTE format('ALTER TABLE %s OWNER TO %s', journal, owner);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = journal::regclass AND tgname = 'covenant_append_only') THEN
        EXECUTE format('CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION covenant.append_only()', journal);
    END IF;
    PERFORM covenant.check_books_key(ledger::regclass, deals, key);
    EXECUTE format('ALTER TABLE %s ALTER on_breach SET DEFAULT %L', ledger, on_breach);
    EXECUTE format('UPDATE %s SET on_breach = %L WHERE on_breach <> %2$L', ledger, on_breach);
    PERFORM covenant.give_capital_column(ledger::regclass, 'outstanding', has_outstanding);
    PERFORM covenant.give_capital_column(ledger::regclass, 'authorized', has_authorized);
    PERFORM covenant.give_capital_column(ledger::regclass, 'other_reserved', has_authorized);
    PERFORM covenant.comment_books(ledger::regclass, journal::regclass, deals);
END
$$;
COMMENT ON FUNCTION covenant.make_books(regclass, name, boolean, boolean, text) IS
'Makes the ledger and the journal beside a deals table, in its schema and owned by its owner; keeps the ones of an earlier watch';

CREATE FUNCTION covenant.check_books_key(ledger regclass, deals regclass, key name) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute l JOIN pg_attribute d ON d.atttypid = l.atttypid
        WHERE l.attrelid = ledger AND l.attname = 'deal' AND d.attrelid = deals AND d.attname = key) THEN
        RAISE EXCEPTION 'table "%" is in the way', ledger
            USING ERRCODE = 'duplicate_table',
                  DETAIL = 'It is not a ledger whose deals have the type of the key.',
                  HINT = 'Rename it, or drop it if it is what an earlier watch left.';
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.check_books_key(regclass, regclass, name) IS
'Raises 42P07 where a table has the ledger''s name but is not a ledger for this key';

CREATE FUNCTION covenant.give_capital_column(ledger regclass, column_name name, given boolean) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF given THEN
        EXECUTE format('UPDATE %s SET %I = 0 WHERE %2$I IS NULL', ledger, column_name);
        EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT 0, ALTER %2$I SET NOT NULL', ledger, column_name);
    ELSE
        EXECUTE format('ALTER TABLE %s ALTER %I DROP DEFAULT, ALTER %2$I DROP NOT NULL', ledger, column_name);
        EXECUTE format('UPDATE %s SET %I = NULL WHERE %2$I IS NOT NULL', ledger, column_name);
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.give_capital_column(regclass, name, boolean) IS
'A capital column of the ledger is a number where the deals table gives it, and NULL where it does not';

CREATE FUNCTION covenant.comment_books(ledger regclass, journal regclass, deals regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    col record;
BEGIN
    EXECUTE format('COMMENT ON TABLE %s IS %L', ledger,
        format('Ledger of %s: one row a deal, written by covenant just before commit (Section 4(h))', deals));
    EXECUTE format('COMMENT ON TABLE %s IS %L', journal,
        format('Journal of %s: every change that covenant posted, append-only; amounts are changes, holder is empty for the deal itself', deals));
    FOR col IN
        SELECT b.relation, a.attname AS name, c.what
        FROM (VALUES (ledger), (journal)) AS b(relation)
             JOIN pg_attribute a ON a.attrelid = b.relation AND a.attnum > 0 AND NOT a.attisdropped
             JOIN (VALUES
                ('deal', 'Key of the deal'),
                ('principal', 'Outstanding principal of the notes, in money'),
                ('note_shares', 'Shares issuable on conversion of the notes, each note rounded by itself'),
                ('warrant_shares', 'Shares issuable on exercise of the warrants'),
                ('interest_shares', 'Shares issuable as payment of one year''s interest (Section 4(h), monthly list)'),
                ('annual_interest', 'Interest of one year on the notes, in money'),
                ('reserved', 'Shares reserved for the deal'),
                ('authorized', 'Authorized shares; NULL where the deals table does not give them'),
                ('outstanding', 'Outstanding shares; NULL where the deals table does not give them'),
                ('other_reserved', 'Shares reserved for other purposes; NULL where the deals table gives no capital'),
                ('multiple', 'Multiple of the Reserved Amount: 2 plus the changes in the journal'),
                ('on_breach', 'What an act that breaks the reserve gets: refuse, record or warn'),
                ('entries', 'Number of the deal''s last journal entry'),
                ('seq', 'Number of the entry within the deal; an entry has one row a holder'),
                ('holder', 'Holder of the notes or warrants; empty for the deal itself'),
                ('kind', 'opening, closing, act, fact, rebuild or override'),
                ('slack', 'Authorized and Reserved Shares less the Reserved Amount, after the entry'),
                ('effective_on', 'Day on which the change counts (covenant.as_of when it was made)'),
                ('recorded_at', 'When it was posted'),
                ('recorded_by', 'Role that committed it'),
                ('transaction', 'Transaction that posted it'),
                ('note', 'Reason given for an override')) AS c(name, what) ON c.name = a.attname
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', col.relation, col.name, col.what);
    END LOOP;
END
$$;
COMMENT ON FUNCTION covenant.comment_books(regclass, regclass, regclass) IS
'Puts comments on the books and their columns';

CREATE FUNCTION covenant.watch_deals(
    deals regclass, key name, reserved name, authorized name = NULL, outstanding name = NULL,
    other_reserved name = NULL, multiple name = NULL, on_breach text = 'refuse', mode text = NULL) RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    books record;
    ledger regclass;
BEGIN
    PERFORM covenant.require_arguments(jsonb_build_object('deals', deals, 'key', key, 'reserved', reserved, 'on_breach', on_breach));
    PERFORM covenant.check_watchable(deals);
    IF on_breach NOT IN ('refuse', 'record', 'warn') THEN
        RAISE EXCEPTION 'unknown on_breach "%"', on_breach
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Known are "refuse", "record" and "warn".';
    END IF;
    IF authorized IS NOT NULL AND outstanding IS NULL OR other_reserved IS NOT NULL AND authorized IS NULL THEN
        RAISE EXCEPTION 'the capital columns are incomplete'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = 'Available shares are authorized less outstanding less other reserves.',
                  HINT = 'Give authorized together with outstanding, and other_reserved only with both.';
    END IF;
    PERFORM covenant.check_key(deals, key);
    books := covenant.make_books(deals, key, outstanding IS NOT NULL, authorized IS NOT NULL, on_breach);
    ledger := format('%I.%I', books.schema_name, books.ledger_name)::regclass;
    IF covenant.watch_word(deals, 'table') IS NULL
       AND EXISTS (SELECT FROM covenant.ledger_sums(ledger) AS s WHERE s.amount <> 0) THEN
        PERFORM covenant.rebuild_books(ledger);  -- what an earlier watch left without closing it
    END IF;
    IF covenant.watch_table(deals,
           jsonb_build_object('table', 'deals', 'schema', books.schema_name, 'ledger', books.ledger_name),
           jsonb_strip_nulls(jsonb_build_object('deal', key, 'reserved', reserved, 'authorized', authorized,
               'outstanding', outstanding, 'other_reserved', other_reserved, 'multiple', multiple)), mode) THEN
        PERFORM covenant.rebuild_books(ledger);
    END IF;
    PERFORM covenant.make_status_view(deals);
    RETURN ledger;
END
$$;
COMMENT ON FUNCTION covenant.watch_deals(regclass, name, name, name, name, name, name, text, text) IS
'Brings a table of deals under watch: key and reserved name its columns, authorized, outstanding and other_reserved the capital (optional), multiple the multiple of the Reserved Amount (2 without it), on_breach is refuse, record or warn. Makes <deals>_reserve, <deals>_journal and <deals>_status; returns the ledger. Errors: 42501, 42703, 42804, 42809, 42830, 42710, 23502 (Section 4(h))';

CREATE FUNCTION covenant.watch_notes(
    notes regclass, deals regclass, deal name, principal name, price name,
    holder name = NULL, rounding text = 'down', only_when name = NULL, rate name = NULL, mode text = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM covenant.require_arguments(jsonb_build_object('notes', notes, 'deals', deals, 'deal', deal,
        'principal', principal, 'price', price, 'rounding', rounding));
    IF rounding NOT IN ('down', 'up', 'half_up', 'half_even') THEN
        RAISE EXCEPTION 'unknown rounding "%"', rounding
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Known roundings are "down", "up", "half_up" and "half_even".';
    END IF;
    PERFORM covenant.watch_beside(notes, deals,
        jsonb_build_object('table', 'notes', 'rounding', rounding),
        jsonb_strip_nulls(jsonb_build_object('deal', deal, 'principal', principal, 'price', price,
            'holder', holder, 'only_when', only_when, 'rate', rate)), mode);
END
$$;
COMMENT ON FUNCTION covenant.watch_notes(regclass, regclass, name, name, name, name, text, name, name, text) IS
'Brings a table of notes under watch: deal points to the key of a watched deals table, principal and price are the outstanding amount and the conversion price, holder the Buyer, rounding the rule by which a note becomes whole shares (down, up, half_up, half_even), only_when a boolean column while which a row counts, rate the yearly interest rate, mode row for tables that logical replication writes. Errors: 42501, 42703, 42804, 42809, 42710, 55000, 23502, 22012 (Section 4(h))';

CREATE FUNCTION covenant.watch_warrants(
    warrants regclass, deals regclass, deal name, shares name, holder name = NULL, only_when name = NULL, mode text = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM covenant.require_arguments(jsonb_build_object('warrants', warrants, 'deals', deals, 'deal', deal, 'shares', shares));
    PERFORM covenant.watch_beside(warrants, deals,
        jsonb_build_object('table', 'warrants'),
        jsonb_strip_nulls(jsonb_build_object('deal', deal, 'shares', shares, 'holder', holder, 'only_when', only_when)), mode);
END
$$;
COMMENT ON FUNCTION covenant.watch_warrants(regclass, regclass, name, name, name, name, text) IS
'Brings a table of warrants under watch: deal points to the key of a watched deals table, shares is the unexercised number, holder the Buyer, only_when a boolean column while which a row counts. Errors: 42501, 42703, 42804, 42809, 42710, 55000, 23502 (Section 4(h))';

CREATE FUNCTION covenant.require_arguments(arguments jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(format('"%s"', key), ', ') INTO missing
    FROM jsonb_each(arguments) WHERE value = 'null';
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'argument % must not be null', missing
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.require_arguments(jsonb) IS
'Raises 22004, naming them, where arguments that must be given are null';

CREATE FUNCTION covenant.watch_beside(relation regclass, deals regclass, words jsonb, columns jsonb, mode text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    books record := covenant.books_of(deals);
BEGIN
    PERFORM covenant.check_watchable(relation);
    PERFORM covenant.check_deal_column(relation, columns->>'deal', books.ledger);
    words := words || jsonb_build_object('schema', covenant.watch_word(deals, 'schema'),
                                         'ledger', covenant.watch_word(deals, 'ledger'));
    IF covenant.watch_table(relation, words, columns, mode) THEN
        PERFORM covenant.rebuild_books(books.ledger);
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.watch_beside(regclass, regclass, jsonb, jsonb, text) IS
'Brings a table under watch whose rows belong to the deals of a watched deals table';

CREATE FUNCTION covenant.check_deal_column(relation regclass, deal name, ledger regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kinds text[];
BEGIN
    SELECT array_agg(DISTINCT CASE WHEN t.base IN ('int2'::regtype, 'int4', 'int8') THEN 'integer'
                                   WHEN t.base IN ('text'::regtype, 'varchar') THEN 'text'
                                   ELSE t.base::text END) INTO kinds
    FROM pg_attribute a
         JOIN LATERAL (WITH RECURSIVE base(type) AS (
                SELECT a.atttypid
                UNION ALL
                SELECT d.typbasetype FROM base JOIN pg_type d ON d.oid = base.type WHERE d.typtype = 'd')
            SELECT type::regtype AS base FROM base JOIN pg_type d ON d.oid = base.type WHERE d.typtype <> 'd') t ON true
    WHERE (a.attrelid, a.attname) IN ((relation, deal), (ledger, 'deal')) AND NOT a.attisdropped;
    IF cardinality(kinds) > 1 THEN
        RAISE EXCEPTION 'column "%" of table "%" cannot point to a deal of "%"', deal, relation, ledger
            USING ERRCODE = 'datatype_mismatch',
                  DETAIL = format('The types are %s.', array_to_string(kinds, ' and ')),
                  HINT = 'Use the type of the key of the deals table.';
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.check_deal_column(regclass, name, regclass) IS
'Raises 42804 where a column cannot hold the key of a deal';

CREATE FUNCTION covenant.watched_with(ledger regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.tgrelid::regclass
    FROM pg_class l JOIN pg_namespace n ON n.oid = l.relnamespace,
         (SELECT DISTINCT tgrelid FROM pg_trigger
          WHERE tgfoid = 'covenant.capture()'::regprocedure AND tgparentid = 0
            AND tgtype & 32 = 0) AS t   -- a TRUNCATE trigger alone is a partition's
    WHERE l.oid = ledger
      AND covenant.watch_word(t.tgrelid, 'ledger') = l.relname
      AND covenant.watch_word(t.tgrelid, 'schema') = n.nspname
    ORDER BY 1
$$;
COMMENT ON FUNCTION covenant.watched_with(regclass) IS
'The tables whose writes are posted to a ledger, known from their triggers';

CREATE FUNCTION covenant.unwatch(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role text := covenant.watch_word(relation, 'table');
    books text;
    others text;
BEGIN
    PERFORM covenant.check_watchable(relation);
    IF covenant.drop_other_triggers(relation) AND role IS NULL THEN
        RETURN;
    END IF;
    IF role IS NULL THEN
        RAISE EXCEPTION 'table "%" is not watched', relation
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    books := format('%I.%I', covenant.watch_word(relation, 'schema'), covenant.watch_word(relation, 'ledger'));
    IF to_regclass(books) IS NULL THEN
        PERFORM covenant.drop_triggers(relation);
        RETURN;
    END IF;
    IF role = 'deals' THEN
        SELECT string_agg(format('"%s"', other), ', ') INTO others
        FROM covenant.watched_with(books::regclass) AS other WHERE other <> relation;
        IF others IS NOT NULL THEN
            RAISE EXCEPTION 'table "%" has deals that other watched tables point to', relation
                USING ERRCODE = 'dependent_objects_still_exist',
                      DETAIL = format('They are %s.', others),
                      HINT = 'Call covenant.unwatch for them first.';
        END IF;
        EXECUTE format('DROP VIEW IF EXISTS %s', regexp_replace(books, '_reserve("?)$', '_status\1'));
    END IF;
    IF covenant.is_broken(relation) THEN
        PERFORM covenant.drop_triggers(relation);
        PERFORM covenant.rebuild_books(books::regclass);
    ELSE
        PERFORM covenant.book_tables(relation, -1);
        PERFORM covenant.drop_triggers(relation);
    END IF;
END
$$;
COMMENT ON FUNCTION covenant.unwatch(regclass) IS
'Ends the watch of a table: books its sums as closing entries and drops its triggers; the ledger and the journal stay. Errors: 42501, 55000 not watched, 2BP01 deals that watched notes or warrants still point to';
