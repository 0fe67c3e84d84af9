package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.objective.KnownObjectives;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent;

/**
 * A wish to change what is in force, in the words of the user who has it.
 *
 * @param <E> the event that says that it has been done
 */
interface RunChange<E extends PipelineEvent> {
    /** The longest key, name or value that is looked at, in characters. */
    int LONGEST = 200;

    /**
     * What would be in force then.
     *
     * @throws RefusedException if it cannot be
     */
    RunParameters applyTo(RunParameters now, Steering steering, boolean hasReference);

    /** @param version the newest, which the change follows */
    E event(RunParameters before, RunParameters after, PolicyVersion version);

    static void requireShort(String what, String text) {
        if (text.length() > LONGEST) {
            throw new RefusedException(
                    Kind.INVALID_ARGUMENT,
                    what + " must have at most " + LONGEST + " characters, had " + text.length());
        }
    }

    /**
     * @param before in force now
     * @throws RefusedException if the objective needs what this run lacks
     */
    static Objective requirePrepared(Objective objective, Objective before, boolean hasReference) {
        String feed = KnownObjectives.feedOf(objective);
        if (!feed.equals(KnownObjectives.feedOf(before))) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "objective " + objective.name() + " learns from " + feed + ", and this run has "
                            + KnownObjectives.feedOf(before) + ": only a new run can have the others");
        }
        if (objective.needsReference() && !hasReference) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "divergence " + objective.divergenceInUse()
                            + " needs reference log-probs, and this run has no reference"
                            + " (freshet.reference = off): only a new run can have one");
        }
        return objective;
    }
}
