package dev.freshet.model.learning;

import java.util.Locale;

/**
 * One divergence of the policy that learnt, measured on one batch.
 *
 * @param divergence its spec
 * @param value estimate, a mean over tokens; may be infinite, or not a number where the policy is not
 */
public record DivergenceReading(String divergence, Anchor against, double value) {
    /** What the policy is measured against. */
    public enum Anchor {
        /** The frozen policy that the run began with. */
        REFERENCE,
        /** The policy versions that sampled the batch. */
        BEHAVIOUR;

        /** The value of the metric label {@code against}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
