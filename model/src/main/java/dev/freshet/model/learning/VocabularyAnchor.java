package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.divergence.DivergenceEstimators;
import dev.freshet.model.divergence.FDivergence;

/**
 * What a policy's distributions are held to at every state.
 *
 * @param reference stays the caller's
 */
record VocabularyAnchor(FDivergence divergence, FrozenDecoder reference) {
    /** (rows,) from log-probs (rows, vocabulary); carries the policy's gradient. */
    NDArray of(NDArray policy, NDArray anchor) {
        return DivergenceEstimators.overCommonSupport(divergence, policy, anchor);
    }
}
