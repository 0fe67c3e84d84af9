package dev.freshet.model.objective;

/** What becomes of a group whose rewards are all equal, so that its advantages are zero. */
public enum EqualRewards {
    /** It stays in its batch, where it counts as a group that asks for no change. */
    KEEP,
    /** It is dropped, and another is sampled in its place: DAPO's dynamic sampling. Late in training most groups are of this kind. */
    REFILL;

    static EqualRewards parse(String name) {
        return switch (name) {
            case "keep" -> KEEP;
            case "refill" -> REFILL;
            default ->
                throw new IllegalArgumentException(
                        "equal-rewards must be keep or refill, was \"" + name + "\" (freshet.grpo.equal-rewards)");
        };
    }
}
