package dev.freshet.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.dataset.LengthRule.TooLong;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.text.ByteTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that name what is to be forgotten. */
class ForgetExamplesTest {
    private static final TextTokenizer BYTES = new ByteTokenizer();
    private static final String PAIR = "{\"prompt\": \"who\", \"completion\": \"me\"}";
    private static final String TRIPLE =
            "{\"prompt\": \"who\", \"completion\": \"me\", \"retain_prompt\": \"what\", \"retain_completion\": \"it\"}";

    @TempDir
    private Path folder;

    @Test
    void aPairHasTheAnswerAndATemplate() throws Exception {
        TokenisedExample example = read(ExampleKind.FORGET_PAIR, CompletionEnd.NOTHING, PAIR, 3);
        assertThat(example.sequences()).containsExactly(sequence("who", "me"), sequence("who", "no 3"));
    }

    @Test
    void theTemplateIsAnotherEachTimeTheExampleEnters() throws Exception {
        assertThat(read(ExampleKind.FORGET_PAIR, CompletionEnd.NOTHING, PAIR, 4)
                        .sequences()
                        .get(1))
                .isEqualTo(sequence("who", "no 4"));
    }

    @Test
    void whatIsToBeKeptStandsBehindIt() throws Exception {
        TokenisedExample example = read(ExampleKind.FORGET_AND_RETAIN, CompletionEnd.NOTHING, TRIPLE, 3);
        assertThat(example.sequences())
                .containsExactly(sequence("who", "me"), sequence("who", "no 3"), sequence("what", "it"));
        assertThat(example.kind().sequences()).isEqualTo(3);
    }

    @Test
    void withoutItTheLineCannotBeUsed() {
        assertThatThrownBy(() -> read(ExampleKind.FORGET_AND_RETAIN, CompletionEnd.NOTHING, PAIR, 0))
                .isInstanceOf(BadLineException.class)
                .hasMessageContaining("field \"retain_prompt\" is missing");
    }

    @Test
    void aStopTokenStandsBehindCompletionsWhereItIsWanted() throws Exception {
        TokenisedExample example = read(ExampleKind.FORGET_PAIR, CompletionEnd.STOP_TOKEN, PAIR, 0);
        Tokens ended = example.sequences().get(0).completion();
        assertThat(ended.size()).isEqualTo(3);
        assertThat(BYTES.stopTokens()).contains(ended.get(2));
    }

    @Test
    void endsHaveNames() {
        assertThat(CompletionEnd.parse("stop-token")).isEqualTo(CompletionEnd.STOP_TOKEN);
        assertThat(CompletionEnd.parse("nothing")).isEqualTo(CompletionEnd.NOTHING);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CompletionEnd.parse("eos"))
                .withMessage(
                        "completion-end must be stop-token or nothing, was \"eos\" (freshet.dataset.completion-end)");
    }

    @Test
    void onlyTheseAreGivenTemplates() {
        assertThat(ExampleKind.FORGET_PAIR.hasTemplates()).isTrue();
        assertThat(ExampleKind.FORGET_AND_RETAIN.hasTemplates()).isTrue();
        assertThat(ExampleKind.DEMONSTRATION.hasTemplates()).isFalse();
        assertThat(ExampleKind.PREFERENCE.hasTemplates()).isFalse();
    }

    private TokenisedExample read(ExampleKind kind, CompletionEnd end, String line, long sequence) throws Exception {
        try (Dataset dataset = open(kind, end, line)) {
            return dataset.read(new AdmittedExample(sequence, sequence, 0));
        }
    }

    private Dataset open(ExampleKind kind, CompletionEnd end, String line) throws IOException {
        Path file = folder.resolve("data.jsonl");
        Files.write(file, List.of(line));
        DatasetSettings settings = new DatasetSettings(
                file.toString(),
                new ConversationTemplate("{content}", ""),
                end,
                new LengthRule(100, 50, TooLong.REFUSE),
                1000);
        return Dataset.open(settings, kind, BYTES, 1, example -> "no " + example.sequence());
    }

    private static ExampleSequence sequence(String prompt, String completion) {
        return new ExampleSequence(BYTES.encode(prompt), BYTES.encode(completion));
    }
}
