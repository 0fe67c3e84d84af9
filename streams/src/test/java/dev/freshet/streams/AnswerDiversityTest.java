package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.Tokens;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerDiversityTest {
    @Test
    void distinctIsTheShareOfDifferentNgrams() {
        List<Tokens> completions = List.of(Tokens.of(1, 2, 3), Tokens.of(1, 2, 4));
        assertThat(AnswerDiversity.distinct(completions, 1)).isEqualTo(4 / 6.0);
        assertThat(AnswerDiversity.distinct(completions, 2)).isEqualTo(3 / 4.0);
        assertThat(AnswerDiversity.distinct(completions, 4)).isNaN();
    }

    @Test
    void copiesHaveASelfBleuOfOne() {
        Tokens one = Tokens.of(5, 6, 7, 8, 9);
        assertThat(AnswerDiversity.selfBleu(List.of(one, one, one))).isCloseTo(1, within(1e-12));
        assertThat(AnswerDiversity.selfBleu(List.of(Tokens.of(1, 2), Tokens.of(1, 2))))
                .as("shorter than the longest n-gram")
                .isCloseTo(1, within(1e-12));
    }

    /** Of 1 2 3 4 against 1 2 3 5: precisions 3/4, 2/3, 1/2, and 0.1 of 1 in place of none; the same the other way round. */
    @Test
    void isTheGeometricMeanOfThePrecisions() {
        double expected = Math.pow(3.0 / 4 * (2.0 / 3) * (1.0 / 2) * 0.1, 0.25);
        assertThat(AnswerDiversity.selfBleu(List.of(Tokens.of(1, 2, 3, 4), Tokens.of(1, 2, 3, 5))))
                .isCloseTo(expected, within(1e-12));
    }

    /** Of 1 1 against 1 2, one of two ones counts: the other has one only. */
    @Test
    void anNgramCountsAtMostAsOftenAsOneOtherHasIt() {
        double first = Math.sqrt(1.0 / 2 * 0.1);
        double second = Math.sqrt(1.0 / 2 * 0.1);
        assertThat(AnswerDiversity.selfBleu(List.of(Tokens.of(1, 1), Tokens.of(1, 2))))
                .isCloseTo((first + second) / 2, within(1e-12));
        double ofThree = (1 + 1 + Math.sqrt(1.0 / 2 * 0.1)) / 3;
        assertThat(AnswerDiversity.selfBleu(List.of(Tokens.of(1, 1), Tokens.of(1, 1), Tokens.of(1, 2))))
                .isCloseTo(ofThree, within(1e-12));
    }

    @Test
    void aShorterCompletionPaysForItsBrevity() {
        double ofTheShort = Math.exp(1 - 4 / 2.0);
        double ofTheLong = Math.pow(2.0 / 4 * (1.0 / 3) * (0.1 / 2) * 0.1, 0.25);
        assertThat(AnswerDiversity.selfBleu(List.of(Tokens.of(1, 2), Tokens.of(1, 2, 3, 4))))
                .isCloseTo((ofTheShort + ofTheLong) / 2, within(1e-12));
    }

    @Test
    void oneCompletionHasNone() {
        assertThat(AnswerDiversity.selfBleu(List.of(Tokens.of(1, 2)))).isNaN();
    }
}
