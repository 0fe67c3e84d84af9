package dev.freshet.model.objective;

import dev.freshet.model.rollout.PolicyVersion;

/**
 * What a learner minimises. Values are immutable and hold no tensors, so that a switch is the exchange of one value for another between
 * two steps.
 */
public sealed interface Objective permits PolicyObjective, DatasetObjective, FDistill {
    /** The name in settings, commands, metrics and events. */
    String name();

    /**
     * The divergence and coefficient in force. What an objective has no use for it keeps for the one that it is switched to;
     * {@link #divergenceInUse} is what steps are told with.
     */
    Regularisation regularisation();

    /**
     * The same objective under another divergence or coefficient.
     *
     * @throws IllegalArgumentException if it has no such form
     */
    Objective withRegularisation(Regularisation regularisation);

    /**
     * {@link #regularisation} for the step after a step.
     *
     * @param version that the step has made
     * @param measured the divergence as the step told it; NaN if it did not
     */
    default Regularisation regularisationAfter(PolicyVersion version, double measured) {
        return regularisation().after(version, measured);
    }

    /** Whether the loss reads reference log-probs. */
    boolean needsReference();

    /** Spec of the divergence that its steps are taken with. */
    default String divergenceInUse() {
        return regularisation().spec();
    }
}
