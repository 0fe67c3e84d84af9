package dev.freshet.model.divergence;

/** What a divergence's value and gradient are estimated from. */
public enum DivergenceEstimator {
    /** From the sampled token alone: {@link DivergenceEstimators#fromBehaviour}. */
    SAMPLED("sampled"),
    /**
     * Over every token of the vocabulary: {@link DivergenceEstimators#overCommonSupport}, exact at each state. The learner
     * holds the reference's weights for it, and runs it on the batch once more.
     */
    FULL_VOCABULARY("full-vocabulary"),
    /**
     * From sequences that the reference sampled before the run, with their log-probs: {@link DivergenceEstimators#fromAnchor}. No
     * reference is in memory for it.
     */
    REHEARSAL("rehearsal");

    private final String spec;

    DivergenceEstimator(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /** @throws IllegalArgumentException naming those that there are if {@code spec} is none of them */
    public static DivergenceEstimator parse(String spec) {
        return switch (spec) {
            case "sampled" -> SAMPLED;
            case "full-vocabulary" -> FULL_VOCABULARY;
            case "rehearsal" -> REHEARSAL;
            default ->
                throw new IllegalArgumentException(
                        "divergence-estimator must be sampled, full-vocabulary or rehearsal, was \"" + spec
                                + "\" (freshet.divergence-estimator)");
        };
    }
}
