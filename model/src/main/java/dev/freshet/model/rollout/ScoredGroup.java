package dev.freshet.model.rollout;

import java.util.List;

/**
 * A group ready to be learnt from.
 *
 * @param reference for each rollout the log-probs of its completion under the frozen reference policy, full distribution at the
 *     sampling temperature; empty when the run has no reference ({@code freshet.reference = off})
 */
public record ScoredGroup(VerifiedGroup verified, List<LogProbs> reference) {
    public ScoredGroup {
        reference = List.copyOf(reference);
        if (!reference.isEmpty()) {
            requireOneEachToken(verified.group().rollouts(), reference);
        }
    }

    public static ScoredGroup withoutReference(VerifiedGroup verified) {
        return new ScoredGroup(verified, List.of());
    }

    public long sequence() {
        return verified.sequence();
    }

    public RolloutGroup group() {
        return verified.group();
    }

    private static void requireOneEachToken(List<Rollout> rollouts, List<LogProbs> reference) {
        if (reference.size() != rollouts.size()) {
            throw new IllegalArgumentException("a group of " + rollouts.size()
                    + " rollouts must have as many sequences of reference log-probs, had " + reference.size());
        }
        for (int i = 0; i < reference.size(); i++) {
            if (reference.get(i).size() != rollouts.get(i).completion().size()) {
                throw new IllegalArgumentException("rollout " + i + " of "
                        + rollouts.get(i).completion().size() + " tokens must have as many reference log-probs, had "
                        + reference.get(i).size());
            }
        }
    }
}
