package dev.freshet.ops.logging;

import ch.qos.logback.classic.Level;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** From what weight on a line is written. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /**
     * @param key of the setting, for the refusal
     * @throws IllegalArgumentException naming the value, the rule and the key
     */
    public static LogLevel of(String name, String key) {
        return Arrays.stream(values())
                .filter(level -> level.label().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the level of a log must be one of "
                        + Arrays.stream(values()).map(LogLevel::label).collect(Collectors.joining(", ")) + ", was \""
                        + name
                        + "\" (" + key + ")"));
    }

    /** As settings write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Level logback() {
        return Level.valueOf(name());
    }
}
