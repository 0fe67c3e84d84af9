package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.SteeringClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeterministicResumeIT {
    @TempDir
    Path directory;

    /** The defaults; and all that a step may have beside them. */
    static Stream<List<String>> objectives() {
        return Stream.of(
                List.of(),
                List.of(
                        "freshet.objective=gspo",
                        "freshet.rlvr.proximal=step-start",
                        "freshet.divergence-estimator=full-vocabulary",
                        "freshet.divergence-control.kind=adaptive",
                        "freshet.divergence-control.target=0.01"),
                // With generators on a proposal of its own, which the checkpoint has, too.
                List.of(
                        "freshet.objective=fdpg",
                        "freshet.divergence=js-gan",
                        "freshet.fdpg.proposal=offline",
                        "freshet.fdpg.proposal-interval=3"));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    @Timeout(300)
    void aRunThatIsPausedAndSampledFromAndKilledEndsBitForBitWhereTheUninterruptedOneEnds(List<String> objective)
            throws Exception {
        Path whole = directory.resolve("whole");
        Path killed = directory.resolve("killed");
        String[] settings = Stream.concat(
                        Stream.of("freshet.deterministic=true", "freshet.checkpoint.interval=10"), objective.stream())
                .toArray(String[]::new);
        assertThat(InProcessFreshet.run(directory.resolve("whole.txt"), SmallRun.train(whole, settings)))
                .isZero();

        try (FreshetProcess first =
                FreshetProcess.start(directory.resolve("killed.txt"), SmallRun.train(killed, settings))) {
            first.await("the warm-up", () -> SmallRun.events(killed, "WarmUpProgressed") > 0);
            try (ControlClient client = first.control()) {
                PolicyClient policy = new PolicyClient(client);
                // Connects before steps are taken, of which there are few.
                var unused = client.status();
                first.await("the first step", () -> SmallRun.events(killed, "StepTrained") > 0);
                unused = client.pause(PauseMode.AFTER_STEP);
                assertThat(policy.sample(new PolicySample.Order("12+34=", 4, OptionalDouble.empty()))
                                .completions())
                        .hasSize(4);
                unused = client.resume();
                // Beside steps that are taken; the kill may come before its answer.
                CompletableFuture<PolicySample> beside = CompletableFuture.supplyAsync(
                        () -> policy.sample(new PolicySample.Order("56+78=", 8, OptionalDouble.of(0.7))));
                first.await("checkpoint 10", () -> SmallRun.hasCheckpoint(killed, 10));
                first.kill();
                assertThat(beside.handle((sample, failure) -> true)).succeedsWithin(Duration.ofMinutes(1));
            }
        }
        assertThat(SmallRun.hasCheckpoint(killed, 20)).isFalse();
        Path resumed = directory.resolve("resumed.txt");
        assertThat(InProcessFreshet.run(resumed, "train", "--resume", "--run-dir", killed.toString()))
                .isZero();

        assertThat(SmallRun.events(killed, "GroupsTakenBack")).isEqualTo(1);
        assertThatTheyEndAlike(killed, whole);
    }

    /**
     * A change that was made behind the only checkpoint comes again before the step that it came before. The run beside it has the
     * change from its settings, told anew at a clean end where the other was changed.
     */
    @Test
    @Timeout(300)
    void aChangeBehindTheCheckpointComesAgainBitForBit() throws Exception {
        String[] settings = {
            "freshet.deterministic=true",
            "freshet.checkpoint.interval=0",
            "freshet.train.learning-rate-schedule=constant",
            "freshet.train.learning-rate-warm-up-steps=0"
        };
        Path killed = directory.resolve("killed");
        Path output = directory.resolve("killed.txt");
        long changedAt;
        try (FreshetProcess first = FreshetProcess.start(output, SmallRun.train(killed, settings))) {
            first.await("the warm-up", () -> SmallRun.events(killed, "WarmUpProgressed") > 0);
            try (ControlClient client = first.control()) {
                // Connects before steps are taken, of which there are few.
                var unused = client.status();
                first.await("a few steps", () -> SmallRun.events(killed, "StepTrained") > 3);
                unused = client.pause(PauseMode.AFTER_STEP);
                changedAt = new SteeringClient(client)
                        .set("freshet.train.learning-rate", "3e-4", ChangeMode.CARRY_OUT)
                        .firstVersion()
                        .number();
                unused = client.resume();
            }
            first.await("steps after it", () -> SmallRun.events(killed, "StepTrained") > changedAt + 1);
            first.kill();
        }
        assertThat(changedAt).isLessThan(15);
        assertThat(SmallRun.hasCheckpoint(killed, 20)).isFalse();
        assertThat(InProcessFreshet.run(output, "train", "--resume", "--run-dir", killed.toString()))
                .isZero();

        Path told = directory.resolve("told");
        List<String> upToIt = new ArrayList<>(List.of(settings));
        upToIt.add("freshet.train.steps=" + (changedAt - 1));
        assertThat(InProcessFreshet.run(
                        directory.resolve("short.txt"), SmallRun.train(told, upToIt.toArray(String[]::new))))
                .isZero();
        assertThat(InProcessFreshet.run(
                        directory.resolve("told.txt"),
                        "train",
                        "--resume",
                        "--run-dir",
                        told.toString(),
                        "--set",
                        "freshet.train.steps=20",
                        "--set",
                        "freshet.train.learning-rate=3e-4"))
                .isZero();
        assertThatTheyEndAlike(killed, told);
    }

    private static void assertThatTheyEndAlike(Path run, Path other) {
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors"}) {
            assertThat(SmallRun.checkpoint(run, 20).resolve(file))
                    .hasSameBinaryContentAs(SmallRun.checkpoint(other, 20).resolve(file));
        }
    }
}
