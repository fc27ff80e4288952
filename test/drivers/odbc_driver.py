# ODBC, by psqlodbc: prepared on the server.  With OptionalErrors it hands on, in
# the message, the HINT and the table besides the DETAIL; the constraint never.
import datetime
import decimal
import os

import pyodbc

number = 0


def ok(true, what):
	global number
	number += 1
	print(f"{'ok' if true else 'not ok'} {number} - ODBC: {what}")


def read(query, *args):
	return tuple(db.execute(query, args).fetchone())


def write(balance):
	db.execute("INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', ?, ?, 0.06)",
			   "Two, LLC", decimal.Decimal(balance))


def refused(where, act, *args):
	try:
		act(*args)
		ok(False, f"a refusal {where}")
	except pyodbc.Error as error:
		ok(error.args[0] == "23514" and "199,000 too few.\nHINT: Reserve at least 199,000 more" in error.args[1]
		   and "\nTABLE_NAME: deals_reserve" in error.args[1],
		   f"a refusal {where} with SQLSTATE, DETAIL, HINT and table")
	db.rollback()


db = pyodbc.connect("Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=" + os.environ["TCP_PORT"]
					+ ";Database=" + os.environ["PGDATABASE"] + ";Uid=" + os.environ["PGUSER"]
					+ ";UseServerSidePrepare=1;OptionalErrors=1", autocommit=False)
status = "SELECT required, slack, shortfall_since FROM deals_status WHERE deal = ?"
found = read(status, "drivers")
ok(found == (1000, 1000, None) and type(found[0]) is int, "status")
ok(read("SELECT due_on, done_on FROM deals_duty WHERE ref = ?", "2005-05-31")
   == (datetime.date(2005, 6, 7), datetime.date(2005, 6, 20)), "duty")
found = read("SELECT sum(amount) FROM deals_damages WHERE ref = ?", "2005-05-31")
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
