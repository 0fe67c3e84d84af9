package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.run.RunSettings.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCsvTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
    private static final String HEADER = "attempt,time,version,objective,divergence,coefficient,first_sequence,"
            + "last_sequence,groups,rollouts,trained_tokens,mean_reward,accuracy,loss,entropy,divergence_value,mean_ratio,"
            + "effective_sample_size,clipped_low,clipped_high,clamped_log_ratios,capped_weights,gradient_norm,learning_rate,skipped_mini_batches,"
            + "max_staleness,mean_staleness,seconds,rehearsal_sequences,rehearsal_tokens,measures,rollouts_per_second,trained_tokens_per_second,generated_tokens_per_second,groups_admitted,groups_trained,"
            + "groups_dropped_failed,groups_dropped_too_long,groups_dropped_malformed,groups_dropped_unscorable,groups_dropped_no_signal,groups_dropped_stale,"
            + "groups_returned,groups_in_flight,pass_at_1,pass_at_8";

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void nameTheFile() {
        path = folder.resolve("metrics.csv");
    }

    @Test
    void writesOneRowAStepWithTheNewestEvaluation() throws IOException {
        try (MetricsCsv metrics = open(1)) {
            metrics.accept(RunEvents.step(RunEvents.report(1, 0.5, Double.NaN), 1));
            metrics.accept(RunEvents.evaluated(1, 0.625, 0.75));
            metrics.accept(RunEvents.dropped(9));
            metrics.accept(RunEvents.step(RunEvents.report(2, 0.5, 0.25), 2));
        }

        assertThat(Files.readAllLines(path))
                .containsExactly(
                        HEADER,
                        "1,2026-11-23T12:00:00Z,1,grpo,js,0.04,0,7,8,64,1024,0.5,0.5,-0.01,1.25,,1.001,0.97,0.01,0.02,0.0,0.0,0.8,"
                                + "1.0E-4,0,0,0.9,0.25,0,0,,250.5,4096.25,5120.75,19,8,0,0,0,0,3,0,2,6,,",
                        "1,2026-11-23T12:00:00Z,2,grpo,js,0.04,8,15,8,64,1024,0.5,0.5,-0.01,1.25,0.25,1.001,0.97,0.01,"
                                + "0.02,0.0,0.0,0.8,1.0E-4,0,1,0.9,0.25,0,0,,250.5,4096.25,5120.75,27,16,0,0,0,0,3,0,2,6,0.625,0.75");
    }

    @Test
    void eachSuiteHasColumnsOfItsOwn() throws IOException {
        try (MetricsCsv metrics =
                MetricsCsv.open(path, 1, List.of("held_out", "far"), new Rotation(1 << 20, 4), NOON)) {
            metrics.accept(RunEvents.measured("far", 1));
            metrics.accept(RunEvents.evaluated(1, 0.625, 0.75));
            metrics.accept(RunEvents.step(2));
        }

        List<String> lines = Files.readAllLines(path);
        List<String> names = Csv.parse(lines.get(0));
        List<String> row = Csv.parse(lines.get(1));
        assertThat(lines.get(0)).startsWith(HEADER + ",held_out_version,held_out_pass_at_1,");
        assertThat(row).hasSameSizeAs(names);
        assertThat(row.get(names.indexOf("pass_at_1"))).isEqualTo("0.625");
        assertThat(row.get(names.indexOf("held_out_pass_at_1"))).isEqualTo("0.625");
        assertThat(row.get(names.indexOf("held_out_self_bleu"))).isEmpty();
        assertThat(row.get(names.indexOf("far_version"))).isEqualTo("1.0");
        assertThat(row.get(names.indexOf("far_pass_at_1"))).isEqualTo("0.25");
        assertThat(row.get(names.indexOf("far_pass_at_1_change"))).isEqualTo("-0.125");
        assertThat(row.get(names.indexOf("far_self_bleu"))).isEqualTo("0.75");
        assertThat(row.get(names.indexOf("far_distinct_2"))).isEqualTo("0.5");
        assertThat(names)
                .contains(
                        "far_pass_at_16",
                        "far_pass_at_64",
                        "far_distinct_3",
                        "far_distinct_4",
                        "far_squared_hellinger");
        assertThat(row.get(names.indexOf("far_reverse_kl"))).isEqualTo("0.0625");
    }

    @Test
    void goesOnBelowTheRowsOfAnEarlierAttempt() throws IOException {
        try (MetricsCsv metrics = open(1)) {
            metrics.accept(RunEvents.step(1));
        }
        Files.writeString(path, "1,2026-11-23T12:0", StandardOpenOption.APPEND);
        try (MetricsCsv metrics = open(2)) {
            metrics.accept(RunEvents.step(1));
        }

        List<String> lines = Files.readAllLines(path);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).startsWith("1,2026-11-23T12:00:00Z,1,");
        assertThat(lines.get(2)).startsWith("2,2026-11-23T12:00:00Z,1,");
    }

    @Test
    void setsAFileWithOtherColumnsAside() throws IOException {
        Files.writeString(path, "step,reward\n1,0.5\n");
        open(2).close();

        assertThat(Files.readString(folder.resolve("metrics.1.csv"))).isEqualTo("step,reward\n1,0.5\n");
        assertThat(Files.readAllLines(path)).containsExactly(HEADER);
    }

    @Test
    void everyFileHasAHeaderAndTheNewestAreKept() throws IOException {
        try (MetricsCsv metrics = MetricsCsv.open(path, 1, List.of(), new Rotation(1500, 3), NOON)) {
            for (int version = 1; version <= 30; version++) {
                metrics.accept(RunEvents.step(version));
            }
            assertThat(metrics.deleteSurplus(NOON.instant())).isNotEmpty().allSatisfy(deleted -> {
                assertThat(deleted.kind()).isEqualTo("metrics");
                assertThat(deleted.why()).isEqualTo("more than 3 files");
                assertThat(folder.resolve(deleted.file())).doesNotExist();
            });
        }

        List<Path> parts = MetricsCsv.parts(path);
        assertThat(parts)
                .containsExactly(folder.resolve("metrics.2.csv"), folder.resolve("metrics.1.csv"), path)
                .allSatisfy(part -> assertThat(Files.readAllLines(part)).first().isEqualTo(HEADER));
        List<String> newest = Files.readAllLines(path);
        assertThat(newest.get(newest.size() - 1)).startsWith("1,2026-11-23T12:00:00Z,30,");
    }

    @Test
    void quotesCellsThatHoldACommaAndReadsThemBack() {
        List<String> cells = List.of("mix(js,tv)", "a \"b\"", "", "1.5");

        assertThat(Csv.row(cells)).isEqualTo("\"mix(js,tv)\",\"a \"\"b\"\"\",,1.5");
        assertThat(Csv.parse(Csv.row(cells))).isEqualTo(cells);
    }

    private MetricsCsv open(int attempt) throws IOException {
        return MetricsCsv.open(path, attempt, List.of(), new Rotation(1 << 20, 4), NOON);
    }
}
