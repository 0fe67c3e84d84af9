package dev.freshet.model.task;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Refusals that the settings of several tasks share. */
final class SettingRules {
    private SettingRules() {}

    static void requireShare(String name, double value, String key) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in 0..1, was " + value + " (" + key + ")");
        }
    }

    /** The constant that a setting names, in lower case. */
    static <E extends Enum<E>> E requireOneOf(Class<E> choices, String name, String value, String key) {
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> settingName(choice).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " must be one of "
                        + Arrays.stream(choices.getEnumConstants())
                                .map(SettingRules::settingName)
                                .collect(Collectors.joining(", "))
                        + ", was " + value + " (" + key + ")"));
    }

    private static String settingName(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
