package dev.freshet.model.rollout;

/**
 * A prompt that has entered the stream: the one place where a group begins.
 *
 * @param sequence admission number in the run's order of prompts, counted from 0; a resumed run goes on counting, and a group
 *     handed back to the source enters again under the same number
 * @param temperature at which all of the group's tokens are sampled, and at which learner and reference score them; at least
 *     {@value #LOWEST_TEMPERATURE}
 */
public record AdmittedPrompt(long sequence, Prompt prompt, double temperature) {
    /**
     * Divides logits such that all but the largest vanish, while quotients and their logarithms are still finite in single
     * precision.
     */
    public static final double LOWEST_TEMPERATURE = 1e-6;

    public AdmittedPrompt {
        if (sequence < 0) {
            throw new IllegalArgumentException("admission number must be at least 0, was " + sequence);
        }
        requireTemperature(temperature);
    }

    /** @throws IllegalArgumentException if nothing can be sampled at it */
    public static void requireTemperature(double temperature) {
        if (!isTemperature(temperature)) {
            throw new IllegalArgumentException("temperature must be at least " + LOWEST_TEMPERATURE
                    + ", and finite, was " + temperature + " (freshet.generation.temperature)");
        }
    }

    /** Whether something can be sampled at it. */
    public static boolean isTemperature(double value) {
        return value >= LOWEST_TEMPERATURE && !Double.isInfinite(value);
    }
}
