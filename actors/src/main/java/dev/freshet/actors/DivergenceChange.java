package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.Regularisation;
import java.util.OptionalDouble;

/** A wish for another divergence, in the words of the user who has it. Without a coefficient, the one in force stays. */
record DivergenceChange(String spec, OptionalDouble coefficient) {
    /**
     * The same objective under the wanted divergence.
     *
     * @throws RefusedException when there is no such divergence or coefficient, or the run cannot compute it
     */
    PolicyObjective applyTo(PolicyObjective objective, boolean hasReference) {
        PolicyObjective changed = changed(objective);
        if (changed.needsReference() && !hasReference) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "divergence " + spec + " needs reference log-probs, and this run has no reference"
                            + " (freshet.reference = off): only a new run can have one");
        }
        return changed;
    }

    private PolicyObjective changed(PolicyObjective objective) {
        double factor = coefficient.orElse(objective.regularisation().coefficient());
        try {
            return objective.withRegularisation(Regularisation.of(spec, factor));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Kind.INVALID_ARGUMENT, Failures.describe(e));
        }
    }
}
