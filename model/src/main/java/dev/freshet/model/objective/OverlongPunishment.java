package dev.freshet.model.objective;

/**
 * A punishment for completions that come near the longest, 0 up to {@code longest - share} tokens and falling from there in a line to -1
 * at {@code longest}: Yu et al. 2025, "DAPO" (arXiv 2503.14476), equation 13.
 *
 * @param longest tokens after which a completion is cut off, at least 1
 * @param share of them over which the punishment grows, in (0, 1]
 */
public record OverlongPunishment(int longest, double share) {
    public OverlongPunishment {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("overlong-share must be in (0, 1], or off, was " + share + " ("
                    + RlvrSettings.PATH + ".overlong-share)");
        }
    }

    /** Of a completion of {@code length} tokens, its stop token not counted, in [-1, 0]: added to its reward. */
    double of(int length) {
        double tokens = share * longest;
        return Math.max(-1, Math.min(0, (longest - tokens - length) / tokens));
    }
}
