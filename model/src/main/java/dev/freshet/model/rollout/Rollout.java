package dev.freshet.model.rollout;

/**
 * One sampled completion and what is known of its sampling; all components run along the completion's tokens.
 *
 * @param completion the sampled tokens, the stop token included, at least one
 * @param behaviour log-probs under the full distribution at the sampling temperature: what ratios and divergences use
 * @param sampled log-probs under the distribution actually sampled from, after top-k and top-p; equal to {@code behaviour}
 *     when neither truncates
 * @param versions the policy version that sampled each token
 */
public record Rollout(
        Tokens completion, FinishReason finishReason, LogProbs behaviour, LogProbs sampled, TokenVersions versions) {
    public Rollout {
        int tokens = completion.size();
        if (tokens == 0 || behaviour.size() != tokens || sampled.size() != tokens || versions.size() != tokens) {
            throw new IllegalArgumentException("a rollout's parts must have one entry a token, at least one; had "
                    + tokens + " tokens, " + behaviour.size() + " behaviour and " + sampled.size()
                    + " sampled log-probs, " + versions.size() + " versions");
        }
    }
}
