package dev.freshet.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.generation.GenerationCounts;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.generation.WeightSwap;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.ops.Samples;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.WeightsTakenUp;
import dev.freshet.streams.StageName;
import dev.freshet.streams.StageSnapshot;
import dev.freshet.streams.WaitReason;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is asked of a run when somebody scrapes. */
class WatchedMetricsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PipelineMetrics metrics = new PipelineMetrics(registry, "1.2.3", "abc", CLOCK);

    @Test
    void stagesTellTheirTimeAndWhatTheyWaitFor() {
        metrics.watchStages(() -> List.of(verifying(40, 7, 3), learning()));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_stage_completed_total{stage=\"verify\"} 40.0",
                        "freshet_stage_busy_seconds_total{stage=\"verify\"} 7.0",
                        "freshet_stage_wait_seconds_total{reason=\"input\",stage=\"verify\"} 3.0",
                        "freshet_stage_wait_seconds_total{reason=\"paused\",stage=\"verify\"} 0.0",
                        "freshet_stage_queue_depth{stage=\"verify\"} 5.0",
                        "freshet_waiting_since_timestamp_seconds{reason=\"input\",stage=\"verify\"} 1.6999999985E9")
                .noneMatch(line -> line.startsWith("freshet_waiting_since") && line.contains("learn"));
    }

    @Test
    void totalsGoOnWhenAPipelineTakesThePlaceOfAnother() {
        metrics.watchStages(() -> List.of(verifying(40, 7, 3)));
        assertThat(Scraped.lines(registry)).contains("freshet_stage_completed_total{stage=\"verify\"} 40.0");
        metrics.watchStages(() -> List.of(verifying(2, 1, 0.5)));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_stage_completed_total{stage=\"verify\"} 42.0",
                        "freshet_stage_busy_seconds_total{stage=\"verify\"} 8.0",
                        "freshet_stage_wait_seconds_total{reason=\"input\",stage=\"verify\"} 3.5");
    }

    @Test
    void nothingWaitsInARunThatHasFinished() {
        metrics.watchStages(() -> List.of(verifying(40, 7, 3)));
        metrics.accept(new RunFinished(new PolicyVersion(12), "done", Samples.COUNTS));
        assertThat(Scraped.lines(registry))
                .contains("freshet_stage_completed_total{stage=\"verify\"} 40.0")
                .noneMatch(line -> line.startsWith("freshet_waiting_since_timestamp_seconds{"));
    }

    @Test
    void aGeneratorThatIsStartedAnewGoesOnCounting() {
        metrics.watched("generator-0", new Counting(new GenerationCounts(3, 100, 20, 2_000_000_000, 1), 4));
        metrics.watched("generator-1", new Counting(new GenerationCounts(1, 10, 2, 500_000_000, 0), 5));
        metrics.watched("generator-0", new Counting(new GenerationCounts(1, 50, 5, 250_000_000, 0), 6));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_generated_tokens_total 160.0",
                        "freshet_prompt_tokens_total 27.0",
                        "freshet_rollouts_total 5.0",
                        "freshet_generator_busy_seconds_total{generator=\"generator-0\"} 2.25",
                        "freshet_generator_policy_version{generator=\"generator-0\"} 6.0",
                        "freshet_generator_policy_version{generator=\"generator-1\"} 5.0");
    }

    @Test
    void aSwapOfWeightsIsAStallInTwoPhases() {
        metrics.accept(new WeightsTakenUp("generator-0", new WeightSwap(new PolicyVersion(3), 0.25, 0.5)));
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_weight_push_seconds_sum{phase=\"copy\"} 0.25",
                        "freshet_weight_push_seconds_sum{phase=\"swap\"} 0.5",
                        "freshet_generation_stall_seconds_sum 0.75",
                        "freshet_generation_stall_seconds_count 1");
    }

    @Test
    void whatTheDiskRefusedIsCountedByFile() {
        metrics.watchFiles(() -> Map.of("journal", 2L, "rollouts", 0L), () -> 3);
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_write_failures_total{file=\"journal\"} 2.0",
                        "freshet_write_failures_total{file=\"rollouts\"} 0.0",
                        "freshet_dropped_events_total 3.0");
    }

    @Test
    void commandsAreOpenUntilTheyAreCountedByTheirResult() {
        metrics.calls().begun("pause").accept("ok");
        metrics.calls().begun("pause").accept("ok");
        metrics.calls().begun("switch_divergence").accept("invalid_argument");
        Consumer<String> watching = metrics.calls().begun("watch_events");
        Consumer<String> alsoWatching = metrics.calls().begun("watch_events");
        alsoWatching.accept("cancelled");
        metrics.calls().connectionRefused();
        assertThat(Scraped.lines(registry))
                .contains(
                        "freshet_control_commands_total{command=\"pause\",result=\"ok\"} 2.0",
                        "freshet_control_commands_total{command=\"switch_divergence\",result=\"invalid_argument\"} 1.0",
                        "freshet_control_commands_total{command=\"watch_events\",result=\"cancelled\"} 1.0",
                        "freshet_control_calls_open{command=\"pause\"} 0.0",
                        "freshet_control_connections_refused_total 1.0",
                        "freshet_control_calls_open{command=\"watch_events\"} 1.0");
        watching.accept("ok");
        assertThat(Scraped.lines(registry)).contains("freshet_control_calls_open{command=\"watch_events\"} 0.0");
    }

    @Test
    void nativeMemoryIsMeasuredByKind() {
        Config model = ConfigFactory.defaultReference().getConfig("freshet.model");
        DecoderConfig config = DecoderConfig.from(model, 20);
        try (DecoderWeights weights = DecoderWeights.zeros(config, ComputeDevice.CPU, ArrayKind.MOMENTS)) {
            double bytes = (double) weights.size() * Float.BYTES;
            assertThat(nativeBytes("moments")).isGreaterThanOrEqualTo(bytes);
            assertThat(nativeBytes("allocated")).isGreaterThan(bytes);
        }
        assertThat(List.of("parameters", "published", "reference", "cache", "free"))
                .allSatisfy(kind -> assertThat(nativeBytes(kind)).isNotNegative());
        assertThat(Scraped.lines(registry)).noneMatch(line -> line.startsWith("freshet_native_bytes{kind=\"batch\"}"));
    }

    private double nativeBytes(String kind) {
        String series = "freshet_native_bytes{kind=\"" + kind + "\"} ";
        return Scraped.lines(registry).stream()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow();
    }

    private static StageSnapshot verifying(long completed, double busy, double waited) {
        return new StageSnapshot(
                StageName.VERIFY,
                completed,
                busy,
                Map.of(WaitReason.INPUT, waited, WaitReason.PAUSED, 0.0),
                5,
                Optional.of(WaitReason.INPUT),
                1.5);
    }

    private static StageSnapshot learning() {
        return new StageSnapshot(StageName.LEARN, 1, 2, Map.of(), 1, Optional.empty(), 0);
    }

    private record Counting(GenerationCounts counts, long number) implements RolloutGenerator {
        @Override
        public CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
            return CompletableFuture.failedFuture(new IllegalStateException("only counts"));
        }

        @Override
        public PolicyVersion version() {
            return new PolicyVersion(number);
        }

        @Override
        public void halt() {}

        @Override
        public void resume() {}

        @Override
        public void abandon() {}

        @Override
        public void close() {}
    }
}
