package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The recovery benchmark with a few kills; {@code ./freshet bench recovery} takes 70. */
class RecoveryIT {
    @Test
    @Timeout(600)
    void killedRunsEndWhereTheyShouldAndAccountForEveryGroup() throws Exception {
        List<String> lines = new ArrayList<>();

        List<Result> results = new RecoveryBenchmark(RecoveryBenchmark.Settings.of(1, 1, 12)).run(lines::add);

        assertThat(results)
                .as("%s", lines)
                .allSatisfy(result -> assertThat(result.violations()).isEmpty());
        assertThat(results)
                .filteredOn(result -> result.metric().equals("kills_survived"))
                .extracting(Result::value)
                .containsExactly(1.0, 1.0);
    }
}
