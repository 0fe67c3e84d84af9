package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.FDivergence;

/**
 * What a policy's distributions are held to at every state.
 *
 * @param reference stays the caller's
 */
record VocabularyAnchor(FDivergence divergence, FrozenDecoder reference) implements VocabularyTerm {
    @Override
    public OfBatch of(PackedSequences batch) {
        NDArray hidden = reference.hidden(batch); // (picks, width)
        return (range, policy) -> {
            NDManager owner = policy.getManager();
            NDArray anchor = reference.headRows(
                    range.ofPicks(hidden, owner),
                    range.ofTokens(batch.targets(), owner),
                    range.ofTemperature(batch.temperature(), owner));
            return DivergenceEstimators.overCommonSupport(divergence, policy, anchor);
        };
    }
}
