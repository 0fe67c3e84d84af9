package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.SteeredLearner.Step;
import dev.freshet.model.checkpoint.Rollback;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run that goes back to a checkpoint, but for the mathematics. */
class RollbackTest {
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
    void makesAHigherVersionThatNamesItsParentAndReturnsWhatIsInFlight() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        endSteps(2);
        Step third = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().equals("rolling back to v0"), "the rollback has begun");
        assertThat(answer).isNotDone();

        third.end();

        RolledBack done = answer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).event();
        long returned = run.events().next(GroupsReturned.class).groups();
        assertThat(done)
                .isEqualTo(new RolledBack(
                        new PolicyVersion(3), PolicyVersion.INITIAL, new PolicyVersion(4), 0, "step-0", returned));
        assertThat(run.events().of(RolledBack.class)).containsExactly(done);
        assertThat(run.learner().restored()).singleElement().satisfies(state -> {
            assertThat(state.version()).isEqualTo(new PolicyVersion(4));
            assertThat(state.step()).isZero();
        });
        assertThat(run.disk().versions()).as("written at once").containsExactly(0L, 4L);
        assertThat(run.disk().last().rollbacks())
                .containsExactly(new Rollback(new PolicyVersion(4), PolicyVersion.INITIAL));
        RunStatus status = status(coordinator);
        assertThat(status.state()).isEqualTo(RunState.RUNNING);
        assertThat(status.parent()).contains(PolicyVersion.INITIAL);
        run.endStepsUntil(completion);
        RunFinished finished = completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(finished.version()).isEqualTo(new PolicyVersion(9));
        assertThat(finished.groups().trained()).as("eight steps of two groups").isEqualTo(16);
        assertThat(run.events().of(GroupsReturned.class))
                .extracting(GroupsReturned::why)
                .containsExactly("rolled back to v0", "all steps are taken");
        assertThat(finished.groups().returned())
                .isEqualTo(run.events().of(GroupsReturned.class).stream()
                        .mapToLong(GroupsReturned::groups)
                        .sum());
        assertThat(run.trainedInOrder()).isTrue();
        assertThat(run.events().of(StepTrained.class))
                .as("data goes on")
                .extracting(step -> step.report().firstSequence())
                .doesNotHaveDuplicates();
        assertThat(run.events().of(StepTrained.class))
                .allSatisfy(step -> assertThat(step.report().maxStaleness()).isLessThanOrEqualTo(4));
        assertThat(run.disk().last().step()).isEqualTo(5);
    }

    @Test
    void whatIsSampledAfterItIsFromItsVersionOrLater() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        endSteps(2);
        Step third = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().equals("rolling back to v0"), "the rollback has begun");
        third.end();
        assertThat(answer).succeedsWithin(DEADLINE);

        assertThat(run.learner().nextStep().batch())
                .allMatch(group -> group.group().oldestVersion().equals(new PolicyVersion(4)));
        assertThat(stop(coordinator)).succeedsWithin(DEADLINE);
    }

    @Test
    void aPausedRunStaysPausedAndAdmitsNothing() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step running = run.learner().nextStep();
        CompletableFuture<RunStatus> paused =
                ask(replyTo -> new Coordinator.Pause(PauseMode.NOW, replyTo), coordinator);
        eventually(() -> status(coordinator).stateReason().startsWith("pausing"), "the pause has begun");
        running.end();
        assertThat(paused).succeedsWithin(DEADLINE);

        assertThat(rollback(coordinator, 0)).succeedsWithin(DEADLINE);

        RunStatus status = status(coordinator);
        assertThat(status.state()).isEqualTo(RunState.PAUSED);
        assertThat(status.version()).isEqualTo(new PolicyVersion(2));
        assertThat(status.groups().inFlight()).isZero();
        assertThat(run.learner().hasBegunAStep()).isFalse();
        assertThat(ask(Coordinator.Resume::new, coordinator)).succeedsWithin(DEADLINE);
        run.endStepsUntil(completion);
        assertThat(completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).version())
                .isEqualTo(new PolicyVersion(9));
    }

    @Test
    void theDivergenceOfTheCheckpointIsInForceAgain() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();
        CompletableFuture<DivergenceSwitched> switched = ask(
                replyTo -> new Coordinator.Steer<>(
                        new DivergenceChange("js", OptionalDouble.of(0.2)), ChangeMode.CARRY_OUT, replyTo),
                coordinator);
        awaitForwarded(coordinator);
        first.end();
        assertThat(switched).succeedsWithin(DEADLINE);
        run.learner().nextStep().end();
        Step third = run.learner().nextStep();
        assertThat(third.objective().regularisation().spec()).isEqualTo("js");
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");
        third.end();
        assertThat(answer).succeedsWithin(DEADLINE);

        assertThat(run.learner().nextStep().objective().regularisation().spec()).isEqualTo("none");

        assertThat(run.events().of(DivergenceSwitched.class))
                .last()
                .isEqualTo(new DivergenceSwitched("js", 0.2, "none", 0.1, new PolicyVersion(5), ChangeOrigin.ROLLBACK));
        assertThat(status(coordinator).divergence()).isEqualTo("none");
        assertThat(stop(coordinator)).succeedsWithin(DEADLINE);
    }

    @Test
    void theParametersOfTheCheckpointAreInForceAgain() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();
        CompletableFuture<ParameterChanged> set = ask(
                replyTo -> new Coordinator.Steer<>(
                        new ParameterChange(TestSteering.LEARNING_RATE, "7e-4"), ChangeMode.CARRY_OUT, replyTo),
                coordinator);
        awaitForwarded(coordinator);
        first.end();
        assertThat(set).succeedsWithin(DEADLINE);
        Step second = run.learner().nextStep();
        assertThat(second.settings().learningRate().peak()).isEqualTo(7e-4);
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");
        second.end();
        assertThat(answer).succeedsWithin(DEADLINE);

        assertThat(run.learner().nextStep().settings().learningRate().peak()).isEqualTo(1e-3);
        assertThat(run.events().of(ParameterChanged.class))
                .last()
                .isEqualTo(new ParameterChanged(
                        TestSteering.LEARNING_RATE, "7e-4", "1e-3", new PolicyVersion(4), ChangeOrigin.ROLLBACK));
        assertThat(stop(coordinator)).succeedsWithin(DEADLINE);
    }

    @Test
    void anUnknownVersionIsRefusedAndChangesNothing() {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();

        assertThat(rollback(coordinator, 7))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND))
                .withMessage("there is no checkpoint of v7");

        first.end();
        run.learner().nextStep().end();
        assertThat(run.events().of(RolledBack.class)).isEmpty();
        assertThat(run.events().of(GroupsReturned.class)).isEmpty();
        run.endStepsUntil(completion);
    }

    @Test
    void aRollbackThatWouldMakeTheLastVersionIsRefused() {
        ActorRef<Coordinator.Command> coordinator = start(3);
        endSteps(2);
        Step last = run.learner().nextStep();

        assertThat(rollback(coordinator, 0))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("would make the last of this run's 3 (freshet.train.steps)");

        last.end();
        assertThat(completion).succeedsWithin(DEADLINE);
    }

    @Test
    void aRunThatKeepsItsWeightsAfterAllPausesForThemAsItWouldHave() {
        ActorRef<Coordinator.Command> coordinator = start(4);
        run.learner().nextStep().endNonfinite();
        run.learner().nextStep().endNonfinite();
        Step third = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");

        third.endNonfinite();

        assertThat(answer)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("would make the last of this run's 4 (freshet.train.steps)");
        eventually(() -> status(coordinator).state() == RunState.PAUSED, "the run pauses");
        assertThat(status(coordinator).stateReason()).startsWith("3 steps in a row had a non-finite loss");
        assertThat(stop(coordinator)).succeedsWithin(DEADLINE);
    }

    @Test
    void aRunThatTakesItsLastStepMeanwhileEndsAsIfItHadNotBeenAsked() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(3);
        endSteps(1);
        Step second = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");

        second.end();

        assertThat(answer)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("would make the last");
        run.endStepsUntil(completion);
        assertThat(completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).outcome())
                .isEqualTo("all steps taken");
        assertThat(run.learner().restored()).isEmpty();
    }

    @Test
    void aStopMeanwhileWaitsForItAndEndsTheRunWithACheckpoint() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");
        assertThat(stop(coordinator)).succeedsWithin(DEADLINE);

        first.end();

        assertThat(answer).succeedsWithin(DEADLINE);
        RunFinished finished = completion.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(finished.version()).isEqualTo(new PolicyVersion(2));
        assertThat(finished.outcome()).isEqualTo("ended on command");
        assertThat(finished.groups().inFlight()).isZero();
        assertThat(run.disk().last().version()).isEqualTo(new PolicyVersion(2));
    }

    @Test
    void otherCommandsMeanwhileAreRefusedAndStatusIsTold() {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");

        assertThat(rollback(coordinator, 0))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the run is rolling back to v0: try again when it has");
        assertThat(ask(
                        (ActorRef<StatusReply<RunStatus>> replyTo) -> new Coordinator.Pause(PauseMode.NOW, replyTo),
                        coordinator))
                .failsWithin(DEADLINE);

        first.end();
        assertThat(answer).succeedsWithin(DEADLINE);
        assertThat(stop(coordinator)).succeedsWithin(DEADLINE);
        run.endStepsUntil(completion);
    }

    @Test
    void aFullDiskDoesNotUndoIt() throws Exception {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();
        run.disk().full(true);
        CompletableFuture<RollbackAnswer> answer = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");
        first.end();

        RollbackAnswer done = answer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(done.event().version()).isEqualTo(new PolicyVersion(2));
        assertThat(done.checkpointFailure()).get(STRING).contains("no space left on device");

        assertThat(run.events().next(CheckpointFailed.class).version()).isEqualTo(new PolicyVersion(2));
        run.disk().full(false);
        run.endStepsUntil(completion);
        assertThat(run.disk().last().version()).isEqualTo(new PolicyVersion(9));
    }

    @Test
    void aStepThatFailsMeanwhileFailsTheRun() {
        ActorRef<Coordinator.Command> coordinator = start(9);
        Step first = run.learner().nextStep();
        CompletableFuture<RollbackAnswer> unused = rollback(coordinator, 0);
        eventually(() -> status(coordinator).stateReason().startsWith("rolling"), "the rollback has begun");

        first.fail("no memory");

        assertThat(completion)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the step failed: no memory");
        GroupCounts groups = status(coordinator).groups();
        assertThat(groups.inFlight()).isZero();
    }

    private ActorRef<Coordinator.Command> start(long steps) {
        RunPlan plan = run.plan(steps);
        return kit.spawn(Coordinator.create(
                plan, new RunStream(plan), new ParametersInForce(plan.parameters()), OpenEngines.of(plan), completion));
    }

    private void endSteps(int steps) {
        for (int step = 0; step < steps; step++) {
            run.learner().nextStep().end();
        }
    }

    private static CompletableFuture<RollbackAnswer> rollback(ActorRef<Coordinator.Command> coordinator, long version) {
        return ask(replyTo -> new Coordinator.Rollback(new PolicyVersion(version), replyTo), coordinator);
    }

    private static CompletableFuture<RunStatus> stop(ActorRef<Coordinator.Command> coordinator) {
        return ask(replyTo -> new Coordinator.Stop(StopMode.NOW, "", replyTo), coordinator);
    }

    /** The learner has what was asked before this, so that a step that ends afterwards is followed by it. */
    private static void awaitForwarded(ActorRef<Coordinator.Command> coordinator) {
        status(coordinator);
    }

    private static RunStatus status(ActorRef<Coordinator.Command> coordinator) {
        return ask(Coordinator.GetStatus::new, coordinator).join();
    }

    private static <T> CompletableFuture<T> ask(
            akka.japi.function.Function<ActorRef<StatusReply<T>>, Coordinator.Command> command,
            ActorRef<Coordinator.Command> coordinator) {
        return AskPattern.askWithStatus(coordinator, command, DEADLINE, kit.scheduler())
                .toCompletableFuture();
    }
}
