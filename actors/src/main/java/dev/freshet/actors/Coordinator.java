package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.Beginning;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunFinished;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Leads a run through its life: starting, running, paused, draining, stopped or failed. It spawns and watches the run's parts,
 * owns its stream, and answers every command in every state, by doing it or by a refusal that says why not. A part that
 * stops or hangs, and a stream that fails, fail the run. An ended run still tells its status.
 */
public final class Coordinator {
    public sealed interface Command {}

    public record GetStatus(ActorRef<StatusReply<RunStatus>> replyTo) implements Command {}

    public record Pause(PauseMode mode, ActorRef<StatusReply<RunStatus>> replyTo) implements Command {}

    public record Resume(ActorRef<StatusReply<RunStatus>> replyTo) implements Command {}

    /** Changes what is in force. */
    record Steer<E extends PipelineEvent>(RunChange<E> change, ChangeMode mode, ActorRef<StatusReply<E>> replyTo)
            implements Command {}

    public record Checkpoint(ActorRef<StatusReply<CheckpointWritten>> replyTo) implements Command {}

    public record Rollback(PolicyVersion version, ActorRef<StatusReply<RollbackAnswer>> replyTo) implements Command {}

    /** @param why for the journal, or empty where the command says it all */
    public record Stop(StopMode mode, String why, ActorRef<StatusReply<RunStatus>> replyTo) implements Command {}

    /** The rest is what the run's own parts say. */
    record LearnerStepped(StepReport report) implements Command {}

    record TooManyNonfinite(String why) implements Command {}

    /** A part that cannot be stopped either. */
    record PartHangs(String why) implements Command {}

    /** Since the pause of that number, no step runs any more. */
    record StepsHeld(long pause) implements Command {}

    record FirstCheckpointEnded(Optional<String> failure) implements Command {}

    /** Exactly one of checkpoint and failure is there. */
    record CheckpointOpened(
            Rollback request, Optional<dev.freshet.model.checkpoint.Checkpoint> checkpoint, Optional<Throwable> failure)
            implements Command {}

    /** Exactly one of event and failure is there. */
    record WeightsRestored(Optional<RolledBack> event, Optional<Throwable> failure) implements Command {}

    record RollbackSaved(Optional<String> failure) implements Command {}

    record StreamEnded(Optional<Throwable> failure) implements Command {}

    record LastCheckpointEnded(Optional<String> failure) implements Command {}

    enum PartsOverdue implements Command {
        INSTANCE
    }

    static Behavior<Command> create(
            RunPlan plan,
            RunStream stream,
            ParametersInForce inForce,
            OpenEngines engines,
            CompletableFuture<RunFinished> completion) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            RunParts parts = RunParts.spawn(context, plan, stream, inForce, engines);
            RunScope scope = new RunScope(plan, stream, inForce, completion, parts, context);
            Coordinator coordinator = new Coordinator(scope, new RunEnding(scope, timers));
            scope.saveThen(FirstCheckpointEnded::new);
            return coordinator.starting(RunProgress.starting(plan.start().parent()), Optional.empty());
        }));
    }

    private final RunScope scope;
    private final RunEnding ending;
    private final RollingBack rollingBack;

    private Coordinator(RunScope scope, RunEnding ending) {
        this.scope = scope;
        this.ending = ending;
        this.rollingBack = new RollingBack(scope, ending, this::runningOrPaused);
    }

    /** @param stop present if the run is to end before its first step */
    private Behavior<Command> starting(RunProgress progress, Optional<Stop> stop) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(FirstCheckpointEnded.class, command -> onFirstCheckpointEnded(progress, stop, command))
                .onMessage(Stop.class, command -> onStopBeforeTheStart(progress, command))
                .onMessage(Pause.class, command -> pauseRefused(command, "the run is starting: try again soon"))
                .onMessage(Resume.class, command -> refused(command.replyTo(), "the run is starting, not paused"))
                // What is answered has to outlive the process, and there may be no checkpoint yet to go on from.
                .onMessage(Steer.class, this::onSteerBeforeTheStart);
        return inEveryState(state, progress, changed -> starting(changed, stop));
    }

    private Behavior<Command> running(RunProgress progress) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(Pause.class, command -> onPause(progress, "on command", List.of(), command))
                .onMessage(Resume.class, command -> toldStatus(progress, command.replyTo()))
                .onMessage(Rollback.class, rollingBack::onRollback)
                .onMessage(CheckpointOpened.class, command -> rollingBack.onCheckpointOpened(progress, command))
                .onMessage(Stop.class, command -> onStop(progress, List.of(), command))
                .onMessage(TooManyNonfinite.class, command -> onTooManyNonfinite(progress, List.of(), command));
        return inEveryState(state, progress, this::running);
    }

    /**
     * Nothing is admitted and no step begins, but one may still be running.
     *
     * @param why the reason to show when the run has paused
     * @param waiting the pauses to confirm then
     */
    private Behavior<Command> pausing(RunProgress progress, String why, List<Pause> waiting) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(StepsHeld.class, command -> onStepsHeld(progress, why, waiting, command))
                .onMessage(TooManyNonfinite.class, command -> onTooManyNonfinite(progress, waiting, command))
                .onMessage(Pause.class, command -> onPause(progress, why, waiting, command))
                .onMessage(Resume.class, command -> onResume(progress, waiting, command))
                .onMessage(Stop.class, command -> onStop(progress, waiting, command));
        return inEveryState(state, progress, changed -> pausing(changed, why, waiting));
    }

    private Behavior<Command> paused(RunProgress progress) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(Pause.class, command -> onPauseWhilePaused(progress, command))
                .onMessage(Resume.class, command -> onResume(progress, List.of(), command))
                .onMessage(Rollback.class, rollingBack::onRollback)
                .onMessage(CheckpointOpened.class, command -> rollingBack.onCheckpointOpened(progress, command))
                .onMessage(Stop.class, command -> onStop(progress, List.of(), command));
        return inEveryState(state, progress, this::paused);
    }

    private Behavior<Command> runningOrPaused(RunProgress progress) {
        return progress.state() == RunState.PAUSED ? paused(progress) : running(progress);
    }

    /** The stream admits no more, and ends. */
    private Behavior<Command> draining(RunProgress progress) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(Stop.class, command -> onStop(progress, List.of(), command))
                .onMessage(TooManyNonfinite.class, command -> onTooManyNonfiniteWhileDraining(progress, command));
        return inEveryState(state, progress, this::draining);
    }

    /** Adds to a state's own matches what all states answer alike. */
    private Behavior<Command> inEveryState(
            BehaviorBuilder<Command> state, RunProgress progress, Function<RunProgress, Behavior<Command>> same) {
        return state.onMessage(GetStatus.class, command -> onGetStatus(progress, command))
                .onMessage(Steer.class, this::onSteer)
                .onMessage(Checkpoint.class, this::onCheckpoint)
                .onMessage(Pause.class, command -> pauseRefused(command, "the run is ending"))
                .onMessage(Resume.class, command -> refused(command.replyTo(), "the run is ending"))
                .onMessage(Rollback.class, command -> onRollbackNotNow(progress, command))
                .onMessage(CheckpointOpened.class, command -> onRollbackNotNow(progress, command.request()))
                .onMessage(LearnerStepped.class, command -> onLearnerStepped(progress, same, command))
                // Of a pause that was taken back meanwhile, or that the run's end overtook.
                .onMessage(StepsHeld.class, command -> Behaviors.same())
                .onMessage(TooManyNonfinite.class, command -> Behaviors.same())
                .onMessage(PartHangs.class, command -> onPartHangs(progress, command))
                .onMessage(StreamEnded.class, command -> onStreamEnded(progress.withStreaming(false), command))
                .onSignal(Terminated.class, signal -> onTerminated(progress, signal))
                .build();
    }

    private Behavior<Command> onFirstCheckpointEnded(
            RunProgress progress, Optional<Stop> stop, FirstCheckpointEnded command) {
        if (command.failure().isPresent()) {
            return ending.fail(
                    progress,
                    "the first checkpoint could not be written: "
                            + command.failure().get());
        }
        if (stop.isPresent()) {
            return ending.close(progress, "stopped before the first step");
        }
        scope.startStream(Beginning.OPEN);
        return running(scope.change(progress.withStreaming(true), RunState.RUNNING, "training"));
    }

    private Behavior<Command> onSteerBeforeTheStart(Steer<?> command) {
        return refused(command.replyTo(), "the run is starting: try again soon");
    }

    private Behavior<Command> onStopBeforeTheStart(RunProgress progress, Stop command) {
        scope.tellStatus(progress, command.replyTo());
        return starting(progress, Optional.of(command));
    }

    private Behavior<Command> onPause(RunProgress progress, String why, List<Pause> waiting, Pause command) {
        haltGeneratorsIfNow(command);
        List<Pause> more = new ArrayList<>(waiting);
        more.add(command);
        return startPausing(progress, why, more);
    }

    private Behavior<Command> onTooManyNonfinite(RunProgress progress, List<Pause> waiting, TooManyNonfinite command) {
        return startPausing(progress, command.why(), waiting);
    }

    private Behavior<Command> startPausing(RunProgress progress, String why, List<Pause> waiting) {
        RunProgress next = progress.withNextPause();
        scope.pauseStream(next.pause());
        return pausing(next.now(RunState.RUNNING, "pausing when the running step has ended"), why, waiting);
    }

    private Behavior<Command> onStepsHeld(RunProgress progress, String why, List<Pause> waiting, StepsHeld command) {
        if (command.pause() != progress.pause()) {
            return Behaviors.same();
        }
        RunProgress next = scope.change(progress, RunState.PAUSED, why);
        waiting.forEach(pause -> scope.tellStatus(next, pause.replyTo()));
        return paused(next);
    }

    private Behavior<Command> onPauseWhilePaused(RunProgress progress, Pause command) {
        haltGeneratorsIfNow(command);
        return toldStatus(progress, command.replyTo());
    }

    private void haltGeneratorsIfNow(Pause command) {
        if (command.mode() == PauseMode.NOW) {
            scope.parts().tellGenerators(GeneratorPool.Halt.INSTANCE);
        }
    }

    private Behavior<Command> onResume(RunProgress progress, List<Pause> waiting, Resume command) {
        waiting.forEach(pause -> scope.refuse(pause.replyTo(), "the run was resumed before it had paused"));
        scope.parts().tellGenerators(GeneratorPool.Resume.INSTANCE);
        scope.stream().resume();
        RunProgress next = scope.change(progress, RunState.RUNNING, "training");
        scope.tellStatus(next, command.replyTo());
        return running(next);
    }

    private Behavior<Command> onStop(RunProgress progress, List<Pause> waiting, Stop command) {
        waiting.forEach(pause -> scope.refuse(pause.replyTo(), "the run was told to end before it had paused"));
        RunProgress next = command.mode() == StopMode.NOW ? abort(progress, command.why()) : drain(progress);
        scope.tellStatus(next, command.replyTo());
        return draining(next);
    }

    private RunProgress abort(RunProgress progress, String why) {
        if (why.isEmpty()) {
            scope.stream().abort();
        } else {
            scope.stream().abort(why);
        }
        String reason = why.isEmpty() ? "finishing the running step" : why + "; finishing the running step";
        return scope.tell(progress, RunState.DRAINING, reason);
    }

    private RunProgress drain(RunProgress progress) {
        if (progress.state() == RunState.DRAINING) {
            return progress;
        }
        scope.parts().tellGenerators(GeneratorPool.Resume.INSTANCE);
        scope.stream().drain();
        return scope.change(progress, RunState.DRAINING, "learning from what is in flight");
    }

    /** Whoever told the run to end does not want it to wait, paused, for someone who looks at it. */
    private Behavior<Command> onTooManyNonfiniteWhileDraining(RunProgress progress, TooManyNonfinite command) {
        scope.stream().abort();
        return draining(progress.now(RunState.DRAINING, command.why()));
    }

    private Behavior<Command> onGetStatus(RunProgress progress, GetStatus command) {
        return toldStatus(progress, command.replyTo());
    }

    private static Behavior<Command> onLearnerStepped(
            RunProgress progress, Function<RunProgress, Behavior<Command>> same, LearnerStepped command) {
        return same.apply(progress.after(command.report()));
    }

    /** Forwarded: the learner answers between two steps. */
    private Behavior<Command> onSteer(Steer<?> command) {
        steer(command);
        return Behaviors.same();
    }

    private <E extends PipelineEvent> void steer(Steer<E> command) {
        scope.parts().learner().tell(new Learner.Steer<>(command.change(), command.mode(), command.replyTo()));
    }

    /** Forwarded: the keeper answers when the checkpoint is on the disk. */
    private Behavior<Command> onCheckpoint(Checkpoint command) {
        scope.parts().keeper().tell(new CheckpointKeeper.Save(command.replyTo()));
        return Behaviors.same();
    }

    private Behavior<Command> onRollbackNotNow(RunProgress progress, Rollback command) {
        return refused(
                command.replyTo(),
                "a run can be rolled back while it is running or paused, this one is "
                        + progress.state().label() + " (" + progress.reason() + ")");
    }

    private Behavior<Command> onStreamEnded(RunProgress progress, StreamEnded command) {
        return command.failure()
                .map(failure -> ending.fail(progress.because(failure), Failures.describe(failure)))
                .orElseGet(() -> ending.save(progress));
    }

    private Behavior<Command> onPartHangs(RunProgress progress, PartHangs command) {
        return ending.fail(progress, command.why());
    }

    private Behavior<Command> onTerminated(RunProgress progress, Terminated signal) {
        return ending.partStopped(progress, signal);
    }

    private Behavior<Command> pauseRefused(Pause command, String why) {
        scope.refusePause(command, why);
        return Behaviors.same();
    }

    private Behavior<Command> toldStatus(RunProgress progress, ActorRef<StatusReply<RunStatus>> replyTo) {
        scope.tellStatus(progress, replyTo);
        return Behaviors.same();
    }

    private <T> Behavior<Command> refused(ActorRef<StatusReply<T>> replyTo, String why) {
        scope.refuse(replyTo, why);
        return Behaviors.same();
    }
}
