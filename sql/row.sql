-- From a row to the change it stands for: keys, holders, numbers of every kind.
SET covenant.as_of = '2005-05-23';
CREATE SCHEMA row_test;
SET search_path = row_test;

-- Keys of every type that may be one, domains too, with notes whose column is
-- of the same kind; limits of the integers, text that only looks alike.  For
-- each: rows in, a refusal, a deal renamed with its notes, rows out.
CREATE DOMAIN small AS smallint CHECK (value <> 0);
CREATE DOMAIN code AS varchar(12) COLLATE "C";
CREATE DOMAIN nested_code AS code;
CREATE DOMAIN ident AS uuid;
CREATE TABLE key_cases (n int GENERATED ALWAYS AS IDENTITY, deals_type text, notes_type text, keys text[], other_key text);
INSERT INTO key_cases (deals_type, notes_type, keys, other_key) VALUES
	('smallint', 'smallint', '{-32768,-1,0,1,32767}', '5'), ('smallint', 'bigint', '{-32768,32767}', '5'), ('small', 'int', '{-32768,32767}', '5'),
	('int', 'int', '{-2147483648,-1,0,256,65536,2147483647}', '5'), ('int', 'small', '{-32768,32767}', '5'),
	('bigint', 'bigint', '{-9223372036854775808,-1,0,4294967296,9223372036854775807}', '5'), ('bigint', 'smallint', '{1,-1}', '5'),
	('uuid', 'uuid', '{00000000-0000-0000-0000-000000000000,00000000-0000-0000-0000-000000000001,ffffffff-ffff-ffff-ffff-ffffffffffff}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
	('ident', 'uuid', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
	('text', 'text', ARRAY['', ' ', 'a', 'a ', 'A', 'ä', E'a\n', '"', '''', '\', '%', 'NULL', repeat('long', 500), repeat(md5('x'), 80)], 'b'),
	('varchar', 'text', '{a,"a ",A}', 'b'), ('text', 'varchar(10)', '{a,"a "}', 'b'), ('text COLLATE "C"', 'text', '{a,Z}', 'b'),
	('code', 'nested_code', '{a,"a "}', 'b'), ('nested_code', 'text', '{a,A}', 'b');
CREATE FUNCTION key_case(k key_cases) RETURNS text LANGUAGE plpgsql AS $$
DECLARE key text; answer text := ''; refused int := 0;
BEGIN
	EXECUTE format('CREATE TABLE deals_%s (key %s PRIMARY KEY, reserved int)', k.n, k.deals_type);
	EXECUTE format('CREATE TABLE notes_%s (key %s, principal int, price int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)', k.n, k.notes_type);
	PERFORM covenant.watch_deals(format('deals_%s', k.n)::regclass, 'key', 'reserved');
	PERFORM covenant.watch_notes(format('notes_%s', k.n)::regclass, format('deals_%s', k.n)::regclass, 'key', 'principal', 'price');
	FOREACH key IN ARRAY k.keys LOOP
		EXECUTE format('INSERT INTO deals_%s VALUES (%L, 10)', k.n, key);
		EXECUTE format('INSERT INTO notes_%s VALUES (%L, 5, 1)', k.n, key);
		PERFORM covenant.check(format('deals_%s', k.n)::regclass);
		BEGIN
			EXECUTE format('INSERT INTO notes_%s VALUES (%L, 1, 1)', k.n, key);
			PERFORM covenant.check(format('deals_%s', k.n)::regclass);
		EXCEPTION WHEN check_violation THEN
			refused := refused + 1;
			IF sqlerrm <> format('reserved amount of deal "%s" is not covered', key) THEN RAISE; END IF;
		END;
	END LOOP;
	EXECUTE format('UPDATE notes_%s SET key = %L WHERE key = %L', k.n, k.other_key, k.keys[1]);
	EXECUTE format('UPDATE deals_%s SET key = %L WHERE key = %L', k.n, k.other_key, k.keys[1]);
	PERFORM covenant.check(format('deals_%s', k.n)::regclass);
	EXECUTE format('SELECT string_agg(DISTINCT concat_ws('' '', principal, note_shares, slack), '' and '') FROM deals_%s_status', k.n) INTO answer;
	RETURN format('%s keys, %s refused, each %s', cardinality(k.keys), refused, answer);
END $$;
SELECT deals_type, notes_type, key_case(k) FROM key_cases k ORDER BY n;
-- committed: the books have each key, of its type, and agree
CREATE FUNCTION books(k key_cases) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
	EXECUTE format('SELECT concat_ws('' '', pg_typeof(max(deal)), count(*), ''deals,'', (SELECT count(*) FROM covenant.audit(''deals_%1$s'')), ''wrong,'', count(*) FILTER (WHERE principal = 5 AND slack = 0), ''right'') FROM (SELECT l.deal::%2$s AS deal, s.principal, s.slack FROM deals_%1$s_reserve l LEFT JOIN deals_%1$s_status s ON s.deal = l.deal) x',
		k.n, CASE WHEN k.deals_type LIKE '%uuid' OR k.deals_type = 'ident' THEN 'text' ELSE split_part(k.deals_type, ' ', 1) END) INTO answer;
	RETURN answer;
END $$;
SELECT deals_type, books(k) FROM key_cases k ORDER BY n;
-- a key that the ledger's own type does not take is refused at COMMIT
INSERT INTO notes_2 VALUES (40000, 1, 1);
INSERT INTO notes_15 VALUES ('longer than twelve', 1, 1);
INSERT INTO notes_2 VALUES (32766, 0, 1);

-- Holders are anything that has a text; blanks that pad char(n) are not the holder's
CREATE TABLE deals (id int PRIMARY KEY, reserved numeric(20,3), authorized covenant.shares, outstanding smallint, multiple int);
CREATE TABLE held (id int, by_text text, by_char char(8), by_int int, by_uuid uuid, by_date date, n int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_deals('deals', 'id', 'reserved', 'authorized', 'outstanding', multiple => 'multiple');
INSERT INTO deals VALUES (1, 100000.000, 10000000, 100, 2);
CREATE FUNCTION hold(col text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM covenant.watch_warrants('held', 'deals', 'id', 'n', holder => col);
	INSERT INTO held VALUES (1, 'x', 'x', 7, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2005-05-23', 1);
	RETURN QUERY SELECT DISTINCT format('"%s" has %s', holder, sum(warrant_shares) OVER ()) FROM covenant_internal.instruments('deals_reserve') WHERE warrant_shares <> posted_warrants;
	RETURN QUERY SELECT a::text FROM covenant.audit('deals') a;
	PERFORM covenant.unwatch('held');
END $$;
SET datestyle = ISO;
SELECT c, hold(c) FROM unnest('{by_text,by_char,by_int,by_uuid,by_date}'::text[]) c;
SELECT * FROM covenant.audit('deals');

-- Share counts: integers, whole numerics whatever their scale, covenant.shares; nothing between
SELECT reserved, authorized, outstanding, multiple FROM deals_reserve;
\set VERBOSITY terse
UPDATE deals SET reserved = 100000.5;
UPDATE deals SET reserved = 'NaN';
UPDATE deals SET authorized = -1;
\set VERBOSITY default
UPDATE deals SET reserved = 99999.000, outstanding = 32767, multiple = 3;
SELECT deal, reserved, authorized, outstanding, multiple FROM deals_reserve ORDER BY deal;

-- Money and prices: prices that are rounded fractions, principal of any length,
-- in each rounding, against div and remainder in plain numeric
CREATE TABLE notes (id int, principal numeric, price numeric, rounding text, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE down (LIKE notes INCLUDING ALL); CREATE TABLE up (LIKE notes INCLUDING ALL); CREATE TABLE half_up (LIKE notes INCLUDING ALL); CREATE TABLE half_even (LIKE notes INCLUDING ALL);
SELECT r, covenant.watch_notes(r::regclass, 'deals', 'id', 'principal', 'price', rounding => r) FROM unnest('{down,up,half_up,half_even}'::text[]) r;
UPDATE deals_reserve SET on_breach = 'record';
CREATE TABLE many_notes AS
SELECT n, 1 AS id, (n * 7919::numeric % 100003) ^ (n % 3) * ('1e' || n % 4 - n % 7)::numeric AS principal,
	CASE WHEN n % 3 = 0 THEN div(2 * (n % 997 + 1) * ('1e' || 19 + n % 5)::numeric + n % 89 + 3, 2 * (n % 89 + 3)) * ('1e-' || 19 + n % 5)::numeric
		ELSE (n * 104729::numeric % 10007) * ('1e' || n % 4 - 3)::numeric + (n % 997 + 1) * ('1e-' || CASE WHEN n % 3 = 1 THEN 6 ELSE 2 END)::numeric END AS price,
	(ARRAY['down', 'up', 'half_up', 'half_even'])[n % 4 + 1] AS rounding
FROM generate_series(1, 4000) n;
INSERT INTO many_notes SELECT 5000 + n, 1, v.principal, v.price, r FROM unnest('{down,up,half_up,half_even}'::text[]) WITH ORDINALITY r(r, n),
	(VALUES (0.5, 1), (1.5, 1), (2.5, 1), (2.4999999999999999999999999999999999999999, 1), (1, 3.0), (2, 3), (0, 0), (0, 7), (1, 0.06666666666666666667), (0.000000000000000000000000000000000000000000001, 1), (123456789012345678901234567890.12, 1234567890123456789.5)) v(principal, price);
INSERT INTO down SELECT id, principal, price FROM many_notes WHERE rounding = 'down';
INSERT INTO up SELECT id, principal, price FROM many_notes WHERE rounding = 'up';
INSERT INTO half_up SELECT id, principal, price FROM many_notes WHERE rounding = 'half_up';
INSERT INTO half_even SELECT id, principal, price FROM many_notes WHERE rounding = 'half_even';
CREATE VIEW oracle AS
WITH divided AS (
	SELECT *, CASE WHEN principal = 0 THEN 0 ELSE div(principal * den, num) END AS q, CASE WHEN principal > 0 THEN mod(principal * den, num) END AS r FROM (
	SELECT *, 'down' AS how FROM down UNION ALL SELECT *, 'up' FROM up UNION ALL SELECT *, 'half_up' FROM half_up UNION ALL SELECT *, 'half_even' FROM half_even) n,
	LATERAL (SELECT split_part(t, '/', 1)::numeric AS num, coalesce(nullif(split_part(t, '/', 2), ''), '1')::numeric AS den FROM (SELECT price::covenant.share_price::text AS t) t) f
)
SELECT count(*) AS notes, sum(principal) AS principal, sum(q + CASE how WHEN 'down' THEN 0 WHEN 'up' THEN (r > 0)::int
	WHEN 'half_up' THEN (2 * r >= num)::int
	WHEN 'half_even' THEN (2 * r > num OR 2 * r = num AND q % 2 = 1)::int END) FILTER (WHERE principal > 0) AS shares
FROM divided;
SELECT o.notes, trim_scale(o.principal) AS principal, o.principal = s.principal AS principal_agrees, o.shares, o.shares = s.note_shares AS shares_agree FROM oracle o, deals_status s;
SELECT * FROM covenant.audit('deals');
UPDATE down SET principal = principal * 1.01, price = price + 0.25 WHERE price < 1e15; UPDATE up SET price = CASE WHEN min_scale(price) < 10 THEN price / 1.7 ELSE price + 1 END WHERE price < 1e15; UPDATE half_up SET principal = principal / 3; UPDATE half_even SET price = price + 0.001, principal = principal - 0.0001 WHERE principal > 1 AND price < 1e15;
SELECT o.principal = s.principal AS principal_agrees, o.shares, o.shares = s.note_shares AS shares_agree FROM oracle o, deals_status s;
SELECT * FROM covenant.audit('deals');
TRUNCATE down, up, half_up, half_even;
SELECT trim_scale(principal) AS principal, note_shares FROM deals_status;
-- numeric_20_decimals: the price 1/15, and after a split 1 for 3 and back the price 0.2 again: 30,000,000 shares
INSERT INTO down VALUES (1, 2000000, 0.06666666666666666667);
SELECT note_shares, note_shares = covenant.shares_issuable(2000000, '1/15')::bigint AS as_function, (SELECT count(*) FROM covenant.audit('deals')) AS wrong FROM deals_status;
UPDATE down SET price = covenant.split_price(price, 3, 1);
SELECT price, (SELECT note_shares FROM deals_status) FROM down;
UPDATE down SET price = covenant.split_price(price, 1, 9);
SELECT price, (SELECT note_shares FROM deals_status) FROM down;
SELECT * FROM covenant.audit('deals');
-- what is no share_price is refused, as the functions refuse it, and says why
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE h text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS h = PG_EXCEPTION_HINT;
	RETURN concat_ws(' ', sqlstate, sqlerrm, '|', h);
END $$;
SELECT p, outcome(format('INSERT INTO row_test.down VALUES (1, 1, %s)', p)) FROM unnest(ARRAY['7e-30', '1e-19', '1e19', '12345678901234567890.0000000001', '0.33333333333333333333333333333333333333', '-0.06', '-1e50', '''NaN''', '''Infinity''', '''-Infinity''', '0', '0.00']) p;
TRUNCATE down;

-- Prices that are fractions: the mean of .0151, .0152 and .0152 at 55 % turns
-- $100,000 into 11,988,011 shares; rounded to six places into 11,987,532
CREATE TABLE fractions (id int, principal numeric, price covenant.share_price, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_notes('fractions', 'deals', 'id', 'principal', 'price');
INSERT INTO fractions VALUES (1, 100000, '1001/120000');
SELECT note_shares FROM deals_status;
UPDATE fractions SET price = round(1001 / 120000.0, 6);
SELECT note_shares FROM deals_status;
UPDATE fractions SET price = '1001/120000', principal = 99999.99;
SELECT note_shares, div(99999.99 * 120000, 1001) AS oracle FROM deals_status;
INSERT INTO fractions VALUES (1, 1, '1/3'), (1, 0.33, '1/3'), (1, 1000000000000000003, '1000000000000000003/1000000000000000001'), (1, 0, '0');
SELECT note_shares, div(99999.99 * 120000, 1001) + 3 + 1000000000000000001 AS oracle FROM deals_status;
SELECT * FROM covenant.audit('deals');
\set VERBOSITY terse
INSERT INTO fractions VALUES (1, 1, '0');
\set VERBOSITY default
DELETE FROM fractions;

-- Narrow columns: smallint principal, integer price, shares as principal; domains over them
CREATE DOMAIN dollars AS numeric(12,2) CHECK (value >= 0);
CREATE DOMAIN nested_dollars AS dollars;
CREATE TABLE narrow (id smallint, principal smallint, price int, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE typed (id bigint, principal nested_dollars, price dollars, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE odd (id int, principal covenant.shares, price bigint, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_notes('narrow', 'deals', 'id', 'principal', 'price'), covenant.watch_notes('typed', 'deals', 'id', 'principal', 'price'), covenant.watch_notes('odd', 'deals', 'id', 'principal', 'price');
INSERT INTO narrow VALUES (1, 32767, 2147483647), (1, 32767, 2);
INSERT INTO typed VALUES (1, 9999999999.99, 0.01);
INSERT INTO odd VALUES (1, '9,223,372,036,854', 9223372036854);
SELECT trim_scale(principal) AS principal, note_shares, 16383 + 999999999999 + 1 AS oracle FROM deals_status;
SELECT * FROM covenant.audit('deals');
DELETE FROM narrow; DELETE FROM typed; DELETE FROM odd;
SELECT trim_scale(principal) AS principal, note_shares, slack FROM deals_status;

-- Interest for a year: principal x rate, in money and in shares; a rate may be negative
CREATE TABLE bearing (id int, principal numeric, price numeric, rate numeric, k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT covenant.watch_notes('bearing', 'deals', 'id', 'principal', 'price', rate => 'rate');
INSERT INTO bearing VALUES (1, 2000000, 0.06, 0.08), (1, 100, 0.06, -0.01), (1, 100, 0.06, 0);
SELECT annual_interest, interest_shares, div(160000, 0.06) AS oracle FROM deals_reserve;
\set VERBOSITY terse
INSERT INTO bearing VALUES (1, 100, 0.06, NULL);
\set VERBOSITY default
-- rate_in_percent: 8 % is 0.08, and nobody means 800 %
SELECT r, outcome(format('INSERT INTO row_test.bearing VALUES (1, 100, 0.06, %s)', r)) FROM unnest(ARRAY['8', '1.01', '1.00000000000000000000000000000000000000000000001', '1e50', '1', '-8', '''NaN''', '''-Infinity''']) r;
UPDATE bearing SET rate = 8 WHERE rate = 0.08;
DELETE FROM bearing WHERE rate IN (1, -8);
CREATE TABLE in_percent (k int PRIMARY KEY, id int, principal numeric, price numeric, rate int);
INSERT INTO in_percent VALUES (1, 1, 100, 0.06, 8);
SELECT outcome($$SELECT covenant.watch_notes('row_test.in_percent', 'row_test.deals', 'id', 'principal', 'price', rate => 'rate')$$);
DROP TABLE in_percent;
SELECT * FROM covenant.audit('deals');
DELETE FROM bearing;

-- only_when: a row counts while it is true, and may then have no nulls; NULL is not true
CREATE TABLE conditional (note int PRIMARY KEY, id int, holder text, principal numeric, price numeric, convertible boolean);
CREATE TABLE expiring (warrant int PRIMARY KEY, id int, holder text, shares int, alive boolean GENERATED ALWAYS AS (shares < 1000) STORED);
SELECT covenant.watch_notes('conditional', 'deals', 'id', 'principal', 'price', 'holder', only_when => 'convertible'), covenant.watch_warrants('expiring', 'deals', 'id', 'shares', 'holder', only_when => 'alive');
INSERT INTO conditional VALUES (1, 1, 'alpha', 100, 1, true), (2, 1, 'alpha', 200, 1, false), (3, 1, NULL, NULL, NULL, NULL), (4, NULL, NULL, NULL, NULL, false);
INSERT INTO expiring VALUES (1, 1, 'alpha', 10), (2, 1, 'alpha', 1000), (3, 1, NULL, NULL);
SELECT trim_scale(principal) AS principal, note_shares, warrant_shares FROM deals_status;
UPDATE conditional SET convertible = NOT convertible;
UPDATE expiring SET shares = shares * 2 - 1001 WHERE warrant = 2;
SELECT trim_scale(principal) AS principal, note_shares, warrant_shares FROM deals_status;
\set VERBOSITY terse
UPDATE conditional SET convertible = true WHERE note = 3;
UPDATE conditional SET id = 1 WHERE note = 4;
\set VERBOSITY default
UPDATE conditional SET convertible = true, holder = 'beta', principal = 1, price = 0.5 WHERE note = 3;
UPDATE conditional SET price = 2 WHERE note = 1;
SELECT holder, sum(principal) AS principal, sum(note_shares) AS notes, sum(warrant_shares) AS warrants FROM deals_holding WHERE holder <> '' AND next_day IS NULL GROUP BY holder HAVING sum(note_shares + warrant_shares) <> 0 ORDER BY holder;
SELECT * FROM covenant.audit('deals');

SET client_min_messages = warning;
DROP SCHEMA row_test CASCADE;
