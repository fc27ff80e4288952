-- The formula of a Conversion Price: text in and out, what errors say, comparison.
\pset format unaligned
\pset footer off

-- What is wrong with a text: SQLSTATE and DETAIL; NULL where nothing is.
CREATE FUNCTION pg_temp.complaint(bad text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
	PERFORM bad::covenant.conversion_terms;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || coalesce(detail, SQLERRM);
END $$;

-- Operator classes are complete.
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'covenant.conversion_terms'::regtype ORDER BY amname;

-- Good texts, and the one form in which each is printed.
CREATE TABLE good (id int, given text, canonical text);
INSERT INTO good VALUES
(1, '0.12', '0.12'),
(2, '.1200', '0.12'),
(3, '12.', '12'),
(4, '1001/120000', '1001/120000'),
(5, '2/4', '0.5'),
(6, '60% of average of lowest 3 of 20 days', '60% of average of lowest 3 of 20 days'),
(7, '75% of lowest of 20 days', '75% of lowest of 20 days'),
(8, 'lesser of 0.12 and 50% of average of lowest 3 of 20 days', 'lesser of 0.12 and 50% of average of lowest 3 of 20 days'),
(9, 'greater of 0.01 and (lesser of 0.12 and 50% of average of lowest 3 of 20 days)', 'greater of 0.01 and (lesser of 0.12 and 50% of average of lowest 3 of 20 days)'),
(10, 'greater of 0.01 and lesser of 0.12 and 50% of lowest of 20 days', 'greater of 0.01 and (lesser of 0.12 and 50% of lowest of 20 days)'),
(11, 'lesser of lesser of 1 and 2 and 3', 'lesser of (lesser of 1 and 2) and 3'),
(12, E' \t\n\r\f\x0BLESSER\nOF 0.12 aNd 50.50 %of AVERAGE of Lowest 3OF 20Days ', 'lesser of 0.12 and 50.5% of average of lowest 3 of 20 days'),
(13, '100% of average of lowest 1 of 1 days', '100% of lowest of 1 day'),
(14, '0.0000001% of lowest of 250 day', '0.0000001% of lowest of 250 days'),
(15, '33.3333% of average of lowest 250 of 250 days', '33.3333% of average of lowest 250 of 250 days'),
(16, '60% of lowest of 20 days rounded down to 4 decimals', '60% of lowest of 20 days rounded down to 4 decimals'),
(17, '0.125 rounded up to 0 decimals', '0.125 rounded up to 0 decimals'),
(18, '0.125 Rounded Half Up to 1 decimals', '0.125 rounded half up to 1 decimal'),
(19, '0.125 rounded half  even to 18 decimal', '0.125 rounded half even to 18 decimals'),
-- A rounding belongs to the whole; to a leg only in parentheses.
(20, 'lesser of 0.12 and 50% of lowest of 20 days rounded down to 4 decimals', 'lesser of 0.12 and 50% of lowest of 20 days rounded down to 4 decimals'),
(21, '(lesser of 0.12 and 50% of lowest of 20 days) rounded down to 4 decimals', 'lesser of 0.12 and 50% of lowest of 20 days rounded down to 4 decimals'),
(22, 'lesser of 0.12 and (50% of lowest of 20 days rounded down to 4 decimals)', 'lesser of 0.12 and (50% of lowest of 20 days rounded down to 4 decimals)'),
(23, '(0.15 rounded up to 1 decimal) rounded down to 0 decimals', '(0.15 rounded up to 1 decimal) rounded down to 0 decimals'),
(24, '((((0.12))))', '0.12'),
(25, 'lesser of(0.12)and((3))', 'lesser of 0.12 and 3'),
(26, '9223372036854775807/9223372036854775806', '9223372036854775807/9223372036854775806'),
(27, '0.12' || repeat('0', 100), '0.12'),
-- percent_above_100: a discount, or a premium, which 103 % and 110 % of a market price are.
(28, '103% of lowest of 3 days', '103% of lowest of 3 days'),
(29, 'greater of 0.01 and 1000.0% of average of lowest 2 of 3 days', 'greater of 0.01 and 1000% of average of lowest 2 of 3 days'),
-- A price of many decimals is a rounded fraction, here as everywhere.
(30, '0.06666666666666666667', '1/15'),
(31, '62.500000000000000000000000% of lowest of 1 day', '62.5% of lowest of 1 day');
SELECT id, given, given::covenant.conversion_terms::text AS printed FROM good
WHERE given::covenant.conversion_terms::text <> canonical;
SELECT count(*) AS good, count(*) FILTER (WHERE canonical::covenant.conversion_terms::text = canonical) AS read_back
FROM good;

-- Bad texts, the place, and what was expected there.
CREATE TABLE bad (id int, given text);
INSERT INTO bad VALUES
(1, ''), (2, '   '), (3, 'abc'), (4, '-0.12'), (5, '$0.12'), (6, '0.12 0.13'), (7, '0.12 of'),
(8, '0'), (9, '0.000'), (10, '0/5'), (11, '1/0'), (12, '1.5/2'), (13, '1.2.3'), (14, '.'), (15, '1/2/3'), (16, '1e5'), (17, '/2'),
(18, '0% of lowest of 20 days'), (19, '1000.0001% of lowest of 20 days'), (75, '33.33333333333333333333% of lowest of 1 day'), (76, '+0.12'), (77, '12e-2'), (20, '1/2% of lowest of 20 days'), (21, '% of lowest of 20 days'),
(22, '60%'), (23, '60% lowest of 20 days'), (24, '60% of'), (25, '60% of 0.12'), (26, '60% of highest of 20 days'),
(27, '60% of lowest'), (28, '60% of lowest 3 of 20 days'), (29, '60% of lowest of days'), (30, '60% of lowest of 0 days'), (31, '60% of lowest of 251 days'),
(32, '60% of lowest of 20'), (33, '60% of lowest of 20 weeks'), (34, '60% of lowest of 2.5 days'), (35, '60% of lowest of 99999999999999999999 days'),
(36, '60% of average'), (37, '60% of average of 20 days'), (38, '60% of average of lowest of 20 days'), (39, '60% of average of lowest 0 of 20 days'),
(40, '60% of average of lowest 21 of 20 days'), (41, '60% of average of lowest 251 of 250 days'), (42, '60% of average of lowest 3 in 20 days'),
(43, 'lesser'), (44, 'lesser of'), (45, 'lesser of 0.12'), (46, 'lesser of 0.12 or 0.13'), (47, 'lesser of 0.12 and'), (48, 'lesserof 0.12 and 0.13'), (49, 'lesser of 0.12, 0.13 and 0.14'),
(50, '('), (51, '()'), (52, '(0.12'), (53, '0.12)'), (54, '(0.12))'), (55, 'greater of (0.12 and 0.13)'),
(56, '0.12 rounded'), (57, '0.12 rounded to 4 decimals'), (58, '0.12 rounded half to 4 decimals'), (59, '0.12 rounded half down to 4 decimals'),
(60, '0.12 rounded down 4 decimals'), (61, '0.12 rounded down to decimals'), (62, '0.12 rounded down to 19 decimals'), (63, '0.12 rounded down to 4'), (64, '0.12 rounded down to 4 places'),
(65, '0.12 rounded down to 4 decimals rounded down to 2 decimals'), (73, '(0.12 rounded down to 4 decimals 5'), (74, '(0.12 rounded down to 4 decimals) 5'), (66, 'lesser of 0.12 rounded down to 4 decimals and 0.13'),
(67, '9223372036854775808'), (68, '0.' || repeat('0', 198) || '1'), (69, repeat('9', 39) || '/7'),
(70, 'average of lowest 3 of 20 days'), (71, 'lesser of 0.12 and averylongwordthatnobodyexpectshere'), (72, E'lesser of 0.12\n\tand\n\tanother');
SELECT id, given, pg_temp.complaint(given) FROM bad WHERE length(given) < 60 ORDER BY id;
SELECT id, length(given), pg_temp.complaint(given) FROM bad WHERE length(given) >= 60 ORDER BY id;
SELECT 'lesser of 0.12 or 0.13'::covenant.conversion_terms;

-- The excerpt is cut between characters.
DO $$
BEGIN
	IF getdatabaseencoding() <> 'UTF8' THEN
		RETURN;
	END IF;
	IF pg_temp.complaint(chr(8364) || chr(8364) || '0.12') IS DISTINCT FROM
		'22P02 Found "' || chr(8364) || chr(8364) || '0.12" at position 1, expected a price, a percentage, "lesser of", "greater of" or "(".' OR
		pg_temp.complaint('lesser of 0.12 ' || repeat(chr(8364), 9) || ' 5') IS DISTINCT FROM
		'22P02 Found "' || repeat(chr(8364), 8) || '" at position 16, expected "and".' THEN
		RAISE EXCEPTION 'wrong complaint: %', pg_temp.complaint('lesser of 0.12 ' || repeat(chr(8364), 9) || ' 5');
	END IF;
END $$;

-- Limits: 32 levels, 32 parts; nothing exhausts the stack.
SELECT repeat('(', 32) || '0.12' || repeat(')', 32)::text AS given, (repeat('(', 32) || '0.12' || repeat(')', 32))::covenant.conversion_terms;
SELECT pg_temp.complaint(repeat('(', 33) || '0.12' || repeat(')', 33)), pg_temp.complaint(repeat('(', 100000));
SELECT count(*) AS parts FROM covenant_internal.terms_parts((repeat('lesser of 1 and ', 15) || '2 rounded up to 1 decimal')::covenant.conversion_terms);
SELECT pg_temp.complaint(repeat('lesser of 1 and ', 16) || '2');
SELECT pg_temp.complaint(repeat('lesser of ', 100000)), pg_temp.complaint(repeat('(lesser of 1 and ', 17) || '2' || repeat(')', 17));

-- Equality, order and hash are those of the canonical text.
SELECT a, b, eq, ne, lt, le, gt, ge
FROM (VALUES ('0.12'::covenant.conversion_terms, '.120'::covenant.conversion_terms), ('0.12', '0.13'), ('60% of lowest of 20 days', '100/7')) v(a, b),
	LATERAL (SELECT a OPERATOR(pg_catalog.=) b, a OPERATOR(pg_catalog.<>) b, a OPERATOR(pg_catalog.<) b,
		a OPERATOR(pg_catalog.<=) b, a OPERATOR(pg_catalog.>) b, a OPERATOR(pg_catalog.>=) b) c(eq, ne, lt, le, gt, ge);
SELECT count(*), count(DISTINCT given::covenant.conversion_terms) AS distinct_by_sort,
	(SELECT count(*) FROM (SELECT given::covenant.conversion_terms FROM good GROUP BY 1) g) AS groups,
	(SELECT count(DISTINCT canonical) FROM good) AS texts
FROM good;
CREATE TABLE offers (terms covenant.conversion_terms PRIMARY KEY) PARTITION BY HASH (terms);
CREATE TABLE offers_0 PARTITION OF offers FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE offers_1 PARTITION OF offers FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO offers SELECT DISTINCT canonical::covenant.conversion_terms FROM good;
INSERT INTO offers VALUES ('2/4');
SELECT terms FROM offers WHERE terms OPERATOR(pg_catalog.=) '(.5)';
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) FROM offers a JOIN offers b ON a.terms OPERATOR(pg_catalog.=) b.terms;
RESET enable_mergejoin; RESET enable_nestloop;
SELECT terms FROM offers ORDER BY terms LIMIT 3;

-- The binary form is the text, validated; so a text column makes any input.
CREATE TABLE received (terms covenant.conversion_terms);
\copy (SELECT canonical FROM good) TO 'results/conversion_terms.bin' (FORMAT binary)
\copy received FROM 'results/conversion_terms.bin' (FORMAT binary)
\copy received TO 'results/conversion_terms.bin' (FORMAT binary)
TRUNCATE received;
\copy received FROM 'results/conversion_terms.bin' (FORMAT binary)
SELECT count(*) FROM received WHERE terms::text IN (SELECT canonical FROM good);
\copy (SELECT 'Lesser of .12 and (3)') TO 'results/conversion_terms.bin' (FORMAT binary)
TRUNCATE received;
\copy received FROM 'results/conversion_terms.bin' (FORMAT binary)
TABLE received;
\copy (SELECT 'lesser of 0.12 or 3') TO 'results/conversion_terms.bin' (FORMAT binary)
\set VERBOSITY terse
\copy received FROM 'results/conversion_terms.bin' (FORMAT binary)
\copy (SELECT repeat('(', 100000)) TO 'results/conversion_terms.bin' (FORMAT binary)
\set VERBOSITY sqlstate
\copy received FROM 'results/conversion_terms.bin' (FORMAT binary)
\set VERBOSITY default

-- What is in them.
SELECT t, covenant.look_back(t), covenant.is_fixed(t) FROM unnest('{0.12,lesser of 0.12 and 50% of average of lowest 3 of 20 days,
greater of 75% of lowest of 5 days and 50% of lowest of 30 days,greater of 1 and 2 rounded up to 0 decimals}'::covenant.conversion_terms[]) t;
SELECT * FROM covenant_internal.terms_parts('greater of 0.01 and (lesser of 0.12 and (62.5% of average of lowest 3 of 20 days rounded down to 4 decimals))');
SELECT count(*) AS parts_that_are_no_terms FROM good, covenant_internal.terms_parts(canonical::covenant.conversion_terms) p
WHERE p.terms_of_part::text::covenant.conversion_terms::text <> p.terms_of_part::text OR (p.belongs_to IS NULL) <> (p.terms_of_part::text = canonical);

-- Mutations of good texts: each is accepted, and then its printed form prints
-- as itself, or is a 22P02 with a DETAIL.
DO $$
DECLARE
	seed bigint := 20050608;
	rounds int := 5000;
	alphabet text[] := ARRAY['lesser of ', 'greater of ', ' and ', '%', ' of ', 'average of ', 'lowest ', ' 3', ' 20 ', ' days', '(', ')',
		'0.12', '1/7', ' rounded ', 'half ', 'up', 'even', 'down', ' to 4 ', 'decimals', '.', '/', '-', '9', ' ', E'\n', 'x', '', '''', '"', E'\\'];
	texts text[] := ARRAY(SELECT given FROM good ORDER BY id);
	t text;
	printed text;
	detail text;
	place int;
	accepted int := 0;
BEGIN
	RAISE NOTICE 'seed %', seed;
	FOR i IN 1..rounds LOOP
		seed := (seed * 1103515245 + 12345) % 2147483648;
		t := texts[1 + seed / 65536 % cardinality(texts)];
		FOR j IN 0..i % 3 LOOP
			seed := (seed * 1103515245 + 12345) % 2147483648;
			place := seed / 65536 % (length(t) + 1);
			seed := (seed * 1103515245 + 12345) % 2147483648;
			t := CASE seed / 65536 % 4
				WHEN 0 THEN left(t, place)											-- truncate
				WHEN 1 THEN left(t, place) || substr(t, place + 2 + j)				-- delete
				WHEN 2 THEN left(t, place) || alphabet[1 + seed / 262144 % cardinality(alphabet)] || substr(t, place + 1)	-- insert
				ELSE left(t, place) || substr(texts[1 + seed / 262144 % cardinality(texts)], place + 1) END;				-- splice
		END LOOP;
		BEGIN
			printed := t::covenant.conversion_terms::text;
		EXCEPTION WHEN invalid_text_representation THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			IF detail !~ '^Found (".*"|the end) at position \d+, expected .*\.$' THEN
				RAISE EXCEPTION 'no place: % gave %', t, detail;
			END IF;
			CONTINUE;
		END;
		accepted := accepted + 1;
		IF printed::covenant.conversion_terms::text <> printed THEN
			RAISE EXCEPTION 'no canonical form: % printed as %', t, printed;
		END IF;
	END LOOP;
	RAISE NOTICE '% mutations, % accepted', rounds, accepted;
END $$;
