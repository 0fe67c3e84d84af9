package dev.freshet.model.rollout;

/**
 * A prompt that has entered the stream: the one place where a group begins.
 *
 * @param sequence admission number in the run's order of prompts, counted from 0; a resumed run goes on counting, and a group
 *     handed back to the source enters again under the same number
 * @param temperature at which all of the group's tokens are sampled, and at which learner and reference score them; above 0
 */
public record AdmittedPrompt(long sequence, Prompt prompt, double temperature) {
    public AdmittedPrompt {
        if (sequence < 0) {
            throw new IllegalArgumentException("admission number must be at least 0, was " + sequence);
        }
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException(
                    "temperature must be above 0, was " + temperature + " (freshet.generation.temperature)");
        }
    }
}
