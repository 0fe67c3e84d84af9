package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.SteeredLearner.Step;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StateChanged;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stop and drain, whatever the run is at. */
class EndingTest {
    private static final ActorTestKit kit = TestActors.create();

    private final SimulatedRun run = new SimulatedRun();
    private final TestProbe<?> unhandled = kit.createUnhandledMessageProbe();
    private final CompletableFuture<RunFinished> completion = new CompletableFuture<>();

    @AfterEach
    void assertThatNothingWasUnhandled() {
        unhandled.expectNoMessage(java.time.Duration.ZERO);
    }

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void aRunThatIsToldBeforeItsFirstCheckpointIsWrittenTakesNoStep(StopMode mode) throws Exception {
        run.disk().hold();
        ActorRef<Coordinator.Command> coordinator = start();

        assertThat(stop(coordinator, mode)).succeedsWithin(DEADLINE);
        run.disk().letGo();

        RunFinished finished = finished();
        assertThat(finished.version()).isEqualTo(PolicyVersion.INITIAL);
        assertThat(finished.outcome()).isEqualTo("stopped before the first step");
        assertThat(finished.groups().admitted()).isZero();
        assertThat(run.disk().versions()).containsExactly(0L);
    }

    @Test
    void aPausedRunStopsAtOnceAndHandsBackWhatWaits() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start();
        Step first = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator);
        eventually(() -> status(coordinator).stateReason().startsWith("pausing"), "the pause has begun");
        first.end();
        assertThat(paused).succeedsWithin(DEADLINE);

        assertThat(stop(coordinator, StopMode.NOW)).succeedsWithin(DEADLINE);

        RunFinished finished = finished();
        assertThat(finished.version()).isEqualTo(new PolicyVersion(1));
        assertThat(finished.groups().trained()).isEqualTo(2);
        assertThat(finished.groups().inFlight()).isZero();
        assertThat(run.disk().versions()).containsExactly(0L, 1L);
        assertThat(run.learner().hasBegunAStep()).isFalse();
    }

    @Test
    void aStopOvertakesAPauseThatIsNotConfirmedYet() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start();
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator);
        eventually(() -> status(coordinator).stateReason().startsWith("pausing"), "the pause has begun");

        assertThat(stop(coordinator, StopMode.NOW)).succeedsWithin(DEADLINE);
        running.end();

        assertThat(paused)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the run was told to end before it had paused");
        assertThat(finished().version()).isEqualTo(new PolicyVersion(1));
    }

    @Test
    void aDrainOvertakesAPauseThatIsNotConfirmedYetAndLearnsFromWhatIsInFlight() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start();
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator);
        eventually(() -> status(coordinator).stateReason().startsWith("pausing"), "the pause has begun");

        assertThat(stop(coordinator, StopMode.DRAIN)).succeedsWithin(DEADLINE);
        assertThat(paused).failsWithin(DEADLINE);
        long admitted = status(coordinator).groups().admitted();
        running.end();
        run.endStepsUntil(completion);

        RunFinished finished = finished();
        assertThat(finished.groups().admitted()).isEqualTo(admitted);
        assertThat(finished.groups().trained()).isGreaterThan(2);
        assertThat(finished.groups().inFlight()).isZero();
        assertThat(run.disk().last().version()).isEqualTo(finished.version());
    }

    @Test
    void aStopCutsADrainShort() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start();
        Step running = run.learner().nextStep();
        assertThat(stop(coordinator, StopMode.DRAIN)).succeedsWithin(DEADLINE);

        String why = "the drain took too long";
        assertThat(ask(replyTo -> new Coordinator.Stop(StopMode.NOW, why, replyTo), coordinator))
                .succeedsWithin(DEADLINE);
        running.end();

        assertThat(finished().version()).isEqualTo(new PolicyVersion(1));
        assertThat(run.disk().versions()).containsExactly(0L, 1L);
        assertThat(run.events().of(StateChanged.class))
                .contains(new StateChanged("draining", "draining", why + "; finishing the running step"));
        assertThat(run.events().of(GroupsReturned.class))
                .singleElement()
                .satisfies(returned -> assertThat(returned.why()).isEqualTo(why));
    }

    private ActorRef<Coordinator.Command> start() {
        RunPlan plan = run.plan(1000);
        return kit.spawn(Coordinator.create(
                plan, new RunStream(plan), new ParametersInForce(plan.parameters()), OpenEngines.of(plan), completion));
    }

    private RunFinished finished() throws Exception {
        return completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static CompletableFuture<RunStatus> pause(ActorRef<Coordinator.Command> coordinator) {
        return ask(replyTo -> new Coordinator.Pause(PauseMode.AFTER_STEP, replyTo), coordinator);
    }

    private static CompletableFuture<RunStatus> stop(ActorRef<Coordinator.Command> coordinator, StopMode mode) {
        return ask(replyTo -> new Coordinator.Stop(mode, "", replyTo), coordinator);
    }

    private static RunStatus status(ActorRef<Coordinator.Command> coordinator) {
        return ask(Coordinator.GetStatus::new, coordinator).join();
    }

    private static CompletableFuture<RunStatus> ask(
            akka.japi.function.Function<ActorRef<StatusReply<RunStatus>>, Coordinator.Command> command,
            ActorRef<Coordinator.Command> coordinator) {
        return AskPattern.askWithStatus(coordinator, command, DEADLINE, kit.scheduler())
                .toCompletableFuture();
    }
}
