
-- The status view --------------------------------------------------------

CREATE FUNCTION covenant_internal.holds_above(principal numeric, warrants bigint, shares bigint, multiple numeric) RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'covenant_holds_above';
COMMENT ON FUNCTION covenant_internal.holds_above(numeric, bigint, bigint, numeric) IS
'The price above which these shares cover the multiple of one note of this principal and the warrants: principal / (floor(shares / multiple) - warrants + 1), rounded up to 20 decimals; NULL where no price can help (Section 4(h))';

CREATE FUNCTION covenant_internal.drop_status_view(ledger regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF covenant_internal.vouched(ledger, 'status') IS NOT NULL THEN
		EXECUTE format('DROP VIEW %s', covenant_internal.vouched(ledger, 'status'));
	END IF;
END
$$;
COMMENT ON FUNCTION covenant_internal.drop_status_view(regclass) IS
'Drops the status view of a watched deals table, by its ledger; 2BP01 where other views stand on it';

CREATE FUNCTION covenant_internal.make_status_view(deals regclass) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	books record := covenant_internal.books_of(deals);
	with_capital boolean := covenant_internal.watch_word(deals, 'authorized') IS NOT NULL;
	company name := covenant_internal.watch_word(deals, 'company');
	status text := covenant_internal.name_beside(books.ledger, 'status');
BEGIN
	PERFORM covenant_internal.drop_status_view(books.ledger);
	PERFORM covenant_internal.refuse_in_the_way(books.ledger, '{status}');
	EXECUTE format($view$
CREATE VIEW %1$s WITH (security_invoker = true) AS
SELECT r.deal, r.principal, r.note_shares, r.warrant_shares, r.issuable, r.required, r.reserved,
	   r.available, least(r.reserved, r.available) AS counted, least(r.reserved, r.available) - r.required AS slack,
	   least(r.reserved, r.available) - r.issuable AS conversion_slack,
	   CASE WHEN least(r.reserved, r.available) < r.required
			THEN covenant_internal.shortfall_since(%5$L::regclass, r.deal::text, %7$s, r.company) END AS shortfall_since,
	   CASE WHEN least(r.reserved, r.available) >= r.required THEN NULL
			WHEN r.available >= r.required THEN 'board'
			WHEN r.available < r.required THEN 'vote' END AS cured_by,
	   CASE WHEN least(r.reserved, r.available) >= r.minimum
			THEN covenant_internal.holds_above(r.principal, r.warrant_shares, least(r.reserved, r.available), r.multiple) END AS breakeven_price,
	   CASE WHEN r.available >= r.minimum
			THEN covenant_internal.holds_above(r.principal, r.warrant_shares, r.available, r.multiple) END AS vote_price
FROM (SELECT b.*, b.note_shares + b.warrant_shares AS issuable,
			 greatest(ceil(b.multiple * (b.note_shares + b.warrant_shares))::bigint, b.minimum) AS required
	  FROM (-- the ledger row of each deal plus what this transaction has pending for it
			SELECT d.%4$I AS deal,
				   coalesce(l.principal, 0) + p.principal AS principal,
				   coalesce(l.note_shares, 0) + p.note_shares AS note_shares,
				   coalesce(l.warrant_shares, 0) + p.warrant_shares AS warrant_shares,
				   coalesce(l.reserved, 0) + p.reserved AS reserved,
				   coalesce(l.multiple, 2) + p.multiple AS multiple,
				   coalesce(l.minimum, 0) + p.minimum AS minimum,
				   %6$s AS available, %8$s AS company
			FROM %2$s d
				 LEFT JOIN %3$s l ON l.deal = d.%4$I
				 CROSS JOIN LATERAL covenant_internal.pending(%5$L::regclass, d.%4$I::text) p%9$s
			-- a row of the ledger that row security hides is not there, and is not zeros
			WHERE l.deal IS NOT NULL OR p.first_day IS NOT NULL AND NOT row_security_active(%5$L::regclass)) AS b) AS r
$view$,
		status, deals, books.ledger, books.key,
		covenant_internal.name_beside(books.ledger, 'reserve'),
		CASE WHEN with_capital THEN
			'coalesce(l.authorized, 0) + p.authorized - coalesce(l.outstanding, 0) - p.outstanding - coalesce(l.other_reserved, 0) - p.other_reserved'
			-- what the other deals of the company have reserved is not available
			WHEN company IS NOT NULL THEN
			'CASE WHEN coalesce(c.authorized, 0) + q.authorized <> 0 OR coalesce(c.outstanding, 0) + q.outstanding <> 0 THEN coalesce(c.authorized, 0) + q.authorized - coalesce(c.outstanding, 0) - q.outstanding
					- coalesce(c.other_reserved, 0) - q.other_reserved - coalesce(c.reserved, 0) - q.reserved + coalesce(l.reserved, 0) + p.reserved END'
			ELSE 'NULL::bigint' END, with_capital::text,
		CASE WHEN company IS NULL THEN 'NULL::text' ELSE format('d.%I::text', company) END,
		CASE WHEN company IS NULL THEN '' ELSE format($join$
				 LEFT JOIN %1$s c ON c.company = d.%2$I
				 CROSS JOIN LATERAL covenant_internal.pending_company(%3$L::regclass, d.%2$I::text) q$join$,
			covenant_internal.require_vouched(books.ledger, 'capital'), company, covenant_internal.name_beside(books.ledger, 'reserve')) END);
	EXECUTE format('ALTER VIEW %s OWNER TO %s', status,
				   (SELECT relowner::regrole FROM pg_class WHERE oid = books.ledger));
	PERFORM covenant_internal.comment_status(status::regclass, deals);
END
$$;
COMMENT ON FUNCTION covenant_internal.make_status_view(regclass) IS
'Makes <deals>_status, the deals table joined to its ledger row plus what the transaction has pending';

CREATE FUNCTION covenant_internal.comment_status(status regclass, deals regclass) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT covenant_internal.comment_relation(status,
		format('Reserve of each deal of %s, with what this transaction has pending (Section 4(h))', deals),
		ARRAY[['deal', 'Key of the deal'],
			  ['principal', 'Outstanding principal of the notes, in money'],
			  ['note_shares', 'Shares issuable on conversion of the notes, each note rounded by itself'],
			  ['warrant_shares', 'Shares issuable on exercise of the warrants'],
			  ['issuable', 'note_shares plus warrant_shares'],
			  ['required', 'Reserved Amount: the multiple of issuable, rounded up (Section 4(h), third sentence)'],
			  ['reserved', 'Shares reserved for the deal'],
			  ['available', 'Authorized less outstanding less other reserves, those of the company''s other deals among them: what could be reserved without a shareholder vote; NULL where no capital is known'],
			  ['counted', 'Authorized and Reserved Shares: the lesser of reserved and available'],
			  ['slack', 'counted less required; below 0 is a shortfall, 0 complies'],
			  ['conversion_slack', 'counted less issuable: the one-times test of Section 4(h), first sentence'],
			  ['shortfall_since', 'First day of the present shortfall; NULL without one'],
			  ['cured_by', 'board where available covers required, else vote; NULL without a shortfall or where the capital is not known'],
			  ['breakeven_price', 'Price above which the shares counted suffice, the principal taken as one note; rounded up; NULL where no price can help'],
			  ['vote_price', 'Price above which the shares available suffice without a shareholder vote; NULL where no price can help or the capital is not known']])
$$;
COMMENT ON FUNCTION covenant_internal.comment_status(regclass, regclass) IS
'Puts comments on the status view and its columns';
