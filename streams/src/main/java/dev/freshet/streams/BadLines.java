package dev.freshet.streams;

import java.util.Locale;
import java.util.stream.Stream;

/** What becomes of a run that meets a line that cannot be used. */
public enum BadLines {
    /** The line is counted and named, and the run goes on. */
    DROP,
    /** The run fails, with the line's name. */
    STOP;

    /** @throws IllegalArgumentException naming the choices if {@code setting} is none of them */
    static BadLines parse(String setting, String key) {
        return Stream.of(values())
                .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(setting))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "bad-lines must be drop or stop, was \"" + setting + "\" (" + key + ")"));
    }
}
