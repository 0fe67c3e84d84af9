package dev.freshet.ops.logging;

import java.util.Locale;

/** How a line is written. */
public enum LogFormat {
    /** For people: a line of text. */
    PLAIN,
    /** For collectors: one JSON object a line. */
    JSON;

    /** @throws IllegalArgumentException naming the value, the rule and the key */
    static LogFormat of(String name, String key) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "plain" -> PLAIN;
            case "json" -> JSON;
            default ->
                throw new IllegalArgumentException(
                        "the format of a log must be plain or json, was \"" + name + "\" (" + key + ")");
        };
    }
}
