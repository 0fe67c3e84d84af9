package dev.freshet.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.rollout.Tokens;
import org.junit.jupiter.api.Test;

class CharTokenizerTest {
    private final CharTokenizer tokenizer = CharTokenizer.arithmetic();

    @Test
    void arithmeticHasTwentySymbolsWithSpaceFirstAndSemicolonAsTheEnd() {
        assertThat(tokenizer.vocabularySize()).isEqualTo(20);
        assertThat(tokenizer.encode(" ")).isEqualTo(Tokens.of(0));
        assertThat(tokenizer.stopTokens()).containsExactly(15);
        assertThat(tokenizer.decode(Tokens.of(15))).isEqualTo(";");
    }

    @Test
    void encodesByPlaceInTheAlphabet() {
        assertThat(tokenizer.encode("07+35=")).isEqualTo(Tokens.of(1, 8, 11, 4, 6, 14));
    }

    @Test
    void everySymbolButTheStopComesBack() {
        String all = " 0123456789+-*=,?.#";
        assertThat(tokenizer.decode(tokenizer.encode(all))).isEqualTo(all);
    }

    @Test
    void refusesACharacterOutsideTheAlphabet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("1+x"))
                .withMessage("no token for 'x' (U+0078) at position 2; the alphabet is \" 0123456789+-*=;,?.#\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("1\uD83D\uDE00"))
                .withMessageContaining("(U+1F600) at position 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("\n"))
                .withMessageStartingWith("no token for U+000A at position 0");
    }

    @Test
    void refusesTheStopCharacterInsideAText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("1;2"))
                .withMessage("';' (U+003B) at position 1 ends a completion and cannot stand inside a text");
    }

    @Test
    void refusesAnIdOutsideTheVocabulary() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(Tokens.of(20)))
                .withMessage("a token id must be in 0..19, was 20");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(Tokens.of(-1)))
                .withMessage("a token id must be in 0..19, was -1");
    }

    @Test
    void refusesAnAlphabetWithRepeatsOrBeyondAscii() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CharTokenizer("aba", 'a'))
                .withMessage("an alphabet must hold distinct ASCII characters, held 'a' (U+0061) in \"aba\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CharTokenizer("aé", 'a'))
                .withMessageContaining("held 'é' (U+00E9)");
    }

    @Test
    void refusesAStopOutsideTheAlphabet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CharTokenizer("ab", 'c'))
                .withMessage("the stop character must be one of the alphabet \"ab\", was 'c' (U+0063)");
    }
}
