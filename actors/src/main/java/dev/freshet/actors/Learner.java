package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Takes the training steps, one at a time. Between two of them, and never within one, it is steered ({@link LearnerSteering}),
 * copied ({@link LearnerSnapshots}) and taken back to a checkpoint ({@link LearnerRollback}). A failed or overdue step stops this
 * actor, and with it the run: weights after it are not to be trusted. Too many non-finite steps in a row make it pause the stream.
 */
public final class Learner {
    public sealed interface Command {}

    public record Learn(LearningBatch batch, ActorRef<StatusReply<StepReport>> replyTo) implements Command {}

    /** The same, of a run that learns from a dataset. */
    public record LearnExamples(DatasetBatch batch, ActorRef<StatusReply<StepReport>> replyTo) implements Command {}

    /** The same, of a run that distils a student. */
    public record LearnRound(long round, ActorRef<StatusReply<StepReport>> replyTo) implements Command {}

    /** Takes effect with the next step; the answer names the version which that will make. */
    record Steer<E extends PipelineEvent>(RunChange<E> change, ChangeMode mode, ActorRef<StatusReply<E>> replyTo)
            implements Command {}

    public enum Due {
        /** A multiple of the {@code checkpoint.interval} in force; none where that is 0. */
        BY_NUMBER,
        /** Whichever comes next. */
        BY_TIME
    }

    /** Answered between two steps; who receives the copy closes it. */
    public record TakeSnapshot(ActorRef<StatusReply<Snapshot>> replyTo) implements Command {}

    /**
     * One answer, at the next version above {@code above} that is due, but for the {@code last}, of which a checkpoint is written
     * anyway; at once if that is the newest. A later order replaces an earlier one.
     */
    public record TakeSnapshotWhenDue(
            Due due, PolicyVersion above, PolicyVersion last, ActorRef<StatusReply<Snapshot>> replyTo)
            implements Command {
        /** @param interval that is in force */
        boolean isDueAt(PolicyVersion version, int interval) {
            boolean itsTurn = due == Due.BY_TIME || (interval > 0 && version.number() % interval == 0);
            return itsTurn && version.compareTo(above) > 0 && !version.equals(last);
        }
    }

    /**
     * Goes back to a checkpoint, as a new version. Refused, and nothing changed, when the checkpoint is not of this policy.
     *
     * @param returnedGroups that were in flight, for the event
     */
    record Restore(Checkpoint checkpoint, long returnedGroups, ActorRef<StatusReply<RolledBack>> replyTo)
            implements Command {}

    record RestoreEnded(Optional<Throwable> failure) implements Command {}

    enum RestoreOverdue implements Command {
        INSTANCE
    }

    private record StepEnded(StepReport report) implements Command {}

    private record StepFailed(Throwable failure) implements Command {}

    record SnapshotEnded(ActorRef<StatusReply<Snapshot>> replyTo, StatusReply<Snapshot> answer) implements Command {}

    private enum StepOverdue implements Command {
        INSTANCE
    }

    /** A copy of the weights with all that it takes to go on from them. */
    public record Snapshot(LearnerSnapshot copy, TrainingState state, double copySeconds) {}

    /**
     * The running step.
     *
     * @param groups that it learns from; none of a dataset or a distillation
     */
    private record Step(List<ScoredGroup> groups, ActorRef<StatusReply<StepReport>> replyTo) {}

    /** What the owner is told unasked. */
    public sealed interface Notice {}

    public record Stepped(StepReport report) implements Notice {}

    /** No further step has begun. */
    public record TooManyNonfinite(String why) implements Notice {}

    static Behavior<Command> create(LearnerCollaborators with) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                LearnerScope.STASHED_COMMANDS,
                stash -> new Learner(new LearnerScope(with, context, timers, stash))
                        .waiting(LearnerProgress.from(with.start(), with.ahead())))));
    }

    private final LearnerScope scope;
    private final LearnerCollaborators with;
    private final LearnerSteering steering;
    private final LearnerSnapshots snapshots;
    private final LearnerRollback rollback;

    private Learner(LearnerScope scope) {
        this.scope = scope;
        this.with = scope.with();
        this.steering = new LearnerSteering(with);
        this.snapshots = new LearnerSnapshots(with, scope.context());
        this.rollback = new LearnerRollback(scope, this::goOn);
    }

    /** Between two steps. */
    private Behavior<Command> waiting(LearnerProgress progress) {
        return Behaviors.receive(Command.class)
                .onMessage(Learn.class, command -> onLearn(progress, command))
                .onMessage(LearnExamples.class, command -> onLearnExamples(progress, command))
                .onMessage(LearnRound.class, command -> onLearnRound(progress, command))
                .onMessage(Steer.class, command -> waiting(steering.onSteer(progress, command)))
                .onMessage(Restore.class, command -> rollback.onRestore(progress, command))
                .onMessage(TakeSnapshot.class, command -> waiting(snapshots.onTakeSnapshot(progress, command)))
                .onMessage(
                        TakeSnapshotWhenDue.class,
                        command -> waiting(snapshots.onTakeSnapshotWhenDue(progress, command)))
                .onMessage(SnapshotEnded.class, LearnerSnapshots::onSnapshotEnded)
                .build();
    }

    private Behavior<Command> learning(LearnerProgress progress, Step step) {
        return scope.whileBusy()
                .onMessage(StepEnded.class, command -> onStepEnded(progress, step, command))
                .onMessage(StepFailed.class, command -> onStepFailed(step, command))
                .onMessageEquals(StepOverdue.INSTANCE, () -> onStepOverdue(step))
                .onMessage(TakeSnapshotWhenDue.class, command -> learning(progress.withDue(command), step))
                .onSignal(PostStop.class, signal -> onStopWhileLearning(step))
                .build();
    }

    /** Takes up what has waited. */
    private Behavior<Command> goOn(LearnerProgress progress) {
        return scope.stash().unstashAll(waiting(progress));
    }

    private Behavior<Command> onLearn(LearnerProgress progress, Learn command) {
        RunParameters now = with.inForce().get();
        return begun(
                progress,
                new Step(command.batch().groups(), command.replyTo()),
                with.learner().learn(command.batch(), now.policyObjective(), now.step()));
    }

    private Behavior<Command> onLearnExamples(LearnerProgress progress, LearnExamples command) {
        RunParameters now = with.inForce().get();
        return begun(
                progress,
                new Step(List.of(), command.replyTo()),
                with.learner().learn(command.batch(), now.datasetObjective(), now.step()));
    }

    private Behavior<Command> onLearnRound(LearnerProgress progress, LearnRound command) {
        RunParameters now = with.inForce().get();
        return begun(
                progress,
                new Step(List.of(), command.replyTo()),
                with.learner().distil(command.round(), now.distillation(), now.step()));
    }

    private Behavior<Command> begun(LearnerProgress progress, Step step, CompletionStage<StepReport> running) {
        scope.timers().startSingleTimer(StepOverdue.INSTANCE, with.settings().learnTimeout());
        scope.context()
                .pipeToSelf(
                        running,
                        (report, failure) ->
                                failure == null ? new StepEnded(report) : new StepFailed(Failures.rootCause(failure)));
        return learning(progress, step);
    }

    private Behavior<Command> onStepEnded(LearnerProgress progress, Step step, StepEnded command) {
        scope.timers().cancel(StepOverdue.INSTANCE);
        StepReport report = command.report();
        int wanted = with.settings().sampledRollouts();
        with.samples().ifPresent(of -> with.events().accept(of.of(step.groups(), report.version(), wanted)));
        with.inForce().set(with.inForce().get().after(report));
        with.owner().tell(new Stepped(report));
        LearnerProgress steered = steering.takeUpDue(progress.after(report), report.version());
        LearnerProgress next = snapshots.takeIfDue(steered, report.version());
        if (next.nonfiniteInARow() >= with.settings().maxNonfiniteSteps()) {
            // From here and not from the owner, so that the pipeline is paused before it hears of this step's end.
            with.holdSteps().run();
            with.owner().tell(new TooManyNonfinite(tooManyNonfinite(next)));
            next = next.withFiniteStreak();
        }
        step.replyTo().tell(StatusReply.success(report));
        return goOn(next);
    }

    private String tooManyNonfinite(LearnerProgress progress) {
        return progress.nonfiniteInARow() + " steps in a row had a non-finite loss or gradient"
                + " (freshet.train.max-nonfinite-steps): look at the learning rate, the divergence"
                + " coefficient and the temperature";
    }

    private Behavior<Command> onStepFailed(Step step, StepFailed command) {
        return fail(step, "the step failed: " + Failures.describe(command.failure()), command.failure());
    }

    private Behavior<Command> onStepOverdue(Step step) {
        String why =
                "the step did not end within " + with.settings().learnTimeout() + " (freshet.actors.learn-timeout)";
        return fail(step, why, new TimeoutException(why));
    }

    private Behavior<Command> onStopWhileLearning(Step step) {
        step.replyTo().tell(StatusReply.error("the learner stopped"));
        return Behaviors.same();
    }

    private static Behavior<Command> fail(Step step, String why, Throwable cause) {
        IllegalStateException failure = new IllegalStateException(why, cause);
        step.replyTo().tell(StatusReply.error(failure));
        throw failure;
    }
}
