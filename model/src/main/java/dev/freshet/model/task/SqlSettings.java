package dev.freshet.model.task;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What {@code freshet.task.sql} says.
 *
 * @param rows of the table, 1 to 1000
 * @param tableSeed fixes the table, whatever the run's seed
 * @param teacherAccuracy probability that a demonstration is right, 0 to 1
 * @param maxInstructions of SQLite's virtual machine that a statement may take, at least {@value #LEAST_INSTRUCTIONS}
 * @param deadline of a judgement, more than 0 and at most 1 h
 */
public record SqlSettings(int rows, long tableSeed, double teacherAccuracy, int maxInstructions, Duration deadline) {
    private static final String PATH = "freshet.task.sql";
    private static final int MOST_ROWS = 1000;
    private static final int LEAST_INSTRUCTIONS = 1000;

    public SqlSettings {
        if (rows < 1 || rows > MOST_ROWS) {
            throw new IllegalArgumentException(
                    "rows must be in 1.." + MOST_ROWS + ", was " + rows + " (" + PATH + ".rows)");
        }
        SettingRules.requireShare("teacher-accuracy", teacherAccuracy, PATH + ".teacher-accuracy");
        if (maxInstructions < LEAST_INSTRUCTIONS) {
            throw new IllegalArgumentException("max-instructions must be at least " + LEAST_INSTRUCTIONS + ", was "
                    + maxInstructions + " (" + PATH + ".max-instructions)");
        }
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("deadline must be longer than 0 and at most 1 h, was "
                    + deadline.toMillis() + " ms (" + PATH + ".deadline)");
        }
    }

    public static SqlSettings from(Config config) {
        Config sql = config.getConfig(PATH);
        return new SqlSettings(
                sql.getInt("rows"),
                sql.getLong("table-seed"),
                sql.getDouble("teacher-accuracy"),
                sql.getInt("max-instructions"),
                sql.getDuration("deadline"));
    }
}
