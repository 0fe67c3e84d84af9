package dev.freshet.model.generation;

import com.typesafe.config.Config;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;

/**
 * How completions are sampled.
 *
 * @param temperature that prompts are admitted with when a run begins; at least 1e-6. Each prompt carries its own
 * @param topK tokens that may be sampled, the most likely ones; 0 for all
 * @param topP least total probability of the tokens that may be sampled, in (0, 1]; 1 for all
 * @param maxCompletionLength tokens after which a completion is ended, stop token included
 */
public record SamplingSettings(double temperature, int topK, double topP, int maxCompletionLength) {
    /** {@code freshet.generation.*} */
    public static SamplingSettings from(Config generation) {
        return new SamplingSettings(
                generation.getDouble("temperature"),
                generation.getInt("top-k"),
                generation.getDouble("top-p"),
                generation.getInt("max-completion-length"));
    }

    public SamplingSettings {
        AdmittedPrompt.requireTemperature(temperature);
        if (topK < 0) {
            throw new IllegalArgumentException(
                    "top-k must be at least 0, 0 for all tokens, was " + topK + " (freshet.generation.top-k)");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "top-p must be above 0 and at most 1, was " + topP + " (freshet.generation.top-p)");
        }
        if (maxCompletionLength < 1) {
            throw new IllegalArgumentException("max-completion-length must be at least 1, was " + maxCompletionLength
                    + " (freshet.generation.max-completion-length)");
        }
    }

    /**
     * Requires room for a prompt and a completion of the greatest length.
     *
     * @param maxLength tokens that the model takes
     * @throws PromptTooLongException if there is less
     */
    public void requireRoom(Prompt prompt, int maxLength) {
        int length = prompt.tokens().size();
        if (length + maxCompletionLength > maxLength) {
            throw new PromptTooLongException("a prompt of " + length + " tokens and max-completion-length "
                    + maxCompletionLength + " together must be at most max-length " + maxLength
                    + ": shorten \"" + prompt.beginning() + "\", or lower max-completion-length"
                    + " (freshet.generation.max-completion-length, freshet.model.max-length)");
        }
    }

    /** Whether log-probs under the distribution sampled from differ from the full distribution's. */
    public boolean truncates() {
        return topK > 0 || topP < 1;
    }
}
