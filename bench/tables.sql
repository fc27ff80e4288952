-- The same deals and notes three times: without triggers, with the rival's,
-- with covenant's.  100,000 deals, no notes yet, reserves that nothing
-- exhausts.  The notes have no key and no index, which would hide what
-- triggers cost; the books have theirs.

DROP SCHEMA IF EXISTS plain, product CASCADE;
DROP TABLE IF EXISTS rival.notes, rival.ledger, rival.journal, rival.position;

CREATE SCHEMA plain;
CREATE TABLE plain.notes (
	deal int NOT NULL,
	principal numeric(18,2) NOT NULL,
	price numeric(18,6) NOT NULL,
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE rival.notes (LIKE plain.notes INCLUDING IDENTITY INCLUDING INDEXES);
CREATE TABLE rival.ledger (
	deal int PRIMARY KEY,
	principal numeric NOT NULL DEFAULT 0,
	shares bigint NOT NULL DEFAULT 0,
	reserved bigint NOT NULL,
	entries bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE TABLE rival.journal (
	deal int NOT NULL,
	seq bigint NOT NULL,
	kind text NOT NULL,
	principal numeric NOT NULL,
	shares bigint NOT NULL,
	slack bigint NOT NULL,
	effective_on date NOT NULL,
	recorded_at timestamptz NOT NULL,
	recorded_by text NOT NULL,
	transaction bigint NOT NULL,
	PRIMARY KEY (deal, seq)
);
CREATE TABLE rival.position (
	deal int NOT NULL,
	seq bigint NOT NULL,
	line int NOT NULL,
	note bigint NOT NULL,
	principal numeric NOT NULL,
	price numeric NOT NULL,
	effective_on date NOT NULL,
	recorded_at timestamptz NOT NULL,
	PRIMARY KEY (deal, seq, line)
);
INSERT INTO rival.ledger (deal, reserved) SELECT deal, 1e15 FROM generate_series(1, 100000) deal;
CREATE TRIGGER note_inserted AFTER INSERT ON rival.notes REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION rival.note_inserted();
CREATE TRIGGER note_updated AFTER UPDATE ON rival.notes REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION rival.note_updated();
CREATE CONSTRAINT TRIGGER check_reserve AFTER UPDATE ON rival.ledger
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reserved < 2 * NEW.shares)
	EXECUTE FUNCTION rival.check_reserve();

CREATE SCHEMA product;
CREATE TABLE product.notes (LIKE plain.notes INCLUDING IDENTITY INCLUDING INDEXES);
CREATE TABLE product.deals (deal int PRIMARY KEY, reserved bigint NOT NULL);
INSERT INTO product.deals SELECT deal, 1e15 FROM generate_series(1, 100000) deal;
SELECT covenant.watch_deals('product.deals', key => 'deal', reserved => 'reserved');
SELECT covenant.watch_notes('product.notes', deals => 'product.deals', deal => 'deal',
	principal => 'principal', price => 'price');

-- Autovacuum would come when it likes; bench/run vacuums between the rounds.
ALTER TABLE rival.ledger SET (autovacuum_enabled = off);
ALTER TABLE product.deals_reserve SET (autovacuum_enabled = off);
ALTER TABLE plain.notes SET (autovacuum_enabled = off);
ALTER TABLE rival.notes SET (autovacuum_enabled = off);
ALTER TABLE product.notes SET (autovacuum_enabled = off);
VACUUM ANALYZE;

-- n notes, each in a statement of its own: each in a transaction of its own,
-- or all in one.
DO $do$
BEGIN
	FOR variant IN 1 .. 3 LOOP
		EXECUTE format($$
			CREATE OR REPLACE PROCEDURE %1$s.transactions(n int, deals int) LANGUAGE plpgsql AS $body$
			BEGIN
				FOR i IN 1 .. n LOOP
					INSERT INTO %1$s.notes VALUES (1 + i %% deals, 1000.00 + i, 0.1647);
					COMMIT;
				END LOOP;
			END
			$body$;
			CREATE OR REPLACE PROCEDURE %1$s.statements(n int, deals int) LANGUAGE plpgsql AS $body$
			BEGIN
				FOR i IN 1 .. n LOOP
					INSERT INTO %1$s.notes VALUES (1 + i %% deals, 1000.00 + i, 0.1647);
				END LOOP;
			END
			$body$;
			$$, ('{plain,rival,product}'::text[])[variant]);
	END LOOP;
END
$do$;
