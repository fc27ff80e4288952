-- The worksheet of a conversion notice ------------------------------------

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
	missing text;
	n integer := 0;
BEGIN
	IF cardinality(days) <> cardinality(prices) THEN
		RAISE EXCEPTION 'days and prices are not pairs' USING ERRCODE = 'invalid_parameter_value',
			DETAIL = format('days has %s elements, prices has %s.', cardinality(days), cardinality(prices));
	ELSIF array_position(days, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'a day is NULL' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT string_agg(to_char(d, 'YYYY-MM-DD'), ', ' ORDER BY d) INTO missing
	FROM (SELECT d FROM unnest(days) d GROUP BY d HAVING count(*) > 1) twice;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'more than one price for a day' USING ERRCODE = 'invalid_parameter_value',
			DETAIL = format('More than one price is given for %s.', missing);
	END IF;

	PERFORM covenant.is_business_day(date '2005-05-23', calendar);	-- is there such a calendar?

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
			-- Each day, and the lowest of those that this leg looks back on; the earlier of equals.
			RETURN QUERY
			SELECT n + row_number() OVER (ORDER BY q.d)::integer, 'price of the day', q.d, q.p,
				q.counts AND q.rank <= leg.lowest,
				CASE WHEN q.counts AND q.rank <= leg.lowest THEN NULL
					WHEN q.d <> ALL (coalesce(quoted, '{}')) THEN format('no trading day of %s', calendar)
					WHEN NOT q.counts THEN format('before the look-back of %s', CASE leg.days WHEN 1 THEN '1 day' ELSE leg.days || ' days' END)
					WHEN covenant_internal.share_price_eq(q.p, q.highest) THEN format('equal to %s, but later', q.highest)
					ELSE format('above %s', q.highest) END
			FROM (SELECT r.*, pg_catalog.max(r.p) FILTER (WHERE r.rank <= leg.lowest) OVER (PARTITION BY r.counts) AS highest
				FROM (SELECT g.d, g.p, c.counts, row_number() OVER (PARTITION BY c.counts ORDER BY g.p, g.d) AS rank
					FROM unnest(days, prices) g(d, p),
						LATERAL (SELECT g.d = ANY (look_back[cardinality(look_back) - leg.days + 1:])) c(counts)) r) q
			ORDER BY q.d;
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
