package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.rollout.PolicyVersion;

/**
 * When and how all divergences are measured; {@code learning.conf} documents each key under {@code freshet.monitors}.
 *
 * @param interval steps from one measurement to the next, or 0 for none
 * @param tokens most tokens of a step that are measured, at least 1
 * @param logRatioClamp bound on both sides of log ratios, in nats, in (0, 80]
 * @param weightCap bound of the importance weight of stale samples, at least 1
 */
public record MonitorSettings(int interval, int tokens, double logRatioClamp, double weightCap) {
    /** Measures nothing. */
    public static final MonitorSettings OFF = new MonitorSettings(0, 1, 1, 1);

    private static final String PATH = "freshet.monitors";
    private static final double LARGEST_CLAMP = 80;

    public MonitorSettings {
        require(interval >= 0, "interval must be at least 0", interval, "interval");
        require(tokens >= 1, "tokens must be at least 1", tokens, "tokens");
        require(
                logRatioClamp > 0 && logRatioClamp <= LARGEST_CLAMP,
                "log-ratio-clamp must be in (0, 80]",
                logRatioClamp,
                "log-ratio-clamp");
        require(weightCap >= 1, "weight-cap must be at least 1", weightCap, "weight-cap");
    }

    /** Reads {@code freshet.monitors} of a whole configuration. */
    public static MonitorSettings from(Config config) {
        Config monitors = config.getConfig(PATH);
        return new MonitorSettings(
                monitors.getInt("interval"),
                monitors.getInt("tokens"),
                monitors.getDouble("log-ratio-clamp"),
                monitors.getDouble("weight-cap"));
    }

    boolean isDueAt(PolicyVersion version) {
        return interval > 0 && version.number() % interval == 0;
    }

    private static void require(boolean holds, String rule, Number value, String key) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value + " (" + PATH + "." + key + ")");
        }
    }
}
