package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The learner's forward pass over a micro-batch's completion tokens, at the sampling temperature.
 *
 * @param logProbs (tokens,) log-prob of each token under the current policy; carries the gradient
 * @param entropy (tokens,) of the current policy's distribution at each token, in nats; no gradient
 * @param divergence (tokens,) from the reference, summed over the vocabulary at each token's state; carries the gradient; null unless
 *     {@link PolicyObjective#exactDivergence} asks for one
 */
public record TokenScores(
        NDArray logProbs, NDArray entropy, @Nullable NDArray divergence) {}
