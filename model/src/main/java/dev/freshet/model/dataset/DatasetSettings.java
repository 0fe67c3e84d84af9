package dev.freshet.model.dataset;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import dev.freshet.model.dataset.LengthRule.TooLong;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a dataset is and how its lines are read; {@code dataset.conf} documents each key under {@code freshet.dataset}.
 *
 * @param path of the file; empty for the shipped example
 * @param maxLineBytes a longer line is not read, at least 1
 */
public record DatasetSettings(
        String path, ConversationTemplate conversation, CompletionEnd end, LengthRule length, int maxLineBytes) {
    /** Names the file. */
    public static final String PATH_KEY = "freshet.dataset.path";

    private static final String MAX_LINE_BYTES = "max-line-bytes";

    public DatasetSettings {
        if (maxLineBytes < 1) {
            throw new IllegalArgumentException(MAX_LINE_BYTES + " must be at least 1, was " + maxLineBytes
                    + " (freshet.dataset." + MAX_LINE_BYTES + ")");
        }
    }

    /**
     * Reads {@code freshet.dataset} of a whole configuration.
     *
     * @param room the longest sequence that the model takes, in tokens
     */
    public static DatasetSettings from(Config config, int room) {
        Config dataset = config.getConfig("freshet.dataset");
        int maxLength = wholeNumber(dataset, "max-length", room);
        if (maxLength > room) {
            throw new IllegalArgumentException("max-length must be at most the model's, " + room + " tokens, was "
                    + maxLength + " (freshet.dataset.max-length, freshet.model.max-length)");
        }
        return new DatasetSettings(
                dataset.getString("path"),
                new ConversationTemplate(
                        dataset.getString("conversation.turn"), dataset.getString("conversation.reply")),
                CompletionEnd.parse(dataset.getString("completion-end")),
                new LengthRule(
                        maxLength,
                        wholeNumber(dataset, "max-prompt-length", Math.max(1, maxLength / 2)),
                        tooLong(dataset.getString("too-long"))),
                dataset.getInt(MAX_LINE_BYTES));
    }

    private static TooLong tooLong(String setting) {
        return Stream.of(TooLong.values())
                .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(setting))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "too-long must be refuse or truncate, was \"" + setting + "\" (freshet.dataset.too-long)"));
    }

    private static int wholeNumber(Config dataset, String key, int automatic) {
        boolean isAutomatic = dataset.getValue(key).valueType() == ConfigValueType.STRING
                && dataset.getString(key).equals("auto");
        return isAutomatic ? automatic : dataset.getInt(key);
    }
}
