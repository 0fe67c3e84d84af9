package dev.freshet.model.task;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * A table in SQLite's memory that one thread asks. It is nobody else's and holds nothing but the table, may attach no file and make no
 * large values, and is only read: what a statement does to it, is gone with it.
 */
final class SqlDatabase implements AutoCloseable {
    private static final int NO_ATTACHED = 0;

    /** The longest text or blob, and the longest statement. */
    private static final int LIMIT_BYTES = 100_000;

    /** Instructions between two looks at clock and count. */
    private static final int GLANCE = 1000;

    private final SQLiteConnection connection;
    private final Budget budget;

    private SqlDatabase(SQLiteConnection connection, Budget budget) {
        this.connection = connection;
        this.budget = budget;
    }

    /** @param deadline from now on, for all statements together */
    static SqlDatabase open(SqlTable table, int maxInstructions, Duration deadline) throws SQLException {
        SQLiteConnection connection =
                DriverManager.getConnection("jdbc:sqlite::memory:").unwrap(SQLiteConnection.class);
        try {
            try (Statement statement = connection.createStatement()) {
                for (String sql : table.statements()) {
                    statement.executeUpdate(sql);
                }
                statement.execute("pragma query_only = on");
            }
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, NO_ATTACHED);
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, LIMIT_BYTES);
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, LIMIT_BYTES);
            Budget budget = new Budget(maxInstructions, System.nanoTime() + deadline.toNanos());
            ProgressHandler.setHandler(connection, GLANCE, budget);
            return new SqlDatabase(connection, budget);
        } catch (SQLException | RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    /** Rows without an order: how often each was there. Numbers are equal if their values are. */
    record Rows(Map<List<Optional<Object>>, Integer> counts) {}

    /**
     * What a statement selects; empty if it is refused, selects more rows than that, or takes too many instructions.
     *
     * @throws TimeoutException if the deadline was reached
     */
    Optional<Rows> select(String sql, int mostRows) throws TimeoutException {
        budget.begin();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            Map<List<Optional<Object>>, Integer> counts = new HashMap<>();
            for (int row = 0; result.next(); row++) {
                if (row == mostRows) {
                    return Optional.empty();
                }
                List<Optional<Object>> values = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    values.add(Optional.ofNullable(comparable(result.getObject(column))));
                }
                counts.merge(values, 1, Integer::sum);
            }
            return Optional.of(new Rows(counts));
        } catch (SQLException refused) {
            if (budget.isOverdue()) {
                throw new TimeoutException("the statement was not through by the deadline");
            }
            return Optional.empty();
        }
    }

    private static @Nullable Object comparable(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : value;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Interrupts a statement that has used it up. */
    private static final class Budget extends ProgressHandler {
        private final long glances;
        private final long end;
        private long left;
        private boolean overdue;

        Budget(int maxInstructions, long end) {
            this.glances = maxInstructions / GLANCE;
            this.end = end;
        }

        void begin() {
            left = glances;
        }

        boolean isOverdue() {
            return overdue;
        }

        @Override
        protected int progress() {
            left--;
            overdue = System.nanoTime() - end > 0;
            return left < 0 || overdue ? 1 : 0;
        }
    }
}
