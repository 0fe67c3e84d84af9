package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A section of settings, some of which may be {@code auto}, and so as their reader has them otherwise.
 *
 * @param path of the section
 */
record AutoSettings(Config section, String path) {
    private static final String AUTO = "auto";
    private static final String OFF = "off";

    <T> T choice(String key, Function<String, T> parse, T otherwise) {
        String text = section.getString(key);
        return text.equals(AUTO) ? otherwise : parse.apply(text);
    }

    double number(String key, double otherwise) {
        return choice(key, text -> number(key, text, "a number"), otherwise);
    }

    /** @param otherwise or empty for off */
    OptionalDouble numberOrOff(String key, OptionalDouble otherwise) {
        return choice(
                key,
                text -> text.equals(OFF)
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(number(key, text, "off or a number")),
                otherwise);
    }

    int wholeNumber(String key, int otherwise) {
        return choice(
                key,
                text -> {
                    try {
                        return Integer.parseInt(text);
                    } catch (NumberFormatException e) {
                        throw refused(key, text, "a whole number", e);
                    }
                },
                otherwise);
    }

    private double number(String key, String text, String kind) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw refused(key, text, kind, e);
        }
    }

    private IllegalArgumentException refused(String key, String text, String kind, NumberFormatException cause) {
        return new IllegalArgumentException(
                key + " must be auto or " + kind + ", was \"" + text + "\" (" + path + "." + key + ")", cause);
    }
}
