# psycopg: prepared statements, results in binary.
import os

import psycopg

import dbapi


def is_refusal(error):
	d = error.diag
	return ((d.sqlstate, d.constraint_name) == ("23514", os.environ["CONSTRAINT"])
			and (d.message_detail or "").endswith("199,000 too few.")
			and (d.message_hint or "").startswith("Reserve at least 199,000 more"))


with psycopg.connect("", autocommit=False) as db:
	db.prepare_threshold = 0
	dbapi.ask("psycopg", db, db.cursor(binary=True), "%s", psycopg.Error, "SQLSTATE, constraint, DETAIL and HINT", is_refusal)
