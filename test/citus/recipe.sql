-- The recipe of doc/scale-out.md: tables, distributed, then watched; the
-- agreement.  On the coordinator, by a superuser or the owner of the schema.
CREATE EXTENSION IF NOT EXISTS covenant;
CREATE TABLE deals (
	deal_id text PRIMARY KEY,
	authorized bigint NOT NULL,
	outstanding bigint NOT NULL,
	plan_reserved bigint NOT NULL,
	reserved_shares bigint NOT NULL
);
CREATE TABLE notes (
	note_id integer,
	deal_id text REFERENCES deals,
	buyer text NOT NULL,
	balance numeric NOT NULL,
	conversion_price numeric NOT NULL,
	PRIMARY KEY (deal_id, note_id)
);
CREATE TABLE warrants (
	warrant_id integer,
	deal_id text REFERENCES deals,
	buyer text NOT NULL,
	unexercised bigint NOT NULL,
	PRIMARY KEY (deal_id, warrant_id)
);
SELECT create_distributed_table('deals', 'deal_id');
SELECT create_distributed_table('notes', 'deal_id', colocate_with => 'deals');
SELECT create_distributed_table('warrants', 'deal_id', colocate_with => 'deals');

-- the watches; the books are distributed with them
SELECT covenant.watch_deals('deals', key => 'deal_id', reserved => 'reserved_shares',
	authorized => 'authorized', outstanding => 'outstanding', other_reserved => 'plan_reserved');
SELECT covenant.watch_notes('notes', deals => 'deals', deal => 'deal_id',
	principal => 'balance', price => 'conversion_price', holder => 'buyer');
SELECT covenant.watch_warrants('warrants', deals => 'deals', deal => 'deal_id',
	shares => 'unexercised', holder => 'buyer');

SELECT covenant.adopt('deals', 'spa-2005', '{"as": "company", "months": "calendar", "list_interest": "next_year",
	"majority": "purchased", "stacking": "each", "board_curable": "counts"}');
