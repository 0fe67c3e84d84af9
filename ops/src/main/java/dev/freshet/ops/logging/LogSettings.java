package dev.freshet.ops.logging;

import com.typesafe.config.Config;
import dev.freshet.ops.run.RunSettings.Rotation;

/**
 * What is logged, how, and how much of it is kept; the keys are documented in {@code log.conf}.
 *
 * @param level of Freshet's own lines, in the file and as far as {@code consoleLevel} lets them through on the console
 * @param consoleLevel from which on lines go to standard error, too
 */
public record LogSettings(LogFormat format, LogLevel level, LogLevel consoleLevel, Rotation files) {
    /** The key of the level, which can be changed while the run goes on. */
    public static final String LEVEL_KEY = "freshet.log.level";

    private static final String KEY = "freshet.log";

    /** @throws IllegalArgumentException naming the value, the rule and the key */
    public static LogSettings from(Config config) {
        return new LogSettings(
                LogFormat.of(config.getString(KEY + ".format"), KEY + ".format"),
                LogLevel.of(config.getString(LEVEL_KEY), LEVEL_KEY),
                LogLevel.of(config.getString(KEY + ".console-level"), KEY + ".console-level"),
                Rotation.from(config, KEY));
    }
}
