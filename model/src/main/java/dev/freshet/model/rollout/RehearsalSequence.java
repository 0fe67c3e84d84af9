package dev.freshet.model.rollout;

/**
 * A completion that the reference policy sampled before a run, with what the reference thinks of it: enough to hold a policy to that
 * reference without having it in memory.
 *
 * @param completion at least one token
 * @param anchor full-distribution log-probs of the completion under the reference at {@code temperature}, none above 0 but for
 *     rounding
 * @param temperature at which it was sampled, and at which the learner scores it
 */
public record RehearsalSequence(Tokens prompt, Tokens completion, LogProbs anchor, double temperature) {
    private static final float ROUNDING = 1e-3f;

    public RehearsalSequence {
        if (prompt.size() == 0 || completion.size() == 0 || anchor.size() != completion.size()) {
            throw new IllegalArgumentException(
                    "a rehearsal sequence must have at least one token of prompt and completion,"
                            + " and one log-prob a token of the completion; had " + prompt.size() + ", "
                            + completion.size()
                            + " and " + anchor.size() + " log-probs");
        }
        for (int token = 0; token < anchor.size(); token++) {
            if (!(anchor.get(token) <= ROUNDING) || Float.isInfinite(anchor.get(token))) {
                throw new IllegalArgumentException(
                        "a log-prob of a rehearsal sequence must be finite and at most 0, was " + anchor.get(token)
                                + " at token " + token);
            }
        }
        AdmittedPrompt.requireTemperature(temperature);
    }
}
