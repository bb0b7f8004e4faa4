import java.io.*;
import java.nio.file.*;
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;

/** pgjdbc: the three query modes, binary transfer, fetch sizes, batches, COPY, cancellation, DatabaseMetaData. */
public class Jdbc {
    static String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");

    static Connection connect(String options) throws SQLException {
        return DriverManager.getConnection(url + "?sslmode=disable&" + options, System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
    }

    static void show(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        StringBuilder head = new StringBuilder();
        for (int i = 1; i <= meta.getColumnCount(); i++)
            head.append(meta.getColumnLabel(i)).append(' ').append(meta.getColumnTypeName(i)).append(' ').append(meta.getColumnType(i)).append(' ').append(meta.getPrecision(i)).append(' ').append(meta.getScale(i)).append(' ').append(meta.getColumnClassName(i)).append("; ");
        System.out.println(head);
        while (rows.next()) {
            StringBuilder row = new StringBuilder();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                Object o = rows.getObject(i);
                row.append(o instanceof byte[] ? Arrays.toString((byte[]) o) : o).append('|');
            }
            System.out.println(row);
        }
        rows.close();
    }

    static void failing(Connection c, String sql) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(sql);
            System.out.println("no error");
        } catch (SQLException e) {
            System.out.println(e.getSQLState() + " " + e.getMessage());
            if (!c.getAutoCommit()) c.rollback();
        }
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("catalog")) {
            catalog();
            return;
        }
        for (String options : new String[] {"preferQueryMode=simple", "preferQueryMode=extended", "binaryTransfer=true&prepareThreshold=-1", "preferQueryMode=extendedCacheEverything&prepareThreshold=1", "preferQueryMode=extendedForPrepared&reWriteBatchedInserts=true&adaptiveFetch=true&defaultRowFetchSize=5"})
            data(options, args[1]);
    }

    static void data(String options, String queries) throws Exception {
        System.out.println("== " + options);
        try (Connection c = connect(options)) {
            for (String sql : Files.readAllLines(Paths.get(queries))) {
                try (Statement s = c.createStatement()) { show(s.executeQuery(sql)); }
                try (PreparedStatement s = c.prepareStatement(sql)) {
                    for (int i = 0; i < 2; i++) show(s.executeQuery());
                    System.out.println(s.getMetaData().getColumnCount() + " " + s.getParameterMetaData().getParameterCount());
                }
            }
            c.setAutoCommit(false);
            try (PreparedStatement s = c.prepareStatement("SELECT id, email, birth_date, created_at FROM crm.customers WHERE id > ? AND city <> ? ORDER BY id")) {
                s.setFetchSize(9);
                for (int i = 0; i < 8; i++) {
                    s.setLong(1, i * 10L);
                    s.setString(2, "o'hara");
                    show(s.executeQuery());
                }
            }
            try (Statement s = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
                ResultSet r = s.executeQuery("SELECT id, email FROM crm.customers ORDER BY id");
                r.last();
                System.out.println(r.getRow() + " " + r.getString(2));
                r.absolute(3);
                System.out.println(r.getString("email"));
            }
            Savepoint point = c.setSavepoint("it");
            try (Statement s = c.createStatement()) { s.execute("SELECT nosuch()"); } catch (SQLException e) { System.out.println(e.getSQLState()); }
            c.rollback(point);
            try (Statement s = c.createStatement()) { show(s.executeQuery("SELECT count(*) FROM crm.customers")); }
            c.commit();
            try (Statement s = c.createStatement()) {
                s.execute("CREATE TEMP TABLE upload (id bigint PRIMARY KEY, name text, at date)");
                boolean more = s.execute("SELECT 1; INSERT INTO upload VALUES (-1); SELECT email FROM crm.customers ORDER BY id LIMIT 1");
                for (; more || s.getUpdateCount() >= 0; more = s.getMoreResults())
                    if (more) show(s.getResultSet()); else System.out.println(s.getUpdateCount());
            }
            try (PreparedStatement s = c.prepareStatement("INSERT INTO upload VALUES (?, ?, ?)")) {
                for (int i = 0; i < 50; i++) {
                    s.setInt(1, i);
                    s.setString(2, "n" + i);
                    s.setObject(3, java.time.LocalDate.of(2024, 1, 1));
                    s.addBatch();
                }
                System.out.println(s.executeBatch().length);
            }
            var copy = c.unwrap(PGConnection.class).getCopyAPI();
            System.out.println(copy.copyIn("COPY upload (id, name) FROM STDIN", new StringReader("100\thundred\n101\t\\N\n")));
            StringWriter out = new StringWriter();
            System.out.println(copy.copyOut("COPY (SELECT id, email FROM crm.customers ORDER BY id) TO STDOUT CSV", out) + " " + out);
            try (Statement s = c.createStatement()) { show(s.executeQuery("SELECT u.id, u.name, u.at, c.email FROM upload u LEFT JOIN crm.customers c ON c.id = u.id ORDER BY 1")); }
            c.commit();
            failing(c, "SELECT id,\n nosuch FROM crm.customers");
            failing(c, "SELECT 'é', email::int FROM crm.customers WHERE id = 3");
            failing(c, "INSERT INTO upload VALUES (1)");
            c.setAutoCommit(true);
            c.setReadOnly(true);
            c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement s = c.createStatement()) {
                s.setMaxRows(3);
                show(s.executeQuery("SELECT email FROM crm.customers ORDER BY id"));
                s.setQueryTimeout(1);
                s.execute("SELECT pg_sleep(30)");
            } catch (SQLException e) { System.out.println(e.getSQLState() + " " + e.getMessage()); }
            try (Statement s = c.createStatement()) {
                s.execute("DROP TABLE IF EXISTS pg_temp.nosuch");
                System.out.println(s.getWarnings());
                show(s.executeQuery("SELECT 1"));
            }
            c.setClientInfo("ApplicationName", "report");
            System.out.println(c.isValid(5) + " " + c.getClientInfo("ApplicationName"));
        }
    }

    static void catalog() throws SQLException {
        try (Connection c = connect("")) {
            DatabaseMetaData m = c.getMetaData();
            System.out.println(m.getDatabaseProductVersion() + m.getMaxColumnNameLength() + m.getSQLKeywords() + m.getNumericFunctions());
            show(m.getCatalogs());
            show(m.getSchemas());
            show(m.getTableTypes());
            show(m.getTypeInfo());
            show(m.getTables(null, "crm", "%", null));
            show(m.getTables(null, null, "c%", new String[] {"TABLE", "VIEW", "MATERIALIZED VIEW", "PARTITIONED TABLE"}));
            show(m.getColumns(null, "crm", "%", "%"));
            show(m.getProcedures(null, "crm", "%"));
            show(m.getFunctions(null, "pg_catalog", "lower"));
            show(m.getFunctionColumns(null, "pg_catalog", "lower", "%"));
            show(m.getUDTs(null, "crm", "%", null));
            for (String table : new String[] {"customers", "orders", "consents", "stores", "customer_orders"}) {
                show(m.getPrimaryKeys(null, "crm", table));
                show(m.getImportedKeys(null, "crm", table));
                show(m.getExportedKeys(null, "crm", table));
                show(m.getTablePrivileges(null, "crm", table));
                show(m.getColumnPrivileges(null, "crm", table, "%"));
                show(m.getBestRowIdentifier(null, "crm", table, DatabaseMetaData.bestRowSession, true));
                show(m.getVersionColumns(null, "crm", table));
            }
            show(m.getIndexInfo(null, "crm", "stores", false, true));
            show(m.getCrossReference(null, "crm", "customers", null, "crm", "orders"));
            show(m.getClientInfoProperties());
        }
    }
}
