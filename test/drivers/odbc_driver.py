# ODBC, by psqlodbc: prepared on the server.  With OptionalErrors it hands on, in
# the message, the HINT and the table besides the DETAIL; the constraint never.
import os

import pyodbc

import dbapi


def is_refusal(error):
	return (error.args[0] == "23514" and "199,000 too few.\nHINT: Reserve at least 199,000 more" in error.args[1]
			and "\nTABLE_NAME: deals_reserve" in error.args[1])


db = pyodbc.connect("Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=" + os.environ["TCP_PORT"]
					+ ";Database=" + os.environ["PGDATABASE"] + ";Uid=" + os.environ["PGUSER"]
					+ ";UseServerSidePrepare=1;OptionalErrors=1", autocommit=False)
dbapi.ask("ODBC", db, db.cursor(), "?", pyodbc.Error, "SQLSTATE, DETAIL, HINT and table", is_refusal)
