package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.cli.ResumeMode;
import dev.freshet.ops.cli.RunFailedException;
import dev.freshet.ops.cli.TerminationSignals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a resumed run is refused for, before it has begun. */
class TrainingRunTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private WrittenRun run;

    @BeforeEach
    void write() throws IOException {
        run = new WrittenRun(folder.resolve("run"));
        Files.writeString(run.directory().resolve("summary.json"), "{ \"steps\" : 3 }");
        Files.writeString(run.directory().resolve("events.jsonl"), "{\"sequence\":7,\"attempt\":1}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "freshet.model.width=128 | a resumed run must have the model of its checkpoint",
                "freshet.train.seed=5 | a resumed run must keep freshet.model, freshet.task, freshet.train.seed",
                "freshet.train.steps=2 | steps must be at least the version that the run goes on from, v3, were 2 (freshet.train.steps)",
            })
    void aRefusedSettingChangesNothing(String setting, String message) throws Exception {
        assertRefusedWithoutATrace(message, setting);
    }

    @Test
    void aDamagedReferenceChangesNothing() throws Exception {
        run.damage(0);
        assertRefusedWithoutATrace("the reference is the policy at version 0, whose checkpoint cannot be used");
    }

    @Test
    void aReferenceThatTheCheckpointNeedsAndThatIsOffChangesNothing() throws Exception {
        run = new WrittenRun(folder.resolve("switched"), "freshet.divergence=none");
        assertRefusedWithoutATrace(
                "divergence js is in force in the checkpoint and needs a reference, which is off",
                "freshet.divergence=none",
                "freshet.reference=off");
    }

    @Test
    void problemsThatAreOthersThanBeforeChangeNothing() throws Exception {
        Path problems =
                Files.writeString(folder.resolve("problems.jsonl"), problem("1+1=", "2") + problem("2+2=", "4"));
        String[] settings = {
            "freshet.task.name=jsonl",
            "freshet.task.jsonl.file=" + problems,
            "freshet.task.jsonl.held-out-file=" + Files.writeString(folder.resolve("held.jsonl"), problem("3+3=", "6")),
            "freshet.task.jsonl.layout=prompt",
            "freshet.task.jsonl.demonstrations=answers",
            "freshet.task.jsonl.max-prompt-tokens=8",
            "freshet.generation.max-completion-length=8"
        };
        run = new WrittenRun(folder.resolve("problems"), settings);

        Files.writeString(problems, problem("1+1=", "2") + problem("2+2=", "4") + problem("5+5=", "10"));

        assertRefusedWithoutATrace(
                "a resumed run must keep the problems and the tokenizer of its task, and what their files hold has changed"
                        + " since the checkpoint (freshet.task.jsonl.file,",
                settings);
    }

    private static String problem(String prompt, String truth) {
        return "{\"prompt\":\"" + prompt + "\",\"ground_truth\":\"" + truth + "\"}\n";
    }

    @Test
    void noWholeCheckpointChangesNothing() throws Exception {
        run.damage(0);
        run.damage(3);
        assertRefusedWithoutATrace(
                "no checkpoint of this run is whole, so there is nothing to resume; start a new run");
    }

    /** The checkpoint has no weights, which is seen only when the learner starts. */
    @Test
    void whatFailsAfterTheRunHasBegunIsNotTheUsersMistake() throws Exception {
        Files.delete(run.directory().resolve("summary.json"));
        Files.delete(run.directory().resolve("events.jsonl"));

        assertThatThrownBy(() -> training().launch(WrittenRun.settings(), run.directory(), ResumeMode.RESUME))
                .isInstanceOf(RunFailedException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    private TrainingRun training() {
        return new TrainingRun(
                new PrintWriter(out, true), Clock.systemUTC(), Instant.EPOCH, TerminationSignals.unhandled());
    }

    private void assertRefusedWithoutATrace(String message, String... settings) throws Exception {
        Map<String, String> before = run.files();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> training().launch(WrittenRun.settings(settings), run.directory(), ResumeMode.RESUME))
                .withMessageContaining(message);
        assertThat(run.files()).isEqualTo(before);
    }
}
