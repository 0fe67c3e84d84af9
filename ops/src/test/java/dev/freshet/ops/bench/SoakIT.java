package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.control.caller.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The soak of a few seconds, in which memory means nothing; {@code ./freshet bench soak} takes an hour. */
class SoakIT {
    @Test
    @Timeout(200)
    void aRunThatIsScrapedAndSteeredAtRandomAnswersEverythingAndAccountsForEveryGroup() throws Exception {
        List<String> lines = new ArrayList<>();
        SoakBenchmark.Settings settings = new SoakBenchmark.Settings(
                Duration.ofSeconds(8),
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                EnumSet.allOf(Call.class),
                true,
                "256m",
                3,
                // This model's chunks last a millisecond: one may end while the command is on its way through a busy
                // machine.
                2,
                1e9,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                1,
                List.of(
                        "freshet.train.steps=1000000",
                        "freshet.model.layers=1",
                        "freshet.model.width=32",
                        "freshet.model.feed-forward=64",
                        "freshet.warm-up.steps=10",
                        "freshet.warm-up.batch=16",
                        "freshet.warm-up.threads=1",
                        "freshet.train.batch-groups=8",
                        "freshet.generation.slots=64",
                        "freshet.evaluation.prompts=4"));

        List<Result> results = new SoakBenchmark(settings).run(lines::add);

        assertThat(results)
                .as("%s", lines)
                .allSatisfy(result -> assertThat(result.violations()).isEmpty());
        assertThat(results)
                .filteredOn(result -> result.metric().equals("steps"))
                .singleElement()
                .satisfies(steps -> assertThat(steps.extra().get("events_watched"))
                        .asInstanceOf(InstanceOfAssertFactories.LONG)
                        .isGreaterThan(20))
                .satisfies(steps -> assertThat(steps.extra().get("parameter_changes"))
                        .asInstanceOf(InstanceOfAssertFactories.LONG)
                        .isPositive());
        assertThat(results)
                .extracting(Result::metric)
                .contains(
                        "pause_now_to_last_token",
                        "resident_peak_slope",
                        "resident_slope",
                        "scrape_latency",
                        "command_latency",
                        "steps");
        assertThat(results)
                .filteredOn(result -> result.metric().equals("command_latency"))
                .extracting(result -> result.extra().get("command"))
                .containsAll(List.of("pause", "pause-now", "resume", "switch-divergence", "checkpoint", "sample"));
    }
}
