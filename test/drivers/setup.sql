-- A deal for the drivers beside the demo's: twice the shares of the one note are
-- reserved to the share, and as much again.  run gives this a copy of the demo.
SET covenant.as_of = '2005-05-23';
INSERT INTO deals VALUES ('drivers', 'Drivers, Inc.', 1000000, 1000, 0, 2000);
INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', 'One, LLC', 30, 0.06);
