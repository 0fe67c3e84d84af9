package dev.freshet.ops.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one arm measured with one seed.
 *
 * @param seconds that the arm's own runs took, without what it shares with others
 * @param metrics by name; NaN where there was nothing to measure
 */
record ArmResult(String arm, long seed, double seconds, Map<String, Double> metrics) {
    ArmResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    double metric(String name) {
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException("arm " + arm + " has no metric " + name + ", has " + metrics.keySet());
        }
        return value;
    }
}
