package dev.freshet.model.divergence;

/** How a divergence's value and gradient are estimated at the states that the behaviour policy sampled. */
public enum DivergenceEstimator {
    /** From the sampled token alone: {@link DivergenceEstimators#fromBehaviour}. */
    SAMPLED("sampled"),
    /**
     * Over every token of the vocabulary: {@link DivergenceEstimators#overCommonSupport}, exact at each state. The learner
     * holds the reference's weights for it, and runs it on the batch once more.
     */
    FULL_VOCABULARY("full-vocabulary");

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
            default ->
                throw new IllegalArgumentException("divergence-estimator must be sampled or full-vocabulary, was \""
                        + spec + "\" (freshet.divergence-estimator)");
        };
    }
}
