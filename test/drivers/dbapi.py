# What the Python drivers are asked.  Both speak DB-API; they differ in how a
# parameter is marked and in what an error carries.
import datetime
import decimal


def ask(driver, db, cursor, mark, error, carried, is_refusal):
	"""carried: what an error is to carry, in words, and is_refusal whether it does."""
	number = 0

	def ok(true, what):
		nonlocal number
		number += 1
		print(f"{'ok' if true else 'not ok'} {number} - {driver}: {what}")

	def run(query, *args):
		return cursor.execute(query.replace("?", mark), args)

	def read(query, *args):
		return tuple(run(query, *args).fetchone())

	def write(balance):
		run("INSERT INTO notes (deal_id, buyer, balance, conversion_price) VALUES ('drivers', ?, ?, 0.06)",
			"Two, LLC", decimal.Decimal(balance))

	def refused(where, act, *args):
		try:
			act(*args)
			ok(False, f"a refusal {where}")
		except error as refusal:
			ok(is_refusal(refusal), f"a refusal {where} with {carried}")
		db.rollback()

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
