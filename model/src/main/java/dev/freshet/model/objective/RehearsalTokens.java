package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;

/**
 * What is known of the tokens of a micro-batch of rehearsal sequences, packed without padding: every array has the one shape
 * (tokens,) and is a constant to autograd. Valid during one call of {@link PolicyObjective#rehearsalLoss}.
 *
 * @param anchor full-distribution log-prob under the policy that sampled the token, by the learner's own forward pass
 * @param weight of the token in the loss, as the aggregation of losses wants it over the rehearsal sequences of a mini-batch alone
 */
public record RehearsalTokens(NDArray anchor, NDArray weight) {}
