package dev.freshet.ops.control;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How much callers may ask for; what is beyond is refused as RESOURCE_EXHAUSTED, and a request that is late as DEADLINE_EXCEEDED.
 *
 * @param maxConnections open at one time; one more is closed
 * @param maxConcurrentCalls commands under way at one time, over all callers
 * @param maxStreams streams open at one time, over all callers
 * @param maxCallsPerConnection commands and streams of one connection at one time; one more waits at the caller
 * @param maxCallsPerSecond calls begun, over all callers; as many at once after a second of rest
 * @param maxMessageBytes of one message to the server
 * @param requestTimeout from a call's beginning until its request has come whole
 */
public record CallBounds(
        int maxConnections,
        int maxConcurrentCalls,
        int maxStreams,
        int maxCallsPerConnection,
        int maxCallsPerSecond,
        int maxMessageBytes,
        Duration requestTimeout) {
    private static final int MOST_CALLS = 1_000_000;
    private static final int SMALLEST_MESSAGE = 1024;
    private static final int LARGEST_MESSAGE = 64 << 20;

    public CallBounds {
        requireAtLeastOne("max-connections", maxConnections);
        requireAtLeastOne("max-concurrent-calls", maxConcurrentCalls);
        requireAtLeastOne("max-streams", maxStreams);
        requireAtLeastOne("max-calls-per-connection", maxCallsPerConnection);
        if (maxCallsPerSecond < 1 || maxCallsPerSecond > MOST_CALLS) {
            throw new IllegalArgumentException("max-calls-per-second must be 1 to " + MOST_CALLS + ", was "
                    + maxCallsPerSecond + " (" + ControlSettings.KEY + ".max-calls-per-second)");
        }
        if (maxMessageBytes < SMALLEST_MESSAGE || maxMessageBytes > LARGEST_MESSAGE) {
            throw new IllegalArgumentException("max-message-size must be 1 KiB to 64 MiB, was " + maxMessageBytes
                    + " bytes (" + ControlSettings.KEY + ".max-message-size)");
        }
        if (requestTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("request-timeout must be at least 1 ms, was " + requestTimeout.toMillis()
                    + " ms (" + ControlSettings.KEY + ".request-timeout)");
        }
    }

    static CallBounds from(Config control) {
        return new CallBounds(
                control.getInt("max-connections"),
                control.getInt("max-concurrent-calls"),
                control.getInt("max-streams"),
                control.getInt("max-calls-per-connection"),
                control.getInt("max-calls-per-second"),
                (int) Math.min(Integer.MAX_VALUE, control.getBytes("max-message-size")),
                control.getDuration("request-timeout"));
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    name + " must be at least 1, was " + value + " (" + ControlSettings.KEY + "." + name + ")");
        }
    }
}
