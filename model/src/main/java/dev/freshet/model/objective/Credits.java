package dev.freshet.model.objective;

import dev.freshet.model.weights.Proposal;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What an objective makes of a batch before the first update.
 *
 * @param advantages of each rollout, groups and rollouts in order
 * @param memory for the next step
 * @param divergence sum over the rollouts of an estimate of the active divergence, NaN where that is not finite; empty if the loss tells it
 * @param capped completion tokens of the rollouts whose credit was at its cap
 * @param proposal what generators sample from when the batch has been learnt from
 */
public record Credits(
        List<TokenAdvantages> advantages,
        ObjectiveMemory memory,
        OptionalDouble divergence,
        long capped,
        Proposal proposal) {
    public Credits {
        advantages = List.copyOf(advantages);
    }

    /** Of an objective that remembers nothing, caps no credit, and learns from its own samples. */
    static Credits of(List<TokenAdvantages> advantages, ObjectiveMemory memory) {
        return new Credits(advantages, memory, OptionalDouble.empty(), 0, Proposal.NEWEST);
    }
}
