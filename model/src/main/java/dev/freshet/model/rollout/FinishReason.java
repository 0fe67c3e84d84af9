package dev.freshet.model.rollout;

/** Why a completion ended. */
public enum FinishReason {
    /** The policy sampled a stop token, which is the completion's last token. */
    STOP,
    /** The completion reached its maximum length. */
    LENGTH
}
