
-- The books --------------------------------------------------------------

CREATE FUNCTION covenant_internal.watch_word(relation regclass, word text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_watch_word';
COMMENT ON FUNCTION covenant_internal.watch_word(regclass, text) IS
'One argument of the trigger by which a table is watched: table (deals, notes, warrants or capital), schema and ledger (its books), rounding, or what a column is (deal, principal, price, ...); NULL where there is none';

CREATE FUNCTION covenant_internal.watch_words(relation regclass) RETURNS text[]
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_watch_words';
COMMENT ON FUNCTION covenant_internal.watch_words(regclass) IS
'The arguments of the trigger by which a table is watched, each as word=value; empty where it is not watched';

CREATE FUNCTION covenant_internal.watch_keys(relation regclass) RETURNS SETOF name
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_watch_keys';
COMMENT ON FUNCTION covenant_internal.watch_keys(regclass) IS
'The columns that identify the instruments of a watched table, in order';

CREATE FUNCTION covenant_internal.deals_of_companies(ledger regclass) RETURNS regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT w FROM covenant_internal.watched_with(ledger) AS w
	WHERE covenant_internal.watch_word(w, 'table') = 'deals' AND covenant_internal.watch_word(w, 'company') IS NOT NULL LIMIT 1
$$;
COMMENT ON FUNCTION covenant_internal.deals_of_companies(regclass) IS
'The deals table of a ledger, where it names companies; NULL where it names none';

CREATE FUNCTION covenant_internal.ledger_of(relation regclass) RETURNS regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT l.oid::regclass
	FROM pg_class l JOIN pg_namespace n ON n.oid = l.relnamespace
	WHERE n.nspname = covenant_internal.watch_word(relation, 'schema') AND l.relname = covenant_internal.watch_word(relation, 'ledger')
$$;
COMMENT ON FUNCTION covenant_internal.ledger_of(regclass) IS
'The ledger that a watched table names, whether or not it counts there; NULL where it is gone';

CREATE FUNCTION covenant_internal.key_type(ledger regclass) RETURNS regtype
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE base(type) AS (
		SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = ledger AND a.attname = 'deal'
		UNION ALL
		SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
	)
	SELECT b.type::regtype FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype <> 'd'
$$;
COMMENT ON FUNCTION covenant_internal.key_type(regclass) IS
'The type of the deals of a ledger, underneath a domain';

CREATE FUNCTION covenant_internal.books_of(deals regclass, OUT ledger regclass, OUT journal regclass, OUT key name)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.watch_word(deals, 'table') IS DISTINCT FROM 'deals' THEN
		RAISE EXCEPTION 'table "%" is not watched as a deals table', deals
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Watch it with covenant.watch_deals first.';
	END IF;
	ledger := covenant_internal.ledger_of(deals);
	journal := covenant_internal.vouched(ledger, 'journal');
	key := covenant_internal.watch_word(deals, 'deal');
	IF journal IS NULL OR covenant_internal.vouched(ledger, 'reserve') IS NULL THEN
		RAISE EXCEPTION 'the books "%.%" do not exist', covenant_internal.watch_word(deals, 'schema'), covenant_internal.watch_word(deals, 'ledger')
			USING ERRCODE = 'undefined_table',
				  DETAIL = 'They were dropped, renamed or moved, or their tables do not belong to one role.',
				  HINT = format('Put them back under that name, or call covenant.unwatch(%L) and watch the table again.', deals);
	ELSIF NOT covenant_internal.vouch(deals, ledger) THEN
		RAISE EXCEPTION 'table "%" does not count in the books "%"', deals, ledger
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'The owner of a watched table must be a member of the role that owns the books.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.books_of(regclass) IS
'The books beside a watched deals table: ledger (one row a deal), journal (append-only), and the key column of the deals table; 55000 where the table is not watched, 42P01 where the books are gone, 42501 where the table is not one of theirs';

CREATE FUNCTION covenant_internal.require_types(ledger regclass) RETURNS void
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_require_types';
COMMENT ON FUNCTION covenant_internal.require_types(regclass) IS
'Raises why the books cannot be read: a column that is gone (42703) or has another type than covenant gave it (42804); until the transaction ends they stay as they are';

CREATE FUNCTION covenant_internal.check_watch(relation regclass) RETURNS void
LANGUAGE c STABLE STRICT
AS 'MODULE_PATHNAME', 'covenant_check_watch';
COMMENT ON FUNCTION covenant_internal.check_watch(regclass) IS
'Raises what the next write to a watched table would find wrong: books gone (42P01), columns gone (42703) or of a type that does not suit (42804), rights (42501); 55000 where the table is not watched';

CREATE FUNCTION covenant_internal.comment_relation(relation regclass, about text, columns text[]) RETURNS void
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
COMMENT ON FUNCTION covenant_internal.comment_relation(regclass, text, text[]) IS
'Puts comments on a table or view and on its columns; columns is a list of pairs, name and comment';

CREATE FUNCTION covenant_internal.check_key(relation regclass, key name, what text = 'deal') RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	attribute pg_attribute;
BEGIN
	SELECT * INTO attribute FROM pg_attribute
	WHERE attrelid = relation AND attname = key AND attnum > 0 AND NOT attisdropped;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'column "%" of table "%" does not exist', key, relation
			USING ERRCODE = 'undefined_column';
	END IF;
	IF NOT attribute.attnotnull OR NOT EXISTS (
		SELECT FROM pg_index
		WHERE indrelid = relation AND indisunique AND indisvalid AND indpred IS NULL
		  AND indnkeyatts = 1 AND indkey[0] = attribute.attnum) THEN
		RAISE EXCEPTION 'column "%" of table "%" does not identify a %', key, relation, what
			USING ERRCODE = 'invalid_foreign_key',
				  DETAIL = format('The key of a %s must be NOT NULL and UNIQUE by itself.', CASE what WHEN 'deal' THEN 'deals table' ELSE 'table of companies' END),
				  HINT = 'Declare it PRIMARY KEY, or NOT NULL and UNIQUE.';
	END IF;
	IF EXISTS (SELECT FROM pg_collation WHERE oid = attribute.attcollation AND NOT collisdeterministic) THEN
		RAISE EXCEPTION 'column "%" of table "%" has a nondeterministic collation', key, relation
			USING ERRCODE = 'datatype_mismatch',
				  DETAIL = format('Two spellings of one key would be two %s in the books.', CASE what WHEN 'deal' THEN 'deals' ELSE 'companies' END),
				  HINT = 'Use a deterministic collation for the key.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_key(regclass, name, text) IS
'Raises why a column cannot be the key of a table of deals, or of companies: missing (42703), not NOT NULL and UNIQUE (42830), nondeterministic collation (42804)';

CREATE FUNCTION covenant_internal.table_with_key(
	relation regclass, key name, OUT schema_name name, OUT table_name name, OUT owner regrole, OUT key_type text)
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.nspname, c.relname, c.relowner,
		   format_type(a.atttypid, a.atttypmod)
			 || CASE WHEN a.attcollation <> 0 THEN format(' COLLATE %s', a.attcollation::regcollation) ELSE '' END
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = key
	WHERE c.oid = relation
$$;
COMMENT ON FUNCTION covenant_internal.table_with_key(regclass, name) IS
'What books beside a table are called after, to whom they belong, and the type of their key: with its collation, which decides what is one deal';

CREATE FUNCTION covenant_internal.make_books(deals regclass, key name, has_outstanding boolean, has_authorized boolean,
									on_breach text, OUT schema_name name, OUT ledger_name name, OUT kept boolean)
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	table_name text;
	owner regrole;
	key_type text;
	ledger text;
	journal text;
	"position" text;
	record_table text;
BEGIN
	SELECT t.* INTO schema_name, table_name, owner, key_type FROM covenant_internal.table_with_key(deals, key) AS t;
	IF octet_length(table_name) > 63 - octet_length('_damages_month') THEN
		RAISE EXCEPTION 'the name of table "%" is too long', deals
			USING ERRCODE = 'name_too_long',
				  DETAIL = 'The books and views beside it are called after it, and a name has at most 63 bytes.',
				  HINT = 'A deals table may have a name of up to 50 bytes.';
	END IF;
	ledger_name := table_name || '_reserve';
	ledger := format('%I.%I', schema_name, ledger_name);
	journal := format('%I.%I', schema_name, table_name || '_journal');
	"position" := format('%I.%I', schema_name, table_name || '_position');

	kept := to_regclass(ledger) IS NOT NULL OR to_regclass(journal) IS NOT NULL OR to_regclass("position") IS NOT NULL;
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
				minimum bigint NOT NULL DEFAULT 0,
				on_breach text NOT NULL,
				entries bigint NOT NULL DEFAULT 0,
				latest_on date
			) WITH (fillfactor = 50)$ddl$, ledger, key_type);
		EXECUTE format('ALTER TABLE %s OWNER TO %s', ledger, owner);
	END IF;
	IF to_regclass(journal) IS NULL THEN
		EXECUTE format($ddl$
			CREATE TABLE %s (
				deal %s NOT NULL,
				seq bigint NOT NULL,
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
				minimum bigint NOT NULL,
				new_shares integer,
				old_shares integer,
				slack bigint NOT NULL,
				effective_on date NOT NULL,
				recorded_at timestamptz NOT NULL,
				recorded_by text NOT NULL,
				transaction bigint NOT NULL,
				note text,
				PRIMARY KEY (deal, seq)
			)$ddl$, journal, key_type);
		EXECUTE format('ALTER TABLE %s OWNER TO %s', journal, owner);
	END IF;
	IF to_regclass("position") IS NULL THEN
		EXECUTE format($ddl$
			CREATE TABLE %s (
				deal %s NOT NULL,
				seq bigint NOT NULL,
				line integer NOT NULL,
				source text NOT NULL,
				instrument text NOT NULL,
				holder text,
				principal numeric NOT NULL,
				price numeric,
				price_divisor numeric,
				rate numeric,
				rounding text,
				terms text,
				security text,
				quoted boolean,
				warrant_shares bigint NOT NULL,
				effective_on date NOT NULL,
				recorded_at timestamptz NOT NULL,
				PRIMARY KEY (deal, seq, line)
			)$ddl$, "position", key_type);
		EXECUTE format('ALTER TABLE %s OWNER TO %s', "position", owner);
	END IF;
	PERFORM covenant_internal.check_books_kept(ledger, journal, "position", deals, key);
	FOREACH record_table IN ARRAY ARRAY[journal, "position"] LOOP
		CONTINUE WHEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = record_table::regclass AND tgname = 'covenant_append_only');
		EXECUTE format('CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION covenant_internal.append_only()', record_table);
	END LOOP;
	-- with their triggers: Citus hangs none on shards that is one of TRUNCATE too
	FOREACH record_table IN ARRAY ARRAY[ledger, journal, "position"] LOOP
		PERFORM covenant_internal.spread_beside(record_table, 'deal', deals);
	END LOOP;
	EXECUTE format('ALTER TABLE %s ALTER on_breach SET DEFAULT %L', ledger, on_breach);
	EXECUTE format('UPDATE %s SET on_breach = $1 WHERE on_breach <> $1', ledger) USING on_breach;
	PERFORM covenant_internal.give_capital_column(ledger::regclass, 'outstanding', has_outstanding);
	PERFORM covenant_internal.give_capital_column(ledger::regclass, 'authorized', has_authorized);
	PERFORM covenant_internal.give_capital_column(ledger::regclass, 'other_reserved', has_authorized);
	PERFORM covenant_internal.comment_books(ledger::regclass, journal::regclass, "position"::regclass, deals);
END
$$;
COMMENT ON FUNCTION covenant_internal.make_books(regclass, name, boolean, boolean, text) IS
'Makes the ledger and the journal beside a deals table, in its schema and owned by its owner; kept where there were any, of an earlier watch';

CREATE FUNCTION covenant_internal.check_books_kept(ledger regclass, journal regclass, "position" regclass, deals regclass, key name) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stranger regclass;
BEGIN
	IF NOT EXISTS (
		SELECT FROM pg_attribute l JOIN pg_attribute d ON d.atttypid = l.atttypid
		WHERE l.attrelid = ledger AND l.attname = 'deal' AND d.attrelid = deals AND d.attname = key) THEN
		RAISE EXCEPTION 'table "%" is in the way', ledger
			USING ERRCODE = 'duplicate_table',
				  DETAIL = 'It is not a ledger whose deals have the type of the key.',
				  HINT = 'Rename it, or drop it if it is what an earlier watch left.';
	END IF;
	SELECT b.oid INTO stranger
	FROM pg_class b JOIN pg_class d ON d.oid = deals
	WHERE b.oid IN (ledger, journal, "position") AND (b.relowner <> d.relowner OR b.relkind <> 'r') ORDER BY b.oid LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'table "%" is in the way', stranger
			USING ERRCODE = 'duplicate_table',
				  DETAIL = format('It does not belong to the owner of "%s", and who owns the books can change them.', deals),
				  HINT = 'Rename it, or give it to the owner of the deals table if it is what an earlier watch left.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_books_kept(regclass, regclass, regclass, regclass, name) IS
'Raises 42P07 where a table has the name of the ledger or the journal but is not one for this key, or is another role''s';

CREATE FUNCTION covenant_internal.give_capital_column(ledger regclass, column_name name, given boolean) RETURNS void
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
COMMENT ON FUNCTION covenant_internal.give_capital_column(regclass, name, boolean) IS
'A capital column of the ledger is a number where the deals table gives it, and NULL where it does not';

CREATE FUNCTION covenant_internal.comment_books(ledger regclass, journal regclass, "position" regclass, deals regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sums CONSTANT text[] := ARRAY[
		['deal', 'Key of the deal'],
		['principal', 'Outstanding principal of the notes, in money'],
		['note_shares', 'Shares issuable on conversion of the notes, each note rounded by itself'],
		['warrant_shares', 'Shares issuable on exercise of the warrants'],
		['interest_shares', 'Shares issuable as payment of one year''s interest (Section 4(h), monthly list)'],
		['annual_interest', 'Interest of one year on the notes, in money'],
		['reserved', 'Shares reserved for the deal'],
		['authorized', 'Authorized shares; NULL where the deals table does not give them'],
		['outstanding', 'Outstanding shares; NULL where the deals table does not give them'],
		['other_reserved', 'Shares reserved for other purposes; NULL where the deals table gives no capital'],
		['multiple', 'Multiple of the Reserved Amount: 2 plus the changes in the journal'],
		['minimum', 'Least Reserved Amount, in shares']];
BEGIN
	PERFORM covenant_internal.comment_relation(ledger,
		format('Ledger of %s: one row a deal, written by covenant just before commit (Section 4(h))', deals),
		sums || ARRAY[
			['on_breach', 'What an act that breaks the reserve gets: refuse, record or warn'],
			['entries', 'Number of the deal''s last journal entry'],
			['latest_on', 'Latest day on which an entry counts']]);
	PERFORM covenant_internal.comment_relation(journal,
		format('Journal of %s: every change that covenant posted, append-only; amounts are what the ledger changed by', deals),
		sums || ARRAY[
			['seq', 'Number of the entry within the deal'],
			['kind', 'opening, closing, act, fact, override, rebuild, correction or split'],
			['new_shares', 'Of a split: new shares for old_shares'],
			['old_shares', 'Of a split: old shares'],
			['slack', 'Authorized and Reserved Shares less the Reserved Amount, after the entry'],
			['effective_on', 'Day on which the change counts (covenant.as_of when it was made)'],
			['recorded_at', 'When it was posted'],
			['recorded_by', 'Role that committed it'],
			['transaction', 'Transaction that posted it'],
			['note', 'Reason given for an override or a correction']]);
	PERFORM covenant_internal.comment_relation("position",
		format('Positions of %s: what every note and lot of warrants was, append-only; amounts are changes and add up, of the rest the last that was set holds', deals),
		ARRAY[
			['deal', 'Key of the deal'],
			['seq', 'Number of the journal entry with which it came'],
			['line', 'Number within the entry'],
			['source', 'Table of the instrument, by the name it had when it was watched'],
			['instrument', 'Key of the instrument, as text'],
			['holder', 'Holder from this day on; NULL where unchanged'],
			['principal', 'Change of the outstanding principal, in money'],
			['price', 'Conversion price from this day on, times price_divisor; NULL where unchanged'],
			['price_divisor', 'What price is divided by; 1 for a price that is a decimal'],
			['rate', 'Interest rate of one year from this day on (0.10 is 10 %); NULL where unchanged'],
			['rounding', 'How a note becomes whole shares; in the row with which it came'],
			['terms', 'Terms of the conversion price where quotes reprice it; NULL where unchanged'],
			['security', 'Security whose quotes reprice it; NULL where unchanged'],
			['quoted', 'Whether a quote made the price; NULL without one'],
			['warrant_shares', 'Change of the shares issuable on exercise'],
			['effective_on', 'Day from which it counts'],
			['recorded_at', 'When it was posted']]);
END
$$;
COMMENT ON FUNCTION covenant_internal.comment_books(regclass, regclass, regclass, regclass) IS
'Puts comments on the books and their columns';
