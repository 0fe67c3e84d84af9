package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.cli.SettingsLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRequirementsTest {
    private static final Path EXAMPLE = Path.of("..", "conf", "gsm8k-file.conf");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "held-out-share=0 | task jsonl must hold out at least one problem to evaluate on, held out none: held-out-share is"
                        + " 0.0; raise it (freshet.task.jsonl.held-out-share), or name a freshet.task.jsonl.held-out-file",
                "held-out-share=1 | all problems are held out, so there is none to train on: held-out-share is 1.0"
                        + " (freshet.task.jsonl.held-out-share): lower it",
                "demonstrations=none | task jsonl must have demonstrations to warm a new policy up with, had none: set"
                        + " freshet.task.jsonl.demonstrations = answers, name a checkpoint to begin from in"
                        + " freshet.warm-up.from, or choose another freshet.task.name",
                "max-prompt-tokens=193 | a prompt of 193 tokens and max-completion-length together must be at most max-length,"
                        + " 448, max-completion-length was 256: lower it, or raise max-length to 449"
                        + " (freshet.generation.max-completion-length, freshet.model.max-length,"
                        + " freshet.task.jsonl.max-prompt-tokens)",
            })
    void refusesAFileThatCannotBeTrainedOn(String setting, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RunConfiguration.forTraining(
                        new SettingsLoader().load(EXAMPLE, List.of("freshet.task.jsonl." + setting))))
                .withMessage(message);
    }

    @Test
    void refusesCompletionsForWhichThereIsNoRoom() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith("freshet.generation.max-completion-length=20"))
                .withMessage("a prompt of 6 tokens and max-completion-length together must be at most max-length, 16,"
                        + " max-completion-length was 20: lower it, or raise max-length to 26"
                        + " (freshet.generation.max-completion-length, freshet.model.max-length)");
        assertThatCode(() -> trainedWith("freshet.generation.max-completion-length=10"))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesDemonstrationsForWhichThereIsNoRoom() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> trainedWith("freshet.generation.max-completion-length=2", "freshet.model.max-length=8"))
                .withMessage(
                        "max-length must have room for the demonstrations of the warm-up, of up to 10 tokens, was 8"
                                + " (freshet.model.max-length); the longest is that of \"62+79=\"");
    }

    /** Every line of it, or a run would fail at the line during its warm-up. */
    @Test
    void refusesAFileWithOneAnswerForWhichThereIsNoRoom(@TempDir Path folder) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            String answer = i == 2500 ? "1".repeat(40) : "1";
            lines.append("{\"prompt\":\"")
                    .append(i)
                    .append("=\",\"ground_truth\":\"")
                    .append(answer)
                    .append("\"}\n");
        }
        Path file = Files.writeString(folder.resolve("problems.jsonl"), lines);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith(
                        "freshet.task.name=jsonl",
                        "freshet.task.jsonl.file=" + file,
                        "freshet.task.jsonl.layout=prompt",
                        "freshet.task.jsonl.demonstrations=answers",
                        "freshet.task.jsonl.max-prompt-tokens=8",
                        "freshet.generation.max-completion-length=8",
                        "freshet.model.max-length=40"))
                .withMessage(
                        "max-length must have room for the demonstrations of the warm-up, of up to 46 tokens, was 40"
                                + " (freshet.model.max-length); the longest is that of \"2500=\"");
    }

    @Test
    void whatBeginsFromACheckpointNeedsNoDemonstrations(@TempDir Path folder) throws Exception {
        WrittenRun other = new WrittenRun(folder.resolve("run"));
        Path checkpoint = other.store().directory(new PolicyVersion(3));
        String from = "freshet.warm-up.from=" + checkpoint;

        StartingPoint start = StartingPoint.warmedUp(WrittenRun.configuration(from), event -> {});
        assertThat(start.resumedFrom()).isEmpty();
        assertThat(start.state().version()).isEqualTo(PolicyVersion.INITIAL);
        assertThat(start.learner().weights())
                .isEqualTo(Checkpoint.open(checkpoint).weights());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith(from, "freshet.model.layers=1"))
                .withMessageContaining("must be of the model")
                .withMessageContaining("(freshet.warm-up.from, freshet.model)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith("freshet.warm-up.from=" + folder.resolve("none")))
                .withMessageContaining("no such directory: name another checkpoint (freshet.warm-up.from)");
    }

    @Test
    void everyCountdownHasSomethingToEvaluateOn() {
        assertThatCode(() -> trainedWith(
                        "freshet.task.name=countdown",
                        "freshet.task.countdown.target-limit=1",
                        "freshet.generation.max-completion-length=6"))
                .doesNotThrowAnyException();
    }

    @Test
    void aCheckpointIsEvaluatedWithLess() {
        List<String> everythingHeldOut = new ArrayList<>(List.of("freshet.task.name=jsonl"));
        everythingHeldOut.add("freshet.task.jsonl.held-out-share=1");
        assertThatCode(() -> RunConfiguration.from(new SettingsLoader().defaults(everythingHeldOut)))
                .doesNotThrowAnyException();
    }

    @Test
    void anEndMayTakeTheStepsThatAreOnTheirWayOrWhatIsSet() {
        DrainSettings auto = trainedWith("freshet.actors.learn-timeout=3 hours", "freshet.max-staleness=2")
                .drain();
        assertThat(auto.deadline()).as("staleness is at most 2").isEqualTo(Duration.ofHours(6));
        assertThat(auto.longest())
                .as("the last step, and the end")
                .isEqualTo(Duration.ofHours(9).plusMinutes(2));
        assertThat(trainedWith().drain().longest()).isEqualTo(Duration.ofMinutes(62));
        assertThat(trainedWith("freshet.max-staleness=0").drain().deadline()).isEqualTo(Duration.ofMinutes(30));
        assertThat(trainedWith("freshet.run.drain-deadline=20 s").drain().deadline())
                .isEqualTo(Duration.ofSeconds(20));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith("freshet.run.drain-deadline=0 s"))
                .withMessage("drain-deadline must be auto, or more than 0 and at most 100 days, was PT0S"
                        + " (freshet.run.drain-deadline)");
    }

    @Test
    void refusesAPastThatThereIsNot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith("freshet.trajectory.kind=saf"))
                .withMessage(
                        "trajectory saf needs examples that come back every epoch, and rollouts do not: choose mesa"
                                + " or none (freshet.trajectory.kind, freshet.objective)");
        assertThatCode(() -> trainedWith("freshet.trajectory.kind=mesa")).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainedWith("freshet.objective=f-distill", "freshet.train.update.rule=sam"))
                .withMessage("f-distill seeks no flat minima: trajectory.kind must be none and update.rule plain, were"
                        + " none and sam (freshet.trajectory.kind, freshet.train.update.rule, freshet.objective)");
    }

    private static RunConfiguration trainedWith(String... settings) {
        return RunConfiguration.forTraining(new SettingsLoader().defaults(List.of(settings)));
    }
}
