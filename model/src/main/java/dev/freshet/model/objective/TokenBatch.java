package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a micro-batch's completion tokens, packed without padding: every array has the one shape (tokens,) and is a
 * constant to autograd. Valid during one call of {@link PolicyObjective#loss}.
 *
 * @param advantage of the token
 * @param behaviour full-distribution log-prob under the policy version that sampled the token, in the precision that it was
 *     sampled in: a generator's lower precision is part of the ratio of policy over behaviour, as staleness is
 * @param proximal log-prob under the policy that {@link PolicyObjective#proximal} names
 * @param samplingCorrection detached, truncated importance weight for what top-k or top-p changed; 1 without either
 * @param reference full-distribution log-prob under the reference; null when the run has no reference
 * @param weight of the token in the loss, as the aggregation of losses wants it; sums to 1 over a mini-batch for means
 * @param segments which tokens are one rollout's
 */
public record TokenBatch(
        NDArray advantage,
        NDArray behaviour,
        NDArray proximal,
        NDArray samplingCorrection,
        @Nullable NDArray reference,
        NDArray weight,
        Segments segments) {}
