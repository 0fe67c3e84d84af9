package dev.freshet.ops.control;

import com.typesafe.config.Config;
import dev.freshet.ops.listen.ListenAddress;
import java.time.Duration;

/**
 * Where and how the control service answers.
 *
 * @param callTimeout the longest that a caller waits for the run's answer
 * @param maxConcurrentCalls commands under way at one time, over all callers; one more is refused
 * @param maxStreams streams open at one time, over all callers; one more is refused
 */
public record ControlSettings(ListenAddress address, Duration callTimeout, int maxConcurrentCalls, int maxStreams) {
    /** Path of these settings in the configuration. */
    public static final String KEY = "freshet.control";

    public ControlSettings {
        if (callTimeout.isZero() || callTimeout.isNegative()) {
            throw new IllegalArgumentException("call-timeout must be longer than 0, was " + callTimeout.toMillis()
                    + " ms (" + KEY + ".call-timeout)");
        }
        requireAtLeastOne("max-concurrent-calls", maxConcurrentCalls);
        requireAtLeastOne("max-streams", maxStreams);
    }

    /** @param root the resolved configuration, {@code freshet} at its top */
    public static ControlSettings from(Config root) {
        return new ControlSettings(
                ListenAddress.from(root, KEY),
                root.getDuration(KEY + ".call-timeout"),
                root.getInt(KEY + ".max-concurrent-calls"),
                root.getInt(KEY + ".max-streams"));
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    name + " must be at least 1, was " + value + " (" + KEY + "." + name + ")");
        }
    }
}
