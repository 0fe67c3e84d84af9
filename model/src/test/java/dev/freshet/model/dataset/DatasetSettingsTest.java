package dev.freshet.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.dataset.LengthRule.TooLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetSettingsTest {
    private static final int ROOM = 48;

    @Test
    void defaultsAreTheShippedExampleInAllTheRoomOfTheModel() {
        assertThat(settings(""))
                .isEqualTo(new DatasetSettings(
                        "",
                        new ConversationTemplate("{role}: {content}\n", "assistant: "),
                        CompletionEnd.STOP_TOKEN,
                        new LengthRule(ROOM, ROOM / 2, TooLong.REFUSE),
                        1 << 20));
    }

    @Test
    void everyKeyIsRead() {
        DatasetSettings settings = settings("""
                freshet.dataset {
                  path = pairs.jsonl
                  conversation { turn = "<{content}>", reply = "!" }
                  completion-end = nothing
                  max-length = 40
                  max-prompt-length = 30
                  too-long = truncate
                  max-line-bytes = 100
                }
                """);
        assertThat(settings)
                .isEqualTo(new DatasetSettings(
                        "pairs.jsonl",
                        new ConversationTemplate("<{content}>", "!"),
                        CompletionEnd.NOTHING,
                        new LengthRule(40, 30, TooLong.TRUNCATE),
                        100));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-length | 49 | max-length must be at most the model's, 48 tokens, was 49"
                        + " (freshet.dataset.max-length, freshet.model.max-length)",
                "max-length | 1 | max-length must be at least 2 tokens, was 1 (freshet.dataset.max-length)",
                "max-prompt-length | 48 | max-prompt-length must be at least 1 token and below max-length, 48, was 48"
                        + " (freshet.dataset.max-prompt-length)",
                "max-prompt-length | 0 | max-prompt-length must be at least 1 token and below max-length, 48, was 0"
                        + " (freshet.dataset.max-prompt-length)",
                "too-long | cut | too-long must be refuse or truncate, was \"cut\" (freshet.dataset.too-long)",
                "completion-end | stop | completion-end must be stop-token or nothing, was \"stop\""
                        + " (freshet.dataset.completion-end)",
                "max-line-bytes | 0 | max-line-bytes must be at least 1, was 0 (freshet.dataset.max-line-bytes)",
                "conversation.turn | hello | turn must hold {content}, was \"hello\" (freshet.dataset.conversation.turn)"
            })
    void refusesValuesOutOfRange(String key, String value, String message) {
        assertThatThrownBy(() -> settings("freshet.dataset." + key + " = " + value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static DatasetSettings settings(String overrides) {
        Config defaults = ConfigFactory.parseResources("dataset.conf");
        return DatasetSettings.from(
                ConfigFactory.parseString(overrides).withFallback(defaults).resolve(), ROOM);
    }
}
