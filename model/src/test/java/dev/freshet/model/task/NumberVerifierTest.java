package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.task.NumberVerifier.Unfinished;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberVerifierTest {
    private final NumberVerifier verifier = new NumberVerifier(Unfinished.WRONG);

    @ParameterizedTest(name = "{1} for {0} earns {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "42 | 42 | 1",
                "42 | The answer is 42. | 1",
                "42 | 43 | 0",
                "42 | 6 times 7 is 42 | 1",
                "42 | 42, not 41 | 0",
                "42 | #### 42 | 1",
                "42 | 7 is wrong #### 42 and nothing else than 5 | 1",
                "42 | #### 41 #### 42 | 1",
                "42 | 42 #### 41 | 0",
                "42 | 42 #### none | 0",
                "42 | 42 #### | 0",
                "42 | \\boxed{42} is it, not 7 | 1",
                "42 | \\boxed{41}, no, \\boxed{42} | 1",
                "42 | \\boxed{x} 42 | 0",
                "42 | \\boxed{42 | 1",
                "1/2 | \\boxed{\\frac{1}{2}} | 1",
                "-1/2 | \\boxed{-\\dfrac{1}{2}} | 1",
                "1/2 | \\boxed{\\frac{2}{4}} | 1",
                "1/2 | 0.5 | 1",
                "0.5 | 1/2 | 1",
                "1/3 | 0.333 | 0",
                "3 | 6/2 | 1",
                "1 | 1/0 | 0",
                "42 | 42.0 | 1",
                "42.00 | 42 | 1",
                "42 | 042 | 1",
                "42 | 42.5 | 0",
                "0.5 | .5 | 1",
                "1000 | 1,000 | 1",
                "1,000,000.5 | 1000000.5 | 1",
                "1000 | $1,000 | 1",
                "-1000 | -$1,000 | 1",
                "1234 | 1,2345 | 0",
                "2345 | 1,2345 | 1",
                "4 | 3,4 | 1",
                "-7 | -7 | 1",
                "7 | -7 | 0",
                "-7 | it is \u22127 | 1",
                "7 | +7 | 1",
                "3 | 10-3 | 1",
                "3 | 10 - 3 | 1",
                "-3 | 10 = -3 | 1",
                "5 | (2)-5 | 1",
                "50 | 50% | 1",
                "1500 | 1.5e3 | 1",
                "3 | about 3 eggs | 1",
                "0 | -0 | 1",
                "42 | ４２ | 0",
                "42 | \"\" | 0",
                "42 | no number | 0",
                "42 | \uD83D\uDE00\u0301\u200B | 0",
            })
    void judges(String groundTruth, String text, double expected) {
        assertThat(Verdicts.ofStopped(verifier, groundTruth, text)).isEqualTo(Verdicts.reward(expected));
    }

    @Test
    void anAnswerThatNeverEndsIsWrongUnlessTheSettingsSayOtherwise() {
        assertThat(Verdicts.ofCutOff(verifier, "42", "#### 42")).isEqualTo(Verdicts.reward(0));
        NumberVerifier lenient = new NumberVerifier(Unfinished.JUDGED);
        assertThat(Verdicts.ofCutOff(lenient, "42", "#### 42")).isEqualTo(Verdicts.reward(1));
        assertThat(Verdicts.ofCutOff(lenient, "42", "#### 4")).isEqualTo(Verdicts.reward(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "forty-two", "42 of 50", "1/0", "42;"})
    void aGroundTruthThatIsNoNumberCannotBeScoredAgainst(String groundTruth) {
        assertThat(Verdicts.ofStopped(verifier, groundTruth, "42"))
                .isEqualTo(new Verdict.Unscorable("the ground truth \"" + groundTruth + "\" is not a number"));
    }

    @Test
    void hostileTextsAreJudgedWithoutTrouble() {
        for (String piece : new String[] {",234", "1,", "-", "\\boxed{", "\\frac{", "####", "1/", "9", "(", "1e"}) {
            String text = piece.repeat(20_000);
            assertThat(Verdicts.ofStopped(verifier, "42", text)).as(piece).isEqualTo(Verdicts.reward(0));
        }
    }

    @Test
    void aFractionRefusesADenominatorOfZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fraction(BigDecimal.ONE, new BigDecimal("0.00")))
                .withMessage("a denominator must not be 0");
    }
}
