package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.control.ScriptedRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class StartingRunTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final StartingRun control =
            new StartingRun("run", RunConfiguration.from(new SettingsLoader().defaults(List.of())));
    private final ScriptedRun run = new ScriptedRun();

    @Test
    void aWishToEndThatComesJustBeforeTheRunReachesIt() {
        assertThat(control.stop(StopMode.DRAIN))
                .succeedsWithin(DEADLINE)
                .extracting(RunStatus::state)
                .isEqualTo(RunState.STARTING);
        control.started(run);
        assertThat(run.asked()).containsExactly("stop DRAIN");
    }

    @Test
    void itsStatusTellsWhatItIsDoingAndWhatItGoesOnFrom() {
        assertThat(control.status())
                .succeedsWithin(DEADLINE)
                .satisfies(status -> assertThat(status.stateReason()).isEqualTo("warming up"))
                .satisfies(status -> assertThat(status.version()).isEqualTo(PolicyVersion.INITIAL));

        Objective inForce = RunConfiguration.from(new SettingsLoader()
                        .defaults(List.of("freshet.divergence=forward-kl", "freshet.divergence-coefficient=0.3")))
                .objective();
        control.goesOnFrom(new PolicyVersion(20), inForce);
        control.does("measuring its held-out suites");

        assertThat(control.status()).succeedsWithin(DEADLINE).satisfies(status -> {
            assertThat(status.state()).isEqualTo(RunState.STARTING);
            assertThat(status.stateReason()).isEqualTo("measuring its held-out suites");
            assertThat(status.version()).isEqualTo(new PolicyVersion(20));
            assertThat(status.divergence()).isEqualTo("forward-kl");
            assertThat(status.coefficient()).isEqualTo(0.3);
        });
    }

    @Test
    void aRunThatNobodyWantsToEndIsLeftAlone() {
        control.started(run);
        assertThat(run.asked()).isEmpty();
        assertThat(control.stop(StopMode.NOW)).succeedsWithin(DEADLINE);
        assertThat(run.asked()).containsExactly("stop NOW");
    }

    @Test
    void aRunThatFailedSaysSoToTheEnd() {
        control.started(run);
        run.answers(CompletableFuture.completedFuture(Samples.in(RunState.FAILED)));
        run.fails(new IllegalStateException("the learner hangs"));

        assertThatThrownBy(() -> control.awaitEnd(run)).hasRootCauseMessage("the learner hangs");

        assertThat(control.status()).succeedsWithin(DEADLINE).isEqualTo(Samples.in(RunState.FAILED));
    }

    @Test
    void anEndedRunTellsItsLastStatusAndIsNotSteeredAnyMore() {
        control.started(run);
        run.ends();
        control.awaitEnd(run);
        List<String> asked = run.asked();

        assertThat(control.stop(StopMode.DRAIN)).succeedsWithin(DEADLINE).isEqualTo(Samples.running());
        assertThat(control.status()).succeedsWithin(DEADLINE).isEqualTo(Samples.running());
        assertThat(control.pause(PauseMode.NOW))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(RefusedException.class)
                .withMessage("the run has ended");
        assertThat(run.asked()).isEqualTo(asked);
        assertThat(control.endWish().mode()).contains(StopMode.DRAIN);
    }
}
