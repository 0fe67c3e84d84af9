package dev.freshet.actors;

import dev.freshet.model.objective.PolicyObjective;

/** The objective that the next step will be taken with. Only {@link Learner} changes it; anyone may look, from any thread. */
final class ObjectiveInForce {
    private volatile PolicyObjective objective;

    ObjectiveInForce(PolicyObjective first) {
        this.objective = first;
    }

    PolicyObjective get() {
        return objective;
    }

    void set(PolicyObjective next) {
        objective = next;
    }
}
