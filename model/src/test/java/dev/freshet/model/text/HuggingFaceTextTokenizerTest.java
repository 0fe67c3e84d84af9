package dev.freshet.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.rollout.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTextTokenizerTest {
    @TempDir
    Path directory;

    private Path bytePairs;
    private Path words;

    @BeforeEach
    void writeTokenizers() throws IOException {
        bytePairs = BytePairs.write(directory.resolve("tokenizer.json"));
        words = Files.writeString(directory.resolve("words.json"), """
                {"version": "1.0", "normalizer": null, "post_processor": null, "decoder": null,
                 "added_tokens": [
                   {"id": 0, "content": "[UNK]", "special": true, "single_word": false, "lstrip": false, "rstrip": false,
                    "normalized": false},
                   {"id": 3, "content": "[END]", "special": true, "single_word": false, "lstrip": false, "rstrip": false,
                    "normalized": false}],
                 "pre_tokenizer": {"type": "Whitespace"},
                 "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "two": 1, "plus": 2, "[END]": 3}, "unk_token": "[UNK]"}}
                """);
    }

    @Test
    void anyTextComesBackFromBytePairs() {
        try (HuggingFaceTextTokenizer tokenizer = load(bytePairs, "<eos>")) {
            String text = "12+34=46 thé \uD83D\uDE00\nend";
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            assertThat(tokenizer.encode("th").toArray()).containsExactly(BytePairs.LETTER_PAIR);
            assertThat(tokenizer.vocabularySize()).isEqualTo(BytePairs.TURN + 1);
        }
    }

    @Test
    void textOfASpecialTokenNeverBecomesIt() {
        try (HuggingFaceTextTokenizer tokenizer = load(bytePairs, "<eos>")) {
            for (String text :
                    List.of("<eos>", "a<eos><eos>b", "<|turn|>", "<e<eos>os>", "x <eos", "<eos>th<|turn|>")) {
                Tokens tokens = tokenizer.encode(text);
                assertThat(tokens.toArray()).doesNotContain(BytePairs.END, BytePairs.TURN);
                assertThat(tokenizer.decode(tokens)).isEqualTo(text);
            }
        }
    }

    @Test
    void decodesStopTokensThatWereSampled() {
        try (HuggingFaceTextTokenizer tokenizer = load(bytePairs, "<eos>")) {
            assertThat(tokenizer.stopTokens()).containsExactly(BytePairs.END);
            assertThat(tokenizer.decode(Tokens.of(BytePairs.LETTER_PAIR, BytePairs.END)))
                    .isEqualTo("th<eos>");
        }
    }

    @Test
    void theStopTokensKeepTheirOrder() {
        try (HuggingFaceTextTokenizer tokenizer = load(bytePairs, "<|turn|>", "<eos>")) {
            assertThat(tokenizer.stopTokens()).containsExactly(BytePairs.TURN, BytePairs.END);
        }
    }

    @Test
    void theConfigurationBesideTheFileNamesTheEndToken() throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": {\"content\": \"<eos>\"}}");
        try (HuggingFaceTextTokenizer tokenizer = load(bytePairs)) {
            assertThat(tokenizer.stopTokens()).containsExactly(BytePairs.END);
        }
    }

    @Test
    void refusesWordsItHasNoTokenFor() {
        try (HuggingFaceTextTokenizer tokenizer = load(words, "[END]")) {
            assertThat(tokenizer.encode("two plus two")).isEqualTo(Tokens.of(1, 2, 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tokenizer.encode("two minus two"))
                    .withMessage("no token for part of \"two minus two\": it becomes the special token [UNK]");
        }
    }

    @Test
    void aRefusalQuotesTheBeginningOfALongText() {
        try (HuggingFaceTextTokenizer tokenizer = load(words, "[END]")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tokenizer.encode("minus " + "two ".repeat(10_000)))
                    .withMessage("no token for part of \"minus " + "two ".repeat(13)
                            + "tw...\": it becomes the special token [UNK]");
        }
    }

    /** The library has words of its own for it, in an exception of no kind. */
    @Test
    void refusesWordsThatItHasNeitherTokenNorUnknownFor() throws IOException {
        Path without = Files.writeString(
                directory.resolve("without.json"),
                Files.readString(words).replace("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"[NONE]\""));
        try (HuggingFaceTextTokenizer tokenizer = load(without, "[END]")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tokenizer.encode("two minus two"))
                    .withMessageStartingWith("no token for part of \"two minus two\": ");
        }
    }

    @Test
    void manyThreadsMayEncodeAtOnce() {
        try (HuggingFaceTextTokenizer tokenizer = load(bytePairs, "<eos>")) {
            Tokens expected = tokenizer.encode("the thing");
            assertThat(IntStream.range(0, 2000).parallel().mapToObj(i -> tokenizer.encode("the thing")))
                    .allMatch(expected::equals);
        }
    }

    @Test
    void refusesATokenizerWithoutAStop() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(bytePairs))
                .withMessage(
                        "a tokenizer must have a stop token: name it in the settings, or put a tokenizer_config.json"
                                + " with an eos_token beside " + bytePairs);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(bytePairs, "</s>"))
                .withMessage("the stop token \"</s>\" is not in " + bytePairs
                        + "; its special tokens are [<eos>, <|turn|>]");
    }

    @Test
    void refusesMissingAndDamagedFiles() throws IOException {
        Path missing = directory.resolve("missing.json");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(missing, "<eos>"))
                .withMessage("no such file: " + missing);
        Path broken = Files.writeString(directory.resolve("broken.json"), "{\"model\": ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(broken, "<eos>"))
                .withMessageStartingWith(broken + " is not JSON: ");
        Path other = Files.writeString(directory.resolve("other.json"), "{\"name\": \"not a tokenizer\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(other, "<eos>"))
                .withMessage(other + " holds no vocabulary: it must be a Hugging Face tokenizer.json");
        Path odd = Files.writeString(
                directory.resolve("odd.json"), "{\"model\": {\"type\": \"X\", \"vocab\": {\"a\": 0}}}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(odd, "a"))
                .withMessageStartingWith(odd + " is not a usable tokenizer.json: ");
    }

    @Test
    void refusesAFileWhoseNumbersTheLibraryDoesNotKeep() throws IOException {
        Path gap = Files.writeString(
                directory.resolve("gap.json"), Files.readString(bytePairs).replace("\"id\": 257", "\"id\": 300"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(gap, "<eos>"))
                .withMessageMatching("the token \\d+ must be .* number the file's added tokens without gaps");
    }

    private static HuggingFaceTextTokenizer load(Path file, String... stops) {
        return HuggingFaceTextTokenizer.load(file, List.of(stops));
    }
}
