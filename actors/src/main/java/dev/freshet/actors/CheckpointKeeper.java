package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import dev.freshet.actors.Learner.Due;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.checkpoint.WrittenCheckpoint;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import java.util.Optional;

/**
 * Writes checkpoints, on a thread that may block: those it is told to, and one whenever {@code checkpoint.interval} or
 * {@code checkpoint.every} is due. It asks the {@link Learner} for one copy at a time, and for the next only when that is on the
 * disk, so a slow disk makes checkpoints rarer and holds nobody up. A failed write is announced, and the next that is due is tried.
 */
public final class CheckpointKeeper {
    /** Where copies go, and come back from. Blocks. */
    @FunctionalInterface
    public interface Target {
        /** @throws CheckpointException if the disk does not take it */
        WrittenCheckpoint write(LearnerSnapshot copy, TrainingState state);

        /**
         * A checkpoint that was found whole, and that the run can go back to.
         *
         * @throws RefusedException if there is no such checkpoint, it is damaged, or this run cannot use it
         */
        default Checkpoint open(PolicyVersion version) {
            throw new RefusedException(
                    Kind.NOT_FOUND, "there is no checkpoint of " + version + ": this run keeps none");
        }
    }

    public sealed interface Command {}

    /** Writes the state between the running step and the next. */
    public record Save(ActorRef<StatusReply<CheckpointWritten>> replyTo) implements Command {}

    /** Answered when every byte has been verified, or with the refusal. */
    record Open(PolicyVersion version, ActorRef<StatusReply<Checkpoint>> replyTo) implements Command {}

    private record CopyTaken(Save request, Learner.Snapshot snapshot) implements Command {}

    private record CopyFailed(Save request, Throwable failure) implements Command {}

    private record CopyDue(Learner.Snapshot snapshot) implements Command {}

    private record DueCopyFailed(Throwable failure) implements Command {}

    private enum DueByTime implements Command {
        INSTANCE
    }

    /**
     * @param start the version that the run begins from, whose checkpoint is ordered, too
     * @param last the version after which the run ends, whose checkpoint is not due but ordered
     */
    static Behavior<Command> create(
            Target target,
            ActorRef<Learner.Command> learner,
            PolicyVersion start,
            PolicyVersion last,
            ActorSettings settings,
            EventSink events) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            CheckpointKeeper keeper = new CheckpointKeeper(target, learner, last, settings, events, context, timers);
            keeper.orderNextCopy(start);
            return keeper.keeping(start);
        }));
    }

    private final Target target;
    private final ActorRef<Learner.Command> learner;
    private final PolicyVersion last;
    private final ActorSettings settings;
    private final EventSink events;
    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final ActorRef<StatusReply<Learner.Snapshot>> dueCopies;

    @SuppressWarnings("unchecked")
    private CheckpointKeeper(
            Target target,
            ActorRef<Learner.Command> learner,
            PolicyVersion last,
            ActorSettings settings,
            EventSink events,
            ActorContext<Command> context,
            TimerScheduler<Command> timers) {
        this.target = target;
        this.learner = learner;
        this.last = last;
        this.settings = settings;
        this.events = events;
        this.context = context;
        this.timers = timers;
        this.dueCopies = context.messageAdapter(
                (Class<StatusReply<Learner.Snapshot>>) (Class<?>) StatusReply.class, CheckpointKeeper::dueCopy);
    }

    private static Command dueCopy(StatusReply<Learner.Snapshot> answer) {
        return answer.isSuccess() ? new CopyDue(answer.getValue()) : new DueCopyFailed(answer.getError());
    }

    /** @param newest that was written, or tried */
    private Behavior<Command> keeping(PolicyVersion newest) {
        return Behaviors.receive(Command.class)
                .onMessage(Save.class, this::onSave)
                .onMessage(Open.class, this::onOpen)
                .onMessage(CopyTaken.class, this::onCopyTaken)
                .onMessage(CopyFailed.class, this::onCopyFailed)
                .onMessage(CopyDue.class, this::onCopyDue)
                .onMessageEquals(DueByTime.INSTANCE, () -> onDueByTime(newest))
                .onMessage(DueCopyFailed.class, command -> onDueCopyFailed(newest, command))
                .build();
    }

    private Behavior<Command> onSave(Save command) {
        context.askWithStatus(
                Learner.Snapshot.class,
                learner,
                settings.afterStepTimeout(),
                Learner.TakeSnapshot::new,
                (snapshot, failure) ->
                        failure == null ? new CopyTaken(command, snapshot) : new CopyFailed(command, failure));
        return Behaviors.same();
    }

    private Behavior<Command> onOpen(Open command) {
        try {
            command.replyTo().tell(StatusReply.success(target.open(command.version())));
        } catch (RuntimeException refusal) {
            command.replyTo().tell(StatusReply.error(refusal));
        }
        return Behaviors.same();
    }

    private Behavior<Command> onCopyTaken(CopyTaken command) {
        write(command.snapshot(), Optional.of(command.request()));
        return keeping(command.snapshot().state().version());
    }

    private Behavior<Command> onCopyFailed(CopyFailed command) {
        Throwable failure = OverdueException.inWords(
                command.failure(),
                "a copy of the weights, after the running step,",
                settings.afterStepTimeout(),
                ActorSettings.AFTER_STEP_KEYS);
        command.request().replyTo().tell(StatusReply.error(notCopied(failure)));
        return Behaviors.same();
    }

    private static Throwable notCopied(Throwable failure) {
        return failure instanceof RefusedException || failure instanceof OverdueException
                ? failure
                : new IllegalStateException("the weights could not be copied: " + Failures.describe(failure), failure);
    }

    private Behavior<Command> onCopyDue(CopyDue command) {
        write(command.snapshot(), Optional.empty());
        PolicyVersion newest = command.snapshot().state().version();
        orderNextCopy(newest);
        return keeping(newest);
    }

    /** The order is for the next version, whichever it is, or for the newest if that is not written yet. */
    private Behavior<Command> onDueByTime(PolicyVersion newest) {
        learner.tell(new Learner.TakeSnapshotWhenDue(Due.BY_TIME, newest, last, dueCopies));
        return Behaviors.same();
    }

    private Behavior<Command> onDueCopyFailed(PolicyVersion newest, DueCopyFailed command) {
        String why = "the weights could not be copied: " + Failures.describe(command.failure());
        events.accept(new CheckpointFailed(newest, why));
        throw new IllegalStateException("the weights could not be copied", command.failure());
    }

    private void write(Learner.Snapshot snapshot, Optional<Save> request) {
        try (LearnerSnapshot copy = snapshot.copy()) {
            WrittenCheckpoint written = target.write(copy, snapshot.state());
            CheckpointWritten event = new CheckpointWritten(
                    copy.version(),
                    written.path().toString(),
                    written.bytes(),
                    snapshot.copySeconds(),
                    written.seconds());
            events.accept(event);
            request.ifPresent(save -> save.replyTo().tell(StatusReply.success(event)));
        } catch (RuntimeException failure) {
            String why = Failures.describe(failure);
            events.accept(new CheckpointFailed(snapshot.state().version(), why));
            request.ifPresent(save -> save.replyTo().tell(StatusReply.error(notWritten(failure))));
        }
    }

    private static RuntimeException notWritten(RuntimeException failure) {
        return failure instanceof CheckpointException
                ? new RefusedException(
                        Kind.FAILED_PRECONDITION,
                        Failures.describe(failure)
                                + "; a checkpoint needs room on the run's disk, which must take writes:"
                                + " see to that, and try again. The run goes on, and nothing older was deleted")
                : failure;
    }

    private void orderNextCopy(PolicyVersion newest) {
        learner.tell(new Learner.TakeSnapshotWhenDue(Due.BY_NUMBER, newest, last, dueCopies));
        settings.checkpointEvery().ifPresent(every -> timers.startSingleTimer(DueByTime.INSTANCE, every));
    }
}
