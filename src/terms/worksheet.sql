-- The worksheet of a conversion notice ------------------------------------

CREATE FUNCTION covenant_internal.check_worksheet_days(days date[], prices covenant.share_price[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	twice text;
BEGIN
	IF cardinality(days) <> cardinality(prices) THEN
		RAISE EXCEPTION 'days and prices are not pairs' USING ERRCODE = 'invalid_parameter_value',
			DETAIL = format('days has %s elements, prices has %s.', cardinality(days), cardinality(prices));
	ELSIF array_position(days, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'a day is NULL' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT string_agg(to_char(d, 'YYYY-MM-DD'), ', ' ORDER BY d) INTO twice
	FROM (SELECT d FROM unnest(days) d GROUP BY d HAVING count(*) > 1) repeated;
	IF twice IS NOT NULL THEN
		RAISE EXCEPTION 'more than one price for a day' USING ERRCODE = 'invalid_parameter_value',
			DETAIL = format('More than one price is given for %s.', twice);
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.check_worksheet_days(date[], covenant.share_price[]) IS
'Raises 22023 unless the days and prices of a worksheet are pairs, each day once';

CREATE FUNCTION covenant_internal.worksheet_look_back(
	terms covenant.conversion_terms, days date[], prices covenant.share_price[], calendar text, closed date[],
	OUT quoted date[], OUT look_back date[], OUT lows covenant.share_price[])
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
BEGIN
	-- The look-back ends on the last trading day given; all its days need a price.
	SELECT array_agg(d) INTO quoted FROM unnest(days) d WHERE covenant.is_business_day(d, calendar, closed);
	IF quoted IS NULL AND NOT covenant.is_fixed(terms) THEN
		RAISE EXCEPTION 'no price of any trading day' USING ERRCODE = 'invalid_parameter_value',
			DETAIL = format('The terms look back %s trading days of %s.', covenant.look_back(terms), calendar);
	END IF;
	SELECT array_agg(covenant.business_days_after((SELECT max(d) FROM unnest(quoted) d), -i, calendar, closed) ORDER BY i DESC)
		INTO look_back FROM generate_series(0, covenant.look_back(terms) - 1) i;
	SELECT array_agg(q.p ORDER BY d.d),
		string_agg(to_char(d.d, 'YYYY-MM-DD'), ', ' ORDER BY d.d) FILTER (WHERE q.p IS NULL)
		INTO lows, missing
	FROM unnest(look_back) d(d) LEFT JOIN unnest(days, prices) q(d, p) ON q.d = d.d;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'prices of trading days are missing' USING ERRCODE = 'invalid_parameter_value',
			DETAIL = format('The look-back of %s trading days of %s up to %s has no price for %s.',
				covenant.look_back(terms), calendar, to_char(look_back[cardinality(look_back)], 'YYYY-MM-DD'), missing),
			HINT = 'Give the price of every trading day; a look-back is never shortened.';
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.worksheet_look_back(covenant.conversion_terms, date[], covenant.share_price[], text, date[]) IS
'Of the days of a worksheet those of trading, the days that count for the longest leg of the terms, and their prices; 22023 where one of these is missing';

CREATE FUNCTION covenant_internal.worksheet_days(
	days date[], prices covenant.share_price[], calendar text, quoted date[], look_back date[], look_back_days integer, lowest integer,
	OUT line integer, OUT day date, OUT price covenant.share_price, OUT chosen boolean, OUT why_not text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
	-- Each day, and the lowest of those that this leg looks back on; the earlier of equals.
	SELECT row_number() OVER (ORDER BY q.d)::integer, q.d, q.p,
		q.counts AND q.rank <= worksheet_days.lowest,
		CASE WHEN q.counts AND q.rank <= worksheet_days.lowest THEN NULL
			WHEN q.d <> ALL (coalesce(quoted, '{}')) THEN format('no trading day of %s', calendar)
			WHEN NOT q.counts THEN format('before the look-back of %s', CASE look_back_days WHEN 1 THEN '1 day' ELSE look_back_days || ' days' END)
			WHEN covenant_internal.share_price_eq(q.p, q.highest) THEN format('equal to %s, but later', q.highest)
			ELSE format('above %s', q.highest) END
	FROM (SELECT r.*, pg_catalog.max(r.p) FILTER (WHERE r.rank <= worksheet_days.lowest) OVER (PARTITION BY r.counts) AS highest
		FROM (SELECT g.d, g.p, c.counts, row_number() OVER (PARTITION BY c.counts ORDER BY g.p, g.d) AS rank
			FROM unnest(days, prices) g(d, p),
				LATERAL (SELECT g.d = ANY (look_back[cardinality(look_back) - look_back_days + 1:])) c(counts)) r) q
	ORDER BY q.d
$$;
COMMENT ON FUNCTION covenant_internal.worksheet_days(date[], covenant.share_price[], text, date[], date[], integer, integer) IS
'The lines of a worksheet for the days of one leg: which of them are the lowest of its look-back, and why the others are not';

CREATE FUNCTION covenant.conversion_worksheet(
	terms covenant.conversion_terms, days date[], prices covenant.share_price[], calendar text,
	closed date[] = '{}')
RETURNS TABLE (line integer, item text, day date, price covenant.share_price, chosen boolean, why_not text)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	quoted date[];				-- the trading days among the given ones
	look_back date[];			-- the days that count, for the longest leg
	lows covenant.share_price[];	-- and their prices
	leg record;
	amount covenant.share_price[];	-- by number of the part
	mean covenant.share_price;
	n integer := 0;
BEGIN
	PERFORM covenant_internal.check_worksheet_days(days, prices);
	PERFORM covenant.is_business_day(date '2005-05-23', calendar);	-- is there such a calendar?

	SELECT q.* INTO quoted, look_back, lows FROM covenant_internal.worksheet_look_back(terms, days, prices, calendar, closed) q;
	SELECT array_agg((SELECT covenant.conversion_price(l.terms_of_part, p.p ORDER BY p.i)
			FROM unnest(array_append(lows, NULL)) WITH ORDINALITY p(p, i)) ORDER BY l.part)
		INTO amount FROM covenant_internal.terms_parts(terms) l;

	FOR leg IN
		SELECT l.*, p.kind AS choice, other.part AS other
		FROM covenant_internal.terms_parts(terms) l
		LEFT JOIN covenant_internal.terms_parts(terms) p ON p.part = l.belongs_to
		LEFT JOIN covenant_internal.terms_parts(terms) other ON other.belongs_to = l.belongs_to AND other.part <> l.part
		ORDER BY l.part
	LOOP
		IF leg.kind = 'quote' THEN
			RETURN QUERY SELECT n + d.line, 'price of the day', d.day, d.price, d.chosen, d.why_not
			FROM covenant_internal.worksheet_days(days, prices, calendar, quoted, look_back, leg.days, leg.lowest) d ORDER BY d.line;
			n := n + cardinality(days);
			SELECT covenant.lowest_average(p.p, leg.lowest) INTO mean
			FROM unnest(lows[cardinality(lows) - leg.days + 1:]) p(p);
			n := n + 1;
			RETURN QUERY SELECT n, split_part(leg.terms_of_part::text, '% of ', 2), NULL::date, mean, NULL::boolean, NULL::text;
		END IF;

		-- Of two equal legs the first one counts.
		n := n + 1;
		line := n;
		item := CASE leg.kind WHEN 'fixed' THEN 'fixed price' ELSE leg.terms_of_part::text END;
		day := NULL;
		price := amount[leg.part];
		chosen := leg.choice IS NULL OR leg.choice = 'rounded' OR
			covenant_internal.share_price_eq(price, amount[leg.belongs_to]) AND
			(leg.part < leg.other OR covenant_internal.share_price_ne(price, amount[leg.other]));
		why_not := CASE WHEN NOT chosen THEN format('not %s %s',
			CASE leg.choice WHEN 'lesser' THEN 'below' ELSE 'above' END, amount[leg.other]) END;
		RETURN NEXT;
	END LOOP;
	n := n + 1;
	RETURN QUERY SELECT n, 'conversion price', NULL::date, amount[cardinality(amount)], true, NULL::text;
END
$$;
COMMENT ON FUNCTION covenant.conversion_worksheet(covenant.conversion_terms, date[], covenant.share_price[], text, date[]) IS
'What a holder sends with a notice of conversion: how the Conversion Price follows from the prices of these days, line by line. For every "n days" of the terms the given days with their prices, which of them are the lowest and why the others are not, then the mean, and the percentage of it; every fixed price and choice with the reason why not; last the conversion price. The look-back ends on the last given day that is a business day of the calendar (see covenant.is_business_day; closed adds days without trading). A missing trading day, a day given twice, arrays of two lengths: 22023; a line that is no share_price: 22003';
