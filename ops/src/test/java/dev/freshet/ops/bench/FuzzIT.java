package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fuzz benchmark with few requests; {@code ./freshet bench fuzz} sends 120,000. */
class FuzzIT {
    private static final int REQUESTS = 1000;

    @Test
    @Timeout(300)
    void badRequestsAreRefusedAndLeaveNothingBehind() throws Exception {
        List<String> lines = new ArrayList<>();

        List<Result> results = new FuzzBenchmark(FuzzBenchmark.Settings.of(REQUESTS)).run(lines::add);

        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.violations()).as("%s", lines).isEmpty();
            assertThat(result.value()).isEqualTo(REQUESTS);
            assertThat((Map<?, ?>) result.extra().get("by_code")).as("refusals").hasSizeGreaterThan(6);
        });
    }
}
