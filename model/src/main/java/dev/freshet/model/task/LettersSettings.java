package dev.freshet.model.task;

import com.typesafe.config.Config;

/**
 * What {@code freshet.task.letters} says.
 *
 * @param length letters of a prompt, at least 2
 * @param noise probability that a demonstration has any letter in place of the one it should have
 */
public record LettersSettings(int length, double noise) {
    private static final String PATH = "freshet.task.letters";
    private static final int SHORTEST = 2;

    public LettersSettings {
        if (length < SHORTEST) {
            throw new IllegalArgumentException(
                    "length must be at least " + SHORTEST + " letters, was " + length + " (" + PATH + ".length)");
        }
        SettingRules.requireShare("noise", noise, PATH + ".noise");
    }

    public static LettersSettings from(Config config) {
        Config letters = config.getConfig(PATH);
        return new LettersSettings(letters.getInt("length"), letters.getDouble("noise"));
    }
}
