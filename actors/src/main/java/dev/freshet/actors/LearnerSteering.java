package dev.freshet.actors;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.actors.Learner.Command;
import dev.freshet.actors.Learner.Steer;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.streams.PipelineEvent;

/** Changes what is in force between two steps of a {@link Learner}, whole or not at all. */
final class LearnerSteering {
    private final LearnerCollaborators with;

    LearnerSteering(LearnerCollaborators with) {
        this.with = with;
    }

    Behavior<Command> onSteer(Steer<?> command) {
        steer(command);
        return Behaviors.same();
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
}
