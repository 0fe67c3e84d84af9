package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;

/**
 * A completion as a verifier reads it.
 *
 * @param text the completion's text, without the stop token that ended it
 * @param finishReason {@code LENGTH} when the policy never stopped by itself
 */
public record Answer(String text, FinishReason finishReason) {}
