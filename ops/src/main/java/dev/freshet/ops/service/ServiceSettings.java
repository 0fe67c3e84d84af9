package dev.freshet.ops.service;

import com.typesafe.config.Config;
import dev.freshet.actors.ActorSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How a run behaves as a service; {@code service.conf} documents each key.
 *
 * @param progressDeadline without progress for so long, the watchdog is not told any more
 * @param trimInterval time between two times that free native memory is given back; empty: never
 * @param collectInterval time between two times that garbage is collected; empty: when the JVM sees fit
 */
public record ServiceSettings(
        Duration progressDeadline, Optional<Duration> trimInterval, Optional<Duration> collectInterval) {
    private static final String KEY = "freshet.service.progress-deadline";
    private static final String EVALUATION_KEY = "freshet.evaluation.timeout";
    private static final String AUTO = "auto";
    private static final String PATH = "freshet.service.";
    private static final String TRIM = "trim-interval";
    private static final String COLLECT = "collect-interval";
    private static final String NEVER = "off";
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    /** @throws IllegalArgumentException naming the value, the rule and the key */
    public static ServiceSettings from(Config config, ActorSettings actors) {
        return new ServiceSettings(progressDeadline(config, actors), interval(config, TRIM), interval(config, COLLECT));
    }

    private static Optional<Duration> interval(Config config, String name) {
        String text = config.getString(PATH + name);
        if (text.equals(NEVER)) {
            return Optional.empty();
        }
        Duration interval = config.getDuration(PATH + name);
        if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
            throw new IllegalArgumentException(
                    name + " must be off or at least 1 s, was " + text + " (" + PATH + name + ")");
        }
        return Optional.of(interval);
    }

    private static Duration progressDeadline(Config config, ActorSettings actors) {
        Duration evaluation = config.getDuration(EVALUATION_KEY);
        Duration longest = actors.learnTimeout().compareTo(evaluation) > 0 ? actors.learnTimeout() : evaluation;
        if (config.getString(KEY).equals(AUTO)) {
            return longest.multipliedBy(2);
        }
        Duration deadline = config.getDuration(KEY);
        if (deadline.compareTo(longest) < 0) {
            throw new IllegalArgumentException(
                    "progress-deadline must be auto or at least the time that one step or one evaluation may take, "
                            + longest.toSeconds() + " s (freshet.actors.learn-timeout, " + EVALUATION_KEY + "), was "
                            + deadline.toSeconds() + " s (" + KEY + ")");
        }
        return deadline;
    }
}
