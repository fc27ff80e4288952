// JDBC: server-prepared statements from the first execution on, results in binary.
import java.math.BigDecimal;
import java.sql.*;
import org.postgresql.util.*;

class Jdbc {
	static int number = 0;

	static void ok(boolean yes, String what) {
		System.out.println((yes ? "ok " : "not ok ") + ++number + " - JDBC: " + what);
	}

	static ResultSet row(Connection db, String query, Object key) throws SQLException {
		PreparedStatement s = db.prepareStatement(query);
		s.setObject(1, key);
		ResultSet r = s.executeQuery();
		r.next();
		return r;
	}

	static void write(Connection db, String balance) throws SQLException {
		PreparedStatement s = db.prepareStatement("INSERT INTO notes (deal_id, buyer, balance, conversion_price)"
			+ " VALUES ('drivers', ?, ?, 0.06)");
		s.setString(1, "Two, LLC");
		s.setBigDecimal(2, new BigDecimal(balance));
		s.executeUpdate();
	}

	interface Act {
		void run() throws SQLException;
	}

	static void refused(String where, Act act) throws SQLException {
		try {
			act.run();
			ok(false, "a refusal " + where);
		} catch (PSQLException e) {
			ServerErrorMessage m = e.getServerErrorMessage();
			ok("23514".equals(e.getSQLState()) && System.getenv("CONSTRAINT").equals(m.getConstraint())
				&& String.valueOf(m.getDetail()).endsWith("199,000 too few.")
				&& String.valueOf(m.getHint()).startsWith("Reserve at least 199,000 more"),
				"a refusal " + where + " with SQLSTATE, constraint, DETAIL and HINT");
		}
	}

	public static void main(String[] args) throws SQLException {
		// pgjdbc knows no Unix sockets: run gives a port of localhost.
		Connection db = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + System.getenv("TCP_PORT") + "/"
			+ System.getenv("PGDATABASE") + "?user=" + System.getenv("PGUSER") + "&prepareThreshold=-1");
		db.setAutoCommit(false);
		String status = "SELECT required, slack, shortfall_since FROM deals_status WHERE deal = ?";
		ResultSet r = row(db, status, "drivers");
		ok(r.getObject(1).equals(1000L) && r.getObject(2).equals(1000L) && r.getDate(3) == null, "status");
		r = row(db, "SELECT due_on, done_on FROM deals_duty WHERE ref = ?", "2005-05-31");
		ok(r.getObject(1).equals(Date.valueOf("2005-06-07")) && r.getString(2).equals("2005-06-20"), "duty");
		r = row(db, "SELECT sum(amount) FROM deals_damages WHERE ref = ?", "2005-05-31");
		ok(r.getObject(1).equals(new BigDecimal("24000.00")), "damages");
		write(db, "12.00");
		ok(row(db, status, "drivers").getLong(1) == 1400, "a note");
		db.rollback();

		write(db, "6000.00");
		refused("at COMMIT", db::commit);
		db.rollback();
		db.setAutoCommit(true);
		refused("at a statement", () -> write(db, "6000.00"));
		db.setAutoCommit(false);
		write(db, "6000.00");
		refused("where asked", () -> row(db, "SELECT covenant.check(?::text::regclass)", "deals"));
		db.rollback();
		db.close();
	}
}
