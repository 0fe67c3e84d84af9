package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import dev.freshet.actors.Coordinator.Checkpoint;
import dev.freshet.actors.Coordinator.CheckpointOpened;
import dev.freshet.actors.Coordinator.Command;
import dev.freshet.actors.Coordinator.FirstCheckpointEnded;
import dev.freshet.actors.Coordinator.GetStatus;
import dev.freshet.actors.Coordinator.LastCheckpointEnded;
import dev.freshet.actors.Coordinator.LearnerStepped;
import dev.freshet.actors.Coordinator.PartHangs;
import dev.freshet.actors.Coordinator.PartsOverdue;
import dev.freshet.actors.Coordinator.Pause;
import dev.freshet.actors.Coordinator.Resume;
import dev.freshet.actors.Coordinator.Rollback;
import dev.freshet.actors.Coordinator.RollbackSaved;
import dev.freshet.actors.Coordinator.Steer;
import dev.freshet.actors.Coordinator.StepsHeld;
import dev.freshet.actors.Coordinator.Stop;
import dev.freshet.actors.Coordinator.StreamEnded;
import dev.freshet.actors.Coordinator.TooManyNonfinite;
import dev.freshet.actors.Coordinator.WeightsRestored;
import dev.freshet.streams.PipelineEvent.RunFinished;

/**
 * The last states of {@link Coordinator}: the last checkpoint is written, the parts stop and close what is native in them,
 * completion is told, and then the ended run only answers.
 */
final class RunEnding {
    private final RunScope scope;
    private final TimerScheduler<Command> timers;

    RunEnding(RunScope scope, TimerScheduler<Command> timers) {
        this.scope = scope;
        this.timers = timers;
    }

    /** The stream has ended well. */
    Behavior<Command> save(RunProgress progress) {
        String outcome = progress.state() == RunState.DRAINING ? "ended on command" : "all steps taken";
        scope.saveThen(LastCheckpointEnded::new);
        return saving(scope.change(progress, RunState.DRAINING, "writing the last checkpoint"), outcome);
    }

    Behavior<Command> fail(RunProgress progress, String why) {
        scope.stream().abort();
        return stopParts(scope.change(progress, RunState.FAILED, why));
    }

    /** A part has stopped that should not have. */
    Behavior<Command> partStopped(RunProgress progress, Terminated signal) {
        String part = signal.getRef().path().name();
        return signal instanceof ChildFailed failed
                ? fail(progress.because(failed.cause()), part + " failed: " + Failures.describe(failed.cause()))
                : fail(progress, part + " stopped unasked");
    }

    Behavior<Command> close(RunProgress progress, String outcome) {
        return stopParts(scope.change(progress, RunState.DRAINING, outcome));
    }

    private Behavior<Command> stopParts(RunProgress progress) {
        scope.parts().all().forEach(part -> scope.context().stop(part));
        timers.startSingleTimer(PartsOverdue.INSTANCE, scope.plan().settings().commandTimeout());
        return closedOrClosing(progress);
    }

    private Behavior<Command> saving(RunProgress progress, String outcome) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(LastCheckpointEnded.class, command -> onLastCheckpointEnded(progress, outcome, command))
                .onMessage(Stop.class, command -> toldStatus(progress, command.replyTo()))
                .onSignal(Terminated.class, signal -> partStopped(progress, signal));
        return inEveryState(state, progress, "the run is ending");
    }

    /** All parts have been told to stop, and the stream too. */
    private Behavior<Command> closing(RunProgress progress) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessageEquals(PartsOverdue.INSTANCE, () -> onPartsOverdue(progress))
                .onMessage(Stop.class, command -> toldStatus(progress, command.replyTo()))
                .onMessage(StreamEnded.class, command -> closedOrClosing(progress.withStreaming(false)))
                .onSignal(Terminated.class, signal -> closedOrClosing(progress));
        return inEveryState(state, progress, "the run is ending");
    }

    private Behavior<Command> ended(RunProgress progress) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(Stop.class, command -> toldStatus(progress, command.replyTo()))
                .onSignal(Terminated.class, signal -> Behaviors.same());
        return inEveryState(state, progress, "the run has ended: " + progress.reason());
    }

    /** Adds to a state's own matches the answer to every other command, and ignores what comes too late. */
    private Behavior<Command> inEveryState(BehaviorBuilder<Command> state, RunProgress progress, String refusal) {
        return state.onMessage(GetStatus.class, command -> toldStatus(progress, command.replyTo()))
                .onMessage(Pause.class, command -> refused(command.replyTo(), refusal))
                .onMessage(Resume.class, command -> refused(command.replyTo(), refusal))
                .onMessage(Steer.class, command -> onSteer(command, refusal))
                .onMessage(Checkpoint.class, command -> refused(command.replyTo(), refusal))
                .onMessage(Rollback.class, command -> refused(command.replyTo(), refusal))
                .onMessage(
                        CheckpointOpened.class,
                        command -> refused(command.request().replyTo(), refusal))
                .onMessage(WeightsRestored.class, command -> Behaviors.same())
                .onMessage(RollbackSaved.class, command -> Behaviors.same())
                .onMessage(LearnerStepped.class, command -> Behaviors.same())
                .onMessage(TooManyNonfinite.class, command -> Behaviors.same())
                .onMessage(PartHangs.class, command -> Behaviors.same())
                .onMessage(StepsHeld.class, command -> Behaviors.same())
                .onMessage(FirstCheckpointEnded.class, command -> Behaviors.same())
                .onMessage(LastCheckpointEnded.class, command -> Behaviors.same())
                .onMessage(StreamEnded.class, command -> Behaviors.same())
                .build();
    }

    private Behavior<Command> onLastCheckpointEnded(RunProgress progress, String outcome, LastCheckpointEnded command) {
        if (command.failure().isPresent()) {
            return fail(
                    progress,
                    "the last checkpoint could not be written: "
                            + command.failure().get());
        }
        return close(progress, outcome);
    }

    private Behavior<Command> closedOrClosing(RunProgress progress) {
        boolean closed = scope.context().getChildren().isEmpty() && !progress.streaming();
        return closed ? end(progress) : closing(progress);
    }

    private Behavior<Command> onPartsOverdue(RunProgress progress) {
        return end(progress.now(progress.state(), progress.reason() + "; not all parts stopped in time"));
    }

    private Behavior<Command> end(RunProgress progress) {
        timers.cancelAll();
        boolean failed = progress.state() == RunState.FAILED;
        RunProgress last = failed ? progress : scope.change(progress, RunState.STOPPED, progress.reason());
        RunFinished finished = new RunFinished(
                scope.plan().learner().version(),
                failed ? "failed: " + last.reason() : last.reason(),
                scope.stream().counts());
        scope.plan().events().accept(finished);
        if (failed) {
            IllegalStateException failure = new IllegalStateException(last.reason());
            last.cause().ifPresent(failure::initCause);
            scope.completion().completeExceptionally(failure);
        } else {
            scope.completion().complete(finished);
        }
        return ended(last);
    }

    private Behavior<Command> toldStatus(RunProgress progress, ActorRef<StatusReply<RunStatus>> replyTo) {
        scope.tellStatus(progress, replyTo);
        return Behaviors.same();
    }

    private Behavior<Command> onSteer(Steer<?> command, String refusal) {
        return refused(command.replyTo(), refusal);
    }

    private <T> Behavior<Command> refused(ActorRef<StatusReply<T>> replyTo, String why) {
        scope.refuse(replyTo, why);
        return Behaviors.same();
    }
}
