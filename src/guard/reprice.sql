
-- The market as a fact ---------------------------------------------------

CREATE FUNCTION covenant_internal.reprice() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'covenant_reprice';
COMMENT ON FUNCTION covenant_internal.reprice() IS
'Trigger function of a table of quotes: reprices the notes whose terms look back at the changed quotes; its arguments are word=name, made by covenant.watch_quotes';

CREATE FUNCTION covenant_internal.check_quotes(quotes regclass, day name, price name, notes regclass) RETURNS void
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_check_quotes';
COMMENT ON FUNCTION covenant_internal.check_quotes(regclass, name, name, regclass) IS
'Raises why a table of quotes cannot reprice notes as it is: its owner is no member of the role that owns the notes, or that role may not read all quotes (42501); a day that no calendar knows or that is still to come (22008); a price that is negative or no finite number (22023)';

CREATE FUNCTION covenant_internal.repricing_of(notes regclass, OUT quotes regclass, OUT security name, OUT day name, OUT price name, OUT notes_security name, OUT terms name) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_repricing_of';
COMMENT ON FUNCTION covenant_internal.repricing_of(regclass) IS
'The tables of quotes that reprice a table of notes, with their columns, known from their triggers: ordinary or partitioned tables of members of the role that owns the notes';

CREATE FUNCTION covenant_internal.repriced_by(quotes regclass, OUT notes regclass, OUT security name, OUT day name, OUT price name, OUT notes_security name, OUT terms name) RETURNS SETOF record
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_repriced_by';
COMMENT ON FUNCTION covenant_internal.repriced_by(regclass) IS
'The tables of notes that a table of quotes reprices, with their columns, known from its triggers';

CREATE FUNCTION covenant_internal.check_quotes_index(quotes regclass, security name, day name) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
			 JOIN pg_attribute s ON s.attrelid = i.indrelid AND s.attnum = i.indkey[0]
			 JOIN pg_attribute d ON d.attrelid = i.indrelid AND d.attnum = i.indkey[1]
		WHERE i.indrelid = quotes AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts >= 2 AND m.amname = 'btree'
		  AND s.attname = security AND d.attname = day) THEN
		RAISE EXCEPTION 'table "%" has no index on "%" and "%"', quotes, security, day
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Every quote looks back at those before it of the same security, by day.',
				  HINT = 'Make these two columns the primary key, or create an index on them.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_quotes_index(regclass, name, name) IS
'Raises 55000 where a table of quotes has no index by which to look back, on security and day';

CREATE FUNCTION covenant_internal.hang_repricing(quotes regclass, arguments text, mode text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event text[];
	suffix CONSTANT text := (SELECT CASE WHEN n = 0 THEN '' ELSE '_' || n + 1 END
							 FROM (SELECT count(*) AS n FROM covenant_internal.repriced_by(quotes)) AS others);
BEGIN
	IF covenant_internal.watch_mode(quotes, mode) = 'row' THEN
		EXECUTE format('CREATE TRIGGER covenant_reprice%s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION covenant_internal.reprice(%s)',
					   suffix, quotes, arguments);
	ELSE
		FOREACH event SLICE 1 IN ARRAY ARRAY[
			['insert', 'REFERENCING NEW TABLE AS new_rows'],
			['update', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'],
			['delete', 'REFERENCING OLD TABLE AS old_rows']]
		LOOP
			EXECUTE format('CREATE TRIGGER covenant_reprice_%1$s%2$s AFTER %1$s ON %3$s %4$s FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.reprice(%5$s)',
						   event[1], suffix, quotes, event[2], arguments);
		END LOOP;
	END IF;
	IF mode = 'row' THEN
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER covenant_reprice%s', quotes, suffix);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.hang_repricing(regclass, text, text) IS
'Hangs the triggers on a table of quotes that reprice the notes which the arguments name: of rows, or of statements';

CREATE FUNCTION covenant.watch_quotes(
	quotes regclass, security name, day name, price name,
	notes regclass, notes_security name, terms name, mode text = NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	arguments text;
BEGIN
	PERFORM covenant_internal.require_arguments(jsonb_build_object('quotes', quotes, 'security', security, 'day', day, 'price', price,
		'notes', notes, 'notes_security', notes_security, 'terms', terms));
	PERFORM covenant_internal.check_watchable(quotes);
	IF covenant_internal.watch_word(notes, 'table') IS DISTINCT FROM 'notes' THEN
		RAISE EXCEPTION 'table "%" is not watched as a table of notes', notes
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Call covenant.watch_notes for it first.';
	END IF;
	PERFORM covenant_internal.require_quotes_here(quotes, notes);
	PERFORM covenant_internal.check_column(quotes, security);
	PERFORM covenant_internal.check_column(quotes, day, '{date}');
	PERFORM covenant_internal.check_column(quotes, price, '{numeric, covenant.share_price, smallint, integer, bigint}');
	PERFORM covenant_internal.check_column(notes, notes_security);
	PERFORM covenant_internal.check_column(notes, terms, '{covenant.conversion_terms}');
	IF (SELECT count(DISTINCT atttypid) FROM pg_attribute
		WHERE (attrelid, attname) IN ((quotes, security), (notes, notes_security))) > 1 THEN
		RAISE EXCEPTION 'columns "%" and "%" have different types', security, notes_security
			USING ERRCODE = 'datatype_mismatch',
				  HINT = 'Name the security in quotes and notes by values of one type.';
	END IF;
	PERFORM covenant_internal.check_watchable(notes);
	PERFORM covenant_internal.lock_table(notes), covenant_internal.lock_table(quotes);
	PERFORM covenant_internal.check_quotes(quotes, day, price, notes);
	PERFORM covenant_internal.check_quotes_index(quotes, security, day);
	IF EXISTS (SELECT FROM covenant_internal.repricing_of(notes)) THEN
		RAISE EXCEPTION 'notes of table "%" are repriced already', notes
			USING ERRCODE = 'duplicate_object',
				  DETAIL = format('By the quotes in %s.', (SELECT string_agg(format('"%s"', r.quotes), ', ') FROM covenant_internal.repricing_of(notes) AS r)),
				  HINT = 'Call covenant.unwatch for these quotes first.';
	END IF;
	PERFORM covenant_internal.change_words(notes, jsonb_build_object('security', notes_security, 'terms', terms));
	PERFORM covenant_internal.say_terms(member) FROM covenant_internal.members(notes) AS member
	WHERE member = notes OR (SELECT relkind = 'r' FROM pg_class WHERE oid = notes);

	SELECT string_agg(quote_literal(key || '=' || value), ', ' ORDER BY ordinality) INTO arguments
	FROM (SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = notes) t,
		 unnest(ARRAY['table', 'schema', 'notes', 'security', 'day', 'price', 'notes_security', 'terms'],
				ARRAY['quotes', t.nspname, t.relname, security, day, price, notes_security, terms])
		 WITH ORDINALITY AS w(key, value, ordinality);
	PERFORM covenant_internal.hang_repricing(quotes, arguments, mode);
END
$$;
COMMENT ON FUNCTION covenant.watch_quotes(regclass, name, name, name, regclass, name, name, text) IS
'Lets a table of quotes reprice a watched table of notes: security, day (date) and price are columns of the quotes, notes_security and terms (covenant.conversion_terms) columns of the notes. A change of quotes updates the price of the notes whose terms need it in the same transaction, dated with the quote''s day. The owner of the notes must be allowed to read all quotes. Quotes of notes that Citus distributes are an ordinary table of the coordinator. Errors: 42501, 42703, 42804, 42809, 42710, 55000, 0A000 quotes elsewhere under Citus; of a quote: 22008 a day that no calendar knows or that is still to come, 22023 a price that is negative or no finite number';
