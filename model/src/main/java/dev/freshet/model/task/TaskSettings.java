package dev.freshet.model.task;

import com.typesafe.config.Config;

/**
 * What {@code freshet.task} says: which task, and the settings of each, so that a run can be set to another by its name alone.
 */
public record TaskSettings(
        TaskName name,
        ArithmeticSettings arithmetic,
        CountdownSettings countdown,
        StringsSettings strings,
        LettersSettings letters,
        SqlSettings sql,
        JsonlSettings jsonl) {
    /** The tasks there are; settings name them in lower case. */
    public enum TaskName {
        ARITHMETIC,
        COUNTDOWN,
        STRINGS,
        LETTERS,
        SQL,
        JSONL
    }

    /**
     * Reads and checks the settings.
     *
     * @throws IllegalArgumentException for a value out of range, naming value, rule and key
     */
    public static TaskSettings from(Config config) {
        return new TaskSettings(
                SettingRules.requireOneOf(
                        TaskName.class, "name", config.getString("freshet.task.name"), "freshet.task.name"),
                ArithmeticSettings.from(config),
                CountdownSettings.from(config),
                StringsSettings.from(config),
                LettersSettings.from(config),
                SqlSettings.from(config),
                JsonlSettings.from(config));
    }
}
