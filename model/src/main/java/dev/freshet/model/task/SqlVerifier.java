package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.SqlDatabase.Rows;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Reward 1 for a statement that selects the rows that the ground truth selects, in whatever order, else 0. A statement that SQLite
 * refuses, that does anything but select, or that takes too many instructions, is wrong; one that was cut off by the clock has no
 * reward, since another machine might have been faster.
 *
 * @param maxInstructions of a statement
 * @param deadline of a judgement
 */
record SqlVerifier(SqlTable table, int maxInstructions, Duration deadline) implements AnswerVerifier {
    @Override
    public String name() {
        return "sql";
    }

    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        String sql = answer.text().strip();
        if (answer.finishReason() != FinishReason.STOP || !selects(sql)) {
            return Verdict.Reward.WRONG;
        }
        try (SqlDatabase database = SqlDatabase.open(table, maxInstructions, deadline)) {
            int mostRows = table.items().size();
            Rows expected = database.select(prompt.groundTruth(), mostRows)
                    .orElseThrow(() -> new IllegalStateException(
                            "the ground truth must be a statement that SQLite executes, was " + prompt.groundTruth()));
            Optional<Rows> actual = database.select(sql, mostRows);
            return actual.filter(expected::equals).isPresent() ? Verdict.Reward.RIGHT : Verdict.Reward.WRONG;
        } catch (TimeoutException late) {
            return new Verdict.Unscorable("the statement was not through within " + deadline.toMillis()
                    + " ms (freshet.task.sql.deadline): " + sql);
        } catch (SQLException broken) {
            return new Verdict.Unscorable("SQLite could not be opened: " + broken.getMessage());
        }
    }

    private static boolean selects(String sql) {
        String begin = sql.toLowerCase(Locale.ROOT);
        return begin.startsWith("select") || begin.startsWith("with");
    }
}
