package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Takes the training steps, one at a time, and looks at changes of what is in force between steps only, so that
 * none falls within one. The {@link PolicyLearner}
 * stays its creator's, who closes it. A failed or overdue step stops this actor, and with it the run: weights after it are
 * not to be trusted. Too many non-finite steps in a row make it pause the stream.
 */
public final class Learner {
    private static final int STASHED_COMMANDS = 100;
    private static final double NANOS_PER_SECOND = 1e9;

    public sealed interface Command {}

    public record Learn(List<ScoredGroup> batch, ActorRef<StatusReply<StepReport>> replyTo) implements Command {
        public Learn {
            batch = List.copyOf(batch);
        }
    }

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

    private record RestoreEnded(Optional<Throwable> failure) implements Command {}

    private enum RestoreOverdue implements Command {
        INSTANCE
    }

    private record StepEnded(StepReport report) implements Command {}

    private record StepFailed(Throwable failure) implements Command {}

    private record SnapshotEnded(ActorRef<StatusReply<Snapshot>> replyTo, StatusReply<Snapshot> answer)
            implements Command {}

    private enum StepOverdue implements Command {
        INSTANCE
    }

    /** A copy of the weights with all that it takes to go on from them. */
    public record Snapshot(LearnerSnapshot copy, TrainingState state, double copySeconds) {}

    /** What the owner is told unasked. */
    public sealed interface Notice {}

    public record Stepped(StepReport report) implements Notice {}

    /** No further step has begun. */
    public record TooManyNonfinite(String why) implements Notice {}

    /**
     * What the learner works with, and for whom.
     *
     * @param holdSteps when it has returned, the stream begins no further step
     */
    record Collaborators(
            PolicyLearner learner,
            boolean hasReference,
            Steering steering,
            ParametersInForce inForce,
            TrainingRecord start,
            RolloutSamples samples,
            Supplier<GroupCounts> counts,
            Runnable holdSteps,
            EventSink events,
            ActorRef<Notice> owner) {}

    /** What a step changes. */
    private record Progress(TrainingRecord trained, int nonfiniteInARow, Optional<TakeSnapshotWhenDue> due) {
        Progress after(StepReport step) {
            int nonfinite = step.skippedMiniBatches() > 0 ? nonfiniteInARow + 1 : 0;
            return new Progress(trained.after(step), nonfinite, due);
        }

        Progress after(Restoration restored) {
            return new Progress(trained.rolledBack(restored.checkpoint().state(), restored.version()), 0, due);
        }

        Progress afterCopy() {
            return new Progress(trained.afterCopy(), nonfiniteInARow, due);
        }

        Progress withFiniteStreak() {
            return new Progress(trained, 0, due);
        }

        Progress withDue(Optional<TakeSnapshotWhenDue> order) {
            return new Progress(trained, nonfiniteInARow, order);
        }
    }

    static Behavior<Command> create(Collaborators with) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                STASHED_COMMANDS,
                stash -> new Learner(with, context, timers, stash)
                        .waiting(new Progress(with.start(), 0, Optional.empty())))));
    }

    private final Collaborators with;
    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final StashBuffer<Command> stash;

    private Learner(
            Collaborators with,
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            StashBuffer<Command> stash) {
        this.with = with;
        this.context = context;
        this.timers = timers;
        this.stash = stash;
    }

    private Behavior<Command> waiting(Progress progress) {
        return Behaviors.receive(Command.class)
                .onMessage(Learn.class, command -> onLearn(progress, command))
                .onMessage(Steer.class, this::onSteer)
                .onMessage(Restore.class, command -> onRestore(progress, command))
                .onMessage(TakeSnapshot.class, command -> onTakeSnapshot(progress, command))
                .onMessage(TakeSnapshotWhenDue.class, command -> onTakeSnapshotWhenDue(progress, command))
                .onMessage(SnapshotEnded.class, this::onSnapshotEnded)
                .build();
    }

    private Behavior<Command> learning(Progress progress, Learn step) {
        return whileBusy()
                .onMessage(StepEnded.class, command -> onStepEnded(progress, step, command))
                .onMessage(StepFailed.class, command -> onStepFailed(step, command))
                .onMessageEquals(StepOverdue.INSTANCE, () -> onStepOverdue(step))
                .onMessage(TakeSnapshotWhenDue.class, command -> learning(progress.withDue(Optional.of(command)), step))
                .onSignal(PostStop.class, signal -> onStopWhileLearning(step))
                .build();
    }

    private Behavior<Command> restoring(Progress progress, Restoration restoration, Restore command) {
        return whileBusy()
                .onMessage(RestoreEnded.class, ended -> onRestoreEnded(progress, restoration, command, ended))
                .onMessageEquals(RestoreOverdue.INSTANCE, this::onRestoreOverdue)
                .onMessage(
                        TakeSnapshotWhenDue.class,
                        order -> restoring(progress.withDue(Optional.of(order)), restoration, command))
                .build();
    }

    /** What waits for the next moment between two steps. */
    private BehaviorBuilder<Command> whileBusy() {
        return Behaviors.receive(Command.class)
                .onMessage(Learn.class, command -> later(command, command.replyTo()))
                .onMessage(Steer.class, this::onSteerWhileLearning)
                .onMessage(TakeSnapshot.class, command -> later(command, command.replyTo()))
                .onMessage(Restore.class, command -> later(command, command.replyTo()))
                .onMessage(SnapshotEnded.class, this::onSnapshotEnded);
    }

    /** Looked at again when the step has ended. */
    private <T> Behavior<Command> later(Command command, ActorRef<StatusReply<T>> replyTo) {
        if (stash.isFull()) {
            replyTo.tell(StatusReply.error(new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "at most " + STASHED_COMMANDS + " commands can wait for the running step: try again after it")));
            return Behaviors.same();
        }
        stash.stash(command);
        return Behaviors.same();
    }

    private Behavior<Command> onLearn(Progress progress, Learn command) {
        RunParameters now = with.inForce().get();
        timers.startSingleTimer(StepOverdue.INSTANCE, now.settings().learnTimeout());
        context.pipeToSelf(
                with.learner().learn(command.batch(), now.objective(), now.step()),
                (report, failure) ->
                        failure == null ? new StepEnded(report) : new StepFailed(Failures.rootCause(failure)));
        return learning(progress, command);
    }

    private Behavior<Command> onStepEnded(Progress progress, Learn step, StepEnded command) {
        timers.cancel(StepOverdue.INSTANCE);
        StepReport report = command.report();
        with.events()
                .accept(with.samples()
                        .of(
                                step.batch(),
                                report.version(),
                                with.inForce().settings().sampledRollouts()));
        with.owner().tell(new Stepped(report));
        Progress next = snapshotIfDue(progress.after(report), report.version());
        if (next.nonfiniteInARow() >= with.inForce().settings().maxNonfiniteSteps()) {
            // From here and not from the owner, so that the pipeline is paused before it hears of this step's end.
            with.holdSteps().run();
            with.owner().tell(new TooManyNonfinite(tooManyNonfinite(next)));
            next = next.withFiniteStreak();
        }
        step.replyTo().tell(StatusReply.success(report));
        return stash.unstashAll(waiting(next));
    }

    private String tooManyNonfinite(Progress progress) {
        return progress.nonfiniteInARow() + " steps in a row had a non-finite loss or gradient"
                + " (freshet.train.max-nonfinite-steps): look at the learning rate and the divergence coefficient";
    }

    private Progress snapshotIfDue(Progress progress, PolicyVersion version) {
        Optional<TakeSnapshotWhenDue> order = progress.due()
                .filter(due -> due.isDueAt(version, with.inForce().settings().checkpointInterval()));
        order.ifPresent(due -> takeSnapshot(progress, due.replyTo()));
        return order.isPresent() ? progress.withDue(Optional.empty()).afterCopy() : progress;
    }

    private Behavior<Command> onStepFailed(Learn step, StepFailed command) {
        return fail(step, "the step failed: " + Failures.describe(command.failure()), command.failure());
    }

    private Behavior<Command> onStepOverdue(Learn step) {
        String why = "the step did not end within " + with.inForce().settings().learnTimeout()
                + " (freshet.actors.learn-timeout)";
        return fail(step, why, new TimeoutException(why));
    }

    private Behavior<Command> onStopWhileLearning(Learn step) {
        step.replyTo().tell(StatusReply.error("the learner stopped"));
        return Behaviors.same();
    }

    private static Behavior<Command> fail(Learn step, String why, Throwable cause) {
        IllegalStateException failure = new IllegalStateException(why, cause);
        step.replyTo().tell(StatusReply.error(failure));
        throw failure;
    }

    private Behavior<Command> onSteer(Steer<?> command) {
        steer(command);
        return Behaviors.same();
    }

    private Behavior<Command> onSteerWhileLearning(Steer<?> command) {
        return later(command, command.replyTo());
    }

    private <E extends PipelineEvent> void steer(Steer<E> command) {
        RunParameters before = with.inForce().get();
        RunParameters after;
        try {
            after = command.change().applyTo(before, with.steering(), with.hasReference());
        } catch (RefusedException refusal) {
            command.replyTo().tell(StatusReply.error(refusal));
            return;
        }
        E changed = command.change().event(before, after, with.learner().version());
        if (command.mode() == ChangeMode.CARRY_OUT) {
            with.inForce().set(after);
            with.events().accept(changed);
        }
        command.replyTo().tell(StatusReply.success(changed));
    }

    private Behavior<Command> onRestore(Progress progress, Restore command) {
        Restoration restoration;
        try {
            restoration = Restoration.of(
                    command.checkpoint(),
                    with.learner().version(),
                    with.inForce().get(),
                    with.steering(),
                    with.hasReference());
        } catch (RefusedException refusal) {
            command.replyTo().tell(StatusReply.error(refusal));
            return Behaviors.same();
        }
        timers.startSingleTimer(
                RestoreOverdue.INSTANCE, with.inForce().settings().learnTimeout());
        context.pipeToSelf(
                with.learner().restore(restoration.learner()),
                (none, failure) -> new RestoreEnded(Optional.ofNullable(failure).map(Failures::rootCause)));
        return restoring(progress, restoration, command);
    }

    private Behavior<Command> onRestoreEnded(
            Progress progress, Restoration restoration, Restore command, RestoreEnded ended) {
        timers.cancel(RestoreOverdue.INSTANCE);
        if (ended.failure().isPresent()) {
            Throwable failure = ended.failure().get();
            if (!(failure instanceof IllegalArgumentException)) {
                throw new IllegalStateException("the rollback failed: " + Failures.describe(failure), failure);
            }
            command.replyTo()
                    .tell(StatusReply.error(new RefusedException(
                            Kind.FAILED_PRECONDITION,
                            "checkpoint " + command.checkpoint().directory() + " refused: "
                                    + Failures.describe(failure))));
            return stash.unstashAll(waiting(progress));
        }
        with.inForce().set(restoration.after());
        RolledBack event = restoration.event(command.returnedGroups());
        with.events().accept(event);
        restoration.changes().forEach(with.events()::accept);
        command.replyTo().tell(StatusReply.success(event));
        return stash.unstashAll(waiting(progress.after(restoration)));
    }

    private Behavior<Command> onRestoreOverdue() {
        throw new IllegalStateException("the rollback did not end within "
                + with.inForce().settings().learnTimeout() + " (freshet.actors.learn-timeout)");
    }

    private Behavior<Command> onTakeSnapshot(Progress progress, TakeSnapshot command) {
        takeSnapshot(progress, command.replyTo());
        return waiting(progress.afterCopy());
    }

    private Behavior<Command> onTakeSnapshotWhenDue(Progress progress, TakeSnapshotWhenDue command) {
        return waiting(snapshotIfDue(
                progress.withDue(Optional.of(command)), with.learner().version()));
    }

    /** The copy is queued before the next step, so that it is of the weights as they are now. */
    private void takeSnapshot(Progress progress, ActorRef<StatusReply<Snapshot>> replyTo) {
        RunParameters inForce = with.inForce().get();
        GroupCounts counts = with.counts().get();
        long asked = System.nanoTime();
        context.pipeToSelf(with.learner().snapshot(), (copy, failure) -> {
            if (failure != null) {
                return new SnapshotEnded(replyTo, StatusReply.error(Failures.rootCause(failure)));
            }
            double seconds = (System.nanoTime() - asked) / NANOS_PER_SECOND;
            TrainingState state = progress.trained().stateOf(copy, inForce, counts);
            return new SnapshotEnded(replyTo, StatusReply.success(new Snapshot(copy, state, seconds)));
        });
    }

    private Behavior<Command> onSnapshotEnded(SnapshotEnded command) {
        command.replyTo().tell(command.answer());
        return Behaviors.same();
    }
}
