package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RefusedException;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecorderTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private Path folder;

    private RunFiles files;

    @BeforeEach
    void nameTheFiles() {
        files = new RunFiles(folder);
    }

    @Test
    void bringsEachEventToTheFilesItBelongsTo() throws IOException {
        try (RunRecorder recorder = open()) {
            recorder.accept(RunEvents.started(-1));
            recorder.accept(RunEvents.step(1));
            recorder.accept(RunEvents.sampled(1, "42"));
            assertThat(recorder.failures()).isZero();
        }

        assertThat(Files.readAllLines(files.events())).hasSize(3);
        assertThat(Files.readAllLines(files.metrics())).hasSize(2);
        assertThat(Files.readAllLines(files.rollouts().resolve("rollouts-00001.jsonl")))
                .hasSize(1);
        assertThat(Files.readString(files.summary())).contains("\"steps\" : 1,");
    }

    @Test
    void countsItsAttempts() throws IOException {
        open().close();
        try (RunRecorder second = open()) {
            second.accept(RunEvents.step(1));
            assertThat(second.attempt()).isEqualTo(2);
        }

        assertThat(Files.readAllLines(files.metrics()).get(1)).startsWith("2,");
    }

    @Test
    void refusesASummaryThatIsNotOneInOneLine() throws IOException {
        Files.writeString(files.summary(), "{ \"steps\": \n\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("cannot open the files of run " + folder + ": ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aRefusalLeavesAllFilesAsTheyWere() throws IOException {
        Files.writeString(files.summary(), "no summary");

        assertThatThrownBy(this::open).isInstanceOf(RefusedException.class);
        assertThat(files.events()).doesNotExist();
        assertThat(files.metrics()).doesNotExist();
        assertThat(files.rollouts()).doesNotExist();
    }

    @Test
    void tellsOfTheUnfinishedLinesOfAProcessThatDied() throws IOException {
        try (RunRecorder first = open()) {
            first.accept(RunEvents.step(1));
            first.accept(RunEvents.sampled(1, "42"));
        }
        Path rollouts = files.rollouts().resolve("rollouts-00001.jsonl");
        for (Path file : List.of(files.events(), files.metrics(), rollouts)) {
            Files.writeString(file, "torn", StandardOpenOption.APPEND);
        }

        List<PipelineEvent> told = new ArrayList<>();
        try (RunRecorder second = open()) {
            second.begin(told::add, List.of());
        }
        assertThat(told)
                .containsExactly(
                        new TailCut("events.jsonl", 4, "torn"),
                        new TailCut("metrics.csv", 4, "torn"),
                        new TailCut("rollouts/rollouts-00001.jsonl", 4, "torn"));
    }

    private RunRecorder open() {
        Rotation rotation = new Rotation(1 << 20, 4);
        RunSettings settings = new RunSettings(folder, "", 2, 0, 1, rotation, rotation, rotation);
        return RunRecorder.open(files, settings, "js", NOON, InstantSource.fixed(NOON));
    }
}
