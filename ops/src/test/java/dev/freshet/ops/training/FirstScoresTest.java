package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.RunEvents;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstScoresTest {
    @TempDir
    Path folder;

    @Test
    void aSuiteIsComparedWithItselfAtVersion0() {
        FirstScores scores = FirstScores.unknown();
        assertThat(change(scores, RunEvents.evaluated(0, 0.5, 0.75))).isZero();
        assertThat(change(scores, RunEvents.evaluated(5, 0.375, 0.75))).isEqualTo(-0.125);
        assertThat(change(
                        scores,
                        new EvaluationCompleted(
                                "other",
                                RunEvents.evaluated(5, 0, 0).version(),
                                8,
                                8,
                                RunEvents.evaluated(5, 0.25, 0.5).passAtK(),
                                0,
                                0,
                                1,
                                RunEvents.evaluated(5, 0, 0).askedBy(),
                                RunEvents.evaluated(5, 0, 0).measures())))
                .isNaN();
    }

    @Test
    void aResumedRunReadsThemInItsJournal() throws IOException {
        Path events = folder.resolve("events.jsonl");
        try (Journal journal = Journal.open(events, new Rotation(1 << 20, 4), InstantSource.system())) {
            journal.accept(RunEvents.evaluated(0, 0.5, 0.75));
            journal.accept(RunEvents.evaluated(3, 0.75, 0.75));
        }
        Files.writeString(events, "{\"type\":\"EvaluationCompleted\",\"vers", StandardOpenOption.APPEND);

        assertThat(change(FirstScores.in(events), RunEvents.evaluated(4, 1, 1))).isEqualTo(0.5);
        assertThat(change(FirstScores.in(folder.resolve("none.jsonl")), RunEvents.evaluated(4, 1, 1)))
                .isNaN();
    }

    private static double change(FirstScores scores, EvaluationCompleted evaluation) {
        return scores.withChange(evaluation).measures().changeSinceStart();
    }
}
