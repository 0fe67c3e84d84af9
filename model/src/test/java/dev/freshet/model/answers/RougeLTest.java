package dev.freshet.model.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RougeLTest {
    /** Section 3.1 of the paper: the second candidate has the reference's words in another order. */
    @Test
    void theExamplesOfThePaper() {
        String reference = "police killed the gunman";
        assertThat(RougeL.of(reference, "police kill the gunman").recall()).isEqualTo(0.75);
        assertThat(RougeL.of(reference, "police kill the gunman").f1()).isEqualTo(0.75);
        assertThat(RougeL.of(reference, "the gunman kill police").f1()).isEqualTo(0.5);
    }

    @Test
    void recallIsOfTheReferenceAndPrecisionOfTheCandidate() {
        RougeL rouge = RougeL.of("a b c d", "x a y c z");
        assertThat(rouge.recall()).isEqualTo(0.5);
        assertThat(rouge.precision()).isEqualTo(0.4);
        assertThat(rouge.f1()).isCloseTo(2 * 0.5 * 0.4 / 0.9, within(1e-12));
    }

    @Test
    void caseAndPunctuationDoNotCount() {
        assertThat(RougeL.of("It's Paris.", "its PARIS it s paris").recall()).isEqualTo(1);
        assertThat(RougeL.of("a b", "").f1()).isZero();
        assertThat(RougeL.of("...", "a").f1()).isZero();
        assertThat(RougeL.of("a b", "c").f1()).isZero();
    }
}
