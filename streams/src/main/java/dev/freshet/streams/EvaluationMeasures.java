package dev.freshet.streams;

import java.util.Map;

/**
 * What an evaluation says of the answers beside how many of them are correct.
 *
 * @param unverified answers without a verdict, by why: unscorable, threw or overdue; they count as not correct, and not in the
 *     mean reward
 */
public record EvaluationMeasures(Map<String, Integer> unverified) {
    /** Of answers that all have a verdict. */
    public static final EvaluationMeasures NONE = new EvaluationMeasures(Map.of());

    public EvaluationMeasures {
        unverified = Map.copyOf(unverified);
    }
}
