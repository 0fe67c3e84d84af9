package dev.freshet.model.learning;

import com.typesafe.config.Config;

/**
 * How a {@link DecoderLogProbScorer} scores; {@code learning.conf} documents each key under {@code freshet.reference-scorer}.
 *
 * @param batchTokens token positions, padding included, that are scored at once, at least 1
 * @param batching which of the groups that wait are scored together
 */
public record ScorerSettings(ComputeSettings compute, int batchTokens, Batching batching) {
    private static final String PATH = "freshet.reference-scorer";

    /** Which of the waiting groups are scored together. */
    public enum Batching {
        /** As many as the budget holds: the last bits of sums then depend on who waits with whom. */
        WAITING_GROUPS,
        /** Each group alone, so that its scores depend on nothing else. */
        GROUP_ALONE
    }

    public ScorerSettings {
        if (batchTokens < 1) {
            throw new IllegalArgumentException(
                    "batch-tokens must be at least 1, was " + batchTokens + " (" + PATH + ".batch-tokens)");
        }
    }

    /** Reads the reference scorer's part of a whole configuration. */
    public static ScorerSettings from(Config config) {
        Config scorer = config.getConfig(PATH);
        return new ScorerSettings(
                ComputeSettings.from(scorer, PATH), scorer.getInt("batch-tokens"), Batching.WAITING_GROUPS);
    }

    /** The same work such that nothing depends on timing. */
    public ScorerSettings deterministic() {
        return new ScorerSettings(compute, batchTokens, Batching.GROUP_ALONE);
    }
}
