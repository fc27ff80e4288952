
-- Watching tables --------------------------------------------------------

CREATE FUNCTION covenant_internal.check_watchable(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	class pg_class;
BEGIN
	SELECT * INTO class FROM pg_class WHERE oid = relation;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'relation with OID % does not exist', relation::oid
			USING ERRCODE = 'undefined_table';
	ELSIF class.relkind NOT IN ('r', 'p') OR class.relpersistence <> 'p' THEN
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
COMMENT ON FUNCTION covenant_internal.check_watchable(regclass) IS
'Raises why a table cannot come under watch or leave it: not there (42P01), not an ordinary permanent table (42809), not owned by the caller (42501)';

CREATE FUNCTION covenant_internal.check_column(relation regclass, column_name name, types regtype[] = '{}') RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_type regtype := (SELECT atttypid FROM pg_attribute
						   WHERE attrelid = relation AND attname = column_name AND attnum > 0 AND NOT attisdropped);
BEGIN
	IF found_type IS NULL THEN
		RAISE EXCEPTION 'column "%" of table "%" does not exist', column_name, relation
			USING ERRCODE = 'undefined_column';
	END IF;
	IF cardinality(types) > 0 AND found_type <> ALL (types) THEN
		RAISE EXCEPTION 'column "%" of table "%" is of type %', column_name, relation, found_type
			USING ERRCODE = 'datatype_mismatch',
				  HINT = format('It has to be of type %s.', array_to_string(types, ' or '));
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_column(regclass, name, regtype[]) IS
'Raises 42703 where a column does not exist and 42804 where it has none of the types';

CREATE FUNCTION covenant_internal.is_broken(relation regclass) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.check_watch(member) FROM covenant_internal.members(relation) AS member;
	RETURN false;
EXCEPTION WHEN undefined_column OR datatype_mismatch OR undefined_table OR wrong_object_type
			   OR object_not_in_prerequisite_state THEN
	RETURN true;
WHEN insufficient_privilege THEN
	RETURN false;
END
$$;
COMMENT ON FUNCTION covenant_internal.is_broken(regclass) IS
'Does a watched table lack a watched column, its books, or has one a type that does not suit, or has it a child that is not watched? Then watching it again puts it right';

CREATE FUNCTION covenant_internal.members(relation regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE STRICT ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE member(oid) AS (
		SELECT relation::oid
		UNION
		SELECT i.inhrelid FROM member m JOIN pg_inherits i ON i.inhparent = m.oid
	)
	SELECT oid::regclass FROM member ORDER BY oid <> relation, oid
$$;
COMMENT ON FUNCTION covenant_internal.members(regclass) IS
'A table with its partitions or the tables that inherit from it, itself first';

CREATE FUNCTION covenant_internal.watched_with_it(relation regclass, upwards boolean) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE kin(oid) AS (
		SELECT relation::oid
		UNION
		SELECT CASE WHEN upwards THEN i.inhparent ELSE i.inhrelid END
		FROM kin k JOIN pg_inherits i ON k.oid = CASE WHEN upwards THEN i.inhrelid ELSE i.inhparent END
	)
	SELECT string_agg(format('"%s"', oid::regclass), ', ' ORDER BY oid) FROM kin
	WHERE oid <> relation AND covenant_internal.watch_word(oid, 'table') IS NOT NULL
$$;
COMMENT ON FUNCTION covenant_internal.watched_with_it(regclass, boolean) IS
'The names of watched tables that a table is a part of (upwards), or that are parts of it; NULL where there are none';

CREATE FUNCTION covenant_internal.drop_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	trigger record;
BEGIN
	PERFORM covenant_internal.allow_triggers(relation);
	FOR trigger IN
		SELECT t.tgname, t.tgrelid::regclass AS relation
		FROM covenant_internal.members(relation) AS member JOIN pg_trigger t ON t.tgrelid = member
		WHERE t.tgfoid = 'covenant_internal.capture()'::regprocedure AND t.tgparentid = 0
		ORDER BY 2, 1
	LOOP
		EXECUTE format('DROP TRIGGER %I ON %s', trigger.tgname, trigger.relation);
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.drop_triggers(regclass) IS
'Drops the triggers by which a table is watched';

CREATE FUNCTION covenant_internal.watch_mode(relation regclass, mode text) RETURNS text
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
	IF mode = 'row' AND covenant_internal.spread_by(relation) IS NOT NULL THEN
		RAISE EXCEPTION 'distributed table "%" cannot be watched by row for a subscriber', relation
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = 'A shard that Citus moves is written by logical replication, and its rows are booked already.',
				  HINT = 'Leave out the mode.';
	END IF;
	RETURN coalesce(mode, CASE WHEN in_tree THEN 'row' ELSE 'statement' END);
END
$$;
COMMENT ON FUNCTION covenant_internal.watch_mode(regclass, text) IS
'Whether a table is watched by statement triggers or by row triggers: row for partitioned and inherited tables, or where asked for; 22023 for another word, 42809 for statement triggers on such a table, 0A000 for row triggers on one that Citus has distributed';

CREATE FUNCTION covenant_internal.make_triggers(relation regclass, words jsonb, mode text) RETURNS void
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
	PERFORM covenant_internal.allow_triggers(relation);
	SELECT string_agg(quote_literal(w.key || '=' || v.value), ', '
					  ORDER BY array_position(ARRAY['table', 'schema', 'ledger', 'source', 'key', 'deal'], w.key), w.key, v.n) INTO arguments
	FROM jsonb_each(words - 'spread' || jsonb_strip_nulls(jsonb_build_object('spread', covenant_internal.spread_by(relation)))) AS w CROSS JOIN LATERAL jsonb_array_elements_text(
		 CASE jsonb_typeof(w.value) WHEN 'array' THEN w.value ELSE jsonb_build_array(w.value) END) WITH ORDINALITY AS v(value, n);
	FOR member IN SELECT covenant_internal.members(relation) LOOP
		EXECUTE format('CREATE TRIGGER covenant_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.capture(%s)',
					   member, arguments);
		CONTINUE WHEN partitioned AND member <> relation;  -- row triggers reach partitions by themselves
		IF covenant_internal.watch_mode(relation, mode) = 'row' THEN
			EXECUTE format('CREATE TRIGGER covenant_row AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION covenant_internal.capture(%s)',
						   member, arguments);
		ELSE
			FOREACH event SLICE 1 IN ARRAY statement_events LOOP
				EXECUTE format('CREATE TRIGGER covenant_%s %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.capture(%s)',
							   event[1], event[2], member, event[3], arguments);
			END LOOP;
		END IF;
	END LOOP;
	IF mode = 'row' THEN
		PERFORM covenant_internal.enable_always(relation);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.make_triggers(regclass, jsonb, text) IS
'Makes the triggers by which a table is watched, with word=name arguments; the mode row, where it was asked for, also fires for changes that logical replication applies';

CREATE FUNCTION covenant_internal.change_words(relation regclass, changes jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	words jsonb := (SELECT jsonb_object_agg(word, CASE WHEN word = 'key' THEN to_jsonb(vals) ELSE to_jsonb(vals[1]) END)
					FROM (SELECT split_part(w, '=', 1) AS word, array_agg(substr(w, strpos(w, '=') + 1) ORDER BY n) AS vals
						  FROM unnest(covenant_internal.watch_words(relation)) WITH ORDINALITY AS u(w, n) GROUP BY 1) AS v);
	mode text := CASE WHEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgenabled = 'A'
									AND tgfoid = 'covenant_internal.capture()'::regprocedure) THEN 'row' END;
BEGIN
	PERFORM covenant_internal.drop_triggers(relation);
	PERFORM covenant_internal.make_triggers(relation, jsonb_strip_nulls(words || changes), mode);
END
$$;
COMMENT ON FUNCTION covenant_internal.change_words(regclass, jsonb) IS
'Makes the triggers of a watched table anew with other arguments; a null takes a word away';

CREATE FUNCTION covenant_internal.enable_always(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	trigger record;
BEGIN
	FOR trigger IN
		SELECT t.tgname, t.tgrelid::regclass AS relation
		FROM covenant_internal.members(relation) AS member JOIN pg_trigger t ON t.tgrelid = member
		WHERE t.tgfoid = 'covenant_internal.capture()'::regprocedure
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', trigger.relation, trigger.tgname);
	END LOOP;
END
$$;
COMMENT ON FUNCTION covenant_internal.enable_always(regclass) IS
'Lets the triggers of a watched table fire also for changes that logical replication applies';

CREATE FUNCTION covenant_internal.refuse_nulls(relation regclass, columns jsonb) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tests text;
	nulls bigint;
BEGIN
	SELECT string_agg(format('%I IS NULL', value), ' OR ') INTO tests
	FROM jsonb_each_text(columns) WHERE key NOT IN ('deal', 'only_when', 'company');
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
COMMENT ON FUNCTION covenant_internal.refuse_nulls(regclass, jsonb) IS
'Raises 23502, with their number, where rows that would count have a null in a watched column';

CREATE FUNCTION covenant_internal.refuse_second_watch(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts text;
	whole text := covenant_internal.watched_with_it(relation, true);
BEGIN
	IF covenant_internal.watch_word(relation, 'table') IS NULL THEN
		parts := covenant_internal.watched_with_it(relation, false);
		IF parts IS NOT NULL THEN
			RAISE EXCEPTION 'parts of table "%" are watched already', relation
				USING ERRCODE = 'duplicate_object',
					  DETAIL = format('They are %s.', parts),
					  HINT = 'Call covenant.unwatch for them first.';
		END IF;
	ELSIF NOT covenant_internal.is_broken(relation) THEN
		RAISE EXCEPTION 'table "%" is watched already', relation
			USING ERRCODE = 'duplicate_object',
				  HINT = format('To watch it differently, call covenant.unwatch(%L) first.', relation);
	ELSIF whole IS NOT NULL THEN
		RAISE EXCEPTION 'table "%" is watched as a part of another', relation
			USING ERRCODE = 'duplicate_object',
				  DETAIL = format('That is %s.', whole),
				  HINT = 'Watch that one again.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.refuse_second_watch(regclass) IS
'Raises 42710 where a table, or a part of it, is watched already and nothing is wrong with that, or it is a part of a watched one';

CREATE FUNCTION covenant_internal.instrument_key(relation regclass, named name) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns jsonb;
BEGIN
	IF named IS NULL THEN
		SELECT jsonb_agg(a.attname ORDER BY k.n) INTO columns
		FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, n)
			 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
		WHERE i.indrelid = relation AND i.indisprimary AND k.n <= i.indnkeyatts;
		IF columns IS NULL THEN
			RAISE EXCEPTION 'the rows of table "%" have nothing to identify them', relation
				USING ERRCODE = 'invalid_foreign_key',
					  DETAIL = 'It has no primary key.',
					  HINT = 'Give it one, or name the column that identifies a row: note => ..., warrant => ...';
		END IF;
		RETURN columns;
	END IF;
	PERFORM covenant_internal.check_column(relation, named);
	IF NOT (SELECT attnotnull FROM pg_attribute WHERE attrelid = relation AND attname = named)
	   OR NOT EXISTS (SELECT FROM pg_class WHERE oid = relation AND (relkind = 'p' OR relispartition))
		  AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
						  WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
							AND i.indnkeyatts = 1 AND a.attname = named) THEN
		RAISE EXCEPTION 'column "%" of table "%" does not identify a row', named, relation
			USING ERRCODE = 'invalid_foreign_key',
				  DETAIL = 'It must be NOT NULL, and UNIQUE by itself where the table is not partitioned.',
				  HINT = 'Declare it so, or name another column.';
	END IF;
	RETURN jsonb_build_array(named);
END
$$;
COMMENT ON FUNCTION covenant_internal.instrument_key(regclass, name) IS
'The columns that identify the instruments of a table: the named one, else the primary key; 42830 where there is neither, 42703 where the column does not exist';

CREATE FUNCTION covenant_internal.source_name(relation regclass, ledger regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	-- a table that is watched anew keeps the name it had
	SELECT coalesce(covenant_internal.watch_word(relation, 'source'),
		(SELECT candidate.name
		 FROM generate_series(1, 1 + (SELECT count(*) FROM covenant_internal.watched_with(ledger))) AS n
			  CROSS JOIN LATERAL (SELECT c.relname || CASE WHEN n = 1 THEN '' ELSE '_' || n END AS name) AS candidate
		 WHERE NOT EXISTS (SELECT FROM covenant_internal.watched_with(ledger) AS w
						   WHERE w <> relation AND covenant_internal.watch_word(w, 'source') = candidate.name)
		 ORDER BY n LIMIT 1))
	FROM pg_class c WHERE c.oid = relation
$$;
COMMENT ON FUNCTION covenant_internal.source_name(regclass, regclass) IS
'What positions call a table: its name, with a number where another table of the same books has it';

CREATE FUNCTION covenant.watch_deals(
	deals regclass, key name, reserved name, authorized name = NULL, outstanding name = NULL,
	other_reserved name = NULL, multiple name = NULL, on_breach text = 'refuse', mode text = NULL,
	minimum name = NULL, company name = NULL) RETURNS regclass
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record;
	ledger regclass;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('deals', deals, 'key', key, 'reserved', reserved, 'on_breach', on_breach));
	PERFORM covenant_internal.check_watchable(deals);
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
	IF company IS NOT NULL AND (authorized IS NOT NULL OR outstanding IS NOT NULL OR other_reserved IS NOT NULL) THEN
		RAISE EXCEPTION 'the capital is given twice'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'With company the deals share the capital of their company, which is in a table of its own.',
				  HINT = 'Leave out authorized, outstanding and other_reserved, and call covenant.watch_capital for the table of companies.';
	END IF;
	PERFORM covenant_internal.lock_table(deals);
	PERFORM covenant_internal.refuse_second_watch(deals);
	PERFORM covenant_internal.check_key(deals, key);
	PERFORM covenant_internal.require_spread_by(deals, key, deals);
	PERFORM covenant_internal.make_capital(deals, company);
	books := covenant_internal.make_books(deals, key, outstanding IS NOT NULL, authorized IS NOT NULL, on_breach);
	ledger := format('%I.%I', books.schema_name, books.ledger_name)::regclass;
	IF books.kept AND covenant_internal.watch_word(deals, 'table') IS NULL
	   AND (EXISTS (SELECT FROM covenant_internal.deal_differences(ledger))
			OR EXISTS (SELECT FROM covenant_internal.instrument_differences(ledger))) THEN
		PERFORM covenant_internal.rebuild_when_whole(ledger);  -- what an earlier watch left without closing it
	END IF;
	IF covenant_internal.watch_table(deals,
		   jsonb_build_object('table', 'deals', 'schema', books.schema_name, 'ledger', books.ledger_name),
		   jsonb_strip_nulls(jsonb_build_object('deal', key, 'reserved', reserved, 'authorized', authorized,
			   'outstanding', outstanding, 'other_reserved', other_reserved, 'multiple', multiple, 'minimum', minimum,
			   'company', company)), mode) OR covenant_internal.spread_by(deals) IS NOT NULL THEN
		PERFORM covenant_internal.rebuild_when_whole(ledger);
	END IF;
	PERFORM covenant_internal.make_status_view(deals);
	PERFORM covenant_internal.make_history_views(ledger);
	RETURN ledger;
END
$$;
COMMENT ON FUNCTION covenant.watch_deals(regclass, name, name, name, name, name, name, text, text, name, name) IS
'Brings a table of deals under watch: key and reserved name its columns, authorized, outstanding and other_reserved the capital (optional), multiple the multiple of the Reserved Amount (2 without it), minimum the least Reserved Amount, company whose shares a deal is about, in place of the capital columns (see covenant.watch_capital), on_breach is refuse, record or warn. Makes <deals>_reserve, <deals>_journal, <deals>_position and the views <deals>_status, _history, _holding and _note, with company also <deals>_capital and <deals>_capital_journal; returns the ledger. Errors: 42501, 42703, 42804, 42809, 42830, 42710, 23502 (Section 4(h))';

CREATE FUNCTION covenant.watch_notes(
	notes regclass, deals regclass, deal name, principal name, price name,
	holder name = NULL, rounding text = 'down', only_when name = NULL, rate name = NULL, mode text = NULL,
	note name = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('notes', notes, 'deals', deals, 'deal', deal,
		'principal', principal, 'price', price, 'rounding', rounding));
	IF rounding NOT IN ('down', 'up', 'half_up', 'half_even') THEN
		RAISE EXCEPTION 'unknown rounding "%"', rounding
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'Known roundings are "down", "up", "half_up" and "half_even".';
	END IF;
	PERFORM covenant_internal.watch_beside(notes, deals,
		jsonb_build_object('table', 'notes', 'rounding', rounding),
		jsonb_strip_nulls(jsonb_build_object('deal', deal, 'principal', principal, 'price', price,
			'holder', holder, 'only_when', only_when, 'rate', rate)), mode, note);
END
$$;
COMMENT ON FUNCTION covenant.watch_notes(regclass, regclass, name, name, name, name, text, name, name, text, name) IS
'Brings a table of notes under watch: deal points to the key of a watched deals table, principal and price are the outstanding amount and the conversion price, holder the Buyer, rounding the rule by which a note becomes whole shares (down, up, half_up, half_even), only_when a boolean column while which a row counts, rate the yearly interest rate, mode row for tables that logical replication writes, note the column that identifies a note (else the primary key). Errors: 42501, 42703, 42804, 42809, 42710, 42830, 55000, 23502, 22012 (Section 4(h))';

CREATE FUNCTION covenant.watch_warrants(
	warrants regclass, deals regclass, deal name, shares name, holder name = NULL, only_when name = NULL, mode text = NULL,
	warrant name = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('warrants', warrants, 'deals', deals, 'deal', deal, 'shares', shares));
	PERFORM covenant_internal.watch_beside(warrants, deals,
		jsonb_build_object('table', 'warrants'),
		jsonb_strip_nulls(jsonb_build_object('deal', deal, 'shares', shares, 'holder', holder, 'only_when', only_when)), mode, warrant);
END
$$;
COMMENT ON FUNCTION covenant.watch_warrants(regclass, regclass, name, name, name, name, text, name) IS
'Brings a table of warrants under watch: deal points to the key of a watched deals table, shares is the unexercised number, holder the Buyer, only_when a boolean column while which a row counts, warrant the column that identifies a lot (else the primary key). Errors: 42501, 42703, 42804, 42809, 42710, 42830, 55000, 23502 (Section 4(h))';

CREATE FUNCTION covenant_internal.require_arguments(arguments jsonb) RETURNS void
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
COMMENT ON FUNCTION covenant_internal.require_arguments(jsonb) IS
'Raises 22004, naming them, where arguments that must be given are null';

CREATE FUNCTION covenant_internal.watch_beside(relation regclass, deals regclass, words jsonb, columns jsonb, mode text, key name) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record;
BEGIN
	PERFORM covenant_internal.check_watchable(relation);
	PERFORM covenant_internal.lock_table(relation);
	books := covenant_internal.books_of(deals);
	PERFORM covenant_internal.refuse_second_watch(relation);
	PERFORM covenant_internal.check_deal_column(relation, columns->>'deal', books.ledger);
	PERFORM covenant_internal.require_spread_by(relation, columns->>'deal', deals);
	words := words || jsonb_build_object('schema', covenant_internal.watch_word(deals, 'schema'),
										 'ledger', covenant_internal.watch_word(deals, 'ledger'),
										 'source', covenant_internal.source_name(relation, books.ledger),
										 'key', covenant_internal.instrument_key(relation, key));
	-- rows that are on other nodes were not seen by that
	IF covenant_internal.watch_table(relation, words, columns, mode) OR covenant_internal.spread_by(relation) IS NOT NULL THEN
		PERFORM covenant_internal.rebuild_when_whole(books.ledger);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.watch_beside(regclass, regclass, jsonb, jsonb, text, name) IS
'Brings a table under watch whose rows belong to the deals of a watched deals table';

CREATE FUNCTION covenant_internal.check_deal_column(relation regclass, deal name, ledger regclass) RETURNS void
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
COMMENT ON FUNCTION covenant_internal.check_deal_column(regclass, name, regclass) IS
'Raises 42804 where a column cannot hold the key of a deal';

CREATE FUNCTION covenant_internal.drop_other_triggers(relation regclass) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	notes regclass[] := ARRAY(SELECT r.notes FROM covenant_internal.repriced_by(relation) AS r);
	dropped boolean := false;
	trigger record;
BEGIN
	PERFORM covenant_internal.allow_triggers(relation);
	FOR trigger IN
		SELECT t.tgname, t.tgrelid::regclass AS relation FROM covenant_internal.members(relation) AS m JOIN pg_trigger t ON t.tgrelid = m
		WHERE t.tgparentid = 0 AND (m = relation OR t.tgfoid IN ('covenant_internal.offering()'::regprocedure, 'covenant_internal.transfer()'::regprocedure))
		  AND t.tgfoid IN ('covenant_internal.reprice()'::regprocedure, 'covenant_internal.breach()'::regprocedure,
						   'covenant_internal.offering()'::regprocedure, 'covenant_internal.transfer()'::regprocedure)
	LOOP
		EXECUTE format('DROP TRIGGER %I ON %s', trigger.tgname, trigger.relation);
		dropped := true;
	END LOOP;
	PERFORM covenant_internal.change_words(n, '{"security": null, "terms": null}')
	FROM unnest(notes) AS n WHERE covenant_internal.watch_word(n, 'terms') IS NOT NULL;
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION covenant_internal.drop_other_triggers(regclass) IS
'Drops the triggers by which a table of quotes reprices notes, a table of breaches gets its damages or a table of offerings or transfers is judged; false where there is none';

CREATE FUNCTION covenant.unwatch(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	role text;
	ledger regclass;
	others text;
BEGIN
	PERFORM covenant_internal.check_watchable(relation);
	PERFORM covenant_internal.lock_table(relation);
	role := covenant_internal.watch_word(relation, 'table');
	IF covenant_internal.drop_other_triggers(relation) AND role IS NULL THEN
		RETURN;
	END IF;
	IF role IS NULL THEN
		RAISE EXCEPTION 'table "%" is not watched', relation
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	others := covenant_internal.watched_with_it(relation, true);
	IF others IS NOT NULL THEN
		RAISE EXCEPTION 'table "%" is watched as a part of another', relation
			USING ERRCODE = 'wrong_object_type',
				  DETAIL = format('That is %s.', others),
				  HINT = 'Call covenant.unwatch for that one, or detach this table from it.';
	END IF;
	ledger := covenant_internal.ledger_of(relation);
	IF covenant_internal.vouched(ledger, 'journal') IS NULL THEN
		PERFORM covenant_internal.drop_triggers(relation);
		RETURN;
	END IF;
	IF role = 'deals' THEN
		SELECT string_agg(format('"%s"', other), ', ') INTO others
		FROM covenant_internal.watched_with(ledger) AS other WHERE other <> relation;
		IF others IS NOT NULL THEN
			RAISE EXCEPTION 'table "%" has deals that other watched tables point to', relation
				USING ERRCODE = 'dependent_objects_still_exist',
					  DETAIL = format('They are %s.', others),
					  HINT = 'Call covenant.unwatch for them first.';
		END IF;
		PERFORM covenant_internal.drop_status_view(ledger);
	END IF;
	IF covenant_internal.is_broken(relation) OR covenant_internal.watch_word(relation, 'rewritten') IS NOT NULL
	   OR covenant_internal.watch_word(relation, 'spread') IS NOT NULL THEN
		PERFORM covenant_internal.drop_triggers(relation);
		PERFORM covenant_internal.rebuild_when_whole(ledger);
	ELSE
		PERFORM covenant_internal.close_table(relation);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant.unwatch(regclass) IS
'Ends the watch of a table: books its sums as closing entries and drops its triggers; the ledger and the journal stay. Errors: 42501, 55000 not watched, 2BP01 deals that watched notes or warrants still point to';
