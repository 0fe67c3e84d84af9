package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.List;

/**
 * What a learner becomes when it goes back to a checkpoint: its weights and optimizer, its place in the learning rate's schedule
 * and what was in force, under a version of their own.
 *
 * @param from the version before
 */
record Restoration(Checkpoint checkpoint, PolicyVersion from, RunParameters before, RunParameters after) {
    /** @throws RefusedException when the run cannot have what was in force in the checkpoint, or lacks the reference for it */
    static Restoration of(
            Checkpoint checkpoint, PolicyVersion from, RunParameters before, Steering steering, boolean hasReference) {
        RunParameters after;
        try {
            after = steering.inForceIn(checkpoint.state(), before);
        } catch (RuntimeException e) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "checkpoint " + checkpoint.directory() + " was written under other parameters: "
                            + Failures.describe(e));
        }
        if (after.objective().needsReference() && !hasReference) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "checkpoint " + checkpoint.directory() + " was written under divergence "
                            + after.objective().regularisation().spec()
                            + ", which needs a reference, and this run has none (freshet.reference = off):"
                            + " only a new run can have one");
        }
        return new Restoration(checkpoint, from, before, after);
    }

    PolicyVersion version() {
        return from.next();
    }

    LearnerState learner() {
        TrainingState state = checkpoint.state();
        return new LearnerState(
                version(), state.step(), state.optimizerSteps(), checkpoint.weights(), checkpoint.optimizer());
    }

    RolledBack event(long returnedGroups) {
        return new RolledBack(
                from,
                checkpoint.state().version(),
                version(),
                checkpoint.state().step(),
                checkpoint.directory().toString(),
                returnedGroups);
    }

    /** What is in force again that was not. */
    List<PipelineEvent> changes() {
        return ChangeEvents.between(before, after, version(), ChangeOrigin.ROLLBACK);
    }
}
