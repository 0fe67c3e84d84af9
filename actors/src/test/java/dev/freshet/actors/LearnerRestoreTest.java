package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.Rollback;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A learner that is told to go back to a checkpoint. */
class LearnerRestoreTest {
    private static final ActorTestKit kit = TestActors.withManualTime();

    private static final TestSteering STEERING = TestSteering.of("freshet.actors.learn-timeout = 1 minute");

    private final ManualTime time = ManualTime.get(kit.system());
    private final RecordedEvents events = new RecordedEvents();
    private final SteeredLearner learner = SteeredLearner.stepsAtOnce();
    private final ParametersInForce inForce = new ParametersInForce(STEERING.parameters());
    private final TestProbe<Learner.Notice> owner = kit.createTestProbe();
    private final TestProbe<StatusReply<StepReport>> steps = kit.createTestProbe();
    private final TestProbe<StatusReply<Learner.Snapshot>> snapshots = kit.createTestProbe();
    private final TestProbe<StatusReply<RolledBack>> rollbacks = kit.createTestProbe();
    private final TestProbe<StatusReply<DivergenceSwitched>> switches = kit.createTestProbe();
    private long nextGroup;

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void aSnapshotMeanwhileIsWholeOfTheNewVersion() {
        ActorRef<Learner.Command> actor = spawn(true);
        step(actor);
        TrainingState first = snapshot(actor).state();
        step(actor);
        step(actor);
        CompletableFuture<Void> restore = learner.holdRestore();
        actor.tell(new Learner.Restore(checkpoint(first), 5, rollbacks.getRef()));

        actor.tell(new Learner.TakeSnapshot(snapshots.getRef()));
        snapshots.expectNoMessage(Duration.ZERO);
        restore.complete(null);

        RolledBack done = rollbacks.receiveMessage().getValue();
        assertThat(done).isEqualTo(new RolledBack(version(3), version(1), version(4), 1, "step-1", 5));
        TrainingState state = snapshots.receiveMessage().getValue().state();
        assertThat(state.version()).isEqualTo(version(4));
        assertThat(state.rollbacks()).containsExactly(new Rollback(version(4), version(1)));
        assertThat(state.step()).isEqualTo(1);
        assertThat(state.cursor()).as("data goes on").isEqualTo(3);
        assertThat(state.scores()).isEqualTo(first.scores()).containsKey(TrainingState.MEAN_REWARD);
    }

    @Test
    void aRollbackToTheBranchOfAnotherStandsOnWhatThatStoodOn() {
        ActorRef<Learner.Command> actor = spawn(true);
        step(actor);
        TrainingState first = snapshot(actor).state();
        step(actor);
        rollBack(actor, first);
        step(actor);
        TrainingState afterTheFirst = snapshot(actor).state();
        step(actor);

        rollBack(actor, afterTheFirst);

        TrainingState state = snapshot(actor).state();
        assertThat(state.rollbacks())
                .containsExactly(new Rollback(version(3), version(1)), new Rollback(version(6), version(4)));
        assertThat(state.step()).isEqualTo(2);
        assertThat(learner.restored())
                .last()
                .satisfies(last -> assertThat(last.step()).isEqualTo(2));
    }

    @Test
    void theDivergenceOfTheCheckpointIsInForceAgain() {
        ActorRef<Learner.Command> actor = spawn(true);
        step(actor);
        TrainingState first = snapshot(actor).state();
        switchToJs(actor);

        rollBack(actor, first);

        assertThat(inForce.get().objective().regularisation().spec()).isEqualTo("none");
        assertThat(events.of(DivergenceSwitched.class))
                .last()
                .isEqualTo(new DivergenceSwitched("js", 0.3, "none", 0.1, version(3), ChangeOrigin.ROLLBACK));
    }

    @Test
    void aDivergenceThatNeedsAReferenceIsRefusedWithoutOne() {
        ActorRef<Learner.Command> withReference = spawn(true);
        switchToJs(withReference);
        TrainingState underJs = snapshot(withReference).state();
        ActorRef<Learner.Command> actor = spawn(false);

        actor.tell(new Learner.Restore(checkpoint(underJs), 0, rollbacks.getRef()));

        RefusedException refusal = (RefusedException) rollbacks.receiveMessage().getError();
        assertThat(refusal.kind()).isEqualTo(Kind.FAILED_PRECONDITION);
        assertThat(refusal).hasMessageContaining("divergence js, which needs a reference");
        assertThat(learner.restored()).isEmpty();
    }

    @Test
    void weightsOfAnotherShapeAreRefusedAndTheNextStepIsTaken() {
        ActorRef<Learner.Command> actor = spawn(true);
        CompletableFuture<Void> restore = learner.holdRestore();
        actor.tell(new Learner.Restore(checkpoint(Samples.begin()), 0, rollbacks.getRef()));
        actor.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), steps.getRef()));

        restore.completeExceptionally(new IllegalArgumentException("tensor lm_head must have 4 rows, had 5"));

        assertThat(rollbacks.receiveMessage().getError())
                .isInstanceOf(RefusedException.class)
                .hasMessage("checkpoint step-0 refused: tensor lm_head must have 4 rows, had 5");
        assertThat(steps.receiveMessage().isSuccess()).isTrue();
        assertThat(events.of(RolledBack.class)).isEmpty();
    }

    @Test
    void anotherFailureStopsTheLearner() {
        ActorRef<Learner.Command> actor = spawn(true);
        CompletableFuture<Void> restore = learner.holdRestore();
        actor.tell(new Learner.Restore(checkpoint(Samples.begin()), 0, rollbacks.getRef()));

        restore.completeExceptionally(new IllegalStateException("CUDA error"));

        owner.expectTerminated(actor);
    }

    @Test
    void oneThatDoesNotEndStopsTheLearner() {
        ActorRef<Learner.Command> actor = spawn(true);
        CompletableFuture<Void> unused = learner.holdRestore();
        actor.tell(new Learner.Restore(checkpoint(Samples.begin()), 0, rollbacks.getRef()));
        TestActors.eventually(learner::isAskedToRestore, "it has begun");

        time.timePasses(Duration.ofMinutes(1));

        owner.expectTerminated(actor);
    }

    private ActorRef<Learner.Command> spawn(boolean hasReference) {
        return kit.spawn(Learner.create(
                Samples.collaborators(learner, hasReference, STEERING, inForce, events, owner.getRef())));
    }

    private void step(ActorRef<Learner.Command> actor) {
        actor.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), steps.getRef()));
        assertThat(steps.receiveMessage().isSuccess()).isTrue();
    }

    private void switchToJs(ActorRef<Learner.Command> actor) {
        actor.tell(new Learner.Steer<>(
                new DivergenceChange("js", OptionalDouble.of(0.3)), ChangeMode.CARRY_OUT, switches.getRef()));
        assertThat(switches.receiveMessage().isSuccess()).isTrue();
    }

    private Learner.Snapshot snapshot(ActorRef<Learner.Command> actor) {
        actor.tell(new Learner.TakeSnapshot(snapshots.getRef()));
        return snapshots.receiveMessage().getValue();
    }

    private void rollBack(ActorRef<Learner.Command> actor, TrainingState to) {
        actor.tell(new Learner.Restore(checkpoint(to), 0, rollbacks.getRef()));
        assertThat(rollbacks.receiveMessage().isSuccess()).isTrue();
    }

    private static Checkpoint checkpoint(TrainingState state) {
        return new Checkpoint(Path.of("step-" + state.version().number()), state, List.of(), List.of());
    }

    private static PolicyVersion version(long number) {
        return new PolicyVersion(number);
    }
}
