package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.actors.Coordinator.CheckpointOpened;
import dev.freshet.actors.Coordinator.Command;
import dev.freshet.actors.Coordinator.GetStatus;
import dev.freshet.actors.Coordinator.LearnerStepped;
import dev.freshet.actors.Coordinator.PartHangs;
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
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.streams.Beginning;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.Optional;
import java.util.function.Function;

/**
 * The states of {@link Coordinator} while the run goes back to a checkpoint: the running step ends and the stream hands back what
 * is in flight, the learner takes up the weights, they are written as a checkpoint of their own, so that a killed run goes on from
 * them, and another stream starts. Commands that would change the run meanwhile are refused, but for the one to end it, which
 * waits.
 */
final class RollingBack {
    /**
     * A rollback under way.
     *
     * @param before where the run stood, and will stand again
     * @param returnedBefore groups that had been handed back before
     * @param stop present if the run is to end when this is done
     * @param nonfinite present if the run is to pause, should it stay with the weights that it has
     */
    private record Going(
            RunProgress before,
            Rollback request,
            Checkpoint checkpoint,
            long returnedBefore,
            Optional<RolledBack> done,
            Optional<Stop> stop,
            Optional<TooManyNonfinite> nonfinite) {
        Going now(RunProgress progress) {
            return new Going(progress, request, checkpoint, returnedBefore, done, stop, nonfinite);
        }

        Going stoppedBy(Stop command) {
            return new Going(before, request, checkpoint, returnedBefore, done, Optional.of(command), nonfinite);
        }

        Going doneAs(RolledBack event) {
            return new Going(
                    before.withParent(event.parent()),
                    request,
                    checkpoint,
                    returnedBefore,
                    Optional.of(event),
                    stop,
                    nonfinite);
        }

        Going afterTooManyNonfinite(TooManyNonfinite news) {
            return new Going(before, request, checkpoint, returnedBefore, done, stop, Optional.of(news));
        }

        String reason() {
            return "rolling back to " + request.version();
        }
    }

    private final RunScope scope;
    private final RunEnding ending;
    private final Function<RunProgress, Behavior<Command>> goOn;

    /** @param goOn the state of a run that is as it was, running or paused, with its stream */
    RollingBack(RunScope scope, RunEnding ending, Function<RunProgress, Behavior<Command>> goOn) {
        this.scope = scope;
        this.ending = ending;
        this.goOn = goOn;
    }

    /** The keeper opens the checkpoint, while the run goes on; the answer comes as a message. */
    Behavior<Command> onRollback(Rollback command) {
        scope.context()
                .askWithStatus(
                        Checkpoint.class,
                        scope.parts().keeper(),
                        scope.plan().settings().afterStepTimeout(),
                        replyTo -> new CheckpointKeeper.Open(command.version(), replyTo),
                        (checkpoint, failure) -> new CheckpointOpened(
                                command, Optional.ofNullable(checkpoint), Optional.ofNullable(failure)));
        return Behaviors.same();
    }

    /** @param progress of a run that is running or paused */
    Behavior<Command> onCheckpointOpened(RunProgress progress, CheckpointOpened opened) {
        Rollback request = opened.request();
        if (opened.failure().isPresent()) {
            request.replyTo()
                    .tell(StatusReply.error(overdue(opened.failure().get(), "the checkpoint of " + request.version())));
            return Behaviors.same();
        }
        if (request.version().compareTo(scope.plan().learner().version()) > 0) {
            scope.refuse(
                    request.replyTo(),
                    "a rollback goes back, and " + request.version() + " is ahead of the run, which is at "
                            + scope.plan().learner().version());
            return Behaviors.same();
        }
        if (leavesNoStep()) {
            refuseAsTheLast(request);
            return Behaviors.same();
        }
        scope.stream().abort("rolled back to " + request.version());
        return endingTheStream(new Going(
                progress,
                request,
                opened.checkpoint().orElseThrow(),
                scope.stream().counts().returned(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    }

    private boolean leavesNoStep() {
        return scope.plan().stepsLeft() < 2;
    }

    private void refuseAsTheLast(Rollback request) {
        scope.refuse(
                request.replyTo(),
                "a rollback makes a version of its own, and would make the last of this run's "
                        + scope.plan().totalSteps()
                        + " (freshet.train.steps), from which nothing is learnt: end the run, and resume it with more steps");
    }

    private Behavior<Command> endingTheStream(Going going) {
        BehaviorBuilder<Command> state =
                Behaviors.receive(Command.class).onMessage(StreamEnded.class, command -> onStreamEnded(going, command));
        return inEveryState(state, going, this::endingTheStream);
    }

    private Behavior<Command> restoring(Going going) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(WeightsRestored.class, command -> onWeightsRestored(going, command));
        return inEveryState(state, going, this::restoring);
    }

    private Behavior<Command> saving(Going going) {
        BehaviorBuilder<Command> state = Behaviors.receive(Command.class)
                .onMessage(RollbackSaved.class, command -> onRollbackSaved(going, command));
        return inEveryState(state, going, this::saving);
    }

    /** Adds to a state's own matches what all of them answer alike. */
    private Behavior<Command> inEveryState(
            BehaviorBuilder<Command> state, Going going, Function<Going, Behavior<Command>> same) {
        String refusal = "the run is " + going.reason() + ": try again when it has";
        return state.onMessage(GetStatus.class, command -> onGetStatus(going, command))
                .onMessage(Stop.class, command -> onStop(going, same, command))
                .onMessage(Pause.class, command -> pauseRefused(command, refusal))
                .onMessage(Resume.class, command -> refused(command.replyTo(), refusal))
                .onMessage(Steer.class, command -> onSteer(command, refusal))
                .onMessage(Coordinator.Checkpoint.class, command -> refused(command.replyTo(), refusal))
                .onMessage(Rollback.class, command -> refused(command.replyTo(), refusal))
                .onMessage(
                        CheckpointOpened.class,
                        command -> refused(command.request().replyTo(), refusal))
                .onMessage(LearnerStepped.class, command -> onLearnerStepped(going, same, command))
                // Of the stream that ends.
                .onMessage(StepsHeld.class, command -> Behaviors.same())
                .onMessage(TooManyNonfinite.class, command -> same.apply(going.afterTooManyNonfinite(command)))
                .onMessage(PartHangs.class, command -> ending.fail(going.before(), command.why()))
                .onSignal(Terminated.class, signal -> ending.partStopped(going.before(), signal))
                .build();
    }

    private Behavior<Command> onStreamEnded(Going going, StreamEnded command) {
        RunProgress progress = going.before().withStreaming(false);
        if (command.failure().isPresent()) {
            Throwable failure = command.failure().get();
            return ending.fail(progress.because(failure), Failures.describe(failure));
        }
        scope.parts().tellGenerators(GeneratorPool.GiveUpAll.INSTANCE);
        Going next = going.now(progress);
        if (leavesNoStep()) {
            // The step that was running when the stream was told to end.
            refuseAsTheLast(next.request());
            return goOnOrEnd(next);
        }
        long returned = scope.stream().counts().returned() - going.returnedBefore();
        scope.context()
                .askWithStatus(
                        RolledBack.class,
                        scope.parts().learner(),
                        scope.plan().settings().afterStepTimeout(),
                        replyTo -> new Learner.Restore(going.checkpoint(), returned, replyTo),
                        (event, failure) ->
                                new WeightsRestored(Optional.ofNullable(event), Optional.ofNullable(failure)));
        return restoring(next);
    }

    private Behavior<Command> onWeightsRestored(Going going, WeightsRestored command) {
        if (command.failure().isPresent()) {
            going.request()
                    .replyTo()
                    .tell(StatusReply.error(overdue(
                            command.failure().get(),
                            "the learner's return to " + going.request().version())));
            return goOnOrEnd(going);
        }
        scope.saveThen(RollbackSaved::new);
        return saving(going.doneAs(command.event().orElseThrow()));
    }

    /** A checkpoint that could not be written has been announced; the next one that is due is tried again. */
    private Behavior<Command> onRollbackSaved(Going going, RollbackSaved command) {
        going.request()
                .replyTo()
                .tell(StatusReply.success(new RollbackAnswer(going.done().orElseThrow(), command.failure())));
        return goOnOrEnd(going);
    }

    private Behavior<Command> goOnOrEnd(Going going) {
        if (going.stop().isPresent()) {
            return ending.save(scope.change(going.before(), RunState.DRAINING, "told to end"));
        }
        if (going.done().isEmpty()) {
            going.nonfinite().ifPresent(scope.context().getSelf()::tell);
        }
        boolean paused = going.before().state() == RunState.PAUSED;
        scope.startStream(paused ? Beginning.PAUSED : Beginning.OPEN);
        return goOn.apply(going.before().withStreaming(true));
    }

    private Behavior<Command> onGetStatus(Going going, GetStatus command) {
        tellStatus(going, command.replyTo());
        return Behaviors.same();
    }

    private Behavior<Command> onStop(Going going, Function<Going, Behavior<Command>> same, Stop command) {
        tellStatus(going, command.replyTo());
        return same.apply(going.stoppedBy(command));
    }

    private static Behavior<Command> onLearnerStepped(
            Going going, Function<Going, Behavior<Command>> same, LearnerStepped command) {
        return same.apply(going.now(going.before().after(command.report())));
    }

    private void tellStatus(Going going, ActorRef<StatusReply<RunStatus>> replyTo) {
        RunProgress now = going.before().now(going.before().state(), going.reason());
        scope.tellStatus(now, replyTo);
    }

    private Throwable overdue(Throwable failure, String wanted) {
        return OverdueException.inWords(
                failure, wanted, scope.plan().settings().afterStepTimeout(), ActorSettings.AFTER_STEP_KEYS);
    }

    private Behavior<Command> onSteer(Steer<?> command, String refusal) {
        return refused(command.replyTo(), refusal);
    }

    private Behavior<Command> pauseRefused(Pause command, String why) {
        scope.refusePause(command, why);
        return Behaviors.same();
    }

    private <T> Behavior<Command> refused(ActorRef<StatusReply<T>> replyTo, String why) {
        scope.refuse(replyTo, why);
        return Behaviors.same();
    }
}
