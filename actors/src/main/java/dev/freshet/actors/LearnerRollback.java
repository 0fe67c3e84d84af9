package dev.freshet.actors;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.actors.Learner.Command;
import dev.freshet.actors.Learner.Restore;
import dev.freshet.actors.Learner.RestoreEnded;
import dev.freshet.actors.Learner.RestoreOverdue;
import dev.freshet.actors.Learner.TakeSnapshotWhenDue;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.Optional;
import java.util.function.Function;

/**
 * The state of a {@link Learner} that goes back to a checkpoint. Weights that are not this policy's are refused, and it goes on;
 * any other failure stops it, since nobody knows what its weights are then.
 */
final class LearnerRollback {
    private final LearnerScope scope;
    private final LearnerCollaborators with;
    private final Function<LearnerProgress, Behavior<Command>> goOn;

    /** @param goOn the state between two steps, which takes up what has waited */
    LearnerRollback(LearnerScope scope, Function<LearnerProgress, Behavior<Command>> goOn) {
        this.scope = scope;
        this.with = scope.with();
        this.goOn = goOn;
    }

    Behavior<Command> onRestore(LearnerProgress progress, Restore command) {
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
        scope.timers().startSingleTimer(RestoreOverdue.INSTANCE, with.settings().learnTimeout());
        scope.context()
                .pipeToSelf(
                        with.learner().restore(restoration.learner()),
                        (none, failure) ->
                                new RestoreEnded(Optional.ofNullable(failure).map(Failures::rootCause)));
        return restoring(progress, restoration, command);
    }

    private Behavior<Command> restoring(LearnerProgress progress, Restoration restoration, Restore command) {
        return scope.whileBusy()
                .onMessage(RestoreEnded.class, ended -> onRestoreEnded(progress, restoration, command, ended))
                .onMessageEquals(RestoreOverdue.INSTANCE, this::onRestoreOverdue)
                .onMessage(TakeSnapshotWhenDue.class, order -> restoring(progress.withDue(order), restoration, command))
                .build();
    }

    private Behavior<Command> onRestoreEnded(
            LearnerProgress progress, Restoration restoration, Restore command, RestoreEnded ended) {
        scope.timers().cancel(RestoreOverdue.INSTANCE);
        if (ended.failure().isPresent()) {
            refuseOrThrow(command, ended.failure().get());
            return goOn.apply(progress);
        }
        with.inForce().set(restoration.after());
        RolledBack event = restoration.event(command.returnedGroups());
        with.events().accept(event);
        restoration.changes().forEach(with.events()::accept);
        progress.ahead().forEach(change -> with.events().accept(change.takenBack("the run was rolled back since")));
        command.replyTo().tell(StatusReply.success(event));
        return goOn.apply(progress.after(restoration));
    }

    private static void refuseOrThrow(Restore command, Throwable failure) {
        if (!(failure instanceof IllegalArgumentException)) {
            throw new IllegalStateException("the rollback failed: " + Failures.describe(failure), failure);
        }
        String why = "checkpoint " + command.checkpoint().directory() + " refused: " + Failures.describe(failure);
        command.replyTo().tell(StatusReply.error(new RefusedException(Kind.FAILED_PRECONDITION, why)));
    }

    private Behavior<Command> onRestoreOverdue() {
        throw new IllegalStateException("the rollback did not end within "
                + with.settings().learnTimeout() + " (freshet.actors.learn-timeout)");
    }
}
