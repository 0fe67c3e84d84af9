package dev.freshet.model.objective;

import java.util.List;

/** What becomes of a group whose rewards are all equal, so that its advantages are zero. */
public enum EqualRewards {
    /** It stays in its batch, where it counts as a group that asks for no change. */
    KEEP("keep"),
    /** It is dropped, and another is sampled in its place: DAPO's dynamic sampling. Late in training most groups are of this kind. */
    REFILL("refill"),
    /** {@link #REFILL}, unless a penalty gives such a group something to teach: then {@link #KEEP}. */
    REFILL_WITHOUT_PENALTY("refill-without-penalty");

    private final String spec;

    EqualRewards(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    static EqualRewards parse(String spec) {
        return Specs.parse("equal-rewards", spec, List.of(values()), EqualRewards::spec);
    }
}
