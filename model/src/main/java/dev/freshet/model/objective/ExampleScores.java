package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The learner's forward pass over a micro-batch's completion tokens, at temperature 1.
 *
 * @param logProbs (tokens,) log-prob of each token under the current policy; carries the gradient
 * @param entropy (tokens,) of the current policy's distribution at each token, in nats; no gradient
 * @param distribution (tokens, vocabulary) log-probs of all tokens at each token's state; carries the gradient; null unless
 *     {@link DatasetObjective#needsDistributions}
 */
public record ExampleScores(
        NDArray logProbs, NDArray entropy, @Nullable NDArray distribution) {}
