# ODBC, by psqlodbc: prepared on the server.  It hands on the
# SQLSTATE, the message and the DETAIL; it has no place for constraint and HINT.
import datetime
import decimal
import os

import pyodbc

number = 0


def ok(true, what):
	global number
	number += 1
	print(f"{'ok' if true else 'not ok'} {number} - ODBC: {what}")


db = pyodbc.connect("Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=" + os.environ["TCP_PORT"]
					+ ";Database=" + os.environ["PGDATABASE"] + ";Uid=" + os.environ["PGUSER"]
					+ ";UseServerSidePrepare=1", autocommit=False)
read = lambda query, *args: tuple(db.execute(query, args).fetchone())
status = "SELECT required, slack, shortfall_since FROM deals_status WHERE deal = ?"
ok(read(status, "drivers") == (1000, 1000, None), "status")
may = "2005-05-31"
ok(read("SELECT due_on, done_on FROM deals_duty WHERE ref = ?", may)
   == (datetime.date(2005, 6, 7), datetime.date(2005, 6, 20)), "duty")
ok(read("SELECT sum(amount) FROM deals_damages WHERE ref = ?", may)[0]
   == decimal.Decimal("24000.00"), "damages")
write = "INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', ?, ?, 0.06)"
db.execute(write, "Two, LLC", decimal.Decimal("12.00"))
ok(read(status, "drivers")[0] == 1400, "a note")
try:
	db.execute(write, "Two, LLC", decimal.Decimal("6000.00"))
	db.commit()
	ok(False, "a refusal")
except pyodbc.Error as error:
	ok(error.args[0] == "23514" and "199,400 too few" in error.args[1], "a refusal with SQLSTATE and DETAIL")
