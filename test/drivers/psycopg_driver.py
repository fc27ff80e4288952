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


def read(query, *args):
	return cursor.execute(query, args).fetchone()


def write(balance):
	cursor.execute("INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', %s, %s, 0.06)",
				   ("Two, LLC", decimal.Decimal(balance)))


def refused(where, act, *args):
	try:
		act(*args)
		ok(False, f"a refusal {where}")
	except psycopg.Error as error:
		d = error.diag
		ok((d.sqlstate, d.constraint_name) == ("23514", os.environ["CONSTRAINT"])
		   and (d.message_detail or "").endswith("199,000 too few.")
		   and (d.message_hint or "").startswith("Reserve at least 199,000 more"),
		   f"a refusal {where} with SQLSTATE, constraint, DETAIL and HINT")
	db.rollback()


with psycopg.connect("", autocommit=False) as db:
	db.prepare_threshold = 0
	cursor = db.cursor(binary=True)
	status = "SELECT required, slack, shortfall_since FROM deals_status WHERE deal = %s"
	found = read(status, "drivers")
	ok(found == (1000, 1000, None) and type(found[0]) is int, "status")
	ok(read("SELECT due_on, done_on FROM deals_duty WHERE ref = %s", "2005-05-31")
	   == (datetime.date(2005, 6, 7), datetime.date(2005, 6, 20)), "duty")
	found = read("SELECT sum(amount) FROM deals_damages WHERE ref = %s", "2005-05-31")
	ok(found == (decimal.Decimal("24000.00"),) and type(found[0]) is decimal.Decimal, "damages")
	write("12.00")
	ok(read(status, "drivers")[0] == 1400, "a note")
	db.rollback()

	write("6000.00")
	refused("at COMMIT", db.commit)
	db.autocommit = True
	refused("at a statement", write, "6000.00")
	db.autocommit = False
	write("6000.00")
	refused("where asked", read, "SELECT covenant.check('deals')")
