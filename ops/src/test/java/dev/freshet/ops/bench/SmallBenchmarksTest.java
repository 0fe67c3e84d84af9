package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.transformer.MatrixFlavour;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Every benchmark at a size at which its figures mean nothing, and its parts do what they do at full size. */
class SmallBenchmarksTest {
    private static final Rounds ONE = new Rounds(0, 1);
    private static final double BARS_THAT_ARE_MISSED = -1e6;
    private static final double BARS_OUT_OF_REACH = 1e9;
    private static final List<String> SMALL_BATCHES =
            List.of("freshet.train.batch-groups=8", "freshet.generation.slots=64", "freshet.train.mini-batches=1");

    @Test
    void plumbing() throws Exception {
        List<Result> results = run(new PlumbingBenchmark(
                new PlumbingBenchmark.Settings(800, 160, SMALL_BATCHES, BARS_OUT_OF_REACH, BARS_THAT_ARE_MISSED)));

        assertThat(violated(results))
                .containsExactly("groups_per_second", "heap_slope", "groups_per_second", "heap_slope");

        assertThat(results)
                .extracting(Result::metric)
                .containsExactly(
                        "groups_per_second",
                        "events_per_second",
                        "heap_slope",
                        "groups_per_second",
                        "events_per_second",
                        "heap_slope");
        assertThat(results)
                .filteredOn(result -> !result.metric().equals("heap_slope"))
                .allSatisfy(result -> assertThat(result.value()).isPositive());
        assertThat(results.get(0).extra()).containsEntry("groups", 800L).containsEntry("dropped", 0L);
        assertThat(results.get(2).extra().get("heap_megabytes"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(10);
    }

    @Test
    void decode() throws Exception {
        List<Result> results = run(new DecodeBenchmark(new DecodeBenchmark.Settings(
                List.of(ModelSize.TINY),
                List.of(MatrixFlavour.FP32_PACKED, MatrixFlavour.BF16_PACKED),
                List.of(1),
                8,
                12,
                4,
                16,
                ONE,
                BARS_OUT_OF_REACH)));

        assertThat(violated(results)).isNotEmpty().containsOnly("decode_ratio");

        assertThat(results)
                .extracting(Result::metric)
                .contains("decode_ratio", "decode_tokens_per_second", "quickstart_decode_tokens_per_second");
        assertThat(results)
                .as("bf16-packed is left out where the CPU cannot pack it")
                .filteredOn(result -> result.metric().equals("decode_ratio"))
                .extracting(result -> result.extra().get("flavour"))
                .startsWith("fp32-packed")
                .isSubsetOf("fp32-packed", "bf16-packed");
        assertPositive(results);
    }

    @Test
    void learn() throws Exception {
        List<Result> results = run(new LearnBenchmark(new LearnBenchmark.Settings(
                List.of(new LearnBenchmark.Batch(ModelSize.TINY, 8, 6)),
                List.of(MatrixFlavour.FP32),
                List.of(1),
                List.of("none", "js"),
                1,
                ONE,
                BARS_OUT_OF_REACH)));

        assertThat(violated(results)).as("of the first divergence alone").containsExactly("learn_ratio");

        assertThat(results)
                .filteredOn(result -> result.metric().equals("learn_ratio"))
                .extracting(result -> result.extra().get("divergence"))
                .containsExactly("none", "js");
        assertPositive(results);
    }

    @Test
    void push() throws Exception {
        List<Result> results = run(new PushBenchmark(new PushBenchmark.Settings(
                ModelSize.TINY, List.of(1), 2, List.of(MatrixFlavour.FP32_PACKED), ONE, BARS_OUT_OF_REACH)));

        assertThat(violated(results)).containsExactly("publish_ratio");

        assertThat(results)
                .extracting(Result::metric)
                .containsExactly("publish_ratio", "publish_bandwidth", "bare_copy_bandwidth", "swap");
    }

    @Test
    void overlap() throws Exception {
        List<Result> results = run(new OverlapBenchmark(new OverlapBenchmark.Settings(
                List.of(
                        "freshet.train.batch-groups=8",
                        "freshet.generation.slots=64",
                        "freshet.divergence=none",
                        "freshet.reference=off",
                        "freshet.train.learning-rate=1e-9"),
                List.of(List.of(), List.of("freshet.reference=initial")),
                List.of("freshet.max-staleness=1"),
                List.of("freshet.max-staleness=0"),
                Duration.ofMillis(16),
                1,
                2,
                2,
                ONE,
                BARS_OUT_OF_REACH,
                BARS_OUT_OF_REACH)));

        assertThat(violated(results))
                .as("where there is no reference scorer")
                .containsExactly("overlap_ratio", "asynchronous_speed_up");

        assertThat(results)
                .filteredOn(result -> result.metric().equals("overlap_ratio"))
                .extracting(result -> result.extra().get("reference_scorer"))
                .containsExactly(false, true);
        assertThat(results).extracting(Result::metric).contains("asynchronous_speed_up");
        assertPositive(results);
    }

    @Test
    void checkpoint() throws Exception {
        List<Result> results = run(new CheckpointBenchmark(new CheckpointBenchmark.Settings(
                Stream.concat(SMALL_BATCHES.stream(), Stream.of("freshet.checkpoint.interval=2"))
                        .toList(),
                CheckpointBenchmark.Settings.NONE_DUE,
                1,
                4,
                ONE,
                BARS_THAT_ARE_MISSED)));

        assertViolated(results, "checkpoint_cost");
        assertThat(results)
                .extracting(Result::metric)
                .containsExactly(
                        "checkpoint_cost",
                        "checkpoint_slowdown",
                        "checkpoint_copy_share",
                        "checkpoint_write_share",
                        "checkpoint_copy",
                        "checkpoint_write",
                        "checkpoint_size");
        assertThat(results.get(0).extra()).containsEntry("interval", 2).containsEntry("checkpoints", 2);
        assertPositive(results.subList(2, results.size()));
    }

    @Test
    void scrape() throws Exception {
        List<Result> results = run(new ScrapeBenchmark(new ScrapeBenchmark.Settings(
                List.of(
                        "freshet.warm-up.steps=2",
                        "freshet.train.steps=100000",
                        "freshet.train.batch-groups=8",
                        "freshet.evaluation.prompts=4",
                        "freshet.evaluation.samples=8"),
                1,
                5,
                Duration.ofMillis(10),
                Duration.ofMinutes(2),
                BARS_THAT_ARE_MISSED)));

        assertViolated(results, "scrape_p99");

        assertThat(results)
                .extracting(Result::metric)
                .containsExactly("scrape_p50", "scrape_p90", "scrape_p99", "scrape_max");
        assertPositive(results);
    }

    @Test
    void monitors() throws Exception {
        List<Result> results = run(
                new MonitorsBenchmark(new MonitorsBenchmark.Settings(SMALL_BATCHES, 4, 1, ONE, BARS_THAT_ARE_MISSED)));

        assertViolated(results, "watch_cost");

        assertThat(results).extracting(Result::metric).containsExactly("watch_cost", "measure_cost", "monitor_cost");
    }

    @Test
    void fullVocabulary() throws Exception {
        List<Result> results = run(new FullVocabularyBenchmark(
                new FullVocabularyBenchmark.Settings(List.of("js", "reverse-kl"), 8, 4, 1, ONE, Double.MAX_VALUE)));

        assertThat(results)
                .extracting(Result::metric)
                .containsExactly(
                        "plain_step",
                        "reference_cost",
                        "full_vocabulary_cost",
                        "full_vocabulary_total",
                        "full_vocabulary_cost",
                        "full_vocabulary_total");
        assertThat(results.get(2).extra()).containsEntry("divergence", "js").containsEntry("vocabulary", 64);
    }

    @Test
    void quickstart() throws Exception {
        List<Result> results = run(new QuickstartBenchmark(new QuickstartBenchmark.Settings(
                List.of("js"),
                List.of(
                        "freshet.warm-up.steps=2",
                        "freshet.train.steps=2",
                        "freshet.train.batch-groups=8",
                        "freshet.evaluation.prompts=4",
                        "freshet.evaluation.samples=8"),
                Duration.ofMinutes(2),
                new QuickstartBenchmark.Bars(0.001, -1, 2, -2, 100))));

        assertThat(results)
                .filteredOn(result -> !result.violations().isEmpty())
                .extracting(Result::metric)
                .containsExactly("seconds", "pass_at_1_before", "pass_at_1_after", "pass_at_8_after", "max_staleness");
        assertThat(results)
                .filteredOn(result -> result.metric().equals("seconds"))
                .extracting(result -> result.extra().get("divergence"))
                .containsExactly("js");
        assertThat(results)
                .filteredOn(result -> result.metric().startsWith("pass_at"))
                .hasSize(4)
                .allSatisfy(result -> assertThat(result.value()).isBetween(0.0, 1.0));
    }

    @Test
    void dataset() throws Exception {
        List<Result> results = run(new DatasetBenchmark(new DatasetBenchmark.Settings(
                800,
                120,
                8,
                "160m",
                BARS_THAT_ARE_MISSED,
                1e6,
                Duration.ofMinutes(2),
                List.of("freshet.evaluation.prompts=4", "freshet.evaluation.samples=2"))));

        assertViolated(results, "learner_waiting_share");
        assertThat(results)
                .extracting(Result::metric)
                .containsExactly("learner_waiting_share", "resident_growth", "heap_growth", "examples_per_second");
        // So short a run may end below where it began; without the metric, growth would be none at all.
        assertThat(results.get(2).value()).isFinite().isNotZero();
    }

    @Test
    void memory() throws Exception {
        JavaHeap fixed = new JavaHeap(1, 1, true);
        List<Result> results = run(
                new MemoryBenchmark(new MemoryBenchmark.Settings(8, 4, 2, SMALL_BATCHES, BARS_THAT_ARE_MISSED), fixed));

        assertThat(violated(results)).contains("native_slope");

        assertThat(results)
                .extracting(Result::metric)
                .containsExactly("native_slope", "allocated_slope", "resident_slope", "ndarrays_open");
        assertThat(results.get(0).extra()).containsEntry("from_step", 4L).containsEntry("to_step", 8L);
        assertThat(results.get(0).extra().get("samples"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(4);
        assertThat(results.get(3).extra().get("end"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Integer.class))
                .containsEntry("batch", 0)
                .hasEntrySatisfying("reference", count -> assertThat(count).isPositive())
                .hasEntrySatisfying("sampling", count -> assertThat(count).isPositive());
    }

    /** Writes the report, too: what cannot be written is measured in vain. */
    private static List<Result> run(Benchmark benchmark) throws Exception {
        BenchmarkReport report = Benchmarks.measure("small", benchmark, line -> {});
        assertThat(report.toJson()).contains("\"small\"");
        return report.results();
    }

    /** That one and no other, since bars are held to what they are meant for. */
    private static void assertViolated(List<Result> results, String metric) {
        assertThat(results)
                .filteredOn(result -> !result.violations().isEmpty())
                .singleElement()
                .satisfies(result -> assertThat(result.violations())
                        .singleElement()
                        .asString()
                        .startsWith(metric + " must be at most -1.000e+06 "));
    }

    /** Metrics of what missed its bar. */
    private static List<String> violated(List<Result> results) {
        return results.stream()
                .filter(result -> !result.violations().isEmpty())
                .map(Result::metric)
                .toList();
    }

    private static void assertPositive(List<Result> results) {
        assertThat(results).allSatisfy(result -> assertThat(result.value()).isPositive());
    }
}
