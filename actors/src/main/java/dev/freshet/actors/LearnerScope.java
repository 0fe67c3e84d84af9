package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import dev.freshet.actors.Learner.Command;
import dev.freshet.actors.Learner.Learn;
import dev.freshet.actors.Learner.LearnExamples;
import dev.freshet.actors.Learner.LearnRound;
import dev.freshet.actors.Learner.Restore;
import dev.freshet.actors.Learner.SnapshotEnded;
import dev.freshet.actors.Learner.Steer;
import dev.freshet.actors.Learner.TakeSnapshot;
import dev.freshet.actors.RefusedException.Kind;

/** What the states of a {@link Learner} share, and how a busy one keeps what has to wait. */
record LearnerScope(
        LearnerCollaborators with,
        ActorContext<Command> context,
        TimerScheduler<Command> timers,
        StashBuffer<Command> stash) {
    static final int STASHED_COMMANDS = 100;

    /** The matches of a state in which the model is busy: what needs it waits for the next moment between two steps. */
    BehaviorBuilder<Command> whileBusy() {
        return Behaviors.receive(Command.class)
                .onMessage(Learn.class, command -> later(command, command.replyTo()))
                .onMessage(LearnExamples.class, command -> later(command, command.replyTo()))
                .onMessage(LearnRound.class, command -> later(command, command.replyTo()))
                .onMessage(Steer.class, this::onSteer)
                .onMessage(TakeSnapshot.class, command -> later(command, command.replyTo()))
                .onMessage(Restore.class, command -> later(command, command.replyTo()))
                .onMessage(SnapshotEnded.class, LearnerSnapshots::onSnapshotEnded);
    }

    private Behavior<Command> onSteer(Steer<?> command) {
        return later(command, command.replyTo());
    }

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
}
