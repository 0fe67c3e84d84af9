package dev.freshet.model.objective;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What an objective makes of a batch before the first update.
 *
 * @param advantages of each rollout, groups and rollouts in order
 * @param memory for the next step
 * @param divergence sum over the rollouts of an estimate of the active divergence, NaN where that is not finite; empty if the loss tells it
 * @param capped completion tokens of the rollouts whose credit was at its cap
 */
public record Credits(
        List<TokenAdvantages> advantages, ObjectiveMemory memory, OptionalDouble divergence, long capped) {
    public Credits {
        advantages = List.copyOf(advantages);
    }

    /** Of an objective that remembers nothing and caps no credit. */
    static Credits of(List<TokenAdvantages> advantages, ObjectiveMemory memory) {
        return new Credits(advantages, memory, OptionalDouble.empty(), 0);
    }
}
