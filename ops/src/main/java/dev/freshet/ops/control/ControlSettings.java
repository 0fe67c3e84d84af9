package dev.freshet.ops.control;

import com.typesafe.config.Config;
import dev.freshet.ops.listen.Listening;
import java.time.Duration;

/**
 * Where and how the control service answers; {@code control.conf} documents each key.
 *
 * @param callTimeout the longest that a caller waits for the run's answer
 * @param evaluateTimeout the same for Evaluate
 * @param quietLimit how long a part may begin and end nothing, though it works on something, before it is said to hang
 */
public record ControlSettings(
        Listening listening, Duration callTimeout, Duration evaluateTimeout, Duration quietLimit, CallBounds bounds) {
    /** Path of these settings in the configuration. */
    public static final String KEY = "freshet.control";

    static final String CALL_TIMEOUT = KEY + ".call-timeout";
    static final String EVALUATE_TIMEOUT = KEY + ".evaluate-timeout";

    public ControlSettings {
        requirePositive("call-timeout", callTimeout);
        requirePositive("evaluate-timeout", evaluateTimeout);
        requirePositive("quiet-limit", quietLimit);
    }

    /** @param root the resolved configuration, {@code freshet} at its top */
    public static ControlSettings from(Config root) {
        Config control = root.getConfig(KEY);
        return new ControlSettings(
                Listening.from(root, KEY),
                control.getDuration("call-timeout"),
                control.getDuration("evaluate-timeout"),
                control.getDuration("quiet-limit"),
                CallBounds.from(control));
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(
                    name + " must be longer than 0, was " + value.toMillis() + " ms (" + KEY + "." + name + ")");
        }
    }
}
