# psycopg: prepared statements, results in binary.
import datetime
import decimal
import os

import psycopg

number = 0


def ok(true, what):
	global number
	number += 1
	print(f"{'ok' if true else 'not ok'} {number} - psycopg: {what}")


with psycopg.connect("", autocommit=False) as db:
	db.prepare_threshold = 0
	cursor = db.cursor(binary=True)
	read = lambda query, *args: cursor.execute(query, args).fetchone()
	ok(read("SELECT required, slack, shortfall_since FROM deals_status WHERE deal = %s", "drivers")
	   == (decimal.Decimal(1000), decimal.Decimal(1000), None), "status")
	ok(read("SELECT due_on, done_on FROM deals_duty WHERE ref = %s", "2005-05-31")
	   == (datetime.date(2005, 6, 7), datetime.date(2005, 6, 20)), "duty")
	ok(read("SELECT sum(amount) FROM deals_damages WHERE ref = %s", "2005-05-31")
	   == (decimal.Decimal("24000.00"),), "damages")
	write = "INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', %s, %s, 0.06)"
	cursor.execute(write, ("Two, LLC", decimal.Decimal("12.00")))
	ok(read("SELECT required FROM deals_status WHERE deal = %s", "drivers") == (decimal.Decimal(1400),), "a note")
	try:
		cursor.execute(write, ("Two, LLC", decimal.Decimal("6000.00")))
		db.commit()
		ok(False, "a refusal")
	except psycopg.Error as error:
		d = error.diag
		ok((d.sqlstate, d.constraint_name) == ("23514", os.environ["CONSTRAINT"])
		   and d.message_detail and d.message_hint, "a refusal with SQLSTATE, constraint, DETAIL and HINT")
	db.rollback()
