package dev.freshet.model.rollout;

/**
 * What a policy is asked.
 *
 * @param text the prompt as a person reads it
 * @param tokens the prompt as the policy reads it, at least one token
 * @param groundTruth what the verifier compares with, in the verifier's own notation; empty if it needs none
 */
public record Prompt(String text, Tokens tokens, String groundTruth) {
    private static final int SHOWN = 60;

    public Prompt {
        if (tokens.size() == 0) {
            throw new IllegalArgumentException("a prompt must have at least one token, had none: \"" + text + "\"");
        }
    }

    /** Of its text, as much as a message has room for. */
    public String beginning() {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
