package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunState;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.SteeringClient;
import dev.freshet.ops.control.SteeringClient.ListedParameter;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that is steered over its port, killed, and goes on with what it was steered to. */
class SteeredResumeIT {
    private static final String RATE = "freshet.train.learning-rate";
    private static final String[] SETTINGS = {
        "freshet.train.steps=100000",
        "freshet.train.learning-rate=1e-3",
        "freshet.train.learning-rate-schedule=constant",
        "freshet.train.learning-rate-warm-up-steps=0",
        "freshet.checkpoint.interval=0"
    };

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void aKilledRunGoesOnWithWhatItWasSteeredTo() throws Exception {
        Path run = directory.resolve("run");
        CheckpointWritten saved;
        ParameterChanged rate;
        ObjectiveSwitched objective;
        DivergenceSwitched divergence;
        Path output = directory.resolve("first.txt");
        try (FreshetProcess first = FreshetProcess.start(output, SmallRun.train(run, SETTINGS))) {
            first.await("some steps", () -> SmallRun.events(run, "StepTrained") > 2);
            try (ControlClient client = first.control()) {
                SteeringClient steering = new SteeringClient(client);
                refusalsAndDryRunsChangeNothing(steering);
                rate = steering.set(RATE, "2e-4", ChangeMode.CARRY_OUT);
                var unused = steering.set("freshet.generation.temperature", "0.8", ChangeMode.CARRY_OUT);
                unused = steering.set("freshet.log.level", "debug", ChangeMode.CARRY_OUT);
                first.await("a step in the log", () -> hasSteps(run));
                objective = steering.switchObjective(
                        "grpo", Map.of("freshet.rlvr.aggregation", "dr-grpo"), ChangeMode.CARRY_OUT);
                divergence = steering.switchDivergence("reverse-kl", OptionalDouble.of(0.02), ChangeMode.CARRY_OUT);
                saved = client.checkpoint();
            }
            first.kill();
        }
        Files.delete(run.resolve("freshet.log"));
        assertThat(Checkpoint.open(Path.of(saved.path())).state().parameters().inForce())
                .containsEntry(RATE, "2e-4")
                .containsEntry("freshet.generation.temperature", "0.8")
                .containsEntry("freshet.rlvr.aggregation", "dr-grpo");

        Path resumed = directory.resolve("resumed.txt");
        try (FreshetProcess second = FreshetProcess.start(resumed, "train", "--resume", "--run-dir", run.toString())) {
            second.await("steps after the restart", () -> steps(run, 2) > 1);
            try (ControlClient client = second.control()) {
                assertThat(client.status().divergence()).isEqualTo("reverse-kl");
                assertThat(client.status().coefficient()).isEqualTo(0.02);
                assertThat(new SteeringClient(client).parameters())
                        .extracting(ListedParameter::key, ListedParameter::value)
                        .contains(tuple(RATE, "2e-4"), tuple("freshet.generation.temperature", "0.8"));
                assertThat(client.stop(StopMode.DRAIN).state()).isIn(RunState.DRAINING, RunState.STOPPED);
                assertThat(sampledFrom(client))
                        .containsPattern("^(a completion|the run has ended|no run answers|.* closed the connection)");
            }
            assertThat(second.exitCode()).isZero();
        }
        assertThat(hasSteps(run))
                .as("the log of the resumed run is still at debug")
                .isTrue();
        for (Step step : stepsOf(run)) {
            assertThat(step.learningRate())
                    .as("learning rate of v%d in attempt %d", step.version(), step.attempt())
                    .isEqualTo(step.version() < rate.firstVersion().number() ? 1e-3 : 2e-4);
            assertThat(step.divergence())
                    .isEqualTo(step.version() < divergence.firstVersion().number() ? "js" : "reverse-kl");
        }
        assertThat(objective.firstVersion().number())
                .isBetween(rate.firstVersion().number(), saved.version().number() + 1);
        assertThat(FreshetProcess.lines(resumed))
                .anyMatch(line -> line.contains(RATE + " = 2e-4 from v"))
                .anyMatch(line -> line.contains("freshet.rlvr.aggregation = dr-grpo from v"));
    }

    /** What a run has answered holds, whether or not a checkpoint was written since. */
    @Test
    @Timeout(300)
    void aKilledRunKeepsWhatItAnsweredWithoutACheckpointSince() throws Exception {
        Path run = directory.resolve("run");
        ParameterChanged rate;
        DivergenceSwitched divergence;
        Path output = directory.resolve("first.txt");
        try (FreshetProcess first = FreshetProcess.start(output, SmallRun.train(run, SETTINGS))) {
            first.await("some steps", () -> SmallRun.events(run, "StepTrained") > 2);
            try (ControlClient client = first.control()) {
                rate = new SteeringClient(client).set(RATE, "2e-4", ChangeMode.CARRY_OUT);
                first.await(
                        "steps with it",
                        () -> SmallRun.events(run, "StepTrained")
                                > rate.firstVersion().number());
                var unused = client.pause(PauseMode.NOW);
                divergence = client.switchDivergence("reverse-kl", OptionalDouble.of(0.02));
            }
            first.kill();
        }
        assertThat(stepsOf(run))
                .as("none was taken with it")
                .noneMatch(step -> step.divergence().equals("reverse-kl"));
        assertThat(SmallRun.hasCheckpoint(run, 0)).isTrue();
        assertThat(SmallRun.events(run, "CheckpointWritten")).isEqualTo(1);

        Path again = directory.resolve("again.txt");
        try (FreshetProcess second = FreshetProcess.start(again, "train", "--resume", "--run-dir", run.toString())) {
            second.await("a step before the change", () -> steps(run, 2) > 0);
            second.kill();
        }
        Path resumed = directory.resolve("resumed.txt");
        try (FreshetProcess third = FreshetProcess.start(resumed, "train", "--resume", "--run-dir", run.toString())) {
            third.await(
                    "the switch, and a step after it",
                    () -> stepsOf(run).stream()
                            .anyMatch(step ->
                                    step.version() > divergence.firstVersion().number()));
            try (ControlClient client = third.control()) {
                assertThat(client.status().divergence()).isEqualTo("reverse-kl");
                var unused = client.stop(StopMode.NOW);
            }
            assertThat(third.exitCode()).isZero();
        }
        for (Step step : stepsOf(run)) {
            assertThat(step.learningRate())
                    .as("learning rate of v%d in attempt %d", step.version(), step.attempt())
                    .isEqualTo(step.version() < rate.firstVersion().number() ? 1e-3 : 2e-4);
            assertThat(step.divergence())
                    .as("divergence of v%d in attempt %d", step.version(), step.attempt())
                    .isEqualTo(step.version() < divergence.firstVersion().number() ? "js" : "reverse-kl");
        }
        assertThat(FreshetProcess.lines(resumed))
                .contains(
                        RATE + " = 2e-4 again from " + rate.firstVersion() + " on, as before the end",
                        "freshet.divergence = reverse-kl, freshet.divergence-coefficient = 0.02 again from "
                                + divergence.firstVersion() + " on, as before the end");
    }

    private static void refusalsAndDryRunsChangeNothing(SteeringClient steering) {
        List<ListedParameter> before = steering.parameters();
        assertRefused(
                () -> steering.set("freshet.train.seed", "2", ChangeMode.CARRY_OUT), "those that can are " + RATE);
        assertRefused(() -> steering.set(RATE, "-1", ChangeMode.CARRY_OUT), "must be finite and above 0, was -1.0");
        assertRefused(
                () -> steering.set("freshet.max-staleness", "0", ChangeMode.DRY_RUN),
                "must be at least the staleness bound");
        assertRefused(
                () -> steering.switchObjective("ppo", Map.of(), ChangeMode.CARRY_OUT), "there is no objective ppo");
        assertThat(steering.set(RATE, "3e-4", ChangeMode.DRY_RUN).toValue()).isEqualTo("3e-4");
        assertThat(steering.switchDivergence("tv", OptionalDouble.empty(), ChangeMode.DRY_RUN)
                        .toSpec())
                .isEqualTo("tv");
        assertThat(steering.parameters()).isEqualTo(before);
        assertThat(steering.objectives().active()).isEqualTo("grpo");
    }

    private static void assertRefused(Runnable command, String refusal) {
        assertThatThrownBy(command::run)
                .isInstanceOfSatisfying(
                        ControlException.class,
                        refused -> assertThat(refused.isBadRequest()).isTrue())
                .hasMessageContaining(refusal);
    }

    /** A run that drains has its policy until the last step, and refuses then; its process ends soon after. */
    private static String sampledFrom(ControlClient client) {
        try {
            PolicySample sample =
                    new PolicyClient(client).sample(new PolicySample.Order("12+34=", 1, OptionalDouble.empty()));
            return sample.completions().size() == 1 ? "a completion" : sample.toString();
        } catch (ControlException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** Only at debug. */
    private static boolean hasSteps(Path run) {
        try {
            return Files.readString(run.resolve("freshet.log")).contains("StepTrained[");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A training step as the journal tells it. */
    private record Step(int attempt, long version, double learningRate, String divergence) {
        private static final Pattern ATTEMPT = Pattern.compile("\"attempt\":(\\d+)");
        private static final Pattern VERSION = Pattern.compile("\"report\":\\{\"version\":(\\d+)");
        private static final Pattern LEARNING_RATE = Pattern.compile("\"learning_rate\":([^,}]+)");
        private static final Pattern DIVERGENCE = Pattern.compile("\"divergence\":\"([^\"]+)\"");

        static Step of(String line) {
            return new Step(
                    Integer.parseInt(first(ATTEMPT, line)),
                    Long.parseLong(first(VERSION, line)),
                    Double.parseDouble(first(LEARNING_RATE, line)),
                    first(DIVERGENCE, line));
        }

        private static String first(Pattern pattern, String line) {
            Matcher matcher = pattern.matcher(line);
            assertThat(matcher.find()).as(line).isTrue();
            return matcher.group(1);
        }
    }

    private static long steps(Path run, int attempt) {
        return stepsOf(run).stream().filter(step -> step.attempt() == attempt).count();
    }

    private static List<Step> stepsOf(Path run) {
        try (Stream<String> lines = Files.lines(run.resolve("events.jsonl"))) {
            return lines.filter(line -> line.contains("\"type\":\"StepTrained\"") && line.endsWith("}"))
                    .map(Step::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
