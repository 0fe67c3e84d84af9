package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.Optional;

/**
 * What a learner becomes when it goes back to a checkpoint: its weights and optimizer, its place in the learning rate's schedule
 * and the divergence that was in force, under a version of their own.
 *
 * @param from the version before
 */
record Restoration(Checkpoint checkpoint, PolicyVersion from, PolicyObjective before, PolicyObjective after) {
    /** @throws RefusedException when the run lacks the reference that the checkpoint's divergence needs */
    static Restoration of(Checkpoint checkpoint, PolicyVersion from, PolicyObjective inForce, boolean hasReference) {
        TrainingState state = checkpoint.state();
        PolicyObjective after =
                inForce.withRegularisation(Regularisation.of(state.divergence(), state.divergenceCoefficient()));
        if (after.needsReference() && !hasReference) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "checkpoint " + checkpoint.directory() + " was written under divergence " + state.divergence()
                            + ", which needs a reference, and this run has none (freshet.reference = off):"
                            + " only a new run can have one");
        }
        return new Restoration(checkpoint, from, inForce, after);
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

    /** Empty if the divergence in force stays. */
    Optional<DivergenceSwitched> divergenceSwitched() {
        Regularisation old = before.regularisation();
        Regularisation now = after.regularisation();
        if (old.spec().equals(now.spec()) && old.coefficient() == now.coefficient()) {
            return Optional.empty();
        }
        return Optional.of(new DivergenceSwitched(
                old.spec(),
                old.coefficient(),
                now.spec(),
                now.coefficient(),
                version().next()));
    }
}
