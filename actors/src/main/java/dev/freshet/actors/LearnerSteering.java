package dev.freshet.actors;

import akka.pattern.StatusReply;
import dev.freshet.actors.Learner.Steer;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Changes what is in force between two steps of a {@link Learner}, whole or not at all: on command, and again where a command did
 * so before the process died. A newer command wins over what would come again of an older one.
 */
final class LearnerSteering {
    private final LearnerCollaborators with;

    LearnerSteering(LearnerCollaborators with) {
        this.with = with;
    }

    LearnerProgress onSteer(LearnerProgress progress, Steer<?> command) {
        return steer(progress, command);
    }

    private <E extends PipelineEvent> LearnerProgress steer(LearnerProgress progress, Steer<E> command) {
        RunParameters before = with.inForce().get();
        RunParameters after;
        E changed;
        try {
            after = command.change().applyTo(before, with.steering(), with.hasReference());
            changed = command.change().event(before, after, with.learner().version());
        } catch (RuntimeException refusal) {
            // Also what no rule has foreseen: whatever a caller asks for, the run goes on.
            command.replyTo().tell(StatusReply.error(refusal));
            return progress;
        }
        LearnerProgress next = progress;
        if (command.mode() == ChangeMode.CARRY_OUT) {
            with.inForce().set(after);
            with.events().accept(changed);
            Set<String> keys =
                    ScheduledChange.of(changed).orElseThrow().settings().keySet();
            next = progress.withAhead(without(progress.ahead(), keys, "a newer command has set it otherwise"));
        }
        command.replyTo().tell(StatusReply.success(changed));
        return next;
    }

    /** @param newest version that has just been made, or that the run goes on from */
    LearnerProgress takeUpDue(LearnerProgress progress, PolicyVersion newest) {
        List<ScheduledChange> later = new ArrayList<>();
        for (ScheduledChange change : progress.ahead()) {
            if (change.isDueAt(newest)) {
                takeUp(change, newest);
            } else {
                later.add(change);
            }
        }
        return progress.withAhead(later);
    }

    private void takeUp(ScheduledChange change, PolicyVersion newest) {
        RunParameters before = with.inForce().get();
        try {
            RunParameters after = change.applyTo(before, with.steering(), with.hasReference());
            with.inForce().set(after);
            ChangeEvents.between(before, after, newest, ChangeOrigin.RESUME).forEach(with.events()::accept);
        } catch (RuntimeException impossible) {
            with.events().accept(change.takenBack(Failures.describe(impossible)));
        }
    }

    private List<ScheduledChange> without(List<ScheduledChange> ahead, Set<String> keys, String why) {
        List<ScheduledChange> left = new ArrayList<>();
        for (ScheduledChange change : ahead) {
            change.only(keys).ifPresent(overtaken -> with.events().accept(overtaken.takenBack(why)));
            change.without(keys).ifPresent(left::add);
        }
        return left;
    }
}
