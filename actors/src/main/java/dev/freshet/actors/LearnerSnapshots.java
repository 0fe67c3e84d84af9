package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.actors.Learner.Command;
import dev.freshet.actors.Learner.Snapshot;
import dev.freshet.actors.Learner.SnapshotEnded;
import dev.freshet.actors.Learner.TakeSnapshot;
import dev.freshet.actors.Learner.TakeSnapshotWhenDue;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import java.util.Optional;

/** Takes copies of a {@link Learner}'s weights between two steps: for who asks at once, and at the next version that is due. */
final class LearnerSnapshots {
    private static final double NANOS_PER_SECOND = 1e9;

    private final LearnerCollaborators with;
    private final ActorContext<Command> context;

    LearnerSnapshots(LearnerCollaborators with, ActorContext<Command> context) {
        this.with = with;
        this.context = context;
    }

    LearnerProgress onTakeSnapshot(LearnerProgress progress, TakeSnapshot command) {
        take(progress, command.replyTo());
        return progress.afterCopy();
    }

    LearnerProgress onTakeSnapshotWhenDue(LearnerProgress progress, TakeSnapshotWhenDue command) {
        return takeIfDue(progress.withDue(command), with.learner().version());
    }

    static Behavior<Command> onSnapshotEnded(SnapshotEnded command) {
        command.replyTo().tell(command.answer());
        return Behaviors.same();
    }

    /** @param version that is newest now */
    LearnerProgress takeIfDue(LearnerProgress progress, PolicyVersion version) {
        Optional<TakeSnapshotWhenDue> order = progress.due()
                .filter(due -> due.isDueAt(version, with.settings().checkpointInterval()));
        order.ifPresent(due -> take(progress, due.replyTo()));
        return order.isPresent() ? progress.withNoneDue().afterCopy() : progress;
    }

    /** The copy is queued before the next step, so that it is of the weights as they are now. */
    private void take(LearnerProgress progress, ActorRef<StatusReply<Snapshot>> replyTo) {
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
}
