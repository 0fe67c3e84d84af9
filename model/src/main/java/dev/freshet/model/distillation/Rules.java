package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Refusals that the settings of distillation share. */
final class Rules {
    static final String PATH = "freshet.distill.";

    private Rules() {}

    /** @param key below {@link #PATH} */
    static int atLeast(int least, String key, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name(key) + " must be at least " + least + ", was " + value + " (" + PATH + key + ")");
        }
        return value;
    }

    static double positive(String key, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    name(key) + " must be finite and above 0, was " + value + " (" + PATH + key + ")");
        }
        return value;
    }

    /** Of layers, each at least 1. */
    static List<Integer> widths(Config config, String key) {
        List<Integer> widths = config.getIntList(PATH + key);
        widths.forEach(width -> atLeast(1, key, width));
        return widths;
    }

    /** The constant that a setting names, in lower case. */
    static <E extends Enum<E>> E oneOf(Class<E> choices, Config config, String key) {
        String value = config.getString(PATH + key);
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> word(choice).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name(key) + " must be one of "
                        + Arrays.stream(choices.getEnumConstants())
                                .map(Rules::word)
                                .collect(Collectors.joining(", "))
                        + ", was \"" + value + "\" (" + PATH + key + ")"));
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String name(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
