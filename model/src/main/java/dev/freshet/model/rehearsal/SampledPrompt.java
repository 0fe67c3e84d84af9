package dev.freshet.model.rehearsal;

import dev.freshet.model.rollout.Prompt;

/**
 * A training prompt, and how often the policy was right at it.
 *
 * @param correct completions with a reward of at least 1
 */
public record SampledPrompt(Prompt prompt, int correct) {
    public SampledPrompt {
        if (correct < 0) {
            throw new IllegalArgumentException("right completions must be at least 0, were " + correct);
        }
    }
}
