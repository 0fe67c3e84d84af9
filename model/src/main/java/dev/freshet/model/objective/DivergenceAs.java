package dev.freshet.model.objective;

/** Where the divergence from the reference enters. */
public enum DivergenceAs {
    /** As a term of the loss: each token answers for the divergence at its own state. */
    LOSS("loss"),
    /** As a cost taken from the reward: a token answers for the states that it leads to as well ({@link FoldedDivergence}). */
    REWARD("reward");

    private final String spec;

    DivergenceAs(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    static DivergenceAs parse(String spec) {
        return switch (spec) {
            case "loss" -> LOSS;
            case "reward" -> REWARD;
            default ->
                throw new IllegalArgumentException(
                        "divergence-as must be loss or reward, was \"" + spec + "\" (freshet.divergence-as)");
        };
    }
}
