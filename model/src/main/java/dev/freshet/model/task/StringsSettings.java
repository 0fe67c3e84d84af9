package dev.freshet.model.task;

import com.typesafe.config.Config;

/**
 * What {@code freshet.task.strings} says.
 *
 * @param constraint that earns the reward 1
 * @param length letters of a string, at least 4
 * @param languageSeed fixes the language, whatever the run's seed
 */
public record StringsSettings(StringConstraint constraint, int length, long languageSeed) {
    private static final String PATH = "freshet.task.strings";
    private static final int SHORTEST = 4;

    public StringsSettings {
        if (length < SHORTEST) {
            throw new IllegalArgumentException(
                    "length must be at least " + SHORTEST + " letters, was " + length + " (" + PATH + ".length)");
        }
    }

    public static StringsSettings from(Config config) {
        Config strings = config.getConfig(PATH);
        return new StringsSettings(
                SettingRules.requireOneOf(
                        StringConstraint.class, "constraint", strings.getString("constraint"), PATH + ".constraint"),
                strings.getInt("length"),
                strings.getLong("language-seed"));
    }
}
