package dev.freshet.ops.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.Asker;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryFileTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private Path folder;

    private Path path;
    private Instant now = START;

    @BeforeEach
    void nameTheFile() {
        path = folder.resolve("summary.json");
    }

    @Test
    void hasTheFieldsThatScriptsRelyOn() throws IOException {
        try (SummaryFile summary = open()) {
            after(0, summary, RunEvents.started(-1));
            after(20, summary, RunEvents.evaluated(0, 0.5, 0.75));
            after(2, summary, step(1, 100, 2000));
            after(1, summary, step(2, 500, 6000));
            after(50, summary, new StateChanged("paused", "running", "asked to"));
            after(1, summary, step(3, 500, 6000));
            after(2, summary, evaluatedAt1Only(3, 0.9375));
            after(
                    1,
                    summary,
                    new EvaluationCompleted(
                            "other",
                            new PolicyVersion(3),
                            9,
                            8,
                            Map.of(1, 0.1),
                            0.5,
                            1,
                            1,
                            Asker.CALLER,
                            EvaluationMeasures.NONE));
            now = START.plusMillis(100_250);
        }

        try (InputStream golden = SummaryFileTest.class.getResourceAsStream("summary.json")) {
            assertThat(Files.readString(path)).isEqualTo(new String(golden.readAllBytes(), UTF_8));
        }
    }

    @Test
    void isCurrentAtEachEvaluationAndOnceASecondWhileStepping() throws IOException {
        SummaryFile summary = open();
        after(0, summary, RunEvents.started(-1));
        after(0, summary, RunEvents.evaluated(0, 0.5, 0.75));
        assertThat(read().path("pass_at_1_before").asDouble()).isEqualTo(0.5);

        summary.accept(RunEvents.step(1));
        assertThat(read().path("steps").asInt()).isZero();
        after(1, summary, RunEvents.step(2));
        assertThat(read().path("steps").asInt()).isEqualTo(2);
    }

    @Test
    void takesOverFromAnEarlierAttemptWhatWasMeasuredBeforeTraining() throws IOException {
        try (SummaryFile summary = open()) {
            after(0, summary, RunEvents.started(-1));
            after(1, summary, RunEvents.evaluated(0, 0.5, 0.75));
            after(1, summary, RunEvents.step(1));
            after(1, summary, RunEvents.step(2));
            after(1, summary, RunEvents.step(3));
        }
        try (SummaryFile summary = open()) {
            after(0, summary, RunEvents.started(2));
            assertThat(read().path("steps").asInt()).isEqualTo(2);
            after(1, summary, RunEvents.evaluated(2, 0.625, 0.75));
        }

        assertThat(read().path("pass_at_1_before").asDouble()).isEqualTo(0.5);
        assertThat(read().path("pass_at_1_after").asDouble()).isEqualTo(0.625);
        assertThat(read().path("max_staleness").asInt()).isEqualTo(2);
    }

    @Test
    void countsTheStepsThatTheNewestVersionStandsOn() throws IOException {
        try (SummaryFile summary = open()) {
            after(0, summary, RunEvents.started(-1));
            after(1, summary, RunEvents.step(1));
            after(1, summary, RunEvents.step(2));
            after(1, summary, RunEvents.step(3));
            after(1, summary, new RolledBack(version(3), version(1), version(4), 1, "step-000001", 5));
            assertThat(read().path("policy_version").asInt()).isEqualTo(4);
            assertThat(read().path("steps").asInt()).isEqualTo(1);
            after(1, summary, RunEvents.step(5));
        }
        assertThat(read().path("steps").asInt()).isEqualTo(2);
        try (SummaryFile summary = open()) {
            after(0, summary, RunEvents.started(5));
            after(1, summary, RunEvents.step(6));
        }

        assertThat(read().path("steps").asInt()).isEqualTo(3);
    }

    private static PolicyVersion version(long number) {
        return new PolicyVersion(number);
    }

    @Test
    void staysAsItWasWhenTheRunDoesNotStart() throws IOException {
        Files.writeString(path, "{ \"steps\" : 3 }");
        try (SummaryFile summary = open()) {
            after(0, summary, new StateChanged("starting", "failed", "no memory"));
        }
        assertThat(Files.readString(path)).isEqualTo("{ \"steps\" : 3 }");
    }

    @Test
    void namesTheDivergenceThatWasSwitchedTo() throws IOException {
        SummaryFile summary = open();
        after(0, summary, RunEvents.started(-1));
        assertThat(read().path("divergence").asText()).isEqualTo("none");
        after(
                0,
                summary,
                new DivergenceSwitched("none", 0, "alpha:0.5", 0.1, new PolicyVersion(1), ChangeOrigin.COMMAND));
        after(1, summary, RunEvents.dropped(1));
        assertThat(read().path("divergence").asText()).isEqualTo("alpha:0.5");
    }

    private SummaryFile open() throws IOException {
        return SummaryFile.open(path, "none", START, () -> now);
    }

    @Test
    void whatWasMeasuredOnTheWayIsNotTheEnd() throws Exception {
        try (SummaryFile summary = open()) {
            after(0, summary, RunEvents.started(-1));
            after(1, summary, RunEvents.evaluated(0, 0.5, 0.75));
            after(1, summary, RunEvents.step(1));
            after(1, summary, RunEvents.evaluated(1, 0.625, 0.875));
            after(1, summary, RunEvents.step(2));
        }
        assertThat(read().path("pass_at_1_before").asDouble()).isEqualTo(0.5);
        assertThat(read().path("pass_at_1_after").isNull()).isTrue();
    }

    private void after(int seconds, SummaryFile summary, PipelineEvent event) {
        now = now.plusSeconds(seconds);
        summary.accept(event);
    }

    private JsonNode read() throws IOException {
        return new JsonMapper().readTree(path.toFile());
    }

    private static StepTrained step(long version, double rolloutsPerSecond, double generatedTokensPerSecond) {
        return new StepTrained(
                RunEvents.report(version, 0.5, 0.01),
                RunEvents.groups(version),
                rolloutsPerSecond,
                generatedTokensPerSecond / 2,
                generatedTokensPerSecond);
    }

    private static EvaluationCompleted evaluatedAt1Only(long version, double passAt1) {
        return new EvaluationCompleted(
                "held_out",
                new PolicyVersion(version),
                128,
                4,
                Map.of(1, passAt1),
                0.5,
                1.5,
                2.0,
                Asker.RUN,
                EvaluationMeasures.NONE);
    }
}
