package dev.freshet.ops.service;

import com.typesafe.config.Config;
import dev.freshet.actors.ActorSettings;
import java.time.Duration;

/**
 * When a service manager is told that a run is alive; the key is documented in {@code service.conf}.
 *
 * @param progressDeadline without progress for so long, the watchdog is not told any more
 */
public record ServiceSettings(Duration progressDeadline) {
    private static final String KEY = "freshet.service.progress-deadline";
    private static final String AUTO = "auto";

    /** @throws IllegalArgumentException naming the value, the rule and the key */
    public static ServiceSettings from(Config config, ActorSettings actors) {
        Duration step = actors.learnTimeout();
        if (config.getString(KEY).equals(AUTO)) {
            return new ServiceSettings(step.multipliedBy(2));
        }
        Duration deadline = config.getDuration(KEY);
        if (deadline.compareTo(step) < 0) {
            throw new IllegalArgumentException(
                    "progress-deadline must be auto or at least the time that one step may take, " + step.toSeconds()
                            + " s (freshet.actors.learn-timeout), was " + deadline.toSeconds() + " s (" + KEY + ")");
        }
        return new ServiceSettings(deadline);
    }
}
