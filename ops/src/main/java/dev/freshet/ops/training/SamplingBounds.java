package dev.freshet.ops.training;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What callers may have sampled beside training; {@code training.conf} documents each key.
 *
 * @param maxCompletions of one call
 * @param idleTimeout after which the engine of these calls is closed
 */
record SamplingBounds(int maxCompletions, Duration idleTimeout) {
    private static final String PATH = "freshet.sample";

    SamplingBounds {
        if (maxCompletions < 1) {
            throw new IllegalArgumentException(
                    "max-completions must be at least 1, was " + maxCompletions + " (" + PATH + ".max-completions)");
        }
        if (idleTimeout.isNegative()) {
            throw new IllegalArgumentException("idle-timeout must be at least 0, was " + idleTimeout.toMillis()
                    + " ms (" + PATH + ".idle-timeout)");
        }
    }

    static SamplingBounds from(Config config) {
        Config sample = config.getConfig(PATH);
        return new SamplingBounds(sample.getInt("max-completions"), sample.getDuration("idle-timeout"));
    }
}
