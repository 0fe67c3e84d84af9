package dev.freshet.model.rollout;

import java.util.List;

/**
 * A group whose every rollout has a reward.
 *
 * @param rewards one finite reward a rollout, in the rollouts' order
 */
public record VerifiedGroup(RolloutGroup group, List<Double> rewards) {
    public VerifiedGroup {
        rewards = List.copyOf(rewards);
        if (rewards.size() != group.rollouts().size()) {
            throw new IllegalArgumentException("a group of " + group.rollouts().size()
                    + " rollouts must have as many rewards, had " + rewards.size());
        }
        for (double reward : rewards) {
            if (!Double.isFinite(reward)) {
                throw new IllegalArgumentException("a reward must be finite, was " + reward);
            }
        }
    }

    public long sequence() {
        return group.sequence();
    }

    /** Whether the rewards differ, so that a group-relative advantage is not zero everywhere. */
    public boolean hasRewardVariance() {
        return rewards.stream().distinct().count() > 1;
    }

    public double meanReward() {
        return rewards.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
