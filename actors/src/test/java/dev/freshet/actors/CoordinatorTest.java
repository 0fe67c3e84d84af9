package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.SteeredLearner.Step;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StateChanged;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole run, but for the mathematics: real actors, the real pipeline, learner and generators in the test's hand. */
class CoordinatorTest {
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

    @Test
    void leadsARunFromItsFirstCheckpointToItsLast() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(3);
        for (int step = 0; step < 3; step++) {
            run.learner().nextStep().end();
        }

        RunFinished finished = completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

        assertThat(finished.version()).isEqualTo(new PolicyVersion(3));
        assertThat(finished.outcome()).isEqualTo("all steps taken");
        assertThat(finished.groups().trained()).isEqualTo(6);
        assertThat(finished.groups().inFlight()).isZero();
        assertThat(run.disk().versions()).containsExactly(0L, 3L);
        assertThat(run.disk().last().cursor()).isEqualTo(6);
        assertThat(run.disk().last().groups()).containsEntry("trained", 6L);
        assertThat(changes()).containsExactly("starting>running", "running>draining", "draining>stopped");
        assertThat(run.engines()).allMatch(SteeredGenerator::isClosed);
        assertThat(status(coordinator).state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void tellsItsStatusWhileAStepRuns() {
        ActorRef<Coordinator.Command> coordinator = start(3);
        Step running = run.learner().nextStep();

        RunStatus status = status(coordinator);

        assertThat(status.state()).isEqualTo(RunState.RUNNING);
        assertThat(status.version()).isEqualTo(PolicyVersion.INITIAL);
        assertThat(status.totalSteps()).isEqualTo(3);
        assertThat(status.lastStep()).isEmpty();
        assertThat(status.groups().inFlight()).isPositive();
        running.end();
        Step next = run.learner().nextStep();
        assertThat(status(coordinator).lastStep()).isPresent();
        next.end();
    }

    @Test
    void pausesAfterTheRunningStepAndLosesNothing() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(4);
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator, PauseMode.AFTER_STEP);
        assertThat(status(coordinator).stateReason()).isEqualTo("pausing when the running step has ended");
        assertThat(paused).isNotDone();

        running.end();

        assertThat(paused.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).state()).isEqualTo(RunState.PAUSED);
        assertThat(run.learner().hasBegunAStep()).isFalse();
        GroupCounts atRest = status(coordinator).groups();
        assertThat(resume(coordinator).state()).isEqualTo(RunState.RUNNING);
        for (int step = 0; step < 3; step++) {
            run.learner().nextStep().end();
        }
        RunFinished finished = completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(atRest.trained()).isEqualTo(2);
        assertThat(finished.groups().trained()).isEqualTo(8);
        assertThat(run.trainedInOrder()).isTrue();
        assertThat(changes())
                .containsExactly(
                        "starting>running", "running>paused", "paused>running", "running>draining", "draining>stopped");
    }

    @Test
    void aPauseNowHaltsTheGenerators() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(3);
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator, PauseMode.NOW);
        eventually(() -> run.engines().stream().allMatch(SteeredGenerator::isHalted), "all engines are halted");
        assertThat(status(coordinator).stateReason()).startsWith("pausing");
        running.end();
        assertThat(paused.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).state()).isEqualTo(RunState.PAUSED);

        assertThat(resume(coordinator).state()).isEqualTo(RunState.RUNNING);

        eventually(() -> run.engines().stream().noneMatch(SteeredGenerator::isHalted), "all engines go on");
        run.learner().nextStep().end();
        run.learner().nextStep().end();
        assertThat(completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).version())
                .isEqualTo(new PolicyVersion(3));
    }

    @Test
    void aResumeTakesBackAPauseThatIsNotConfirmed() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(2);
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator, PauseMode.AFTER_STEP);

        assertThat(resume(coordinator).state()).isEqualTo(RunState.RUNNING);
        running.end();

        assertThat(paused)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the run was resumed before it had paused");
        run.learner().nextStep().end();
        assertThat(completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).outcome())
                .isEqualTo("all steps taken");
    }

    @Test
    void answersOtherCommandsWhilePaused() {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator, PauseMode.AFTER_STEP);
        assertThat(status(coordinator).state()).isEqualTo(RunState.RUNNING);
        running.end();
        assertThat(paused).succeedsWithin(DEADLINE);

        assertThat(switchDivergence(coordinator, "js")).succeedsWithin(DEADLINE);
        assertThat(status(coordinator).divergence()).isEqualTo("js");
        CompletableFuture<CheckpointWritten> written = checkpoint(coordinator);
        assertThat(written).succeedsWithin(DEADLINE);
        assertThat(run.disk().last().divergence()).isEqualTo("js");
        assertThat(stop(coordinator, StopMode.NOW)).succeedsWithin(DEADLINE);
        assertThat(completion).succeedsWithin(DEADLINE);
    }

    @Test
    void drainsWhatIsInFlight() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(1000);
        Step running = run.learner().nextStep();

        RunStatus answer = stop(coordinator, StopMode.DRAIN).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.state()).isEqualTo(RunState.DRAINING);
        long inFlight = status(coordinator).groups().inFlight();
        running.end();
        run.endStepsUntil(completion);

        RunFinished finished = completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(finished.outcome()).isEqualTo("ended on command");
        assertThat(finished.groups().trained()).as("%s", finished).isEqualTo(inFlight / 2 * 2);
        assertThat(finished.groups().inFlight()).isZero();
        assertThat(run.disk().last().version()).isEqualTo(finished.version());
        assertThat(run.disk().last().cursor()).isEqualTo(finished.groups().trained());
    }

    @Test
    void drainsFromAPauseToo() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(1000);
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused = pause(coordinator, PauseMode.NOW);
        eventually(() -> status(coordinator).stateReason().startsWith("pausing"), "the pause has begun");
        running.end();
        assertThat(paused).succeedsWithin(DEADLINE);

        assertThat(stop(coordinator, StopMode.DRAIN)).succeedsWithin(DEADLINE);
        run.endStepsUntil(completion);

        assertThat(completion
                        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                        .groups()
                        .inFlight())
                .isZero();
    }

    @Test
    void stopsAfterTheRunningStepAndHandsBackTheRest() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(1000);
        Step running = run.learner().nextStep();

        assertThat(stop(coordinator, StopMode.NOW)).succeedsWithin(DEADLINE);
        assertThat(completion).isNotDone();
        running.end();

        RunFinished finished = completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(finished.version()).isEqualTo(new PolicyVersion(1));
        assertThat(finished.groups().trained()).isEqualTo(2);
        assertThat(finished.groups().returned()).isPositive();
        assertThat(finished.groups().inFlight()).isZero();
        assertThat(run.disk().versions()).containsExactly(0L, 1L);
    }

    @Test
    void aFailedStepFailsTheRunWithItsReason() {
        ActorRef<Coordinator.Command> coordinator = start(3);
        run.learner().nextStep().fail("no memory");

        assertThat(completion)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the step failed: no memory");

        RunStatus status = status(coordinator);
        assertThat(status.state()).isEqualTo(RunState.FAILED);
        assertThat(status.stateReason()).contains("the step failed: no memory");
        assertThat(status.groups().inFlight()).isZero();
        assertThat(run.events().next(RunFinished.class).outcome()).startsWith("failed: ");
        assertThat(run.disk().versions()).containsExactly(0L);
    }

    @Test
    void aRunThatCannotWriteItsFirstCheckpointFailsBeforeItsFirstStep() {
        run.disk().full(true);
        start(3);

        assertThat(completion)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the first checkpoint could not be written: no space left on device");
        assertThat(run.learner().hasBegunAStep()).isFalse();
    }

    @Test
    void pausesAfterNonfiniteStepsInARow() {
        ActorRef<Coordinator.Command> coordinator = start(9);
        run.learner().nextStep().endNonfinite();
        run.learner().nextStep().endNonfinite();
        run.learner().nextStep().endNonfinite();

        eventually(() -> status(coordinator).state() == RunState.PAUSED, "the run pauses by itself");

        assertThat(run.learner().hasBegunAStep()).isFalse();
        assertThat(status(coordinator).stateReason()).startsWith("3 steps in a row had a non-finite loss or gradient");
        assertThat(run.events().of(StateChanged.class))
                .anySatisfy(change -> assertThat(change.why()).startsWith("3 steps in a row"));
        assertThat(resume(coordinator).state()).isEqualTo(RunState.RUNNING);
        assertThat(stop(coordinator, StopMode.NOW)).succeedsWithin(DEADLINE);
        run.endStepsUntil(completion);
        assertThat(completion).succeedsWithin(DEADLINE);
    }

    @Test
    void anEndedRunRefusesEverythingButStatusAndStop() {
        ActorRef<Coordinator.Command> coordinator = start(1);
        run.learner().nextStep().end();
        assertThat(completion).succeedsWithin(DEADLINE);

        List<CompletableFuture<?>> refused = List.of(
                pause(coordinator, PauseMode.NOW),
                ask(Coordinator.Resume::new, coordinator),
                switchDivergence(coordinator, "js"),
                checkpoint(coordinator));

        assertThat(refused)
                .allSatisfy(answer -> assertThat(answer)
                        .failsWithin(DEADLINE)
                        .withThrowableOfType(ExecutionException.class)
                        .withMessageContaining("the run has ended: all steps taken"));
        assertThat(stop(coordinator, StopMode.DRAIN)).succeedsWithin(DEADLINE);
    }

    private ActorRef<Coordinator.Command> start(long steps) {
        RunPlan plan = run.plan(steps);
        return kit.spawn(Coordinator.create(
                plan, new RunStream(plan), new ParametersInForce(plan.parameters()), OpenEngines.of(plan), completion));
    }

    private List<String> changes() {
        return run.events().of(StateChanged.class).stream()
                .map(change -> change.from() + ">" + change.to())
                .toList();
    }

    private static RunStatus status(ActorRef<Coordinator.Command> coordinator) {
        return now(ask(Coordinator.GetStatus::new, coordinator));
    }

    private static RunStatus resume(ActorRef<Coordinator.Command> coordinator) {
        return now(ask(Coordinator.Resume::new, coordinator));
    }

    private static CompletableFuture<RunStatus> pause(ActorRef<Coordinator.Command> coordinator, PauseMode mode) {
        return ask(replyTo -> new Coordinator.Pause(mode, replyTo), coordinator);
    }

    private static CompletableFuture<RunStatus> stop(ActorRef<Coordinator.Command> coordinator, StopMode mode) {
        return ask(replyTo -> new Coordinator.Stop(mode, "", replyTo), coordinator);
    }

    private static CompletableFuture<CheckpointWritten> checkpoint(ActorRef<Coordinator.Command> coordinator) {
        return ask(Coordinator.Checkpoint::new, coordinator);
    }

    private static CompletableFuture<DivergenceSwitched> switchDivergence(
            ActorRef<Coordinator.Command> coordinator, String spec) {
        DivergenceChange change = new DivergenceChange(spec, OptionalDouble.of(0.1));
        return ask(replyTo -> new Coordinator.Steer<>(change, ChangeMode.CARRY_OUT, replyTo), coordinator);
    }

    private static <T> CompletableFuture<T> ask(
            akka.japi.function.Function<ActorRef<StatusReply<T>>, Coordinator.Command> command,
            ActorRef<Coordinator.Command> coordinator) {
        return AskPattern.askWithStatus(coordinator, command, DEADLINE, kit.scheduler())
                .toCompletableFuture();
    }

    private static <T> T now(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw new AssertionError(e);
        }
    }
}
