package dev.freshet.ops.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * Totals that go on where their source begins anew, as after a rollback, when a pipeline is replaced by another. What the source
 * counted between the last look at it and its end is lost. Thread-safe.
 */
final class LastingTotal {
    private final Map<String, Double> ended = new HashMap<>();
    private final Map<String, Double> newest = new HashMap<>();

    /** The lasting total of a key whose source stands at {@code value} now. */
    synchronized double of(String key, double value) {
        double before = newest.getOrDefault(key, 0.0);
        if (value < before) {
            ended.merge(key, before, Double::sum);
        }
        newest.put(key, value);
        return ended.getOrDefault(key, 0.0) + value;
    }
}
