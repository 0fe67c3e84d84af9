package dev.freshet.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.rollout.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteTokenizerTest {
    private final ByteTokenizer tokenizer = new ByteTokenizer();

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "tab\tand\nline", "héllo ½ \uD83D\uDE00", "\u0000", "<end>"})
    void everyTextComesBack(String text) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }

    @Test
    void encodesToTheBytesOfUtf8() {
        assertThat(tokenizer.encode("Aé")).isEqualTo(Tokens.of(0x41, 0xC3, 0xA9));
    }

    @Test
    void noTextBecomesTheEndToken() {
        assertThat(tokenizer.stopTokens()).containsExactly(ByteTokenizer.END);
        assertThat(tokenizer.encode("<end>").toArray()).doesNotContain(ByteTokenizer.END);
        assertThat(tokenizer.decode(Tokens.of('4', '2', ByteTokenizer.END))).isEqualTo("42<end>");
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced() {
        assertThat(tokenizer.decode(Tokens.of('a', 0xFF, 'b'))).isEqualTo("a\uFFFDb");
    }

    @Test
    void refusesHalfASurrogatePair() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("a\uD83D"))
                .withMessage("text must be well-formed Unicode, had half of a surrogate pair");
    }

    @Test
    void refusesAnIdOutsideTheVocabulary() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(Tokens.of(257)))
                .withMessage("a token id must be in 0..256, was 257");
    }
}
